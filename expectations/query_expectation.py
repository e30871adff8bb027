"""An expectation for Great Expectations: a query finds no rows.

Great Expectations' own expectation for queries fetches the rows at fault, and requires each query
to name the batch; this one fetches only the number of rows. Importing this module imports Great
Expectations.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

_METRIC = "query_to_find_nothing.row_count"


class RowsFound(TableMetricProvider):
    """The number of rows that a query selects."""

    metric_name = _METRIC
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805  Great Expectations calls it with the class
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> int:
        query = metric_value_kwargs["query"].replace(":", r"\:")  # else it begins a parameter
        count = sqlalchemy.text(f"select count(*) from ({query}\n) as found")
        return int(execution_engine.execute_query(count).scalar_one())


class ExpectQueryToFindNothing(BatchExpectation):
    """The query selects no rows. The result's `unexpected_count` is the number it selects."""

    query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("query",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        found = metrics[_METRIC]
        return {"success": found == 0, "result": {"unexpected_count": found}}
