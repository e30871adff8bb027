"""What a home keeps only for a time: what is purged, what never is, and ten years by counts."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml

from pipelines import instance as instances
from pipelines import retention
from pipelines.retention import left_behind, purge
from pipelines.settings import HISTORY_DAYS, Settings, SettingsError
from tests.pipeline.homes import environment_kept

NOW = datetime(2036, 1, 1, 4, tzinfo=UTC)
YEARS = dg.StaticPartitionsDefinition(["2020", "2021"])
GROWING = {
    "runs.db": ["runs", "run_tags"],
    "runs/index.db": ["event_logs", "asset_event_tags", "asset_check_executions"],
}
"""The tables of Dagster that every run adds rows to."""


@dg.asset(check_specs=[dg.AssetCheckSpec("is_good", asset="loaded")])
def loaded() -> Iterator[dg.AssetCheckResult | dg.Output[None]]:
    yield dg.Output(None)
    yield dg.AssetCheckResult(passed=True)


@dg.asset(partitions_def=YEARS)
def counted() -> None:
    pass


@dg.asset
def failing() -> None:
    raise RuntimeError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "inbox", tmp_path / "home", history_days=90)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with environment_kept():
        instances.prepare(settings)
        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as made:
            yield made


def run(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, year: str | None = None) -> str:
    """Run an asset, and return the run's ID."""
    tags = {"nora/command": "yes"}
    return dg.materialize(
        [asset], instance=instance, partition_key=year, tags=tags, raise_on_error=False
    ).run_id


def history(settings: Settings, name: str) -> Path:
    return settings.dagster_home / "history" / name


def change(settings: Settings, name: str, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(history(settings, name))) as connection, connection:
        connection.execute(sql, values)


def rows(settings: Settings) -> dict[str, int]:
    """Count the rows of every table that grows, and the databases of runs."""
    counts = {}
    for name, tables in GROWING.items():
        with closing(sqlite3.connect(history(settings, name))) as connection:
            for table in tables:
                found = connection.execute(f"select count(*) from {table}").fetchone()
                counts[table] = int(found[0])
    found = [one for one in history(settings, "runs").glob("*.db") if one.stem != "index"]
    return counts | {"databases": len(found)}


def age(settings: Settings, run_id: str, days: float) -> None:
    """Let a run have been created so long before NOW."""
    created = (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
    sql = "update runs set create_timestamp = ? where run_id = ?"
    change(settings, "runs.db", sql, created, run_id)


def repeat(settings: Settings, run_id: str) -> str:
    """Store a run once more under another ID, in no time."""
    copy = str(uuid.uuid4())
    for name, tables in GROWING.items():
        with closing(sqlite3.connect(history(settings, name))) as connection, connection:
            for table in tables:
                about = connection.execute(f"pragma table_info({table})").fetchall()
                columns = ", ".join(one[1] for one in about if one[1] != "id")
                if "run_id" in columns:
                    values = columns.replace("run_id", "?", 1)
                    connection.execute(
                        f"insert into {table} ({columns}) select {values} from {table} "
                        "where run_id = ?",
                        (copy, run_id),
                    )
    shutil.copy(history(settings, f"runs/{run_id}.db"), history(settings, f"runs/{copy}.db"))
    return copy


def test_old_run_goes_with_all_that_dagster_stored_of_it(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    kept = run(instance, loaded)
    of_one = rows(settings)
    assert all(of_one.values()), of_one
    old = run(instance, loaded)
    age(settings, kept, 91)
    age(settings, old, 89)
    # The older one is the one that is superseded.
    assert purge(instance, settings, NOW) == 1
    assert [one.run_id for one in instance.get_runs()] == [old]
    assert rows(settings) == of_one
    check = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [dg.AssetCheckKey(loaded.key, "is_good")]
    )
    assert [one.run_id for one in check.values()] == [old]
    # Its events can still be read, and those of a run that is gone are none.
    assert instance.all_logs(old)
    assert not instance.all_logs(kept)


def test_run_with_the_newest_materialization_of_a_partition_stays_for_good(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    first, of_2020, of_2021 = (run(instance, counted, year) for year in ("2021", "2020", "2021"))
    for run_id in (first, of_2020, of_2021):
        age(settings, run_id, 3650)
    assert purge(instance, settings, NOW) == 1
    assert {one.run_id for one in instance.get_runs()} == {of_2020, of_2021}
    assert instance.get_materialized_partitions(counted.key) == {"2020", "2021"}
    assert purge(instance, settings, NOW) == 0


def test_failed_runs_go_and_those_that_have_not_ended_stay(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    failed, waiting = run(instance, failing), run(instance, failing)
    sql = "update runs set status = 'STARTED' where run_id = ?"
    change(settings, "runs.db", sql, waiting)
    for run_id in (failed, waiting):
        age(settings, run_id, 3650)
    assert purge(instance, settings, NOW) == 1
    assert [one.run_id for one in instance.get_runs()] == [waiting]


def test_run_whose_purge_was_killed_is_purged_by_the_next(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    failed = run(instance, failing)
    age(settings, failed, 91)
    instance.event_log_storage.delete_events(failed)
    assert purge(instance, settings, NOW) == 1
    assert set(rows(settings).values()) == {0}


@pytest.mark.slow
def test_ten_years_stay_within_what_is_kept(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    """One build stands for twenty: as many are kept as of daily ones in 90 days."""
    of_one_year = run(instance, counted, "2020")
    age(settings, of_one_year, 5000)
    kept_for_good = rows(settings)
    build = run(instance, loaded)
    of_one = {name: n - kept_for_good[name] for name, n in rows(settings).items()}
    longer = Settings(settings.inbox, settings.home, history_days=1800)
    most = {name: kept_for_good[name] + 92 * n for name, n in of_one.items()}
    sizes = []
    for day in range(0, 3650, 20):
        build = repeat(settings, build)
        age(settings, build, 3650 - day)
        purge(instance, longer, NOW - timedelta(days=3650 - day))
        if day % 600 == 0:
            now = rows(settings)
            assert all(n <= most[name] for name, n in now.items()), (day, now)
            sizes.append(sum(one.stat().st_size for one in history(settings, "").rglob("*.db")))
    assert instance.get_run_by_id(of_one_year)
    # Reached after 1800 days, and never exceeded by much.
    assert max(sizes[4:]) < 1.1 * sizes[3]


def test_runs_that_fail_every_hour_are_limited_by_their_number(
    instance: dg.DagsterInstance, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_RUNS", 8)
    failed = run(instance, failing)
    for _ in range(19):
        repeat(settings, failed)
    change(settings, "runs.db", "update runs set create_timestamp = '2036-01-01 03:00:00'")
    # Not all at once: no build waits for the purge of years.
    assert [purge(instance, settings, NOW) for _ in range(3)] == [10, 2, 0]
    assert rows(settings)["runs"] == rows(settings)["databases"] == 8


def test_database_that_is_mostly_unused_is_written_anew(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    change(settings, "runs/index.db", "create table much (content)")
    change(settings, "runs/index.db", "insert into much values (zeroblob(40000000))")
    change(settings, "runs/index.db", "drop table much")
    path = history(settings, "runs/index.db")
    assert path.stat().st_size > 40_000_000
    purge(instance, settings, NOW)
    assert path.stat().st_size < 1_000_000
    assert run(instance, loaded)


def test_what_killed_commands_left_behind_is_removed_and_nothing_else(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    left = [
        settings.feedback / ".123",
        settings.vintages / "open" / "2021" / ".k3j2" / "exact" / "t.parquet",
        settings.home / ".warehouse.duckdb.77",
        settings.home / ".warehouse.duckdb.77.wal",
    ]
    others = [
        settings.feedback / "a.xlsx",
        settings.feedback / ".notat",
        settings.vintages / "open" / "2021" / "0001" / "vintage.json",
        settings.warehouse,
    ]
    for path in (*left, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert len(left_behind(settings)) == 4
    purge(instance, settings, NOW)
    assert not left_behind(settings)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


def test_setting_is_the_one_of_runs_and_of_ticks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HISTORY_DAYS, "30")
    settings = Settings.from_environment(tmp_path / "inbox", tmp_path / "home")
    assert settings.history_days == 30
    with environment_kept():
        instances.prepare(settings)
    said = yaml.safe_load((settings.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))
    ticks = said["retention"]["sensor"]["purge_after_days"]
    assert ticks == {"skipped": 2, "started": 30, "success": 30, "failure": 30}
    monkeypatch.setenv(HISTORY_DAYS, "0")
    with pytest.raises(SettingsError, match=HISTORY_DAYS):
        Settings.from_environment(tmp_path / "inbox", tmp_path / "home")
