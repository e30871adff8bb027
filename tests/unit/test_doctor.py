"""What `nora doctor` says of a home: each fault in a sentence, and nothing is changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import backup, doctor
from pipelines.doctor import examine
from pipelines.durable import sha256
from pipelines.home_record import HomeRecord
from pipelines.lock import Holder, locked
from pipelines.release_store import ReleaseStore
from pipelines.reports import AUDIENCES, ReportFolder
from pipelines.settings import Settings
from pipelines.vintages import VintageStore
from pipelines.warehouse import Warehouse
from tests.crash.small_homes import vintage
from tests.crash.version_0 import as_version_0
from tests.pipeline.homes import nora

NOW = datetime.now(UTC)
DELIVERY = b"PK en leveranse"


def _history(settings: Settings) -> None:
    path = settings.dagster_home / "history" / "runs.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table runs (id, pipeline_name, run_id, status, end_time)")
        connection.execute("insert into runs values (1, 'load', 'abcdefghij', 'SUCCESS', 1.0)")
        connection.execute("insert into runs values (2, 'year', 'bcdefghijk', 'SUCCESS', 2.0)")


def _publish(settings: Settings) -> None:
    store = ReleaseStore.of(settings)
    read = {"name": "a.csv", "sha256": sha256(DELIVERY), "refused": False}
    manifest = {
        "built_at": NOW.isoformat(),
        "deliveries": [read],
        "receipts": [{**read, "read_at": NOW.isoformat()}],
    }
    with store.draft(AUDIENCES) as draft:
        draft.publish("internal", {}, manifest)
        draft.publish("open", vintage(1).tables, {"vintages": {"2020": [{"number": 1}]}})
        draft.write({f"reports/{audience}/index.html": "side" for audience in AUDIENCES})
        draft.seal()
        VintageStore.of(settings).keep("open", vintage(1))
    for audience in AUDIENCES:
        ReportFolder.of(settings).lead_to(audience, store.current())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which all is well; read only."""
    folder = tmp_path_factory.mktemp("whole")
    settings = Settings(folder / "inbox", folder / "home")
    settings.inbox.mkdir()
    (settings.inbox / "a.csv").write_bytes(DELIVERY)
    before = os.umask(0o077)
    Warehouse(file=str(settings.warehouse)).query("select 1")
    _publish(settings)
    _history(settings)
    os.umask(before)
    backup.back_up(settings, folder / "backup.tar")
    return settings


@pytest.fixture
def settings(whole: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to break as one likes."""
    copy = Settings(tmp_path / "inbox", tmp_path / "home")
    shutil.copytree(whole.inbox, copy.inbox)
    shutil.copytree(whole.home, copy.home, symlinks=True)
    return copy


def wrong(settings: Settings) -> list[str]:
    """What is to be done, part by part."""
    return [
        f"{finding.part}: {finding.said}"
        for finding in examine(settings, NOW)
        if not finding.is_well
    ]


def state(folder: Path) -> dict[str, object]:
    """All that can be seen of the files of a folder."""
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in (folder, *folder.rglob("*"))
    }


def release(settings: Settings) -> Path:
    return (settings.published / "current").resolve()


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 255
    path.write_bytes(content)


def lose_version(settings: Settings) -> None:
    HomeRecord.of(settings).note_forgotten(2)


def run_sql(settings: Settings, sql: str) -> None:
    path = settings.dagster_home / "history" / "runs.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def deliver_two_days_ago(settings: Settings) -> None:
    path = settings.inbox / "b.csv"
    path.write_bytes(b"en annen")
    then = (NOW - timedelta(days=2)).timestamp()
    os.utime(path, (then, then))


def read_long_ago(settings: Settings) -> None:
    """Publish the same with receipts of last year, as it would have been then."""
    for name in ("manifest.json",):
        path = release(settings) / "internal" / name
        said = path.read_text(encoding="utf-8").replace(
            f'"read_at": "{NOW.year}', '"read_at": "2019'
        )
        path.write_text(said, encoding="utf-8")
        proof = release(settings) / "release.json"
        about = json.loads(proof.read_text(encoding="utf-8"))
        about["files"][f"internal/{name}"] = sha256(said.encode())
        proof.write_text(json.dumps(about), encoding="utf-8")


def back_up_before_publishing(settings: Settings) -> None:
    made = (NOW - timedelta(days=20)).isoformat()
    settings.backed_up.write_text(json.dumps({"made_at": made}), encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[Settings], object], str]] = {
    "a flipped byte": (
        lambda home: flip(release(home) / "open" / "t.parquet", 20),
        "Publikasjon: .*open/t.parquet er skadet eller mangler. .*nora restore",
    ),
    "a lost page": (
        lambda home: (release(home) / "reports" / "open" / "index.html").unlink(),
        "Publikasjon: .*reports/open/index.html er skadet eller mangler",
    ),
    "an empty manifest": (
        lambda home: (release(home) / "internal" / "manifest.json").write_bytes(b""),
        "Publikasjon: .*internal/manifest.json er skadet eller mangler",
    ),
    "no list of files": (
        lambda home: (release(home) / "release.json").write_bytes(b""),
        "Publikasjon: .*release.json er skadet eller mangler",
    ),
    "a lost vintage": (
        lambda home: shutil.rmtree(home.vintages / "open" / "2020" / "0001"),
        "Publikasjon: .*open/2020/0001 er skadet eller mangler.*nora restore",
    ),
    "lost forgotten persons": (
        lose_version,
        "Publikasjon: .*forgotten.json mangler eller er skadet.*nora restore",
    ),
    "a lost link to pages": (
        lambda home: (home.reports / "open" / "index.html").unlink(),
        "Publikasjon: .*reports/open/index.html leder ikke til.*nora build",
    ),
    "a lost record": (lambda home: home.record.unlink(), "Versjon: .*home.json mangler.*restore"),
    "an empty record": (
        lambda home: home.record.write_bytes(b""),
        "Versjon: .*home.json er skadet",
    ),
    "a later version": (
        lambda home: home.record.write_text('{"version": 99}', encoding="utf-8"),
        "Versjon: .*nyere utgave av programmet",
    ),
    "an open home": (lambda home: home.home.chmod(0o755), "Tilgang: Andre .*chmod -R go-rwx"),
    "a killed build": (
        lambda home: (home.home / ".lock").write_text(
            json.dumps({"name": "nora build", "since": NOW.isoformat()}), encoding="utf-8"
        ),
        "Arbeid: nora build, .*ble avbrutt.*Kjør nora build",
    ),
    "a stray draft": (
        lambda home: (home.published / ".releases" / "abcdefgh").mkdir(),
        r"Rester: .*\.releases/abcdefgh er igjen.*nora build",
    ),
    "stray feedback": (
        lambda home: (home.feedback.mkdir(), (home.feedback / ".77").touch()),
        r"Rester: .*feedback/\.77 er igjen",
    ),
    "a database of junk": (
        lambda home: home.warehouse.write_bytes(os.urandom(300_000)),
        "Database: .*er skadet, eller er ingen database.*nora build",
    ),
    "a short database": (
        lambda home: os.truncate(home.warehouse, 100_000),
        "Database: .*er skadet, eller er ingen database",
    ),
    "no database": (lambda home: home.warehouse.unlink(), "Database: .*finnes ikke.*nora build"),
    "a history of junk": (
        lambda home: (home.dagster_home / "history" / "runs.db").write_bytes(os.urandom(9000)),
        "Historikk: .*er skadet. Flytt bort .*runs.db",
    ),
    "a failed run": (
        lambda home: run_sql(home, "update runs set status = 'FAILURE' where id = 2"),
        r"Siste build: Den siste kjøringen \(year\) feilet 1. januar 1970.*bcdefghi",
    ),
    "a delivery that waits": (deliver_two_days_ago, "Innboks: b.csv .*er ikke med.*nora build"),
    "an empty inbox": (
        lambda home: (home.inbox / "a.csv").unlink(),
        "Innboks: Ingen leveranser i",
    ),
    "no inbox": (lambda home: shutil.rmtree(home.inbox), "Innboks: .*finnes ikke.*NORA_INBOX"),
    "a late delivery": (read_long_ago, "Leveranser: .*mangler"),
    "no backup": (
        lambda home: home.backed_up.unlink(),
        "Sikkerhetskopi: Ingen sikkerhetskopi.*nora backup",
    ),
    "an unreadable note of the backup": (
        lambda home: home.backed_up.write_bytes(b"{"),
        "Sikkerhetskopi: Ingen sikkerhetskopi",
    ),
}


@pytest.mark.parametrize(("fault", "sentence"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_one_sentence_and_nothing_is_changed(
    settings: Settings, fault: Callable[[Settings], object], sentence: str
) -> None:
    fault(settings)
    before = state(settings.home)
    (said,) = wrong(settings)
    assert re.match(sentence, said, re.DOTALL), said
    assert state(settings.home) == before


def test_all_is_well_where_it_is(whole: Settings) -> None:
    before = state(whole.home)
    found = examine(whole, NOW)
    assert [finding.said for finding in found if not finding.is_well] == []
    assert len({finding.part for finding in found}) == len(found) == 13
    assert state(whole.home) == before


def test_backup_is_asked_for_when_a_release_has_long_been_without_one(settings: Settings) -> None:
    back_up_before_publishing(settings)
    assert wrong(settings) == []
    in_a_month = examine(settings, NOW + timedelta(days=30))
    said = [finding.said for finding in in_a_month if finding.part == "Sikkerhetskopi"]
    assert "det er publisert siden. Kjør nora backup" in said[0]


def test_work_that_takes_half_a_day_is_told(settings: Settings) -> None:
    with locked(settings.home, Holder("nora build")):
        assert wrong(settings) == []
        later = examine(settings, NOW + timedelta(hours=12))
    (said,) = [finding.said for finding in later if not finding.is_well]
    assert "nora build har arbeidet siden" in said


def test_what_is_being_assembled_is_not_taken_for_left_behind(settings: Settings) -> None:
    (settings.published / ".releases" / "abcdefgh").mkdir()
    with locked(settings.home, Holder("nora build")):
        assert wrong(settings) == []
    assert len(wrong(settings)) == 1


def test_home_of_version_0_has_nothing_to_do(settings: Settings) -> None:
    (release(settings) / "held_back.json").write_text("{}", encoding="utf-8")
    as_version_0(settings)
    assert [one for one in wrong(settings) if "Versjon" in one] == []


def test_error_of_the_program_in_one_part_is_told_and_the_others_are_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Settings, now: datetime) -> str:
        raise ZeroDivisionError("Kari Nordmann")

    monkeypatch.setitem(doctor._PARTS, "Klokke", broken)
    settings.warehouse.unlink()
    said = wrong(settings)
    assert [one.partition(":")[0] for one in said] == ["Database", "Klokke"]
    assert "ZeroDivisionError" in said[1]
    assert "Kari" not in said[1]


def test_command_says_all_and_ends_with_1_when_something_is_to_be_done(settings: Settings) -> None:
    arguments = ("doctor", "--home", str(settings.home), "--inbox", str(settings.inbox))
    said = nora(*arguments)
    assert (said.code, said.out.splitlines()[-1]) == (0, "Alt er i orden.")
    assert said.out.count("\nok ") == 12
    settings.home.chmod(0o777)
    said = nora(*arguments)
    assert said.code == 1
    assert "GJØR  Tilgang: Andre på maskinen" in said.out
    assert settings.home.stat().st_mode & 0o777 == 0o777


def test_home_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = nora("doctor", "--home", str(home), "--inbox", str(tmp_path))
    assert said.code == 1
    assert f"{home} finnes ikke" in said.out
    assert not home.exists()


def test_home_that_is_a_file_is_wrong_usage_in_norwegian(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    said = nora("doctor", "--home", str(tmp_path / "home"))
    assert said.code == 2
    assert "er en fil, og ingen mappe. Velg en mappe med --home" in said.err
