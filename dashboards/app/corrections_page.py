"""The page of corrections: what was sent and is now another number, what builds have changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from assets.vocabulary import vocabulary
from dashboards import correction_words, numbers, words
from dashboards.cell_labels import FORM
from dashboards.corrections import Correction, all_corrections
from dashboards.publication import Publication

Row = tuple[str, ...]


def context(publication: Publication) -> dict[str, Any]:
    """Return what the template of the page shows."""
    found = all_corrections(publication)
    return {
        "correction_words": correction_words,
        "corrected": [one.row for one in found if one.table in _FIRST],
        "folded": _folded(found),
        "sendings": _sendings(publication, found),
        "builds": _builds(publication),
    }


_FIRST = ("key_figures", FORM)
"""The tables whose corrected numbers are seen at once; the others repeat them in their parts."""


def _folded(found: list[Correction]) -> list[tuple[str, str, list[Row]]]:
    """The corrected numbers of each other table: its name, its title with their number, rows."""
    by_table: dict[str, list[Row]] = {}
    for one in found:
        if one.table not in _FIRST:
            by_table.setdefault(one.table, []).append(one.row)
    return [
        (
            name,
            correction_words.folded(vocabulary().table(f"marts.{name}").label_nb, len(rows)),
            rows,
        )
        for name, rows in by_table.items()
    ]


def _sendings(publication: Publication, found: list[Correction]) -> list[Row]:
    """Each sending, the newest first, and how many of its numbers are others now."""
    if publication.sent.is_empty():
        return []
    changed = Counter((one.year, one.month, one.sent_on) for one in found if not one.settled_on)
    listed = (
        publication.sent.select("year", "month", "number", "sent_on", "counted_until")
        .unique()
        .sort("sent_on", "year", "month", "number", descending=True)
    )
    newest = listed.group_by("year", "month").agg(pl.max("number"))
    latest = set(newest.iter_rows())
    return [
        (
            words.month_of(year, month) if month else str(year),
            words.day(sent_on),
            correction_words.sent_as(number),
            words.day(until),
            numbers.count(changed[year, month, sent_on])
            if (year, month, number) in latest
            else correction_words.SENT_ANEW,
        )
        for year, month, number, sent_on, until in listed.iter_rows()
    ]


def _builds(publication: Publication) -> list[Row]:
    """Each build that changed a number of a period that was over, the newest first."""
    if publication.revisions.is_empty():
        return []
    by_build = (
        publication.revisions.group_by("built_at", "year", "cause", "deliveries")
        .agg(numbers=(pl.col("cell") != "").sum(), had=pl.max("before"), has=pl.max("after"))
        .sort("built_at", "year", descending=True)
    )
    return [
        (
            words.moment(one["built_at"]),
            str(one["year"] or words.NOTHING),
            numbers.count(one["numbers"]) if one["numbers"] else words.NOTHING,
            correction_words.lost(one["had"], one["has"])
            if one["cause"] == "lost"
            else correction_words.CAUSES[one["cause"]],
            words.listed(one["deliveries"]) or words.NOTHING,
        )
        for one in by_build.to_dicts()
    ]
