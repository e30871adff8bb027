"""Search for the further numbers to withhold, so that the withheld ones cannot be worked out.

The search is over one system of unknowns (linked_cells). The witnesses that it keeps prove its
result safe: moves from the truth that fit everything shown and reach far enough. It knows no table,
gender or year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from assets.disclosure.suppression.moves import Floats, Integers, Moves
from assets.disclosure.suppression.unknowns import LinkedCells

Flags = NDArray[np.bool_]


class Fate(StrEnum):
    """The outcome for a printed number; an absent one has no row."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    ABSENT = "absent"


class NoWayError(Exception):
    """No choice of withheld numbers keeps the promise: something must be made coarser.

    `people` names the unknowns that could not be protected.
    """

    def __init__(self, people: Sequence[str]) -> None:
        """Remember the unknowns that could not be protected."""
        super().__init__(f"{len(people)} unknowns cannot be protected")
        self.people = people


@dataclass(frozen=True)
class _Unknowns:
    """The unknowns of a system, each array in the same order; `sums` has one row for each sum."""

    n: Integers
    least: Integers
    printed: Flags
    watched: Flags
    given: Flags
    """Unknowns that are part of a known small number: they may be small, but not certain."""
    guard: Integers
    """The position of the unknown that each one divides, or -1."""
    fixed: Flags
    cost: Floats
    sums: sparse.csr_matrix

    def only(self, part: Integers) -> _Unknowns:
        """The unknowns at some positions, and the sums over them."""
        place = np.full(self.n.size + 1, -1)
        place[part] = np.arange(part.size)
        own = self.sums[:, part]
        return _Unknowns(
            self.n[part],
            self.least[part],
            self.printed[part],
            self.watched[part],
            self.given[part],
            place[self.guard[part]],
            self.fixed[part],
            self.cost[part],
            own[np.diff(own.indptr) > 0],
        )

    def withheld(self, hidden: Flags) -> Flags:
        """The unknowns that are hidden, or that divide a hidden one."""
        return hidden | (self.printed & _guarded(self.guard, hidden))


def withhold(
    system: LinkedCells,
    cost: Mapping[str, float],
    decided: Mapping[str, Fate],
    printed_sums: Collection[frozenset[str]],
    threshold: int,
    book: list[dict[str, int]],
    *,
    patient: bool = True,
) -> dict[str, Fate]:
    """Return the fate of all people that are printed.

    Hidden are all numbers from 1 to below the threshold, and the further ones that it takes; absent
    are those that divide a hidden one. `cost` is, by people, the cost of hiding; infinite where the
    number must be shown. `decided` people stay as they are: hidden ones stay protected, shown ones
    known. The sum over the people of a printed sum is known, though they may be hidden. All others
    are known. Raises NoWayError when an unknown cannot be protected; unless `patient`, it names
    only the first. The `book` holds moves by people that were found for other systems, and gets
    those that are found here: a move that fits needs no search.
    """
    people = system.people
    names = people["people"].to_list()
    place = {name: position for position, name in enumerate(names)}
    printed = people["printed"].to_numpy() > 0
    fates = [decided.get(name) for name in names]
    hidden: Flags = np.array([fate is Fate.HIDDEN for fate in fates], bool) & printed
    absent = np.array([fate is Fate.ABSENT for fate in fates], bool) & printed
    undecided = np.array([name in cost for name in names], bool) & printed
    alone = {name for one in printed_sums if len(one) == 1 for name in one}
    known = printed & ~hidden & ~absent & ~undecided
    known |= np.array([name in alone for name in names], bool)
    n = people["n"].to_numpy()
    guard = np.array([place.get(guard, -1) for guard in people["guard"]], np.int64)
    hidden = hidden | (printed & undecided & (n > 0) & (n < threshold))
    absent |= printed & _guarded(guard, hidden & known)
    unknowns = _Unknowns(
        n=n,
        least=np.where(absent, 0, people["least"].to_numpy()),
        printed=printed & ~absent,
        watched=people["watched"].to_numpy(),
        given=people["given"].to_numpy(),
        guard=guard,
        fixed=known,
        cost=np.array([cost.get(name, np.inf) for name in names]),
        sums=_matrix(system.sums, place, printed_sums),
    )
    free = ~known
    labels = _components(unknowns.sums, free)
    stuck: list[int] = []
    in_question = free & unknowns.watched & (unknowns.withheld(hidden) | ~unknowns.printed)
    for label in np.unique(labels[in_question]):
        part = np.flatnonzero(free & (labels == label))
        search = _Search(unknowns.only(part), hidden[part], threshold)
        search.recall(_moves_of(book, [names[position] for position in part]))
        hidden[part] = search.run(patient=patient)
        book += [
            {names[part[one]]: int(move[one]) for one in np.flatnonzero(move)}
            for move in search.furthest()
        ]
        stuck += part[search.stuck].tolist()
        if stuck and not patient:
            break
    if stuck:
        raise NoWayError([names[position] for position in stuck])
    absent |= unknowns.printed & _guarded(guard, hidden)
    return {
        name: Fate.ABSENT if is_absent else Fate.HIDDEN if is_hidden else Fate.SHOWN
        for name, is_absent, is_hidden, is_printed in zip(
            names, absent, hidden, printed, strict=True
        )
        if is_printed
    }


def _moves_of(book: Sequence[Mapping[str, int]], names: Sequence[str]) -> Integers:
    """The moves of a book that move only the people named, one row each."""
    place = {name: position for position, name in enumerate(names)}
    fitting = [move for move in book if move.keys() <= place.keys()]
    moves = np.zeros((len(fitting), len(names)), np.int64)
    for row, move in enumerate(fitting):
        moves[row, [place[name] for name in move]] = list(move.values())
    return moves


def _guarded(guard: Integers, hidden: Flags) -> Flags:
    """The unknowns that divide a hidden one, directly or through others."""
    found = np.zeros(hidden.size, bool)
    while True:
        further = (guard >= 0) & (hidden | found)[guard]
        if (further == found).all():
            return found
        found = further


def _matrix(
    sums: pl.DataFrame, place: Mapping[str, int], printed_sums: Collection[frozenset[str]]
) -> sparse.csr_matrix:
    """One row for each sum, one column for each unknown."""
    rows = sums["sum"].rle_id().to_numpy().astype(np.int64)
    columns = sums["people"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    signs = sums["coefficient"].to_numpy().astype(float)
    matrix = sparse.csr_matrix((signs, (rows, columns)), (rows.max(initial=-1) + 1, len(place)))
    several = [one for one in printed_sums if len(one) > 1 and one <= place.keys()]
    entries = [(row, place[name]) for row, one in enumerate(several) for name in sorted(one)]
    if not entries:
        return matrix
    row, column = np.array(entries).T
    further = sparse.csr_matrix((np.ones(len(row)), (row, column)), (len(several), len(place)))
    return sparse.csr_matrix(sparse.vstack([matrix, further]))


def _components(sums: sparse.csr_matrix, free: Flags) -> NDArray[np.int32]:
    """Number the groups of free unknowns that sums tie together."""
    tied = sums @ sparse.diags_array(free.astype(float))
    labels: NDArray[np.int32]
    _, labels = connected_components(sparse.csr_matrix(abs(tied.T @ tied)), directed=False)
    return labels


class _Search:
    """The search over one group of unknowns that sums tie together.

    A witness is a move in which everything shown stays as it is. An unknown that moves far enough
    between two witnesses is protected; the truth is a witness too.
    """

    def __init__(self, unknowns: _Unknowns, hidden: Flags, threshold: int) -> None:
        self.unknowns = unknowns
        self.n = unknowns.n
        self.hidden = hidden.copy()
        self.threshold = threshold
        self.width = threshold - 1
        self.reach = _REACH * threshold
        self.moves = Moves(unknowns.sums)
        self.witnesses = self.recalled = np.zeros((1, self.n.size), np.int64)
        self.settled = np.zeros(self.n.size, bool)
        """Unknowns that need no further search until anything more is hidden or shown."""
        self.stuck: list[int] = []
        """The positions of the unknowns that could not be protected."""

    def recall(self, moves: Integers) -> None:
        """Take in the moves that fit."""
        lower, upper = self._bounds(self._free())
        moves = moves[((moves >= lower) & (moves <= upper)).all(axis=1)]
        self.recalled = moves[~(moves @ self.unknowns.sums.T.astype(np.int64)).any(axis=1)]
        self.witnesses = np.vstack([self.witnesses, self.recalled])

    def furthest(self) -> Integers:
        """The witnesses that move some unknown furthest, less those that were recalled."""
        ends = {*self.witnesses.argmax(axis=0).tolist(), *self.witnesses.argmin(axis=0).tolist()}
        known = {move.tobytes() for move in self.recalled}
        rows = [row for row in sorted(ends) if self.witnesses[row].tobytes() not in known]
        return self.witnesses[rows]

    def run(self, *, patient: bool) -> Flags:
        """Return the unknowns of the group to withhold."""
        first = self.hidden.copy()
        passed: list[int] = []
        while (one := self._next_unserved(passed)) is not None:
            if not self._protect(one):
                passed.append(one)
                if not patient:
                    break
        self.stuck = passed
        if not passed:
            self._take_back(self.hidden & ~first)
        return self.hidden

    # --- Which unknowns are safe ---

    def _withheld(self) -> Flags:
        return self.unknowns.withheld(self.hidden)

    def _has_row(self) -> Flags:
        return self.unknowns.printed & ~_guarded(self.unknowns.guard, self.hidden)

    def _free(self) -> Flags:
        return (self._withheld() | ~self.unknowns.printed) & ~self.unknowns.fixed

    def _bounds(self, free: Flags) -> tuple[Integers, Integers]:
        """How far the unknowns may move; hidden ones down to their least, absent ones to 0."""
        least = np.where(self._has_row(), self.unknowns.least, np.minimum(self.unknowns.least, 0))
        lower = np.maximum(np.minimum(least - self.n, 0), -self.reach)
        return np.where(free, lower, 0), np.where(free, self.reach, 0)

    def _unserved(self) -> Flags:
        """The unknowns that must be protected and are not by the witnesses so far."""
        lowest, highest = self.witnesses.min(axis=0), self.witnesses.max(axis=0)
        served = self._is_open(self.n + lowest, self.n + highest)
        return self._free() & self.unknowns.watched & ~served & ~self.settled

    def _is_open(self, least: Integers, most: Integers) -> Flags:
        """Whether a number may be anything between bounds that are far enough apart.

        One that may be below 0 is a difference: it may be large in size, or 0.
        """
        is_difference = self.unknowns.least < 0
        large = np.maximum(abs(least), abs(most)) >= self.threshold
        enough = large | (is_difference & (least <= 0) & (most >= 0))
        is_given = self.unknowns.given
        opened: Flags = np.where(is_given, most > least, enough & (most - least >= self.width))
        return opened

    def _next_unserved(self, passed: Sequence[int]) -> int | None:
        """An unknown that must be protected and is not, the smallest first; None when all are."""
        self._settle()
        self._ask_for_all()
        unserved = self._unserved()
        unserved[list(passed)] = False
        for one in sorted(np.flatnonzero(unserved), key=lambda one: (self.n[one], one)):
            if self._unserved()[one] and not self._is_safe(int(one)):
                return int(one)
        return None

    def _ask_for_all(self) -> None:
        """Search for many at once, in random directions, as long as that serves many."""
        draw = np.random.default_rng(0)
        unserved = self._unserved()
        self.moves.bound(*map(_floats, self._bounds(self._free())))
        while unserved.sum() > _FEW:
            signs = np.where(unserved, draw.choice([-1.0, 1.0], unserved.size), 0.0)
            for goal in (signs, -signs):
                self._keep(self._found(goal, -goal))
            before, unserved = unserved, self._unserved()
            if unserved.sum() > before.sum() - 3:
                return

    def _settle(self) -> None:
        """Settle the unknowns that single sums hold fixed and that may be certain: 0, or large."""
        lower, upper = self._bounds(self._free())
        sums = self.unknowns.sums
        for _ in range(_ROUNDS):
            lower, upper = _tightened(sums, lower, upper)
        enough = (self.n == 0) | (abs(self.n) >= self.threshold)
        self.settled |= (lower == upper) & ~self._has_row() & enough

    def _is_safe(self, one: int) -> bool:
        """Whether the numbers withheld now protect an unknown; keeps the witnesses found."""
        self.moves.bound(*map(_floats, self._bounds(self._free())))
        reached = []
        for sign in (-1.0, 1.0):
            goal = np.zeros(self.n.size)
            goal[one] = sign
            witness = self._found(goal, -goal)
            self._keep(witness)
            reached.append(int(witness[one]))
            if not self._unserved()[one]:
                return True
        most, least = reached
        if most == least and not self._has_row()[one]:
            # A number without a row may be certain if it is 0 or large.
            is_safe = self.n[one] == 0 or abs(self.n[one]) >= self.threshold
            self.settled[one] = is_safe
            return bool(is_safe)
        return not self._unserved()[one]

    def _found(self, up: Floats, down: Floats) -> Integers:
        found = self.moves.cheapest(up, down)
        if found is None:
            raise ArithmeticError("Nobody moves in the truth, so there must be a witness.")
        return found

    def _keep(self, witness: Integers) -> None:
        if witness.any():
            self.witnesses = np.vstack([self.witnesses, witness])

    # --- Which numbers to withhold ---

    def _protect(self, one: int) -> bool:
        """Withhold what protects an unknown at the least cost; False when nothing does."""
        free = self._free()
        may_move = free | (~self.unknowns.fixed & np.isfinite(self.unknowns.cost) & (self.n > 0))
        lower, upper = self._bounds(may_move)
        price = np.where(free, _MOVING, np.where(may_move, self.unknowns.cost, 0.0))
        best: tuple[float, Integers] | None = None
        for plan in self._plans(one):
            found = [
                self._cheapest(price, lower, upper, one, by)
                for by in plan
                if lower[one] <= by <= upper[one]
            ]
            if len(found) < len(plan) or any(move is None for move in found):
                continue
            moves = np.array(found)
            cost = float((abs(moves) * price).sum())
            if best is None or cost < best[0]:
                best = cost, moves
            if len(plan) == 1 and self.n[one] < self.threshold:
                break
        if best is None:
            return False
        for move in best[1]:
            self._keep(move)
            self.hidden |= (move != 0) & self.unknowns.printed & ~self._withheld()
        self.settled[:] = False
        return True

    def _plans(self, one: int) -> Iterator[tuple[int, ...]]:
        """The distances that would protect an unknown, in one witness or in two."""
        n, k = int(self.n[one]), self.threshold
        if self.unknowns.given[one]:
            yield (1,)
            yield (-1,)
            return
        yield (max(self.width, k - n),)
        if n >= k:
            yield (-self.width,)
        elif n > 0:
            yield (k - n, -(n - 1))
        if n < 0 or self.unknowns.least[one] < 0:
            yield (min(-self.width, -k - n),)

    def _cheapest(
        self, price: Floats, lower: Integers, upper: Integers, one: int, by: int
    ) -> Integers | None:
        self.moves.bound(_floats(lower), _floats(upper))
        return self.moves.cheapest(price, price, one, by)

    def _take_back(self, extra: Flags) -> None:
        """Show again, dearest first, the numbers that need not be withheld after all."""
        listed = np.flatnonzero(extra)
        for one in listed[np.argsort(-self.unknowns.cost[listed], kind="stable")]:
            before = self.witnesses, self.settled.copy()
            self.hidden[one] = False
            self.settled[:] = False
            lower, upper = self._bounds(self._free())
            fits = ((self.witnesses >= lower) & (self.witnesses <= upper)).all(axis=1)
            self.witnesses = self.witnesses[fits]
            if self._next_unserved([]) is not None:
                self.hidden[one] = True
                self.witnesses, self.settled = before


_REACH = 3
"""How far from the truth the search looks, in thresholds; nothing further off is needed."""

_MOVING = 1e-4
"""Cost of moving a withheld number by one: little, but enough that few are moved."""

_ROUNDS = 3
"""How often bounds are tightened; most unknowns that cannot move are found after two rounds."""

_FEW = 4
"""Up to this many unknowns are searched for one by one."""


def _tightened(
    sums: sparse.csr_matrix, lower: Integers, upper: Integers
) -> tuple[Integers, Integers]:
    """Bounds of moves that follow from each sum by itself."""
    rows = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
    columns, signs = sums.indices, sums.data
    low = np.where(signs > 0, lower[columns], -upper[columns])
    high = np.where(signs > 0, upper[columns], -lower[columns])
    least = np.bincount(rows, low, sums.shape[0])[rows] - low
    most = np.bincount(rows, high, sums.shape[0])[rows] - high
    # The move of one unknown is balanced by the others in its sum.
    floor = np.where(signs > 0, -most, least)
    ceiling = np.where(signs > 0, -least, most)
    lower, upper = lower.copy(), upper.copy()
    np.maximum.at(lower, columns, np.ceil(floor).astype(np.int64))
    np.minimum.at(upper, columns, np.floor(ceiling).astype(np.int64))
    return lower, upper


def _floats(numbers: Integers) -> Floats:
    return numbers.astype(float)
