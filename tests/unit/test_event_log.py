"""Dagster's event log with connections that stay open, next to Dagster's own class."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.event_log import OpenEventLogStorage

CONFIG = """\
telemetry:
  enabled: false
event_log_storage:
  module: pipelines.event_log
  class: OpenEventLogStorage
  config:
    base_dir: {folder}
"""


@dg.asset
def counted() -> int:
    return 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    events = tmp_path / "history" / "runs"
    (tmp_path / "dagster.yaml").write_text(CONFIG.format(folder=events), encoding="utf-8")
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home)) as made:
        yield made


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([counted], instance=instance).run_id


def events_of(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    return [entry.user_message for entry in storage.get_logs_for_run(run_id)]


def test_another_process_reads_the_events_while_they_are_open(
    home: Path, instance: dg.DagsterInstance
) -> None:
    storage = instance.event_log_storage
    assert isinstance(storage, OpenEventLogStorage)
    run_id = run(instance)
    with dg.DagsterInstance.from_config(str(home)) as other:
        assert events_of(other.event_log_storage, run_id) == events_of(storage, run_id)
        again = run(other)
    assert instance.all_logs(again)[-1].dagster_event_type is dg.DagsterEventType.RUN_SUCCESS


def test_what_dagster_would_have_stored_is_stored(home: Path, tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = run(instance)
    plain = SqliteEventLogStorage(str(home / "history" / "runs"))
    stored = plain.get_logs_for_run(run_id)
    assert stored[-1].dagster_event_type is dg.DagsterEventType.RUN_SUCCESS
    records = plain.get_asset_records([counted.key])
    assert records[0].asset_entry.last_materialization_record is not None
    assert records[0].asset_entry.last_run_id == run_id


def test_few_databases_stay_open_and_none_when_it_is_closed(
    home: Path, instance: dg.DagsterInstance
) -> None:
    def open_files() -> set[str]:
        found = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        return {path.name for path in found if path.suffix == ".db" and home in path.parents}

    for _ in range(6):
        run(instance)
    in_history = {name for name in open_files() if name not in {"runs.db", "schedules.db"}}
    assert "index.db" in in_history
    assert len(in_history) <= 4
    instance.event_log_storage.dispose()
    assert not open_files() & in_history


def test_threads_store_and_read_events_at_the_same_time(instance: dg.DagsterInstance) -> None:
    made = instance.get_run_by_id(run(instance))
    assert made is not None
    before = len(instance.all_logs(made.run_id))

    def work() -> None:
        for _ in range(10):
            instance.report_engine_event("at work", made)
            instance.all_logs(made.run_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(instance.all_logs(made.run_id)) == before + 40
