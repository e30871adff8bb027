"""One Chromium for each module of tests here, and the sites that it looks at.

Without a Chromium everything here is skipped with a line that says how to get one; where
NORA_REQUIRE_BROWSER is set, as in CI, it fails instead.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.places import Place
from tests.browser.visits import read, visiting
from tests.pipeline.homes import Home
from tests.pipeline.serving import PUBLIC_NAME, serving_folder

REQUIRED = "NORA_REQUIRE_BROWSER"

# Nothing but this machine is found by name, so that no page can lean on the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
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
def shown(chromium: str, demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo published, with rows of 2019 that were rejected."""
    del chromium  # without one there is nobody to look
    folder = tmp_path_factory.mktemp("shown") / "internal"
    shutil.copytree(demo.internal, folder)
    manifest = demo.manifest()
    manifest["rows_rejected"]["2019"] = 3
    manifest["by_year"]["2019"]["rejected_by_code"] = {"bad_date": 2, "orphan": 1}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def live(shown: Path) -> Iterator[int]:
    """The live dashboard of the demo; the port that it listens on."""
    with serving_folder(shown) as port:
        yield port


@pytest.fixture(scope="session")
def live_open(chromium: str, demo: Home) -> Iterator[int]:
    """The live dashboard of what the demo published for everyone; its port."""
    del chromium  # without one there is nobody to look
    with serving_folder(demo.path / "published" / "open") as port:
        yield port


@pytest.fixture(scope="session")
def roots(chromium: str, demo: Home, live: int, live_open: int) -> dict[str, str]:
    """Site -> the address that all its pages begin with."""
    del chromium  # without one there is nothing to build for
    return {
        "static": (demo.path / "reports" / "internal").as_uri() + "/",
        "live": f"http://127.0.0.1:{live}/",
        "open": f"http://127.0.0.1:{live_open}/",
        "open_static": (demo.path / "reports" / "open").as_uri() + "/",
    }


@pytest.fixture(scope="session")
def texts() -> dict[str, str | None]:
    """What stands at each address that has been read (`reader`)."""
    return {}


@pytest.fixture
def reader(texts: dict[str, str | None]) -> Callable[[Page], Callable[[str], str | None]]:
    """Reads addresses for a page, each once: all pages of a site lead to the same ones.

    A picture is looked for by the rows beside it, for drawing one takes seconds; that pictures are
    drawn is tested where things are fetched.
    """

    def of(page: Page) -> Callable[[str], str | None]:
        def text(address: str) -> str | None:
            if address == page.url:
                # It is there, whatever the server said of it.
                return page.content()
            asked = address.replace(".png?", ".csv?") if address.startswith("http") else address
            if asked not in texts:
                texts[asked] = read(page, asked)
            return texts[asked]

        return text

    return of


@pytest.fixture(scope="module")
def browser(chromium: str, roots: dict[str, str]) -> Iterator[Browser]:
    """The browser. Closed after each module, and opened when the sites are there.

    While it is open, Playwright keeps an event loop running in this thread, in which neither
    Dagster nor kaleido can start one of theirs.
    """
    del roots
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, roots: dict[str, str]) -> Visit:
    """Opens pages; leaving one fails if it said or asked for what it should not."""
    return partial(visiting, browser, roots)
