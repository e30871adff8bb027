"""The build: load the inbox, then count, check and publish its years, as runs in the UI do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby

import dagster as dg

from assets.vocabulary import vocabulary
from pipelines.definitions import LOAD, REPORT, YEAR, definitions
from pipelines.instance import RUN_TAG
from pipelines.progress import RUN_CONFIG
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


class UnknownYearError(Exception):
    """A year was asked for that the register does not have."""


@dataclass
class Summary:
    """What a build did; filled in along the way, so that it is true also when a step raises."""

    years: list[int] = field(default_factory=list)
    rows_loaded: dict[str, int] = field(default_factory=dict)
    rows_rejected: int = 0
    deliveries_refused: int = 0
    checks_failed: int = 0

    def line(self) -> str:
        """Return the last line of a build's output: one JSON object."""
        return json.dumps(asdict(self))


def build(
    settings: Settings,
    instance: dg.DagsterInstance,
    summary: Summary,
    years: Sequence[int] = (),
) -> None:
    """Load the inbox, then count, check and publish.

    `years` are the years to build, all of the register when empty. Raises UnknownYearError, and
    whatever a step raised.
    """
    defs = definitions(settings)
    warehouse = Warehouse(file=str(settings.warehouse))
    _run(defs, instance, LOAD)
    for table in vocabulary().sheets():
        counted = warehouse.query(f"select count(*) as n from {table.qualified_name}")
        summary.rows_loaded[table.name] = counted["n"].item()
    known = warehouse.query("select year from intermediate.years order by year")["year"].to_list()
    unknown = sorted(set(years) - set(known))
    if unknown:
        raise UnknownYearError(
            f"Registeret har ikke {', '.join(map(str, unknown))}. "
            f"Det har {', '.join(map(str, known)) or 'ingen år'}."
        )
    try:
        for span in _spans(sorted(set(years)) or known):
            tags = {
                "dagster/asset_partition_range_start": str(span[0]),
                "dagster/asset_partition_range_end": str(span[-1]),
            }
            _run(defs, instance, YEAR, tags)
            summary.years += span
    finally:
        failed = warehouse.query(
            "select count(*) as n from quality.check_results "
            "where not success and severity != 'info'"
        )
        summary.checks_failed = failed["n"].item()


def passed_over(settings: Settings) -> list[str]:
    """Return what the last load passed over: each sheet and column, with its delivery."""
    found = Warehouse(file=str(settings.warehouse)).query(
        "select format('{}: {}', delivery, passed_over) as line from raw.passed_over order by all"
    )
    return found["line"].to_list()


def report(settings: Settings, instance: dg.DagsterInstance) -> None:
    """Write the pages again from what is published."""
    _run(definitions(settings), instance, REPORT)


def _run(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    tags: Mapping[str, str] | None = None,
) -> None:
    defs.resolve_job_def(job).execute_in_process(
        instance=instance, run_config=RUN_CONFIG, tags={**RUN_TAG, **(tags or {})}
    )


def _spans(years: Sequence[int]) -> list[list[int]]:
    """Split sorted years into runs of consecutive ones: one run of Dagster covers each."""
    spans = groupby(enumerate(years), key=lambda pair: pair[1] - pair[0])
    return [[year for _, year in span] for _, span in spans]
