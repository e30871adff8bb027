"""Figures month by month and by quarter: how many were active, and who came and left."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import numbers, words
from dashboards.figures import month_charts
from dashboards.figures.breakdown import nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.measures import Measures, measures
from dashboards.publication import Publication

_FLOWS = ("started", "planned_exits", "dropouts", "no_shows")
_QUARTERS = ("1", "2", "3", "4")
_QUARTERLY = ("referred", *_FLOWS, "active")


def caseload(publication: Publication, year: int) -> Figure:
    """Active persons at the end of each month, beside the year it is compared with."""
    values = measures(publication, "caseload", year)
    active = _series(values, "active")
    if not any(active) and not values.hidden:
        return nothing(values.mart, year)
    previous = publication.previous(year)
    before = measures(publication, "caseload", previous) if previous else None
    last_year = _series(before, "active") if before else [None] * 12
    headers = {words.COUNT: values} | ({words.number_in(before.year): before} if before else {})
    return Figure(
        id="caseload",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=_rows({header: _series(of, "active") for header, of in headers.items()}),
        units=dict.fromkeys(headers, "count"),
        withheld=pl.DataFrame({header: _hidden(of, "active") for header, of in headers.items()}),
        chart=month_charts.lines(year, active, previous, last_year),
        description=words.caseload_description(year, _said(active), previous, _said(last_year)),
    )


def flows(publication: Publication, year: int) -> Figure:
    """Who started and who left in each month."""
    values = measures(publication, "caseload", year)
    series = {name: _series(values, name) for name in _FLOWS}
    if not any(any(months) for months in series.values()) and not values.hidden:
        return Figure("flows", words.FLOWS_TITLE, words.FLOWS_DEFINITION,
                      empty=words.nobody(words.NOBODY["caseload"], year))  # fmt: skip
    left = _left(series["planned_exits"], series["dropouts"])
    key_figures = vocabulary().code_list("key_figure")
    headers = {name: key_figures[name].label_nb for name in _FLOWS}
    return Figure(
        id="flows",
        title=words.FLOWS_TITLE,
        definition=words.FLOWS_DEFINITION,
        rows=_rows({headers[name]: months for name, months in series.items()}),
        units=dict.fromkeys(headers.values(), "count"),
        withheld=pl.DataFrame({headers[name]: _hidden(values, name) for name in _FLOWS}),
        chart=month_charts.flows(month_charts.Flow(series["started"], left)),
        description=words.flows_description(year, _said(series["started"]), _said(left)),
    )


def quarterly_flow(publication: Publication, year: int) -> Figure:
    """Who was referred, started and left in each quarter, and who was active at its end.

    The quarters of the year it is compared with stand below, and are drawn grey.
    """
    values = measures(publication, "quarterly_flow", year)
    if not any(values.cells.values()) and not values.hidden:
        return nothing(values.mart, year)
    previous = publication.previous(year)
    before = measures(publication, "quarterly_flow", previous) if previous else None
    years = [values, before] if before else [values]
    # Quarters that have not begun are not published.
    listed = [
        (of, quarter) for of in years for quarter in _QUARTERS if (quarter, "active") in of.cells
    ]
    headers = {name: values.mart.column(name).label_nb for name in _QUARTERLY}
    names = [words.quarter_of(int(quarter), of.year) for of, quarter in listed]
    columns = {
        header: pl.Series([of.count(quarter, name) for of, quarter in listed], dtype=pl.Int64)
        for name, header in headers.items()
    }
    this = _quarters(values)
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
        chart=month_charts.flows(
            this,
            _quarters(before) if before else None,
            [words.quarter(int(quarter)) for quarter in _QUARTERS],
        ),
        description=words.quarterly_description(year, _quarters_said(values)),
        notes=(words.quarterly_note(previous),),
    )


def _quarters(values: Measures) -> month_charts.Flow:
    planned, dropped, started = (
        [values.count(quarter, name) for quarter in _QUARTERS]
        for name in ("planned_exits", "dropouts", "started")
    )
    return month_charts.Flow(started, _left(planned, dropped))


def _quarters_said(values: Measures) -> list[str]:
    flow = _quarters(values)
    return [
        words.quarter_said(
            int(quarter),
            write(started, "count", values.withheld(quarter, "started")),
            write(left, "count", left is None),
        )
        for quarter, started, left in zip(_QUARTERS, flow.into, flow.out, strict=True)
        if (quarter, "active") in values.cells
    ]


def _left(planned: Sequence[int | None], dropped: Sequence[int | None]) -> list[int | None]:
    return [
        None if exits is None or dropouts is None else exits + dropouts
        for exits, dropouts in zip(planned, dropped, strict=True)
    ]


def _series(values: Measures, measure: str) -> list[int | None]:
    return [values.count(str(month), measure) for month in range(1, 13)]


def _hidden(values: Measures, measure: str) -> list[bool]:
    return [values.withheld(str(month), measure) for month in range(1, 13)]


def _rows(columns: dict[str, list[int | None]]) -> pl.DataFrame:
    month = vocabulary().table("marts.caseload").column("month").label_nb
    return pl.DataFrame({month: list(words.MONTHS)} | columns)


def _said(months: Sequence[int | None]) -> list[str]:
    return [
        f"{name} {numbers.count(number)}"
        for name, number in zip(words.MONTHS, months, strict=True)
        if number is not None
    ]
