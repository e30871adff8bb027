"""Plotly accepts every property of every chart: none is checked when a page is made."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboards.figures import sections
from dashboards.figures.drawing import drawing
from dashboards.publication import Publication


def test_plotly_accepts_every_chart(publication: Publication) -> None:
    drawn = [
        figure
        for year in (2020, 2021)
        for section in sections(publication.behind(year), year)
        for figure in section.figures
        if figure.chart is not None
    ]
    assert len(drawn) > 60
    for figure in drawn:
        held = figure.chart.to_plotly_json()
        checked = go.Figure(held["data"], held["layout"]).to_plotly_json()
        # Nothing is dropped, and nothing is another value.
        assert [trace.keys() for trace in checked["data"]] == [
            trace.keys() for trace in held["data"]
        ]
        given = {name for name, value in held["layout"].items() if value != []}
        assert checked["layout"].keys() == given, figure.id


def test_a_wrong_property_is_seen_only_by_the_check_above() -> None:
    wrong = drawing([{"type": "bar", "colour": "red"}], {}).to_plotly_json()
    with pytest.raises(ValueError, match="colour"):
        go.Figure(wrong["data"], wrong["layout"])
