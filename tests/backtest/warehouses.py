"""Builds a warehouse from an inbox without Dagster's runs: the product's own code, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.raw.assets import read_deliveries
from assets.records.register import Register, build_register
from assets.reference.published_figures import published_figures
from assets.statements import View, YearlyQuery, read_sql
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.inbox import Inbox
from pipelines.warehouse import Warehouse, WarehouseIOManager
from tests.backtest import records


def register_of(inbox: Path, as_of: date) -> Register:
    """Return the register that the deliveries of `inbox` bring in."""
    box = Inbox(folder=str(inbox))
    read = read_deliveries(box.files(), box.limit)
    return build_register(read, read["problems"], as_of)


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
    # The day of the build is written last: a table that is written takes it away.
    _put(warehouse, "reference.published_figures", published_figures())
    build_day = pl.DataFrame({"as_of": [as_of]}, schema(vocabulary().table("records.build_day")))
    for name, frame in {**tables, "build_day": build_day}.items():
        _put(warehouse, f"records.{name}", frame)
    for table in vocabulary().layer("intermediate"):
        _put(warehouse, table.qualified_name, View(read_sql(table)))
    years: list[int] = warehouse.query("from intermediate.years order by year")["year"].to_list()
    for table in vocabulary().layer("marts"):
        _put(warehouse, table.qualified_name, YearlyQuery(read_sql(table), years))
    return years


def mart_rows(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every mart."""
    return {
        table.name: warehouse.query(f"from {table.qualified_name}").to_dicts()
        for table in vocabulary().layer("marts")
    }


def year_over_year_rows(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every view that sets a mart beside the year before: mart -> rows."""
    return {
        table.name: warehouse.query(f"from year_over_year.{table.name}").to_dicts()
        for table in vocabulary().layer("marts")
        if not table.is_list
    }


def _put(warehouse: Warehouse, name: str, content: pl.DataFrame | View | YearlyQuery) -> None:
    context = dg.build_output_context(asset_key=asset_key(name))
    WarehouseIOManager(warehouse=warehouse).handle_output(context, content)
