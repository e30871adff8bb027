"""The published folder in memory: one frame per mart, and the manifest. Read-only.

This is the only module of the dashboards that opens a file of data. It reads what was published
for one audience and makes no number of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary
from assets.vocabulary.cell_lists import CELL_LISTS, REVISIONS, SENT
from assets.vocabulary.polars_schema import schema

LEFT_OUT, TOTALS_ALONE, NO_GENDER, FOLDED, NOT_PRINTED = (
    "left_out", "totals_alone", "no_gender", "folded", "not_printed"
)  # fmt: skip
"""The words of the manifest for changes to a mart of a year (Publication.done)."""

RECEIPTS = "receipts"
"""The entry of the manifest for deliveries, with what each changed; not for everyone."""

GONE = "gone"
"""The entry of the manifest for deliveries that are no longer in the inbox; not for everyone."""

_SOURCES = "sources"
"""The entries of RECEIPTS and GONE that a part of a publication needs, in its manifest."""

OPEN_DATA = "open_data"
"""The open data, which only the publication for everyone gives; and the entry of its manifest."""

SAME_PART = "same_part"
"""The table of the part of the year before that a running year is compared with."""

_LISTED = "key_figures"
"""The key figures of all years, in the manifest of a part of a publication (Publication.behind)."""

_WHOLE_UNTIL = "whole_until"
"""The last day that is counted of a year of which a part is compared with, in that part."""

_PROTECTED = "protected"
"""The rule of the publication for everyone, in its manifest."""

_OF_THE_BUILD = ("run_id", "as_of", "findings", RECEIPTS, GONE, "tables")
"""Entries of the manifest about the newest build, which the page of a year does not show."""


_OF_PERSONS = (
    "referrals", "started", "participants", "planned_exits", "dropouts", "no_shows",
)  # fmt: skip
"""The key figures that are 0 in a year that had nobody."""

_WITHOUT_PERSONS = (
    "activities", "transition_cases", "partner_projects", "group_sessions", "survey_response",
    "staffing", "savings",
)  # fmt: skip
"""The marts that may have numbers in a year that had nobody."""


def _in_the_long_view(mart: Table) -> bool:
    """Whether a mart is shown over the years: not a list, nor the forms of every month."""
    return not mart.is_list and not {"month", "period"} <= {*mart.dimensions}


class PublicationError(Exception):
    """The folder is not a publication. The message names the file and the fault."""


@dataclass(frozen=True)
class Publication:
    """Everything that was published for one audience, all years.

    `tables` holds, by the mart's name, `year`, the mart's dimensions as text, then `n` for counts
    by category or `measure` and `value` for other marts, and `status` (shown or hidden). A list
    (Table.is_list) has its own columns, and is present only for the audiences that may see it.

    `same_part` holds the same tables for the part of the year before that a year which is not over
    is compared with; it is empty when there is none. `past` holds the tables of every year up to
    the one that a part of a publication is about (`behind`); it is empty in a whole one.

    `sent` has the numbers of all forms and packages that were sent (year, month, number, sent_on,
    counted_until, published_at, table, cell, reported), and `revisions` what has changed since it
    was published (year, table, cell, before, after, built_at, deliveries, cause); a cell is named
    as in assets/vocabulary/cells.py. Both have no rows, and no columns, for an audience that does
    not get them.

    `compared_with` is the year to compare with, if it is not the year before; without `by_gender`,
    no number is divided by gender. Both are set by `seen`.
    """

    manifest: Mapping[str, Any]
    tables: Mapping[str, pl.DataFrame]
    same_part: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    past: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    compared_with: int | None = None
    by_gender: bool = True
    sent: pl.DataFrame = field(default_factory=pl.DataFrame)
    revisions: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def years(self) -> tuple[int, ...]:
        """The published years, oldest first."""
        return tuple(sorted(self.manifest["years"]))

    def table(self, name: str, year: int) -> pl.DataFrame:
        """Return one mart of one year, without the column `year`; no rows when it has none."""
        rows = self.tables[name].filter(pl.col("year") == year).drop("year")
        if self.by_gender or vocabulary().table(f"marts.{name}").is_list:
            return rows
        if "gender" in rows.columns:
            return rows.filter(pl.col("gender") == TOTAL)
        # Gender may be one breakdown of a mart with several.
        return rows.filter(pl.col("breakdown") != "gender") if "breakdown" in rows.columns else rows

    def seen(self, *, compared_with: int | None = None, by_gender: bool = True) -> Publication:
        """Return the same publication with a reader's choices.

        `compared_with` is a published year (KeyError when it is not), or None for the year before.
        """
        if compared_with is not None and compared_with not in self.years:
            raise KeyError(compared_with)
        return replace(self, compared_with=compared_with, by_gender=by_gender)

    def behind(self, year: int) -> Publication:
        """Return the part of the publication that a page or a form of `year` is made from.

        It holds the tables of the year and of the one that it is compared with, and of the manifest
        what concerns these two or all years. Two publications of the same part give the same page.
        A year that is not over is compared with the same part of the year before.
        """
        years = [one for one in (self.previous(year), year) if one is not None]
        own = self._of_year(year)
        told = {
            name: own.get(name, value) if name in ("built_at", "deliveries") else value
            for name, value in self.manifest.items()
            if name not in _OF_THE_BUILD
        }
        whole = self.manifest["synthetic"]
        by_year = {
            str(other): self._of_year(other)
            if other in years
            else {
                "synthetic": self._of_year(other).get("synthetic", whole),
                # Of a later year, nothing that changes with each build.
                **({"as_of": self.counted_until(other).isoformat()} if other < year else {}),
            }
            for other in self.years
        }
        rejected = self.manifest["rows_rejected"]
        within: dict[str, Any] = {
            _LISTED: list(self.key_figures),
            "by_year": by_year,
            "rows_rejected": {str(one): rejected.get(str(one), 0) for one in years},
            "protection": {
                name: {
                    key: value
                    for key, value in of_years.items()
                    if int(key) in years or int(key) <= year
                }
                for name, of_years in self.manifest.get("protection", {}).items()
            },
        }
        sent, revisions = (
            frame if frame.is_empty() else frame.filter(pl.col("year") == year)
            for frame in (self.sent, self.revisions)
        )
        if not sent.is_empty() and not revisions.is_empty():
            names = set(revisions.explode("deliveries")["deliveries"])
            within[_SOURCES] = [one for one in self.sources if one["name"] in names]
        tables = {
            name: frame.filter(pl.col("year").is_in(years)) for name, frame in self.tables.items()
        }
        past = {
            name: frame.filter(pl.col("year") <= year)
            for name, frame in (self.past or self.tables).items()
            if _in_the_long_view(vocabulary().table(f"marts.{name}"))
        }
        until = own.get("compared_until")
        if until and self.previous(year) == year - 1:
            counted = self.counted_until(year - 1).isoformat()
            by_year[str(year - 1)] = {
                **by_year[str(year - 1)], "as_of": until, _WHOLE_UNTIL: counted
            }  # fmt: skip
            # The part of a part is the same.
            by_year[str(year)] = {**own, "compared_until": None}
            # The part is of every mart that is counted: one without rows there counted nothing.
            for mart in vocabulary().layer("marts"):
                if not mart.is_list:
                    own_rows = tables[mart.name].filter(pl.col("year") == year)
                    part = self.same_part.get(mart.name, own_rows.clear())
                    tables[mart.name] = pl.concat([own_rows, part])
        return replace(
            self,
            manifest={**told, **within},
            tables=tables,
            same_part={},
            past=past,
            sent=sent,
            # What was never sent is compared with nothing.
            revisions=revisions.clear() if sent.is_empty() else revisions,
        )

    def over_the_years(self) -> Publication:
        """Return the publication of every year up to the one that this part is about.

        Each year is whole there, or as far as it is counted; a whole publication is returned as is.
        """
        by_year = {
            name: {**entry, "as_of": entry.get(_WHOLE_UNTIL, entry.get("as_of"))}
            for name, entry in self.manifest.get("by_year", {}).items()
        }
        manifest = {**self.manifest, "by_year": by_year}
        return replace(
            self, manifest=manifest, tables={**self.tables, **self.past}, compared_with=None
        )

    def fingerprint(self) -> str:
        """Return a digest of all that is held; the manifest's order does not matter."""
        said = json.dumps(self.manifest, sort_keys=True, default=str)
        held = [*sorted(self.tables.items()), *sorted(self.past.items())]
        listed = [f"{name}\n{frame.write_csv()}" for name, frame in held]
        listed += [str(frame.rows()) for frame in (self.sent, self.revisions)]
        return hashlib.sha256("\n".join([said, *listed]).encode()).hexdigest()

    def holds(self, name: str) -> bool:
        """Whether the mart, RECEIPTS or OPEN_DATA was published for this audience."""
        if name == RECEIPTS:
            return RECEIPTS in self.manifest
        if name == OPEN_DATA:
            return self.protected and bool(self.years)
        return name in self.tables and name not in self.disclosure.get("left_out", ())

    @property
    def key_figures(self) -> tuple[str, ...]:
        """The codes of the key figures of any published year; all when no year is published."""
        listed = vocabulary().code_list("key_figure").names
        told = self.manifest.get(_LISTED) or set(self.tables["key_figures"]["figure"])
        return tuple(name for name in listed if name in told) or listed

    def totals_only(self, year: int) -> bool:
        """Whether only the totals of a year are shown: no table divides up its participants."""
        if not self.protected or self.table("gender_split", year).is_empty():
            return False
        return all(
            self.table(mart.name, year).is_empty()
            for mart in vocabulary().layer("marts")
            if "gender" in mart.dimensions and mart.name != "gender_split"
        )

    def without_persons(self, year: int) -> bool:
        """Whether a year is shown to have had nobody: no referral, no participant, no exit."""
        # A number that is withheld equals nothing, and so is not 0.
        nobody = pl.col("figure").is_in(_OF_PERSONS) & (pl.col("value") == 0)
        return self.table("key_figures", year).filter(nobody).height == len(_OF_PERSONS)

    def recorded(self, year: int) -> tuple[Table, ...]:
        """The marts that have something to show of a year that had nobody."""
        marts = (vocabulary().table(f"marts.{name}") for name in _WITHOUT_PERSONS)
        return tuple(mart for mart in marts if self._has_numbers(mart, year))

    def _has_numbers(self, mart: Table, year: int) -> bool:
        numbers = self.table(mart.name, year)[mart.number]
        return bool(numbers.sum()) if mart.is_count else not numbers.is_empty()

    def previous(self, year: int) -> int | None:
        """The year to compare with: the chosen one, else the year before when it is published."""
        if self.compared_with not in (None, year):
            return self.compared_with
        return year - 1 if year - 1 in self.years else None

    def beside(self, name: str, year: int) -> int | None:
        """The year to compare a mart with; None when the mart is left out of that year."""
        previous = self.previous(year)
        return None if previous is None or self.leaves_out(name, previous) else previous

    @property
    def disclosure(self) -> Mapping[str, Any]:
        """The rule under which the numbers are published (assets/published/policy.toml)."""
        rule: Mapping[str, Any] = self.manifest.get("disclosure", {})
        return rule

    @property
    def protected(self) -> bool:
        """Whether small numbers are withheld, so that a missing number does not mean zero."""
        return self.disclosure.get("rule") == _PROTECTED

    @property
    def smallest_base(self) -> int:
        """The smallest whole of which a percentage may be made."""
        return int(self.disclosure.get("smallest_base", 1))

    def done(self, name: str, year: int) -> Sequence[str]:
        """Return the changes to a mart of a year besides withheld numbers: words of the manifest.

        left_out, totals_alone, no_gender, folded; with a name after a colon when the change
        concerns only one population (no_gender) or one measure (not_printed).
        """
        by_year: Mapping[str, Any] = self.manifest.get("protection", {}).get(name, {})
        words: Sequence[str] = by_year.get(str(year), {}).get("done", ())
        return words

    def leaves_out(self, name: str, year: int) -> bool:
        """Whether nothing of a mart is shown of a year, although it has numbers."""
        return LEFT_OUT in self.done(name, year)

    def built_at(self, year: int) -> datetime:
        """When the numbers of a year were made (UTC): each year keeps the time of its own build."""
        return datetime.fromisoformat(
            self._of_year(year).get("built_at", self.manifest["built_at"])
        )

    def counted_until(self, year: int) -> date:
        """The last day that is counted: 31 December, or the day of the build if earlier."""
        last = date(year, 12, 31)
        as_of = self._of_year(year).get("as_of")
        return min(last, date.fromisoformat(as_of)) if as_of else last

    def of_other_records(self, year: int, other: int) -> bool:
        """Whether two years were built from different records, which may be why they differ."""
        this, that = self._of_year(year), self._of_year(other)
        if this.get("older", False) != that.get("older", False):
            return True
        is_same = all(this.get(name) == that.get(name) for name in ("deliveries", "as_of"))
        return bool(this.get("older")) and not is_same

    def part_until(self, year: int | None) -> date | None:
        """The last day that is counted of a year, where that is not all of it."""
        until = None if year is None else self.counted_until(year)
        return None if until is None or until == date(until.year, 12, 31) else until

    def deliveries(self, year: int) -> Sequence[Mapping[str, str]]:
        """The deliveries (name, sha256) of the year's build; empty if only counted."""
        built_of = self._built_of(year)
        return () if isinstance(built_of, int) else built_of

    def delivery_count(self, year: int) -> int:
        """How many deliveries the year was built from."""
        built_of = self._built_of(year)
        return built_of if isinstance(built_of, int) else len(built_of)

    @property
    def receipts(self) -> Sequence[Mapping[str, Any]]:
        """The deliveries of the register, and what each changed when it was read first.

        In the order in which they count: name, sha256, refused, read_at, and receipt, unless it was
        read before there were receipts (assets/published/receipts.py).
        """
        listed: Sequence[Mapping[str, Any]] = self.manifest.get(RECEIPTS, ())
        return listed

    @property
    def gone(self) -> Sequence[Mapping[str, Any]]:
        """The deliveries that are no longer in the inbox, in the order of leaving.

        As in `receipts`, with gone_at and rows_gone: the rows that went with it, 0 also where
        they were not counted.
        """
        listed: Sequence[Mapping[str, Any]] = self.manifest.get(GONE, ())
        return listed

    @property
    def sources(self) -> Sequence[Mapping[str, Any]]:
        """The deliveries that a number may come from: entries of `receipts` and `gone`."""
        listed: Sequence[Mapping[str, Any]] = self.manifest.get(
            _SOURCES, (*self.receipts, *self.gone)
        )
        return listed

    @property
    def synthetic_years(self) -> tuple[int, ...]:
        """The years whose persons are made up; every page names them, because it compares years."""
        whole = self.manifest["synthetic"]
        return tuple(year for year in self.years if self._of_year(year).get("synthetic", whole))

    def checks(self, year: int) -> Mapping[str, int]:
        """How many checks ran on the tables of the year (run), and how many failed (failed)."""
        counts: Mapping[str, int] = self._of_year(year).get("checks", {})
        return counts

    def register_checks(self, year: int) -> Mapping[str, int]:
        """The same of the register that the year was built from; these run once for all years."""
        counts: Mapping[str, int] = self._of_year(year).get("register_checks", {})
        return counts

    def checks_found(self, year: int) -> Mapping[str, int]:
        """Rule -> in how many rows of the tables of the year it found something; not for all."""
        counts: Mapping[str, int] = self._of_year(year).get("checks_found", {})
        return counts

    def rows_rejected(self, year: int) -> int:
        """How many rejected rows concern the year."""
        return int(self.manifest["rows_rejected"].get(str(year), 0))

    def rejected_by_code(self, year: int) -> Mapping[str, int]:
        """Error code -> how many rejected rows that concern the year have it."""
        counts: Mapping[str, int] = self._of_year(year).get("rejected_by_code", {})
        return counts

    def findings(self, year: int) -> Mapping[str, int]:
        """Rule -> how many doubtful rows it found in the register that the year was built from."""
        counts: Mapping[str, int] = self._of_year(year).get("findings", {})
        return counts

    def _built_of(self, year: int) -> int | Sequence[Mapping[str, str]]:
        """The deliveries, or only their number in the publication for everyone."""
        built_of: int | Sequence[Mapping[str, str]] = self._of_year(year).get(
            "deliveries", self.manifest["deliveries"]
        )
        return built_of

    def _of_year(self, year: int) -> Mapping[str, Any]:
        years: Mapping[str, Mapping[str, Any]] = self.manifest.get("by_year", {})
        return years.get(str(year), {})


def read(folder: Path) -> Publication:
    """Read the publication in `folder`.

    Raises PublicationError when the manifest or a mart is missing, has other columns than the
    vocabulary declares, or holds a number in a cell that is marked as withheld.
    """
    # The folder may be a link that is replaced during the reading: read one publication only.
    folder = folder.resolve()
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise PublicationError(f"manifest.json: {error}") from error
    missing = {"marking", "synthetic", "built_at", "years", "deliveries", "rows_rejected"} - set(
        manifest
    )
    if missing:
        raise PublicationError(f"manifest.json lacks {', '.join(sorted(missing))}")
    left_out = set(manifest.get("disclosure", {}).get("left_out", ()))
    tables = {}
    for mart in vocabulary().layer("marts"):
        if not mart.is_list and mart.name not in left_out:
            tables[mart.name] = _read_mart(folder, mart)
        elif not mart.is_list:
            tables[mart.name] = _nothing(mart)
        elif (folder / f"{mart.name}.parquet").is_file():
            tables[mart.name] = _read_list(folder, mart)
    return Publication(
        manifest,
        tables,
        _read_parts(folder),
        sent=_read_cell_list(folder, manifest, SENT),
        revisions=_read_cell_list(folder, manifest, REVISIONS),
    )


def _read_cell_list(folder: Path, manifest: Mapping[str, Any], name: str) -> pl.DataFrame:
    """A table of CELL_LISTS; no rows and no columns for an audience that does not get it."""
    path = folder / f"{name}.parquet"
    is_for_everyone = manifest.get("disclosure", {}).get("rule") == _PROTECTED
    if is_for_everyone or (name not in manifest.get("tables", {}) and not path.is_file()):
        return pl.DataFrame()
    return _read_file(path, CELL_LISTS[name].names())


def _read_parts(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of the part of the year before, if there is one."""
    path = folder / f"{SAME_PART}.parquet"
    if not path.is_file():
        return {}
    parts = pl.read_parquet(path)
    marts = [vocabulary().table(f"marts.{name}") for name in parts["mart"].unique()]
    return {
        mart.name: _as_published(
            parts.filter(pl.col("mart") == mart.name).with_columns(
                pl.col("number").alias(mart.number)
            ),
            mart,
        )
        for mart in marts
    }


def _nothing(mart: Table) -> pl.DataFrame:
    """A mart that this audience does not get, as a frame without rows."""
    number = {mart.number: pl.Int64 if mart.is_count else pl.Float64}
    names = dict.fromkeys(mart.published_key, pl.String) | {"year": pl.Int64}
    return pl.DataFrame(schema={**names, **number, "status": pl.String})


def _read_mart(folder: Path, mart: Table) -> pl.DataFrame:
    path = folder / f"{mart.name}.parquet"
    frame = _read_file(path, [*mart.published_key, mart.number, "status"])
    if frame.filter(pl.col("status") == HIDDEN)[mart.number].is_not_null().any():
        raise PublicationError(f"{path.name} holds a number in a cell that is withheld")
    return _as_published(frame, mart)


def _as_published(frame: pl.DataFrame, mart: Table) -> pl.DataFrame:
    return frame.select(
        pl.col("year").cast(pl.Int64),
        *(pl.col(name).cast(pl.String) for name in mart.published_key if name != "year"),
        pl.col(mart.number).cast(pl.Int64 if mart.is_count else pl.Float64),
        pl.col("status").cast(pl.String),
    )


def _read_list(folder: Path, mart: Table) -> pl.DataFrame:
    columns = schema(mart)
    frame = _read_file(folder / f"{mart.name}.parquet", columns.names())
    return frame.select(columns.names()).cast(columns).with_columns(pl.col("year").cast(pl.Int64))


def _read_file(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    if not path.is_file():
        raise PublicationError(f"{path.name} is missing")
    frame = pl.read_parquet(path)
    if missing := set(columns) - set(frame.columns):
        raise PublicationError(f"{path.name} lacks {', '.join(sorted(missing))}")
    return frame
