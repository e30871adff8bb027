"""Which further numbers must be withheld, so that the withheld ones cannot be worked out.

A search over one system of unknowns (linked_cells), by whole-number programming. What it finds is
safe by the witnesses it keeps: whole tables that fit everything shown, and differ enough. It knows
no table, gender or year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from assets.published.protection.linked_cells import LinkedCells

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class NoWayError(Exception):
    """No choice of withheld numbers keeps the promise: something must be made coarser.

    `people` names who could not be protected.
    """

    def __init__(self, people: Sequence[str]) -> None:
        """Remember who could not be protected."""
        super().__init__(f"{len(people)} unknowns cannot be protected")
        self.people = people


@dataclass(frozen=True)
class _Unknowns:
    """The unknowns of a system, each array in the same order; `sums` has one row for each sum."""

    n: Integers
    printed: Flags
    watched: Flags
    cost: NDArray[np.float64]
    sums: sparse.csr_matrix


def withhold(
    system: LinkedCells,
    cost: Mapping[str, float],
    decided: Mapping[str, bool],
    unknown: Collection[str],
    threshold: int,
    *,
    patient: bool = True,
) -> dict[str, bool]:
    """Return, for all people that are printed, whether they must be withheld.

    Withheld is everything from 1 to below the threshold, and what else it takes. `cost` says by
    people what withholding costs; infinite where it must be shown. `decided` people stay as they
    are: withheld ones (True) stay protected, shown ones known. The `unknown` are withheld, or stand
    nowhere, and protected elsewhere. All others are taken to be known. Raises NoWayError when
    somebody cannot be protected; unless `patient`, it names the first and no others.
    """
    people = system.people
    names = people["people"].to_list()
    place = {name: position for position, name in enumerate(names)}
    rows = system.sums["sum"].rle_id().to_numpy().astype(np.int64)
    columns = system.sums["people"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    signs = system.sums["coefficient"].to_numpy().astype(float)
    shape = (system.sums["sum"].n_unique(), len(names))
    unknowns = _Unknowns(
        n=people["n"].to_numpy(),
        printed=people["printed"].to_numpy() > 0,
        watched=people["watched"].to_numpy()
        & np.array([name not in unknown for name in names], bool),
        cost=np.array([cost.get(name, np.inf) for name in names]),
        sums=sparse.csr_matrix((signs, (rows, columns)), shape),
    )
    was_hidden = np.array([decided.get(name, name in unknown) for name in names], bool)
    known = np.array([name not in cost for name in names], bool) & ~was_hidden
    small = unknowns.printed & (unknowns.n > 0) & (unknowns.n < threshold) & ~known
    hidden = (was_hidden & unknowns.printed) | small
    # A zero is always shown, so it is known; people that stand nowhere may be nobody.
    free = ~known & ((unknowns.n > 0) | ~unknowns.printed)
    labels = _components(unknowns.sums, free)
    in_question = free & unknowns.watched & (hidden | ~unknowns.printed)
    stuck: list[int] = []
    for label in np.unique(labels[in_question]):
        part = np.flatnonzero(free & (labels == label))
        search = _Search(unknowns, part, hidden[part], threshold)
        hidden[part] = search.run(patient=patient)
        stuck += search.stuck
        if stuck and not patient:
            break
    if stuck:
        raise NoWayError([names[position] for position in stuck])
    return {
        name: bool(is_hidden)
        for name, is_hidden, is_printed in zip(names, hidden, unknowns.printed, strict=True)
        if is_printed
    }


def _components(sums: sparse.csr_matrix, free: Flags) -> NDArray[np.int32]:
    """Number the groups of free unknowns that sums tie together."""
    tied = sums @ sparse.diags_array(free.astype(float))
    labels: NDArray[np.int32]
    _, labels = connected_components(sparse.csr_matrix(abs(tied.T @ tied)), directed=False)
    return labels


class _Search:
    """The search over one group of unknowns that sums tie together.

    A witness is how far each unknown moves from its true number in a table that fits everything
    shown. Whoever moves far enough, from one witness to another, is protected.
    """

    def __init__(self, unknowns: _Unknowns, part: Integers, hidden: Flags, threshold: int) -> None:
        self.part = part
        self.n = unknowns.n[part]
        self.printed = unknowns.printed[part]
        self.watched = unknowns.watched[part]
        self.cost = unknowns.cost[part]
        self.hidden = hidden.copy()
        self.threshold = threshold
        self.width = threshold - 1
        self.reach = _REACH * threshold
        own = unknowns.sums[:, part]
        self.sums = own[np.diff(own.indptr) > 0]
        self.witnesses: list[Integers] = []
        self.highest = self.lowest = np.zeros(part.size, dtype=np.int64)
        self.stuck: list[int] = []
        """Who could not be protected, by position in the whole system."""

    def run(self, *, patient: bool) -> Flags:
        """Return what to withhold of the group."""
        first = self.hidden.copy()
        passed: list[int] = []
        while (one := self._next_unserved(passed)) is not None:
            if not self._protect(one):
                passed.append(one)
                if not patient:
                    break
        self.stuck = self.part[passed].tolist()
        if not passed:
            self._take_back(self.hidden & ~first)
        return self.hidden

    def _next_unserved(self, passed: list[int]) -> int | None:
        """Somebody who must be protected and is not, the smallest first; None when all are."""
        enough = self.n + self.highest >= self.threshold
        served = enough & (self.highest - self.lowest >= self.width)
        wanted = (self.hidden | ~self.printed) & self.watched & ~served
        wanted[passed] = False
        for one in sorted(np.flatnonzero(wanted), key=lambda one: (self.n[one], one)):
            if not self._is_safe(int(one)):
                return int(one)
        return None

    def _is_safe(self, one: int) -> bool:
        """Whether what is withheld now protects somebody; keeps the witnesses that say so."""
        up, down = self._move(one, 1), self._move(one, -1)
        self._keep([up, down])
        width = up[one] - down[one]
        if width == 0 and not self.printed[one]:
            return bool(self.n[one] == 0 or self.n[one] >= self.threshold)
        return bool(self.n[one] + up[one] >= self.threshold and width >= self.width)

    def _keep(self, witnesses: Sequence[Integers]) -> None:
        self.witnesses = [*self.witnesses, *witnesses]
        self.highest = np.maximum.reduce([self.highest, *witnesses])
        self.lowest = np.minimum.reduce([self.lowest, *witnesses])

    def _move(self, one: int, sign: int) -> Integers:
        """The witness in which somebody moves furthest, up (1) or down (-1)."""
        which = np.flatnonzero(self.hidden | ~self.printed)
        lower, upper = self._bounds(which)
        goal = np.where(which == one, -float(sign), 0.0)
        found = _solve(goal, [(self.sums[:, which], 0.0, 0.0)], lower, upper)
        if found is None:
            raise ArithmeticError("Nobody moves in the truth, so there must be a witness.")
        witness = np.zeros(self.part.size, dtype=np.int64)
        witness[which] = found
        return witness

    def _bounds(self, which: Integers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How far the unknowns may move: withheld ones stay at least 1, the others at least 0."""
        lower = np.where(self.printed[which], 1, 0) - self.n[which]
        return np.maximum(lower, -self.reach).astype(float), np.full(which.size, float(self.reach))

    def _protect(self, one: int) -> bool:
        """Withhold what protects somebody at the least cost; False when nothing does."""
        may_move = self.hidden | ~self.printed | (np.isfinite(self.cost) & (self.n > 0))
        which = np.flatnonzero(may_move)
        size, at = which.size, int(np.searchsorted(which, one))
        lower, upper = self._bounds(which)
        lower = np.minimum(lower, 0)
        free = (self.hidden | ~self.printed)[which]
        price = np.where(free, _MOVING, self.cost[which])
        # Columns: the first witness, the second, and how far from the truth each goes.
        sums, none = self.sums[:, which], sparse.csr_matrix((self.sums.shape[0], size))
        unit, blank = sparse.eye_array(size), sparse.csr_matrix((size, size))
        apart = sparse.csr_matrix(([1.0, -1.0], ([0, 0], [at, size + at])), (1, 4 * size))
        rows: list[tuple[sparse.csr_matrix, float, float]] = [
            (sparse.hstack([sums, none, none, none]), 0.0, 0.0),
            (sparse.hstack([none, sums, none, none]), 0.0, 0.0),
            (apart, float(self.width), np.inf),
            (sparse.hstack([unit, blank, -unit, blank]), -np.inf, 0.0),
            (sparse.hstack([-unit, blank, -unit, blank]), -np.inf, 0.0),
            (sparse.hstack([blank, unit, blank, -unit]), -np.inf, 0.0),
            (sparse.hstack([blank, -unit, blank, -unit]), -np.inf, 0.0),
        ]
        low = np.concatenate([lower, lower, np.zeros(2 * size)])
        low[at] = max(low[at], self.threshold - self.n[one])
        if low[at] > upper[at]:
            return False
        goal = np.concatenate([np.zeros(2 * size), price, price])
        found = _solve(goal, rows, low, np.tile(upper, 4))
        if found is None:
            return False
        for start in (0, size):
            witness = np.zeros(self.part.size, dtype=np.int64)
            witness[which] = found[start : start + size]
            self._keep([witness])
            self.hidden |= (witness != 0) & self.printed
        return True

    def _take_back(self, extra: Flags) -> None:
        """Show again, dearest first, what need not be withheld after all."""
        listed = np.flatnonzero(extra)
        for one in listed[np.argsort(-self.cost[listed], kind="stable")]:
            before = self.witnesses, self.highest, self.lowest
            self.hidden[one] = False
            fitting = [witness for witness in self.witnesses if witness[one] == 0]
            self.witnesses = []
            self.highest = self.lowest = np.zeros(self.part.size, dtype=np.int64)
            self._keep(fitting)
            if self._next_unserved([]) is not None:
                self.hidden[one] = True
                self.witnesses, self.highest, self.lowest = before


_REACH = 3
"""How far from the truth the search looks, in thresholds; what is further off is not needed."""

_MOVING = 1e-4
"""Cost of moving by one what is withheld anyway: little, so that few are moved."""


def _solve(
    goal: NDArray[np.float64],
    rows: Sequence[tuple[sparse.csr_matrix, float, float]],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> Integers | None:
    """Return the whole numbers of least cost within the bounds; None when there are none.

    Such systems mostly have whole corners, so that a linear programme is tried first.
    """
    constraints = [
        LinearConstraint(matrix, low, high) for matrix, low, high in rows if matrix.shape[0]
    ]
    for whole in (0, 1):
        found = milp(
            goal,
            constraints=constraints,
            bounds=Bounds(lower, upper),
            integrality=np.full(goal.size, whole),
        )
        if found.status == 2:
            return None
        values: Integers = np.rint(found.x).astype(np.int64)
        if whole or _fits(values, rows, lower, upper):
            return values
    raise ArithmeticError("A whole-number programme has whole numbers.")


def _fits(
    values: Integers,
    rows: Sequence[tuple[sparse.csr_matrix, float, float]],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> bool:
    inside = bool(((values >= lower) & (values <= upper)).all())
    return inside and all(
        ((matrix @ values >= low) & (matrix @ values <= high)).all() for matrix, low, high in rows
    )
