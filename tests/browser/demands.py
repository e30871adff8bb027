"""What is demanded of every page, whatever site it belongs to. Each raises AssertionError.

What is read in the page is in looks.js. That each demand can fail is in test_demands.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
_AXE = """([tags, within]) => axe.run(
    {include: [[within]]}, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"""
_IS_OPEN = "summary => summary.parentElement.open"
_CONTRAST = 4.5
_FOCUS = {"width": 2, "contrast": 3}

TEXT_SPACING = """* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
} p { margin-bottom: 2em !important }"""
"""What WCAG 1.4.12 lets a reader set."""

LARGE_TEXT = "html { font-size: 200% !important }"
"""Text alone at 200 %, as a browser's own setting makes it."""


def look(page: Page, what: str, *argument: Any) -> Any:
    """Ask the page one of the things of looks.js."""
    return page.evaluate(f"(argument) => ({_LOOKS}).{what}(argument)", *argument)


def open_details(page: Page) -> None:
    """Open everything that folds."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def set_style(page: Page, style: str) -> None:
    """Set a style as a reader would, in place of the one set before."""
    page.evaluate("document.querySelector('style.reader')?.remove()")
    page.add_style_tag(content=style).evaluate("style => { style.className = 'reader'; }")


def assert_accessible(page: Page, within: str = "html") -> None:
    """axe-core finds nothing by WCAG 2.1 A and AA or by good practice, and no id stands twice.

    `within` selects what it is to look at, when it has seen the rest.
    """
    _assert_none("ids that stand twice", look(page, "twice"))
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_AXE, [TAGS, within])
    violations = found["violations"]
    _assert_none(
        "axe-core",
        [f"{rule['id']} {node['target']}" for rule in violations for node in rule["nodes"]],
    )
    assert len(found["passes"]) > 10


def assert_charts_legible(page: Page) -> None:
    """Every chart is drawn, described and has a table; its text is within it and stands out.

    axe-core leaves text in drawings undecided.
    """
    _assert_none("charts", look(page, "undrawn"))
    _assert_none("text of charts", look(page, "illegible"))
    _assert_none("contrast in charts", look(page, "pale", _CONTRAST))


def assert_nothing_through_text(page: Page) -> None:
    """No line, bar or other mark of a chart runs through a text of it."""
    _assert_none("marks through text", look(page, "struck"))


def assert_text_stands_out(page: Page) -> None:
    """Text outside charts has the contrast it must have, in the colours that are shown."""
    _assert_none("contrast of text", look(page, "dim", _CONTRAST))


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways but tables in their own frame, and no box cuts its text."""
    _assert_none("wider than the window", look(page, "sideways"))
    _assert_none("cut", look(page, "cut"))


def assert_still(page: Page) -> None:
    """Nothing moves."""
    _assert_none("moving", look(page, "moving"))


def assert_keyboard_reaches_everything(page: Page) -> None:
    """Tab stops at all that can be used, once, in the order of the page, and then leaves it."""
    stops = look(page, "stops")
    look(page, "listen")
    for _ in stops:
        page.keyboard.press("Tab")
    order = look(page, "order")
    met = [stops[place] if place >= 0 else "something else" for place in order]
    wrong = [f"{at} before {stop}" for at, stop in zip(met, stops, strict=False) if at != stop]
    _assert_none("order of focus", wrong[:1])
    assert len(order) == len(stops), f"stuck after {met[-1:]}"
    page.keyboard.press("Tab")
    # Out of the page, or round to its beginning.
    assert look(page, "order")[len(stops) :] in ([], [0]), "no way out of the page"


def assert_focus_seen(page: Page) -> None:
    """Whatever has the focus shows it."""
    look(page, "stops")
    page.keyboard.press("Tab")  # from here on the browser takes it that the keyboard is used
    _assert_none("focus not seen", look(page, "faint", _FOCUS))


def assert_skip_link_leads_to_main(page: Page) -> None:
    """The first stop of the page leads past what all pages have in common."""
    assert look(page, "stops")[0].startswith("a.skip"), "no skip link, or not first"
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.localName") == "main"


def assert_enter_unfolds(page: Page) -> None:
    """Enter opens and closes whatever folds."""
    for summary in page.locator("summary:visible").all():
        before = summary.evaluate(_IS_OPEN)
        for opened in (not before, before):
            summary.focus()
            page.keyboard.press("Enter")
            assert summary.evaluate(_IS_OPEN) is opened


def assert_links_lead_somewhere(page: Page, read: Callable[[str], str | None]) -> None:
    """Every link leads to something that is there, and to a place in it that is there.

    `read` returns the text of an address without its anchor, "" of what is not text, and None
    when nothing is there.
    """
    texts: dict[str, str | None] = {}
    nowhere = []
    for link in look(page, "links"):
        address, _, anchor = link.partition("#")
        if address not in texts:
            texts[address] = read(address)
        text = texts[address]
        if text is None or (anchor and not re.search(rf'\bid="{re.escape(anchor)}"', text)):
            nowhere.append(link)
    _assert_none("links that lead nowhere", nowhere)


def _assert_none(what: str, found: Sequence[str]) -> None:
    assert not found, f"{what}, {len(found)}: " + "; ".join(found[:15])
