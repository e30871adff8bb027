"""The look of a chart: bars, targets, hundred-percent rows. It knows no subject.

Every text of a chart is written in it: nothing waits for a pointer. Labels are above their bars, so
that a chart reads the same on a phone and on a wide screen; the vertical axis of the bar charts is
therefore in pixels from the top.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.figures import hatching
from dashboards.figures.drawing import Trace, bar, drawing
from dashboards.figures.palette import MAIN, MUTED, OTHER_YEAR, PAPER, PARTNER, TEXT, TRACK

FONT = '"Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
SIZE = 14

CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
    "staticPlot": True,
}
"""Without Plotly's own button, which sends the data away; and without zoom, needless here."""

LINE = 18
BAR = 18
_GAP = 14
_NEAR = 3
CLEAR = 8
_KEY = 30
_SPLIT_BAR = 26
_LABEL_WIDTH = 38
_INSIDE = 0.26
_THIN = 5
_YEARS_KEY = 28
_YEAR_WIDTH = 74
_YEAR_SQUARES = [
    {"type": "rect", "xsizemode": "pixel", "xanchor": 0, "x0": left, "x1": left + 13, "y0": top,
     "y1": top + height, "fillcolor": fill, "line": {"width": 0}}
    for left, top, height, fill in ((0, 3, 13, MAIN), (_YEAR_WIDTH, 7, _THIN, OTHER_YEAR))
]  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar, with the texts above it and at its end. Without a value there is no bar.

    A `withheld` one has a hatched field in its place. A `muted` one is of a category that says
    little; one that is `earlier` is itself of the other year. A bar with a `heading` is the first
    of a group of that name. `before` is the value of the other year, if it is known;
    `before_withheld` says that it is withheld.
    """

    label: str
    value: float | None
    text: str
    muted: bool = False
    heading: str = ""
    before: float | None = None
    before_withheld: bool = False
    withheld: bool = False
    earlier: bool = False


@dataclass(frozen=True)
class Target:
    """One target: the value reached and the target, as shares between 0 and 1 or as amounts.

    Without a target there is no stroke. A value that is `withheld` has a hatched field in its
    place; one that is `earlier` is itself of the other year. `before` is the value reached in the
    other year; `before_withheld` says that it is withheld.
    """

    label: str
    text: str
    reached: float | None
    target: float | None = None
    earlier: bool = False
    before: float | None = None
    before_withheld: bool = False
    withheld: bool = False


@dataclass(frozen=True)
class Split:
    """One row of a hundred percent: the parts in order, with the text of each.

    A row with a part that is None is withheld: a hatched field and its texts.
    """

    label: str
    parts: tuple[int | None, ...]
    texts: tuple[str, ...]


def escape(text: str) -> str:
    """Make text safe from Plotly's markup: `<b>` and `<a href>` would come alive."""
    return html.escape(text, quote=False)


def bars(rows: Sequence[Bar], years: tuple[int, int] | None = None) -> go.Figure | None:
    """Draw bars from zero, one under the other in the order given; None when no bar has a length.

    With `years`, this one and the other, the bar of the other year is below each bar, thin and
    grey, and a key above the bars explains the colours.
    """
    if not any(row.value or row.before for row in rows):
        return None
    names = [[*_headed(row.heading, first=i == 0), *_wrap(row.label)] for i, row in enumerate(rows)]
    tops, centres, height = places(names, start=_YEARS_KEY if years else 0)
    trace = bar_trace(
        x=[row.value for row in rows],
        y=centres,
        marker={"color": [_fill(row) for row in rows], "line": {"width": 0}},
    )
    labels = [label_at("<br>".join(name), top) for name, top in zip(names, tops, strict=True)]
    ends = [
        {"x": row.value or 0, "y": centre, "text": escape(row.text), "showarrow": False,
         "xanchor": "left", "xshift": 4 + (hatching.WIDTH if row.withheld else 0), "borderpad": 0,
         "font": {"weight": 600}}
        for row, centre in zip(rows, centres, strict=True)
    ]  # fmt: skip
    return laid_out(
        [trace, _thin(rows, centres)] if years else [trace],
        height,
        right=_room(rows),
        reach=max([number or 0 for row in rows for number in (row.value, row.before)] + [1]),
        barmode="overlay",
        annotations=[*labels, *ends, *(_year_names(years) if years else [])],
        shapes=[*_fields(rows, centres), *(_YEAR_SQUARES if years else [])],
    )


def targets(
    rows: Sequence[Target], reach: float | None = None, years: tuple[int, int] | None = None
) -> go.Figure:
    """Draw values as bars on a track of 100 percent, with a dark stroke for the target.

    The track of amounts ends at `reach`. With `years`, the other year is drawn as in `bars`.
    """
    labels = [[f"<b>{escape(row.label)}</b>", escape(row.text)] for row in rows]
    tops, centres, height = places(labels, start=_YEARS_KEY if years else 0, above=CLEAR)
    whole = reach or 1.0
    reached = [None if row.reached is None else min(row.reached, whole) for row in rows]
    fills = [OTHER_YEAR if row.earlier else MAIN for row in rows]
    traces = [
        bar_trace(x=lengths, y=centres, marker={"color": colour, "line": {"width": 0}})
        for lengths, colour in (([whole] * len(rows), TRACK), (reached, fills))
    ]
    strokes = [
        stroke(row.target, centre)
        for row, centre in zip(rows, centres, strict=True)
        if row.target is not None
    ]
    return laid_out(
        [*traces, _thin(rows, centres)] if years else traces,
        height,
        right=2,
        reach=whole,
        barmode="overlay",
        annotations=[
            *(label_at("<br>".join(label), top) for label, top in zip(labels, tops, strict=True)),
            *(_year_names(years) if years else []),
        ],
        shapes=[*_fields(rows, centres), *strokes, *(_YEAR_SQUARES if years else [])],
    )


def splits(rows: Sequence[Split], keys: Sequence[str]) -> go.Figure:
    """Draw rows of a hundred percent; `keys` name the parts, in the order they are drawn.

    The text of a part that is too narrow for it is above the row, at the right.
    """
    tops, centres, height = places([[row.label] for row in rows], start=_KEY, bar=_SPLIT_BAR)
    fills = ((MAIN, PAPER), (PARTNER, TEXT), (PAPER, TEXT))[: len(keys)]
    shares = [_shares(row.parts) for row in rows]
    traces = [
        bar_trace(
            x=[row[i] for row in shares],
            y=centres,
            width=_SPLIT_BAR,
            marker={"color": fill, "line": {"width": 1, "color": fill if i == 0 else TEXT}},
            text=[
                f"&nbsp;{escape(row.texts[i])}" if (share[i] or 0) >= _INSIDE else ""
                for row, share in zip(rows, shares, strict=True)
            ],
            textposition="inside",
            insidetextanchor="start",
            insidetextfont={"color": ink, "size": SIZE},
            textangle=0,
            constraintext="none",
        )
        for i, (fill, ink) in enumerate(fills)
    ]
    narrow = [
        ", ".join(
            f"{key.lower()} {text}"
            for key, part, text in zip(keys, share, row.texts, strict=True)
            if part is not None and 0 < part < _INSIDE
        )
        for row, share in zip(rows, shares, strict=True)
    ]
    withheld = [
        ", ".join(f"{key.lower()} {text}" for key, text in zip(keys, row.texts, strict=True))
        if None in row.parts
        else ""
        for row in rows
    ]
    lefts = [sum(len(before) * 8 + 42 for before in keys[:i]) for i in range(len(keys))]
    squares = [
        {"type": "rect", "xsizemode": "pixel", "xanchor": 0, "x0": left, "x1": left + 13, "y0": 3,
         "y1": 16, "fillcolor": fill, "line": {"width": 1, "color": fill if left == 0 else TEXT}}
        for left, (fill, _) in zip(lefts, fills, strict=True)
    ]  # fmt: skip
    return laid_out(
        traces,
        height,
        right=2,
        reach=1.003,
        barmode="stack",
        annotations=[
            *(
                label_at(escape(key), 0, shift=left + 19)
                for key, left in zip(keys, lefts, strict=True)
            ),
            *(label_at(escape(row.label), top) for row, top in zip(rows, tops, strict=True)),
            *(
                label_at(escape(text), top, right=True)
                for text, top in zip(narrow, tops, strict=True)
                if text
            ),
            *(
                label_at(escape(text), centre - LINE / 2, shift=hatching.WIDTH + 6)
                for text, centre in zip(withheld, centres, strict=True)
                if text
            ),
        ],
        shapes=[
            *squares,
            *(
                hatching.in_row(centre - _SPLIT_BAR / 2, centre + _SPLIT_BAR / 2)
                for row, centre in zip(rows, centres, strict=True)
                if None in row.parts
            ),
        ],
    )


def base_layout(height: int, right: int) -> dict[str, Any]:
    """The layout that every chart has; the right margin has room for the texts at the ends."""
    return {
        "template": {},
        "height": height,
        "margin": {"l": 0, "r": right, "t": 0, "b": 0, "pad": 0},
        "font": {"family": FONT, "size": SIZE, "color": TEXT},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "showlegend": False,
    }


def laid_out(
    traces: Sequence[Trace], height: int, right: int, reach: float, **layout: Any
) -> go.Figure:
    """A chart of rows: values from 0 to `reach`, the vertical axis in pixels from the top."""
    axes = {
        "xaxis": {"visible": False, "fixedrange": True, "range": [0, reach]},
        "yaxis": {"visible": False, "fixedrange": True, "range": [height, 0]},
    }
    return drawing(list(traces), base_layout(height, right) | axes | layout)


def _thin(rows: Sequence[Bar | Target], centres: Sequence[float]) -> Trace:
    """The bars of the other year, right beneath those of this one."""
    return bar_trace(
        x=[row.before for row in rows],
        y=[centre + (BAR + _THIN) / 2 + 1 for centre in centres],
        width=_THIN,
        marker={"color": OTHER_YEAR, "line": {"width": 0}},
    )


def _fill(row: Bar) -> str:
    return OTHER_YEAR if row.earlier else MUTED if row.muted else MAIN


def _fields(rows: Sequence[Bar | Target], centres: Sequence[float]) -> list[dict[str, Any]]:
    """The hatched fields of withheld numbers, in the place of a bar of either year."""
    half = BAR / 2
    return [
        hatching.in_row(centre + top, centre + bottom)
        for row, centre in zip(rows, centres, strict=True)
        for kept, top, bottom in (
            (row.withheld, -half, half), (row.before_withheld, half + 1, half + 1 + _THIN),
        )
        if kept
    ]  # fmt: skip


def _room(rows: Sequence[Bar]) -> int:
    """The room that the texts at the ends of the bars need, in pixels."""
    return 12 + max(8 * len(row.text) + (hatching.WIDTH if row.withheld else 0) for row in rows)


def _year_names(years: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        label_at(str(year), 0, shift=left + 19)
        for year, left in zip(years, (0, _YEAR_WIDTH), strict=True)
    ]


def bar_trace(**trace: Any) -> Trace:
    """Horizontal bars of the usual height."""
    return bar(**({"orientation": "h", "width": BAR} | trace))


def places(
    labels: Sequence[Sequence[str]], start: int = 0, bar: int = BAR, above: int = _NEAR
) -> tuple[list[int], list[float], int]:
    """The start of each label and the middle of each bar, and the total height, in pixels."""
    heights = [len(lines) * LINE + above + bar + _GAP for lines in labels]
    tops = [start + sum(heights[:i]) for i in range(len(heights))]
    centres = [
        top + len(lines) * LINE + above + bar / 2 for top, lines in zip(tops, labels, strict=True)
    ]
    return tops, centres, start + sum(heights) - _GAP + CLEAR


def _shares(parts: Sequence[int | None]) -> list[float | None]:
    whole = sum(part or 0 for part in parts)
    return [None if part is None or not whole else part / whole for part in parts]


def _wrap(label: str) -> list[str]:
    return [escape(line) for line in textwrap.wrap(label, _LABEL_WIDTH)] or [""]


def _headed(heading: str, first: bool) -> list[str]:
    """The lines of a heading, after an empty line unless it is at the top."""
    lines = [f"<b>{escape(heading)}</b>"]
    return [] if not heading else lines if first else ["&nbsp;", *lines]


def label_at(text: str, top: float, right: bool = False, shift: int = 0) -> dict[str, Any]:
    """A text at the left or right side, its upper edge `top` pixels from the top."""
    side = "right" if right else "left"
    return {
        "xref": "paper", "x": 1 if right else 0, "y": top, "text": text, "showarrow": False,
        "borderpad": 0, "borderwidth": 0, "xshift": shift, "xanchor": side, "yanchor": "top",
        "align": "left",
    }  # fmt: skip


def stroke(x: float, centre: float, line: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A dark stroke through the middle of a row, for a target or a median."""
    reach = BAR / 2 + 4
    return {
        "type": "line", "x0": x, "x1": x, "y0": centre - reach, "y1": centre + reach,
        "line": line or {"color": TEXT, "width": 4},
    }  # fmt: skip
