"""Runs expectations with Great Expectations on a warehouse, and returns the results.

Nothing is written, neither to the warehouse nor to a file. Importing this module imports Great
Expectations, which takes seconds; so checks import it only when they run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import QueryAsset
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from expectations.duckdb_engine import DuckDBDatasource
from expectations.model import CRITICAL, Expectation, ExpectationNotRunError
from expectations.query_expectation import ExpectQueryToFindNothing
from expectations.suites import of_table

Years = tuple[int, ...] | None


def validate(
    database: Path,
    tables: Sequence[str],
    years: Sequence[int] | None,
    run_id: str,
    *,
    address: str | None = None,
) -> pl.DataFrame:
    """Check `tables` (`layer.name`) of the DuckDB file and return the results.

    `address` replaces the path in connecting: it is the database in memory to which this process
    has attached the file, if it has.

    `years` is None for tables without a year; otherwise rows of other years are ignored, and there
    is one result for each expectation and year. Rows without a year count against every year.

    Columns are those of quality.check_results: run_id, year (NULL when `years` is None),
    table_name, expectation, severity, success, unexpected_count (rows of the table, or of the
    rule's query), checked_at (UTC). Never a cell value.

    FileNotFoundError when there is no such file; ExpectationNotRunError when an expectation could
    not be evaluated, for instance because a column is missing.
    """
    if not database.is_file():
        raise FileNotFoundError(f"there is no warehouse {database.name} to check")
    source = address or str(database)
    wanted = None if years is None else tuple(sorted(set(years)))
    suites = {table: of_table(table) for table in tables}
    # Great Expectations takes longer over one expectation than DuckDB over the query. So ask once
    # for each table, and count only in the broken ones, expectation by expectation.
    wholes = [_whole(table, suite, wanted) for table, suite in suites.items()]
    broken = [one.table for one, result in _run(source, wholes, None) if not result.success]
    parts = [one for table in broken for one in suites[table]]
    counts = {}
    for year in [None] if wanted is None else wanted:
        results = _run(source, parts, None if year is None else (year,))
        raised = [f"{one.table} {one.id}" for one, result in results if _raised(result)]
        if raised:
            raise _not_run(f"de lot seg ikke kjøre: {', '.join(raised)}")
        for one, result in results:
            counts[one.table, one.id, year] = int(result.result["unexpected_count"])
    lost = set(broken) - {table for (table, _, _), count in counts.items() if count}
    if lost:
        raise _not_run(f"de slo ut, men kunne ikke finnes igjen: {', '.join(sorted(lost))}")
    return _frame(suites, wanted, counts, run_id)


def _not_run(why: str) -> ExpectationNotRunError:
    return ExpectationNotRunError(
        f"Ikke alle kontroller er gjort, så ingenting er publisert ({why}). Det er en feil i "
        "programmet. Meld fra."
    )


def _whole(table: str, suite: Sequence[Expectation], years: Years) -> Expectation:
    """All expectations of a table as one, which is broken if any of them is."""
    parts = (f"select 1 from ({_of_years(one.query, years)}\n) as broken" for one in suite)
    return Expectation("whole", table, "\nunion all\n".join(parts), CRITICAL, "")


def _run(
    database: str, expectations: Sequence[Expectation], years: Years
) -> list[tuple[Expectation, ExpectationValidationResult]]:
    """Evaluate expectations; one that raised has failed."""
    if not expectations:
        return []
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # The import of DuckDBDatasource registers add_duckdb. The queries name their tables themselves.
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        "warehouse",
        connection_string=database,
        assets=[QueryAsset(name="warehouse", query="select 1 as one")],
    )
    asset = source.get_asset("warehouse")
    by_id = {f"{one.table} {one.id}": one for one in expectations}
    suite = gx.ExpectationSuite(
        name=asset.name,
        expectations=[_configured(name, one, years) for name, one in by_id.items()],
    )
    try:
        # A batch validates a suite in half the time of a checkpoint, which would write every suite,
        # asset and result to temporary stores and read them back.
        batch = asset.get_batch(asset.build_batch_request())
        results = batch.validate(suite, result_format="BASIC").results
    finally:
        source.get_execution_engine().close()
    found = [
        (by_id[cast(ExpectationConfiguration, one.expectation_config).meta["id"]], one)
        for one in results
    ]
    if len(found) < len(by_id):
        raise _not_run("Great Expectations utelot noen av dem")
    return found


def _configured(name: str, one: Expectation, years: Years) -> ExpectQueryToFindNothing:
    return ExpectQueryToFindNothing(
        query=_of_years(one.query, years),
        meta={"id": name},
        description=one.sentence_nb,
        severity=FailureSeverity(one.severity),
    )


def _of_years(query: str, years: Years) -> str:
    if years is None:
        return query
    of_years = f"year is null or year in ({', '.join(map(str, years))})"
    return f"select * from ({query}\n) as violating where {of_years}"


def _raised(result: ExpectationValidationResult) -> bool:
    """Whether evaluation raised: Great Expectations reports it at the top, or for each metric."""
    info = result.exception_info or {}
    notes = [info, *(note for note in info.values() if isinstance(note, dict))]
    return any(note.get("raised_exception") for note in notes)


def _frame(
    suites: Mapping[str, Sequence[Expectation]],
    years: Years,
    counts: Mapping[tuple[str, str, int | None], int],
    run_id: str,
) -> pl.DataFrame:
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        (run_id, year, table, one.id, one.severity, count == 0, count, checked_at)
        for table, expectations in suites.items()
        for one in expectations
        for year in ([None] if years is None else years)
        for count in [counts.get((table, one.id, year), 0)]
    ]
    columns = schema(vocabulary().table("quality.check_results"))
    return pl.DataFrame(rows, schema=columns, orient="row")
