"""The seven marts by one script of bare DuckDB, from Parquet to Parquet; its SQL is next to it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb


def main(data: Path, answers: Path) -> None:
    """Read the records tables in the folder `data`, and write each mart into `answers`."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(script.replace("{data}", str(data)).replace("{answers}", str(answers)))


if __name__ == "__main__":
    print(time.process_time(), flush=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
