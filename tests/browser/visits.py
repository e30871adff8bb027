"""Opening a page in Chromium, and what it said and asked for while it was open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.places import Place

DESKTOP = {"width": 1280, "height": 800}
_INSIDE = ("data:", "blob:", "about:")
_DRAWN = """() => document.readyState === 'complete'
    && [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('.main-svg'))"""
_WAIT = """() => new Promise((done, failed) => {
    const holds = %s;
    const late = performance.now() + 30000;
    const look = () => {
        if (holds()) done();
        else if (performance.now() > late) failed(new Error("waited in vain"));
        else setTimeout(look, 20);
    };
    look();
})"""
_NOT_FOUND = "Failed to load resource: the server responded with a status of 404"


@contextmanager
def visiting(
    browser: Browser, roots: Mapping[str, str], to: str | Place, **options: Any
) -> Iterator[Page]:
    """Open an address, with the charts drawn; `options` are those of Playwright's new_context.

    AssertionError when another status is answered than the place has; on leaving, when the page
    wrote an error or a warning to the console, or asked for anything that does not lie under the
    root of its own site.
    """
    root = roots[to.site] if isinstance(to, Place) else to
    address = root + to.path if isinstance(to, Place) else to
    status = to.status if isinstance(to, Place) else 200
    said: list[str] = []
    asked: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    with browser.new_context(**{"viewport": DESKTOP} | options) as context:
        context.on("console", listen)
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("websocket", lambda socket: asked.append(socket.url))
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        if options.get("java_script_enabled", True):
            wait_until(page, _DRAWN)
        yield page
    if status == 404:
        # The browser's own word on the page itself.
        said = [text for text in said if not text.startswith(_NOT_FOUND)]
    assert said == []
    assert [url for url in asked if not url.startswith((*_INSIDE, root))] == []


def wait_until(page: Page, holds: str) -> None:
    """Wait until a function of the page returns true; playwright.Error when it never does.

    Playwright's own wait evaluates its text again and again, which the live dashboard's policy
    forbids in a page.
    """
    page.evaluate(_WAIT % holds)


def read(page: Page, address: str) -> str | None:
    """The text of an address; "" of what is not text, None when nothing is there."""
    if address.startswith("file:"):
        path = Path(url2pathname(urlsplit(address).path))
        if not path.is_file():
            return None
        return path.read_text(encoding="utf-8") if path.suffix == ".html" else ""
    response = page.request.get(address)
    if not response.ok:
        return None
    return response.text() if response.headers.get("content-type", "").startswith("text/") else ""
