"""The unknowns of somebody who calculates, and what they add up to: what is searched."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_ANY = -(10**6)
"""The least of a difference, which may be as far below 0 as it likes."""


@dataclass(frozen=True)
class LinkedCells:
    """The unknowns of somebody who calculates, and what ties them together.

    `cells`: table, row (its position in the frame), people; one line for each count.
    `people`, sorted and unique: people, n, printed (how many cells show them), watched, least (the
    fewest that a hidden cell may be of, as everyone knows), guard (people that they divide: where
    those are withheld, these have no row), given (part of a small number that is known, so that
    only being certain is to be kept from them). People that are printed nowhere exist all the same,
    and who is watched may not be found out to be few.
    `sums`: sum, people, coefficient. The numbers of a sum, each times its coefficient, add up to
    something that is taken to be known; to 0, but for persons that are counted twice.
    """

    cells: pl.DataFrame
    people: pl.DataFrame
    sums: pl.DataFrame


def differences(people: pl.DataFrame) -> pl.DataFrame:
    """Return people that are differences, from their `people` and `n`.

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
