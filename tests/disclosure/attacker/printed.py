"""The figures of NorA's annual reports, where the publication agrees with the report."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

import assets.reference
from assets.vocabulary import TOTAL, vocabulary
from tests.disclosure.attacker.editions import Row
from tests.disclosure.attacker.groups import Group, Judged
from tests.disclosure.attacker.places import Place, place_of
from tests.disclosure.attacker.system import Key, System
from tests.disclosure.attacker.years import Year

_FOLDER = Path(next(iter(assets.reference.__path__)))

_PERSONS = ("participants", "participants_without_dropouts")
"""Figures that count different persons in print and in the open publication."""

_FEWEST = 5
"""The fewest printed numbers in a publication for it to be taken for that of the report."""


@dataclass(frozen=True)
class Line:
    """One printed figure: the sum at `places` is between `low` and `high`.

    A share is of the sum at `base`; the bounds are then shares.
    """

    figure: str
    places: tuple[Place, ...]
    base: tuple[Place, ...]
    low: float
    high: float


@cache
def lines(year: int) -> list[Line]:
    """Return the counts and shares that the reports print for a year."""
    with open(_FOLDER / "printed_figures.csv", encoding="utf-8", newline="") as file:
        values = {_name(line): line["value"] for line in csv.DictReader(file)}
    found = []
    with open(_FOLDER / "figure_answers.csv", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            places = _places(line["mart"], line["categories"], line["answer_measure"])
            if line["answer_year"] != str(year) or not places:
                continue
            printed = [float(values[_name(line)])]
            # A report that contradicts itself is right once, without saying which time.
            printed += [float(line["also_printed"])] if line["also_printed"] else []
            if line["unit"] == "count":
                low, high = min(printed), max(printed)
                found.append(Line(line["figure"], places, (), low, high))
            elif line["unit"] == "percent" and line["base_categories"]:
                base = _places(line["mart"], line["base_categories"], line["answer_measure"])
                off = 0.5 if line["rounding"] == "half_up" else 1.0
                low, high = (min(printed) - off) / 100, (max(printed) + off) / 100
                found.append(Line(line["figure"], places, base, low, high))
    return found


def _name(line: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(line[name] for name in ("report", "section", "figure", "breakdown", "unit"))


def _places(mart: str, categories: str, measure: str) -> tuple[Place, ...]:
    """Return the places of `dimension=value|...`; a dimension that is not named is added up."""
    if not mart or f"marts.{mart}" not in vocabulary().tables or measure == "target_share":
        return ()
    table = vocabulary().table(f"marts.{mart}")
    named: dict[str, list[str]] = {}
    for one in categories.replace("*", "").split("|"):
        if one:
            dimension, value = one.split("=")
            named.setdefault(dimension, []).append(value)
    choices = []
    for dimension in table.dimensions:
        every = vocabulary().categories(table, table.column(dimension)) or ()
        added_up = dimension in table.margins or TOTAL in every
        choices.append(named.get(dimension, [TOTAL] if added_up else list(every)))
    rows = [
        Row(dict(zip(table.dimensions, one, strict=True)), measure, None)
        for one in product(*choices)
    ]
    return tuple(place for row in rows if (place := place_of(mart, row)) is not None)


def agreed(year: Year) -> list[Line]:
    """Return the lines of the report that the publication does not contradict.

    There are none if it contradicts half of them: then it is that of another register.
    """
    agree, stand = [], 0
    for line in lines(year.edition.year):
        if line.figure == "participants":
            continue
        values = [year.rows.get(year.key(place)) for place in line.places]
        if line.base or None in values:
            agree.append(line)
            continue
        stand += 1
        if line.low <= sum(value or 0 for value in values) <= line.high:
            agree.append(line)
    equal = sum(1 for line in agree if not line.base and _all_stand(year, line))
    return agree if equal >= _FEWEST and 2 * equal > stand else []


def moved(year: Year) -> Iterator[Group]:
    """Yield how much each number of a believed report has moved since it was printed."""
    for place, line in _counts(year):
        terms: dict[Key, float] = {year.key(one): 1.0 for one in line.places}
        terms[_printed(year, place)] = -1
        name = f"{line.figure}, since it was printed"
        yield Group(Judged.SIGNED, str(line.places[0][0]), year.edition.year, name, terms)


def _counts(year: Year) -> Iterator[tuple[int, Line]]:
    """The counts of a believed report that the report does not contradict, numbered."""
    for place, line in enumerate(lines(year.edition.year) if agreed(year) else ()):
        if not line.base and line.low == line.high and line.figure not in _PERSONS:
            yield place, line


def _printed(year: Year, place: int) -> Key:
    return year.key(("printed", place))


def _all_stand(year: Year, line: Line) -> bool:
    return all(year.rows.get(year.key(place)) is not None for place in line.places)


def because(line: Line) -> str:
    """Return the reason for which a line is known."""
    return f"printed: {line.figure}"


def learn_numbers(system: System, year: Year) -> None:
    """Add the printed numbers themselves, which may differ from the published ones."""
    for place, line in _counts(year):
        system.bound(_printed(year, place), line.low, line.low)


def learn(system: System, year: Year, untrue: Collection[str] = ()) -> None:
    """Add the report's figures to the knowledge of an edition, except the `untrue` ones."""
    found = [line for line in agreed(year) if because(line) not in untrue]
    for line in found:
        above: dict[Key, float] = {}
        for place in line.places:
            above[year.key(place)] = 1.0
        if not line.base:
            if line.figure not in _PERSONS:
                system.between(above, line.low, line.high, because(line))
            continue
        for bound, low, high in ((line.low, 0.0, np.inf), (line.high, -np.inf, 0.0)):
            terms = dict(above)
            for place in line.base:
                key = year.key(place)
                terms[key] = terms.get(key, 0) - bound
            system.between(terms, low, high, because(line))
    printed = {line.figure: line for line in lines(year.edition.year)}
    if found and "participants" in printed and because(printed["participants"]) not in untrue:
        _participants(system, year, printed["participants"].low)


def _participants(system: System, year: Year, everybody: float) -> None:
    """Printed participants are those who took part, and no-shows who did not take part."""
    took_part = year.key(("pop", "participants", TOTAL))
    never_came = year.key(("pop", "no_shows", TOTAL))
    system.at_most({took_part: 1}, everybody, "printed: participants")
    system.at_most({took_part: -1, never_came: -1}, -everybody, "printed: participants")


def exact(years: Sequence[Year]) -> Iterator[Key]:
    """Yield the unknowns that are printed exactly."""
    for year in years:
        for line in agreed(year):
            if not line.base and len(line.places) == 1 and line.low == line.high:
                yield year.key(line.places[0])
