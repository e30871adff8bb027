"""The look of a falling line of shares: a step for each month. It knows no subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import numbers
from dashboards.figures.charts import MAIN, MUTED, SIZE, TRACK, base_layout, escape

_HEIGHT = 320
_TICK = 6
_MOST_TICKS = 8
_NARROWEST = 6
_CLEAR = 0.07
_SCALE = (0.5, 1.0)


@dataclass(frozen=True)
class Steps:
    """One line: shares between 0 and 1 by month from 0 on; None where nothing may be drawn."""

    label: str
    shares: Sequence[float | None]


def steps(this: Steps, before: Sequence[Steps], below: str) -> go.Figure:
    """Draw `this` as a solid line and the lines `before` grey and dotted, each named at its end.

    The share is written at every half year of the line. `below` is the unit of the axis.
    """
    reach = max([_last(line)[0] for line in (this, *before)] + [_NARROWEST])
    # A long history has room for fewer numbers.
    every = _TICK * -(-reach // (_TICK * _MOST_TICKS))
    earlier = [
        _line(line, {"color": MUTED, "width": 2, "dash": "dot"}) for line in before if _known(line)
    ]
    marked = [(month, share) for month, share in _known(this) if month and month % every == 0]
    # To the right of the mark, above the line that falls from there.
    notes = [
        _note(month, share, numbers.percent(numbers.half_up(share)), shift=2)
        for month, share in marked
    ]
    scale = [_note(0, share, numbers.percent(numbers.half_up(share))) for share in _SCALE]
    traces = [
        *earlier,
        _line(this, {"color": MAIN, "width": 3}),
        go.Scatter(
            x=[month for month, _ in marked],
            y=[share for _, share in marked],
            mode="markers",
            marker={"size": 7, "color": MAIN},
            cliponaxis=False,
        ),
    ]
    return go.Figure(
        traces,
        base_layout(_HEIGHT, right=0)
        | {
            "margin": {"l": 0, "r": 44, "t": 18, "b": 44, "pad": 0},
            "annotations": [*scale, *notes, *_names(this, before)],
            "xaxis": {
                "fixedrange": True, "range": [0, reach], "showgrid": False, "zeroline": False,
                "tickangle": 0, "tickfont": {"size": 11},
                "tickvals": list(range(every, reach + 1, every)),
                "title": {"text": escape(below), "font": {"size": 12}, "standoff": 8},
            },
            "yaxis": {
                "fixedrange": True, "range": [0, 1.01], "gridcolor": TRACK, "tickvals": _SCALE,
                "showticklabels": False, "zeroline": True, "zerolinecolor": MUTED,
                "zerolinewidth": 1,
            },
        },
    )  # fmt: skip


def _line(line: Steps, style: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(line.shares))),
        y=list(line.shares),
        mode="lines",
        line=style | {"shape": "hv"},
        cliponaxis=False,
    )


def _note(month: int, share: float, text: str, shift: int = 0) -> dict[str, Any]:
    return {
        "x": month, "y": share, "text": text, "showarrow": False, "xanchor": "left",
        "yanchor": "bottom", "xshift": shift, "yshift": 3, "borderpad": 0,
        "bgcolor": "rgba(255,255,255,0.7)", "font": {"size": 12},
    }  # fmt: skip


def _known(line: Steps) -> list[tuple[int, float]]:
    return [(month, share) for month, share in enumerate(line.shares) if share is not None]


def _last(line: Steps) -> tuple[int, float]:
    known = _known(line)
    return known[-1] if known else (0, 1.0)


def _names(this: Steps, before: Sequence[Steps]) -> list[dict[str, Any]]:
    """The name of each line to the right of its end; one that would cover another moves up."""
    ends = sorted(
        (
            (*_last(line), line.label, MAIN if line is this else MUTED)
            for line in (this, *before)
            if _known(line)
        ),
        key=lambda end: (end[1], end[0]),
    )
    heights: list[float] = []
    for _, share, _, _ in ends:
        lowest = heights[-1] + _CLEAR if heights else 0.0
        heights.append(max(share, lowest))
    return [
        {"x": month, "y": height, "text": escape(label), "showarrow": False, "xanchor": "left",
         "yanchor": "middle", "xshift": 6, "borderpad": 0, "bgcolor": "rgba(255,255,255,0.85)",
         "font": {"color": colour, "size": SIZE, "weight": 600}}
        for (month, _, label, colour), height in zip(ends, heights, strict=True)
    ]  # fmt: skip
