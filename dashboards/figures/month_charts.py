"""The look of a chart of months or quarters: the line, the bars up and down. No subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import numbers, words
from dashboards.figures import figure_words
from dashboards.figures.charts import MAIN, MUTED, SECOND, SIZE, TEXT, base_layout

_MONTHS = list(range(1, 13))
_WIDE = 1000
_BAR_WIDTH = 0.62
_BAR_FILL = 0.9


def lines(
    year: int,
    this: Sequence[int | None],
    previous: int | None,
    before: Sequence[int | None],
    withheld: Sequence[bool] = (),
) -> go.Figure:
    """Draw twelve months as a line with its numbers, and another year grey and dotted.

    The `withheld` months of the line have their sign at the axis.
    """
    top = max([number or 0 for number in (*this, *before)] + [1])
    last_year = go.Scatter(
        x=_MONTHS, y=list(before), mode="lines", line={"color": MUTED, "width": 2, "dash": "dot"}
    )
    this_year = go.Scatter(
        x=_MONTHS,
        y=list(this),
        mode="lines+markers",
        line={"color": MAIN, "width": 3},
        marker={"size": 7},
        cliponaxis=False,
    )
    # On a phone, numbers of four digits have room only at every other month.
    step = 2 if top >= _WIDE else 1
    shown = [
        (month, number)
        for month, number in _known(this)
        if (_known(this)[-1][0] - month) % step == 0
    ]
    # On white, so that the number can be read where last year's line passes behind it.
    notes: list[dict[str, Any]] = [
        {"x": month, "y": number, "text": numbers.count(number), "showarrow": False,
         "yanchor": "bottom", "yshift": 5, "borderpad": 0, "bgcolor": "rgba(255,255,255,0.85)",
         "font": {"size": 12}}
        for month, number in shown
    ]  # fmt: skip
    names = [
        _name(series, months, others, colour, over)
        for series, months, others, colour, over in (
            # The numbers of this year are between its line and its name.
            (year, this, before, MAIN, 22),
            (previous, before, this, MUTED, 6),
        )
        if _known(months)
    ]
    traces = [last_year, this_year] if _known(before) else [this_year]
    kept_back = [_withheld(month, 1, MAIN) for month, kept in enumerate(withheld, 1) if kept]
    return _figure(traces, 300, [0, top * 1.2], annotations=[*notes, *names, *kept_back])


@dataclass(frozen=True)
class Flow:
    """How many came and how many left in each month or quarter of a year; which are withheld."""

    into: Sequence[int | None]
    out: Sequence[int | None]
    into_withheld: Sequence[bool] = ()
    out_withheld: Sequence[bool] = ()


def month_flows(this: Flow, before: Flow | None = None, name: str = "") -> go.Figure:
    """Draw twelve months as bars, upwards for starts and downwards for exits.

    Another year is drawn over them as grey dotted lines, under the name `name`.
    """
    bars = _bars(this, 0.0, _BAR_WIDTH)
    # On white, so that the number can be read where the other year's line passes behind it.
    counts = _counts(this, 0.0, bgcolor="rgba(255,255,255,0.85)")
    if before is None:
        return _up_and_down(bars, counts, [this])
    # On a white line, so that the dots can be seen on the bars behind them.
    lines = [
        go.Scatter(x=_MONTHS, y=_signed(side, sign), mode="lines", line=line)
        for side, sign in ((before.into, 1), (before.out, -1))
        for line in (
            {"color": "#FFFFFF", "width": 4},
            {"color": MUTED, "width": 2, "dash": "dot"},
        )
    ]
    named = {
        "xref": "paper", "x": 1, "yref": "paper", "y": 1, "text": name, "showarrow": False,
        "xanchor": "right", "yanchor": "top", "borderpad": 0,
        "font": {"color": MUTED, "size": SIZE, "weight": 600},
    }  # fmt: skip
    return _up_and_down([*bars, *lines], [*counts, named], [this, before])


def quarter_flows(this: Flow, before: Flow | None, periods: Sequence[str]) -> go.Figure:
    """Draw the same for quarters; the bars of another year are grey, to the left of each bar.

    `periods` are the names below the bars.
    """
    if before is None:
        return _up_and_down(_bars(this, 0.0, _BAR_WIDTH), _counts(this, 0.0), [this], periods)
    width = _BAR_WIDTH / 2
    aside = width / 2
    bars = [
        *_bars(before, -aside, width * _BAR_FILL, MUTED),
        *_bars(this, aside, width * _BAR_FILL),
    ]
    counts = [*_counts(before, -aside), *_counts(this, aside)]
    return _up_and_down(bars, counts, [before, this], periods)


def _bars(year: Flow, aside: float, width: float, colour: str = "") -> list[go.Bar]:
    """The two sides of a year's bars, at the distance `aside` from the middle of each period."""
    return [
        go.Bar(
            x=[place + aside for place in range(1, len(side) + 1)],
            y=_signed(side, sign),
            width=width,
            marker={"color": colour or own, "line": {"width": 0}},
        )
        for side, sign, own in ((year.into, 1, MAIN), (year.out, -1, SECOND))
    ]


def _counts(year: Flow, aside: float, **style: Any) -> list[dict[str, Any]]:
    """The number at the end of each bar, and the sign of withheld numbers.

    Not as text of the bars: Plotly puts the text of a zero below the line, over other bars.
    """
    kept_back = [
        _withheld(place + aside, sign, colour)
        for side, sign, colour in (
            (year.into_withheld, 1, MAIN), (year.out_withheld, -1, SECOND),
        )
        for place, kept in enumerate(side, 1)
        if kept
    ]  # fmt: skip
    return kept_back + [
        {"x": place + aside, "y": sign * number, "text": numbers.count(number), "showarrow": False,
         "yanchor": "bottom" if sign > 0 else "top", "yshift": sign, "borderpad": 0,
         "font": {"size": 12}, **style}
        for side, sign in ((year.into, 1), (year.out, -1))
        for place, number in _known(side)
    ]  # fmt: skip


def _withheld(place: float, sign: int, colour: str) -> dict[str, Any]:
    """The sign of a withheld number, above or below the axis."""
    return {
        "x": place, "y": 0, "text": words.HIDDEN, "showarrow": False, "borderpad": 0,
        "yanchor": "bottom" if sign > 0 else "top", "yshift": 2 * sign,
        "font": {"size": SIZE, "color": colour, "weight": 600},
    }  # fmt: skip


def _signed(side: Sequence[int | None], sign: int) -> list[int | None]:
    return [None if number is None else sign * number for number in side]


def _up_and_down(
    traces: Sequence[go.Bar | go.Scatter],
    notes: Sequence[dict[str, Any]],
    years: Sequence[Flow],
    periods: Sequence[str] = figure_words.MONTHS_SHORT,
) -> go.Figure:
    """The chart around bars up and down: names of the two sides, and room for the numbers."""
    up = max([number or 0 for year in years for number in year.into] + [1])
    down = max([number or 0 for year in years for number in year.out] + [1])
    margin = (up + down) * 0.12
    names = [
        {"xref": "paper", "x": 0, "yref": "paper", "y": 1 if sign > 0 else 0, "showarrow": False,
         "xanchor": "left", "yanchor": "top" if sign > 0 else "bottom", "borderpad": 0,
         "text": f"<b>{'↑' if sign > 0 else '↓'} {name}</b>",
         "font": {"color": colour, "size": SIZE}}
        for sign, colour, name in ((1, MAIN, figure_words.STARTED), (-1, SECOND, figure_words.LEFT))
    ]  # fmt: skip
    reach = [-down - margin * 1.9, up + margin * 1.9]
    return _figure(traces, 280, reach, periods, barmode="overlay", annotations=[*notes, *names])


def _known(months: Sequence[int | None]) -> list[tuple[int, int]]:
    return [(month, number) for month, number in enumerate(months, 1) if number is not None]


def _name(
    series: int | None,
    months: Sequence[int | None],
    others: Sequence[int | None],
    colour: str,
    over: int,
) -> dict[str, Any]:
    """The year at the end of its line, away from the other line."""
    month, number = _known(months)[-1]
    above = number >= (others[month - 1] or 0)
    return {
        "x": month + 0.5, "y": number, "text": str(series), "showarrow": False,
        "xanchor": "right", "yanchor": "bottom" if above else "top",
        "yshift": over if above else -6, "borderpad": 0,
        "font": {"color": colour, "size": SIZE, "weight": 600},
    }  # fmt: skip


def _figure(
    traces: Sequence[go.Bar | go.Scatter],
    height: int,
    reach: Sequence[float],
    periods: Sequence[str] = figure_words.MONTHS_SHORT,
    **layout: Any,
) -> go.Figure:
    axes = {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 26, "pad": 0},
        "xaxis": {
            "fixedrange": True, "range": [0.5, len(periods) + 0.5], "showgrid": False,
            "zeroline": False, "tickangle": 0, "tickfont": {"size": 11},
            "tickvals": list(range(1, len(periods) + 1)), "ticktext": list(periods),
        },
        "yaxis": {
            "fixedrange": True, "range": list(reach), "showgrid": False, "showticklabels": False,
            "zeroline": True, "zerolinecolor": TEXT, "zerolinewidth": 1,
        },
    }  # fmt: skip
    return go.Figure(list(traces), base_layout(height, right=0) | axes | layout)
