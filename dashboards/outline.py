"""Which figure is where: in which section of a year, and on which page of the live dashboard.

Said here and nowhere else. A figure is named by its id; `figures` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "resultater": (
        "target_attainment", "exit_outcomes", "other_exit_details", "dropout_reasons",
        "aap_benefits", "work_exits", "work_exit_activities", "job_retention",
        "time_in_programme", "still_in_programme", "form_rows",
    ),
    "maneder": ("caseload", "flows", "quarterly_flow"),
    "deltakerne": ("gender_split", "country_of_origin", "age_bands", "participant_background"),
    "henvisninger": (
        "referral_sources", "referral_offices", "referral_benefits", "benefit_target",
        "referral_target_groups",
    ),
    "aktiviteter": ("activities", "transition_cases", "partner_projects"),
    "ressurser": (
        "group_sessions", "survey_response", "staffing", "counsellor_caseload", "savings",
    ),
}  # fmt: skip
"""Section of a year -> its figures, in the order they are read."""

COMPARISON = "printed_comparison"
"""The figure of what the annual reports printed; it has a page of its own."""


@dataclass(frozen=True)
class Group:
    """Figures under one heading."""

    id: str
    title: str
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One page: `cards` are key figures at its top, `choices` what a person may choose on it.

    A page without figures and cards has something of its own, which `pages` knows. One that `needs`
    a mart is there for the audiences that get it.
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
        """The ids of its figures, in the order they are read."""
        return tuple(name for group in self.groups for name in group.figures)


_BY_YEAR = ("year", "compared")
"""What may be chosen where nobody is told apart by gender."""

OVERVIEW = Page(
    "", "Oversikt",
    cards=(
        "referrals", "started", "participants", "planned_exits", "work_exits", "dropouts",
        "no_shows", "active_at_year_end", "ages", "median_days_in_programme",
    ),
    groups=(Group("mal-og-utvikling", "Mål og utvikling", ("target_attainment", "caseload")),),
)  # fmt: skip
MONTHLY_FORM = Page(
    "manedsskjema", "Månedsskjema", choices=("year", "month", "gender"), needs="monthly_form"
)
PRINTED = Page("trykte-tall", "Trykte tall", choices=("year",), needs=COMPARISON)
QUALITY = Page("kvalitet", "Kvalitet", choices=("year",))
ABOUT = Page("om-tallene", "Om tallene", choices=())

PAGES = (
    OVERVIEW,
    Page(
        "avslutninger",
        "Avslutninger",
        cards=("planned_exits", "work_exits"),
        groups=(
            Group(
                "gikk-til",
                "Resultater",
                ("exit_outcomes", "other_exit_details", "aap_benefits", "form_rows"),
            ),
            Group("arbeid", "Arbeid", ("work_exits", "work_exit_activities", "job_retention")),
            Group("tid", "Hvor lenge de var i tiltaket", ("time_in_programme",)),
        ),
    ),
    Page(
        "frafall",
        "Frafall",
        cards=("dropouts", "no_shows"),
        groups=(Group("hvorfor", "Hvorfor og når", ("dropout_reasons", "flows")),),
    ),
    Page(
        "deltakere",
        "Deltakere",
        cards=("participants", "active_at_year_end", "ages"),
        groups=(
            Group(
                "hvem",
                "Hvem deltakerne er",
                ("gender_split", "age_bands", "country_of_origin", "participant_background"),
            ),
        ),
    ),
    Page(
        "henvisninger",
        "Henvisninger",
        cards=("referrals", "started"),
        groups=(
            Group(
                "hvorfra", "Hvor henvisningene kom fra", ("referral_sources", "referral_offices")
            ),
            Group(
                "ytelser",
                "Ytelser og målgrupper",
                ("referral_benefits", "benefit_target", "referral_target_groups"),
            ),
        ),
    ),
    Page(
        "flyt",
        "Utvikling",
        cards=("started", "active_at_year_end", "median_days_in_programme"),
        choices=_BY_YEAR,
        groups=(
            Group("maneder", "Måneder og kvartaler", ("caseload", "flows", "quarterly_flow")),
            Group(
                "hvor-lenge",
                "Hvor lenge deltakerne er i tiltaket",
                ("still_in_programme", "time_in_programme"),
            ),
        ),
    ),
    Page(
        "aktiviteter",
        "Aktiviteter",
        groups=(
            Group(
                "gjorde",
                "Hva deltakerne gjorde",
                ("activities", "transition_cases", "partner_projects"),
            ),
        ),
    ),
    Page(
        "ressurser",
        "Ressurser",
        choices=_BY_YEAR,
        groups=(
            Group("folk", "Bemanning", ("staffing", "counsellor_caseload")),
            Group("tilbud", "Grupper og undersøkelser", ("group_sessions", "survey_response")),
            Group("okonomi", "Økonomi", ("savings",)),
        ),
    ),
    MONTHLY_FORM,
    PRINTED,
    QUALITY,
    ABOUT,
)

BY_PATH = {page.path: page for page in PAGES}
