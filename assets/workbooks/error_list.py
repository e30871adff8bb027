"""The sheet of a feedback workbook that lists the errors and explains what to do about them.

The marks in the copy of the delivery, on the sheets after it, are made in feedback.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

import polars as pl
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from assets.raw.problems import FINDING, REFUSALS
from assets.raw.workbook import FEEDBACK_SHEET, SYNTHETIC_CATEGORY
from assets.workbooks.guide import SYNTHETIC_BAND
from assets.workbooks.remarks import PASSED_OVER, RECEIPT, Remarks

WRONG = "FFFBDCD6"
DOUBTFUL = "FFFDF1C7"
HEALED = "FFDDF0DA"
"""The colours of cells at fault, of doubtful cells, and of cells corrected since.

They are not in any palette, so a cell with one of them can only have been coloured here.
"""

MOST_ERRORS = 10_000
"""A longer list would help nobody, and would take minutes to write. Excel reports a sheet with more
than 65,530 links as damaged."""

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""

_WIDTHS = {
    "Ark": 18,
    "Rad": 9,
    "Kolonne": 25,
    "Hva er galt og hva du gjør": 80,
    "Rettet i": 26,
}
_LINKED = "ABC"
"""The columns that state the place; they link to the cell."""

_INK, _BLUE, _LIGHT, _GREY = "FF202733", "FF0063C1", "FFBAD5FB", "FFD5D9E0"
_YELLOW = "FFFFD966"

CopyKind = Literal["workbook", "cells", "none"]
"""Whether the list is followed by the delivery itself, by its cells only, or by nothing."""


def write_error_list(
    book: Workbook,
    delivery: str,
    listed: pl.DataFrame,
    places: Sequence[str | None],
    kind: CopyKind,
    remarks: Remarks,
) -> None:
    """Put the sheet that lists the errors before all others, with the remarks above and below.

    `listed` has the columns of quality.rejected_rows and `label`, the field's Norwegian header;
    `places` holds the location of each error in the workbook, or None. At most MOST_ERRORS errors
    are listed, the first ones.
    """
    synthetic = book.properties.category == SYNTHETIC_CATEGORY
    sheet = book.create_sheet(FEEDBACK_SHEET, 0)
    sheet.sheet_view.showGridLines = False
    for place, width in enumerate(_WIDTHS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    last = sheet.column_dimensions[get_column_letter(len(_WIDTHS))]
    last.hidden = listed["healed_by"].is_null().all()
    row = 1
    if synthetic:
        _write_line(sheet, row, SYNTHETIC_BAND, Font(name="Calibri", b=True, sz=14), _YELLOW)
        row += 1
    title = f"Tilbakemelding på {delivery}"
    _write_line(sheet, row, title, Font(name="Calibri", b=True, sz=18, color=_INK))
    for line in (*_opening(listed, kind), *remarks.same_error):
        row += 1
        _write_line(sheet, row, line, Font(name="Calibri", sz=11, color=_INK))
    for line, colour in _legend(listed, places):
        row += 1
        _write_line(sheet, row, line, Font(name="Calibri", sz=11, color=_INK), colour)
    header = row + 2
    _write_header(sheet, header)
    _write_errors(sheet, header + 1, listed.head(MOST_ERRORS), places)
    if listed.height > MOST_ERRORS:
        rest = f"… og {listed.height - MOST_ERRORS} linjer til. Begynn med disse."
        write_text(sheet.cell(header + 1 + MOST_ERRORS, 1), rest)
    for heading, lines in (
        (PASSED_OVER, remarks.passed_over),
        (RECEIPT, remarks.receipt),
    ):
        if lines:
            _write_section(sheet, sheet.max_row + 2, heading, lines)
    sheet.freeze_panes = f"A{header + 1}"
    set_page(sheet, header)
    sheet.oddFooter.center.text = SYNTHETIC_BAND if synthetic else None
    _open_at(book, sheet)


def _opening(listed: pl.DataFrame, kind: CopyKind) -> list[str]:
    """The lines that state what happened to the delivery, and what to do now."""
    if (listed["code"] == "national_id").any():
        # A number in the file's name or properties has no place to point to.
        is_placed = listed["sheet"].is_not_null().any()
        where = "Filen" if is_placed else "Filen eller navnet på den"
        advice = "Listen viser hvor det står. Fjern det" if is_placed else "Gjør som listen sier"
        return [
            f"{where} inneholder et fødselsnummer eller D-nummer. Derfor er ingenting lest inn, og "
            "programmet har ikke tatt vare på nummeret.",
            f"{advice}, se etter flere i resten av filen, og lever den rensede filen i stedet for "
            "den gamle.",
        ]
    here = " eller i denne arbeidsboken" if kind == "workbook" else ""
    if listed["code"].is_in(REFUSALS).any():
        where = f" i din egen fil{here}" if here else ""
        return [
            "Ingenting i filen er lest inn.",
            f"Rett det som står i listen{where}, og lever filen på nytt i stedet for den gamle.",
        ]
    at_fault = listed.filter(pl.col("healed_by").is_null(), ~_IS_FINDING)
    causes = at_fault.filter(~_FOLLOWS)
    todo = _count_rows(causes)
    follow = _count_rows(at_fault.join(causes, on=["sheet", "row"], how="anti"))
    done = _count_rows(listed.filter(pl.col("healed_by").is_not_null()))
    doubtful = _doubtful(_count_rows(listed.filter(_IS_FINDING)))
    if not todo and not done and not follow:
        return ["Alt i filen er lest inn, og ingenting må rettes.", *doubtful]
    if not todo and not follow:
        return [
            "Alle feilene i filen er rettet i senere leveranser. Du trenger ikke rette noe.",
            *doubtful,
        ]
    if not todo:
        lines = [
            f"{_rows(follow)} kan ikke leses inn, fordi en rad i en annen leveranse har en feil. I "
            "denne filen er det ingenting å rette.",
        ]
        return [*lines, *_done(done), *doubtful]
    rows, them = _rows(todo), "den" if todo == 1 else "dem"
    lines = [
        f"{rows} kan ikke leses inn før noe i {them} er rettet. "
        + (
            f"{_rows(follow)} til venter bare på det; der er det ingenting å rette."
            if follow
            else "Alle andre rader i filen er i orden."
        ),
        f"Rett cellene i din egen fil{here}, og lever den på nytt. "
        + (
            f"Arket {FEEDBACK_SHEET} kan bli stående; det leses ikke."
            if here
            else "Denne arbeidsboken viser bare hvor feilene er, og skal ikke leveres."
        ),
    ]
    return [*lines, *_done(done), *doubtful]


_IS_FINDING = pl.col("code") == FINDING
_FOLLOWS = pl.col("follows_from").is_not_null()


def _rows(count: int) -> str:
    return "1 rad" if count == 1 else f"{count} rader"


def _done(rows: int) -> list[str]:
    if not rows:
        return []
    return [
        f"{_rows(rows)} til er allerede rettet i en senere leveranse. De står nederst i listen."
    ]


def _doubtful(rows: int) -> list[str]:
    if not rows:
        return []
    counted, they = ("1 rad", "den") if rows == 1 else (f"{rows} rader", "de")
    return [
        f"{counted} er lest inn og telt med, men bør kontrolleres. Er noe galt, så rett det og "
        f"lever filen på nytt. Stemmer {they}, trenger du ikke gjøre noe; det som føres som "
        "«Riktig» i arket «Vurderinger», vises ikke igjen."
    ]


def _count_rows(listed: pl.DataFrame) -> int:
    return listed.select("sheet", "row").n_unique() if listed.height else 0


def _legend(listed: pl.DataFrame, places: Sequence[str | None]) -> list[tuple[str, str]]:
    """The meaning of each colour used in the copy, as text and colour."""
    marked = pl.Series(places, dtype=pl.String).is_not_null()
    healed = listed.head(len(places))["healed_by"].is_not_null()
    doubtful = listed.head(len(places))["code"] == FINDING
    follows = listed.head(len(places))["follows_from"].is_not_null()
    lines = []
    if (marked & ~healed & ~doubtful & ~follows).any():
        text = "Celler med denne fargen må rettes. Hold pekeren over cellen for å se hva som er "
        lines.append((f"{text}galt. Klikk på en linje i listen for å gå til cellen.", WRONG))
    if (marked & doubtful).any():
        text = (
            "Celler med denne fargen bør kontrolleres. Hold pekeren over cellen for å se hvorfor."
        )
        lines.append((text, DOUBTFUL))
    if (marked & healed).any():
        text = "Celler med denne fargen er rettet i en senere leveranse. Du trenger ikke gjøre noe."
        lines.append((text, HEALED))
    return lines


def _write_line(
    sheet: Worksheet, row: int, text: str, font: Font, colour: str | None = None
) -> None:
    # Not merged: the text continues over the empty cells next to it.
    cell = sheet.cell(row, 1)
    write_text(cell, text)
    cell.font = font
    for place in range(1, len(_WIDTHS) + 1):
        cell = sheet.cell(row, place)
        cell.alignment = Alignment(vertical="center")
        if colour:
            cell.fill = PatternFill("solid", fgColor=colour)
    sheet.row_dimensions[row].height = font.sz * 1.6 + 2


def _lines(text: str, width: float) -> int:
    """How many lines a text takes up in a cell of `width`, the number of digits that fit in it."""
    # Letters are narrower than digits; some space is lost at line breaks.
    return max(1, math.ceil(len(text) * 0.95 / width))


def _write_header(sheet: Worksheet, row: int) -> None:
    for place, text in enumerate(_WIDTHS, start=1):
        cell = sheet.cell(row, place)
        write_text(cell, text)
        cell.font = Font(name="Calibri", b=True, color=_INK)
        cell.fill = PatternFill("solid", fgColor=_LIGHT)
        cell.alignment = Alignment(vertical="center")
    sheet.row_dimensions[row].height = 22


def _write_errors(
    sheet: Worksheet, row: int, listed: pl.DataFrame, places: Sequence[str | None]
) -> None:
    alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    border = Border(bottom=Side("thin", color=_GREY))
    ink = Font(name="Calibri", color=_INK)
    link = Font(name="Calibri", color=_BLUE, u="single")
    texts = listed.select("sheet", "row", "label", "message", "healed_by").iter_rows()
    for number, (values, location) in enumerate(zip(texts, places, strict=True), start=row):
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(number, place)
            if isinstance(value, str):
                write_text(cell, value)
            else:
                cell.value = value
            cell.font = link if location and place <= len(_LINKED) else ink
            cell.alignment = alignment
            cell.border = border
        # Not every spreadsheet program fits the height of a row to its text on opening a file.
        needed = max(_lines(str(v or ""), w) for v, w in zip(values, _WIDTHS.values(), strict=True))
        sheet.row_dimensions[number].height = 15.5 * needed + 2
        if location:
            first = sheet.cell(number, 1)
            first.hyperlink = Hyperlink(ref=first.coordinate, location=location)
            first.hyperlink.ref = f"A{number}:{_LINKED[-1]}{number}"


def _write_section(sheet: Worksheet, row: int, heading: str, lines: Sequence[str]) -> None:
    _write_line(sheet, row, heading, Font(name="Calibri", b=True, sz=12, color=_INK))
    # Without the last column, which may be hidden.
    *shown, _ = _WIDTHS.values()
    for number, line in enumerate(lines, start=row + 1):
        cell = sheet.cell(number, 1)
        write_text(cell, line.strip())
        cell.font = Font(name="Calibri", color=_INK)
        indent = int(line.startswith(" "))
        cell.alignment = Alignment(wrap_text=True, vertical="top", indent=indent)
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(shown))
        sheet.row_dimensions[number].height = 15.5 * _lines(line, sum(shown)) + 2


def set_page(sheet: Worksheet, header: int) -> None:
    """Set a sheet to print on landscape A4, all columns on one page, the header on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "Side &P av &N"


def _open_at(book: Workbook, sheet: Worksheet) -> None:
    """Open the workbook at `sheet` alone: input goes into every sheet that is selected."""
    for other in book.worksheets:
        for view in other.views.sheetView:
            view.tabSelected = other is sheet
    for chart in book.chartsheets:
        for view in chart.sheetViews.sheetView:
            view.tabSelected = False
    book.active = 0
    for view in book.views:
        view.firstSheet = 0


def write_text(cell: Cell, text: str) -> None:
    """Write text as text, even if it looks like a number or a formula."""
    cell.value = UNWRITABLE.sub("", text)
    cell.data_type = "s"
