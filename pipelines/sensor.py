"""The sensor that requests a build when the inbox has changed and has stopped changing.

It is off until it is turned on in Dagster's UI. A build is two runs: the job load, and, when that
has succeeded, the job year for every year of the register. One that fails is requested again, until
it succeeds or the inbox changes.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, SensorInstigatorData

from assets.definition import YEARS
from pipelines.inbox import Inbox
from pipelines.instance import mark_killed
from pipelines.jobs import LOAD, YEAR
from pipelines.lock import Holder, HomeBusyError, locked

NAME = "inbox"
_INTERVAL = 30

_PAUSES = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60)]
"""From the end of a build that failed until it is requested again: after the first failure, the
second, and so on; the last one counts for all that follow."""

_UNDER_WAY = {
    LOAD.name: "The inbox is being loaded.",
    YEAR.name: "The years are being counted, checked and published.",
}


@dataclass(frozen=True)
class State:
    """The sensor's memory from one tick to the next; an inbox is identified by a digest."""

    seen: str = ""
    """The inbox at the last tick."""
    requested: str = ""
    """The inbox of the last requested build."""
    builds: int = 0
    """The number of requested builds, so that each has run keys of its own."""
    running: str = ""
    """The job whose run has not been seen to end; empty when the last build has ended."""
    failures: int = 0
    """How many builds of that inbox have failed since it changed or one succeeded."""
    ended: str = ""
    """When one of that inbox last failed or was cancelled, in ISO 8601; empty when none did."""
    cancelled: bool = False
    """Whether it was cancelled, which only a person does, and did not fail."""

    @property
    def failed_at(self) -> datetime | None:
        """When a build of this inbox failed last; None when none has, or one succeeded after."""
        is_failed = self.ended and not self.cancelled
        return datetime.fromisoformat(self.ended) if is_failed else None

    @property
    def requested_again_at(self) -> datetime | None:
        """When the build that failed is requested again; None when it is under way, or none is."""
        if self.running or not self.failed_at:
            return None
        return self.failed_at + _PAUSES[min(self.failures, len(_PAUSES)) - 1]


def instigated(instance: dg.DagsterInstance) -> tuple[InstigatorState, SensorInstigatorData] | None:
    """Return what Dagster knows of the sensor; None when it has never been turned on.

    Of several code locations, that of the one where it looked last.
    """
    ticked = [
        (found, found.instigator_data)
        for found in instance.all_instigator_state()
        if found.name == NAME and isinstance(found.instigator_data, SensorInstigatorData)
    ]
    return max(ticked, key=lambda one: one[1].last_tick_timestamp or 0, default=None)


def last_build(instance: dg.DagsterInstance) -> State | None:
    """Return what the sensor remembers of its last build; None when it has never been turned on."""
    known = instigated(instance)
    return _read(known[1].cursor) if known else None


@dg.sensor(
    name=NAME,
    jobs=[LOAD, YEAR],
    minimum_interval_seconds=_INTERVAL,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "Builds when deliveries appear, change or vanish: once the inbox is the same at two ticks, "
        f"{_INTERVAL} seconds apart, it is loaded, and then every year is counted, checked and "
        "published. A build that fails is requested again after 1 minute, 2, 4, and so on, at "
        "most an hour apart; one that a person cancels waits for the inbox to change. Off until it "
        "is turned on here."
    ),
)
def inbox_sensor(
    context: dg.SensorEvaluationContext,
    inbox: dg.ResourceParam[Inbox],
    home: dg.ResourceParam[Path],
) -> dg.SensorResult:
    """Request the load of an inbox that has changed or failed, and then its years."""
    state = _read(context.cursor)
    if state.running:
        _mark_killed(context.instance, home)
    state, said = _next(state, _digest(inbox), context.instance)
    cursor = json.dumps(asdict(state))
    if isinstance(said, dg.RunRequest):
        return dg.SensorResult(run_requests=[said], cursor=cursor)
    return dg.SensorResult(skip_reason=said, cursor=cursor)


def _mark_killed(instance: dg.DagsterInstance, home: Path) -> None:
    """Mark a run that was killed: it would be waited for, and would keep all others waiting."""
    with suppress(HomeBusyError), locked(home, Holder(f"Dagster ({NAME})")) as killed:
        mark_killed(instance, killed)


def _next(
    state: State, inbox: str, instance: dg.DagsterInstance
) -> tuple[State, dg.RunRequest | str]:
    """What to remember, and the run to request, or why there is none, for the inbox as it is."""
    if inbox != state.seen:
        waits = "The inbox has changed. Waiting until it has stopped changing."
        return replace(state, seen=inbox), waits
    if inbox and inbox != state.requested:
        return _build(State(seen=inbox, requested=inbox, builds=state.builds))
    if state.running:
        return _followed(state, instance)
    return _at_rest(state, inbox)


def _at_rest(state: State, inbox: str) -> tuple[State, dg.RunRequest | str]:
    """Request a build that has failed once more, when its pause is over."""
    if not inbox:
        return state, "The inbox is empty."
    if state.cancelled:
        return state, _cancelled(state)
    if state.failed_at and state.requested_again_at:
        # Between the two: a clock that was set back must not prolong the pause.
        if state.failed_at <= datetime.now(UTC) < state.requested_again_at:
            return state, _failed(state)
        return _build(state)
    return state, "Nothing has changed."


def _build(state: State) -> tuple[State, dg.RunRequest]:
    """Request a build of the inbox, beginning with its load."""
    state = replace(state, builds=state.builds + 1, running=LOAD.name)
    return state, dg.RunRequest(run_key=_run_key(state), job_name=LOAD.name)


def _followed(state: State, instance: dg.DagsterInstance) -> tuple[State, dg.RunRequest | str]:
    """Look at the run that was requested last; request the years when it was a load."""
    by_key = dg.RunsFilter(tags={"dagster/run_key": _run_key(state)})
    record = next(iter(instance.get_run_records(by_key, limit=1)), None)
    run = record and record.dagster_run
    if run and not run.is_finished:
        return state, _UNDER_WAY[state.running]
    if run and run.is_success:
        years = sorted(instance.get_dynamic_partitions(YEARS.name or ""))
        if state.running == LOAD.name and years:
            state = replace(state, running=YEAR.name)
            return state, dg.RunRequest(
                run_key=_run_key(state),
                job_name=YEAR.name,
                tags={
                    "dagster/asset_partition_range_start": years[0],
                    "dagster/asset_partition_range_end": years[-1],
                },
            )
        done = "The inbox has been built." if years else "The register has no years to count."
        return replace(state, running="", failures=0, ended=""), done
    # A run that is not there was deleted, or never started.
    end = (record and record.end_time) or time.time()
    ended = datetime.fromtimestamp(end, UTC).astimezone().isoformat(timespec="seconds")
    state = replace(state, running="", ended=ended)
    if run and run.status == dg.DagsterRunStatus.CANCELED:
        state = replace(state, cancelled=True)
        return state, _cancelled(state)
    state = replace(state, failures=state.failures + 1)
    return state, _failed(state)


def _failed(state: State) -> str:
    return (
        f"The last build failed at {state.failed_at}; its run says why. "
        f"It is requested again at {state.requested_again_at}."
    )


def _cancelled(state: State) -> str:
    return (
        f"The last build was cancelled by a person at {datetime.fromisoformat(state.ended)}. "
        "It is requested again when the inbox changes."
    )


def _digest(inbox: Inbox) -> str:
    """A digest of names, sizes and times of the deliveries; empty when there is none."""
    about = inbox.stamps()
    return hashlib.sha256(ascii(about).encode()).hexdigest() if about else ""


def _run_key(state: State) -> str:
    return f"{state.builds}-{state.running}-{state.requested[:12]}"


def _read(cursor: str | None) -> State:
    """The memory that a cursor holds; of one that an earlier version wrote, what is still known."""
    known = {one.name for one in fields(State)}
    said = json.loads(cursor) if cursor else {}
    return State(**{name: value for name, value in said.items() if name in known})
