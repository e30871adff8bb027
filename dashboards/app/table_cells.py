"""The cells of a reader's own table: published numbers, the signs in their place, and shares.

A share is of a total of its own year, and only where every part of that total is shown, so that
none gives a withheld number away (docs/disclosure.md). Nothing is summed here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from assets.vocabulary import TOTAL, Table, vocabulary
from dashboards import numbers, words
from dashboards.app import table_words
from dashboards.app.table_layout import (
    GENDER,
    MEASURE,
    OF_ROW,
    Layout,
    categories,
    cells,
)
from dashboards.figures import figure_words
from dashboards.figures.figure import write
from dashboards.figures.measures import COMPLETE
from dashboards.publication import Publication
from dashboards.report.tables import KEY_UNITS, Cell

_NAMED = ("country", "project")
"""Dimensions of which an exact publication lists only the categories that somebody is in."""

_NOK = ("savings_target", "savings_reported")
_GOAL = "target_share"

Key = tuple[int, str, str]
"""Year, category of the rows, category of the columns (empty if years are the only ones)."""

_Read = tuple[float | None, str]
"""A number, or None and the sign that stands in its place."""


@dataclass(frozen=True)
class Held:
    """What the publication holds of a layout: `found` has each number, and whether it is withheld.

    `rows` and `columns` are the categories of all years together. `named` has the categories of
    _NAMED that each year lists. `goals` are the published targets, by year and category.
    """

    publication: Publication
    layout: Layout
    found: Mapping[Key, tuple[float | None, bool]]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    named: Mapping[int, Collection[str]]
    goals: Mapping[tuple[int, str], float]

    @classmethod
    def of(cls, publication: Publication, layout: Layout) -> Held:
        """Read the numbers of a layout."""
        mart = layout.mart
        whole = cells(publication, mart).filter(pl.col("year").is_in(layout.years))
        held = whole
        for axis, code in layout.fixed:
            held = held.filter(pl.col(axis) == code)
        column = pl.col(layout.columns) if layout.columns else pl.lit("")
        listed = held.select("year", layout.rows, column.alias("column"), "number", "withheld")
        return cls(
            publication,
            layout,
            {(year, row, of): (n, hidden) for year, row, of, n, hidden in listed.iter_rows()},
            categories(held, mart, layout.rows),
            categories(held, mart, layout.columns) if layout.columns else ("",),
            _named(whole, mart),
            _goals(whole, mart),
        )

    def is_nobody(self, column: str) -> bool:
        """Whether every number of a column is shown and zero, or not there, in every year."""
        return not any(
            number or hidden for (_, _, of), (number, hidden) in self.found.items() if of == column
        )

    def cell(self, key: Key) -> Cell:
        """A number as it is published."""
        unit = self._unit(key)
        number, sign = self._read(key)
        if number is None:
            return Cell(None, unit, sign)
        if unit == "percent":
            number = numbers.percent_of_target(number, self._goal(key))
        return Cell(number, unit, _written(number, unit))

    def share(self, key: Key) -> Cell:
        """The share that a number is of its row or column in its year, as whole percent."""
        number, sign = self._read(key)
        if number is None:
            return Cell(None, "percent", sign)
        whole = self._whole(key)
        if whole is None:
            return Cell(None, "percent", words.HIDDEN)
        if whole == 0:
            return Cell(None, "percent", words.NOTHING)
        percent = (200 * int(number) + whole) // (2 * whole)
        return Cell(percent, "percent", numbers.percent(percent))

    def _whole(self, key: Key) -> int | None:
        """The published total that a number is a part of; 0 where there is nothing to divide.

        None where a part of it is not shown, or where it is too small to make shares of.
        """
        year, row, column = key
        around = {
            of_column if self.layout.shares == OF_ROW else of_row: found
            for (of_year, of_row, of_column), found in self.found.items()
            if of_year == year
            and (of_row == row if self.layout.shares == OF_ROW else of_column == column)
        }
        total, _ = around.get(TOTAL, (None, True))
        parts = [number for code, (number, _) in around.items() if code != TOTAL]
        if total is None or None in parts or any(hidden for _, hidden in around.values()):
            return None
        # A whole that its parts do not make up would be told by the share of each.
        is_whole = sum(filter(None, parts)) == total
        is_small = 0 < total < self.publication.smallest_base
        return int(total) if is_whole and not is_small else None

    def _read(self, key: Key) -> _Read:
        if key not in self.found:
            return self._absent(key)
        number, is_withheld = self.found[key]
        if is_withheld:
            return None, words.HIDDEN
        return number, "" if number is not None else words.NOTHING

    def _absent(self, key: Key) -> _Read:
        """What is so where the publication has no row, as on the other pages."""
        mart, year = self.layout.mart, key[0]
        if not self.publication.protected:
            # A year lists only the countries and the projects that somebody was in.
            own = {self._category(key, name) for name in _NAMED if name in mart.dimensions}
            nobody = own - {*self.named.get(year, own)}
            return (0, "") if nobody else (None, table_words.UNPUBLISHED)
        row, column = (
            TOTAL if axis == GENDER else code
            for axis, code in zip((self.layout.rows, self.layout.columns), key[1:], strict=True)
        )
        is_of_all = key != (year, row, column) and (year, row, column) in self.found
        is_complete = mart.dimensions in COMPLETE
        if is_of_all or is_complete or self.publication.done(mart.name, year):
            return None, words.HIDDEN
        return None, table_words.UNPUBLISHED

    def _category(self, key: Key, axis: str) -> str:
        """The category of an axis that a cell belongs to."""
        _, row, column = key
        chosen = {self.layout.columns: column, self.layout.rows: row, **dict(self.layout.fixed)}
        return chosen[axis]

    def _goal(self, key: Key) -> float | None:
        """The target that a share is held against, if there is one."""
        if not self.goals:
            return None
        return self.goals.get((key[0], self._category(key, self.layout.mart.dimensions[0])))

    def _unit(self, key: Key) -> str:
        """The unit of a number, as in report.tables.Cell."""
        mart = self.layout.mart
        if mart.is_count:
            return "count"
        if mart.name == "key_figures":
            figure = vocabulary().code_list("key_figure")[self._category(key, "figure")]
            return KEY_UNITS[figure.attributes["unit"]]
        measure = mart.measures[0] if len(mart.measures) == 1 else self._category(key, MEASURE)
        if measure in _NOK:
            return "nok"
        types = {"share": "percent", "count": "count"}
        return types.get(mart.column(measure).type, "decimal")


def _named(whole: pl.DataFrame, mart: Table) -> dict[int, set[str]]:
    """Year -> the countries or projects that it lists."""
    found: dict[int, set[str]] = {}
    for name in (name for name in _NAMED if name in mart.dimensions):
        for year, code in whole.select("year", name).unique().iter_rows():
            found.setdefault(year, set()).add(code)
    return found


def _goals(whole: pl.DataFrame, mart: Table) -> dict[tuple[int, str], float]:
    """Year and category -> its published target, in a mart that has targets."""
    if _GOAL not in mart.measures:
        return {}
    rows = whole.filter(pl.col(MEASURE) == _GOAL, pl.col("number").is_not_null())
    return {
        (year, code): n
        for year, code, n in rows.select("year", mart.dimensions[0], "number").iter_rows()
    }


def _written(number: float, unit: str) -> str:
    if unit == "days":
        return figure_words.days(numbers.decimal(number))
    if unit == "years":
        return figure_words.age(numbers.count(number))
    return write(number, unit)
