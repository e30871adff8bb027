"""Reads a CSV file into a grid of text.

The file may have the format of Norwegian Excel (semicolons, Windows-1252 or UTF-8) or another
common one. The right delimiter is the one that yields the sheet's header.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

import polars as pl

from assets.raw.charsets import CharsetError, Decoded, decode, rows_at_fault
from assets.raw.grid import MOST_CELLS, Contents, Fault, Grid
from assets.raw.headers import HEADER_ROWS, Header, find_header
from assets.vocabulary import Table

DELIMITERS = (";", ",", "\t", "|")

_AT_A_TIME = 10_000
"""How many rows are turned into columns at a time."""

_TOLD_DELIMITER = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)


class DelimitedError(Exception):
    """The file cannot be read as text with delimiters; `reason` is a key of problems.UNREADABLE."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_delimited(content: bytes, table: Table | None) -> Contents:
    """Read the CSV file `content` as rows of the sheet of `table`, or of a sheet without a name.

    A cell with line breaks is one cell, and its row one row, as in a spreadsheet. Raises
    DelimitedError when the file cannot be read.
    """
    try:
        decoded = decode(content)
    except CharsetError:
        raise DelimitedError("no_text") from None
    text, delimiters = _without_told_delimiter(decoded.text)
    if "\0" in text:
        raise DelimitedError("no_text")
    try:
        delimiter, header = _delimiter(text, delimiters, table)
        # Without `strict`, a quotation mark that is never closed would swallow the following rows.
        cells = _cells(_rows(text, delimiter, strict=True))
    except csv.Error:
        raise DelimitedError("quotation") from None
    cells = cells.with_columns(pl.all().replace("", None))
    fault = (
        _fault_of_text(decoded, delimiter)
        or _quoted(cells, delimiter, header, table)
        or _swallowed(cells, delimiter, header)
    )
    return Contents((Grid(str(table.sheet if table else ""), cells),), fault=fault)


def _without_told_delimiter(text: str) -> tuple[str, Sequence[str]]:
    """The text without a line that tells its delimiter, and the delimiters that it may have."""
    told = _TOLD_DELIMITER.match(text)
    # Spreadsheets do not show this line, and do not count it as a row.
    return (text[told.end() :], told[1]) if told else (text, DELIMITERS)


def _cells(rows: Iterator[list[str]]) -> pl.DataFrame:
    """The rows as columns of text, as many as the longest row has cells; DelimitedError if larger.

    They are taken some at a time: a row of Python's takes many times the memory of its text.
    """
    frames: list[pl.DataFrame] = []
    width = height = 0
    while some := list(islice(rows, _AT_A_TIME)):
        width, height = max(width, _width(some)), height + len(some)
        if width * height > MOST_CELLS:
            raise DelimitedError("bomb")
        columns = list(zip_longest(*some, fillvalue="")) or [("",) * len(some)]
        frames.append(
            pl.DataFrame(
                {str(n): pl.Series(cells, dtype=pl.String) for n, cells in enumerate(columns)}
            )
        )
    return pl.concat(frames, how="diagonal", rechunk=True) if frames else pl.DataFrame()


def _delimiter(
    text: str, delimiters: Sequence[str], table: Table | None
) -> tuple[str, Header | None]:
    """The delimiter that yields the header, and the header, which is unknown without a table."""
    heads = {each: list(islice(_rows(text, each), HEADER_ROWS)) for each in delimiters}
    if table is None:
        return max(heads, key=lambda each: _width(heads[each])), None
    headers = {each: find_header(head, table) for each, head in heads.items()}
    best = min(headers, key=lambda each: len(headers[each].missing))
    return best, headers[best]


def _fault_of_text(decoded: Decoded, delimiter: str) -> Fault | None:
    if not decoded.fault:
        return None
    if not decoded.marked:
        return Fault(decoded.fault, words={"charset": decoded.charset})
    marked, _ = _without_told_delimiter(decoded.marked)
    rows = [delimiter.join(row) for row in _rows(marked, delimiter)]
    at_fault, theirs, others = rows_at_fault(decoded, rows)
    return Fault(decoded.fault, at_fault, {"charset": theirs, "rest": others})


def _quoted(
    cells: pl.DataFrame, delimiter: str, header: Header | None, table: Table | None
) -> Fault | None:
    """The fault of rows that stand in quotation marks as a whole, so that each is a single cell."""
    if table is None or header is None or not cells.width:
        return None
    if not header.missing:
        # A row may be shorter than the header, and its only cell a text with delimiters.
        is_key = any(0 in header.places.get(field, ()) for field in table.key)
        quoted = _single(cells, delimiter, header.row) if is_key else []
        return Fault("quoted", quoted) if quoted else None
    unwrapped = "\n".join(cells[:HEADER_ROWS, 0].fill_null(""))
    try:
        delimiter, within = _delimiter(unwrapped, DELIMITERS, table)
    except csv.Error:
        return None
    if within is None or within.missing:
        return None
    quoted = _single(cells, delimiter, 0)
    filled = cells.filter(pl.any_horizontal(pl.all().is_not_null())).height
    return Fault("quoted", [] if len(quoted) == filled else quoted)


def _swallowed(cells: pl.DataFrame, delimiter: str, header: Header | None) -> Fault | None:
    """The fault of rows in which a quotation mark is closed by that of a later row.

    Everything between the two is one cell then. Its line breaks and delimiters are as many as those
    of whole rows; a text that somebody has written has hardly ever as many.
    """
    if header is None or header.missing:
        return None
    width = sum(cell is not None for cell in cells.row(header.row - 1))
    breaks = pl.sum_horizontal(pl.all().str.count_matches(r"\r\n|\r|\n"))
    within = pl.sum_horizontal(pl.all().str.count_matches(delimiter, literal=True))
    counts = cells.select(breaks=breaks, within=within).with_row_index("row", offset=1)
    found = counts.slice(header.row).filter(
        pl.col("breaks") > 0, pl.col("within") >= pl.col("breaks") * max(width - 2, 2)
    )
    return Fault("swallowed", found["row"].to_list()) if found.height else None


def _single(cells: pl.DataFrame, delimiter: str, above: int) -> list[int]:
    """The rows below row `above` with only a first cell, which has delimiters within."""
    first, *others = map(pl.col, cells.columns)
    is_single = first.str.contains(delimiter, literal=True)
    rows = cells.with_row_index("row", offset=1).slice(above)
    return rows.filter(is_single, *(one.is_null() for one in others))["row"].to_list()


def _width(rows: list[list[str]]) -> int:
    return max(map(len, rows), default=0)


def _rows(text: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
