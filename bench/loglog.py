"""A small picture of lines on two logarithmic axes, as the text of an SVG file.

Lines differ by dashes and by marks as well as by colour. Each mark has its value as a tooltip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 380, 300
"""Of one panel, in pixels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 32, 66, 46
_COLOURS = ("#0b3c5d", "#a8480a", "#4d4d4d")
_DASHES = ("none", "7 4", "2 3")
_MARKS = (
    '<circle r="4" fill="{0}"/>',
    '<rect x="-4" y="-4" width="8" height="8" fill="white" stroke="{0}" stroke-width="1.8"/>',
    '<path d="M0,-5 L5,4 L-5,4 Z" fill="{0}"/>',
)


@dataclass(frozen=True)
class Panel:
    """One pair of axes: the title, which names the unit, and the points of each line by its name.

    All values are above 0.
    """

    title: str
    lines: Mapping[str, Points]


@dataclass(frozen=True)
class _Axis:
    """A logarithmic axis over whole decades, from pixel `start` to pixel `end`."""

    first: int
    last: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        first = floor(log10(min(values)))
        return cls(first, max(ceil(log10(max(values))), first + 1), start, end)

    def at(self, value: float) -> float:
        share = (log10(value) - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)

    @property
    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.first, self.last + 1)]


def picture(title: str, x_title: str, panels: Sequence[Panel]) -> str:
    """Return the SVG of up to three lines in panels side by side, each with at least one point.

    A line of the same name looks the same in every panel.
    """
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    width = _WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}"'
        f' height="{_HEIGHT}" font-family="sans-serif" font-size="11" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{_HEIGHT}" fill="white"/>',
        *_legend(names),
        *(
            line
            for number, panel in enumerate(panels)
            for line in _drawn(panel, x_title, names, _WIDTH * number)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(names: Sequence[str]) -> Iterator[str]:
    for look, name in enumerate(names):
        left = _LEFT + 150 * look
        yield _line([(left, 18), (left + 40, 18)], look)
        yield _mark(left + 20, 18, look, name)
        yield f'<text x="{left + 48}" y="22" font-size="12">{name}</text>'


def _drawn(panel: Panel, x_title: str, names: Sequence[str], left: float) -> Iterator[str]:
    points = [point for line in panel.lines.values() for point in line]
    x = _Axis.over([point[0] for point in points], left + _LEFT, left + _WIDTH - _RIGHT)
    y = _Axis.over([point[1] for point in points], _HEIGHT - _BOTTOM, _TOP)
    grid = 'stroke="#d0d0d0"'
    for value in x.decades:
        yield f'<path d="M{x.at(value):.1f},{y.start} V{y.end}" {grid}/>'
        yield _text(x.at(value), y.start + 16, _number(value))
    for value in y.decades:
        yield f'<path d="M{x.start},{y.at(value):.1f} H{x.end}" {grid}/>'
        yield _text(x.start - 8, y.at(value) + 4, _number(value), "end")
    yield _text(x.start, y.end - 14, panel.title, "start", ' font-weight="bold"')
    yield _text((x.start + x.end) / 2, y.start + 36, x_title)
    for name, line in panel.lines.items():
        look = names.index(name)
        placed = [(x.at(across), y.at(up)) for across, up in line]
        yield _line(placed, look)
        for (across, up), (at, value) in zip(placed, line, strict=True):
            yield _mark(across, up, look, f"{name}, {_number(at)}: {_number(value)}")


def _line(points: Points, look: int) -> str:
    path = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = f'stroke="{_COLOURS[look]}" stroke-width="1.8" stroke-dasharray="{_DASHES[look]}"'
    return f'<path d="M{path}" fill="none" {dash}/>'


def _mark(x: float, y: float, look: int, said: str) -> str:
    shape = _MARKS[look].format(_COLOURS[look])
    return f'<g transform="translate({x:.1f},{y:.1f})"><title>{said}</title>{shape}</g>'


def _text(x: float, y: float, text: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{text}</text>'


def _number(value: float) -> str:
    return f"{value:,.10g}"
