"""The part of an earlier year that a running year may be compared with.

A year that is not over is compared with the year before up to the same day. The marts of that part
are counted by their own queries, from the records as a build of that day would have loaded them:
without the rows dated later, and without what refers to them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from assets.records.rules import DATED
from assets.sql_statement import read_sql
from assets.vocabulary import Table, vocabulary

CATALOG = "same_part"
"""The database in memory in which the part is counted."""


def same_day(day: date) -> date:
    """Return the same day of the year before; 28 February for 29 February."""
    year = day.year - 1
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def counted_marts() -> tuple[Table, ...]:
    """The marts that are counted, in an order in which each follows those that it reads."""
    return tuple(mart for mart in vocabulary().layer("marts") if not mart.is_list)


def statements(warehouse: str, day: date) -> Iterator[str]:
    """Yield the SQL that makes all tables that marts read, as of `day`, in the catalog CATALOG.

    `warehouse` is the catalog of the records. The connection must use CATALOG.
    """
    lists = [f"vocabulary.{name}" for name in vocabulary().code_lists]
    as_they_are = [*lists, *(table.qualified_name for table in vocabulary().layer("reference"))]
    for schema in ("vocabulary", "reference", "records", "intermediate", "marts"):
        yield f"create schema {schema}"
    for name in as_they_are:
        yield f"create view {name} as from {warehouse}.{name}"
    yield f"create table records.build_day as select date '{day}' as as_of"
    for table in vocabulary().sheets():
        yield f"create view {table.qualified_name} as {_until(table, warehouse, day)}"
    for table in vocabulary().layer("intermediate"):
        kind = "table" if table.stored else "view"
        yield f"create {kind} {table.qualified_name} as {read_sql(table)}"


def _until(table: Table, warehouse: str, day: date) -> str:
    """The rows of a sheet that a build of the day would have loaded."""
    known = [f"{DATED[table.name]} <= date '{day}'"] if table.name in DATED else []
    columns = "*"
    for name, target in table.references.items():
        beside = f"(select {name} from {vocabulary().table(f'records.{target}').qualified_name})"
        if name in {*table.key, *table.required}:
            known.append(f"{name} in {beside}")
        else:
            columns = f"* replace (case when {name} in {beside} then {name} end as {name})"
    where = f" where {' and '.join(known)}" if known else ""
    return f"select {columns} from {warehouse}.{table.qualified_name}{where}"
