"""Releases: swapped in whole, verified before anything of them is carried on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.release_store import PublicationError, Release, ReleaseDamagedError, ReleaseStore

AUDIENCES = ["internal", "open"]


def publish(store: ReleaseStore, number: int) -> Path:
    with store.draft(AUDIENCES) as draft:
        for audience in AUDIENCES:
            table = {"t": pl.DataFrame({"n": [number]})}
            draft.publish(audience, table, {"run_id": str(number)})
        draft.write({"reports/internal/index.html": f"side {number}"})
    return store.path("internal")


def read(folder: Path) -> tuple[str, list[int]]:
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content = (folder / "t.parquet").read_bytes()
    assert said["tables"]["t"] == {"rows": 1, "sha256": hashlib.sha256(content).hexdigest()}
    return said["run_id"], pl.read_parquet(folder / "t.parquet")["n"].to_list()


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    return ReleaseStore(str(tmp_path))


def test_paths_stay_the_same_and_two_releases_before_stay_readable(store: ReleaseStore) -> None:
    assert store.current().manifest("internal") == {}
    assert store.current().table("internal", "t") is None
    path = publish(store, 1)
    assert path == Path(store.folder) / "internal"
    opened = path.resolve()
    for number in (2, 3):
        assert publish(store, number) == path
        assert read(path) == (str(number), [number])
        assert read(opened) == ("1", [1])
    publish(store, 4)
    assert not opened.exists()
    assert read(path) == ("4", [4])
    assert store.remove_earlier() == 2
    assert read(path) == ("4", [4])


def test_both_audiences_and_the_pages_change_in_one_step(store: ReleaseStore) -> None:
    publish(store, 1)
    links = {
        path.name: path.readlink() for path in Path(store.folder).iterdir() if path.is_symlink()
    }
    with store.draft(AUDIENCES) as draft:
        draft.publish("internal", {"t": pl.DataFrame({"n": [2]})}, {"run_id": "2"})
        draft.publish("open", {"t": pl.DataFrame({"n": [2]})}, {"run_id": "2"})
        draft.seal()
        assert [read(store.path(audience)) for audience in AUDIENCES] == [("1", [1])] * 2
        assert (store.pages / "internal" / "index.html").read_text(encoding="utf-8") == "side 1"
    assert [read(store.path(audience)) for audience in AUDIENCES] == [("2", [2])] * 2
    assert not (store.pages / "internal").exists()
    after = {
        path.name: path.readlink() for path in Path(store.folder).iterdir() if path.is_symlink()
    }
    assert {name for name in links if links[name] != after[name]} == {"current"}


def test_what_a_killed_build_left_behind_is_cleared_away(store: ReleaseStore) -> None:
    publish(store, 1)
    half = Path(store.folder, ".releases", "half")
    half.mkdir()
    (half / "t.parquet").write_bytes(b"PAR1")
    Path(store.folder, ".current.link").symlink_to(half)
    assert read(publish(store, 2)) == ("2", [2])
    assert not half.exists()
    assert {path.name for path in Path(store.folder).iterdir()} == {
        "internal", "open", "current", ".releases"
    }  # fmt: skip


def test_release_that_cannot_be_written_leaves_the_last_one(store: ReleaseStore) -> None:
    path = publish(store, 1)
    with pytest.raises(TypeError), store.draft(AUDIENCES) as draft:
        draft.publish("internal", {"t": pl.DataFrame({"n": [2]})}, {"run_id": object()})
    assert read(path) == ("1", [1])
    assert len(list(Path(store.folder, ".releases").iterdir())) == 1


def test_release_that_does_not_read_back_is_not_published(store: ReleaseStore) -> None:
    path = publish(store, 1)
    drafting = store.draft(AUDIENCES)
    draft = drafting.__enter__()
    draft.write({"side.html": "som den er skrevet"})
    (draft.folder / "side.html").write_text("som den ble", encoding="utf-8")
    with pytest.raises(PublicationError, match="side"):
        drafting.__exit__(None, None, None)
    assert read(path) == ("1", [1])


def test_files_are_carried_on_as_the_same_files_only_when_they_are_intact(
    store: ReleaseStore,
) -> None:
    publish(store, 1)
    page = "reports/internal/index.html"
    with store.draft(AUDIENCES) as draft:
        assert draft.before.below("reports/internal") == [page]
        assert draft.carry([page])
        draft.carry_rest()
    assert read(store.path("open")) == ("1", [1])
    assert (store.current().folder / page).stat().st_nlink == 2
    assert store.current().damaged() == []
    (store.current().folder / page).write_text("endret", encoding="utf-8")
    with store.draft(AUDIENCES) as draft:
        assert not draft.carry([page])
        with pytest.raises(ReleaseDamagedError, match=page):
            draft.carry_rest()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "other": lambda path: path.write_bytes(path.read_bytes()[::-1]),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["manifest.json", "t.parquet"])
def test_damaged_file_is_named_and_never_read(
    store: ReleaseStore, damage: Callable[[Path], object], name: str
) -> None:
    file = publish(store, 1) / name
    damage(file)
    reads: dict[str, Callable[[Release], object]] = {
        "manifest.json": lambda release: release.manifest("internal"),
        "t.parquet": lambda release: release.table("internal", "t"),
    }
    with pytest.raises(ReleaseDamagedError, match=rf"internal/{name}.*sikkerhetskopi"):
        reads[name](store.current())
    assert store.current().damaged() == [file.resolve()]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_release_with_a_damaged_list_of_files_is_not_followed_by_another(
    store: ReleaseStore, damage: Callable[[Path], object]
) -> None:
    damage(publish(store, 1).resolve().with_name("release.json"))
    with pytest.raises(ReleaseDamagedError, match=r"release\.json"):
        publish(store, 2)


@pytest.mark.parametrize("gone", ["current", ".releases"])
def test_lost_release_is_not_taken_for_a_new_home(store: ReleaseStore, gone: str) -> None:
    publish(store, 1)
    publish(store, 2)
    path = Path(store.folder, gone)
    path.unlink() if path.is_symlink() else shutil.rmtree(path)
    with pytest.raises(ReleaseDamagedError, match="sikkerhetskopi"):
        publish(store, 3)
