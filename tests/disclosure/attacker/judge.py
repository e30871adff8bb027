"""The interval of each group: whole numbers that fit, and proven bounds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from tests.disclosure.attacker.groups import Group, Judged
from tests.disclosure.attacker.solver import Part, parts_of
from tests.disclosure.attacker.system import Solved

_ROUNDS = 40
_IDLE = 4

UNDECIDED = "undecided"
"""The verdict on a number that could not be decided in time."""


@dataclass(frozen=True)
class Interval:
    """The proven bounds of a number: never less than `low`, never more than `high`.

    `seen_low` and `seen_high` are extremes among whole numbers that fit: either may be true.
    """

    low: float
    high: float
    seen_low: float
    seen_high: float


def safe(judged: Judged, low: float, high: float, threshold: int) -> bool:
    """Whether the range `low` to `high` of fitting numbers keeps a number uncertain enough."""
    if judged == Judged.UNION:
        return high > low and high >= threshold
    return high - low >= threshold - 1 and not few(judged, low, high, threshold)


def few(judged: Judged, low: float, high: float, threshold: int) -> bool:
    """Whether a number is certain to count fewer than k people.

    A difference between two vintages that may be 0 is not certain to be of few people.
    """
    if judged == Judged.SIGNED:
        return max(abs(low), abs(high)) < threshold and not low <= 0 <= high
    return high < threshold


def verdict(judged: Judged, interval: Interval, threshold: int) -> str:
    """Return the fault of a number, or "". Only a proven fault is a finding."""
    low, high = interval.low, interval.high
    span = high - low
    what = "difference" if judged == Judged.SIGNED else str(judged)
    if judged == Judged.SHOWN:
        return ""
    if span == 0:
        of_few = 0 < (abs(high) if judged == Judged.SIGNED else high) < threshold
        return f"pinned {what}" if judged == Judged.HIDDEN or of_few else ""
    if judged == Judged.UNION:
        return ""
    if few(judged, low, high, threshold):
        return f"{what} below k"
    if span < threshold - 1:
        return f"narrow {what}"
    seen = safe(judged, interval.seen_low, interval.seen_high, threshold)
    return "" if seen else UNDECIDED


class Judge:
    """Groups as sums over the parts of a solved system, with the extremes seen of them."""

    def __init__(self, solved: Solved, groups: Sequence[Group], threshold: int) -> None:
        self.threshold = threshold
        self.parts = parts_of(solved)
        where = {int(c): (n, i) for n, p in enumerate(self.parts) for i, c in enumerate(p.columns)}
        self.index: list[int] = []
        sums: dict[tuple[object, ...], int] = {}
        certain: list[float] = []
        pieces: list[list[tuple[int, int, int, float]]] = [[] for _ in self.parts]
        judged: list[set[Judged]] = []
        for group in groups:
            constant, left = solved.constant(group.terms)
            name = (constant, *sorted(left.items()))
            if name not in sums:
                sums[name] = len(sums)
                certain.append(constant)
                judged.append(set())
                for column, each in left.items():
                    part, place = where[column]
                    pieces[part].append((sums[name], part, place, each))
            self.index.append(sums[name])
            judged[sums[name]].add(group.judged)
        self.certain, self.judged = np.array(certain), judged
        self._lay_out(pieces)
        self.concerned = {
            kind: np.array([kind in kinds for kinds in judged], bool)
            for kind in Judged
            if kind != Judged.SHOWN
        }
        self.safe = np.zeros(len(certain), bool)
        self._mark()

    def _lay_out(self, pieces: Sequence[Sequence[tuple[int, int, int, float]]]) -> None:
        """Lay out each sum by part: one row of `matrices[part]` for each of `owners[part]`."""
        self.owners: list[np.ndarray] = []
        self.matrices: list[csr_array] = []
        self.seen_low: list[np.ndarray] = []
        self.seen_high: list[np.ndarray] = []
        self.at: list[list[tuple[int, int]]] = [[] for _ in self.certain]
        for number, (part, found) in enumerate(zip(self.parts, pieces, strict=True)):
            owners = sorted({owner for owner, *_ in found})
            row = {owner: place for place, owner in enumerate(owners)}
            for owner, place in row.items():
                self.at[owner].append((number, place))
            data = [each for *_, each in found]
            at = ([row[owner] for owner, *_ in found], [place for _, _, place, _ in found])
            shape = (len(owners), len(part.columns))
            self.owners.append(np.array(owners, dtype=int))
            self.matrices.append(csr_array((data, at), shape=shape))
            self.seen_low.append(np.full(len(owners), np.inf))
            self.seen_high.append(np.full(len(owners), -np.inf))

    def _added_up(self, values: Sequence[np.ndarray]) -> np.ndarray:
        total = self.certain.copy()
        for owners, each in zip(self.owners, values, strict=True):
            np.add.at(total, owners, each)
        return total

    def _mark(self) -> None:
        """Mark the sums that the extremes seen keep uncertain. A certain sum has no part."""
        low, high = self._added_up(self.seen_low), self._added_up(self.seen_high)
        # Vectorised, because there are many sums and thousands of new extremes.
        wide = high - low >= self.threshold - 1
        large = high >= self.threshold
        nobody = (low <= 0) & (high >= 0)
        by_kind = {
            Judged.UNION: (high > low) & large,
            Judged.SIGNED: wide & (nobody | large | (-low >= self.threshold)),
        }
        safe_now = np.isfinite(low)
        for kind, concerned in self.concerned.items():
            safe_now &= ~concerned | by_kind.get(kind, wide & large)
        self.safe |= safe_now

    def _see(self, part: int, numbers: np.ndarray) -> bool:
        """Record whole numbers that fit a part; return whether they give a new extreme."""
        values = self.matrices[part] @ numbers
        low = np.minimum(self.seen_low[part], values)
        high = np.maximum(self.seen_high[part], values)
        new = bool((low < self.seen_low[part]).any() or (high > self.seen_high[part]).any())
        self.seen_low[part], self.seen_high[part] = low, high
        return new

    def look_around(self, seed: int = 0) -> None:
        """Find many numbers that fit, in random directions over the sums that are not yet safe."""
        rng = random.Random(seed)
        for number, part in enumerate(self.parts):
            # An impossible part fails here, even if no group asks for its numbers.
            idle, turn = 0, 0
            while idle < _IDLE and turn < _ROUNDS:
                unsafe = ~self.safe[self.owners[number]]
                if turn and not unsafe.any():
                    break
                weights = np.array([rng.choice((-1, 1)) * rng.random() for _ in unsafe]) * unsafe
                if turn < 2:
                    weights = (1.0 - 2 * turn) * unsafe
                numbers = self._go(part, self.matrices[number].T @ weights)
                turn += 1
                new = numbers is not None and self._see(number, numbers)
                idle = 0 if new else idle + 1
                self._mark()

    @staticmethod
    def _go(part: Part, cost: np.ndarray) -> np.ndarray | None:
        numbers = part.largest(cost, whole=False)[1]
        return part.largest(cost, whole=True)[1] if numbers is None else numbers

    def intervals(self, enough: int | None = None) -> list[Interval]:
        """Return the proven interval of each group, as narrow as its judgement requires.

        After `enough` numbers that can be worked out, the others are left undecided.
        """
        self.look_around()
        proven: dict[int, Interval] = {}
        found = 0
        for number in map(int, np.flatnonzero(~self.safe)):
            if not self.safe[number] and (enough is None or found < enough):
                proven[number] = self._prove(number)
                verdicts = {
                    verdict(judged, proven[number], self.threshold)
                    for judged in self.judged[number]
                }
                found += bool(verdicts - {"", UNDECIDED})
        low, high = self._added_up(self.seen_low), self._added_up(self.seen_high)
        return [
            proven.get(one, Interval(-np.inf, np.inf, float(low[one]), float(high[one])))
            for one in self.index
        ]

    def _prove(self, number: int) -> Interval:
        """Prove the bounds of one sum: with fractions first, then with whole numbers if needed."""
        found = Interval(-np.inf, np.inf, np.inf, -np.inf)
        kinds = self.judged[number]
        for whole in (False, True):
            low = high = seen_low = seen_high = self.certain[number]
            for part, row in self.at[number]:
                cost = self.matrices[part][[row]].toarray()[0]
                most, numbers = self.parts[part].largest(cost, whole)
                least, others = self.parts[part].largest(-cost, whole)
                for one in (numbers, others):
                    if one is not None:
                        self._see(part, one)
                high, low = high + np.floor(most + 1e-6), low - np.floor(least + 1e-6)
                seen_low += self.seen_low[part][row]
                seen_high += self.seen_high[part][row]
            low, high = max(low, found.low), min(high, found.high)
            found = Interval(float(low), float(high), float(seen_low), float(seen_high))
            if UNDECIDED not in {verdict(judged, found, self.threshold) for judged in kinds}:
                break
        return found
