"""What an asset returns when its table is made inside the database, and how its .sql is read.

The IO manager runs the statement; nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.vocabulary import Table

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Statement:
    """The query by which a table or view is made."""

    sql: str


@dataclass(frozen=True)
class View(Statement):
    """A view, by the query that defines it."""


@dataclass(frozen=True)
class Query(Statement):
    """All rows of a table, which are counted once for each load.

    `temporary` has the query of each temporary table that `sql` reads, by its name: the database
    then knows how many rows it has, and holds those of the smaller side of a join in memory.
    """

    temporary: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class YearlyQuery(Statement):
    """The rows of a table for `years`, as a query with the list parameter `$years`."""

    years: Sequence[int]


def read_sql(table: Table) -> str:
    """Return the query of `table` from assets/<layer>/<name>.sql."""
    return (_HERE / table.layer / f"{table.name}.sql").read_text(encoding="utf-8")
