"""Checks deliveries beside what is loaded, as a build would read them, and loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.raw.assets import read_deliveries
from assets.raw.delivery import raw_schema
from assets.records.register import build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.feedback import workbooks
from pipelines.inbox import BuildDay, read_file
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Findings:
    """What a check found.

    `rejected` and `broken` have the columns of quality.rejected_rows: what is wrong with the
    deliveries checked, and what they would break in deliveries that are loaded. `passed_over` names
    the sheets and columns that were not read, and `feedback` holds a workbook for each delivery
    with errors, by file name. `beside_register` says whether anything is loaded.
    """

    rejected: pl.DataFrame
    broken: pl.DataFrame
    passed_over: Sequence[str]
    feedback: Mapping[str, bytes]
    beside_register: bool


def check(settings: Settings, paths: Sequence[Path]) -> Findings:
    """Check the deliveries at `paths` as if they lay in the inbox beside those that are loaded.

    A loaded delivery of the same name is left out. Raises WarehouseBusyError and
    WarehouseUnreadableError.
    """
    read_files = (read_file(path, settings.delivery_limit) for path in paths)
    files = [file for file in read_files if file]
    read = read_deliveries(files, settings.delivery_limit)
    names = read["deliveries"]["delivery"]
    loaded = _loaded(settings)
    beside = {
        name: pl.concat([frame.filter(~pl.col("delivery").is_in(names.implode())), read[name]])
        for name, frame in loaded.items()
        if name != "rejected_rows"
    }
    as_of = BuildDay(as_of=settings.as_of.isoformat() if settings.as_of else "").day()
    register = build_register(beside, beside.pop("problems"), as_of)
    is_checked = pl.col("delivery").is_in(names.implode())
    rejected = register.rejected.filter(is_checked)
    line = ["delivery", "sheet", "row", "field", "code"]
    is_unhealed = pl.col("healed_by").is_null()
    known = loaded["rejected_rows"].filter(is_unhealed)
    return Findings(
        rejected=rejected,
        broken=register.rejected.filter(~is_checked, is_unhealed).join(
            known, on=line, how="anti", nulls_equal=True
        ),
        passed_over=[f"{name}: {what}" for name, what in read["passed_over"].iter_rows()],
        feedback=workbooks(files, rejected),
        beside_register=any(frame.height for frame in loaded.values()),
    )


def _loaded(settings: Settings) -> dict[str, pl.DataFrame]:
    """The raw rows and problems that are loaded, and what was rejected of them, by table."""
    tables = [vocabulary().table(name) for name in ("raw.problems", "quality.rejected_rows")]
    warehouse = Warehouse(file=str(settings.warehouse))
    if not warehouse.is_ready():
        empty = {table.name: raw_schema(table).to_frame() for table in vocabulary().sheets()}
        return empty | {table.name: schema(table).to_frame() for table in tables}
    names = {table.name: f"raw.{table.name}" for table in vocabulary().sheets()}
    names |= {table.name: table.qualified_name for table in tables}
    return {name: warehouse.query(f"from {table}") for name, table in names.items()}
