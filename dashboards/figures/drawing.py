"""How a chart becomes a figure of Plotly's: from plain traces and a plain layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

Trace = dict[str, Any]
"""One trace, with its `type`."""


def bar(**properties: Any) -> Trace:
    """Return a trace of bars."""
    return {"type": "bar", **properties}


def scatter(**properties: Any) -> Trace:
    """Return a trace of points, lines or areas."""
    return {"type": "scatter", **properties}


def drawing(traces: Sequence[Trace], layout: Mapping[str, Any]) -> go.Figure:
    """Return the figure of traces and a layout.

    Plotly checks each property of them, which takes most of the time that a page takes. Ours are
    the same for every publication, so the tests check them instead
    (tests/unit/test_dashboards/test_drawing.py).
    """
    return go.Figure(list(traces), dict(layout), _validate=False)
