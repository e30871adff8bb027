"""Finds the text of a workbook outside of cells: comments, headers, properties and the like.

It is only searched for national identity numbers; see national_id.py.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from assets.raw.grid import Passage
from assets.raw.national_id import DECIMAL_NUMBER
from assets.raw.sheet_xml import Sheet, elements

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DECIMAL = re.compile(rf"""([>"'])\s*{DECIMAL_NUMBER}\s*(?=[<"'])""")
_TAG = re.compile(r"<[^>]*>")
_RICH_TEXT = re.compile("comment|drawing|chart|diagram|embeddings", re.IGNORECASE)
_SHARED = re.compile("sharedStrings", re.IGNORECASE)
_STRING_END = re.compile(r"</(?:\w+:)?si\s*>")
_PARAGRAPH_END = re.compile(r"</(?:\w+:)?(?:p|comment|text|si|div|from|to|v)>")
_RUN = re.compile(r"<(?:\w+:)?(?:r|font|span)[ >]")
_FORMULA_TEXT = rb"<(?:\w+:)?f\b[^>]*>([^<]+)"


def passages_of(parts: Mapping[str, bytes], sheets: Sequence[Sheet]) -> Iterator[Passage]:
    """Yield all text of the parts, tags included, except the cells of the sheets."""
    told = {sheet.part for sheet in sheets}
    for sheet in sheets:
        before, _, rest = sheet.xml.partition(b"<" + sheet.prefix + b"sheetData")
        after = rest.rpartition(b"</" + sheet.prefix + b"sheetData>")[2]
        formulas = re.findall(_FORMULA_TEXT, sheet.xml) if sheet.has_formulas else []
        around = b";".join([before, after, *formulas])
        yield Passage(_text(around), sheet.title)
        for name in sheet.comments:
            told.add(name)
            yield from _comments(parts[name], sheet.title)
    for name, part in parts.items():
        if name not in told:
            yield from (Passage(text) for text in _texts(name, part))


def _texts(name: str, part: bytes) -> Iterator[str]:
    if not is_xml(name):
        return
    text = _text(part)
    if _SHARED.search(name):
        # Each string belongs to cells of its own, wherever they are, and there may be very many.
        for string in _STRING_END.split(text):
            yield string
            if _RUN.search(string):
                yield _TAG.sub("", string)
        return
    yield text
    if _RICH_TEXT.search(name) and _RUN.search(text):
        for paragraph in _PARAGRAPH_END.split(text):
            if _RUN.search(paragraph):
                yield _TAG.sub("", paragraph)


def _comments(xml: bytes, title: str) -> Iterator[Passage]:
    yield from (Passage(element.text or "", title) for element in elements(xml, "author"))
    for kind in ("comment", "threadedComment"):
        for element in elements(xml, kind):
            row = re.search(r"\d+$", element.attrib.get("ref", ""))
            # Runs of one text belong together; the position of the box, next to it, does not.
            text = "\n".join("".join(child.itertext()) for child in element)
            yield Passage(text, title, int(row[0]) if row else None)


def _text(xml: bytes) -> str:
    """Decode XML, tags included.

    Values that programs write are left out: GUIDs, and decimal numbers that are a whole element or
    attribute, such as a width.
    """
    encoding = "utf-16" if xml[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = _DECIMAL.sub(r"\1", xml.decode(encoding, "replace"))
    return _GUID.sub("", html.unescape(text))


def is_xml(name: str) -> bool:
    """Whether a part with this name is XML."""
    return name.lower().endswith((".xml", ".rels", ".vml"))
