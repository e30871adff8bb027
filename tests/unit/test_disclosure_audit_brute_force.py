"""The audit's bounds against an attacker who tries every number there could be.

The attackers here know the rules of addition and nothing of the audit's code; systems are small
enough to be tried whole. What a publication may not say is tried in test_disclosure_audit.py.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import polars as pl
import pytest

from assets.published.audit import Promise, audit
from assets.published.audit.bounds import InfeasibleError, Row, ranges, tighten, untold
from assets.published.audit.elimination import eliminate
from assets.published.tables import published_schema
from assets.vocabulary import vocabulary

# --- Bounds and elimination by themselves -----------------------------------------------

TOP = 7


def drawn_rows(rng: random.Random, unknowns: int) -> list[Row]:
    """Rows that some point satisfies, equalities and inequalities, of small coefficients."""
    truth = [rng.randint(0, TOP) for _ in range(unknowns)]
    rows = []
    for _ in range(rng.randint(1, unknowns)):
        chosen = rng.sample(range(unknowns), rng.randint(1, unknowns))
        terms = tuple((place, rng.choice((1, 1, 1, -1, 2))) for place in chosen)
        total = sum(c * truth[place] for place, c in terms)
        low, high = rng.choice([(total, total), (total, total), (None, total), (total - 1, None)])
        rows.append(Row(terms, low, high))
    return rows


def points(rows: Sequence[Row], unknowns: int) -> np.ndarray:
    """Every point between 0 and TOP that satisfies the rows."""
    found = [
        point
        for point in product(range(TOP + 1), repeat=unknowns)
        if all(
            (row.low is None or sum(c * point[i] for i, c in row.terms) >= row.low)
            and (row.high is None or sum(c * point[i] for i, c in row.terms) <= row.high)
            for row in rows
        )
    ]
    return np.array(found, np.int64)


@pytest.mark.parametrize("seed", range(40))
def test_bounds_are_those_of_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    unknowns, threshold = rng.randint(2, 4), rng.randint(2, 5)
    rows = drawn_rows(rng, unknowns)
    all_points = points(rows, unknowns)
    low, high = all_points.min(axis=0), all_points.max(axis=0)
    lower, upper = np.zeros(unknowns, np.int64), np.full(unknowns, TOP, np.int64)

    outer_low, outer_high = tighten(rows, lower, upper)
    assert (outer_low <= low).all()
    assert (high <= outer_high).all()

    found = ranges(rows, lower, upper, np.ones(unknowns, np.bool_), threshold)
    is_safe = (high >= threshold) & (high - low >= threshold - 1)
    assert (found.keep_promise(threshold) == is_safe).all()
    # Every witness is a point, and where the promise is broken the bounds are exact.
    assert (found.low >= low).all()
    assert (found.high <= high).all()
    assert found.settled[~is_safe].all()
    assert (found.low[~is_safe] == low[~is_safe]).all()
    assert (found.high[~is_safe] == high[~is_safe]).all()

    determined = eliminate(rows)
    for place, number in determined.numbers.items():
        assert {number} == set(all_points[:, place].tolist())
    for places, number in determined.sums:
        assert {number} == set(all_points[:, list(places)].sum(axis=1).tolist())


def test_parts_of_which_nothing_is_told() -> None:
    rows = [
        Row(((0, 1), (1, -1), (2, -1)), 0, 0),
        Row(((3, 1), (4, -1)), 0, None),
        Row(((5, 1), (6, -1)), 0, 0),
        Row(((6, 1), (7, 1)), 9, 9),
        Row(((8, 1), (9, -1)), 1, None),
    ]
    lower = np.zeros(10, np.int64)
    free = [True] * 3 + [True] * 2 + [False] * 3 + [False] * 2
    assert untold(rows, lower).tolist() == free
    lower[4] = 1
    assert untold(rows, lower).tolist() == [True] * 3 + [False] * 7


def test_bounds_say_when_there_is_no_point() -> None:
    lower, upper = np.zeros(2, np.int64), np.full(2, TOP, np.int64)
    asked = np.ones(2, np.bool_)
    apart = [Row(((0, 1), (1, -1)), 3, 3), Row(((0, 1), (1, 1)), 4, 4)]
    with pytest.raises(InfeasibleError):
        ranges(apart, lower, upper, asked, 5)
    with pytest.raises(InfeasibleError):
        tighten([Row(((0, 1), (1, 1)), 20, 20)], lower, upper)


def test_elimination_finds_what_several_equations_determine() -> None:
    rows = [
        Row(((0, 1), (1, 1)), 9, 9),
        Row(((1, 1), (2, 1)), 7, 7),
        Row(((0, 1), (2, 1)), 4, 4),
        Row(((3, 1), (4, 1), (0, 1)), 6, 6),
        Row(((5, 1), (6, -1)), 2, 2),
        Row(((7, 1),), 0, None),
    ]
    determined = eliminate(rows)
    assert determined.numbers == {0: 3, 1: 6, 2: 1}
    assert {(frozenset(places), number) for places, number in determined.sums} == {
        (frozenset({3, 4}), 3)
    }


# --- A table of categories by gender ----------------------------------------------------

GENDERS = ("female", "male", "unknown")
COUNTRIES = ("SO", "SY", "AF")
TOTAL = "total"
Cell = tuple[str, str]


def drawn_table(rng: random.Random) -> dict[Cell, int]:
    """Women and men of two or three countries, and every margin."""
    listed = COUNTRIES[: rng.randint(2, 3)]
    cells = {(country, "unknown"): 0 for country in listed}
    for country in listed:
        for gender in ("female", "male"):
            cells[country, gender] = rng.choice((0, 1, 2, 3, 5, 6, 8))
    return with_margins(cells)


def with_margins(cells: Mapping[Cell, int]) -> dict[Cell, int]:
    margins: dict[Cell, int] = defaultdict(int)
    for (country, gender), number in cells.items():
        for row, column in product((country, TOTAL), (gender, TOTAL)):
            margins[row, column] += number
    return dict(margins)


def drawn_pattern(rng: random.Random, table: Mapping[Cell, int], threshold: int) -> set[Cell]:
    """Hide what is small, and some more; never a zero."""
    nonzero = sorted(cell for cell, number in table.items() if number)
    small = {cell for cell in nonzero if table[cell] < threshold}
    more = [cell for cell in nonzero if cell not in small]
    return small | set(rng.sample(more, rng.randint(0, len(more) // 2)))


MOST = 11
"""The most that the attacker tries. Two inner numbers sum to 16 at most, so each has room enough."""


def everything_it_could_be(table: Mapping[Cell, int], hidden: set[Cell]) -> dict[Cell, np.ndarray]:
    """Each cell in every table with the shown numbers, hidden ones inside being 1 to MOST."""
    inner = [cell for cell in table if TOTAL not in cell]
    secret = [cell for cell in inner if cell in hidden]
    tries = np.indices((MOST,) * len(secret), np.int8).reshape(len(secret), MOST ** len(secret)) + 1
    numbers = {cell: np.full(tries.shape[1], table[cell], np.int8) for cell in inner}
    numbers |= dict(zip(secret, tries, strict=True))
    fits = np.ones(tries.shape[1], np.bool_)
    margins = {}
    for row, column in (cell for cell in table if TOTAL in cell):
        parts = [n for (r, c), n in numbers.items() if row in (r, TOTAL) and column in (c, TOTAL)]
        margins[row, column] = np.sum(parts, axis=0)
        if (row, column) not in hidden:
            fits &= margins[row, column] == table[row, column]
    return {cell: number[fits] for cell, number in (numbers | margins).items()}


@pytest.mark.parametrize("seed", range(60))
def test_breaches_are_those_that_brute_force_finds(seed: int) -> None:
    rng = random.Random(f"table {seed}")
    threshold = rng.choice((3, 4, 5))
    table = drawn_table(rng)
    hidden = drawn_pattern(rng, table, threshold)
    could_be = everything_it_could_be(table, hidden)
    unsafe = {
        cell
        for cell in hidden
        if could_be[cell].max() < threshold
        or could_be[cell].max() - could_be[cell].min() < threshold - 1
    }
    rows = [
        (2021, *cell, None if cell in hidden else n, "hidden" if cell in hidden else "shown")
        for cell, n in table.items()
    ]
    columns = published_schema(vocabulary().table("marts.country_of_origin"))
    frame = pl.DataFrame(rows, columns, orient="row")
    found = audit({"country_of_origin": frame}, threshold)
    assert not any(
        breach.promise in (Promise.UNPROVED, Promise.CONTRADICTION, Promise.SMALL_SHOWN)
        for breach in found.breaches
    )
    proved = {
        tuple(part.partition("=")[2] for part in breach.where)
        for breach in found.breaches
        if breach.printed and breach.promise is not Promise.SMALL_SUM
    }
    assert proved == unsafe
    summed = {
        tuple(part.partition("=")[2] for part in breach.where)
        for breach in found.breaches
        if breach.printed and breach.promise is Promise.SMALL_SUM
    }
    assert summed <= unsafe


# --- A stock and its flows --------------------------------------------------------------

FLOWS = ("started", "planned_exits", "dropouts")


def stock(rng: random.Random) -> dict[tuple[int, str], int]:
    """Men of two years: active at the end of each, and what came and went in the second."""
    before, started = rng.randint(5, 9), rng.choice((0, 2, 6, 7))
    planned = rng.choice((0, 1, 2, 3))
    dropouts = rng.choice((0, 1, 2))
    return {
        (2020, "active_at_year_end"): before,
        (2021, "active_at_year_end"): before + started - planned - dropouts,
        (2021, "started"): started,
        (2021, "planned_exits"): planned,
        (2021, "dropouts"): dropouts,
    }


@pytest.mark.parametrize("seed", range(25))
def test_years_are_as_brute_force_finds(seed: int) -> None:
    """One gender, no participants printed: the only thing that ties is the flow."""
    rng = random.Random(f"stock {seed}")
    numbers = stock(rng)
    hidden = {key for key, n in numbers.items() if 0 < n < 5}
    hidden |= set(rng.sample(sorted(k for k, n in numbers.items() if n), 1))
    keys = list(numbers)
    top = 24
    choices = [range(1, top + 1) if key in hidden else (numbers[key],) for key in keys]
    before, after, started, planned, dropouts = range(5)
    could_be = [
        point
        for point in product(*choices)
        if point[after] == point[before] + point[started] - point[planned] - point[dropouts]
    ]
    unsafe = set()
    for place, key in enumerate(keys):
        seen = {point[place] for point in could_be}
        if key in hidden and (max(seen) < 5 or max(seen) - min(seen) < 4):
            unsafe.add(key)
    rows = [
        (year, name, gender, n, "shown" if n is not None else "hidden")
        for (year, name), number in numbers.items()
        for gender in (*GENDERS, TOTAL)
        for n in [
            0 if gender in ("female", "unknown") else None if (year, name) in hidden else number
        ]
    ]
    columns = published_schema(vocabulary().table("marts.gender_split"))
    found = audit({"gender_split": pl.DataFrame(rows, columns, orient="row")}, 5)
    proved = {
        (breach.year, breach.where[0].partition("=")[2])
        for breach in found.breaches
        if breach.printed and breach.promise is not Promise.SMALL_SUM
    }
    assert proved == unsafe


def test_brute_force_itself_finds_what_a_margin_leaves() -> None:
    table = with_margins(
        {("SO", "female"): 2, ("SO", "male"): 5, ("SY", "female"): 6, ("SY", "male"): 7}
    )
    could_be = everything_it_could_be(table, {("SO", "female"), ("SO", "male")})
    assert could_be["SO", "female"].tolist() == [2]
    could_be = everything_it_could_be(table, {("SO", "female"), ("SO", "male"), ("SO", TOTAL)})
    assert could_be["SO", "male"].tolist() == [5]
    square = set(product(("SO", "SY"), ("female", "male")))
    could_be = everything_it_could_be(table, square)
    assert could_be["SO", "female"].tolist() == [1, 2, 3, 4, 5, 6]
