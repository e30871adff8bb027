"""Figures month by month: how many were active, and who came and left."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import numbers, words
from dashboards.figures import month_charts
from dashboards.figures.breakdown import nothing
from dashboards.figures.figure import Figure
from dashboards.figures.measures import Measures, measures
from dashboards.publication import Publication

_FLOWS = ("started", "planned_exits", "dropouts", "no_shows")


def caseload(publication: Publication, year: int) -> Figure:
    """Active persons at the end of each month, beside the year before."""
    values = measures(publication, "caseload", year)
    active = _series(values, "active")
    if not any(active) and not values.hidden:
        return nothing(values.mart, year)
    previous = publication.previous(year)
    before = measures(publication, "caseload", previous) if previous else None
    last_year = _series(before, "active") if before else [None] * 12
    headers = {words.COUNT: values} | ({words.number_in(year - 1): before} if before else {})
    return Figure(
        id="caseload",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=_rows({header: _series(of, "active") for header, of in headers.items()}),
        units=dict.fromkeys(headers, "count"),
        withheld=pl.DataFrame({header: _hidden(of, "active") for header, of in headers.items()}),
        chart=month_charts.lines(year, active, last_year),
        description=words.caseload_description(year, _said(active), _said(last_year)),
    )


def flows(publication: Publication, year: int) -> Figure:
    """Who started and who left in each month."""
    values = measures(publication, "caseload", year)
    series = {name: _series(values, name) for name in _FLOWS}
    if not any(any(months) for months in series.values()) and not values.hidden:
        return Figure("flows", words.FLOWS_TITLE, words.FLOWS_DEFINITION,
                      empty=words.nobody(words.NOBODY["caseload"], year))  # fmt: skip
    left = [
        None if planned is None or dropped is None else planned + dropped
        for planned, dropped in zip(series["planned_exits"], series["dropouts"], strict=True)
    ]
    key_figures = vocabulary().code_list("key_figure")
    headers = {name: key_figures[name].label_nb for name in _FLOWS}
    return Figure(
        id="flows",
        title=words.FLOWS_TITLE,
        definition=words.FLOWS_DEFINITION,
        rows=_rows({headers[name]: months for name, months in series.items()}),
        units=dict.fromkeys(headers.values(), "count"),
        withheld=pl.DataFrame({headers[name]: _hidden(values, name) for name in _FLOWS}),
        chart=month_charts.flows(series["started"], left),
        description=words.flows_description(year, _said(series["started"]), _said(left)),
    )


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
