"""Knowledge about people: persons who were active, came, left and stayed, from year to year."""

from __future__ import annotations

from assets.vocabulary import TOTAL
from tests.disclosure.attacker.places import GENDERS, Division
from tests.disclosure.attacker.system import System
from tests.disclosure.attacker.years import (
    ACTIVE_AT_END,
    ACTIVE_BEFORE,
    GONE,
    KINDS,
    NEW,
    Assumed,
    Year,
)


def learn_people(system: System, year: Year, assumed: Assumed) -> None:
    """Persons who took part were active before or came, and were active at the end or left."""
    for gender in GENDERS:
        whole = year.key(("pop", "participants", gender))
        kinds = [year.people(kind, gender) for kind in KINDS]
        system.adds_up(whole, kinds, "who took part")
        at_end = [year.people(kind, gender) for kind in ACTIVE_AT_END]
        system.adds_up(year.key(("pop", "active_at_year_end", gender)), at_end, "active at the end")
        started = year.key(("pop", "started", gender))
        ended = [year.key(("pop", name, gender)) for name in ("planned_exits", "dropouts")]
        new, gone = year.terms(NEW, gender), year.terms(GONE, gender)
        system.at_most({**new, started: -1}, 0, "who came started")
        system.at_most({**gone, **dict.fromkeys(ended, -1)}, 0, "who left ended")
        before, after = (
            year.key(("referrals_before", gender)),
            year.key(("referrals_after", gender)),
        )
        flows = {before: 1, started: 1, **dict.fromkeys(ended, -1), after: -1}
        system.equal(flows, "referrals that go on")
        active_before = {**year.terms(ACTIVE_BEFORE, gender), before: -1}
        active_after = {**year.terms(ACTIVE_AT_END, gender), after: -1}
        system.at_most(active_before, 0, "one referral at least for each person")
        system.at_most(active_after, 0, "one referral at least for each person")
    if assumed.ties:
        for gender in (*GENDERS, TOTAL):
            _ties(system, year, gender)
    for division in year.divisions:
        if division.of_persons:
            _people_by_category(system, year, division)


def _ties(system: System, year: Year, gender: str) -> None:
    """The manifest's ties of a gender: nobody on two referrals at once, nobody came back."""
    started = year.key(("pop", "started", gender))
    ended = [year.key(("pop", name, gender)) for name in ("planned_exits", "dropouts")]
    ties = year.edition.ties
    if gender in ties.get("came", ()):
        system.equal({**year.terms(NEW, gender), started: -1}, "tie: came")
    if gender in ties.get("left", ()):
        system.equal({**year.terms(GONE, gender), **dict.fromkeys(ended, -1)}, "tie: left")
    if gender in ties.get("active", ()):
        # Persons who stayed were active before and at the end, so they cancel out.
        moved = {
            **year.terms(("came",), gender),
            **dict.fromkeys(year.terms(("left",), gender), -1.0),
        }
        system.equal({**moved, started: -1, **dict.fromkeys(ended, 1)}, "tie: active")


def _people_by_category(system: System, year: Year, division: Division) -> None:
    name = division.name
    for gender in GENDERS:
        for category in year.categories(division):
            kinds = [year.people(kind, gender, name, category) for kind in KINDS]
            system.adds_up(year.key(division.cell(category, gender)), kinds, "who took part")
        for kind in KINDS:
            parts = [year.people(kind, gender, name, one) for one in year.categories(division)]
            system.adds_up(year.people(kind, gender), parts, "categories add up")


def learn_next_year(system: System, before: Year, after: Year) -> None:
    """The persons active at the end of a year are those active before the next one."""
    for gender in GENDERS:
        _same(system, before, after, gender)
        referrals = {
            before.key(("referrals_after", gender)): 1.0,
            after.key(("referrals_before", gender)): -1.0,
        }
        system.equal(referrals, "year to year")
        for division in before.divisions:
            if not division.of_persons or division.name not in after.persons_divided:
                continue
            if division.name == "age_bands":
                _a_year_older(system, before, after, division, gender)
                continue
            for category in before.categories(division):
                _same(system, before, after, gender, division.name, category)


def _same(
    system: System, before: Year, after: Year, gender: str, division: str = "", category: str = ""
) -> None:
    here = before.terms(ACTIVE_AT_END, gender, division, category)
    there = after.terms(ACTIVE_BEFORE, gender, division, category)
    system.equal({**here, **dict.fromkeys(there, -1)}, "year to year")


def _a_year_older(
    system: System, before: Year, after: Year, division: Division, gender: str
) -> None:
    """Some persons of each band are one band older a year later, except in the last band."""
    bands = division.categories
    pair = (before.edition.number, after.edition.number)
    for place, band in enumerate(bands):
        older = before.key(("older", *pair, band, gender))
        if band == bands[-1]:
            system.bound(older, 0, 0)
        here = before.terms(ACTIVE_AT_END, gender, division.name, band)
        less = {key: -each for key, each in here.items()}
        system.at_most({older: 1, **less}, 0, "one band older")
        there = after.terms(ACTIVE_BEFORE, gender, division.name, band)
        moved = {**here, **dict.fromkeys(there, -1), older: -1}
        if place:
            moved[before.key(("older", *pair, bands[place - 1], gender))] = 1
        system.equal(moved, "one band older")
