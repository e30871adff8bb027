"""The monthly form for EST, as numbers: one month, and from 1 January to the end of the month.

Both covers, the page and the workbook in dashboards/forms, show these numbers and count nothing
themselves. Counts are the published ones; only percentages are made here, cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.vocabulary import HIDDEN, TOTAL, vocabulary
from assets.vocabulary.cells import last_day_of
from dashboards import numbers, words
from dashboards.figures import figure_words
from dashboards.figures.figure import write
from dashboards.publication import Publication

PERCENT = "percent"
"""The column of percentages, next to the columns of counts: `total` and the genders."""

UNKNOWN = "unknown"
"""The column of unknown gender, which most forms do not have."""

_MART = "monthly_form"
_COUNTS, _OUTCOME = "counts", "outcome"
MONTH, YEAR_TO_DATE = "month", "year_to_date"
"""The periods of the form."""

_EVERYBODY = (TOTAL, "male", "female")
_HEADERS = {
    TOTAL: words.COUNT,
    "male": words.MEN,
    "female": words.WOMEN,
    UNKNOWN: words.UNKNOWN_GENDER,
    PERCENT: words.PERCENT,
}
# Row 12 is all the exits that row 13 divides up, and its share is of these.
_ROW_12 = "planned_exits"
_EXITS = (_ROW_12, "dropouts", "no_shows")


@dataclass(frozen=True)
class Cell:
    """One number of the form: a count of persons or cases, or whole percent (`unit`).

    The value is None when it is withheld, or when there is nothing to compute.
    """

    value: int | None
    unit: str
    withheld: bool = False

    @property
    def text(self) -> str:
        """The number as it is written: «12», «84 %», «:» or «..»."""
        return write(self.value, self.unit, self.withheld)


@dataclass(frozen=True)
class Line:
    """One line of the form. `code` is a form_line or an outcome.

    `cells` are by period and column; a line without percentages in the form has no cells for them.
    """

    code: str
    label: str
    cells: Mapping[tuple[str, str], Cell]


@dataclass(frozen=True)
class Block:
    """Lines that belong together, under a heading or (empty) under none."""

    id: str
    heading: str
    lines: tuple[Line, ...]

    @property
    def is_sum(self) -> bool:
        """Whether its line is the sum of the block below it."""
        return self.id == _ROW_12


@dataclass(frozen=True)
class Period:
    """The days that one half of the form counts, both included."""

    code: str
    label: str
    first: date
    last: date


@dataclass(frozen=True)
class MonthlyForm:
    """The form of one month: `blocks` from top to bottom, each period with the same `columns`.

    `columns` is column -> header, in the form's order: men before women, and unknown gender only
    if somebody has it.
    """

    year: int
    month: int
    periods: tuple[Period, ...]
    columns: Mapping[str, str]
    blocks: tuple[Block, ...]

    @property
    def last(self) -> date:
        """The last day counted: the last of the month, or the day of the build if earlier."""
        return self.periods[0].last

    @property
    def running(self) -> bool:
        """Whether the month was still going on when it was counted."""
        return self.last < last_day_of(self.year, self.month)


def months(publication: Publication, year: int) -> tuple[int, ...]:
    """Return the published months of a year, in order; none for a year that is not published."""
    listed = publication.table(_MART, year)["month"].unique()
    return tuple(sorted(int(month) for month in listed))


def monthly_form(publication: Publication, year: int, month: int) -> MonthlyForm:
    """Return the form of a month; KeyError when the month is not published."""
    published = publication.table(_MART, year).filter(pl.col("month") == str(month))
    if published.is_empty():
        raise KeyError((year, month))
    last = min(last_day_of(year, month), publication.counted_until(year))
    labels = {entry.code: entry.label_nb for entry in vocabulary().code_list("form_period").codes}
    firsts = {MONTH: date(year, month, 1), YEAR_TO_DATE: date(year, 1, 1)}
    genders = _genders(published)
    counts = _lines(published, _COUNTS, genders)
    row_12, outcomes = counts.pop(_ROW_12), _lines(published, _OUTCOME, genders)
    exits = [row_12 if code == _ROW_12 else counts[code] for code in _EXITS]
    return MonthlyForm(
        year=year,
        month=month,
        periods=tuple(Period(code, labels[code], firsts[code], last) for code in firsts),
        columns={name: _HEADERS[name] for name in (*genders, PERCENT)},
        blocks=(
            Block(_COUNTS, "", tuple(counts.values())),
            Block(_ROW_12, "", (_with_percent(row_12, exits),)),
            Block(
                _OUTCOME,
                vocabulary().code_list("form_breakdown")[_OUTCOME].label_nb,
                tuple(_with_percent(line, [row_12]) for line in outcomes.values()),
            ),
        ),
    )


def _genders(published: pl.DataFrame) -> tuple[str, ...]:
    """The columns of counts: the published ones, unknown gender only if somebody has it."""
    somebody = published.filter(
        (pl.col("gender") != UNKNOWN) | (pl.col("n") > 0) | (pl.col("status") == HIDDEN)
    )
    found = set(somebody["gender"])
    return tuple(name for name in (*_EVERYBODY, UNKNOWN) if name in found)


def _lines(published: pl.DataFrame, breakdown: str, genders: Sequence[str]) -> dict[str, Line]:
    """Return code -> line with its counts, in the order of the code list, other codes last."""
    mart = vocabulary().table(f"marts.{_MART}")
    cells: dict[str, dict[tuple[str, str], Cell]] = {}
    for code, period, gender, n, status in (
        published.filter((pl.col("breakdown") == breakdown) & pl.col("gender").is_in(list(genders)))
        .select("value", "period", "gender", "n", "status")
        .iter_rows()
    ):
        cells.setdefault(code, {})[period, gender] = Cell(n, "count", status == HIDDEN)
    listed = vocabulary().code_list(
        vocabulary().code_list("form_breakdown")[breakdown].attributes["codes"]
    )
    labels = {code: vocabulary().label(mart, "value", code, by=breakdown) for code in cells}
    if breakdown == _OUTCOME:
        labels |= {
            code: figure_words.with_code(labels[code], code)
            for code in listed.names
            if code in labels
        }
    else:
        labels[_ROW_12] = figure_words.FORM_ROW_12
    in_order = dict.fromkeys((*(code for code in listed.names if code in cells), *cells))
    return {code: Line(code, labels[code], cells[code]) for code in in_order}


def _with_percent(line: Line, whole: Sequence[Line]) -> Line:
    """Return the line with its share of the sum of the lines of `whole`, for each period."""
    shares = {
        (period, PERCENT): _percent(cell, [of.cells[period, TOTAL] for of in whole])
        for (period, gender), cell in line.cells.items()
        if gender == TOTAL
    }
    return Line(line.code, line.label, {**line.cells, **shares})


def _percent(part: Cell, whole: Sequence[Cell]) -> Cell:
    if part.value is None or any(cell.value is None for cell in whole):
        # The share would reveal the withheld count.
        return Cell(None, PERCENT, withheld=True)
    base = sum(cell.value or 0 for cell in whole)
    return Cell(numbers.half_up(part.value / base) if base else None, PERCENT)
