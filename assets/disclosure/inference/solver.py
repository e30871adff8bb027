"""One system of rows in whole numbers, kept in HiGHS from one question to the next.

A *witness* is a whole-number point that satisfies every row, which is verified here in exact
integers. That nothing lies beyond a bound is the solver's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, eye_array, vstack

from assets.disclosure.inference.bounds import Integers, Row, Terms

SECONDS_PER_SOLVE = 20.0

_WHOLE = 1e-6
"""A value this near to a whole number is rounded to it; the point is verified afterwards."""

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """The result of minimising an objective: a witness, and a bound that no point falls below.

    `point` is None where none was found, `bound` where the solver gave none; `is_solved` says that
    the minimum was reached, `is_empty` that there is no point at all.
    """

    point: Integers | None
    bound: float | None
    is_solved: bool = False
    is_empty: bool = False


class Model:
    """The whole-number points between `lower` and `upper` that satisfy all rows in force."""

    def __init__(self, rows: Sequence[Row], lower: Integers, upper: Integers):
        self.lower, self.upper = lower.copy(), upper.copy()
        self._size = len(lower)
        entries = [(r, i, c) for r, row in enumerate(rows) for i, c in row.terms]
        r, i, c = np.array(entries, np.int64).reshape(-1, 3).T
        self._matrix = csr_array(coo_array((c, (r, i)), shape=(len(rows), self._size)))
        itself = eye_array(self._size, dtype=np.int64, format="csr")
        self._bounded = csr_array(vstack([self._matrix, itself]))
        self._low = np.array([-np.inf if x.low is None else x.low for x in rows], float)
        self._high = np.array([np.inf if x.high is None else x.high for x in rows], float)
        self._costs: Weights = np.zeros(self._size)
        self._highs = self._handed_over()
        self._forget_values()

    def _handed_over(self) -> highspy.Highs:
        """The model handed to HiGHS, which solves it in fractions unless set otherwise."""
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._size, len(self._low)
        model.col_cost_ = self._costs
        model.col_lower_, model.col_upper_ = self.lower.astype(float), self.upper.astype(float)
        model.row_lower_, model.row_upper_ = self._low, self._high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self._matrix.indptr
        model.a_matrix_.index_ = self._matrix.indices
        model.a_matrix_.value_ = self._matrix.data.astype(float)
        model.integrality_ = [highspy.HighsVarType.kInteger] * self._size
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        # The last point stays feasible under a new objective, so the primal method continues.
        highs.setOptionValue("simplex_strategy", 4)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("solve_relaxation", True)
        highs.passModel(model)
        return highs

    def set_row(self, row: int, low: int | None, high: int | None) -> None:
        """Give a row other bounds; without any it is out of force."""
        self._low[row] = -np.inf if low is None else low
        self._high[row] = np.inf if high is None else high
        self._highs.changeRowBounds(row, self._low[row], self._high[row])
        self._forget_values()

    def narrow(self, lower: Integers, upper: Integers) -> None:
        """Take over tighter bounds of the unknowns."""
        self.lower, self.upper = lower.copy(), upper.copy()
        self._bound_columns(lower, upper)
        self._forget_values()

    def _bound_columns(
        self, lower: npt.NDArray[np.generic], upper: npt.NDArray[np.generic]
    ) -> None:
        places = np.arange(self._size, dtype=np.int32)
        self._highs.changeColsBounds(self._size, places, lower.astype(float), upper.astype(float))

    def _forget_values(self) -> None:
        """Restart the record of the bounds, of rows then unknowns, that every solution meets."""
        self._bound_low = np.concatenate([self._low, self.lower])
        self._bound_high = np.concatenate([self._high, self.upper])
        is_open = self._bound_low < self._bound_high
        self._meets_low = is_open & np.isfinite(self._bound_low)
        self._meets_high = is_open & np.isfinite(self._bound_high)

    def tight(self) -> list[Row]:
        """Return as equalities the rows and bounds that every point meets exactly.

        Rows and bounds that some solution does not meet are left out; that no point leaves the
        others is the solver's word.
        """
        met = -1
        while met != (met := int(self._meets_low.sum() + self._meets_high.sum())):
            away = self._meets_high.astype(float) - self._meets_low
            if not self.smallest(self._bounded.T @ away).is_solved:
                return []
        return [
            Row(self._terms(place), int(bound[place]), int(bound[place]))
            for meets, bound in (
                (self._meets_low, self._bound_low),
                (self._meets_high, self._bound_high),
            )
            for place in np.flatnonzero(meets).tolist()
        ]

    def _terms(self, place: int) -> Terms:
        here = slice(*self._bounded.indptr[place : place + 2])
        entries = (self._bounded.indices[here].tolist(), self._bounded.data[here].tolist())
        return tuple(zip(*entries, strict=True))

    def smallest(self, objective: Weights, *, whole: bool = False) -> Answer:
        """Minimise `objective`: in fractions, which may find no witness, or in whole numbers.

        The witness for a solution in fractions is near it: as small as possible with the values
        that are whole already left unchanged.
        """
        changed = np.flatnonzero(objective != self._costs).astype(np.int32)
        if changed.size:
            self._highs.changeColsCost(changed.size, changed, objective[changed])
            self._costs = objective.copy()
        return self._in_whole_numbers() if whole else self._in_fractions()

    def _in_fractions(self) -> Answer:
        answer, value = self._solved()
        if answer.point is not None or value is None:
            return answer
        point = np.rint(value)
        is_whole = np.abs(value - point) < _WHOLE
        self._bound_columns(
            np.where(is_whole, point, self.lower), np.where(is_whole, point, self.upper)
        )
        near = self._in_whole_numbers()
        self._bound_columns(self.lower, self.upper)
        return replace(answer, point=near.point)

    def _in_whole_numbers(self) -> Answer:
        """Solve for whole numbers, and afterwards continue from the solution in fractions."""
        basis = self._highs.getBasis()
        self._highs.setOptionValue("solve_relaxation", False)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + SECONDS_PER_SOLVE)
        answer, _ = self._solved(is_whole=True)
        self._highs.setOptionValue("solve_relaxation", True)
        self._highs.setOptionValue("time_limit", highspy.kHighsInf)
        self._highs.setBasis(basis)
        return answer

    def _solved(self, *, is_whole: bool = False) -> tuple[Answer, Weights | None]:
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(None, None, is_empty=True), None
        info = self._highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(None, None), None
        value = np.array(self._highs.getSolution().col_value)
        bounded = self._bounded @ value
        self._meets_low &= bounded < self._bound_low + _WHOLE
        self._meets_high &= bounded > self._bound_high - _WHOLE
        is_solved = status == highspy.HighsModelStatus.kOptimal
        bound = None
        if is_solved:
            bound = info.objective_function_value
        elif is_whole and np.isfinite(info.mip_dual_bound):
            bound = info.mip_dual_bound
        point = np.rint(value).astype(np.int64)
        is_witness = bool((np.abs(value - point) < _WHOLE).all()) and self.holds(point)
        return Answer(point if is_witness else None, bound, is_solved), value

    def holds(self, point: Integers) -> bool:
        """Whether `point` satisfies everything, in exact integers."""
        sums = self._matrix @ point
        return bool(
            (self.lower <= point).all()
            and (point <= self.upper).all()
            and (self._low <= sums).all()
            and (sums <= self._high).all()
        )
