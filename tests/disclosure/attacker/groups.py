"""The numbers that may give somebody away: hidden ones, and groups without a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from assets.vocabulary import REST, TOTAL
from tests.disclosure.attacker.places import (
    FLOWS,
    GENDERS,
    PLANNED,
    POPULATIONS,
    WORK,
    Division,
    Place,
    flow,
)
from tests.disclosure.attacker.system import Key
from tests.disclosure.attacker.years import (
    ACTIVE_AT_END,
    ACTIVE_BEFORE,
    GONE,
    GROUPS,
    NEW,
    Year,
)

_WIDEST_LINE = 16
"""No pairs are taken from longer lines: with so many hidden numbers no two are certain."""


class Judged(StrEnum):
    """How a number is judged: what may be certain about it."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    UNPRINTED = "unprinted"
    UNION = "union"
    SIGNED = "signed"


@dataclass(frozen=True)
class Group:
    """A sum of unknowns that counts people; `name` describes them, `place` is their place."""

    judged: Judged
    table: str
    year: int
    name: str
    terms: Mapping[Key, float]


def groups(year: Year, known: Mapping[Key, int]) -> Iterator[Group]:
    """Yield every number to be judged in one edition, over the unknowns in `known`."""
    for group in (*_cells(year), *_lines(year), *_outcomes(year), *_people(year), *_rest(year)):
        if all(key in known for key in group.terms):
            yield group


def _group(year: Year, judged: Judged, table: str, name: str, terms: Mapping[Key, float]) -> Group:
    return Group(judged, table, year.edition.year, name, terms)


def _one(year: Year, table: str, name: str, key: Key) -> Group:
    """A single unknown: hidden, without a row, or shown (then only its differences are judged)."""
    if key not in year.rows:
        judged = Judged.UNPRINTED
    else:
        judged = Judged.HIDDEN if year.rows[key] is None else Judged.SHOWN
    return _group(year, judged, table, name, {key: 1})


def _less(
    year: Year, table: str, name: str, whole: Mapping[Key, float], part: Mapping[Key, float]
) -> Group:
    terms = dict(whole)
    for key, each in part.items():
        terms[key] = terms.get(key, 0) - each
    return _group(year, Judged.UNPRINTED, table, name, terms)


def _cells(year: Year) -> Iterator[Group]:
    """Every unknown that a table has a row for, or could have one."""
    taken = set()
    for population in POPULATIONS:
        for gender in (*GENDERS, TOTAL):
            key = year.key(("pop", population, gender))
            taken.add(key)
            yield _one(year, "gender_split", f"{population}, {gender}", key)
    for division in year.divisions:
        listed = year.listed.get(division.name, frozenset())
        shown_here = listed or (division.name == "exit_outcomes" and {"exit_outcomes"})
        if not shown_here:
            continue
        for category in _categories(year, division, listed):
            for gender in division.genders:
                key = year.key(division.cell(category, gender))
                taken.add(key)
                yield _one(year, division.table, f"{division.name}: {category}, {gender}", key)
    for key in year.rows:
        if key not in taken:
            yield _one(year, str(key[2]), _words(key), key)


def _categories(year: Year, division: Division, listed: frozenset[str]) -> list[str]:
    return [
        *(c for c in year.categories(division) if c in listed or not listed),
        *([REST] if REST in listed else []),
    ]


def _words(key: Key) -> str:
    return ", ".join(map(str, key[3:])) or str(key[2])


def _lines(year: Year) -> Iterator[Group]:
    """Each line less one part, and two or all of its hidden parts together."""
    for table, name, whole, cells in _all_lines(year):
        hidden = [(one, key) for one, key in cells if year.rows.get(key) is None]
        for one, key in cells:
            yield _less(year, table, f"{name}: all less {one}", {whole: 1}, {key: 1})
        pairs = combinations(hidden, 2) if len(hidden) <= _WIDEST_LINE else ()
        for (one, first), (other, second) in pairs:
            terms = {first: 1.0, second: 1.0}
            yield _group(year, Judged.UNION, table, f"{name}: {one} and {other}", terms)
        if len(hidden) > 2:
            terms = {key: 1.0 for _, key in hidden}
            yield _group(year, Judged.UNION, table, f"{name}: all hidden", terms)


def _all_lines(year: Year) -> Iterator[tuple[str, str, Key, list[tuple[str, Key]]]]:
    """Yield table, name, whole and parts of everything that adds up."""
    for population in POPULATIONS:
        cells = [(gender, year.key(("pop", population, gender))) for gender in GENDERS]
        yield "gender_split", population, year.key(("pop", population, TOTAL)), cells
    for division in year.divisions:
        listed = year.listed.get(division.name, frozenset())
        if not listed:
            continue
        categories = _categories(year, division, listed)
        for gender in division.genders:
            cells = [(one, year.key(division.cell(one, gender))) for one in categories]
            name = f"{division.name}, {gender}"
            yield division.table, name, year.key(division.whole(gender)), cells
        if division.gendered:
            for one in categories:
                cells = [(gender, year.key(division.cell(one, gender))) for gender in GENDERS]
                whole = year.key(division.cell(one, TOTAL))
                yield division.table, f"{division.name}: {one}", whole, cells
    for measure in FLOWS:
        quarters = [(f"quarter {q}", year.key(flow(measure, "quarter", q))) for q in range(1, 5)]
        whole = year.key(("pop", measure, TOTAL))
        if any(key in year.rows for _, key in quarters):
            yield "quarterly_flow", measure, whole, quarters
        for quarter in range(1, 5):
            numbers = range(3 * quarter - 2, 3 * quarter + 1)
            months = [(f"month {m}", year.key(flow(measure, "month", m))) for m in numbers]
            if any(key in year.rows for _, key in months):
                whole = year.key(flow(measure, "quarter", quarter))
                yield "caseload", f"{measure}, quarter {quarter}", whole, months
    activities = dict.fromkeys(str(key[3]) for key in year.rows if key[2] == "activity")
    for one in activities:
        cells = [(gender, year.key(("activity", one, gender))) for gender in GENDERS]
        yield "activities", one, year.key(("activity", one, TOTAL)), cells


def _outcomes(year: Year) -> Iterator[Group]:
    """Exits that reached no target, were not followed up, or did not have the activity."""
    planned, work = {year.key(PLANNED): 1.0}, {year.key(WORK): 1.0}
    for group in GROUPS:
        key = year.key(("group", group))
        yield _one(year, "time_in_programme", group, key)
        yield _less(year, "time_in_programme", f"all less {group}", planned, {key: 1})
    targets: list[Place] = [WORK, ("target", "education"), ("target", "clarified")]
    for place in targets:
        key = year.key(place)
        yield _less(year, "target_attainment", f"not {place[1]}", planned, {key: 1})
    every = {year.key(place): 1.0 for place in targets}
    yield _less(year, "target_attainment", "no target", planned, every)
    followed, still = {year.key(("job", "followed_up")): 1.0}, year.key(("job", "still_employed"))
    yield _less(year, "job_retention", "not followed up", work, followed)
    yield _less(year, "job_retention", "not employed any more", followed, {still: 1})
    yield _less(year, "job_retention", "not known to be employed", work, {still: 1})
    for key in year.rows:
        if key[2] == "work_activity":
            name = f"work exits without {key[3]}"
            yield _less(year, "work_exit_activities", name, work, {key: 1})


def _people(year: Year) -> Iterator[Group]:
    """The persons that were active before, came, left or stayed.

    The number of double counts is no group of persons, and known (docs/disclosure.md).
    """
    moves = (
        ("active before", ACTIVE_BEFORE),
        ("active at the end", ACTIVE_AT_END),
        ("new", NEW),
        ("left", GONE),
        ("stayed", ("stayed",)),
    )
    for gender in (*GENDERS, TOTAL):
        for name, kinds in moves:
            terms = year.terms(kinds, gender)
            yield _group(year, Judged.UNPRINTED, "gender_split", f"{name}, {gender}", terms)
        for division in year.divisions:
            if not division.of_persons:
                continue
            listed = year.listed.get(division.name, frozenset())
            for category in listed - {REST}:
                for name, kinds in moves:
                    terms = year.terms(kinds, gender, division.name, category)
                    who = f"{division.name}: {category}, {gender}, {name}"
                    yield _group(year, Judged.UNPRINTED, division.table, who, terms)


def _rest(year: Year) -> Iterator[Group]:
    """Participants without the activity, and persons who did not answer."""
    for key in year.rows:
        if key[2] == "activity":
            everybody = {year.key(("pop", "participants", str(key[4]))): 1.0}
            yield _less(year, "activities", f"not in {key[3]}, {key[4]}", everybody, {key: 1})
        if key[2] == "survey" and key[4] == "answered":
            asked = {year.key(("survey", str(key[3]), "invited")): 1.0}
            yield _less(year, "survey_response", f"{key[3]}: did not answer", asked, {key: 1})


def others_with_an_activity(year: Year, known: Mapping[Key, int]) -> Iterator[Group]:
    """Yield the persons with an activity who did not leave to work, for a year without a past."""
    for key in year.rows:
        had_it = year.key(("activity", str(key[3]), TOTAL)) if key[2] == "work_activity" else None
        if had_it in year.rows and had_it in known:
            name = f"{key[3]}: did not leave to work"
            yield _less(year, "work_exit_activities", name, {had_it: 1}, {key: 1})


def differences(editions: Sequence[Sequence[Group]]) -> Iterator[Group]:
    """Yield the difference of every number between any two editions of a year."""
    for earlier, later in combinations(editions, 2):
        before = {(one.table, one.name): one for one in earlier if one.judged != Judged.UNION}
        for one in later:
            other = before.get((one.table, one.name))
            if other is not None:
                terms = {**one.terms, **{key: -each for key, each in other.terms.items()}}
                name = f"{one.name}, from one vintage to another"
                yield Group(Judged.SIGNED, one.table, one.year, name, terms)


def waiting(before: Year, after: Year) -> Iterator[Group]:
    """Yield the moves of a waiting correction: active at a year's end, published and now."""
    apart = [one.name for one in before.divisions if one.of_persons and one.name != "age_bands"]
    for gender in (*GENDERS, TOTAL):
        places = [("", "")]
        for name in apart:
            places += [
                (name, category) for category in before.listed.get(name, frozenset()) - {REST}
            ]
        for place in places:
            then = before.terms(ACTIVE_AT_END, gender, *place)
            now = dict.fromkeys(after.terms(ACTIVE_BEFORE, gender, *place), -1.0)
            name = ", ".join(one for one in (*place, gender, "what waits") if one)
            yield _group(before, Judged.SIGNED, "gender_split", name, {**then, **now})
