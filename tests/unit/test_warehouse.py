"""What the warehouse refuses to store, and what it then still holds."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import polars as pl
import pytest

from assets.definition import asset_key
from assets.vocabulary import vocabulary
from pipelines.warehouse import StorageError, Warehouse, WarehouseIOManager
from tests.unit.raw_tables import register_of

RECORDS = [table.name for table in vocabulary().sheets()]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    file = tmp_path_factory.mktemp("home") / "warehouse.duckdb"
    with Warehouse(file=str(file)).held() as held:
        yield held


def store(warehouse: Warehouse, table: str, frame: pl.DataFrame) -> None:
    context = dg.build_output_context(asset_key=asset_key(f"records.{table}"))
    WarehouseIOManager(warehouse).handle_output(context, frame)


@pytest.mark.parametrize("table", RECORDS)
def test_rows_with_one_key_are_refused_and_the_former_rows_stay(
    warehouse: Warehouse, table: str
) -> None:
    rows = register_of().tables[table]
    store(warehouse, table, rows)
    # Only the key is the same: the row is of another delivery.
    others = rows.with_columns(delivery=pl.lit("b.xlsx"))
    with pytest.raises(StorageError, match=f"records.{table}"):
        store(warehouse, table, pl.concat([rows, others]))
    assert warehouse.query(f"from records.{table}").equals(rows)


@pytest.mark.parametrize("table", RECORDS)
def test_row_without_its_key_is_refused_and_the_former_rows_stay(
    warehouse: Warehouse, table: str
) -> None:
    rows = register_of().tables[table]
    store(warehouse, table, rows)
    for name in vocabulary().table(f"records.{table}").key:
        with pytest.raises(StorageError, match=f"records.{table}"):
            store(warehouse, table, rows.with_columns(pl.lit(None, rows.schema[name]).alias(name)))
    assert warehouse.query(f"from records.{table}").equals(rows)


@pytest.mark.parametrize("table", RECORDS)
def test_rows_replace_those_with_the_same_keys(warehouse: Warehouse, table: str) -> None:
    rows = register_of().tables[table]
    store(warehouse, table, rows)
    corrected = rows.with_columns(delivery=pl.lit("b.xlsx"))
    store(warehouse, table, corrected)
    assert warehouse.query(f"from records.{table}").equals(corrected)
