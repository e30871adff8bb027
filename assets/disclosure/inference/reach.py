"""How far each number reaches in one part of the system, proved by witnesses.

Two witnesses as far apart as promised prove a number safe, whatever the solver says; each witness
serves every number whose range it widens. Only that nothing lies beyond them is the solver's word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from scipy.sparse import csr_array

from assets.disclosure.inference.bounds import (
    Flags,
    InfeasibleError,
    Integers,
    Row,
    Terms,
    without_fixed,
)
from assets.disclosure.inference.elimination import Determined
from assets.disclosure.inference.solver import Answer, Model, Weights

_FEW = 8
"""Up to this many numbers are searched for one by one, with at most two solves each."""

_PATIENCE = 3
"""How often in a row a search for many at once may gain little."""

_MANY = 1000
"""Parts of more unknowns than this are searched a few years at a time first."""

_EXACT = 1e-6
"""The tolerance of the solver's bounds."""


@dataclass(frozen=True)
class Asked:
    """A number that is judged: a sum of unknowns and a constant.

    A difference may be negative; it is large when its absolute value is.
    """

    terms: Terms
    constant: int = 0
    is_difference: bool = False


@dataclass(frozen=True)
class Reach:
    """The extremes of all witnesses of one number.

    `settled` is False where the solver could not decide whether anything lies beyond them.
    """

    low: int
    high: int
    settled: bool
    is_difference: bool = False

    def keeps_promise(self, threshold: int) -> bool:
        """Whether it spans at least `threshold` - 1, and may be `threshold` or more.

        A difference that spans as much includes 0, or a number of at least `threshold` in size.
        """
        may_be_enough = self.is_difference or self.high >= threshold
        return may_be_enough and self.high - self.low >= threshold - 1

    @property
    def is_certain(self) -> bool:
        """Whether only one value is possible."""
        return self.low == self.high


class Part:
    """Unknowns that are bound together, the rows that always hold, and the suppositions.

    `years` gives the year of each unknown.
    """

    def __init__(
        self,
        always: Sequence[Row],
        suppositions: Sequence[Sequence[Row]],
        lower: Integers,
        upper: Integers,
        years: Integers,
    ):
        self._years = years
        supposed = [row for rows in suppositions for row in rows]
        free = [Row(row.terms, None, None) for row in supposed]
        self._model = Model([*always, *free], lower, upper)
        places = iter(range(len(always), len(always) + len(supposed)))
        self._suppositions = [[(next(places), row) for row in rows] for rows in suppositions]
        self._in_force = dict(enumerate(always))
        self._nothing: Weights = np.zeros(len(lower))
        point = self._any_point()
        if point is None:
            raise InfeasibleError
        self._point: Integers = point

    def _any_point(self) -> Integers | None:
        answer = self._model.smallest(self._nothing)
        if answer.point is None and not answer.is_empty:
            answer = self._model.smallest(self._nothing, whole=True)
        return answer.point

    def admit(self, group: Sequence[int]) -> list[int]:
        """Put in force the suppositions of `group` that the numbers admit, and return them.

        Each must agree with all those admitted before it. A stretch of them that can be admitted
        whole is taken at once, with the same result.
        """
        admitted: list[int] = []
        stretches = [list(group)] if group else []
        while stretches:
            stretch = stretches.pop()
            self._force(stretch, True)
            beside = self._point if self._model.holds(self._point) else self._any_point()
            if beside is not None:
                self._point = beside
                admitted += stretch
                continue
            self._force(stretch, False)
            if len(stretch) > 1:
                half = len(stretch) // 2
                stretches += [stretch[half:], stretch[:half]]
        return admitted

    def _force(self, stretch: Sequence[int], is_forced: bool) -> None:
        for one in stretch:
            for place, row in self._suppositions[one]:
                if is_forced:
                    self._in_force[place] = row
                    self._model.set_row(place, row.low, row.high)
                else:
                    del self._in_force[place]
                    self._model.set_row(place, None, None)

    def narrow(self, lower: Integers, upper: Integers) -> None:
        """Take over tighter bounds, which follow from the rows in force."""
        self._model.narrow(lower, upper)

    def judge(self, asked: Sequence[Asked], threshold: int) -> list[Reach]:
        """Return how far each number reaches; a search ends where it keeps the promise.

        Witnesses are first sought in two neighbouring years at a time, with all other unknowns
        fixed at their values in one witness. Only the numbers that this does not prove are then
        searched for in the whole part.
        """
        search = _Search(asked, threshold, self._point)
        for window in self._windows():
            if search.is_open_within(window):
                search.look_within(self._restricted(window), window)
        search.look(self._model, list(self._in_force.values()))
        return search.found()

    def _windows(self) -> Iterator[Integers]:
        years = np.unique(self._years).tolist()
        if len(self._years) > _MANY:
            for first, second in pairwise(years):
                yield np.flatnonzero((self._years == first) | (self._years == second))

    def _restricted(self, window: Integers) -> Model:
        """The model of a few unknowns, with the others fixed at their values in one witness."""
        lower, upper = self._point.copy(), self._point.copy()
        lower[window], upper[window] = self._model.lower[window], self._model.upper[window]
        place = np.full(len(lower), -1)
        place[window] = np.arange(len(window))
        rows = without_fixed(list(self._in_force.values()), lower, upper)
        within = [
            Row(tuple((int(place[i]), c) for i, c in row.terms), row.low, row.high) for row in rows
        ]
        return Model(within, lower[window], upper[window])


class _Search:
    """Collects witnesses until they prove the numbers asked for."""

    def __init__(self, asked: Sequence[Asked], threshold: int, point: Integers):
        self._threshold, self._point = threshold, point
        entries = [(a, i, c) for a, one in enumerate(asked) for i, c in one.terms]
        a, i, c = np.array(entries, np.int64).reshape(-1, 3).T
        self._matrix = csr_array((c, (a, i)), shape=(len(asked), len(point)))
        self._constant = np.array([one.constant for one in asked], np.int64)
        self._is_difference = np.array([one.is_difference for one in asked], np.bool_)
        self._low = self._matrix @ point + self._constant
        self._high = self._low.copy()
        self._settled = np.zeros(len(asked), np.bool_)

    def found(self) -> list[Reach]:
        """Return the extremes of all witnesses."""
        numbers = (self._low, self._high, self._settled, self._is_difference)
        return [Reach(*one) for one in zip(*(of.tolist() for of in numbers), strict=True)]

    def is_open_within(self, window: Integers) -> bool:
        """Whether any number within a window is still to be proved."""
        return bool((self._open() & self._within(window)).any())

    def look_within(self, model: Model, window: Integers) -> None:
        """Look for witnesses in the model of a window, which cannot settle a number."""
        view = _View(model, window, self._matrix[:, window], self._within(window))
        self._at_random(view)
        # A number that has not moved yet is most likely certain, which only the whole model shows.
        for one in np.flatnonzero(self._open() & view.inside & (self._low < self._high)).tolist():
            for up in (True, False):
                if self._open()[one]:
                    self._push(view, one, up=up)

    def look(self, model: Model, rows: Sequence[Row]) -> None:
        """Look for witnesses in the whole model of `rows`, and settle the remaining numbers."""
        view = _View(model, np.arange(len(self._point)), self._matrix, np.ones_like(self._settled))
        self._at_random(view)
        if self._open().sum() > _FEW:
            self._settle_determined([*rows, *model.tight()])
        for one in np.flatnonzero(self._open()).tolist():
            if self._open()[one]:
                is_highest = self._push(view, one, up=True, whole=True)
                if self._open()[one]:
                    is_lowest = self._push(view, one, up=False, whole=True)
                    self._settled[one] = is_highest and is_lowest

    def _settle_determined(self, rows: Sequence[Row]) -> None:
        """Settle the numbers that follow from the equalities among `rows`."""
        determined = Determined(rows)
        for one in np.flatnonzero(self._open() & (self._low == self._high)).tolist():
            here = slice(*self._matrix.indptr[one : one + 2])
            entries = (self._matrix.indices[here].tolist(), self._matrix.data[here].tolist())
            self._settled[one] = determined.value(tuple(zip(*entries, strict=True))) is not None

    def _within(self, window: Integers) -> Flags:
        is_outside = np.ones(len(self._point), np.int64)
        is_outside[window] = 0
        return np.asarray(abs(self._matrix) @ is_outside == 0, np.bool_)

    def _open(self) -> Flags:
        """The numbers that are neither proved safe nor settled."""
        may_be_enough = self._is_difference | (self._high >= self._threshold)
        is_kept = may_be_enough & (self._high - self._low >= self._threshold - 1)
        return np.asarray(~self._settled & ~is_kept, np.bool_)

    def _at_random(self, view: _View) -> None:
        """Search for many at once, in random directions, as long as that proves many."""
        draw = np.random.default_rng(0)
        waiting = self._open() & view.inside
        in_vain = 0
        while waiting.sum() > _FEW and in_vain < _PATIENCE:
            signs = np.where(waiting, draw.choice([-1.0, 1.0], len(waiting)), 0.0)
            objective = view.matrix.T @ signs
            for direction in (objective, -objective):
                self._take(view, view.model.smallest(direction))
            before, waiting = waiting, self._open() & view.inside
            # Two solves that proved at most two numbers gained nothing over one by one.
            in_vain = in_vain + 1 if waiting.sum() > before.sum() - 3 else 0

    def _push(self, view: _View, one: int, *, up: bool, whole: bool = False) -> bool:
        """Push one number as far as it goes; returns whether it surely goes no further."""
        sign = -1.0 if up else 1.0
        start, end = view.matrix.indptr[one], view.matrix.indptr[one + 1]
        objective = np.zeros(len(view.window))
        objective[view.matrix.indices[start:end]] = sign * view.matrix.data[start:end]
        for in_whole_numbers in (False, True) if whole else (False,):
            answer = view.model.smallest(objective, whole=in_whole_numbers)
            self._take(view, answer)
            if not self._open()[one]:
                return True
            if answer.bound is not None:
                # No point falls below the bound, so none lies beyond the next whole number.
                furthest = ceil(answer.bound - _EXACT)
                found = -int(self._high[one]) if up else int(self._low[one])
                constant = int(self._constant[one])
                if found + (constant if up else -constant) <= furthest:
                    return True
        return False

    def _take(self, view: _View, answer: Answer) -> None:
        if answer.point is not None:
            point = self._point.copy()
            point[view.window] = answer.point
            numbers = self._matrix @ point + self._constant
            np.minimum(self._low, numbers, out=self._low)
            np.maximum(self._high, numbers, out=self._high)


@dataclass(frozen=True)
class _View:
    """A model of some of the unknowns, and the numbers that are sums of these alone."""

    model: Model
    window: Integers
    matrix: csr_array
    inside: Flags
