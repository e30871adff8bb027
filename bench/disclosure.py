"""The time to protect and audit the open publication, and the share of numbers that it shows.

`python -m bench.disclosure`: the demo's three years, then 1,000 persons over 1 to 10 years. A bare
import of Dagster and Great Expectations indicates the speed of the machine.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import process_time

import polars as pl

from assets.disclosure.audit import audit
from assets.disclosure.protection import protect
from assets.vocabulary import vocabulary
from bench.build import bare_import
from tests.disclosure.publications import (
    SENSITIVE,
    SMALLEST_BASE,
    THRESHOLD,
    counts_of,
    exact_tables,
    random_tables,
    shown_share,
)
from tests.recount.warehouses import records_of, register_in_memory

DEMO = Path("data/demo")
LAST_DAY = date(2021, 12, 31)


def main() -> None:
    """Print CPU seconds and shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    imported = min(bare_import().cpu for _ in range(options.rounds))
    _say(f"bare import of Dagster and Great Expectations: {imported:.1f} s of CPU")
    exact = exact_tables(register_in_memory(records_of(DEMO, LAST_DAY)), LAST_DAY)
    protecting, auditing = [], []
    for _ in range(options.rounds):
        start = process_time()
        made = protect(exact, THRESHOLD, SMALLEST_BASE, sensitive=SENSITIVE)
        protecting.append(process_time() - start)
        start = process_time()
        found = audit(made.tables, THRESHOLD, ties=made.ties, sensitive=SENSITIVE)
        auditing.append(process_time() - start)
    large = sum(
        counts_of(name, frame)
        .filter(pl.col(vocabulary().table(f"marts.{name}").number) >= THRESHOLD)
        .height
        for name, frame in exact.items()
    )
    _say(
        f"demo, 3 years: protected in {median(protecting):.1f} s, audited in "
        f"{median(auditing):.1f} s of CPU; {len(found.breaches)} breaches; "
        f"{shown_share(exact, made.tables):.1%} of {large} counts of {THRESHOLD} and more shown"
    )
    _say("1,000 persons")
    _say(
        "years  numbers  protected  audited  together, ratio to the bare import, to half the years"
    )
    before: dict[int, float] = {}
    for years in (1, 2, 4, 5, 8, 10):
        exact = random_tables(1, 1000, years)
        start = process_time()
        made = protect(exact, THRESHOLD, SMALLEST_BASE, sensitive=SENSITIVE)
        middle = process_time()
        found = audit(made.tables, THRESHOLD, ties=made.ties, sensitive=SENSITIVE)
        end = process_time()
        before[years] = end - start
        half = before.get(years // 2) if years % 2 == 0 else None
        ratio = f"{before[years] / half:5.1f}" if half else "    -"
        _say(
            f"{years:5}  {found.cells:7}  {middle - start:9.1f}  {end - middle:7.1f}"
            f"  {before[years]:8.1f}  {before[years] / imported:5.1f}  {ratio}"
            f"  ({len(found.breaches)} breaches)"
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
