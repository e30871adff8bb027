"""Reads one Excel delivery into text: every cell as it was typed, with its row.

Types are not guessed here: a date cell becomes its ISO date, a whole number its digits, and
everything else its text. What the text means is decided in assets/records.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

import openpyxl
import polars as pl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assets.raw import problems
from assets.raw.problems import DeliveryError
from assets.raw.template import CODES_SHEET, GUIDE_SHEET, SYNTHETIC_CATEGORY
from assets.vocabulary import Column, Table, vocabulary
from assets.vocabulary.spelling import clean, normalise_header

HEADER_ROWS = 20
"""The header is looked for in this many rows from the top; title rows may stand above it."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    EOFError,
    AttributeError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What openpyxl raises on damaged, encrypted and foreign files: it has no error of its own."""


@dataclass(frozen=True)
class Delivery:
    """One delivery as text: raw frames by record table, and what was passed over."""

    name: str
    sha256: str
    synthetic: bool
    tables: Mapping[str, pl.DataFrame]
    ignored: tuple[str, ...] = field(default=())


def raw_schema(table: Table) -> pl.Schema:
    """Schema of the raw frame of a records table: fields as text, deletes, delivery and row."""
    fields = [column.name for column in table.fields]
    return pl.Schema(
        dict.fromkeys([*fields, "deletes", "delivery"], pl.String) | {"delivery_row": pl.Int32}
    )


def read_workbook(name: str, content: bytes) -> Delivery:
    """Read the workbook `content`, delivered as the file `name`.

    Returns raw frames for every sheet of the vocabulary that the workbook has. Raises
    DeliveryError when the file is no workbook, a required sheet or column is missing, or a
    formula has no stored value.
    """
    book, formulas = _open(name, content)
    by_sheet = {normalise_header(table.sheet or ""): table for table in vocabulary().sheets()}
    passive = {normalise_header(GUIDE_SHEET), normalise_header(CODES_SHEET)}
    tables: dict[str, pl.DataFrame] = {}
    ignored: list[str] = []
    found: list[pl.DataFrame] = []
    for sheet in book.worksheets:
        table = by_sheet.get(normalise_header(sheet.title))
        if table is None:
            if normalise_header(sheet.title) not in passive:
                ignored.append(f"arket «{sheet.title}»")
        elif table.name in tables:
            found.append(problems.problem(name, "duplicate_sheet", sheet=table.sheet))
        else:
            unvalued = _unvalued(sheet, formulas[sheet.title]) if formulas else set()
            read = _read_sheet(name, table, sheet, unvalued)
            tables[table.name] = read.frame
            found.append(read.problems)
            ignored += [f"kolonnen «{header}» i arket «{table.sheet}»" for header in read.unknown]
    for table in vocabulary().sheets():
        if table.name not in tables and not table.optional_sheet:
            found.append(problems.problem(name, "missing_sheet", sheet=table.sheet))
    everything = problems.collect(found)
    if everything.height:
        raise DeliveryError(everything)
    return Delivery(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=book.properties.category == SYNTHETIC_CATEGORY,
        tables=tables,
        ignored=tuple(ignored),
    )


def _open(name: str, content: bytes) -> tuple[Workbook, Workbook | None]:
    """Return the workbook with the values of its formulas, and with the formulas if it has any."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it does not keep, and of some cells with what they hold.
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            formulas = (
                openpyxl.load_workbook(io.BytesIO(content)) if _has_formulas(content) else None
            )
    except _DAMAGE:
        # The cause may quote the file's content, which must go nowhere.
        raise DeliveryError(problems.problem(name, "unreadable")) from None
    return values, formulas


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(
            re.search(rb"<(?:\w+:)?f[\s>]", archive.read(part))
            for part in archive.namelist()
            if part.startswith("xl/worksheets/")
        )


def _unvalued(values: Worksheet, formulas: Worksheet) -> set[tuple[int, int]]:
    """Row and column (from 1) of the formulas that the file stores no value for.

    An empty text is a value: openpyxl gives none for it either, but keeps its type.
    """
    return {
        (cell.row, cell.column)
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f"
        and (stored := values.cell(cell.row, cell.column)).value is None
        and stored.data_type != "str"
    }


def _text(cell: object) -> str | None:
    """Return the cell as text. openpyxl has turned date cells, and only those, into dates."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell)) or None


@dataclass(frozen=True)
class _Sheet:
    frame: pl.DataFrame
    problems: pl.DataFrame
    unknown: tuple[str, ...] = ()


def _read_sheet(
    name: str, table: Table, sheet: Worksheet, unvalued: set[tuple[int, int]]
) -> _Sheet:
    schema = raw_schema(table)
    empty = schema.to_frame()
    rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    if table.optional_sheet and not any(map(any, rows)):
        return _Sheet(empty, problems.collect([]))
    columns = _delivered_columns(table)
    needed = _needed_headers(table)
    header, positions = _find_header(rows, columns, needed)
    bad = [
        problems.problem(name, code, sheet=table.sheet, field=field, label=columns[field].label_nb)
        for code, fields in (
            ("missing_column", needed - positions.keys()),
            ("duplicate_column", {field for field in positions if len(positions[field]) > 1}),
        )
        for field in sorted(fields)
    ]
    if bad:
        return _Sheet(empty, problems.collect(bad))
    at = {field: places[0] for field, places in positions.items()}
    bad = [
        problems.problem(
            name,
            "formula_without_value",
            sheet=table.sheet,
            row=row,
            field=field,
            label=columns[field].label_nb,
        )
        for field, place in at.items()
        for row, column in sorted(unvalued)
        if column == place + 1 and row > header + 1
    ]
    data = [
        (*(cells[at[field]] if field in at else None for field in columns), name, number)
        for number, cells in enumerate(rows[header + 1 :], start=header + 2)
        if any(cells[place] for place in at.values())
    ]
    unknown = (cell for place, cell in enumerate(rows[header]) if cell and place not in at.values())
    return _Sheet(pl.DataFrame(data, schema, orient="row"), problems.collect(bad), tuple(unknown))


def _delivered_columns(table: Table) -> dict[str, Column]:
    """The columns that a sheet may have, in the order of the raw frame."""
    return {column.name: column for column in (*table.fields, vocabulary().columns["deletes"])}


def _needed_headers(table: Table) -> set[str]:
    """The columns whose header must be there; an empty cell with a default needs none."""
    defaulted = {column.name for column in table.columns if column.missing}
    return {*table.key, *table.required, *table.required_headers} - defaulted


def _find_header(
    rows: list[list[str | None]], columns: Mapping[str, Column], needed: set[str]
) -> tuple[int, dict[str, list[int]]]:
    """Return the index of the header row, and the places of each field in it.

    The header is the first row with all needed columns; failing that, the row with most of them.
    """
    spellings = {
        normalise_header(spelling): name
        for name, column in columns.items()
        for spelling in (column.label_nb, name)
    }
    best: tuple[int, dict[str, list[int]]] = (0, {})
    for index, cells in enumerate(rows[:HEADER_ROWS]):
        positions: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            field = spellings.get(normalise_header(cell)) if cell else None
            if field:
                positions.setdefault(field, []).append(place)
        if needed <= positions.keys():
            return index, positions
        if len(needed & positions.keys()) > len(needed & best[1].keys()):
            best = (index, positions)
    return best
