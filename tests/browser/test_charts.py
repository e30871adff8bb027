"""The charts of every page of the demo: nothing runs through a label or a number, at any width."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.demands import assert_charts_legible, assert_nothing_through_text, look
from tests.browser.places import CHARTS, Place
from tests.quick import quick

WIDTHS = {1440: 900, 375: 812}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("place", quick(4, CHARTS), ids=str)
def test_nothing_runs_through_a_label_or_a_number(place: Place, width: int, visit: Visit) -> None:
    with visit(place, viewport={"width": width, "height": WIDTHS[width]}) as page:
        assert look(page, "undrawn") == []
        assert page.locator(".chart").count() > 0
        assert_nothing_through_text(page)
        assert_charts_legible(page)
