"""Homes that were made by every earlier version of the program are brought over as they are."""

from __future__ import annotations

import tarfile
from pathlib import Path

import polars as pl
import pytest

from pipelines import backup
from pipelines.durable import sha256
from pipelines.forgotten import ForgottenFile
from pipelines.home_record import VERSION, HomeRecord
from pipelines.release_store import ReleaseStore
from pipelines.settings import Settings
from pipelines.upgrade import is_version_0, upgrade
from pipelines.vintages import VintageLostError, VintageStore

HOMES = Path(__file__).with_name("old_homes")
AUDIENCES = ["internal", "open"]
VINTAGES = ["open/2019/0001", "open/2020/0001", "open/2021/0001"]


def unpacked(version: int, folder: Path) -> Settings:
    with tarfile.open(HOMES / f"version-{version}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return Settings(folder / "inbox", folder / "home")


def tables(settings: Settings) -> dict[str, str]:
    """The SHA-256 of every table that readers and vintages have, by its path below the home."""
    folders = [settings.published / audience for audience in AUDIENCES]
    found = [path for folder in folders for path in folder.glob("*.parquet")]
    found += settings.vintages.rglob("*.parquet")
    return {str(path.relative_to(settings.home)): sha256(path.read_bytes()) for path in found}


@pytest.mark.parametrize("version", range(VERSION + 1))
def test_home_is_brought_over_with_equal_tables(version: int, tmp_path: Path) -> None:
    settings = unpacked(version, tmp_path)
    before = tables(settings)
    assert len(before) > 100
    upgrade(settings)
    assert tables(settings) == before
    assert backup.verify(settings) == []
    held = HomeRecord.of(settings).read()
    assert held.version == VERSION
    assert sorted(held.vintages) == VINTAGES
    current = ReleaseStore.of(settings).current()
    for audience in AUDIENCES:
        listed = {name for name in before if name.startswith(f"published/{audience}/")}
        there = current.below(audience)
        assert {f"published/{one}" for one in there if one.endswith(".parquet")} == listed
        assert current.manifest(audience)["years"] == [2019, 2020, 2021]
    read = VintageStore.of(settings).read("open", current.manifest("open")["vintages"])
    assert [(one.year, one.number) for one in read] == [(2019, 1), (2020, 1), (2021, 1)]
    forgotten = ForgottenFile.of(settings).read()
    person = pl.DataFrame([["x9"]], ["participant_id"], orient="row")
    assert forgotten.knows("participants", person).all()
    # A home that has been brought over is left as it is.
    upgrade(settings)
    assert ReleaseStore.of(settings).current().name == current.name


def interrupted(settings: Settings) -> Path:
    """Bring a home of version 0 over as far as the first vintage; return that one's folder."""
    first = settings.vintages / VINTAGES[0]
    VintageStore.of(settings).list_files(first)
    return first


def test_damage_during_an_interrupted_upgrade_is_not_listed_as_if_it_were_whole(
    tmp_path: Path,
) -> None:
    settings = unpacked(0, tmp_path)
    table = next((interrupted(settings) / "exact").glob("*.parquet"))
    table.write_bytes(b"skadet")
    upgrade(settings)
    assert not is_version_0(settings)
    with pytest.raises(VintageLostError, match=table.name):
        VintageStore.of(settings).read("open", {})


def test_list_that_was_not_yet_recorded_is_recorded_and_not_made_anew(tmp_path: Path) -> None:
    settings = unpacked(0, tmp_path)
    first = interrupted(settings)
    settings.record.unlink()
    listed = (first / "vintage.json").read_bytes()
    next((first / "exact").glob("*.parquet")).write_bytes(b"skadet")
    upgrade(settings)
    assert (first / "vintage.json").read_bytes() == listed
    assert HomeRecord.of(settings).read().vintages[VINTAGES[0]] == sha256(listed)


def test_empty_vintage_of_an_old_home_is_told_and_nothing_is_published_of_it(
    tmp_path: Path,
) -> None:
    settings = unpacked(0, tmp_path)
    (settings.vintages / VINTAGES[0] / "vintage.json").write_bytes(b"")
    with pytest.raises(VintageLostError, match=r"2019/0001/vintage.json er skadet"):
        upgrade(settings)
    assert is_version_0(settings)
