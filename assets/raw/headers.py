"""Finds the header of a sheet: its row, and the column of each field.

There may be title rows above it. The cells of a sheet are read in workbook.py, delimited.py and
parquet.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from assets.vocabulary import Column, Table, vocabulary
from assets.vocabulary.spelling import normalise_header

_ALIKE = 75
"""The least similarity, of 100, of a header that is asked back as a misspelt one of the form."""

_WORD = 5
"""The fewest letters of a header that may be the beginning, or another part, of one of the form."""

HEADER_ROWS = 20
"""The header is looked for in this many rows from the top."""


@dataclass(frozen=True)
class Header:
    """The place and the contents of the header."""

    row: int
    """The row as the spreadsheet shows it, from 1."""
    places: Mapping[str, Sequence[int]]
    """Field -> the columns, from 0, whose header names the field; more than one is a mistake."""
    unknown: Sequence[str]
    """The headers that name no field of the table."""
    missing: Set[str]
    """The required fields that have no column."""


def delivered_columns(table: Table) -> dict[str, Column]:
    """Return the columns that a sheet may have, by field, in the order of the raw table."""
    return {column.name: column for column in (*table.fields, vocabulary().columns["deletes"])}


def find_header(rows: Sequence[Sequence[str | None]], table: Table) -> Header:
    """Return the header of `table` among `rows`, the cells of a sheet from its first row on.

    Of the first HEADER_ROWS rows, it is the first with all needed columns; if there is none, the
    row with the most of them.
    """
    spellings = {
        normalise_header(spelling): name
        for name, column in delivered_columns(table).items()
        for spelling in (column.label_nb, name)
    }
    needed = _needed(table)
    best = Header(1, {}, (), needed)
    for number, cells in enumerate(rows[:HEADER_ROWS], start=1):
        places: dict[str, list[int]] = {}
        unknown = []
        for place, cell in enumerate(cells):
            field = spellings.get(normalise_header(cell)) if cell else None
            if field:
                places.setdefault(field, []).append(place)
            elif cell:
                unknown.append(cell)
        header = Header(number, places, tuple(unknown), needed - places.keys())
        if not header.missing:
            return header
        if len(header.missing) < len(best.missing):
            best = header
    return best


def has_lost_letters(header: Header, table: Table) -> bool:
    """Whether a header would be one of the table's if its letters beyond A-Z were not other signs.

    Such signs are left where a program has taken one character set for another.
    """
    return any(_spoiled(table.name).fullmatch(normalise_header(text)) for text in header.unknown)


@cache
def _spoiled(table: str) -> re.Pattern[str]:
    """The headers of a records table, with other signs in the place of letters beyond A-Z."""
    columns = delivered_columns(vocabulary().table(f"records.{table}")).values()
    labels = (normalise_header(column.label_nb) for column in columns)
    patterns = (
        "".join(letter if letter.isascii() else "[^a-z0-9æøå]{1,4}" for letter in label)
        for label in labels
        if not label.isascii()
    )
    return re.compile("|".join(patterns) or r"(?!)")


def misspelt(header: Header, table: Table) -> dict[str, str]:
    """Return field without a column -> the unknown header that is nearly its own."""
    near: dict[str, str] = {}
    for field, column in delivered_columns(table).items():
        if field not in header.places:
            meant = [text for text in header.unknown if _means(text, column)]
            best = most_alike(header.unknown, normalise_header(column.label_nb))
            if best is not None or meant:
                near[field] = best or meant[0]
    return near


def _means(header: str, column: Column) -> bool:
    """Whether a header is part of a column's, begins with it, or is that of another sheet."""
    words, label = (
        [normalise_header(word) for word in text.split()] for text in (header, column.label_nb)
    )
    if words[: len(label)] == label or label[: len(words)] == words:
        return True
    long_words = (word for word in words if len(word) >= _WORD)
    if len(label) == 1 and any(_likeness(word, label[0]) >= _ALIKE for word in long_words):
        return True
    return normalise_header(header) in _labels_of(column.name)


@cache
def _labels_of(field: str) -> Set[str]:
    """The headers that a field has on the sheets of the form, as they are compared."""
    columns = (column for table in vocabulary().sheets() for column in table.fields)
    return {normalise_header(column.label_nb) for column in columns if column.name == field}


def most_alike(names: Sequence[str], label: str) -> str | None:
    """Return the name of a sheet or column that is nearly this one; None if none is."""
    likeness = {text: _likeness(normalise_header(text), label) for text in names}
    best = max(likeness, key=lambda text: likeness[text], default=None)
    return best if best is not None and likeness[best] >= _ALIKE else None


def _likeness(header: str, label: str) -> float:
    """How similar a header is to a label, up to 100; one that is most of the other is like it."""
    plain = (re.sub(r"[\W_]", "", text).translate(_PLAIN) for text in (header, label))
    short, long = sorted(plain, key=len)
    if short in long and len(short) >= _WORD and 2 * len(short) >= len(long):
        return 100
    return fuzz.ratio(short, long)


_PLAIN = str.maketrans("æøå", "eoa")
"""Letters of Norwegian as those write them who have no key for them."""


def _needed(table: Table) -> set[str]:
    """The columns that need a header: the required ones, unless an empty cell stands for a code."""
    defaulted = {column.name for column in table.columns if column.missing}
    return {*table.key, *table.required, *table.required_headers} - defaulted
