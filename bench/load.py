"""A large register read from its deliveries and stored, as a build loads and checks it.

`python -m bench.load` prints the CPU seconds and the peak memory of each step, and the ratio to
bare DuckDB, which reads the same files, casts their dates and stores the same two layers. The
register is made up by register.py; a workbook is loaded in deliveries.py. Dagster's events are left
out: build.py has them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.quality.assets import records
from assets.raw.assets import raw
from assets.rows import Rows
from assets.vocabulary import vocabulary
from bench.bare import load as bare
from bench.register import AS_OF, FORMATS, deliver
from expectations.findings import findings_query
from pipelines.accepted import AcceptedFile
from pipelines.forgotten import ForgottenFile
from pipelines.inbox import BuildDay, Inbox
from pipelines.kept import KeptDeliveries
from pipelines.reader import Reader
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, WarehouseIOManager


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system, with those of children), and peak memory in MiB of one step."""

    cpu: float
    peak: float
    """Of the step's own process; a child that reads a delivery has bounds of its own."""


def read(inbox: Path, home: Path) -> None:
    """Run the step `raw` into a new warehouse."""
    resources = {
        "inbox": Inbox(str(inbox)),
        "reader": Reader(),
        "kept": KeptDeliveries(_warehouse(home)),
        "forgotten": ForgottenFile.of(Settings(inbox, home)),
        "build_day": BuildDay(AS_OF),
    }
    with _warehouse(home).held() as warehouse:
        _store(warehouse, "raw", raw(dg.build_asset_context(resources=resources)))


def type_and_code(home: Path) -> None:
    """Run the step `records`; ValueError when it rejects any row."""
    with _warehouse(home).held() as warehouse:
        resources = {
            "accepted": AcceptedFile(file=str(home / "accepted.json")),
            "build_day": BuildDay(AS_OF),
            "warehouse": warehouse,
        }
        context = dg.build_asset_context(resources=resources)
        loads = {
            name: partial(warehouse.query, f"from {'.'.join(key.path)}")
            for name, key in records.keys_by_input_name.items()
        }
        _store(warehouse, "records", records(context, **loads))
        if warehouse.query("from quality.rejected_rows").height:
            raise ValueError("the register that was made up is not clean")


def check(home: Path) -> None:
    """Find and check as the load does; the import of Great Expectations is included."""
    from expectations.validation import validate  # noqa: PLC0415

    context = dg.build_output_context(asset_key=asset_key("quality.findings"))
    with _warehouse(home).held() as warehouse:
        WarehouseIOManager(warehouse).handle_output(context, findings_query())
    tables = [table.qualified_name for table in vocabulary().layer("records")]
    validate(_warehouse(home).path, tables, None, "bench")


def _warehouse(home: Path) -> Warehouse:
    return Warehouse(file=str(home / "warehouse.duckdb"))


def _store(warehouse: Warehouse, layer: str, made: object) -> None:
    quality = {table.name for table in vocabulary().layer("quality")}
    manager = WarehouseIOManager(warehouse)
    for output in cast(Iterator[dg.Output[Rows | pl.DataFrame]], made):
        name = output.output_name
        key = asset_key(f"{'quality' if name in quality else layer}.{name}")
        manager.handle_output(dg.build_output_context(asset_key=key), output.value)


def measure(step: Callable[..., object], *arguments: object) -> Cost:
    """Run a step in a process of its own, and return its cost."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=_mute) as process:
        return process.submit(_measured, step, arguments).result()


def _measured(step: Callable[..., object], arguments: Sequence[Any]) -> Cost:
    before = _cpu()
    step(*arguments)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    return Cost(_cpu() - before, peak)


def _cpu() -> float:
    return sum(os.times()[:4])


def _mute() -> None:
    """Discard standard output: in such a process, DuckDB draws progress bars as at a prompt."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Load the register by DuckDB alone and as a build does, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000_000)
    parser.add_argument("--format", choices=FORMATS, default="parquet")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        inbox, home = Path(folder, "inbox"), Path(folder, "home")
        inbox.mkdir()
        home.mkdir()
        measure(deliver, inbox, options.participants, options.seed, options.format)
        alone = measure(bare, inbox, Path(folder, "bare.duckdb"))
        steps = {
            "raw: read, searched, stored": measure(read, inbox, home),
            "records: typed, judged, stored": measure(type_and_code, home),
            "records checked": measure(check, home),
        }
    print(
        f"{options.participants:,} participants as {options.format}, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':32}   CPU s  ratio     MiB")
    for name, cost in {"DuckDB alone": alone, **steps}.items():
        print(f"{name:32} {cost.cpu:7.2f} {cost.cpu / alone.cpu:6.2f} {cost.peak:7.0f}")
    together = sum(cost.cpu for cost in steps.values())
    highest = max(cost.peak for cost in steps.values())
    print(f"{'all steps':32} {together:7.2f} {together / alone.cpu:6.2f} {highest:7.0f}")


if __name__ == "__main__":
    main()
