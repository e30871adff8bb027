"""Reads one delivery: from the bytes of a file to its raw tables.

The formats of files are handled in workbook.py, delimited.py and parquet.py; the meaning of cells
is decided in assets/records.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from assets.raw import national_id, problems
from assets.raw.archive import ArchiveError, ArchiveTooLargeError
from assets.raw.delimited import DelimitedError, read_delimited
from assets.raw.grid import Area, Contents, Fault, Grid
from assets.raw.headers import (
    HEADER_ROWS,
    Header,
    delivered_columns,
    find_header,
    has_lost_letters,
    misspelt,
    most_alike,
)
from assets.raw.kinds import kind_of
from assets.raw.national_id import holds_national_id
from assets.raw.problems import DeliveryError
from assets.raw.sheet_xml import SheetTooLargeError, WorkbookError
from assets.raw.workbook import CODES_SHEET, FEEDBACK_SHEET, GUIDE_SHEET, read_workbook
from assets.vocabulary import Column, Table, vocabulary
from assets.vocabulary.spelling import clean, cleaned, normalise_header

READ_SUFFIXES = frozenset({".xlsx", ".csv", ".parquet"})
"""The kinds of file that are read."""

REFUSED_SUFFIXES = frozenset({".xls", ".xlsm", ".ods"})
"""Workbook formats that are refused; the message says how to save them in the right format."""

_KINDS = {".xlsx": "workbook", ".csv": "text", ".parquet": "parquet"}
"""The kind of file, as kind_of names it, that each suffix says."""

_UNPACKED = 10
"""A delivery may unpack to this many times the greatest size allowed on disk."""

_PASSIVE = frozenset(map(normalise_header, (GUIDE_SHEET, CODES_SHEET, FEEDBACK_SHEET)))
"""Sheets of the template and of the feedback workbook, which hold no records."""


_SPELLED = frozenset({"identifier", "text"})
"""The types of columns in which a cell is what the spreadsheet shows, not what it stores."""


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
    absent: pl.DataFrame
    """Fields without a column in a sheet that was delivered: delivery, sheet, field."""
    saved_at: datetime | None
    """When the workbook was last saved, in UTC, as it says itself."""
    read_by: str = field(default="", kw_only=True)
    """Digest of the program and the bounds that read it."""
    findings: pl.DataFrame
    """Rows that are read but doubtful, with the columns of problems.FINDING_SCHEMA."""


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
    _refuse_at_fault(name, contents)
    tables: dict[str, _RawTable] = {}
    found: list[pl.DataFrame] = []
    by_title = {normalise_header(str(table.sheet)): table for table in _expected(name)}
    unread = []
    for grid in contents.grids:
        table = by_title.get(normalise_header(grid.title))
        if table is None:
            if normalise_header(grid.title) not in _PASSIVE:
                unread.append(grid.title)
        elif table.name in tables:
            found.append(problems.problem(name, "duplicate_sheet", sheet=table.sheet))
        else:
            tables[table.name] = _raw_table(name, table, grid)
    meant: dict[str, str] = {}
    for table in by_title.values():
        if table.name not in tables:
            found += _missing_sheet(name, table, unread)
            if near := _near_sheet(table, unread):
                meant[near] = problems.MEANT.format(sheet=table.sheet)
    ignored = [f"arket «{title}»{meant.get(title, '')}" for title in unread]
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
        findings=pl.concat(
            [
                problems.FINDING_SCHEMA.to_frame(),
                *(read.findings for read in tables.values()),
            ]
        ),
        absent=_absent(name, tables),
        saved_at=contents.saved_at,
    )


def _refuse_at_fault(name: str, contents: Contents) -> None:
    """Raise DeliveryError when there are identity numbers, or else what is read is not to trust."""
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
    if contents.fault:
        raise DeliveryError(_faulty(name, contents.fault))


def _absent(name: str, tables: Mapping[str, _RawTable]) -> pl.DataFrame:
    sheets = {table.name: table.sheet for table in vocabulary().sheets()}
    rows = [(name, sheets[table], field) for table in tables for field in tables[table].absent]
    return pl.DataFrame(rows, problems.ABSENT_SCHEMA, orient="row")


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
        raise _unreadable(name, "old_format", suffix=suffix)
    fault = file.fault or ("too_large" if len(file.content or b"") > limit else "")
    if fault:
        raise _unreadable(name, fault, limit=f"{limit // 1_000_000}")
    if not file.content:
        raise _unreadable(name, "empty")
    try:
        if _is_workbook(name):
            return read_workbook(file.content, limit * _UNPACKED)
        if suffix == ".csv":
            return _if_csv(read_delimited(file.content, _named_table(name)), file.content)
        return _read_parquet(file.content, name, limit)
    except (ArchiveTooLargeError, SheetTooLargeError):
        raise _unreadable(name, "bomb") from None
    except (ArchiveError, WorkbookError):
        raise _not_what_it_says(name, file.content, "damaged") from None
    except DelimitedError as error:
        raise _not_what_it_says(name, file.content, error.reason) from None


def _read_parquet(content: bytes, name: str, limit: int) -> Contents:
    # Arrow is slow to import, and few deliveries are Parquet files.
    from assets.raw.parquet import ParquetError, ParquetTooLargeError, read_parquet

    try:
        return read_parquet(content, _named_table(name), limit * _UNPACKED)
    except ParquetTooLargeError:
        raise _unreadable(name, "bomb") from None
    except ParquetError:
        raise _not_what_it_says(name, content, "no_parquet") from None


def _if_csv(contents: Contents, content: bytes) -> Contents:
    """The contents of a CSV file; the bytes of some other kinds can be read as text too."""
    kind = kind_of(content)
    return contents if kind in (None, "text") else replace(contents, fault=Fault(f"kind_{kind}"))


def _not_what_it_says(name: str, content: bytes, reason: str) -> DeliveryError:
    """The refusal of a file that cannot be read, for `reason` if it is of the kind of its name."""
    kind = kind_of(content)
    if kind is None or kind == _KINDS[_suffix(name)]:
        return _unreadable(name, reason)
    return _unreadable(name, f"kind_{kind}")


def _faulty(name: str, fault: Fault) -> pl.DataFrame:
    table = _named_table(name)
    return problems.problem(
        name,
        "unreadable",
        sheet=table.sheet if table and (fault.rows or fault.column) else None,
        row=fault.rows[0] if len(fault.rows) == 1 else None,
        field=fault.column,
        label=delivered_columns(table)[fault.column].label_nb if table and fault.column else None,
        sentence=problems.UNREADABLE[fault.reason].format(
            rows=problems.rows_listed(fault.rows), **fault.words
        ),
    )


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


def _missing_sheet(name: str, table: Table, titles: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Report that a sheet is missing, and which of the unread `titles` may be meant by its name.

    A sheet that may be missing is reported only where Numbers has changed its name.
    """
    sheet = str(table.sheet)
    spelling = normalise_header(sheet)
    by_numbers = [
        title for title in titles if normalise_header(title.rpartition(" - ")[0]) == spelling
    ]
    near = _near_sheet(table, titles)
    sentence = problems.missing("missing_sheet", sheet, titles)
    if by_numbers:
        sentence = problems.NAMED_BY_NUMBERS.format(title=by_numbers[0], sheet=sheet)
    elif near:
        sentence = problems.NAMED_OTHERWISE.format(title=near, sheet=sheet)
    if by_numbers or not table.optional_sheet:
        yield problems.problem(name, "missing_sheet", sheet=sheet, sentence=sentence)


def _near_sheet(table: Table, titles: Sequence[str]) -> str | None:
    """The title that begins with the name of the sheet, or is nearly it; None if none is."""
    spelling = normalise_header(str(table.sheet))
    longer = [title for title in titles if normalise_header(title).startswith(spelling)]
    return longer[0] if longer else most_alike(titles, spelling)


@dataclass(frozen=True)
class _RawTable:
    frame: pl.DataFrame
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    refusals: pl.DataFrame = field(default_factory=problems.SCHEMA.to_frame)
    findings: pl.DataFrame = field(default_factory=problems.FINDING_SCHEMA.to_frame)
    problems: pl.DataFrame = field(default_factory=problems.SCHEMA.to_frame)


def _raw_table(name: str, table: Table, grid: Grid) -> _RawTable:
    schema = raw_schema(table)
    columns = delivered_columns(table)
    cells = cleaned(grid.cells, grid.texts)
    if table.optional_sheet and all(column.null_count() == len(column) for column in cells):
        return _RawTable(schema.to_frame())
    header = find_header(cells.head(HEADER_ROWS).rows(), table)
    if has_lost_letters(header, table):
        sentence = problems.UNREADABLE["lost_letters"]
        lost = problems.problem(name, "unreadable", sheet=table.sheet, sentence=sentence)
        return _RawTable(schema.to_frame(), refusals=lost)
    near = misspelt(header, table)
    refusals = [
        problems.problem(
            name,
            code,
            sheet=table.sheet,
            field=field,
            label=columns[field].label_nb,
            sentence=_said_of_column(code, columns[field].label_nb, near.get(field), header),
        )
        for code, fields in (
            ("missing_column", header.missing | near.keys()),
            ("duplicate_column", {f for f, places in header.places.items() if len(places) > 1}),
        )
        for field in sorted(fields)
    ]
    if refusals:
        return _RawTable(schema.to_frame(), refusals=problems.collect(refusals))
    at = {field: places[0] for field, places in header.places.items()}
    frame = (
        _spelled(
            _with_soft_hyphens(cells, grid, at, columns),
            grid,
            {at[field]: columns[field] for field in at},
            header.row,
        )
        .with_row_index("delivery_row", offset=1)
        .slice(header.row)
        .filter(_any_filled(map(str, at.values())))
        .select(
            *(
                pl.col(str(at[field])).alias(field) if field in at else pl.lit(None).alias(field)
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
            sentence=sentence,
        )
        for row, field, sentence in (
            *_unvalued(grid, at, header.row),
            *_covered(grid, at, frame, {*table.key, *table.required}),
        )
    ]
    ignored = [f"kolonnen «{text}» i arket «{table.sheet}»" for text in header.unknown]
    ignored += [
        f"kolonne {xl_col_to_name(grid.left + place)}, uten overskrift, i arket «{table.sheet}»"
        for place, column in enumerate(cells[header.row - 1 :])
        if column[0] is None and column.null_count() < len(column)
    ]
    return _RawTable(
        frame,
        tuple(ignored),
        tuple(column.name for column in table.fields if column.name not in at),
        problems=problems.collect(unvalued),
        findings=_struck_out(table, grid, at, frame),
    )


def _said_of_column(code: str, label: str, near: str | None, header: Header) -> str | None:
    """The sentence on a column that is not there once, if it is not that of the code alone."""
    if code != "missing_column":
        return None
    # Cells of a row that is hardly a header may say something about a person.
    is_header = len(header.places) > len(header.unknown)
    unread = header.unknown if is_header else ()
    return problems.near_header(near, label) or problems.missing(code, label, unread)


def _with_soft_hyphens(
    cells: pl.DataFrame, grid: Grid, at: Mapping[str, int], columns: Mapping[str, Column]
) -> pl.DataFrame:
    """Keep soft hyphens of identifiers as hyphens of another kind than -.

    As signs without width they would be dropped, but some programs show them as hyphens.
    """
    places = [str(place) for field, place in at.items() if columns[field].type == "identifier"]
    softened = [
        place
        for place in places
        if grid.texts[int(place)].str.contains("\u00ad", literal=True).any()
    ]
    if not softened:
        return cells
    kept = grid.cells.select(pl.col(softened).str.replace_all("\u00ad", "\u2010"))
    return cells.with_columns(cleaned(kept, kept))


def _spelled(
    cells: pl.DataFrame, grid: Grid, columns: Mapping[int, Column], header: int
) -> pl.DataFrame:
    """Put in what number formats show, where the cell is an identifier or a text of its own.

    In all other columns, the value of a cell is what is stored.
    """
    texts: dict[int, dict[int, str]] = {}
    for (row, place), text in grid.spelled.items():
        if row > header and place in columns and columns[place].type in _SPELLED:
            texts.setdefault(place, {})[row - 1] = clean(text)
    return cells.with_columns(
        cells[str(place)].scatter(list(shown), list(shown.values()))
        for place, shown in texts.items()
    )


def _unvalued(grid: Grid, at: Mapping[str, int], header: int) -> Iterator[tuple[int, str, str]]:
    """Yield row, field and sentence of each formula without a stored value."""
    fields = {place: field for field, place in at.items()}
    for row, place in sorted(grid.unvalued):
        if row > header and place in fields:
            yield row, fields[place], problems.UNVALUED_FORMULA


def _covered(
    grid: Grid, at: Mapping[str, int], frame: pl.DataFrame, needed: Set[str]
) -> Iterator[tuple[int, str, str]]:
    """Yield row, field and sentence of each cell that another one hides, which is merged with it.

    Within a row, an empty cell beside the value may be meant to be empty, if the field may be.
    """
    rows = frame["delivery_row"].to_list()
    for area in grid.merged:
        within = [name for name, place in at.items() if area.left <= place <= area.right]
        shown = _value(grid, area) if within else ""
        if not shown:
            continue
        for index in range(bisect_left(rows, area.top), bisect_right(rows, area.bottom)):
            for name in within:
                is_beside = rows[index] == area.top
                is_first = is_beside and at[name] == area.left
                is_empty = frame[index, name] is None
                may_be_empty = is_empty and is_beside and name not in needed
                if not is_first and not may_be_empty and frame[index, name] != shown:
                    yield rows[index], name, problems.MERGED


def _value(grid: Grid, area: Area) -> str:
    """The text of the first cell of an area; empty when it has none."""
    is_within = area.top <= grid.cells.height and 0 <= area.left < grid.cells.width
    return clean(grid.cells[area.top - 1, area.left] or "") if is_within else ""


def _struck_out(
    table: Table, grid: Grid, at: Mapping[str, int], frame: pl.DataFrame
) -> pl.DataFrame:
    """Return a finding for each row whose key, or all else, is struck out."""
    keys = {at[field] for field in table.key if field in at}
    beside = set(at.values()) - keys
    struck = [
        row
        for row in {row for row, place in grid.struck if place in at.values()}
        if any(
            places and all((row, place) in grid.struck for place in places)
            for places in (keys, {place for place in beside if grid.cells[row - 1, place]})
        )
    ]
    # Somebody who has filled in the column Slettes has said what the row is.
    rows = frame.filter(pl.col("delivery_row").is_in(struck), pl.col("deletes").is_null())
    return problems.findings(rows, "struck_out", table.sheet, table.key[-1], problems.STRUCK_OUT)


def _any_filled(columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(list(columns)).is_not_null())
