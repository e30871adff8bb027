"""Dagster assets of the layer marts: one per .sql file, partitioned by year.

A run over several years computes them in one query.
"""

import dagster as dg

from assets.definition import YEARS, asset_arguments, asset_key
from assets.sql_statement import YearlyQuery, read_sql
from assets.vocabulary import Table, vocabulary


def _mart(table: Table) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_arguments(table, "sql"),
        deps=[asset_key(key) for key in table.derived_from],
        partitions_def=YEARS,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def mart(context: dg.AssetExecutionContext) -> YearlyQuery:
        return YearlyQuery(read_sql(table), [int(year) for year in context.partition_keys])

    return mart


marts = [_mart(table) for table in vocabulary().layer("marts")]
