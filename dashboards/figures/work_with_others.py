"""Figures of the participants' activities, and of the projects alongside the programme."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from assets.vocabulary import HIDDEN, OTHER, TOTAL, vocabulary
from dashboards import words
from dashboards.figures import figure_words
from dashboards.figures.breakdown import count_figure, name_of, nothing
from dashboards.figures.figure import Figure
from dashboards.publication import Publication


def activities(publication: Publication, year: int) -> Figure:
    """Participants with each activity; a person may be counted under several."""
    return count_figure(publication, "activities", year, notes=(figure_words.ACTIVITIES_NOTE,))


def activity_status(publication: Publication, year: int) -> Figure:
    """What the active did at the end of the year's last month: one bar for each main activity.

    The year beside it is shown at the end of the same month, or on its last day that is counted.
    """
    months = publication.tables["activity_status"].filter(pl.col("year") == year)["month"]
    last = max(months.cast(pl.Int64), default=12)
    at_end = publication.tables["activity_status"].filter(pl.col("month") == str(last))
    of_month = replace(publication, tables={**publication.tables, "activity_status": at_end})
    return count_figure(
        of_month,
        "activity_status",
        year,
        percents=True,
        notes=(_status_note(publication, year, words.MONTHS[last - 1]),),
    )


def _status_note(publication: Publication, year: int, month: str) -> str:
    until, previous = publication.part_until(year), publication.previous(year)
    if until is None:
        return figure_words.status_note(month)
    is_whole = previous is not None and publication.part_until(previous) is None
    return figure_words.status_on(until, month, previous if is_whole else None)


def transition_cases(publication: Publication, year: int) -> Figure:
    """Cases of the transition counsellor, by the way they ended."""
    return count_figure(publication, "transition_cases", year)


def partner_projects(publication: Publication, year: int) -> Figure:
    """Candidates of each project: by gender, origin and outcome. A table, without the zeros."""
    mart = vocabulary().table("marts.partner_projects")
    cells = publication.table("partner_projects", year).filter(
        (pl.col("n") > 0) | (pl.col("status") == HIDDEN)
    )
    if cells.is_empty():
        return nothing(publication, mart, year)
    breakdowns = vocabulary().code_list("project_breakdown")
    place = {code: i for i, code in enumerate(breakdowns.names)}
    ordered = cells.sort(
        pl.col("project") == OTHER,
        "project",
        pl.col("breakdown").replace_strict(place, default=len(place)),
        pl.col("value") == TOTAL,
        maintain_order=True,
    )
    pairs = ordered.select("breakdown", "value").rows()
    rows = ordered.select(
        pl.Series(
            mart.column("project").label_nb, [name_of(mart, name) for name in ordered["project"]]
        ),
        pl.Series(
            mart.column("breakdown").label_nb, [breakdowns[code].label_nb for code, _ in pairs]
        ),
        pl.Series(
            mart.column("value").label_nb,
            [vocabulary().label(mart, "value", value, by) for by, value in pairs],
        ),
        pl.col("n").alias(words.COUNT),
    )
    return Figure(
        id="partner_projects",
        title=mart.label_nb,
        definition=mart.definition_nb,
        rows=rows,
        units={words.COUNT: "count"},
        withheld=ordered.select((pl.col("status") == HIDDEN).alias(words.COUNT)),
    )
