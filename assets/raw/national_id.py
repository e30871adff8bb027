"""Finds national identity numbers, so that a delivery with one can be refused whole.

A number counts when its date is a possible one and both control digits are right. The date may be
that of a D-number (day + 40) or of the synthetic series (month + 40, + 65 and + 80).

Source: Skatteetaten, "Fødselsnummer" and "D-nummer"; the synthetic series of NAV, Norsk helsenett
and Tenor. From 2032 the first control digit may take further values; such numbers do not count yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple
from urllib.parse import unquote

import polars as pl

from assets.raw.grid import Contents, Grid, Passage
from assets.vocabulary.spelling import UNSEEN

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SERIES = (0, 40, 65, 80)

_SPACE = r"[\s\x1c-\x1f]"
_SEPARATOR = r"[\s\x1c-\x1f./_\-\u2010-\u2015\u2212]{0,3}"
# Looked ahead at, for a number may begin within what another run of digits and separators takes up.
_WRITTEN = re.compile(rf"(\d)(?<!\d\d)(?=((?:{_SEPARATOR}\d){{10}})(?!\d))")
# From one date to another: eleven digits of the two would be a number too often.
_DATE = r"\d\d?[./-]\d\d?[./-](?:19|20)\d\d"
_PERIOD = re.compile(rf"({_DATE}){_SEPARATOR}(?={_DATE}(?!\d))")
_WHOLE = re.compile(r"\s*(\d{10,11})(?:[.,]0+)?\s*")

DECIMAL_NUMBER = (
    r"[-+]?(?![0-9]{6}\.[0-9]{5}(?![0-9]))(?:0|[1-9][0-9]*)[.,](?=[0-9]*[1-9])[0-9]+"
    r"(?:[eE][-+]?[0-9]+)?"
)
"""Pattern of a number with a fraction: where nothing else stands, it holds no identity number.

Six digits, a point and five digits are no such number, but a date and the digits that follow it.
"""
_DECIMAL = re.compile(rf"\s*{DECIMAL_NUMBER}\s*")

# Looser than all of the above, but for Polars, which tells it in a moment.
_CANDIDATE = "|".join(
    [
        rf"\d(?:{_SEPARATOR}\d){{10}}",
        rf"^{_SPACE}*\d{{10}}(?:[.,]0+)?{_SPACE}*$",
        "%[0-9A-Fa-f]{2}",
        UNSEEN,
    ]
)


class Place(NamedTuple):
    """Where a national identity number stands; sheet and row are None where they do not apply."""

    sheet: str | None
    row: int | None
    is_sheet_name: bool = False


def is_national_id(digits: str) -> bool:
    """Whether 11 digits are a national identity number, a D-number or one of a synthetic series."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    day = int(digits[:2]) - (40 if digits[0] in "4567" else 0)
    months = {int(digits[2:4]) - series for series in _SERIES} & set(range(1, 13))
    if not any(1 <= day <= _DAYS[month - 1] for month in months):
        return False
    numbers = [int(digit) for digit in digits]
    return _fits(numbers, _FIRST_WEIGHTS) and _fits(numbers, _SECOND_WEIGHTS)


def _fits(numbers: list[int], weights: tuple[int, ...]) -> bool:
    return sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11 == 0


def holds_national_id(text: str) -> bool:
    """Whether a national identity number stands anywhere in `text`, with or without separators."""
    # In a link, a space is %20. Both are searched: a plain %01 can be how a number begins.
    return any(
        is_national_id(found[1] + re.sub(r"\D", "", found[2]))
        for spelling in dict.fromkeys((text, unquote(text)))
        for found in _WRITTEN.finditer(_PERIOD.sub(r"\1;", re.sub(UNSEEN, "", spelling)))
    )


def _cell_holds_national_id(cell: str) -> bool:
    """Whether one stands in a cell, which may be a number that has lost its leading zero."""
    seen = re.sub(UNSEEN, "", cell)
    whole = _WHOLE.fullmatch(seen)
    if whole:
        return is_national_id(whole[1].zfill(11))
    return not _DECIMAL.fullmatch(seen) and holds_national_id(seen)


def places(contents: Contents) -> list[Place]:
    """Return the places of all national identity numbers, each once, in order.

    A sheet whose name holds one is called by its position.
    """
    called = {
        grid.title: f"ark {number}" if holds_national_id(grid.title) else grid.title
        for number, grid in enumerate(contents.grids, start=1)
    }
    found = [
        Place(name, None, is_sheet_name=True) for title, name in called.items() if name != title
    ]
    found += [Place(called[grid.title], row) for grid in contents.grids for row in _rows(grid)]
    found += [
        Place(called.get(passage.sheet or "", passage.sheet), passage.row)
        for passage in _suspects(contents.passages)
        if holds_national_id(passage.text)
    ]
    # A workbook keeps the text of a cell elsewhere too: the place that says more is enough.
    return [place for place in dict.fromkeys(found) if place != Place(None, None)] or found[:1]


def _rows(grid: Grid) -> Iterator[int]:
    for column in grid.cells:
        suspects = column.to_frame("cell").with_row_index("row", offset=1)
        suspects = suspects.filter(pl.col("cell").str.contains(_CANDIDATE))
        yield from (row for row, cell in suspects.iter_rows() if _cell_holds_national_id(cell))


def _suspects(passages: Sequence[Passage]) -> Iterator[Passage]:
    texts = pl.Series([passage.text for passage in passages], dtype=pl.String)
    return compress(passages, texts.str.contains(_CANDIDATE))
