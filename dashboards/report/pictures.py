"""Charts as PNG and SVG, by a browser that is already on the machine.

Uses no network.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import struct
import textwrap
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.charts import escape
from dashboards.figures.palette import MUTED, TEXT
from dashboards.report import report_words

WIDTH = 720
SCALE = 2

_PIXELS, _LINES = {"png": SCALE}, {"svg": 1}
"""Formats, each with its scale."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SOURCE_LINE = 26
TITLE_ACROSS, TITLE_LINE = 84, 20
"""The characters of a line of the title, and its height."""
_TITLE_GAP = 10
_SIDE = 6
_SECONDS = 60
_PLOTLY = Path(__file__).parents[1] / "static" / "plotly-basic.min.js"
"""The library that draws the charts on the pages; kaleido's own is four times as large."""


class PicturesUnavailableError(Exception):
    """A file that needs a browser cannot be made here.

    The message says in Norwegian what is missing and what to do.
    """


@dataclass(frozen=True)
class Picture:
    """One chart as pixels and as lines; both look the same."""

    png: bytes
    svg: bytes


def prepared(chart: go.Figure, title: str, source: str) -> go.Figure:
    """Return a copy of a chart at its fixed width, with `title` above and `source` below it.

    The charts place their labels in pixels, so both go into the margins.
    """
    picture = go.Figure(chart)
    margin = picture.layout.margin
    above, below = margin.t or 0, margin.b or 0
    lines = [escape(line) for line in textwrap.wrap(title, TITLE_ACROSS, break_on_hyphens=False)]
    room = len(lines) * TITLE_LINE + _TITLE_GAP
    picture.update_layout(
        width=WIDTH,
        height=picture.layout.height + room + _SOURCE_LINE,
        margin={"l": _SIDE, "r": (margin.r or 0) + _SIDE, "t": above + room + 2,
                "b": below + _SOURCE_LINE - 2},
    )  # fmt: skip
    picture.add_annotation(
        xref="paper", x=0, xanchor="left", yref="paper", y=1, yanchor="bottom",
        yshift=above + _TITLE_GAP, showarrow=False, align="left", borderpad=0,
        text="<br>".join(lines), font={"size": 15, "color": TEXT, "weight": 600},
    )  # fmt: skip
    picture.add_annotation(
        xref="paper", x=0, xanchor="left", yref="paper", y=0, yanchor="top",
        yshift=-(below + 6), showarrow=False, align="left", borderpad=0,
        text=escape(source), font={"size": 11, "color": MUTED},
    )  # fmt: skip
    return picture


def draw(charts: Mapping[str, go.Figure]) -> dict[str, bytes]:
    """Draw every chart as PNG (scale 2) in one run of the browser, by the same names.

    Raises what `draw_all` does.
    """
    drawn = _run(charts, _PIXELS)
    return {name: drawn[name, "png"] for name in charts}


def draw_all(charts: Mapping[str, go.Figure]) -> dict[str, Picture]:
    """Draw every chart as PNG (scale 2) and SVG in one run of the browser, by the same names.

    The browser is BROWSER_PATH, or the first found on PATH. Raises PicturesUnavailableError when
    there is none, when kaleido is not installed, or when the browser does not answer.
    """
    drawn = _run(charts, _PIXELS | _LINES)
    return {name: Picture(drawn[name, "png"], drawn[name, "svg"]) for name in charts}


def find_browser() -> str:
    """Return the path of the browser that draws; PicturesUnavailableError when there is none."""
    named = os.environ.get("BROWSER_PATH")
    found = [shutil.which(named)] if named else [shutil.which(name) for name in _BROWSERS]
    for path in found:
        if path:
            return path
    raise PicturesUnavailableError(report_words.NO_BROWSER)


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _run(
    charts: Mapping[str, go.Figure], formats: Mapping[str, int]
) -> dict[tuple[str, str], bytes]:
    """Draw every chart in every format (format -> scale): (name, format) -> content."""
    browser = find_browser()
    try:
        kaleido = importlib.import_module("kaleido")
        errors = importlib.import_module("choreographer.errors")
    except ModuleNotFoundError as error:
        raise PicturesUnavailableError(report_words.NO_KALEIDO) from error
    failures = (
        errors.BrowserFailedError, errors.BrowserClosedError, errors.BrowserDepsError,
        errors.ChannelClosedError, errors.ChromeNotFoundError, TimeoutError, OSError,
    )  # fmt: skip
    try:
        # In a thread of its own, so that it also works while an event loop is running.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, _drawn(kaleido, browser, charts, formats)).result()
    except failures as error:
        raise PicturesUnavailableError(report_words.BROWSER_FAILED) from error


async def _drawn(
    kaleido: Any, browser: str, charts: Mapping[str, go.Figure], formats: Mapping[str, int]
) -> dict[tuple[str, str], bytes]:
    # Without MathJax, which kaleido would fetch. kaleido runs the browser without a sandbox, as
    # root needs, but only on a page of our own charts.
    options = {"plotlyjs": _PLOTLY, "mathjax": False, "timeout": _SECONDS}
    async with kaleido.Kaleido(path=Path(browser), **options) as run:
        return {
            (name, kind): await run.calc_fig(
                chart,
                {"format": kind, "width": WIDTH, "height": chart.layout.height, "scale": scale},
            )
            for name, chart in charts.items()
            for kind, scale in formats.items()
        }
