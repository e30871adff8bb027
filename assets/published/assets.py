"""The Dagster assets of the layer published: one publication for each audience."""

from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.day import today
from assets.definition import OWNERS, YEARS, asset_key
from assets.disclosure.history import Rule
from assets.marts.same_part import same_day
from assets.published.exact import QUALITY, SAME_PART, exact, mark_older_years, published_part
from assets.published.gate import hold_back
from assets.published.manifest import about_open, open_manifest, policy
from assets.published.open_tables import open_tables
from assets.vocabulary import vocabulary

_MARTS = vocabulary().layer("marts")


@dg.asset(
    key=asset_key("published.internal"),
    group_name="published",
    description=(
        "The aggregates that EST and NorA's leaders may see: exact numbers, no persons. One "
        "Parquet file for each mart, with margins as rows, and a manifest. A failed critical check "
        "leaves the last publication as it was; years that are not rebuilt stay as published."
    ),
    kinds={"parquet"},
    owners=OWNERS,
    deps=[
        asset_key(name)
        for name in (
            "raw.deliveries",
            "records.build_day",
            *(f"quality.{name}" for name in QUALITY),
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
    hold_back(warehouse.query("from quality.check_results"), years)
    whole_register = set(context.partition_keys) >= set(
        context.instance.get_dynamic_partitions(YEARS.name or "")
    )
    before = publications.manifest(audience)
    earlier = {} if whole_register else before
    as_of = warehouse.query("from records.build_day").item()
    now = exact(warehouse, years, earlier, before, context.run.run_id)
    about = now.manifest
    tables = {
        name: _beside_earlier(frame, publications.table(audience, name) if earlier else None, years)
        for name, frame in now.tables.items()
    }
    mark_older_years(about, warehouse, publications, years)
    running = as_of.year
    if running in years and as_of < date(running, 12, 31) and running - 1 in about["years"]:
        until = same_day(as_of)
        tables[SAME_PART] = published_part(warehouse.counted_until(until), until.year)
        about["by_year"][str(running)]["compared_until"] = until.isoformat()
    elif earlier and (part := publications.table(audience, SAME_PART)) is not None:
        tables[SAME_PART] = part
    publications.publish(audience, tables, about)
    rows = sum(frame.height for frame in tables.values())
    return dg.MaterializeResult(
        metadata={"years": about["years"], "tables": len(tables), "dagster/row_count": rows}
    )


@dg.asset(
    key=asset_key("published.open"),
    group_name="published",
    description=(
        "The aggregates of finished years that anyone may see: no small group can be worked out "
        "from them. Made from the exact publication; withheld numbers are NULL, with the status "
        "hidden. A published year is frozen, and corrected only if that reveals nobody."
    ),
    kinds={"parquet"},
    owners=OWNERS,
    deps=[asset_key("published.internal")],
    partitions_def=YEARS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={"publications"},
)
def open_(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Publish the finished years for the audience `open`."""
    # SciPy is slow to import, and only the open publication needs it.
    from assets.published.proof import prove
    from assets.published.release import release

    audience = "open"
    rule = policy()[audience]
    publications = context.resources.publications
    source = publications.manifest("internal")
    finished = [
        year for year in source["years"] if source["by_year"][str(year)]["as_of"] >= f"{year}-12-31"
    ]
    within = {
        table.name: publications.table("internal", table.name).filter(
            pl.col("year").is_in(finished)
        )
        for table in _MARTS
    }
    counted = open_tables(within, rule["names"])
    history = publications.vintages(audience)
    released = release(
        counted,
        {year: about_open(source["by_year"][str(year)]) for year in finished},
        history,
        Rule(rule["threshold"], sensitive=tuple(rule["sensitive"])),
        today(),
    )
    about = open_manifest(audience, source, released, [*history, *released.fresh])

    def prove_and_keep(folder: Path) -> None:
        # Prove first: a stored vintage counts as published. Store before the files go out, since
        # every published vintage must be stored.
        prove(folder)
        for vintage in released.fresh:
            publications.keep(audience, vintage)
        publications.keep_held_back(audience, released.held_back)

    # If no year is over yet, the tables are published without rows.
    tables = {name: released.tables.get(name, frame.clear()) for name, frame in counted.items()}
    publications.publish(audience, tables, about, prove_and_keep)
    return dg.MaterializeResult(
        metadata={
            "years": about["years"],
            "held_back": {str(year): str(why) for year, why in released.held_back.items()},
            "dagster/row_count": sum(frame.height for frame in tables.values()),
        }
    )


@dg.asset_check(
    asset=asset_key("published.open"),
    name="nobody_can_work_out_a_small_group",
    description=(
        "Ingen skal kunne regne seg fram til en liten gruppe av det som er publisert, heller ikke "
        "med alle tabeller, år og tidligere utgaver. Meld fra: den åpne publikasjonen må trekkes."
    ),
    blocking=True,
    required_resource_keys={"publications"},
)
def open_audit(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Audit the finished files of the audience `open`."""
    from assets.published.proof import audit_folder

    found = audit_folder(context.resources.publications.current("open"))
    return dg.AssetCheckResult(
        passed=not found.breaches,
        metadata={
            "rows": found.cells,
            "hidden": found.hidden,
            "unprinted": found.unprinted,
            "narrowest": found.narrowest if found.narrowest is not None else "-",
            "breaches": len(found.breaches),
        },
    )


def _beside_earlier(
    fresh: pl.DataFrame, earlier: pl.DataFrame | None, years: list[int]
) -> pl.DataFrame:
    """The fresh years, together with the earlier publication's rows of all other years."""
    if earlier is None:
        return fresh
    kept = earlier.filter(~pl.col("year").is_in(years))
    return pl.concat([kept, fresh]).sort("year", maintain_order=True)
