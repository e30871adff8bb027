"""Commands and runs of Dagster work in a home one at a time; one that is stopped harms nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg
import duckdb
import pytest

from assets.vocabulary import vocabulary
from pipelines import unchanged
from pipelines.settings import AS_OF, HOME, INBOX, PROJECT
from pipelines.warehouse import NothingLoadedError
from tests.pipeline.homes import DEMO, DEMO_DAY, DEMO_YEARS, Home, environment_kept, nora
from tests.unit.test_lock import held

MARTS = [table.name for table in vocabulary().layer("marts")]

_LONGEST = 120

ALL_YEARS = {
    "dagster/asset_partition_range_start": str(DEMO_YEARS[0]),
    "dagster/asset_partition_range_end": str(DEMO_YEARS[-1]),
}


@dataclass(frozen=True)
class Running:
    """A job in a process of its own, and what Dagster knows of its run."""

    process: subprocess.Popen[bytes]
    instance: dg.DagsterInstance
    earlier: frozenset[str]

    @property
    def run(self) -> dg.DagsterRun | None:
        """The run as it is now; None when it is not there yet."""
        later = [one for one in self.instance.get_runs() if one.run_id not in self.earlier]
        return later[-1] if later else None

    def has_said(self, text: str) -> bool:
        """Whether a line of its log has this text."""
        lines = self.instance.all_logs(self.run.run_id) if self.run else []
        return any(text in line.user_message for line in lines)

    def has_ended(self, step: str) -> bool:
        """Whether a step has succeeded."""
        done = self.instance.get_run_step_stats(self.run.run_id) if self.run else []
        return any(one.step_key == step and one.end_time for one in done)


@contextmanager
def running(home: Home, job: str, **tags: str) -> Iterator[Running]:
    """Run a job in a process of its own, as Dagster does for the UI and for the sensor."""
    command = [sys.executable, "-m", "dagster", "job", "execute", "-m", "pipelines.code_location"]
    where = {INBOX: str(DEMO), HOME: str(home.path), AS_OF: DEMO_DAY}
    with environment_kept(), home.instance() as instance:
        earlier = frozenset(run.run_id for run in instance.get_runs())
        with subprocess.Popen(
            [*command, "-j", job, "--tags", json.dumps(tags)],
            cwd=PROJECT,
            env={**os.environ, **where},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                yield Running(process, instance, earlier)
            finally:
                process.kill()


def until(process: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
    """Return when something is so; fail when the process has ended before."""
    deadline = time.monotonic() + _LONGEST
    while not is_so():
        assert process.poll() is None, "the process ended first"
        assert time.monotonic() < deadline
        time.sleep(0.1)


def holder(home: Home) -> str:
    return (home.path / ".lock").read_text(encoding="utf-8")


def test_run_of_dagster_waits_for_a_command_and_says_so(home: Home) -> None:
    before = home.tables()
    with held(home.path, "nora build") as command, running(home, "load") as load:
        until(load.process, lambda: load.has_said("held by nora build, since"))
        assert home.tables() == before
        assert command.stdin
        command.stdin.close()
        assert load.process.wait(_LONGEST) == 0
    assert home.query("select count(*) from records.build_day") == [(1,)]


@pytest.mark.slow
def test_load_waits_for_years_that_are_counted(home: Home, demo: Home) -> None:
    with running(home, "year", **ALL_YEARS) as year:
        # Who has the file open keeps the run waiting in the middle of its work.
        with duckdb.connect(home.settings.warehouse):
            until(year.process, lambda: "year" in holder(home))
            assert year.run
            its_name = f"held by Dagster (year {year.run.run_id[:8]})"
            with running(home, "load") as load:
                until(load.process, lambda: load.has_said(its_name))
        assert year.process.wait(_LONGEST) == 0
        assert home.manifest()["run_id"] == year.run.run_id
    for mart in MARTS:
        assert home.published(mart).equals(demo.published(mart))


def test_command_is_refused_and_told_that_a_person_is_being_forgotten_but_not_who(
    home: Home,
) -> None:
    where = ["--inbox", str(DEMO), "--home", str(home.path), "--as-of", DEMO_DAY]
    command = [sys.executable, "-m", "pipelines.cli", "forget", "D-HEMMELIG", *where]
    with (
        duckdb.connect(home.settings.warehouse),
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL) as forget,
    ):
        until(forget, lambda: "forget" in holder(home))
        assert "HEMMELIG" not in holder(home)
        (delivery, *_) = DEMO.iterdir()
        refused = [
            home.build(),
            nora("check", str(delivery), "--home", str(home.path)),
            nora("report", "--year", "2021", "--home", str(home.path)),
        ]
        forget.kill()
    for told in refused:
        assert told.code == 1
        assert "nora forget arbeider i" in told.out
        assert "HEMMELIG" not in told.out
    assert refused[0].summary["years"] == []


def test_load_that_is_cancelled_leaves_what_is_published_and_nothing_to_count(home: Home) -> None:
    before, pages = home.publication(), home.pages()
    # The step after `raw` opens this first, and waits for somebody who writes.
    waits = home.path / "accepted.json"
    os.mkfifo(waits)
    with running(home, "load") as load:
        until(load.process, lambda: load.has_ended("raw"))
        assert load.run
        # What Dagster does when somebody terminates a run.
        load.instance.report_run_canceling(load.run)
        load.process.send_signal(signal.SIGINT)
        load.process.wait(_LONGEST)
        assert load.run.status == dg.DagsterRunStatus.CANCELED
    waits.unlink()
    assert holder(home) == ""
    assert home.query("select count(*) from records.build_day") == [(0,)]
    with pytest.raises(NothingLoadedError):
        home.run("year", partition_key="2021")
    assert (home.publication(), home.pages()) == (before, pages)


@pytest.mark.slow
def test_load_that_is_killed_is_marked_and_made_good_by_the_next_command(
    home: Home, demo_tables: dict[str, list[tuple[Any, ...]]]
) -> None:
    before, pages = home.publication(), home.pages()
    unchanged.note_build(home.settings, DEMO_YEARS, unchanged.inputs(home.settings))
    with running(home, "load") as load:
        until(load.process, lambda: load.has_ended("raw"))
        load.process.kill()
        load.process.wait(_LONGEST)
        assert (home.publication(), home.pages()) == (before, pages)
        assert load.run
        assert load.run.status == dg.DagsterRunStatus.STARTED
        again = home.build()
        assert load.run.status == dg.DagsterRunStatus.FAILURE
    assert again.code == 0, again.out
    assert "alt er som da det ble bygd sist" not in again.out
    assert home.tables() == demo_tables
