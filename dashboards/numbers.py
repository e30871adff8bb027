"""How numbers are rounded and written in Norwegian. Nothing here knows what a number counts.

Percentages are whole. Each is rounded by itself, half up, so that the same share is the same number
wherever it is shown; the parts of a whole then need not sum to 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal, format_percent

LOCALE = "nb"


def percents(parts: Sequence[int]) -> tuple[int, ...]:
    """Return the percent of each part of their sum, rounded half up; all zero if the parts are."""
    whole = sum(parts)
    return tuple((200 * part + whole) // (2 * whole) if whole else 0 for part in parts)


def half_up(share: float) -> int:
    """Round a share between 0 and 1 to whole percent by itself, a half upwards (0.285 is 29)."""
    # By its shortest decimal form: 0.285 * 100 is 28.499999999999996 in binary.
    return int((Decimal(repr(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def count(number: float) -> str:
    """Write a whole number, thousands separated by a hard space: «1 234»."""
    return format_decimal(number, format="#,##0", locale=LOCALE)


def decimal(number: float) -> str:
    """Write a number with at most one decimal, rounded half up: «412,5», «412»."""
    rounded = Decimal(repr(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0.#", locale=LOCALE)


def percent_below(share: float) -> float:
    """Return a share between 0 and 1 as percent with one decimal, never rounded up: 59.9."""
    return float((Decimal(repr(share)) * 100).quantize(Decimal("0.1"), ROUND_DOWN))


def percent_of_target(share: float, goal: float | None) -> float:
    """Return a share as whole percent; with a decimal if it is below a target that it rounds up to.

    Both are between 0 and 1; `goal` is None where there is no target.
    """
    whole = half_up(share)
    # «60 % (mål 60 %, ikke nådd)» would seem to contradict itself.
    is_just_below = goal is not None and share < goal and whole == half_up(goal)
    return percent_below(share) if is_just_below else whole


def percent(number: float) -> str:
    """Write percent with a hard space, and a decimal if there is one: «60 %», «59,8 %»."""
    return format_percent(Decimal(repr(number)) / 100, format="#,##0.#\u00a0%", locale=LOCALE)


def change(difference: float) -> str:
    """Write a difference with its sign, zero as «±0»: «+23», «−4»."""
    if difference == 0:
        return "±0"
    return format_decimal(Decimal(repr(difference)), format="+#,##0.#;−#,##0.#", locale=LOCALE)
