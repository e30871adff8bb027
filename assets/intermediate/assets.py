"""Dagster assets of the layer intermediate: one view per .sql file."""

import dagster as dg

from assets.definition import MONTHS, YEARS, asset_arguments, asset_key
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
    """The view of the years, which with their months become partitions to be materialized."""
    sql = read_sql(_YEARS_TABLE)
    warehouse = context.resources.warehouse
    found = warehouse.query(
        f"""
        select
            year::varchar as year,
            unnest(generate_series(first_day, counted_until, interval 1 month))::date as month
        from ({sql})
        order by all
        """
    )
    _set_partitions(context.instance, YEARS, found["year"].unique(maintain_order=True).to_list())
    _set_partitions(context.instance, MONTHS, found["month"].dt.strftime("%Y-%m").to_list())
    return View(sql)


def _set_partitions(
    instance: dg.DagsterInstance, partitions: dg.DynamicPartitionsDefinition, keys: list[str]
) -> None:
    name = partitions.name or ""
    for gone in set(instance.get_dynamic_partitions(name)) - set(keys):
        instance.delete_dynamic_partition(name, gone)
    instance.add_dynamic_partitions(name, keys)


views = [_view(table) for table in vocabulary().layer("intermediate") if table != _YEARS_TABLE]
