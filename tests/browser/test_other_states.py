"""What pages must hold for who reads them otherwise: small, large, by keyboard, without script."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.demands import (
    LARGE_TEXT,
    TEXT_SPACING,
    assert_charts_legible,
    assert_enter_unfolds,
    assert_fits,
    assert_focus_seen,
    assert_keyboard_reaches_everything,
    assert_skip_link_leads_to_main,
    assert_still,
    assert_text_stands_out,
    look,
    open_details,
    set_style,
)
from tests.browser.places import EVERY, MANY_STATES, Place
from tests.browser.visits import DESKTOP
from tests.quick import quick

PHONE = {"width": 320, "height": 640}
"""1280 by 1024 at 400 %, by WCAG 1.4.10; the height of a small phone."""

HALF = {"width": 640, "height": 400}
"""What is left of a window of 1280 by 800 at 200 %."""

_FIRST = sorted(EVERY, key=lambda place: place not in MANY_STATES)
on_every_page = pytest.mark.parametrize("place", quick(7, _FIRST), ids=str)
where_states_differ = pytest.mark.parametrize("place", quick(7, MANY_STATES), ids=str)


@where_states_differ
def test_keyboard_reaches_everything(place: Place, visit: Visit) -> None:
    # Without motion, or each step waits for the page to glide.
    with visit(place, reduced_motion="reduce") as page:
        assert_still(page)
        assert_enter_unfolds(page)
    with visit(place, reduced_motion="reduce") as page:
        open_details(page)
        assert_keyboard_reaches_everything(page)
        assert_focus_seen(page)
        assert_skip_link_leads_to_main(page)


@on_every_page
def test_nothing_is_lost_at_320_pixels(place: Place, visit: Visit) -> None:
    with visit(place, viewport=PHONE) as page:
        assert_charts_legible(page)
        assert_fits(page)
        open_details(page)
        assert_fits(page)
        words = look(page, "words")
        page.set_viewport_size(DESKTOP)
        assert_fits(page)
        assert look(page, "words") == words


@where_states_differ
def test_fits_at_200_percent(place: Place, visit: Visit) -> None:
    with visit(place, viewport=HALF, device_scale_factor=2) as page:
        assert_charts_legible(page)
        open_details(page)
        assert_fits(page)


@where_states_differ
def test_fits_with_the_readers_own_text(place: Place, visit: Visit) -> None:
    with visit(place, viewport=PHONE) as page:
        open_details(page)
        set_style(page, TEXT_SPACING)
        assert_fits(page)
        assert_charts_legible(page)
        page.set_viewport_size(DESKTOP)
        assert_fits(page)
        set_style(page, LARGE_TEXT)
        assert_fits(page)


@where_states_differ
def test_seen_in_forced_colours(place: Place, visit: Visit) -> None:
    with visit(place) as page:
        fills = look(page, "fills")
        for scheme in ("dark", "light"):
            page.emulate_media(forced_colors="active", color_scheme=scheme)
            assert page.evaluate("matchMedia('(forced-colors: active)').matches")
            assert_text_stands_out(page)
            assert_focus_seen(page)
            assert look(page, "fills") == fills
            assert_charts_legible(page)


@where_states_differ
def test_tells_all_without_script(place: Place, visit: Visit) -> None:
    with visit(place) as page:
        open_details(page)
        tables, charts = look(page, "tables"), page.locator(".chart").count()
    with visit(place, java_script_enabled=False) as page:
        assert page.locator(".chart:visible").count() == 0
        assert page.locator(".no-script:visible").count() == (1 if charts else 0)
        for summary in page.locator("summary:visible").all():
            summary.click()
        assert look(page, "tables") == tables
