"""One Chromium for each module of tests here, and the sites that it looks at.

Without a Chromium everything here is skipped with a line that says how to get one; where
NORA_REQUIRE_BROWSER is set, as in CI, it fails instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.places import Place
from tests.browser.visits import visiting
from tests.pipeline.homes import Home

REQUIRED = "NORA_REQUIRE_BROWSER"

# Nothing but this machine is found by name, so that no page can lean on the network.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Visit(Protocol):
    """Opens an address, or a place of a site, in a context of its own with the options given."""

    def __call__(self, to: str | Place, **options: Any) -> AbstractContextManager[Page]: ...


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium on PATH, with poppler beside it: what it prints is read back."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found and shutil.which("pdftotext"):
        return found
    missing = "pdftotext" if found else "chromium"
    said = f"browser tests not run: no {missing} on PATH; `make setup-browser` installs it"
    if os.environ.get(REQUIRED):
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="session")
def roots(chromium: str, demo: Home) -> dict[str, str]:
    """Site -> the address that all its pages begin with."""
    del chromium  # without one there is nothing to build for
    return {"static": (demo.path / "reports" / "internal").as_uri() + "/"}


@pytest.fixture(scope="module")
def browser(chromium: str, roots: dict[str, str]) -> Iterator[Browser]:
    """The browser. Closed after each module, and opened when the sites are there.

    While it is open, Playwright keeps an event loop running in this thread, in which neither
    Dagster nor kaleido can start one of theirs.
    """
    del roots
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, roots: dict[str, str]) -> Visit:
    """Opens pages; leaving one fails if it said or asked for what it should not."""
    return partial(visiting, browser, roots)
