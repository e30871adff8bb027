"""Builds a warehouse from an inbox without Dagster's runs: the product's own code, step by step."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.intermediate.assets import statement
from assets.raw.assets import read_deliveries
from assets.records.register import Register, build_register
from assets.reference.printed_figures import printed_figures
from assets.sql_statement import Query, View, YearlyQuery, read_sql
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.inbox import Inbox
from pipelines.warehouse import Warehouse, WarehouseIOManager
from tests.recount import records
from tests.unit.workbooks import in_process


def register_of(inbox: Path, as_of: date, today: date | None = None) -> Register:
    """Return the register that the deliveries of `inbox` bring in as of a day."""
    read = read_deliveries(Inbox(folder=str(inbox)).files(), in_process)
    return build_register(read, as_of, today)


def records_of(inbox: Path, as_of: date) -> dict[str, pl.DataFrame]:
    """Return the records tables of an inbox that nothing is wrong with."""
    register = register_of(inbox, as_of)
    assert register.rejected.is_empty(), register.rejected.drop("message")
    return dict(register.tables)


def register_in_memory(tables: Mapping[str, pl.DataFrame]) -> records.Register:
    """Return the records tables as a register in memory, for the oracle."""
    made = {}
    for table, kind in records.KINDS.items():
        rows = tables[table].drop("delivery", "delivery_row").iter_rows(named=True)
        made[table] = [kind(**row) for row in rows]
    return records.Register(**made)


def store(warehouse: Warehouse, tables: dict[str, pl.DataFrame], as_of: date) -> list[int]:
    """Store records and compute every mart for every year; return the years.

    Marts are computed in the order of the vocabulary, in which each comes after those it reads.
    """
    with warehouse.held():
        put(warehouse, "reference.printed_figures", printed_figures())
        for name, frame in tables.items():
            put(warehouse, f"records.{name}", frame)
        # Last: a table that is written takes it away.
        put_build_day(warehouse, as_of)
        for table in vocabulary().layer("intermediate"):
            put(warehouse, table.qualified_name, statement(table))
        counted = warehouse.query("from intermediate.years order by year")
        years: list[int] = counted["year"].to_list()
        for table in vocabulary().layer("marts"):
            put(warehouse, table.qualified_name, YearlyQuery(read_sql(table), years))
    return years


@cache
def empty_warehouse() -> bytes:
    """Return the file of a warehouse in which nothing is stored; it takes a while to create."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "warehouse.duckdb")
        with Warehouse(file=str(file)).connect():
            pass
        return file.read_bytes()


def put_build_day(warehouse: Warehouse, as_of: date) -> None:
    """Store the day of the build, which ends a load."""
    table = vocabulary().table("records.build_day")
    put(warehouse, table.qualified_name, pl.DataFrame({"as_of": [as_of]}, schema(table)))


def put(
    warehouse: Warehouse, name: str, content: pl.DataFrame | View | Query | YearlyQuery
) -> None:
    """Store one table or view, as the asset of that name does."""
    context = dg.OutputContext(asset_key=asset_key(name), resources=_no_resources())
    WarehouseIOManager(warehouse=warehouse).handle_output(context, content)


def mart_rows(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every mart."""
    with warehouse.held():
        return {
            table.name: warehouse.query(f"from {table.qualified_name}").to_dicts()
            for table in vocabulary().layer("marts")
        }


def year_over_year_rows(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every view that sets a mart beside the year before: mart -> rows."""
    with warehouse.held():
        return {
            table.name: warehouse.query(f"from year_over_year.{table.name}").to_dicts()
            for table in vocabulary().layer("marts")
            if not table.is_list
        }


@cache
def _no_resources() -> Any:
    """What a context needs, or each would open an instance of Dagster's of its own, which is slow."""
    return ExitStack().enter_context(dg.build_resources({}))
