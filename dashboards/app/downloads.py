"""Downloads: the rows of a figure, its picture, the year's workbook, the form.

Each has a plain address, with the same choices as the page that links to it.
"""

from __future__ import annotations

import importlib.util
import threading
from dataclasses import dataclass

from dashboards import words
from dashboards.app import app_words
from dashboards.app.address import AddressError, Choices, Link
from dashboards.app.source import Document, Published
from dashboards.figures import Figure
from dashboards.forms import month_workbook
from dashboards.report import pictures, report_words
from dashboards.report.content import Entry, Report, file_name
from dashboards.report.delimited import delimited
from dashboards.report.report_workbook import workbook

FOLDER = "/last-ned"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_drawing = threading.Lock()
"""One browser at a time: it takes most of a small machine."""


@dataclass(frozen=True)
class Downloads:
    """The addresses of downloads. `no_pictures` says why none can be drawn here, or is empty."""

    no_pictures: str

    def of_figure(self, figure: Figure, choices: Choices) -> list[Link]:
        """The rows of a figure, and its picture if it has one; nothing if it has no rows."""
        if figure.empty:
            return []
        address = f"{FOLDER}/figur/{figure.id}"
        links = [Link(app_words.CSV, f"{address}.csv?{choices.query()}")]
        if figure.chart is not None and not self.no_pictures:
            links.append(Link(app_words.PICTURE, f"{address}.png?{choices.query()}"))
        return links

    def workbook(self, choices: Choices) -> str:
        """Every table of the year as one workbook."""
        return f"{FOLDER}/nora.xlsx?{choices.query()}"

    def form(self, choices: Choices) -> str:
        """The form of a month as a workbook."""
        return f"{FOLDER}/manedsskjema.xlsx?{choices.query(with_month=True)}"


def lacking() -> str:
    """The reason why no picture can be made here, in Norwegian; empty when one can."""
    if importlib.util.find_spec("kaleido") is None:
        return report_words.NO_KALEIDO
    try:
        pictures.find_browser()
    except pictures.PicturesUnavailableError as error:
        return str(error)
    return ""


def rows(published: Published, choices: Choices, figure: str) -> Document:
    """The rows of a figure as CSV; AddressError (404) when no figure of that name has rows."""
    report = published.report(choices)
    entry = _entry(report, figure)
    if not entry.table.rows:
        raise AddressError(404, app_words.NO_ROWS)
    name = _named(report, entry.file_name, choices)
    return Document(delimited(entry.table), "text/csv; charset=utf-8", file_name=f"{name}.csv")


def picture(published: Published, choices: Choices, figure: str) -> Document:
    """The chart of a figure as PNG; AddressError: 404 when it has none, 503 without a browser."""
    report = published.report(choices)
    entry = _entry(report, figure)
    drawing = entry.table.figure
    chart = drawing.chart
    if chart is None:
        raise AddressError(404, app_words.NO_PICTURE)
    source = report_words.source(
        entry.title, choices.year, report.short_notices, withheld=drawing.withholds()
    )
    with _drawing:
        try:
            titled = pictures.prepared(chart, drawing.says(choices.year), source)
            drawn = pictures.draw({figure: titled})
        except pictures.PicturesUnavailableError as error:
            raise AddressError(503, str(error)) from error
    name = _named(report, entry.file_name, choices)
    return Document(drawn[figure], "image/png", file_name=f"{name}.png")


def year_workbook(published: Published, choices: Choices) -> Document:
    """Every table of the year as one workbook."""
    report = published.report(choices)
    name = _named(report, file_name(words.PROGRAMME), choices)
    return Document(workbook(report), EXCEL, file_name=f"{name}.xlsx")


def form_workbook(published: Published, choices: Choices) -> Document:
    """The form of a month as a workbook; AddressError (400) when no month is named."""
    if choices.month is None:
        raise AddressError(400, app_words.BAD_MONTH)
    seen = choices.seen(published.publication)
    content = month_workbook(seen, choices.year, choices.month)
    name = f"nora-manedsskjema-{choices.year}-{choices.month:02}"
    return Document(content, EXCEL, file_name=f"{name}{_gender(choices)}.xlsx")


def _entry(report: Report, figure: str) -> Entry:
    for entry in report.tables:
        if entry.id == figure:
            return entry
    raise AddressError(404, app_words.NO_FIGURE)


def _named(report: Report, name: str, choices: Choices) -> str:
    """The name of a file without room for a marking, with the reader's choices."""
    beside = f"-mot-{choices.compared_with}" if choices.compared_with else ""
    chosen = f"{choices.year}{beside}{_gender(choices)}"
    return "-".join((name, chosen, *report.file_marks))


def _gender(choices: Choices) -> str:
    return "" if choices.by_gender else "-uten-kjonn"
