"""Great Expectations on DuckDB: beside the pipeline's own connection, and gone afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from expectations.validation import ExpectationNotRunError, validate
from tests.rules.warehouse import build


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("engine") / "ware house ${HOME}.duckdb"
    build(path)
    return path


def test_shares_the_file_with_an_open_connection_and_sees_what_is_committed(
    warehouse: Path,
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update records.transition_cases set outcome = null")
        results = validate(warehouse, ["records.transition_cases"], None, "run")
        connection.execute("update records.transition_cases set outcome = 'advice_only'")
    failed = results.filter(~results["success"])
    assert failed.select("expectation", "unexpected_count").rows() == [("not_null:outcome", 2)]


def test_lets_go_of_the_file(warehouse: Path) -> None:
    validate(warehouse, ["records.transition_cases"], None, "run")
    # DuckDB refuses other settings while any connection of the process is open.
    duckdb.connect(str(warehouse), read_only=True).close()


@pytest.mark.parametrize("broken", ["table records.exits", "schema records cascade"])
def test_lets_go_of_the_file_when_a_check_cannot_run(
    warehouse: Path, tmp_path: Path, broken: str
) -> None:
    copy = Path(shutil.copyfile(warehouse, tmp_path / "copy.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"drop {broken}")
    with pytest.raises(ExpectationNotRunError, match=r"så ingenting er publisert .*records\.exits"):
        validate(copy, ["records.participants", "records.exits"], None, "run")
    duckdb.connect(str(copy), read_only=True).close()


def test_writes_no_file(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = warehouse.read_bytes()
    validate(warehouse, ["records.participants"], None, "run")
    assert list(tmp_path.iterdir()) == []
    assert list(warehouse.parent.iterdir()) == [warehouse]
    assert warehouse.read_bytes() == before


def test_missing_warehouse_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.duckdb"):
        validate(tmp_path / "nothing.duckdb", ["records.participants"], None, "run")
    assert list(tmp_path.iterdir()) == []
