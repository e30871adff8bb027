"""The lock of a home: who holds it is told, who waits gets it, and a killed holder is known."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance import mark_killed
from pipelines.lock import Holder, HomeBusyError, locked
from pipelines.settings import PROJECT

HOLD = """
import sys
from pathlib import Path
from pipelines.lock import Holder, locked
with locked(Path(sys.argv[1]), Holder(sys.argv[2], sys.argv[3])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(
    home: Path, name: str = "nora forget", run_id: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock of a home during this block, or until it is killed."""
    command = [sys.executable, "-c", HOLD, str(home), name, run_id]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process  # which ends when its input is closed


def test_who_does_not_wait_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        held(tmp_path),
        pytest.raises(
            HomeBusyError, match=r"^nora forget arbeider i .* siden \d+\. \w+ \d{4} kl\."
        ),
        locked(tmp_path, Holder("nora build")),
    ):
        pass
    with locked(tmp_path, Holder("nora build")) as killed:
        assert killed is None


def test_who_waits_is_told_for_whom_once_and_gets_the_lock(tmp_path: Path) -> None:
    told: list[Holder] = []
    with held(tmp_path) as process:

        def waiting(other: Holder) -> None:
            told.append(other)
            assert process.stdin
            process.stdin.close()

        with locked(tmp_path, Holder("Dagster (load 01234567)"), waiting):
            assert process.wait() == 0
    assert [other.name for other in told] == ["nora forget"]


def test_process_that_holds_the_lock_enters_again_and_keeps_it(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with locked(tmp_path, Holder("nora build")):
        with locked(link, Holder("Dagster (load 01234567)")):
            pass
        said = subprocess.run(
            [sys.executable, "-c", HOLD, str(tmp_path), "nora report", ""],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert said.returncode == 1
    assert "nora build arbeider" in said.stderr


def test_holder_that_has_not_yet_said_who_it_is_is_a_command(tmp_path: Path) -> None:
    with held(tmp_path):
        for content in ("", '{"name": "nora', "7", '{"of a later version": 1}'):
            (tmp_path / ".lock").write_text(content, encoding="utf-8")
            with pytest.raises(HomeBusyError, match=r"^En annen kommando arbeider i \S+\. Vent"):
                locked(tmp_path, Holder("nora build")).__enter__()


@pytest.mark.parametrize(
    ("before", "after"), [("STARTED", "FAILURE"), ("CANCELING", "CANCELED"), ("SUCCESS", "SUCCESS")]
)
def test_run_that_was_killed_while_it_held_the_lock_is_marked_by_the_next(
    tmp_path: Path, before: str, after: str
) -> None:
    silent = {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(tmp_path), silent) as instance:
        run = instance.add_run(dg.DagsterRun("load", status=dg.DagsterRunStatus(before)))
        with held(tmp_path, "Dagster (load)", run.run_id) as process:
            process.kill()
            assert process.wait() == -signal.SIGKILL
        with locked(tmp_path, Holder("nora build")) as killed:
            assert killed
            assert killed.run_id == run.run_id
            mark_killed(instance, killed)
        assert instance.get_run_by_id(run.run_id).status.value == after
        with locked(tmp_path, Holder("nora build")) as killed:
            assert killed is None
