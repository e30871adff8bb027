"""HOME/sent: what was sent, each form and package frozen with its day, for good.

A sending is one file, HOME/sent/<2021-03 or 2021>/<0001>.json, which is never written again: what
is sent anew is the next file. They cannot be made again, so a lost or damaged one stops every
publication; the home's own record holds the SHA-256 of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import CELL_LISTS, SENT
from assets.vocabulary.cells import cells, has_cells, last_day_of
from pipelines import durable
from pipelines.home_record import FROM_BACKUP, HomeRecord
from pipelines.release_store import Release
from pipelines.reports import INTERNAL
from pipelines.settings import Settings

_FORM = "monthly_form"


class SendingLostError(Exception):
    """A sending is damaged or missing. The message says in Norwegian which, and what to do."""


class NotSentError(Exception):
    """Something cannot be frozen as sent. The message says in Norwegian why, and what to do."""


@dataclass(frozen=True)
class Sending:
    """What was sent, as it was when it was sent."""

    year: int
    month: int | None
    """The month of a monthly form; None for the yearly package."""
    number: int
    sent_on: date
    frozen_at: datetime
    counted_until: date
    """The last day that its numbers count."""
    release: Mapping[str, str]
    """The release that it was sent from: name, built_at, run_id."""
    files: Mapping[str, str]
    """Name -> SHA-256 of the files that were sent."""
    numbers: Mapping[str, Mapping[str, float | None]]
    """Table -> cell (assets/vocabulary/cells.py) -> number."""

    @property
    def period(self) -> str:
        """The month (2021-03) or the year (2021)."""
        return str(self.year) if self.month is None else f"{self.year}-{self.month:02}"

    @property
    def name(self) -> str:
        """Its name in the home's record."""
        return f"{self.period}/{self.number:04}"


@dataclass(frozen=True)
class SendingStore:
    """The sendings under `folder`, HOME/sent."""

    folder: str
    record: HomeRecord

    @classmethod
    def of(cls, settings: Settings) -> SendingStore:
        """Return the sendings of a home."""
        return cls(str(settings.sent), HomeRecord.of(settings))

    def path(self, sending: Sending) -> Path:
        """The file of a sending."""
        return self._file(sending.name)

    def read(self) -> list[Sending]:
        """Return every sending, by period and number.

        Raises SendingLostError when one is damaged, or one that the home's record names is missing.
        """
        held = self.record.read().sent
        there = {
            f"{path.parent.name}/{path.stem}": path
            for path in Path(self.folder).glob("*/*.json")
            # What a killed command was writing has another name.
            if re.fullmatch(r"[0-9]{4}", path.stem)
        }
        if missing := sorted(held.keys() - there.keys()):
            raise SendingLostError(_lost(self._file(missing[0])))
        return [_read(path, held.get(name)) for name, path in sorted(there.items())]

    def published(self) -> pl.DataFrame:
        """Return the numbers of every sending, as CELL_LISTS[SENT]; SendingLostError."""
        rows = [
            (
                *(one.year, one.month, one.number, one.sent_on, one.counted_until),
                datetime.fromisoformat(one.release["built_at"]),
                *(table, cell, number),
            )
            for one in self.read()
            for table, numbers in one.numbers.items()
            for cell, number in numbers.items()
        ]
        return pl.DataFrame(rows, CELL_LISTS[SENT], orient="row")

    def keep(
        self,
        release: Release,
        year: int,
        month: int | None,
        sent_on: date,
        files: Mapping[str, str],
    ) -> Sending:
        """Freeze what was sent of a release on a day, and return it; nothing is ever replaced.

        `files` is name -> SHA-256. The release must be as it was published. Raises NotSentError
        when the month or year is not published, or counts days after `sent_on`,
        ReleaseDamagedError, and SendingLostError.
        """
        release.verify(list(release.files))
        manifest = release.manifest(INTERNAL)
        numbers = _numbers(release, year, month)
        of_year = manifest.get("by_year", {}).get(str(year), manifest)
        counted_until = min(last_day_of(year, month or 12), date.fromisoformat(of_year["as_of"]))
        if sent_on < counted_until:
            raise NotSentError(
                f"Tallene teller til og med {counted_until}, så de kan ikke være "
                f"sendt {sent_on}. Skriv dagen de ble sendt."
            )
        same = [one for one in self.read() if (one.year, one.month) == (year, month)]
        sending = Sending(
            year=year,
            month=month,
            number=max((one.number for one in same), default=0) + 1,
            sent_on=sent_on,
            frozen_at=datetime.now(UTC),
            counted_until=counted_until,
            release={
                "name": release.name,
                "built_at": of_year["built_at"],
                "run_id": of_year["run_id"],
            },
            files=dict(sorted(files.items())),
            numbers=numbers,
        )
        content = _content(sending)
        durable.add(self.path(sending), content)
        self.record.note_sent(sending.name, durable.sha256(content))
        return sending

    def _file(self, name: str) -> Path:
        return Path(self.folder) / f"{name}.json"


def _numbers(release: Release, year: int, month: int | None) -> dict[str, dict[str, float | None]]:
    """The numbers of a form, or of all tables of a year; NotSentError when there are none."""
    found: dict[str, dict[str, float | None]] = {}
    for mart in vocabulary().layer("marts"):
        is_sent = mart.name == _FORM if month else has_cells(mart)
        table = release.table(INTERNAL, mart.name) if is_sent else None
        if table is None:
            continue
        rows = table.filter(pl.col("year") == year)
        if month:
            rows = rows.filter(pl.col("month").cast(pl.Int32) == month)
        if not rows.is_empty():
            listed = cells(mart, rows)
            found[mart.name] = dict(zip(listed["cell"], listed["number"], strict=True))
    if not found:
        raise NotSentError(_unpublished(release, year, month))
    return found


def _unpublished(release: Release, year: int, month: int | None) -> str:
    """Say what is published instead."""
    years = release.manifest(INTERNAL).get("years", [])
    if not years:
        return "Ingenting er publisert, så ingenting kan være sendt. Kjør nora build først."
    if year not in years or month is None:
        return (
            f"{year} er ikke publisert, så tallene kan ikke fryses som sendt. Publisert er "
            f"{', '.join(map(str, years))}."
        )
    return (
        f"Måned {month} i {year} er ikke publisert, så skjemaet kan ikke fryses som sendt. Kjør "
        "nora build først."
    )


def _content(sending: Sending) -> bytes:
    said = asdict(sending)
    days = {name: one.isoformat() for name, one in said.items() if isinstance(one, date)}
    return json.dumps({**said, **days}, ensure_ascii=False, indent=1).encode()


def _read(path: Path, sha256: str | None) -> Sending:
    """Read a sending whose file has the given SHA-256, if it is recorded."""
    try:
        content = path.read_bytes()
        said: dict[str, Any] = json.loads(content)
        for name in ("sent_on", "counted_until"):
            said[name] = date.fromisoformat(said[name])
        said["frozen_at"] = datetime.fromisoformat(said["frozen_at"])
        sending = Sending(**said)
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        raise SendingLostError(_lost(path)) from None
    is_other = sha256 not in (None, durable.sha256(content))
    if is_other or sending.name != f"{path.parent.name}/{path.stem}":
        raise SendingLostError(_lost(path))
    return sending


def _lost(path: Path) -> str:
    return (
        f"{path} er skadet eller mangler. Den sier hva som ble sendt, og kan ikke lages på nytt, "
        f"så ingenting er publisert. {FROM_BACKUP}"
    )
