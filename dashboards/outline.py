"""Which figure is where, as the marts' declarations say, and the pages of the live dashboard.

A figure is named by its id; `figures` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assets.vocabulary import VocabularyError, vocabulary
from assets.vocabulary.declarations import FigureDeclaration, PlaceDeclaration
from assets.vocabulary.model import Table
from dashboards import words

FIGURES: Mapping[str, tuple[Table, FigureDeclaration]] = {
    name: (mart, figure)
    for mart in vocabulary().layer("marts")
    for name, figure in mart.figures.items()
}
"""By id, the mart that each figure shows, and its declaration (assets/marts/<mart>.toml)."""


def _under(
    kind: str, ids: Iterable[str], places: Callable[[FigureDeclaration], Iterable[PlaceDeclaration]]
) -> dict[str, tuple[str, ...]]:
    """Id of a section, chapter or heading -> its figures, in the order they are read."""
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in ids}
    for name, (mart, figure) in FIGURES.items():
        for where in places(figure):
            if where.id not in found:
                raise VocabularyError(
                    f"{mart.name}.toml [figures.{name}]: no {kind} {where.id}; there are "
                    f"{', '.join(found)}"
                )
            found[where.id].append((where.place, name))
    return {name: tuple(figure for _, figure in sorted(placed)) for name, placed in found.items()}


CHAPTERS = _under("chapter", words.REPORT_CHAPTERS, lambda figure: [figure.chapter])
"""Chapter of the report package -> its figures."""

SECTIONS = _under(
    "section", words.SECTIONS, lambda figure: [figure.section] if figure.section else []
)
"""Section of a year's page -> its figures."""

_HEADINGS = _under("heading", words.APP_GROUPS, lambda figure: figure.headings)

COMPARISON = "printed_comparison"
"""The figure of what the annual reports printed; it has a page of its own."""


@dataclass(frozen=True)
class Group:
    """Figures under one heading; under none (empty) when they are all that the page has."""

    id: str
    figures: tuple[str, ...]

    @property
    def title(self) -> str:
        """The heading."""
        return words.APP_GROUPS.get(self.id, "")


@dataclass(frozen=True)
class Page:
    """One page: `cards` are key figures at its top, `choices` what a person may choose on it.

    A page without figures and cards has something of its own, which `pages` knows. One that `needs`
    a mart is there for the audiences that get it.
    """

    name: str
    cards: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    choices: tuple[str, ...] = ("year", "compared", "gender")
    needs: str = ""

    @property
    def path(self) -> str:
        """The path of its address."""
        return f"/{self.name}"

    @property
    def title(self) -> str:
        """Its name in the menu and its heading."""
        return words.APP_PAGES[self.name]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Its headings, with the figures that the marts' declarations put under them."""
        return tuple(Group(name, _HEADINGS[name]) for name in self.headings)

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of its figures, in the order they are read."""
        return tuple(name for group in self.groups for name in group.figures)


_BY_YEAR = ("year", "compared")
"""What may be chosen where nobody is told apart by gender."""

OVERVIEW = Page(
    "",
    cards=(
        "referrals", "started", "participants", "planned_exits", "work_exits", "dropouts",
        "no_shows", "active_at_year_end", "ages", "median_days_in_programme",
    ),
    headings=("mal-og-utvikling",),
)  # fmt: skip
MONTHLY_FORM = Page("manedsskjema", choices=("year", "month", "gender"), needs="monthly_form")
PRINTED = Page("trykte-tall", choices=("year",), needs=COMPARISON)
QUALITY = Page("kvalitet", choices=("year",))
ABOUT = Page("om-tallene", choices=())

PAGES = (
    OVERVIEW,
    Page(
        "avslutninger",
        cards=("planned_exits", "work_exits"),
        headings=("gikk-til", "arbeid", "tid"),
    ),
    Page(
        "frafall",
        cards=("dropouts", "no_shows"),
        headings=("hvorfor",),
    ),
    Page(
        "deltakere",
        cards=("participants", "active_at_year_end", "ages"),
        headings=("hvem",),
    ),
    Page(
        "henvisninger",
        cards=("referrals", "started"),
        headings=("hvorfra", "ytelser"),
    ),
    Page(
        "flyt",
        cards=("started", "active_at_year_end", "median_days_in_programme"),
        choices=_BY_YEAR,
        headings=("maneder", "hvor-lenge"),
    ),
    Page(
        "aktiviteter",
        headings=("gjorde",),
    ),
    Page(
        "ressurser",
        choices=_BY_YEAR,
        headings=("folk", "tilbud", "okonomi"),
    ),
    MONTHLY_FORM,
    PRINTED,
    QUALITY,
    ABOUT,
)

BY_PATH = {page.path: page for page in PAGES}
