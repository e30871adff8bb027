"""What a home keeps only for a time: Dagster's history, and what killed commands left behind.

A run purges as it begins, so that the runs that fail do not fill the disk either. What Dagster
needs to know that something is materialized is kept for good (docs/decisions/0024-retention.md).
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

from pipelines.event_log import OpenEventLogStorage
from pipelines.history import STORAGE
from pipelines.settings import Settings

MOST_RUNS = 300
"""How many finished runs are kept, however young: a build that fails is requested every hour."""

_AT_ONCE = 10
"""The most runs that one run purges, so that no build waits long for a home of many years."""

_FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]

_WORTH = 16_000_000
"""The fewest unused bytes of a database for which it is written anew."""


def purge(instance: dg.DagsterInstance, settings: Settings, now: datetime) -> int:
    """Remove what is older than it must be; return how many runs. The caller holds the lock.

    `now` is in UTC. Runs that hold the newest materialization of something stay.
    """
    for left in left_behind(settings):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
    purged = _purge_runs(instance, now - timedelta(days=settings.history_days))
    for name in STORAGE:
        _compact(settings.dagster_home / name)
    return purged


def left_behind(settings: Settings) -> list[Path]:
    """Return what killed commands were writing, which nobody reads and no command takes up again.

    A release that was not finished is not among it: the next one removes it.
    """
    return sorted(
        [
            *(
                path
                for path in settings.feedback.glob(".*")
                if re.fullmatch(r"\.[0-9]+", path.name)
            ),
            *settings.vintages.glob("*/*/.*"),
            *settings.home.glob(f".{settings.warehouse.name}.*"),
        ]
    )


def _purge_runs(instance: dg.DagsterInstance, before: datetime) -> int:
    events, runs = instance.event_log_storage, instance.run_storage
    # Others than those of a home keep nothing on disk.
    if not isinstance(events, OpenEventLogStorage) or not isinstance(runs, SqlRunStorage):
        return 0
    by_number = instance.get_run_ids(dg.RunsFilter(statuses=_FINISHED))[MOST_RUNS:]
    by_age = instance.get_run_ids(dg.RunsFilter(statuses=_FINISHED, created_before=before))
    purged = 0
    # Both have the newest first, and end with the oldest run.
    for run_id in reversed(max(by_number, by_age, key=len)):
        if purged == _AT_ONCE:
            break
        if not events.holds_newest(run_id):
            # Before the run itself: when this process is killed in between, it is found again.
            events.delete_events(run_id)
            instance.delete_run(run_id)
            purged += 1
    if purged:
        with runs.connect() as connection:
            left = RunTagsTable.c.run_id.not_in(db.select(RunsTable.c.run_id))
            connection.execute(RunTagsTable.delete().where(left))
    return purged


def _compact(path: Path) -> None:
    """Write a database anew when most of it is unused, unless others are writing in it."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as connection:
        size, pages, unused = (
            connection.execute(f"pragma {one}").fetchone()[0]
            for one in ("page_size", "page_count", "freelist_count")
        )
        used = (pages - unused) * size
        is_worth_it = unused * size > max(_WORTH, used)
        # SQLite writes what is used twice before it gives the rest back.
        if not is_worth_it or shutil.disk_usage(path.parent).free < 2 * used:
            return
        try:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
