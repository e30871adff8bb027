"""One figure: a chart, its description in words, and its rows. It knows no subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import numbers, words
from dashboards.figures import figure_words
from dashboards.figures.findings.finding import Finding

WRITERS: Mapping[str, Callable[[Any], str]] = {
    "count": numbers.count,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "nok": lambda amount: figure_words.kroner(numbers.count(abs(amount)), below_zero=amount < 0),
}
"""How a number of each unit is written. Percent are already rounded."""


@dataclass(frozen=True)
class Figure:
    """One figure of one year, for any cover.

    `rows` has Norwegian headers, its first column names the row, and its numbers are numbers.
    `units` gives the unit of each header (a name in WRITERS; a header that is not named is text).
    `withheld` has the same headers and is true where a number is withheld for privacy: there `rows`
    is NULL. Elsewhere NULL means that there is nothing to measure. A figure without a chart has
    only its rows; with `empty`, one sentence replaces all of it. `picture_notes` explain how to
    read the chart, and are shown only with the chart. `findings` say what the numbers show.
    `drawn_rows` are the places of the rows that a chart over the years draws as lines, if it does.
    """

    id: str
    title: str
    definition: str
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    units: Mapping[str, str] = field(default_factory=dict)
    withheld: pl.DataFrame = field(default_factory=pl.DataFrame)
    chart: go.Figure | None = None
    drawn_rows: tuple[int, ...] = ()
    description: str = ""
    picture_notes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    empty: str = ""
    every_year: bool = False

    def caption(self, year: int) -> str:
        """The title with the year of its numbers, unless they are of every year."""
        return self.title if self.every_year else words.in_year(self.title, year)

    def says(self, year: int) -> str:
        """What the numbers show, as the title of a picture; the caption where nothing is said."""
        return " ".join(finding.text for finding in self.findings) or self.caption(year)

    def texts(self) -> list[tuple[str, ...]]:
        """The rows as they are written on a page: «1 234», «60 %», «:» and «..»."""
        columns = [self._column(name) for name in self.rows.columns]
        return list(zip(*columns, strict=True))

    @property
    def alternative(self) -> str:
        """The chart in words, for readers who do not see it, and the meaning of «:»."""
        hidden = words.HIDDEN_SENTENCE if self.withholds() else ""
        said = (finding.text for finding in self.findings)
        return " ".join(filter(None, (*said, self.description, hidden)))

    @property
    def notes_beside(self) -> tuple[str, ...]:
        """The notes of the figure: how to read its chart, if it has one, and the others."""
        return (*(self.picture_notes if self.chart is not None else ()), *self.notes)

    def withholds(self) -> bool:
        """Whether any number of the figure is withheld for privacy."""
        return any(self.withheld[name].any() for name in self.withheld.columns)

    def lacks(self) -> bool:
        """Whether any number of the figure is missing: neither withheld nor zero."""
        return any(words.NOTHING in line for line in self.texts())

    def _column(self, name: str) -> list[str]:
        values = self.rows[name].to_list()
        if name in self.withheld.columns:
            hidden = self.withheld[name].to_list()
        else:
            hidden = [False] * len(values)
        unit = self.units.get(name, "text")
        return [write(value, unit, kept) for value, kept in zip(values, hidden, strict=True)]


def write(value: float | str | None, unit: str, withheld: bool = False) -> str:
    """Write one cell; `unit` is a name in WRITERS, or text."""
    if withheld:
        return words.HIDDEN
    if value is None:
        return words.NOTHING
    return value if isinstance(value, str) else WRITERS[unit](value)
