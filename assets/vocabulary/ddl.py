"""DuckDB's DDL for the vocabulary: tables with types, keys, constraints and comments.

Text only: nothing here opens a connection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from assets.vocabulary.model import PROVENANCE, CodeList, Column, Table, Vocabulary

DUCKDB_TYPES = {
    "identifier": "VARCHAR",
    "code": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "year": "INTEGER",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "share": "DOUBLE",
    "count": "BIGINT",
    "boolean": "BOOLEAN",
}

SCHEMAS = (
    "vocabulary",
    "raw",
    "records",
    "reference",
    "intermediate",
    "marts",
    "year_over_year",
    "quality",
)

IDENTIFIER_PATTERN = "^[A-Za-z0-9_-]{1,40}$"
"""Pattern of an identifier, valid as a regular expression in both DuckDB and Polars."""


def create_table(vocabulary: Vocabulary, table: Table) -> list[str]:
    """Return the statements that create `table`, empty, with its constraints and comments."""
    name = table.qualified_name
    lines = [_column(vocabulary, table, column) for column in table.columns]
    if table.key and not is_key_looked_for(table):
        lines.append(f"primary key ({', '.join(table.key)})")
    body = ",\n    ".join(lines)
    return [f"create table {name} (\n    {body}\n)", *comments(table, "table")]


def is_key_looked_for(table: Table) -> bool:
    """Whether the key of `table` is not declared in its DDL, but held by `repeated_keys`.

    DuckDB holds a declared key by an index, which takes longer to build than the rows take to
    store, and far longer when they replace others; records may be millions.
    """
    return bool(table.key) and table.layer == "records"


def repeated_keys(table: Table) -> str:
    """Return the query for the keys of `table` that several rows have; it selects no value."""
    key = ", ".join(table.key)
    return f"select 1 from {table.qualified_name} group by {key} having count(*) > 1"


def comments(table: Table, kind: str) -> list[str]:
    """Return the statements that comment a table or view (`kind`) and its columns."""
    name = table.qualified_name
    return [
        f"comment on {kind} {name} is {_literal(table.description)}",
        *(
            f"comment on column {name}.{column.name} is {_literal(column.description)}"
            for column in table.columns
        ),
    ]


def create_raw_table(table: Table) -> list[str]:
    """Return the statements that create the raw twin of a records table: every cell as text."""
    lines = [f"{column.name} VARCHAR" for column in table.fields]
    lines += ["deletes VARCHAR", "delivery VARCHAR NOT NULL", "delivery_row INTEGER NOT NULL"]
    name = f"raw.{table.name}"
    comment = f"The sheet {table.sheet} as it was delivered, every cell as text."
    return [
        f"create table {name} (\n    " + ",\n    ".join(lines) + "\n)",
        f"comment on table {name} is {_literal(comment)}",
    ]


def create_code_list(codes: CodeList) -> list[str]:
    """Return the statements that create and fill `vocabulary.<list>`: one row per code.

    Columns: code, position (order of showing, from 1), label_nb, label_en, then the attributes
    of the list, as text (empty: NULL).
    """
    name = f"vocabulary.{codes.name}"
    columns = ["code", "label_nb", "label_en", *codes.attributes]
    rows = (
        f"({position}, "
        + ", ".join(
            _literal(value)
            for value in (
                entry.code,
                entry.label_nb,
                entry.label_en,
                *(entry.attributes[attribute] for attribute in codes.attributes),
            )
        )
        + ")"
        for position, entry in enumerate(codes.codes, start=1)
    )
    declared = ", ".join(f"{column} VARCHAR" for column in columns)
    return [
        f"create table {name} (position INTEGER, {declared}, primary key (code))",
        f"insert into {name} values\n    " + ",\n    ".join(rows),
    ]


def create_year_over_year(table: Table) -> list[str]:
    """Return the statements that create `year_over_year.<mart>`: a mart with the year before.

    Columns: year and dimensions; then for each measure m: m, m_year_before and m_change.

    Where one of the two years lacks a line, any number but a count is NULL. A count is 0, with two
    exceptions, in which it is NULL: the year lacks the whole month or quarter, or the mart is not a
    count by category and has no line of that year. An optional count stays NULL where it is empty.
    If the year before is not counted, all of its numbers are NULL. marts.key_figures has a line for
    every year that is counted, marts.caseload one for every month. A line whose name belongs to a
    single year, such as a wave of a survey, appears in that year only.
    """
    has_happened = {side: _has_happened(table, side) for side in ("year", "year - 1")}
    is_named = any(table.column(name).type == "text" for name in table.dimensions)
    join = "left" if is_named and not table.is_count else "full"
    columns = ["year", *table.dimensions]
    for measure in table.measures:
        now, then = f"this.{measure}", f"before.{measure}"
        if table.column(measure).type == "count" and measure not in table.optional:
            now = f"coalesce({now}, case when {has_happened['year']} then 0 end)"
            then = f"coalesce({then}, case when {has_happened['year - 1']} then 0 end)"
        columns += [
            f"{now} as {measure}",
            f"{then} as {measure}_year_before",
            f"{now} - {then} as {measure}_change",
        ]
    name = f"year_over_year.{table.name}"
    words = f"{table.description} Each number, that of the year before, and the change."
    return [
        f"""create view {name} as
with

this as (select * from {table.qualified_name}),

before as (select * replace (year + 1 as year) from {table.qualified_name}),

final as (
    select {", ".join(columns)}
    from this
    {join} join before using ({", ".join(["year", *table.dimensions])})
    where year in (select year from {_counted(table)})
)

select * from final""",
        f"comment on view {name} is {_literal(words)}",
    ]


def _has_happened(table: Table, year: str) -> str:
    """The SQL condition under which a missing line of `year` means 0, not a time yet to come."""
    if "month" in table.dimensions and table.is_count:
        return f"({year}, month) in (select (year, month) from marts.caseload)"
    if any(table.column(name).type == "integer" for name in table.dimensions):
        return "false"
    return f"{year} in (select year from {_counted(table)})"


def _counted(table: Table) -> str:
    """The mart with a line for every year in which a missing line of `table` means 0."""
    return "marts.key_figures" if table.is_count else table.qualified_name


def create_warehouse(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield every statement that turns an empty database into an empty warehouse.

    The views of the layer intermediate are not included: they are made from their .sql files.
    """
    for schema in SCHEMAS:
        yield f"create schema {schema}"
    for name in (*vocabulary.code_lists, "country"):
        yield from create_code_list(vocabulary.code_list(name))
    for table in vocabulary.sheets():
        yield from create_raw_table(table)
    for layer in ("raw", "records", "reference", "marts", "quality"):
        for table in vocabulary.layer(layer):
            yield from create_table(vocabulary, table)
    for table in vocabulary.layer("marts"):
        if not table.is_list:
            yield from create_year_over_year(table)


def fingerprint(vocabulary: Vocabulary) -> str:
    """Return a hash that changes whenever an older warehouse no longer fits the vocabulary."""
    return hashlib.sha256("\n".join(create_warehouse(vocabulary)).encode()).hexdigest()


def _column(vocabulary: Vocabulary, table: Table, column: Column) -> str:
    name = column.name
    categories = vocabulary.categories(table, column)
    parts = [name, DUCKDB_TYPES[column.type]]
    if categories is not None:
        listed = f"({', '.join(map(_literal, categories))})"
        # What is only counted from is an enumeration: smaller, and faster to group.
        parts = [name, "ENUM", listed] if table.stored else [*parts, f"CHECK ({name} in {listed})"]
    elif column.type == "identifier":
        parts.append(f"CHECK (regexp_matches({name}, {_literal(IDENTIFIER_PATTERN)}))")
    elif column.type == "share":
        parts.append(f"CHECK ({name} between 0 and 1)")
    elif column.type == "count":
        parts.append(f"CHECK ({name} >= 0)")
    if is_required(table, column):
        parts.append("NOT NULL")
    bounds = (("<=", column.maximum), (">=", column.minimum), (">", column.above))
    parts += [f"CHECK ({name} {sign} {bound})" for sign, bound in bounds if bound is not None]
    return " ".join(parts)


def is_required(table: Table, column: Column) -> bool:
    """Whether a cell of the column may never be empty: keys, required columns, and most counts."""
    return (
        column.name in (*table.key, *table.required)
        or (table.layer == "marts" and column.type == "count" and column.name not in table.optional)
        or (table.layer == "records" and column.name in PROVENANCE)
    )


def _literal(value: str) -> str:
    return "NULL" if value == "" else "'" + value.replace("'", "''") + "'"
