"""The monthly form as a workbook of one sheet that prints on one A4 page."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.vocabulary import vocabulary
from dashboards import correction_words, origin, words
from dashboards.corrections import form_changes
from dashboards.figures.monthly_form import (
    PERCENT,
    UNKNOWN,
    Block,
    Cell,
    MonthlyForm,
    Period,
    monthly_form,
)
from dashboards.forms import form_words, note_words, notes
from dashboards.forms.covering_note import covering_note
from dashboards.publication import Publication

_LABEL_WIDTH, _COUNT_WIDTH, _PERCENT_WIDTH = 41, 7.3, 8.6
"""Widths of the columns, in characters: together about the width of an A4 page at full size."""

_LINE, _NOTE_LINE = 22, 12.5
"""Heights of a line of the form and of a line of the notes, in points."""

_NOTE_CHARACTERS = 1.25
"""Characters of a note that fit in one unit of a column's width."""

_TRAITS: Mapping[str, Mapping[str, Any]] = {
    "marking": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#202733", "indent": 1},
    "synthetic": {"font_color": "#8A3600", "bg_color": "#FDF1E8", "indent": 1},
    "title": {"bold": True, "font_size": 18},
    "lead": {"font_size": 11, "font_color": "#5B6472"},
    "warning": {"bold": True, "font_color": "#AC4400"},
    "note": {"font_size": 9, "font_color": "#5B6472", "text_wrap": True, "valign": "top"},
    "line": {"bottom": 1, "bottom_color": "#D5DAE2"},
    "ruled": {"bottom": 1, "bottom_color": "#202733"},
    "bold": {"bold": True},
    "above": {"top": 1, "top_color": "#202733"},
    "low": {"valign": "bottom"},
    "wrapped": {"text_wrap": True},
    "count": {"align": "right", "num_format": "#,##0"},
    "percent": {"align": "right", "num_format": "0 %"},
    "inset": {"align": "left", "indent": 1},
    "muted": {"font_color": "#5B6472"},
    # The start of a period, and the background of the second period.
    "first": {"left": 1, "left_color": "#8B94A3"},
    "year_to_date": {"bg_color": "#F4F6F9"},
    "month": {},
}
"""The properties that formats are composed of. Colours as in page.css."""


class _Sheet:
    """The one sheet of the form, and the row reached so far."""

    def __init__(self, book: xlsxwriter.Workbook, form: MonthlyForm) -> None:
        self.sheet: Worksheet = book.add_worksheet(words.month_of(form.year, form.month))
        self.row = 0
        self.format = cache(lambda *traits: _format(book, traits))
        widths = [
            _PERCENT_WIDTH if name == PERCENT else _COUNT_WIDTH
            for _ in form.periods
            for name in form.columns
        ]
        self.width = _LABEL_WIDTH + sum(widths)
        self.last_column = len(widths)
        self.sheet.set_column(0, 0, _LABEL_WIDTH)
        for column, width in enumerate(widths, 1):
            self.sheet.set_column(column, column, width)

    def across(self, text: str, *traits: str, height: float = _LINE) -> None:
        """Write a text over the whole width, and go to the next row."""
        self.sheet.set_row(self.row, height)
        self.merge(0, self.last_column, text, *traits)
        self.row += 1

    def merge(self, first: int, last: int, text: str, *traits: str) -> None:
        """Write a text over columns of this row."""
        self.sheet.merge_range(self.row, first, self.row, last, text, self.format(*traits))

    def note(self, text: str) -> None:
        """Write a text of several lines over the whole width, and go to the next row."""
        lines = math.ceil(len(text) / (self.width * _NOTE_CHARACTERS))
        self.across(text, "note", height=lines * _NOTE_LINE + 4)

    def text(self, column: int, text: str, *traits: str) -> None:
        """Write a text into this row."""
        self.sheet.write_string(self.row, column, text, self.format(*traits))

    def cell(self, column: int, cell: Cell | None, *traits: str) -> None:
        """Write one number of the form; an empty cell where the form has none."""
        if cell is None:
            self.sheet.write_blank(self.row, column, None, self.format(*traits))
        elif cell.value is None:
            self.text(column, cell.text, *traits, cell.unit)
        else:
            muted = () if cell.value else ("muted",)
            value = cell.value / 100 if cell.unit == PERCENT else cell.value
            style = self.format(*traits, cell.unit, *muted)
            self.sheet.write_number(self.row, column, value, style)


def month_workbook(publication: Publication, year: int, month: int) -> bytes:
    """Return the form of a month as an .xlsx; KeyError when the month is not published.

    Counts and percentages are numbers (0.84 shown as 84 %); a withheld number is the text «:» and
    one that cannot be computed «..». The same publication gives the same bytes.
    """
    form = monthly_form(publication, year, month)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties(_properties(publication, form))
        sheet = _Sheet(book, form)
        _write_opening(sheet, publication, form)
        _write_headers(sheet, form)
        for block in form.blocks:
            _write_block(sheet, form, block)
        _write_notes(sheet, publication, form)
        _set_page(sheet, publication, form)
    return stream.getvalue()


def _format(book: xlsxwriter.Workbook, traits: tuple[str, ...]) -> Format:
    properties: dict[str, Any] = {"font_color": "#202733", "font_size": 10, "valign": "vcenter"}
    for trait in traits:
        properties |= _TRAITS[trait]
    return book.add_format(properties)


def _properties(publication: Publication, form: MonthlyForm) -> dict[str, Any]:
    synthetic = notes.synthetic(publication, form)
    return {
        "title": form_words.title(form.year, form.month),
        "subject": form_words.LEAD,
        "author": f"{words.PROGRAMME} – {words.PROGRAMME_IN_FULL}",
        "category": words.SYNTHETIC if synthetic else "",
        "comments": " · ".join(filter(None, (publication.manifest["marking"], synthetic))),
        # Not the time of writing, or two equal workbooks would differ.
        "created": publication.built_at(form.year).astimezone(UTC),
    }


def _write_opening(sheet: _Sheet, publication: Publication, form: MonthlyForm) -> None:
    if marking := publication.manifest["marking"]:
        sheet.across(marking, "marking")
    if synthetic := notes.synthetic(publication, form):
        sheet.across(f"{words.SYNTHETIC}. {synthetic}", "synthetic")
    sheet.row += 1
    sheet.across(form_words.title(form.year, form.month), "title", height=27)
    sheet.across(form_words.LEAD, "lead")
    if running := notes.running(form):
        sheet.across(running, "warning")
    if marks := origin.marks(publication, [form.year]):
        sheet.across(", ".join(mark.short for mark in marks), "warning")
    sheet.row += 1


def _write_headers(sheet: _Sheet, form: MonthlyForm) -> None:
    """Write three rows: the periods, their days, and the columns of each."""
    width = len(form.columns)
    lefts = {period: 1 + place * width for place, period in enumerate(form.periods)}
    for period, left in lefts.items():
        last = left + width - 1
        sheet.merge(left, last, period.label, "bold", "low", "inset", "first", period.code)
    sheet.row += 1
    for period, left in lefts.items():
        days = form_words.period(period.first, period.last)
        sheet.merge(left, left + width - 1, days, "muted", "inset", "first", period.code)
    sheet.row += 1
    # «Kjønn ukjent» takes two lines.
    sheet.sheet.set_row(sheet.row, 30 if UNKNOWN in form.columns else _LINE)
    sheet.text(0, form_words.LINE, "bold", "ruled", "low")
    for period, left in lefts.items():
        for column, (name, header) in enumerate(form.columns.items()):
            unit = "percent" if name == PERCENT else "count"
            traits = ("bold", "ruled", "low", "wrapped", unit, *_place(column, period))
            sheet.text(left + column, header, *traits)
    sheet.row += 1


def _write_block(sheet: _Sheet, form: MonthlyForm, block: Block) -> None:
    if block.heading:
        sheet.across(block.heading, "bold", "low", "ruled", height=30)
    strong = ("bold", "ruled", "above") if block.is_sum else ("line",)
    for line in block.lines:
        sheet.sheet.set_row(sheet.row, _LINE)
        sheet.text(0, line.label, *strong)
        for place, period in enumerate(form.periods):
            for column, name in enumerate(form.columns):
                cell = line.cells.get((period.code, name))
                at = 1 + place * len(form.columns) + column
                sheet.cell(at, cell, *strong, *_place(column, period))
        sheet.row += 1


def _place(column: int, period: Period) -> tuple[str, ...]:
    return (period.code, "first") if column == 0 else (period.code,)


def _write_notes(sheet: _Sheet, publication: Publication, form: MonthlyForm) -> None:
    sheet.row += 1
    changes = form_changes(publication, form)
    if changes.lines:
        sheet.across(correction_words.MONTHS_FORM, "warning")
    for line in (line for block in form.blocks for line in block.lines):
        if line.code in changes.lines:
            sheet.note(f"{line.label}. {changes.lines[line.code]}")
    for why in changes.why:
        sheet.note(why)
    if said := covering_note(publication, form):
        sheet.note(f"{note_words.TITLE}: {' '.join(said)}")
    sheet.note(vocabulary().table("marts.monthly_form").definition_nb)
    sheet.note(notes.READING)
    sheet.note(notes.source(publication, form))
    if rejected := notes.rejected(publication, form):
        sheet.note(rejected)


def _set_page(sheet: _Sheet, publication: Publication, form: MonthlyForm) -> None:
    paper = sheet.sheet
    paper.hide_gridlines(2)
    paper.set_portrait()
    paper.set_paper(9)
    paper.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.8)
    paper.center_horizontally()
    paper.print_area(0, 0, sheet.row - 1, sheet.last_column)
    paper.fit_to_pages(1, 1)
    synthetic = words.SYNTHETIC if notes.synthetic(publication, form) else ""
    said = (publication.manifest["marking"], synthetic, notes.built(publication, form))
    # An ampersand begins a command in a footer.
    text = " · ".join(filter(None, said)).replace("&", "&&")
    paper.set_footer(f"&L&8{text}")
