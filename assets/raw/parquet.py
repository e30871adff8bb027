"""Reads a Parquet file into a grid of text; its column names are the first row."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from assets.raw.grid import MOST_CELLS, Contents, Grid, Passage
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


class ParquetError(Exception):
    """The file is no Parquet file that can be read."""


class ParquetTooLargeError(ParquetError):
    """The file unpacks to more than is read."""


def read_parquet(content: bytes, table: Table | None, limit: int) -> Contents:
    """Read the Parquet file `content` as rows of the sheet of `table`, or of one without name.

    Raises ParquetTooLargeError when it unpacks to more than `limit` bytes, and ParquetError when
    it is none.
    """
    try:
        about = pq.read_metadata(io.BytesIO(content))
        _measure(about, limit)
        # As a dictionary, a text that stands in many rows is held once, and is not yet too much.
        names = [about.schema.column(place).path for place in range(about.num_columns)]
        stored = pq.ParquetFile(io.BytesIO(content), read_dictionary=names).read()
        stored.validate(full=True)
        headers = stored.schema.names
        frame = pl.DataFrame({str(n): _plain(column) for n, column in enumerate(stored.columns)})
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
    cells = frame.select(_text(column) for column in frame)
    if sum(column.str.len_bytes().sum() for column in cells) > limit:
        raise ParquetTooLargeError
    first = pl.DataFrame([headers], cells.schema, orient="row")
    written = b" ".join(b"%s %s" % pair for pair in (about.metadata or {}).items())
    passage = Passage(written.decode("utf-8", "replace"))
    grid = Grid(str(table.sheet if table else ""), pl.concat([first, cells]))
    return Contents((grid,), (passage,))


def _measure(about: pq.FileMetaData, limit: int) -> None:
    """Raise ParquetTooLargeError when the file says that it unpacks to more than is read."""
    groups = [about.row_group(group) for group in range(about.num_row_groups)]
    # Only a list has more values than rows. Of other columns nothing is asked: where what the file
    # tells of a column contradicts itself, asking ends the process.
    lists = [n for n in range(about.num_columns) if about.schema.column(n).max_repetition_level]
    values = sum(group.column(place).num_values for group in groups for place in lists)
    if (
        sum(group.total_byte_size for group in groups) > limit
        or max(values, about.num_rows * about.num_columns) > MOST_CELLS
    ):
        raise ParquetTooLargeError


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column; as text when it is of a type that no spreadsheet has, such as a list."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if any(is_of(kind) for is_of in _PLAIN_TYPES):
        return column
    texts = [None if value is None else _written(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _written(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _text(column: pl.Series) -> pl.Series:
    """The column as text: a whole number as its digits, no number at all as an empty cell."""
    if column.dtype.is_float():
        whole = column.is_finite() & (column == column.floor()) & (column.abs() < 2**63)
        digits = pl.select(
            pl.when(whole)
            .then(column.cast(pl.Int64, strict=False).cast(pl.String))
            .when(column.is_not_nan())
            .then(column.cast(pl.String))
        )
        return digits.to_series()
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.replace_time_zone(None).dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    if isinstance(column.dtype, pl.Decimal):
        return column.cast(pl.String).str.replace(r"\.0+$", "")
    return column.cast(pl.String)
