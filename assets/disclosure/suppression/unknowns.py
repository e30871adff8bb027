"""The system that is searched: the unknowns of a reader who calculates, and their sums."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_ANY = -(10**6)
"""The least value of a difference, which may be far below 0."""


@dataclass(frozen=True)
class LinkedCells:
    """The unknowns of a reader who calculates, and the sums that tie them together.

    `cells`: table, row (its position in the frame), people; one line for each count.
    `people`, sorted and unique: people, n, printed (how many cells show them), watched (they may
    not be found out to be few), least (the fewest that a hidden cell may count, as everyone knows),
    guard (the people that they divide: where those are withheld, these have no row), given (part of
    a known small number: they may be known to be few, but their number may not become certain).
    People that are printed nowhere are unknowns too.
    `sums`: sum, people, coefficient. The numbers of a sum, each times its coefficient, add up to a
    number that is taken to be known; it is 0, except for persons counted twice.
    """

    cells: pl.DataFrame
    people: pl.DataFrame
    sums: pl.DataFrame


def differences(people: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of LinkedCells.people for differences, from their `people` and `n`.

    No cell shows them, they may be below 0, and they may not be found out to be few.
    """
    return people.select(
        "people",
        "n",
        printed=pl.lit(0, pl.UInt32),
        watched=pl.lit(True),
        least=pl.lit(_ANY, pl.Int64),
        guard=pl.lit(None, pl.String),
        given=pl.lit(False),
    )
