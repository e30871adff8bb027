"""Dagster assets of the layer raw: one per sheet, all read from the inbox in one step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import dagster as dg
import polars as pl

from assets.definition import OWNERS, asset_arguments, asset_key
from assets.raw import problems
from assets.raw.delivery import (
    DeliveredFile,
    Delivery,
    public_name,
    raw_schema,
)
from assets.raw.problems import DeliveryError
from assets.rows import Frames, Rows
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
    | {table.name: dg.AssetOut(**asset_arguments(table)) for table in vocabulary().layer("raw")},
    required_resource_keys={"inbox", "reader", "kept", "forgotten", "build_day"},
)
def raw(context: dg.AssetExecutionContext) -> Iterator[dg.Output[Rows]]:
    """Read every delivery of the inbox, cell by cell, as text; leave out forgotten persons.

    A delivery that the same program has read before is taken from where it was stored.
    """
    resources = context.resources
    files = resources.inbox.files()
    delivered = read_deliveries(files, lambda file: resources.kept.delivery(file, resources.reader))
    resources.inbox.check_unchanged(files)
    days = resources.build_day.day(), resources.build_day.last_day()
    tables = resources.forgotten.left_out(delivered, *days)
    # The list of deliveries comes last: until then, what is stored is not whole.
    for name in sorted(tables, key=lambda name: name == "deliveries"):
        yield dg.Output(Rows(tables[name]), name)


def read_deliveries(
    files: Iterable[DeliveredFile], read: Callable[[DeliveredFile], Delivery]
) -> Mapping[str, pl.DataFrame]:
    """Read deliveries, each by `read`; return the tables of the layer raw, by name.

    `files` come in the order in which they count.

    `read` is read_delivery with its limits; it raises DeliveryError for a delivery that is refused
    whole. Rows of forgotten persons are still included, so raw.set_aside is not returned.

    Tables of sheets have the columns of raw_schema(table), the others those of schema(table). A
    refused delivery is listed in `deliveries` and `problems`, and in no other table.
    """
    deliveries: list[Delivery] = []
    found: list[pl.DataFrame] = []
    about: list[tuple[object, ...]] = []
    for file in files:
        try:
            one = read(file)
        except DeliveryError as error:
            name = public_name(file.name, file.sha256)
            about.append((name, file.sha256, False, True, None, None))
            found.append(error.problems)
        else:
            about.append((one.name, one.sha256, one.synthetic, False, one.saved_at, one.read_by))
            deliveries.append(one)
    sheets = {table.name: partial(_sheet, table, deliveries) for table in vocabulary().sheets()}
    passed_over = [(one.name, what) for one in deliveries for what in one.ignored]
    found += [one.problems for one in deliveries]
    others = {
        # Files with a national identity number in their names may have the same name here.
        "deliveries": _table(
            "deliveries", [(place, *one) for place, one in enumerate(about, start=1)]
        ).unique("delivery", keep="first", maintain_order=True),
        "passed_over": _table("passed_over", passed_over),
        "absent_columns": pl.concat(
            [problems.ABSENT_SCHEMA.to_frame(), *(one.absent for one in deliveries)]
        ),
        "findings": pl.concat(
            [problems.FINDING_SCHEMA.to_frame(), *(one.findings for one in deliveries)]
        ),
        "problems": problems.collect(found).unique(maintain_order=True),
    }
    return Frames({**sheets, **{name: partial(others.__getitem__, name) for name in others}})


def _sheet(table: Table, deliveries: Sequence[Delivery]) -> pl.DataFrame:
    """The rows of a sheet from all deliveries."""
    read = (one.tables[table.name] for one in deliveries if table.name in one.tables)
    return pl.concat([raw_schema(table).to_frame(), *read])


def _table(name: str, rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema(vocabulary().table(f"raw.{name}")), orient="row")
