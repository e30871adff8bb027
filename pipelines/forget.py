"""Erases a person from the home, and keeps a keyed hash so that the person is not loaded again.

assets/records/forgotten.py decides which rows are about the person; build.py builds the remaining
ones anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.raw.assets import read_deliveries
from assets.records.coding import code
from assets.records.forgotten import Forgotten, set_aside
from assets.vocabulary import vocabulary
from assets.vocabulary.spelling import normalise
from pipelines.check import loaded
from pipelines.forgotten import ForgottenFile
from pipelines.inbox import BuildDay, Inbox
from pipelines.reader import Reader
from pipelines.settings import Settings

_PARTICIPANTS, _CANDIDATES = "participants", "partner_projects"


class UnknownPersonError(Exception):
    """Nobody has this identifier."""


class AmbiguousPersonError(Exception):
    """Several persons may have this identifier."""


@dataclass(frozen=True)
class Erased:
    """The results of forgetting a person, without any information about the person.

    `rows` counts the removed rows of the warehouse, by `layer.name`; `files` are paths under the
    home; `deliveries` are the files of the inbox that still contain the person.
    """

    rows: Mapping[str, int]
    files: Sequence[str]
    deliveries: Sequence[str]


@dataclass(frozen=True)
class _Person:
    """A person whom an identifier may mean: a participant, or the candidate of a project."""

    table: str
    key: tuple[str, ...]

    @property
    def words(self) -> str:
        """The person in Norwegian, and the option that selects this one."""
        if self.table == _PARTICIPANTS:
            return "deltaker (--participant)"
        return f"kandidat i prosjektet «{self.key[0]}» (--project «{self.key[0]}»)"


def forget(
    settings: Settings,
    identifier: str,
    *,
    participant: bool = False,
    project: str | None = None,
    even_if_unknown: bool = False,
) -> Erased:
    """Record that the person is forgotten, and remove every file of the home that holds persons.

    The whole warehouse is removed, so that no freed block of it remains: everything in it is also
    in the inbox, which must be built after this. `participant` and `project` select the person if
    the identifier is ambiguous.

    Raises UnknownPersonError (unless `even_if_unknown`), AmbiguousPersonError,
    ForgottenUnreadableError, EmptyInboxError, InboxUnreadableError, WarehouseBusyError and
    WarehouseUnreadableError; in each case nothing has changed.
    """
    file = ForgottenFile.of(settings)
    forgotten = file.read()
    inbox = Inbox(folder=str(settings.inbox), limit=settings.delivery_limit)
    delivered = read_deliveries(inbox.files(), Reader.of(settings).read)
    stored = loaded(settings)
    build_day = BuildDay(settings.as_of)
    as_of, last_day = build_day.day(), build_day.last_day()
    found = _found(identifier, [stored, delivered], as_of)
    meant = _meant(identifier, found, participant=participant, project=project)
    unknown = [person for person in meant if person not in found]
    if unknown and not even_if_unknown and not all(_is_known(forgotten, one) for one in unknown):
        raise UnknownPersonError(
            f"Ingen i det som er lest inn eller i innboksen {settings.inbox} har denne ID-en, og "
            "ingenting er endret. Store og små bokstaver er ulike. Skal ID-en likevel aldri leses "
            "inn, legg til --even-if-unknown."
        )
    alone = Forgotten(forgotten.key)
    for person in meant:
        alone = alone.also(person.table, _frame(person))
    from_warehouse = set_aside(stored, alone, as_of, last_day)
    from_inbox = set_aside(delivered, alone, as_of, last_day)
    for one in (from_warehouse, from_inbox):
        for table, keys in one.keys.items():
            alone = alone.also(table, keys)
    file.write(Forgotten(forgotten.key, forgotten.digests | alone.digests))
    rows = {f"raw.{name}": count for name, count in from_warehouse.rows.items()}
    rows |= {f"records.{name}": count for name, count in from_warehouse.records.items()}
    return Erased(
        rows={name: count for name, count in rows.items() if count},
        files=_remove_files_with_persons(settings),
        deliveries=from_inbox.tables["set_aside"]["delivery"].unique().sort().to_list(),
    )


def _found(
    identifier: str, sources: Sequence[Mapping[str, pl.DataFrame]], as_of: date
) -> list[_Person]:
    """All persons in the raw tables of `sources` with this identifier."""
    found: set[_Person] = set()
    for raw in sources:
        for name in (_PARTICIPANTS, "referrals"):
            rows = code(vocabulary().table(f"records.{name}"), raw[name], as_of).frame
            if (rows["participant_id"] == identifier).any():
                found.add(_Person(_PARTICIPANTS, (identifier,)))
        table = vocabulary().table(f"records.{_CANDIDATES}")
        rows = code(table, raw[_CANDIDATES], as_of).frame.drop_nulls(table.key)
        candidates = rows.filter(pl.col("candidate_id") == identifier)
        found |= {_Person(_CANDIDATES, (one, identifier)) for one in candidates["project"]}
    return sorted(found, key=lambda person: (person.table, person.key))


def _meant(
    identifier: str, found: Sequence[_Person], *, participant: bool, project: str | None
) -> Sequence[_Person]:
    """The persons meant by the identifier; if none is found, a person that is not loaded."""
    if participant or not (project or found):
        return [_Person(_PARTICIPANTS, (identifier,))]
    if project:
        of_project = [
            one
            for one in found
            if one.table == _CANDIDATES and normalise(one.key[0]) == normalise(project)
        ]
        return of_project or [_Person(_CANDIDATES, (project, identifier))]
    if len(found) > 1:
        raise AmbiguousPersonError(
            "Flere kan ha denne ID-en, og ingenting er endret. Velg hvem som skal slettes: "
            + "; ".join(person.words for person in found)
            + ". Er det samme person, slett én om gangen."
        )
    return found


def _is_known(forgotten: Forgotten, person: _Person) -> bool:
    return bool(forgotten.knows(person.table, _frame(person)).all())


def _frame(person: _Person) -> pl.DataFrame:
    key = vocabulary().table(f"records.{person.table}").key
    return pl.DataFrame([person.key], list(key), orient="row")


def _remove_files_with_persons(settings: Settings) -> list[str]:
    """Remove the warehouse, all files that DuckDB keeps next to it, and all feedback."""
    name = settings.warehouse.name
    # Names that begin with a dot are from commands that were killed.
    patterns = (name, f"{name}.wal*", f"{name}.tmp", f".{name}.*")
    paths = [path for pattern in patterns for path in settings.home.glob(pattern)]
    if settings.feedback.is_dir():
        paths += settings.feedback.iterdir()
    removed = sorted(str(path.relative_to(settings.home)) for path in paths)
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    return removed
