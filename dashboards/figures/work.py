"""Figures of the work after the programme: its kind, earlier activities, whether it lasted."""

from __future__ import annotations

import polars as pl

from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import (
    count_figure,
    describe,
    grey_notes,
    nothing,
    several_figure,
    shown_years,
)
from dashboards.figures.figure import Figure
from dashboards.figures.measures import measures
from dashboards.publication import Publication


def work_exits(publication: Publication, year: int) -> Figure:
    """Exits to work by industry, by position and by wage subsidy; positions from full time down."""
    return several_figure(publication, "work_exits", year, ordered=("position",))


def work_exit_activities(publication: Publication, year: int) -> Figure:
    """Exits to work with each activity before them; an exit may be counted under several."""
    return count_figure(
        publication, "work_exit_activities", year, notes=(figure_words.EXIT_ACTIVITIES_NOTE,)
    )


def job_retention(publication: Publication, year: int) -> Figure:
    """Exits to work: all, those followed up after six months, and those still employed."""
    values = measures(publication, "job_retention", year)
    if not values.cells or values.shown("", "work_exits") == 0:
        return nothing(publication, values.mart, year)
    names = tuple(figure_words.RETENTION_ROWS)
    previous = publication.beside("job_retention", year)
    before = measures(publication, "job_retention", previous) if previous else None
    bars = [
        charts.Bar(
            figure_words.RETENTION_ROWS[name],
            values.shown("", name),
            values.text("", name, "count"),
            before=before.shown("", name) if before else None,
            before_withheld=before is not None and before.withheld("", name),
        )
        for name in names
    ]
    followed, employed = (values.count("", name) for name in ("followed_up", "still_employed"))
    years = shown_years(year, previous, bars)
    note = ""
    if followed and followed >= publication.smallest_base and employed is not None:
        note = figure_words.still_employed(
            numbers.count(employed),
            numbers.count(followed),
            numbers.percent(numbers.half_up(employed / followed)),
        )
    columns = {words.COUNT: [values.count("", name) for name in names]}
    withheld = {words.COUNT: [values.withheld("", name) for name in names]}
    if before:
        header = words.number_in(before.year)
        columns[header] = [before.count("", name) for name in names]
        withheld[header] = [before.withheld("", name) for name in names]
    return Figure(
        id="job_retention",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=pl.DataFrame({values.mart.label_nb: [bar.label for bar in bars]} | columns),
        units=dict.fromkeys(columns, "count"),
        withheld=pl.DataFrame(withheld),
        chart=charts.bars(bars, years),
        description=describe(values.mart.label_nb, year, bars, previous),
        picture_notes=grey_notes(years, bars),
        notes=(note,) if note else (),
    )
