"""How the categories of a table add up to its population, and what the rules of folding imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from assets.disclosure.audit.quantities import (
    GENDERS,
    GROUPS,
    MARGINS,
    PARTITIONS,
    Partition,
    by_gender,
    categories,
    rest,
    row,
)
from assets.disclosure.inference.cells import Quantity, Reading
from assets.disclosure.inference.statements import Relation, at_least, is_sum
from assets.vocabulary import TOTAL

_NEEDED_ELSEWHERE = frozenset({"exit_outcomes", "referral_benefits"})
"""Divisions whose categories are in other tables too, also where they are not printed."""

OF_PERSONS = ("country_of_origin", "age_bands", "participant_background")
"""Tables of persons, who may be the same from year to year."""

_ALWAYS_FOLDED = "country_of_origin"
"""Its small categories are folded in every year, so that a listed one is never small."""


def divided(
    year: int,
    reading: Reading,
    named: Mapping[Quantity, frozenset[str]],
    printed: Collection[Quantity],
    threshold: int,
) -> Iterator[Relation]:
    """The relations of the divisions of one year, except those of outcomes into groups.

    `named` are the known categories of each division with an open list, from this publication or
    another one; `printed` are the quantities that have a row. Persons are divided also in a year
    that lists no categories, if years before and after it do.
    """
    for partition in PARTITIONS.values():
        divisions = {key for key in reading.listed if key[:2] == (year, partition.table)}
        is_needed = partition.table in _NEEDED_ELSEWHERE
        if is_needed:
            divisions.add((year, partition.table))
        for division in sorted(divisions, key=str):
            listed = reading.listed.get(division, frozenset())
            is_folded = division in reading.folded
            # Where only the total is printed, its categories could be any.
            if listed or is_folded or is_needed:
                closed = categories(partition, division)
                unlisted = frozenset(named[division] if closed is None else closed) - listed
                yield from _columns(partition, division, printed, listed, unlisted, is_folded)
                if has_gender(partition, division, printed):
                    yield from _lines(division, listed, unlisted, is_folded)
                yield from _folding(partition, division, listed, unlisted, is_folded, threshold)
    for division, names in undivided(reading, year).items():
        partition = PARTITIONS[str(division[1])]
        is_open = categories(partition, division) is None
        yield from _columns(partition, division, printed, names, frozenset(), is_open)
        if has_gender(partition, division, printed):
            yield from _lines(division, names, frozenset(), is_open)
    if (year, GROUPS) in reading.folded:
        yield from _least((year, GROUPS), reading.listed[year, GROUPS], None, True, threshold)


def undivided(reading: Reading, year: int) -> Mapping[Quantity, frozenset[str]]:
    """Divisions of persons without categories in this year, but with some before and after it.

    The same persons may be in all of these years. Returns all categories that a person may be in;
    of an open list, those that some year lists, and then there is a `rest` too.
    """
    listing: dict[Quantity, dict[int, frozenset[str]]] = defaultdict(dict)
    for division, listed in reading.listed.items():
        if division[1] in OF_PERSONS and (listed or division in reading.folded):
            listing[division[1:]][int(division[0])] = listed
    found: dict[Quantity, frozenset[str]] = {}
    for of, by_year in listing.items():
        if year not in by_year and min(by_year) < year < max(by_year):
            closed = categories(PARTITIONS[str(of[0])], (year, *of))
            found[year, *of] = frozenset(closed or chain.from_iterable(by_year.values()))
    return found


def has_gender(partition: Partition, division: Quantity, printed: Collection[Quantity]) -> bool:
    """Whether the genders of a division are known: from its rows, or of the set that it divides."""
    if not partition.by_gender:
        return False
    # The divided set is among the rows of the division, so one printed gender of it is enough.
    return any(partition.set_of(division, gender) in printed for gender in GENDERS) or any(
        quantity[:-2] == division and quantity[-1] in GENDERS for quantity in printed
    )


def _columns(
    partition: Partition,
    division: Quantity,
    printed: Collection[Quantity],
    listed: frozenset[str],
    unlisted: frozenset[str],
    is_folded: bool,
) -> Iterator[Relation]:
    """Categories add up, for each gender; `rest` holds those that are not listed."""
    is_closed = categories(partition, division) is not None
    margins: tuple[str | None, ...] = (None,)
    if partition.by_gender:
        margins = MARGINS if has_gender(partition, division, printed) else (TOTAL,)
    for gender in margins:
        of_gender = () if gender is None else (gender,)
        parts = [(*division, category, *of_gender) for category in sorted(listed)]
        others = [(*division, category, *of_gender) for category in sorted(unlisted)]
        if is_folded:
            folded = rest(division, listed, gender)
            beyond = [] if is_closed else [(*division, "never listed", *of_gender)]
            if is_closed or others:
                yield is_sum(folded, [*others, *beyond])
            parts.append(folded)
        elif is_closed:
            parts += others
        yield is_sum(partition.set_of(division, gender), parts)


def _lines(
    division: Quantity, listed: frozenset[str], unlisted: frozenset[str], is_folded: bool
) -> Iterator[Relation]:
    """Genders add up, for each category."""
    for category in sorted(listed | unlisted):
        yield by_gender(row((*division, category)))
    if is_folded:
        yield by_gender(lambda gender: rest(division, listed, gender))


def _folding(
    partition: Partition,
    division: Quantity,
    listed: frozenset[str],
    unlisted: frozenset[str],
    is_folded: bool,
    threshold: int,
) -> Iterator[Relation]:
    """A category listed next to a `rest` is never small, and the rest is of more than one."""
    gender = TOTAL if partition.by_gender else None
    of_all = (TOTAL,) if partition.by_gender else ()
    if is_folded or partition.table == _ALWAYS_FOLDED:
        yield from _least(division, listed, gender, is_folded, threshold)
    if is_folded:
        folded = rest(division, listed, gender)
        for category in sorted(unlisted):
            yield at_least([folded], [(*division, category, *of_all)], by=1)


def _least(
    division: Quantity,
    listed: frozenset[str],
    gender: str | None,
    is_folded: bool,
    threshold: int,
) -> Iterator[Relation]:
    of_all = () if gender is None else (gender,)
    for category in sorted(listed):
        yield Relation((((*division, category, *of_all), 1),), threshold, None)
    if is_folded:
        yield Relation(((rest(division, listed, gender), 1),), threshold + 1, None)
