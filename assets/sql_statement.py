"""What an asset returns when its table is made inside the database, and how its .sql is read.

The IO manager runs the statement; nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.vocabulary import Table

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class View:
    """A view, by the query that defines it."""

    sql: str


@dataclass(frozen=True)
class YearlyQuery:
    """The rows of a table for `years`, as a query with the list parameter `$years`."""

    sql: str
    years: Sequence[int]


def read_sql(table: Table) -> str:
    """Return the query of `table` from assets/<layer>/<name>.sql."""
    return (_HERE / table.layer / f"{table.name}.sql").read_text(encoding="utf-8")
