"""What each audience is to be shown of the years of a build: tables and manifest.

`internal` gets exact numbers; `open` gets the finished years, from which nobody can work out a
small group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import polars as pl

from assets.day import today
from assets.disclosure.history import Reason, Rule, Vintage
from assets.marts.same_part import same_day
from assets.published.exact import (
    SAME_PART,
    Published,
    Queried,
    exact,
    mark_older_years,
    published_part,
)
from assets.published.manifest import about_open, open_manifest, policy
from assets.published.open_tables import open_tables
from assets.published.revisions import Program, revisions
from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import REVISIONS, SENT


@dataclass(frozen=True)
class Contents:
    """The tables of one audience, and the manifest that goes with them.

    Of the open audience also: the `fresh` vintages that the tables show for the first time, and the
    years that are `held_back`, with the reasons, which are for the builder alone.
    """

    tables: Mapping[str, pl.DataFrame]
    manifest: Mapping[str, Any]
    fresh: Sequence[Vintage] = ()
    held_back: Mapping[int, Reason] | None = None

    @property
    def rows(self) -> int:
        """The number of rows of all tables."""
        return sum(frame.height for frame in self.tables.values())


class Counted(Queried, Protocol):
    """The warehouse, as it is read here."""

    def counted_until(self, day: date) -> Mapping[str, pl.DataFrame]:
        """Return the marts of the year of a day, counted as of that day."""
        ...


def internal(
    warehouse: Counted,
    before: Published,
    years: Sequence[int],
    run_id: str,
    *,
    is_whole_register: bool,
    program: Program,
    sent: pl.DataFrame,
) -> Contents:
    """Return what is published for the audience `internal` of `years`.

    Unless they are the whole register, all other years stay as they are in the release `before`.
    `sent` is published as it is: the numbers of every form and package that was sent.
    """
    audience = "internal"
    last = before.manifest(audience)
    earlier = {} if is_whole_register else last
    now = exact(warehouse, years, earlier, last, run_id)
    about = now.manifest
    tables = {
        name: _beside_earlier(frame, before.table(audience, name) if earlier else None, years)
        for name, frame in now.tables.items()
    }
    mark_older_years(about, warehouse, before, years)
    as_of = date.fromisoformat(about["as_of"])
    running = as_of.year
    if running in years and as_of < date(running, 12, 31) and running - 1 in about["years"]:
        until = same_day(as_of)
        tables[SAME_PART] = published_part(warehouse.counted_until(until), until.year)
        about["by_year"][str(running)]["compared_until"] = until.isoformat()
    elif earlier and (part := before.table(audience, SAME_PART)) is not None:
        tables[SAME_PART] = part
    for year in years:
        about["by_year"][str(year)] |= program.marks()
    had = {name: before.table(audience, name) for name in (*now.tables, REVISIONS)}
    tables[REVISIONS] = revisions(tables, about, had, last, program)
    tables[SENT] = sent
    return Contents(tables, about)


def open_(exact_: Contents, history: Sequence[Vintage]) -> Contents:
    """Return what is published for the audience `open` of the exact publication.

    `history` holds every vintage there is, oldest first.
    """
    # SciPy is slow to import, and only the open publication needs it.
    from assets.published.release import release

    audience = "open"
    rule = policy()[audience]
    source = exact_.manifest
    finished = [
        year for year in source["years"] if source["by_year"][str(year)]["as_of"] >= f"{year}-12-31"
    ]
    within = {
        table.name: exact_.tables[table.name].filter(pl.col("year").is_in(finished))
        for table in vocabulary().layer("marts")
    }
    counted = open_tables(within, rule["names"])
    released = release(
        counted,
        {year: about_open(source["by_year"][str(year)]) for year in finished},
        history,
        Rule(rule["threshold"], sensitive=tuple(rule["sensitive"])),
        today(),
    )
    return Contents(
        # If no year is over yet, the tables are published without rows.
        {name: released.tables.get(name, frame.clear()) for name, frame in counted.items()},
        open_manifest(audience, source, released, [*history, *released.fresh]),
        released.fresh,
        released.held_back,
    )


def _beside_earlier(
    fresh: pl.DataFrame, earlier: pl.DataFrame | None, years: Sequence[int]
) -> pl.DataFrame:
    """The fresh years, together with the earlier publication's rows of all other years."""
    if earlier is None:
        return fresh
    kept = earlier.filter(~pl.col("year").is_in(years))
    return pl.concat([kept, fresh]).sort("year", maintain_order=True)
