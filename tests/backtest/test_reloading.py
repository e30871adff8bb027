"""A new load leaves nothing behind of what was counted of an earlier one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from data.generator.generate import FOLDER
from pipelines.warehouse import Warehouse, WarehouseIOManager
from tests.backtest.warehouses import mart_rows, records_of, store


def test_the_end_of_a_load_empties_the_marts(tmp_path: Path) -> None:
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    as_of = date(2021, 12, 31)
    store(warehouse, records_of(FOLDER, as_of), as_of)
    assert all(mart_rows(warehouse).values())
    build_day = pl.DataFrame({"as_of": [as_of]}, schema(vocabulary().table("records.build_day")))
    context = dg.build_output_context(asset_key=asset_key("records.build_day"))
    WarehouseIOManager(warehouse=warehouse).handle_output(context, build_day)
    assert not any(mart_rows(warehouse).values())


def test_marts_are_stored_in_the_order_of_their_keys(tmp_path: Path) -> None:
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    as_of = date(2021, 12, 31)
    store(warehouse, records_of(FOLDER, as_of), as_of)
    for mart in vocabulary().layer("marts"):
        rows = warehouse.query(f"select {', '.join(mart.key)} from {mart.qualified_name}").rows()
        assert rows == sorted(rows), mart.name
