"""One .sql file for each table, in one style, giving the columns that the vocabulary declares."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from assets.sql_statement import read_sql
from assets.vocabulary import Table, ddl, vocabulary

ASSETS = Path(__file__).parents[2] / "assets"
LAYERS = ("intermediate", "marts")
TABLES = [table for layer in LAYERS for table in vocabulary().layer(layer)]


def code_of(table: Table) -> str:
    """The query without comments and text in quotes."""
    return re.sub(r"--[^\n]*|'[^']*'", "", read_sql(table))


def _words(line: str) -> str:
    return line.replace("_", " ")


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """An empty warehouse with its views."""
    connection = duckdb.connect()
    for statement in ddl.create_warehouse(vocabulary()):
        connection.execute(statement)
    for table in vocabulary().layer("intermediate"):
        connection.execute(f"create view {table.qualified_name} as {read_sql(table)}")
    return connection


def test_each_sql_file_has_its_table_and_each_table_its_file() -> None:
    files = {f"{path.parent.name}.{path.stem}" for path in ASSETS.rglob("*.sql")}
    assert files == {table.qualified_name for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_query_gives_the_columns_declared_in_their_types(
    database: duckdb.DuckDBPyConnection, table: Table
) -> None:
    parameters = {"years": [2021]} if table.layer == "marts" else None
    database.execute(f"create or replace temp table made as {read_sql(table)}", parameters)
    found = {name: kind for name, kind, *_ in database.execute("describe made").fetchall()}
    expected = {column.name: ddl.DUCKDB_TYPES[column.type] for column in table.columns}
    assert set(found) == set(expected)
    if table.layer == "intermediate":
        assert found == expected


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_first_line_states_the_grain_and_last_line_selects_the_final_table(table: Table) -> None:
    lines = read_sql(table).splitlines()
    assert lines[0].startswith("-- grain: ")
    if table.layer == "marts":
        assert [part for part in table.key if part.replace("_", " ") not in _words(lines[0])] == []
    assert lines[-1] == "select * from final"
    assert read_sql(table).endswith("\n")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_keywords_are_lower_case_and_lines_short(table: Table) -> None:
    assert code_of(table) == code_of(table).lower()
    assert not [line for line in read_sql(table).splitlines() if len(line) > 100]
    assert "\t" not in read_sql(table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_import_ctes_come_first_and_other_tables_are_read_nowhere_else(table: Table) -> None:
    code = code_of(table)
    imported = re.findall(r"(\w+) as \(\s*select \*(?:, row_number\(\) over \(\) as number)? from (\w+\.\w+)", code)
    assert imported
    for source in re.findall(r"\b(?:from|join) (\w+\.\w+)", code):
        assert source in {source for _, source in imported}
    first_other = re.search(r"(\w+) as \(\s*select(?! \*(?:, row_number\(\) over \(\) as number)? from \w+\.\w+)", code)
    last_import = code.rindex(f"from {imported[-1][1]}")
    assert first_other
    assert last_import < first_other.start()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_sources_declared_are_the_sources_read(table: Table) -> None:
    read = set(re.findall(r"\bfrom (\w+\.\w+)", code_of(table)))
    assert {source for source in read if not source.startswith("vocabulary.")} == set(
        table.derived_from
    )


@pytest.mark.parametrize("table", vocabulary().layer("marts"), ids=lambda table: table.name)
def test_marts_of_an_empty_register_are_empty(
    database: duckdb.DuckDBPyConnection, table: Table
) -> None:
    assert database.execute(read_sql(table), {"years": [2021]}).fetchall() == []
