"""Pure functions from a publication to figures: one per figure, split by subject.

`sections` is the table of contents of a year: every cover (page, app, workbook, PDF) shows these
figures in this order, so that they can never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboards import words
from dashboards.figures.breakdown import count_figure, protection_notes
from dashboards.figures.figure import Figure
from dashboards.figures.key_figures import Card, cards, key_figure_table, key_figures
from dashboards.figures.months import caseload, flows, quarterly_flow
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
from dashboards.figures.stays import still_in_programme
from dashboards.figures.targets import benefit_target, target_attainment
from dashboards.figures.work import job_retention, work_exit_activities, work_exits
from dashboards.figures.work_with_others import activities, partner_projects, transition_cases
from dashboards.publication import Publication

__all__ = ["Card", "Figure", "Section", "cards", "key_figure_table", "key_figures", "sections"]


@dataclass(frozen=True)
class Section:
    """Figures that belong together under one heading."""

    id: str
    title: str
    figures: tuple[Figure, ...]


_MART_OF = {"flows": "caseload", "form_rows": "exit_outcomes"}
"""The marts of the figures that are not called as theirs."""


def sections(publication: Publication, year: int) -> tuple[Section, ...]:
    """Return every figure of a year but the key figures, in the order they are read.

    A figure whose mart the audience does not get is not among them; the others say what was done
    to theirs for privacy. Of a year that has only totals, what is left out is not there either:
    the year says so itself.
    """
    figures = {
        "resultater": (
            target_attainment(publication, year),
            exit_outcomes(publication, year),
            count_figure(publication, "other_exit_details", year),
            count_figure(publication, "dropout_reasons", year),
            count_figure(publication, "aap_benefits", year, percents=True),
            work_exits(publication, year),
            work_exit_activities(publication, year),
            job_retention(publication, year),
            time_in_programme(publication, year),
            still_in_programme(publication, year),
            form_rows(publication, year),
        ),
        "maneder": (
            caseload(publication, year),
            flows(publication, year),
            quarterly_flow(publication, year),
        ),
        "deltakerne": (
            gender_split(publication, year),
            country_of_origin(publication, year),
            age_bands(publication, year),
            participant_background(publication, year),
        ),
        "henvisninger": (
            count_figure(publication, "referral_sources", year, percents=True),
            count_figure(publication, "referral_offices", year, percents=True),
            count_figure(publication, "referral_benefits", year, percents=True),
            benefit_target(publication, year),
            count_figure(publication, "referral_target_groups", year, percents=True, sort=False),
        ),
        "aktiviteter": (
            activities(publication, year),
            transition_cases(publication, year),
            partner_projects(publication, year),
        ),
        "ressurser": (
            group_sessions(publication, year),
            survey_response(publication, year),
            staffing(publication, year),
            counsellor_caseload(publication, year),
            savings(publication, year),
        ),
    }
    unsaid = words.left_out(year) if publication.totals_only(year) else None
    shown = {
        name: tuple(
            _noted(publication, figure, year)
            for figure in listed
            if publication.holds(_mart_of(figure)) and (not unsaid or figure.empty != unsaid)
        )
        for name, listed in figures.items()
    }
    return tuple(
        Section(name, words.SECTIONS[name], listed) for name, listed in shown.items() if listed
    )


def _noted(publication: Publication, figure: Figure, year: int) -> Figure:
    if figure.empty:
        return figure
    said = protection_notes(publication, _mart_of(figure), year, figure.rows.columns)
    return replace(figure, notes=(*figure.notes, *said))


def _mart_of(figure: Figure) -> str:
    return _MART_OF.get(figure.id, figure.id)
