"""One edition with its divisions and the kinds of its people.

The participants of a year are of four kinds: `stayed` (active before it and at its end), `left`
(active before, not at the end), `came` (new, active at the end) and `passed` (new, and left again).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assets.vocabulary import REST, TOTAL, vocabulary
from tests.disclosure.attacker.editions import Edition, Published, Rule, by_place
from tests.disclosure.attacker.places import (
    GENDERS,
    Division,
    Place,
    divisions,
    place_of,
    project_divisions,
)
from tests.disclosure.attacker.system import Key

ELSEWHERE = "elsewhere"
"""All countries that no edition lists."""

ACTIVE_AT_END, ACTIVE_BEFORE = ("stayed", "came"), ("stayed", "left")
NEW, GONE = ("came", "passed"), ("left", "passed")
KINDS = ("stayed", "left", "came", "passed")

OUTCOMES = {code.code: code.attributes for code in vocabulary().code_list("outcome").codes}
GROUPS = {code.code: code.attributes for code in vocabulary().code_list("outcome_group").codes}


@dataclass(frozen=True)
class Assumed:
    """Assumptions in addition to the documentation; each may turn out to be impossible.

    `nobody_before`: the register had nobody before its first year. `ties`: the manifest's ties
    hold. `months`: if nobody was on two referrals from one year's end to the next, nobody was in
    between (a guess: the manifest does not say so). `rules`: small and sensitive categories are as
    the documentation says. `shown`: the published numbers are known (without, only the report is).
    """

    nobody_before: bool = True
    ties: bool = True
    months: bool = False
    rules: bool = True
    shown: bool = True


@dataclass(frozen=True)
class Year:
    """One edition with its divisions; `countries` are the countries that any edition lists."""

    edition: Edition
    rule: Rule
    countries: Sequence[str]
    persons_divided: frozenset[str] = field(default_factory=frozenset)

    def key(self, place: Place) -> Key:
        """Return the unknown of a place in this edition."""
        return (self.edition.year, self.edition.number, *place)

    def people(self, kind: str, gender: str, division: str = "", category: str = "") -> Key:
        """Return the unknown of one kind of participants, in a category or in all."""
        return self.key((kind, division, category, gender))

    def terms(
        self, kinds: Sequence[str], gender: str, division: str = "", category: str = ""
    ) -> dict[Key, float]:
        """Return the sum of some kinds of participants, for a gender or `total`."""
        genders = GENDERS if gender == TOTAL else (gender,)
        return {self.people(k, g, division, category): 1 for k in kinds for g in genders}

    @cached_property
    def rows(self) -> Mapping[Key, float | None]:
        """The rows that count people."""
        found: dict[Key, float | None] = {}
        for table, row in by_place(self.edition):
            place = place_of(table, row)
            if place is not None and found.get(self.key(place)) is None:
                found[self.key(place)] = row.number
        return found

    @cached_property
    def own_cells(self) -> frozenset[Key]:
        """The categories that are in the table of their own division."""
        places = ((table, place_of(table, row)) for table, row in by_place(self.edition))
        return frozenset(
            self.key(place)
            for table, place in places
            if place is not None and place[0] == "cell" and str(place[1]).split(".")[0] == table
        )

    @cached_property
    def listed(self) -> Mapping[str, frozenset[str]]:
        """The categories that each division lists in its own table, including `rest`."""
        found: dict[str, set[str]] = {}
        for key in self.own_cells:
            found.setdefault(str(key[3]), set()).add(str(key[4]))
        return {name: frozenset(categories) for name, categories in found.items()}

    @cached_property
    def projects(self) -> list[str]:
        """The projects that have rows."""
        rows = self.edition.rows.get("partner_projects", ())
        return list(dict.fromkeys(row.categories["project"] for row in rows))

    @cached_property
    def divisions(self) -> list[Division]:
        """The divisions. Persons are divided in every year if any edition divides them."""
        found = []
        for division in divisions().values():
            always = division.name == "exit_outcomes" or division.name in self.persons_divided
            if always or division.table in self.edition.rows:
                found.append(division)
        for project in self.projects:
            found += project_divisions(project)
        return found

    def categories(self, division: Division) -> tuple[str, ...]:
        """Return the categories of a division, including those in `rest`."""
        if division.name == "country_of_origin":
            return (*self.countries, ELSEWHERE)
        return division.categories


def years_of(published: Published) -> list[Year]:
    """Return every edition as a Year."""
    plain = [Year(edition, published.rule, ()) for edition in published.editions]
    countries = sorted(
        {
            category
            for year in plain
            for category in year.listed.get("country_of_origin", ())
            if category != REST
        }
    )
    divided = frozenset(
        one.name
        for year in plain
        for one in divisions().values()
        if one.of_persons and one.name in year.listed
    )
    return [Year(one.edition, published.rule, countries, divided) for one in plain]
