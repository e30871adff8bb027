"""How long it takes to protect and audit the open publication, and how much it shows.

`python -m bench.disclosure`: the demo's three years, then one year with more and more countries.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import process_time

import polars as pl

from assets.published.audit import audit
from assets.published.protection import protect
from assets.vocabulary import vocabulary
from tests.backtest.warehouses import records_of, register_in_memory
from tests.disclosure.publications import (
    SENSITIVE,
    SMALLEST_BASE,
    THRESHOLD,
    counts_of,
    exact_tables,
    of_years,
    shown_share,
)

DEMO = Path("data/demo")
LAST_DAY = date(2021, 12, 31)


def main() -> None:
    """Print CPU seconds and shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
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
    _say("countries  cells  seconds  ratio to the first")
    first = 0.0
    for countries in (10, 20, 40, 80, 160):
        tables = _with_countries(of_years(exact, [2021]), countries)
        start = process_time()
        protect(tables, THRESHOLD, SMALLEST_BASE)
        seconds = process_time() - start
        first = first or seconds
        cells = tables["country_of_origin"].height
        _say(f"{countries:9}  {cells:5}  {seconds:7.1f}  {seconds / first:5.1f}")


def _with_countries(tables: dict[str, pl.DataFrame], countries: int) -> dict[str, pl.DataFrame]:
    """The same year with another number of countries, of 5 to 14 persons each, one in three men.

    The populations grow with them, so that everything adds up.
    """
    codes = vocabulary().code_list("country").names[:countries]
    rows = []
    for place, code in enumerate(codes):
        persons = 5 + place % 10
        men = persons // 3
        by_gender = {"female": persons - men, "male": men, "unknown": 0, "total": persons}
        rows += [(2021, code, gender, n, "shown") for gender, n in by_gender.items()]
    inner = pl.DataFrame(rows, tables["country_of_origin"].schema, orient="row")
    whole = inner.group_by("year", "gender", maintain_order=True).agg(pl.col("n").sum())
    totals = whole.select(
        "year", pl.lit("total").alias("country"), "gender", "n", pl.lit("shown").alias("status")
    )
    populations = ("gender_split", "key_figures", "caseload", "quarterly_flow")
    kept = {name: frame.clear() for name, frame in tables.items() if name not in populations}
    split = tables["gender_split"].join(
        whole.rename({"n": "persons"}), on=["year", "gender"], how="left"
    )
    is_participants = pl.col("population") == "participants"
    kept["gender_split"] = split.with_columns(
        pl.when(is_participants).then(pl.col("persons")).otherwise(pl.col("n")).alias("n")
    ).select(tables["gender_split"].columns)
    kept["key_figures"] = tables["key_figures"].clear()
    kept["caseload"] = tables["caseload"].clear()
    kept["quarterly_flow"] = tables["quarterly_flow"].clear()
    kept["country_of_origin"] = pl.concat([inner, totals])
    return {name: kept[name] for name in tables}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
