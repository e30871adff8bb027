"""The differences that a reader can calculate from two vintages of one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.disclosure.suppression.search import Fate
from assets.disclosure.suppression.unknowns import LinkedCells, differences


def label_of(vintage: int) -> str:
    """The prefix to the names of the people of an earlier vintage."""
    return f"vintage {vintage} of "


@dataclass(frozen=True)
class Side:
    """One vintage of a year: its system, and what is decided about its people so far."""

    system: LinkedCells
    fates: Mapping[str, Fate]


def beside(here: Side, there: Side, year: int, label: str, threshold: int) -> LinkedCells:
    """Return the system of `here` with that of an earlier vintage of `year` and the differences.

    The names of the earlier people begin with `label`. They are no longer watched: they were
    protected when they were published. A difference is the persons added less those removed.
    """
    now, then = here.system, there.system
    renamed = then.people.with_columns(
        (label + pl.col("people")).alias("people"),
        (label + pl.col("guard")).alias("guard"),
        watched=pl.lit(False),
    )
    mine = now.people.filter(pl.col("people").str.starts_with(f"{year}|"))
    pairs = mine.join(then.people, on="people", suffix="_then").with_columns(
        difference=pl.col("n") - pl.col("n_then")
    )
    both_show = pl.Series(
        [
            here.fates.get(people) is Fate.SHOWN and there.fates.get(people) is Fate.SHOWN
            for people in pairs["people"]
        ],
        dtype=pl.Boolean,  # a table that a vintage leaves out shares nobody with the other
    )
    small = (pl.col("difference") != 0) & (pl.col("difference").abs() < threshold)
    judged = pairs.filter(
        pl.col("watched") & pl.col("watched_then") & ~pl.col("given"), small | ~both_show
    )
    named = (pl.col("people") + "|since " + pl.lit(label)).alias("people")
    in_sum = [
        judged.select(named.alias("sum"), people, coefficient=pl.lit(sign, pl.Int64))
        for people, sign in (
            (pl.col("people"), 1),
            ((label + pl.col("people")).alias("people"), -1),
            (named, -1),
        )
    ]
    return LinkedCells(
        now.cells,
        pl.concat([now.people, renamed, differences(judged.select(named, n="difference"))]).sort(
            "people"
        ),
        pl.concat(
            [
                now.sums,
                then.sums.with_columns(
                    (label + pl.col("sum")).alias("sum"), (label + pl.col("people")).alias("people")
                ),
                *in_sum,
            ]
        ).sort("sum", "people"),
    )
