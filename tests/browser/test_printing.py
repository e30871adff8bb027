"""What comes out when a page is printed: everything, unbroken, marked, numbered, and on full sheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from dashboards.outline import PAGES
from tests.browser.conftest import Visit
from tests.browser.demands import look
from tests.browser.paper import Paper, printed
from tests.browser.places import LIVE, STATIC, Place
from tests.browser.visits import DESKTOP, wait_until
from tests.quick import quick

FILLED = """() => [...document.querySelectorAll('.chart')].every((chart) =>
    Math.abs(chart.querySelector('.main-svg').clientWidth - chart.clientWidth) <= 1)"""
"""Whether every chart has the width that it has room for on the screen."""

HALF = 0.5
"""A sheet that is less full than this is one that something was moved away from."""

_WIDTH, _HEIGHT = (round(length / 25.4 * 96) for length in (180, 267))
"""Of a sheet between its margins, in pixels of the page."""

REST = (
    Place("static", "2020/nora-2020.html"),
    *(Place("static", f"2021/skjema/nora-2021-{month:02}.html") for month in (1, 12)),
    *(Place("live", f"{page.name}?aar={year}") for page in PAGES for year in (2019, 2020)),
)
"""The pages of the other years."""


@pytest.mark.parametrize(
    "place",
    [*STATIC, *quick(6, [*LIVE, *REST])],
    ids=str,
)
def test_paper_holds_the_whole_page(place: Place, visit: Visit, tmp_path: Path) -> None:
    with visit(place) as page:
        page.emulate_media(media="print")
        tables = look(page, "tables")
        titles = (
            page.locator("h1, h2:not(.unseen), article h3").filter(visible=True).all_text_contents()
        )
        marks = page.locator(".marking, .synthetic").all_text_contents()
        charts = look(page, "texts_of_charts")
        page.set_viewport_size(ViewportSize(width=_WIDTH, height=_HEIGHT))
        heights = look(page, "heights_of_charts")
        page.set_viewport_size(ViewportSize(**DESKTOP))
        page.emulate_media(media="null")
        paper = printed(page, tmp_path)
        title = page.title()
        assert page.locator("details:not(.menu)[open]").count() == 0
        wait_until(page, FILLED)

    assert paper.facts["Tagged"] == "yes"
    assert paper.facts["Title"] == title
    assert paper.facts["Page size"].endswith("(A4)")
    assert [text for text in titles if not paper.sheets_with(text)] == []
    assert len(marks) == 2
    assert 0 in paper.sheets_with(*marks)
    rows = [" ".join(row) for table in tables for row in table["rows"]]
    assert [row for row in rows if not paper.sheets_with(row)] == []
    # No bar is cut, and no heading is left behind on another sheet than its chart.
    assert [name for name, texts in charts.items() if not paper.sheets_with(*texts)] == []
    assert list(_without_number(paper)) == []
    assert [text for text in titles if " ".join(text.split()) not in paper.bookmarks] == []
    assert list(_half_empty(paper, charts, heights)) == []


def _half_empty(
    paper: Paper, charts: dict[str, list[str]], heights: dict[str, float]
) -> Iterator[int]:
    """The sheets under half full without need: where the next chart would have had room."""
    # The texts of a chart may stand together again, in that of the same over the years.
    begins = {name: min(paper.sheets_with(*texts)) for name, texts in charts.items()}
    # The last sheet ends where the page does.
    for sheet, share in enumerate(paper.filled[:-1]):
        first = next((name for name, at in begins.items() if at == sheet + 1), "")
        if share < HALF and heights.get(first, 0) < (1 - share) * _HEIGHT:
            yield sheet + 1


def _without_number(paper: Paper) -> Iterator[int]:
    whole = len(paper.sheets)
    for sheet in range(whole):
        if sheet not in paper.sheets_with(f"Side {sheet + 1} av {whole}"):
            yield sheet + 1
