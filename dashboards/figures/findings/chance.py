"""Whether numbers differ by more than chance would make of them. Knows no subject.

A change is judged by an interval, that of Wilson (1927) for a share; the largest of many places by
the exact binomial. The sources and the reasons are in docs/methodology.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, lgamma, log, log1p, sqrt
from statistics import NormalDist

LEVEL = 0.95
"""The level of every interval: one of twenty does not hold the true value."""

SMALLEST_BASE = 10
"""Of fewer, chance explains nearly everything: nothing is said of their share or change."""


def least_base(smallest_base: int) -> int:
    """Return the smallest base that anything is said of; no smaller than that of percentages."""
    return max(SMALLEST_BASE, smallest_base)


@dataclass(frozen=True)
class Interval:
    """The values that agree with the numbers; both ends included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value agrees with the numbers."""
        return self.low <= value <= self.high

    def as_written(self) -> Interval:
        """The ends in whole percent. Changes are judged by them, so that no text denies another."""
        return Interval(round(self.low, 2), round(self.high, 2))


def of_share(part: int, whole: int, compared: int = 1) -> Interval:
    """The interval of the share part / whole (Wilson's score interval).

    `compared` is the number of shares looked at in search of one that stands out: the level is
    divided among them (Bonferroni). ValueError when the whole is 0 or smaller than the part.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"no share: {part} of {whole}")
    z = NormalDist().inv_cdf(1 - (1 - LEVEL) / compared / 2)
    share, square = part / whole, z * z / whole
    middle = (share + square / 2) / (1 + square)
    reach = z * sqrt(share * (1 - share) / whole + square / whole / 4) / (1 + square)
    # At both ends, rounding must not go past what a share can be.
    return Interval(max(middle - reach, 0.0), min(middle + reach, 1.0))


def of_difference(now: tuple[int, int], before: tuple[int, int], compared: int = 1) -> Interval:
    """The interval of the difference between two shares, each (part, whole): now less before.

    Newcombe's tenth method (1998), from the interval of each. ValueError as `of_share`.
    """
    this, that = of_share(*now, compared), of_share(*before, compared)
    share, share_before = now[0] / now[1], before[0] / before[1]
    difference = share - share_before
    return Interval(
        difference - sqrt((share - this.low) ** 2 + (that.high - share_before) ** 2),
        difference + sqrt((this.high - share) ** 2 + (share_before - that.low) ** 2),
    )


def of_change(now: int, before: int, compared: int = 1) -> Interval:
    """The interval of now / before, two counts of events in periods of equal length.

    Given their sum, the count of one of them is a share of it (Przyborowski and Wilenski, 1940).
    The high end is infinite where `before` may be 0. ValueError when both are 0.
    """
    share = of_share(now, now + before, compared)
    high = share.high / (1 - share.high) if share.high < 1 else float("inf")
    return Interval(share.low / (1 - share.low), high)


def has_changed(now: int, before: int, compared: int = 1) -> bool:
    """Whether a count of events differs from that of a period of equal length."""
    if now + before < SMALLEST_BASE:
        return False
    return not of_change(now, before, compared).as_written().holds(1)


def share_has_changed(now: tuple[int, int], before: tuple[int, int], compared: int = 1) -> bool:
    """Whether a share differs from another; each is (part, whole)."""
    if min(now[1], before[1]) < SMALLEST_BASE:
        return False
    return not of_difference(now, before, compared).as_written().holds(0)


def stands_out(part: int, whole: int, places: int) -> bool:
    """Whether one of several equal places has more than its part of the whole.

    The place is the largest of them, so the level is divided among all (Bonferroni). `places` is 2
    or more.
    """
    return whole >= SMALLEST_BASE and places * at_least(part, whole, 1 / places) < 1 - LEVEL


def at_least(part: int, whole: int, share: float) -> float:
    """The binomial probability of `part` or more of `whole`; 0 < share < 1.

    Exact: few events in many places are where an approximation is far off.
    """

    def probability(number: int) -> float:
        ways = lgamma(whole + 1) - lgamma(number + 1) - lgamma(whole - number + 1)
        return exp(ways + number * log(share) + (whole - number) * log1p(-share))

    return min(1.0, fsum(probability(number) for number in range(part, whole + 1)))
