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

import polars as pl

from assets.raw.grid import Contents, Grid, Passage
from assets.vocabulary.spelling import UNSEEN

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SERIES = (0, 40, 65, 80)

# The date may be written with points or spaces, and whatever is no digit may part it from the
# rest. Digits behind a decimal sign are no number of their own.
_WRITTEN = re.compile(
    r"(?<!\d)(?<!\d[.,])(\d\d)[.\s‐-–-]?(\d\d)[.\s‐-–-]?(\d\d)[.\s‐-–-]{0,2}(\d{3})\s?(\d\d)(?!\d)"
)
_SHORTENED = re.compile(r"\s*(\d{10})\s*")
# Looser than what is written above, but for Polars, which tells it in a moment.
_CANDIDATE = r"\d{2}\D?\d{2}\D?\d{2}\D{0,2}\d{3}\D?\d|" + UNSEEN


def is_national_id(digits: str) -> bool:
    """Whether 11 digits are a national identity number, a D-number or one of a synthetic series."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    numbers = [int(digit) for digit in digits]
    day = int(digits[:2]) - (40 if digits[0] in "4567" else 0)
    months = {int(digits[2:4]) - series for series in _SERIES} & set(range(1, 13))
    return (
        any(1 <= day <= _DAYS[month - 1] for month in months)
        and _fits(numbers, _FIRST_WEIGHTS)
        and _fits(numbers, _SECOND_WEIGHTS)
    )


def _fits(numbers: list[int], weights: tuple[int, ...]) -> bool:
    return sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11 == 0


def holds_national_id(text: str) -> bool:
    """Whether a national identity number stands anywhere in `text`, with or without spaces."""
    seen = re.sub(UNSEEN, "", text)
    return any(is_national_id("".join(found.groups())) for found in _WRITTEN.finditer(seen))


def _is_shortened(cell: str) -> bool:
    """Whether the whole cell is a number that has lost its leading zero, as numbers do."""
    found = _SHORTENED.fullmatch(re.sub(UNSEEN, "", cell))
    return found is not None and is_national_id(f"0{found[1]}")


def places(contents: Contents) -> list[tuple[str | None, int | None]]:
    """Return sheet and row of every national identity number, each place once, in order.

    A sheet whose name holds one is called by its position. Sheet and row are None where they do
    not apply.
    """
    called = {
        grid.title: f"ark {number}" if holds_national_id(grid.title) else grid.title
        for number, grid in enumerate(contents.grids, start=1)
    }
    found: list[tuple[str | None, int | None]]
    found = [(name, None) for title, name in called.items() if name != title]
    found += [(called[grid.title], row) for grid in contents.grids for row in _rows(grid)]
    found += [
        (called.get(passage.sheet or "", passage.sheet), passage.row)
        for passage in _suspects(contents.passages)
        if holds_national_id(passage.text)
    ]
    # A workbook keeps the text of a cell elsewhere too: the place that says more is enough.
    return [place for place in dict.fromkeys(found) if place != (None, None)] or found[:1]


def _rows(grid: Grid) -> Iterator[int]:
    for column in grid.cells:
        suspects = column.to_frame("cell").with_row_index("row", offset=1)
        suspects = suspects.filter(pl.col("cell").str.contains(_CANDIDATE))
        for row, cell in suspects.iter_rows():
            if holds_national_id(cell) or _is_shortened(cell):
                yield row


def _suspects(passages: Sequence[Passage]) -> Iterator[Passage]:
    texts = pl.Series([passage.text for passage in passages], dtype=pl.String)
    return compress(passages, texts.str.contains(_CANDIDATE))
