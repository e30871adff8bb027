"""All files of the report package of one year, by their path inside its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import plotly.graph_objects as go

from dashboards import words
from dashboards.publication import Publication
from dashboards.report import pictures
from dashboards.report.content import Report, file_name, report
from dashboards.report.delimited import delimited
from dashboards.report.document import document
from dashboards.report.workbook import workbook

Draw = Callable[[Mapping[str, go.Figure]], Mapping[str, bytes]]


def files(publication: Publication, year: int, draw: Draw | None = None) -> dict[str, bytes]:
    """Return the files of a year's report package: path inside the folder -> content.

    `draw` is `pictures.draw`; without it there are no pictures, neither as files nor in the Word
    document, and all else is the same. Raises KeyError when the year is not published, and what
    `draw` raises (PicturesUnavailableError) before anything else is made.

    The same publication gives the same bytes, but for the pictures, which are the browser's.
    """
    content = report(publication, year)
    drawn = _pictures(content, draw) if draw else {}
    names = {entry.id: _marked(content, entry.file_name) for entry in content.tables}
    package = {
        f"nora-{year}.xlsx": workbook(content),
        f"nora-{year}.docx": document(content, drawn),
    }
    tables = [entry for entry in content.tables if entry.table.rows]
    for entry in tables:
        package[f"csv/{names[entry.id]}.csv"] = delimited(entry.table)
    listed = [(f"{names[entry.id]}.csv", entry.title) for entry in tables]
    # A line of its own before the header would be read as data, so the notices stand beside.
    package["csv/LES-MEG.txt"] = (
        "\ufeff" + words.report_read_me(year, content.notices, listed)
    ).encode()
    for figure, picture in drawn.items():
        package[f"bilder/{names[figure]}.png"] = picture
    return package


def _marked(content: Report, name: str) -> str:
    """The name of a file that holds no page to mark: «alder-2021-intern-syntetiske-data»."""
    marks = [file_name(content.short_notices[0].split(" ")[0]), *content.short_notices[1:]]
    return "-".join([name, str(content.year), *(file_name(mark) for mark in marks)])


def _pictures(content: Report, draw: Draw) -> Mapping[str, bytes]:
    charts = {
        entry.id: pictures.prepared(
            entry.table.figure.chart,
            words.report_source(entry.title, content.year, content.short_notices),
        )
        for entry in content.tables
        if entry.table.figure.chart is not None
    }
    return draw(charts)
