"""Published numbers of the marts that do not count by category, one cell at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assets.vocabulary import HIDDEN, Table, vocabulary
from dashboards.figures.figure import write
from dashboards.publication import NOT_PRINTED, Publication

COMPLETE = (("month",), ("quarter",), ("figure",))
"""The dimensions whose categories are all present in every year that is over."""


@dataclass(frozen=True)
class Measures:
    """The cells of one mart and year: (category, measure) -> number, or NULL.

    The category is empty for a mart without dimensions. The measures `unprinted` are not published;
    with `left_out`, no measure is. A missing cell of a mart that is `complete` (every year has all
    months and key figures) is withheld.
    """

    mart: Table
    year: int
    cells: Mapping[tuple[str, str], float | None]
    hidden: frozenset[tuple[str, str]]
    unprinted: frozenset[str] = frozenset()
    left_out: bool = False
    complete: bool = False

    def shown(self, category: str, measure: str) -> float | None:
        """The number; None when it is withheld, or there is nothing to measure."""
        return self.cells.get((category, measure))

    def count(self, category: str, measure: str) -> int | None:
        """The number as a whole number."""
        number = self.shown(category, measure)
        return None if number is None else int(number)

    def withheld(self, category: str, measure: str) -> bool:
        """Whether the number is withheld for privacy."""
        if self.left_out or (category, measure) in self.hidden:
            return True
        if self.complete and (category, measure) not in self.cells:
            return True
        return measure in self.unprinted and any(category == known for known, _ in self.cells)

    def text(self, category: str, measure: str, unit: str) -> str:
        """The number as it is written; `unit` as in Figure.units."""
        return write(self.shown(category, measure), unit, self.withheld(category, measure))

    def withheld_frame(self, categories: Sequence[str], headers: Mapping[str, str]) -> pl.DataFrame:
        """Figure.withheld of a table with one row per category; `headers` is measure -> header."""
        return pl.DataFrame(
            {
                header: [self.withheld(category, measure) for category in categories]
                for measure, header in headers.items()
            },
            dict.fromkeys(headers.values(), pl.Boolean),
        )


def with_year_before(
    publication: Publication, values: Measures
) -> tuple[Measures, Measures | None]:
    """Return the numbers of a mart and those of the year they are compared with, if there is one.

    Both are `completed`.
    """
    name = values.mart.name
    previous = publication.beside(name, values.year)
    if not previous:
        return values, None
    this, before = completed(publication, [values, measures(publication, name, previous)])
    return this, before


def completed(publication: Publication, years: Sequence[Measures]) -> list[Measures]:
    """Return the numbers of a mart in several years, with 0 for what a year counted 0 times.

    This decides what is 0 and what is missing, for every figure of categories that a year only
    lists if it has them: one that another of the years has was counted 0 times. Of a sheet that was
    not filled in, nothing is known; and if numbers are withheld, a missing one does not mean zero.
    """
    if publication.protected:
        return list(years)
    found = {key for of in years for key in of.cells}
    return [_with_zeros(of, found) if of.cells else of for of in years]


def nothing_beside(publication: Publication, before: Measures | None) -> bool:
    """Whether a year that has nothing is shown as one sentence, without the year `before`.

    So it is also where numbers are withheld: nothing shown does not mean that nothing was counted.
    """
    return publication.protected or before is None or not any(before.cells.values())


def _with_zeros(values: Measures, found: Collection[tuple[str, str]]) -> Measures:
    counted = {name for name in values.mart.measures if values.mart.column(name).type == "count"}
    known = {category for category, _ in values.cells}
    zeros = {
        (category, name): 0.0
        for category, name in found
        if category not in known and name in counted
    }
    return replace(values, cells={**values.cells, **zeros})


def measures(publication: Publication, name: str, year: int) -> Measures:
    """Return the published numbers of a mart of one year."""
    mart = vocabulary().table(f"marts.{name}")
    category = pl.col(mart.dimensions[0]) if mart.dimensions else pl.lit("")
    frame = publication.table(name, year).select(
        category.alias("category"), "measure", "value", "status"
    )
    cells = {(row[0], row[1]): row[2] for row in frame.iter_rows()}
    hidden = {(row[0], row[1]) for row in frame.iter_rows() if row[3] == HIDDEN}
    words = publication.done(name, year)
    unprinted = (word.partition(f"{NOT_PRINTED}:")[2] for word in words)
    return Measures(
        mart,
        year,
        cells,
        frozenset(hidden),
        frozenset(filter(None, unprinted)),
        publication.leaves_out(name, year),
        # If numbers are withheld, only years that are over are published.
        publication.protected and mart.dimensions in COMPLETE,
    )
