"""The smallest and largest values of a sum, among whole numbers that fit one part of a system."""

from __future__ import annotations

import numpy as np
from scipy.optimize._highspy import _core as highs
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tests.disclosure.attacker.system import ImpossibleError, Solved

# scipy.optimize.milp hands the whole model over at every call, which takes longer than solving it;
# HiGHS used directly keeps the model and continues from the last answer.

_SLACK = 1e-6
_SECONDS = 10.0


class Part:
    """Unknowns that are tied together; `columns` are their columns in the whole system."""

    def __init__(self, solved: Solved, columns: np.ndarray, rows: np.ndarray) -> None:
        self.columns = columns
        self.lower, self.upper = solved.lower[columns], solved.upper[columns]
        settled = np.where(solved.free, 0, solved.lower)
        taken = solved.matrix[rows]
        certain = taken @ settled
        self.matrix = csr_array(taken[:, columns])
        self.low, self.high = solved.low[rows] - certain, solved.high[rows] - certain
        self._solver = self._handed_over()
        self._whole = False

    def _handed_over(self) -> highs._Highs:
        size = len(self.columns)
        model = highs.HighsLp()
        model.num_col_, model.num_row_ = size, len(self.low)
        model.col_cost_ = np.zeros(size)
        model.col_lower_, model.col_upper_ = self.lower, self.upper
        model.row_lower_, model.row_upper_ = self.low, self.high
        model.a_matrix_.format_ = highs.MatrixFormat.kRowwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = size, len(self.low)
        model.a_matrix_.start_ = self.matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = self.matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = self.matrix.data
        solver = highs._Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("time_limit", _SECONDS)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(model)
        return solver

    def largest(self, cost: np.ndarray, whole: bool) -> tuple[float, np.ndarray | None]:
        """Return an upper bound of the sum of `cost`, and whole numbers that fit, or None.

        Without `whole` the bound is that of fractions, and finding whole numbers is luck.
        """
        solver, size = self._solver, len(self.columns)
        every = np.arange(size, dtype=np.int32)
        if whole != self._whole:
            kind = highs.HighsVarType.kInteger if whole else highs.HighsVarType.kContinuous
            solver.changeColsIntegrality(size, every, np.full(size, int(kind), dtype=np.uint8))
            self._whole = whole
        solver.changeColsCost(size, every, -cost)
        # The time limit counts from the first run.
        solver.setOptionValue("time_limit", solver.getRunTime() + _SECONDS)
        solver.run()
        status = solver.getModelStatus()
        if status == highs.HighsModelStatus.kInfeasible:
            raise ImpossibleError("a part of the system")
        info = solver.getInfo()
        solution = np.array(solver.getSolution().col_value)
        if status == highs.HighsModelStatus.kOptimal:
            bound = float(cost @ solution) if not whole else -float(info.mip_dual_bound)
        else:
            bound = -float(info.mip_dual_bound) if whole else np.inf
        return bound, self.fitting(solution)

    def fitting(self, solution: np.ndarray) -> np.ndarray | None:
        """Return whole numbers near `solution` if they fit everything."""
        if len(solution) != len(self.columns):
            return None
        near = np.round(solution)
        if (near < self.lower).any() or (near > self.upper).any():
            return None
        sums = self.matrix @ near
        if (sums < self.low - _SLACK).any() or (sums > self.high + _SLACK).any():
            return None
        return near


def parts_of(solved: Solved) -> list[Part]:
    """Return the independent parts of a system."""
    free = np.flatnonzero(solved.free)
    matrix = csr_array(solved.matrix[:, free])
    used = np.flatnonzero(np.diff(matrix.indptr))
    matrix = csr_array(matrix[used])
    pattern = csr_array((np.ones(len(matrix.data)), matrix.indices, matrix.indptr), matrix.shape)
    _, group = connected_components(csr_array(pattern.T @ pattern), directed=False)
    group_of_row = group[matrix.indices[matrix.indptr[:-1]]] if len(used) else np.array([], int)
    return [
        Part(solved, free[group == one], used[group_of_row == one])
        for one in range(group.max() + 1 if len(free) else 0)
    ]
