"""Published numbers of the marts that do not count by category, one cell at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.vocabulary import HIDDEN, Table, vocabulary
from dashboards.figures.figure import write
from dashboards.publication import NOT_PRINTED, Publication

_COMPLETE = (("month",), ("quarter",), ("figure",))
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
        publication.protected and mart.dimensions in _COMPLETE,
    )
