"""Writes the feedback workbook: a copy of a delivery, its errors and findings listed and marked.

Bytes in, bytes out. The problems and their sentences come from assets/raw/problems.py; the caller
decides where the workbook is stored.
"""

from __future__ import annotations

import io
import math
import re
import sys
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import polars as pl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from assets.raw.archive import ArchiveError, pack, unpack
from assets.raw.delivery import read_grids
from assets.raw.grid import Grid
from assets.raw.headers import HEADER_ROWS, Header, delivered_columns, find_header
from assets.raw.passages import is_xml
from assets.raw.problems import FINDING, REFUSALS, DeliveryError, in_order
from assets.raw.workbook import FEEDBACK_SHEET
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.spelling import clean, normalise_header
from assets.workbooks.error_list import (
    DOUBTFUL,
    HEALED,
    MOST_ERRORS,
    UNWRITABLE,
    WRONG,
    CopyKind,
    set_page,
    write_error_list,
    write_text,
)
from assets.workbooks.remarks import Remarks

FEEDBACK_AUTHOR = "Tilbakemelding fra NorA"
"""The author of the notes that explain errors."""

_HEADING = f"{FEEDBACK_AUTHOR}:"
"""Begins the feedback in a note, so that the next feedback can remove it.

The author of the note cannot serve for that: LibreOffice drops it, and feedback added to somebody
else's note has no author of its own.
"""

_NO_REMARKS = Remarks()

_COLOURS = (WRONG, DOUBTFUL, HEALED)

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    EOFError,
    AttributeError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What openpyxl raises on files that it cannot read or write: it has no error class of its own.

The file may still be a valid delivery, since deliveries are read with another library.
"""

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
"""Begins the names of the namespaces of a strict workbook."""

_MOST_ROWS, _LAST_COLUMN = 100_000, 16_384
"""A longer table is not copied: that takes minutes, and nobody mends it by hand."""


def feedback_name(delivery: str) -> str:
    """Return the file name of the feedback on the file `delivery`."""
    return delivery if _is_workbook(delivery) else f"{delivery}.xlsx"


def feedback(
    delivery: str, problems: pl.DataFrame, content: bytes | None, remarks: Remarks = _NO_REMARKS
) -> bytes:
    """Return the feedback workbook (.xlsx) on the file `delivery`.

    `problems` has the columns of quality.rejected_rows, one line per error or finding (code
    FINDING) and at least one. `content` is the delivered file. The first sheet lists all of them
    with links to the cells, and the `remarks`. Then follows a copy of the file, with cells at fault
    and doubtful ones coloured, each in its own colour, and explained in notes; an error that only
    follows from another is only listed. If `content` is None, was refused whole or cannot be
    copied, the workbook holds only the list.
    """
    listed = _in_order(problems)
    with warnings.catch_warnings():
        # openpyxl warns of content that it does not keep, and some warnings quote cell values.
        warnings.simplefilter("ignore")
        if content is not None and listed.filter(pl.col("code").is_in(REFUSALS)).is_empty():
            book = _copy(delivery, content)
            if book is not None:
                places = _mark(book, listed.head(MOST_ERRORS))
                kind: CopyKind = "workbook" if _is_workbook(delivery) else "cells"
                write_error_list(book, delivery, listed, places, kind, remarks)
                with suppress(*_DAMAGE):
                    return _saved(book)
        book = _empty_book()
        nowhere = [None] * min(listed.height, MOST_ERRORS)
        write_error_list(book, delivery, listed, nowhere, "none", remarks)
        return _saved(book)


def _is_workbook(delivery: str) -> bool:
    return PurePath(delivery).suffix.lower() == ".xlsx"


def _in_order(problems: pl.DataFrame) -> pl.DataFrame:
    """Add each field's Norwegian `label`; sort by sheet, row and column, healed errors last.

    Errors that only follow from others come after them, and findings after both.
    """
    fields = pl.DataFrame(
        [
            (table.sheet, name, column.label_nb)
            for table in vocabulary().sheets()
            for name, column in delivered_columns(table).items()
        ],
        ["sheet", "field", "label"],
        orient="row",
    )
    labelled = in_order(problems).join(
        fields, on=["sheet", "field"], how="left", maintain_order="left"
    )
    return labelled.sort(
        pl.col("healed_by").is_not_null(),
        pl.col("code") == FINDING,
        pl.col("follows_from").is_not_null(),
        maintain_order=True,
    )


def _empty_book() -> Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return book


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _WriterInMemory(book, archive).save()
    return stream.getvalue()


class _WriterInMemory(ExcelWriter):  # type: ignore[misc]
    """Writes a workbook as openpyxl does, but without temporary files for the cells of its sheets.

    A killed process would leave such files behind, with data about persons.
    """

    def write_worksheet(self, ws: Worksheet) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts = ws._charts
        ws._drawing.images = ws._images
        cells = io.BytesIO()
        writer = WorksheetWriter(ws, cells)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], cells.getvalue())
        self.manifest.append(ws)


# --- The copy ---------------------------------------------------------------------------


def _copy(delivery: str, content: bytes) -> Workbook | None:
    """Return the delivery as a workbook without earlier feedback; None if it cannot be copied."""
    if not _is_workbook(delivery):
        grid = _grid(delivery, content)
        return _copy_of_cells(grid) if grid else None
    try:
        book = openpyxl.load_workbook(io.BytesIO(_transitional(content)))
    except (*_DAMAGE, ArchiveError):
        return None
    _clear(book)
    return book if book.worksheets else None


def _transitional(content: bytes) -> bytes:
    """Return a workbook in the usual form of the format; openpyxl finds no sheet in a strict one.

    The two forms differ in the names of their namespaces, and in dates, of which openpyxl reads
    both kinds.
    """
    # No limit is needed: a file that is too large was refused as unreadable before.
    parts = unpack(content, sys.maxsize)
    if not any(_STRICT.search(part) for name, part in parts.items() if is_xml(name)):
        return content
    return pack(
        {
            name: _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part)
            if is_xml(name)
            else part
            for name, part in parts.items()
        }
    )


def _clear(book: Workbook) -> None:
    """Remove what an earlier feedback added to the workbook."""
    for title in book.sheetnames:
        if title.casefold() == FEEDBACK_SHEET.casefold():
            book.remove(book[title])
    for sheet in book.worksheets:
        # Only existing cells: iter_rows would create every cell up to the last row and column.
        for cell in sheet._cells.values():
            if cell.comment:
                cell.comment = _without_feedback(cell.comment)
            if cell.has_style and _is_our_colour(cell.fill):
                cell.fill = PatternFill()


def _is_our_colour(fill: Any) -> bool:
    return fill.fill_type == "solid" and fill.fgColor.rgb in _COLOURS


def _without_feedback(note: Comment) -> Comment | None:
    """Return the part of the note that somebody else wrote; None if there is none."""
    text = note.text.partition(_HEADING)[0].rstrip()
    # A new note even if nothing is removed, since openpyxl forgets the sizes of notes.
    return _note(text, note.author) if text else None


def _grid(delivery: str, content: bytes) -> Grid | None:
    """Return the cells of a file of one record type; None if it has none or too many to show."""
    try:
        # No limit is needed: a file that is too large was refused as unreadable before.
        (grid,) = read_grids(delivery, content, sys.maxsize)
    except DeliveryError:
        return None
    fits = grid.cells.height <= _MOST_ROWS and grid.cells.width <= _LAST_COLUMN
    return grid if fits and normalise_header(grid.title) in _tables() else None


def _copy_of_cells(grid: Grid) -> Workbook:
    book = _empty_book()
    sheet = book.create_sheet(grid.title)
    for number, texts in enumerate(grid.cells.iter_rows(), start=1):
        for place, text in enumerate(texts, start=1):
            if text is not None:
                cell = sheet.cell(number, place)
                write_text(cell, text)
                # So that the cell stays text when somebody edits it.
                cell.number_format = "@"
    header = find_header(grid.cells.head(HEADER_ROWS).rows(), _tables()[_key(sheet)])
    for cell in sheet[header.row]:
        cell.font = Font(name="Calibri", bold=True)
    sheet.freeze_panes = f"A{header.row + 1}"
    lengths = grid.cells.head(1000).select(pl.all().str.len_chars().max().fill_null(0))
    for place, length in enumerate(lengths.row(0) if lengths.height else (), start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(max(length + 3, 10), 40)
    set_page(sheet, header.row)
    return book


def _tables() -> dict[str, Table]:
    return {normalise_header(str(table.sheet)): table for table in vocabulary().sheets()}


def _key(sheet: Worksheet) -> str:
    return normalise_header(sheet.title)


# --- The marks --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    sheet: Worksheet
    header: Header

    def cell(self, row: int, field: str | None) -> Cell:
        """Return the cell at fault; the row's first cell if the sheet lacks the field's column."""
        first = min((min(found) for found in self.header.places.values()), default=0)
        places = self.header.places.get(field or "", [first])
        cell = self.sheet.cell(row, places[-1] + 1)
        if isinstance(cell, MergedCell):
            merged = (area for area in self.sheet.merged_cells if cell.coordinate in area)
            area = next(merged)
            cell = self.sheet.cell(area.min_row, area.min_col)
        return cell


def _mark(book: Workbook, listed: pl.DataFrame) -> list[str | None]:
    """Colour and explain the cells at fault; return the location of each error, for links.

    The cell of an error that only follows from another is right, and is left as it is.
    A cell with an error and a finding has the colour of the error, and both in its note.
    """
    sheets = _sheets(book)
    places: list[str | None] = []
    colours: dict[Cell, str] = {}
    sentences: dict[Cell, list[str]] = defaultdict(list)
    for error in listed.iter_rows(named=True):
        found = sheets.get(normalise_header(error["sheet"] or ""))
        cell = found.cell(error["row"], error["field"]) if found else None
        places.append(_location(cell) if cell else None)
        if cell and error["healed_by"]:
            colours.setdefault(cell, HEALED)
            sentences[cell].append(f"Rettet i {error['healed_by']}. Du trenger ikke gjøre noe.")
        elif cell and not error["follows_from"]:
            # Errors are listed before findings.
            colours.setdefault(cell, DOUBTFUL if error["code"] == FINDING else WRONG)
            sentences[cell].append(error["message"])
    fills = {colour: PatternFill("solid", fgColor=colour) for colour in _COLOURS}
    for cell, lines in sentences.items():
        cell.fill = fills[colours[cell]]
        cell.comment = _with_feedback(cell.comment, lines)
        _show(cell)
    return places


def _sheets(book: Workbook) -> dict[str, _Sheet]:
    """The sheets with records, by normalised name."""
    tables = _tables()
    sheets: dict[str, _Sheet] = {}
    for sheet in book.worksheets:
        if _key(sheet) in tables and _key(sheet) not in sheets:
            top = sheet.iter_rows(max_row=min(sheet.max_row, HEADER_ROWS), values_only=True)
            texts = [[None if value is None else clean(str(value)) for value in row] for row in top]
            sheets[_key(sheet)] = _Sheet(sheet, find_header(texts, tables[_key(sheet)]))
    return sheets


def _location(cell: Cell) -> str:
    return f"{quote_sheetname(cell.parent.title)}!{cell.coordinate}"


def _with_feedback(note: Comment | None, sentences: Iterable[str]) -> Comment:
    lines = [_HEADING, *dict.fromkeys(sentences)]
    if note is None:
        return _note("\n".join(lines), FEEDBACK_AUTHOR)
    return _note("\n".join([note.text, "", *lines]), note.author)


def _note(text: str, author: str | None) -> Comment:
    """Return a note that is large enough to show all its text; sizes are in pixels."""
    text = UNWRITABLE.sub("", text)
    lines = sum(max(1, math.ceil(len(line) / 44)) for line in text.splitlines())
    return Comment(text, author, height=18 * lines + 16, width=320)


def _show(cell: Cell) -> None:
    """Unhide the sheet, the row and the column of a cell."""
    sheet = cell.parent
    sheet.sheet_state = "visible"
    if cell.row in sheet.row_dimensions:
        sheet.row_dimensions[cell.row].hidden = False
    for columns in sheet.column_dimensions.values():
        columns.reindex()
        if columns.min <= cell.column <= columns.max:
            columns.hidden = False
