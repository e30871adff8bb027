"""Pure functions from a publication to figures, one for each figure, split by subject.

`sections` makes the figures of a year. Every cover (page, app, workbook, PDF) shows these, so the
covers can never disagree. The place of each figure is in `dashboards.outline`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from assets.vocabulary import Table, VocabularyError
from assets.vocabulary.declarations import FigureDeclaration
from dashboards import outline, words
from dashboards.figures import figure_words
from dashboards.figures.breakdown import count_figure, protection_notes
from dashboards.figures.figure import Figure
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.changes import not_compared, of_key_figures
from dashboards.figures.findings.finding import Finding
from dashboards.figures.key_figures import Card, cards, key_figure_table, key_figures, part_notes
from dashboards.figures.months import caseload, dropouts_by_month, flows, quarterly_flow
from dashboards.figures.participants import (
    age_bands,
    country_of_origin,
    gender_split,
    participant_background,
)
from dashboards.figures.resources import (
    counsellor_caseload,
    group_sessions,
    savings,
    staffing,
    survey_response,
)
from dashboards.figures.results import exit_outcomes, form_rows, time_in_programme
from dashboards.figures.series import series_figures
from dashboards.figures.stays import still_in_programme
from dashboards.figures.targets import benefit_target, target_attainment
from dashboards.figures.work import job_retention, work_exit_activities, work_exits
from dashboards.figures.work_with_others import (
    activities,
    activity_status,
    partner_projects,
    transition_cases,
)
from dashboards.publication import Publication

__all__ = [
    "Card", "Figure", "Section", "cards", "check_drawn", "key_figure_table",
    "key_figures", "lead_findings", "sections",
]  # fmt: skip


@dataclass(frozen=True)
class Section:
    """Figures that belong together under one heading."""

    id: str
    title: str
    figures: tuple[Figure, ...]


_MADE: Mapping[str, Callable[[Publication, int], Figure]] = {
    make.__name__: make
    for make in (
        target_attainment, exit_outcomes, work_exits, work_exit_activities, job_retention,
        time_in_programme, still_in_programme, form_rows, caseload, flows, dropouts_by_month,
        quarterly_flow, gender_split, country_of_origin, age_bands, participant_background,
        benefit_target, activities, activity_status, transition_cases, partner_projects,
        group_sessions, survey_response, staffing, counsellor_caseload, savings,
    )
}  # fmt: skip
"""The figures that have a function of their own."""


def check_drawn(figures: Mapping[str, tuple[Table, FigureDeclaration]]) -> None:
    """Raise VocabularyError for a declared figure (id -> mart, declaration) that nothing draws."""
    for name, (mart, declared) in figures.items():
        if name not in {*_MADE, mart.name} and not declared.rows:
            raise VocabularyError(
                f"{mart.name}.toml [figures.{name}]: a figure is called as its mart, or as the "
                "function in dashboards/figures that draws it"
            )


check_drawn(outline.FIGURES)


def sections(publication: Publication, year: int) -> tuple[Section, ...]:
    """Return every figure of a year except the key figures, in reading order.

    A figure whose mart is not published for the audience is left out; the other figures say what
    privacy has changed in their marts. A year with only totals also lacks the figures of marts that
    are left out, and a year that had nobody has only those of what is recorded: the page of the
    year says so itself.
    """
    unsaid = words.left_out(year) if publication.totals_only(year) else None
    bare = publication.without_persons(year)
    recorded = {mart.name for mart in publication.recorded(year)} if bare else set()
    shown = {
        name: tuple(
            _noted(publication, figure, year)
            for figure in (_figure(publication, one, year) for one in listed)
            if publication.holds(_mart_of(figure))
            and (not unsaid or figure.empty != unsaid)
            and (not bare or _mart_of(figure) in recorded)
        )
        for name, listed in outline.SECTIONS.items()
    }
    if not unsaid and not bare:
        shown[words.LONG_VIEW] = series_figures(publication, year)
    return tuple(
        Section(name, words.SECTIONS[name], listed) for name, listed in shown.items() if listed
    )


def lead_findings(
    publication: Publication, year: int, names: Sequence[str], figures: Mapping[str, Figure]
) -> tuple[Finding, ...]:
    """Return the findings of key figures and figures called `names`, in that order.

    Key figures that follow each other are told together: see `of_key_figures`. `figures` are the
    figures of the page, or of the report, by their ids.
    """
    said: list[Finding] = []
    for counted, group in groupby(names, key=finding_words.COUNTED.__contains__):
        if counted:
            said += of_key_figures(publication, year, list(group))
        else:
            said += (one for name in group if name in figures for one in figures[name].findings)
    is_compared = any(name in finding_words.COUNTED for name in names)
    # The reason alone is no finding.
    return (*said, *(not_compared(publication, year) if said and is_compared else ()))


def _figure(publication: Publication, name: str, year: int) -> Figure:
    if name in _MADE:
        return _MADE[name](publication, year)
    _, declared = outline.FIGURES[name]
    return count_figure(
        publication, name, year, percents=declared.percents, sort=not declared.in_list_order
    )


def _noted(publication: Publication, figure: Figure, year: int) -> Figure:
    if figure.empty:
        return figure
    said = protection_notes(publication, _mart_of(figure), year, figure.rows.columns)
    notes = (*figure.notes, *said, *_notes_of_part(publication, figure, year))
    if until := publication.part_until(year):
        figure = _on_the_day(figure, until)
    return replace(figure, notes=notes)


def _on_the_day(figure: Figure, until: date) -> Figure:
    """Name the last day that is counted where the figure speaks of the end of the year."""
    said = {header: words.on_the_day(header, until) for header in figure.rows.columns}
    return replace(
        figure,
        definition=words.on_the_day(figure.definition, until),
        rows=figure.rows.rename(said),
        units={said[header]: unit for header, unit in figure.units.items()},
        withheld=figure.withheld.rename(said, strict=False),
    )


_TYPED = ("savings", "staffing")
"""The figures of which the numbers are typed in for a whole year."""


def _notes_of_part(publication: Publication, figure: Figure, year: int) -> tuple[str, ...]:
    """Say which part of the other year a figure shows, where it is not all of it."""
    previous = publication.previous(year)
    if previous is None or not publication.part_until(previous) or not _shows(figure, previous):
        return ()
    if figure.id in _TYPED:
        return (figure_words.whole_year(previous),)
    said = part_notes(publication, year)
    if figure.id == "counsellor_caseload":
        return (*said, figure_words.positions_of_whole_year(previous))
    return said


def _shows(figure: Figure, year: int) -> bool:
    """Whether a column or a row of the figure is of the year."""
    texts = [name for name in figure.rows.columns if name not in figure.units]
    named = [*figure.rows.columns, *(text for name in texts for text in figure.rows[name])]
    return any(str(year) in str(name) for name in named)


def _mart_of(figure: Figure) -> str:
    mart, _ = outline.FIGURES[figure.id]
    return mart.name
