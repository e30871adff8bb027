"""The place of each figure, from the marts' declarations, and the pages of the live dashboard.

A figure is named by its id; `figures` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assets.vocabulary import VocabularyError, vocabulary
from assets.vocabulary.declarations import FigureDeclaration, PlaceDeclaration
from assets.vocabulary.model import Table
from dashboards import correction_words, words
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


SHARES = "shares"
"""The key figures that are shares, over the years."""

LOST, FLOW = "lost", "in_and_out"
"""The key figures of those who were lost, and of those who came and left, over the years."""


def by_year(name: str) -> str:
    """The id of a figure over the years; `name` is the id of the figure of one year."""
    return f"{name}_by_year"


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
    findings: tuple[str, ...] = ()
    """What its top says: the findings of these key figures and figures, in this order.

    Of key figures that follow each other, the one that changed most comes first.
    """

    groups: tuple[Group, ...] = ()
    choices: tuple[str, ...] = ("year", "compared", "gender")
    needs: str = ""

    key_figures: tuple[str, ...] = ()
    """The series of key figures among its figures over the years."""

    menu: str = "results"
    """The group of the menu that it is in (MENU)."""

    @property
    def series(self) -> tuple[str, ...]:
        """The ids of its figures over the years."""
        return tuple(by_year(name) for name in (*self.key_figures, *self.figures))

    @property
    def path(self) -> str:
        """The path of its address."""
        return f"/{self.name}"

    @property
    def figures(self) -> tuple[str, ...]:
        """The ids of its figures, in reading order."""
        return tuple(name for group in self.groups for name in group.figures)


MENU = {
    "results": "Resultater",
    "persons": "Deltakerne",
    "reports": "Tiltaket og rapportene",
    "about": "Om tallene",
}
"""The groups of the menu, in order."""

_BY_YEAR = ("year", "compared")
"""The choices of a page without numbers by gender."""

OVERVIEW = Page(
    "", "Oversikt",
    cards=(
        "referrals", "started", "participants", "took_part", "planned_exits", "work_exits",
        "dropouts", "no_shows", "active_at_year_end", "ages", "median_days_in_programme",
    ),
    findings=(
        "target_attainment", "referrals", "started", "participants", "planned_exits", "work_exits",
        "dropouts", "no_shows", "active_at_year_end",
    ),
    key_figures=("key_figures", SHARES),
    groups=(Group("mal-og-utvikling", "Mål og utvikling"),),
)  # fmt: skip
MONTHLY_FORM = Page(
    "manedsskjema",
    "Månedsskjema",
    choices=("year", "month", "gender"),
    needs="monthly_form",
    menu="reports",
)
PRINTED = Page("trykte-tall", "Trykte tall", choices=("year",), needs=COMPARISON, menu="reports")
DELIVERIES = Page("leveranser", "Leveranser", choices=(), needs=RECEIPTS, menu="about")
CORRECTIONS = Page("rettelser", correction_words.TITLE, choices=(), needs=RECEIPTS, menu="reports")
TABLE = Page("tabell", "Lag en tabell", choices=(), menu="reports")
QUALITY = Page("kvalitet", "Kvalitet", choices=("year",), menu="about")
ABOUT = Page("om-tallene", "Om tallene", choices=(), menu="about")

NUMBERS = "tall"
"""The folder of the pages that follow one number each, which are in no menu (app/follow.py)."""

PAGES = (
    OVERVIEW,
    Page(
        "avslutninger",
        "Avslutninger",
        cards=("planned_exits", "work_exits"),
        findings=(
            "planned_exits",
            "work_exits",
            "exit_outcomes",
            "job_retention",
            "time_in_programme",
        ),
        key_figures=(SHARES,),
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
        findings=("dropouts", "no_shows", "dropout_reasons", "dropouts_by_month"),
        key_figures=(LOST,),
        groups=(Group("hvorfor", "Hvorfor og når"),),
    ),
    Page(
        "deltakere",
        "Deltakere",
        menu="persons",
        cards=("participants", "took_part", "active_at_year_end", "ages"),
        findings=("participants", "gender_split", "country_of_origin", "age_bands"),
        groups=(Group("hvem", "Hvem deltakerne er"),),
    ),
    Page(
        "henvisninger",
        "Henvisninger",
        menu="persons",
        cards=("referrals", "started"),
        findings=("referrals", "started", "referral_sources", "referral_offices", "benefit_target"),
        groups=(
            Group("hvorfra", "Hvor henvisningene kom fra"),
            Group("ytelser", "Ytelser og målgrupper"),
        ),
    ),
    Page(
        "flyt",
        "Utvikling",
        cards=("started", "active_at_year_end", "median_days_in_programme"),
        findings=(
            "active_at_year_end",
            "caseload",
            "flows",
            "quarterly_flow",
            "still_in_programme",
            "time_in_programme",
        ),
        key_figures=(FLOW,),
        choices=_BY_YEAR,
        groups=(
            Group("maneder", "Måneder og kvartaler"),
            Group("hvor-lenge", "Hvor lenge deltakerne er i tiltaket"),
        ),
    ),
    Page(
        "aktiviteter",
        "Aktiviteter",
        menu="persons",
        findings=("activities", "activity_status", "transition_cases"),
        groups=(Group("gjorde", "Hva deltakerne gjorde"),),
    ),
    Page(
        "ressurser",
        "Ressurser",
        menu="reports",
        findings=("counsellor_caseload", "group_sessions", "survey_response", "savings"),
        choices=_BY_YEAR,
        groups=(
            Group("folk", "Bemanning"),
            Group("tilbud", "Grupper og undersøkelser"),
            Group("okonomi", "Økonomi"),
        ),
    ),
    MONTHLY_FORM,
    PRINTED,
    TABLE,
    DELIVERIES,
    CORRECTIONS,
    QUALITY,
    ABOUT,
)

YEAR_FINDINGS = tuple(
    dict.fromkeys(
        (
            *OVERVIEW.findings,
            *(name for page in PAGES for name in page.findings if name not in FIGURES),
        )
    )
)
"""What the one page or file of a whole year says at its top: the findings of the overview, and of
the key figures that only another page names. A figure says its own where it stands."""

_HEADINGS = under(
    "heading",
    (group.id for page in PAGES for group in page.groups),
    lambda figure: figure.headings,
)
DATA = Page("apne-data", "Åpne data", choices=(), needs=OPEN_DATA, menu="about")
DATA_IN_ENGLISH = Page("open-data", "Open data", choices=(), needs=OPEN_DATA)
"""The pages about the open data, which only the audience `open` gets; the first is in the menu."""

BY_PATH = {page.path: page for page in (*PAGES, DATA, DATA_IN_ENGLISH)}
