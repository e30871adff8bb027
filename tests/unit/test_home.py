"""The home is its owner's alone; and where the key of the warehouse comes from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines import instance
from pipelines.definitions import resources
from pipelines.settings import KEY, KEY_FILE, Settings, SettingsError, warehouse_key
from tests.pipeline.homes import environment_kept, nora
from tests.unit.workbooks import PARTICIPANTS, workbook


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    """What most machines have: new files can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What in a folder, itself included, others may do anything with."""
    return [
        str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and path.stat().st_mode & 0o077
    ]


def checked(home: Path, folder: Path) -> str:
    """Run a command that writes into a home, and return what it said."""
    path = folder / "a.xlsx"
    path.write_bytes(workbook(participants=[*PARTICIPANTS, ["p3", 1985, "x", "Syria"]]))
    said = nora("check", str(path), "--home", str(home))
    assert said.code == 3, said.out
    return said.out


def test_home_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "kunne leses" not in checked(home, tmp_path)
    with (
        instance.private(home),
        environment_kept(),
        instance.opened(Settings(tmp_path, home), "build"),
    ):
        pass
    made = {path.name for path in home.rglob("*")}
    assert {"a.xlsx", "feedback", "dagster", "dagster.yaml", ".lock"} <= made
    assert open_to_others(home) == []


def test_mask_is_put_back(tmp_path: Path) -> None:
    checked(tmp_path / "home", tmp_path)
    (tmp_path / "after").touch()
    assert stat.S_IMODE((tmp_path / "after").stat().st_mode) == 0o644


def test_home_that_was_open_is_closed_and_that_is_said_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in ("published/.releases/1/internal", "reports/internal", "feedback", "mitt"):
        (home / folder).mkdir(parents=True)
        (home / folder / "fil").touch()
    (home / "published" / "current").symlink_to(Path(".releases", "1"))
    (home / "published" / "internal").symlink_to(Path("current", "internal"))
    outside = tmp_path / "outside"
    outside.touch()
    (home / "reports" / "lenke").symlink_to(outside)
    (home / "warehouse.duckdb.wal").touch()
    assert f"{home} kunne leses av andre" in checked(home, tmp_path)
    # What somebody else put there is let be; nobody can come to it any more.
    assert open_to_others(home) == ["mitt", "mitt/fil"]
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert "kunne leses" not in checked(home, tmp_path)


def test_common_folder_is_no_home(tmp_path: Path) -> None:
    common = tmp_path / "common"
    common.mkdir()
    common.chmod(0o1777)
    said = nora("report", "--year", "2021", "--home", str(common))
    assert said.code == 1
    assert "felles mappe" in said.out
    assert stat.S_IMODE(common.stat().st_mode) == 0o1777


def test_home_that_cannot_be_closed_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, mode: int) -> None:
        raise PermissionError

    tmp_path.chmod(0o750)
    # The superuser, who may run the tests, may change whatever it likes.
    monkeypatch.setattr(Path, "chmod", denied)
    said = nora("report", "--year", "2021", "--home", str(tmp_path))
    assert said.code == 1
    assert "bare eieren kan lukke" in said.out


def test_template_is_written_for_whoever_may_read_the_folder(tmp_path: Path) -> None:
    assert nora("template", str(tmp_path / "mal.xlsx")).code == 0
    assert stat.S_IMODE((tmp_path / "mal.xlsx").stat().st_mode) == 0o644


# --- The key ----------------------------------------------------------------------------


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "nøkkel"
    path.write_text("  hemmelig nøkkel\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv(KEY, "")
    monkeypatch.setenv(KEY_FILE, str(path))
    return path


def test_key_comes_from_the_environment_or_from_the_file_and_not_from_both(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert warehouse_key() == "hemmelig nøkkel"
    monkeypatch.setenv(KEY, "en annen")
    with pytest.raises(SettingsError, match="Behold den ene"):
        warehouse_key()
    monkeypatch.setenv(KEY_FILE, "")
    assert warehouse_key() == "en annen"
    monkeypatch.setenv(KEY, "")
    assert warehouse_key() is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_key_file_that_others_may_use_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        warehouse_key()


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_key_file_without_a_key_is_refused(key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"er tom|kan ikke leses"):
        warehouse_key()


def test_key_file_that_is_not_there_stops_every_command_with_wrong_usage(
    key_file: Path, tmp_path: Path
) -> None:
    key_file.unlink()
    said = nora("build", "--inbox", str(tmp_path), "--home", str(tmp_path / "home"))
    assert said.code == 2
    assert "kan ikke leses" in said.err
    assert not (tmp_path / "home").exists()


def test_key_file_is_found_by_processes_that_start_elsewhere(
    key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY_FILE, key_file.name)
    with environment_kept():
        Settings(tmp_path, tmp_path).to_environment()
        monkeypatch.chdir("/")
        assert warehouse_key() == "hemmelig nøkkel"


def test_key_is_in_no_resource_that_dagster_stores_or_shows(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY, "hemmelig-i-miljøet")
    settings = Settings(tmp_path, tmp_path)
    assert "hemmelig" not in repr(settings)
    with dg.build_resources(resources(settings)) as opened:
        made = [repr(getattr(opened, name)) for name in resources(settings)]
    assert any(str(tmp_path) in resource for resource in made)
    assert not any("hemmelig" in resource for resource in made)
