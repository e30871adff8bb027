"""A register loaded by DuckDB alone, with no rule, check or publication, and its seven marts.

`python -m bench.bare INBOX FOLDER` loads, and counts by the script of peers, which shares no SQL
with the product. The folder takes the database, the records as Parquet, and the answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from assets.vocabulary import vocabulary
from assets.vocabulary.ddl import DUCKDB_TYPES
from bench.peers import duckdb_script
from bench.register import AS_OF

_COUNTED = ("participants", "referrals", "exits")
"""The records tables that the script of peers reads."""


def load(inbox: Path, database: Path) -> None:
    """Load the deliveries by DuckDB alone: every cell as text, and the same again with types."""
    with duckdb.connect(database) as connection:
        connection.execute("create schema raw")
        connection.execute("create schema records")
        for table in vocabulary().sheets():
            if not list(inbox.glob(f"{table.sheet} *")):
                continue
            files = f"{inbox}/{table.sheet} *"
            kind = "csv" if list(inbox.glob("*.csv")) else "parquet"
            told = ", all_varchar = true" if kind == "csv" else ""
            found = f"read_{kind}('{files}', filename = true{told})"
            connection.execute(
                f"create table raw.{table.name} as "
                f"select columns(*)::varchar, row_number() over () from {found}"
            )
            cells = ", ".join(
                f"try_cast({one.name} as {DUCKDB_TYPES[one.type]}) as {one.name}"
                for one in table.fields
            )
            connection.execute(
                f"create table records.{table.name} as select {cells} from raw.{table.name} "
                f"order by {', '.join(table.key)}"
            )


def count(database: Path, folder: Path) -> None:
    """Count the seven marts of a loaded register, and write each into `folder`/answers."""
    data, answers = folder / "records", folder / "answers"
    data.mkdir()
    answers.mkdir()
    with duckdb.connect(database) as connection:
        for name in _COUNTED:
            connection.execute(f"copy records.{name} to '{data}/{name}.parquet'")
        connection.execute(f"copy (select date '{AS_OF}' as as_of) to '{data}/build_day.parquet'")
    duckdb_script.main(data, answers)


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2], "bare.duckdb"))
    count(Path(sys.argv[2], "bare.duckdb"), Path(sys.argv[2]))
