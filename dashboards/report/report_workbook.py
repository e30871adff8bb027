"""The report as one Excel workbook: cover, contents, one sheet for each table, and explanations.

Numbers are numbers with formats; a withheld number is the text «:». Text is never a formula or a
link, whatever it begins with. Nothing depends on the time of writing.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import xlsxwriter

from dashboards import correction_words, words
from dashboards.figures.key_figures import HEADLINE
from dashboards.figures.palette import MAIN, MUTED, TEXT
from dashboards.report import archive, report_words
from dashboards.report.content import Entry, Report
from dashboards.report.native_charts import Place, native_charts
from dashboards.report.native_series import native_series
from dashboards.report.tables import TEXT as TEXT_UNIT
from dashboards.report.tables import Cell, Table, notes

FORMATS = {
    "text": "@",
    "count": "#,##0",
    "decimal": "#,##0.0",
    "percent": "0 %",
    "nok": '#,##0 "kr"',
    "days": '#,##0.0 "dager"',
    "years": '0 "år"',
    "points": "0",
}
"""How Excel shows each unit. Files hold the comma for thousands; Norwegian Excel shows a space."""

_SIGNED = {
    "count": f'+#,##0;−#,##0;"{words.UNCHANGED}"',
    "days": f'+#,##0.0 "dager";−#,##0.0 "dager";"{words.UNCHANGED}"',
    "years": f'+0 "år";−0 "år";"{words.UNCHANGED}"',
    "points": f'+0 "prosentpoeng";−0 "prosentpoeng";"{words.UNCHANGED}"',
}
_A4 = 9
_PROPERTIES = "docProps/app.xml"
_SHEET_NAME = 31
_LINE = 13.5
_COLUMN = 9.14
_ACROSS = 100
"""The least number of characters in a line of the text above a table."""
_HEADER_ROW = 5
_FILTERED = 30
"""A table with more rows than this has buttons to filter by."""
_ONE_PAGE = 45
"""A table of up to this many rows is printed on one page, with its charts."""
_FONT = "Arial"
_TABLE_STYLE = "Table Style Light 1"
_NARROW, _BROAD, _LESS, _HEADER = 11, 44, 32, 14
_HEAD = "#E9ECF1"


def workbook(report: Report) -> bytes:
    """Return the report as the bytes of an .xlsx file; the same report gives the same bytes."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": report.title,
            "subject": report_words.TITLE,
            "author": words.PROGRAMME_IN_FULL,
            "company": words.PROGRAMME_IN_FULL,
            "category": report.short_notices[0],
            "comments": " · ".join(report.notices),
            "created": report.built_at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        }
    )
    book.set_size(1600, 1000)
    _Writer(book, report).write()
    book.close()
    properties = archive.part(out.getvalue(), _PROPERTIES).decode()
    for english, norwegian in report_words.PARTS.items():
        properties = properties.replace(f">{english}<", f">{norwegian}<")
    return archive.dated(out.getvalue(), report.built_at, {_PROPERTIES: properties.encode()})


@dataclass(frozen=True)
class _Sheets:
    """The names of the sheets, which the contents link to."""

    of_tables: dict[str, str]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> _Sheets:
        taken = {
            report_words.COVER, report_words.CONTENTS, words.DEFINITIONS, words.SOURCES,
            correction_words.TITLE,
        }  # fmt: skip
        names: dict[str, str] = {}
        for entry in entries:
            names[entry.id] = _sheet_name(entry.title, taken)
            taken.add(names[entry.id])
        return cls(names)


class _Writer:
    """Writes the sheets of one workbook, in reading order."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self.book = book
        self.report = report
        self.entries = list(report.tables)
        self.sheets = _Sheets.of([entry for entry in self.entries if entry.table.rows])
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self) -> None:
        """Write every sheet."""
        self._cover(self._sheet(report_words.COVER, landscape=False))
        contents = self._sheet(report_words.CONTENTS, landscape=False)
        contents.fit_to_pages(1, 1)
        self._contents(contents)
        for entry in self.entries:
            if entry.table.rows:
                self._table(self._sheet(self.sheets.of_tables[entry.id]), entry)
        self._definitions(self._sheet(words.DEFINITIONS, landscape=False))
        self._sources(self._sheet(words.SOURCES, landscape=False))
        if self.report.corrections:
            self._corrections(self._sheet(correction_words.TITLE))

    # --- sheets ---------------------------------------------------------------------------

    def _cover(self, sheet: Any) -> None:
        report = self.report
        sheet.set_column(0, 0, 3)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 4, 17)
        band = self._format(bg_color=MAIN, font_color="#FFFFFF")
        for row in range(4):
            sheet.set_row(row, 30)
            for column in range(6):
                sheet.write_blank(row, column, None, band)
        sheet.set_column(5, 5, 3)
        white = {"bg_color": MAIN, "font_color": "#FFFFFF", "valign": "vcenter"}
        sheet.merge_range(
            1, 1, 1, 4, words.title(report.year), self._format(**white, bold=True, font_size=26)
        )
        sheet.merge_range(2, 1, 2, 4, report_words.TITLE, self._format(**white, font_size=16))
        row = 5
        marked = self._format(bold=True, font_size=11, text_wrap=True, valign="top")
        lines = [words.PROGRAMME_IN_FULL, *report.notices]
        for line in filter(None, [*lines, report.for_the_public, report.period]):
            row = self._paragraph(sheet, row, (1, 4), line, marked, 88)
        row = self._paragraph(sheet, row, (1, 4), report_words.EXCEL_HOW_TO, self._wrapped(), 96)
        row += 1
        if report.findings:
            sheet.write_string(row, 1, words.FINDINGS, self._format(bold=True, font_size=12))
            row += 1
        for line in report.findings:
            row = self._paragraph(sheet, row, (1, 4), line, self._wrapped(font_size=11), 84)
        row += 1
        row = self._headline(sheet, row)
        row += 1
        for line in report.sources:
            row = self._paragraph(sheet, row, (1, 4), line, self._wrapped(font_color=MUTED), 96)
        row += 1
        self._link(sheet, row, 1, report_words.CONTENTS, report_words.TO_CONTENTS)

    def _headline(self, sheet: Any, row: int) -> int:
        """The figures that represent the year, and those of the year before."""
        whole = self.report.chapters[0].entries[0].table
        wanted = set(whole.labels_of(HEADLINE))
        head = {"bold": True, "bottom": 2, "bottom_color": TEXT, "font_size": 11}
        sheet.write_string(row, 1, report_words.KEY_FIGURE, self._format(**head))
        for column, header in enumerate(whole.headers[1:], 2):
            sheet.write_string(row, column, header, self._format(**head, align="right"))
        shown = [cells for cells in whole.rows if cells[0].text in wanted]
        for place, cells in enumerate(shown, row + 1):
            sheet.set_row(place, 24)
            line = {"bottom": 1, "bottom_color": "#D5DAE3", "valign": "vcenter"}
            sheet.write_string(place, 1, cells[0].text, self._format(**line, font_size=11))
            for column, cell in enumerate(cells[1:], 2):
                strong = {"bold": True, "font_size": 16} if column == 2 else {"font_size": 11}
                self._cell(sheet, place, column, cell, **line, **strong)
        return row + 1 + len(shown)

    def _contents(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, 1, 72)
        row = self._heading(sheet, report_words.CONTENTS, 1, 90)
        bold = self._format(bold=True, font_size=11, bottom=1, bottom_color=TEXT)
        for chapter in self.report.chapters:
            listed = [entry for entry in chapter.entries if not entry.is_excerpt]
            sheet.write_string(row, 0, chapter.title, bold)
            sheet.write_blank(row, 1, None, bold)
            row += 1
            for entry in listed:
                name = self.sheets.of_tables.get(entry.id)
                if name:
                    self._link(sheet, row, 0, name, entry.title)
                    row = self._shows(sheet, row, entry)
                else:
                    sheet.write_string(row, 0, entry.title, self._wrapped(font_color=MUTED))
                    sheet.write_string(row, 1, entry.table.figure.empty, self._wrapped())
                    row += 1
            row += 1
        sheet.write_string(row, 0, words.ABOUT, bold)
        sheet.write_blank(row, 1, None, bold)
        corrections = [correction_words.TITLE] if self.report.corrections else []
        for name in (words.DEFINITIONS, words.SOURCES, *corrections):
            row += 1
            self._link(sheet, row, 0, name, name)

    def _shows(self, sheet: Any, row: int, entry: Entry) -> int:
        """What a sheet counts, next to its link."""
        first, *_ = entry.table.figure.definition.split(". ")
        text = f"{first.rstrip('.')}." if first else ""
        sheet.set_row(row, _LINE * _lines(text, 72) + 2)
        sheet.write_string(row, 1, text, self._wrapped(font_color=MUTED))
        return row + 1

    def _table(self, sheet: Any, entry: Entry) -> None:
        table = entry.table
        widths = [_width(table, column) for column in range(len(table.headers))]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        last = len(table.headers) - 1
        # Text above a narrow table continues over the columns to the right of the table.
        beyond = max(0, int((_ACROSS - sum(widths)) // _COLUMN))
        across = sum(widths) + beyond * _COLUMN
        title = table.figure.caption(self.report.year)
        self._heading(sheet, title, last + beyond, across, table.figure.definition)
        self._link(sheet, _HEADER_ROW - 2, 0, report_words.CONTENTS, report_words.TO_CONTENTS)
        place = Place(sheet.get_name(), _HEADER_ROW + 1)
        if said := " ".join(finding.text for finding in table.figure.findings):
            strong = self._wrapped(bold=True)
            self._paragraph(sheet, _HEADER_ROW - 1, (0, last + beyond), said, strong, across)
        self._rows(sheet, table, entry.file_name)
        row = _HEADER_ROW + len(table.rows) + 2
        corrected = self.report.corrected.get(entry.id)
        for note in (*notes(table, pictured=False), *([corrected] if corrected else [])):
            row = self._paragraph(sheet, row, (0, last), note, self._wrapped(), sum(widths))
        below = 0
        if table.figure.every_year:
            charts = native_series(self.book, table, place, title)
        else:
            charts = native_charts(self.book, table, place, title, self.report.year)
        for chart, height in charts:
            sheet.insert_chart(
                _HEADER_ROW, last + 1, chart,
                {"description": table.figure.alternative, "object_position": 3,
                 "x_offset": 28, "y_offset": below},
            )  # fmt: skip
            below += height + 16
        sheet.repeat_rows(_HEADER_ROW)
        if len(table.rows) <= _ONE_PAGE:
            sheet.fit_to_pages(1, 1)

    def _rows(self, sheet: Any, table: Table, file_name: str) -> None:
        """The rows as a real Excel table."""
        first, last = _HEADER_ROW + 1, _HEADER_ROW + len(table.rows)
        header = self._format(bold=True, text_wrap=True, valign="top", bottom=1, bg_color=_HEAD)
        right = self._format(
            bold=True, text_wrap=True, valign="top", bottom=1, bg_color=_HEAD, align="right"
        )
        columns = [
            {"header": name, "header_format": right if table.is_number(i) else header}
            for i, name in enumerate(table.headers)
        ]
        sheet.add_table(
            _HEADER_ROW, 0, last, len(table.headers) - 1,
            {"name": f"Tabell_{file_name.replace('-', '_')}", "columns": columns,
             "style": _TABLE_STYLE, "description": table.figure.title,
             "autofilter": len(table.rows) > _FILTERED},
        )  # fmt: skip
        lines = max(_lines(name, _width(table, i) - 2) for i, name in enumerate(table.headers))
        sheet.set_row(_HEADER_ROW, _LINE * lines + 4)
        after_number = [i > 0 and table.is_number(i - 1) for i in range(len(table.headers))]
        widths = [_width(table, i) for i in range(len(table.headers))]
        for row, cells in enumerate(table.rows, first):
            total = {"bold": True, "top": 1} if table.is_total(row - first) else {}
            lines = max(_lines(cell.text, width) for cell, width in zip(cells, widths, strict=True))
            if lines > 1:
                sheet.set_row(row, _LINE * lines + 4)
            for column, cell in enumerate(cells):
                apart = {"indent": 1} if after_number[column] and cell.unit == TEXT_UNIT else {}
                place = {"valign": "top" if lines > 1 else "vcenter"}
                self._cell(sheet, row, column, cell, **total, **apart, **place)

    def _definitions(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 76)
        row = self._heading(sheet, words.DEFINITIONS, 1, 104)
        report = self.report
        for title, listed in (
            (words.KEY_FIGURE_DEFINITIONS, report.key_figure_definitions),
            (words.TABLE_DEFINITIONS, report.table_definitions),
        ):
            row = self._pairs(sheet, row, title, listed)
        bold = self._format(bold=True, font_size=11)
        sheet.write_string(row, 0, words.ROUNDING, bold)
        row += 1
        for line in (*words.ROUNDING_SENTENCES, words.HIDDEN_SENTENCE, words.NOTHING_SENTENCE):
            row = self._paragraph(sheet, row, (0, 1), line, self._wrapped(), 104)
        if report.privacy:
            sheet.write_string(row + 1, 0, words.PRIVACY, bold)
            row += 2
        for line in report.privacy:
            row = self._paragraph(sheet, row, (0, 1), line, self._wrapped(), 104)

    def _sources(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 76)
        row = self._heading(sheet, words.SOURCES, 1, 104)
        for line in self.report.sources:
            row = self._paragraph(sheet, row, (0, 1), line, self._wrapped(), 104)
        if self.report.editions:
            bold = self._format(bold=True, font_size=11)
            sheet.write_string(row + 1, 0, words.EDITIONS, bold)
            row += 2
        for line in self.report.editions:
            row = self._paragraph(sheet, row, (0, 1), line, self._wrapped(), 104)
        if self.report.deliveries:
            listed = self.report.deliveries
            self._pairs(sheet, row + 1, words.DELIVERY, listed, words.CHECKSUM)

    def _corrections(self, sheet: Any) -> None:
        """What was sent and is now another number, as it was written."""
        widths = (44, 11, 11, 16, 18, 70, 18)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        row = self._heading(
            sheet, correction_words.TITLE, len(widths) - 1, sum(widths), correction_words.LEAD
        )
        header = self._format(bold=True, text_wrap=True, valign="top", bottom=1, bg_color=_HEAD)
        listed = self.report.corrections
        sheet.add_table(
            row, 0, row + len(listed), len(widths) - 1,
            {"name": "Tabell_rettelser", "style": _TABLE_STYLE,
             "description": correction_words.SENT_NUMBERS, "autofilter": len(listed) > _FILTERED,
             "columns": [
                 {"header": name, "header_format": header} for name in correction_words.HEADERS
             ]},
        )  # fmt: skip
        for place, texts in enumerate(listed, row + 1):
            lines = max(_lines(text, width) for text, width in zip(texts, widths, strict=True))
            sheet.set_row(place, _LINE * lines + 4)
            for column, text in enumerate(texts):
                sheet.write_string(place, column, text, self._wrapped())
        sheet.repeat_rows(row)

    # --- parts of sheets ------------------------------------------------------------------

    def _sheet(self, name: str, landscape: bool = True) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_default_row(17)
        sheet.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
        left, right = (_plain(text) for text in (words.title(self.report.year), self._marking()))
        sheet.set_header(f"&L{left}&R{right}")
        sheet.set_footer(f"&L{_plain(words.PROGRAMME_IN_FULL)}&R{report_words.page('&P', '&N')}")
        return sheet

    def _marking(self) -> str:
        return " · ".join(self.report.short_notices)

    def _heading(
        self, sheet: Any, title: str, last: int, characters: float, definition: str = ""
    ) -> int:
        """Write title, notices and definition at the top of a sheet; return the next row."""
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, title, self._format(bold=True, font_size=18, font_color=MAIN))
        marked = self._format(bold=True, text_wrap=True, valign="top")
        row = self._paragraph(
            sheet, 1, (0, last), " · ".join(self.report.notices), marked, characters
        )
        if definition:
            row = self._paragraph(sheet, row, (0, last), definition, self._wrapped(), characters)
        return row + 1

    def _paragraph(
        self, sheet: Any, row: int, span: tuple[int, int], text: str, style: Any, characters: float
    ) -> int:
        """Write a paragraph across columns, in a row of sufficient height; return the next row."""
        first, last = span
        sheet.set_row(row, _LINE * _lines(text, characters) + 3)
        if last > first:
            sheet.merge_range(row, first, row, last, "", style)
        sheet.write_string(row, first, text, style)
        return row + 1

    def _pairs(
        self, sheet: Any, row: int, title: str, pairs: Sequence[tuple[str, str]], header: str = ""
    ) -> int:
        """Write a list of terms with their meaning and an empty row; return the next row."""
        bold = self._format(bold=True, font_size=11, bottom=1, bottom_color=TEXT)
        sheet.write_string(row, 0, title, bold)
        sheet.write_string(row, 1, header, bold)
        for place, (term, meaning) in enumerate(pairs, row + 1):
            lines = max(_lines(meaning, 76), _lines(term, 30))
            sheet.set_row(place, _LINE * lines + 4)
            sheet.write_string(place, 0, term, self._wrapped(bold=True))
            sheet.write_string(place, 1, meaning, self._wrapped())
        return row + len(pairs) + 2

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell, **style: Any) -> None:
        number = cell.number
        if not cell.text:
            sheet.write_blank(row, column, None, self._format(**style))
            return
        if number is None:
            align = {} if cell.unit == TEXT_UNIT else {"align": "right"}
            wrap = {"text_wrap": True} if cell.unit == TEXT_UNIT else {}
            sheet.write_string(row, column, cell.text, self._format(**(wrap | style | align)))
            return
        shown = _SIGNED[cell.unit] if cell.signed else FORMATS[cell.unit]
        if cell.unit in ("decimal", "days") and "," not in cell.text:
            shown = shown.replace("0.0", "0")
        if cell.unit == "percent" and "," in cell.text:
            shown = shown.replace("0 ", "0.0 ")
        stored = number / 100 if cell.unit == "percent" else number
        sheet.write_number(row, column, stored, self._format(**style, num_format=shown))

    def _link(self, sheet: Any, row: int, column: int, to: str, text: str) -> None:
        quoted = to.replace("'", "''")
        style = self._format(font_color=MAIN, underline=1, valign="top")
        sheet.write_url(row, column, f"internal:'{quoted}'!A1", style, text)

    def _wrapped(self, **style: Any) -> Any:
        return self._format(text_wrap=True, valign="top", **style)

    def _format(self, **style: Any) -> Any:
        """A format, made once for each style."""
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            base = {"font_name": _FONT, "font_size": 10, "font_color": TEXT}
            self._formats[key] = self.book.add_format(base | style)
        return self._formats[key]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A title as the name of a sheet: not too long, without characters Excel forbids, not taken."""
    bare = " ".join("".join(" " if c in "[]:*?/\\" else c for c in title).split()).strip("'")
    name = bare if len(bare) <= _SHEET_NAME else bare[: _SHEET_NAME + 1].rsplit(" ", 1)[0]
    name = name[:_SHEET_NAME]
    others = {other.casefold() for other in taken}
    number = 2
    while name.casefold() in others:
        name = f"{bare[: _SHEET_NAME - 4].rstrip()} ({number})"
        number += 1
    return name


def _lines(text: str, characters: float) -> int:
    """How many lines of a given number of characters a text takes, broken between words."""
    return len(textwrap.wrap(text, max(int(characters * 1.15), 4))) or 1


def _width(table: Table, column: int) -> float:
    """The width of a column in characters; the header has room for its filter button."""
    cells = [len(row[column].text) for row in table.rows]
    name = table.headers[column]
    header = max(*(len(word) for word in name.split()), min(len(name), _HEADER) - 1, 1) + 3
    least = max(_NARROW, header)
    return min(max([least, *(n + 2 for n in cells)]), _BROAD if len(table.headers) < 8 else _LESS)


def _plain(text: str) -> str:
    """Text in the header of a page, where & begins a code."""
    return text.replace("&", "&&")
