"""The Dagster asset of the layer published: one publication for each audience."""

from datetime import UTC, datetime

import dagster as dg
import polars as pl

from assets.definition import OWNERS, YEARS, asset_key
from assets.published.gate import hold_back
from assets.published.manifest import manifest
from assets.published.tables import published
from assets.vocabulary import vocabulary

_MARTS = vocabulary().layer("marts")


@dg.asset(
    key=asset_key("published.internal"),
    group_name="published",
    description=(
        "The aggregates that EST and NorA's leaders may see: exact, no persons. One Parquet file "
        "for each mart, with margins as rows, and a manifest. A failed critical check leaves the "
        "last publication as it was; years that are not built anew stay as published."
    ),
    kinds={"parquet"},
    owners=OWNERS,
    deps=[
        asset_key(name)
        for name in (
            "raw.deliveries",
            "records.build_day",
            "quality.year_marks",
            *(table.qualified_name for table in _MARTS),
        )
    ],
    partitions_def=YEARS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={"warehouse", "publications"},
)
def internal(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Publish the years of the run for the audience `internal`."""
    audience = "internal"
    years = [int(year) for year in context.partition_keys]
    warehouse = context.resources.warehouse
    publications = context.resources.publications
    checks = warehouse.query("from quality.check_results")
    hold_back(checks, years)
    whole_register = set(context.partition_keys) >= set(
        context.instance.get_dynamic_partitions(YEARS.name or "")
    )
    earlier = {} if whole_register else publications.manifest(audience)
    tables = {}
    for table in _MARTS:
        mart = warehouse.query(
            f"from {table.qualified_name} where list_contains($years, year)", {"years": years}
        )
        tables[table.name] = _beside_earlier(
            published(table, mart, years),
            publications.table(audience, table.name) if earlier else None,
            years,
        )
    about = manifest(
        audience,
        years,
        earlier,
        run_id=context.run.run_id,
        built_at=datetime.now(UTC),
        as_of=warehouse.query("from records.build_day").item(),
        deliveries=warehouse.query("from raw.deliveries order by delivery"),
        marks=warehouse.query("from quality.year_marks"),
        checks=checks,
    )
    publications.publish(audience, tables, about)
    rows = sum(frame.height for frame in tables.values())
    return dg.MaterializeResult(
        metadata={"years": about["years"], "tables": len(tables), "dagster/row_count": rows}
    )


def _beside_earlier(
    fresh: pl.DataFrame, earlier: pl.DataFrame | None, years: list[int]
) -> pl.DataFrame:
    """The fresh years, and the earlier publication's rows of every other year."""
    if earlier is None:
        return fresh
    kept = earlier.filter(~pl.col("year").is_in(years))
    return pl.concat([kept, fresh]).sort("year", maintain_order=True)
