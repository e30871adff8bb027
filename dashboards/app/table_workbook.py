"""A reader's own table as a workbook of one sheet, marked as the other files are."""

from __future__ import annotations

import io
import textwrap
from datetime import UTC
from functools import cache
from typing import Any

import xlsxwriter

from dashboards import origin, words
from dashboards.app import table_words
from dashboards.app.own_table import OwnTable
from dashboards.publication import Publication
from dashboards.report import report_words
from dashboards.report.report_workbook import FORMATS
from dashboards.report.tables import TEXT, Cell

_FIRST, _OTHER = 38, 13
"""Widths of the columns, in characters."""
_LEAST = 100
"""The characters in a line of the text around the table."""
_LINE = 13.5
_HEAD = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#E9ECF1"}


def table_workbook(publication: Publication, own: OwnTable) -> bytes:
    """Return the table as an .xlsx file; the same publication and choices give the same bytes.

    Counts and percentages are numbers (0.43 shown as 43 %); what stands in the place of a number
    («:», «–», «..») is text, and explained below.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    years = own.layout.years
    marking = str(publication.manifest["marking"])
    made_up = report_words.synthetic(publication.synthetic_years, years)
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties(
            {
                "title": own.title,
                "author": words.PROGRAMME_IN_FULL,
                "category": marking,
                "comments": " · ".join(filter(None, (marking, made_up))),
                # Not the time of writing, or two equal workbooks would differ.
                "created": publication.built_at(years[-1]).astimezone(UTC),
            }
        )
        sheet = _Sheet(book, len(own.table.headers))
        sheet.text(own.title, bold=True, font_size=16)
        sheet.text(" · ".join(filter(None, (marking, made_up))), bold=True)
        sheet.text(own.table.figure.definition)
        sheet.row += 1
        sheet.table(own)
        sheet.row += 1
        for note in (*own.notes, *origin.privacy(publication)):
            sheet.text(note)
        for year in years:
            built = words.moment(publication.built_at(year))
            sheet.text(table_words.built(year, built), font_color="#5B6472")
        sheet.set_page(marking)
    return stream.getvalue()


class _Sheet:
    """The sheet, and the row reached so far."""

    def __init__(self, book: xlsxwriter.Workbook, columns: int) -> None:
        self.sheet: Any = book.add_worksheet(table_words.MART)
        self.row = 0
        self._format = cache(lambda *style: _format(book, style))
        self._characters = max(_LEAST, _FIRST + (columns - 1) * _OTHER)
        self._last = max(columns - 1, -(-(_LEAST - _FIRST) // _OTHER))
        self.sheet.set_column(0, 0, _FIRST)
        self.sheet.set_column(1, self._last, _OTHER)

    def text(self, text: str, **style: Any) -> None:
        """Write a text over the whole width, and go to the next row."""
        size = style.get("font_size", 10) / 10
        lines = len(textwrap.wrap(text, int(self._characters / size))) or 1
        self.sheet.set_row(self.row, _LINE * size * lines + 3)
        made = self.style(text_wrap=True, valign="top", **style)
        self.sheet.merge_range(self.row, 0, self.row, self._last, "", made)
        self.sheet.write_string(self.row, 0, text, made)
        self.row += 1

    def table(self, own: OwnTable) -> None:
        """Write the headers and the rows."""
        table = own.table
        lines = max(len(textwrap.wrap(head, _OTHER - 1)) for head in table.headers)
        self.sheet.set_row(self.row, _LINE * lines + 4)
        for column, head in enumerate(table.headers):
            align = {"align": "right"} if column else {}
            self.sheet.write_string(self.row, column, head, self.style(**_HEAD, **align))
        self.sheet.repeat_rows(self.row)
        for place, cells in enumerate(table.rows):
            self.row += 1
            total = {"bold": True, "top": 1} if table.is_total(place) else {}
            for column, cell in enumerate(cells):
                self._cell(column, cell, total)
        self.row += 1

    def _cell(self, column: int, cell: Cell, style: dict[str, Any]) -> None:
        if cell.number is None:
            align = {"text_wrap": True} if cell.unit == TEXT else {"align": "right"}
            self.sheet.write_string(self.row, column, cell.text, self.style(**style, **align))
            return
        shown = FORMATS[cell.unit]
        if cell.unit == "percent" and "," in cell.text:
            shown = shown.replace("0 ", "0.0 ")
        if cell.unit in ("decimal", "days") and "," not in cell.text:
            shown = shown.replace("0.0", "0")
        stored = cell.number / 100 if cell.unit == "percent" else cell.number
        self.sheet.write_number(self.row, column, stored, self.style(**style, num_format=shown))

    def set_page(self, marking: str) -> None:
        """Set how it is printed, with the marking on every sheet of paper."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        # An ampersand begins a command.
        left, right = (text.replace("&", "&&") for text in (words.PROGRAMME_IN_FULL, marking))
        self.sheet.set_header(f"&L{left}&R{right}")
        self.sheet.set_footer(f"&R{report_words.page('&P', '&N')}")

    def style(self, **style: Any) -> Any:
        """A format, made once for each style."""
        return self._format(*sorted(style.items()))


def _format(book: xlsxwriter.Workbook, style: tuple[tuple[str, Any], ...]) -> Any:
    base = {"font_name": "Arial", "font_size": 10, "font_color": "#202733", "valign": "top"}
    return book.add_format(base | dict(style))
