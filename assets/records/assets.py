"""Dagster assets of the layer records: the register, typed, coded and keyed in one step.

The day of the build is written last, so that a load cut short is seen.
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.definition import asset_arguments, asset_key
from assets.records.register import build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

_SHEETS = vocabulary().sheets()
_BUILD_DAY = vocabulary().table("records.build_day")


@dg.multi_asset(
    name="records",
    ins={f"raw_{table.name}": dg.AssetIn(asset_key(f"raw.{table.name}")) for table in _SHEETS},
    outs={
        table.name: dg.AssetOut(**asset_arguments(table, "polars"))
        for table in (*_SHEETS, _BUILD_DAY)
    },
    required_resource_keys={"build_day"},
)
def records(
    context: dg.AssetExecutionContext, **raw: pl.DataFrame
) -> Iterator[dg.Output[pl.DataFrame]]:
    """Type, code and key what the deliveries said; a later delivery wins by key."""
    as_of = context.resources.build_day.day()
    frames = {name.removeprefix("raw_"): frame for name, frame in raw.items()}
    for name, frame in build_register(frames, as_of).items():
        yield dg.Output(frame, name)
    yield dg.Output(pl.DataFrame({"as_of": [as_of]}, schema(_BUILD_DAY)), "build_day")
