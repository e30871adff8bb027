"""Every mart for every year of a large register, compared with the same SQL in bare DuckDB.

`python -m bench.marts` prints seconds, ratios and peak memory, and the cost of checking the marts.
The register is made up by register.py; a whole build is measured in build.py.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import dagster as dg
import duckdb
import polars as pl

from assets.definition import asset_key
from assets.intermediate.assets import statement
from assets.reference.printed_figures import printed_figures
from assets.sql_statement import YearlyQuery, read_sql
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from bench.register import AS_OF, FIRST_DAY, register
from pipelines.warehouse import Warehouse, WarehouseIOManager

YEARS = list(range(FIRST_DAY.year, AS_OF.year + 1))
MARTS = vocabulary().layer("marts")

Seconds = dict[str, float]
"""Seconds by name of mart."""


def load(warehouse: Path, participants: int, seed: int) -> None:
    """Store a made-up register in a new warehouse, as a build does."""
    manager = _manager(warehouse)
    manager.handle_output(_context("reference.printed_figures"), printed_figures())
    build_day = pl.DataFrame({"as_of": [AS_OF]}, schema(vocabulary().table("records.build_day")))
    for name, frame in {**register(participants, seed), "build_day": build_day}.items():
        manager.handle_output(_context(f"records.{name}"), frame)
    for table in vocabulary().layer("intermediate"):
        manager.handle_output(_context(table.qualified_name), statement(table))


def load_bare(bare: Path, warehouse: Path) -> None:
    """Copy the records and code lists into plain tables of a new database, with the same views."""
    lists = [f"vocabulary.{name}" for name in vocabulary().code_lists]
    records = [
        table.qualified_name
        for layer in ("records", "reference")
        for table in vocabulary().layer(layer)
    ]
    with duckdb.connect(bare) as connection:
        for layer in ("vocabulary", "records", "reference", "intermediate", "marts"):
            connection.execute(f"create schema {layer}")
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        for name in (*lists, *records):
            connection.execute(f"create table {name} as from warehouse.{name}")
        for table in vocabulary().layer("intermediate"):
            kind = "table" if table.stored else "view"
            connection.execute(f"create {kind} {table.qualified_name} as {read_sql(table)}")


def compute(warehouse: Path) -> Seconds:
    """Compute every mart for every year as a build does, and return the seconds of each."""
    manager = _manager(warehouse)
    seconds = {}
    for table in MARTS:
        context = _context(table.qualified_name)
        start = time.perf_counter()
        manager.handle_output(context, YearlyQuery(read_sql(table), YEARS))
        seconds[table.name] = time.perf_counter() - start
    return seconds


def compute_bare(bare: Path) -> Seconds:
    """Run the same SQL into plain tables, over one connection, and return the seconds of each."""
    seconds = {}
    with duckdb.connect(bare) as connection:
        for table in MARTS:
            start = time.perf_counter()
            connection.execute(
                f"create or replace table {table.qualified_name} as {read_sql(table)}",
                {"years": YEARS},
            )
            seconds[table.name] = time.perf_counter() - start
    return seconds


def check(warehouse: Path) -> tuple[float, int]:
    """Check every mart for every year; return the seconds and the number of failures.

    The import of Great Expectations is not timed here: build.py includes it.
    """
    from expectations.validation import validate  # noqa: PLC0415

    start = time.perf_counter()
    results = validate(warehouse, [table.qualified_name for table in MARTS], YEARS, "bench")
    return time.perf_counter() - start, results.filter(~pl.col("success")).height


def peak_mebibytes() -> float:
    """Return the peak memory of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def main(arguments: Sequence[str] | None = None) -> None:
    """Load a register, compute its marts alternately in both ways, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.marts", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    # One process for each side, so that the peak memory of each can be measured.
    with tempfile.TemporaryDirectory() as folder, _process() as product, _process() as plain:
        warehouse, bare = Path(folder, "warehouse.duckdb"), Path(folder, "bare.duckdb")
        with _process() as loading:
            start = time.perf_counter()
            loading.submit(load, warehouse, options.participants, options.seed).result()
            seconds = time.perf_counter() - start
            loading.submit(load_bare, bare, warehouse).result()
        print(f"{options.participants:,} participants drawn and stored in {seconds:.1f} s")
        ours, theirs = [], []
        # The first round warms up.
        for _ in range(options.rounds + 1):
            ours.append(product.submit(compute, warehouse).result())
            theirs.append(plain.submit(compute_bare, bare).result())
        _print_marts(ours[1:], theirs[1:])
        peaks = [side.submit(peak_mebibytes).result() for side in (product, plain)]
        print(f"peak memory: product {peaks[0]:.0f} MiB, bare {peaks[1]:.0f} MiB")
        with _process() as checking:
            results = [
                checking.submit(check, warehouse).result() for _ in range(options.rounds + 1)
            ]
            peak = checking.submit(peak_mebibytes).result()
        seconds = median(seconds for seconds, _ in results[1:])
        marts = median(sum(one.values()) for one in ours[1:])
        print(
            f"checks of the marts: {seconds:.2f} s, {seconds / marts:.2f} of the marts, "
            f"peak {peak:.0f} MiB, {results[-1][1]} failed"
        )


def _print_marts(ours: Sequence[Seconds], theirs: Sequence[Seconds]) -> None:
    print(f"{len(ours)} alternating rounds after a warm-up; medians")
    print(f"{'mart':20} {'product s':>10} {'bare s':>10} {'ratio':>7}")
    for table in MARTS:
        _print_line(
            table.name, [one[table.name] for one in ours], [one[table.name] for one in theirs]
        )
    _print_line("all", [sum(one.values()) for one in ours], [sum(one.values()) for one in theirs])


def _print_line(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    ratio = median(our / their for our, their in zip(ours, theirs, strict=True))
    print(f"{name:20} {median(ours):10.3f} {median(theirs):10.3f} {ratio:7.2f}")


def _manager(warehouse: Path) -> WarehouseIOManager:
    return WarehouseIOManager(warehouse=Warehouse(file=str(warehouse)))


def _context(name: str) -> dg.OutputContext:
    """Return the context that Dagster passes with an output; call it outside of timed code."""
    return dg.build_output_context(asset_key=asset_key(name))


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_mute)


def _mute() -> None:
    """Discard standard output: in such a process, DuckDB draws progress bars as at a prompt."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
