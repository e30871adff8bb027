"""Reads an Excel workbook (.xlsx) into grids of text: every cell as stored in the spreadsheet.

A date cell becomes its ISO date and time, a whole number its digits, a cell shown as a percentage
its percentage. The meaning of the text is decided in assets/records. The XML itself is read in
sheet_xml.py and passages.py.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Mapping
from xml.etree import ElementTree

import fastexcel
import polars as pl

from assets.raw import archive
from assets.raw.grid import Contents, Grid
from assets.raw.passages import is_xml, passages_of
from assets.raw.sheet_xml import (
    STRINGS,
    WORKBOOK,
    Cell,
    Sheet,
    WorkbookError,
    elements,
    measure,
    sheets_of,
)

# fastexcel logs oddities through calamine's logger, and may quote the file.
logging.getLogger("calamine").addHandler(logging.NullHandler())
logging.getLogger("calamine").propagate = False

GUIDE_SHEET = "Veiledning"
"""The sheet that explains the others; it holds no records."""

CODES_SHEET = "Kodelister"
"""The hidden sheet that feeds the drop-downs; it holds no records."""

FEEDBACK_SHEET = "Feil"
"""The sheet of a feedback workbook that lists the errors; it holds no records."""

SYNTHETIC_CATEGORY = "Syntetiske data"
"""The document property `category` of a workbook whose persons are all made up."""

_CONTENT_TYPES = "[Content_Types].xml"
_STYLES = "xl/styles.xml"
_STRINGS_HEAD = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
_COUNT = re.compile(rb"""\s(?:c|uniqueC)ount\s*=\s*(?:"[^"]*"|'[^']*')""")
_PERCENT_FORMATS = {"9", "10"}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ARCHIVE = b"PK\x03\x04"
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?")


def read_workbook(content: bytes, limit: int) -> Contents:
    """Read every sheet of the workbook `content`, hidden ones too, within `limit` unpacked bytes.

    Raises ArchiveError and its subclasses, and WorkbookError when the parts are not a workbook.
    """
    parts = archive.unpack(content, limit)
    if WORKBOOK not in parts or b"macroEnabled" in parts.get(_CONTENT_TYPES, b""):
        raise WorkbookError
    embedded = _embedded(parts, limit - sum(map(len, parts.values())))
    if any(_declares_type(part) for name, part in parts.items() if is_xml(name)):
        raise WorkbookError
    try:
        sheets = list(sheets_of(parts))
        percent_styles = _percent_styles(parts.get(_STYLES))
        passages = tuple(passages_of({**parts, **embedded}, sheets))
    except (ElementTree.ParseError, LookupError, RecursionError, ValueError):
        # The cause may quote the file's content.
        raise WorkbookError from None
    parts.update({sheet.part: sheet.xml for sheet in sheets})
    if STRINGS in parts:
        # fastexcel would allocate memory for as many texts as the header claims.
        parts[STRINGS] = _STRINGS_HEAD.sub(_without_counts, parts[STRINGS], count=1)
    measure(sheets, parts)
    by_title = {sheet.title: sheet for sheet in sheets}
    if min(len(by_title), len({sheet.part for sheet in sheets})) < len(sheets):
        raise WorkbookError
    try:
        reader = fastexcel.read_excel(archive.pack(parts))
        if not by_title.keys() <= set(reader.sheet_names):
            raise WorkbookError
        grids = tuple(
            _grid(reader, by_title[title], percent_styles)
            for title in reader.sheet_names
            if title in by_title
        )
    except (fastexcel.FastExcelError, ElementTree.ParseError, ValueError):
        raise WorkbookError from None
    return Contents(grids, passages, _is_synthetic(parts))


def _declares_type(xml: bytes) -> bool:
    """Whether a part has a document type definition, whose entities could expand without end."""
    is_utf_16 = b"\0" in xml[:4]
    return b"<!DOCTYPE" in (xml.replace(b"\0", b"") if is_utf_16 else xml)


def _embedded(parts: Mapping[str, bytes], limit: int) -> dict[str, bytes]:
    """Return the parts of documents embedded in the workbook, under new names."""
    found: dict[str, bytes] = {}
    for name, part in parts.items():
        if part.startswith(_ARCHIVE):
            inner = archive.unpack(part, limit)
            if any(one.startswith(_ARCHIVE) for one in inner.values()):
                raise archive.ArchiveTooLargeError
            found |= {f"xl/embeddings/{name}/{one}": inner[one] for one in inner}
            limit -= sum(map(len, inner.values()))
    return found


def _without_counts(head: re.Match[bytes]) -> bytes:
    return _COUNT.sub(b"", head[0])


def _grid(reader: fastexcel.ExcelReader, sheet: Sheet, percent_styles: set[str]) -> Grid:
    loaded = reader.load_sheet(sheet.title, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = loaded.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    cells.columns = [str(place) for place in range(cells.width)]
    # The error text of a failed formula must not pass for a value in any column.
    shown = [(*error.position, "#") for error in (errors.errors if errors else ())]
    unvalued = set()
    if percent_styles or sheet.has_formulas:
        odd, left = _odd_cells(sheet, percent_styles)
        shown += [
            (cell.row - 1, cell.column - left, f"{float(cell.value) * 100:.10g} %")
            for cell in odd
            if cell.value is not None
        ]
        unvalued = {(cell.row, cell.column - left) for cell in odd if cell.value is None}
    return Grid(sheet.title, _shown(cells, shown), frozenset(unvalued))


def _odd_cells(sheet: Sheet, percent_styles: set[str]) -> tuple[list[Cell], int]:
    """Return the cells that cannot be read as stored, and the first column with a value.

    They are percentages, and formulas without a stored value; an empty text is a value.
    """
    odd = []
    columns = set()
    for cell in sheet.cells():
        if cell.value:
            columns.add(cell.column)
        if cell.value is None:
            if cell.has_formula:
                odd.append(cell)
        elif cell.is_number and cell.style in percent_styles and _NUMBER.fullmatch(cell.value):
            odd.append(cell)
    return odd, min(columns, default=0)


def _shown(cells: pl.DataFrame, shown: list[tuple[int, int, str]]) -> pl.DataFrame:
    """Return `cells` with the texts of `shown` at their rows and columns, both from 0."""
    by_place: dict[int, dict[int, str]] = {}
    for row, place, text in shown:
        if row >= cells.height or not 0 <= place < cells.width:
            raise WorkbookError
        by_place.setdefault(place, {})[row] = text
    return cells.with_columns(
        cells.to_series(place).scatter(list(texts), list(texts.values()))
        for place, texts in by_place.items()
    )


def _percent_styles(styles: bytes | None) -> set[str]:
    """The indices of cell styles that show a number as a percentage."""
    if styles is None:
        return set()
    formats = _PERCENT_FORMATS | {
        element.attrib["numFmtId"]
        for element in elements(styles, "numFmt")
        if "%" in _LITERAL.sub("", element.attrib["formatCode"])
    }
    for cell_styles in elements(styles, "cellXfs"):
        return {
            str(index)
            for index, style in enumerate(cell_styles)
            if style.attrib.get("numFmtId") in formats
        }
    return set()


def _is_synthetic(parts: Mapping[str, bytes]) -> bool:
    properties = parts.get("docProps/core.xml", b"")
    found = re.search(rb"<(?:\w+:)?category>(.*?)</", properties, re.DOTALL)
    return found is not None and html.unescape(found[1].decode("utf-8", "replace")) == (
        SYNTHETIC_CATEGORY
    )
