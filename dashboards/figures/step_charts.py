"""The look of a falling line of shares: a step for each month. It knows no subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import numbers
from dashboards.figures import number_rows
from dashboards.figures.charts import base_layout, escape
from dashboards.figures.drawing import Trace, drawing, scatter
from dashboards.figures.palette import BAND, MAIN, MUTED, OTHER_YEAR, TRACK

_TOP, _PLOT, _TICKS, _RIGHT, _UNIT = 10, 230, 20, 18, 22
_TICK = 6
_MOST_TICKS = 6
_NARROWEST = 6
_SCALE = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Steps:
    """One line: shares between 0 and 1 by month from 0 on; None where nothing may be drawn.

    `low` and `high` are the limits of how uncertain each share is; None where there is no limit.
    """

    label: str
    shares: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def steps(this: Steps, before: Sequence[Steps], below: str) -> go.Figure:
    """Draw `this` as a solid line with its band, and the lines `before` grey and dotted.

    The shares at every half year are in rows below the plot. `below` is the unit of the axis.
    """
    drawn = [line for line in (this, *before) if _known(line)]
    reach = max([_known(line)[-1][0] for line in drawn] + [_NARROWEST])
    # A long history has room for fewer numbers.
    every = _TICK * -(-reach // (_TICK * _MOST_TICKS))
    ticks = range(every, reach + 1, every)
    axis = _TOP + _PLOT
    below_ticks = axis + _TICKS + _UNIT
    height = below_ticks + len(drawn) * number_rows.HEIGHT + 4
    notes, samples = number_rows.rows(
        [
            number_rows.Row(
                line.label,
                {month: text for month, text in _written(line).items() if month in ticks},
                MAIN if line is this else OTHER_YEAR,
                "line",
                earlier=line is not this,
            )
            for line in drawn
        ],
        below_ticks,
        height,
    )
    marked = [(month, share) for month, share in _known(this) if month in ticks]
    traces = [
        *_band(this),
        *(_line(line, {"color": OTHER_YEAR, "width": 2, "dash": "dot"}) for line in drawn[::-1]
          if line is not this),
        _line(this, {"color": MAIN, "width": 3}),
        scatter(
            x=[month for month, _ in marked],
            y=[share for _, share in marked],
            mode="markers",
            marker={"size": 7, "color": MAIN},
            cliponaxis=False,
        ),
    ]  # fmt: skip
    return drawing(
        traces,
        base_layout(height, right=_RIGHT)
        | {
            "margin": {"l": number_rows.LEFT, "r": _RIGHT, "t": 0, "b": 0, "pad": 0},
            "annotations": [
                *(_at(month, axis + 3, height, str(month)) for month in ticks),
                *_scale(),
                *notes,
                _at(0, axis + _TICKS, height, below)
                | {"xref": "paper", "xanchor": "left", "font": {"size": 12, "color": MUTED}},
            ],
            "shapes": samples,
            "xaxis": {"visible": False, "fixedrange": True, "range": [0, reach]},
            "yaxis": {
                "domain": [1 - axis / height, 1 - _TOP / height], "fixedrange": True,
                "range": [0, 1], "gridcolor": TRACK, "tickvals": _SCALE[1:],
                "showticklabels": False, "zeroline": True, "zerolinecolor": MUTED,
                "zerolinewidth": 1,
            },
        },
    )  # fmt: skip


def _line(line: Steps, style: dict[str, Any]) -> Trace:
    return scatter(
        x=list(range(len(line.shares))),
        y=list(line.shares),
        mode="lines",
        line=style | {"shape": "hv"},
        cliponaxis=False,
    )


def _band(line: Steps) -> list[Trace]:
    """The field between the limits, in steps like the line."""
    limits = [
        (month, low, high)
        for month, (low, high) in enumerate(zip(line.low, line.high, strict=True))
        if low is not None and high is not None
    ]
    return [
        scatter(
            x=[month for month, _, _ in limits],
            y=[limit[side] for limit in limits],
            mode="lines",
            line={"width": 0, "shape": "hv"},
            fill=fill,
            fillcolor=BAND,
        )
        for side, fill in ((1, "none"), (2, "tonexty"))
        if limits
    ]


def _at(month: float, top: float, height: int, text: str) -> dict[str, Any]:
    return {
        "x": month, "yref": "paper", "y": 1 - top / height, "yanchor": "top", "text": escape(text),
        "showarrow": False, "borderpad": 0, "font": {"size": 11},
    }  # fmt: skip


def _scale() -> list[dict[str, Any]]:
    """The shares on the vertical axis, to the left of it."""
    return [
        {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -6, "yref": "y", "y": share,
         "yanchor": "middle", "text": numbers.percent(numbers.half_up(share)), "showarrow": False,
         "borderpad": 0, "font": {"size": 11}}
        for share in _SCALE
    ]  # fmt: skip


def _written(line: Steps) -> Mapping[int, str]:
    return {month: numbers.percent(numbers.half_up(share)) for month, share in _known(line)}


def _known(line: Steps) -> list[tuple[int, float]]:
    return [(month, share) for month, share in enumerate(line.shares) if share is not None]
