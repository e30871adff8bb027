"""Several publications of the same years as one: which numbers they share, and what binds them.

A year in which two of them show different numbers is two years, tied to each other number by
number; any other year is one, of which all that either shows is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assets.published.audit import relations
from assets.published.audit.cells import Cell, Quantity, Reading
from assets.published.audit.promises import Breach, Promise
from assets.published.audit.relations import Relation
from assets.vocabulary import HIDDEN, SHOWN

Unknown = tuple[int, Quantity]
"""A quantity in one vintage, or in all that agree with it on the year: 0 is the one at hand."""


@dataclass(frozen=True)
class Binding:
    """A relation between numbers of vintages: `low` <= sum <= `high`; None is no bound."""

    terms: tuple[tuple[Unknown, int], ...]
    low: int | None
    high: int | None


def shown(one: Reading) -> tuple[dict[Quantity, int], list[Breach]]:
    """The numbers of people that one publication shows, and where it shows two for the same."""
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

    `known` are numbers that some vintage shows, `withheld` the rows that hide a number, `certain`
    the rows that hide what their own vintage shows elsewhere, and `published` what the vintages
    show of each quantity. With `apart` no two vintages are taken for the same numbers from the
    start.
    """

    def __init__(self, readings: Sequence[Reading], *, apart: bool = False):
        self._readings = readings
        self._homes: dict[int, list[int]] = defaultdict(list)
        self._home: dict[tuple[int, int], int] = {}
        self.known: dict[Unknown, int] = {}
        self.withheld: dict[Unknown, list[Cell]] = defaultdict(list)
        self.certain: list[Cell] = []
        self.published: dict[Quantity, set[int]] = defaultdict(set)
        for vintage, one in enumerate(readings):
            for year in sorted(_years(one)):
                self._add(vintage, year, one, apart)

    def _add(self, vintage: int, year: int, one: Reading, apart: bool) -> None:
        """Take in one year of a vintage, into the first earlier one that it agrees with."""
        numbers = {q: number for q, number in shown(one)[0].items() if q[0] == year}
        hidden = [
            (cell.quantity, cell)
            for cell in one.cells
            if cell.year == year and cell.status == HIDDEN and cell.quantity is not None
        ]

        def agrees(home: int) -> bool:
            # A hidden number is at least 1, so one shown as 0 elsewhere is another.
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
        for quantity, cell in hidden:
            if quantity in numbers:
                self.certain.append(cell)
            else:
                self.withheld[home, quantity].append(cell)

    def _unknown(self, vintage: int, quantity: Quantity) -> Unknown:
        year = int(quantity[0])
        # The year before the first of a vintage may be one of another.
        elsewhere = self._homes[year][0] if self._homes[year] else 0
        return (self._home.get((vintage, year), elsewhere), quantity)

    def _binding(self, vintage: int, relation: Relation) -> Binding:
        terms = tuple((self._unknown(vintage, quantity), c) for quantity, c in relation.terms)
        return Binding(terms, relation.low, relation.high)

    def always(self) -> Iterator[Binding]:
        """What always holds in each vintage."""
        named: dict[Quantity, frozenset[str]] = defaultdict(frozenset)
        for one in self._readings:
            for division, listed in one.listed.items():
                named[division] |= listed
        for vintage, one in enumerate(self._readings):
            for relation in relations.always(one, _years(one), named):
                yield self._binding(vintage, relation)

    def ties(self, tied_years: Collection[int] | None) -> Iterator[tuple[Binding, ...]]:
        """What a reader may suppose, one supposition at a time, the likeliest first.

        `tied_years` are those that the publication says to be tied (relations.ties).

        Where a year is several, each number is supposed to be the same in all: first where one of
        two shows it, then where one has a row for it, then where none has.
        """
        mentioned = dict.fromkeys(u for binding in self.always() for u, _ in binding.terms)
        pairs = [
            ((home, quantity), (other, quantity))
            for home, quantity in mentioned
            for other in self._homes[int(quantity[0])]
            if other < home
        ]
        for one, other in sorted(pairs, key=self._likeliness):
            yield (Binding(((one, 1), (other, -1)), 0, 0),)
        first_year = min((cell.year for one in self._readings for cell in one.cells), default=0)
        for vintage, reading in enumerate(self._readings):
            for group in relations.ties(reading, _years(reading), first_year, tied_years):
                yield tuple(self._binding(vintage, relation) for relation in group)

    def _likeliness(self, pair: tuple[Unknown, Unknown]) -> tuple[bool, bool, str]:
        is_shown = any(unknown in self.known for unknown in pair)
        has_row = any(unknown in self.withheld for unknown in pair)
        return (not is_shown, not has_row, str(pair))


def _years(one: Reading) -> set[int]:
    return {cell.year for cell in one.cells}
