"""Runs expectations with Great Expectations on a warehouse, and returns the results.

Nothing is written, neither to the warehouse nor to a file. Importing this module imports Great
Expectations, which takes seconds; so checks import it only when they run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import great_expectations as gx
import polars as pl
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import QueryAsset
from great_expectations.expectations.expectation import Expectation as GXExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from expectations.duckdb_engine import DuckDBDatasource
from expectations.model import QUERY, Expectation, ExpectationNotRunError
from expectations.query_expectation import ExpectQueryToFindNothing
from expectations.suites import of_table

PASS_OR_FAIL = {"result_format": "BOOLEAN_ONLY"}
COUNTS = {"result_format": "BASIC", "exclude_unexpected_values": True}

Years = tuple[int, ...] | None
Suites = Mapping[str, Sequence[Expectation]]
"""Expectations by the `layer.name` of their table."""


def validate(
    database: Path,
    tables: Sequence[str],
    years: Sequence[int] | None,
    run_id: str,
    *,
    address: str | None = None,
) -> pl.DataFrame:
    """Check `tables` (`layer.name`) of the DuckDB file and return the results.

    `address` replaces the path in connecting: for an encrypted file, it is the database in memory
    to which this process has attached the file.

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
    suites = {table: of_table(table) for table in tables}
    wanted = None if years is None else tuple(sorted(set(years)))
    # Counting is slower than asking yes or no, and year by year slower than all years together. So
    # count only for broken expectations.
    source = address or str(database)
    results = _run(source, suites, wanted, PASS_OR_FAIL)
    broken: dict[str, list[Expectation]] = {}
    for one, result in results:
        if not result.success:
            broken.setdefault(one.table, []).append(one)
    counts = {}
    for year in [None] if wanted is None else wanted:
        only = None if year is None else (year,)
        for one, result in _run(source, broken, only, COUNTS):
            counts[one.table, one.id, year] = _unexpected_count(result)
    counted = {(table, name) for (table, name, _), count in counts.items() if count}
    lost = [
        one.id for found in broken.values() for one in found if (one.table, one.id) not in counted
    ]
    if lost:
        raise ExpectationNotRunError(f"broken, and then not found again: {', '.join(lost)}")
    return _frame(suites, wanted, counts, run_id)


def _run(
    database: str, suites: Suites, years: Years, result_format: Mapping[str, object]
) -> list[tuple[Expectation, ExpectationValidationResult]]:
    if not suites:
        return []
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # The import of DuckDBDatasource registers add_duckdb.
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        "warehouse",
        connection_string=database,
        assets=[QueryAsset(name=table, query=_of_years(table, years)) for table in suites],
    )
    try:
        results = [
            pair
            for table, expectations in suites.items()
            for pair in _validate(source.get_asset(table), expectations, years, result_format)
        ]
    finally:
        source.get_execution_engine().close()
    asked = {f"{table} {one.id}" for table, some in suites.items() for one in some}
    answered = {f"{one.table} {one.id}" for one, result in results if not _raised(result)}
    if asked != answered:
        names = ", ".join(sorted(asked - answered))
        raise ExpectationNotRunError(f"could not be evaluated: {names}")
    return results


def _validate(
    asset: QueryAsset,
    expectations: Sequence[Expectation],
    years: Years,
    result_format: Mapping[str, object],
) -> Iterator[tuple[Expectation, ExpectationValidationResult]]:
    by_id = {one.id: one for one in expectations}
    suite = gx.ExpectationSuite(
        name=asset.name, expectations=[_configure(one, years) for one in expectations]
    )
    # A batch validates a suite in half the time of a checkpoint, which would write every suite,
    # asset and result to temporary stores and read them back.
    batch = asset.get_batch(asset.build_batch_request())
    for result in batch.validate(suite, result_format=dict(result_format)).results:
        configuration = cast(ExpectationConfiguration, result.expectation_config)
        yield by_id[configuration.meta["id"]], result


def _configure(one: Expectation, years: Years) -> GXExpectation:
    type_, kwargs = one.type, dict(one.kwargs)
    if one.type == QUERY:
        type_ = ExpectQueryToFindNothing.expectation_type
        kwargs["query"] = _of_years(f"({kwargs['query']}\n) as violating", years)
    return ExpectationConfiguration(
        type=type_,
        kwargs=kwargs,
        meta={"id": one.id},
        description=one.sentence_nb,
        severity=FailureSeverity(one.severity),
    ).to_domain_obj()


def _of_years(relation: str, years: Years) -> str:
    query = f"select * from {relation}"
    if years is None:
        return query
    return f"{query} where year is null or year in ({', '.join(map(str, years))})"


def _raised(result: ExpectationValidationResult) -> bool:
    """Whether evaluation raised: Great Expectations reports it at the top, or for each metric."""
    info = result.exception_info or {}
    notes = [info, *(note for note in info.values() if isinstance(note, dict))]
    return any(note.get("raised_exception") for note in notes)


def _unexpected_count(result: ExpectationValidationResult) -> int:
    """The number of rows that broke the expectation; 1 if the table as a whole did."""
    return 0 if result.success else int(result.result.get("unexpected_count", 1))


def _frame(
    suites: Suites, years: Years, counts: Mapping[tuple[str, str, int | None], int], run_id: str
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
