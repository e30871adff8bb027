"""Dagster assets of one step: the register, the rows set aside, and the marks of the years.

The register is the layer records: typed, coded and keyed. The day of the build is written last, so
that an interrupted load can be recognised.
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.definition import asset_arguments, asset_key
from assets.quality.receipts import (
    CHANGES,
    RECEIPTS,
    SuspiciousDeliveryError,
    receipt,
    rows_before,
    suspicions,
)
from assets.quality.year_marks import year_errors, year_marks
from assets.records.register import register_of, settle
from assets.rows import ON_DEMAND, Load, Rows
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

_SHEETS = vocabulary().sheets()
_REJECTED_ROWS = vocabulary().table("quality.rejected_rows")
_LATER_ROWS = vocabulary().table("quality.later_rows")
_REGISTER_FINDINGS = vocabulary().table("quality.register_findings")
_YEAR_MARKS = vocabulary().table("quality.year_marks")
_YEAR_ERRORS = vocabulary().table("quality.year_errors")
_BUILD_DAY = vocabulary().table("records.build_day")
_INPUTS = [
    *(f"raw.{table.name}" for table in _SHEETS),
    "raw.deliveries",
    "raw.absent_columns",
    "raw.problems",
]


@dg.multi_asset(
    name="records",
    ins={
        name.replace(".", "_"): dg.AssetIn(asset_key(name), metadata=ON_DEMAND) for name in _INPUTS
    },
    outs={
        table.name: dg.AssetOut(**asset_arguments(table, "polars"))
        for table in (
            *_SHEETS,
            _REJECTED_ROWS,
            _LATER_ROWS,
            _REGISTER_FINDINGS,
            RECEIPTS,
            CHANGES,
            _YEAR_MARKS,
            _YEAR_ERRORS,
            _BUILD_DAY,
        )
    },
    required_resource_keys={"accepted", "build_day", "warehouse"},
)
def records(
    context: dg.AssetExecutionContext, **raw: Load
) -> Iterator[dg.Output[Rows | pl.DataFrame]]:
    """Type, code and key the rows of the deliveries; set aside the rows with errors.

    Raises SuspiciousDeliveryError when a delivery that is not accepted changes too much. What was
    loaded before then stays, from the first table that it changes so.
    """
    as_of, last_day = context.resources.build_day.day(), context.resources.build_day.last_day()
    warehouse, deliveries = context.resources.warehouse, raw["raw_deliveries"]()
    accepted = context.resources.accepted.names(deliveries.select("delivery", "sha256").rows())
    had = rows_before(
        warehouse.query("from quality.receipts"), deliveries, warehouse.query("from raw.set_aside")
    )
    settled, receipts = [], []
    for one in settle(lambda name: raw[f"raw_{name}"](), as_of, last_day):
        before = warehouse.query(f"from records.{one.name}")
        receipts.append(receipt(one, before, had))
        if suspicions(receipts, accepted) is None:
            yield dg.Output(Rows(one.rows), one.name)
        settled.append(one.dated())
        del one, before  # before the next table is judged
    if held := suspicions(receipts, accepted):
        raise SuspiciousDeliveryError(held)
    register = register_of(settled, raw["raw_problems"]())
    by_code = register.rejected.group_by("code").len().sort("code").rows()
    yield dg.Output(register.rejected, _REJECTED_ROWS.name, metadata=dict(by_code))
    yield dg.Output(register.later, _LATER_ROWS.name)
    yield dg.Output(register.findings, _REGISTER_FINDINGS.name)
    yield dg.Output(pl.concat([one.receipts for one in receipts]), RECEIPTS.name)
    yield dg.Output(pl.concat([one.changes for one in receipts]), CHANGES.name)
    yield dg.Output(year_marks(register, as_of), _YEAR_MARKS.name)
    yield dg.Output(year_errors(register, as_of), _YEAR_ERRORS.name)
    yield dg.Output(pl.DataFrame({"as_of": [as_of]}, schema(_BUILD_DAY)), _BUILD_DAY.name)
