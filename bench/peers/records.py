"""Draws the records that all tools count: as Parquet, and in a warehouse."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from bench.marts import INTERMEDIATE, compute, store
from bench.register import BUILD_DAY, cases

TABLES = ("participants", "referrals", "exits", "build_day")


def draw(data: Path, participants: int, seed: int) -> None:
    """Write the records tables of a made-up register into the folder `data`."""
    for name, frame in {**cases(participants, seed), "build_day": BUILD_DAY}.items():
        frame.write_parquet(data / f"{name}.parquet")


def load(data: Path, warehouse: Path) -> None:
    """Store the records tables of the folder `data` in a new warehouse.

    All that is counted from records is made as well: no mart is counted while any of it is missing.
    """
    frames = ((f"records.{name}", pl.read_parquet(data / f"{name}.parquet")) for name in TABLES)
    store(warehouse, frames)
    compute(warehouse, INTERMEDIATE)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4]))
    load(Path(sys.argv[1]), Path(sys.argv[2]))
