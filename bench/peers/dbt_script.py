"""The seven marts by dbt, from Parquet to Parquet; its project is in the folder dbt.

Runs in an environment of its own (dbt/requirements.lock), and imports nothing of the product.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from bench.peers import MARTS

PROJECT = Path(__file__).parent / "dbt"


def main(command: str, data: Path, answers: Path) -> None:
    """Build the models from the Parquet files in `data`, and write each mart into `answers`.

    `command` is `run` for the models only, `build` for the models and their tests.
    """
    database = answers / "dbt.duckdb"
    os.environ.update(BENCH_RECORDS=str(data), BENCH_DATABASE=str(database))
    folders = {
        "--project-dir": PROJECT,
        "--profiles-dir": PROJECT,
        "--target-path": answers / "target",
        "--log-path": answers,
    }
    result = dbtRunner().invoke(
        [command, *(str(part) for pair in folders.items() for part in pair)]
    )
    if not result.success:
        sys.exit(f"dbt {command}: {result.exception or 'a model or test failed'}")
    with duckdb.connect(database) as connection:
        for mart in MARTS:
            connection.execute(f"copy {mart} to '{answers}/{mart}.parquet'")


if __name__ == "__main__":
    print(time.process_time(), flush=True)
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
