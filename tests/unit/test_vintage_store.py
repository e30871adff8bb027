"""Vintages of the open publication: kept for good, and none of them ever missing without a word."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.disclosure.history import Reason, Vintage
from pipelines.home_record import HomeRecord
from pipelines.settings import Settings
from pipelines.vintages import VintageLostError, VintageStore


def vintage(year: int, number: int = 1) -> Vintage:
    return Vintage(
        year=year,
        number=number,
        published_on=date(year + 1, 2, 1),
        threshold=5,
        reason=Reason.FIRST,
        done={},
        ties={},
        about={"synthetic": True},
        tables={"t": pl.DataFrame({"n": [None, 20]})},
        exact={"t": pl.DataFrame({"n": [3, 20]})},
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "inbox", tmp_path)


@pytest.fixture
def store(settings: Settings) -> VintageStore:
    kept = VintageStore.of(settings)
    for year, number in ((2021, 1), (2020, 1), (2020, 2)):
        kept.keep("open", vintage(year, number))
    return kept


def test_what_is_kept_reads_back_oldest_first(store: VintageStore) -> None:
    found = store.read("open", {})
    assert [(one.year, one.number) for one in found] == [(2020, 1), (2020, 2), (2021, 1)]
    assert found[2].published_on == date(2022, 2, 1)
    assert found[2].tables["t"]["n"].to_list() == [None, 20]
    assert found[2].exact["t"]["n"].to_list() == [3, 20]
    assert store.read("internal", {}) == []


DAMAGES: dict[str, Callable[[Path], object]] = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "other": lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2")),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["vintage.json", "exact/t.parquet", "published/t.parquet"])
def test_damaged_vintage_is_named_and_stops_everything(
    store: VintageStore, name: str, damage: Callable[[Path], object]
) -> None:
    damage(Path(store.folder, "open", "2020", "0001", name))
    with pytest.raises(VintageLostError, match=rf"open/2020/0001/{name}.*sikkerhetskopi"):
        store.read("open", {})


@pytest.mark.parametrize("gone", ["open/2020/0002", "open/2020", "open", ""])
def test_deleted_vintages_are_missed(store: VintageStore, gone: str) -> None:
    shutil.rmtree(Path(store.folder, gone))
    with pytest.raises(VintageLostError, match=r"open/2020/000.*mangler"):
        store.read("open", {})


def test_vintages_that_the_publication_lists_are_missed_without_a_record(
    store: VintageStore, settings: Settings
) -> None:
    settings.record.unlink()
    shutil.rmtree(store.folder)
    listed = {"2021": [{"number": 1}]}
    assert store.read("open", {}) == []
    with pytest.raises(VintageLostError, match="open/2021/0001"):
        store.read("open", listed)


def test_what_a_killed_build_was_writing_is_no_vintage(store: VintageStore) -> None:
    half = Path(store.folder, "open", "2021", ".abc123")
    half.mkdir()
    (half / "vintage.json").write_bytes(b"{")
    assert len(store.read("open", {})) == 3


def test_vintage_that_is_kept_but_not_yet_recorded_counts(
    store: VintageStore, settings: Settings
) -> None:
    held = HomeRecord(str(settings.record))
    before = settings.record.read_bytes()
    store.keep("open", vintage(2021, 2))
    settings.record.write_bytes(before)
    assert "open/2021/0002" not in held.read().vintages
    assert [one.number for one in store.read("open", {}) if one.year == 2021] == [1, 2]
    damaged = Path(store.folder, "open", "2021", "0002", "vintage.json")
    damaged.write_bytes(b"")
    with pytest.raises(VintageLostError, match="open/2021/0002"):
        store.read("open", {})
