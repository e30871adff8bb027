"""The build: load the inbox, then count, check and publish its years, with the UI's jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

import dagster as dg
import polars as pl
from dagster._core.errors import DagsterAssetCheckFailedError

from assets.definition import asset_key
from assets.published.exact import unchanged_years
from assets.published.gate import is_failure
from assets.quality import receipts as of_deliveries
from assets.raw import problems
from assets.vocabulary import vocabulary
from expectations.findings import finding_rules
from expectations.suites import of_table
from pipelines import unchanged
from pipelines.accepted import AcceptedFile
from pipelines.definitions import definitions
from pipelines.inbox import Inbox
from pipelines.instance import RUN_TAG
from pipelines.jobs import COUNTED, LOAD, PUBLISHED, REPORT, SEND, YEAR
from pipelines.progress import RUN_CONFIG
from pipelines.publish import ONLY_YEARS
from pipelines.release_store import ReleaseStore
from pipelines.reports import KEPT, NO_PICTURES, UnwrittenError, package_key
from pipelines.send import NAME
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

_MARTS = [asset_key(table.qualified_name) for table in vocabulary().layer("marts")]


class UnknownYearError(Exception):
    """A requested year is not in the register."""


class UnknownDeliveryError(Exception):
    """A delivery to be accepted is not in the inbox."""


class RejectedError(Exception):
    """Rows were rejected or deliveries refused, and then nothing was to be published."""


@dataclass
class Summary:
    """The results of a build, filled in step by step, so that they are right if a step raises."""

    years: list[int] = field(default_factory=list)
    rows_loaded: dict[str, int] = field(
        default_factory=lambda: {table.name: 0 for table in vocabulary().sheets()}
    )
    rows_rejected: int = 0
    deliveries_refused: int = 0
    checks_failed: int = 0
    """How many checks failed; a check with severity info never fails."""
    findings: int = 0
    """How many doubtful rows there are, each once for each rule that found it."""
    failed_checks: list[str] = field(default_factory=list)
    """Each failed check in words, but for those of findings, which list their rows."""
    loaded: bool = False
    """Whether the inbox was read."""
    unchanged: list[int] = field(default_factory=list)
    """The years of which all that is published was left as it was, because it is still so."""
    unwritten: str = ""
    """Why the pages of the published years could not be written, in words; empty when they were."""

    def line(self) -> str:
        """Return the last line of a build's output: one JSON object."""
        counts = asdict(self)
        for name in ("failed_checks", "loaded", "unchanged", "unwritten"):
            del counts[name]
        return json.dumps(counts)


def accept(settings: Settings, names: Sequence[str]) -> None:
    """Record that the deliveries of these names are right, although they change much.

    Raises UnknownDeliveryError, and what Inbox.files and AcceptedFile.add raise.
    """
    if names:
        inbox = Inbox(folder=str(settings.inbox), limit=settings.delivery_limit)
        found = {file.name: file.sha256 for file in inbox.files()}
        unknown = [name for name in names if name not in found]
        if unknown:
            raise UnknownDeliveryError(
                f"Ingen leveranse i {settings.inbox} heter {problems.listed(unknown)}."
            )
        shown = {sha256: name for name in names if (sha256 := found[name])}
        AcceptedFile(file=str(settings.accepted)).add(shown)


def build(
    settings: Settings,
    instance: dg.DagsterInstance,
    summary: Summary,
    years: Sequence[int] = (),
    *,
    strict: bool = False,
) -> None:
    """Load the inbox, then count, check and publish, unless nothing has changed.

    `years` are the years to build; when empty, all years of the register. Raises UnknownYearError,
    RejectedError when `strict` and something was rejected or refused, and any exception of a step.
    """
    # Before the load: what arrives while it reads was not read by this build.
    inputs = unchanged.inputs(settings)
    built = unchanged.built_years(settings, inputs)
    # What was rejected then is found again, and so stops a strict build.
    if built and set(years) <= set(built) and not strict:
        with opened(settings) as warehouse:
            _sum_up_load(warehouse, summary)
            _sum_up_checks(warehouse, summary)
        summary.years = summary.unchanged = sorted(set(years)) or built
        return
    untouched = not years and unchanged.is_untouched(settings)
    unchanged.remove_note(settings)
    defs = definitions(settings)
    with opened(settings) as warehouse:
        try:
            _run(defs, instance, LOAD.name)
            _sum_up_load(warehouse, summary)
            if strict and (summary.rows_rejected or summary.deliveries_refused):
                raise RejectedError("Noe ble avvist, så ingenting er publisert (--strict).")
            found = warehouse.query("select year from intermediate.years order by year")
            known = found["year"].to_list()
            unknown = sorted(set(years) - set(known))
            if unknown:
                raise UnknownYearError(
                    f"Registeret har ikke {', '.join(map(str, unknown))}. "
                    f"Det har {', '.join(map(str, known)) or 'ingen år'}."
                )
            kept = _kept_years(defs, instance, warehouse, settings, known) if untouched else []
            anew = [year for year in sorted(set(years)) or known if year not in kept]
            _build_years(defs, instance, summary, anew, counted=untouched)
            summary.years, summary.unchanged = sorted([*kept, *summary.years]), kept
            loaded = warehouse.query("select delivery, sha256 from raw.deliveries order by place")
        except DagsterAssetCheckFailedError:
            # The records are stored before they are checked, and the rows set aside may explain it.
            _sum_up_load(warehouse, summary)
            _sum_up_checks(warehouse, summary)
            raise
        _sum_up_checks(warehouse, summary)
    # A delivery may be another one in the load than before it, and then be the first one again.
    is_as_read = tuple(loaded.rows()) == inputs.deliveries
    # The file changes when it is closed, so the note comes after.
    if summary.years == known and not summary.unwritten and is_as_read:
        unchanged.note_build(settings, known, inputs)


def opened(settings: Settings) -> AbstractContextManager[Warehouse]:
    """Keep the warehouse open during a block, for all runs and queries in it."""
    return Warehouse(file=str(settings.warehouse)).held()


def _kept_years(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    settings: Settings,
    known: Sequence[int],
) -> list[int]:
    """Count and check all years; return those of which everything published is still so.

    Never the newest: what is no year's alone, such as the receipts, is published with it.
    """
    _count(defs, instance, known)
    current = ReleaseStore.of(settings).current()
    return [year for year in unchanged_years(warehouse, current, known) if year != known[-1]]


def _count(defs: dg.Definitions, instance: dg.DagsterInstance, years: Sequence[int]) -> None:
    """Count and check the years of what is loaded."""
    for span in _spans(years):
        _run(defs, instance, YEAR.name, span, _MARTS)


def _build_years(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    summary: Summary,
    years: Sequence[int],
    *,
    counted: bool,
) -> None:
    """Publish the years of what is loaded; count and check them first, if not yet `counted`."""
    if len(_spans(years)) > 1 and not counted:
        _count(defs, instance, years)
        counted = True
    # Without the checks of the records, which the load has just made.
    selection = sorted((PUBLISHED if counted else COUNTED).resolve(defs.resolve_asset_graph()))
    try:
        _run(defs, instance, YEAR.name, years, selection)
    except UnwrittenError as error:
        summary.unwritten = str(error)
    summary.years = list(years)


def _sum_up_load(warehouse: Warehouse, summary: Summary) -> None:
    for table in vocabulary().sheets():
        counted = warehouse.query(f"select count(*) as n from {table.qualified_name}")
        summary.rows_loaded[table.name] = counted["n"].item()
    rejected = rejections(warehouse)
    summary.rows_rejected = rows_rejected(rejected)
    summary.deliveries_refused = deliveries_refused(rejected)
    summary.findings = findings(warehouse).height
    summary.loaded = True


def _sum_up_checks(warehouse: Warehouse, summary: Summary) -> None:
    failed = warehouse.query("from quality.check_results").filter(is_failure())
    summary.checks_failed = failed.height
    summary.failed_checks = _in_words(failed)


def _in_words(failed: pl.DataFrame) -> list[str]:
    """The failed checks without those of findings: table, year, sentence, number of failures."""
    of_findings = [rule.id for rule in finding_rules()]
    failed = failed.filter(~pl.col("expectation").is_in(of_findings)).sort(
        "table_name", "year", "expectation"
    )
    sentences = {
        (table, one.id): one.sentence_nb
        for table in failed["table_name"].unique()
        for one in of_table(table)
    }
    return [
        f"{table} {year or ''}".strip() + f": {sentences[table, name]} ({count} brudd)"
        for table, year, name, count in failed.select(
            "table_name", "year", "expectation", "unexpected_count"
        ).iter_rows()
    ]


def rejections(warehouse: Warehouse) -> pl.DataFrame:
    """Return the rejections and refusals of the last load; columns as quality.rejected_rows."""
    found = warehouse.query("from quality.rejected_rows")
    return problems.in_order(found)


def rows_rejected(rejections: pl.DataFrame) -> int:
    """Count the rejected rows, without those that later deliveries have corrected."""
    rows = rejections.filter(
        pl.col("healed_by").is_null(), ~pl.col("code").is_in(problems.REFUSALS)
    )
    return rows.select("delivery", "sheet", "row").unique().height


def deliveries_refused(rejections: pl.DataFrame) -> int:
    """Count the whole deliveries that were refused."""
    return rejections.filter(pl.col("code").is_in(problems.REFUSALS))["delivery"].n_unique()


def passed_over(warehouse: Warehouse) -> list[str]:
    """Return the sheets and columns that the last load ignored, each with its delivery."""
    found = warehouse.query(
        "select format('{}: {}', delivery, passed_over) as line from raw.passed_over order by all"
    )
    return found["line"].to_list()


def receipts(warehouse: Warehouse) -> list[str]:
    """Say what each delivery of the last load changed, sheet by sheet, in the order they count."""
    changes = warehouse.query("from quality.changes")
    delivered = warehouse.query("select delivery from raw.deliveries order by place")["delivery"]
    found = warehouse.query("from quality.receipts")
    # Those that are no longer in the inbox come last.
    place = pl.col("delivery").replace_strict(
        delivered, range(delivered.len()), default=delivered.len(), return_dtype=pl.Int64
    )
    return of_deliveries.lines(
        found.sort(place, maintain_order=True), changes, frozenset(delivered)
    )


def same_error(warehouse: Warehouse, rejections: pl.DataFrame) -> dict[str, list[str]]:
    """Return delivery -> the errors, of those `rejections`, that most rows of a sheet have."""
    return of_deliveries.same_error(rejections, warehouse.query("from quality.receipts"))


def earlier_wins(warehouse: Warehouse) -> list[str]:
    """Say which workbooks of the last load win over one that was saved after them."""
    changes = warehouse.query("from quality.changes")
    return of_deliveries.earlier_wins(changes, warehouse.query("from raw.deliveries"))


def absent_columns(warehouse: Warehouse) -> list[str]:
    """Say which columns of the form the sheets of the last load do not have."""
    return of_deliveries.without_column(warehouse.query("from raw.absent_columns"))


def findings(warehouse: Warehouse) -> pl.DataFrame:
    """Return the findings of the last load (quality.findings)."""
    return warehouse.query("from quality.findings order by all")


def set_aside(warehouse: Warehouse) -> pl.DataFrame:
    """Return how many rows of forgotten persons the last load left out (raw.set_aside)."""
    return warehouse.query("from raw.set_aside order by all")


def later_rows(warehouse: Warehouse) -> pl.DataFrame:
    """Return the rows that the last load left out as later than its day (quality.later_rows)."""
    return warehouse.query("from quality.later_rows order by all")


def printed_figures(warehouse: Warehouse, years: Sequence[int]) -> dict[str, int]:
    """Return the number of printed figures of the reports of `years`, by status of comparison.

    Those of a year that is not over are left out: a printed figure is of the whole year.
    """
    found = warehouse.query(
        """
        select code as status, count(printed_comparison.year) as n
        from vocabulary.comparison_status
        left join (
            from marts.printed_comparison
            semi join intermediate.years
                on years.year = printed_comparison.year
                and years.counted_until = years.last_day
        ) as printed_comparison
            on comparison_status.code = printed_comparison.status
            and list_contains($years, printed_comparison.year)
        group by comparison_status.position, code
        order by comparison_status.position
        """,
        {"years": list(years)},
    )
    return dict(found.iter_rows())


def report(
    settings: Settings, instance: dg.DagsterInstance, audience: str, year: int
) -> dict[str, str]:
    """Write an audience's report package of a year from the publication.

    Returns notices by name: NO_PICTURES, the reason for missing pictures, and KEPT, the files that
    a person had changed. Raises UnwrittenError.
    """
    run = _run(definitions(settings), instance, REPORT.name, [year], [package_key(audience)])
    (made,) = run.get_asset_materialization_events()
    metadata = made.materialization.metadata
    return {name: str(metadata[name].value) for name in (NO_PICTURES, KEPT) if name in metadata}


def send(
    settings: Settings, instance: dg.DagsterInstance, year: int, month: int | None, day: str
) -> str:
    """Freeze a month's form, or a year's package, as sent on a day; return the sending's name.

    `day` is ISO 8601, or empty for today. Raises NotSentError, SendingLostError and
    ReleaseDamagedError.
    """
    config = {"year": year, "day": day} | ({} if month is None else {"month": month})
    run = _run(definitions(settings), instance, SEND.name, config={"sent__internal": config})
    (made,) = run.get_asset_materialization_events()
    return str(made.materialization.metadata[NAME].value)


def _run(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    years: Sequence[int] = (),
    selection: Sequence[dg.AssetKey] | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run a job in this process, for some years if it has years, or a selection of it.

    `config` is step -> its run config.
    """
    tags = dict(RUN_TAG)
    if years:
        # Dagster knows a range alone, so the years that are published are named too.
        tags[ONLY_YEARS] = ",".join(map(str, years))
        tags["dagster/asset_partition_range_start"] = str(years[0])
        tags["dagster/asset_partition_range_end"] = str(years[-1])
    ops = {step: {"config": dict(told)} for step, told in (config or {}).items()}
    return defs.resolve_job_def(job).execute_in_process(
        instance=instance,
        run_config={**RUN_CONFIG, "ops": ops},
        tags=tags,
        asset_selection=selection,
    )


def _spans(years: Sequence[int]) -> list[list[int]]:
    """Split sorted years into spans of consecutive ones: Dagster covers each by one run."""
    spans = groupby(enumerate(years), key=lambda pair: pair[1] - pair[0])
    return [[year for _, year in span] for _, span in spans]
