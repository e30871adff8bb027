"""The name of one number of a published table, as text that people and programs can read.

A cell is named by its key without the year, in codes: «month=3, period=month, breakdown=counts,
value=started, gender=total». What a number is, and whether it changed, is not known here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import polars as pl

from assets.vocabulary.model import Table

_PARTS = re.compile(r"([a-z_]+)=((?:\\.|[^\\,])*)(?:, |$)")
_MONTHS_TO_FOLLOW_UP = 6
"""After so many months everybody who went to work in a year has been asked again."""

NEVER_OVER = ("still_in_programme",)
"""The marts whose every number changes with the day of the build, however long ago the year was."""

FOLLOWED_UP = ("job_retention",)
"""The marts that go on for some months after the year."""


def has_cells(table: Table) -> bool:
    """Whether a mart has numbers of its own: a list repeats those of other marts."""
    return not table.is_list


def cells(table: Table, published: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of a published mart one by one: year, table, cell, number, last_day.

    `last_day` is the last day of the period that the number is about: of the month, the quarter or
    the year, later for what is followed up, and NULL where time alone changes the number.
    """
    names = [name for name in table.published_key if name != "year"]
    return published.select(
        pl.col("year").cast(pl.Int32),
        pl.lit(table.name).alias("table"),
        pl.concat_str([_named(name) for name in names], separator=", ").alias("cell"),
        pl.col(table.number).cast(pl.Float64).alias("number"),
        _last_day(table).alias("last_day"),
    )


def key_of(cell: str) -> dict[str, str]:
    """Return the columns of the key that a cell is named by, with their codes."""
    return {name: re.sub(r"\\(.)", r"\1", text) for name, text in _PARTS.findall(cell)}


def last_day_of(year: int, month: int = 12) -> date:
    """Return the last day of a month, or of the year."""
    return date(year, month, monthrange(year, month)[1])


def _named(name: str) -> pl.Expr:
    # Names of projects are typed, and may have any sign.
    text = pl.col(name).cast(pl.String).str.replace_all(r"([\\,])", r"\$1")
    return pl.concat_str(pl.lit(f"{name}="), text)


def _last_day(table: Table) -> pl.Expr:
    if table.name in NEVER_OVER:
        return pl.lit(None, pl.Date)
    month: pl.Expr = pl.lit(12)
    if "month" in table.dimensions:
        month = pl.col("month").cast(pl.Int32)
    elif "quarter" in table.dimensions:
        month = pl.col("quarter").cast(pl.Int32) * 3
    last = pl.date(pl.col("year"), month, 1).dt.month_end()
    if table.name in FOLLOWED_UP:
        return last.dt.offset_by(f"{_MONTHS_TO_FOLLOW_UP}mo")
    return last
