"""Persons who stay from one year to the next: the same in both, one year older in the second.

A person active at the end of a year is among the participants of that year and of the next, with
the same country, gender and background. The numbers of each category that stayed, left or came have
no row; all are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.disclosure.audit.divisions import OF_PERSONS, has_gender, undivided
from assets.disclosure.audit.quantities import (
    GENDERS,
    PARTITIONS,
    Partition,
    before,
    categories,
    rest,
)
from assets.disclosure.inference.cells import Quantity, Reading
from assets.disclosure.inference.statements import Group, Relation, Supposition, Terms
from assets.vocabulary import TOTAL, vocabulary

STAYS = "stays"
"""The number that stay in a category, or get older into the next: judged only with others."""

_AGES = "age_bands"


def staying(
    reading: Reading, year: int, printed: Mapping[int, Collection[Quantity]]
) -> Iterator[Supposition]:
    """Tie the categories of the participants of `year` to those of the year before.

    `printed` are the quantities that have a row, by year.
    """
    unlisted = {**undivided(reading, year - 1), **undivided(reading, year)}
    divisions = {key[1:] for key in (*reading.listed, *unlisted) if key[1] in OF_PERSONS}
    for key in sorted(divisions, key=lambda key: (OF_PERSONS.index(str(key[0])), str(key))):
        partition = PARTITIONS[str(key[0])]
        first, second = (
            _side(partition, (of, *key), reading, unlisted, printed[of]) for of in (year - 1, year)
        )
        if first and second:
            yield _tie(partition, first, second)


@dataclass(frozen=True)
class _Side:
    """One division of the participants of one year: its lines, and the categories in each."""

    division: Quantity
    lines: Mapping[str, Quantity]
    listed: frozenset[str]
    is_folded: bool
    by_gender: bool

    def number(self, line: str, gender: str) -> Quantity:
        """The row of a line, printed or not."""
        return (*self.lines[line], gender)

    def line_of(self, category: str) -> str | None:
        """The line that holds a category; None where nobody is in it."""
        if category in self.lines:
            return category
        return _REST if self.is_folded else None


_REST = "rest"


def _side(
    partition: Partition,
    division: Quantity,
    reading: Reading,
    undivided: Mapping[Quantity, frozenset[str]],
    printed: Collection[Quantity],
) -> _Side | None:
    closed = categories(partition, division)
    listed = reading.listed.get(division, frozenset())
    is_folded = division in reading.folded
    if division in undivided:
        listed, is_folded = undivided[division], closed is None
    if not (listed or is_folded):
        return None
    lines: dict[str, Quantity] = {
        category: (*division, category) for category in sorted(listed if closed is None else closed)
    }
    if is_folded and closed is None:
        lines[_REST] = rest(division, listed, None)
    return _Side(division, lines, listed, is_folded, has_gender(partition, division, printed))


def _tie(partition: Partition, first: _Side, second: _Side) -> Supposition:
    """The stayers: some of each category in both years, and together all who were active."""
    year = int(second.division[0])
    named = {*first.lines, *second.lines} - {_REST}
    # In an open list, persons in categories that neither year lists are one category more.
    both_folded = (
        first.is_folded and second.is_folded and categories(partition, first.division) is None
    )
    stayers = sorted(named) + (["never listed"] if both_folded else [])
    margins = GENDERS if first.by_gender or second.by_gender else (TOTAL,)
    leaving: dict[tuple[str, str], list[Quantity]] = {}
    coming: dict[tuple[str, str], list[Quantity]] = {}
    active: dict[str, list[Quantity]] = {gender: [] for gender in margins}
    for category in stayers:
        for later in _becomes(partition, category):
            line, next_line = first.line_of(category), second.line_of(later)
            if line is None or next_line is None:
                continue
            for gender in margins:
                stays = (*second.division, category, STAYS, later, gender)
                leaving.setdefault((line, gender), []).append(stays)
                coming.setdefault((next_line, gender), []).append(stays)
                active[gender].append(stays)
    relations = [
        Relation(((before(year, gender), 1), *((one, -1) for one in active[gender])))
        for gender in margins
    ]
    groups: list[Group] = []
    for side, moving, name in ((first, leaving, "left"), (second, coming, "came")):
        for line in side.lines:
            groups += _groups(side, line, margins, moving, name)
            relations += _bounds(side, line, margins, moving)
    return Supposition(tuple(relations), is_certain=True, groups=tuple(groups))


def _becomes(partition: Partition, category: str) -> Sequence[str]:
    """The categories that a person in this one can be in a year later."""
    if partition.table != _AGES:
        return [category]
    bands = vocabulary().code_list("age_band").names
    place = bands.index(category)
    return bands[place : place + 2]


Moving = Mapping[tuple[str, str], Sequence[Quantity]]


def _parts(line: str, margins: Sequence[str], moving: Moving) -> list[Quantity]:
    return [one for gender in margins for one in moving.get((line, gender), ())]


def _bounds(side: _Side, line: str, margins: Sequence[str], moving: Moving) -> Iterator[Relation]:
    """At most as many persons stay from a line as are in it."""
    for gender in margins if side.by_gender else (TOTAL,):
        parts = _parts(line, [gender] if side.by_gender else margins, moving)
        yield Relation(((side.number(line, gender), 1), *((one, -1) for one in parts)), 0, None)


def _groups(
    side: _Side, line: str, margins: Sequence[str], moving: Moving, name: str
) -> Iterator[Group]:
    """The persons that left a line, or came to it, and those that stayed."""
    for gender in (*margins, TOTAL) if TOTAL not in margins else margins:
        parts = _parts(line, margins if gender == TOTAL else [gender], moving)
        stayed: Terms = tuple((one, 1) for one in parts)
        # Where nobody of a line can have stayed, all of it left, and that number has a row.
        if parts and (side.by_gender or gender == TOTAL):
            others: Terms = tuple((one, -1) for one in parts)
            number = side.number(line, gender)
            yield Group((*side.lines[line], gender, name), ((number, 1), *others))
        yield Group((*side.lines[line], gender, f"{name}: not"), stayed)
