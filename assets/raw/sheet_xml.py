"""The XML of a workbook's sheets: the list of sheets, and their cells in one plain form.

fastexcel reads the text of cells (workbook.py). This module finds what fastexcel does not report
and what it must not be given: the places of formulas and percentages, the size of a sheet, cells
written in a way that it does not understand, and numbers that it cannot handle.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from xml.etree import ElementTree

import polars as pl

# openpyxl, which has the same, takes a third of the time in which a small delivery is read.
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from assets.raw.grid import MOST_CELLS, Area

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

MOST_TEXT = 500_000_000
"""The most bytes of text in all cells: a text stored once may be read for any number of cells."""

MOST_XML = 50_000_000
"""The most bytes of a part that is parsed as a tree, which takes many times its size in memory."""

ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
"""The errors that fastexcel knows; newer ones are read as one of these."""

_ROWS, _COLUMNS = 1_048_576, 16_384
"""The most that a sheet can have."""

_ROOT = r"<(\w+:)?worksheet\b"
_AREA = re.compile(r"([A-Z]{1,3})?([0-9]{1,7})?:([A-Z]{1,3})?([0-9]{1,7})?")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LONG_NUMBER = r"[-+]?(?:[0-9]{10,}(?:\.[0-9]*)?|[0-9.]+[eE]\+?[0-9]+|(?i:inf|infinity|nan))"
_LARGE = r'<(?:\w+:)?c r="(?:[A-Z][0-9]{6}|[A-Z]{2})'
_LONG = rf">\s*{_LONG_NUMBER}\s*</"
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8)""", re.IGNORECASE)

# The grammar of a plain cell. Nearly every program writes all cells so.
_MORE = r'(?: (?:s|cm|vm|ph)="[0-9]*")*'
_OPEN = r'<(?:\w+:)?c r="[A-Z]{1,3}[0-9]{1,7}"'
_CLOSE = r"</(?:\w+:)?c>"
_FORMULA = r"(?:<(?:\w+:)?f(?: [^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))"
_NO_VALUE = r"(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?"
_TRIMMED = r"(?:[^<\s]|[^<\s][^<]*[^<\s])"
_PLAIN_CELL = (
    rf'{_OPEN}{_MORE}(?: t="(?:s|n|str)"{_MORE})?'
    rf"(?: ?/>|>{_FORMULA}?(?:{_NO_VALUE}|<(?:\w+:)?v>{_TRIMMED}</(?:\w+:)?v>){_CLOSE})"
    rf'|{_OPEN}{_MORE} t="b"{_MORE}>{_FORMULA}?<(?:\w+:)?v>[01]</(?:\w+:)?v>{_CLOSE}'
    rf'|{_OPEN}{_MORE} t="e"{_MORE}>{_FORMULA}?<(?:\w+:)?v>'
    rf"(?:{'|'.join(map(re.escape, ERRORS))})</(?:\w+:)?v>{_CLOSE}"
    rf'|{_OPEN}{_MORE} t="inlineStr"{_MORE}>'
    rf"<(?:\w+:)?is><(?:\w+:)?t(?: [^<>]*)?(?:/>|>[^<]*</(?:\w+:)?t>)</(?:\w+:)?is>{_CLOSE}"
)
_UNVALUED = rf'{_OPEN}{_MORE}(?: t="[ns]"{_MORE})?>{_FORMULA}{_NO_VALUE}{_CLOSE}'
_ESCAPED = rf'{_OPEN}{_MORE} t="str"{_MORE}>{_FORMULA}?<(?:\w+:)?v>[^<]*_x[0-9A-Fa-f]{{4}}_[^<]*'
_FOUND = re.compile(
    r'<(?:\w+:)?c r="(?P<column>[A-Z]+)(?P<row>[0-9]+)"(?P<attributes>[^>]*)>'
    r"(?:.*<(?:\w+:)?v>(?P<value>[^<]*))?",
    re.DOTALL,
)
_STYLE = re.compile(r' s="([0-9]+)"')
_TYPE = re.compile(r' t="(\w+)"')
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class WorkbookError(Exception):
    """The file cannot be read as a workbook."""


class SheetTooLargeError(WorkbookError):
    """A sheet exceeds the limits on cells or text."""


class Cell(NamedTuple):
    """A cell as stored in the file."""

    row: int
    """From 1."""
    column: int
    """From 0."""
    style: int
    kind: str
    """The type as the file calls it: n is a number, s and str are texts."""
    value: str | None
    """The value as stored, of a shared text its position; None when there is none."""


@dataclass(frozen=True)
class Sheet:
    """A sheet with cells: its title, the part that holds it, and the parts with its comments."""

    title: str
    part: str
    xml: bytes
    """The part with every cell in the plain form."""
    comments: tuple[str, ...]
    has_formulas: bool
    has_escapes: bool
    """Whether a character is stored in an escaped form."""
    is_large: bool
    """Whether it has more than 99,999 rows or columns beyond Z."""

    @cached_property
    def prefix(self) -> bytes:
        """The prefix of element names: some programs write <x:c> for <c>."""
        found = re.search(_ROOT.encode(), self.xml)
        return (found[1] or b"") if found else b""

    @cached_property
    def _text(self) -> pl.Series:
        return pl.Series([self.xml], dtype=pl.Binary).cast(pl.String, strict=False).fill_null("")

    def find(self, pattern: bytes) -> list[Any]:
        """Return the result of re.findall; `~` in the pattern stands for the prefix."""
        return re.findall(pattern.replace(b"~", self.prefix), self.xml, re.DOTALL)

    def styled(self, styles: Iterable[int]) -> Iterator[Cell]:
        """Yield the cells with a value that have one of these styles."""
        wanted = "|".join(map(str, sorted(styles)))
        if wanted:
            after = rf"{_FORMULA}?<(?:\w+:)?(?:v|is)>[^<]*"
            # Without a style of its own, a cell has the first one.
            style = rf' s="(?:{wanted})"'
            attributes = rf'{_MORE}(?: t="\w+")?{style}{_MORE}(?: t="\w+")?{_MORE}'
            if 0 in styles:
                attributes = rf'(?:{attributes}|(?: t="\w+")?)'
            yield from self._cells(rf"{_OPEN}{attributes}>{after}")

    def unvalued(self) -> Iterator[Cell]:
        """Yield the formulas without a stored value; an empty text is a value."""
        return self._cells(_UNVALUED) if self.has_formulas else iter(())

    def escaped(self) -> Iterator[Cell]:
        """Yield the texts in cells of the type str that hold an escaped character."""
        return self._cells(_ESCAPED) if self.has_escapes else iter(())

    def merged(self) -> tuple[Area, ...]:
        """Return the areas of merged cells, except those that are none."""
        areas = []
        for reference in self.find(rb"""<~mergeCell\s[^>]*?ref\s*=\s*["']([^"':]*:[^"']*)["']"""):
            found = _AREA.fullmatch(reference.decode(errors="replace").upper().replace("$", ""))
            left, top, right, bottom = found.groups() if found else (None,) * 4
            # Whole columns have no rows, and whole rows no columns.
            if bool(left) == bool(right) and bool(top) == bool(bottom) and (left or top):
                last = column_of(right) if right else _COLUMNS - 1
                first = column_of(left) if left else 0
                areas.append(Area(int(top or 1), first, int(bottom or _ROWS), last))
        return tuple(areas)

    def _cells(self, pattern: str) -> Iterator[Cell]:
        # Polars searches megabytes in milliseconds.
        for text in self._text.str.extract_all(pattern).explode().drop_nulls():
            found = _FOUND.match(text)
            if found:
                style, kind = _STYLE.search(found[3]), _TYPE.search(found[3])
                yield Cell(
                    int(found["row"]),
                    column_of(found["column"]),
                    int(style[1]) if style else 0,
                    kind[1] if kind else "n",
                    html.unescape(found["value"]) if found["value"] is not None else None,
                )


def workbook_part(parts: Mapping[str, bytes]) -> str:
    """Return the name of the part that lists the sheets. Raises LookupError if there is none."""
    main = [name for kind, name in _relations(parts, "").values() if kind == "officeDocument"]
    name = main[0] if main else "xl/workbook.xml"
    if name not in parts:
        raise LookupError
    return name


def related(parts: Mapping[str, bytes], workbook: str, kind: str) -> bytes | None:
    """Return the part of a kind that belongs to the part `workbook`, as UTF-8, if there is one.

    A part with the usual name belongs to it even if no relation says so.
    """
    names = [name for one, name in _relations(parts, workbook).values() if one == kind]
    names.append(posixpath.join(posixpath.dirname(workbook), f"{kind}.xml"))
    return next((as_utf_8(parts[name]) for name in names if name in parts), None)


def as_utf_8(xml: bytes) -> bytes:
    """Return XML in UTF-8. Raises ElementTree.ParseError when it cannot be read."""
    if not _ENCODING.match(xml) and xml[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return xml
    encoded: bytes = ElementTree.tostring(tree(xml), encoding="utf-8")
    return encoded


def sheets_of(parts: Mapping[str, bytes], workbook: str) -> Iterator[Sheet]:
    """Yield the sheets with cells, in the order of the part `workbook`.

    Raises ElementTree.ParseError, LookupError and ValueError when they cannot be found.
    """
    targets = _relations(parts, workbook)
    named = []
    for element in elements(parts[workbook], "sheet"):
        related = next((value for name, value in element.items() if local(name) == "id"), "")
        kind, part = targets[related]
        if kind == "worksheet":
            named.append((element.attrib["name"], part))
    xmls = [as_utf_8(parts[part]) for _, part in named]
    for (title, part), as_read, its_facts in zip(named, xmls, _facts(xmls), strict=True):
        xml, facts = as_read, its_facts
        if not facts["is_plain"] or facts["has_long_numbers"]:
            xml = _plain(xml)
            (facts,) = _facts([xml])
        comments = tuple(
            target
            for kind, target in _relations(parts, part).values()
            if "comment" in kind.lower() and target in parts
        )
        known = {name: facts[name] for name in ("has_formulas", "has_escapes", "is_large")}
        yield Sheet(title, part, xml, comments, **known)


def _facts(xmls: list[bytes]) -> list[dict[str, bool]]:
    """Return properties of each sheet's XML. Polars searches megabytes in milliseconds."""
    try:
        text = pl.Series("xml", xmls, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:  # not all of it is UTF-8
        text = pl.Series("xml", [xml.decode("latin-1") for xml in xmls])
    xml = pl.col("xml").str
    are_plain = xml.count_matches(r"<(?:\w+:)?c\b") == xml.count_matches(_PLAIN_CELL)
    return (
        text.to_frame()
        .select(
            is_plain=xml.contains(_ROOT) & are_plain & ~xml.contains("<!", literal=True),
            has_long_numbers=xml.contains(_LONG),
            has_formulas=xml.contains(r"<(?:\w+:)?f[ />]"),
            has_escapes=xml.contains(_ESCAPE.pattern),
            is_large=xml.contains(_LARGE),
        )
        .to_dicts()
    )


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Identifier -> (kind, name) of each part that `part` refers to; "" is the whole package."""
    folder, name = posixpath.split(part)
    listed = parts.get(posixpath.join(folder, f"_rels/{name}.rels"))
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
    return (element for element in tree(xml).iter() if local(element.tag) == name)


def children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """Return the children of this name, in the namespace of `element` itself."""
    namespace = element.tag[: -len(local(element.tag))]
    return element.findall(f"{namespace}{name}")


def tree(xml: bytes) -> ElementTree.Element:
    """Parse a part. Raises ElementTree.ParseError, and SheetTooLargeError for a large part."""
    if len(xml) > MOST_XML:
        raise SheetTooLargeError
    # Parts with document type definitions have been refused, so no entity expands.
    return ElementTree.fromstring(xml)  # noqa: S314


def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def unescaped(text: str) -> str:
    """Decode the characters that a workbook stores as _x000D_."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


# --- The plain form -----------------------------------------------------------------------


def _plain(xml: bytes) -> bytes:
    """Return a sheet's XML with every cell in the plain form, which _PLAIN_CELL describes.

    Nearly every program writes it so, and the searches in this module rely on it. Long numbers
    become text. Raises ValueError for an invalid place.
    """
    root = tree(xml)
    number = 0
    for row in root.iter():
        if local(row.tag) == "row":
            number = int(row.attrib.pop("r", number + 1))
            column = 0
            for cell in row:
                if local(cell.tag) == "c":
                    place = cell.get("r", f"{xl_col_to_name(column)}{number}").strip()
                    found = _REFERENCE.fullmatch(place)
                    if found is None:
                        raise ValueError
                    column = column_of(found[1]) + 1
                    _write_plainly(cell, place)
            row.attrib = {"r": str(number), **row.attrib}
    plain: bytes = ElementTree.tostring(root, encoding="utf-8")
    return plain


def _write_plainly(cell: ElementTree.Element, place: str) -> None:
    parts = {local(child.tag): child for child in reversed(cell)}
    namespace = cell.tag[: -len(local(cell.tag))]
    kind, text = _plain_value(cell.get("t", "n").strip(), parts)
    formula = parts.get("f")
    style = cell.get("s", "0").strip()
    cell.clear()
    cell.attrib = {"r": place, **({"s": style} if style != "0" else {}), "t": kind}
    if formula is not None:
        formula.tail = None
        cell.append(formula)
    if text is not None:
        value = ElementTree.SubElement(cell, f"{namespace}v")
        value.text = text


def _plain_value(kind: str, parts: Mapping[str, ElementTree.Element]) -> tuple[str, str | None]:
    """Return the type and the value of a cell: s, n, str, b or e, and its text."""
    written = "".join(parts["v"].itertext()) if "v" in parts else ""
    text = written.strip()
    if "is" in parts or kind in ("str", "inlineStr"):
        plain = ("str", _spoken(parts["is"]) if "is" in parts else written)
    elif kind == "e":
        plain = ("e", text if text in ERRORS else ERRORS[2])
    elif kind == "b" and text:
        plain = ("b", "1" if text.lower() in ("1", "true") else "0")
    elif kind == "d" and text:
        plain = ("str", _iso(text))
    elif kind == "n" and text:
        plain = _plain_number(text)
    else:
        return ("s" if kind == "s" else "n"), text or None
    return plain


def _spoken(text: ElementTree.Element) -> str:
    """The text of a cell, without what says how to pronounce it."""
    runs = [text, *(run for run in text if local(run.tag) == "r")]
    spoken = [part.text or "" for run in runs for part in run if local(part.tag) == "t"]
    return "".join(spoken)


def _iso(text: str) -> str:
    """Return an ISO date as fastexcel returns the date of a number."""
    return re.sub(r"Z$|[+-]00:?00$", "", text).replace("T", " ")


def _plain_number(text: str) -> tuple[str, str]:
    """Turn a number of ten or more digits into text, digit by digit.

    No date is that long, and fastexcel cannot convert it: in a cell formatted as a date, such a
    number would be lost, whether it is a national identity number or an identifier.
    """
    if re.fullmatch(_LONG_NUMBER, text):
        number = float(text)
        if not abs(number) < 1e9:  # also true of NaN
            if not text.isdigit():
                text = f"{number:.0f}" if number.is_integer() else repr(number)
            return "str", text
    return "n", text


def measure(sheets: Sequence[Sheet], stored: bytes) -> None:
    """Raise SheetTooLargeError when the sheets are too large to be read.

    The size is that of the rectangles around the cells, and of the text in the cells; `stored` is
    the part with the texts that cells share.
    """
    # An upper bound is enough for nearly every workbook; exact counting takes a while.
    spanned = sum(_spanned(sheet) if sheet.is_large else 26 * 99_999 for sheet in sheets)
    if spanned > MOST_CELLS:
        spanned = sum(map(_spanned, sheets))
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
    return rows * max((column_of(letters.decode()) + 1 for letters in columns), default=0)


def _referenced(sheets: Sequence[Sheet], lengths: list[int]) -> int:
    """The total length of the stored texts, each counted as often as cells may refer to it."""
    counts = Counter(n for sheet in sheets for n in sheet.find(rb"<~v\b[^>]*>\s*([0-9]{1,9})\s*<"))
    return sum(n * lengths[int(i)] for i, n in counts.items() if int(i) < len(lengths))


def column_of(letters: str) -> int:
    """Return the number, from 0, of the column with these letters."""
    column: int = xl_cell_to_rowcol(f"{letters}1")[1]
    return column
