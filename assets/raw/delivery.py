"""Reads one delivery: from the bytes of a file to its raw tables.

The formats of files are handled in workbook.py, delimited.py and parquet.py; the meaning of cells
is decided in assets/records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import polars as pl

from assets.raw import national_id, problems
from assets.raw.archive import ArchiveError, ArchiveTooLargeError
from assets.raw.delimited import DelimitedError, read_delimited
from assets.raw.grid import Contents, Grid
from assets.raw.headers import HEADER_ROWS, delivered_columns, find_header
from assets.raw.national_id import holds_national_id
from assets.raw.parquet import ParquetError, ParquetTooLargeError, read_parquet
from assets.raw.problems import DeliveryError
from assets.raw.sheet_xml import SheetTooLargeError, WorkbookError
from assets.raw.workbook import CODES_SHEET, FEEDBACK_SHEET, GUIDE_SHEET, read_workbook
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.spelling import cleaned, normalise_header

READ_SUFFIXES = frozenset({".xlsx", ".csv", ".parquet"})
"""The kinds of file that are read."""

REFUSED_SUFFIXES = frozenset({".xls", ".xlsm", ".ods"})
"""Workbook formats that are refused; the message says how to save them in the right format."""

_UNPACKED = 10
"""A delivery may unpack to this many times the greatest size allowed on disk."""

_PASSIVE = frozenset(map(normalise_header, (GUIDE_SHEET, CODES_SHEET, FEEDBACK_SHEET)))
"""Sheets of the template and of the feedback workbook, which hold no records."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file of the inbox.

    A file that could not be taken in has no content but a `fault`, a key of problems.UNREADABLE; if
    it could not be opened, it has no SHA-256 either.
    """

    name: str
    sha256: str | None
    content: bytes | None
    fault: str = ""


@dataclass(frozen=True)
class Delivery:
    """One delivery as text: raw frames by records table, and the findings of reading it."""

    name: str
    sha256: str | None
    synthetic: bool
    tables: Mapping[str, pl.DataFrame]
    ignored: tuple[str, ...]
    """Sheets and columns that do not belong to the form, in words."""
    problems: pl.DataFrame
    """Cells that cannot be read, with the columns of problems.SCHEMA."""


def raw_schema(table: Table) -> pl.Schema:
    """Schema of the raw frame of a records table: fields as text, deletes, delivery and row."""
    return pl.Schema(
        dict.fromkeys([*delivered_columns(table), "delivery"], pl.String)
        | {"delivery_row": pl.Int32}
    )


def public_name(name: str, sha256: str | None) -> str:
    """Return the name by which a file may be shown.

    That is its own name, or the first 12 digits of its SHA-256 when the name contains a national
    identity number, or a fixed text when such a file cannot be opened.
    """
    if not holds_national_id(name):
        return name
    return sha256[:12] if sha256 else "utilgjengelig fil"


def delivered_file(name: str, content: bytes) -> DeliveredFile:
    """Return the file `name` with this content."""
    return DeliveredFile(name, hashlib.sha256(content).hexdigest(), content)


def read_delivery(file: DeliveredFile, limit: int) -> Delivery:
    """Read one delivery, of at most `limit` bytes.

    Raises DeliveryError, with all problems found, when the delivery must be refused whole.
    """
    name = public_name(file.name, file.sha256)
    if name != file.name:
        sentence = problems.NATIONAL_ID_IN_FILE_NAME
        raise DeliveryError(problems.problem(name, "national_id", sentence=sentence))
    contents = _read(file, name, limit)
    suspects = national_id.places(contents)
    if suspects:
        raise DeliveryError(
            problems.collect(
                problems.problem(
                    name,
                    "national_id",
                    sheet=_norwegian(place.sheet),
                    row=place.row,
                    sentence=problems.NATIONAL_ID_IN_SHEET_NAME if place.is_sheet_name else None,
                )
                for place in suspects
            )
        )
    tables: dict[str, _RawTable] = {}
    ignored: list[str] = []
    found: list[pl.DataFrame] = []
    by_title = {normalise_header(str(table.sheet)): table for table in _expected(name)}
    for grid in contents.grids:
        table = by_title.get(normalise_header(grid.title))
        if table is None:
            if normalise_header(grid.title) not in _PASSIVE:
                ignored.append(f"arket «{grid.title}»")
        elif table.name in tables:
            found.append(problems.problem(name, "duplicate_sheet", sheet=table.sheet))
        else:
            tables[table.name] = _raw_table(name, table, grid)
    found += [
        problems.problem(name, "missing_sheet", sheet=table.sheet)
        for table in by_title.values()
        if table.name not in tables and not table.optional_sheet
    ]
    refusals = problems.collect([*found, *(read.refusals for read in tables.values())])
    if refusals.height:
        raise DeliveryError(refusals)
    return Delivery(
        name=name,
        sha256=file.sha256,
        synthetic=contents.synthetic,
        tables={name: read.frame for name, read in tables.items()},
        ignored=(*ignored, *(words for read in tables.values() for words in read.ignored)),
        problems=problems.collect(read.problems for read in tables.values()),
    )


def read_grids(name: str, content: bytes, limit: int) -> Sequence[Grid]:
    """Return the sheets of a delivery that read_delivery does not refuse as unreadable."""
    return _read(delivered_file(name, content), name, limit).grids


def read_texts(name: str, content: bytes, limit: int) -> Iterator[str]:
    """Yield every text of a delivery: cells, titles of sheets, and text outside of cells.

    Raises DeliveryError when the delivery is refused as unreadable.
    """
    contents = _read(delivered_file(name, content), name, limit)
    for grid in contents.grids:
        yield grid.title
        for texts in grid.texts:
            yield from texts
    for passage in contents.passages:
        yield passage.text


def _read(file: DeliveredFile, name: str, limit: int) -> Contents:
    """Return the uninterpreted contents of the file; DeliveryError when it cannot be read."""
    suffix = _suffix(name)
    if suffix in REFUSED_SUFFIXES:
        raise _unreadable(name, "old_format")
    fault = file.fault or ("too_large" if len(file.content or b"") > limit else "")
    if fault:
        raise _unreadable(name, fault, limit=f"{limit // 1_000_000}")
    if not file.content:
        raise _unreadable(name, "empty")
    try:
        if _is_workbook(name):
            return read_workbook(file.content, limit * _UNPACKED)
        if suffix == ".csv":
            return Contents((read_delimited(file.content, _named_table(name)),))
        return read_parquet(file.content, _named_table(name), limit * _UNPACKED)
    except (ArchiveTooLargeError, ParquetTooLargeError, SheetTooLargeError):
        raise _unreadable(name, "bomb") from None
    except (ArchiveError, WorkbookError):
        raise _unreadable(name, "damaged") from None
    except DelimitedError:
        raise _unreadable(name, "no_csv") from None
    except ParquetError:
        raise _unreadable(name, "no_parquet") from None


def _unreadable(name: str, reason: str, **words: str) -> DeliveryError:
    sentence = problems.UNREADABLE[reason].format(**words)
    return DeliveryError(problems.problem(name, "unreadable", sentence=sentence))


def _norwegian(title: str | None) -> str | None:
    """The name of the form's sheet that a title spells; any other title unchanged."""
    names = {normalise_header(str(table.sheet)): table.sheet for table in vocabulary().sheets()}
    return names.get(normalise_header(title or ""), title)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _is_workbook(name: str) -> bool:
    return _suffix(name) == ".xlsx"


def _named_table(name: str) -> Table | None:
    """The table of a file of one record type: the file name begins with the name of the sheet."""
    for table in vocabulary().sheets():
        if normalise_header(name).startswith(normalise_header(str(table.sheet))):
            return table
    return None


def _expected(name: str) -> Sequence[Table]:
    """The tables that a delivery may bring in."""
    if _is_workbook(name):
        return vocabulary().sheets()
    table = _named_table(name)
    if table is None:
        sheets = ", ".join(str(table.sheet) for table in vocabulary().sheets())
        sentence = problems.FILE_NAME.format(sheets=sheets)
        raise DeliveryError(problems.problem(name, "missing_sheet", sentence=sentence))
    return [table]


@dataclass(frozen=True)
class _RawTable:
    frame: pl.DataFrame
    ignored: tuple[str, ...]
    refusals: pl.DataFrame
    problems: pl.DataFrame


def _raw_table(name: str, table: Table, grid: Grid) -> _RawTable:
    schema = raw_schema(table)
    columns = delivered_columns(table)
    none = problems.collect([])
    cells = cleaned(grid.cells, grid.texts)
    if table.optional_sheet and all(column.null_count() == len(column) for column in cells):
        return _RawTable(schema.to_frame(), (), none, none)
    header = find_header(cells.head(HEADER_ROWS).rows(), table)
    refusals = [
        problems.problem(name, code, sheet=table.sheet, field=field, label=columns[field].label_nb)
        for code, fields in (
            ("missing_column", header.missing),
            ("duplicate_column", {f for f, places in header.places.items() if len(places) > 1}),
        )
        for field in sorted(fields)
    ]
    if refusals:
        return _RawTable(schema.to_frame(), (), problems.collect(refusals), none)
    at = {field: str(places[0]) for field, places in header.places.items()}
    frame = (
        cells.with_row_index("delivery_row", offset=1)
        .slice(header.row)
        .filter(_any_filled(at.values()))
        .select(
            *(
                pl.col(at[field]).alias(field) if field in at else pl.lit(None).alias(field)
                for field in columns
            ),
            pl.lit(name).alias("delivery"),
            "delivery_row",
        )
        .cast(schema)
    )
    unvalued = [
        problems.problem(
            name,
            "missing_value",
            sheet=table.sheet,
            row=row,
            field=field,
            label=columns[field].label_nb,
            sentence=problems.UNVALUED_FORMULA,
        )
        for field, place in at.items()
        for row, column in sorted(grid.unvalued)
        if column == int(place) and row > header.row
    ]
    ignored = (f"kolonnen «{text}» i arket «{table.sheet}»" for text in header.unknown)
    return _RawTable(frame, tuple(ignored), none, problems.collect(unvalued))


def _any_filled(columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(list(columns)).is_not_null())
