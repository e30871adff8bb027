"""Making a published table coarser: without gender, small categories folded, totals alone.

Every function takes and returns a published frame of one year with a column `printed`. Rows that
are no longer printed stay in the frame, since the people that they count still exist; rows of
folded categories are removed, and a row `rest` holds their sum.
"""

from __future__ import annotations

from collections.abc import Collection

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
    """Print no category, only the totals."""
    return _not_printed(frame, pl.col(table.category) != TOTAL)


def folded(table: Table, frame: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Fold the categories below the threshold into `rest`.

    The next larger ones follow until `rest` holds more than the threshold, of two categories: then
    each may be as large as the threshold, with somebody in the other. If no category is below the
    threshold, nothing is folded. If one is, empty categories are folded too; otherwise every
    missing category would be known to hold somebody. If only `rest` would remain, or it could not
    be large enough, no category is printed.
    """
    name = table.category
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
    divisions = ["year", *groups]
    kept = frame.join(small, on=[*groups, name], how="anti")
    listed = kept.filter(pl.col(name) != TOTAL).select(divisions).unique()
    folds = frame.join(small, on=[*groups, name], how="semi")
    rest = (
        folds.join(listed, on=divisions, how="semi")
        .with_columns(pl.lit(REST).alias(name))
        .group_by(keys, maintain_order=True)
        .agg(pl.col("n").sum(), pl.col("printed").all())
    )
    alone = folds.join(listed, on=divisions, how="anti").with_columns(printed=pl.lit(False))
    return pl.concat([kept, rest.select(kept.columns), alone])


def of_shown_people(table: Table, frame: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Keep projects, surveys and transition cases of at least `threshold` people.

    The people of a project are its candidates, those of a survey the persons asked. Other tables
    are returned as they are.
    """
    if table.name == "transition_cases":
        few = frame.filter(pl.col("n").is_between(1, threshold - 1), pl.col("outcome") == TOTAL)
        return frame.join(few, on="year", how="anti")
    if table.name == "partner_projects":
        enough = (pl.col("value") == TOTAL) & (pl.col("n") >= threshold)
        return frame.filter(enough.any().over("year", "project"))
    if table.name == "survey_response":
        enough = (pl.col("measure") == "invited") & (pl.col("value") >= threshold)
        return frame.filter(enough.any().over("year", "wave"))
    return frame


def without_lone_categories(
    table: Table, frame: pl.DataFrame, sensitive: Collection[str]
) -> pl.DataFrame:
    """Leave out the divisions by a sensitive code list in which all people are in one category.

    If that holds only for one gender, no gender is printed. Other tables are returned as they are.
    """
    if table.category:
        category, lines, number = table.category, frame, "n"
    elif not table.is_count and "n" in table.measures:
        category, lines, number = table.dimensions[0], frame.filter(measure="n"), "value"
    else:
        return frame
    by_breakdown = "breakdown" in table.dimensions
    groups = ["breakdown"] if by_breakdown else []
    if not by_breakdown and table.column(category).codes not in sensitive:
        return frame
    if by_breakdown:
        lines = lines.filter(pl.col("breakdown").cast(pl.String).is_in(list(sensitive)))
    has_gender = "gender" in table.dimensions
    lines = lines.select(
        *groups,
        pl.col("gender").cast(pl.String) if has_gender else pl.lit(TOTAL).alias("gender"),
        someone=pl.col(number) > 0,
        printed="printed",
        category=pl.col(category).cast(pl.String),
    ).filter("printed", "someone", pl.col("category") != TOTAL)
    lone = lines.group_by(*groups, "gender").len().filter(pl.col("len") == 1)
    whole = lone.filter(gender=TOTAL)
    if whole.height and not by_breakdown:
        return frame.clear()
    if whole.height:
        frame = frame.join(whole.select(groups), on=groups, how="anti")
    if lone.join(whole, on=groups or "len", how="anti").height:
        frame = without_gender(frame)
    return frame


def with_undivided(table: Table, frame: pl.DataFrame, exact: pl.DataFrame) -> pl.DataFrame:
    """Add unprinted rows for the divisions where `frame` prints no category: the people exist.

    Both frames hold rows of several years, `exact` all of them. Rows of all genders together are
    added for every category that any of the years has; it may hold nobody in another year.
    """
    category = table.category
    within = [name for name in table.dimensions if name not in (category, "gender")]
    keys = ["year", *within, category]
    told = frame.filter("printed", pl.col(category) != TOTAL)
    untold = exact.join(told, on=["year", *within], how="anti").select("year", *within).unique()
    lines = exact.select(*within, category).unique()
    undivided = (
        (untold.join(lines, on=within) if within else untold.join(lines, how="cross"))
        .join(exact.filter(gender=TOTAL), on=keys, how="left")
        .with_columns(pl.col("n").fill_null(0), gender=pl.lit(TOTAL), printed=pl.lit(False))
        .join(frame, on=[*keys, "gender"], how="anti")
    )
    return pl.concat([frame, undivided.select(frame.columns).cast(frame.schema)])


def _not_printed(frame: pl.DataFrame, rows: pl.Expr) -> pl.DataFrame:
    return frame.with_columns((pl.col("printed") & ~rows).alias("printed"))
