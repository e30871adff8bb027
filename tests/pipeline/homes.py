"""A home to build in: runs the command, and tells what the command said and left behind.

What must be true of it is in the tests beside this.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipelines import cli
from pipelines.definitions import definitions
from pipelines.settings import PROJECT, Settings

DEMO = PROJECT / "data" / "demo"
DEMO_DAY = "2021-12-31"
DEMO_YEARS = [2019, 2020, 2021]


@dataclass(frozen=True)
class Outcome:
    """How one command ended, and all that it said."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """The last line on standard output, which is one JSON object."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found


@contextlib.contextmanager
def environment_kept() -> Iterator[None]:
    """Put the environment back: the command sets variables for the processes it starts."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def nora(*arguments: str) -> Outcome:
    """Run the command `nora` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with environment_kept(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Outcome(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Home:
    """The folder in which all lies that the program writes."""

    path: Path

    def copied_to(self, path: Path) -> Home:
        """Return a copy of this home, links kept as links."""
        return Home(Path(shutil.copytree(self.path, path, symlinks=True)))

    def build(self, *arguments: str, inbox: Path = DEMO, as_of: str = DEMO_DAY) -> Outcome:
        """Run `nora build`, by default on the demo as of the last day of 2021."""
        where = ("--inbox", str(inbox), "--home", str(self.path))
        return nora("build", *where, "--as-of", as_of, *arguments)

    @property
    def settings(self) -> Settings:
        """The settings of a build of the demo in this home."""
        return Settings(DEMO, self.path, date.fromisoformat(DEMO_DAY))

    @property
    def internal(self) -> Path:
        """The publication for the audience `internal`, as readers open it."""
        return self.path / "published" / "internal"

    def manifest(self) -> dict[str, Any]:
        """The manifest of the current publication."""
        text = (self.internal / "manifest.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def published(self, mart: str) -> pl.DataFrame:
        """A table of the current publication."""
        return pl.read_parquet(self.internal / f"{mart}.parquet")

    def publication(self) -> dict[str, str]:
        """Name -> SHA-256 of every file of the current publication, and where its link leads."""
        files = {path.name: _sha256(path) for path in sorted(self.internal.iterdir())}
        return files | {"link": str(self.internal.with_name("current").readlink())}

    def pages(self) -> dict[str, str]:
        """Name -> SHA-256 of every file of the reports."""
        folder = self.path / "reports"
        files = [
            Path(below, name)
            for below, _, names in os.walk(folder, followlinks=True)
            for name in names
        ]
        return {str(path.relative_to(folder)): _sha256(path) for path in sorted(files)}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query on the warehouse and return the rows; others may read at the same time."""
        with duckdb.connect(str(self.path / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Run SQL that changes the warehouse."""
        with duckdb.connect(str(self.path / "warehouse.duckdb")) as connection:
            connection.execute(sql)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table and view of the warehouse, sorted; of check results not run and time.

        Receipts are left out: they compare with what was loaded before.
        """
        found = {}
        # One connection: each takes as long to open as many tables take to read.
        with duckdb.connect(str(self.path / "warehouse.duckdb"), read_only=True) as connection:
            names = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables order by 1"
            ).fetchall()
            for (name,) in names:
                if name in ("quality.receipts", "quality.changes"):
                    continue
                columns = "*"
                if name == "quality.check_results":
                    columns = "* exclude (run_id, checked_at)"
                query = f"select {columns} from {name} order by all"
                found[name] = connection.execute(query).fetchall()
        return found

    def run(self, job: str, *assets: str, **arguments: Any) -> dg.ExecuteInProcessResult:
        """Run a job, or some of its assets, as Dagster's UI would, on the instance of this home."""
        selection = [dg.AssetKey(name.split(".")) for name in assets] or None
        with environment_kept(), self.instance() as instance:
            return (
                definitions(self.settings)
                .resolve_job_def(job)
                .execute_in_process(instance=instance, asset_selection=selection, **arguments)
            )

    def runs(self) -> list[dg.DagsterRun]:
        """The runs that the instance of this home knows of, newest first."""
        with environment_kept(), self.instance() as instance:
            return list(instance.get_runs())

    def instance(self) -> dg.DagsterInstance:
        """The instance of this home, which its dagster.yaml finds by the environment."""
        os.environ["DAGSTER_HOME"] = str(self.settings.dagster_home)
        return dg.DagsterInstance.from_config(str(self.settings.dagster_home))


def built_once(
    factory: pytest.TempPathFactory, name: str, build: Callable[[Home], Outcome]
) -> tuple[Home, Outcome]:
    """Return the home called `name` and what `build` said when it was built there.

    The first process of a test run to ask builds it and the others wait, so nobody may change it.
    """
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Beside the folders of the worker processes.
        folder = folder.parent
    home, said = Home(folder / name), folder / f"{name}.json"
    with open(folder / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            shutil.rmtree(home.path, ignore_errors=True)
            said.write_text(json.dumps(asdict(build(home))), encoding="utf-8")
    return home, Outcome(**json.loads(said.read_text(encoding="utf-8")))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
