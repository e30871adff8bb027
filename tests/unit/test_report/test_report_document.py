"""The Word document read back: tables, headings, captions, pictures, and what every page says."""

from __future__ import annotations

import io
import itertools
import re
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from dashboards import words
from dashboards.figures import figure_words
from dashboards.report import report_words
from dashboards.report.content import Report
from tests.unit.test_report.conftest import LIVE, MARKUP, YEAR, parts


def opened(files: dict[str, bytes]) -> Any:
    return docx.Document(io.BytesIO(files[f"nora-{YEAR}.docx"]))


def rows(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def headings(document: Any) -> list[tuple[int, str]]:
    return [
        (int(paragraph.style.name[-1]), paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]


@pytest.mark.parametrize("name", ["files", "withheld_files"])
def test_every_cell_is_the_figures(
    name: str, said: Report, withheld_said: Report, request: Any
) -> None:
    source = said if name == "files" else withheld_said
    shown = [rows(table) for table in opened(request.getfixturevalue(name)).tables]
    expected = [
        [list(entry.table.headers), *([cell.text for cell in row] for row in entry.table.rows)]
        for entry in source.entries
        if entry.table.rows
    ]
    assert shown == expected


def test_tables_say_what_the_page_says(files: dict[str, bytes], said: Report) -> None:
    shown = [rows(table)[1:] for table in opened(files).tables]
    for entry in said.tables:
        if entry.table.rows:
            assert [list(row) for row in entry.table.figure.texts()] in shown, entry.id


def test_it_follows_chapter_2(files: dict[str, bytes]) -> None:
    found = headings(opened(files))
    titles = report_words.CHAPTERS
    order = [
        (1, report_words.AT_A_GLANCE),
        (1, titles["om-deltakere"]),
        (2, titles["henvisninger-og-deltakere"]),
        (2, titles["resultater"]),
        (1, titles["maneder"]),
        (1, titles["aktiviteter"]),
        (1, titles["ressurser"]),
    ]
    places = [found.index(heading) for heading in order]
    assert places == sorted(places)
    assert found[-1] == (1, words.SOURCES)
    # No level is passed over on the way down.
    levels = [level for level, _ in found]
    assert all(next_ <= level + 1 for level, next_ in itertools.pairwise(levels))


def test_headers_repeat_and_rows_stay_whole(files: dict[str, bytes]) -> None:
    for table in opened(files).tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in others)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


def test_captions_are_numbered_fields(files: dict[str, bytes]) -> None:
    document = opened(files)
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    for kind in (words.TABLE, report_words.FIGURE):
        found = [p for p in captions if p.text.startswith(f"{kind} ")]
        numbers = [int(re.match(rf"{kind} (\d+)\.", p.text)[1]) for p in found]  # type: ignore[index]
        assert numbers == list(range(1, len(found) + 1))
        assert all(f"SEQ {kind}" in p._p.xml for p in found)
    tables = [p for p in captions if p.text.startswith(words.TABLE)]
    assert len(tables) == len(document.tables)


def test_pictures_have_alternative_text(files: dict[str, bytes], said: Report) -> None:
    described = [
        properties.get("descr") for properties in opened(files).element.body.iter(qn("wp:docPr"))
    ]
    expected = [
        entry.table.figure.alternative
        for entry in said.tables
        if entry.table.figure.chart is not None
    ]
    assert described == expected
    assert all(described)


def test_the_author_has_room_at_every_table(files: dict[str, bytes], said: Report) -> None:
    cues = [
        "".join(text.text for text in cue.iter(qn("w:t")))
        for cue in opened(files).element.body.iter(qn("w:sdt"))
    ]
    assert cues == [entry.cue for entry in said.entries]
    assert all(cue.startswith("Skriv her om ") and cue.endswith(".") for cue in cues)


def test_every_page_is_marked_and_numbered(files: dict[str, bytes], said: Report) -> None:
    document = opened(files)
    for section in document.sections:
        assert section.header.paragraphs[0].text == " · ".join(said.short_notices)
        footer = section.footer.paragraphs[0]._p.xml
        assert "PAGE" in footer
        assert "NUMPAGES" in footer
    first = [paragraph.text for paragraph in document.paragraphs[:8]]
    assert set(said.notices) <= set(first)


def test_it_is_in_norwegian(files: dict[str, bytes]) -> None:
    xml = parts(files[f"nora-{YEAR}.docx"])
    languages = re.findall(r'<w:(?:lang|themeFontLang) [^>]*w:val="([^"]+)"', "".join(xml.values()))
    assert set(languages) == {"nb-NO"}
    assert opened(files).core_properties.language == "nb-NO"


def test_contents_list_every_heading(files: dict[str, bytes]) -> None:
    document = opened(files)
    lines = [p for p in document.paragraphs if p.style.name.startswith("toc ")]
    assert [(int(p.style.name[-1]), p.text) for p in lines] == headings(document)
    anchors = [link.get(qn("w:anchor")) for p in lines for link in p._p.iter(qn("w:hyperlink"))]
    marks = [m.get(qn("w:name")) for m in document.element.body.iter(qn("w:bookmarkStart"))]
    assert anchors == marks


def test_without_pictures_all_else_is_there(
    files: dict[str, bytes], bare_files: dict[str, bytes]
) -> None:
    bare = bare_files
    assert not opened(bare).inline_shapes
    assert [rows(t) for t in opened(bare).tables] == [rows(t) for t in opened(files).tables]
    said = "\n".join(p.text for p in opened(bare).paragraphs)
    assert figure_words.TARGET_NOTE not in said
    assert figure_words.TARGET_NOTE in "\n".join(p.text for p in opened(files).paragraphs)


def test_labels_stay_text(live_files: dict[str, bytes]) -> None:
    made = live_files
    cells = [cell for table in opened(made).tables for row in rows(table) for cell in row]
    assert LIVE in cells
    assert MARKUP in cells
    assert "HYPERLINK" not in re.sub(
        r"<w:t[ >].*?</w:t>", "", parts(made["nora-2021.docx"])["word/document.xml"]
    )
