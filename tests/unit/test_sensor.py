"""When the inbox sensor asks for a build."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
)
from dagster._core.workspace.load_target import WorkspaceFileTarget

from assets.definition import YEARS
from pipelines.inbox import Inbox
from pipelines.sensor import State, inbox_sensor, last_build
from pipelines.settings import PROJECT
from tests.unit.test_lock import held


class Watcher:
    """Ticks the sensor as the daemon does: each tick begins where the last one left the cursor."""

    def __init__(self, instance: dg.DagsterInstance, folder: Path) -> None:
        self.instance = instance
        self.home = folder / "home"
        self.inbox = Inbox(folder=str(folder / "inbox"))
        Path(self.inbox.folder).mkdir()
        self.cursor: str | None = None
        self.reason = ""

    def tick(self) -> list[dg.RunRequest]:
        with dg.build_sensor_context(
            self.instance, self.cursor, resources={"inbox": self.inbox, "home": self.home}
        ) as context:
            said = inbox_sensor(context)
        assert isinstance(said, dg.SensorResult)
        self.cursor = said.cursor
        skipped = said.skip_reason
        self.reason = str(skipped.skip_message if isinstance(skipped, dg.SkipReason) else skipped)
        return list(said.run_requests or [])

    def state(self) -> State:
        return State(**json.loads(str(self.cursor)))

    def wait(self, pause: timedelta) -> None:
        """Let the last failure have been longer ago."""
        said = json.loads(str(self.cursor))
        said["ended"] = (datetime.fromisoformat(said["ended"]) - pause).isoformat()
        self.cursor = json.dumps(said)

    def start(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> dg.DagsterRun:
        """Let the run that was asked for be under way."""
        tags = {**request.tags, "dagster/run_key": str(request.run_key)}
        run = dg.DagsterRun(str(request.job_name), status=status, tags=tags)
        return self.instance.add_run(run)

    def finish(self, request: dg.RunRequest, *, success: bool) -> None:
        """Let the run that was asked for have been executed."""

        @dg.op
        def step() -> None:
            if not success:
                raise ValueError

        @dg.job(name=str(request.job_name))
        def run() -> None:
            step()

        tags = {**request.tags, "dagster/run_key": str(request.run_key)}
        run.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Watcher(instance, tmp_path)


def put(watcher: Watcher, name: str, content: str = "x") -> Path:
    path = Path(watcher.inbox.folder) / name
    path.write_text(content)
    return path


def asked_load(watcher: Watcher) -> dg.RunRequest:
    """The request for a load of an inbox that has just changed."""
    assert watcher.tick() == []
    (load,) = watcher.tick()
    assert load.job_name == "load"
    return load


def test_it_is_off_until_it_is_turned_on() -> None:
    assert inbox_sensor.default_status == dg.DefaultSensorStatus.STOPPED


def test_an_inbox_is_loaded_once_it_has_stopped_changing(watcher: Watcher) -> None:
    for size in range(1, 4):
        put(watcher, "a.xlsx", "x" * size)
        assert watcher.tick() == []
    (load,) = watcher.tick()
    assert load.job_name == "load"


def test_years_are_asked_for_when_the_load_has_succeeded(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    load = asked_load(watcher)
    watcher.start(load, dg.DagsterRunStatus.STARTING)
    assert watcher.tick() == []
    assert watcher.reason == "The inbox is being loaded."
    watcher.finish(load, success=True)
    watcher.instance.add_dynamic_partitions(str(YEARS.name), ["2021", "2019", "2020"])
    (year,) = watcher.tick()
    assert year.job_name == "year"
    assert year.tags["dagster/asset_partition_range_start"] == "2019"
    assert year.tags["dagster/asset_partition_range_end"] == "2021"
    watcher.start(year, dg.DagsterRunStatus.STARTED)
    assert watcher.tick() == []
    assert watcher.reason == "The years are being counted, checked and published."

    watcher.finish(year, success=True)
    assert watcher.tick() == []
    assert watcher.reason == "The inbox has been built."
    assert watcher.tick() == []
    assert watcher.reason == "Nothing has changed."
    assert watcher.state().failed_at is None


def test_a_register_without_years_is_built_when_it_is_loaded(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    watcher.finish(asked_load(watcher), success=True)
    assert watcher.tick() == []
    assert watcher.reason == "The register has no years to count."
    assert watcher.tick() == []
    assert watcher.reason == "Nothing has changed."


def asked_year(watcher: Watcher) -> dg.RunRequest:
    """The request for the years of an inbox that has just changed, and has been loaded."""
    watcher.instance.add_dynamic_partitions(str(YEARS.name), ["2021"])
    watcher.finish(asked_load(watcher), success=True)
    (year,) = watcher.tick()
    assert year.job_name == "year"
    return year


@pytest.mark.parametrize("asked", [asked_load, asked_year])
def test_a_build_that_failed_is_asked_for_again_with_growing_pauses_until_it_succeeds(
    watcher: Watcher, asked: Callable[[Watcher], dg.RunRequest]
) -> None:
    put(watcher, "a.xlsx")
    request = asked(watcher)
    keys, pauses = {request.run_key}, []
    for _ in range(9):
        watcher.finish(request, success=False)
        for _ in range(2):
            assert watcher.tick() == []
            failed, again = watcher.state().failed_at, watcher.state().requested_again_at
            assert failed
            assert again
            assert f"failed at {failed}" in watcher.reason
            assert f"requested again at {again}" in watcher.reason
        pauses.append((again - failed) / timedelta(minutes=1))
        watcher.wait(again - failed)
        (request,) = watcher.tick()
        assert request.job_name == "load"
        assert watcher.state().failed_at
        assert watcher.state().requested_again_at is None
        keys.add(request.run_key)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(keys) == 10
    watcher.instance.add_dynamic_partitions(str(YEARS.name), ["2021"])
    for job in ("load", "year"):
        assert request.job_name == job
        watcher.finish(request, success=True)
        requests = watcher.tick()
        request = requests[0] if requests else request
    assert watcher.state().failures == 0
    assert watcher.state().failed_at is None
    assert watcher.tick() == []
    assert watcher.reason == "Nothing has changed."


def test_an_inbox_that_changes_does_not_wait_for_the_pause_of_the_last(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    watcher.finish(asked_load(watcher), success=False)
    assert watcher.tick() == []
    assert watcher.state().failures == 1
    put(watcher, "b.xlsx")
    asked_load(watcher)
    assert watcher.state().failures == 0


def test_a_clock_that_was_set_back_prolongs_no_pause(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    watcher.finish(asked_load(watcher), success=False)
    assert watcher.tick() == []
    watcher.wait(timedelta(days=-30))
    assert [one.job_name for one in watcher.tick()] == ["load"]


@pytest.mark.parametrize("asked", [asked_load, asked_year])
def test_a_build_that_a_person_cancelled_is_not_asked_for_until_the_inbox_changes(
    watcher: Watcher, asked: Callable[[Watcher], dg.RunRequest]
) -> None:
    put(watcher, "a.xlsx")
    run = watcher.start(asked(watcher), dg.DagsterRunStatus.CANCELING)
    assert watcher.tick() == []
    watcher.instance.report_run_canceled(run)
    for _ in range(2):
        assert watcher.tick() == []
        assert "cancelled by a person at" in watcher.reason
        assert "when the inbox changes" in watcher.reason
        assert watcher.state().failed_at is None
    watcher.wait(timedelta(days=1))
    assert watcher.tick() == []
    put(watcher, "b.xlsx")
    asked_load(watcher)
    assert not watcher.state().cancelled


def test_a_run_that_was_deleted_is_not_waited_for(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    run = watcher.start(asked_load(watcher), dg.DagsterRunStatus.STARTING)
    assert watcher.tick() == []
    assert watcher.reason == "The inbox is being loaded."
    watcher.instance.delete_run(run.run_id)
    assert watcher.tick() == []
    assert watcher.state().failures == 1


def test_a_run_whose_process_was_killed_has_failed(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    run = watcher.start(asked_load(watcher), dg.DagsterRunStatus.STARTED)
    watcher.home.mkdir()
    with held(watcher.home, "Dagster (load)", run.run_id) as process:
        assert watcher.tick() == []
        assert watcher.reason == "The inbox is being loaded."
        process.kill()
    assert watcher.tick() == []
    assert watcher.state().failures == 1


def test_an_empty_inbox_is_not_built_again(watcher: Watcher) -> None:
    delivery = put(watcher, "a.xlsx")
    watcher.finish(asked_load(watcher), success=False)
    delivery.unlink()
    for _ in range(3):
        assert watcher.tick() == []
    assert watcher.reason == "The inbox is empty."


def test_the_memory_of_an_earlier_version_is_read(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    assert watcher.tick() == []
    seen = watcher.state().seen
    earlier = {"seen": seen, "asked": seen, "builds": 7, "years_asked": False}
    watcher.cursor = json.dumps(earlier)
    (load,) = watcher.tick()
    assert str(load.run_key).startswith("8-load-")


def test_what_it_remembers_is_known_to_others(tmp_path: Path) -> None:
    storage = tmp_path / "dagster"
    storage.mkdir()
    silent = {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(storage), silent) as instance:
        assert last_build(instance) is None
        watcher = Watcher(instance, tmp_path)
        put(watcher, "a.xlsx")
        watcher.finish(asked_load(watcher), success=False)
        watcher.tick()
        (location,) = WorkspaceFileTarget(paths=[str(PROJECT / "workspace.yaml")]).create_origins()
        origin = RemoteInstigatorOrigin(
            RemoteRepositoryOrigin(location, "__repository__"), inbox_sensor.name
        )
        data = SensorInstigatorData(cursor=watcher.cursor)
        ticked = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, data)
        instance.add_instigator_state(ticked)
        found = last_build(instance)
    assert found == watcher.state()
    assert found.failed_at


@pytest.mark.parametrize("change", ["appears", "changes", "vanishes", "is renamed"])
def test_every_change_asks_again_under_another_key(watcher: Watcher, change: str) -> None:
    first, second = put(watcher, "a.xlsx"), put(watcher, "b.csv")
    before = asked_load(watcher)
    match change:
        case "appears":
            put(watcher, "c.parquet")
        case "changes":
            os.utime(first, (1, 1))
        case "vanishes":
            second.unlink()
        case "is renamed":
            first.rename(first.with_name("d.xlsx"))
    assert asked_load(watcher).run_key != before.run_key


def test_an_inbox_that_comes_back_to_what_it_was_is_built_again(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    keys = [asked_load(watcher).run_key]
    other = put(watcher, "b.xlsx")
    keys.append(asked_load(watcher).run_key)
    other.unlink()
    keys.append(asked_load(watcher).run_key)
    assert len(set(keys)) == 3


def test_files_that_are_no_deliveries_ask_for_nothing(watcher: Watcher) -> None:
    put(watcher, "les meg.txt")
    put(watcher, "~$a.xlsx")
    assert [watcher.tick() for _ in range(3)] == [[], [], []]


def test_the_cursor_holds_no_file_name(watcher: Watcher) -> None:
    put(watcher, "hemmelig navn.xlsx")
    asked_load(watcher)
    assert "hemmelig" not in str(watcher.cursor)
