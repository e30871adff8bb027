"""How numbers are rounded, and how numbers are written in Norwegian."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import numbers, words

GROUPS_2021 = (44, 7, 24, 6, 16, 5)
FORM_2021 = (31, 13, 7, 24, 6, 5, 16)


def test_parts_of_2021_are_each_rounded_by_itself() -> None:
    assert numbers.percents(GROUPS_2021) == (43, 7, 24, 6, 16, 5)


def test_form_of_2021_is_rounded_cell_by_cell_as_it_was_printed() -> None:
    assert [numbers.half_up(n / 102) for n in FORM_2021] == [30, 13, 7, 24, 6, 5, 16]
    assert numbers.half_up(102 / 122) == 84


@given(st.lists(st.integers(0, 10_000), min_size=1).filter(any))
def test_a_part_has_the_percent_of_its_share_wherever_it_is(parts: list[int]) -> None:
    whole = sum(parts)
    expected = [floor(Fraction(100 * part, whole) + Fraction(1, 2)) for part in parts]
    assert list(numbers.percents(parts)) == expected
    assert [numbers.half_up(part / whole) for part in parts] == expected


@pytest.mark.parametrize(("parts", "percents"), [((0, 0), (0, 0)), ((), ()), ((5,), (100,))])
def test_parts_at_the_edges(parts: tuple[int, ...], percents: tuple[int, ...]) -> None:
    assert numbers.percents(parts) == percents


@pytest.mark.parametrize(
    ("share", "percent"), [(0.285, 29), (0.005, 1), (0.0049, 0), (1.0, 100), (57 / 200, 29)]
)
def test_a_half_is_rounded_up(share: float, percent: int) -> None:
    assert numbers.half_up(share) == percent


def test_numbers_are_written_with_hard_space_and_decimal_comma() -> None:
    assert numbers.count(1234567) == "1\u00a0234\u00a0567"
    assert numbers.percent(60) == numbers.percent(60.0) == "60\u00a0%"
    assert numbers.percent(59.8) == "59,8\u00a0%"
    assert numbers.decimal(412.5) == "412,5"
    assert numbers.decimal(412.0) == "412"
    assert numbers.decimal(1412.25) == "1\u00a0412,3"
    assert [numbers.change(n) for n in (23, -4, 0)] == ["+23", "−4", "±0"]


def test_moments_are_in_norwegian_time() -> None:
    summer = datetime(2026, 6, 30, 22, 5, tzinfo=UTC)
    assert words.moment(summer) == "1. juli 2026 kl. 00.05"
    assert words.day(date(2021, 12, 31)) == "31. desember 2021"
