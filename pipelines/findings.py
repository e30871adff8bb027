"""Finds the doubtful rows of the register: in the warehouse for a build, in memory for a check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dagster as dg
import duckdb
import polars as pl

from assets.definition import asset_arguments, asset_key
from assets.records.register import Register
from assets.sql_statement import Query
from assets.vocabulary import vocabulary
from assets.vocabulary.ddl import create_code_list, create_table
from assets.vocabulary.polars_schema import schema
from expectations.findings import DELIVERED_IDS, findings_query
from pipelines.warehouse import insert

_FINDINGS = vocabulary().table("quality.findings")


_SOURCES = [
    asset_key("quality.later_rows"),
    asset_key("quality.rejected_rows"),
    asset_key("quality.register_findings"),
    *(asset_key(f"raw.{name}") for name in ("findings", *DELIVERED_IDS)),
]
"""Written in the same steps as the records. These themselves are not named: their critical checks,
which read this table's rows for the other rules, would have to come first.
"""


@dg.asset(**asset_arguments(_FINDINGS, "sql"), deps=_SOURCES)
def findings() -> Query:
    """Find the doubtful rows among the records in the warehouse."""
    return findings_query()


def found_in(
    register: Register,
    raw: Mapping[str, pl.DataFrame],
    as_of: date,
) -> pl.DataFrame:
    """Return the findings (quality.findings) of a register that is not stored.

    `raw` holds the tables of that layer, and `as_of` is the day of the build.
    """
    frames = {f"records.{name}": frame for name, frame in register.tables.items()}
    frames["records.build_day"] = pl.DataFrame({"as_of": [as_of]})
    frames |= {
        f"raw.{name}": raw[name].select("delivery", "delivery_row", column)
        for name, column in DELIVERED_IDS.items()
    }
    frames["raw.findings"] = raw["findings"]
    frames["quality.later_rows"] = register.later
    frames["quality.rejected_rows"] = register.rejected
    frames["quality.register_findings"] = register.findings
    with duckdb.connect() as connection:
        for name in ("quality", "raw", "records", "vocabulary"):
            connection.execute(f"create schema {name}")
        for codes in vocabulary().code_lists.values():
            for statement in create_code_list(codes):
                connection.execute(statement)
        for name, frame in frames.items():
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table {name} as from frame")
            connection.unregister("frame")
        for statement in create_table(vocabulary(), _FINDINGS):
            connection.execute(statement)
        insert(connection, _FINDINGS.qualified_name, findings_query())
        found = pl.DataFrame(connection.execute("from quality.findings").to_arrow_table())
    return found.cast(schema(_FINDINGS))
