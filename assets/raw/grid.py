"""The common form of all files that are read: grids of text, and the text outside of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import polars as pl

MOST_CELLS = 50_000_000
"""The most cells that a file may span: a few bytes can encode any number of cells."""


class Area(NamedTuple):
    """A rectangle of cells: rows from 1, columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """One sheet: `cells` has a String column for each column, and its first row is row 1."""

    title: str
    """The sheet's name in the file; the Norwegian sheet name for a file of one record type."""
    cells: pl.DataFrame
    left: int = 0
    """The column of the spreadsheet, from 0, that is the first of `cells`."""
    unvalued: Set[tuple[int, int]] = frozenset()
    """Row (from 1) and column of `cells` (from 0) of each formula without a stored value."""
    spelled: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Row and column -> what the cell's number format shows, where that is another text."""
    merged: Sequence[Area] = ()
    """The areas of merged cells; only the first cell of each can hold a value."""
    struck: Set[tuple[int, int]] = frozenset()
    """Row and column of each cell with a value that is struck out."""

    @cached_property
    def texts(self) -> tuple[pl.Series, ...]:
        """For every column all of its texts; each once, if it repeats them."""
        return tuple(map(_texts, self.cells))


def _texts(cells: pl.Series) -> pl.Series:
    # Most cells of a large sheet repeat others; where they do not, comparing them is in vain.
    repeats: bool = pl.select(2 * pl.lit(cells).approx_n_unique() < len(cells)).item()
    return (cells.unique() if repeats else cells).drop_nulls()


@dataclass(frozen=True)
class Passage:
    """Text outside of cells, such as a comment; `row` is the row of the cell that it belongs to."""

    text: str
    sheet: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Contents:
    """All that is read of one file.

    `synthetic`: whether the file marks its persons as made up. `saved_at`: when it was last saved,
    in UTC, as it says itself; None when it does not.
    """

    grids: tuple[Grid, ...]
    passages: tuple[Passage, ...] = field(default=())
    synthetic: bool = False
    saved_at: datetime | None = None
