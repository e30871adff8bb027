"""The frame around every page of the live dashboard: banners, menu, foot, and the document itself.

It also makes the page that helps whoever followed an address that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component
from markupsafe import escape

from dashboards import words
from dashboards.app import blocks, markup, outline
from dashboards.app.address import Address, Choices
from dashboards.app.blocks import Link
from dashboards.app.outline import Page
from dashboards.app.source import Published

TITLE, CONTENT = "@@title@@", "@@content@@"
"""What stands in a template where the title and the first view go."""

NO_CHARTS = "<noscript><style>.chart { display: none }</style></noscript>"
"""For the head of a page with charts: without scripts their places are empty."""

_HEAD = """<!doctype html>
<html lang="nb">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
{styles}
{early}
</head>
<body>
<a class="skip" href="#innhold">{skip}</a>
{content}
{late}
</body>
</html>
"""


@dataclass(frozen=True)
class Notices:
    """What every page says of its numbers: the marking, and whose persons are made up.

    `pages` are those that the readers have.
    """

    marking: str
    synthetic: str
    built: str
    pages: tuple[Page, ...] = ()

    def title(self, heading: str) -> str:
        """The title of a page with this heading, as a list of windows shows it."""
        programme = "" if heading.startswith(words.PROGRAMME) else words.PROGRAMME
        synthetic = words.SYNTHETIC if self.synthetic else ""
        return " – ".join(filter(None, (heading, programme, synthetic, self.marking)))

    @property
    def foot(self) -> str:
        """What stands at the foot of every page."""
        synthetic = words.SYNTHETIC if self.synthetic else ""
        return " · ".join(filter(None, (self.marking, synthetic, self.built)))


NO_NOTICES = Notices("", "", "")


def notices(published: Published, choices: Choices) -> Notices:
    """Return the notices of a year."""
    publication = published.publication
    return Notices(
        str(publication.manifest["marking"]),
        words.synthetic(publication.synthetic_years, publication.years),
        words.built(words.moment(publication.built_at(choices.year))),
        tuple(page for page in outline.PAGES if not page.needs or publication.holds(page.needs)),
    )


def framed(
    said: Notices, main: list[Component], address: Address | None, current: Page | None = None
) -> list[Component]:
    """Return a whole page; the menu keeps what `address` chose, and is left out without one."""
    return [
        html.Header([*_banners(said), _masthead(), *_menu(said.pages, address, current)]),
        html.Main(main, id="innhold", tabIndex=-1),
        html.Footer(html.P(said.foot)) if said.foot else html.Footer(),
    ]


def help_page(said: Notices, newest: Address | None, status: int, message: str) -> list[Component]:
    """Return the page for an address that leads nowhere; `newest` is where to go instead."""
    onwards: list[Component] = []
    if newest is not None:
        onwards = [html.P(html.A(words.APP_TO_OVERVIEW, href=newest.href))]
    main: list[Component] = [
        html.Div(
            [
                html.H1(help_title(status, published=newest is not None)),
                html.P(message, className="period"),
                *onwards,
            ],
            className="opening",
        )
    ]
    return framed(said, main, newest)


def help_title(status: int, *, published: bool) -> str:
    """The heading of the page for an address that leads nowhere."""
    if not published and status == 503:
        return words.APP_NOTHING_TITLE
    return _HELP_TITLES.get(status, words.APP_BROKEN_TITLE)


_HELP_TITLES: Mapping[int, str] = {
    400: words.APP_BAD_TITLE,
    404: words.APP_NOT_FOUND_TITLE,
    503: words.APP_WAIT_TITLE,
}


def template(styles: str, early: str = "", late: str = "") -> str:
    """Return a document with TITLE and CONTENT to fill in, and with these scripts."""
    return _HEAD.format(
        title=TITLE, content=CONTENT, styles=styles, early=early, late=late, skip=words.SKIP
    )


def filled(template_: str, title: str, page: markup.Node) -> str:
    """Return a template with a title and a page in it."""
    return template_.replace(TITLE, str(escape(title))).replace(CONTENT, markup.to_html(page))


def _banners(said: Notices) -> list[Component]:
    banners: list[Component] = []
    if said.marking:
        banners.append(html.P(html.Strong(said.marking), className="marking"))
    if said.synthetic:
        strong = html.Strong(f"{words.SYNTHETIC}.")
        banners.append(html.P([strong, f" {said.synthetic}"], className="synthetic"))
    return banners


def _masthead() -> Component:
    name = html.P(
        [html.Strong(words.PROGRAMME), " ", html.Span(words.PROGRAMME_IN_FULL)],
        className="programme",
    )
    return html.Div(name, className="masthead")


def _menu(pages: Sequence[Page], address: Address | None, current: Page | None) -> list[Component]:
    if address is None:
        return []
    listed = [
        Link(page.title, address.to(page), "page" if page is current else "") for page in pages
    ]
    return [blocks.links(words.APP_MENU, listed, "menu")]
