"""What every table declares to Dagster: key, group, kinds, owners, description, columns.

All of it comes from the vocabulary.
"""

from __future__ import annotations

import warnings
from typing import Any

import dagster as dg

from assets.vocabulary import Column, Table, vocabulary
from assets.vocabulary.ddl import DUCKDB_TYPES, is_required

# A run over several years in one go (BackfillPolicy) is beta in Dagster 1.13; the lock pins it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

OWNERS = ["team:nora"]

YEARS = dg.DynamicPartitionsDefinition(name="year")
"""One partition for each year of the register, the current one included; the load adds them."""

MONTHS = dg.DynamicPartitionsDefinition(name="month")
"""One partition for each month of those years that has already begun, such as 2021-03."""


def asset_key(qualified_name: str) -> dg.AssetKey:
    """Return the asset key of the table `layer.name`."""
    return dg.AssetKey(qualified_name.split("."))


def asset_arguments(table: Table, *kinds: str) -> dict[str, Any]:
    """Return the arguments that describe `table` to dg.asset, AssetSpec or AssetOut."""
    return {
        "key": asset_key(table.qualified_name),
        "group_name": table.layer,
        "description": f"{table.description}\n\nOne row is {table.grain}. In Norwegian: "
        f"«{table.label_nb}».",
        "kinds": {"duckdb", *kinds},
        "owners": OWNERS,
        "metadata": {"dagster/column_schema": _column_schema(table)},
    }


def _column_schema(table: Table) -> dg.TableSchema:
    return dg.TableSchema(columns=[_table_column(table, column) for column in table.columns])


def _table_column(table: Table, column: Column) -> dg.TableColumn:
    codes = column.codes and column.codes in vocabulary().code_lists
    return dg.TableColumn(
        name=column.name,
        type=DUCKDB_TYPES[column.type],
        description=column.description,
        constraints=dg.TableColumnConstraints(
            nullable=not is_required(table, column),
            unique=table.key == (column.name,),
            other=[f"code list {column.codes}"] if codes else [],
        ),
        tags={"personal": "true"} if column.personal else {},
    )
