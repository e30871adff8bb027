"""How long referrals stay in the programme, and the share that is still there: Kaplan-Meier, plainly.

Written from the definition of `still_in_programme` and from the estimator itself (E. L. Kaplan and
P. Meier, Nonparametric estimation from incomplete observations, JASA 53, 1958): day by day, the
share of those still followed that did not leave on it, multiplied up. The interval is written from
the book of J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data
(1980), chapter 1: Greenwood's variance, carried over to log(-log S). The rest is in oracle.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from statistics import NormalDist
from typing import Any, NamedTuple

from tests.recount.cases import Case

MONTH = Fraction("30.4375")
"""Days of a month: a twelfth of 365.25."""


class Stay(NamedTuple):
    """Days from the start to the exit, or to the day of the build for one still there."""

    days: int
    ended: bool


def stays_of(started: Iterable[Case], as_of: date) -> list[Stay]:
    """Return the stay of each case, all of which have started on or before `as_of`."""
    stays = []
    for case in started:
        if case.started_on is not None:
            last = case.exit.exited_on if case.exit else as_of
            stays.append(Stay((last - case.started_on).days, ended=case.exit is not None))
    return stays


def remaining(stays: list[Stay]) -> list[dict[str, Any]]:
    """Return a row for each month that the longest stay has reached, from month 0; none of none."""
    rows: list[dict[str, Any]] = []
    longest = max((stay.days for stay in stays), default=-1)
    while len(rows) * MONTH <= longest:
        month = len(rows)
        row: dict[str, Any] = {
            "months_since_start": month,
            "at_risk": sum(stay.days >= month * MONTH for stay in stays),
            "remaining_share": float(_share_after(stays, month * MONTH)),
        }
        row["remaining_low"], row["remaining_high"] = interval(stays, month * MONTH)
        rows.append(row)
    return rows


def interval(stays: list[Stay], days: Fraction) -> tuple[float | None, float | None]:
    """Return the limits of the share after so many days; None where no or all stays have ended."""
    share = _share_after(stays, days)
    if share in (0, 1):
        return None, None
    variance = Fraction(0)
    for left, followed in _exits(stays, days):
        variance += Fraction(left, followed * (followed - left))
    # The variance of log S is `variance`; that of log(-log S) is it over the square of log S.
    reach = NormalDist().inv_cdf(0.975) * math.sqrt(variance) / -math.log(share)
    centre = math.log(-math.log(share))
    low, high = (math.exp(-math.exp(centre + side * reach)) for side in (1, -1))
    return low, high


def _share_after(stays: list[Stay], days: Fraction) -> Fraction:
    share = Fraction(1)
    for left, followed in _exits(stays, days):
        share *= 1 - Fraction(left, followed)
    return share


def _exits(stays: list[Stay], days: Fraction) -> Iterable[tuple[int, int]]:
    """How many left on each day up to `days`, and how many were followed that day."""
    for day in sorted({stay.days for stay in stays if stay.ended and stay.days <= days}):
        left = sum(stay.ended and stay.days == day for stay in stays)
        yield left, sum(stay.days >= day for stay in stays)
