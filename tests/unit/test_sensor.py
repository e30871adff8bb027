"""When the inbox sensor asks for a build."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.definition import YEARS
from pipelines.inbox import Inbox
from pipelines.sensor import inbox_sensor

Tick = dg.SensorResult | dg.SkipReason


class Watcher:
    """Ticks the sensor as the daemon does: each tick begins where the last one left the cursor."""

    def __init__(self, instance: dg.DagsterInstance, folder: Path) -> None:
        self.instance = instance
        self.inbox = Inbox(folder=str(folder))
        self.cursor: str | None = None

    def tick(self) -> list[dg.RunRequest]:
        with dg.build_sensor_context(
            self.instance, cursor=self.cursor, resources={"inbox": self.inbox}
        ) as context:
            said = inbox_sensor(context)
            self.cursor = context.cursor
        if isinstance(said, dg.SensorResult):
            self.cursor = said.cursor
            return list(said.run_requests or [])
        assert isinstance(said, dg.SkipReason)
        return []

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
    assert watcher.tick() == []
    watcher.finish(load, success=True)
    watcher.instance.add_dynamic_partitions(str(YEARS.name), ["2021", "2019", "2020"])
    (year,) = watcher.tick()
    assert year.job_name == "year"
    assert year.tags["dagster/asset_partition_range_start"] == "2019"
    assert year.tags["dagster/asset_partition_range_end"] == "2021"
    assert watcher.tick() == []


def test_a_failed_load_asks_for_no_years(watcher: Watcher) -> None:
    put(watcher, "a.xlsx")
    watcher.instance.add_dynamic_partitions(str(YEARS.name), ["2021"])
    watcher.finish(asked_load(watcher), success=False)
    assert watcher.tick() == []
    assert watcher.tick() == []


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
