"""What the warehouse refuses to store, and what it then still holds; and files that are damaged."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from pipelines.settings import KEY
from pipelines.warehouse import (
    StorageError,
    Warehouse,
    WarehouseBusyError,
    WarehouseUnreadableError,
)
from tests.quick import quick
from tests.recount.warehouses import put
from tests.unit.raw_tables import register_of

RECORDS = [table.name for table in vocabulary().sheets()]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    file = tmp_path_factory.mktemp("home") / "warehouse.duckdb"
    with Warehouse(file=str(file)).held() as held:
        yield held


def store(warehouse: Warehouse, table: str, frame: pl.DataFrame) -> None:
    put(warehouse, f"records.{table}", frame)


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


# --- Damaged files ------------------------------------------------------------------------

_HEADER = 4096


def _flip(path: Path, offset: int) -> None:
    with open(path, "r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 0xFF]))


def _checksum(content: bytes) -> int:
    """DuckDB's checksum, which begins each header and block."""
    found = 5381
    for (word,) in struct.iter_unpack("<Q", content):
        found ^= word * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
    return found


def _of_newer_duckdb(path: Path) -> None:
    with open(path, "r+b") as file:
        checksum, content = file.read(8), bytearray(file.read(_HEADER - 8))
        assert struct.unpack("<Q", checksum) == (_checksum(content),)
        content[4:12] = struct.pack("<Q", 1000)  # the version of the layout follows b"DUCK"
        file.seek(0)
        file.write(struct.pack("<Q", _checksum(content)) + content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte of the checksum": lambda path: _flip(path, 3),
    "a byte of the main header": lambda path: _flip(path, 100),
    "both database headers": lambda path: [_flip(path, _HEADER * n + 50) for n in (1, 2)],
    "cut off in the headers": lambda path: os.truncate(path, 100),
    "cut off in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "a text": lambda path: path.write_text("lock\n" * 5000, encoding="utf-8"),
    "of a newer DuckDB": _of_newer_duckdb,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A warehouse without rows, in a folder whose name tells of locks."""
    path = tmp_path / "lock" / "warehouse.duckdb"
    Warehouse(file=str(path)).query("select 1")
    return path


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file_is_told_at_once(file: Path, damage: Callable[[Path], object]) -> None:
    damage(file)
    for ask in (Warehouse.is_ready, lambda warehouse: warehouse.query("select 1")):
        with pytest.raises(
            WarehouseUnreadableError, match=f"Flytt bort {file}, og kjør nora build"
        ):
            ask(Warehouse(file=str(file)))


def _everything(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with Warehouse(file=str(file)).held() as warehouse:
        names = warehouse.query(
            "select table_schema || '.' || table_name as name from information_schema.tables "
            "where table_type = 'BASE TABLE'"
        )["name"]
        return {name: warehouse.query(f"from {name}").rows() for name in names}


@pytest.mark.parametrize("key", quick(1, ["", "hemmelig"]))
def test_damaged_byte_anywhere_is_told_or_in_nothing_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(KEY, key)
    path = tmp_path / "warehouse.duckdb"
    before = _everything(path)
    rng = random.Random(17)
    told = set()
    for offset in (rng.randrange(path.stat().st_size) for _ in range(30)):
        _flip(path, offset)
        try:
            assert _everything(path) == before
        except WarehouseUnreadableError as error:
            told.add(str(error))
        _flip(path, offset)
    assert len(told) == 1
    assert ("eller filen er skadet" if key else "er skadet, eller") in told.pop()
    assert _everything(path) == before


def test_damaged_log_beside_the_file_is_told_with_it(file: Path) -> None:
    # A process that dies leaves its last changes in the log.
    die = (
        "import os, sys\nfrom pipelines.warehouse import Warehouse\n"
        "with Warehouse(file=sys.argv[1]).connect() as connection:\n"
        "    connection.execute('create table extra as from range(1000)')\n"
        "    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", die, str(file)], check=True)
    log = file.with_name("warehouse.duckdb.wal")
    _flip(log, log.stat().st_size - 5)
    with pytest.raises(WarehouseUnreadableError, match=f"Flytt bort {file} og {log}"):
        Warehouse(file=str(file)).query("select 1")


def test_file_that_another_process_holds_is_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.warehouse._LOCK_PATIENCE", 0.5)
    hold = (
        "import duckdb, sys\nconnection = duckdb.connect(sys.argv[1])\n"
        "print('held', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        with pytest.raises(WarehouseBusyError):
            Warehouse(file=str(file)).query("select 1")
        other.communicate()
    assert Warehouse(file=str(file)).query("select 1 as one").item() == 1
