"""The sensors that tell the command of NORA_ON_FAILURE; there are none when it is not set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import dagster as dg

from assets.day import today
from pipelines import alarm
from pipelines.instance import KILLED, RUN_TAG
from pipelines.jobs import BUILDING
from pipelines.settings import Settings

_EVERY_HOUR = 3600


def alarm_sensors(
    settings: Settings, today: Callable[[], date] = today
) -> list[dg.SensorDefinition]:
    """Return the sensor of builds that fail, and the one of deliveries that are missing.

    `today` is the day in Norway.
    """
    if not settings.on_failure:
        return []

    @dg.run_failure_sensor(
        name="build_failed",
        # Runs of our commands have no code location.
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the command of NORA_ON_FAILURE of the first build in a row that fails.",
    )
    def build_failed(context: dg.RunFailureSensorContext) -> None:
        if is_news(context.instance, context.dagster_run, context.failure_event.message):
            run = context.dagster_run
            alarm.build_failed(settings, job=run.job_name, run=run.run_id[:8])

    @dg.sensor(
        name="delivery_missing",
        minimum_interval_seconds=_EVERY_HOUR,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the command of NORA_ON_FAILURE once a month of a delivery not there.",
    )
    def delivery_missing(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # Babel is slow to import, and no run needs it.
        from pipelines.health import expected_delivery

        month = f"{today():%Y-%m}"
        expected = expected_delivery(settings, today())
        if not expected.is_late or context.cursor == month:
            return dg.SkipReason("No delivery is missing that has not been told this month.")
        alarm.tell(settings, alarm.DELIVERY_MISSING, f"NorA: {expected.sentences[-1]}")
        context.update_cursor(month)
        return dg.SkipReason("A delivery is missing, and the command has been told.")

    return [build_failed, delivery_missing]


def is_news(instance: dg.DagsterInstance, run: dg.DagsterRun, said: str | None) -> bool:
    """Whether nobody has been told of a failure: no command has, and the job did not fail before.

    `said` is the message of the failure. A build that fails is requested again and again.
    """
    if run.job_name not in BUILDING:
        return False
    if RUN_TAG.items() <= run.tags.items():
        # The command has told, unless it was killed.
        return said == KILLED
    ended = dg.RunsFilter(job_name=run.job_name, statuses=_ENDED)
    earlier = [found for found in instance.get_runs(ended) if found.run_id != run.run_id]
    return not earlier or earlier[0].status != dg.DagsterRunStatus.FAILURE


_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
