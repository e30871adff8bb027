"""Reads an Excel workbook (.xlsx) into grids of text: every cell as the spreadsheet holds it.

A date cell becomes its ISO date and time, a whole number its digits, a cell shown as a percentage
its percentage. What the text means is decided in assets/records.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import fastexcel
import polars as pl
from openpyxl.utils import column_index_from_string, get_column_letter

from assets.raw import archive
from assets.raw.grid import MOST_CELLS, Contents, Grid, Passage
from assets.raw.template import SYNTHETIC_CATEGORY

MOST_TEXT = 500_000_000
"""A text that is stored once may stand in any number of cells, and is read as often: in bytes."""

MOST_XML = 50_000_000
"""XML that is read as a tree takes many times its bytes; such parts are small."""

_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"
_STRINGS_HEAD = re.compile(rb"<(?:\w+:)?sst\b[^>]*>")
_COUNT = re.compile(rb"""\s(?:c|uniqueC)ount\s*=\s*(?:"[^"]*"|'[^']*')""")
_PERCENT_FORMATS = {"9", "10"}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ROOT = r"<(\w+:)?worksheet\b"
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ROW_OR_CELL = r"[<:](?:c|row)\b"
_IN_PLACE = r'[<:](?:c|row) r="[A-Z]{0,3}[0-9]{1,7}"'
_LONG_NUMBER = rb"([-+]?(?:[0-9]{10,}(?:\.[0-9]*)?|[0-9.]+[eE]\+?[0-9]+|(?i:inf|infinity|nan)))"
_HAS_FORMULA = r"<(?:\w+:)?f[ >/]"
_LARGE = r'<(?:\w+:)?c r="(?:[A-Z][0-9]{6}|[A-Z]{2})'
_LONG = rf">\s*{_LONG_NUMBER.decode()}\s*</"
_LONG_CELL = re.compile(
    rb'(<(?:\w+:)?c r="[A-Z]+[0-9]+"(?![^>]*\bt="[^n])[^>]*?)( t="n")?([^>/]*>\s*'
    rb"(?:<(?:\w+:)?f\b[^>]*/>\s*|<(?:\w+:)?f\b[^>]*>[^<]*</(?:\w+:)?f>\s*)?"
    rb"<(?:\w+:)?v\b[^>]*>)\s*" + _LONG_NUMBER + rb"\s*(?=</)"
)
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TAG = re.compile(r"<[^>]*>")
_RICH_TEXT = re.compile(r"comment|drawing|chart|diagram|embeddings|sharedStrings", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"</(?:\w+:)?(?:p|comment|text|si|div)>")
_RUN = re.compile(r"<(?:\w+:)?(?:r|font|span)[ >]")
_ARCHIVE = b"PK\x03\x04"


class WorkbookError(Exception):
    """The file is no workbook that can be read."""


class SheetTooLargeError(WorkbookError):
    """A sheet spans more cells than are read."""


@dataclass(frozen=True)
class _Sheet:
    title: str
    part: str
    xml: bytes
    comments: tuple[str, ...]
    has_formulas: bool
    is_large: bool
    """Whether it has more than 99,999 rows or columns beyond Z."""

    @cached_property
    def prefix(self) -> bytes:
        """What stands before the names of elements: some programs write <x:c> for <c>."""
        found = re.search(_ROOT.encode(), self.xml)
        return (found[1] or b"") if found else b""

    def find(self, pattern: bytes) -> list[Any]:
        """Return what re.findall does; `~` in the pattern stands for the prefix."""
        return re.findall(pattern.replace(b"~", self.prefix), self.xml, re.DOTALL)

    def cells(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        """Row, from 1, column, from 0, attributes and content of every cell."""
        for letters, row, attributes, inside in self.find(
            rb'<~c (?=[^>]*?\br="([A-Z]+)([0-9]+)")([^>]*?)(?:/>|>(.*?)</~c>)'
        ):
            yield int(row), _place(letters), attributes, inside


def read_workbook(content: bytes, limit: int) -> Contents:
    """Read every sheet of the workbook `content`, hidden ones too, within `limit` unpacked bytes.

    Raises ArchiveError and its kinds, and WorkbookError when the parts are no workbook.
    """
    parts = archive.unpack(content, limit)
    if _WORKBOOK not in parts or b"macroEnabled" in parts.get(_CONTENT_TYPES, b""):
        raise WorkbookError
    embedded = _embedded(parts, limit - sum(map(len, parts.values())))
    if any(_declares_type(part) for name, part in parts.items() if _is_xml(name)):
        raise WorkbookError
    try:
        sheets = list(_sheets(parts))
        percent_styles = _percent_styles(parts.get(_STYLES))
        passages = tuple(_passages({**parts, **embedded}, sheets))
    except (ElementTree.ParseError, LookupError, RecursionError, ValueError):
        # The cause may quote the file's content.
        raise WorkbookError from None
    parts.update({sheet.part: sheet.xml for sheet in sheets})
    if _STRINGS in parts:
        # The reader makes room for as many texts as the head says that there are.
        parts[_STRINGS] = _STRINGS_HEAD.sub(_without_counts, parts[_STRINGS], count=1)
    _measure(sheets, parts)
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
    except fastexcel.FastExcelError:
        raise WorkbookError from None
    return Contents(grids, passages, _is_synthetic(parts))


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _declares_type(xml: bytes) -> bool:
    """Whether a part has a document type definition: entities of it could expand without end."""
    is_utf_16 = b"\0" in xml[:4]
    return b"<!DOCTYPE" in (xml.replace(b"\0", b"") if is_utf_16 else xml)


def _embedded(parts: Mapping[str, bytes], limit: int) -> dict[str, bytes]:
    """Return the parts of documents that the workbook holds, under names of their own."""
    found: dict[str, bytes] = {}
    for name, part in parts.items():
        if part.startswith(_ARCHIVE):
            inner = archive.unpack(part, limit)
            if any(one.startswith(_ARCHIVE) for one in inner.values()):
                raise archive.ArchiveTooLargeError
            found |= {f"xl/embeddings/{name}/{one}": inner[one] for one in inner}
            limit -= sum(map(len, inner.values()))
    return found


# --- Which sheets there are --------------------------------------------------------------


def _sheets(parts: Mapping[str, bytes]) -> Iterator[_Sheet]:
    targets = _relations(parts, _WORKBOOK)
    named = []
    for element in _elements(parts[_WORKBOOK], "sheet"):
        related = next((value for name, value in element.items() if _local(name) == "id"), "")
        kind, part = targets[related]
        if kind == "worksheet":
            named.append((element.attrib["name"], part))
    all_facts = _facts([parts[part] for _, part in named])
    for (title, part), as_delivered in zip(named, all_facts, strict=True):
        xml, facts = parts[part], as_delivered
        if not facts["is_placed"]:
            xml = _placed(xml)
            (facts,) = _facts([xml])
        if facts["has_long_numbers"]:
            xml = _LONG_CELL.sub(_as_text, xml)
        comments = tuple(
            target
            for kind, target in _relations(parts, part).values()
            if "comment" in kind.lower() and target in parts
        )
        yield _Sheet(title, part, xml, comments, facts["has_formulas"], facts["is_large"])


def _facts(xmls: list[bytes]) -> list[dict[str, bool]]:
    """Return what is true of each sheet's XML. Polars tells it of megabytes in milliseconds."""
    try:
        text = pl.Series("xml", xmls, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:  # not all of it is UTF-8
        text = pl.Series("xml", [xml.decode("latin-1") for xml in xmls])
    xml = pl.col("xml").str
    in_place = xml.count_matches(_ROW_OR_CELL) == xml.count_matches(_IN_PLACE)
    return (
        text.to_frame()
        .select(
            is_placed=xml.contains(_ROOT) & in_place,
            has_long_numbers=xml.contains(_LONG),
            has_formulas=xml.contains(_HAS_FORMULA),
            is_large=xml.contains(_LARGE),
        )
        .to_dicts()
    )


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Identifier -> (kind, name of the part) of what `part` points to."""
    folder, name = posixpath.split(part)
    listed = parts.get(f"{folder}/_rels/{name}.rels")
    if listed is None:
        return {}
    return {
        element.attrib["Id"]: (
            element.attrib["Type"].rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, element.attrib["Target"])).lstrip("/"),
        )
        for element in _elements(listed, "Relationship")
    }


def _elements(xml: bytes, name: str) -> Iterator[ElementTree.Element]:
    return (element for element in _tree(xml).iter() if _local(element.tag) == name)


def _tree(xml: bytes) -> ElementTree.Element:
    if len(xml) > MOST_XML:
        raise SheetTooLargeError
    # Every part has been searched for document type definitions, so no entity expands.
    return ElementTree.fromstring(xml)  # noqa: S314


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _placed(xml: bytes) -> bytes:
    """Return a sheet's XML with the place of every row and cell as its first attribute.

    That is how nearly every program writes it, and what is searched for here relies on it. Raises
    ValueError when a place is none.
    """
    root = _tree(xml)
    number = 0
    for row in root.iter():
        if _local(row.tag) == "row":
            number = int(row.attrib.pop("r", number + 1))
            _place_cells(row, number)
            row.attrib = {"r": str(number), **row.attrib}
    placed: bytes = ElementTree.tostring(root, encoding="utf-8")
    return placed


def _place_cells(row: ElementTree.Element, number: int) -> None:
    column = 0
    for cell in row:
        if _local(cell.tag) == "c":
            place = cell.attrib.pop("r", f"{get_column_letter(column + 1)}{number}")
            found = _REFERENCE.fullmatch(place)
            if found is None:
                raise ValueError
            column = column_index_from_string(found[1])
            cell.attrib = {"r": place, **cell.attrib}


def _as_text(cell: re.Match[bytes]) -> bytes:
    """Return a cell with a number of ten digits and more as text, digit by digit.

    No date is that long, and the reader cannot count to it; where a cell is formatted as a date,
    such a number would be lost, be it a national identity number or an identifier.
    """
    digits, number = cell[4], float(cell[4])
    if abs(number) < 1e9:
        return cell[0]
    if not digits.isdigit():
        digits = (f"{number:.0f}" if number.is_integer() else repr(number)).encode()
    return cell[1] + b' t="str"' + cell[3] + digits


def _measure(sheets: list[_Sheet], parts: Mapping[str, bytes]) -> None:
    """Raise SheetTooLargeError when the sheets are too large to be read.

    What counts is the rectangles around the cells, and the text in them.
    """
    spanned = 0
    for sheet in sheets:
        spanned += _spanned(sheet)
    stored = parts.get(_STRINGS, b"")
    lengths = [len(text) for text in _TEXT_END.split(stored)]
    filled = sum(sheet.xml.count(b"<" + sheet.prefix + b"c ") for sheet in sheets)
    too_long = filled * max(lengths) > MOST_TEXT and _referenced(sheets, lengths) > MOST_TEXT
    if spanned > MOST_CELLS or too_long:
        raise SheetTooLargeError


def _spanned(sheet: _Sheet) -> int:
    """The cells of the rectangle around those of a sheet, or more where it is no matter."""
    if not sheet.is_large:
        return 26 * 99_999
    rows = max(map(int, set(sheet.find(rb'<~c r="[A-Z]+([0-9]+)'))), default=0)
    columns = set(sheet.find(rb'<~c r="([A-Z]+)'))
    return rows * max((_place(letters) + 1 for letters in columns), default=0)


def _without_counts(head: re.Match[bytes]) -> bytes:
    return _COUNT.sub(b"", head[0])


def _referenced(sheets: list[_Sheet], lengths: list[int]) -> int:
    """The length of all stored texts together, each as often as cells may refer to it."""
    counts = Counter(n for sheet in sheets for n in sheet.find(rb"<~v\b[^>]*>\s*([0-9]{1,9})\s*<"))
    return sum(n * lengths[int(i)] for i, n in counts.items() if int(i) < len(lengths))


def _place(letters: bytes) -> int:
    column: int = column_index_from_string(letters.decode())
    return column - 1


# --- The cells ---------------------------------------------------------------------------


def _grid(reader: fastexcel.ExcelReader, sheet: _Sheet, percent_styles: set[str]) -> Grid:
    loaded = reader.load_sheet(sheet.title, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = loaded.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    cells.columns = [str(place) for place in range(cells.width)]
    left = _left(sheet) if percent_styles or sheet.has_formulas else 0
    # What a failed formula shows is no value of any column, whatever its text.
    failed = [(*error.position, "#") for error in (errors.errors if errors else ())]
    cells = _shown(cells, [*failed, *_percentages(sheet, percent_styles, left)])
    return Grid(sheet.title, cells, frozenset(_unvalued(sheet, left) if sheet.has_formulas else ()))


def _shown(cells: pl.DataFrame, shown: list[tuple[int, int, str]]) -> pl.DataFrame:
    """Return `cells` with other text at some rows and columns, both from 0."""
    by_place: dict[int, dict[int, str]] = {}
    for row, place, text in shown:
        if row >= cells.height or not 0 <= place < cells.width:
            raise WorkbookError
        by_place.setdefault(place, {})[row] = text
    return cells.with_columns(
        cells.to_series(place).scatter(list(texts), list(texts.values()))
        for place, texts in by_place.items()
    )


_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>/]*>(.*?)</")
_FORMULA_TEXT = rb"<(?:\w+:)?f\b[^>]*>([^<]+)"
_IS_TEXT = re.compile(rb'\bt="(?:str|inlineStr|s)"')
_IS_NO_NUMBER = re.compile(rb'\bt="(?!n")')
_NUMBER = re.compile(rb"-?[0-9]{1,6}(?:\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?")


def _left(sheet: _Sheet) -> int:
    """How many columns stand empty before the first that has a value: grids leave them out."""
    return min((place for _, place, _, inside in sheet.cells() if _VALUE.search(inside)), default=0)


def _unvalued(sheet: _Sheet, left: int) -> Iterator[tuple[int, int]]:
    """The formulas without a stored value; an empty text is one."""
    for row, place, attributes, inside in sheet.cells():
        has_value = _VALUE.search(inside) or _IS_TEXT.search(attributes)
        if _FORMULA.search(inside) and not has_value:
            yield row, place - left


def _percent_styles(styles: bytes | None) -> set[str]:
    """The indices of cell styles that show a number as a percentage."""
    if styles is None:
        return set()
    formats = _PERCENT_FORMATS | {
        element.attrib["numFmtId"]
        for element in _elements(styles, "numFmt")
        if "%" in _LITERAL.sub("", element.attrib["formatCode"])
    }
    for cell_styles in _elements(styles, "cellXfs"):
        return {
            str(index)
            for index, style in enumerate(cell_styles)
            if style.attrib.get("numFmtId") in formats
        }
    return set()


def _percentages(sheet: _Sheet, styles: set[str], left: int) -> Iterator[tuple[int, int, str]]:
    if not styles:
        return
    style = re.compile(rb'\bs="(?:%s)"' % b"|".join(name.encode() for name in sorted(styles)))
    for row, place, attributes, inside in sheet.cells():
        value = _VALUE.search(inside)
        is_number = value and _NUMBER.fullmatch(value[1]) and not _IS_NO_NUMBER.search(attributes)
        if value and is_number and style.search(attributes):
            yield row - 1, place - left, f"{float(value[1]) * 100:.10g} %"


# --- Text outside of the cells -----------------------------------------------------------


def _passages(parts: Mapping[str, bytes], sheets: list[_Sheet]) -> Iterator[Passage]:
    told = {sheet.part for sheet in sheets}
    for sheet in sheets:
        before, _, rest = sheet.xml.partition(b"<" + sheet.prefix + b"sheetData")
        after = rest.rpartition(b"</" + sheet.prefix + b"sheetData>")[2]
        formulas = re.findall(_FORMULA_TEXT, sheet.xml) if sheet.has_formulas else []
        around = b" ".join([before, after, *formulas])
        yield Passage(_text(around), sheet.title)
        for name in sheet.comments:
            told.add(name)
            yield from _comments(parts[name], sheet.title)
    for name, part in parts.items():
        if name not in told:
            yield from (Passage(text) for text in _texts(name, part))


def _texts(name: str, part: bytes) -> Iterator[str]:
    if not _is_xml(name):
        return
    text = _text(part)
    yield text
    if _RICH_TEXT.search(name) and _RUN.search(text):
        for paragraph in _PARAGRAPH_END.split(text):
            if _RUN.search(paragraph):
                yield _TAG.sub("", paragraph)


def _comments(xml: bytes, title: str) -> Iterator[Passage]:
    yield from (Passage(element.text or "", title) for element in _elements(xml, "author"))
    for kind in ("comment", "threadedComment"):
        for element in _elements(xml, kind):
            row = re.search(r"\d+$", element.attrib.get("ref", ""))
            yield Passage("".join(element.itertext()), title, int(row[0]) if row else None)


def _text(xml: bytes) -> str:
    """Decode XML, tags and all; identifiers that programs made are left out."""
    encoding = "utf-16" if xml[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return _GUID.sub("", html.unescape(xml.decode(encoding, "replace")))


def _is_synthetic(parts: Mapping[str, bytes]) -> bool:
    properties = parts.get("docProps/core.xml", b"")
    found = re.search(rb"<(?:\w+:)?category>(.*?)</", properties, re.DOTALL)
    return found is not None and html.unescape(found[1].decode("utf-8", "replace")) == (
        SYNTHETIC_CATEGORY
    )
