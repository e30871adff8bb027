"""What a publication says about itself: when, from what, as of which day, under which rule."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from assets.published.gate import is_failure

_POLICY = Path(__file__).parent / "policy.toml"


@cache
def policy() -> Mapping[str, Mapping[str, Any]]:
    """Return the disclosure policy by audience, as policy.toml states it."""
    with open(_POLICY, "rb") as file:
        return tomllib.load(file)


def manifest(
    audience: str,
    years: Sequence[int],
    earlier: Mapping[str, Any],
    *,
    run_id: str,
    built_at: datetime,
    as_of: date,
    deliveries: pl.DataFrame,
    marks: pl.DataFrame,
    checks: pl.DataFrame,
) -> dict[str, Any]:
    """Return the manifest of a publication of `years`, beside the years of the `earlier` one.

    `deliveries` has the columns of raw.deliveries, `marks` those of quality.year_marks, `checks`
    those of quality.check_results. A year of the earlier publication that is not built anew keeps
    what was said of it.
    """
    rule = policy()[audience]
    files = [
        {"name": name, "sha256": sha256, "refused": refused}
        for name, sha256, refused in deliveries.select("delivery", "sha256", "refused").iter_rows()
    ]
    about = {
        "built_at": built_at.isoformat(timespec="seconds"),
        "run_id": run_id,
        "as_of": as_of.isoformat(),
        "synthetic": bool(deliveries["synthetic"].any()),
        "deliveries": files,
        "deliveries_refused": sum(file["refused"] for file in files),
    }
    rows_rejected = dict(marks.select("year", "rows_rejected").iter_rows())
    by_year = dict(earlier.get("by_year", {}))
    for year in years:
        by_year[str(year)] = {
            **about,
            "rows_rejected": rows_rejected[year],
            "checks": _tally(checks, year),
        }
    return {
        "audience": audience,
        "marking": rule["marking_nb"],
        "disclosure": {
            "rule": rule["rule"],
            "decided_by": rule["decided_by"],
            "decided_on": rule["decided_on"].isoformat(),
        },
        **about,
        "synthetic": any(entry["synthetic"] for entry in by_year.values()),
        "years": sorted(map(int, by_year)),
        "rows_rejected": {year: entry["rows_rejected"] for year, entry in sorted(by_year.items())},
        "by_year": dict(sorted(by_year.items())),
    }


def _tally(checks: pl.DataFrame, year: int) -> dict[str, int]:
    mine = checks.filter(pl.col("year").is_null() | (pl.col("year") == year))
    return {"run": mine.height, "failed": mine.filter(is_failure()).height}
