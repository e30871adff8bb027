"""All that a program has written, piece by piece, for tests of what must stand nowhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all files under a folder; what is packed or compressed unpacked too."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        yield f"the name {name}", name.encode()
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        yield name, content
        if path.suffix == ".parquet":
            yield f"{name}, unpacked", pl.read_parquet(path).write_ndjson().encode()
        elif path.suffix == ".duckdb":
            yield from tables(path, "%")
        elif zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                yield from ((f"{name}/{part}", packed.read(part)) for part in packed.namelist())


def tables(database: Path, schema: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all tables of the schemas that are like `schema`."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema like ?",
            [schema],
        ).fetchall()
        for (name,) in names:
            yield name, str(connection.execute(f"from {name}").fetchall()).encode()
