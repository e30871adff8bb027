"""Moves of unknown numbers that keep every sum, in one HiGHS model kept for many questions.

A move gives how much each unknown differs from its true number. Unknowns are known by position
only.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_OPTIMAL = highspy.HighsModelStatus.kOptimal
_INFEASIBLE = highspy.HighsModelStatus.kInfeasible


class Moves:
    """The whole-number moves within bounds for which every row of `sums` adds up to 0.

    Each unknown has two columns, up and down, so that a move in either direction can have a cost.
    """

    def __init__(self, sums: sparse.csr_matrix) -> None:
        """Hand the sums over, with every unknown fixed at first."""
        self._sums = sums.astype(np.int64)
        self.size = sums.shape[1]
        split = sparse.csr_matrix(sparse.hstack([sums, -sums]))
        self._model = highspy.Highs()
        self._model.setOptionValue("output_flag", False)
        self._model.setOptionValue("threads", 1)
        self._model.setOptionValue("presolve", "off")
        # A changed goal leaves the last corner feasible, so the primal method continues from it.
        self._model.setOptionValue("simplex_strategy", 4)
        columns = np.arange(2 * self.size, dtype=np.int32)
        nothing = np.zeros(2 * self.size)
        self._model.addVars(2 * self.size, nothing, nothing)
        for start, end in zip(split.indptr, split.indptr[1:], strict=False):
            places, signs = split.indices[start:end], split.data[start:end]
            self._model.addRow(0.0, 0.0, len(places), places.astype(np.int32), signs.astype(float))
        self._columns = columns
        self._lower = self._upper = np.zeros(self.size)

    def bound(self, lower: Floats, upper: Floats) -> None:
        """Set how far each unknown may move: from `lower` (at most 0) to `upper` (at least 0)."""
        self._lower, self._upper = lower, upper
        none = np.zeros(2 * self.size)
        most = np.concatenate([upper, -lower])
        self._model.changeColsBounds(2 * self.size, self._columns, none, most)

    def cheapest(self, up: Floats, down: Floats, one: int = -1, by: int = 0) -> Integers | None:
        """Return the cheapest move; each step of an unknown costs its `up` or `down`.

        With `one`, that unknown must move exactly `by`. None when there is no such move.
        """
        self._model.changeColsCost(2 * self.size, self._columns, np.concatenate([up, down]))
        if one >= 0:
            self._fix(one, max(by, 0), max(-by, 0))
        found = self._whole()
        if one >= 0:
            self._model.changeColBounds(one, 0.0, self._upper[one])
            self._model.changeColBounds(self.size + one, 0.0, -self._lower[one])
        return found

    def _fix(self, one: int, up: int, down: int) -> None:
        self._model.changeColBounds(one, float(up), float(up))
        self._model.changeColBounds(self.size + one, float(down), float(down))

    def _whole(self) -> Integers | None:
        """Solve; a linear programme is tried first, since most of its corners are whole."""
        found = self._solve()
        if found is None or self._fits(found):
            return found
        whole = np.ones(2 * self.size, dtype=np.uint8)
        self._model.changeColsIntegrality(2 * self.size, self._columns, whole)
        found = self._solve()
        self._model.changeColsIntegrality(2 * self.size, self._columns, 0 * whole)
        if found is not None and not self._fits(found):
            raise ArithmeticError("A whole-number programme has whole numbers.")
        return found

    def _solve(self) -> Integers | None:
        self._model.run()
        status = self._model.getModelStatus()
        if status not in (_OPTIMAL, _INFEASIBLE):
            # Rounding can lead a solution astray that continues from an earlier one.
            self._model.clearSolver()
            self._model.run()
            status = self._model.getModelStatus()
        if status == _INFEASIBLE:
            return None
        if status != _OPTIMAL:
            raise ArithmeticError(f"The solver stopped: {self._model.modelStatusToString(status)}")
        steps = np.rint(np.asarray(self._model.getSolution().col_value)).astype(np.int64)
        move: Integers = steps[: self.size] - steps[self.size :]
        return move

    def _fits(self, move: Integers) -> bool:
        return bool(
            (move >= self._lower).all()
            and (move <= self._upper).all()
            and not (self._sums @ move).any()
        )
