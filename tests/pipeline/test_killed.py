"""A build killed at any moment: the publication stays readable, and the next build succeeds."""

from __future__ import annotations

import hashlib
import io
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from assets.vocabulary import vocabulary
from pipelines import instance
from pipelines.settings import PROJECT, Settings
from tests.pipeline.homes import DEMO, DEMO_DAY, DEMO_YEARS, Home, environment_kept

MARTS = [table.name for table in vocabulary().layer("marts")]

PUBLISH_FOR_EVER = """
import itertools, sys
import polars as pl
from pipelines.release_store import ReleaseStore
store = ReleaseStore(sys.argv[1])
for number in itertools.count():
    tables = {name: pl.DataFrame({"n": [number] * 50}) for name in sys.argv[2:]}
    with store.draft(["internal"]) as draft:
        draft.publish("internal", tables, {"run_id": str(number)})
    print(number, flush=True)
"""

_LONGEST = 120


class Reader(threading.Thread):
    """Reads the whole publication over and over, and notes what was wrong with it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.rounds = 0
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.2):
            before = self.folder.resolve()
            try:
                self.check()
            except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
                # Two publications later a reader has to open anew.
                if before == self.folder.resolve():
                    self.wrong.append(repr(error))
            self.rounds += 1

    def check(self) -> None:
        """Read the publication once and note what is wrong with it."""
        current = self.folder.resolve(strict=True)
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
        for name in MARTS:
            content = (current / f"{name}.parquet").read_bytes()
            if hashlib.sha256(content).hexdigest() != manifest["tables"][name]["sha256"]:
                self.wrong.append(f"{name} is not of run {manifest['run_id']}")
            if pl.read_parquet(io.BytesIO(content)).height != manifest["tables"][name]["rows"]:
                self.wrong.append(f"{name} is not whole")


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    reader = Reader(folder)
    reader.start()
    try:
        yield reader
    finally:
        reader.done.set()
        reader.join()


def run_and_kill(command: Sequence[str], marker: str, delay: float) -> None:
    """Start a program and kill it `delay` seconds after a line that begins with `marker`."""
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        watchdog = threading.Timer(_LONGEST, process.kill)
        watchdog.start()
        lines = iter(process.stdout or ())
        seen = not marker or any(line.split()[:1] == [marker] for line in lines)
        time.sleep(delay)
        process.kill()
        watchdog.cancel()
    assert seen, f"the program ended before {marker}"
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_a_killed_build_harms_nothing_and_the_next_gives_the_tables_of_a_fresh_home(
    home: Home, demo: Home, demo_tables: dict[str, list[tuple[Any, ...]]]
) -> None:
    """One moment, while it publishes; kill_builds.py kills at any, as often as you ask for."""
    build = ["-m", "pipelines.cli", "build", "--inbox", str(DEMO), "--as-of", DEMO_DAY]
    with reading(home.internal) as reader:
        run_and_kill([*build, "--home", str(home.path)], "mart_checks", 0.5)
        said = home.build()
    assert reader.wrong == []
    assert reader.rounds > 1
    assert said.code == 0, said.out
    assert said.summary["years"] == DEMO_YEARS
    found = home.tables()
    assert found.keys() == demo_tables.keys()
    assert [name for name in found if found[name] != demo_tables[name]] == []
    for mart in MARTS:
        assert home.published(mart).equals(demo.published(mart))
    assert {path.name for path in (home.path / "published").iterdir()} == {
        ".releases", ".vintages", "current", "internal", "open"
    }  # fmt: skip
    assert {run.status for run in home.runs()} == {
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
    }


def test_publication_killed_while_it_is_swapped_is_never_half(home: Home) -> None:
    rng = random.Random(7)
    publish = ["-c", PUBLISH_FOR_EVER, str(home.path / "published"), *MARTS]
    with reading(home.internal) as reader:
        for _ in range(3):
            run_and_kill(publish, "2", rng.uniform(0.0, 0.5))
    assert reader.wrong == []
    assert reader.rounds > 3
    reader.check()
    assert reader.wrong == []


def test_runs_that_a_killed_command_left_are_marked_and_those_of_the_ui_let_be(
    tmp_path: Path,
) -> None:
    settings = Settings(DEMO, tmp_path)
    unfinished = ("NOT_STARTED", "STARTING", "STARTED")
    with environment_kept():
        with instance.opened(settings, "build") as opened:
            for status in unfinished:
                for tags in (instance.RUN_TAG, {}):
                    name = f"{status}{len(tags)}"
                    run = dg.DagsterRun(name, status=dg.DagsterRunStatus(status), tags=tags)
                    opened.add_run(run)
        with instance.opened(settings, "build") as opened:
            left = {run.job_name: run.status.value for run in opened.get_runs()}
    assert left == {f"{status}1": "FAILURE" for status in unfinished} | {
        f"{status}0": status for status in unfinished
    }
