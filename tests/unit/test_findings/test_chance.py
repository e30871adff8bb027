"""The intervals are those of scipy and of the article, and the rules follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import (
    SMALLEST_BASE,
    at_least,
    has_changed,
    of_change,
    of_difference,
    of_share,
    share_has_changed,
    stands_out,
)

PARTS = st.integers(1, 3000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(PARTS, st.integers(1, 12))
def test_share_interval_is_that_of_scipy(counts: tuple[int, int], compared: int) -> None:
    expected = binomtest(*counts).proportion_ci(1 - 0.05 / compared, method="wilson")
    found = of_share(*counts, compared)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_difference_interval_is_that_of_the_article(
    now: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    found = of_difference(now, before)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00006)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_change_of_a_count_agrees_with_the_exact_test(now: int, before: int) -> None:
    if now + before < SMALLEST_BASE:
        assert not has_changed(now, before)
        return
    exact = binomtest(now, now + before).pvalue
    # The two differ only near the limit, or where a change is smaller than a percent is written.
    if exact < 0.03:
        assert has_changed(now, before)
    if exact > 0.08:
        assert not has_changed(now, before)


@given(st.integers(0, 500), st.integers(1, 500))
def test_change_holds_what_was_counted_and_turns_around(now: int, before: int) -> None:
    found = of_change(now, before)
    assert found.low <= now / before + 1e-9
    assert found.high >= now / before - 1e-9
    assert has_changed(now, before) == has_changed(before, now)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (98, 129, True),
        (129, 98, True),
        (98, 120, False),
        (17, 8, False),
        (0, 21, True),
        (0, 5, False),
    ],
)
def test_known_changes(now: int, before: int, expected: bool) -> None:
    assert has_changed(now, before) is expected


def test_more_comparisons_need_a_larger_change() -> None:
    assert has_changed(98, 129, 1)
    assert not has_changed(98, 129, 4)


def test_shares_of_a_small_base_have_not_changed() -> None:
    assert not share_has_changed((9, 9), (0, 9))
    assert share_has_changed((10, 10), (0, 10))


@pytest.mark.parametrize(("part", "whole", "expected"), [
    (4, 17, False),
    # Exactly 0.127 that some month of twelve has five or more of 17.
    (5, 17, False),
    (6, 17, True),
    (12, 17, True),
    (9, 9, False),
])  # fmt: skip
def test_a_month_stands_out_only_above_chance(part: int, whole: int, expected: bool) -> None:
    assert stands_out(part, whole, 12) is expected


@given(PARTS, st.integers(2, 12))
def test_a_month_stands_out_as_the_exact_test_says(counts: tuple[int, int], places: int) -> None:
    part, whole = counts
    exact = float(binom.sf(part - 1, whole, 1 / places))
    assert at_least(part, whole, 1 / places) == pytest.approx(exact, rel=1e-6, abs=1e-12)
    if whole >= SMALLEST_BASE and abs(places * exact - 0.05) > 1e-9:
        assert stands_out(part, whole, places) == (places * exact < 0.05)


COUNTS = (*range(41), 97, 98, 99, 129, 170, 230, 999, 1000, 1063, 12345, 12567)


def ends(text: str) -> tuple[float, float]:
    """The ends of an interval as a reader reads them."""
    said = text.replace("\u00a0", "").replace("−", "-").replace("±", "")
    ((low, high),) = re.findall(r": ([+-]?\d+) (?:til ([+-]?\d+)|prosent eller mer)", said)
    return float(low), float(high or "inf")


def test_a_change_of_a_count_never_denies_the_interval_beside_it() -> None:
    told = 0
    for now, before in product(COUNTS, COUNTS):
        if now + before < SMALLEST_BASE:
            assert not has_changed(now, before)
            continue
        text = finding_words.change_interval("dropouts", of_change(now, before))
        low, high = ends(text)
        assert has_changed(now, before) == (not low <= 0 <= high), (now, before, text)
        told += has_changed(now, before)
    assert told > 500


def pairs_of_shares() -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    shares = [
        (part, whole)
        for whole in (9, 10, 17, 22, 1000)
        for part in range(0, whole + 1, 1 + whole // 40)
    ]
    return product(shares, shares)


def test_a_change_of_a_share_never_denies_the_interval_beside_it() -> None:
    told = 0
    for now, before in pairs_of_shares():
        if min(now[1], before[1]) < SMALLEST_BASE:
            assert not share_has_changed(now, before)
            continue
        low, high = ends(finding_words.difference_interval("Endringen", of_difference(now, before)))
        assert share_has_changed(now, before) == (not low <= 0 <= high), (now, before)
        told += share_has_changed(now, before)
    assert told > 500


@pytest.mark.parametrize("counts", [(0, 0), (3, 2), (-1, 2)])
def test_no_share_of_nothing(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        of_share(*counts)
