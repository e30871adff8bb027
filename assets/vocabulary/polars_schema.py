"""Polars' schema of each table of the vocabulary."""

from __future__ import annotations

import polars as pl

from assets.vocabulary.model import Table

POLARS_TYPES: dict[str, type[pl.DataType] | pl.DataType] = {
    "identifier": pl.String,
    "code": pl.String,
    "text": pl.String,
    "date": pl.Date,
    "timestamp": pl.Datetime("us"),
    "year": pl.Int32,
    "integer": pl.Int32,
    "number": pl.Float64,
    "share": pl.Float64,
    "count": pl.Int64,
    "boolean": pl.Boolean,
}


def schema(table: Table) -> pl.Schema:
    """Return the Polars schema of `table`: its columns in order, typed."""
    return pl.Schema({column.name: POLARS_TYPES[column.type] for column in table.columns})
