"""The mark of a withheld number: a small hatched field, of one size whatever the number is.

It stands where a bar would begin, so that a withheld number looks like neither a bar nor a zero.
"""

from __future__ import annotations

from typing import Any

from dashboards.figures.palette import MUTED, PAPER

WIDTH = 24
"""Pixels from the left edge of a field in a row to its right one."""

_STEP = 5


def in_row(top: float, bottom: float) -> dict[str, Any]:
    """A field at the beginning of a row whose vertical axis is in pixels from the top."""
    height = bottom - top
    return _field(
        [[(u, bottom - v) for u, v in line] for line in _strokes(WIDTH, height)],
        {"xsizemode": "pixel", "xanchor": 0, "xref": "x", "yref": "y"},
    )


def on_axis(place: float, axis: str, width: float = 9, height: float = 12) -> dict[str, Any]:
    """A field on the zero line of the vertical axis `axis`, above the place of a bar."""
    return _field(
        [[(u - width / 2, v) for u, v in line] for line in _strokes(width, height)],
        {"xsizemode": "pixel", "xanchor": place, "xref": "x",
         "ysizemode": "pixel", "yanchor": 0, "yref": axis},
    )  # fmt: skip


def _strokes(width: float, height: float) -> list[list[tuple[float, float]]]:
    """The frame and the slanting strokes of a field, from its lower left corner."""
    frame = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (0.0, 0.0)]
    slanting = []
    for far in range(_STEP, int(width + height), _STEP):
        right, above = min(far, width), min(far, height)
        slanting.append([(right, far - right), (far - above, above)])
    return [frame, *slanting]


def _field(strokes: list[list[tuple[float, float]]], places: dict[str, Any]) -> dict[str, Any]:
    path = " ".join("M" + " L".join(f"{x:g},{y:g}" for x, y in stroke) for stroke in strokes)
    return places | {
        "type": "path", "path": path, "fillcolor": PAPER, "line": {"color": MUTED, "width": 1},
    }  # fmt: skip
