"""The audit's bounds against an attacker who tries every possible number.

The attackers here know the rules of addition and nothing of the audit's code; systems are small
enough to try every number. The promises of a publication are tested in test_audit.py.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np
import polars as pl
import pytest

from assets.disclosure.audit import Promise, audit
from assets.disclosure.inference import reach
from assets.disclosure.inference.bounds import InfeasibleError, Row, tighten, untold, without_fixed
from assets.disclosure.inference.elimination import Determined
from assets.disclosure.inference.parts import Parts
from assets.disclosure.inference.reach import Asked, Reach
from assets.published.tables import published_schema
from assets.vocabulary import vocabulary

# --- Bounds and elimination by themselves -----------------------------------------------

TOP = 7


def drawn_rows(rng: random.Random, unknowns: int) -> list[Row]:
    """Rows with small coefficients, equalities and inequalities, that some point satisfies."""
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


@pytest.mark.parametrize("few", [8, 0])
@pytest.mark.parametrize("seed", range(40))
def test_bounds_are_those_of_brute_force(
    seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds are exact, with each number pushed by itself and with many proved at once."""
    monkeypatch.setattr(reach, "_FEW", few)
    rng = random.Random(seed)
    unknowns, threshold = rng.randint(2, 4), rng.randint(2, 5)
    rows = drawn_rows(rng, unknowns)
    all_points = points(rows, unknowns)
    low, high = all_points.min(axis=0), all_points.max(axis=0)
    lower, upper = np.zeros(unknowns, np.int64), np.full(unknowns, TOP, np.int64)

    outer_low, outer_high = tighten(rows, lower, upper)
    assert (outer_low <= low).all()
    assert (high <= outer_high).all()

    asked = [Asked(((place, 1),)) for place in range(unknowns)]
    pairs = list(combinations(range(unknowns), 2))
    shift = [rng.randint(-TOP, TOP) for _ in pairs]
    asked += [
        Asked(((one, 1), (other, -1)), shift[place], is_difference=True)
        for place, (one, other) in enumerate(pairs)
    ]
    number = [all_points[:, place] for place in range(unknowns)]
    numbers = [
        *number,
        *(number[one] - number[other] + by for (one, other), by in zip(pairs, shift, strict=True)),
    ]
    for one, true, found in zip(asked, numbers, solved(rows, asked, threshold), strict=True):
        low_est, high_est = int(true.min()), int(true.max())
        most = max(high_est, -low_est) if one.is_difference else high_est
        may_be_nobody = one.is_difference and low_est <= 0 <= high_est
        is_safe = (most >= threshold or may_be_nobody) and high_est - low_est >= threshold - 1
        assert found.keeps_promise(threshold) == is_safe
        # Every witness is a point, and if the promise is broken, the bounds are exact.
        assert low_est <= found.low <= found.high <= high_est
        assert is_safe or (found.settled and (found.low, found.high) == (low_est, high_est))

    determined = Determined(rows)
    for place, certain in determined.numbers.items():
        assert {certain} == set(all_points[:, place].tolist())
    for places, certain in determined.sums:
        assert {certain} == set(all_points[:, list(places)].sum(axis=1).tolist())
    for one, true in zip(asked, numbers, strict=True):
        assert determined.value(one.terms) in {None, *(true - one.constant).tolist()}
        assert determined.value(one.terms) is None or true.min() == true.max()


def solved(rows: Sequence[Row], asked: Sequence[Asked], threshold: int) -> list[Reach]:
    unknowns = 1 + max(place for one in asked for place, _ in one.terms)
    lower, upper = np.zeros(unknowns, np.int64), np.full(unknowns, TOP, np.int64)
    together = [one.terms for one in asked]
    parts = Parts(rows, (), lower, upper, years=lower, together=together)
    return parts.judge(asked, threshold)


@pytest.mark.parametrize("seed", range(15))
def test_suppositions_are_admitted_one_beside_another(seed: int) -> None:
    rng = random.Random(f"suppositions {seed}")
    unknowns = 3
    always = drawn_rows(rng, unknowns)
    supposed = [drawn_rows(rng, unknowns)[:1] for _ in range(6)]
    lower, upper = np.zeros(unknowns, np.int64), np.full(unknowns, TOP, np.int64)
    parts = Parts(always, supposed, lower, upper, years=lower)
    admitted: list[int] = []
    for place in range(len(supposed)):
        beside = [row for one in (*admitted, place) for row in supposed[one]]
        if len(points([*always, *beside], unknowns)):
            admitted.append(place)
    # Independent parts are admitted one after another, with the same result.
    assert parts.admitted == admitted


@pytest.mark.parametrize("seed", range(8))
def test_witnesses_of_few_years_are_those_of_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a chain of years, each tied to the next, windows of two prove as much as all of them."""
    monkeypatch.setattr(reach, "_MANY", 0)
    rng = random.Random(f"chain {seed}")
    unknowns = 6
    truth = [rng.randint(0, TOP) for _ in range(unknowns)]
    rows = [
        Row(((one, 1), (one + 1, 1)), truth[one] + truth[one + 1], truth[one] + truth[one + 1])
        for one in rng.sample(range(unknowns - 1), 3)
    ]
    rows += [Row(tuple((one, 1) for one in range(unknowns)), sum(truth), sum(truth) + 3)]
    lower, upper = np.zeros(unknowns, np.int64), np.full(unknowns, TOP, np.int64)
    asked = [Asked(((place, 1),)) for place in range(unknowns)]
    by_year = Parts(rows, (), lower, upper, years=np.arange(unknowns)).judge(asked, 4)
    at_once = Parts(rows, (), lower, upper, years=lower).judge(asked, 4)
    assert [one.keeps_promise(4) for one in by_year] == [one.keeps_promise(4) for one in at_once]


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
    apart = [Row(((0, 1), (1, -1)), 3, 3), Row(((0, 1), (1, 1)), 4, 4)]
    with pytest.raises(InfeasibleError):
        solved(apart, [Asked(((0, 1),)), Asked(((1, 1),))], 5)
    with pytest.raises(InfeasibleError):
        tighten([Row(((0, 1), (1, 1)), 20, 20)], lower, upper)
    with pytest.raises(InfeasibleError):
        without_fixed([Row(((0, 1), (1, 1)), 3, 3)], lower, lower)


def test_elimination_finds_what_several_equations_determine() -> None:
    rows = [
        Row(((0, 1), (1, 1)), 9, 9),
        Row(((1, 1), (2, 1)), 7, 7),
        Row(((0, 1), (2, 1)), 4, 4),
        Row(((3, 1), (4, 1), (0, 1)), 6, 6),
        Row(((5, 1), (6, -1)), 2, 2),
        Row(((7, 1),), 0, None),
    ]
    determined = Determined(rows)
    assert determined.numbers == {0: 3, 1: 6, 2: 1}
    assert {(frozenset(places), number) for places, number in determined.sums} == {
        (frozenset({3, 4}), 3)
    }


# --- A table of categories by gender ----------------------------------------------------

GENDERS = ("female", "male", "unknown")
GROUPS = vocabulary().code_list("target_group").names[:3]
TOTAL = "total"
Cell = tuple[str, str]


def drawn_table(rng: random.Random) -> dict[Cell, int]:
    """Women and men of two or three target groups, with every margin."""
    listed = GROUPS[: rng.randint(2, 3)]
    cells = {(group, "unknown"): 0 for group in listed}
    for group in listed:
        for gender in ("female", "male"):
            cells[group, gender] = rng.choice((0, 1, 2, 3, 5, 6, 8))
    return with_margins(cells)


def with_margins(cells: Mapping[Cell, int]) -> dict[Cell, int]:
    margins: dict[Cell, int] = defaultdict(int)
    for (group, gender), number in cells.items():
        for row, column in product((group, TOTAL), (gender, TOTAL)):
            margins[row, column] += number
    return dict(margins)


def drawn_pattern(rng: random.Random, table: Mapping[Cell, int], threshold: int) -> set[Cell]:
    """Hide small numbers, and some others; never a zero."""
    nonzero = sorted(cell for cell, number in table.items() if number)
    small = {cell for cell in nonzero if table[cell] < threshold}
    more = [cell for cell in nonzero if cell not in small]
    return small | set(rng.sample(more, rng.randint(0, len(more) // 2)))


MOST = 11
"""The largest number that the attacker tries. Two inner numbers sum to at most 16."""


def everything_it_could_be(table: Mapping[Cell, int], hidden: set[Cell]) -> dict[Cell, np.ndarray]:
    """Each cell in every table with the shown numbers and inner hidden numbers from 1 to MOST."""
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
    mart = vocabulary().table("marts.referral_target_groups")
    others = set(vocabulary().categories(mart, mart.column("target_group")) or ()) - {TOTAL}
    everything = dict.fromkeys(product(others, (*GENDERS, TOTAL)), 0) | table
    rows = [
        (2021, *cell, None if cell in hidden else n, "hidden" if cell in hidden else "shown")
        for cell, n in everything.items()
    ]
    frame = pl.DataFrame(rows, published_schema(mart), orient="row")
    found = audit({"referral_target_groups": frame}, threshold, figures=())
    assert not any(
        breach.promise in (Promise.UNPROVED, Promise.CONTRADICTION, Promise.SMALL_SHOWN)
        for breach in found.breaches
    )
    proved = {
        tuple(part.partition("=")[2] for part in breach.where)
        for breach in found.breaches
        if breach.printed and breach.promise not in (Promise.SMALL_SUM, Promise.ZERO)
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
    """Men in two years: active at the end of each, and the flows of the second."""
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
    """With one gender and no participants printed, only the flow ties the years."""
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
    found = audit({"gender_split": pl.DataFrame(rows, columns, orient="row")}, 5, figures=())
    proved = {
        (breach.year, breach.where[0].partition("=")[2])
        for breach in found.breaches
        if breach.printed and breach.promise not in (Promise.SMALL_SUM, Promise.ZERO)
    }
    assert proved == unsafe


# --- Persons who stay from one year to the next -------------------------------------------

LEVELS = ("a1", "a2")


def two_years(rng: random.Random) -> tuple[dict[tuple[int, str], int], int]:
    """Participants by two levels of Norwegian in two years, and the number of all who stayed."""
    stay = {level: rng.randint(0, 6) for level in LEVELS}
    numbers = {
        (year, level): stay[level] + rng.choice((0, 1, 3, 5, 6))
        for year in (2020, 2021)
        for level in LEVELS
    }
    return numbers, sum(stay.values())


def could_be_of_two_years(
    numbers: Mapping[tuple[int, str], int], active: int, hidden: set[tuple[int, str]]
) -> dict[tuple[int, str], set[int]]:
    """The possible values of each number, with the totals and the number active between known."""
    possible: dict[tuple[int, str], set[int]] = defaultdict(set)
    totals = {year: sum(n for (of, _), n in numbers.items() if of == year) for year in (2020, 2021)}
    for first, second in product(range(totals[2020] + 1), range(totals[2021] + 1)):
        point = {
            (2020, "a1"): first,
            (2020, "a2"): totals[2020] - first,
            (2021, "a1"): second,
            (2021, "a2"): totals[2021] - second,
        }
        if any(point[key] < 1 if key in hidden else point[key] != n for key, n in numbers.items()):
            continue
        # At most the smaller number of each level can stay, and all who were active must.
        if sum(min(point[2020, level], point[2021, level]) for level in LEVELS) >= active:
            for key, number in point.items():
                possible[key].add(number)
    return possible


@pytest.mark.parametrize("seed", range(40))
def test_who_stays_is_as_brute_force_finds(seed: int) -> None:
    rng = random.Random(f"stays {seed}")
    numbers, active = two_years(rng)
    year = rng.choice((2020, 2021))
    hidden = {(year, level) for level in LEVELS}
    if not all(numbers[key] for key in hidden):
        hidden = set()
    could_be = could_be_of_two_years(numbers, active, hidden)
    unsafe = {
        key
        for key in hidden
        if max(could_be[key]) < 5 or max(could_be[key]) - min(could_be[key]) < 4
    }
    mart = vocabulary().table("marts.participant_background")
    listed = vocabulary().categories_by(mart, mart.column("value"))["norwegian_level"]
    everything = {(of, level): 0 for of in (2020, 2021) for level in listed} | numbers
    for of in (2020, 2021):
        everything[of, TOTAL] = sum(n for (one, _), n in numbers.items() if one == of)
    rows = [
        (
            of,
            "norwegian_level",
            level,
            TOTAL,
            *((None, "hidden") if key in hidden else (n, "shown")),
        )
        for key, n in everything.items()
        for of, level in [key]
    ]
    end = [(2020, "active_at_year_end", TOTAL, active, "shown")]
    tables = {
        "participant_background": pl.DataFrame(rows, published_schema(mart), orient="row"),
        "gender_split": pl.DataFrame(
            end, published_schema(vocabulary().table("marts.gender_split")), orient="row"
        ),
    }
    found = audit(tables, 5, ties={}, figures=())
    proved = {
        (breach.year, breach.where[1].partition("=")[2])
        for breach in found.breaches
        if breach.printed
        and breach.table == "participant_background"
        and breach.promise in (Promise.CERTAIN, Promise.NARROW, Promise.BELOW_THRESHOLD)
    }
    assert proved == unsafe


def test_brute_force_itself_finds_what_a_margin_leaves() -> None:
    table = with_margins(
        {
            (GROUPS[0], "female"): 2,
            (GROUPS[0], "male"): 5,
            (GROUPS[1], "female"): 6,
            (GROUPS[1], "male"): 7,
        }
    )
    could_be = everything_it_could_be(table, {(GROUPS[0], "female"), (GROUPS[0], "male")})
    assert could_be[GROUPS[0], "female"].tolist() == [2]
    could_be = everything_it_could_be(
        table, {(GROUPS[0], "female"), (GROUPS[0], "male"), (GROUPS[0], TOTAL)}
    )
    assert could_be[GROUPS[0], "male"].tolist() == [5]
    square = set(product((GROUPS[0], GROUPS[1]), ("female", "male")))
    could_be = everything_it_could_be(table, square)
    assert could_be[GROUPS[0], "female"].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_number_across_two_parts_is_never_judged_in_one_of_them() -> None:
    """Whoever asks for a sum says so first, or the other part would count as certain."""
    rows = [Row(((0, 1), (1, 1)), 5, 5), Row(((2, 1), (3, 1)), 5, 5)]
    lower, upper = np.zeros(4, np.int64), np.full(4, TOP, np.int64)
    across = Asked(((0, 1), (2, 1)))
    with pytest.raises(ValueError, match="named in `together`"):
        Parts(rows, (), lower, upper, years=lower).judge([across], 20)
    parts = Parts(rows, (), lower, upper, years=lower, together=[across.terms])
    (found,) = parts.judge([across], 20)
    assert (found.low, found.high, found.settled) == (0, 10, True)
