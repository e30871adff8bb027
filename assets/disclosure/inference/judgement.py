"""The numbers that should be safe and are not, and the promise that each of them breaks.

How far a number reaches is worked out in `parts`. It is checked also against what the equalities
alone determine (`elimination`), and what single rows say outright.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from assets.disclosure.inference.bounds import InfeasibleError, Row
from assets.disclosure.inference.cells import Quantity
from assets.disclosure.inference.elimination import Determined, Number
from assets.disclosure.inference.promises import Breach, Promise
from assets.disclosure.inference.reach import Reach
from assets.disclosure.inference.system import Judged, Solved, System
from assets.disclosure.inference.vintages import Sum, Unknown
from assets.vocabulary import REST


class Judgement:
    """The verdict on one system; `blind` makes the same system without the publications."""

    def __init__(self, system: System, blind: Callable[[], System]):
        self.narrowest: int | None = None
        self._system, self._blind = system, blind
        self._vintages, self._threshold = system.vintages, system.threshold

    @property
    def unprinted(self) -> int:
        """How many numbers exist that no vintage has a row for."""
        return self._system.unprinted

    def breaches(self) -> Iterator[Breach]:
        """Yield every number that the vintages together give away."""
        for cell in self._vintages.certain:
            yield Breach(cell.table, cell.year, Promise.CERTAIN, cell.where)
        yield from self._vintages.published_twice(self._threshold)
        impossible = [
            binding
            for binding in self._system.always
            for row in [self._system.row(binding)]
            if not (row.terms or row.holds_empty())
        ]
        for binding in impossible:
            for (_, quantity), _ in binding.terms:
                yield _named(quantity, Promise.CONTRADICTION)
        try:
            yield from self._given_away(self._system.solve())
        except InfeasibleError as error:
            yield Breach("publication", None, Promise.CONTRADICTION)
            for place, _ in error.terms:
                yield from self._breach(self._system.unknowns[place], Promise.CONTRADICTION)

    def _given_away(self, solved: Solved) -> Iterator[Breach]:
        secret = self._system.secret(solved)
        asked = [self._system.asked(one) for one in secret]
        found = dict(zip(secret, solved.parts.judge(asked, self._threshold), strict=True))
        found = self._without_printed(found)
        yield from self._broken(found)
        weaker = self._without_suppositions(found, solved)
        yield from self._broken(self._without_printed(weaker))
        yield from self._determined(list(found), solved)
        yield from self._sums_of_differences(solved)
        self.narrowest = min(
            (reach.high - reach.low for one, reach in found.items() if self._is_withheld(one)),
            default=None,
        )

    def _broken(self, found: dict[Judged, Reach]) -> Iterator[Breach]:
        for one, reach in found.items():
            promise = self._promise(one, reach)
            if promise is not None:
                yield from self._breach(one.name, promise)

    def _promise(self, one: Judged, reach: Reach) -> Promise | None:
        """The promise that a number breaks, if any."""
        if reach.keeps_promise(self._threshold):
            return None
        if not reach.settled:
            return Promise.UNPROVED
        is_certain = reach.is_certain
        if is_certain and self._may_be(one, reach.low):
            return None
        if one.is_difference:
            return Promise.DIFFERENCE
        if is_certain:
            return Promise.CERTAIN
        return Promise.BELOW_THRESHOLD if reach.high < self._threshold else Promise.NARROW

    def _may_be(self, one: Judged, number: Number) -> bool:
        """Whether it may become certain that a number is `number`: never where a row hides it."""
        if one.is_difference:
            return number == 0 or not -self._threshold < number < self._threshold
        return not self._is_withheld(one) and (number == 0 or number >= self._threshold)

    def _is_withheld(self, one: Judged) -> bool:
        return not one.is_difference and one.name in self._vintages.withheld

    def _without_printed(self, found: dict[Judged, Reach]) -> dict[Judged, Reach]:
        """Leave out the numbers that figures printed elsewhere give away by themselves.

        The parts of a printed small number are smaller still. They must only not become certain.
        """
        years = self._system.statements.printed_years
        told = [
            one
            for one, reach in found.items()
            if self._promise(one, reach) and one.name[1][0] in years and not one.is_difference
        ]
        if not told:
            return found
        blind = self._blind()
        told = [one for one in told if blind.mentions(one)]
        asked = [blind.asked(one) for one in told]
        alone = blind.solve().parts.judge(asked, self._threshold)
        elsewhere = {
            one
            for one, reach in zip(told, alone, strict=True)
            if reach.settled
            and (reach == found[one] or (self._promise(one, reach) and not found[one].is_certain))
        }
        return {one: reach for one, reach in found.items() if one not in elsewhere}

    def _without_suppositions(
        self, found: dict[Judged, Reach], solved: Solved
    ) -> dict[Judged, Reach]:
        """The reach, without mere suppositions, of numbers that are certain and may be.

        A number without a row may be certain when it is 0, or enough. Where that rests on a
        supposition, the number must be safe without it too.
        """
        certain = [
            one
            for one, reach in found.items()
            if reach.is_certain and not (one.is_difference or self._promise(one, reach))
        ]
        if all(one.is_certain for one in solved.admitted) or not certain:
            return {}
        weaker = self._system.solve([one for one in solved.admitted if one.is_certain])
        asked = [self._system.asked(one) for one in certain]
        return dict(zip(certain, weaker.parts.judge(asked, self._threshold), strict=True))

    # --- Without a solver ---------------------------------------------------------------

    def _determined(self, secret: Sequence[Judged], solved: Solved) -> Iterator[Breach]:
        """Yield numbers found by elimination, and sums of withheld numbers that are too small."""
        lower, upper = solved.parts.lower, solved.parts.upper
        fixed = [
            Row(((int(place), 1),), int(lower[place]), int(lower[place]))
            for place in np.flatnonzero(lower == upper)
        ]
        determined = Determined([*fixed, *solved.rows])
        secret_places = set()
        for one in secret:
            asked = self._system.asked(one)
            if not one.is_difference and len(one.of) == 1:
                secret_places.add(asked.terms[0][0])
            number = determined.value(asked.terms)
            if number is not None and not self._may_be(one, number + asked.constant):
                promise = Promise.DIFFERENCE if one.is_difference else Promise.CERTAIN
                yield from self._breach(one.name, promise)
        for places, total in (
            *_sums(solved.rows, lower.tolist(), upper.tolist()),
            *determined.sums,
        ):
            if 0 < total < self._threshold and secret_places.issuperset(places):
                for place in places:
                    yield from self._breach(self._system.unknowns[place], Promise.SMALL_SUM)

    def _sums_of_differences(self, solved: Solved) -> Iterator[Breach]:
        """Yield numbers whose sum differs by too few from one vintage to another."""
        if not self._vintages.is_apart:
            return
        alike: dict[tuple[tuple[Quantity, int], ...], dict[Sum, None]] = defaultdict(dict)
        for binding in self._system.always:
            if binding.low is not None and binding.low == binding.high:
                alike[tuple((unknown[1], c) for unknown, c in binding.terms)][binding.terms] = None
        for sums in alike.values():
            for one, other in combinations(sums, 2):
                for unknown in self._differ_by_few(one, other, solved):
                    yield from self._breach(unknown, Promise.DIFFERENCE)

    def _differ_by_few(self, one: Sum, other: Sum, solved: Solved) -> list[Unknown]:
        """Unknowns of a sum that is 0 in two vintages, if the rest of it moved by too few."""
        open_terms = []
        total = 0
        for (unknown, c), (same, _) in zip(one, other, strict=True):
            here, there = self._certain(unknown, solved), self._certain(same, solved)
            if here is None or there is None:
                open_terms.append((unknown, c))
            else:
                total += c * (here - there)
        is_one_way = {c for _, c in open_terms} in ({1}, {-1})
        if not (is_one_way and 0 < abs(total) < self._threshold):
            return []
        is_auxiliary = self._system.statements.is_auxiliary
        return [unknown for unknown, _ in open_terms if not is_auxiliary(unknown[1])]

    def _certain(self, unknown: Unknown, solved: Solved) -> int | None:
        terms, constant = self._system.split(((unknown, 1),))
        if not terms:
            return constant
        low, high = solved.parts.lower[terms[0][0]], solved.parts.upper[terms[0][0]]
        return int(low) if low == high else None

    def _breach(self, unknown: Unknown, promise: Promise) -> Iterator[Breach]:
        cells = self._vintages.rows.get(unknown, ())
        for cell in cells:
            yield Breach(cell.table, cell.year, promise, cell.where)
        if not cells:
            yield _named(unknown[1], promise)


def _sums(
    rows: Sequence[Row], lower: Sequence[int], upper: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Sums that single rows give outright: a total less its shown parts is the withheld ones."""
    for row in rows:
        if row.low is None or row.low != row.high:
            continue
        open_terms = [(place, c) for place, c in row.terms if lower[place] < upper[place]]
        fixed = sum(c * lower[place] for place, c in row.terms if lower[place] == upper[place])
        signs = {c for _, c in open_terms}
        if signs in ({1}, {-1}):
            yield tuple(place for place, _ in open_terms), abs(row.low - fixed)


def _named(quantity: Quantity, promise: Promise) -> Breach:
    """The breach of a number that has no row to name, named by its quantity."""
    year, table, *labels = quantity
    where = tuple(REST if str(x).startswith(f"{REST}|") else str(x) for x in labels)
    return Breach(str(table), int(year), promise, where, printed=False)
