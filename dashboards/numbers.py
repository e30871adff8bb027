"""How numbers are rounded and written in Norwegian. Nothing here knows what a number counts.

Percentages are whole. Parts of a whole are rounded together, so that they sum to 100
(`largest_remainder`); the monthly form is rounded cell by cell (`half_up`), as it always was.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal, format_percent

LOCALE = "nb"


def largest_remainder(parts: Sequence[int]) -> tuple[int, ...]:
    """Round the parts of a whole to whole percent that sum to 100.

    Every part is first rounded down; the missing points go to the largest remainders. Of equal
    remainders the larger part comes first, then the earlier one. All zero when the parts are.
    """
    whole = sum(parts)
    if whole == 0:
        return (0,) * len(parts)
    floors = [100 * part // whole for part in parts]
    by_remainder = sorted(
        range(len(parts)), key=lambda i: (-(100 * parts[i] % whole), -parts[i], i)
    )
    raised = set(by_remainder[: 100 - sum(floors)])
    return tuple(floor + (i in raised) for i, floor in enumerate(floors))


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


def percent(whole: int) -> str:
    """Write whole percent with a hard space: «60 %»."""
    return format_percent(Decimal(whole) / 100, locale=LOCALE)


def change(difference: float) -> str:
    """Write a difference with its sign, zero as «±0»: «+23», «−4»."""
    if difference == 0:
        return "±0"
    return format_decimal(Decimal(repr(difference)), format="+#,##0.#;−#,##0.#", locale=LOCALE)
