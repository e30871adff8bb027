"""The true number of every unknown of the attacker, counted from the register."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from assets.vocabulary import REST, vocabulary
from tests.disclosure.attacker.editions import Row
from tests.disclosure.attacker.places import place_of
from tests.disclosure.attacker.system import Key
from tests.disclosure.attacker.years import ELSEWHERE, KINDS, Year
from tests.recount.cases import cases_of
from tests.recount.records import Participant, Register

_BANDS = ("under_25", "25_34", "35_44", "45_54", "55_plus")
_FROM_AGE = (25, 35, 45, 55)


class Truth:
    """One register as it was counted, to look up the true numbers of a year."""

    def __init__(self, register: Register, as_of: date, exact: Mapping[str, pl.DataFrame]) -> None:
        self.cases = cases_of(register, as_of)
        self.numbers: dict[tuple[object, ...], float] = {}
        for name, frame in exact.items():
            table = vocabulary().table(f"marts.{name}")
            for values in frame.iter_rows(named=True):
                categories = {one: str(values[one]) for one in table.dimensions}
                place = place_of(name, Row(categories, str(values.get("measure", "n")), None))
                if place is not None:
                    self.numbers[(values["year"], *place)] = values[table.number]

    def of(self, year: Year, keys: Iterable[Key]) -> dict[Key, float]:
        """Return the true numbers of the unknowns of one edition, among `keys`."""
        prefix = (year.edition.year, year.edition.number)
        return {key: self._one(year, key[2:]) for key in keys if key[:2] == prefix}

    def _one(self, year: Year, place: tuple[object, ...]) -> float:
        number, name = year.edition.year, place[0]
        if name in KINDS:
            return len(self._people(year, str(name), *map(str, place[1:])))
        if name == "older":
            *_, band, gender = place
            here = [p for p in self._active(number) if _band(number, p) == band]
            older = [p for p in here if _band(number + 1, p) != band and p.gender == gender]
            return len(older)
        if name in ("referrals", "referrals_before", "referrals_after"):
            return self._referrals(number, str(name), place[1])
        if place[:2] == ("cell", "country_of_origin") and place[2] in (REST, ELSEWHERE):
            return self._countries(year, str(place[2]), str(place[3]))
        return self.numbers.get((number, *place), 0)

    def _active(self, year: int) -> set[Participant]:
        return {case.person for case in self.cases if case.active_after(date(year, 12, 31))}

    def _people(
        self, year: Year, kind: str, division: str, category: str, gender: str
    ) -> set[Participant]:
        number = year.edition.year
        before, end = self._active(number - 1), self._active(number)
        everybody = {case.person for case in self.cases if number in case.years}
        of_kind = {
            "stayed": before & end,
            "left": before - end,
            "came": end - before,
            "passed": everybody - before - end,
        }[kind]
        return {
            person
            for person in of_kind
            if person.gender == gender
            and (not division or _category(year, division, person) == category)
        }

    def _referrals(self, year: int, name: str, which: object) -> float:
        if name == "referrals":
            month = int(str(which))
            day = date(year, month, monthrange(year, month)[1]) if month else date(year - 1, 12, 31)
            return sum(case.active_after(day) for case in self.cases)
        day = date(year - 1 if name == "referrals_before" else year, 12, 31)
        return sum(case.active_after(day) and case.person.gender == which for case in self.cases)

    def _countries(self, year: Year, which: str, gender: str) -> float:
        listed = year.listed.get("country_of_origin", ())
        named = listed if which == REST else year.countries
        return sum(
            n
            for key, n in self.numbers.items()
            if key[:3] == (year.edition.year, "cell", "country_of_origin")
            and key[3] not in named
            and key[4] == gender
        )


def _category(year: Year, division: str, person: Participant) -> str:
    if division == "country_of_origin":
        return person.country if person.country in year.countries else ELSEWHERE
    if division == "age_bands":
        return _band(year.edition.year, person)
    return getattr(person, division.split(".")[1]) or "unknown"


def _band(year: int, person: Participant) -> str:
    age = year - person.birth_year
    return _BANDS[sum(age >= limit for limit in _FROM_AGE)]
