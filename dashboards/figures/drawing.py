"""How a chart becomes a figure of Plotly's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go


def drawing(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> go.Figure:
    """Return the figure of traces (each with its `type`) and a layout.

    Plotly checks each property of them, which takes most of the time that a page takes. Ours are
    the same for every publication, so the tests check them instead
    (tests/unit/test_dashboards/test_drawing.py).
    """
    return go.Figure(list(traces), dict(layout), _validate=False)
