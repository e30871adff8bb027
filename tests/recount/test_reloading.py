"""A new load leaves nothing behind of what was counted of an earlier one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from assets.vocabulary import vocabulary
from data.generator.generate import FOLDER
from pipelines.warehouse import Warehouse
from tests.recount.warehouses import mart_rows, put_build_day, records_of, store

AS_OF = date(2021, 12, 31)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the demo in it, counted; read only."""
    path = tmp_path_factory.mktemp("counted") / "warehouse.duckdb"
    store(Warehouse(file=str(path)), records_of(FOLDER, AS_OF), AS_OF)
    return path


def test_the_end_of_a_load_empties_the_marts(counted: Path, tmp_path: Path) -> None:
    warehouse = Warehouse(file=str(shutil.copy(counted, tmp_path)))
    assert all(mart_rows(warehouse).values())
    put_build_day(warehouse, AS_OF)
    assert not any(mart_rows(warehouse).values())


def test_marts_are_stored_in_the_order_of_their_keys(counted: Path) -> None:
    warehouse = Warehouse(file=str(counted))
    with warehouse.held():
        for mart in vocabulary().layer("marts"):
            keys = f"select {', '.join(mart.key)} from {mart.qualified_name}"
            rows = warehouse.query(keys).rows()
            assert rows == sorted(rows), mart.name
