"""Every mart for every year of a large register, as a build computes and checks it.

`python -m bench.marts` prints the seconds of each mart and the cost of checking them. The register
is made up by register.py; a whole build is measured in build.py, and seven of the marts are
compared with other tools in peers.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import cast

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.intermediate.assets import statement
from assets.reference.printed_figures import printed_figures
from assets.sql_statement import Query, View, YearlyQuery, read_sql
from assets.vocabulary import Table, vocabulary
from bench.register import AS_OF, BUILD_DAY, FIRST_DAY, register
from pipelines.warehouse import Warehouse, WarehouseIOManager

YEARS = list(range(FIRST_DAY.year, AS_OF.year + 1))
INTERMEDIATE = vocabulary().layer("intermediate")
MARTS = vocabulary().layer("marts")

UNLIKE = "printed_figures_agree"
"""The only check that may fail: what NorA printed in some years is not true of made-up persons."""

Seconds = dict[str, float]
"""Seconds by the `layer.name` of the table."""


@dataclass(frozen=True)
class _Output:
    """What the IO manager uses of Dagster's context; making a real one takes longer than a mart."""

    asset_key: dg.AssetKey

    def add_output_metadata(self, metadata: object) -> None:
        """Take the number of rows, which nobody reads here."""


def store(warehouse: Path, frames: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Store tables (`layer.name`, the build day last) in a new warehouse, as a build does."""
    with Warehouse(file=str(warehouse)).held() as held:
        for name, frame in frames:
            _handle_output(held, name, frame)


def compute(warehouse: Path, tables: Sequence[Table]) -> Seconds:
    """Make these tables of the layers intermediate and marts as a build does, for every year."""
    seconds = {}
    with Warehouse(file=str(warehouse)).held() as held:
        for table in tables:
            yearly = table.layer == "marts"
            made = YearlyQuery(read_sql(table), YEARS) if yearly else statement(table)
            start = time.perf_counter()
            _handle_output(held, table.qualified_name, made)
            seconds[table.qualified_name] = time.perf_counter() - start
    return seconds


def _handle_output(
    warehouse: Warehouse, name: str, made: pl.DataFrame | View | Query | YearlyQuery
) -> None:
    context = cast(dg.OutputContext, _Output(asset_key(name)))
    WarehouseIOManager(warehouse).handle_output(context, made)


def _load(warehouse: Path, participants: int, seed: int) -> None:
    frames = register(participants, seed) | {"build_day": BUILD_DAY}
    store(
        warehouse,
        [
            ("reference.printed_figures", printed_figures()),
            *((f"records.{name}", frame) for name, frame in frames.items()),
        ],
    )


def _check(warehouse: Path) -> tuple[float, list[str]]:
    """Check every mart for every year; return the seconds, and each check that failed, by year.

    The import of Great Expectations is not timed here: build.py includes it. ValueError when a
    check fails that made-up persons should pass.
    """
    from expectations.validation import validate  # noqa: PLC0415

    start = time.perf_counter()
    results = validate(warehouse, [table.qualified_name for table in MARTS], YEARS, "bench")
    seconds = time.perf_counter() - start
    failed = results.filter(~pl.col("success"))
    named = pl.concat_str("expectation", "year", separator=" ", ignore_nulls=True)
    names = failed.select(named).to_series().to_list()
    if not failed.filter(pl.col("expectation") != UNLIKE).is_empty():
        raise ValueError(f"the marts are wrong, or the register is: {', '.join(names)}")
    return seconds, names


def _peak_mebibytes() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def main(arguments: Sequence[str] | None = None) -> None:
    """Load a register, compute its marts and check them, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.marts", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    # One process for each step, so that the peak memory of each can be measured.
    with tempfile.TemporaryDirectory() as folder, _process() as counting, _process() as checking:
        warehouse = Path(folder, "warehouse.duckdb")
        with _process() as loading:
            start = time.perf_counter()
            loading.submit(_load, warehouse, options.participants, options.seed).result()
            seconds = time.perf_counter() - start
        print(f"{options.participants:,} participants drawn and stored in {seconds:.1f} s")
        tables = (*INTERMEDIATE, *MARTS)
        # The first round warms up.
        rounds = [
            counting.submit(compute, warehouse, tables).result() for _ in range(options.rounds + 1)
        ][1:]
        print(f"{options.rounds} rounds after a warm-up; medians")
        for name in rounds[0]:
            print(f"{name:35} {median(one[name] for one in rounds):8.3f} s")
        counted = median(sum(one.values()) for one in rounds)
        peak = counting.submit(_peak_mebibytes).result()
        print(f"{'all':35} {counted:8.3f} s, peak {peak:.0f} MiB")
        checks = [checking.submit(_check, warehouse).result() for _ in range(options.rounds + 1)][
            1:
        ]
        seconds = median(seconds for seconds, _ in checks)
        peak = checking.submit(_peak_mebibytes).result()
        print(
            f"checks of the marts: {seconds:.2f} s, {seconds / counted:.2f} of all, "
            f"peak {peak:.0f} MiB; "
            f"failed, as they should on made-up persons: {', '.join(checks[-1][1])}"
        )


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_mute)


def _mute() -> None:
    """Discard standard output: in such a process, DuckDB draws progress bars as at a prompt."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
