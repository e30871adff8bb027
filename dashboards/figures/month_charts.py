"""The look of a chart of months or quarters: a line, or panels of bars. It knows no subject.

The numbers are in rows below each plot (number_rows), so the vertical axes have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import numbers, words
from dashboards.figures import figure_words, hatching, number_rows
from dashboards.figures.charts import SIZE, base_layout, escape
from dashboards.figures.drawing import Trace, bar, drawing, scatter
from dashboards.figures.palette import ALARM, MAIN, OTHER_YEAR, TEXT

_LINE_PLOT, _PANEL_PLOT = 200, 72
_TOP, _TITLE, _PERIODS, _GAP = 8, 24, 20, 16
_BAR, _BAR_AT, _THIN, _THIN_AT = 0.46, 0.12, 0.24, -0.27


@dataclass(frozen=True)
class Series:
    """The numbers of the months or quarters of a year, and of the year beside it, if there is one.

    None where there is nothing to count; where `withheld` or `before_withheld` is true, the number
    is withheld. An `alarming` series is drawn in the colour of dropouts.
    """

    label: str
    this: Sequence[int | None]
    withheld: Sequence[bool]
    before: Sequence[int | None] = ()
    before_withheld: Sequence[bool] = ()
    alarming: bool = False


def lines(years: Sequence[int], series: Series) -> go.Figure:
    """Draw a year's months as a line, and the year beside it, if it is among `years`, dotted.

    A withheld month has its sign, and a hatched field on the axis; the line has a gap there.
    """
    periods = figure_words.MONTHS_SHORT
    axis = _TOP + _LINE_PLOT
    below = axis + _PERIODS
    height = below + len(years) * number_rows.HEIGHT + 4
    notes, samples = number_rows.rows(_rows(years, series, mark="line"), below, height)
    traces = [
        scatter(
            x=_places(side), y=list(side), mode="lines",
            line={"color": OTHER_YEAR, "width": 2, "dash": "dot"}, cliponaxis=False,
        )
        for side in (series.before,)
        if any(number is not None for number in side)
    ]  # fmt: skip
    traces.append(
        scatter(
            x=_places(series.this), y=list(series.this), mode="lines+markers",
            line={"color": MAIN, "width": 3}, marker={"size": 7}, cliponaxis=False,
        )
    )  # fmt: skip
    return drawing(
        traces,
        _layout(height, periods)
        | {
            "annotations": [*_period_names(periods, axis, height), *notes],
            "shapes": [*samples, *_fields(series.withheld, "y")],
            "yaxis": _axis(_LINE_PLOT, _TOP, height, _highest([series]) * 1.04),
        },
    )


def panels(
    years: Sequence[int], listed: Sequence[Series], periods: Sequence[str] = ()
) -> go.Figure:
    """Draw each series as bars in a plot of its own, all to one scale, the year beside thin.

    `periods` are the names of the places, the months if empty.
    """
    periods = periods or figure_words.MONTHS_SHORT
    each = _TITLE + _PANEL_PLOT + _PERIODS + len(years) * number_rows.HEIGHT + _GAP
    height = each * len(listed) - _GAP + 4
    top = _highest(listed)
    traces: list[Trace] = []
    notes: list[Any] = []
    shapes: list[Any] = []
    axes: dict[str, Any] = {}
    for number, series in enumerate(listed):
        name = f"y{number + 1 if number else ''}"
        begins = number * each
        axis = begins + _TITLE + _PANEL_PLOT
        rows = _rows(years, series)
        texts, samples = number_rows.rows(rows, axis + _PERIODS, height)
        traces += _bars(series, name)
        notes += [_title(series, begins, height), *_period_names(periods, axis, height), *texts]
        shapes += [
            *samples,
            *_fields(series.withheld, name, _aside(series)),
            *_fields(series.before_withheld, name, _THIN_AT),
        ]
        axes[f"yaxis{number + 1 if number else ''}"] = _axis(
            _PANEL_PLOT, begins + _TITLE, height, top
        )
    layout = {"barmode": "overlay", "annotations": notes, "shapes": shapes}
    return drawing(traces, _layout(height, periods) | axes | layout)


def _rows(years: Sequence[int], series: Series, mark: str = "bar") -> list[number_rows.Row]:
    texts = [
        _texts(series.this, series.withheld),
        _texts(series.before, series.before_withheld),
    ]
    names = [str(year) for year in years]
    colour = ALARM if series.alarming else MAIN
    return number_rows.of_years(names, texts[: len(names)], colour, mark)


def _texts(side: Sequence[int | None], withheld: Sequence[bool]) -> Mapping[float, str]:
    kept = [*withheld, *[False] * (len(side) - len(withheld))]
    return {
        place: words.HIDDEN if is_kept else numbers.count(number or 0)
        for place, (number, is_kept) in enumerate(zip(side, kept, strict=True), 1)
        if is_kept or number is not None
    }


def _bars(series: Series, axis: str) -> list[Trace]:
    """The bars of the year beside, and those of the year itself to the right of them."""
    sides = [
        (series.before, _THIN_AT, _THIN, OTHER_YEAR),
        (series.this, _aside(series), _BAR, ALARM if series.alarming else MAIN),
    ]
    return [
        bar(
            x=[place + aside for place in _places(side)],
            y=list(side),
            width=width,
            yaxis=axis,
            marker={"color": colour, "line": {"width": 0}},
        )
        for side, aside, width, colour in sides
        if side
    ]


def _aside(series: Series) -> float:
    """How far the bars of the year are from the middle of their places, beside another year's."""
    return _BAR_AT if series.before else 0.0


def _fields(withheld: Sequence[bool], axis: str, aside: float = 0.0) -> list[dict[str, Any]]:
    return [hatching.on_axis(place + aside, axis) for place, kept in enumerate(withheld, 1) if kept]


def _title(series: Series, top: int, height: int) -> dict[str, Any]:
    return {
        "xref": "paper", "x": 0, "xshift": -number_rows.LEFT, "xanchor": "left", "yref": "paper",
        "y": 1 - top / height, "yanchor": "top", "text": f"<b>{escape(series.label)}</b>",
        "showarrow": False, "borderpad": 0, "font": {"size": SIZE},
    }  # fmt: skip


def _period_names(periods: Sequence[str], axis: int, height: int) -> list[dict[str, Any]]:
    """The names below a plot; as texts, for the axis that the plots share has only one row."""
    return [
        {"x": place, "yref": "paper", "y": 1 - (axis + 3) / height, "yanchor": "top",
         "text": name, "showarrow": False, "borderpad": 0, "font": {"size": 11}}
        for place, name in enumerate(periods, 1)
    ]  # fmt: skip


def _axis(plot: int, top: int, height: int, reach: float) -> dict[str, Any]:
    """A vertical axis from 0 to `reach`, whose plot begins `top` pixels from the top."""
    return {
        "domain": [1 - (top + plot) / height, 1 - top / height], "fixedrange": True,
        "range": [0, reach], "showgrid": False, "showticklabels": False, "zeroline": True,
        "zerolinecolor": TEXT, "zerolinewidth": 1, "anchor": "x",
    }  # fmt: skip


def _layout(height: int, periods: Sequence[str]) -> dict[str, Any]:
    return base_layout(height, right=0) | {
        "margin": {"l": number_rows.LEFT, "r": 0, "t": 0, "b": 0, "pad": 0},
        "xaxis": {"visible": False, "fixedrange": True, "range": [0.5, len(periods) + 0.5]},
    }


def _places(side: Sequence[int | None]) -> list[int]:
    return list(range(1, len(side) + 1))


def _highest(listed: Sequence[Series]) -> float:
    return max([number or 0 for one in listed for number in (*one.this, *one.before)] + [1])
