"""What the records say of each year, and the years of which the publication says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

import polars as pl

from assets.published.manifest import manifest
from assets.published.tables import published
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

QUALITY = ("year_marks", "year_errors", "findings", "receipts", "changes", "rejected_rows")
"""The tables of the layer quality that a manifest is made from, beside the check results."""

_OF_THE_BUILD = (
    "built_at", "run_id", "deliveries", "as_of", "older", "compared_until", "program", "erased"
)  # fmt: skip
"""Parts of a year's entry that say when and from what it was made, and nothing of its numbers."""

SAME_PART = "same_part"
"""The published table of the part of the year before that a running year is compared with."""


class Queried(Protocol):
    """The warehouse, as it is read here."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query."""
        ...


class Published(Protocol):
    """A release, as it is read here."""

    def manifest(self, audience: str) -> dict[str, Any]:
        """Return the manifest of an audience; empty when nothing is published for it."""
        ...

    def table(self, audience: str, name: str) -> pl.DataFrame | None:
        """Return a table of an audience; None when it has no table of that name."""
        ...


@dataclass(frozen=True)
class Exact:
    """The published form of all marts of some years, and the manifest that goes with them."""

    tables: dict[str, pl.DataFrame]
    manifest: dict[str, Any]


def exact(
    warehouse: Queried,
    years: Sequence[int],
    earlier: Mapping[str, Any],
    before: Mapping[str, Any],
    run_id: str,
) -> Exact:
    """Return what the warehouse says of `years`; `earlier` and `before` as for manifest()."""
    tables = {}
    for table in vocabulary().layer("marts"):
        mart = warehouse.query(
            f"from {table.qualified_name} where list_contains($years, year)", {"years": years}
        )
        tables[table.name] = published(table, mart, years)
    about = manifest(
        "internal",
        years,
        earlier,
        before=before,
        run_id=run_id,
        built_at=datetime.now(UTC),
        as_of=warehouse.query("from records.build_day").item(),
        deliveries=warehouse.query("from raw.deliveries order by delivery"),
        quality={
            name: warehouse.query(f"from quality.{name}") for name in (*QUALITY, "check_results")
        },
    )
    return Exact(tables, about)


def mark_older_years(
    about: dict[str, Any], warehouse: Queried, release: Published, built: Sequence[int]
) -> None:
    """Mark the years of the manifest `about` that are published from other records than are loaded.

    `built` are the years that are published anew. Another one is marked `older` unless it was built
    from the same deliveries of the same day, or its numbers are those of the records.
    """
    by_year = about["by_year"]
    records = ("deliveries", "as_of")
    others = {
        int(year): any(entry[name] != about[name] for name in records)
        for year, entry in by_year.items()
        if int(year) not in built
    }
    if any(others.values()):
        known = warehouse.query("select year from intermediate.years order by year")["year"]
        same = unchanged_years(warehouse, release, known.to_list(), numbers_alone=True)
        others = {year: is_other and year not in same for year, is_other in others.items()}
    for year, is_older in others.items():
        entry = {name: value for name, value in by_year[str(year)].items() if name != "older"}
        by_year[str(year)] = entry | ({"older": True} if is_older else {})


def published_part(marts: Mapping[str, pl.DataFrame], year: int) -> pl.DataFrame:
    """Return the published form of the part of a year: one table with the column `mart`.

    `marts` is mart -> rows. The columns are mart, year, the dimensions of all marts and measure as
    text (NULL where a mart has none), number (`n` or `value`) and status.
    """
    frames = []
    for name, rows in marts.items():
        table = vocabulary().table(f"marts.{name}")
        typed = rows.cast(dict(schema(table).items()))
        frames.append(
            published(table, typed, [year]).select(
                pl.lit(name).alias("mart"),
                "year",
                pl.exclude("year", table.number).cast(pl.String),
                pl.col(table.number).cast(pl.Float64).alias("number"),
            )
        )
    return pl.concat(frames, how="diagonal")


def unchanged_years(
    warehouse: Queried, release: Published, years: Sequence[int], *, numbers_alone: bool = False
) -> list[int]:
    """Return those of `years` of which the exact publication says what the warehouse says.

    `years` are all years of the register. Compared are all numbers and their last day, and unless
    `numbers_alone`, the marks, the findings and the results of the checks, of which some are about
    the whole register; not the time of the build, and not the names of deliveries that change
    nothing.
    There are none when a published year is no longer in the register: then all are published anew.
    """
    current = release.manifest("internal")
    told = current.get("by_year", {})
    there = [year for year in years if str(year) in told]
    if not there or len(there) < len(told):
        return []
    now = exact(warehouse, there, current, current, run_id="")
    by_year = now.manifest["by_year"]
    said = _until if numbers_alone else _entry
    same = {year for year in there if said(year, by_year) == said(year, told)}
    for name, frame in now.tables.items():
        before = release.table("internal", name)
        if before is None or before.schema != frame.schema:
            return []
        same -= {year for year in same if not _of(year, frame).equals(_of(year, before))}
    return sorted(same)


def _of(year: int, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("year") == year)


def _entry(year: int, by_year: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest says of a year's numbers, and until which of its days they are counted."""
    entry = by_year[str(year)]
    numbers = {name: value for name, value in entry.items() if name not in _OF_THE_BUILD}
    return {**numbers, "until": _until(year, by_year)}


def _until(year: int, by_year: Mapping[str, Any]) -> date:
    """The last day that is counted of a year."""
    return min(date(year, 12, 31), date.fromisoformat(by_year[str(year)]["as_of"]))
