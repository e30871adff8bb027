"""Figures of the length of stay: the share still in the programme, month by month."""

from __future__ import annotations

import polars as pl

from dashboards import numbers
from dashboards.figures import figure_words, step_charts
from dashboards.figures.breakdown import nothing, why_nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.measures import Measures, measures, nothing_beside
from dashboards.publication import Publication

_DRAWN = 36
_TOLD = (6, 12, 18, 24)


def still_in_programme(publication: Publication, year: int) -> Figure:
    """Share of the year's starters still in the programme, by months since the start.

    The starters of the year it is compared with have their own line and columns.
    """
    values = measures(publication, "still_in_programme", year)
    previous = publication.beside("still_in_programme", year)
    before = measures(publication, "still_in_programme", previous) if previous else None
    if not values.cells and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    months = range(max(_length(of) for of in (values, *([before] if before else []))))
    keys = [str(month) for month in months]
    column = values.mart.column
    shares = {column("remaining_share").label_nb: values}
    if before:
        shares[figure_words.starters_of(column("remaining_share").label_nb, before.year)] = before
    at_risk = column("at_risk").label_nb
    return Figure(
        id="still_in_programme",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=pl.DataFrame(
            {
                column("months_since_start").label_nb: [
                    figure_words.months(month) for month in months
                ],
                at_risk: pl.Series([values.count(key, "at_risk") for key in keys], dtype=pl.Int64),
            }
            | {
                header: pl.Series([_percent(of, key) for key in keys], dtype=pl.Int64)
                for header, of in shares.items()
            }
        ),
        units={at_risk: "count"} | dict.fromkeys(shares, "percent"),
        withheld=pl.DataFrame(
            {at_risk: [values.withheld(key, "at_risk") for key in keys]}
            | {
                header: [of.withheld(key, "remaining_share") for key in keys]
                for header, of in shares.items()
            }
        ),
        chart=step_charts.steps(
            _steps(values, year),
            [_steps(before, before.year)] if before else [],
            column("months_since_start").label_nb,
        ),
        description=figure_words.stay_description(year, _said(values)),
        notes=(
            figure_words.stay_note(year, _said(values))
            if values.cells
            else why_nothing(publication, values.mart, year),
            figure_words.STAY_NOTE,
        ),
    )


def _length(values: Measures) -> int:
    """The number of months that the mart lists, from 0 on."""
    return max((int(month) for month, _ in values.cells), default=-1) + 1


def _percent(values: Measures, month: str) -> int | None:
    share = values.shown(month, "remaining_share")
    return None if share is None else numbers.half_up(share)


def _steps(values: Measures, year: int) -> step_charts.Steps:
    months = range(min(_length(values), _DRAWN + 1))
    return step_charts.Steps(
        str(year), [values.shown(str(month), "remaining_share") for month in months]
    )


def _said(values: Measures) -> list[str]:
    """The share after each half year as «86 % etter 6 måneder», as far as anybody was followed."""
    return [
        figure_words.after_months(
            write(
                _percent(values, str(month)),
                "percent",
                values.withheld(str(month), "remaining_share"),
            ),
            month,
        )
        for month in _TOLD
        if (str(month), "remaining_share") in values.cells
    ]
