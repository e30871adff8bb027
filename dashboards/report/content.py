"""The content of a year's report, in the order of chapter 2 of the annual report.

The look of the package's files is not defined here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards import definitions, origin, outline, words
from dashboards.corrections import Correction, of_package, of_year, on_page
from dashboards.figures import lead_findings, sections, series_words
from dashboards.figures.printed_comparison import MART as COMPARISON
from dashboards.figures.printed_comparison import printed_comparison
from dashboards.publication import Publication
from dashboards.report import report_words
from dashboards.report.tables import Table, excerpt, key_figure_cells, table

_CHAPTERS = outline.under("chapter", report_words.CHAPTERS, lambda figure: [figure.chapter])
"""Chapter -> its figures."""

_PARENTS = {
    "henvisninger-og-deltakere": "om-deltakere",
    "resultater": "om-deltakere",
}


@dataclass(frozen=True)
class Entry:
    """One table of the report, the cue for the author's text about it, and its file name.

    `is_excerpt` marks rows of the key figures that a chapter repeats: they are not a table of
    their own in the workbook or among the CSV files.
    """

    table: Table
    cue: str
    file_name: str
    is_excerpt: bool = False

    @property
    def id(self) -> str:
        """The id of its figure."""
        return self.table.figure.id

    @property
    def title(self) -> str:
        """The title of its figure."""
        return self.table.figure.title


@dataclass(frozen=True)
class Chapter:
    """Tables under one heading. A chapter with a `parent` is one level below that heading."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    parent: str = ""


@dataclass(frozen=True)
class Report:
    """The content of the files of one year's package.

    `notices` are the marking and, if persons are made up, a notice of that: they are on every
    sheet, page and picture; `short_notices` are the same for places with one line, and `file_marks`
    for the names of files without room for a line. `for_the_public`, at the front of a package that
    may not be published, names the one that may. `privacy` explains what is withheld, and
    `editions` when each year was published, if the audience gets that (dashboards.origin).
    `findings` are the sentences about the year as a whole. `corrected` says, by the id of a table,
    which of its numbers were sent as others, and `corrections` are the rows of all of the year.
    """

    year: int
    title: str
    notices: tuple[str, ...]
    for_the_public: str
    short_notices: tuple[str, ...]
    file_marks: tuple[str, ...]
    privacy: tuple[str, ...]
    editions: tuple[str, ...]
    period: str
    findings: tuple[str, ...]
    corrected: Mapping[str, str]
    corrections: tuple[tuple[str, ...], ...]
    built_at: datetime
    chapters: tuple[Chapter, ...]
    key_figure_definitions: tuple[tuple[str, str], ...]
    table_definitions: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    deliveries: tuple[tuple[str, str], ...]

    @property
    def entries(self) -> Iterator[Entry]:
        """Every table in order, including the excerpts of the key figures."""
        return (entry for chapter in self.chapters for entry in chapter.entries)

    @property
    def tables(self) -> Iterator[Entry]:
        """Every table except the excerpts."""
        return (entry for entry in self.entries if not entry.is_excerpt)


def report(publication: Publication, year: int) -> Report:
    """Return the report of a year; KeyError when the year is not published."""
    if year not in publication.years:
        raise KeyError(year)
    publication = publication.behind(year)
    compared = origin.shown_years(publication, year)
    marking = str(publication.manifest["marking"])
    audience = publication.manifest.get("audience", "internal")
    made_up = report_words.synthetic(publication.synthetic_years, compared)
    synthetic = (words.SYNTHETIC,) if made_up else ()
    chapters = _chapters(publication, year)
    figures = {
        entry.id: entry.table.figure
        for chapter in chapters
        for entry in chapter.entries
        if not entry.is_excerpt
    }
    found = of_year(publication, year)
    return Report(
        year=year,
        title=report_words.title(year),
        notices=tuple(filter(None, (marking, made_up))),
        for_the_public="" if publication.protected else report_words.FOR_THE_PUBLIC,
        short_notices=(marking, *synthetic),
        file_marks=tuple(map(file_name, (report_words.FILE_MARKS[audience], *synthetic))),
        privacy=origin.privacy(publication),
        editions=origin.editions(publication),
        period=origin.period(publication, year),
        findings=tuple(
            finding.text
            for finding in lead_findings(publication, year, outline.YEAR_FINDINGS, figures)
        ),
        corrected=_corrected(of_package(found), chapters),
        corrections=tuple(one.row for one in found),
        built_at=publication.built_at(year),
        chapters=chapters,
        key_figure_definitions=definitions.key_figures(publication, publication.part_until(year)),
        table_definitions=_definitions(chapters),
        sources=(*origin.made(publication, year), *origin.rejected(publication, year)),
        deliveries=tuple(
            (delivery["name"], delivery["sha256"]) for delivery in publication.deliveries(year)
        ),
    )


def file_name(title: str) -> str:
    """A title as a file name, without spaces and letters that some systems lack."""
    plain = title.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    bare = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in bare).split())


def _chapters(publication: Publication, year: int) -> tuple[Chapter, ...]:
    groups = sections(publication, year)
    found = {figure.id: table(figure) for group in groups for figure in group.figures}
    if publication.holds(COMPARISON):
        found[COMPARISON] = table(printed_comparison(publication, year))
    whole = key_figure_cells(publication, year)
    found[whole.figure.id] = whole
    chapters = []
    for chapter, names in _CHAPTERS.items():
        entries = []
        for name in names:
            _, declared = outline.FIGURES[name]
            cue = report_words.cue(words.on_the_day(declared.cue_nb, publication.part_until(year)))
            if declared.rows:
                of = excerpt(whole, name, declared.title_nb, declared.rows)
                entries.append(Entry(of, cue, file_name(of.figure.title), is_excerpt=True))
            elif name in found:
                of = found[name]
                entries.append(Entry(of, cue, file_name(of.figure.title)))
        if chapter == words.LONG_VIEW:
            cue = report_words.cue(series_words.CUE)
            entries = [
                Entry(found[figure.id], cue, file_name(figure.title))
                for group in groups
                if group.id == chapter
                for figure in group.figures
            ]
        if entries:
            parent = report_words.CHAPTERS.get(_PARENTS.get(chapter, ""), "")
            title = report_words.CHAPTERS[chapter]
            chapters.append(Chapter(chapter, title, tuple(entries), parent))
    return tuple(chapters)


def _corrected(found: Sequence[Correction], chapters: tuple[Chapter, ...]) -> dict[str, str]:
    """What is said under each table that has numbers which were sent as others."""
    return {
        entry.id: one.told
        for chapter in chapters
        for entry in chapter.entries
        for one in on_page(found, entry.table.key_figures, {entry.id: entry.title})
    }


def _definitions(chapters: tuple[Chapter, ...]) -> tuple[tuple[str, str], ...]:
    """The definition of each table, once, in the order of the report."""
    said = {
        entry.title: entry.table.figure.definition
        for chapter in chapters
        for entry in chapter.entries
        if not entry.is_excerpt and entry.table.figure.definition
    }
    return tuple(said.items())
