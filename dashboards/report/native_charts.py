"""Charts that Excel draws itself, over the cells of any sheet.

Excel draws text as 0. So a cell that is withheld or has nothing to measure is left out of the
numbers that the file keeps for a chart, its label is «:» or «..», and a line ends before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import xlsxwriter

from assets.vocabulary import vocabulary
from dashboards import words
from dashboards.figures.breakdown import LAST
from dashboards.figures.palette import ALARM, MAIN, MUTED, OTHER_YEAR, PARTNER, TEXT
from dashboards.report.tables import Cell, Table

WIDTH = 580

_MEASURES = {
    "time_in_programme": ("median_days",),
    "group_sessions": ("attended",),
    "survey_response": ("response_share",),
}
"""Figures of which only one measure is drawn, by its name in the vocabulary."""

_FLOWS = ("started", "planned_exits", "dropouts")
_LOST = ("dropouts", "no_shows")
_LIMITS = ("remaining_low", "remaining_high")
_HATCHED = "▨"
"""Before the sign of a withheld number: the field that the pages draw."""

_PER_COUNSELLOR = ("participants_per_counsellor", "active_per_counsellor")
FONT = {"name": "Arial", "size": 9, "color": TEXT}
_WHITE, EDGE = "#FFFFFF", "#E9ECF1"
_ROW, _SECOND_BAR, _LEGEND, _TITLE, _TALL = 30, 16, 30, 60, 340
_LEAST, _LOW_ROW, _MANY = 150, 22, 14
_CROWDED = 12
"""With more points than this, only every third point of a line has its number."""


@dataclass(frozen=True)
class Place:
    """The place of a table's rows: the sheet, and the first row (from 0)."""

    sheet: str
    first_row: int


@dataclass(frozen=True)
class Drawing:
    """The data of one chart: columns of some rows, named by the cells of the column `labels`."""

    kind: str
    columns: Sequence[int]
    rows: range
    title: str
    labels: int = 0
    colours: tuple[str, ...] = (MAIN, OTHER_YEAR)
    names: Mapping[str, str] = field(default_factory=dict)
    limits: Sequence[int] = ()
    """The lower and the upper limit of the first column, drawn as error bars."""


def native_charts(
    workbook: xlsxwriter.Workbook, table: Table, place: Place, title: str, year: int
) -> Iterator[tuple[Any, int]]:
    """Return the charts of a table, each with its height in pixels; none if its figure has none."""
    if table.figure.chart is None:
        return
    for drawing in _drawings(table, title, year):
        kind = {"line": {"type": "line"}, "column": {"type": "column"}, "bar": {"type": "bar"},
                "split": {"type": "bar", "subtype": "percent_stacked"}}[drawing.kind]  # fmt: skip
        chart = workbook.add_chart(kind)
        for index, column in enumerate(drawing.columns):
            chart.add_series(_series(table, place, drawing, column, index))
        chart.set_title({"name": drawing.title, "name_font": FONT | {"size": 11, "bold": True}})
        height = _height(drawing)
        _dress(chart, drawing, height)
        yield chart, height


def _drawings(table: Table, title: str, year: int) -> list[Drawing]:
    figure = table.figure.id
    drawings = {
        "gender_split": _split,
        "caseload": _lines,
        "still_in_programme": _lines,
        "flows": _flows,
        "quarterly_flow": _flows,
        "target_attainment": _targets,
        "benefit_target": _targets,
        "savings": _amounts,
        "counsellor_caseload": _per_counsellor,
    }
    if figure == "dropouts_by_month":
        return _lost(table, title, year)
    if figure in drawings:
        return [drawings[figure](table, title, year)]
    return _bars(table, title)


def _bars(table: Table, title: str) -> list[Drawing]:
    """One column as bars; a chart for each group if the first cell of each row names a group."""
    columns = _numbers(table)
    measures = _headers(table, _MEASURES.get(table.figure.id, ()))
    own = [i for i in columns if table.headers[i] in measures] or columns[:1]
    before = _of_other_years(table, [table.headers[i] for i in own])
    drawn = [*own, *(i for i in columns if table.headers[i] in before)]
    first = [row[0].text for row in table.rows]
    if len(set(first)) == len(first) or table.is_number(1):
        total = table.has_total and table.figure.id != "time_in_programme"
        return [Drawing("bar", drawn, range(len(first) - total), title)]
    groups, begin = [], 0
    for name, rows in groupby(first):
        end = begin + len(list(rows))
        # The last row of a group is its total.
        total = table.is_total(end - 1)
        groups.append(Drawing("bar", drawn, range(begin, end - total), f"{title}: {name}", 1))
        begin = end
    return groups


def _split(table: Table, title: str, _: int) -> Drawing:
    """Women and men as rows of a hundred percent; side by side if one of them is withheld."""
    genders = (words.WOMEN, words.MEN, words.UNKNOWN_GENDER)
    columns = [i for i in _numbers(table) if table.headers[i] in genders]
    kind = "bar" if table.figure.withholds() else "split"
    return Drawing(kind, columns, _all(table), title, colours=(MAIN, PARTNER, _WHITE))


def _lines(table: Table, title: str, year: int) -> Drawing:
    """Lines of this year and the other one; bars if a line would have a hole."""
    numbers = _numbers(table)
    of_limits = _headers(table, _LIMITS)
    # As lines they would begin at 0, for where nobody has left there is no limit.
    limits = [i for i in numbers if table.headers[i] in of_limits]
    shares = [i for i in numbers if table.unit(i) == "percent" and i not in limits]
    columns = shares or numbers
    names = {words.COUNT: str(year)} | _of_other_years(table, [words.COUNT])
    if any(_has_hole(table, column) for column in columns):
        return Drawing("column", columns, _all(table), title, names=names, limits=limits)
    return Drawing("line", columns, _all(table), title, names=names, limits=limits)


def _flows(table: Table, title: str, year: int) -> Drawing:
    """Starts and exits in each month, or in each quarter of this year."""
    labels = _headers(table, _FLOWS)
    columns = [i for i in _numbers(table) if table.headers[i] in labels]
    this_year = [i for i, row in enumerate(table.rows) if str(year) in row[0].text]
    rows = range(this_year[0], this_year[-1] + 1) if this_year else _all(table)
    return Drawing("column", columns, rows, title, colours=(MAIN, PARTNER, ALARM))


def _lost(table: Table, title: str, year: int) -> list[Drawing]:
    """Dropouts and, in a chart of their own, no-shows; each beside the other year."""
    drawings = []
    colours = (ALARM, OTHER_YEAR)
    for header in (name for name in table.headers if name in _headers(table, _LOST)):
        before = _of_other_years(table, [header])
        columns = [i for i, name in enumerate(table.headers) if name in (header, *before)]
        names = {header: str(year)} | before
        drawings.append(
            Drawing("column", columns, _all(table), f"{title}: {header}", 0, colours, names)
        )
    return drawings


def _targets(table: Table, title: str, _: int) -> Drawing:
    """The value reached and the target."""
    shares = [i for i in _numbers(table) if table.unit(i) == "percent"]
    return Drawing("bar", shares[:2], _all(table), title, colours=(MAIN, PARTNER))


def _amounts(table: Table, title: str, _: int) -> Drawing:
    return Drawing("bar", _numbers(table), _all(table), title)


def _per_counsellor(table: Table, title: str, _: int) -> Drawing:
    """Only the rows that may be compared."""
    labels = _headers(table, _PER_COUNSELLOR)
    rows = [i for i, row in enumerate(table.rows) if row[0].text in labels]
    span = range(rows[0], rows[-1] + 1) if rows else _all(table)
    return Drawing("bar", _numbers(table), span, title)


def _of_other_years(table: Table, headers: Sequence[str]) -> dict[str, str]:
    """The headers that stand for `headers` in other years, each with its year."""
    last = {header: header.rsplit(" ", 1)[-1] for header in table.headers}
    return {
        header: year
        for header, year in last.items()
        if year.isdecimal() and header in [words.in_year(own, int(year)) for own in headers]
    }


def _numbers(table: Table) -> list[int]:
    return [i for i in range(len(table.headers)) if table.is_number(i)]


def _headers(table: Table, names: Sequence[str]) -> set[str]:
    """The labels of measures, from the mart and from the list of key figures."""
    keys = {code.code: code.label_nb for code in vocabulary().code_list("key_figure").codes}
    mart = vocabulary().tables.get(f"marts.{table.figure.id}")
    own = {column.name: column.label_nb for column in mart.columns} if mart else {}
    return {labels[name] for labels in (keys, own) for name in names if name in labels}


def _all(table: Table) -> range:
    return range(len(table.rows))


def _has_hole(table: Table, column: int) -> bool:
    """Whether a cell without a number comes before a cell with one."""
    known = [row[column].number is not None for row in table.rows]
    return False in known[: _until(table, _all(table), column)]


def _until(table: Table, rows: range, column: int) -> int:
    """The row after the last number of a column."""
    return max((i + 1 for i in rows if table.rows[i][column].number is not None), default=0)


def _series(
    table: Table, place: Place, drawing: Drawing, column: int, index: int
) -> dict[str, Any]:
    rows, kind = drawing.rows, drawing.kind
    end = max(_until(table, rows, column), rows.start + 1) if kind == "line" else rows.stop
    cells = [table.rows[i][column] for i in range(rows.start, end)]
    first, last = place.first_row + rows.start, place.first_row + rows.stop - 1
    colour = drawing.colours[index % len(drawing.colours)]
    series: dict[str, Any] = {
        "name": drawing.names.get(table.headers[column], table.headers[column]),
        "categories": [place.sheet, first, drawing.labels, last, drawing.labels],
        "values": [place.sheet, first, column, place.first_row + end - 1, column],
        "values_data": [stored(cell) for cell in cells],
    }
    if kind == "line":
        series |= _line(colour, index)
    else:
        series |= {
            "fill": {"color": colour},
            "border": {"color": TEXT if colour in (PARTNER, _WHITE) else colour},
            "gap": 45,
        }
    if drawing.limits and index == 0:
        series["y_error_bars"] = _error_bars(table, drawing, column, range(rows.start, end))
    if kind == "bar" and index == 0:
        muted = _muted_labels()
        names = [table.rows[i][drawing.labels].text for i in rows]
        series["points"] = [
            {"fill": {"color": MUTED}, "border": {"color": MUTED}} if name in muted else None
            for name in names
        ]
    if kind != "line" or index == 0:
        series["data_labels"] = {
            "value": True,
            "font": FONT | ({"color": _WHITE} if kind == "split" and index == 0 else {}),
            "num_format": _format(cells, table.unit(column)),
            "custom": [_own_label(cell, i, len(rows), kind) for i, cell in enumerate(cells)],
        } | ({} if kind == "split" else {"position": "above" if kind == "line" else "outside_end"})
    return series


def stored(cell: Cell) -> float | None:
    """Return the number of a cell as the file keeps it: a share for percent."""
    return cell.number / 100 if cell.unit == "percent" and cell.number is not None else cell.number


def _line(colour: str, index: int) -> dict[str, Any]:
    """This year solid and with marks, the year before dotted."""
    if index:
        return {"line": {"color": colour, "dash_type": "round_dot", "width": 2},
                "marker": {"type": "none"}}  # fmt: skip
    return {
        "line": {"color": colour, "width": 2.5},
        "marker": {"type": "circle", "size": 6, "fill": {"color": colour},
                   "border": {"color": colour}},
    }  # fmt: skip


def _error_bars(table: Table, drawing: Drawing, column: int, rows: range) -> dict[str, Any]:
    """How far the limits of a column of percentages are from it, as shares."""
    low, high = (
        [
            0.0 if None in (limit, number) else abs(float(limit or 0) - float(number or 0)) / 100
            for limit, number in (
                (table.rows[i][of].number, table.rows[i][column].number) for i in rows
            )
        ]
        for of in drawing.limits
    )
    return {"type": "custom", "plus_values": high, "minus_values": low, "end_style": 0,
            "line": {"color": MAIN, "width": 0.75}}  # fmt: skip


def _muted_labels() -> frozenset[str]:
    """The labels of the categories that say little."""
    lists = vocabulary().code_lists.values()
    return frozenset(code.label_nb for codes in lists for code in codes.codes if code.code in LAST)


def _own_label(cell: Cell, place: int, length: int, kind: str) -> dict[str, Any] | None:
    """A label other than the number: the sign for none, or nothing at most points of a line.

    Percent are whole, except a share that is just below its target.
    """
    if cell.text == words.HIDDEN:
        return {"value": f"{_HATCHED} {cell.text}"}
    if cell.number is None or (cell.unit == "percent" and "," in cell.text):
        return {"value": cell.text}
    crowded = kind == "line" and length > _CROWDED and place % 3
    return {"delete": True} if crowded else None


def _format(cells: Sequence[Cell], unit: str) -> str:
    if unit == "percent":
        return "0 %"
    whole = all(cell.number is None or "," not in cell.text for cell in cells)
    return "#,##0" if whole or unit != "decimal" else "#,##0.0"


def _height(drawing: Drawing) -> int:
    if drawing.kind in ("line", "column"):
        return _TALL
    beside = 0 if drawing.kind == "split" else _SECOND_BAR * (len(drawing.columns) - 1)
    legend = _LEGEND if len(drawing.columns) > 1 else 0
    row = _ROW if len(drawing.rows) <= _MANY else _LOW_ROW
    return max(_LEAST, _TITLE + len(drawing.rows) * (row + beside) + legend)


def _dress(chart: Any, drawing: Drawing, height: int) -> None:
    """Axes, legend and size: no grid and no value axis, because every bar has its number."""
    names = {
        "num_font": FONT,
        "line": {"color": TEXT},
        "major_tick_mark": "none",
        "interval_unit": 1,
    }
    values = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if drawing.kind == "line" and len(drawing.rows) > _CROWDED:
        names["interval_unit"] = 3
    if drawing.kind in ("bar", "split"):
        # The first row at the top, as in the table.
        chart.set_y_axis(names | {"reverse": True})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(names | {"label_position": "low"})
        chart.set_y_axis(values)
    several = len(drawing.columns) > 1
    chart.set_legend({"position": "bottom", "font": FONT} if several else {"none": True})
    chart.set_chartarea({"border": {"color": EDGE}})
    chart.set_size({"width": WIDTH, "height": height})
