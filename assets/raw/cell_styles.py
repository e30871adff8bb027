"""The styles of a workbook's cells, as far as they change what a cell says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from assets.raw import number_format
from assets.raw.sheet_xml import NAMESPACE, children, tree

_DATE = 14
"""The number of a built-in format that shows a date."""


@dataclass(frozen=True)
class CellStyles:
    """The styles that cells refer to by their position."""

    codes: Sequence[str]
    """The number format of each style."""
    struck: frozenset[int]
    """The styles whose text is struck out."""

    def where(self, shows: Callable[[str], bool]) -> frozenset[int]:
        """Return the styles whose format `shows` something, by a function of number_format."""
        return frozenset(place for place, code in enumerate(self.codes) if shows(code))

    def part(self) -> bytes:
        """Return a part of styles that says of each style only whether it shows a date."""
        dates = self.where(number_format.is_date)
        formats = [_DATE if place in dates else 0 for place in range(len(self.codes))]
        styles = "".join(f'<xf numFmtId="{one}"/>' for one in formats or [0])
        return f'<styleSheet xmlns="{NAMESPACE}"><cellXfs>{styles}</cellXfs></styleSheet>'.encode()


def cell_styles(part: bytes | None) -> CellStyles:
    """Return the styles of cells that the part of styles declares; None is a part without any.

    Formats and fonts declared elsewhere in it, such as those of conditional formats, do not count.
    Raises ElementTree.ParseError and ValueError.
    """
    if part is None:
        return CellStyles((), frozenset())
    root = tree(part)
    declared = {
        int(element.get("numFmtId", "0")): element.get("formatCode", "")
        for element in _listed(root, "numFmts", "numFmt")
    }
    struck_fonts = {
        place
        for place, font in enumerate(_listed(root, "fonts", "font"))
        for strike in children(font, "strike")
        if is_true(strike.get("val", "1"))
    }
    styles = _listed(root, "cellXfs", "xf")
    return CellStyles(
        tuple(_code(int(style.get("numFmtId", "0")), declared) for style in styles),
        frozenset(
            place
            for place, style in enumerate(styles)
            if int(style.get("fontId", "0")) in struck_fonts
        ),
    )


def is_true(value: str) -> bool:
    """Whether an attribute is true: XML writes it as 1 or as a word."""
    return value.strip().lower() in ("1", "true", "on")


def _listed(root: ElementTree.Element, group: str, name: str) -> list[ElementTree.Element]:
    return [element for found in children(root, group) for element in children(found, name)]


def _code(number: int, declared: Mapping[int, str]) -> str:
    return declared.get(number) or number_format.BUILT_IN.get(number, "General")
