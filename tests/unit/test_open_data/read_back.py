"""The open data read back by programs of others, as cells: the same shape whatever the format.

A cell is its key, in the order of the mart's published key, as texts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import csvw
import polars as pl
from pyjstat import pyjstat

from assets.vocabulary import Table, vocabulary
from dashboards.open_data.json_stat import dimension_id

Key = tuple[str, ...]
Cells = dict[Key, tuple[float | None, str]]
"""The number, or None, and why there is none: hidden, empty; shown where there is one."""


def marts(folder: Path) -> list[Table]:
    """The marts of a published folder."""
    return [
        mart for mart in vocabulary().layer("marts") if (folder / f"{mart.name}.parquet").is_file()
    ]


def of_parquet(folder: Path, mart: Table) -> Cells:
    """The cells of the published file."""
    frame = pl.read_parquet(folder / f"{mart.name}.parquet")
    rows = frame.select(*mart.published_key, mart.number, "status").iter_rows()
    return {tuple(map(str, key)): _cell(number, status) for *key, number, status in rows}


def of_csvw(group: csvw.TableGroup, mart: Table) -> Cells:
    """The cells of a table of the group, read by the types and null values of its metadata."""
    table = group.tabledict[f"{mart.name}.csv"]
    return {
        tuple(str(row[name]) for name in mart.published_key): _cell(
            row[mart.number], str(row["status"])
        )
        for row in table.iterdicts(strict=True)
    }


def of_json_stat(text: str, mart: Table) -> tuple[Cells, int]:
    """The cells of a dataset that are a row of the table, and how many are none."""
    dataset = pyjstat.Dataset.read(text)
    frame = dataset.write("dataframe", naming="id")
    why: Mapping[str, str] = dataset["status"]
    found: Cells = {}
    absent = 0
    for place, row in enumerate(frame.to_dict("records")):
        number = row["value"]
        key = tuple(str(row[dimension_id(name)]) for name in mart.published_key)
        if number is not None and not math.isnan(number):
            assert str(place) not in why, key
            found[key] = (float(number), "shown")
        elif str(place) in why:
            found[key] = (None, why[str(place)])
        else:
            absent += 1
    return found, absent


def json_of(content: bytes) -> dict[str, Any]:
    """The content of a file of JSON."""
    found: dict[str, Any] = json.loads(content)
    return found


def _cell(number: float | None, status: str) -> tuple[float | None, str]:
    if number is not None:
        return float(number), status
    return None, "empty" if status == "shown" else status
