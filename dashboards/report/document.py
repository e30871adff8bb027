"""The report as one Word document to write the text around: tables, pictures and room for text.

It follows chapter 2 of the annual report. Headings, captions and tables are real ones, so that the
document can be searched, read aloud and copied from. Nothing depends on the time of writing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from dashboards import correction_words, words
from dashboards.figures.palette import MAIN, MUTED, TEXT
from dashboards.report import archive, report_words, word
from dashboards.report.content import Chapter, Entry, Report
from dashboards.report.pictures import size
from dashboards.report.tables import Cell, Table, notes

CUE_STYLE = "Skrivefelt"
NOTE_STYLE = "Merknad"
CELL_STYLE = "Tabelltekst"
MARK_STYLE = "Merking"

_PROPERTIES = "docProps/app.xml"
_COMPANY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    f'extended-properties"><Company>{words.PROGRAMME_IN_FULL}</Company></Properties>'
)
"""Properties that python-docx cannot set; they replace those of its empty document."""

_FONT = "Arial"
_PAGE = (21.0, 29.7)
_MARGIN = 2.5
_ACROSS = _PAGE[0] - 2 * _MARGIN
_PICTURE = (15.0, 17.0)
_TOGETHER = 16
"""A table of up to this many rows stays on one page."""
_CHARACTER = 0.18
_PADDING = 0.5
_LEAST, _LONGEST_WORD = 7, 26
_TEXT_WIDTH, _LONGEST_WIDTH = 4.0, 12.0
"""Width in cm for a column of text, and for the longest one, when the page is too narrow."""
_WIDE = 8
"""A table of at least this many columns gets a page in landscape."""
_LINE, _HEAD = "C5CBD6", "E9ECF1"


def document(report: Report, pictures: Mapping[str, bytes]) -> bytes:
    """Return the report as the bytes of a .docx file; the same report gives the same bytes.

    `pictures` is figure id -> PNG; a figure without one is shown by its table alone.
    """
    writer = _Writer(report, pictures)
    writer.write()
    moment = report.built_at.astimezone(UTC)
    return archive.dated(word.saved(writer.document), moment, {_PROPERTIES: _COMPANY.encode()})


class _Writer:
    """Writes one document from its first page to its last."""

    def __init__(self, report: Report, pictures: Mapping[str, bytes]) -> None:
        self.report = report
        self.pictures = pictures
        self.document = docx.Document()
        self.tables = self.figures = self.cues = 0
        self.headings: list[tuple[int, str, str]] = []
        self.contents_at: Paragraph | None = None
        self.cell_style = ""

    def write(self) -> None:
        """Write the whole document."""
        word.speak_norwegian(self.document)
        self._styles()
        self._properties()
        self._page(self.document.sections[0])
        self._cover()
        parent = ""
        for i, chapter in enumerate(self.report.chapters):
            if chapter.parent and chapter.parent != parent:
                self._heading(chapter.parent, 1, new_page=True)
            self._chapter(chapter, new_page=i > 0 and chapter.parent == "")
            parent = chapter.parent
        self._explanations()
        self._sources()
        self._contents()

    # --- chapters -------------------------------------------------------------------------

    def _cover(self) -> None:
        report = self.report
        programme = self.document.add_paragraph(words.PROGRAMME_IN_FULL, "Subtitle")
        programme.paragraph_format.space_before = Pt(90)
        self.document.add_paragraph(words.title(report.year), "Title")
        self.document.add_paragraph(report_words.TITLE, "Subtitle")
        for notice in report.notices:
            self.document.add_paragraph(notice, MARK_STYLE)
        if report.for_the_public:
            self.document.add_paragraph(report.for_the_public)
        if report.period:
            self.document.add_paragraph(report.period)
        self.document.add_paragraph(report.sources[0], NOTE_STYLE)
        self.document.add_paragraph(report_words.HOW_TO)
        title = self.document.add_paragraph(report_words.CONTENTS, "TOC Heading")
        title.paragraph_format.page_break_before = True
        self.contents_at = title

    def _chapter(self, chapter: Chapter, new_page: bool) -> None:
        wide = any(len(entry.table.headers) >= _WIDE for entry in chapter.entries)
        if wide:
            self._turn(WD_ORIENT.LANDSCAPE)
        below = 1 if chapter.parent else 0
        self._heading(chapter.title, 1 + below, new_page=new_page and not wide)
        for entry in chapter.entries:
            if len(chapter.entries) > 1:
                self._heading(entry.title, 2 + below)
            self._entry(entry, across=_PAGE[1] - 2 * _MARGIN if wide else _ACROSS)
        if wide:
            self._turn(WD_ORIENT.PORTRAIT)

    def _entry(self, entry: Entry, across: float) -> None:
        self.cues += 1
        cue = self.document.styles[CUE_STYLE].style_id
        word.add_cue(self.document, self.cues, report_words.CUE, entry.cue, cue)
        figure = entry.table.figure
        drafted = self.report.findings if figure.id == "key_figures" else ()
        for sentence in (*drafted, *(finding.text for finding in figure.findings)):
            self.document.add_paragraph(word.legible(sentence))
        if figure.empty:
            self.document.add_paragraph(figure.empty)
        pictured = entry.id in self.pictures
        if pictured:
            self._picture(entry, self.pictures[entry.id])
        corrected = self.report.corrected.get(entry.id)
        said = [*notes(entry.table, pictured), *([corrected] if corrected else [])]
        if entry.table.rows:
            self._table(entry, across, noted=bool(said))
        for note in said:
            self.document.add_paragraph(note, NOTE_STYLE)

    def _picture(self, entry: Entry, picture: bytes) -> None:
        self.figures += 1
        width, height = size(picture)
        shown = min(_PICTURE[0], _PICTURE[1] * width / height)
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(2)
        inline = paragraph.add_run().add_picture(io.BytesIO(picture), width=Cm(shown))
        caption = entry.table.figure.caption(self.report.year)
        word.describe_picture(inline, self.figures, caption, entry.table.figure.alternative)
        self._caption(report_words.FIGURE, self.figures, caption)

    def _table(self, entry: Entry, across: float, noted: bool) -> None:
        self.tables += 1
        table = entry.table
        caption = table.figure.caption(self.report.year)
        self._caption(words.TABLE, self.tables, caption, above=True)
        grid = self.document.add_table(rows=len(table.rows) + 1, cols=len(table.headers))
        grid.alignment = WD_TABLE_ALIGNMENT.LEFT
        grid.autofit = False
        word.rule_lines(grid, _LINE)
        word.describe_table(grid, caption, table.figure.definition)
        together = len(table.rows) <= _TOGETHER
        widths = [Cm(width) for width in _widths(table, across)]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        word.repeat_header(grid.rows[0])
        header = [Cell(text, "text", text) for text in table.headers]
        for i, (row, cells) in enumerate(zip(grid.rows, (header, *table.rows), strict=True)):
            word.keep_whole(row)
            last = i == len(table.rows)
            keep = (noted if last else together) or i == 0 or i == len(table.rows) - 1
            strong = i == 0 or table.is_total(i - 1)
            for column, (place, cell) in enumerate(zip(row.cells, cells, strict=True)):
                place.width = widths[column]
                if i == 0:
                    word.shade(place, _HEAD)
                elif strong:
                    word.line_above(place, TEXT.lstrip("#"))
                self._text(place.paragraphs[0], cell.text, table.is_number(column), strong, keep)
        below = self.document.add_paragraph(style=NOTE_STYLE).paragraph_format
        below.space_after = Pt(0)
        below.keep_with_next = noted or None

    def _text(
        self, paragraph: Paragraph, text: str, is_number: bool, strong: bool, keep: bool
    ) -> None:
        # By id: by name, python-docx searches all styles again for each cell.
        paragraph._p.style = self.cell_style
        paragraph.add_run(word.legible(text)).bold = strong or None
        paragraph.paragraph_format.keep_with_next = keep or None
        if is_number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _explanations(self) -> None:
        report = self.report
        self._heading(words.DEFINITIONS, 1, new_page=True)
        for title, listed in (
            (words.KEY_FIGURE_DEFINITIONS, report.key_figure_definitions),
            (words.TABLE_DEFINITIONS, report.table_definitions),
        ):
            self._heading(title, 2)
            for term, meaning in listed:
                paragraph = self.document.add_paragraph()
                paragraph.add_run(f"{term}: ").bold = True
                paragraph.add_run(meaning)
        self._heading(words.ROUNDING, 2)
        for line in (*words.ROUNDING_SENTENCES, words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE):
            self.document.add_paragraph(line)
        if report.privacy:
            self._heading(words.PRIVACY, 2)
        for line in report.privacy:
            self.document.add_paragraph(line)

    def _sources(self) -> None:
        report = self.report
        self._heading(words.SOURCES, 1)
        for line in report.sources:
            self.document.add_paragraph(line)
        if report.editions:
            self._heading(words.EDITIONS, 2)
        for line in report.editions:
            self.document.add_paragraph(line)
        for name, _ in report.deliveries:
            self.document.add_paragraph(name, "List Bullet")
        if report.corrections:
            self._heading(correction_words.TITLE, 2)
            self.document.add_paragraph(correction_words.ALL_IN_WORKBOOK)

    def _contents(self) -> None:
        """The contents, in their place on the first page, written when all headings are known."""
        anchor = self.contents_at
        if anchor is None:
            return
        lines: list[Paragraph] = []
        for level, text, bookmark in reversed(self.headings):
            paragraph = self.document.add_paragraph(style=f"toc {level}")
            word.add_link(paragraph, bookmark, text)
            anchor._p.addnext(paragraph._p)
            lines.insert(0, paragraph)
        word.add_contents(lines, "1-3")
        hint = self.document.add_paragraph(report_words.UPDATE_CONTENTS, NOTE_STYLE)
        anchor._p.addnext(hint._p)

    # --- parts ----------------------------------------------------------------------------

    def _heading(self, text: str, level: int, new_page: bool = False) -> None:
        heading = self.document.add_heading(text, level)
        heading.paragraph_format.page_break_before = new_page or None
        number = len(self.headings) + 1
        bookmark = f"_Toc{number:06d}"
        word.add_bookmark(heading, number, bookmark)
        self.headings.append((level, text, bookmark))

    def _caption(self, kind: str, number: int, text: str, above: bool = False) -> None:
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = above or None
        before, after = report_words.numbered(kind, number, text).split(str(number), 1)
        paragraph.add_run(before)
        word.add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(number))
        paragraph.add_run(after)

    def _turn(self, orientation: WD_ORIENT) -> None:
        """Begin a new page in portrait or landscape."""
        section = self.document.add_section()
        self._size(section, orientation)

    def _size(self, section: Section, orientation: WD_ORIENT) -> None:
        lies = orientation == WD_ORIENT.LANDSCAPE
        section.orientation = orientation
        width, height = reversed(_PAGE) if lies else _PAGE
        section.page_width, section.page_height = Cm(width), Cm(height)
        section.left_margin = section.right_margin = Cm(_MARGIN)
        section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
        section.header_distance = section.footer_distance = Cm(1.1)

    def _page(self, section: Section) -> None:
        """Size, header with the marking, footer with the number of the page."""
        self._size(section, WD_ORIENT.PORTRAIT)
        header = section.header.paragraphs[0]
        header.style = self.document.styles["Header"]
        header.add_run(" · ".join(self.report.short_notices)).bold = True
        footer = section.footer.paragraphs[0]
        footer.style = self.document.styles["Footer"]
        footer.add_run(f"{words.title(self.report.year)}\t")
        before, between, after = report_words.page("\n", "\n").split("\n")
        footer.add_run(before)
        word.add_field(footer, "PAGE", "1")
        footer.add_run(between)
        word.add_field(footer, "NUMPAGES", "1")
        footer.add_run(after)

    def _properties(self) -> None:
        report, core = self.report, self.document.core_properties
        when = report.built_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        core.title = report.title
        core.subject = report_words.TITLE
        core.author = core.last_modified_by = words.PROGRAMME_IN_FULL
        core.comments = " · ".join(report.notices)
        core.category = report.short_notices[0]
        core.keywords = ""
        core.language = word.LANGUAGE
        core.created = core.modified = when
        core.revision = 1

    def _styles(self) -> None:
        styles = self.document.styles
        self._style(styles["Normal"], size=10.5, after=6)
        styles["Normal"].paragraph_format.line_spacing = 1.1
        self._style(styles["Title"], size=34, bold=True, colour=MAIN, after=4)
        self._style(styles["Subtitle"], size=16, colour=MUTED, after=14)
        for border in styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
        for level, size_, before in ((1, 20, 14), (2, 15, 18), (3, 12.5, 16)):
            self._style(styles[f"Heading {level}"], size=size_, bold=True, colour=MAIN,
                        before=before, after=4)  # fmt: skip
            styles[f"Heading {level}"].paragraph_format.keep_with_next = True
        self._style(styles["TOC Heading"], size=20, bold=True, colour=MAIN, after=8)
        self._style(styles["Caption"], size=9.5, bold=True, colour=TEXT, before=9, after=4)
        self._style(styles["Header"], size=9, colour=TEXT)
        self._style(styles["Footer"], size=9, colour=MUTED)
        stops = styles["Footer"].paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(Cm(_ACROSS), WD_TAB_ALIGNMENT.RIGHT)
        for level in (1, 2, 3):
            contents = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            contents.base_style = styles["Normal"]
            self._style(contents, size=10 if level < 3 else 9, bold=level == 1,
                        before=4 if level == 1 else 0, after=0)  # fmt: skip
            contents.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        for name in (NOTE_STYLE, CELL_STYLE, MARK_STYLE, CUE_STYLE):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        self._style(styles[NOTE_STYLE], size=9, colour=MUTED, after=4)
        self._style(styles[CELL_STYLE], size=9.5, before=2, after=2)
        self._style(styles[MARK_STYLE], size=12, bold=True, after=4)
        self._style(styles[CUE_STYLE], size=10.5, italic=True, colour=MUTED, before=2, after=10)
        self.cell_style = styles[CELL_STYLE].style_id
        styles[CELL_STYLE].paragraph_format.line_spacing = 1.0
        styles[CUE_STYLE].paragraph_format.keep_with_next = True
        cue = styles[CUE_STYLE].element.get_or_add_pPr()
        borders = word.element("w:pBdr")
        borders.append(
            word.element("w:left", val="single", sz="18", space="8", color=MAIN.lstrip("#"))
        )
        cue.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")

    def _style(
        self,
        style: Any,
        *,
        size: float,
        bold: bool = False,
        italic: bool = False,
        colour: str = TEXT,
        before: float = 0,
        after: float = 0,
    ) -> None:
        font = style.font
        font.name, font.size, font.bold, font.italic = _FONT, Pt(size), bold, italic
        font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in list(fonts.attrib):
            # The theme's fonts would override the named one.
            if name.endswith("Theme") or name == qn("w:cstheme"):
                del fonts.attrib[name]
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)


def _widths(table: Table, across: float) -> Sequence[float]:
    """The widths of the columns in cm: as their text needs, but within the page.

    If the page is narrower than that, every column gets the width of its longest word, and the rest
    is divided by the further need of each column's text, with more for the longest texts.
    """
    needed, least = [], []
    for i, header in enumerate(table.headers):
        texts = [row[i].text for row in table.rows]
        broken = [part for text in (header, *texts) for part in text.split()]
        # A word longer than any in our texts, such as an address, is broken by the line.
        word_length = min(max([_LEAST, *(len(part) for part in broken)]), _LONGEST_WORD)
        # A long header takes two lines or three.
        length = max([word_length, len(header) * 2 // 5, *(len(text) for text in texts)])
        needed.append(length * _CHARACTER + _PADDING)
        least.append(word_length * _CHARACTER + _PADDING)
    if sum(needed) <= across:
        return needed
    longest = needed.index(max(needed))
    most = [_LONGEST_WIDTH if i == longest else _TEXT_WIDTH for i in range(len(needed))]
    wanted = [
        max(min(width, cap) - low, 0) for width, cap, low in zip(needed, most, least, strict=True)
    ]
    left, missing = across - sum(least), sum(wanted)
    if left <= 0 or missing == 0:
        return [low * across / sum(least) for low in least]
    return [low + more * min(left / missing, 1) for low, more in zip(least, wanted, strict=True)]
