"""What comes out when a page is printed: everything, unbroken, marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.demands import look
from tests.browser.paper import printed
from tests.browser.places import LIVE_FEW, STATIC, Place
from tests.browser.visits import wait_until

FILLED = """() => [...document.querySelectorAll('.chart')].every((chart) =>
    Math.abs(chart.querySelector('.main-svg').clientWidth - chart.clientWidth) <= 1)"""
"""Whether every chart has the width that it has room for on the screen."""


@pytest.mark.parametrize("place", [*STATIC, *LIVE_FEW[:2]], ids=str)
def test_paper_holds_the_whole_page(place: Place, visit: Visit, tmp_path: Path) -> None:
    with visit(place) as page:
        page.emulate_media(media="print")
        tables = look(page, "tables")
        titles = page.locator("h1, h2:not(.unseen), article h3").all_text_contents()
        marks = page.locator(".marking, .synthetic").all_text_contents()
        page.emulate_media(media="null")
        paper = printed(page, tmp_path)
        title = page.title()
        assert page.locator("details[open]").count() == 0
        wait_until(page, FILLED)

    assert paper.facts["Tagged"] == "yes"
    assert paper.facts["Title"] == title
    assert paper.facts["Page size"].endswith("(A4)")
    assert [text for text in titles if not paper.sheets_with(text)] == []
    assert len(marks) == 2
    assert 0 in paper.sheets_with(*marks)
    assert tables
    rows = [" ".join(row) for table in tables for row in table["rows"]]
    assert [row for row in rows if not paper.sheets_with(row)] == []
    broken = [
        table["title"]
        for table in tables
        if table["whole"]
        and not paper.sheets_with(table["title"], *(" ".join(row) for row in table["rows"]))
    ]
    assert broken == []
