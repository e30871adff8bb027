"""A backup gives back what is lost or damaged, and nothing else."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import durable, preflight
from pipelines.backup import BackupError, back_up, restore, verify
from pipelines.forgotten import ForgottenFile
from pipelines.home_record import NewerHomeError
from pipelines.preflight import NotReadyError
from pipelines.release_store import ReleaseStore
from pipelines.reports import ReportFolder
from pipelines.settings import KEY, Settings
from pipelines.vintages import VintageStore
from tests.crash.small_homes import publish, published, vintage
from tests.unit.test_forgotten import forgotten


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with two releases, a forgotten person and a report that somebody has written in."""
    made = Settings(tmp_path / "inbox", tmp_path / "home")
    publish(made, 1)
    publish(made, 2)
    ForgottenFile.of(made).write(forgotten("p1"))
    report = made.reports / "internal" / "2020" / "nora-2020.docx"
    report.parent.mkdir(parents=True)
    report.write_bytes(b"a day's work")
    made.accepted.write_text("{}", encoding="utf-8")
    made.warehouse.write_bytes(b"persons")
    return made


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    written = tmp_path / "backup.tar"
    back_up(settings, written)
    return written


def contents(settings: Settings) -> dict[str, bytes]:
    """Every file that is backed up, by its path."""
    release = (settings.published / "current").resolve()
    folders = (release, settings.vintages, settings.reports)
    files = [path for one in folders for path in one.rglob("*") if path.is_file()]
    files += [settings.record, settings.forgotten, settings.accepted]
    return {
        str(path.relative_to(settings.home)): path.read_bytes()
        for path in files
        if not path.is_symlink()
    }


def test_lost_home_is_as_before(settings: Settings, file: Path, tmp_path: Path) -> None:
    before = contents(settings)
    other = Settings(settings.inbox, tmp_path / "other")
    found = restore(other, file)
    assert found.wrong == []
    assert contents(other) == before
    assert sorted(found.files) == sorted(before)
    assert published(other) == 2
    assert (other.reports / "internal" / "index.html").read_text(encoding="utf-8") == "2"
    publish(other, 3)
    assert published(other) == 3


def test_backup_holds_no_persons_and_is_closed_to_others(file: Path) -> None:
    assert b"warehouse" not in file.read_bytes()
    assert b"persons" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_nothing_is_put_back_into_a_home_that_is_intact(settings: Settings, file: Path) -> None:
    publish(settings, 3)
    ForgottenFile.of(settings).write(forgotten("p1", "p2"))
    report = settings.reports / "internal" / "2020" / "nora-2020.docx"
    report.write_bytes(b"another day's work")
    before = contents(settings)
    assert restore(settings, file).files == []
    assert contents(settings) == before


def _vintage(settings: Settings) -> Path:
    return settings.vintages / "open" / "2020" / "0001" / "vintage.json"


LOSSES: dict[str, Callable[[Settings], object]] = {
    "a vintage is damaged": lambda at: _vintage(at).write_bytes(b""),
    "a vintage is gone": lambda at: shutil.rmtree(_vintage(at).parent),
    "a table is damaged": lambda at: (at.published / "open" / "t.parquet").write_bytes(b""),
    "the list of files is damaged": lambda at: os.truncate(
        at.published / "current" / "release.json", 5
    ),
    "all that is published is gone": lambda at: shutil.rmtree(at.published),
    "the forgotten are gone": lambda at: at.forgotten.unlink(),
    "the forgotten are damaged": lambda at: at.forgotten.write_bytes(b"{"),
    "the record is damaged": lambda at: at.record.write_bytes(b"{"),
    "the record is gone": lambda at: at.record.unlink(),
    "the link to what is published is gone": lambda at: (at.published / "open").unlink(),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_what_is_lost_is_found_and_put_back(
    settings: Settings, file: Path, loss: Callable[[Settings], object]
) -> None:
    before = contents(settings)
    loss(settings)
    assert verify(settings) != []
    with pytest.raises(BackupError, match="skadet hjem"):
        back_up(settings, file.with_name("other.tar"))
    found = restore(settings, file)
    assert found.wrong == []
    assert found.files != []
    assert contents(settings) == before
    assert verify(settings) == []


def test_link_to_the_only_release_is_missed(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "inbox", tmp_path / "home")
    publish(settings, 1)
    ReportFolder.of(settings).lead_to("internal", ReleaseStore.of(settings).current())
    (settings.published / "current").unlink()
    assert [one for one in verify(settings) if "current mangler" in one]
    with pytest.raises(NotReadyError, match="current mangler"):
        preflight.check_whole(settings)


def test_nothing_is_built_without_the_record_of_the_forgotten(settings: Settings) -> None:
    preflight.check_whole(settings)
    settings.record.unlink()
    with pytest.raises(NotReadyError, match=r"home\.json mangler"):
        preflight.check_whole(settings)


def test_damaged_list_of_accepted_deliveries_is_told(settings: Settings) -> None:
    settings.accepted.write_text("{", encoding="utf-8")
    assert [one for one in verify(settings) if "accepted.json kan ikke leses" in one]


@pytest.mark.parametrize("said", ['{"vintages": null}', '{"version": "x"}', "[]", "1"])
def test_record_of_another_shape_is_damaged(settings: Settings, said: str) -> None:
    settings.record.write_text(said, encoding="utf-8")
    assert any("home.json er skadet" in one for one in verify(settings))


def test_home_of_a_later_program_stays_as_it_is(settings: Settings, file: Path) -> None:
    later = settings.record.read_bytes().replace(b'"version": 1', b'"version": 2')
    settings.record.write_bytes(later)
    _vintage(settings).unlink()
    before = contents(settings)
    with pytest.raises(NewerHomeError):
        restore(settings, file)
    assert contents(settings) == before


def test_backup_of_another_home_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = Settings(settings.inbox, tmp_path / "other")
    publish(other, 1)
    changed = replace(vintage(2), threshold=6)
    VintageStore.of(other).keep("open", changed)
    theirs = tmp_path / "theirs.tar"
    back_up(other, theirs)
    _vintage(settings).unlink()
    before = contents(settings)
    with pytest.raises(BackupError, match="et annet hjem"):
        restore(settings, theirs)
    assert contents(settings) == before


def test_what_cannot_be_read_is_not_called_damaged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == settings.record:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(PermissionError):
        verify(settings)


def test_disk_that_gets_full_during_a_restore_leaves_what_is_there(
    settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.published / "open" / "t.parquet").unlink()
    before, wrong = contents(settings), verify(settings)
    write, left = durable.write, [2]

    def write_some(path: Path, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    with monkeypatch.context() as full:
        full.setattr(durable, "write", write_some)
        with pytest.raises(OSError, match="No space"):
            restore(settings, file)
    assert (contents(settings), verify(settings)) == (before, wrong)
    assert restore(settings, file).wrong == []


@pytest.mark.parametrize("name", ["finnes ikke/kopi.tar", "/proc/kopi.tar"])
def test_backup_that_cannot_be_written_there_says_so(settings: Settings, name: str) -> None:
    with pytest.raises(BackupError, match=r"finnes ikke|kan ikke lages"):
        back_up(settings, settings.home.parent / name)
    assert not (settings.home.parent / "finnes ikke").exists()


def test_backup_that_is_not_there_is_not_called_damaged(settings: Settings) -> None:
    with pytest.raises(BackupError, match="finnes ikke"):
        restore(settings, settings.home / "feil navn.tar")


def test_backup_that_is_older_than_the_home_does_not_hide_what_is_lost(
    settings: Settings, file: Path
) -> None:
    publish(settings, 3)
    ForgottenFile.of(settings).write(forgotten("p1", "p2"))
    shutil.rmtree(settings.vintages)
    settings.forgotten.unlink()
    wrong = "\n".join(restore(settings, file).wrong)
    assert "2020/0003 er skadet eller mangler" in wrong
    assert "eldre enn hjemmet" in wrong


@pytest.mark.parametrize("key", ["", "another key"])
def test_backup_of_a_home_with_a_key_needs_that_key(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    file, other = tmp_path / "locked.tar", Settings(settings.inbox, tmp_path / "other")
    monkeypatch.setenv(KEY, "a long key")
    back_up(settings, file)
    assert b"home.json" not in file.read_bytes()
    assert b"a day's work" not in file.read_bytes()
    monkeypatch.setenv(KEY, key)
    with pytest.raises(BackupError, match=r"nøkkel|kryptert"):
        restore(other, file)
    assert not other.home.exists()
    monkeypatch.setenv(KEY, "a long key")
    assert restore(other, file).wrong == []
    assert published(other) == 2


DAMAGES: dict[str, Callable[[Path], object]] = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "another byte": lambda path: path.write_bytes(
        path.read_bytes().replace(b"a day's work", b"a day's rest")
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_nothing_is_restored_from_a_damaged_backup(
    settings: Settings, file: Path, damage: Callable[[Path], object], tmp_path: Path
) -> None:
    damage(file)
    with pytest.raises(BackupError, match="skadet"):
        restore(Settings(settings.inbox, tmp_path / "other"), file)
    assert not (tmp_path / "other").exists()


def test_backup_is_never_written_over(settings: Settings, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupError, match="finnes fra før"):
        back_up(settings, file)
    assert file.read_bytes() == before
