"""The chart of a figure over the years, drawn by Excel: the same lines as the page draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from dashboards import words
from dashboards.figures.palette import MAIN, MUTED, OTHER_YEAR, TEXT
from dashboards.report.native_charts import EDGE, FONT, WIDTH, Place, stored
from dashboards.report.tables import Table

_HEIGHT, _ROW, _FEW = 380, 20, 6
"""Pixels; a legend of more than a few names makes the chart higher."""

_COLOURS = (MAIN, TEXT, OTHER_YEAR, MUTED)
_DASHES = ("solid", "round_dot", "dash")
_MARKS = ("circle", "square", "diamond", "triangle", "x", "plus")


def native_series(
    workbook: xlsxwriter.Workbook, table: Table, place: Place, title: str
) -> Iterator[tuple[Any, int]]:
    """Return the chart of a table over the years, with its height in pixels.

    Excel draws the text «:» as 0, so a row with a year without a number has no line. A figure that
    draws no rows draws a line for each year, through its months, as far as they are counted.
    """
    columns = [i for i in range(len(table.headers)) if table.is_number(i)]
    if not columns:
        return
    if table.figure.drawn_rows:
        lines = _rows(table, place, columns)
    else:
        lines = _years(table, place, columns)
    if not lines:
        return
    chart = workbook.add_chart({"type": "line"})
    for at, line in enumerate(lines):
        colour = _COLOURS[at % len(_COLOURS)]
        dash = _DASHES[at // len(_COLOURS) % len(_DASHES)]
        chart.add_series(
            line
            | {
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
                "marker": {"type": _MARKS[at % len(_MARKS)], "size": 6, "fill": {"color": colour},
                           "border": {"color": colour}},
            }
        )  # fmt: skip
    height = _HEIGHT + max(0, len(lines) - _FEW) * _ROW
    chart.set_title({"name": title, "name_font": FONT | {"size": 11, "bold": True}})
    chart.set_x_axis({"num_font": FONT, "line": {"color": TEXT}, "major_tick_mark": "none"})
    grid = {"visible": True, "line": {"color": EDGE}}
    chart.set_y_axis({"num_font": FONT, "min": 0, "line": {"none": True}, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", "font": FONT})
    chart.set_chartarea({"border": {"color": EDGE}})
    chart.set_size({"width": WIDTH, "height": height})
    yield chart, height


def _rows(table: Table, place: Place, columns: Sequence[int]) -> list[dict[str, Any]]:
    """A line for each row that the figure draws, through the years."""
    first, last, header = columns[0], columns[-1], place.first_row - 1
    drawn = [(i, [table.rows[i][column] for column in columns]) for i in table.figure.drawn_rows]
    return [
        {
            "name": " ".join(cell.text for cell in table.rows[i][:first]),
            "categories": [place.sheet, header, first, header, last],
            "values": [place.sheet, place.first_row + i, first, place.first_row + i, last],
            "values_data": [stored(cell) for cell in cells],
        }
        for i, cells in drawn
        if len(columns) > 1 and all(cell.number is not None for cell in cells)
    ]


def _years(table: Table, place: Place, columns: Sequence[int]) -> list[dict[str, Any]]:
    """A line for each column, through the rows that it has numbers in; none if one is missing."""
    lines = []
    for column in columns:
        cells = [row[column] for row in table.rows]
        while cells and cells[-1].value is None and cells[-1].text == words.NOTHING:
            cells.pop()
        if len(cells) < 2 or any(cell.number is None for cell in cells):
            continue
        first, last = place.first_row, place.first_row + len(cells) - 1
        lines.append(
            {
                "name": table.headers[column],
                "categories": [place.sheet, first, 0, place.first_row + len(table.rows) - 1, 0],
                "values": [place.sheet, first, column, last, column],
                "values_data": [stored(cell) for cell in cells],
            }
        )
    return lines
