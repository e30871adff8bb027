"""Everything that the vintages of a publication say, as one system of unknowns and rows.

What is stated of the numbers comes from `vintages`; how far they reach from `parts`. What of them
has to be safe is told here, and judged in `judgement`.
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

    `name` is the unknown that it is, or by which it is named; from a difference to a number that
    was printed, that is taken away (`less`).
    """

    name: Unknown
    of: Sum
    is_difference: bool = False
    less: int = 0


@dataclass(frozen=True)
class Solved:
    """A system that was solved: its parts, the rows in force, and which suppositions are."""

    parts: Parts
    rows: Sequence[Row]
    admitted: Sequence[Supposed]
    rejected: Sequence[Supposed]


class System:
    """The unknown numbers of all vintages, by position, and the rows that bind them.

    A `blind` one knows nothing that the publications show, and only what is printed elsewhere.
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
        """Put the system together with what may be supposed; InfeasibleError where it is empty.

        Suppositions that are given, those that were admitted before, are held to be true.
        """
        always = [row for row in map(self.row, self.always) if row.terms]
        # What nothing bounds may be as large as anything here.
        most = sum(self.vintages.known.values()) + 100 * self.threshold
        upper = np.full(len(self.unknowns), most)
        years = np.array([int(quantity[0]) for _, quantity in self.unknowns], np.int64)
        if suppositions is not None:
            rows = [self.row(binding) for one in suppositions for binding in one.bindings]
            always += [row for row in rows if row.terms]
            return Solved(Parts(always, (), self._lower, upper, years=years), always, (), ())
        supposed = [[self.row(binding) for binding in one.bindings] for one in self._supposed]
        sums = [
            *_groups(self._supposed),
            *self._differences(),
            *self._corrected(self._supposed),
            *self._since_printed(),
        ]
        together = [self.asked(one).terms for one in sums]
        parts = Parts(always, supposed, self._lower, upper, years=years, together=together)
        admitted = set(parts.admitted)
        return Solved(
            parts,
            [*always, *(row for place in parts.admitted for row in supposed[place] if row.terms)],
            [self._supposed[place] for place in parts.admitted],
            [one for place, one in enumerate(self._supposed) if place not in admitted],
        )

    def row(self, binding: Binding) -> Row:
        """Put what is known into a binding; it has no terms where nothing is unknown."""
        terms, constant = self.split(binding.terms)
        return Row(
            terms,
            None if binding.low is None else binding.low - constant,
            None if binding.high is None else binding.high - constant,
        )

    def split(self, of: Sum) -> tuple[Terms, int]:
        """Return a sum as terms by position, and what is known of it."""
        constant = 0
        terms: dict[int, int] = defaultdict(int)
        for unknown, c in of:
            if unknown in self._known:
                constant += c * self._known[unknown]
            else:
                terms[self._position[unknown]] += c
        return tuple((place, c) for place, c in terms.items() if c), constant

    def mentions(self, one: Judged) -> bool:
        """Whether anything is said of a number at all."""
        return {unknown for unknown, _ in one.of} <= self._mentioned | self._known.keys()

    def asked(self, one: Judged) -> Asked:
        """Return a number that is judged as the solver has it."""
        terms, constant = self.split(one.of)
        return Asked(terms, constant - one.less, is_difference=one.is_difference)

    # --- What has to be safe ------------------------------------------------------------

    def secret(self, solved: Solved) -> list[Judged]:
        """Each number that nobody has published; one that counts as another only by that name."""
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
        """Each number of which the vintages of a year may differ, and that not both show."""
        for unknown in sorted(self._mentioned, key=str) if self.vintages.is_apart else ():
            for other in self.vintages.others(unknown):
                is_known = unknown in self._known and other in self._known
                is_auxiliary = self.statements.is_auxiliary(unknown[1])
                if not is_known and other in self._mentioned and not is_auxiliary:
                    yield Judged(unknown, ((unknown, 1), (other, -1)), is_difference=True)

    def _since_printed(self) -> Iterator[Judged]:
        """By how much each number that was printed elsewhere has moved since."""
        for vintage, quantities, number in self._counted:
            total = self.vintages.sum(vintage, tuple((one, 1) for one in quantities))
            moved = Judged(total[0][0], total, is_difference=True, less=number)
            if self.mentions(moved):
                yield moved

    def _corrected(self, rejected: Sequence[Supposed]) -> Iterator[Judged]:
        """Each year's start that is not the end of the year before: records were corrected."""
        for supposed in rejected:
            if supposed.same and self._mentioned.issuperset(supposed.same):
                start, end = supposed.same
                yield Judged(start, ((start, 1), (end, -1)), is_difference=True)


def _groups(supposed: Sequence[Supposed]) -> Iterator[Judged]:
    for one in supposed:
        for name, of in one.groups:
            if of:
                yield Judged(name, of)
