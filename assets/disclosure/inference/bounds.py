"""Bounds that follow from single rows of whole numbers, and the parts that rows bind together.

Unknowns are known by position only. Bounds found here are never tighter than the true ones; how far
the numbers really reach is found in `reach`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Row:
    """`low` <= the sum of coefficient times unknown <= `high`, by position; None is no bound."""

    terms: Terms
    low: int | None
    high: int | None

    def holds_empty(self) -> bool:
        """Whether the row holds when all its terms are 0."""
        return (self.low is None or self.low <= 0) and (self.high is None or self.high >= 0)


class InfeasibleError(Exception):
    """No whole numbers satisfy every row; `terms` are those of the row that showed it, if any."""

    def __init__(self, terms: Sequence[tuple[int, int]] = ()):
        super().__init__("no whole numbers satisfy every row")
        self.terms = terms


def tighten(rows: Sequence[Row], lower: Integers, upper: Integers) -> tuple[Integers, Integers]:
    """Return bounds that follow from the rows one at a time; InfeasibleError when they cross.

    They are never tighter than the true ones, so where they meet, the number is certain.
    """
    # Two rows may narrow each other by one for long; the bounds found up to the limit are sound.
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
    least, most = span(row.terms, low, high)
    if (row.high is None or most <= row.high) and (row.low is None or least >= row.low):
        return []
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
            least += c * (floor if c > 0 else ceiling) - c * smallest
            most += c * (ceiling if c > 0 else floor) - c * largest
    return changed


def span(
    terms: Sequence[tuple[int, int]], low: Sequence[int], high: Sequence[int]
) -> tuple[int, int]:
    """The least and greatest value of a sum, with each unknown between its own bounds."""
    least = most = 0
    for i, c in terms:
        if c > 0:
            least += c * low[i]
            most += c * high[i]
        else:
            least += c * high[i]
            most += c * low[i]
    return least, most


def without_fixed(rows: Sequence[Row], lower: Integers, upper: Integers) -> list[Row]:
    """Return the rows over the unknowns whose bounds do not meet; empty rows are left out.

    So are rows that always hold within those bounds. InfeasibleError when one never does.
    """
    low, high = lower.tolist(), upper.tolist()
    kept = []
    for row in rows:
        least, most = span(row.terms, low, high)
        if (row.low is None or row.low <= least) and (row.high is None or most <= row.high):
            continue
        fixed = sum(c * low[i] for i, c in row.terms if low[i] == high[i])
        open_terms = tuple((i, c) for i, c in row.terms if low[i] < high[i])
        if not open_terms:
            raise InfeasibleError(row.terms)
        kept.append(
            Row(
                open_terms,
                None if row.low is None else row.low - fixed,
                None if row.high is None else row.high - fixed,
            )
        )
    return list(dict.fromkeys(kept))


def components(bound: Sequence[Terms], unknowns: int) -> Integers:
    """Return for each unknown the number of its part; no terms of `bound` join two parts."""
    pairs = np.array([(terms[0][0], i) for terms in bound for i, _ in terms], np.int64)
    pairs = pairs.reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), pairs.T), shape=(unknowns, unknowns))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label, np.int64)


def untold(rows: Sequence[Row], lower: Integers) -> Flags:
    """Whether each unknown is in a part without information: all may be 0, or many times more.

    `lower` are the bounds of the unknowns apart from the rows; there must be no upper ones.
    """
    label = components([row.terms for row in rows], len(lower))
    is_free = np.ones(label.max(initial=-1) + 1, np.bool_)
    for row in rows:
        if not {row.low, row.high} <= {0, None}:
            is_free[label[row.terms[0][0]]] = False
    is_free[label[lower > 0]] = False
    return np.asarray(is_free[label], np.bool_)
