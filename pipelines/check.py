"""Checks deliveries against the loaded ones, as a build would read them, and loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.quality.receipts import (
    RECEIPTS,
    earlier_wins,
    lines,
    receipt,
    rows_before,
    same_error,
    suspicions,
    without_column,
)
from assets.raw.assets import read_deliveries
from assets.raw.delivery import raw_schema
from assets.raw.order import in_order
from assets.raw.problems import with_findings
from assets.records.forgotten import set_aside
from assets.records.register import register_of, settle
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.accepted import AcceptedFile
from pipelines.feedback import remarks_on, workbooks
from pipelines.findings import found_in
from pipelines.forgotten import ForgottenFile
from pipelines.inbox import BuildDay, Inbox, read_file
from pipelines.reader import Reader
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Findings:
    """The results of a check.

    `rejected` and `broken` have the columns of quality.rejected_rows: the errors of the checked
    deliveries, and the errors that they would cause in loaded deliveries. `same_error` has the
    lines on errors that most rows of a sheet have, by delivery. `passed_over` names the
    sheets and columns that were not read, `doubtful` has the columns of quality.findings, and
    `feedback` holds a workbook for each delivery with errors or findings, by file name. `set_aside`
    has the columns of raw.set_aside, `later` those of quality.later_rows. `receipts`,
    `earlier_wins` and `absent_columns` are lines of assets.quality.receipts on the checked
    deliveries, and `suspicion` says why a build with them would publish nothing. `beside_register`
    is true when anything is loaded.
    """

    rejected: pl.DataFrame
    broken: pl.DataFrame
    same_error: Mapping[str, Sequence[str]]
    receipts: Sequence[str]
    earlier_wins: Sequence[str]
    absent_columns: Sequence[str]
    suspicion: str | None
    passed_over: Sequence[str]
    doubtful: pl.DataFrame
    feedback: Mapping[str, bytes]
    set_aside: pl.DataFrame
    later: pl.DataFrame
    beside_register: bool


def check(settings: Settings, paths: Sequence[Path]) -> Findings:
    """Check the deliveries at `paths` as if they lay in the inbox together with the loaded ones.

    A loaded delivery of the same name is left out. Raises ForgottenUnreadableError,
    WarehouseBusyError and WarehouseUnreadableError.
    """
    with Warehouse(file=str(settings.warehouse)).held() as warehouse:
        return _checked(settings, paths, _last_load(warehouse))


LastLoad = Callable[[str, pl.Schema], pl.DataFrame]
"""What gives a table as the last load has left it, by name; empty when nothing is loaded."""


def _checked(settings: Settings, paths: Sequence[Path], last: LastLoad) -> Findings:
    def before(table: Table) -> pl.DataFrame:
        return last(table.qualified_name, schema(table))

    read_files = (read_file(path, settings.delivery_limit) for path in paths)
    files = [file for file in read_files if file]
    reader = Reader.of(settings)
    read = read_deliveries(files, reader.read)
    names = read["deliveries"]["delivery"]
    stored = _loaded(last)
    beside = {
        name: pl.concat([frame.filter(~pl.col("delivery").is_in(names.implode())), read[name]])
        for name, frame in stored.items()
    }
    beside["deliveries"] = _in_order(beside["deliveries"], settings)
    build_day = BuildDay(settings.as_of)
    as_of, last_day = build_day.day(), build_day.last_day()
    forgotten = ForgottenFile.of(settings).read()
    tables = set_aside(beside, forgotten, as_of, last_day).tables
    settled = list(settle(tables.__getitem__, as_of, last_day))
    register = register_of(settled, tables["problems"])
    had = rows_before(before(RECEIPTS), read["deliveries"], tables["set_aside"])
    found = [
        receipt(one, before(vocabulary().table(f"records.{one.name}")), had) for one in settled
    ]
    changes = pl.concat([one.changes for one in found])
    is_checked = pl.col("delivery").is_in(names.implode())
    receipts = pl.concat([one.receipts for one in found]).filter(is_checked)
    rejected = register.rejected.filter(is_checked)
    doubtful = found_in(register, tables, as_of).filter(is_checked)
    is_unhealed = pl.col("healed_by").is_null()
    line = ["delivery", "sheet", "row", "field", "code"]
    aside = tables["set_aside"].filter(is_checked)
    deliveries = tables["deliveries"].select("delivery", "sha256")
    passed_over = tables["passed_over"].filter(is_checked)
    return Findings(
        rejected=rejected,
        broken=register.rejected.filter(~is_checked, is_unhealed).join(
            before(vocabulary().table("quality.rejected_rows")).filter(is_unhealed),
            on=line,
            how="anti",
            nulls_equal=True,
        ),
        same_error=same_error(rejected, receipts),
        receipts=lines(receipts, changes.filter(is_checked)),
        earlier_wins=earlier_wins(
            changes.filter(is_checked | pl.col("other_delivery").is_in(names.implode())),
            tables["deliveries"],
        ),
        absent_columns=without_column(tables["absent_columns"].filter(is_checked)),
        suspicion=suspicions(
            found, AcceptedFile(file=str(settings.accepted)).names(deliveries.rows())
        ),
        passed_over=[f"{name}: {what}" for name, what in passed_over.iter_rows()],
        doubtful=doubtful,
        feedback=workbooks(
            files,
            with_findings(rejected, doubtful),
            forgotten,
            aside,
            reader,
            remarks_on(rejected, receipts, changes, passed_over),
        ),
        set_aside=aside,
        later=register.later.filter(is_checked),
        beside_register=any(frame.height for frame in stored.values()),
    )


def loaded(settings: Settings) -> dict[str, pl.DataFrame]:
    """Return the loaded tables of the layer raw, as read_deliveries returns them.

    They are empty when nothing is loaded. Raises WarehouseBusyError and WarehouseUnreadableError.
    """
    with Warehouse(file=str(settings.warehouse)).held() as warehouse:
        return _loaded(_last_load(warehouse))


def _loaded(last: LastLoad) -> dict[str, pl.DataFrame]:
    sheets = {table.name: raw_schema(table) for table in vocabulary().sheets()}
    others = {table.name: schema(table) for table in vocabulary().layer("raw")}
    return {
        name: last(f"raw.{name}", columns)
        for name, columns in {**sheets, **others}.items()
        if name != "set_aside"
    }


def _last_load(warehouse: Warehouse) -> LastLoad:
    is_ready = warehouse.is_ready()
    return lambda name, columns: warehouse.query(f"from {name}") if is_ready else columns.to_frame()


def _in_order(deliveries: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The deliveries with the places that they would have in the inbox."""
    order = in_order(deliveries["delivery"], Inbox(folder=str(settings.inbox)).named_last())
    places = pl.DataFrame({"delivery": order}).with_row_index("place", offset=1)
    return (
        deliveries.drop("place")
        .join(places, on="delivery")
        .select(pl.col(name).cast(type_) for name, type_ in deliveries.schema.items())
        .sort("place")
    )
