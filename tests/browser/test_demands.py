"""That each demand can fail: small pages, each with one thing wrong, and one with nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Visit
from tests.browser.demands import (
    assert_accessible,
    assert_charts_legible,
    assert_enter_unfolds,
    assert_fits,
    assert_focus_seen,
    assert_keyboard_reaches_everything,
    assert_links_lead_somewhere,
    assert_nothing_through_text,
    assert_skip_link_leads_to_main,
    assert_still,
    assert_text_stands_out,
    open_details,
)
from tests.browser.paper import printed
from tests.browser.visits import read

GOOD = """<!doctype html>
<html lang="nb"><head><title>En side</title><style>
:focus-visible { outline: 3px solid #000 }
.skip { position: absolute; top: -5rem } .skip:focus { top: 0 }
@media print { details::details-content { content-visibility: visible; block-size: auto } }
</style></head><body>
<a class="skip" href="#innhold">Gå til innholdet</a>
<main id="innhold" tabindex="-1"><h1>En side</h1>
<p>Tekst med en <a href="#h">lenke</a>.</p>
<article><h2 id="h">En figur</h2>
<div class="chart" role="img" aria-label="To søyler">
<svg class="main-svg" width="200" height="60"><g class="point"><path d="M0,30H100V60H0Z" fill="#0063c1"/></g>
<text x="5" y="20" fill="#202733">Søyle</text><text x="5" y="50" fill="#fff">12</text></svg></div>
<details><summary>Vis som tabell</summary><table><tr><th scope="row">Søylen</th><td>12</td></tr></table>
</details></article>
</main></body></html>"""

BROKEN: list[tuple[Callable[[Page], None], str, str]] = [
    (assert_accessible, ' lang="nb"', ""),
    (assert_accessible, "<title>En side</title>", ""),
    (assert_accessible, "Tekst med", '<span style="color:#aaa">Tekst</span> med'),
    (assert_accessible, 'aria-label="To søyler"', ""),
    (assert_accessible, "<h2 id", '<p id="h">To like</p><h2 id'),
    (assert_charts_legible, ' role="img"', ""),
    (assert_charts_legible, "<table>", '<table hidden>'.replace("table", "div")),
    (assert_charts_legible, 'fill="#fff"', 'fill="#202733"'),
    (assert_charts_legible, 'x="5" y="20"', 'x="-9" y="20"'),
    (assert_charts_legible, 'x="5" y="50"', 'x="5" y="22"'),
    (assert_nothing_through_text, "</svg>", '<path d="M0,5L60,25" stroke="#8b93a0" fill="none"/></svg>'),
    (assert_nothing_through_text, 'x="5" y="20"', 'x="5" y="34"'),
    (assert_fits, "<h1>", '<h1 style="width:3000px">'),
    (assert_fits, "<h1>", '<h1 style="width:20px;overflow:hidden">'),
    (assert_focus_seen, "outline: 3px solid #000", "outline: none"),
    (assert_focus_seen, "outline: 3px solid #000", "outline: 3px solid #ddd"),
    (assert_keyboard_reaches_everything, "<a href", '<a tabindex="1" href'),
    (assert_keyboard_reaches_everything, "<h1>", '<input aria-label="Felle" onblur="this.focus()"><h1>'),
    (assert_skip_link_leads_to_main, 'href="#innhold">Gå', 'href="#ingensteds">Gå'),
    (assert_skip_link_leads_to_main, '<a class="skip"', '<a href="#h">Først</a><a class="skip"'),
    (assert_enter_unfolds, "<summary>", '<summary onclick="event.preventDefault()">'),
    (assert_text_stands_out, "<p>", '<p style="color:#aaa">'),
    (assert_still, "<h1>", '<h1 style="transition: color 1s">'),
    (assert_still, '<html lang="nb">', '<html lang="nb" style="scroll-behavior: smooth">'),
    (lambda page: assert_links_lead_somewhere(page, partial(read, page)), "#h", "#borte"),
    (lambda page: assert_links_lead_somewhere(page, partial(read, page)), "#h", "borte.html"),
]  # fmt: skip


def written(folder: Path, html: str) -> str:
    path = folder / "side.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def test_a_good_page_passes_every_demand(visit: Visit, tmp_path: Path) -> None:
    address = written(tmp_path, GOOD)
    for demand in dict.fromkeys(demand for demand, _, _ in BROKEN):
        with visit(address) as page:
            demand(page)
    with visit(address) as page:
        assert printed(page, tmp_path).sheets_with("En figur", "Søylen 12") == {0}


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_a_broken_page_fails(visit: Visit, tmp_path: Path, number: int) -> None:
    demand, right, wrong = BROKEN[number]
    assert right in GOOD
    with visit(written(tmp_path, GOOD.replace(right, wrong))) as page:
        open_details(page)
        with pytest.raises(AssertionError):
            demand(page)


def test_what_is_folded_is_missed_on_paper(visit: Visit, tmp_path: Path) -> None:
    with visit(written(tmp_path, GOOD.replace("@media print", "@media none"))) as page:
        assert printed(page, tmp_path).sheets_with("Søylen 12") == set()


@pytest.mark.parametrize(
    "added",
    [
        '<script>console.error("galt")</script>',
        "<script>throw new Error()</script>",
        '<img alt="" src="https://example.org/bilde.png">',
        '<img alt="" src="../utenfor.png">',
    ],
)
def test_a_page_that_says_or_asks_too_much_fails(
    browser: Browser, visit: Visit, tmp_path: Path, added: str
) -> None:
    del browser
    address = written(tmp_path, GOOD.replace("</body>", f"{added}</body>"))
    with pytest.raises(AssertionError), visit(address):
        pass
