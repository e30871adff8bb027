"""Rows of numbers below a plot, one for each year, named at the left beside a sample of its mark.

The numbers of a line or of bars that stand close stand here and not at their marks, so that no
line of either year runs through them, whatever the width of the chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.figures.charts import escape
from dashboards.figures.palette import MUTED, OTHER_YEAR, TEXT

LEFT = 50
"""Pixels at the left of a plot, for the names of the rows."""

HEIGHT = 17
_SIZE, _NAME_SIZE = 11, 12
_SAMPLE = 9
_WIDE = 3
"""Texts of more characters than this have room only at every other place."""


@dataclass(frozen=True)
class Row:
    """The numbers of one year, by their place on the horizontal axis, as they are written.

    `mark` is the sample at the left: a bar, or a line. A row of the year beside is `earlier`.
    """

    name: str
    texts: Mapping[float, str]
    colour: str
    mark: str = "bar"
    earlier: bool = False


def rows(listed: Sequence[Row], top: int, height: int) -> tuple[list[Any], list[Any]]:
    """The annotations and the shapes of rows that begin `top` pixels from the top of a chart.

    `height` is that of the chart, whose vertical margins are 0.
    """
    longest = max((len(text) for row in listed for text in row.texts.values()), default=0)
    places = sorted({place for row in listed for place in row.texts})
    shown = set(places[::-1][:: 2 if longest > _WIDE and len(places) > 6 else 1])
    notes, samples = [], []
    for number, row in enumerate(listed):
        middle = top + number * HEIGHT + HEIGHT / 2
        at = {"yref": "paper", "y": 1 - middle / height}
        notes.append(
            _text(row, row.name, _NAME_SIZE)
            | at
            | {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -6}
        )
        notes += [
            _text(row, text, _SIZE) | at | {"x": place, "xanchor": "center"}
            for place, text in row.texts.items()
            if place in shown
        ]
        samples.append(_sample(row, middle, height))
    return notes, samples


def of_years(
    names: Sequence[str],
    texts: Sequence[Mapping[float, str]],
    colour: str,
    mark: str = "bar",
) -> list[Row]:
    """The row of the year itself, and that of the year beside, if there is one."""
    colours = (colour, OTHER_YEAR)
    return [
        Row(name, of, colours[place], mark, earlier=place > 0)
        for place, (name, of) in enumerate(zip(names, texts, strict=True))
    ]


def _text(row: Row, text: str, size: int) -> dict[str, Any]:
    ink, weight = (MUTED, 400) if row.earlier else (TEXT, 600)
    return {
        "text": escape(text), "showarrow": False, "borderpad": 0, "yanchor": "middle",
        "font": {"size": size, "color": ink, "weight": weight},
    }  # fmt: skip


def _sample(row: Row, middle: float, height: int) -> dict[str, Any]:
    left = -LEFT + 1
    place = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0, "x0": left, "x1": left + _SAMPLE,
             "yref": "paper"}  # fmt: skip
    if row.mark == "line":
        style = {"width": 2, "dash": "dot"} if row.earlier else {"width": 3}
        at = 1 - middle / height
        return place | {"type": "line", "y0": at, "y1": at, "line": {"color": row.colour} | style}
    half = 2.5 if row.earlier else 5
    return place | {
        "type": "rect", "y0": 1 - (middle - half) / height, "y1": 1 - (middle + half) / height,
        "fillcolor": row.colour, "line": {"width": 0},
    }  # fmt: skip
