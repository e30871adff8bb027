"""Making a published table coarser: without gender, small categories together, totals alone.

Every function takes and returns a published frame of one year with a column `printed`. Rows that
are printed no more stay in the frame, since what they count exists all the same; rows of folded
categories are gone, and a row `rest` holds their sum.
"""

from __future__ import annotations

import polars as pl

from assets.vocabulary import REST, TOTAL, Table


def without_gender(frame: pl.DataFrame, among: pl.Expr | None = None) -> pl.DataFrame:
    """Print only the totals over gender, of all rows or of those `among`."""
    told_apart = pl.col("gender") != TOTAL
    return _not_printed(frame, told_apart if among is None else told_apart & among)


def without_measure(frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Print nothing of one measure of a long frame."""
    return _not_printed(frame, pl.col("measure") == measure)


def totals_alone(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Print no category, only what they add up to."""
    return _not_printed(frame, pl.col(_category(table)) != TOTAL)


def folded(table: Table, frame: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Fold the categories below the threshold into `rest`.

    The next larger ones follow until `rest` holds more than the threshold, of two categories: so
    each of them may be as large as the threshold, although somebody is in the other. Where no
    category is below it, nothing is folded; where one is, those of nobody are folded too, for
    otherwise all that are missing were known to hold somebody. A table that would hold nothing but
    `rest` is returned as it is.
    """
    name = _category(table)
    groups = [one for one in table.dimensions if one not in (name, "gender")]
    within = pl.struct("year", *groups)
    whole = pl.col("gender") == TOTAL if "gender" in table.dimensions else pl.lit(True)
    some = pl.col("n") > 0
    small = (
        frame.filter(whole, pl.col(name) != TOTAL)
        .sort("n", name)
        .with_columns(
            (some & (pl.col("n") < threshold)).any().over(within).alias("any_small"),
            (pl.col("n").cum_sum() - pl.col("n")).over(within).alias("before"),
            (some.cum_sum() - some.cast(pl.Int32)).over(within).alias("categories_before"),
        )
        .filter(
            "any_small",
            (pl.col("n") < threshold)
            | (pl.col("before") <= threshold)
            | (pl.col("categories_before") < 2),
        )
        .select(*groups, name)
    )
    keys = ["year", *table.dimensions]
    left = frame.join(small, on=[*groups, name], how="anti").filter(pl.col(name) != TOTAL)
    if left.is_empty():
        return frame
    rest = (
        frame.join(small, on=[*groups, name], how="semi")
        .with_columns(pl.lit(REST).alias(name))
        .group_by(keys, maintain_order=True)
        .agg(pl.col("n").sum(), pl.col("printed").all())
    )
    kept = frame.join(small, on=[*groups, name], how="anti")
    return pl.concat([kept, rest.select(kept.columns)])


def _category(table: Table) -> str:
    """The dimension that holds the categories of a table of counts."""
    return next(name for name in table.margins if name != "gender")


def _not_printed(frame: pl.DataFrame, rows: pl.Expr) -> pl.DataFrame:
    return frame.with_columns((pl.col("printed") & ~rows).alias("printed"))
