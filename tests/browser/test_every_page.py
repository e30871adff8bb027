"""What every page must hold as it opens and with all unfolded, whatever site it belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.demands import (
    assert_accessible,
    assert_charts_legible,
    assert_links_lead_somewhere,
    assert_text_stands_out,
    open_details,
)
from tests.browser.places import EVERY, LIVE, LIVE_FEW, Place


@pytest.mark.parametrize("place", EVERY, ids=str)
def test_accessible_with_links_that_lead_somewhere_and_charts_that_are_read(
    place: Place, visit: Visit, reader: Callable[[Page], Callable[[str], str | None]]
) -> None:
    with visit(place) as page:
        assert_accessible(page)
        assert_links_lead_somewhere(page, reader(page))
        assert_charts_legible(page)
        assert_text_stands_out(page)
        if page.locator("details :is(table, .chart)").count() and (
            place not in LIVE or place in LIVE_FEW
        ):
            open_details(page)
            assert_accessible(page, within="details")
