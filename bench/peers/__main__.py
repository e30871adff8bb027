"""Runs seven marts by every tool in turn, compares their lines, and prints their cost as ratios.

The records are made up by register.py, and given to every tool before the time is taken: to ours in
a warehouse, to the others as Parquet. The figures are those of the whole process of the tool: its
start and imports are part of them, and printed as well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import polars as pl

from assets.vocabulary import vocabulary
from bench.peers import MARTS
from bench.process import TimeLimitError, run

OURS = "ours"
DBT_PYTHON = "build/dbt/bin/python"
"""Of the environment that the Makefile sets up from dbt/requirements.lock."""

TOOLS = {
    "duckdb": (sys.executable, "-m", "bench.peers.duckdb_script"),
    OURS: (sys.executable, "-m", "bench.peers.ours"),
    "polars": (sys.executable, "-m", "bench.peers.polars_script"),
    "pandas": (sys.executable, "-m", "bench.peers.pandas_script"),
    "dbt run": (DBT_PYTHON, "-m", "bench.peers.dbt_script", "run"),
    "dbt build": (DBT_PYTHON, "-m", "bench.peers.dbt_script", "build"),
}
"""Tool -> its command; the first is the one that the ratios refer to."""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds, CPU seconds (user and system), and peak memory in MiB.

    `start` is the part of the CPU seconds before the work: Python itself, and the imports.
    """

    wall: float
    cpu: float
    start: float
    peak: float

    @property
    def work(self) -> float:
        """CPU seconds without the start."""
        return self.cpu - self.start


class DifferentLinesError(Exception):
    """Two tools do not agree about a mart."""


def measure(command: Sequence[str], limit: float) -> Cost:
    """Run a script of this folder and return its cost; it is stopped after `limit` seconds.

    Raises the errors of process.run.
    """
    ended = run(command, limit)
    start = float(ended.text.split(maxsplit=1)[0])
    return Cost(ended.cost.wall, ended.cost.cpu, start, ended.highest)


def compare(expected: Path, found: Path) -> None:
    """Raise DifferentLinesError if two folders of answers differ in any line of any mart."""
    for mart in MARTS:
        ours, theirs = _lines(expected, mart), _lines(found, mart)
        differing = ((ours - theirs) + (theirs - ours)).total()
        if differing:
            raise DifferentLinesError(f"{found.name}: {mart}: {differing} lines differ")


def _lines(answers: Path, mart: str) -> Counter[tuple[object, ...]]:
    columns = [column.name for column in vocabulary().table(f"marts.{mart}").columns]
    return Counter(
        pl.read_parquet(answers / f"{mart}.parquet", columns=columns).select(columns).rows()
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every tool on registers of every size, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--participants", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one process")
    options = parser.parse_args(arguments)
    if not Path(DBT_PYTHON).exists() and any(DBT_PYTHON in TOOLS[tool] for tool in options.tools):
        parser.error("`make build/dbt/.installed` sets up dbt; --tools can leave it out")
    for participants in options.participants:
        with tempfile.TemporaryDirectory() as folder:
            _measure_size(participants, Path(folder), options)


def _measure_size(participants: int, folder: Path, options: argparse.Namespace) -> None:
    data, warehouse = folder / "records", folder / "warehouse.duckdb"
    data.mkdir()
    # In a process of its own: memory of this one would count in the peaks of those that it begins.
    drawing = (sys.executable, "-m", "bench.peers.records", data, warehouse)
    subprocess.run([*drawing, str(participants), str(options.seed)], check=True)
    costs: dict[str, list[Cost]] = {tool: [] for tool in options.tools}
    # The first round warms up.
    for _ in range(options.rounds + 1):
        for tool in list(costs):
            answers = folder / tool
            answers.mkdir(exist_ok=True)
            source = warehouse if tool == OURS else data
            try:
                costs[tool].append(
                    measure([*TOOLS[tool], str(source), str(answers)], options.limit)
                )
            except TimeLimitError:
                print(f"{tool}: more than {options.limit:g} s with {participants:,} participants")
                del costs[tool]
        first, *others = costs
        for tool in others:
            compare(folder / first, folder / tool)
    _print(participants, {tool: rounds[1:] for tool, rounds in costs.items()})


def _print(participants: int, costs: dict[str, list[Cost]]) -> None:
    print(f"{participants:,} participants, load {os.getloadavg()[0]:.1f}; medians")
    print("tool        CPU s  ratio  start s   work s  ratio   wall s    MiB")
    first = next(iter(costs.values()))
    for tool, rounds in costs.items():
        all_ratio = median(one.cpu / its.cpu for one, its in zip(rounds, first, strict=True))
        work_ratio = median(one.work / its.work for one, its in zip(rounds, first, strict=True))
        print(
            f"{tool:10} {median(one.cpu for one in rounds):6.2f} {all_ratio:6.2f}"
            f" {median(one.start for one in rounds):8.2f}"
            f" {median(one.work for one in rounds):8.2f} {work_ratio:6.2f}"
            f" {median(one.wall for one in rounds):8.2f}"
            f" {median(one.peak for one in rounds):6.0f}"
        )


if __name__ == "__main__":
    main()
