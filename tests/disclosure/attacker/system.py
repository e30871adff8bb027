"""Unknown whole numbers and the knowledge about them: bounds, and sums between bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

Terms = Mapping["Key", float]
Key = tuple[object, ...]

MANY = 1e5
"""More than any unpublished number can be."""

_SLACK = 1e-6


class ImpossibleError(Exception):
    """No whole numbers fit everything stated; the message is the last statement."""


@dataclass(frozen=True)
class Sum:
    """`low` <= sum of terms <= `high`; `why` names the source."""

    terms: Terms
    low: float
    high: float
    why: str


class System:
    """Everything that is known, as it is gathered."""

    def __init__(self) -> None:
        self.columns: dict[Key, int] = {}
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.sums: list[Sum] = []

    def unknown(self, key: Key) -> int:
        """Return the column of an unknown, a new one if it was never named before."""
        if key not in self.columns:
            self.columns[key] = len(self.columns)
            self.lower.append(0)
            self.upper.append(MANY)
        return self.columns[key]

    def bound(self, key: Key, low: float = 0, high: float | None = None) -> None:
        """Learn that an unknown is between two numbers, in addition to its earlier bounds."""
        column = self.unknown(key)
        self.lower[column] = max(self.lower[column], low)
        if high is not None:
            # A published number may be more than MANY.
            usual = self.upper[column]
            self.upper[column] = high if usual == MANY else min(usual, high)

    def between(self, terms: Terms, low: float, high: float, why: str) -> None:
        """Learn that a sum is between two numbers."""
        for key in terms:
            self.unknown(key)
        # A share of 0 has terms with coefficient 0.
        counting = {key: each for key, each in terms.items() if each}
        self.sums.append(Sum(counting, low, high, why))

    def equal(self, terms: Terms, why: str) -> None:
        """Learn that a sum is 0."""
        self.between(terms, 0, 0, why)

    def at_most(self, terms: Terms, high: float, why: str) -> None:
        """Learn that a sum is `high` or less."""
        self.between(terms, -np.inf, high, why)

    def adds_up(self, whole: Key, parts: Iterable[Key], why: str) -> None:
        """Learn that a whole is the sum of its parts."""
        terms: dict[Key, float] = {whole: -1}
        for part in parts:
            terms[part] = terms.get(part, 0) + 1
        self.equal(terms, why)

    def contradicted(self, truth: Mapping[Key, float]) -> list[str]:
        """Return the statements that are false for numbers known to be true. For the tests."""
        found = []
        for key, column in self.columns.items():
            if not self.lower[column] <= truth[key] <= self.upper[column]:
                found.append(f"bounds of {key}: {truth[key]}")
        for one in self.sums:
            value = sum(each * truth[key] for key, each in one.terms.items())
            if not one.low - _SLACK <= value <= one.high + _SLACK:
                found.append(f"{one.why}: {dict(one.terms)} is {value}")
        return found


class Solved:
    """A system after working out everything that follows row by row.

    `fixed` are the certain values (NaN where there is none); `free` are the other columns.
    """

    def __init__(self, system: System) -> None:
        self.columns = system.columns
        self.lower, self.upper = np.array(system.lower), np.array(system.upper)
        lengths = [len(one.terms) for one in system.sums]
        rows = np.repeat(np.arange(len(lengths)), lengths)
        columns = [system.columns[key] for one in system.sums for key in one.terms]
        values = [float(each) for one in system.sums for each in one.terms.values()]
        shape = (len(lengths), len(system.columns))
        self.matrix = csr_array((values, (rows, columns)), shape=shape)
        self.low = np.array([one.low for one in system.sums])
        self.high = np.array([one.high for one in system.sums])
        self.why = [one.why for one in system.sums]
        self._tighten(rows, np.array(columns, dtype=int), np.array(values))

    def _tighten(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> None:
        """Narrow the bounds of every unknown by each of its sums, until none moves."""
        for _ in range(200):
            self._check()
            one, other = values * self.lower[columns], values * self.upper[columns]
            least, most = np.minimum(one, other), np.maximum(one, other)
            size = len(self.low)
            sum_least = np.bincount(rows, least, size)
            sum_most = np.bincount(rows, most, size)
            if (sum_least > self.high + _SLACK).any() or (sum_most < self.low - _SLACK).any():
                broken = (sum_least > self.high + _SLACK) | (sum_most < self.low - _SLACK)
                raise ImpossibleError(self.why[int(np.argmax(broken))])
            largest = self.high[rows] - (sum_least[rows] - least)
            smallest = self.low[rows] - (sum_most[rows] - most)
            up = np.where(values > 0, largest, smallest) / values
            down = np.where(values > 0, smallest, largest) / values
            lower, upper = self.lower.copy(), self.upper.copy()
            np.maximum.at(lower, columns, np.ceil(down - _SLACK))
            np.minimum.at(upper, columns, np.floor(up + _SLACK))
            if (lower == self.lower).all() and (upper == self.upper).all():
                return
            self.lower, self.upper = lower, upper

    def _check(self) -> None:
        crossed = self.lower > self.upper
        if crossed.any():
            names = list(self.columns)
            raise ImpossibleError(f"bounds of {names[int(np.argmax(crossed))]}")

    @property
    def free(self) -> np.ndarray:
        """Whether each column is still open."""
        found: np.ndarray = self.lower < self.upper
        return found

    def constant(self, terms: Terms) -> tuple[float, dict[int, float]]:
        """Return the certain part of a sum, and its open terms by column."""
        certain = 0.0
        left: dict[int, float] = {}
        for key, each in terms.items():
            column = self.columns[key]
            if self.lower[column] == self.upper[column]:
                certain += each * self.lower[column]
            else:
                left[column] = left.get(column, 0) + each
        return certain, {column: each for column, each in left.items() if each}
