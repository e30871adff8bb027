"""A published folder of which a form or a package was sent, and that builds have changed since."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.cell_lists import CELL_LISTS, REVISIONS, SENT
from assets.vocabulary.cells import cells
from dashboards.publication import read

BUILT = datetime(2026, 11, 21, 20, tzinfo=UTC)
EARLIER = datetime(2021, 4, 2, 8, tzinfo=UTC)
FORM = "monthly_form"


def cell(
    gender: str = "total", value: str = "started", month: int = 3, period: str = "month"
) -> str:
    """A number of the form, by its key."""
    return f"month={month}, period={period}, breakdown=counts, value={value}, gender={gender}"


def let_be_sent(
    folder: Path,
    month: int | None,
    numbers: dict[tuple[str, str], float],
    *,
    on: date = date(2021, 4, 5),
    number: int = 1,
    year: int = 2021,
    until: date | None = None,
) -> None:
    """Let the form of a month, or the package of a year, have been sent as it is but for `numbers`.

    They are (table, cell) -> the number that was sent.
    """
    last = until or (date(2021, 3, 31) if month else date(2021, 12, 31))
    rows = []
    for name, frame in read(folder).tables.items():
        mart = vocabulary().table(f"marts.{name}")
        if mart.is_list or (month and name != FORM):
            continue
        of_year = frame.filter(pl.col("year") == year)
        if month:
            of_year = of_year.filter(pl.col("month") == str(month))
        for one in cells(mart, of_year).to_dicts():
            reported = numbers.get((name, one["cell"]), one["number"])
            rows.append((year, month, number, on, last, EARLIER, name, one["cell"], reported))
    fresh = pl.DataFrame(rows, CELL_LISTS[SENT], orient="row")
    path = folder / "sent.parquet"
    before = pl.read_parquet(path) if path.exists() else CELL_LISTS[SENT].to_frame()
    pl.concat([before, fresh]).write_parquet(path)


def let_be_revised(folder: Path, *lines: tuple[Any, ...]) -> None:
    """List changes of the newest build: table, cell, before, after, deliveries, cause."""
    rows = [(2021, *line[:4], BUILT, *line[4:]) for line in lines]
    pl.DataFrame(rows, CELL_LISTS[REVISIONS], orient="row").write_parquet(
        folder / "revisions.parquet"
    )
