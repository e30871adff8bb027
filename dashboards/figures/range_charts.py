"""The look of a chart of ranges of days: the middle half, the median, an axis of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.figures import figure_words, hatching
from dashboards.figures.charts import (
    BAR,
    CLEAR,
    LINE,
    bar_trace,
    escape,
    label_at,
    laid_out,
    places,
    stroke,
)
from dashboards.figures.palette import MUTED, OTHER_YEAR, PARTNER, TEXT, TRACK

_OTHER = {"color": OTHER_YEAR, "width": 3, "dash": "dot"}
_AXIS = 44
_NUMBERS, _YEARS = 6, 6 + LINE
_TICK = 4
_MOST_TICKS = 5
_STEPS = (5, 10, 20, 50, 100, 200, 500, 1000)
_DAYS_OF_YEAR = 365


@dataclass(frozen=True)
class Range:
    """One range of days with its median; `before` is the median of the other year.

    Without days there is no range; where they are `withheld`, there is a hatched field.
    """

    label: str
    text: str
    low: float | None
    median: float | None
    high: float | None
    before: float | None = None
    withheld: bool = False


def ranges(rows: Sequence[Range]) -> go.Figure | None:
    """Draw the middle half of each row as a light field, with a dark stroke at the median.

    The median of the other year is a grey dotted stroke. The axis below has plain numbers of days,
    and the years among them. None when no row has a median of either year.
    """
    if not any(row.median is not None or row.before is not None for row in rows):
        return None
    labels = [[f"<b>{escape(row.label)}</b>", escape(row.text)] for row in rows]
    tops, centres, height = places(labels, above=CLEAR)
    trace = bar_trace(
        x=[None if row.high is None or row.low is None else row.high - row.low for row in rows],
        y=centres,
        base=[row.low for row in rows],
        marker={"color": PARTNER, "line": {"width": 1, "color": TEXT}},
    )
    baselines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": centre, "y1": centre,
         "layer": "below", "line": {"color": TRACK, "width": 2}}
        for centre in centres
    ]  # fmt: skip
    fields = [
        hatching.in_row(centre - BAR / 2, centre + BAR / 2)
        for row, centre in zip(rows, centres, strict=True)
        if row.withheld
    ]
    medians = [
        mark
        for row, centre in zip(rows, centres, strict=True)
        for mark in (
            *([stroke(row.before, centre, _OTHER)] if row.before is not None else []),
            *([stroke(row.median, centre)] if row.median is not None else []),
        )
    ]
    longest = max([days or 0 for row in rows for days in (row.high, row.before)] + [1])
    days = _ticks(longest)
    return laid_out(
        [trace],
        height + _AXIS,
        right=4,
        reach=max(longest * 1.02, days[-1]),
        annotations=[
            *(label_at("<br>".join(label), top) for label, top in zip(labels, tops, strict=True)),
            *_numbers(days, height),
            *_years(days[-1], height),
        ],
        shapes=[*baselines, *fields, *medians, *_axis(days, height)],
    )


def _ticks(longest: float) -> list[int]:
    """The days on the axis: plain numbers, the last one beyond the longest range."""
    step = next((days for days in _STEPS if longest / days <= _MOST_TICKS), int(longest))
    return list(range(0, (int(longest) // step + 1) * step + 1, step))


def _axis(days: Sequence[int], top: int) -> list[dict[str, Any]]:
    line = {"color": MUTED, "width": 1}
    along = {"type": "line", "x0": 0, "x1": days[-1], "y0": top, "y1": top, "line": line}
    return [along] + [
        {"type": "line", "x0": day, "x1": day, "y0": top, "y1": top + _TICK, "line": line}
        for day in days
    ]


def _numbers(days: Sequence[int], top: int) -> list[dict[str, Any]]:
    last = days[-1]
    return [
        {"x": day, "y": top + _NUMBERS, "yanchor": "top", "showarrow": False, "borderpad": 0,
         "text": figure_words.axis_days(day, with_unit=day == last), "font": {"size": 12},
         "xanchor": "left" if day == 0 else "right" if day == last else "center"}
        for day in days
    ]  # fmt: skip


def _years(last: int, top: int) -> list[dict[str, Any]]:
    """Where one, two and more years are, for readers who do not think in days."""
    return [
        {"x": years * _DAYS_OF_YEAR, "y": top + _YEARS, "yanchor": "top", "showarrow": False,
         "borderpad": 0, "xanchor": "left", "xshift": -5, "text": figure_words.axis_years(years),
         "font": {"size": 12, "color": MUTED}}
        for years in range(1, int(last * 0.9) // _DAYS_OF_YEAR + 1)
    ]  # fmt: skip
