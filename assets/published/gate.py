"""The gate before a publication: the failures that stop it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import vocabulary


class GateError(Exception):
    """The publication may not go out; the last one stays. The message names what failed."""


def is_failure() -> pl.Expr:
    """Whether a row of quality.check_results is a failure; severity info never is."""
    return ~pl.col("success") & (pl.col("severity") != "info")


def hold_back(results: pl.DataFrame, years: Sequence[int]) -> None:
    """Raise GateError unless every table behind a publication of `years` was checked and is sound.

    `results` has the columns of quality.check_results. Each records table needs a result, and each
    mart one for each year. A failed check of severity critical stops the publication.
    """
    failed = results.filter(
        is_failure()
        & (pl.col("severity") == "critical")
        & (pl.col("year").is_null() | pl.col("year").is_in(years))
    )
    if failed.height:
        lines = failed.select(
            pl.format(
                "{}{}: {} ({} brudd)",
                "table_name",
                pl.format(" {}", "year").fill_null(""),
                "expectation",
                "unexpected_count",
            )
        )
        raise GateError(
            "Disse kritiske kontrollene ga utslag, så ingenting er publisert:\n"
            + "\n".join(lines.to_series().sort())
        )
    checked = set(results.select("table_name", "year").rows())
    needed = {(table.qualified_name, None) for table in vocabulary().sheets()} | {
        (table.qualified_name, year) for table in vocabulary().layer("marts") for year in years
    }
    unchecked = sorted(f"{name} {year or ''}".strip() for name, year in needed - checked)
    if unchecked:
        raise GateError(
            "Disse tabellene, eller det de teller, er endret siden de sist ble kontrollert, så "
            "ingenting er publisert: " + ", ".join(unchecked) + ". Kjør jobben year for året."
        )
