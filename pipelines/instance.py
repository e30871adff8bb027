"""The home of a command: closed to others, with its Dagster instance, for one command at a time."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from pipelines.lock import Holder, at_work, locked
from pipelines.settings import Settings
from pipelines.upgrade import upgrade

RUN_TAG = {"nora/command": "yes"}
"""On every run of our commands, so that a killed one can be distinguished from the UI's."""

_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
# One run at a time: the warehouse has one writer.
concurrency:
  runs:
    max_concurrent_runs: 1
# The output of steps is not kept; copying it would lose the last lines of a command.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# A run that hangs before it begins would keep all others waiting. Runs of our commands, which are
# processes of their own, are not looked at: this launcher has no health to ask for.
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
# Ticks of the sensor: those at which nothing had changed come every 30 seconds.
retention:
  sensor:
    purge_after_days:
      skipped: 2
      started: {days}
      success: {days}
      failure: {days}
event_log_storage:
  module: pipelines.event_log
  class: OpenEventLogStorage
  config:
    base_dir:
      env: DAGSTER_HOME
"""

_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
_CANCELING = dg.DagsterRunStatus.CANCELING
KILLED = "The process was killed before it had finished."
"""What a run says that was killed, and was marked as failed by who came after."""


class HomeUnwritableError(Exception):
    """Nothing can be written in this home."""


_WRITTEN = (
    "warehouse.duckdb*",
    ".warehouse.duckdb.*",
    "accepted.json",
    "forgotten.json",
    "built.json",
    "backed_up.json",
    "home.json",
    ".lock",
    "dagster",
    "feedback",
    "published",
    "reports",
    "sent",
)
"""The files of the program in a home. All other files are left alone."""

_OTHERS = 0o077
"""The permissions of everybody but the owner."""


@contextmanager
def private(home: Path) -> Iterator[bool]:
    """Let only the owner read the files of the home, and those written during this block.

    Yields whether others could read them before. Raises HomeUnwritableError when that cannot be
    changed.
    """
    before = os.umask(_OTHERS)
    try:
        yield home.is_dir() and _close(home)
    finally:
        os.umask(before)


def is_open(home: Path) -> bool:
    """Whether others than the owner can do anything in a home."""
    return bool(home.stat().st_mode & _OTHERS)


def written(home: Path) -> list[Path]:
    """Return all files, folders and links of the program in a home."""
    found = [path for pattern in _WRITTEN for path in home.glob(pattern)]
    return [*found, *(path for folder in found if folder.is_dir() for path in folder.rglob("*"))]


def _close(home: Path) -> bool:
    """Remove the permissions of others; return whether they had any."""
    if not is_open(home):
        return False
    if home.stat().st_mode & stat.S_ISVTX:
        raise HomeUnwritableError(
            f"{home} er en felles mappe for alle på maskinen. Velg en egen mappe med --home."
        )
    try:
        for path in (home, *written(home)):
            if not path.is_symlink():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
    except OSError as error:
        raise HomeUnwritableError(
            f"{home} kan leses av andre, og bare eieren kan lukke mappen. Be eieren kjøre chmod "
            "700 på den, eller velg en annen mappe med --home."
        ) from error
    return True


def prepare(settings: Settings) -> None:
    """Create the instance's folder, and make Dagster use it and the settings.

    Raises HomeUnwritableError.
    """
    _refuse_another_owner(settings.home)
    config = _CONFIG.format(days=settings.history_days)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.dagster_home.mkdir(exist_ok=True)
        (settings.dagster_home / "dagster.yaml").write_text(config, encoding="utf-8")
    except OSError as error:
        raise HomeUnwritableError(
            f"Det går ikke an å skrive i {settings.home}. Velg en annen mappe med --home."
        ) from error
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    settings.to_environment()


def _refuse_another_owner(home: Path) -> None:
    """Raise HomeUnwritableError when root would leave files that the owner could not change."""
    if os.geteuid() != 0 or not home.exists() or home.stat().st_uid == 0:
        return
    try:
        owner = pwd.getpwuid(home.stat().st_uid).pw_name
    except KeyError:
        owner = f"#{home.stat().st_uid}"
    raise HomeUnwritableError(
        f"{home} eies av {owner}, og filer som root skriver der, kan {owner} ikke endre. Kjør "
        f"kommandoen som den brukeren: sudo -u {owner} nora ..."
    )


@contextmanager
def alone(settings: Settings, command: str) -> Iterator[None]:
    """Let nothing else work in this home during this block, which is one command's.

    A run that was killed in this home is marked as failed. Raises HomeBusyError when another
    command or a run of Dagster is at work, and HomeUnwritableError.
    """
    prepare(settings)
    with locked(settings.home, Holder(f"nora {command}")) as killed:
        if killed:
            with _instance(settings) as instance:
                mark_killed(instance, killed)
        yield


@contextmanager
def opened(settings: Settings, command: str) -> Iterator[dg.DagsterInstance]:
    """Open the instance for one command, which is alone in this home; raises what `alone` raises.

    Runs that a killed command left behind are marked as failed.
    """
    with alone(settings, command):
        upgrade(settings)
        with _instance(settings) as instance:
            for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED, tags=RUN_TAG)):
                _mark(instance, run)
            yield instance


@contextmanager
def storage(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a home that is prepared, beside others that work there."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    with _instance(settings) as instance:
        yield instance


def mark_left_behind(settings: Settings) -> None:
    """Mark every run that an earlier `nora serve` left, killed with it: all others would wait.

    For who is the only one to run Dagster in this home. The run that holds the lock is at work.
    """
    with storage(settings) as instance:
        working, is_alive = at_work(settings.home)
        for run in instance.get_runs(dg.RunsFilter(statuses=[*_UNFINISHED, _CANCELING])):
            if RUN_TAG.items() <= run.tags.items() or (
                is_alive and working and run.run_id == working.run_id
            ):
                continue
            _mark(instance, run)


def _instance(settings: Settings) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(settings.dagster_home))


def mark_killed(instance: dg.DagsterInstance, holder: Holder | None) -> None:
    """Mark the run that was killed while it held the lock, if it was one: nobody else would."""
    run = instance.get_run_by_id(holder.run_id) if holder and holder.run_id else None
    if run and not run.is_finished:
        _mark(instance, run)


def _mark(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Say of a run that was killed that it has ended, as it would have."""
    if run.status == _CANCELING:
        instance.report_run_canceled(run, KILLED)
    else:
        instance.report_run_failed(run, KILLED)
