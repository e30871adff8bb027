"""Every number of every mart, held against an oracle that counts by brute force."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.warehouse import Warehouse
from tests.backtest.comparison import differences
from tests.backtest.deliveries import write_deliveries
from tests.backtest.oracle import marts
from tests.backtest.registers import random_build_day, random_register
from tests.backtest.warehouses import mart_rows, records_of, store

CASES = [
    (1, 300, 2015, 2021),
    (2, 300, 2019, 2019),
    (3, 60, 2004, 2024),
    (4, 400, 2018, 2021),
    (5, 40, 2019, 2023),
    (6, 800, 2016, 2022),
]


@pytest.mark.parametrize(("seed", "people", "first", "last"), CASES)
def test_marts_are_what_the_oracle_counts(
    tmp_path: Path, seed: int, people: int, first: int, last: int
) -> None:
    as_of = random_build_day(seed, last)
    register = random_register(seed, people, first, last, as_of)
    write_deliveries(register, tmp_path, seed, deletions=seed % 2 == 0)
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    store(warehouse, records_of(tmp_path, as_of), as_of)
    assert differences(marts(register, as_of), mart_rows(warehouse)) == []
