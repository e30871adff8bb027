"""The views that show a mart beside the year before: what stands in them, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from assets.vocabulary import Table, ddl, vocabulary

MARTS = [table for table in vocabulary().layer("marts") if not table.is_list]


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in ddl.create_warehouse(vocabulary()):
        connection.execute(statement)
    return connection


@pytest.fixture
def warehouse(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse of 2019 to 2022: whatever happened or not, the years have key figures."""
    empty.execute("begin")
    for year in range(2019, 2023):
        empty.execute("insert into marts.key_figures values (?, 'referrals', 0)", [year])
    yield empty
    empty.execute("rollback")


def lines(warehouse: duckdb.DuckDBPyConnection, mart: str, *rows: tuple[Any, ...]) -> list[Any]:
    """Put rows into a mart, and return its lines beside the year before."""
    places = ", ".join("?" * len(rows[0]))
    warehouse.executemany(f"insert into marts.{mart} values ({places})", rows)
    return warehouse.execute(f"from year_over_year.{mart} order by all").fetchall()


@pytest.mark.parametrize("table", MARTS, ids=lambda table: table.name)
def test_every_mart_has_its_view_with_three_columns_for_each_measure(
    empty: duckdb.DuckDBPyConnection, table: Table
) -> None:
    columns = empty.execute(f"describe year_over_year.{table.name}").fetchall()
    assert [name for name, *_ in columns] == [
        "year",
        *table.dimensions,
        *(
            name
            for measure in table.measures
            for name in (measure, f"{measure}_year_before", f"{measure}_change")
        ),
    ]
    types = {name: kind for name, kind, *_ in columns}
    for measure in table.measures:
        kind = ddl.DUCKDB_TYPES[table.column(measure).type]
        assert {types[measure], types[f"{measure}_year_before"]} == {kind}
    assert empty.execute(f"from year_over_year.{table.name}").fetchall() == []


def test_list_has_no_view_and_every_view_says_what_it_is(empty: duckdb.DuckDBPyConnection) -> None:
    said = dict(
        empty.execute(
            "select view_name, comment from duckdb_views() where schema_name = 'year_over_year'"
        ).fetchall()
    )
    assert set(said) == {table.name for table in MARTS}
    assert all(said[table.name].startswith(table.description) for table in MARTS)


def test_line_stands_beside_the_same_line_of_the_year_before(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert lines(
        warehouse, "exit_outcomes", (2019, "A", "female", 3), (2020, "A", "female", 5),
        (2021, "A", "female", 4), (2022, "A", "female", 4),
    ) == [
        (2019, "A", "female", 3, None, None), (2020, "A", "female", 5, 3, 2),
        (2021, "A", "female", 4, 5, -1), (2022, "A", "female", 4, 4, 0),
    ]  # fmt: skip


def test_line_that_one_of_the_years_lacks_counts_as_0(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        (2019, "A", "female", 3), (2020, "UT", "female", 2), (2021, "A", "male", 1),
        (2022, "A", "male", 0),
    ]  # fmt: skip
    assert lines(warehouse, "exit_outcomes", *rows) == [
        (2019, "A", "female", 3, None, None),
        (2020, "A", "female", 0, 3, -3), (2020, "UT", "female", 2, 0, 2),
        (2021, "A", "male", 1, 0, 1), (2021, "UT", "female", 0, 2, -2),
        (2022, "A", "male", 0, 1, -1),
    ]  # fmt: skip


def test_year_in_which_nothing_was_counted_is_a_year_of_zeros(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = [(2020, "moved_abroad", "female", 3), (2022, "moved_abroad", "female", 1)]
    assert lines(warehouse, "dropout_reasons", *rows) == [
        (2020, "moved_abroad", "female", 3, 0, 3),
        (2021, "moved_abroad", "female", 0, 3, -3),
        (2022, "moved_abroad", "female", 1, 0, 1),
    ]


def test_number_that_is_no_count_has_no_change_where_one_year_lacks_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = lines(
        warehouse, "target_attainment", (2019, "work", 0.6, 0, 0, None),
        (2020, "work", 0.6, 3, 4, 0.75), (2021, "work", 0.6, 1, 4, 0.25),
    )  # fmt: skip
    shares = [(year, *columns[-3:]) for year, *columns in found]
    assert shares[:3] == [
        (2019, None, None, None), (2020, 0.75, None, None), (2021, 0.25, 0.75, -0.5),
    ]  # fmt: skip
    counts = [tuple(columns[5:8]) for columns in found]
    assert counts[:3] == [(0, None, None), (3, 0, 3), (1, 3, -2)]


def test_mart_of_one_line_a_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = lines(warehouse, "savings", (2020, 2_500_000.0, 2_400_000.0), (2021, 5e6, None))
    assert found[:2] == [
        (2020, 2_500_000.0, None, None, 2_400_000.0, None, None),
        (2021, 5_000_000.0, 2_500_000.0, 2_500_000.0, None, 2_400_000.0, None),
    ]


def test_months_stand_beside_the_same_month(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = [(2020, 2, 7, 1, 0, 0, 0), (2021, 1, 8, 1, 0, 0, 0), (2021, 2, 9, 1, 0, 0, 0)]
    found = lines(warehouse, "caseload", *rows)
    active = {(year, month): tuple(columns[:3]) for year, month, *columns in found}
    assert active[2021, 2] == (9, 7, 2)
    assert active[2021, 1] == (8, None, None)  # January 2020 is not counted, so it was not 0


def test_no_year_is_made_up(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = lines(warehouse, "exit_outcomes", (2022, "A", "female", 4))
    assert [year for year, *_ in found] == [2022]


def test_year_before_that_is_not_counted_is_told_as_unknown(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("delete from marts.key_figures where year = 2020")
    rows = [(2019, "A", "female", 3), (2021, "A", "female", 4), (2022, "UT", "male", 1)]
    assert lines(warehouse, "exit_outcomes", *rows) == [
        (2019, "A", "female", 3, None, None), (2021, "A", "female", 4, None, None),
        (2022, "A", "female", 0, 4, -4), (2022, "UT", "male", 1, 0, 1),
    ]  # fmt: skip
