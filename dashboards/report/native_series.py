"""The chart of a figure over the years, drawn by Excel: a line for each of the first rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xlsxwriter

from dashboards.figures.palette import MAIN, MUTED, OTHER_YEAR, TEXT
from dashboards.report.native_charts import EDGE, FONT, WIDTH, Place, stored
from dashboards.report.tables import Table

_MOST = 6
_HEIGHT = 380
_COLOURS = (MAIN, TEXT, OTHER_YEAR, MUTED)
_DASHES = ("solid", "round_dot", "dash")
_MARKS = ("circle", "square", "diamond", "triangle", "x", "plus")


def native_series(
    workbook: xlsxwriter.Workbook, table: Table, place: Place, title: str
) -> Iterator[tuple[Any, int]]:
    """Return the chart of the first rows of a table, with its height in pixels.

    Excel draws the text «:» as 0, so a row with a year without a number has no line. None of the
    rows is the total, which would press the others together.
    """
    columns = [i for i in range(len(table.headers)) if table.is_number(i)]
    drawn = [
        i
        for i, row in enumerate(table.rows)
        if not table.is_total(i) and all(row[column].number is not None for column in columns)
    ][:_MOST]
    if not drawn or len(columns) < 2:
        return
    chart = workbook.add_chart({"type": "line"})
    first, last, header = columns[0], columns[-1], place.first_row - 1
    for place_of, i in enumerate(drawn):
        row, colour = place.first_row + i, _COLOURS[place_of % len(_COLOURS)]
        cells = [table.rows[i][column] for column in columns]
        chart.add_series(
            {
                "name": " ".join(cell.text for cell in table.rows[i][:first]),
                "categories": [place.sheet, header, first, header, last],
                "values": [place.sheet, row, first, row, last],
                "values_data": [stored(cell) for cell in cells],
                "line": {"color": colour, "width": 2.25,
                         "dash_type": _DASHES[place_of // len(_COLOURS)]},
                "marker": {"type": _MARKS[place_of], "size": 6, "fill": {"color": colour},
                           "border": {"color": colour}},
            }
        )  # fmt: skip
    chart.set_title({"name": title, "name_font": FONT | {"size": 11, "bold": True}})
    chart.set_x_axis({"num_font": FONT, "line": {"color": TEXT}, "major_tick_mark": "none"})
    grid = {"visible": True, "line": {"color": EDGE}}
    chart.set_y_axis({"num_font": FONT, "min": 0, "line": {"none": True}, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", "font": FONT})
    chart.set_chartarea({"border": {"color": EDGE}})
    chart.set_size({"width": WIDTH, "height": _HEIGHT})
    yield chart, _HEIGHT
