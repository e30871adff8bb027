"""Common knowledge about the unknowns, from docs/disclosure.md: sums and bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assets.vocabulary import REST, TOTAL, vocabulary
from tests.disclosure.attacker.editions import Published, by_place
from tests.disclosure.attacker.people import learn_next_year, learn_people
from tests.disclosure.attacker.places import (
    FLOWS,
    GENDERS,
    PLANNED,
    POPULATIONS,
    WORK,
    Division,
    Place,
    active,
    divisions,
    flow,
    place_of,
)
from tests.disclosure.attacker.system import System
from tests.disclosure.attacker.years import ACTIVE_BEFORE, GROUPS, OUTCOMES, Assumed, Year


def known(published: Published, years: Sequence[Year], assumed: Assumed) -> System:
    """Return everything that is known about every edition."""
    system = System()
    by_edition = {id(year.edition): year for year in years}
    for year in years:
        _numbers(system, year, assumed)
        _populations(system, year)
        for division in year.divisions:
            _division(system, year, division)
            if assumed.shown:
                _as_listed(system, year, division)
            if assumed.shown and assumed.rules:
                _as_ruled(system, year, division)
        if assumed.shown and assumed.rules:
            _asked(system, year)
        _outcomes(system, year)
        _months(system, year, assumed)
        learn_people(system, year, assumed)
        _shares(system, year, assumed)
    for before, after in published.pairs:
        learn_next_year(system, by_edition[id(before)], by_edition[id(after)])
    if assumed.nobody_before:
        for edition in published.first:
            year = by_edition[id(edition)]
            for gender in GENDERS:
                for kind in ACTIVE_BEFORE:
                    system.bound(year.people(kind, gender), 0, 0)
                system.bound(year.key(("referrals_before", gender)), 0, 0)
    return system


def _numbers(system: System, year: Year, assumed: Assumed) -> None:
    for table, row in by_place(year.edition):
        place = place_of(table, row)
        if place is None:
            continue
        if row.number is None or not assumed.shown:
            system.bound(year.key(place), 1 if assumed.shown else 0)
        else:
            system.bound(year.key(place), row.number, row.number)


def _populations(system: System, year: Year) -> None:
    for population in POPULATIONS:
        parts = [year.key(("pop", population, gender)) for gender in GENDERS]
        system.adds_up(year.key(("pop", population, TOTAL)), parts, "genders add up")
    for name in dict.fromkeys(key[3] for key in year.rows if key[2] == "activity"):
        parts = [year.key(("activity", str(name), gender)) for gender in GENDERS]
        system.adds_up(year.key(("activity", str(name), TOTAL)), parts, "genders add up")


def _asked(system: System, year: Year) -> None:
    """A project or a survey of fewer than k people has no rows."""
    for key in year.rows:
        if key[2] == "project" or (key[2] == "survey" and key[4] == "invited"):
            system.bound(key, year.rule.threshold)
        if key[2] == "survey" and key[4] == "answered":
            asked = year.key(("survey", str(key[3]), "invited"))
            system.at_most({key: 1, asked: -1}, 0, "only who was asked answers")


def _division(system: System, year: Year, division: Division) -> None:
    """A division adds up."""
    categories = year.categories(division)
    for gender in division.genders:
        cells = [year.key(division.cell(category, gender)) for category in categories]
        system.adds_up(year.key(division.whole(gender)), cells, "categories add up")
    if division.gendered:
        for category in (*categories, *(REST,) * (REST in year.listed.get(division.name, ()))):
            parts = [year.key(division.cell(category, gender)) for gender in GENDERS]
            system.adds_up(year.key(division.cell(category, TOTAL)), parts, "genders add up")


def _as_listed(system: System, year: Year, division: Division) -> None:
    """The consequences of a category being listed or not, and the contents of `rest`."""
    listed = year.listed.get(division.name, frozenset())
    folded = [category for category in year.categories(division) if category not in listed]
    for gender in division.genders if listed else ():
        parts = [year.key(division.cell(category, gender)) for category in folded]
        if REST in listed:
            system.adds_up(year.key(division.cell(REST, gender)), parts, "what is in rest")
        else:
            for part in parts:
                system.bound(part, 0, 0)


def _as_ruled(system: System, year: Year, division: Division) -> None:
    """No listed country is small, and no division by a sensitive list has only one category."""
    listed = year.listed.get(division.name, frozenset())
    _smallest(system, year, division, listed)
    if set(division.lists) & set(year.rule.sensitive) and listed:
        _never_all_in_one(system, year, division, sorted(listed))


def _smallest(system: System, year: Year, division: Division, listed: frozenset[str]) -> None:
    """A listed country has at least k persons, `rest` one more."""
    threshold = year.rule.threshold
    if REST in listed or division.name == "country_of_origin":
        for category in listed:
            key = year.key(division.cell(category, TOTAL))
            if category == REST:
                system.bound(key, threshold + 1)
            elif year.rows.get(key) != 0:
                system.bound(key, threshold)


def _never_all_in_one(
    system: System, year: Year, division: Division, listed: Sequence[str]
) -> None:
    """No category of a sensitive list holds all of a population, or all of a gender shown."""
    for gender in division.genders:
        whole = year.key(division.whole(gender))
        if year.rows.get(whole, 0) == 0:
            continue
        for category in listed:
            cell = year.key(division.cell(category, gender))
            if cell in year.own_cells and (year.rows[cell] is None or year.rows[whole] is None):
                system.at_most({cell: 1, whole: -1}, -1, "not all in one category")


def _outcomes(system: System, year: Year) -> None:
    outcomes = divisions()["exit_outcomes"]
    for group in GROUPS:
        parts = [
            year.key(outcomes.cell(outcome, TOTAL))
            for outcome, attributes in OUTCOMES.items()
            if attributes["outcome_group"] == group
        ]
        system.adds_up(year.key(("group", group)), parts, "outcomes add up to groups")
    for target in vocabulary().code_list("target").names:
        reached = [group for group, attributes in GROUPS.items() if attributes["target"] == target]
        if target != "work":
            parts = [year.key(("group", group)) for group in reached]
            system.adds_up(year.key(("target", target)), parts, "groups add up to targets")
    work = year.key(WORK)
    followed, still = year.key(("job", "followed_up")), year.key(("job", "still_employed"))
    system.at_most({followed: 1, work: -1}, 0, "only who went to work is followed up")
    system.at_most({still: 1, followed: -1}, 0, "only who was followed up is still employed")
    for key in year.rows:
        if key[2] == "work_activity":
            system.at_most({key: 1, work: -1}, 0, "one exit has an activity once")


def _months(system: System, year: Year, assumed: Assumed) -> None:
    """Months, quarters and the year; referrals that go on flow from month to month."""
    told = "caseload" in year.edition.rows or "quarterly_flow" in year.edition.rows
    if not told:
        return
    for measure in FLOWS:
        quarters = [year.key(flow(measure, "quarter", quarter)) for quarter in range(1, 5)]
        system.adds_up(year.key(("pop", measure, TOTAL)), quarters, "quarters add up")
        if measure != "referred":
            for quarter in range(1, 5):
                months = range(3 * quarter - 2, 3 * quarter + 1)
                parts = [year.key(flow(measure, "month", month)) for month in months]
                system.adds_up(year.key(flow(measure, "quarter", quarter)), parts, "months add up")
    for month in range(1, 13):
        started, ended = (
            year.key(flow("started", "month", month)),
            [year.key(flow(name, "month", month)) for name in ("planned_exits", "dropouts")],
        )
        now = year.key(active(month))
        referrals, earlier = year.key(("referrals", month)), year.key(("referrals", month - 1))
        flows = {earlier: 1, started: 1, **dict.fromkeys(ended, -1), referrals: -1}
        system.equal(flows, "referrals that go on")
        guessed = assumed.months and TOTAL in year.edition.ties.get("active", ())
        low = 0 if guessed else -np.inf
        one_each = "one referral at least for each person"
        system.between({now: 1, referrals: -1}, low, 0, one_each)
        participants = year.key(("pop", "participants", TOTAL))
        system.at_most({now: 1, participants: -1}, 0, "who is active takes part")
        before = (
            year.terms(ACTIVE_BEFORE, TOTAL) if month == 1 else {year.key(active(month - 1)): 1}
        )
        less = {key: -each for key, each in before.items()}
        system.at_most({now: 1, started: -1, **less}, 0, "who is newly active started")
        system.at_most({now: -1, **before, **dict.fromkeys(ended, -1)}, 0, "who is gone ended")
    for month, name in ((0, "referrals_before"), (12, "referrals_after")):
        parts = [year.key((name, gender)) for gender in GENDERS]
        system.adds_up(year.key(("referrals", month)), parts, "genders add up")


def _shares(system: System, year: Year, assumed: Assumed) -> None:
    """A share that is shown ties its counts."""
    if not assumed.shown:
        return
    for table, row in by_place(year.edition):
        parts = share_of(table, row.categories, row.measure)
        if parts is None or row.number is None:
            continue
        above, below = parts
        terms = {year.key(place): 1.0 for place in above}
        for place in below:
            terms[year.key(place)] = terms.get(year.key(place), 0) - row.number
        # A stored share has the precision of a float.
        system.between(terms, -1e-5, 1e-5, "a share")


def share_of(
    table: str, categories: Mapping[str, str], measure: str
) -> tuple[list[Place], list[Place]] | None:
    """Return the counts of a share: numerator and denominator; None if it is no share."""
    if table == "benefit_target" and measure == "actual_share":
        cell = divisions()["referral_benefits"].cell(categories["benefit"], TOTAL)
        return [cell], [("pop", "referred", TOTAL)]
    if table == "target_attainment" and measure == "actual_share":
        target = categories["target"]
        return [WORK if target == "work" else ("target", target)], [PLANNED]
    if table == "survey_response" and measure == "response_share":
        wave = categories["wave"]
        return [("survey", wave, "answered")], [("survey", wave, "invited")]
    if table == "key_figures" and categories["figure"] == "work_exit_share":
        return [WORK], [PLANNED]
    if table == "key_figures" and categories["figure"] == "planned_share_of_exits":
        ended: list[Place] = [("pop", name, TOTAL) for name in ("dropouts", "no_shows")]
        return [PLANNED], [PLANNED, *ended]
    return None
