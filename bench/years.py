"""Whole builds of 1,000 persons over 1, 2, 5 and 10 years: how their cost grows with the years.

`python -m bench.years` builds each register, which is as awkward as those of the tests, in a new
home and then again with nothing changed, and prints the CPU seconds of both, with their ratio to a
bare import of Dagster and Great Expectations. The protection of the open publication alone is
measured in disclosure.py.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from bench.build import BARE_IMPORT, BUILD
from bench.process import Cost, TimeLimitError, run
from bench.register import write
from tests.recount.records import KINDS
from tests.recount.registers import random_register

LAST_DAY = date(2021, 12, 31)


def deliver(inbox: Path, persons: int, years: int, seed: int) -> None:
    """Write a random register of so many persons and years, ending on LAST_DAY, as Parquet."""
    made = random_register(seed, persons, LAST_DAY.year - years + 1, LAST_DAY.year, LAST_DAY)
    tables = {}
    for name in KINDS:
        types = schema(vocabulary().table(f"records.{name}"))
        rows = [vars(one) for one in getattr(made, name)]
        if rows:
            tables[name] = pl.DataFrame(rows, {column: types[column] for column in rows[0]})
    write(inbox, tables, "parquet")


def measure(persons: int, years: int, seed: int, limit: float) -> tuple[Cost, Cost] | None:
    """Return the cost of a first build and of one with nothing changed; None if one took longer."""
    with tempfile.TemporaryDirectory() as folder:
        inbox, home = Path(folder, "inbox"), Path(folder, "home")
        inbox.mkdir()
        deliver(inbox, persons, years, seed)
        command: list[str | Path] = [
            *BUILD,
            "--inbox",
            inbox,
            "--home",
            home,
            "--as-of",
            str(LAST_DAY),
        ]
        try:
            return run(command, limit).cost, run(command, limit).cost
        except TimeLimitError:
            return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Build every register twice, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.years", description=__doc__)
    parser.add_argument("--years", type=int, nargs="+", default=[1, 2, 5, 10])
    parser.add_argument("--persons", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one build")
    options = parser.parse_args(arguments)
    run(BARE_IMPORT, options.limit)
    imported = run(BARE_IMPORT, options.limit).cost.cpu
    print(f"{options.persons:,} persons in all, load {os.getloadavg()[0]:.1f}")
    print(f"bare import of Dagster and Great Expectations: {imported:.1f} s of CPU; ratios to it")
    print("years  first, CPU s  ratio  for each year  unchanged, CPU s  ratio", flush=True)
    for years in options.years:
        costs = measure(options.persons, years, options.seed, options.limit)
        if costs is None:
            print(f"{years:5}  a build took more than {options.limit:,.0f} s of wall", flush=True)
            continue
        first, again = (cost.cpu for cost in costs)
        print(
            f"{years:5} {first:13.1f} {first / imported:6.1f} {first / years:14.1f}"
            f" {again:17.1f} {again / imported:6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
