"""The common form of all files that are read: grids of text, and the text outside of cells."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

MOST_CELLS = 50_000_000
"""The most cells that a file may span: a few bytes can encode any number of cells."""


@dataclass(frozen=True)
class Grid:
    """One sheet: `cells` has a String column for each column, and its first row is row 1."""

    title: str
    """The sheet's name in the file; the Norwegian sheet name for a file of one record type."""
    cells: pl.DataFrame
    unvalued: Set[tuple[int, int]] = frozenset()
    """Row (from 1) and column of `cells` (from 0) of each formula without a stored value."""

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
    """All that is read of one file. `synthetic`: whether the file marks its persons as made up."""

    grids: tuple[Grid, ...]
    passages: tuple[Passage, ...] = field(default=())
    synthetic: bool = False
