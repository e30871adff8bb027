"""Everything that Dagster is to know: assets, checks, jobs, and the resources they run on.

Loading this module imports no Great Expectations, pandas, Plotly or Babel: the steps that need
them import them when they run.
"""

from __future__ import annotations

import dagster as dg

from assets.definition import YEARS, asset_key
from assets.intermediate.assets import views, years
from assets.marts.assets import marts
from assets.published.assets import internal
from assets.raw.assets import raw
from assets.records.assets import records
from assets.vocabulary import vocabulary
from expectations.checks import asset_checks
from pipelines.inbox import BuildDay, Inbox
from pipelines.progress import PROGRESS, progress_logger
from pipelines.publication import PublicationStore
from pipelines.reports import ReportFolder, internal_pages
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, WarehouseIOManager

LOAD = "load"
YEAR = "year"
REPORT = "report"
EVERYTHING = "everything"

_loaded = dg.AssetSelection.groups("raw", "records", "intermediate")
# The records are checked again: a year may be counted long after the load.
_record_checks = dg.AssetSelection.checks_for_assets(
    *(asset_key(table.qualified_name) for table in vocabulary().sheets())
)
_yearly = dg.AssetSelection.groups("marts", "published", "reports") | _record_checks

JOBS = [
    dg.define_asset_job(
        LOAD,
        _loaded,
        description="Read the inbox into records, check them, and list the years of the register.",
    ),
    dg.define_asset_job(
        YEAR,
        _yearly,
        description="Count one year (or several) from the records, check, publish, write pages.",
    ),
    dg.define_asset_job(
        EVERYTHING,
        _loaded | _yearly,
        description="Load the inbox, then count, check and publish the years chosen.",
    ),
    dg.define_asset_job(
        REPORT,
        dg.AssetSelection.groups("reports"),
        description="Write the pages again from what is published.",
    ),
]


def resources(settings: Settings) -> dict[str, object]:
    """Return the resources of a run, by key, for the folders of `settings`."""
    warehouse = Warehouse(file=str(settings.warehouse))
    return {
        "warehouse": warehouse,
        "io_manager": WarehouseIOManager(warehouse=warehouse),
        "inbox": Inbox(folder=str(settings.inbox)),
        "build_day": BuildDay(as_of=settings.as_of.isoformat() if settings.as_of else ""),
        "publications": PublicationStore(folder=str(settings.published)),
        "reports": ReportFolder(folder=str(settings.reports)),
    }


def definitions(settings: Settings) -> dg.Definitions:
    """Return everything that Dagster is to know, for the folders of `settings`."""
    return dg.Definitions(
        assets=[raw, records, years, *views, *marts, internal, internal_pages],
        asset_checks=asset_checks(YEARS),
        jobs=JOBS,
        resources=resources(settings),
        loggers={"console": dg.colored_console_logger, PROGRESS: progress_logger},
        # DuckDB has one writer, and a run has little to do: one process is quickest.
        executor=dg.in_process_executor,
    )
