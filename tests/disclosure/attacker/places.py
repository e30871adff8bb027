"""The unknown of each published number: the same people are one unknown, in whatever table.

A place is a tuple that begins with its kind: ("pop", population, gender), ("cell", division,
category, gender), ("group", outcome group), ("target", target), ("active", month),
("flow", measure, "quarter" or "month", which), ("job", measure), ("activity", activity, gender),
("work_activity", activity), ("project", name), ("survey", wave, measure),
("sessions", group, measure), ("staff", role).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assets.vocabulary import TOTAL, vocabulary
from tests.disclosure.attacker.editions import Row

Place = tuple[str | int, ...]

GENDERS = vocabulary().code_list("gender").names
POPULATIONS = vocabulary().code_list("population").names
FLOWS = ("referred", "started", "planned_exits", "dropouts", "no_shows")

PLANNED: Place = ("pop", "planned_exits", TOTAL)
WORK: Place = ("group", "work")

_FIGURES: Mapping[str, Place] = {
    "referrals": ("pop", "referred", TOTAL),
    "work_exits": WORK,
    **{name: ("pop", name, TOTAL) for name in POPULATIONS if name != "referred"},
}


@dataclass(frozen=True)
class Division:
    """One population of one table, divided by categories, and by gender if `gendered`.

    `population` is the divided place, without its gender if it has one. `lists` are the code lists
    of its categories.
    """

    name: str
    table: str
    population: Place
    categories: tuple[str, ...]
    gendered: bool
    lists: tuple[str, ...]

    def whole(self, gender: str) -> Place:
        """The place of all people of a gender."""
        return (*self.population, gender) if self.gendered else self.population

    def cell(self, category: str, gender: str) -> Place:
        """The place of a category of a gender."""
        return ("cell", self.name, category, gender)

    @property
    def genders(self) -> tuple[str, ...]:
        """The genders that the population can be divided into, with `total`."""
        return (*GENDERS, TOTAL) if self.gendered else (TOTAL,)

    @property
    def of_persons(self) -> bool:
        """Whether the participants are divided."""
        return self.population == ("pop", "participants")


_BY_GENDER: dict[str, tuple[str, Place]] = {
    "referral_sources": ("source", ("pop", "referred")),
    "referral_offices": ("nav_office", ("pop", "referred")),
    "referral_benefits": ("benefit", ("pop", "referred")),
    "referral_target_groups": ("target_group", ("pop", "referred")),
    "country_of_origin": ("country", ("pop", "participants")),
    "age_bands": ("band", ("pop", "participants")),
    "dropout_reasons": ("reason", ("pop", "dropouts")),
    "exit_outcomes": ("outcome", ("pop", "planned_exits")),
    "other_exit_details": ("detail", ("cell", "exit_outcomes", "AN")),
    "aap_benefits": ("benefit", ("cell", "exit_outcomes", "AP")),
}
_WITHOUT_GENDER: dict[str, tuple[str, Place]] = {}
_BY_CATEGORY = _BY_GENDER | _WITHOUT_GENDER
_BY_BREAKDOWN: Mapping[str, tuple[Place, bool]] = {
    "participant_background": (("pop", "participants"), True),
    "work_exits": (WORK, False),
}


@cache
def divisions() -> Mapping[str, Division]:
    """Return every division by name, except those of projects; countries are listed elsewhere."""
    found = []
    for name, (dimension, population) in _BY_CATEGORY.items():
        column = vocabulary().table(f"marts.{name}").column(dimension)
        listed = vocabulary().categories(vocabulary().table(f"marts.{name}"), column) or ()
        categories = () if dimension == "country" else tuple(c for c in listed if c != TOTAL)
        lists = (str(column.codes),)
        gendered = name in _BY_GENDER
        found.append(Division(name, name, population, categories, gendered, lists))
    for name, (population, gendered) in _BY_BREAKDOWN.items():
        for breakdown, categories in breakdowns(name).items():
            one = f"{name}.{breakdown}"
            lists = (_code_list(name, breakdown),)
            found.append(Division(one, name, population, categories, gendered, lists))
    outcomes, name = vocabulary().code_list("transition_outcome"), "transition_cases"
    found.append(Division(name, name, ("cases",), outcomes.names, False, (outcomes.name,)))
    return {division.name: division for division in found}


def project_divisions(project: str) -> list[Division]:
    """Return the divisions of the candidates of one project."""
    name = "partner_projects"
    return [
        Division(
            f"{name}.{project}.{breakdown}",
            name,
            ("project", project),
            categories,
            False,
            (_code_list(name, breakdown),),
        )
        for breakdown, categories in breakdowns(name).items()
    ]


def breakdowns(name: str) -> dict[str, tuple[str, ...]]:
    """Return the categories of each breakdown of a table that has several."""
    table = vocabulary().table(f"marts.{name}")
    by = vocabulary().categories_by(table, table.column("value"))
    return {code: tuple(c for c in codes if c != TOTAL) for code, codes in by.items()}


def _code_list(name: str, breakdown: str) -> str:
    table = vocabulary().table(f"marts.{name}")
    lists = vocabulary().code_list(str(table.column("breakdown").codes))
    return lists[breakdown].attributes["codes"]


def place_of(table: str, row: Row) -> Place | None:
    """Return the place of the unknown in a row; None if the row counts nobody."""
    where, measure = row.categories, row.measure
    if table == "gender_split":
        return ("pop", where["population"], where["gender"])
    if table in _BY_CATEGORY:
        division = divisions()[table]
        category = where[_BY_CATEGORY[table][0]]
        gender = where.get("gender", TOTAL)
        return division.whole(gender) if category == TOTAL else division.cell(category, gender)
    if table in ("participant_background", "work_exits"):
        division = divisions()[f"{table}.{where['breakdown']}"]
        gender = where.get("gender", TOTAL)
        value = where["value"]
        return division.whole(gender) if value == TOTAL else division.cell(value, gender)
    if table == "key_figures":
        return _FIGURES.get(where["figure"])
    return _other(table, where, measure)


def _other(table: str, where: Mapping[str, str], measure: str) -> Place | None:
    found: Place | None = None
    if table == "transition_cases":
        cases = divisions()[table]
        outcome = where["outcome"]
        found = ("cases",) if outcome == TOTAL else cases.cell(outcome, TOTAL)
    elif table == "partner_projects":
        name = f"partner_projects.{where['project']}.{where['breakdown']}"
        total = where["value"] == TOTAL
        found = ("project", where["project"]) if total else ("cell", name, where["value"], TOTAL)
    elif table == "caseload":
        month = int(where["month"])
        found = active(month) if measure == "active" else flow(measure, "month", month)
    elif table == "quarterly_flow":
        quarter = int(where["quarter"])
        found = active(3 * quarter) if measure == "active" else flow(measure, "quarter", quarter)
    elif table == "activities":
        found = ("activity", where["activity"], where["gender"])
    elif table == "work_exit_activities":
        found = ("work_activity", where["activity"])
    elif table in ("benefit_target", "target_attainment", "time_in_programme"):
        found = _of_targets(table, where, measure)
    elif table == "job_retention":
        found = WORK if measure == "work_exits" else ("job", measure)
    elif table == "counsellor_caseload":
        found = ("pop", measure, TOTAL) if measure in POPULATIONS else None
    elif table == "survey_response" and measure in ("invited", "answered"):
        found = ("survey", where["wave"], measure)
    elif table == "group_sessions" and measure in ("registered", "attended"):
        found = ("sessions", where["session_group"], measure)
    elif table == "staffing" and measure == "headcount":
        found = ("staff", where["role"])
    return found


def _of_targets(table: str, where: Mapping[str, str], measure: str) -> Place | None:
    if measure == "base":
        return PLANNED if table == "target_attainment" else ("pop", "referred", TOTAL)
    if measure != "n":
        return None
    if table == "benefit_target":
        return divisions()["referral_benefits"].cell(where["benefit"], TOTAL)
    if table == "time_in_programme":
        group = where["outcome_group"]
        return PLANNED if group == TOTAL else ("group", group)
    return WORK if where["target"] == "work" else ("target", where["target"])


def active(month: int) -> Place:
    """The persons active at the end of a month; for December, those at the end of the year."""
    return ("pop", "active_at_year_end", TOTAL) if month == 12 else ("active", month)


def flow(measure: str, period: str, which: int) -> Place:
    """The events of a quarter or a month."""
    return ("flow", measure, period, which)
