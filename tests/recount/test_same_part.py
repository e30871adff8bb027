"""The part of a year that a running year is compared with is what a build of that day counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.marts.same_part import counted_marts, same_day
from data.generator.generate import FOLDER
from pipelines.warehouse import Warehouse
from tests.recount.warehouses import mart_rows, records_of, register_of, store

TODAY = date(2021, 12, 31)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with the demo in it."""
    warehouse = Warehouse(file=str(tmp_path_factory.mktemp("counted") / "warehouse.duckdb"))
    store(warehouse, records_of(FOLDER, TODAY), TODAY)
    return warehouse


@pytest.mark.parametrize("day", [date(2020, 2, 29), date(2020, 10, 31)], ids=str)
def test_a_part_is_counted_as_a_build_of_its_last_day_counts_it(
    counted: Warehouse, tmp_path: Path, day: date
) -> None:
    then = Warehouse(file=str(tmp_path / "then.duckdb"))
    store(then, dict(register_of(FOLDER, day, TODAY).tables), day)
    expected = mart_rows(then)
    part = counted.counted_until(day)
    assert part.keys() == {mart.name for mart in counted_marts()}
    for mart in counted_marts():
        rows = [row for row in expected[mart.name] if row["year"] == day.year]
        found = part[mart.name].sort(mart.key).to_dicts()
        assert sorted(found, key=str) == sorted(rows, key=str), mart.name


def test_the_same_day_of_a_leap_year_is_the_last_of_february() -> None:
    assert same_day(date(2024, 2, 29)) == date(2023, 2, 28)
    assert same_day(date(2021, 10, 31)) == date(2020, 10, 31)
