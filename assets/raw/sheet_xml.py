"""The XML of a workbook's sheets: the list of sheets, and their cells in one plain form.

fastexcel reads the text of cells (workbook.py). This module finds what fastexcel does not report
and what it must not be given: the places of formulas and percentages, the size of a sheet, and
numbers that it cannot handle.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import polars as pl
from openpyxl.utils import column_index_from_string, get_column_letter

from assets.raw.grid import MOST_CELLS

WORKBOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"

MOST_TEXT = 500_000_000
"""The most bytes of text in all cells: a text stored once may be read for any number of cells."""

MOST_XML = 50_000_000
"""The most bytes of a part that is parsed as a tree, which takes many times its size in memory."""

_ROOT = r"<(\w+:)?worksheet\b"
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ROW_OR_CELL = r"[<:](?:c|row)\b"
_IN_PLACE = r'[<:](?:c|row) r="[A-Z]{0,3}[0-9]{1,7}"'
_LONG_NUMBER = r"[-+]?(?:[0-9]{10,}(?:\.[0-9]*)?|[0-9.]+[eE]\+?[0-9]+|(?i:inf|infinity|nan))"
_HAS_FORMULA = r"<(?:\w+:)?f[ >/]"
_LARGE = r'<(?:\w+:)?c r="(?:[A-Z][0-9]{6}|[A-Z]{2})'
_LONG = rf">\s*{_LONG_NUMBER}\s*</"
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")


class WorkbookError(Exception):
    """The file cannot be read as a workbook."""


class SheetTooLargeError(WorkbookError):
    """A sheet exceeds the limits on cells or text."""


@dataclass(frozen=True)
class Cell:
    """A cell as stored in the file, with more than its text."""

    row: int
    """From 1."""
    column: int
    """From 0."""
    style: str
    is_number: bool
    has_formula: bool
    value: str | None
    """The value as stored; None when there is none."""


@dataclass(frozen=True)
class Sheet:
    """A sheet with cells: its title, the part that holds it, and the parts with its comments."""

    title: str
    part: str
    xml: bytes
    comments: tuple[str, ...]
    has_formulas: bool
    is_large: bool
    """Whether it has more than 99,999 rows or columns beyond Z."""

    @cached_property
    def prefix(self) -> bytes:
        """The prefix of element names: some programs write <x:c> for <c>."""
        found = re.search(_ROOT.encode(), self.xml)
        return (found[1] or b"") if found else b""

    def find(self, pattern: bytes) -> list[Any]:
        """Return the result of re.findall; `~` in the pattern stands for the prefix."""
        return re.findall(pattern.replace(b"~", self.prefix), self.xml, re.DOTALL)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell of the sheet."""
        for _, element in ElementTree.iterparse(io.BytesIO(self.xml)):  # noqa: S314
            name = _local(element.tag)
            if name == "c":
                yield _cell(element)
            if name in ("c", "row"):
                element.clear()


def sheets_of(parts: Mapping[str, bytes]) -> Iterator[Sheet]:
    """Yield the sheets with cells, in the order of the workbook.

    Raises ElementTree.ParseError, LookupError and ValueError when they cannot be found.
    """
    targets = _relations(parts, WORKBOOK)
    named = []
    for element in elements(parts[WORKBOOK], "sheet"):
        related = next((value for name, value in element.items() if _local(name) == "id"), "")
        kind, part = targets[related]
        if kind == "worksheet":
            named.append((element.attrib["name"], part))
    all_facts = _facts([parts[part] for _, part in named])
    for (title, part), as_delivered in zip(named, all_facts, strict=True):
        xml, facts = parts[part], as_delivered
        if not facts["is_placed"] or facts["has_long_numbers"]:
            xml = _plain(xml)
            (facts,) = _facts([xml])
        comments = tuple(
            target
            for kind, target in _relations(parts, part).values()
            if "comment" in kind.lower() and target in parts
        )
        yield Sheet(title, part, xml, comments, facts["has_formulas"], facts["is_large"])


def _facts(xmls: list[bytes]) -> list[dict[str, bool]]:
    """Return properties of each sheet's XML. Polars searches megabytes in milliseconds."""
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
    """Identifier -> (kind, name) of each part that `part` refers to."""
    folder, name = posixpath.split(part)
    listed = parts.get(f"{folder}/_rels/{name}.rels")
    if listed is None:
        return {}
    return {
        element.attrib["Id"]: (
            element.attrib["Type"].rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, element.attrib["Target"])).lstrip("/"),
        )
        for element in elements(listed, "Relationship")
    }


def elements(xml: bytes, name: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of a part that have this name, apart from the namespace.

    Raises ElementTree.ParseError, and SheetTooLargeError when the part is too large for a tree.
    """
    return (element for element in _tree(xml).iter() if _local(element.tag) == name)


def _tree(xml: bytes) -> ElementTree.Element:
    if len(xml) > MOST_XML:
        raise SheetTooLargeError
    # Parts with document type definitions have been refused, so no entity expands.
    return ElementTree.fromstring(xml)  # noqa: S314


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _plain(xml: bytes) -> bytes:
    """Return a sheet's XML with the place of every row and cell as its first attribute.

    Nearly every program writes it so, and the searches in this module rely on it. Long numbers
    become text. Raises ValueError for an invalid place.
    """
    root = _tree(xml)
    number = 0
    for row in root.iter():
        if _local(row.tag) == "row":
            number = int(row.attrib.pop("r", number + 1))
            _write_cells_plainly(row, number)
            row.attrib = {"r": str(number), **row.attrib}
    plain: bytes = ElementTree.tostring(root, encoding="utf-8")
    return plain


def _write_cells_plainly(row: ElementTree.Element, number: int) -> None:
    column = 0
    for cell in row:
        if _local(cell.tag) == "c":
            place = cell.attrib.pop("r", f"{get_column_letter(column + 1)}{number}")
            found = _REFERENCE.fullmatch(place)
            if found is None:
                raise ValueError
            column = column_index_from_string(found[1])
            cell.attrib = {"r": place, **cell.attrib}
            _write_long_number_as_text(cell)


def _write_long_number_as_text(cell: ElementTree.Element) -> None:
    """Turn a number of ten or more digits into text, digit by digit.

    No date is that long, and fastexcel cannot convert it: in a cell formatted as a date, such a
    number would be lost, whether it is a national identity number or an identifier.
    """
    value = next((child for child in cell if _local(child.tag) == "v"), None)
    text = (value.text or "").strip() if value is not None else ""
    if value is None or cell.get("t", "n") != "n" or not re.fullmatch(_LONG_NUMBER, text):
        return
    number = float(text)
    if not abs(number) < 1e9:  # also true of NaN
        if not text.isdigit():
            text = f"{number:.0f}" if number.is_integer() else repr(number)
        cell.set("t", "str")
        value.text = text


def _cell(element: ElementTree.Element) -> Cell:
    children = {_local(child.tag): child for child in element}
    found = _REFERENCE.fullmatch(element.attrib["r"])
    if found is None:
        raise ValueError
    value = children["v"].text if "v" in children else None
    if "is" in children or (value is None and element.get("t", "n") in ("str", "inlineStr", "s")):
        value = "".join(children["is"].itertext()) if "is" in children else ""
    return Cell(
        row=int(element.attrib["r"][found.end(1) :]),
        column=column_index_from_string(found[1]) - 1,
        style=element.get("s", "0"),
        is_number=element.get("t", "n") == "n",
        has_formula="f" in children,
        value=value,
    )


def measure(sheets: list[Sheet], parts: Mapping[str, bytes]) -> None:
    """Raise SheetTooLargeError when the sheets are too large to be read.

    The size is that of the rectangles around the cells, and of the text in the cells.
    """
    # An upper bound is enough for nearly every workbook; exact counting takes a while.
    spanned = sum(_spanned(sheet) if sheet.is_large else 26 * 99_999 for sheet in sheets)
    if spanned > MOST_CELLS:
        spanned = sum(map(_spanned, sheets))
    stored = parts.get(STRINGS, b"")
    lengths = [len(text) for text in _TEXT_END.split(stored)]
    filled = sum(sheet.xml.count(b"<" + sheet.prefix + b"c ") for sheet in sheets)
    too_long = filled * max(lengths) > MOST_TEXT and _referenced(sheets, lengths) > MOST_TEXT
    if spanned > MOST_CELLS or too_long:
        raise SheetTooLargeError


def _spanned(sheet: Sheet) -> int:
    """The number of cells in the rectangle around the filled cells of a sheet."""
    # A cell without content, such as one that is only coloured, is not read.
    filled = rb"[^<>]*(?<!/)>(?!</~c>)"
    rows = max(map(int, set(sheet.find(rb'<~c r="[A-Z]+([0-9]+)' + filled))), default=0)
    columns = set(sheet.find(rb'<~c r="([A-Z]+)' + filled))
    return rows * max((column_of(letters) + 1 for letters in columns), default=0)


def _referenced(sheets: list[Sheet], lengths: list[int]) -> int:
    """The total length of the stored texts, each counted as often as cells may refer to it."""
    counts = Counter(n for sheet in sheets for n in sheet.find(rb"<~v\b[^>]*>\s*([0-9]{1,9})\s*<"))
    return sum(n * lengths[int(i)] for i, n in counts.items() if int(i) < len(lengths))


def column_of(letters: bytes) -> int:
    """Return the number, from 0, of the column with these letters."""
    column: int = column_index_from_string(letters.decode())
    return column - 1
