"""What the report of a year holds, and in which order: that of chapter 2 of the annual report.

A figure that no chapter names goes to the chapter of its section, so that a new figure is never
lost. How a file of the package looks is not said here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dashboards import definitions, origin, words
from dashboards.figures import Section, sections
from dashboards.figures.printed_comparison import MART as COMPARISON
from dashboards.figures.printed_comparison import printed_comparison
from dashboards.publication import Publication
from dashboards.report import report_words
from dashboards.report.tables import Table, excerpt, key_figure_cells, table

_OUTLINE: dict[str, tuple[str, ...]] = {
    "henvisninger-og-deltakere": (
        "referral_sources", "referral_offices", "referral_benefits", "benefit_target",
        "referral_target_groups", "participants_at_a_glance", "dropout_reasons",
        "country_of_origin", "gender_split", "age_bands", "participant_background",
        "planned_exits_at_a_glance", "work_exits", "work_exit_activities", "aap_benefits",
        "form_rows",
    ),
    "resultater": (
        "exit_outcomes", "other_exit_details", "target_attainment", "time_in_programme",
        "still_in_programme", "job_retention",
    ),
    "maneder": ("caseload", "flows", "quarterly_flow"),
    "aktiviteter": ("activities", "group_sessions", "transition_cases", "partner_projects"),
    "ressurser": ("staffing", "counsellor_caseload", "savings", "survey_response"),
    "sammenligning": (COMPARISON,),
}  # fmt: skip
_CHAPTER_OF_SECTION = {
    "henvisninger": "henvisninger-og-deltakere",
    "deltakerne": "henvisninger-og-deltakere",
    "resultater": "resultater",
    "maneder": "maneder",
    "aktiviteter": "aktiviteter",
    "ressurser": "ressurser",
}
_PARENTS = {
    "henvisninger-og-deltakere": "om-deltakere",
    "resultater": "om-deltakere",
}
_EXCERPTS = {
    "participants_at_a_glance": (
        "participants", "participants_without_dropouts", "active_at_year_end", "dropouts",
        "no_shows",
    ),
    "planned_exits_at_a_glance": (
        "planned_exits", "planned_share_of_exits", "work_exits", "work_exit_share",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One table of the report, what the author is asked to write about it, and its file name.

    `is_excerpt` marks rows of the key figures that the text tells about again: they are no table
    of their own in the workbook and among the CSV files.
    """

    table: Table
    cue: str
    file_name: str
    is_excerpt: bool = False

    @property
    def id(self) -> str:
        """The figure's."""
        return self.table.figure.id

    @property
    def title(self) -> str:
        """The figure's."""
        return self.table.figure.title


@dataclass(frozen=True)
class Chapter:
    """Tables under one heading. A chapter with a `parent` stands one level below that heading."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    parent: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that the files of one year's package say.

    `notices` are the marking and, for made-up persons, that they are: they stand on every sheet,
    page and picture; `short_notices` are the same where there is one line for them, and
    `file_marks` in the names of files that have no line for anything. `for_the_public` says at the
    front which package may be published, where this one may not. `privacy` says what is withheld,
    `editions` when each year was published, where that is told (dashboards.origin).
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
    built_at: datetime
    chapters: tuple[Chapter, ...]
    key_figure_definitions: tuple[tuple[str, str], ...]
    table_definitions: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    deliveries: tuple[tuple[str, str], ...]

    @property
    def entries(self) -> Iterator[Entry]:
        """Every table in order, the excerpts of the key figures too."""
        return (entry for chapter in self.chapters for entry in chapter.entries)

    @property
    def tables(self) -> Iterator[Entry]:
        """Every table that is one of its own."""
        return (entry for entry in self.entries if not entry.is_excerpt)


def report(publication: Publication, year: int) -> Report:
    """Return the report of a year; KeyError when the year is not published."""
    if year not in publication.years:
        raise KeyError(year)
    compared = origin.shown_years(publication, year)
    marking = str(publication.manifest["marking"])
    audience = publication.manifest.get("audience", "internal")
    made_up = report_words.synthetic(publication.synthetic_years, compared)
    synthetic = (words.SYNTHETIC,) if made_up else ()
    chapters = _chapters(publication, year)
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
        built_at=publication.built_at(year),
        chapters=chapters,
        key_figure_definitions=definitions.key_figures(publication),
        table_definitions=_definitions(chapters),
        sources=(*origin.made(publication, year), *origin.rejected(publication, year)),
        deliveries=tuple(
            (delivery["name"], delivery["sha256"]) for delivery in publication.deliveries(year)
        ),
    )


def file_name(title: str) -> str:
    """A title as the name of a file, without spaces and letters that some systems lack."""
    plain = title.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    bare = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in bare).split())


def _chapters(publication: Publication, year: int) -> tuple[Chapter, ...]:
    groups = sections(publication, year)
    found = {figure.id: table(figure) for group in groups for figure in group.figures}
    if publication.holds(COMPARISON):
        found[COMPARISON] = table(printed_comparison(publication, year))
    whole = key_figure_cells(publication, year)
    excerpts = {
        name: excerpt(whole, name, report_words.EXCERPTS[name], rows)
        for name, rows in _EXCERPTS.items()
    }
    outline = _outline(groups)
    titles = report_words.CHAPTERS | {group.id: group.title for group in groups}
    titles |= report_words.CHAPTERS
    chapters = [Chapter("nokkeltall", report_words.AT_A_GLANCE, (_entry(whole),))]
    for chapter, names in outline.items():
        listed = [
            _entry(excerpts[name], is_excerpt=True) if name in excerpts else _entry(found[name])
            for name in names
            if name in excerpts or name in found
        ]
        if listed:
            parent = report_words.CHAPTERS.get(_PARENTS.get(chapter, ""), "")
            chapters.append(Chapter(chapter, titles[chapter], tuple(listed), parent))
    return tuple(chapters)


def _outline(groups: tuple[Section, ...]) -> dict[str, list[str]]:
    """Chapter -> ids, with the figures that no chapter names at the end of their section's."""
    outline = {chapter: list(names) for chapter, names in _OUTLINE.items()}
    named = {name for names in outline.values() for name in names}
    for group in groups:
        chapter = _CHAPTER_OF_SECTION.get(group.id, group.id)
        new = [figure.id for figure in group.figures if figure.id not in named]
        outline.setdefault(chapter, []).extend(new)
    return outline


def _entry(of: Table, is_excerpt: bool = False) -> Entry:
    figure = of.figure
    about = words.REPORT_CUES.get(figure.id, report_words.about(figure.title))
    return Entry(of, report_words.cue(about), file_name(figure.title), is_excerpt)


def _definitions(chapters: tuple[Chapter, ...]) -> tuple[tuple[str, str], ...]:
    """What each table counts, once, in the order of the report."""
    said = {
        entry.title: entry.table.figure.definition
        for chapter in chapters
        for entry in chapter.entries
        if not entry.is_excerpt and entry.table.figure.definition
    }
    return tuple(said.items())
