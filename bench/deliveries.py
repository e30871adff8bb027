"""A large workbook read, checked and loaded, compared with fastexcel reading its cells as text.

`python -m bench.deliveries` prints the seconds of each step and its ratio to fastexcel alone: in a
process that has imported it, and in one of its own, as a delivery is read in one of its own. The
rows are made up by register.py and written in the form of the template.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import dagster as dg
import fastexcel
import polars as pl

from assets.definition import asset_key
from assets.quality.year_marks import year_marks
from assets.raw.assets import read_deliveries
from assets.raw.delivery import delivered_file
from assets.records.register import build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.model import PROVENANCE
from assets.workbooks.template import workbook
from bench.register import AS_OF, register
from pipelines.reader import Reader
from pipelines.warehouse import Warehouse, WarehouseIOManager

ROWS_OF_A_PERSON = 5
"""About how many rows of the register are made up for each participant."""

STEPS = ("read", "checked", "raw stored", "records stored", "written out")
"""The timed steps, one after the other."""

TABLES = [
    *(f"raw.{table.name}" for table in (*vocabulary().sheets(), *vocabulary().layer("raw"))),
    *(f"records.{table.name}" for table in vocabulary().sheets()),
    "quality.rejected_rows",
    "quality.year_marks",
]


def delivery(rows: int, seed: int) -> bytes:
    """Return a workbook with about this many rows, all of them valid."""
    frames = register(rows // ROWS_OF_A_PERSON, seed)
    return workbook({name: frame.drop(PROVENANCE) for name, frame in frames.items()})


def read_with_fastexcel(content: bytes) -> float:
    """Read every cell of every sheet as text, and return the seconds."""
    start = time.perf_counter()
    reader = fastexcel.read_excel(content)
    for name in reader.sheet_names:
        pl.DataFrame(reader.load_sheet(name, header_row=None, dtypes="string"))
    return time.perf_counter() - start


_ALONE = """
import sys, fastexcel, polars
reader = fastexcel.read_excel(sys.stdin.buffer.read())
for name in reader.sheet_names:
    polars.DataFrame(reader.load_sheet(name, header_row=None, dtypes="string"))
"""


def read_in_a_process(content: bytes) -> float:
    """Do the same in a process that is started for it, and return the seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _ALONE], input=content, check=True)
    return time.perf_counter() - start


def load(content: bytes) -> dict[str, float]:
    """Load the workbook into a new warehouse as a build does; return when each step ended.

    Dagster's events and the checks of the stored tables are left out: build.py has them.
    """
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(file=str(Path(folder, "warehouse.duckdb")))
        warehouse.query("select 1")
        manager = WarehouseIOManager(warehouse=warehouse)
        contexts = {name: dg.build_output_context(asset_key=asset_key(name)) for name in TABLES}
        with warehouse.held():
            warehouse.query("select 1")
            ends = []
            start = time.perf_counter()
            raw = read_deliveries([delivered_file("register.xlsx", content)], Reader().read)
            ends.append(time.perf_counter())
            built = build_register(raw, AS_OF)
            marks = year_marks(built, AS_OF)
            ends.append(time.perf_counter())
            for name, frame in raw.items():
                manager.handle_output(contexts[f"raw.{name}"], frame)
            ends.append(time.perf_counter())
            for name, frame in built.tables.items():
                manager.handle_output(contexts[f"records.{name}"], frame)
            manager.handle_output(contexts["quality.rejected_rows"], built.rejected)
            manager.handle_output(contexts["quality.year_marks"], marks)
            ends.append(time.perf_counter())
        ends.append(time.perf_counter())
    if built.rejected.height:
        raise ValueError("the register that was made up is not clean")
    return {step: end - start for step, end in zip(STEPS, ends, strict=True)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the two alternately, after a warm-up, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.deliveries", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    content = delivery(options.rows, options.seed)
    read = read_deliveries([delivered_file("register.xlsx", content)], Reader().read)
    rows = sum(read[table.name].height for table in vocabulary().sheets())
    read_with_fastexcel(content)
    load(content)
    rounds = [
        (read_with_fastexcel(content), read_in_a_process(content), load(content))
        for _ in range(options.rounds)
    ]
    size = f"{rows:,} rows, {len(content) / 1e6:.1f} MB"
    print(f"{size}; medians of {options.rounds} alternating rounds")
    print(f"{'fastexcel alone':22} {median(bare for bare, _, _ in rounds):7.3f} s")
    print(f"{'... in a process':22} {median(own for _, own, _ in rounds):7.3f} s")
    for step in STEPS:
        seconds = median(ends[step] for *_, ends in rounds)
        ratio = median(ends[step] / bare for bare, _, ends in rounds)
        to_own = median(ends[step] / own for _, own, ends in rounds)
        print(
            f"{'nora: ' + step:22} {seconds:7.3f} s   ratio {ratio:5.2f}, "
            f"to fastexcel in a process of its own {to_own:5.2f}"
        )


if __name__ == "__main__":
    main()
