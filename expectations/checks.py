"""Dagster asset checks of records and marts: for each table its structure, and each domain rule.

Loading this imports neither Great Expectations nor pandas nor SQLAlchemy; they are imported when a
check runs. The expectations are defined in structure.py and rules/*.toml, and evaluated in
validation.py.
"""

# No `from __future__ import annotations`: Dagster wants the type of `context` as a class.
import gc
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Protocol

import dagster as dg
import polars as pl

from assets.definition import asset_key
from assets.vocabulary import Table, vocabulary
from expectations.model import CRITICAL, INFO, SEVERITIES, WARNING
from expectations.rules import rules
from expectations.suites import tables_read

STRUCTURE = "structure"
"""Name of the check of everything that the vocabulary declares about one table."""

_STRUCTURE_NB = (
    "Kolonner, nøkler, koder, datoer, grenser og henvisninger må være slik tabellen er erklært. "
    "Les inn leveransene og bygg tabellen på nytt, og meld fra om det gjentar seg."
)

_SEVERITY = {
    CRITICAL: dg.AssetCheckSeverity.ERROR,
    WARNING: dg.AssetCheckSeverity.WARN,
    INFO: dg.AssetCheckSeverity.WARN,
}


class WarehouseToCheck(Protocol):
    """The parts of the Dagster resource `warehouse` that a check needs."""

    @property
    def path(self) -> Path:
        """Path of the DuckDB file."""

    @property
    def address(self) -> str:
        """The address for a further connection to the file while connect() holds it open."""

    def connect(self) -> AbstractContextManager[object]:
        """Hold the file open in this process, after waiting for other processes to close it."""

    def write_check_results(self, results: pl.DataFrame) -> None:
        """Store the results in place of earlier ones of the same tables and years."""


def asset_checks(years: dg.PartitionsDefinition[str]) -> list[dg.AssetChecksDefinition]:
    """Return one step that checks the records, and one that checks the marts by year.

    A failed check of severity critical stops everything downstream, a warning is shown, and an info
    passes with its count. A run over partitions of `years` checks those years; any other run checks
    all years. Specs have no partitions: that is a preview feature of Dagster, and useless in a run
    over several years. The year of each result is in the metadata and in quality.check_results.
    """

    @dg.multi_asset_check(
        name="record_checks",
        description="Structure and domain rules of the records.",
        specs=_specs("records"),
        required_resource_keys={"warehouse"},
        can_subset=True,
    )
    def record_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        yield from _check(context, "records", None)

    @dg.multi_asset_check(
        name="mart_checks",
        description="Structure, domain rules and balances of the marts, year by year.",
        specs=_specs("marts"),
        required_resource_keys={"warehouse"},
        can_subset=True,
    )
    def mart_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        if context.has_partition_key or context.has_partition_key_range:
            keys: Sequence[str] = context.partition_keys
        else:
            keys = years.get_partition_keys(dynamic_partitions_store=context.instance)
        if not keys:
            raise dg.Failure("Det er ingen år å kontrollere. Les inn leveransene først.")
        yield from _check(context, "marts", [int(key) for key in keys])

    return [record_checks, mart_checks]


def _specs(layer: str) -> list[dg.AssetCheckSpec]:
    specs = []
    for table in vocabulary().layer(layer):
        key = asset_key(table.qualified_name)
        specs.append(
            dg.AssetCheckSpec(STRUCTURE, asset=key, description=_STRUCTURE_NB, blocking=True)
        )
        specs += [
            dg.AssetCheckSpec(
                rule.id,
                asset=key,
                # Without these, Dagster may check a table before one that it is held against.
                additional_deps=[
                    asset_key(name)
                    for name in sorted(tables_read(rule) - {rule.table})
                    if vocabulary().table(name).layer in ("records", "marts", "quality")
                ],
                description=rule.sentence_nb,
                blocking=rule.severity == CRITICAL,
                metadata={"severity": rule.severity},
            )
            for rule in rules()
            if rule.table == table.qualified_name
        ]
    return specs


def _check(
    context: dg.AssetCheckExecutionContext, layer: str, years: Sequence[int] | None
) -> Iterator[dg.AssetCheckResult]:
    validate = _validation()
    warehouse: WarehouseToCheck = context.resources.warehouse
    selected = context.selected_asset_check_keys
    tables = [one for one in vocabulary().layer(layer) if _is_selected(one, selected)]
    names = [table.qualified_name for table in tables]
    with warehouse.connect():
        results = validate(
            warehouse.path, names, years, context.run.run_id, address=warehouse.address
        )
    warehouse.write_check_results(results)
    for key in sorted(selected):
        yield _evaluation(key, results)


@cache
def _validation() -> Callable[..., pl.DataFrame]:
    """Import validation.validate, and with it Great Expectations."""
    was_enabled = gc.isenabled()
    # The import makes a million objects that stay. Python's search for garbage would look through
    # them again and again, while they are made and for the rest of the run: a tenth of a build.
    gc.disable()
    try:
        from expectations.validation import validate
    finally:
        if was_enabled:
            gc.enable()
    gc.freeze()
    return validate


def _is_selected(table: Table, selected: Set[dg.AssetCheckKey]) -> bool:
    return any(key.asset_key == asset_key(table.qualified_name) for key in selected)


def _evaluation(key: dg.AssetCheckKey, results: pl.DataFrame) -> dg.AssetCheckResult:
    """Combine the results of one rule, or of the whole structure of a table."""
    by_hand = [rule.id for rule in rules()]
    if key.name == STRUCTURE:
        is_part = ~pl.col("expectation").is_in(by_hand)
    else:
        is_part = pl.col("expectation") == key.name
    found = results.filter(is_part, pl.col("table_name") == ".".join(key.asset_key.path))
    severity = next(one for one in SEVERITIES if one in found["severity"])
    broken = found.filter(~pl.col("success"))
    metadata: dict[str, dg.MetadataValue] = {
        "brudd": dg.MetadataValue.int(int(found["unexpected_count"].sum()))
    }
    if found["year"].null_count() == 0:
        by_year = found.group_by("year").agg(pl.col("unexpected_count").sum()).sort("year")
        counts = {str(year): count for year, count in by_year.iter_rows()}
        metadata["brudd per år"] = dg.MetadataValue.json(counts)
    if key.name == STRUCTURE:
        names = broken["expectation"].unique(maintain_order=True).to_list()
        metadata["ikke oppfylt"] = dg.MetadataValue.json(names)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=broken.is_empty() or severity == INFO,
        severity=_SEVERITY[severity],
        metadata=metadata,
    )
