"""The look of a chart: bars, targets, ranges, hundred-percent rows. It knows no subject.

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

MAIN, SECOND, MUTED, TEXT, PARTNER = "#0063C1", "#AC4400", "#6F7785", "#202733", "#BAD5FB"
TRACK = "#E9ECF1"
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

_LINE = 18
_BAR = 18
_GAP = 14
_NEAR = 3
_CLEAR = 8
_KEY = 30
_SPLIT_BAR = 26
_LABEL_WIDTH = 38
_INSIDE = 0.26
_THIN = 5
_OTHER = {"color": MUTED, "width": 3, "dash": "dot"}
_YEARS_KEY = 28
_YEAR_WIDTH = 74
_YEAR_SQUARES = [
    {"type": "rect", "xsizemode": "pixel", "xanchor": 0, "x0": left, "x1": left + 13, "y0": top,
     "y1": top + height, "fillcolor": fill, "line": {"width": 0}}
    for left, top, height, fill in ((0, 3, 13, MAIN), (_YEAR_WIDTH, 7, _THIN, MUTED))
]  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar, with the texts above it and at its end. Without a value there is no bar.

    A bar with a `heading` is the first of a group of that name. `before` is the value of the other
    year, if it is known; `before_withheld` says that it is withheld.
    """

    label: str
    value: float | None
    text: str
    muted: bool = False
    heading: str = ""
    before: float | None = None
    before_withheld: bool = False


@dataclass(frozen=True)
class Target:
    """One target: the value reached and the target, as shares between 0 and 1 or as amounts.

    Without a target there is no stroke. `before` is the value reached in the other year;
    `before_withheld` says that it is withheld.
    """

    label: str
    text: str
    reached: float | None
    target: float | None = None
    muted: bool = False
    before: float | None = None
    before_withheld: bool = False


@dataclass(frozen=True)
class Range:
    """One range of days with its median; `before` is the median of the other year.

    Without days there is no range.
    """

    label: str
    text: str
    low: float | None
    median: float | None
    high: float | None
    before: float | None = None


@dataclass(frozen=True)
class Split:
    """One row of a hundred percent: the parts in order, with the text of each.

    A row with a part that is None has no bar, only its texts.
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
    tops, centres, height = _places(names, start=_YEARS_KEY if years else 0)
    trace = _bar(
        x=[row.value for row in rows],
        y=centres,
        marker={"color": [MUTED if row.muted else MAIN for row in rows], "line": {"width": 0}},
    )
    labels = [_label("<br>".join(name), top) for name, top in zip(names, tops, strict=True)]
    ends = [
        {"x": row.value or 0, "y": centre, "text": escape(row.text), "showarrow": False,
         "xanchor": "left", "xshift": 4, "borderpad": 0, "font": {"weight": 600}}
        for row, centre in zip(rows, centres, strict=True)
    ]  # fmt: skip
    return _figure(
        [trace, _thin(rows, centres)] if years else [trace],
        height,
        right=12 + 8 * max(len(row.text) for row in rows),
        reach=max([number or 0 for row in rows for number in (row.value, row.before)] + [1]),
        barmode="overlay",
        annotations=[*labels, *ends, *(_year_names(years) if years else [])],
        shapes=_YEAR_SQUARES if years else [],
    )


def targets(
    rows: Sequence[Target], reach: float | None = None, years: tuple[int, int] | None = None
) -> go.Figure:
    """Draw values as bars on a track of 100 percent, with a dark stroke for the target.

    The track of amounts ends at `reach`. With `years`, the other year is drawn as in `bars`.
    """
    labels = [[f"<b>{escape(row.label)}</b>", escape(row.text)] for row in rows]
    tops, centres, height = _places(labels, start=_YEARS_KEY if years else 0, above=_CLEAR)
    whole = reach or 1.0
    reached = [None if row.reached is None else min(row.reached, whole) for row in rows]
    fills = [MUTED if row.muted else MAIN for row in rows]
    traces = [
        _bar(x=lengths, y=centres, marker={"color": colour, "line": {"width": 0}})
        for lengths, colour in (([whole] * len(rows), TRACK), (reached, fills))
    ]
    strokes = [
        _stroke(row.target, centre)
        for row, centre in zip(rows, centres, strict=True)
        if row.target is not None
    ]
    return _figure(
        [*traces, _thin(rows, centres)] if years else traces,
        height,
        right=2,
        reach=whole,
        barmode="overlay",
        annotations=[
            *(_label("<br>".join(label), top) for label, top in zip(labels, tops, strict=True)),
            *(_year_names(years) if years else []),
        ],
        shapes=[*strokes, *(_YEAR_SQUARES if years else [])],
    )


def ranges(rows: Sequence[Range]) -> go.Figure | None:
    """Draw the middle half of each row as a light field, with a dark stroke at the median.

    The median of the other year is a grey dotted stroke. None when no row has a median
    of either year.
    """
    if not any(row.median is not None or row.before is not None for row in rows):
        return None
    labels = [[f"<b>{escape(row.label)}</b>", escape(row.text)] for row in rows]
    tops, centres, height = _places(labels, above=_CLEAR)
    trace = _bar(
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
    medians = [
        stroke
        for row, centre in zip(rows, centres, strict=True)
        for stroke in (
            *([_stroke(row.before, centre, _OTHER)] if row.before is not None else []),
            *([_stroke(row.median, centre)] if row.median is not None else []),
        )
    ]
    return _figure(
        [trace],
        height,
        right=4,
        reach=max([days or 0 for row in rows for days in (row.high, row.before)] + [1]) * 1.02,
        annotations=[
            _label("<br>".join(label), top) for label, top in zip(labels, tops, strict=True)
        ],
        shapes=[*baselines, *medians],
    )


def splits(rows: Sequence[Split], keys: Sequence[str]) -> go.Figure:
    """Draw rows of a hundred percent; `keys` name the parts, in the order they are drawn.

    The text of a part that is too narrow for it is above the row, at the right.
    """
    tops, centres, height = _places([[row.label] for row in rows], start=_KEY, bar=_SPLIT_BAR)
    fills = ((MAIN, "#FFFFFF"), (PARTNER, TEXT), ("#FFFFFF", TEXT))[: len(keys)]
    shares = [_shares(row.parts) for row in rows]
    traces = [
        _bar(
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
    return _figure(
        traces,
        height,
        right=2,
        reach=1.003,
        barmode="stack",
        annotations=[
            *(
                _label(escape(key), 0, shift=left + 19)
                for key, left in zip(keys, lefts, strict=True)
            ),
            *(_label(escape(row.label), top) for row, top in zip(rows, tops, strict=True)),
            *(
                _label(escape(text), top, right=True)
                for text, top in zip(narrow, tops, strict=True)
                if text
            ),
            *(
                _label(escape(text), centre - _LINE / 2)
                for text, centre in zip(withheld, centres, strict=True)
                if text
            ),
        ],
        shapes=squares,
    )


def base_layout(height: int, right: int) -> dict[str, Any]:
    """The layout that every chart has; the right margin has room for the texts at the ends."""
    return {
        "template": {},
        "height": height,
        "margin": {"l": 0, "r": right, "t": 0, "b": 0, "pad": 0},
        "font": {"family": FONT, "size": SIZE, "color": TEXT},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "showlegend": False,
    }


def _figure(
    traces: Sequence[go.Bar], height: int, right: int, reach: float, **layout: Any
) -> go.Figure:
    axes = {
        "xaxis": {"visible": False, "fixedrange": True, "range": [0, reach]},
        "yaxis": {"visible": False, "fixedrange": True, "range": [height, 0]},
    }
    return go.Figure(list(traces), base_layout(height, right) | axes | layout)


def _thin(rows: Sequence[Bar | Target], centres: Sequence[float]) -> go.Bar:
    """The bars of the other year, right beneath those of this one."""
    return _bar(
        x=[row.before for row in rows],
        y=[centre + (_BAR + _THIN) / 2 + 1 for centre in centres],
        width=_THIN,
        marker={"color": MUTED, "line": {"width": 0}},
    )


def _year_names(years: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        _label(str(year), 0, shift=left + 19)
        for year, left in zip(years, (0, _YEAR_WIDTH), strict=True)
    ]


def _bar(**trace: Any) -> go.Bar:
    return go.Bar(**({"orientation": "h", "width": _BAR} | trace))


def _places(
    labels: Sequence[Sequence[str]], start: int = 0, bar: int = _BAR, above: int = _NEAR
) -> tuple[list[int], list[float], int]:
    """The start of each label and the middle of each bar, and the total height, in pixels."""
    heights = [len(lines) * _LINE + above + bar + _GAP for lines in labels]
    tops = [start + sum(heights[:i]) for i in range(len(heights))]
    centres = [
        top + len(lines) * _LINE + above + bar / 2 for top, lines in zip(tops, labels, strict=True)
    ]
    return tops, centres, start + sum(heights) - _GAP + _CLEAR


def _shares(parts: Sequence[int | None]) -> list[float | None]:
    whole = sum(part or 0 for part in parts)
    return [None if part is None or not whole else part / whole for part in parts]


def _wrap(label: str) -> list[str]:
    return [escape(line) for line in textwrap.wrap(label, _LABEL_WIDTH)] or [""]


def _headed(heading: str, first: bool) -> list[str]:
    """The lines of a heading, after an empty line unless it is at the top."""
    lines = [f"<b>{escape(heading)}</b>"]
    return [] if not heading else lines if first else ["&nbsp;", *lines]


def _label(text: str, top: float, right: bool = False, shift: int = 0) -> dict[str, Any]:
    side = "right" if right else "left"
    return {
        "xref": "paper", "x": 1 if right else 0, "y": top, "text": text, "showarrow": False,
        "borderpad": 0, "borderwidth": 0, "xshift": shift, "xanchor": side, "yanchor": "top",
        "align": "left",
    }  # fmt: skip


def _stroke(x: float, centre: float, line: Mapping[str, Any] | None = None) -> dict[str, Any]:
    reach = _BAR / 2 + 4
    return {
        "type": "line", "x0": x, "x1": x, "y0": centre - reach, "y1": centre + reach,
        "line": line or {"color": TEXT, "width": 4},
    }  # fmt: skip
