"""The seven marts, and what they are counted from, as a build of the product makes them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path

import duckdb

from assets.vocabulary import Table, vocabulary
from bench.marts import compute
from bench.peers import MARTS


def main(warehouse: Path, answers: Path) -> None:
    """Count the marts from the records in `warehouse`, and write each into `answers`."""
    marts = [vocabulary().table(f"marts.{mart}") for mart in MARTS]
    compute(warehouse, [*_between(marts), *marts])
    with duckdb.connect(warehouse) as connection:
        for mart in MARTS:
            connection.execute(f"copy ({_asked(mart)}) to '{answers}/{mart}.parquet'")


def _asked(mart: str) -> str:
    """Return the query for what every tool counts: who took part is counted here alone."""
    rows = f"select * from marts.{mart}"
    return f"{rows} where figure <> 'took_part'" if mart == "key_figures" else rows


def _between(marts: Iterable[Table]) -> list[Table]:
    """Return the tables of the layer intermediate from which the marts are counted, in order."""
    layer = vocabulary().layer("intermediate")
    needed = {name for mart in marts for name in mart.derived_from}
    # Each table of the layer comes after those that it is derived from.
    for table in reversed(layer):
        if table.qualified_name in needed:
            needed.update(table.derived_from)
    return [table for table in layer if table.qualified_name in needed]


if __name__ == "__main__":
    print(time.process_time(), flush=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
