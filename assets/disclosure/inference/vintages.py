"""Several publications of the same years as one: the numbers that they share, and the relations.

A year in which two publications show different numbers counts as two years, and every difference
between these is judged. Any other year counts as one, where everything that either shows is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.disclosure.inference.cells import Cell, Quantity, Reading, years_of
from assets.disclosure.inference.promises import Breach, Promise
from assets.disclosure.inference.statements import Relation, Statements
from assets.vocabulary import HIDDEN, SHOWN

Unknown = tuple[int, Quantity]
"""A quantity in one vintage, or in all that agree with it on the year; 0 is the one at hand."""

Sum = tuple[tuple[Unknown, int], ...]


@dataclass(frozen=True)
class Binding:
    """A relation between numbers of vintages: `low` <= sum <= `high`; None is no bound."""

    terms: Sum
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Supposed:
    """A supposition of one vintage (statements.Supposition), and the groups that it counts."""

    bindings: tuple[Binding, ...]
    is_certain: bool
    groups: tuple[tuple[Unknown, Sum], ...]
    same: tuple[Unknown, Unknown] | None


def shown(one: Reading) -> tuple[dict[Quantity, int], list[Breach]]:
    """The numbers of people that one publication shows, and the breaches where two contradict."""
    numbers: dict[Quantity, int] = {}
    breaches = []
    for cell in one.cells:
        if cell.quantity is None or cell.status != SHOWN or cell.value is None:
            continue
        if numbers.setdefault(cell.quantity, int(cell.value)) != cell.value:
            breaches.append(Breach(cell.table, cell.year, Promise.CONTRADICTION, cell.where))
    return numbers, breaches


class Vintages:
    """The publication at hand and earlier ones, the one at hand first.

    `known` are the numbers that some vintage shows, `withheld` the rows that hide a number, `rows`
    all rows of a number, `certain` the rows that hide a number which their own vintage shows
    elsewhere, and `published` the numbers that the vintages show of each quantity. With `apart` no
    two vintages are assumed to have the same numbers.
    """

    def __init__(self, readings: Sequence[Reading], *, apart: bool = False):
        self.readings = readings
        self._homes: dict[int, list[int]] = defaultdict(list)
        self._home: dict[tuple[int, int], int] = {}
        self.known: dict[Unknown, int] = {}
        self.withheld: dict[Unknown, list[Cell]] = defaultdict(list)
        self.rows: dict[Unknown, list[Cell]] = defaultdict(list)
        self.certain: list[Cell] = []
        self.published: dict[Quantity, set[int]] = defaultdict(set)
        for vintage, one in enumerate(readings):
            by_year: dict[int, list[Cell]] = defaultdict(list)
            for cell in one.cells:
                if cell.quantity is not None:
                    by_year[cell.year].append(cell)
            numbers = shown(one)[0]
            for year in sorted(years_of(one)):
                self._add(vintage, year, by_year[year], numbers, apart)

    def _add(
        self,
        vintage: int,
        year: int,
        cells: Sequence[Cell],
        shown_here: Mapping[Quantity, int],
        apart: bool,
    ) -> None:
        """Add one year of a vintage to the first earlier one that it agrees with."""
        quantities = [(cell.quantity, cell) for cell in cells if cell.quantity is not None]
        numbers = {q: shown_here[q] for q, _ in quantities if q in shown_here}
        hidden = [(q, cell) for q, cell in quantities if cell.status == HIDDEN]

        def agrees(home: int) -> bool:
            # A hidden number is at least 1, so one shown as 0 elsewhere is a different number.
            return all(
                self.known.get((home, q), number) == number
                and (number > 0 or (home, q) not in self.withheld)
                for q, number in numbers.items()
            ) and all(self.known.get((home, q)) != 0 for q, _ in hidden)

        agreeing = [] if apart else filter(agrees, self._homes[year])
        home = next(iter(agreeing), vintage)
        self._home[vintage, year] = home
        if home == vintage:
            self._homes[year].append(home)
        for quantity, number in numbers.items():
            self.known[home, quantity] = number
            self.published[quantity].add(number)
        for quantity, cell in quantities:
            self.rows[home, quantity].append(cell)
        for quantity, cell in hidden:
            if quantity in numbers:
                self.certain.append(cell)
            else:
                self.withheld[home, quantity].append(cell)

    @property
    def is_apart(self) -> bool:
        """Whether two vintages of some year disagree."""
        return any(len(homes) > 1 for homes in self._homes.values())

    def others(self, unknown: Unknown) -> Iterator[Unknown]:
        """The same number in the later vintages of its year, which disagree."""
        home, quantity = unknown
        for other in self._homes[int(quantity[0])]:
            if other > home:
                yield (other, quantity)

    def _unknown(self, vintage: int, quantity: Quantity) -> Unknown:
        year = int(quantity[0])
        # The year before the first one of a vintage may be in another vintage.
        elsewhere = self._homes[year][0] if self._homes[year] else 0
        return (self._home.get((vintage, year), elsewhere), quantity)

    def sum(self, vintage: int, terms: Sequence[tuple[Quantity, int]]) -> Sum:
        """A sum of quantities as a sum of unknowns of one vintage."""
        return tuple((self._unknown(vintage, quantity), c) for quantity, c in terms)

    def _binding(self, vintage: int, relation: Relation) -> Binding:
        return Binding(self.sum(vintage, relation.terms), relation.low, relation.high)

    def always(self, statements: Statements) -> Iterator[Binding]:
        """The relations that always hold in each vintage, and those that the one at hand states."""
        named: dict[Quantity, frozenset[str]] = defaultdict(frozenset)
        for one in self.readings:
            for division, listed in one.listed.items():
                named[division] |= listed
        for vintage, one in enumerate(self.readings):
            for relation in statements.always(one, named):
                yield self._binding(vintage, relation)
        for relation in statements.stated(self.readings[0]) if self.readings else ():
            yield self._binding(0, relation)

    def supposed(self, statements: Statements) -> Iterator[Supposed]:
        """The suppositions of a reader, one at a time, the likeliest first."""
        first_year = min((cell.year for one in self.readings for cell in one.cells), default=0)
        for vintage, one in enumerate(self.readings):
            for found in statements.supposed(one, first_year, at_hand=vintage == 0):
                same = found.same and (
                    self._unknown(vintage, found.same[0]),
                    self._unknown(vintage, found.same[1]),
                )
                if found.same and not self._homes[int(found.same[1][0])]:
                    continue
                yield Supposed(
                    tuple(self._binding(vintage, relation) for relation in found.relations),
                    found.is_certain,
                    tuple(
                        (self._unknown(vintage, group.quantity), self.sum(vintage, group.terms))
                        for group in found.groups
                    ),
                    same,
                )

    def published_twice(self, threshold: int) -> Iterator[Breach]:
        """Yield numbers that two vintages show and that differ by fewer than `threshold`."""
        for (home, quantity), number in self.known.items():
            for other in self.others((home, quantity)):
                if 0 < abs(number - self.known.get(other, number)) < threshold:
                    cell = self.rows[home, quantity][0]
                    yield Breach(cell.table, cell.year, Promise.DIFFERENCE, cell.where)
