"""Figures by month and by quarter: active participants, starts and exits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import words
from dashboards.figures import figure_words, month_charts
from dashboards.figures.breakdown import absence_notes, nothing, why_nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.comparable import is_whole
from dashboards.figures.findings.finding import Finding
from dashboards.figures.findings.stays import (
    caseload_finding,
    month_finding,
    outstanding_finding,
)
from dashboards.figures.measures import Measures, measures, nothing_beside
from dashboards.publication import Publication

_FLOWS = ("started", "planned_exits", "dropouts", "no_shows")
_DRAWN = ("started", "planned_exits", "dropouts")
_LOST = ("dropouts", "no_shows")
_MONTHS = tuple(str(month) for month in range(1, 13))
_QUARTERS = ("1", "2", "3", "4")
_QUARTERLY = ("referred", *_FLOWS, "active")


def caseload(publication: Publication, year: int) -> Figure:
    """Active persons at the end of each month, and in the year it is compared with."""
    values = measures(publication, "caseload", year)
    active = _series(values, "active")
    previous = publication.beside("caseload", year)
    before = measures(publication, "caseload", previous) if previous else None
    last_year = _series(before, "active") if before else [None] * 12
    is_absent = not any(active) and not values.hidden
    if is_absent and (publication.protected or not any(last_year)):
        return nothing(publication, values.mart, year)
    headers = {words.COUNT: values} | ({words.number_in(before.year): before} if before else {})
    drawn = _drawn("", "active", values, before, _MONTHS)
    return Figure(
        id="caseload",
        title=values.mart.label_nb,
        definition=figure_words.CASELOAD_DEFINITION,
        rows=_rows({header: _series(of, "active") for header, of in headers.items()}),
        units=dict.fromkeys(headers, "count"),
        withheld=pl.DataFrame({header: _hidden(of, "active") for header, of in headers.items()}),
        chart=month_charts.lines([of.year for of in headers.values()], drawn),
        description=figure_words.caseload_description(
            year,
            _said(drawn.this, drawn.withheld),
            previous,
            _said(drawn.before, drawn.before_withheld),
        ),
        picture_notes=_hatched_notes([drawn]),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=_of_whole_year(values, caseload_finding(active, drawn.withheld)),
    )


def flows(publication: Publication, year: int) -> Figure:
    """Starts, planned exits and dropouts in each month; no-shows in the table alone.

    The months of the year it is compared with are below in the table, and grey in the chart.
    """
    values = measures(publication, "caseload", year)
    previous = publication.beside("caseload", year)
    before = measures(publication, "caseload", previous) if previous else None
    is_absent = not _has_any(values, _FLOWS) and not values.hidden
    if is_absent and (publication.protected or not before or not _has_any(before, _FLOWS)):
        none = nothing(publication, values.mart, year)
        return replace(none, id="flows", title=figure_words.FLOWS_TITLE)
    years = [values, before] if before else [values]
    headers = _labels(_FLOWS)
    months = [words.month_of(of.year, month) for of in years for month in range(1, 13)]
    counts = {
        header: pl.Series([n for of in years for n in _series(of, name)], dtype=pl.Int64)
        for name, header in headers.items()
    }
    drawn = [_drawn(headers[name], name, values, before, _MONTHS) for name in _DRAWN]
    return Figure(
        id="flows",
        title=figure_words.FLOWS_TITLE,
        definition=figure_words.FLOWS_DEFINITION,
        rows=pl.DataFrame({values.mart.column("month").label_nb: months} | counts),
        units=dict.fromkeys(headers.values(), "count"),
        withheld=pl.DataFrame(
            {
                header: [hidden for of in years for hidden in _hidden(of, name)]
                for name, header in headers.items()
            }
        ),
        chart=month_charts.panels([of.year for of in years], drawn),
        description=_panels_said(figure_words.FLOWS_TITLE, year, drawn, previous),
        picture_notes=_hatched_notes(drawn),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=_of_whole_year(
            values,
            (
                *month_finding(_plural("started"), _series(values, "started")),
                *outstanding_finding(_plural("planned_exits"), _series(values, "planned_exits")),
            ),
        ),
    )


def dropouts_by_month(publication: Publication, year: int) -> Figure:
    """Dropouts and no-shows in each month, beside those of the year it is compared with."""
    values = measures(publication, "caseload", year)
    previous = publication.beside("caseload", year)
    before = measures(publication, "caseload", previous) if previous else None
    title = figure_words.DROPOUTS_TITLE
    is_absent = not _has_any(values, _LOST) and not values.hidden
    if is_absent and (publication.protected or not before or not _has_any(before, _LOST)):
        return Figure("dropouts_by_month", title, figure_words.DROPOUTS_DEFINITION,
                      empty=_none_lost(publication, values))  # fmt: skip
    headers = {
        header: (of, name)
        for name, label in _labels(_LOST).items()
        for of, header in (
            (values, label),
            *([(before, words.in_year(label, before.year))] if before else []),
        )
    }
    drawn = [_drawn(label, name, values, before, _MONTHS) for name, label in _labels(_LOST).items()]
    return Figure(
        id="dropouts_by_month",
        title=title,
        definition=figure_words.DROPOUTS_DEFINITION,
        rows=_rows({header: _series(of, name) for header, (of, name) in headers.items()}),
        units=dict.fromkeys(headers, "count"),
        withheld=pl.DataFrame(
            {header: _hidden(of, name) for header, (of, name) in headers.items()}
        ),
        chart=month_charts.panels([of.year for of in (values, before) if of], drawn),
        description=_panels_said(title, year, drawn, previous),
        picture_notes=_hatched_notes(drawn),
        notes=(_none_lost(publication, values),) if is_absent else (),
        findings=_of_whole_year(
            values, month_finding(_plural("dropouts"), _series(values, "dropouts"))
        ),
    )


def quarterly_flow(publication: Publication, year: int) -> Figure:
    """Referrals, starts and exits in each quarter, and the active participants at its end.

    The quarters of the year it is compared with are below in the table, and grey in the chart.
    """
    values = measures(publication, "quarterly_flow", year)
    previous = publication.beside("quarterly_flow", year)
    before = measures(publication, "quarterly_flow", previous) if previous else None
    is_absent = not any(values.cells.values()) and not values.hidden
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    years = [values, before] if before else [values]
    listed = [(of, quarter) for of in years for quarter in _begun(of)]
    headers = {name: values.mart.column(name).label_nb for name in _QUARTERLY}
    names = [figure_words.quarter_of(int(quarter), of.year) for of, quarter in listed]
    columns = {
        header: pl.Series([of.count(quarter, name) for of, quarter in listed], dtype=pl.Int64)
        for name, header in headers.items()
    }
    drawn = [_drawn(headers[name], name, values, before, _QUARTERS) for name in _DRAWN]
    quarters = [figure_words.quarter(int(quarter)) for quarter in _QUARTERS]
    return Figure(
        id="quarterly_flow",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=pl.DataFrame({values.mart.column("quarter").label_nb: names} | columns),
        units=dict.fromkeys(headers.values(), "count"),
        withheld=pl.DataFrame(
            {
                header: [of.withheld(quarter, name) for of, quarter in listed]
                for name, header in headers.items()
            }
        ),
        chart=month_charts.panels([of.year for of in years], drawn, quarters),
        description=_panels_said(values.mart.label_nb, year, drawn, previous, quarters),
        picture_notes=_hatched_notes(drawn),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=_of_whole_year(
            values,
            outstanding_finding(
                _plural("referrals"),
                [values.count(quarter, "referred") for quarter in _QUARTERS],
                quarters,
            ),
        ),
    )


def _plural(key_figure: str) -> str:
    return finding_words.COUNTED[key_figure][2]


def _of_whole_year(values: Measures, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings about the parts of a year; none where NorA was not there in all of them."""
    return findings if is_whole(values.mart.name, values.year) else ()


def _labels(names: Sequence[str]) -> dict[str, str]:
    key_figures = vocabulary().code_list("key_figure")
    return {name: key_figures[name].label_nb for name in names}


def _has_any(values: Measures, names: Sequence[str]) -> bool:
    return any(any(_series(values, name)) for name in names)


def _drawn(
    label: str, name: str, values: Measures, before: Measures | None, periods: Sequence[str]
) -> month_charts.Series:
    """One measure of both years, as it is drawn."""

    def counts(of: Measures | None) -> list[int | None]:
        return [of.count(period, name) for period in periods] if of else []

    def hidden(of: Measures | None) -> list[bool]:
        return [of.withheld(period, name) for period in periods] if of else []

    return month_charts.Series(
        label, counts(values), hidden(values), counts(before), hidden(before), name in _LOST
    )


def _begun(values: Measures) -> list[str]:
    """The quarters that have begun: the published and the withheld ones."""
    begun = {quarter for quarter, _ in values.cells}
    return [one for one in _QUARTERS if one in begun or values.withheld(one, "active")]


def _none_lost(publication: Publication, values: Measures) -> str:
    """Why a year has no dropouts to show by month."""
    if publication.protected or not any(values.cells.values()):
        return why_nothing(publication, values.mart, values.year)
    return figure_words.no_dropouts(values.year)


def _hatched_notes(drawn: Sequence[month_charts.Series]) -> tuple[str, ...]:
    hidden = any(any((*series.withheld, *series.before_withheld)) for series in drawn)
    return (figure_words.HATCHED,) if hidden else ()


def _panels_said(
    title: str,
    year: int,
    drawn: Sequence[month_charts.Series],
    previous: int | None,
    periods: Sequence[str] = words.MONTHS,
) -> str:
    """The panels of bars in words."""
    return figure_words.panels_description(
        title,
        year,
        {one.label: _said(one.this, one.withheld, periods) for one in drawn},
        previous,
        {one.label: _said(one.before, one.before_withheld, periods) for one in drawn},
    )


def _series(values: Measures, measure: str) -> list[int | None]:
    return [values.count(month, measure) for month in _MONTHS]


def _hidden(values: Measures, measure: str) -> list[bool]:
    return [values.withheld(month, measure) for month in _MONTHS]


def _rows(columns: dict[str, list[int | None]]) -> pl.DataFrame:
    month = vocabulary().table("marts.caseload").column("month").label_nb
    return pl.DataFrame({month: list(words.MONTHS)} | columns)


def _said(
    months: Sequence[int | None], withheld: Sequence[bool], names: Sequence[str] = words.MONTHS
) -> list[str]:
    return [
        f"{name} {write(number, 'count', kept)}"
        for name, number, kept in zip(names, months, withheld, strict=False)
        if number is not None or kept
    ]
