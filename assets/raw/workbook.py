"""Reads an Excel workbook (.xlsx) into grids of text: every cell as stored in the spreadsheet.

A date cell becomes its ISO date and time, a whole number its digits, a cell shown as a percentage
its percentage. The meaning of the text is decided in assets/records. The XML itself is read in
sheet_xml.py, cell_styles.py and passages.py.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

import fastexcel
import polars as pl

from assets.raw import archive
from assets.raw.cell_styles import CellStyles, cell_styles, is_true
from assets.raw.grid import Area, Contents, Grid, Passage
from assets.raw.number_format import is_percent, is_spelled, spelled_number, spelled_text
from assets.raw.passages import is_xml, passages_of
from assets.raw.sheet_xml import (
    NAMESPACE,
    Cell,
    Sheet,
    WorkbookError,
    children,
    measure,
    related,
    sheets_of,
    tree,
    unescaped,
    workbook_part,
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
_STRINGS_HEAD = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
_COUNT = re.compile(rb"""\s(?:c|uniqueC)ount\s*=\s*(?:"[^"]*"|'[^']*')""")
_ARCHIVE = b"PK\x03\x04"
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,2})?")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def read_workbook(content: bytes, limit: int) -> Contents:
    """Read every sheet of the workbook `content`, hidden ones too, within `limit` unpacked bytes.

    Raises ArchiveError and its subclasses, and WorkbookError when the parts are not a workbook.
    """
    parts = archive.unpack(content, limit)
    if b"macroEnabled" in parts.get(_CONTENT_TYPES, b""):
        raise WorkbookError
    embedded = _embedded(parts, limit - sum(map(len, parts.values())))
    if any(_declares_type(part) for name, part in parts.items() if is_xml(name)):
        raise WorkbookError
    try:
        workbook = workbook_part(parts)
        sheets = list(sheets_of(parts, workbook))
        styles = cell_styles(related(parts, workbook, "styles"))
        strings = related(parts, workbook, "sharedStrings") or b""
        counts_from_1904 = _counts_from_1904(parts[workbook])
        passages = tuple(passages_of({**parts, **embedded}, sheets))
    except (ElementTree.ParseError, LookupError, RecursionError, ValueError):
        # The cause may quote the file's content.
        raise WorkbookError from None
    measure(sheets, strings)
    titles, files = {sheet.title for sheet in sheets}, {sheet.part for sheet in sheets}
    if min(len(titles), len(files)) < len(sheets):
        raise WorkbookError
    plain = _plain_workbook(sheets, styles, strings, counts_from_1904=counts_from_1904)
    try:
        reader = fastexcel.read_excel(archive.pack(plain))
        grids = tuple(
            _grid(reader, number, sheet, styles) for number, sheet in enumerate(sheets, start=1)
        )
    except (fastexcel.FastExcelError, ValueError):
        raise WorkbookError from None
    spelled = tuple(
        Passage(text, grid.title, row) for grid in grids for (row, _), text in grid.spelled.items()
    )
    properties = parts.get("docProps/core.xml", b"")
    return Contents(grids, (*passages, *spelled), _is_synthetic(properties), _saved_at(properties))


def _counts_from_1904(workbook: bytes) -> bool:
    """Whether day 0 is in 1904; other elements called workbookPr, in extensions, do not count."""
    properties = children(tree(workbook), "workbookPr")
    return any(is_true(element.get("date1904", "0")) for element in properties)


def _plain_workbook(
    sheets: Sequence[Sheet], styles: CellStyles, strings: bytes, *, counts_from_1904: bool
) -> dict[str, bytes]:
    """Return the parts of a workbook with the same cells and nothing else.

    fastexcel misreads some of what programs write beside them. The sheets are called 1, 2 and so
    on.
    """
    listed = "".join(
        f'<sheet name="{number}" sheetId="{number}" r:id="rId{number}"/>'
        for number in range(1, len(sheets) + 1)
    )
    workbook = (
        f'<workbook xmlns="{NAMESPACE}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(counts_from_1904)}"/><sheets>{listed}</sheets></workbook>'
    )
    targets = [("worksheet", f"sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    targets += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    empty = f'<sst xmlns="{NAMESPACE}"/>'.encode()
    return {
        _CONTENT_TYPES: b"<Types/>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": workbook.encode(),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/styles.xml": styles.part(),
        # fastexcel would allocate memory for as many texts as the header claims.
        "xl/sharedStrings.xml": _STRINGS_HEAD.sub(_without_counts, strings, count=1) or empty,
        **{
            f"xl/sheet{number}.xml": _DIMENSION.sub(b"", sheet.xml, count=1)
            for number, sheet in enumerate(sheets, start=1)
        },
    }


def _relations(targets: Sequence[tuple[str, str]]) -> bytes:
    related_parts = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{name}"/>'
        for number, (kind, name) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{related_parts}</Relationships>'.encode()


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


def _grid(reader: fastexcel.ExcelReader, number: int, sheet: Sheet, styles: CellStyles) -> Grid:
    loaded = reader.load_sheet(str(number), header_row=None, skip_rows=0, dtypes="string")
    batch, errors = loaded.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    cells.columns = [str(place) for place in range(cells.width)]
    columns = loaded.available_columns()
    left = columns[0].absolute_index if columns else 0
    # The error text of a failed formula must not pass for a value in any column.
    shown = [(*error.position, "#") for error in (errors.errors if errors else ())]
    percents = sheet.styled(styles.where(is_percent))
    shown += [(cell.row - 1, cell.column - left, _percentage(cell)) for cell in _numbers(percents)]
    for cell in sheet.escaped():
        shown.append((cell.row - 1, cell.column - left, unescaped(cell.value or "")))
    cells = _shown(cells, shown)
    struck = {(cell.row, cell.column - left) for cell in sheet.styled(styles.struck)}
    return Grid(
        sheet.title,
        cells,
        left,
        frozenset((cell.row, cell.column - left) for cell in sheet.unvalued()),
        _spelled(cells, sheet, left, styles),
        tuple(
            Area(area.top, area.left - left, area.bottom, area.right - left)
            for area in sheet.merged()
        ),
        frozenset(struck),
    )


def _numbers(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.kind == "n" and _NUMBER.fullmatch(cell.value or "")]


def _percentage(cell: Cell) -> str:
    return f"{float(cell.value or 0) * 100:.10g} %"


def _spelled(
    cells: pl.DataFrame, sheet: Sheet, left: int, styles: CellStyles
) -> dict[tuple[int, int], str]:
    """Return row and column -> what a number format shows, where it adds to the cell's own text."""
    spelled = {}
    for cell in sheet.styled(styles.where(is_spelled)):
        code = styles.codes[cell.style]
        place = (cell.row, cell.column - left)
        if cell.kind == "n" and _PLAIN_NUMBER.fullmatch(cell.value or ""):
            text = spelled_number(code, float(cell.value or 0))
        elif cell.kind in ("s", "str", "inlineStr"):
            stored = _stored(cells, *place)
            text = spelled_text(code, stored) if stored else None
        else:
            text = None
        if text is not None:
            spelled[place] = text
    return spelled


def _stored(cells: pl.DataFrame, row: int, place: int) -> str | None:
    """The text of a cell; None outside of `cells`, which end with the last value of the sheet."""
    is_within = row <= cells.height and 0 <= place < cells.width
    text: str | None = cells[row - 1, place] if is_within else None
    return text


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


def _is_synthetic(properties: bytes) -> bool:
    found = re.search(rb"<(?:\w+:)?category>(.*?)</", properties, re.DOTALL)
    return found is not None and html.unescape(found[1].decode("utf-8", "replace")) == (
        SYNTHETIC_CATEGORY
    )


def _saved_at(properties: bytes) -> datetime | None:
    found = re.search(rb"<(?:\w+:)?modified\b[^>]*>\s*([^<\s]+)\s*</", properties)
    try:
        saved = datetime.fromisoformat(found[1].decode("utf-8", "replace")) if found else None
    except ValueError:
        return None
    return saved and (saved.astimezone(UTC).replace(tzinfo=None) if saved.tzinfo else saved)
