"""What somebody can reckon from two vintages of one year: the difference of every number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.disclosure.suppression.search import Fate
from assets.disclosure.suppression.unknowns import LinkedCells, differences


def label_of(vintage: int) -> str:
    """What the people of an earlier vintage are named by, before their own name."""
    return f"vintage {vintage} of "


@dataclass(frozen=True)
class Side:
    """One vintage of a year: its system, and what was decided of its people so far."""

    system: LinkedCells
    fates: Mapping[str, Fate]


def beside(here: Side, there: Side, year: int, label: str, threshold: int) -> LinkedCells:
    """Return the system of `here` with that of an earlier vintage of `year` and the differences.

    The earlier people are named by `label` before their name, and watched no more: they were
    protected when they went out. A difference counts who came less who left.
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
    is_shown_now = [here.fates.get(people) is Fate.SHOWN for people in pairs["people"]]
    is_shown_then = [there.fates.get(people) is Fate.SHOWN for people in pairs["people"]]
    small = (pl.col("difference") != 0) & (pl.col("difference").abs() < threshold)
    judged = pairs.filter(
        pl.col("watched") & pl.col("watched_then") & ~pl.col("given"),
        small | ~(pl.Series(is_shown_now) & pl.Series(is_shown_then)),
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
