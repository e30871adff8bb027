"""Reads a Parquet file into a grid of text, with the column names as the first row."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from assets.raw.grid import MOST_CELLS, Contents, Fault, Grid, Passage
from assets.raw.headers import find_header
from assets.vocabulary import Table

_PLAIN_TYPES = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_decimal128,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_string,
    pa.types.is_large_string,
)

_PER_DAY = {None: 1, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST_DAY, _LAST_DAY = (
    day.toordinal() - date(1970, 1, 1).toordinal() for day in (date.min, date.max)
)


class ParquetError(Exception):
    """The file cannot be read as a Parquet file."""


class ParquetTooLargeError(ParquetError):
    """The file unpacks to more than the limit."""


def read_parquet(content: bytes, table: Table | None, limit: int) -> Contents:
    """Read the Parquet file `content` as rows of the sheet of `table`, or of one without a name.

    Raises ParquetTooLargeError when it unpacks to more than `limit` bytes, and ParquetError when
    it is not a valid Parquet file.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        about = file.metadata
        _measure(file, limit)
        # As a dictionary, a text that occurs in many rows takes memory only once.
        names = [about.schema.column(place).path for place in range(about.num_columns)]
        stored = pq.ParquetFile(io.BytesIO(content), read_dictionary=names).read()
        stored.validate(full=True)
        headers = stored.schema.names
        frame = pl.DataFrame({str(n): _plain(column) for n, column in enumerate(stored.columns)})
    except MemoryError:  # Arrow's MemoryError is an ArrowException too, but not the file's fault
        raise
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        KeyError,
        OverflowError,
        pl.exceptions.PolarsError,
    ):
        # The cause may quote the file's content.
        raise ParquetError from None
    cells = frame.select(_texts(column) for column in frame)
    if sum(column.str.len_bytes().sum() for column in cells) > limit:
        raise ParquetTooLargeError
    first = pl.DataFrame([headers], cells.schema, orient="row")
    written = b" ".join(b"%s %s" % pair for pair in (about.metadata or {}).items())
    passage = Passage(written.decode("utf-8", "replace"))
    grid = Grid(str(table.sheet if table else ""), pl.concat([first, cells]))
    return Contents((grid,), (passage,), fault=_fault(stored.schema, table))


def _fault(schema: pa.Schema, table: Table | None) -> Fault | None:
    """The fault of a column of `table` whose cells hold more than one value each."""
    if table is None:
        return None
    nested = {place for place, column in enumerate(schema) if pa.types.is_nested(column.type)}
    places = find_header([schema.names], table).places
    at_fault = [name for name, found in places.items() if nested.intersection(found)]
    return Fault("list_column", column=at_fault[0]) if at_fault else None


def _measure(file: pq.ParquetFile, limit: int) -> None:
    """Raise ParquetTooLargeError when the file's own metadata exceed the limits."""
    about = file.metadata
    groups = [about.row_group(group) for group in range(about.num_row_groups)]
    # Only a list has more values than rows.
    columns = [about.schema.column(place) for place in range(about.num_columns)]
    lists = {place: one.path for place, one in enumerate(columns) if one.max_repetition_level}
    if lists:
        # Reading the size of an inconsistent column crashes the process; scanning it raises first.
        file.scan_contents(list(lists.values()))
    values = sum(group.column(place).num_values for group in groups for place in lists)
    if (
        sum(group.total_byte_size for group in groups) > limit
        or max(values, about.num_rows * about.num_columns) > MOST_CELLS
    ):
        raise ParquetTooLargeError


def _plain(column: pa.ChunkedArray) -> pl.Series:
    """The column, as text if its type does not exist in spreadsheets, such as a list."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_dictionary(column.type) and pa.types.is_string(kind):
        return _looked_up(column)
    if any(is_of(kind) for is_of in _PLAIN_TYPES):
        return pl.Series(column)
    texts = [None if value is None else _written(value) for value in column.to_pylist()]
    return pl.Series(texts, dtype=pl.String)


def _looked_up(column: pa.ChunkedArray) -> pl.Series:
    """The texts of a dictionary; a text of many rows still takes memory only once."""
    chunks = [pl.Series(one.dictionary).gather(pl.Series(one.indices)) for one in column.chunks]
    return pl.concat([pl.Series(dtype=pl.String), *chunks])


def _moments(column: pl.Series) -> pl.Series:
    """Dates, with their times if they have any, as text; `?` for a date outside the calendar."""
    days = column.to_physical() // _PER_DAY[getattr(column.dtype, "time_unit", None)]
    in_calendar = days.is_between(_FIRST_DAY, _LAST_DAY)
    moments = pl.select(pl.when(in_calendar).then(column)).to_series()
    if column.dtype == pl.Date:
        texts = moments.cast(pl.String)
    else:
        texts = moments.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    shown = pl.when(column.is_null() | in_calendar).then(texts).otherwise(pl.lit("?"))
    return pl.select(shown.alias(column.name)).to_series()


def _written(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _texts(column: pl.Series) -> pl.Series:
    """The column as text. A million cells hold few dates and numbers: each is written once."""
    if not (column.dtype.is_float() or column.dtype.is_temporal()):
        return _text(column)
    values = column.unique()
    return column.replace_strict(values, _text(values), return_dtype=pl.String)


def _text(column: pl.Series) -> pl.Series:
    """The column as text: a whole number as its digits, NaN as an empty cell."""
    if column.dtype.is_float():
        whole = column.is_finite() & (column == column.floor()) & (column.abs() < 2**63)
        digits = pl.select(
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .when(column.is_not_nan())
            .then(column.cast(pl.String))
        )
        return digits.to_series()
    if column.dtype.is_temporal():
        return _moments(column)
    if isinstance(column.dtype, pl.Decimal):
        return column.cast(pl.String).str.replace(r"\.0+$", "")
    return column.cast(pl.String)
