"""What the machine does to a build: it ends with a sentence that says what to do, and the JSON line.

What was published stays.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import assets.marts.assets
from assets.vocabulary import Table
from dashboards import words
from pipelines import preflight, unchanged
from pipelines.inbox import Inbox
from pipelines.reader import Reader
from pipelines.settings import PROJECT, Settings
from tests.pipeline.homes import Home, Outcome, environment_kept, nora
from tests.pipeline.small_disk import Disks, build_command, disks
from tests.unit.workbooks import PARTICIPANTS, workbook

ONE_WRONG = [*PARTICIPANTS, ["p3", 1985, "x", "Syria"]]


def inbox(folder: Path, **changed: Any) -> Path:
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(workbook(**changed))
    return folder


@pytest.fixture
def home(one_year: tuple[Home, Outcome], tmp_path: Path) -> Home:
    """A copy of a small home, to do with as one likes."""
    return one_year[0].copied_to(tmp_path / "home")


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """An inbox with a person more, and a row that is rejected: a build writes everything anew."""
    return inbox(tmp_path / "mer", participants=ONE_WRONG)


def assert_told(said: Outcome, *phrases: str) -> str:
    """The build published nothing, and said why in one line before the last; return that line."""
    assert said.code == 1, said.out + said.err
    assert said.summary["years"] == []
    line = said.out.splitlines()[-2]
    for phrase in phrases:
        assert phrase in line
    assert "Traceback" not in said.out + said.err
    return line


# --- The warehouse ------------------------------------------------------------------------


def _folder_in_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a text": lambda path: path.write_text("hei\n" * 5000, encoding="utf-8"),
    "cut off": lambda path: os.truncate(path, 8192),
    "a folder": _folder_in_place,
}
"""More kinds of damage, for the database by itself, are in tests/unit/test_warehouse.py."""


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_warehouse_is_told(
    home: Home, more: Path, damage: Callable[[Path], object]
) -> None:
    path = home.path / "warehouse.duckdb"
    damage(path)
    before = home.publication()
    assert_told(home.build(inbox=more), f"Flytt bort {path}, og kjør nora build")
    assert home.publication() == before


@pytest.mark.slow
def test_damaged_warehouse_is_moved_away_and_made_again(
    home: Home, more: Path, tmp_path: Path
) -> None:
    path = home.path / "warehouse.duckdb"
    DAMAGES["cut off"](path)
    (home.path / "warehouse.duckdb.wal").write_bytes(b"x")
    assert_told(home.build(inbox=more), f"Flytt bort {path} og {path}.wal, og kjør nora build")
    path.rename(tmp_path / "flyttet")
    # Whoever moves only one of the two away is not stopped by the other.
    assert home.build(inbox=more).code == 3
    assert home.query("select count(*) from records.participants") == [(2,)]


def test_check_and_forget_tell_of_a_damaged_warehouse_too(home: Home, more: Path) -> None:
    path = home.path / "warehouse.duckdb"
    DAMAGES["a text"](path)
    where = ("--home", str(home.path))
    checked = nora("check", str(more / "a.xlsx"), *where)
    assert checked.code == 1
    assert f"Flytt bort {path}" in checked.out
    assert_told(nora("forget", "p1", *where, "--inbox", str(more)), f"Flytt bort {path}")
    assert not (home.path / "forgotten.json").exists()


# --- The disk -----------------------------------------------------------------------------


@pytest.fixture
def small_disks() -> Iterator[Disks]:
    with disks() as made:
        yield made


def test_disk_that_is_nearly_full_is_told_before_anything_is_begun(
    small_disks: Disks, tmp_path: Path, more: Path
) -> None:
    home = tmp_path / "home"
    small_disks.mount(home, 60)
    assert_told(small_disks.build(home, more), f"Disken som {home} ligger på, har ", "MB ledig")
    assert list(small_disks.seen(home).iterdir()) == []


@pytest.mark.parametrize("place", ["dagster", "published"])
def test_disk_that_is_full(small_disks: Disks, home: Home, more: Path, place: str) -> None:
    before = home.publication()
    full = home.path / place
    small_disks.mount(full, 64)
    small_disks.fill(full)
    assert_told(small_disks.build(home.path, more), "Disken er full", "Rydd plass")
    assert Home(small_disks.seen(home.path)).publication() == before


@pytest.mark.slow
def test_disk_that_gets_full_for_the_database(small_disks: Disks, home: Home, more: Path) -> None:
    before = home.publication()
    small_disks.mount(home.path, 400)
    small_disks.mount(home.path / "dagster", 64)
    said = small_disks.build(home.path, more, full=home.path, after="raw")
    assert "Rydd plass" in assert_told(said)
    seen = Home(small_disks.seen(home.path))
    assert seen.publication() == before


@pytest.mark.parametrize(("most", "file"), [(100_000, "dagster"), (8_000_000, "warehouse.duckdb")])
def test_file_that_may_not_grow(tmp_path: Path, more: Path, most: int, file: str) -> None:
    home = tmp_path / "home"
    done = subprocess.run(
        build_command(home, more),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    said = Outcome(done.returncode, done.stdout, done.stderr)
    assert_told(said, str(home / file), "(ulimit", "den som drifter maskinen")
    assert not (home / "warehouse.duckdb").exists()


# --- Dagster's storage --------------------------------------------------------------------

STORAGE = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def _damage_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(0, len(content), 4096):
        content[page] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("name", STORAGE)
@pytest.mark.parametrize(
    "damage",
    [DAMAGES["a text"], DAMAGES["cut off"], _damage_pages],
    ids=["a text", "cut off", "flipped"],
)
def test_damaged_history_of_dagster_is_told(
    home: Home, more: Path, name: str, damage: Callable[[Path], object]
) -> None:
    path = home.path / "dagster" / name
    damage(path)
    before = home.publication()
    assert_told(home.build(inbox=more), "Dagsters historikk er skadet", f"Flytt bort {path}")
    assert home.publication() == before


@pytest.mark.slow
def test_history_of_dagster_that_is_lost_is_begun_anew(home: Home, tmp_path: Path) -> None:
    emptied, *moved_away = (home.path / "dagster" / name for name in STORAGE)
    os.truncate(emptied, 0)
    for path in moved_away:
        path.unlink()
    assert home.build(inbox=inbox(tmp_path / "inn")).code == 0


def test_history_of_dagster_that_another_program_holds(home: Home, more: Path) -> None:
    runs = home.path / "dagster" / "history" / "runs.db"
    with closing(sqlite3.connect(runs)) as other:
        other.execute("begin exclusive")
        assert_told(home.build(inbox=more), "Et annet program", str(home.path / "dagster"))


# --- Where the home is --------------------------------------------------------------------


def test_home_whose_name_is_too_long(tmp_path: Path, more: Path) -> None:
    assert_told(Home(tmp_path / ("x" * 300)).build(inbox=more), "er for lang", "--home")


def test_home_whose_path_is_too_long_for_what_lies_in_it(tmp_path: Path, more: Path) -> None:
    home = tmp_path.joinpath(*["x" * 100] * 4)
    assert_told(Home(home).build(inbox=more), "er for lang", "--home")
    assert not home.exists()


@pytest.mark.slow
def test_home_of_the_longest_path_can_be_built_in(tmp_path: Path, more: Path) -> None:
    left = preflight.LONGEST - len(os.fsencode(tmp_path)) - 1
    home = tmp_path / ("x" * (left // 2)) / ("y" * (left - left // 2 - 1))
    assert len(os.fsencode(home)) == preflight.LONGEST
    # Stopped after the load: all files of the longest names are there.
    assert_told(Home(home).build("--strict", inbox=more), "Noe ble avvist")


def test_home_below_a_file(tmp_path: Path, more: Path) -> None:
    (tmp_path / "fil").touch()
    assert_told(Home(tmp_path / "fil" / "home").build(inbox=more), "Det går ikke an å skrive")


def test_home_on_a_disk_that_can_only_be_read(small_disks: Disks, home: Home, more: Path) -> None:
    before = home.publication()
    small_disks.mount(home.path, 400, "ro")
    assert_told(small_disks.build(home.path, more), str(home.path))
    assert Home(small_disks.seen(home.path)).publication() == before


@pytest.mark.parametrize("place", [".", "dagster/history"])
def test_home_that_the_user_may_not_write(home: Home, more: Path, place: str) -> None:
    folder = home.path / place
    folder.mkdir(exist_ok=True)
    before = home.publication()
    command = build_command(home.path, more)
    if os.geteuid() == 0:
        # The superuser may write anywhere, unless that right is given up.
        if not shutil.which("setpriv"):
            pytest.skip("setpriv is not installed, and the superuser may write anywhere")
        command = ["setpriv", "--bounding-set", "-dac_override", *command]
    folder.chmod(0o500)
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    folder.chmod(0o700)
    said = Outcome(done.returncode, done.stdout, done.stderr)
    assert_told(said, "skrive", str(home.path), "--home")
    assert home.publication() == before


# --- The clock ----------------------------------------------------------------------------


def _stop_the_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return at.astimezone(tz)

    monkeypatch.setattr(preflight, "datetime", Clock)


def test_clock_that_went_backwards(home: Home, more: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.publication()
    published = datetime.fromisoformat(home.manifest()["built_at"])
    now = published - timedelta(days=2)
    with monkeypatch.context() as stopped:
        _stop_the_clock(stopped, now)
        told = assert_told(home.build(inbox=more), "Still klokka", "--clock-is-right")
        assert words.moment(now.astimezone(UTC)) in told
        assert words.moment(published) in told
        assert home.publication() == before
        assert_told(home.build("--clock-is-right", "--strict", inbox=more), "Noe ble avvist")


def test_clock_that_is_put_back_by_minutes_stops_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = datetime.fromisoformat(home.manifest()["built_at"])
    _stop_the_clock(monkeypatch, published - timedelta(minutes=9))
    preflight.check(home.settings)
    _stop_the_clock(monkeypatch, published - timedelta(minutes=11))
    with pytest.raises(preflight.NotReadyError):
        preflight.check(home.settings)


def test_run_of_dagster_that_would_not_end_well_does_not_begin(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = datetime.fromisoformat(home.manifest()["built_at"])
    before = home.tables()
    _stop_the_clock(monkeypatch, published - timedelta(minutes=11))
    run = home.run("load", raise_on_error=False)
    assert not run.success
    said = [str(event.event_specific_data) for event in run.all_events if event.is_failure]
    assert any("Still klokka" in one for one in said)
    assert home.tables() == before


# --- The inbox ----------------------------------------------------------------------------


def _rewrite(path: Path, content: bytes) -> None:
    """Change the content of a file, and neither its size nor its time of change."""
    state = path.stat()
    assert len(content) == state.st_size
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def _csv(folder: Path, gender: str) -> Path:
    """A folder with a delivery of one participant, whose gender is a word of six letters."""
    folder.mkdir(exist_ok=True)
    text = f"Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn\np9;1985;{gender};Syria\n"
    path = folder / "deltakere.csv"
    if path.exists():
        _rewrite(path, text.encode())
    else:
        path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("change", ["rewritten", "gone"])
def test_delivery_that_changes_while_it_is_read(
    home: Home, more: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    before = home.publication()
    path = _csv(more, "Kvinne")
    read = Reader.read

    def meanwhile(self: Reader, file: Any) -> Any:
        if file.name == path.name:
            _csv(more, "Ukjent") if change == "rewritten" else path.unlink()
        return read(self, file)

    monkeypatch.setattr(Reader, "read", meanwhile)
    told = assert_told(home.build(inbox=more), "Innboksen ble endret mens den ble lest")
    assert "deltakere.csv" in told
    assert "a.xlsx" not in told
    assert home.publication() == before


@pytest.mark.slow
def test_delivery_that_was_another_for_one_build_is_not_taken_for_read(
    home: Home, more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _csv(more, "Kvinne")
    inputs = unchanged.inputs

    def meanwhile(settings: Settings) -> unchanged.Inputs:
        found = inputs(settings)
        _csv(more, "Ukjent")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(unchanged, "inputs", meanwhile)
        assert home.build(inbox=more).code == 3
    genders = home.query("select gender from records.participants where participant_id = 'p9'")
    assert genders == [("unknown",)]
    _csv(more, "Kvinne")
    settings = replace(home.settings, inbox=more)
    assert unchanged.built_years(settings, unchanged.inputs(settings)) == []


def test_inbox_that_stays_as_it_was_read(tmp_path: Path) -> None:
    box = Inbox(folder=str(inbox(tmp_path / "inn")))
    files = box.files()
    (tmp_path / "inn" / "ny.csv").write_text("a;b", encoding="utf-8")
    box.check_unchanged(files)


# --- The program --------------------------------------------------------------------------


def test_error_of_the_program_is_left_to_dagster(
    home: Home, more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(table: Table) -> str:
        raise ValueError("hemmelig")

    before = home.publication()
    monkeypatch.setattr(assets.marts.assets, "read_sql", broken)
    told = assert_told(home.build(inbox=more), "feil i programmet", "ValueError", "nora serve")
    assert "hemmelig" not in told
    with environment_kept(), home.instance() as instance:
        (failed,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        assert failed.run_id[:8] in told
        events = instance.all_logs(failed.run_id, dg.DagsterEventType.STEP_FAILURE)
    assert any("hemmelig" in str(event.dagster_event) for event in events)
    assert home.publication() == before
