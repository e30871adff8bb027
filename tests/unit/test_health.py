"""What `/helse` tells: only what is so, to each audience what is its business, and no error's text."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._utils.error import SerializableErrorInfo

from pipelines import health, instance, preflight
from pipelines.settings import PROJECT, Settings
from tests.crash.small_homes import publish
from tests.pipeline.homes import environment_kept

TEXT = "HEMMELIG 01019012345"


def at(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("health")
    return Settings(folder / "inbox", folder / "home")


@pytest.fixture(scope="module")
def opened(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with environment_kept():
        instance.prepare(settings)
        with instance.storage(settings) as opened:
            yield opened


@pytest.fixture
def storage(opened: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance of a home where nothing has happened."""
    opened.wipe()
    opened.wipe_all_schedules()
    return opened


def failed(storage: dg.DagsterInstance, job: str) -> dg.DagsterRun:
    run = storage.add_run(dg.DagsterRun(job, status=dg.DagsterRunStatus.STARTED))
    storage.report_run_failed(run, TEXT)
    return run


def look(storage: dg.DagsterInstance, at: float, status: TickStatus) -> None:
    """Let the sensor be on, and have looked."""
    (location,) = WorkspaceFileTarget(paths=[str(PROJECT / "workspace.yaml")]).create_origins()
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), "inbox")
    data = SensorInstigatorData(last_tick_timestamp=at)
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, data)
    storage.add_instigator_state(state)
    error = SerializableErrorInfo(TEXT, [], "OSError") if status is TickStatus.FAILURE else None
    storage.create_tick(
        TickData(
            state.instigator_origin_id, "inbox", InstigatorType.SENSOR, status, at,
            selector_id=state.selector_id, error=error,
        )
    )  # fmt: skip


def told(
    settings: Settings, storage: dg.DagsterInstance, built_at: str | None
) -> dict[str, object]:
    found = dict(health.told(settings, storage, "internal", built_at))
    assert "HEMMELIG" not in json.dumps(found)
    # Who may see only the open numbers is told whether all is well, and no more.
    everyone = health.told(settings, storage, "open", built_at)
    assert everyone.keys() == {"status", "built_at", "age_seconds"}
    assert everyone["status"] == found["status"]
    return found


def test_home_that_is_well(settings: Settings, storage: dg.DagsterInstance) -> None:
    found = told(settings, storage, at(time.time() - 90))
    assert (found["status"], found["faults"]) == ("ok", [])
    assert 90 <= int(str(found["age_seconds"])) < 600


def test_home_in_which_something_is_damaged(tmp_path: Path, storage: dg.DagsterInstance) -> None:
    settings = Settings(tmp_path / "inbox", tmp_path / "home")
    publish(settings, 1)
    (settings.published / "open" / "t.parquet").write_bytes(b"")
    found = told(settings, storage, at(time.time() - 90))
    assert (found["status"], found["faults"]) == ("fault", ["damaged"])


def test_home_with_nothing_published(settings: Settings, storage: dg.DagsterInstance) -> None:
    found = told(settings, storage, None)
    assert (found["status"], found["faults"]) == ("fault", ["nothing_published"])


def test_build_that_failed_after_the_last_publication_is_a_fault(
    settings: Settings, storage: dg.DagsterInstance
) -> None:
    run = failed(storage, "year")
    found = told(settings, storage, at(time.time() - 90))
    assert found["faults"] == ["build_failed"]
    failure = found["last_failure"]
    assert isinstance(failure, dict)
    assert (failure["job"], failure["run"]) == ("year", run.run_id[:8])
    # What was published after it has mended it.
    later = told(settings, storage, at(time.time() + 2))
    assert (later["faults"], later["last_failure"]) == ([], failure)


def test_report_that_failed_is_no_fault_of_the_numbers(
    settings: Settings, storage: dg.DagsterInstance
) -> None:
    failed(storage, "report")
    assert told(settings, storage, at(time.time() - 90))["last_failure"] is None


def test_the_newest_failure_is_told_whatever_its_job(
    settings: Settings, storage: dg.DagsterInstance
) -> None:
    for job in ("year", "load"):
        newest = failed(storage, job)
        time.sleep(0.01)
    failure = health.last_failure(storage)
    assert failure
    assert failure.run == newest.run_id[:8]


@pytest.mark.parametrize(
    ("ago", "status", "faults"),
    [
        (20, TickStatus.SKIPPED, []),
        (3600, TickStatus.SKIPPED, ["sensor_silent"]),
        (20, TickStatus.FAILURE, ["sensor_silent"]),
    ],
)
def test_sensor_that_is_on_and_does_not_look_is_a_fault(
    settings: Settings,
    storage: dg.DagsterInstance,
    ago: float,
    status: TickStatus,
    faults: list[str],
) -> None:
    looked = time.time() - ago
    look(storage, looked, status)
    found = told(settings, storage, at(time.time()))
    assert found["faults"] == faults
    failed_at = at(looked) if status is TickStatus.FAILURE else None
    assert found["sensor"] == {"on": True, "looked_at": at(looked), "failed_at": failed_at}


def test_disk_with_too_little_space_for_a_build_is_a_fault(
    settings: Settings, storage: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "_LEAST", 10**15)
    assert told(settings, storage, at(time.time()))["faults"] == ["disk_low"]


def test_delivery_is_missing_after_its_day(settings: Settings) -> None:
    day = date(2026, 11, settings.delivery_day)
    assert not health.expected_delivery(settings, day).is_late
    assert health.expected_delivery(settings, day + timedelta(1)).is_late


def test_history_that_cannot_be_read_is_a_fault(
    settings: Settings, storage: dg.DagsterInstance
) -> None:
    # The last test: the home is damaged after it.
    (settings.dagster_home / "history" / "runs.db").write_bytes(b"no database " * 1000)
    assert told(settings, storage, at(time.time()))["faults"] == ["history_unreadable"]
