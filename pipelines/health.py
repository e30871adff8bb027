"""What is known of the health of a home without reading a delivery, a person or a number.

The cheap facts, which `/helse` tells whenever it is asked; whole files are checked elsewhere. No
error is quoted, for it may quote a cell: of a run, its job and its time are told.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus, TickStatus
from sqlalchemy.exc import SQLAlchemyError

from dashboards.app.deliveries import Expected, Schedule, days_read
from pipelines import backup, preflight, sensor
from pipelines.jobs import BUILDING
from pipelines.release_store import ReleaseStore
from pipelines.reports import INTERNAL
from pipelines.settings import Settings

_SILENT = timedelta(minutes=10)
"""A sensor that is on, and has not looked for so long, is not looking any more."""

_CHECKED_EACH = 600
"""Seconds after which the files of the home are read again to see whether they are whole."""

NOTHING_PUBLISHED = "nothing_published"
BUILD_FAILED = "build_failed"
DAMAGED = "damaged"
DISK_LOW = "disk_low"
SENSOR_SILENT = "sensor_silent"
HISTORY_UNREADABLE = "history_unreadable"


@dataclass(frozen=True)
class Failure:
    """A run of a build that failed: its job, the beginning of its ID, and when it ended."""

    job: str
    run: str
    at: str


@dataclass(frozen=True)
class SensorState:
    """Whether the sensor `inbox` is on, when it looked last, and when that failed last."""

    on: bool
    looked_at: str | None = None
    failed_at: str | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether it is on, and does not look."""
        if not self.on or self.looked_at is None:
            return False
        return now - datetime.fromisoformat(self.looked_at) > _SILENT

    @property
    def is_failing(self) -> bool:
        """Whether it failed when it looked last."""
        return bool(self.failed_at and self.looked_at and self.failed_at >= self.looked_at)


def last_failure(instance: dg.DagsterInstance) -> Failure | None:
    """Return the run of a build that failed last, whoever started it."""
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])
    ended = [
        record
        for job in BUILDING
        for record in instance.get_run_records(
            dg.RunsFilter(job_name=job, statuses=failed.statuses), limit=1
        )
    ]
    last = max(ended, key=lambda record: record.end_time or 0, default=None)
    if last is None:
        return None
    run = last.dagster_run
    return Failure(run.job_name, run.run_id[:8], _moment(last.end_time or 0))


def is_failing(failure: Failure | None, built_at: str | None) -> bool:
    """Whether nothing has been published since that failure."""
    if failure is None:
        return False
    return not built_at or _time(failure.at) > _time(built_at)


def sensor_state(instance: dg.DagsterInstance) -> SensorState:
    """Return what is known of the sensor that builds when the inbox changes."""
    known = sensor.instigated(instance)
    if known is None:
        return SensorState(on=False)
    state, data = known
    looked = data.last_tick_timestamp
    failed = instance.get_ticks(
        state.instigator_origin_id, state.selector_id, limit=1, statuses=[TickStatus.FAILURE]
    )
    return SensorState(
        state.status == InstigatorStatus.RUNNING,
        _moment(looked) if looked else None,
        _moment(failed[0].timestamp) if failed else None,
    )


def expected_delivery(settings: Settings, today: date) -> Expected:
    """Return which delivery is expected next, or is missing on that day in Norway.

    Raises ReleaseDamagedError.
    """
    receipts = ReleaseStore.of(settings).current().manifest(INTERNAL).get("receipts", [])
    return Schedule(settings.delivery_day, today).expected(days_read(receipts))


def told(
    settings: Settings, instance: dg.DagsterInstance, audience: str, built_at: str | None
) -> Mapping[str, Any]:
    """Return what `/helse` tells an audience, whose publication was made at `built_at`.

    Everyone is told whether all is well and how old the numbers are, and the internal audience the
    rest. `status` is "ok" or "fault"; `faults` names what is wrong.
    """
    faults = [] if built_at else [NOTHING_PUBLISHED]
    if _is_damaged(settings, int(time.monotonic() // _CHECKED_EACH)):
        faults.append(DAMAGED)
    free, needed = preflight.space(settings)
    if free < needed:
        faults.append(DISK_LOW)
    failure = state = None
    try:
        failure, state = last_failure(instance), sensor_state(instance)
    except (SQLAlchemyError, sqlite3.Error):
        faults.append(HISTORY_UNREADABLE)
    if is_failing(failure, built_at):
        faults.append(BUILD_FAILED)
    if state and (state.is_silent(datetime.now(UTC)) or state.is_failing):
        faults.append(SENSOR_SILENT)
    said = _told(faults, built_at)
    if audience != INTERNAL:
        return said
    return {
        **said,
        "faults": faults,
        "last_failure": failure and asdict(failure),
        "disk_free_mb": free // 1_000_000,
        "disk_needed_mb": needed // 1_000_000,
        "sensor": state and asdict(state),
    }


@lru_cache(maxsize=1)
def _is_damaged(settings: Settings, period: int) -> bool:
    """Whether what cannot be made again is damaged; every file is read, so once in a period."""
    return bool(backup.verify(settings))


def _told(faults: list[str], built_at: str | None) -> dict[str, Any]:
    age = datetime.now(UTC) - _time(built_at) if built_at else None
    return {
        "status": "fault" if faults else "ok",
        "built_at": built_at,
        "age_seconds": int(age.total_seconds()) if age is not None else None,
    }


def _time(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _moment(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")
