"""Dagster's databases of a home, read as they lie there: nothing is made, changed or waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.jobs import BUILDING
from pipelines.settings import Settings

STORAGE = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
"""The databases that Dagster opens for every run, below its folder."""


@dataclass(frozen=True)
class LastRun:
    """The run of a build that has ended last."""

    job: str
    run_id: str
    is_failed: bool
    ended: datetime | None
    """In UTC."""


def damaged(settings: Settings) -> list[Path]:
    """Return the databases that SQLite cannot read, or finds damaged."""
    paths = [settings.dagster_home / name for name in STORAGE]
    return [path for path in paths if path.exists() and _is_damaged(path)]


def last_run(settings: Settings) -> LastRun | None:
    """Return the run of a build that has ended last, if there is one; sqlite3.Error."""
    path = settings.dagster_home / STORAGE[0]
    if not path.exists():
        return None
    with _opened(path) as connection:
        found = connection.execute(
            "select pipeline_name, run_id, status = 'FAILURE', end_time from runs "
            f"where pipeline_name in ({', '.join('?' * len(BUILDING))}) "
            "and status in ('SUCCESS', 'FAILURE', 'CANCELED') order by id desc limit 1",
            BUILDING,
        ).fetchone()
    if found is None:
        return None
    job, run_id, is_failed, end = found
    return LastRun(job, run_id, bool(is_failed), datetime.fromtimestamp(end, UTC) if end else None)


def _is_damaged(path: Path) -> bool:
    try:
        with _opened(path) as connection:
            return connection.execute("pragma quick_check(1)").fetchall() != [("ok",)]
    except sqlite3.Error as error:
        # One that somebody is writing in is none that is damaged, nor one that cannot be opened
        # because the disk is full.
        code = getattr(error, "sqlite_errorcode", 0)
        return code == sqlite3.SQLITE_IOERR_SHORT_READ or code & 0xFF not in _ELSEWHERE


_ELSEWHERE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
)
"""What keeps SQLite from reading a database, and is no fault of the database."""


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # Where nobody is at work, SQLite would make files beside a database that it only reads, which
    # belong to whoever asked. Where somebody is, they are there already.
    is_in_use = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if is_in_use else "immutable=1"
    with closing(sqlite3.connect(f"{path.as_uri()}?{how}", uri=True)) as connection:
        yield connection
