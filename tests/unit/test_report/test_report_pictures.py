"""Pictures: the line that goes with each, what happens without a browser, and one real run."""

from __future__ import annotations

import sys
from pathlib import Path

import plotly.graph_objects as go
import pytest
from lxml import etree

from dashboards.figures import charts
from dashboards.report import pictures
from dashboards.report.pictures import PicturesUnavailableError
from tests.unit.test_report.conftest import png


@pytest.fixture
def chart() -> go.Figure:
    return charts.bars([charts.Bar("Årstad", 3, "3"), charts.Bar("Åsane", None, ":")])


def test_the_source_line_stands_below_and_is_no_markup(chart: go.Figure) -> None:
    before = chart.to_json()
    made = pictures.prepared(chart, "Flest <i>kom</i> fra Årstad.", "NorA <b>2021</b>")
    assert chart.to_json() == before
    line = made.layout.annotations[-1]
    assert line.text == "NorA &lt;b&gt;2021&lt;/b&gt;"
    assert made.layout.annotations[-2].text == "Flest &lt;i&gt;kom&lt;/i&gt; fra Årstad."
    assert made.layout.width == pictures.WIDTH
    # What is added is margin alone: the chart keeps the pixels that its labels are placed in.
    inside = made.layout.height - made.layout.margin.t - made.layout.margin.b
    assert inside == chart.layout.height - chart.layout.margin.t - chart.layout.margin.b


def test_long_title_is_wrapped_and_gets_the_room_that_it_needs(chart: go.Figure) -> None:
    short, long = (
        pictures.prepared(chart, "Flest kom fra Årstad. " * times, "NorA 2021") for times in (1, 9)
    )
    lines = long.layout.annotations[-2].text.split("<br>")
    assert len(lines) > 1
    assert max(map(len, lines)) <= pictures.TITLE_ACROSS
    more = (len(lines) - 1) * pictures.TITLE_LINE
    assert long.layout.margin.t - short.layout.margin.t == more
    assert long.layout.height - short.layout.height == more


def test_without_a_browser_it_says_how_to_get_one(
    chart: go.Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PicturesUnavailableError, match="apt-get install chromium"):
        pictures.draw({"x": chart})


def test_the_named_browser_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("chrome", "chromium", "mine"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    assert pictures.find_browser() == str(tmp_path / "chromium")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "mine"))
    assert pictures.find_browser() == str(tmp_path / "mine")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "missing"))
    with pytest.raises(PicturesUnavailableError, match="BROWSER_PATH"):
        pictures.find_browser()


def test_without_kaleido_it_says_how_to_get_it(
    chart: go.Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/bin/sh")
    monkeypatch.setitem(sys.modules, "kaleido", None)
    with pytest.raises(PicturesUnavailableError, match="pip install kaleido"):
        pictures.draw({"x": chart})


def test_a_browser_that_ends_at_once_is_told_of(
    chart: go.Figure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("kaleido")
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    with pytest.raises(PicturesUnavailableError, match="Nettleseren"):
        pictures.draw({"x": chart})


def test_pictures_of_both_kinds_look_the_same(chromium: str, chart: go.Figure) -> None:
    del chromium
    pytest.importorskip("kaleido")
    made = pictures.prepared(chart, "Tre kom fra Årstad.", "NorA 2021")
    drawn = pictures.draw_all({"a": made, "b": made})
    assert set(drawn) == {"a", "b"}
    for picture in drawn.values():
        expected = (pictures.WIDTH * pictures.SCALE, made.layout.height * pictures.SCALE)
        assert pictures.size(picture.png) == expected
        root = etree.fromstring(picture.svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert float(root.get("width")) == pictures.WIDTH
        seen = "".join(root.itertext())
        for text in ("Årstad", "Tre kom fra Årstad.", "NorA 2021"):
            assert text in seen
        # Nothing is fetched by whoever opens it.
        assert not [
            value
            for element in root.iter()
            for name, value in element.attrib.items()
            if name.endswith(("href", "src")) and "//" in value
        ]


def test_size_of_a_picture() -> None:
    assert pictures.size(png(30, 20)) == (30, 20)
