"""The place of each figure, from the marts' declarations, and the pages of the live dashboard.

A figure is named by its id; `figures` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assets.vocabulary import VocabularyError, vocabulary
from assets.vocabulary.declarations import FigureDeclaration, PlaceDeclaration
from assets.vocabulary.model import Table
from dashboards import words
from dashboards.publication import OPEN_DATA, RECEIPTS


def figures_of(marts: Iterable[Table]) -> dict[str, tuple[Table, FigureDeclaration]]:
    """Figure id -> its mart and declaration; VocabularyError when two have one id."""
    found: dict[str, tuple[Table, FigureDeclaration]] = {}
    for mart in marts:
        for name, figure in mart.figures.items():
            if name in found:
                first = found[name][0].name
                raise VocabularyError(f"{first}.toml and {mart.name}.toml: two [figures.{name}]")
            found[name] = (mart, figure)
    return found


FIGURES: Mapping[str, tuple[Table, FigureDeclaration]] = figures_of(vocabulary().layer("marts"))
"""Figure id -> the mart that it shows, and its declaration (assets/marts/<mart>.toml)."""


def under(
    kind: str, ids: Iterable[str], places: Callable[[FigureDeclaration], Iterable[PlaceDeclaration]]
) -> dict[str, tuple[str, ...]]:
    """Id of a section, chapter or heading -> its figures, in reading order."""
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


SECTIONS = under(
    "section", words.SECTIONS, lambda figure: [figure.section] if figure.section else []
)
"""Section of a year's page -> its figures."""


COMPARISON = "printed_comparison"
"""The figure of the printed numbers of the annual reports; it has a page of its own."""


@dataclass(frozen=True)
class Group:
    """Figures under one heading."""

    id: str
    title: str

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of the figures that the marts' declarations put under this heading."""
        return _HEADINGS[self.id]


@dataclass(frozen=True)
class Page:
    """One page: `cards` are the key figures at its top, `choices` the choices of its reader.

    The content of a page without figures and cards is in `live_pages`. A page that `needs` a mart,
    or the receipts, exists only for the audiences that get it.
    """

    name: str
    title: str
    """Its name in the menu, and its heading."""

    cards: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    choices: tuple[str, ...] = ("year", "compared", "gender")
    needs: str = ""

    @property
    def path(self) -> str:
        """The path of its address."""
        return f"/{self.name}"

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of its figures, in reading order."""
        return tuple(name for group in self.groups for name in group.figures)


_BY_YEAR = ("year", "compared")
"""The choices of a page without numbers by gender."""

OVERVIEW = Page(
    "", "Oversikt",
    cards=(
        "referrals", "started", "participants", "took_part", "planned_exits", "work_exits",
        "dropouts", "no_shows", "active_at_year_end", "ages", "median_days_in_programme",
    ),
    groups=(Group("mal-og-utvikling", "Mål og utvikling"),),
)  # fmt: skip
MONTHLY_FORM = Page(
    "manedsskjema", "Månedsskjema", choices=("year", "month", "gender"), needs="monthly_form"
)
PRINTED = Page("trykte-tall", "Trykte tall", choices=("year",), needs=COMPARISON)
DELIVERIES = Page("leveranser", "Leveranser", choices=(), needs=RECEIPTS)
QUALITY = Page("kvalitet", "Kvalitet", choices=("year",))
ABOUT = Page("om-tallene", "Om tallene", choices=())

PAGES = (
    OVERVIEW,
    Page(
        "avslutninger",
        "Avslutninger",
        cards=("planned_exits", "work_exits"),
        groups=(
            Group("gikk-til", "Resultater"),
            Group("arbeid", "Arbeid"),
            Group("tid", "Hvor lenge de var i tiltaket"),
        ),
    ),
    Page(
        "frafall",
        "Frafall",
        cards=("dropouts", "no_shows"),
        groups=(Group("hvorfor", "Hvorfor og når"),),
    ),
    Page(
        "deltakere",
        "Deltakere",
        cards=("participants", "took_part", "active_at_year_end", "ages"),
        groups=(Group("hvem", "Hvem deltakerne er"),),
    ),
    Page(
        "henvisninger",
        "Henvisninger",
        cards=("referrals", "started"),
        groups=(
            Group("hvorfra", "Hvor henvisningene kom fra"),
            Group("ytelser", "Ytelser og målgrupper"),
        ),
    ),
    Page(
        "flyt",
        "Utvikling",
        cards=("started", "active_at_year_end", "median_days_in_programme"),
        choices=_BY_YEAR,
        groups=(
            Group("maneder", "Måneder og kvartaler"),
            Group("hvor-lenge", "Hvor lenge deltakerne er i tiltaket"),
        ),
    ),
    Page(
        "aktiviteter",
        "Aktiviteter",
        groups=(Group("gjorde", "Hva deltakerne gjorde"),),
    ),
    Page(
        "ressurser",
        "Ressurser",
        choices=_BY_YEAR,
        groups=(
            Group("folk", "Bemanning"),
            Group("tilbud", "Grupper og undersøkelser"),
            Group("okonomi", "Økonomi"),
        ),
    ),
    MONTHLY_FORM,
    PRINTED,
    DELIVERIES,
    QUALITY,
    ABOUT,
)

_HEADINGS = under(
    "heading",
    (group.id for page in PAGES for group in page.groups),
    lambda figure: figure.headings,
)
DATA = Page("apne-data", "Åpne data", choices=(), needs=OPEN_DATA)
DATA_IN_ENGLISH = Page("open-data", "Open data", choices=(), needs=OPEN_DATA)
"""The pages about the open data, which only the audience `open` gets; the first is in the menu."""

BY_PATH = {page.path: page for page in (*PAGES, DATA, DATA_IN_ENGLISH)}
