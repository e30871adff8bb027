"""The sensor that requests a build when the inbox has changed and has stopped changing.

It is off until it is turned on in Dagster's UI. A build is two runs: the job load, and, when that
has succeeded, the job year for every year of the register.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

import dagster as dg

from assets.definition import YEARS
from pipelines.inbox import Inbox
from pipelines.jobs import LOAD, YEAR

_INTERVAL = 30


@dataclass(frozen=True)
class _State:
    """The sensor's memory from one tick to the next; an inbox is identified by a digest."""

    seen: str = ""
    """The inbox at the last tick."""
    asked: str = ""
    """The inbox of the last requested build."""
    builds: int = 0
    """The number of requested builds, so that each has run keys of its own."""
    years_asked: bool = True
    """Whether that build has reached its second run, or failed in its first."""


@dg.sensor(
    name="inbox",
    jobs=[LOAD, YEAR],
    minimum_interval_seconds=_INTERVAL,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "Builds when deliveries appear, change or vanish: once the inbox is the same at two ticks, "
        f"{_INTERVAL} seconds apart, it is loaded, and then every year is counted, checked and "
        "published. Off until it is turned on here."
    ),
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, inbox: dg.ResourceParam[Inbox]
) -> dg.SensorResult | dg.SkipReason:
    """Request the load of an inbox that has changed, and then its years."""
    state = _State(**json.loads(context.cursor)) if context.cursor else _State()
    now = _digest(inbox)
    if now != state.seen:
        context.update_cursor(_written(replace(state, seen=now)))
        return dg.SkipReason("The inbox has changed. Waiting until it has stopped changing.")
    if now and now != state.asked:
        state = replace(state, asked=now, builds=state.builds + 1, years_asked=False)
        request = dg.RunRequest(run_key=_run_key(LOAD.name, state), job_name=LOAD.name)
        return dg.SensorResult(run_requests=[request], cursor=_written(state))
    if state.years_asked:
        return dg.SkipReason("Nothing has changed." if now else "The inbox is empty.")
    loads = context.instance.get_runs(
        dg.RunsFilter(tags={"dagster/run_key": _run_key(LOAD.name, state)}), limit=1
    )
    if not loads or not loads[0].is_finished:
        return dg.SkipReason("The inbox is being loaded.")
    state = replace(state, years_asked=True)
    years = sorted(context.instance.get_dynamic_partitions(YEARS.name or ""))
    if not loads[0].is_success or not years:
        context.update_cursor(_written(state))
        return dg.SkipReason("The inbox could not be loaded; its run says why.")
    tags = {
        "dagster/asset_partition_range_start": years[0],
        "dagster/asset_partition_range_end": years[-1],
    }
    request = dg.RunRequest(run_key=_run_key(YEAR.name, state), job_name=YEAR.name, tags=tags)
    return dg.SensorResult(run_requests=[request], cursor=_written(state))


def _digest(inbox: Inbox) -> str:
    """A digest of names, sizes and times of the deliveries; empty when there is none."""
    about = inbox.stamps()
    return hashlib.sha256(ascii(about).encode()).hexdigest() if about else ""


def _run_key(job: str, state: _State) -> str:
    return f"{state.builds}-{job}-{state.asked[:12]}"


def _written(state: _State) -> str:
    return json.dumps(asdict(state))
