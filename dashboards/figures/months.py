"""Figures by month and by quarter: active participants, starts and exits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import words
from dashboards.figures import figure_words, month_charts
from dashboards.figures.breakdown import absence_notes, nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.stays import caseload_finding, month_finding
from dashboards.figures.measures import Measures, measures, nothing_beside
from dashboards.publication import Publication

_FLOWS = ("started", "planned_exits", "dropouts", "no_shows")
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
    withheld = _hidden(values, "active")
    headers = {words.COUNT: values} | ({words.number_in(before.year): before} if before else {})
    return Figure(
        id="caseload",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=_rows({header: _series(of, "active") for header, of in headers.items()}),
        units=dict.fromkeys(headers, "count"),
        withheld=pl.DataFrame({header: _hidden(of, "active") for header, of in headers.items()}),
        chart=month_charts.lines(year, active, previous, last_year, withheld),
        description=figure_words.caseload_description(
            year,
            _said(active, withheld),
            previous,
            _said(last_year, _hidden(before, "active")) if before else [],
        ),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=caseload_finding(active, withheld),
    )


def flows(publication: Publication, year: int) -> Figure:
    """Starts and exits in each month.

    The months of the year it is compared with are below in the table, and grey and dotted in the
    chart.
    """
    values = measures(publication, "caseload", year)
    previous = publication.beside("caseload", year)
    before = measures(publication, "caseload", previous) if previous else None
    is_absent = not _has_flows(values) and not values.hidden
    if is_absent and (publication.protected or not before or not _has_flows(before)):
        none = nothing(publication, values.mart, year)
        return replace(none, id="flows", title=figure_words.FLOWS_TITLE)
    years = [values, before] if before else [values]
    key_figures = vocabulary().code_list("key_figure")
    headers = {name: key_figures[name].label_nb for name in _FLOWS}
    months = [words.month_of(of.year, month) for of in years for month in range(1, 13)]
    counts = {
        header: pl.Series([n for of in years for n in _series(of, name)], dtype=pl.Int64)
        for name, header in headers.items()
    }
    this = _flow(values, _MONTHS)
    beside = _flow(before, _MONTHS) if before else None
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
        chart=month_charts.month_flows(
            this, beside, figure_words.dotted(previous) if previous else ""
        ),
        description=figure_words.flows_description(
            year,
            _sides_said(this),
            previous,
            _sides_said(beside) if beside else None,
        ),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=tuple(
            finding
            for name in ("started", "dropouts")
            for finding in month_finding(finding_words.COUNTED[name][2], _series(values, name))
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
        chart=month_charts.quarter_flows(
            _flow(values, _QUARTERS),
            _flow(before, _QUARTERS) if before else None,
            [figure_words.quarter(int(quarter)) for quarter in _QUARTERS],
        ),
        description=figure_words.quarterly_description(year, _quarters_said(values)),
        picture_notes=(figure_words.grey_bars(previous),) if previous else (),
        notes=(
            *absence_notes(publication, values.mart, year, is_absent),
            figure_words.QUARTERLY_NOTE,
        ),
    )


def _has_flows(values: Measures) -> bool:
    return any(any(_series(values, name)) for name in _FLOWS)


def _flow(values: Measures, periods: Sequence[str]) -> month_charts.Flow:
    planned, dropped, started = (
        [values.count(period, name) for period in periods]
        for name in ("planned_exits", "dropouts", "started")
    )
    into, out = (
        [any(values.withheld(period, name) for name in names) for period in periods]
        for names in (("started",), ("planned_exits", "dropouts"))
    )
    return month_charts.Flow(started, _left(planned, dropped), into, out)


def _begun(values: Measures) -> list[str]:
    """The quarters that have begun: the published and the withheld ones."""
    begun = {quarter for quarter, _ in values.cells}
    return [one for one in _QUARTERS if one in begun or values.withheld(one, "active")]


def _quarters_said(values: Measures) -> list[str]:
    flow = _flow(values, _QUARTERS)
    return [
        figure_words.quarter_said(
            int(quarter),
            write(started, "count", values.withheld(quarter, "started")),
            write(left, "count", left is None),
        )
        for quarter, started, left in zip(_QUARTERS, flow.into, flow.out, strict=True)
        if quarter in _begun(values)
    ]


def _left(planned: Sequence[int | None], dropped: Sequence[int | None]) -> list[int | None]:
    return [
        None if exits is None or dropouts is None else exits + dropouts
        for exits, dropouts in zip(planned, dropped, strict=True)
    ]


def _series(values: Measures, measure: str) -> list[int | None]:
    return [values.count(month, measure) for month in _MONTHS]


def _hidden(values: Measures, measure: str) -> list[bool]:
    return [values.withheld(month, measure) for month in _MONTHS]


def _rows(columns: dict[str, list[int | None]]) -> pl.DataFrame:
    month = vocabulary().table("marts.caseload").column("month").label_nb
    return pl.DataFrame({month: list(words.MONTHS)} | columns)


def _sides_said(flow: month_charts.Flow) -> tuple[list[str], list[str]]:
    return _said(flow.into, flow.into_withheld), _said(flow.out, flow.out_withheld)


def _said(months: Sequence[int | None], withheld: Sequence[bool]) -> list[str]:
    return [
        f"{name} {write(number, 'count', kept)}"
        for name, number, kept in zip(words.MONTHS, months, withheld, strict=True)
        if number is not None or kept
    ]
