"""The deliveries that hold the sheets of a number, from the receipts of the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from assets.vocabulary import Table
from assets.vocabulary.spelling import normalise_header
from dashboards import numbers, words
from dashboards.app import follow_words
from dashboards.app.deliveries import days_read
from dashboards.publication import RECEIPTS, Publication

_ONE_SHEET = (".csv", ".parquet")
"""Deliveries of these kinds hold one sheet, with the name of which their name begins."""


@dataclass(frozen=True)
class Deliveries:
    """The deliveries of a year with some sheets: a sentence, or rows of a table and a note."""

    sentence: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


def deliveries_of(publication: Publication, year: int, sheets: Sequence[Table]) -> Deliveries:
    """The deliveries of which a year was built that hold any of the sheets, the newest first.

    The open publication tells only how many deliveries the year was built of.
    """
    if not publication.holds(RECEIPTS):
        count = publication.delivery_count(year)
        return Deliveries(words.deliveries(numbers.count(count), count == 1))
    of_year = {(one["name"], one["sha256"]) for one in publication.deliveries(year)}
    rows = []
    has_workbooks = False
    for entry in reversed(publication.receipts):
        if entry["refused"] or (entry["name"], entry["sha256"]) not in of_year:
            continue
        held = [str(table.sheet) for table in sheets if _holds(entry["name"], str(table.sheet))]
        if held:
            rows.append((entry["name"], words.day(*days_read([entry])), words.listed(held)))
            has_workbooks |= PurePath(entry["name"]).suffix.casefold() not in _ONE_SHEET
    optional = [str(table.sheet) for table in sheets if table.optional_sheet]
    note = follow_words.optional(optional) if optional and has_workbooks else ""
    return Deliveries(rows=tuple(rows), note=note)


def _holds(delivery: str, sheet: str) -> bool:
    """Whether a delivery holds a sheet; of a workbook, whether it may."""
    path = PurePath(delivery)
    if path.suffix.casefold() not in _ONE_SHEET:
        return True
    return normalise_header(path.stem).startswith(normalise_header(sheet))
