"""The manifest of a publication: its time, its sources, its day of the build, and its rule."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from assets.disclosure.history import Reason, Release, Rule, Vintage
from assets.published.gate import is_failure
from assets.published.receipts import gone, receipts
from assets.vocabulary import HIDDEN, SHOWN, vocabulary

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
    before: Mapping[str, Any],
    run_id: str,
    built_at: datetime,
    as_of: date,
    deliveries: pl.DataFrame,
    quality: Mapping[str, pl.DataFrame],
) -> dict[str, Any]:
    """Return the manifest of a publication of `years` and of the other years of the `earlier` one.

    `deliveries` has the columns of raw.deliveries; `quality` holds year_marks, year_errors,
    findings, check_results, receipts, changes and rejected_rows of the layer quality. A year of the
    earlier publication that is not rebuilt keeps its entry. `before` is the manifest of the
    publication that is replaced, whichever years are rebuilt: it knows when deliveries were read.
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
        "findings": _by_rule(quality["findings"]),
        "register_checks": _tally(quality["check_results"], None),
    }
    rows_rejected = dict(quality["year_marks"].select("year", "rows_rejected").iter_rows())
    by_year = dict(earlier.get("by_year", {}))
    for year in years:
        by_year[str(year)] = {
            **about,
            "rows_rejected": rows_rejected[year],
            "rejected_by_code": _by_code(quality["year_errors"], year),
            "checks": _tally(quality["check_results"], year),
            "checks_found": _found(quality["check_results"], year),
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
        "receipts": receipts(deliveries, quality, before, built_at),
        "gone": gone(deliveries, quality, before, built_at),
        "synthetic": any(entry["synthetic"] for entry in by_year.values()),
        "years": sorted(map(int, by_year)),
        "rows_rejected": {year: entry["rows_rejected"] for year, entry in sorted(by_year.items())},
        "by_year": dict(sorted(by_year.items())),
    }


def _by_code(errors: pl.DataFrame, year: int) -> dict[str, int]:
    return dict(errors.filter(year=year).select("code", "rows_rejected").iter_rows())


def _by_rule(findings: pl.DataFrame) -> dict[str, int]:
    """The number of rows that each rule has found."""
    rows = findings.unique(["rule", "delivery", "sheet", "row"])
    return dict(rows.group_by("rule").len().sort("rule").iter_rows())


def _tally(checks: pl.DataFrame, year: int | None) -> dict[str, int]:
    """The checks of the tables of a year, or of the register (None): those run once."""
    mine = checks.filter(pl.col("year").eq_missing(pl.lit(year)))
    return {"run": mine.height, "failed": mine.filter(is_failure()).height}


def _found(checks: pl.DataFrame, year: int) -> dict[str, int]:
    """Rule -> in how many rows of the tables of a year it found something."""
    found = checks.filter(is_failure(), year=year).group_by("expectation").agg("unexpected_count")
    return {rule: sum(counts) for rule, counts in sorted(found.rows())}


def open_manifest(
    audience: str, internal: Mapping[str, Any], released: Release, history: Sequence[Vintage]
) -> dict[str, Any]:
    """Return the manifest of a publication whose small numbers are withheld.

    `internal` is the manifest of the exact publication that it is made from; `history` holds every
    vintage there is. Deliveries are counted, not named. `protection` gives by table and year how
    many numbers are shown and hidden, and any other measures; `vintages` lists the corrections;
    `not_published` lists the finished years that are not included. A waiting correction is not
    mentioned: it would reveal which records have just changed.
    """
    rule = policy()[audience]
    by_year = {
        # A stored vintage may have more entries than are published now.
        str(vintage.year): _told(vintage.about) | {"deliveries": vintage.about["deliveries"]}
        for vintage in released.standing
    }
    return {
        "audience": audience,
        "marking": rule["marking_nb"],
        "disclosure": {
            "rule": rule["rule"],
            "threshold": rule["threshold"],
            "smallest_base": Rule.smallest_base,
            "left_out": [mart.name for mart in vocabulary().layer("marts") if not mart.open],
            "names": rule["names"],
            "sensitive": rule["sensitive"],
            "ties": {str(year): dict(ties) for year, ties in released.ties.items()},
            "decided_by": rule["decided_by"],
            "decided_on": rule["decided_on"].isoformat(),
        },
        "open_data": rule["open_data"],
        **about_open(internal),
        "synthetic": any(entry["synthetic"] for entry in by_year.values()),
        "years": sorted(map(int, by_year)),
        "rows_rejected": {year: entry["rows_rejected"] for year, entry in by_year.items()},
        "by_year": by_year,
        "protection": {
            name: {
                str(vintage.year): {
                    "shown": int((frame["status"] == SHOWN).sum()),
                    "hidden": int((frame["status"] == HIDDEN).sum()),
                    "done": list(vintage.done.get(name, ())),
                }
                for vintage in released.standing
                for frame in [vintage.tables[name]]
            }
            for name in released.tables
        },
        "vintages": {
            str(year): [
                {
                    "number": vintage.number,
                    "published_on": vintage.published_on.isoformat(),
                    "threshold": vintage.threshold,
                    "reason": vintage.reason,
                }
                for vintage in history
                if vintage.year == year
            ]
            for year in sorted({vintage.year for vintage in history})
        },
        "not_published": {
            str(year): reason if reason is Reason.TOO_SMALL else ""
            for year, reason in released.held_back.items()
            if str(year) not in by_year
        },
    }


_TOLD = (
    "built_at",
    "as_of",
    "synthetic",
    "deliveries_refused",
    "rows_rejected",
    "checks",
    "register_checks",
)
"""The facts of a build that everyone may know. Not the run id: it would let anyone with access to
Dagster look up the log of the run."""


def about_open(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the public part of a manifest, or of its entry for a year; deliveries are counted."""
    return _told(entry) | {"deliveries": len(entry["deliveries"])}


def _told(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in _TOLD if name in entry}
