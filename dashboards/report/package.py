"""All files of the report package of one year, by their path inside its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import pages
from dashboards.publication import Publication
from dashboards.report import paper, pictures, report_words
from dashboards.report.content import Report, report
from dashboards.report.delimited import delimited
from dashboards.report.document import document
from dashboards.report.pictures import Picture, PicturesUnavailableError
from dashboards.report.report_workbook import workbook

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Press:
    """The functions that need a browser; both may raise PicturesUnavailableError."""

    draw: Callable[[Mapping[str, go.Figure]], Mapping[str, Picture]]
    printed: Callable[[str], bytes]


CHROMIUM = Press(pictures.draw_all, paper.printed)


@dataclass(frozen=True)
class Package:
    """`files` is path inside the folder -> content.

    `missing` names, in Norwegian, the files that could not be made without a browser, and a remedy.
    """

    files: Mapping[str, bytes]
    missing: tuple[str, ...]


def package(publication: Publication, year: int, press: Press = CHROMIUM) -> Package:
    """Return the report package of a year; KeyError when the year is not published.

    If `press` cannot make pictures, or the PDF, the rest is the same: the Word document has only
    tables, and a text in bilder/ says what is missing.

    The same publication gives the same bytes, except for the pictures and the PDF, which the
    browser makes, the document that contains the pictures, and the manifest that lists them all.
    """
    content = report(publication, year)
    drawn, paper_files, missing = _pressed(publication, content, press)
    names = {entry.id: _marked(content, entry.file_name) for entry in content.tables}
    files = {
        f"nora-{year}.xlsx": workbook(content),
        f"nora-{year}.docx": document(content, {name: one.png for name, one in drawn.items()}),
        **paper_files,
    }
    tables = [entry for entry in content.tables if entry.table.rows]
    for entry in tables:
        files[f"csv/{names[entry.id]}.csv"] = delimited(entry.table)
    listed = [(f"{names[entry.id]}.csv", entry.title) for entry in tables]
    # A line of its own before the header would be read as data, so the notices are in a file.
    files["csv/LES-MEG.txt"] = (
        "\ufeff"
        + report_words.read_me(
            year,
            (*content.notices, *filter(None, [content.for_the_public])),
            content.privacy,
            listed,
        )
    ).encode()
    for figure, picture in drawn.items():
        files[f"bilder/{names[figure]}.png"] = picture.png
        files[f"bilder/{names[figure]}.svg"] = picture.svg
    if missing:
        files["bilder/LES-MEG.txt"] = "".join(f"{line}\n" for line in missing).encode()
    files[MANIFEST] = _manifest(publication, content, files, missing)
    return Package(files, missing)


def _pressed(
    publication: Publication, content: Report, press: Press
) -> tuple[Mapping[str, Picture], dict[str, bytes], tuple[str, ...]]:
    """The pictures, the PDF by its name, and the reasons for what could not be made."""
    drawn: Mapping[str, Picture] = {}
    printed: dict[str, bytes] = {}
    missing: list[str] = []
    try:
        drawn = press.draw(_charts(content))
    except PicturesUnavailableError as error:
        missing.append(str(error))
    try:
        page = pages.render_year(publication, content.year, notice=content.for_the_public)
        printed[f"nora-{content.year}.pdf"] = press.printed(page)
    except PicturesUnavailableError as error:
        missing.append(str(error))
    # A missing browser is reported only once.
    return drawn, printed, tuple(dict.fromkeys(missing))


def _manifest(
    publication: Publication, content: Report, files: Mapping[str, bytes], missing: Sequence[str]
) -> bytes:
    """The source of the package, its disclosure rule, and the SHA-256 of every other file."""
    whole, year = publication.manifest, content.year
    of_year: Mapping[str, Any] = whole.get("by_year", {}).get(str(year), {})
    told = {
        "audience": whole.get("audience"),
        "marking": whole["marking"],
        "for_the_public": content.for_the_public,
        "year": year,
        "synthetic": year in publication.synthetic_years,
        # The publication for everyone has no run.
        **({"run_id": of_year.get("run_id", whole["run_id"])} if "run_id" in whole else {}),
        "built_at": publication.built_at(year).isoformat(),
        "disclosure": whole.get("disclosure"),
        "deliveries": [dict(delivery) for delivery in publication.deliveries(year)],
        "files": [
            {"name": name, "sha256": hashlib.sha256(files[name]).hexdigest()}
            for name in sorted(files)
        ],
        "missing": list(missing),
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _marked(content: Report, name: str) -> str:
    """The name of a file without room for a marking: «alder-2021-intern-syntetiske-data»."""
    return "-".join([name, str(content.year), *content.file_marks])


def _charts(content: Report) -> dict[str, go.Figure]:
    """Every chart by its figure's id, with its title and source line."""
    return {
        entry.id: pictures.prepared(
            entry.table.figure.chart,
            entry.table.figure.says(content.year),
            report_words.source(
                entry.title,
                content.year,
                content.short_notices,
                withheld=entry.table.figure.withholds(),
            ),
        )
        for entry in content.tables
        if entry.table.figure.chart is not None
    }
