"""All that a service has started ends with it, however it or a part of it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from pipelines import instance, service
from pipelines.settings import PROJECT, Settings
from tests.pipeline.homes import environment_kept
from tests.unit.test_lock import held

# A part, which has a child as the code server has a run; `timeit` runs any program.
START = """
import signal, sys
from pathlib import Path
from pipelines import service
for sent in (signal.SIGINT, signal.SIGTERM):
    signal.signal(sent, signal.default_int_handler)
sleep = "import subprocess; subprocess.run(['sh', '-c', 'echo $$ > ' + {!r} + '; sleep 99; :'])"
try:
    with service._started(None) as (started, folder):
        ready = [folder / "1", folder / "2"]
        for file in ready:
            started.start("Delen", "timeit", "-n1", "-r1", sleep.format(str(file)))
        for file in ready:
            started.wait_for(file)
        print(folder, started._ending.pid, *started._parts, flush=True)
        started.wait()
except KeyboardInterrupt:
    sys.exit(0)
except service.StoppedError as error:
    sys.exit(str(error))
"""
STUBBORN = """
import signal, sys, time
from pipelines import ending
ending.PATIENCE = 0.1
ending.main()
"""
IGNORE = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(99)
"""
LONGEST = 60


@contextmanager
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A service in a process of its own: the process that ends it, and its parts."""
    with subprocess.Popen(
        [sys.executable, "-c", START],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        folder, *others = process.stdout.readline().split()
        assert Path(folder).parent == tmp_path
        group = int(others[0])
        # Each part has a shell, which sleeps.
        assert len(members(group)) >= 5
        yield process, list(map(int, others))
    until(lambda: members(group) == [])
    until(lambda: list(tmp_path.iterdir()) == [])


def members(group: int) -> list[int]:
    """The processes of a group that have not ended."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
    )
    rows = map(str.split, listed.stdout.splitlines())
    return [int(pid) for pid, of, state in rows if int(of) == group and state[0] != "Z"]


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_service_that_is_ended_leaves_no_process(tmp_path: Path, sent: signal.Signals) -> None:
    with started(tmp_path) as (process, _):
        process.send_signal(sent)
        process.wait(LONGEST)
    assert process.returncode == (-sent if sent == signal.SIGKILL else 0)


@pytest.mark.parametrize("which", [0, 1])
def test_service_ends_with_any_of_its_processes_and_says_so(tmp_path: Path, which: int) -> None:
    with started(tmp_path) as (process, others):
        os.kill(others[which], signal.SIGKILL)
        _, said = process.communicate(timeout=LONGEST)
    assert process.returncode == 1
    assert "(signal 9)" in said
    assert len(said.splitlines()) == 1


def test_part_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN, str(tmp_path / "gone")],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        process_group=0,
    ) as ending:
        part = subprocess.Popen(
            [sys.executable, "-c", IGNORE], stdout=subprocess.PIPE, process_group=ending.pid
        )
        with part:
            assert part.stdout
            assert part.stdout.readline() == b"ready\n"
            # It must have begun to wait, or it would be ended by its own signal.
            until(lambda: "pipe" in Path(f"/proc/{ending.pid}/wchan").read_text())
            ending.communicate(timeout=LONGEST)
    assert part.returncode == -signal.SIGKILL
    assert ending.returncode == 0


def test_service_is_the_first_until_all_of_it_has_ended(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path)
    settings.dagster_home.mkdir()
    with service.first_in(settings) as held:
        assert held is not None
        with service.first_in(settings) as second:
            assert second is None
        ending = subprocess.Popen(
            [sys.executable, "-m", "pipelines.ending", tempfile.mkdtemp(dir=tmp_path)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            pass_fds=[held],
            process_group=0,
        )
    with service.first_in(settings) as too_early:
        assert too_early is None
    ending.communicate()
    with service.first_in(settings) as next_one:
        assert next_one is not None


def test_runs_that_a_service_left_are_marked_but_for_those_at_work(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path)
    statuses = ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"]
    with environment_kept():
        instance.prepare(settings)
        with instance.storage(settings) as storage:
            runs = {
                f"{status}{len(tags)}": dg.DagsterRunStatus(status)
                for status in statuses
                for tags in ({}, instance.RUN_TAG)
            }
            for name, status in runs.items():
                tags = instance.RUN_TAG if name.endswith("1") else {}
                storage.add_run(dg.DagsterRun(name, status=status, tags=tags))
            at_work = storage.add_run(dg.DagsterRun("load", status=runs["STARTED0"]))
        with held(tmp_path, "Dagster (load)", at_work.run_id):
            instance.mark_left_behind(settings)
        with instance.storage(settings) as storage:
            left = {run.job_name: run.status.value for run in storage.get_runs()}
    # Runs of commands are marked by the next command.
    assert left == {
        **{f"{status}1": status for status in statuses},
        **{f"{status}0": "FAILURE" for status in statuses},
        "CANCELING0": "CANCELED",
        "load": "STARTED",
    }


def test_monitoring_of_runs_leaves_those_of_commands(tmp_path: Path) -> None:
    """A launcher that could be asked for the health of a run would call that of a command dead."""
    settings = Settings(tmp_path, tmp_path)
    with environment_kept():
        instance.prepare(settings)
        with instance.storage(settings) as storage:
            assert storage.run_monitoring_enabled
            assert not storage.run_launcher.supports_check_run_worker_health
