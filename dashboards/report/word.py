"""Parts of a Word document that python-docx cannot make. Knows nothing of the report.

Fields contain a result that is already right, so that nobody is asked to update them.
"""

from __future__ import annotations

import io
import unicodedata
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

LANGUAGE = "nb-NO"
_AFTER_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption",
                  "w:tblDescription")  # fmt: skip
_LEFT_OUT = ("/thumbnail", "/stylesWithEffects", "/customXml")
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def legible(text: str) -> str:
    """Return text without the control characters that XML forbids; tabs and breaks stay."""
    return "".join(c for c in text if c in "\t\n" or unicodedata.category(c) != "Cc")


def element(tag: str, **attributes: str) -> Any:
    """Return a new element of Word's namespace, with attributes in the same namespace."""
    new = OxmlElement(tag)
    for name, value in attributes.items():
        new.set(qn(f"w:{name}"), value)
    return new


def add_field(paragraph: Paragraph, code: str, result: str) -> None:
    """Add a field with the result that is shown until somebody updates it."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), (None, result), ("end", "")):
        run = paragraph.add_run()
        if kind:
            run._r.append(element("w:fldChar", fldCharType=kind))
        elif kind is None:
            run.text = text
        else:
            instruction = element("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)


def add_bookmark(paragraph: Paragraph, number: int, name: str) -> None:
    """Put a bookmark around the content of the paragraph."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    end = element("w:bookmarkEnd", id=str(number))
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def add_link(paragraph: Paragraph, anchor: str, text: str) -> None:
    """Add a link to a bookmark of the document."""
    link = element("w:hyperlink", anchor=anchor, history="1")
    link.append(paragraph.add_run(text)._r)
    paragraph._p.append(link)


def add_contents(paragraphs: list[Paragraph], levels: str) -> None:
    """Make paragraphs the result of one field of contents, without page numbers."""
    first, last = paragraphs[0], paragraphs[-1]
    before = 1 if first._p.pPr is not None else 0
    for kind, text in (("separate", ""), ("", f' TOC \\o "{levels}" \\h \\z \\u '), ("begin", "")):
        run = element("w:r")
        if kind:
            run.append(element("w:fldChar", fldCharType=kind))
        else:
            instruction = element("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run.append(instruction)
        first._p.insert(before, run)
    end = element("w:r")
    end.append(element("w:fldChar", fldCharType="end"))
    last._p.append(end)


def add_cue(document: Document, number: int, title: str, text: str, style_id: str) -> None:
    """Add a field that shows `text` until somebody clicks it and writes there."""
    field = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias/><w:tag/><w:id/><w:showingPlcHdr/></w:sdtPr>"
        "<w:sdtContent><w:p><w:pPr><w:pStyle/></w:pPr><w:r><w:t/></w:r></w:p></w:sdtContent>"
        "</w:sdt>"
    )
    for tag, value in (("alias", title), ("tag", f"tekst-{number}"), ("id", str(1000 + number)),
                       ("pStyle", style_id)):  # fmt: skip
        field.find(f".//{qn(f'w:{tag}')}").set(qn("w:val"), value)
    field.find(f".//{qn('w:t')}").text = text
    document.element.body.insert_element_before(field, "w:sectPr")


def repeat_header(row: _Row) -> None:
    """Repeat the row at the top of every page that its table reaches."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_whole(row: _Row) -> None:
    """Never break the row between two pages."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def describe_table(table: Table, title: str, description: str) -> None:
    """Give a table its alternative text."""
    properties = table._tbl.tblPr
    # The format requires these two to be the last.
    properties.append(element("w:tblCaption", val=title))
    properties.append(element("w:tblDescription", val=description))


def describe_picture(picture: Any, number: int, title: str, description: str) -> None:
    """Give a picture its alternative text, and a name that is not a file name."""
    for side in ("distT", "distB", "distL", "distR"):
        # Without them, LibreOffice adds a gap.
        picture._inline.set(side, "0")
    for properties in picture._inline.iter(qn("wp:docPr"), qn("pic:cNvPr")):
        properties.set("id", str(number))
        properties.set("name", title)
        properties.set("descr", description)


def rule_lines(table: Table, colour: str) -> None:
    """Draw thin lines between the rows of a table, and none between its columns."""
    borders = element("w:tblBorders")
    for edge in _EDGES:
        drawn = edge in ("top", "bottom", "insideH")
        borders.append(
            element(f"w:{edge}", val="single", sz="4", space="0", color=colour)
            if drawn
            else element(f"w:{edge}", val="nil")
        )
    table._tbl.tblPr.insert_element_before(borders, *_AFTER_BORDERS)


def shade(cell: _Cell, colour: str) -> None:
    """Fill a cell."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))


def line_above(cell: _Cell, colour: str) -> None:
    """Draw a strong line above a cell."""
    borders = element("w:tcBorders")
    borders.append(element("w:top", val="single", sz="8", space="0", color=colour))
    cell._tc.get_or_add_tcPr().append(borders)


def speak_norwegian(document: Document) -> None:
    """Make bokmål the language of all text, and of the settings."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    settings = document.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for sign, tag in ((",", "decimalSymbol"), (";", "listSeparator")):
        for found in settings.iter(qn(f"w:{tag}")):
            found.set(qn("w:val"), sign)


def saved(document: Document) -> bytes:
    """Return the document as bytes, without the parts that only python-docx's empty one needs."""
    for relations in (document.part.package.rels, document.part.rels):
        for rel_id, relation in list(relations.items()):
            if relation.reltype.endswith(_LEFT_OUT):
                del relations[rel_id]
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
