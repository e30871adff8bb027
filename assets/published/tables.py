"""The published shape of each mart: complete, with margins as rows and a status for each number.

Counts by category keep their dimensions, `n` and `status`; every listed category has a row even if
it is 0, and the category `total` of a dimension is its margin. The other marts are published in
long form: dimensions, `measure`, `value`, `status`; a list, of texts and numbers, unchanged.
Which numbers are withheld from an audience is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from assets.vocabulary import SHOWN, TOTAL, Table, vocabulary
from assets.vocabulary.polars_schema import POLARS_TYPES, schema


def published_schema(table: Table) -> pl.Schema:
    """Return the Polars schema of the published version of a mart."""
    if table.is_list:
        return schema(table)
    dimensions = {
        table.published_name(name): schema(table)[name] for name in ("year", *table.dimensions)
    }
    numbers = (
        {"n": POLARS_TYPES["count"]}
        if table.is_count
        else {"measure": pl.String, "value": POLARS_TYPES["number"]}
    )
    return pl.Schema({**dimensions, **numbers, "status": pl.String})


def published(table: Table, mart: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Return the published version of `mart`, the rows of `table` for `years`, with all numbers.

    Columns of `mart` that the table does not have are ignored. The result has the columns of
    published_schema(table), sorted by year and in the vocabulary's order of the categories, totals
    last.
    """
    mart = mart.select(schema(table).names())
    if table.is_list:
        return mart.sort(table.key)
    frame = (
        _with_margins(table, _complete(table, mart, years))
        if table.is_count
        else _long(table, mart)
    )
    return (
        frame.rename(table.published_name)
        .with_columns(pl.lit(SHOWN).alias("status"))
        .select(published_schema(table).names())
        .cast(published_schema(table))
        .sort("year", *(_position(table, name) for name in table.dimensions), maintain_order=True)
    )


def _long(table: Table, mart: pl.DataFrame) -> pl.DataFrame:
    index = ["year", *table.dimensions]
    return pl.concat(
        mart.select(
            *index,
            pl.lit(measure).alias("measure"),
            pl.col(measure).cast(POLARS_TYPES["number"]).alias("value"),
        )
        for measure in table.measures
    )


def _complete(table: Table, mart: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Add a row with 0 for each combination of listed categories that the mart lacks."""
    listed = pl.DataFrame({"year": years}, pl.Schema({"year": pl.Int32}))
    for name in table.dimensions:
        listed = _cross(listed, table, name, mart)
    return listed.join(mart, on=["year", *table.dimensions], how="left").with_columns(
        pl.col("n").fill_null(0)
    )


def _cross(listed: pl.DataFrame, table: Table, name: str, mart: pl.DataFrame) -> pl.DataFrame:
    """Cross the combinations listed so far with the categories of one more dimension.

    Closed code lists are listed whole. Countries, projects and other names are listed only where
    the mart has them: those that somebody comes from or takes part in.
    """
    column = table.column(name)
    if column.codes_by:
        by = column.codes_by
        listed_by = vocabulary().categories_by(table, column)
        pairs = [(code, value) for code, values in listed_by.items() for value in values]
        return listed.join(pl.DataFrame(pairs, [by, name], orient="row"), on=by)
    if column.codes is None or column.codes == "country":
        beside = listed.columns
        return listed.join(mart.select(*beside, name).unique(), on=beside)
    return listed.join(pl.DataFrame({name: vocabulary().categories(table, column)}), how="cross")


def _with_margins(table: Table, complete: pl.DataFrame) -> pl.DataFrame:
    """Add a row of the category `total` for every combination of the table's margins."""
    frames = [complete]
    for size in range(1, len(table.margins) + 1):
        for summed in combinations(table.margins, size):
            kept = ["year", *(name for name in table.dimensions if name not in summed)]
            frames.append(
                complete.group_by(kept)
                .agg(pl.col("n").sum())
                .with_columns(pl.lit(TOTAL).alias(name) for name in summed)
                .select(complete.columns)
            )
    return pl.concat(frames)


def _position(table: Table, name: str) -> pl.Expr:
    """Sort key of a published dimension: the vocabulary's order of its categories, `total` last."""
    column = table.column(name)
    listed = vocabulary().categories(table, column)
    place = pl.col(table.published_name(name))
    if listed is None:
        return place
    order = [code for code in listed if code != TOTAL] + [TOTAL]
    return place.replace_strict(order, range(len(order)), return_dtype=pl.Int32)
