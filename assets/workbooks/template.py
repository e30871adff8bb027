"""Writes the delivery workbook: the empty template, or the template filled with records.

Sheets, headers and drop-downs all come from the vocabulary. Its guide is written in guide.py; a
delivery is read in assets/raw/workbook.py; the demo deliveries are in data/demo.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from assets.raw.workbook import CODES_SHEET, GUIDE_SHEET, SYNTHETIC_CATEGORY
from assets.vocabulary import CodeList, Column, Table, vocabulary
from assets.vocabulary.spelling import alphabet
from assets.workbooks.guide import SYNTHETIC_BAND, accepted, is_required, write_guide

_LAST_ROW = 1_048_575
_WIDEST = 46
_AMOUNT = 1_000_000


def workbook(frames: Mapping[str, pl.DataFrame] | None = None, *, synthetic: bool = False) -> bytes:
    """Return a delivery workbook (.xlsx) with one sheet per records table that has one.

    `frames` maps the name of a records table (participants, referrals, ...) to a frame whose
    columns are English field names; a sheet without a frame is empty, and so is a column that its
    frame lacks. Codes are written as their Norwegian labels, dates as spreadsheet dates, years and
    numbers as numbers; a value that is not in its code list is written unchanged. `synthetic` marks
    the file as one whose persons are all made up: a band on the guide, a line on every printed
    page, and the document property `category`. The same frames give the same bytes.

    Raises ValueError when `frames` has a table or a column that no sheet has.
    """
    given = dict(frames or {})
    unknown = given.keys() - {table.name for table in vocabulary().sheets()}
    if unknown:
        raise ValueError(f"no sheet for {', '.join(sorted(unknown))}")
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties(
            {
                "title": "Leveranse til NorA-registeret",
                "category": SYNTHETIC_CATEGORY if synthetic else "",
                # A fixed date, so that equal workbooks have equal bytes.
                "created": datetime(2019, 8, 1, tzinfo=UTC),
            }
        )
        formats = _formats(book)
        guide = book.add_worksheet(GUIDE_SHEET)
        sheets = {table.name: book.add_worksheet(table.sheet) for table in vocabulary().sheets()}
        lists = _write_lists(book.add_worksheet(CODES_SHEET))
        write_guide(guide, formats, synthetic)
        for table in vocabulary().sheets():
            _write_sheet(sheets[table.name], table, given.get(table.name), lists, formats)
        for sheet in (guide, *sheets.values()):
            _set_page(sheet, synthetic)
    return stream.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Return the cell formats by name; the name for record cells is the type of their column."""
    ink, main, light = {"font_color": "#202733"}, "#0063C1", "#BAD5FB"
    header = {"bold": True, "text_wrap": True, "valign": "vcenter"}
    header |= {"border": 1, "border_color": "#FFFFFF"}
    left = {"align": "left"}
    properties: dict[str, dict[str, Any]] = {
        "title": ink | {"bold": True, "font_size": 18, "valign": "vcenter"},
        "band": ink | {"bold": True, "font_size": 14, "bg_color": "#FFD966", "valign": "vcenter"},
        "heading": {"bold": True, "font_size": 13, "font_color": main},
        "required": header | {"bg_color": main, "font_color": "#FFFFFF"},
        "optional": header | ink | {"bg_color": light},
        "body": ink | {"bottom": 1, "bottom_color": "#D5D9E0"},
        "date": left | {"num_format": "dd.mm.yyyy"},
        # Text, so that leading zeros of an identifier are kept when it is typed in.
        "identifier": left | {"num_format": "@"},
        "year": left | {"num_format": "0"},
        "number": left,
        "integer": left | {"num_format": "0"},
        "amount": left | {"num_format": "#,##0"},
        "code": left,
        "text": left,
    }
    return {name: book.add_format(value) for name, value in properties.items()}


def _set_page(sheet: Worksheet, synthetic: bool) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&A&C{SYNTHETIC_BAND if synthetic else ''}&RSide &P av &N")


# --- The hidden lists -------------------------------------------------------------------


def _write_lists(sheet: Worksheet) -> dict[str, str]:
    """Write every code list that a sheet uses, one column each; return list -> cell range."""
    sheet.hide()
    ranges = {}
    names = dict.fromkeys(c.codes for t in vocabulary().sheets() for c in t.fields if c.codes)
    for position, name in enumerate(names):
        entries = _choices(vocabulary().code_list(name))
        letter = xl_col_to_name(position)
        sheet.write(0, position, name)
        sheet.write_column(1, position, entries)
        sheet.set_column(position, position, _width(entries))
        ranges[name] = f"={CODES_SHEET}!${letter}$2:${letter}${len(entries) + 1}"
    return ranges


def _choices(codes: CodeList) -> list[str] | list[int]:
    """Return the values of a coded column: the labels, or the codes if they are numbers."""
    if all(code.isdigit() for code in codes.names):
        return [int(code) for code in codes.names]
    labels = [entry.label_nb for entry in codes.codes]
    return sorted(labels, key=alphabet) if codes.name == "country" else labels


def _width(texts: list[str] | list[int]) -> int:
    return min(_WIDEST, max(len(str(text)) for text in texts) + 3)


# --- The sheets with records ------------------------------------------------------------


def _write_sheet(
    sheet: Worksheet,
    table: Table,
    frame: pl.DataFrame | None,
    lists: Mapping[str, str],
    formats: Mapping[str, Format],
) -> None:
    columns = table.fields
    cells = pl.DataFrame() if frame is None else frame.select(_as_typed(table, frame))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_row(0, 34)
    sheet.autofilter(0, 0, max(cells.height, 1), len(columns) - 1)
    for position, column in enumerate(columns):
        required = is_required(table, column)
        cell_format = formats[_format(column)]
        sheet.set_column(position, position, _column_width(column), cell_format)
        header_format = formats["required" if required else "optional"]
        sheet.write(0, position, column.label_nb, header_format)
        note = column.description_nb + (" Må fylles ut." if required else "")
        sheet.write_comment(0, position, note, {"author": "NorA", "x_scale": 1.8, "font_size": 9})
        if column.type not in ("identifier", "text"):
            sheet.data_validation(1, position, _LAST_ROW, position, _validation(column, lists))
        if column.name in cells.columns:
            sheet.write_column(1, position, cells[column.name].to_list(), cell_format)


def _as_typed(table: Table, frame: pl.DataFrame) -> list[pl.Expr]:
    """Return for every column of the frame the values that a counsellor would type or choose."""
    columns = {column.name: column for column in table.fields}
    unknown = set(frame.columns) - columns.keys()
    if unknown:
        raise ValueError(f"{table.qualified_name}: no column {', '.join(sorted(unknown))}")
    return [_cell(columns[name]) for name in frame.columns]


def _cell(column: Column) -> pl.Expr:
    cell = pl.col(column.name)
    if column.codes is None:
        return cell
    codes = vocabulary().code_list(column.codes)
    if isinstance(_choices(codes)[0], int):
        return cell.cast(pl.Int64)
    labels = [entry.label_nb for entry in codes.codes]
    return cell.cast(pl.String).replace(list(codes.names), labels)


def _format(column: Column) -> str:
    """Return the name of the format of a column's cells; amounts have thousands separators."""
    is_amount = column.type == "number" and (column.maximum or 0) >= _AMOUNT
    return "amount" if is_amount else column.type


def _column_width(column: Column) -> int:
    if column.codes == "country":
        return 24
    # Space in the header for the filter button.
    header = min(len(column.label_nb) + 5, 18)
    if column.codes:
        return max(header, _width(_choices(vocabulary().code_list(column.codes))))
    return max(header, {"text": 26, "identifier": 16}.get(column.type, 13))


def _validation(column: Column, lists: Mapping[str, str]) -> dict[str, Any]:
    """Return the drop-down or the check of a column; it only warns, since aliases are accepted."""
    if column.codes:
        rule: dict[str, Any] = {"validate": "list", "source": lists[column.codes]}
        message = "Verdien står ikke i listen. Koder og vanlige kortformer godtas også."
    elif column.type == "date":
        rule = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
        message = "Skriv en dato som dag.måned.år, for eksempel 31.12.2021."
    elif column.type == "year":
        rule = {"validate": "integer", "criteria": ">=", "value": column.minimum or 1900}
        message = f"{accepted(column)}."
    else:
        bounds = {"minimum": column.minimum or column.above or 0, "maximum": column.maximum}
        kind = "integer" if column.type == "integer" else "decimal"
        rule = {"validate": kind, "criteria": "between"} | bounds
        message = f"{accepted(column)}."
    title = {"error_title": column.label_nb, "error_message": message}
    return rule | title | {"error_type": "warning"}
