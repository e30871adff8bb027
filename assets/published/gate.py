"""The gate before a publication: which findings of the checks keep it from going out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import vocabulary


class GateError(Exception):
    """The publication may not go out; the last one stands. The message says what failed."""


def hold_back(results: pl.DataFrame, years: Sequence[int]) -> None:
    """Raise GateError unless every table behind a publication of `years` was checked and is sound.

    `results` has the columns of quality.check_results. Records need one result each; marts one for
    each year. A failed check of severity critical holds the publication back.
    """
    failed = results.filter(
        ~pl.col("success")
        & (pl.col("severity") == "critical")
        & (pl.col("year").is_null() | pl.col("year").is_in(years))
    )
    if failed.height:
        lines = failed.select(
            pl.format(
                "{}{}: {} ({} rows)",
                "table_name",
                pl.format(" {}", "year").fill_null(""),
                "expectation",
                "unexpected_count",
            )
        )
        raise GateError("Failed critical checks:\n" + "\n".join(lines.to_series().sort()))
    checked = set(results.select("table_name", "year").rows())
    needed = {(table.qualified_name, None) for table in vocabulary().sheets()} | {
        (table.qualified_name, year) for table in vocabulary().layer("marts") for year in years
    }
    unchecked = sorted(f"{name} {year or ''}".strip() for name, year in needed - checked)
    if unchecked:
        raise GateError(
            "Not checked since they, or what they count, were last written: "
            + ", ".join(unchecked)
            + ". Run the checks, or the whole job."
        )
