"""Small clean deliveries, and what can happen to their cells and bytes on the way.

Whether the program loses a row or stumbles is asked in test_mutated_deliveries.py.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import xlsxwriter

from assets.raw.delivery import DeliveredFile, delivered_file
from assets.vocabulary import Table, vocabulary
from tests.recount.registers import random_build_day, random_register

Cells = dict[str, list[dict[str, str]]]
"""Table -> rows of field -> text; the first row of a table stands in row 2 of its sheet."""

KINDS = ("xlsx", "csv", "parquet")

STRANGE = (
    "", " ", "?", "-", "0", "1", "-1", "1e9", "nan", "NULL", "Ja", "U", "Kongo", "31.02.2021",
    "1.1.1999", "31.12.2099", "2021-13-01", "44561", "12,5", "100,01", "80 %", "=1+1", "#N/A",
    "Ukjent", "SO", "a b", "x" * 41, "æøå", "\u00a0", "1001.0", "'; drop table", "\U0001f600",
)  # fmt: skip
"""What people and programs leave in cells."""


@dataclass(frozen=True)
class Change:
    """One cell, and what it holds instead."""

    table: str
    row: int
    field: str
    text: str


def clean_cells(seed: int, people: int = 4) -> tuple[Cells, date]:
    """Return a small register as text, valid on the day that is returned with it."""
    as_of = random_build_day(seed, 2021)
    register = random_register(seed, people, 2019, 2021, as_of)
    cells = {
        table.name: [
            {column.name: _written(getattr(record, column.name)) for column in table.fields}
            for record in getattr(register, table.name)
        ]
        for table in vocabulary().sheets()
    }
    return cells, as_of


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def changed(cells: Cells, changes: Sequence[Change]) -> Cells:
    """Return the cells with these changes made."""
    copy = {table: [dict(row) for row in rows] for table, rows in cells.items()}
    for change in changes:
        copy[change.table][change.row][change.field] = change.text
    return copy


def delivered(cells: Cells, kind: str) -> list[DeliveredFile]:
    """Return the cells as one workbook, or as a file of `kind` for each sheet."""
    tables = vocabulary().sheets()
    if kind == "xlsx":
        return [delivered_file("skjema.xlsx", _workbook(cells))]
    write = {"csv": _csv, "parquet": _parquet}[kind]
    return [
        delivered_file(f"{table.sheet}.{kind}", write(table, cells[table.name]))
        for table in tables
        if cells[table.name] or not table.optional_sheet
    ]


def _workbook(cells: Mapping[str, list[dict[str, str]]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for table in vocabulary().sheets():
            sheet = book.add_worksheet(table.sheet)
            sheet.write_row(0, 0, [column.label_nb for column in table.fields])
            for number, row in enumerate(cells[table.name], start=1):
                for place, column in enumerate(table.fields):
                    sheet.write_string(number, place, row[column.name])
    return stream.getvalue()


def _csv(table: Table, rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    writer.writerow([column.label_nb for column in table.fields])
    writer.writerows([[row[column.name] for column in table.fields] for row in rows])
    return stream.getvalue().encode("utf-8-sig")


def _parquet(table: Table, rows: list[dict[str, str]]) -> bytes:
    stream = io.BytesIO()
    schema = {column.name: pl.String for column in table.fields}
    pl.DataFrame(rows, schema).write_parquet(stream)
    return stream.getvalue()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Return the bytes of a file with a few of them changed, lost, repeated or moved.

    Of a workbook, half the time, the bytes of one part, packed anew: damage that no checksum finds.
    """
    if content.startswith(b"PK") and rng.random() < 0.5:
        return _with_damaged_part(content, rng)
    return _hurt(content, rng)


def _with_damaged_part(content: bytes, rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(parts))
    parts[name] = _hurt(parts[name], rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return stream.getvalue()


def _hurt(content: bytes, rng: random.Random) -> bytes:
    hurt = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(hurt) + 1), rng.choice((1, 1, 2, 8, 64))
        match rng.choice(("change", "digits", "lose", "repeat", "cut")):
            case "change":
                hurt[at : at + length] = rng.randbytes(length)
            case "digits":
                hurt[at : at + length] = b"9" * length
            case "lose":
                del hurt[at : at + length]
            case "repeat":
                hurt[at:at] = hurt[at : at + length] * rng.randint(1, 3)
            case "cut":
                if rng.random() < 0.2:
                    del hurt[at:]
    return bytes(hurt)
