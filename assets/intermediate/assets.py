"""Dagster assets of the layer intermediate: one view per .sql file."""

import dagster as dg

from assets.definition import YEARS, asset_arguments, asset_key
from assets.statements import View, read_sql
from assets.vocabulary import Table, vocabulary


def _view(table: Table) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_arguments(table, "sql", "view"), deps=[asset_key(key) for key in table.derived_from]
    )
    def view() -> View:
        return View(read_sql(table))

    return view


_YEARS_TABLE = vocabulary().table("intermediate.years")


@dg.asset(
    **asset_arguments(_YEARS_TABLE, "sql", "view"),
    deps=[asset_key(key) for key in _YEARS_TABLE.derived_from],
    required_resource_keys={"warehouse"},
)
def years(context: dg.AssetExecutionContext) -> View:
    """The view of the years, which also become the partitions that can be materialized."""
    sql = read_sql(_YEARS_TABLE)
    found = context.resources.warehouse.query(f"select year::varchar as year from ({sql})")
    keys = sorted(found["year"].to_list())
    name = YEARS.name or ""
    for gone in set(context.instance.get_dynamic_partitions(name)) - set(keys):
        context.instance.delete_dynamic_partition(name, gone)
    context.instance.add_dynamic_partitions(name, keys)
    return View(sql)


views = [_view(table) for table in vocabulary().layer("intermediate") if table != _YEARS_TABLE]
