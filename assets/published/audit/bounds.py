"""Between which whole numbers each unknown number lies, given all that binds them.

Knows unknowns by position only. A *witness* is a whole-number point that satisfies every row, which
is verified in exact integers; two of them a promise apart prove a number safe, whatever the solver
says. Only that nothing lies beyond a witness is the solver's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SECONDS_PER_SOLVE = 20.0

_FEW = 8
"""So few unknowns are asked for one by one, which takes at most two solves each."""

_OPTIMAL = 0
_INFEASIBLE = 2


@dataclass(frozen=True)
class Row:
    """`low` <= the sum of coefficient times unknown <= `high`, by position; None is no bound."""

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None

    def holds_empty(self) -> bool:
        """Whether it holds where all its terms are 0."""
        return (self.low is None or self.low <= 0) and (self.high is None or self.high >= 0)


@dataclass(frozen=True)
class Ranges:
    """What was found of each unknown: the extremes of all witnesses.

    `settled` is False where the solver did not say whether anything lies beyond them.
    """

    low: Integers
    high: Integers
    settled: Flags

    def keep_promise(self, threshold: int) -> Flags:
        """Whether an unknown may be `threshold` or more and spans at least `threshold` - 1."""
        return (self.high >= threshold) & (self.high - self.low >= threshold - 1)


class InfeasibleError(Exception):
    """No whole numbers satisfy every row; `terms` are those of the row where it showed, if one."""

    def __init__(self, terms: Sequence[tuple[int, int]] = ()):
        super().__init__("no whole numbers satisfy every row")
        self.terms = terms


def tighten(rows: Sequence[Row], lower: Integers, upper: Integers) -> tuple[Integers, Integers]:
    """Return bounds that follow from the rows one at a time; InfeasibleError when they cross.

    They are never tighter than the truth, so where they meet, the number is certain.
    """
    # Two rows may narrow each other one by one for long; what is found until then is sound.
    steps = 50 * len(rows)
    low, high = lower.tolist(), upper.tolist()
    of_unknown: list[list[int]] = [[] for _ in low]
    for position, row in enumerate(rows):
        for unknown, _ in row.terms:
            of_unknown[unknown].append(position)
    waiting = list(range(len(rows)))
    is_waiting = [True] * len(rows)
    while waiting and steps:
        steps -= 1
        position = waiting.pop()
        is_waiting[position] = False
        for unknown in _tighten_row(rows[position], low, high):
            for other in of_unknown[unknown]:
                if not is_waiting[other]:
                    is_waiting[other] = True
                    waiting.append(other)
    return np.array(low, np.int64), np.array(high, np.int64)


def _tighten_row(row: Row, low: list[int], high: list[int]) -> list[int]:
    least = sum(c * (low[i] if c > 0 else high[i]) for i, c in row.terms)
    most = sum(c * (high[i] if c > 0 else low[i]) for i, c in row.terms)
    changed = []
    for i, c in row.terms:
        smallest, largest = (low[i], high[i]) if c > 0 else (high[i], low[i])
        floor, ceiling = low[i], high[i]
        if row.high is not None:
            room = row.high - (least - c * smallest)
            if c > 0:
                ceiling = min(ceiling, room // c)
            else:
                floor = max(floor, -(room // -c))
        if row.low is not None:
            need = row.low - (most - c * largest)
            if c > 0:
                floor = max(floor, -(-need // c))
            else:
                ceiling = min(ceiling, -need // -c)
        if floor > ceiling:
            raise InfeasibleError(row.terms)
        if (floor, ceiling) != (low[i], high[i]):
            low[i], high[i] = floor, ceiling
            changed.append(i)
            least = sum(c * (low[i] if c > 0 else high[i]) for i, c in row.terms)
            most = sum(c * (high[i] if c > 0 else low[i]) for i, c in row.terms)
    return changed


class Polytope:
    """The whole-number points between `lower` and `upper` that satisfy all rows."""

    def __init__(self, rows: Sequence[Row], lower: Integers, upper: Integers):
        self.lower, self.upper = lower, upper
        entries = [(r, i, c) for r, row in enumerate(rows) for i, c in row.terms]
        r, i, c = np.array(entries, np.int64).reshape(-1, 3).T
        self._matrix = csr_array(coo_array((c, (r, i)), shape=(len(rows), len(lower))))
        beyond = np.iinfo(np.int64)
        self._low = np.array([beyond.min if x.low is None else x.low for x in rows], np.int64)
        self._high = np.array([beyond.max if x.high is None else x.high for x in rows], np.int64)
        self._constraint = LinearConstraint(
            self._matrix.astype(float),
            np.array([-np.inf if x.low is None else x.low for x in rows], float),
            np.array([np.inf if x.high is None else x.high for x in rows], float),
        )

    def witness(self, objective: npt.NDArray[np.float64]) -> tuple[Integers | None, bool]:
        """Return a point that makes `objective` small, and whether it is the smallest there is.

        None with True means that there is no point at all; None with False that none was found.
        """
        if not len(self.lower):
            return self.lower, True
        answer = milp(
            objective,
            integrality=np.ones(len(self.lower)),
            bounds=Bounds(self.lower, self.upper),
            constraints=self._constraint if len(self._low) else (),
            options={"mip_rel_gap": 0.0, "time_limit": SECONDS_PER_SOLVE},
        )
        if answer.x is None:
            return None, answer.status == _INFEASIBLE
        point = np.rint(answer.x).astype(np.int64)
        if not self.holds(point):
            return None, False
        return point, answer.status == _OPTIMAL

    def holds(self, point: Integers) -> bool:
        """Whether `point` satisfies everything, in exact integers."""
        sums = self._matrix @ point
        return bool(
            (self.lower <= point).all()
            and (point <= self.upper).all()
            and (self._low <= sums).all()
            and (sums <= self._high).all()
        )

    def is_empty(self) -> bool:
        """Whether the solver says that there is no point. Not so where it cannot tell."""
        point, is_certain = self.witness(np.zeros(len(self.lower)))
        return point is None and is_certain


def components(rows: Sequence[Row], unknowns: int) -> list[tuple[Integers, list[Row]]]:
    """Split into parts that nothing binds together: positions, and rows by place among them."""
    pairs = np.array(
        [(row.terms[0][0], i) for row in rows for i, _ in row.terms], np.int64
    ).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), pairs.T), shape=(unknowns, unknowns))
    count, label = connected_components(graph, directed=False)
    positions = [np.flatnonzero(label == part) for part in range(count)]
    place = np.empty(unknowns, np.int64)
    for members in positions:
        place[members] = np.arange(len(members))
    split: list[list[Row]] = [[] for _ in range(count)]
    for row in rows:
        terms = tuple((int(place[i]), c) for i, c in row.terms)
        split[label[row.terms[0][0]]].append(Row(terms, row.low, row.high))
    return [(members, part) for members, part in zip(positions, split, strict=True)]


def untold(rows: Sequence[Row], lower: Integers) -> Flags:
    """Whether each unknown is in a part of which nothing is told: all may be 0, or many times more.

    `lower` are the bounds that the unknowns have beside the rows; above there must be none.
    """
    flags = np.zeros(len(lower), np.bool_)
    for members, part in components(rows, len(lower)):
        is_free = all({row.low, row.high} <= {0, None} for row in part)
        flags[members] = is_free and not lower[members].any()
    return flags


def ranges(
    rows: Sequence[Row], lower: Integers, upper: Integers, asked: Flags, threshold: int
) -> Ranges:
    """Return for each unknown that is `asked` how far its witnesses reach.

    The search for one stops when they keep the promise; where they do not, `settled` says whether
    the solver holds them for the extremes. InfeasibleError when a part with such an unknown has
    no point at all.
    """
    low, high = lower.copy(), upper.copy()
    settled = np.ones(len(lower), np.bool_)
    for members, part in components(rows, len(lower)):
        if part and asked[members].any():
            search = _Search(Polytope(part, lower[members], upper[members]), threshold)
            found = search.run(asked[members])
            low[members], high[members], settled[members] = found.low, found.high, found.settled
    return Ranges(low, high, settled)


class _Search:
    """Collects witnesses of one polytope until they prove what is asked."""

    def __init__(self, polytope: Polytope, threshold: int):
        self._polytope, self._threshold = polytope, threshold
        size = len(polytope.lower)
        first, is_certain = polytope.witness(np.zeros(size))
        if first is None and is_certain:
            raise InfeasibleError
        self._is_lost = first is None
        start = np.zeros(size, np.int64) if first is None else first
        self._found = Ranges(start.copy(), start.copy(), polytope.lower == polytope.upper)

    def run(self, asked: Flags) -> Ranges:
        """Return the extremes of all witnesses."""
        if self._is_lost:
            return self._found
        self._at_random(asked)
        size = len(asked)
        for unknown in np.flatnonzero(self._open(asked)):
            direction = np.zeros(size)
            direction[unknown] = 1.0
            is_largest = self._reach(-direction)
            is_smallest = self._open(asked)[unknown] and self._reach(direction)
            self._found.settled[unknown] = is_largest and is_smallest
        return self._found

    def _at_random(self, asked: Flags) -> None:
        """Ask for many at once, in directions drawn at random, as long as that proves many."""
        draw = np.random.default_rng(0)
        waiting = self._open(asked)
        while waiting.sum() > _FEW:
            direction = np.where(waiting, draw.choice([-1.0, 1.0], len(asked)), 0.0)
            self._reach(direction)
            self._reach(-direction)
            before, waiting = waiting, self._open(asked)
            # Two solves that proved no more than two unknowns were no gain.
            if waiting.sum() > before.sum() - 3:
                return

    def _open(self, asked: Flags) -> Flags:
        found = self._found
        return asked & ~found.settled & ~found.keep_promise(self._threshold)

    def _reach(self, objective: npt.NDArray[np.float64]) -> bool:
        point, is_smallest = self._polytope.witness(objective)
        if point is None:
            return False
        np.minimum(self._found.low, point, out=self._found.low)
        np.maximum(self._found.high, point, out=self._found.high)
        return is_smallest
