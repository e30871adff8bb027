"""A delivery that was read before is taken from the warehouse, and is the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from polars.testing import assert_frame_equal

from assets.raw.delivery import DeliveredFile, Delivery
from pipelines.inbox import Inbox
from pipelines.kept import KeptDeliveries
from pipelines.reader import Reader
from pipelines.settings import DEFAULT_LIMIT
from pipelines.warehouse import Warehouse
from tests.pipeline.homes import DEMO, Home
from tests.recount.warehouses import put
from tests.unit.workbooks import in_process


class _ReadError(Exception):
    """The reader was asked."""


class _Reader(Reader):
    """As the reader of the demo's build, but it says when it is asked to read."""

    def read(self, file: DeliveredFile) -> Delivery:
        raise _ReadError(file.name)


@pytest.fixture
def kept(demo: Home, tmp_path: Path) -> KeptDeliveries:
    path = shutil.copy(demo.settings.warehouse, tmp_path / "warehouse.duckdb")
    return KeptDeliveries(Warehouse(file=str(path)))


def files() -> list[DeliveredFile]:
    return Inbox(folder=str(DEMO)).files()


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_kept_delivery_is_what_the_reader_reads(kept: KeptDeliveries, file: DeliveredFile) -> None:
    found, read = kept.delivery(file, _Reader()), in_process(file)
    assert (found.name, found.sha256, found.synthetic) == (read.name, read.sha256, read.synthetic)
    assert (found.ignored, found.saved_at) == (read.ignored, read.saved_at)
    for name in ("problems", "absent", "findings"):
        assert_frame_equal(getattr(found, name), getattr(read, name), check_row_order=False)
    for name, frame in read.tables.items():
        assert_frame_equal(found.tables[name], frame)
    assert all(found.tables[name].is_empty() for name in found.tables if name not in read.tables)


def _damaged(kept: KeptDeliveries, sql: str) -> None:
    with duckdb.connect(kept.warehouse.file) as connection:
        connection.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from raw.deliveries",
        "update raw.deliveries set sha256 = repeat('0', 64)",
        "update raw.deliveries set read_by = 'another program'",
        "insert into raw.set_aside select delivery, 'Deltakere', 1 from raw.deliveries",
    ],
)
def test_what_may_differ_is_read_again(kept: KeptDeliveries, sql: str) -> None:
    _damaged(kept, sql)
    with pytest.raises(_ReadError):
        kept.delivery(files()[0], _Reader())


def test_other_bounds_other_names_and_refused_files_are_read_again(kept: KeptDeliveries) -> None:
    file = files()[0]
    for other, reader in (
        (file, _Reader(limit=DEFAULT_LIMIT - 1)),
        (replace(file, name="kopi.xlsx"), _Reader()),
        (replace(file, content=None, fault="too_large"), _Reader()),
    ):
        with pytest.raises(_ReadError):
            kept.delivery(other, reader)


def test_an_interrupted_load_keeps_nothing(kept: KeptDeliveries) -> None:
    put(kept.warehouse, "raw.exits", kept.warehouse.query("from raw.exits"))
    with pytest.raises(_ReadError):
        kept.delivery(files()[0], _Reader())
