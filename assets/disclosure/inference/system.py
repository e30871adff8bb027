"""Everything that the vintages of a publication say, as one system of unknowns and rows.

The relations come from `vintages`, and how far the numbers reach from `parts`. Which numbers have
to be safe is defined here, and judged in `judgement`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assets.disclosure.inference import bounds
from assets.disclosure.inference.bounds import Row, Terms
from assets.disclosure.inference.cells import years_of
from assets.disclosure.inference.parts import Parts
from assets.disclosure.inference.reach import Asked
from assets.disclosure.inference.statements import Statements
from assets.disclosure.inference.vintages import Binding, Sum, Supposed, Unknown, Vintages


@dataclass(frozen=True)
class Judged:
    """A number that is judged: an unknown, a group of people without a row, or a difference.

    `name` is the unknown that it is, or that gives it its name. In a difference to a printed
    number, `less` is that number.
    """

    name: Unknown
    of: Sum
    is_difference: bool = False
    less: int = 0


@dataclass(frozen=True)
class Solved:
    """A solved system: its parts, and the rows and suppositions in force."""

    parts: Parts
    rows: Sequence[Row]
    admitted: Sequence[Supposed]
    rejected: Sequence[Supposed]


class System:
    """The unknown numbers of all vintages, by position, and the rows that bind them.

    A blind system knows only the numbers printed elsewhere, and none that the publications show.
    """

    def __init__(
        self,
        vintages: Vintages,
        statements: Statements,
        threshold: int,
        *,
        is_blind: bool = False,
    ):
        self.vintages, self.statements, self.threshold = vintages, statements, threshold
        self._known: Mapping[Unknown, int] = {} if is_blind else vintages.known
        self.always = list(dict.fromkeys(vintages.always(statements)))
        self._supposed = [
            supposed
            for supposed in dict.fromkeys(vintages.supposed(statements))
            if supposed.is_certain or not is_blind
        ]
        bindings = [*self.always, *(one for group in self._supposed for one in group.bindings)]
        self._mentioned = {unknown for binding in bindings for unknown, _ in binding.terms}
        self._mentioned |= vintages.withheld.keys()
        self.unknowns = sorted(self._mentioned - self._known.keys(), key=str)
        self._position = {unknown: place for place, unknown in enumerate(self.unknowns)}
        self._has_row = np.array(
            [not is_blind and u in vintages.withheld for u in self.unknowns], np.bool_
        )
        self._lower = self._has_row.astype(np.int64)
        counted = [
            (vintage, quantities, number)
            for vintage, one in enumerate(vintages.readings)
            for year in sorted(years_of(one))
            for quantities, number in statements.printed(one, year)
        ]
        self._printed = {(of[0], number) for _, of, number in counted if len(of) == 1}
        self._counted = [] if is_blind else counted

    @property
    def unprinted(self) -> int:
        """How many numbers exist that no vintage has a row for."""
        return int((~self._has_row).sum())

    def solve(self, suppositions: Sequence[Supposed] | None = None) -> Solved:
        """Solve the system with its suppositions; InfeasibleError where no numbers satisfy it.

        Suppositions that are given, admitted before, are taken to be true.
        """
        always = [row for row in map(self.row, self.always) if row.terms]
        # A number without a bound may be larger than all known ones together.
        most = sum(self.vintages.known.values()) + 100 * self.threshold
        upper = np.full(len(self.unknowns), most)
        years = np.array([int(quantity[0]) for _, quantity in self.unknowns], np.int64)
        sums = [
            *_groups(self._supposed),
            *self._differences(),
            *self._corrected(self._supposed),
            *self._since_printed(),
        ]
        together = [self.asked(one).terms for one in sums]
        if suppositions is not None:
            rows = [self.row(binding) for one in suppositions for binding in one.bindings]
            always += [row for row in rows if row.terms]
            parts = Parts(always, (), self._lower, upper, years=years, together=together)
            return Solved(parts, always, (), ())
        supposed = [[self.row(binding) for binding in one.bindings] for one in self._supposed]
        parts = Parts(always, supposed, self._lower, upper, years=years, together=together)
        admitted = set(parts.admitted)
        return Solved(
            parts,
            [*always, *(row for place in parts.admitted for row in supposed[place] if row.terms)],
            [self._supposed[place] for place in parts.admitted],
            [one for place, one in enumerate(self._supposed) if place not in admitted],
        )

    def row(self, binding: Binding) -> Row:
        """Put the known numbers into a binding; the row has no terms where nothing is unknown."""
        terms, constant = self.split(binding.terms)
        return Row(
            terms,
            None if binding.low is None else binding.low - constant,
            None if binding.high is None else binding.high - constant,
        )

    def split(self, of: Sum) -> tuple[Terms, int]:
        """Return a sum as terms by position, and its known part."""
        constant = 0
        terms: dict[int, int] = defaultdict(int)
        for unknown, c in of:
            if unknown in self._known:
                constant += c * self._known[unknown]
            else:
                terms[self._position[unknown]] += c
        return tuple((place, c) for place, c in terms.items() if c), constant

    def mentions(self, one: Judged) -> bool:
        """Whether any statement mentions the number."""
        return {unknown for unknown, _ in one.of} <= self._mentioned | self._known.keys()

    def asked(self, one: Judged) -> Asked:
        """Return a judged number in the form that the solver takes."""
        terms, constant = self.split(one.of)
        return Asked(terms, constant - one.less, is_difference=one.is_difference)

    # --- What has to be safe ------------------------------------------------------------

    def secret(self, solved: Solved) -> list[Judged]:
        """Each unpublished number; two names of one number are judged once."""
        judged = [
            *self._unpublished(solved),
            *_groups(solved.admitted),
            *self._differences(),
            *self._corrected(solved.rejected),
            *self._since_printed(),
        ]
        by_sum: dict[tuple[Sum, bool, int], Judged] = {}
        for one in judged:
            by_sum.setdefault((one.of, one.is_difference, one.less), one)
        return list(by_sum.values())

    def _unpublished(self, solved: Solved) -> Iterator[Judged]:
        other_names = {one.same[0] for one in solved.admitted if one.same}
        untold = bounds.untold(solved.rows, self._lower)
        for place, unknown in enumerate(self.unknowns):
            _, quantity = unknown
            if self.statements.is_auxiliary(quantity) or untold[place] or unknown in other_names:
                continue
            low, high = int(solved.parts.lower[place]), int(solved.parts.upper[place])
            is_published = low in self.vintages.published.get(quantity, ())
            if low < high or not (is_published or (quantity, low) in self._printed):
                yield Judged(unknown, ((unknown, 1),))

    def _differences(self) -> Iterator[Judged]:
        """Each number in which vintages of a year may differ, unless both show it."""
        for unknown in sorted(self._mentioned, key=str) if self.vintages.is_apart else ():
            for other in self.vintages.others(unknown):
                is_known = unknown in self._known and other in self._known
                is_auxiliary = self.statements.is_auxiliary(unknown[1])
                if not is_known and other in self._mentioned and not is_auxiliary:
                    yield Judged(unknown, ((unknown, 1), (other, -1)), is_difference=True)

    def _since_printed(self) -> Iterator[Judged]:
        """How much each number printed elsewhere has moved since."""
        for vintage, quantities, number in self._counted:
            total = self.vintages.sum(vintage, tuple((one, 1) for one in quantities))
            moved = Judged(total[0][0], total, is_difference=True, less=number)
            if self.mentions(moved):
                yield moved

    def _corrected(self, rejected: Sequence[Supposed]) -> Iterator[Judged]:
        """Each start of a year that differs from the end of the year before: a correction."""
        for supposed in rejected:
            if supposed.same and self._mentioned.issuperset(supposed.same):
                start, end = supposed.same
                yield Judged(start, ((start, 1), (end, -1)), is_difference=True)


def _groups(supposed: Sequence[Supposed]) -> Iterator[Judged]:
    for one in supposed:
        for name, of in one.groups:
            if of:
                yield Judged(name, of)
