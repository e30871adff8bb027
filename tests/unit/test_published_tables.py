"""The published twin of a mart: complete, with margins that add up, in order, all shown."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import polars as pl
import pytest

from assets.published.tables import published, published_schema
from assets.vocabulary import TOTAL, Table, vocabulary
from assets.vocabulary.polars_schema import schema

MARTS = vocabulary().layer("marts")
COUNTS = [table for table in MARTS if table.is_count]
LONG = [table for table in MARTS if not table.is_count]
YEARS = [2020, 2021]
OPEN_LISTS: dict[str, list[Any]] = {
    "country": ["SO", "XX", "AF"],
    "project": ["Broen", "Andre veier"],
    "month": [1, 2, 12],
}
"""Dimensions that are listed by what there is, not whole."""


def name_of(table: Table) -> str:
    return table.name


def combinations(table: Table) -> Iterator[tuple[Any, ...]]:
    """Every combination of categories of the mart's dimensions, year first."""
    listed = [OPEN_LISTS.get(name) or categories(table, name) for name in table.dimensions]
    for cells in product(YEARS, *listed):
        by: dict[str, Any] = dict(zip(table.dimensions, cells[1:], strict=True))
        if "breakdown" not in by or by["value"] in project_codes(by["breakdown"]):
            yield cells


def categories(table: Table, name: str) -> Sequence[str]:
    return vocabulary().categories(table, table.column(name)) or ()


def project_codes(breakdown: str) -> tuple[str, ...]:
    entry = vocabulary().code_list("project_breakdown")[breakdown]
    return vocabulary().code_list(entry.attributes["codes"]).names


def mart(table: Table, share: float = 0.5, seed: int = 1) -> pl.DataFrame:
    """A mart with some of its rows, in random order, with random numbers."""
    rng = random.Random(f"{table.name} {seed}")
    rows = [cells for cells in combinations(table) if rng.random() < share]
    rng.shuffle(rows)
    numbers = [tuple(rng.randint(1, 90) for _ in table.measures) for _ in rows]
    cells = [
        key + tuple(n / 100 if table.column(m).type == "share" else n for n, m in zip(values, table.measures, strict=True))
        for key, values in zip(rows, numbers, strict=True)
    ]  # fmt: skip
    return pl.DataFrame(cells, schema(table), orient="row")


@pytest.mark.parametrize("table", MARTS, ids=name_of)
def test_columns_types_and_status(table: Table) -> None:
    frame = published(table, mart(table, 1.0), YEARS)
    assert frame.schema == published_schema(table)
    assert frame["status"].unique().to_list() == ["shown"]
    numbers = ["n", "status"] if table.is_count else ["measure", "value", "status"]
    assert frame.columns == ["year", *table.dimensions, *numbers]


@pytest.mark.parametrize("table", COUNTS, ids=name_of)
@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_every_combination_of_listed_categories_stands_there_once(
    table: Table, share: float
) -> None:
    given = mart(table, share)
    frame = published(table, given, YEARS)
    index = ["year", *table.dimensions]
    assert frame.select(index).is_unique().all()
    assert frame["n"].null_count() == 0
    inner = frame.filter(pl.all_horizontal(pl.col(index).cast(pl.String) != TOTAL))
    for name in table.dimensions:
        expected = set(OPEN_LISTS.get(name) or categories(table, name)) - {TOTAL}
        if name in OPEN_LISTS:
            expected = set(given[name])
        assert set(inner[name]) == expected if inner.height else not given.height
    # What was counted is unchanged, and what nobody counted is 0.
    assert inner.join(given, on=[*index, "n"], how="semi").height == given.height
    assert inner["n"].sum() == given["n"].sum()
    closed = [name for name in table.dimensions if name not in (*OPEN_LISTS, "value")]
    if len(closed) == len(table.dimensions):
        assert inner.height == len(list(combinations(table)))


@pytest.mark.parametrize("table", COUNTS, ids=name_of)
def test_margins_are_the_sum_of_what_they_leave_out(table: Table) -> None:
    frame = published(table, mart(table), YEARS)
    for name in table.dimensions:
        totals = frame.filter(pl.col(name).cast(pl.String) == TOTAL)
        if name not in table.margins:
            assert totals.height == 0
            continue
        others = [other for other in ("year", *table.dimensions) if other != name]
        summed = (
            frame.filter(pl.col(name) != TOTAL).group_by(others).agg(pl.col("n").sum().alias("sum"))
        )
        both = totals.join(summed, on=others, how="full", coalesce=True, nulls_equal=True)
        assert both.height == totals.height > 0
        assert (both["n"] == both["sum"]).all()


@pytest.mark.parametrize("table", COUNTS, ids=name_of)
def test_categories_stand_in_the_order_of_the_vocabulary_with_totals_last(table: Table) -> None:
    frame = published(table, mart(table), YEARS)
    first, *_ = (name for name in table.dimensions if name not in OPEN_LISTS)
    listed = [code for code in categories(table, first) if code != TOTAL]
    order = [code for code in (*listed, TOTAL) if code in set(frame[first])]
    others = [name for name in ("year", *table.dimensions) if name != first]
    for _, part in frame.group_by(others):
        found = part[first].to_list()
        assert found == [code for code in order if code in found]
    assert frame["year"].is_sorted()


@pytest.mark.parametrize("table", MARTS, ids=name_of)
def test_order_of_the_mart_makes_no_difference(table: Table) -> None:
    given = mart(table)
    shuffled = given.sample(fraction=1, shuffle=True, seed=3)
    assert published(table, shuffled, YEARS).equals(published(table, given, YEARS))


@pytest.mark.parametrize("table", LONG, ids=name_of)
def test_long_tables_give_each_measure_a_row_in_the_order_declared(table: Table) -> None:
    given = mart(table)
    frame = published(table, given, YEARS)
    index = ["year", *table.dimensions]
    for key, part in frame.group_by(index, maintain_order=True):
        assert part["measure"].to_list() == list(table.measures)
        (row,) = given.filter(
            pl.all_horizontal(pl.col(n) == v for n, v in zip(index, key, strict=True))
        ).to_dicts()
        assert part["value"].to_list() == [float(row[measure]) for measure in table.measures]
    assert frame.height == given.height * len(table.measures)


def test_number_that_cannot_be_told_stays_null_and_shown() -> None:
    table = vocabulary().table("marts.target_attainment")
    given = pl.DataFrame([(2021, "work", 0.6, 0, 0, None)], schema(table), orient="row")
    frame = published(table, given, [2021])
    assert frame.select("measure", "value", "status").rows() == [
        ("target_share", 0.6, "shown"),
        ("n", 0.0, "shown"),
        ("base", 0.0, "shown"),
        ("actual_share", None, "shown"),
    ]


def test_year_in_which_nothing_happened_is_a_year_of_zeros() -> None:
    table = vocabulary().table("marts.exit_outcomes")
    frame = published(table, schema(table).to_frame(), [2021])
    outcomes, genders = (vocabulary().code_list(name).names for name in ("outcome", "gender"))
    assert frame.height == (len(outcomes) + 1) * (len(genders) + 1)
    assert set(frame["n"]) == {0}


def test_countries_and_projects_are_listed_by_year() -> None:
    table = vocabulary().table("marts.country_of_origin")
    rows = [(2020, "SO", "female", 3), (2021, "SY", "male", 2)]
    frame = published(table, pl.DataFrame(rows, schema(table), orient="row"), YEARS)
    listed = (
        frame.filter(pl.col("country") != TOTAL).select("year", "country").unique().sort("year")
    )
    assert listed.rows() == [(2020, "SO"), (2021, "SY")]
    assert frame.filter(country=TOTAL, gender=TOTAL)["n"].to_list() == [3, 2]
