"""Dagster assets of the layer raw: one per sheet, all read from the inbox in one step."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.definition import OWNERS, asset_arguments, asset_key
from assets.raw import problems
from assets.raw.problems import DeliveryError
from assets.raw.workbook import Delivery, raw_schema, read_workbook
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema


def _out(table: Table) -> dg.AssetOut:
    return dg.AssetOut(
        key=asset_key(f"raw.{table.name}"),
        group_name="raw",
        description=f"The sheet {table.sheet} as it was delivered, every cell as text.",
        kinds={"duckdb", "excel"},
        owners=OWNERS,
        metadata={"dagster/column_schema": _column_schema(table)},
    )


def _column_schema(table: Table) -> dg.TableSchema:
    words = {**vocabulary().columns, **{column.name: column for column in table.columns}}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name, "INTEGER" if kind == pl.Int32 else "VARCHAR", words[name].description
            )
            for name, kind in raw_schema(table).items()
        ]
    )


@dg.multi_asset(
    name="raw",
    outs={table.name: _out(table) for table in vocabulary().sheets()}
    | {
        table.name: dg.AssetOut(**asset_arguments(table, "excel"))
        for table in vocabulary().layer("raw")
    },
    required_resource_keys={"inbox"},
)
def raw(context: dg.AssetExecutionContext) -> Iterator[dg.Output[pl.DataFrame]]:
    """Read every delivery of the inbox, cell by cell, as text."""
    deliveries = read_deliveries(context.resources.inbox.files())
    for table in vocabulary().sheets():
        frames = [delivery.tables.get(table.name) for delivery in deliveries]
        found = [raw_schema(table).to_frame(), *(frame for frame in frames if frame is not None)]
        yield dg.Output(pl.concat(found), table.name)
    yield _about("deliveries", [(one.name, one.sha256, one.synthetic) for one in deliveries])
    yield _about("passed_over", [(one.name, what) for one in deliveries for what in one.ignored])


def _about(name: str, rows: list[tuple[object, ...]]) -> dg.Output[pl.DataFrame]:
    table = vocabulary().table(f"raw.{name}")
    return dg.Output(pl.DataFrame(rows, schema(table), orient="row"), name)


def read_deliveries(files: list[tuple[str, bytes]]) -> list[Delivery]:
    """Read deliveries given as (file name, content), in the order of their names.

    Raises DeliveryError with the problems of all of them.
    """
    deliveries = []
    found = []
    for name, content in sorted(files):
        try:
            deliveries.append(read_workbook(name, content))
        except DeliveryError as error:
            found.append(error.problems)
    if found:
        raise DeliveryError(problems.collect(found))
    return deliveries
