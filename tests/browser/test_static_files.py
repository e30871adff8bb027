"""The pages as files on a share: self-contained and small."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visit
from tests.browser.demands import look
from tests.browser.places import STATIC, Place
from tests.pipeline.homes import Home

LIMIT = 2 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)

_FETCH = """element => new Promise((done) => {
    addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
    const added = document.createElement(element);
    added.onload = added.onerror = () => setTimeout(() => done(''), 500);
    added.src = 'https://example.org/';
    document.body.append(added);
})"""
"""Puts something from elsewhere into the page; the directive that stops it, or nothing."""


def pages(demo: Home) -> list[Path]:
    named = (name for name in demo.pages() if name.startswith("internal/"))
    found = [demo.path / "reports" / name for name in named if name.endswith(".html")]
    assert len(found) == 2 + 3 + 36
    return found


def test_every_file_is_small_enough_to_send(demo: Home) -> None:
    assert [path.name for path in pages(demo) if path.stat().st_size >= LIMIT] == []


@pytest.mark.parametrize("place", STATIC, ids=str)
def test_a_file_is_alone_and_may_ask_for_nothing(place: Place, visit: Visit) -> None:
    with visit(place, offline=True) as page:
        policy = "meta[http-equiv='Content-Security-Policy']"
        assert page.locator(policy).get_attribute("content") == POLICY
        assert look(page, "undrawn") == []
        assert page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("element", ["img", "script", "iframe"])
def test_the_policy_of_a_file_holds(browser: Browser, roots: dict[str, str], element: str) -> None:
    page = browser.new_page()
    page.goto(roots["static"] + "2021/nora-2021.html")
    assert page.evaluate(_FETCH, element)
    page.close()
