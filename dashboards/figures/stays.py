"""Figures of the length of stay: the share still in the programme, month by month."""

from __future__ import annotations

import polars as pl

from dashboards import numbers
from dashboards.figures import figure_words, step_charts
from dashboards.figures.breakdown import nothing, why_nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import SMALLEST_BASE
from dashboards.figures.findings.finding import Finding
from dashboards.figures.measures import Measures, measures, nothing_beside
from dashboards.publication import Publication

_DRAWN = 36
_TOLD = (6, 12, 18, 24)
_FEWEST = 10
"""With fewer stays still followed, one more exit moves the share by a tenth or more."""

_SHARE = "remaining_share"
_LIMITS = ("remaining_low", "remaining_high")


def still_in_programme(publication: Publication, year: int) -> Figure:
    """Share of the year's starters still in the programme, by months since the start.

    It ends where fewer than ten are followed, and has its interval. The starters of the year it is
    compared with have their own line and column.
    """
    values = measures(publication, "still_in_programme", year)
    previous = publication.beside("still_in_programme", year)
    before = measures(publication, "still_in_programme", previous) if previous else None
    if not values.cells and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    months = range(max(_followed(of) for of in (values, *([before] if before else []))))
    if not months:
        few = figure_words.few_followed(year, numbers.count(_FEWEST))
        return Figure(values.mart.name, values.mart.label_nb, values.mart.definition_nb, empty=few)
    label = {name: values.mart.column(name).label_nb for name in values.mart.measures}
    columns = {label["at_risk"]: ("at_risk", values)}
    columns |= {label[name]: (name, values) for name in (_SHARE, *_LIMITS)}
    if before:
        columns[figure_words.starters_of(label[_SHARE], before.year)] = (_SHARE, before)
    return Figure(
        id="still_in_programme",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=pl.DataFrame(
            {
                values.mart.column("months_since_start").label_nb: [
                    figure_words.months(month) for month in months
                ],
            }
            | {
                header: pl.Series([_cell(of, month, name) for month in months], dtype=pl.Int64)
                for header, (name, of) in columns.items()
            }
        ),
        units={
            header: "count" if name == "at_risk" else "percent"
            for header, (name, _) in columns.items()
        },
        withheld=pl.DataFrame(
            {
                header: [of.withheld(str(month), name) for month in months]
                for header, (name, of) in columns.items()
            }
        ),
        chart=step_charts.steps(
            _steps(values),
            [_steps(before)] if before else [],
            values.mart.column("months_since_start").label_nb,
        ),
        description=figure_words.stay_description(year, _said(values)),
        picture_notes=(figure_words.BAND_NOTE,) if any(_steps(values).low) else (),
        notes=(
            *((why_nothing(publication, values.mart, year),) if not values.cells else ()),
            figure_words.STAY_NOTE,
        ),
        findings=_finding(values, year),
    )


def _finding(values: Measures, year: int) -> tuple[Finding, ...]:
    """The share still there after each half year, with its interval; silent for few starters."""
    starters, said = values.count("0", "at_risk"), _said(values)
    if starters is None or starters < SMALLEST_BASE or not said:
        return ()
    return (Finding(finding_words.still_there(numbers.count(starters), year, said)),)


def _followed(values: Measures) -> int:
    """The number of months, from 0 on, in which enough stays are followed, or all is withheld."""
    months = range(max((int(month) for month, _ in values.cells), default=-1) + 1)
    known = {month: values.count(str(month), "at_risk") for month in months}
    return next(
        (month for month, at_risk in known.items() if at_risk is not None and at_risk < _FEWEST),
        len(months),
    )


def _shown(values: Measures, month: int, name: str) -> float | None:
    """A number of the mart; None where too few are followed."""
    return values.shown(str(month), name) if month < _followed(values) else None


def _cell(values: Measures, month: int, name: str) -> int | None:
    number = _shown(values, month, name)
    if number is None:
        return None
    return int(number) if name == "at_risk" else numbers.half_up(number)


def _steps(values: Measures) -> step_charts.Steps:
    months = range(min(_followed(values), _DRAWN + 1))
    shares, low, high = (
        [_shown(values, month, name) for month in months] for name in (_SHARE, *_LIMITS)
    )
    return step_charts.Steps(str(values.year), shares, low, high)


def _said(values: Measures) -> list[str]:
    """The share after each half year with its interval, as far as it is drawn."""
    return [
        figure_words.after_months(
            write(_cell(values, month, _SHARE), "percent", values.withheld(str(month), _SHARE)),
            month,
            [
                numbers.percent(limit)
                for limit in (_cell(values, month, name) for name in _LIMITS)
                if limit is not None
            ],
        )
        for month in _TOLD
        if month < _followed(values) and (str(month), _SHARE) in values.cells
    ]
