"""Reads a CSV file into a grid of text.

The file may have the format of Norwegian Excel (semicolons, Windows-1252 or UTF-8) or another
common one. The right delimiter is the one that yields the sheet's header.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest

import polars as pl

from assets.raw.grid import MOST_CELLS, Grid
from assets.raw.headers import HEADER_ROWS, find_header
from assets.vocabulary import Table

DELIMITERS = (";", ",", "\t")

_AT_A_TIME = 10_000
"""How many rows are turned into columns at a time."""

_TOLD_DELIMITER = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)


class DelimitedError(Exception):
    """The file cannot be read as text."""


def read_delimited(content: bytes, table: Table | None) -> Grid:
    """Read the CSV file `content` as rows of the sheet of `table`, or of a sheet without a name.

    A cell with line breaks is one cell, and its row one row, as in a spreadsheet. Raises
    DelimitedError when the file cannot be read as text.
    """
    text = _decoded(content)
    if "\0" in text:
        raise DelimitedError
    delimiters: Iterable[str] = DELIMITERS
    told = _TOLD_DELIMITER.match(text)
    if told:
        # Spreadsheets do not show this line, and do not count it as a row.
        delimiters, text = told[1], text[told.end() :]
    try:
        delimiter = _delimiter(text, delimiters, table)
        # Without `strict`, a quotation mark that is never closed would swallow the following rows.
        cells = _cells(_rows(text, delimiter, strict=True))
    except csv.Error:
        raise DelimitedError from None
    return Grid(str(table.sheet if table else ""), cells.with_columns(pl.all().replace("", None)))


def _cells(rows: Iterator[list[str]]) -> pl.DataFrame:
    """The rows as columns of text, as many as the longest row has cells; DelimitedError if larger.

    They are taken some at a time: a row of Python's takes many times the memory of its text.
    """
    frames: list[pl.DataFrame] = []
    width = height = 0
    while some := list(islice(rows, _AT_A_TIME)):
        width, height = max(width, _width(some)), height + len(some)
        if width * height > MOST_CELLS:
            raise DelimitedError
        columns = list(zip_longest(*some, fillvalue="")) or [("",) * len(some)]
        frames.append(
            pl.DataFrame(
                {str(n): pl.Series(cells, dtype=pl.String) for n, cells in enumerate(columns)}
            )
        )
    return pl.concat(frames, how="diagonal", rechunk=True) if frames else pl.DataFrame()


def _delimiter(text: str, delimiters: Iterable[str], table: Table | None) -> str:
    heads = {each: list(islice(_rows(text, each), HEADER_ROWS)) for each in delimiters}
    if table is None:
        return max(heads, key=lambda each: _width(heads[each]))
    return min(heads, key=lambda each: len(find_header(heads[each], table).missing))


def _width(rows: list[list[str]]) -> int:
    return max(map(len, rows), default=0)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DelimitedError


def _rows(text: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
