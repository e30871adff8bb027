"""The look of series over the years: small charts under each other. It knows no subject.

Each small chart is a line with its numbers, under its name, and all have one axis of years. The
vertical axis is in pixels from the top, as in `charts`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.charts import SIZE, base_layout, escape
from dashboards.figures.drawing import drawing
from dashboards.figures.palette import MAIN, MUTED, TRACK

_HEADING = 26
_NAME, _ROOM, _HIGH, _GAP, _AXIS = 20, 20, 40, 16, 24
_MOST_NUMBERS = 6
_ACROSS = 38
"""The characters of a name that a phone has room for in a line."""
_ASIDE = 0.4


@dataclass(frozen=True)
class Panel:
    """One small chart: a value for each year, None where there is none, and its text or sign."""

    label: str
    values: Sequence[float | None]
    texts: Sequence[str]


def panels(
    rows: Sequence[Panel],
    years: Sequence[str],
    breaks: Sequence[int],
    *,
    one_scale: bool,
    heading: str = "",
) -> go.Figure | None:
    """Draw each row as a line over the years; None when no row has a value.

    `breaks` are the places in `years` before which a series is broken: a dotted line is there.
    With `one_scale`, equal heights mean equal numbers in all rows, as in parts of a whole. The
    `heading` stands above them all.
    """
    known = [value for row in rows for value in row.values if value is not None]
    if not known:
        return None
    traces, shapes = [], []
    notes = [_heading(heading)] if heading else []
    at_top = _HEADING if heading else 0
    for row in rows:
        name = textwrap.wrap(row.label, _ACROSS)
        bottom = at_top + len(name) * _NAME + _ROOM + _HIGH
        top = max(known if one_scale else [value or 0 for value in row.values]) or 1
        heights = [
            None if value is None else bottom - max(value, 0) / top * _HIGH for value in row.values
        ]
        traces.append(_line(heights))
        notes += [_name(name, at_top), *_numbers(row, heights, bottom)]
        shapes += [
            _rule(-_ASIDE, len(years) - 1 + _ASIDE, bottom),
            *(_broken(at, bottom) for at in breaks),
        ]
        at_top = bottom + _GAP
    height = at_top + _AXIS
    axes = {
        "xaxis": {
            "fixedrange": True, "range": [-_ASIDE, len(years) - 1 + _ASIDE], "showgrid": False,
            "zeroline": False, "tickangle": 0, "tickfont": {"size": 12},
            "tickvals": _ticks(len(years)), "ticktext": [years[i] for i in _ticks(len(years))],
        },
        "yaxis": {"visible": False, "fixedrange": True, "range": [height - _AXIS, 0]},
    }  # fmt: skip
    layout = base_layout(height, right=0)
    layout["margin"] = {**layout["margin"], "b": _AXIS}
    return drawing(traces, layout | axes | {"annotations": notes, "shapes": shapes})


def _ticks(length: int) -> list[int]:
    """The places of the years that are named: every one, or as many as a phone has room for."""
    step = -(-length // _MOST_NUMBERS)
    return sorted(range(length - 1, -1, -step))


def _line(heights: Sequence[float | None]) -> dict[str, Any]:
    return {
        "type": "scatter", "x": list(range(len(heights))), "y": list(heights),
        "mode": "lines+markers", "line": {"color": MAIN, "width": 2.5}, "marker": {"size": 6},
        "cliponaxis": False,
    }  # fmt: skip


def _heading(text: str) -> dict[str, Any]:
    return {
        "xref": "paper", "x": 0, "y": 0, "text": escape(text), "showarrow": False, "borderpad": 0,
        "xanchor": "left", "yanchor": "top", "align": "left",
        "font": {"size": 12, "color": MUTED},
    }  # fmt: skip


def _name(lines: Sequence[str], top: float) -> dict[str, Any]:
    text = "<br>".join(f"<b>{escape(line)}</b>" for line in lines)
    return {
        "xref": "paper", "x": 0, "y": top, "text": text, "showarrow": False, "borderpad": 0,
        "xanchor": "left", "yanchor": "top", "align": "left", "font": {"size": SIZE},
    }  # fmt: skip


def _numbers(row: Panel, heights: Sequence[float | None], bottom: float) -> list[dict[str, Any]]:
    """The number above each named year; the sign of one that is withheld or missing at the axis."""
    written = []
    for place in _ticks(len(heights)):
        at = heights[place]
        written.append(
            {"x": place, "y": bottom if at is None else at, "text": escape(row.texts[place]),
             "showarrow": False, "yanchor": "bottom", "yshift": 5, "borderpad": 0,
             "font": {"size": 12}}
        )  # fmt: skip
    return written


def _rule(left: float, right: float, bottom: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": left, "x1": right, "y0": bottom, "y1": bottom, "layer": "below",
        "line": {"color": TRACK, "width": 2},
    }  # fmt: skip


def _broken(place: int, bottom: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": place - 0.5, "x1": place - 0.5, "y0": bottom - _HIGH, "y1": bottom,
        "line": {"color": MUTED, "width": 2, "dash": "dot"},
    }  # fmt: skip
