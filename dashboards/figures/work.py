"""Figures of the work after the programme: its kind, earlier activities, whether it lasted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import (
    absence_notes,
    count_figure,
    describe,
    hatched_notes,
    nothing,
    several_figure,
    shown_years,
)
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import least_base, of_share
from dashboards.figures.findings.finding import Finding
from dashboards.figures.measures import Measures, measures, nothing_beside
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
    """Exits to work: all, due for follow-up or not, followed up, and still employed of these."""
    values = followed_up(publication, year)
    previous = publication.beside("job_retention", year)
    before = followed_up(publication, previous) if previous else None
    is_absent = not values.cells or values.shown("", "work_exits") == 0
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    # The open publication does not have those who are due.
    unknown = () if ("", "due") in values.cells else ("due", "not_due")
    names = [name for name in figure_words.RETENTION_ROWS if name not in unknown]
    bars = [
        charts.Bar(
            figure_words.RETENTION_ROWS[name],
            _retained(values, name),
            write(_retained(values, name), "count", values.withheld("", name)),
            before=_retained(before, name) if before else None,
            before_withheld=before is not None and before.withheld("", name),
            withheld=values.withheld("", name),
        )
        for name in names
    ]
    years = shown_years(year, previous, bars)
    findings = _retention_finding(publication, values)
    columns = {words.COUNT: [_retained(values, name) for name in names]}
    withheld = {words.COUNT: [values.withheld("", name) for name in names]}
    if before:
        header = words.number_in(before.year)
        columns[header] = [_retained(before, name) for name in names]
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
        picture_notes=hatched_notes(bars),
        notes=(
            *absence_notes(publication, values.mart, year, is_absent),
            *_retention_notes(publication, values, is_said=bool(findings)),
        ),
        findings=findings,
    )


def followed_up(publication: Publication, year: int) -> Measures:
    """Return the numbers of the follow-up; of nobody asked, none is no number."""
    values = measures(publication, "job_retention", year)
    employed = "", "still_employed"
    if values.count("", "followed_up") or employed not in values.cells:
        return values
    return replace(values, cells={**values.cells, employed: None})


def _retention_finding(publication: Publication, values: Measures) -> tuple[Finding, ...]:
    """How many of those followed up are still employed; silent where a number is withheld."""
    followed, employed = (_retained(values, name) for name in ("followed_up", "still_employed"))
    least = least_base(publication.smallest_base)
    if followed is None or employed is None or followed < least:
        return ()
    text = finding_words.still_employed(finding_words.part_of(employed, followed))
    interval = finding_words.share_interval(
        finding_words.WHO_STAYED_EMPLOYED, of_share(employed, followed)
    )
    return (Finding(text, interval),)


def _retained(values: Measures, name: str) -> int | None:
    """One line of the figure."""
    if name == "not_due":
        exits, due = (values.count("", measure) for measure in ("work_exits", "due"))
        return None if exits is None or due is None else exits - due
    return values.count("", name)


def _retention_notes(publication: Publication, values: Measures, *, is_said: bool) -> Iterator[str]:
    """What the numbers mean; `is_said` where a finding says who is still employed."""
    exits, due, not_due, followed, employed = (
        _retained(values, name)
        for name in ("work_exits", "due", "not_due", "followed_up", "still_employed")
    )
    if followed and not is_said and followed >= publication.smallest_base and employed is not None:
        yield figure_words.still_employed(
            numbers.count(employed),
            numbers.count(followed),
            numbers.percent(numbers.half_up(employed / followed)),
        )
    if exits and not_due:
        yield figure_words.not_due(numbers.count(not_due), numbers.count(exits))
    if due and followed is not None and followed < due:
        yield figure_words.not_asked(numbers.count(due - followed), numbers.count(due))
