"""All of Dagster's definitions, and the resources of its runs.

Loading this module imports no Great Expectations, pandas, Plotly or Babel: the steps that need
them import them when they run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from assets.definition import YEARS
from assets.intermediate.assets import views
from assets.marts.assets import marts
from assets.quality.assets import records
from assets.raw.assets import raw
from assets.reference.assets import printed_figures
from expectations.checks import asset_checks
from pipelines import preflight
from pipelines.accepted import AcceptedFile
from pipelines.alarm_sensors import alarm_sensors
from pipelines.feedback import FeedbackFolder, feedback_workbooks
from pipelines.findings import findings
from pipelines.forgotten import ForgottenFile
from pipelines.inbox import BuildDay, Inbox
from pipelines.instance import RUN_TAG, mark_killed
from pipelines.jobs import EVERYTHING, LOAD, MONTHLY_FORM, REPORT, SEND, YEAR
from pipelines.kept import KeptDeliveries
from pipelines.lock import Holder, locked
from pipelines.progress import PROGRESS, progress_logger
from pipelines.publish import RELEASE
from pipelines.reader import Reader
from pipelines.release_store import ReleaseStore
from pipelines.reports import PACKAGES, ReportFolder
from pipelines.retention import purge
from pipelines.send import sent
from pipelines.sendings import SendingStore
from pipelines.sensor import inbox_sensor
from pipelines.settings import Settings
from pipelines.vintages import VintageStore
from pipelines.warehouse import Warehouse, WarehouseIOManager


def resources(settings: Settings) -> dict[str, dg.ResourceDefinition]:
    """Return the resources of a run, by key, for the folders of `settings`.

    None of them takes run config: a user who launches a run cannot choose where it reads and
    writes. Those that a step writes through require `lock`, which a run holds until it ends, and
    which no run gets that could not be carried through (NotReadyError of `preflight`).
    """

    @dg.resource(config_schema={})
    def lock(context: dg.InitResourceContext) -> Iterator[None]:
        def waiting(other: Holder) -> None:
            who = f"{other.name}, since {other.since}" if other.name else "another process"
            dg.get_dagster_logger().info(f"Waiting until the home is free: it is held by {who}.")

        with locked(settings.home, _holder(context.run), waiting) as killed:
            if context.instance:
                mark_killed(context.instance, killed)
                purge(context.instance, settings, datetime.now(UTC))
            if not (context.run and RUN_TAG.items() <= context.run.tags.items()):
                # Our commands have looked before their first run.
                preflight.check(settings)
            yield

    @dg.resource(config_schema={}, required_resource_keys={"lock"})
    def warehouse(_: dg.InitResourceContext) -> Iterator[Warehouse]:
        with Warehouse(file=str(settings.warehouse)).held() as held:
            yield held

    @dg.io_manager(config_schema={}, required_resource_keys={"warehouse"})
    def io_manager(context: dg.InitResourceContext) -> WarehouseIOManager:
        return WarehouseIOManager(context.resources.warehouse)

    return {
        "home": _fixed(settings.home),
        "lock": lock,
        "warehouse": warehouse,
        "io_manager": io_manager,
        "inbox": _fixed(Inbox(folder=str(settings.inbox), limit=settings.delivery_limit)),
        "reader": _fixed(Reader.of(settings)),
        "kept": dg.ResourceDefinition(
            lambda context: KeptDeliveries(context.resources.warehouse),
            config_schema={},
            required_resource_keys={"warehouse"},
        ),
        "build_day": _fixed(BuildDay(settings.as_of)),
        "forgotten": _fixed(ForgottenFile.of(settings)),
        "accepted": _fixed(AcceptedFile(file=str(settings.accepted))),
        "feedback": _fixed(FeedbackFolder(folder=str(settings.feedback)), "lock"),
        "releases": _fixed(ReleaseStore.of(settings), "lock"),
        "vintages": _fixed(VintageStore.of(settings), "lock"),
        "sendings": _fixed(SendingStore.of(settings), "lock"),
        "reports": _fixed(ReportFolder.of(settings), "lock"),
    }


def _fixed(resource: object, *required: str) -> dg.ResourceDefinition:
    # Without a schema, Dagster would accept any config and ignore it silently.
    return dg.ResourceDefinition(
        lambda _: resource, config_schema={}, required_resource_keys=set(required)
    )


def _holder(run: dg.DagsterRun | None) -> Holder:
    if run is None:
        return Holder("Dagster")
    return Holder(f"Dagster ({run.job_name} {run.run_id[:8]})", run.run_id)


def definitions(settings: Settings) -> dg.Definitions:
    """Return all of Dagster's definitions, for the folders of `settings`."""
    return dg.Definitions(
        assets=[
            raw,
            records,
            findings,
            printed_figures,
            feedback_workbooks,
            *views,
            *marts,
            *RELEASE,
            *PACKAGES,
            sent,
        ],
        asset_checks=asset_checks(YEARS),
        jobs=[LOAD, YEAR, EVERYTHING, REPORT, MONTHLY_FORM, SEND],
        sensors=[inbox_sensor, *alarm_sensors(settings)],
        resources=resources(settings),
        loggers={"console": dg.colored_console_logger, PROGRESS: progress_logger},
        # DuckDB has one writer, and a run has little to do, so one process is fastest.
        executor=dg.in_process_executor,
    )
