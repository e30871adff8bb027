"""The faults that need no arithmetic, only the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assets.vocabulary import REST, TOTAL, vocabulary
from tests.disclosure.attacker.editions import Published, Row, by_place
from tests.disclosure.attacker.findings import Finding
from tests.disclosure.attacker.groups import Group
from tests.disclosure.attacker.judge import Interval
from tests.disclosure.attacker.places import (
    FLOWS,
    GENDERS,
    PLANNED,
    POPULATIONS,
    WORK,
    Place,
    flow,
    place_of,
)
from tests.disclosure.attacker.relations import share_of
from tests.disclosure.attacker.system import Key
from tests.disclosure.attacker.years import GROUPS, OUTCOMES, Year

SMALL = "shown below k"
DIVIDED = "divides a hidden population"
TYPED = "typed name"
BASE = "share or median on too few"
ONE_CATEGORY = "all in one sensitive category"

_TYPED = {"partner_projects": "project", "survey_response": "wave"}
_OTHER = ("other", TOTAL, REST)


def broken(published: Published, years: Sequence[Year]) -> Iterator[Finding]:
    """Yield the faults of every edition that need no arithmetic."""
    for year in years:
        for table, row in by_place(year.edition):
            yield from _row(published, year, table, row)
        yield from _hidden_populations(year)


def _row(published: Published, year: Year, table: str, row: Row) -> Iterator[Finding]:
    rule, number = published.rule, year.edition.year
    where = ", ".join((*row.categories.values(), row.measure))
    place = place_of(table, row)
    if place is not None and row.number is not None and 0 < row.number < rule.threshold:
        yield Finding(SMALL, table, number, where)
    if table in _TYPED:
        name = row.categories[_TYPED[table]]
        if name not in (*rule.names.get(table, ()), *_OTHER):
            yield Finding(TYPED, table, number, "a name that the policy does not list")
    for dimension, value in row.categories.items():
        column = vocabulary().table(f"marts.{table}").column(dimension)
        listed = vocabulary().categories(vocabulary().table(f"marts.{table}"), column)
        if listed is not None and value not in (*listed, TOTAL, REST):
            yield Finding(TYPED, table, number, f"{dimension} that the code list does not hold")
    if row.shown and not _large_enough(rule.threshold, rule.smallest_base, year, table, row):
        yield Finding(BASE, table, number, where)


def _large_enough(threshold: int, smallest_base: int, year: Year, table: str, row: Row) -> bool:
    """Whether a share or a median that is shown may be shown."""
    figure = row.categories.get("figure", "")
    if figure in ("age_min", "age_max"):
        return False
    if row.measure.endswith("_days") or figure == "median_days_in_programme":
        group = row.categories.get("outcome_group", TOTAL)
        place: Place = PLANNED if group == TOTAL else ("group", group)
        return (year.rows.get(year.key(place)) or 0) >= threshold
    if row.measure.endswith("_per_counsellor"):
        counted = {"participants_per_counsellor": "participants"}
        return _shown(year, ("pop", counted.get(row.measure, "active_at_year_end"), TOTAL))
    share = share_of(table, row.categories, row.measure)
    if share is None:
        return True
    above, below = ([year.rows.get(year.key(place)) for place in side] for side in share)
    known = [value for value in (*above, *below) if value is not None]
    return len(known) == len(above) + len(below) and sum(v or 0 for v in below) >= smallest_base


def _hidden_populations(year: Year) -> Iterator[Finding]:
    number = year.edition.year
    for division in year.divisions:
        listed = year.listed.get(division.name, frozenset())
        if not listed:
            continue
        if not _shown(year, division.whole(TOTAL)):
            yield Finding(DIVIDED, division.table, number, division.name)
        by_gender = False
        for category in sorted(listed):
            genders = [g for g in GENDERS if year.key(division.cell(category, g)) in year.rows]
            by_gender |= bool(genders) and division.gendered
            if genders and division.gendered and not _shown(year, division.cell(category, TOTAL)):
                yield Finding(DIVIDED, division.table, number, f"{division.name}: {category}")
        if by_gender and not all(_shown(year, division.whole(gender)) for gender in GENDERS):
            yield Finding(DIVIDED, division.table, number, f"{division.name}, by gender")
    for population in POPULATIONS:
        parts: list[Place] = [("pop", population, gender) for gender in GENDERS]
        if _any_row(year, parts) and not _shown(year, ("pop", population, TOTAL)):
            yield Finding(DIVIDED, "gender_split", number, population)
    for key in year.rows:
        if key[2] == "activity" and key[4] == TOTAL:
            parts = [("activity", str(key[3]), gender) for gender in GENDERS]
            if _any_row(year, parts) and year.rows[key] is None:
                yield Finding(DIVIDED, "activities", number, str(key[3]))
    yield from _hidden_periods(year)
    yield from _hidden_exits(year)


def _hidden_periods(year: Year) -> Iterator[Finding]:
    for measure in FLOWS:
        quarters = [flow(measure, "quarter", quarter) for quarter in range(1, 5)]
        if _any_row(year, quarters) and not _shown(year, ("pop", measure, TOTAL)):
            yield Finding(DIVIDED, "quarterly_flow", year.edition.year, measure)
        for quarter, place in enumerate(quarters):
            months = [flow(measure, "month", 3 * quarter + month) for month in (1, 2, 3)]
            if _any_row(year, months) and not _shown(year, place):
                where = f"{measure}, quarter {quarter + 1}"
                yield Finding(DIVIDED, "caseload", year.edition.year, where)


def _hidden_exits(year: Year) -> Iterator[Finding]:
    """Shown exits by group or target of a hidden population, or of a whole in the same table."""
    number = year.edition.year
    for table in ("time_in_programme", "target_attainment"):
        if year.edition.rows.get(table) and not _shown(year, PLANNED):
            yield Finding(DIVIDED, table, number, "planned_exits")
    job: list[Place] = [("job", "followed_up"), ("job", "still_employed")]
    if any(_shown(year, place) for place in job) and not _shown(year, WORK):
        yield Finding(DIVIDED, "job_retention", number, "work_exits")
    if year.edition.rows.get("work_exit_activities") and not _shown(year, WORK):
        yield Finding(DIVIDED, "work_exit_activities", number, "work_exits")
    for key, value in year.rows.items():
        answered = key[2] == "survey" and key[4] == "answered" and value is not None
        if answered and not _shown(year, ("survey", str(key[3]), "invited")):
            yield Finding(DIVIDED, "survey_response", number, "invited")


def _shown(year: Year, place: Place) -> bool:
    return year.rows.get(year.key(place)) is not None


def _any_row(year: Year, places: Sequence[Place]) -> bool:
    return any(year.key(place) in year.rows for place in places)


def one_category(
    years: Sequence[Year], groups: Sequence[Group], intervals: Sequence[Interval]
) -> Iterator[Finding]:
    """Yield the places where all of a population are surely in one category of a sensitive list."""
    found = {
        frozenset(group.terms.items()): interval
        for group, interval in zip(groups, intervals, strict=True)
    }
    for year in years:
        for table, name, whole, part in _sensitive(year):
            others = found.get(frozenset({whole: 1.0, part: -1.0}.items()))
            itself = found.get(frozenset({part: 1.0}.items()))
            somebody = (year.rows.get(part, 0) is None or (year.rows.get(part) or 0) > 0) or (
                itself is not None and itself.low >= 1
            )
            if others is not None and others.high == 0 and somebody:
                yield Finding(ONE_CATEGORY, table, year.edition.year, name)


def _sensitive(year: Year) -> Iterator[tuple[str, str, Key, Key]]:
    """Yield table, name, whole and part of each category of a sensitive list."""
    for division in year.divisions:
        if set(division.lists) & set(year.rule.sensitive):
            for gender in division.genders:
                for one in year.categories(division):
                    name = f"{division.name}: {one}, {gender}"
                    cell = year.key(division.cell(one, gender))
                    yield division.table, name, year.key(division.whole(gender)), cell
    if "outcome" in year.rule.sensitive:
        for group in GROUPS:
            if sum(attributes["outcome_group"] == group for attributes in OUTCOMES.values()) == 1:
                part = year.key(("group", group))
                yield "time_in_programme", group, year.key(PLANNED), part
