"""Dagster assets of the layer intermediate: one view per .sql file, or a table if it is stored.

Materializing the views of years and months also sets the partitions of the register.
"""

import dagster as dg

from assets.definition import MONTHS, YEARS, asset_arguments, asset_key
from assets.sql_statement import Query, Statement, View, read_sql
from assets.vocabulary import Table, vocabulary

_PARTITIONS = {
    "years": (YEARS, "year::varchar"),
    "months": (MONTHS, "strftime(make_date(year, month, 1), '%Y-%m')"),
}
"""View -> the partitions definition that its rows fill, and the SQL of a row's partition key."""


def _asset(table: Table) -> dg.AssetsDefinition:
    kinds = ("sql",) if table.stored else ("sql", "view")

    @dg.asset(**asset_arguments(table, *kinds), deps=[asset_key(key) for key in table.derived_from])
    def made() -> Statement:
        return statement(table)

    return made


def statement(table: Table) -> Query | View:
    """Return what the asset of `table` returns: its query, by which the table or view is made."""
    return Query(read_sql(table)) if table.stored else View(read_sql(table))


def _partitioning_view(
    table: Table, partitions: dg.DynamicPartitionsDefinition, key: str
) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_arguments(table, "sql", "view"),
        deps=[asset_key(name) for name in table.derived_from],
        required_resource_keys={"warehouse"},
    )
    def view(context: dg.AssetExecutionContext) -> View:
        sql = read_sql(table)
        found = context.resources.warehouse.query(f"select {key} as key from ({sql}) order by key")
        _set_partitions(context.instance, partitions, found["key"].to_list())
        return View(sql)

    return view


def _set_partitions(
    instance: dg.DagsterInstance, partitions: dg.DynamicPartitionsDefinition, keys: list[str]
) -> None:
    name = partitions.name or ""
    for gone in set(instance.get_dynamic_partitions(name)) - set(keys):
        instance.delete_dynamic_partition(name, gone)
    instance.add_dynamic_partitions(name, keys)


views = [
    _partitioning_view(table, *_PARTITIONS[table.name])
    if table.name in _PARTITIONS
    else _asset(table)
    for table in vocabulary().layer("intermediate")
]
