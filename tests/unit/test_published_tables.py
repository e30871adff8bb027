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

LISTS = [table for table in vocabulary().layer("marts") if table.is_list]
MARTS = [table for table in vocabulary().layer("marts") if not table.is_list]
COUNTS = [table for table in MARTS if table.is_count]
LONG = [table for table in MARTS if not table.is_count]
YEARS = [2020, 2021]
OPEN_LISTS: dict[str, list[Any]] = {
    "country": ["SO", "XX", "AF"],
    "project": ["Broen", "Andre veier"],
    "month": [1, 2, 12],
    "quarter": [1, 4],
    "months_since_start": [0, 1, 17],
    "wave": ["Vår 2021", "Andre runde"],
}
"""Dimensions that are listed by what there is, not whole."""
TOOK_PART = {
    "population": ["participants"], "country": ["SO", "XX"], "band": ["25_34"],
    "norwegian_level": ["a2", "unknown"], "education": ["primary"], "activity": ["mentor"],
}  # fmt: skip
"""The values of each breakdown of the mart took_part, listed by what there is too."""


def name_of(table: Table) -> str:
    return table.name


def combinations(table: Table) -> Iterator[tuple[Any, ...]]:
    """Every combination of categories of the mart's dimensions, year first."""
    listed = [OPEN_LISTS.get(name) or categories(table, name) for name in table.dimensions]
    for cells in product(YEARS, *listed):
        by: dict[str, Any] = dict(zip(table.dimensions, cells[1:], strict=True))
        if "breakdown" not in by or by["value"] in categories_by(table, by["breakdown"]):
            yield cells


def is_open(table: Table, name: str) -> bool:
    """Whether the categories of a dimension are listed by what there is."""
    return name in OPEN_LISTS or (table.name == "took_part" and name != "gender")


def categories(table: Table, name: str) -> Sequence[str]:
    if (table.name, name) == ("took_part", "value"):
        return [value for values in TOOK_PART.values() for value in values]
    return vocabulary().categories(table, table.column(name)) or ()


def categories_by(table: Table, breakdown: str) -> Sequence[str]:
    if table.name == "took_part":
        return TOOK_PART[breakdown]
    return vocabulary().categories_by(table, table.column("value"))[breakdown]


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
    dimensions = [table.published_name(name) for name in table.dimensions]
    assert frame.columns == ["year", *dimensions, *numbers]


@pytest.mark.parametrize("table", COUNTS, ids=name_of)
@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_every_combination_of_listed_categories_stands_there_once(
    table: Table, share: float
) -> None:
    given = mart(table, share)
    frame = counts_of(table, published(table, given, YEARS))
    index = ["year", *table.dimensions]
    assert frame.select(index).is_unique().all()
    assert frame["n"].null_count() == 0
    inner = frame.filter(pl.all_horizontal(pl.col(index).cast(pl.String) != TOTAL))
    for name in table.dimensions:
        expected = set(OPEN_LISTS.get(name) or categories(table, name)) - {TOTAL}
        if is_open(table, name):
            expected = set(given[name])
        assert set(inner[name]) == expected if inner.height else not given.height
    # What was counted is unchanged, and what nobody counted is 0.
    assert inner.join(given, on=[*index, "n"], how="semi").height == given.height
    assert inner["n"].sum() == given["n"].sum()
    if not any(is_open(table, name) for name in table.dimensions):
        assert inner.height == len(list(combinations(table)))


def counts_of(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Published counts under the names of the mart's columns, without the status of the numbers."""
    names = {table.published_name(name): name for name in table.dimensions}
    return frame.drop("status").rename(names)


@pytest.mark.parametrize("table", COUNTS, ids=name_of)
def test_margins_are_the_sum_of_what_they_leave_out(table: Table) -> None:
    frame = counts_of(table, published(table, mart(table), YEARS))
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
    frame = counts_of(table, published(table, mart(table), YEARS))
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


# --- The monthly form, exits to work, and what is printed -------------------------------


def test_month_of_the_form_is_complete_for_each_gender_and_together() -> None:
    table = vocabulary().table("marts.monthly_form")
    rows = [
        (2021, 3, "month", "outcome", "A", "female", 2),
        (2021, 3, "year_to_date", "outcome", "A", "female", 5),
        (2021, 3, "year_to_date", "outcome", "A", "male", 1),
    ]
    frame = published(table, pl.DataFrame(rows, schema(table), orient="row"), [2021])
    lines, outcomes = (vocabulary().code_list(name).names for name in ("form_line", "outcome"))
    genders = [*vocabulary().code_list("gender").names, TOTAL]
    for period in ("month", "year_to_date"):
        form = frame.filter(month=3, period=period)
        assert form.select("breakdown", "value", "gender").rows() == [
            *(("counts", line, gender) for line in lines for gender in genders),
            *(("outcome", outcome, gender) for outcome in outcomes for gender in genders),
        ]
        assert form["n"].sum() == 2 * sum(n for _, _, which, *_, n in rows if which == period)
    both = frame.filter(value="A", gender=TOTAL).select("period", "n").rows()
    assert both == [("month", 2), ("year_to_date", 6)]
    assert set(frame["month"]) == {3}
    # Lines are no parts of one whole.
    assert TOTAL not in frame["value"]


def test_exits_to_work_hold_what_is_not_recorded_and_a_total_for_each_breakdown() -> None:
    table = vocabulary().table("marts.work_exits")
    rows = [
        (2021, "industry", "retail", 3), (2021, "industry", "unknown", 2),
        (2021, "position", "full_time", 1), (2021, "position", "unknown", 4),
        (2021, "wage_subsidy", "unknown", 5),
    ]  # fmt: skip
    frame = published(table, pl.DataFrame(rows, schema(table), orient="row"), YEARS)
    for breakdown, codes in (
        ("industry", "industry"), ("position", "position_band"), ("wage_subsidy", "yes_no_unknown"),
    ):  # fmt: skip
        listed = dict.fromkeys([*vocabulary().code_list(codes).names, "unknown", TOTAL])
        found = frame.filter(year=2021, breakdown=breakdown)
        assert found["value"].to_list() == list(listed)
        assert found.filter(value=TOTAL)["n"].to_list() == [5]
        assert frame.filter(year=2020, breakdown=breakdown)["n"].to_list() == [0] * len(listed)
    assert frame.filter(year=2021, value="unknown")["n"].to_list() == [2, 4, 5]


def test_background_has_a_total_for_each_breakdown_and_gender() -> None:
    table = vocabulary().table("marts.participant_background")
    rows = [
        (2021, "norwegian_level", "a2", "female", 3), (2021, "norwegian_level", "unknown", "male", 1),
        (2021, "education", "unknown", "female", 3), (2021, "education", "primary", "male", 1),
    ]  # fmt: skip
    frame = published(table, pl.DataFrame(rows, schema(table), orient="row"), [2021])
    for breakdown in ("norwegian_level", "education"):
        values = frame.filter(breakdown=breakdown, gender=TOTAL)["value"].to_list()
        assert values == [*vocabulary().code_list(breakdown).names, "unknown", TOTAL]
        totals = frame.filter(breakdown=breakdown, value=TOTAL).select("gender", "n")
        assert dict(totals.iter_rows()) == {"female": 3, "male": 1, "unknown": 0, TOTAL: 4}


@pytest.mark.parametrize("table", LISTS, ids=name_of)
def test_list_is_published_as_it_is_in_the_order_of_its_key(table: Table) -> None:
    listed = schema(table)
    text = pl.String()
    rows = [
        {
            name: year if name == "year" else (f"{name} {n}" if kind == text else n / 2)
            for name, kind in listed.items()
        }
        for year, n in ((2021, 2), (2020, 3), (2021, 1))
    ]
    given = pl.DataFrame(rows, listed).with_columns(derived=pl.lit(None, pl.Float64))
    frame = published(table, given.select(reversed(given.columns)), YEARS)
    assert frame.schema == published_schema(table) == listed
    assert frame.equals(given.sort(table.key))
    assert [year for year, *_ in frame.iter_rows()] == [2020, 2021, 2021]


def test_comparison_is_a_list_and_no_other_mart_is() -> None:
    assert [table.name for table in LISTS] == ["printed_comparison"]
    assert "n" not in published_schema(LISTS[0])
    (status,) = [column for column in LISTS[0].columns if column.name == "status"]
    assert "shown" not in (vocabulary().categories(LISTS[0], status) or ())


@pytest.mark.parametrize("table", LISTS, ids=name_of)
def test_year_without_a_report_has_an_empty_list(table: Table) -> None:
    frame = published(table, schema(table).to_frame(), [2020])
    assert (frame.height, frame.schema) == (0, schema(table))
