"""Writes deliveries that a person could have made: workbooks, CSV and Parquet files, cell by cell.

What stands in each cell, once a file is laid out, is exactly what the judge is told. Which rows
there are, and what is wrong with them, is in messy.py; files that are refused are in refusals.py.
"""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

from assets.vocabulary import Column, Table, vocabulary
from tests.recount.clerk import DATE_FORMATS, NBSP, Clerk, Row
from tests.recount.judge import Line

MARK = "qzxj"
"""Stands in many cells, wrong and right, and nowhere else, so that it is known where it turns up."""

Form = Literal["xlsx", "csv", "parquet"]


@dataclass(frozen=True)
class Raw:
    """Stands in a row for exactly what is to be written, where a value would be spelled."""

    written: Any


@dataclass
class Sheet:
    """One sheet, or the one table of a CSV or Parquet file: its cells from A1 on."""

    title: str
    grid: list[list[Any]]
    header_row: int
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False


@dataclass
class File:
    """One delivery, laid out. `lines` is what the judge is told of it."""

    name: str
    sheets: list[Sheet]
    lines: list[Line]
    title: str = ""
    footer: str = ""
    textbox: str = ""

    @property
    def form(self) -> str:
        """The ending of its name."""
        return self.name.rpartition(".")[2]

    @property
    def delivery(self) -> str:
        """The name under which it is recorded."""
        return unicodedata.normalize("NFC", self.name)


class MessyClerk(Clerk):
    """Spells the values of rows as any clerk does, writes `Raw` as it is, and keeps the cells."""

    def __init__(self, rng: random.Random) -> None:
        # Cells are laid out before they are written, so this workbook never comes to be a file.
        super().__init__(rng, xlsxwriter.Workbook(io.BytesIO()))

    def workbook_file(self, name: str, rows: dict[str, list[Row]]) -> File:
        """Lay out a workbook: the required sheets, and of the others those that hold rows."""
        made = File(name, [], [])
        tables = list(vocabulary().sheets())
        self.rng.shuffle(tables)
        for table in tables:
            if rows[table.name] or not table.optional_sheet or self._chance(0.5):
                self._lay_out(made, table, rows[table.name], "xlsx")
        if self._chance(0.5):
            title = self.rng.choice(("Ark 1", "Veiledning"))
            made.sheets.insert(0, Sheet(title, [[], ["Fyll ut arkene."]], 0))
        return made

    def record_file(self, name: str, table: Table, rows: list[Row]) -> File:
        """Lay out a CSV or Parquet file of one record type; `name` has the ending."""
        made = File(name, [], [])
        self._lay_out(made, table, rows, "csv" if made.form == "csv" else "parquet")
        return made

    def _lay_out(self, made: File, table: Table, rows: list[Row], form: Form) -> None:
        columns = self._columns(table, rows)
        if form == "parquet":
            columns = [each for each in dict.fromkeys(columns) if each]
        left = self.rng.choice((0, 0, 0, 1, 2)) if form == "xlsx" else 0
        top = 0 if form == "parquet" else self.rng.choice((0, 0, 0, 1, 3, 19))
        titles = (None, "NorA", "  ", 2021, table.columns[0].label_nb)
        grid = [[None] * left + [self.rng.choice(titles)] for _ in range(top)]
        header = [self._header(each) if isinstance(each, Column) else each for each in columns]
        grid.append([None] * left + header)
        placed = []
        for row in rows:
            if self._chance(0.03):
                grid += [
                    self._empty_row(left + len(columns)) for _ in range(self.rng.randint(1, 3))
                ]
            placed.append(len(grid))
            grid.append([None] * left + [self._cell(column, row) for column in columns])
        if form == "csv":
            grid = [[_as_text(cell) for cell in cells] for cells in grid]
        elif form == "parquet":
            grid = self._typed(grid)
        name = str(table.sheet)
        forms = (name, name.upper(), name.lower(), f"{name} ", f"{name[:4]}-{name[4:]}_")
        made.sheets.append(Sheet(self.rng.choice(forms), grid, top))
        for index in placed:
            cells = zip(columns, grid[index][left:], strict=True)
            written = {each.name: cell for each, cell in cells if isinstance(each, Column)}
            made.lines.append(Line(made.delivery, table.name, index + 1, written))

    def _empty_row(self, width: int) -> list[Any]:
        if self._chance(0.3):
            return []
        return [self.rng.choice((None, None, " ", "   ", NBSP)) for _ in range(width)]

    def _typed(self, grid: list[list[Any]]) -> list[list[Any]]:
        """Give every column of a Parquet file one type: what it holds, or else text."""
        width = len(grid[0])
        header, body = grid[0], [row + [None] * (width - len(row)) for row in grid[1:]]
        body = [[None if cell == "" else cell for cell in row] for row in body]
        columns = [self._one_type([row[place] for row in body]) for place in range(width)]
        return [header, *(list(row) for row in zip(*columns, strict=True))]

    def _one_type(self, column: list[Any]) -> list[Any]:
        column = [None if isinstance(each, str) and not each.strip() else each for each in column]
        kinds = {type(each) for each in column if each is not None}
        if kinds == {int, float}:
            return [None if each is None else float(each) for each in column]
        if kinds == {date, datetime} or (kinds == {date} and self._chance(0.5)):
            return [None if each is None else _midnight(each) for each in column]
        if len(kinds) > 1:
            return [None if each is None else _as_text(each) for each in column]
        return column

    def _cell(self, column: Column | str, row: Row) -> Any:
        if isinstance(column, str):
            remarks = ('"ringte"\r\ni dag', "se ark; 2, side 3", f"{MARK} 55 12 34 56", 98765432109)
            return self.rng.choice((super()._cell(column, row), *remarks))
        value = row.get(column.name)
        return value.written if isinstance(value, Raw) else super()._cell(column, row)


def write(file: File, folder: Path, rng: random.Random) -> None:
    """Write a file that was laid out into `folder`, in the format that its name says."""
    path = folder / file.name
    if file.form == "xlsx":
        _write_workbook(file, path, rng)
    elif file.form == "csv":
        path.write_bytes(_csv_bytes(file.sheets[0].grid, rng))
    else:
        _write_parquet(file.sheets[0].grid, path, rng)


def _write_workbook(file: File, path: Path, rng: random.Random) -> None:
    with xlsxwriter.Workbook(path, {"date_1904": rng.random() < 0.25}) as workbook:
        formats = [workbook.add_format({"num_format": each}) for each in DATE_FORMATS]
        workbook.set_properties({"title": file.title})
        for sheet in file.sheets:
            written = workbook.add_worksheet(sheet.title)
            if sheet.hidden:
                written.hide()
            for line, cells in enumerate(sheet.grid):
                for place, cell in enumerate(cells):
                    if isinstance(cell, date):
                        written.write_datetime(line, place, _midnight(cell), rng.choice(formats))
                    elif isinstance(cell, str):
                        written.write_string(line, place, cell)
                    elif cell is not None:
                        written.write_number(line, place, cell)
            for (line, place), comment in sheet.comments.items():
                written.write_comment(line, place, comment)
        written.set_footer(file.footer)
        if file.textbox:
            written.insert_textbox(1, 12, file.textbox)


def _csv_bytes(grid: list[list[Any]], rng: random.Random) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=rng.choice(";;,")).writerows(grid)
    text = stream.getvalue()
    encoding = rng.choice(("utf-8", "utf-8-sig", "cp1252", "cp1252"))
    if encoding == "cp1252":
        composed = unicodedata.normalize("NFC", text)
        try:
            return composed.encode("cp1252")
        except UnicodeEncodeError:
            return composed.encode("utf-8-sig")
    return text.encode(encoding)


def _write_parquet(grid: list[list[Any]], path: Path, rng: random.Random) -> None:
    header, body = grid[0], grid[1:]
    columns = []
    for place, name in enumerate(header):
        column = pl.Series(name, [row[place] for row in body])
        if column.dtype == pl.String and rng.random() < 0.2:
            column = column.cast(pl.Categorical)
        columns.append(column)
    pl.DataFrame(columns).write_parquet(path)


def _midnight(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time.min)


def _as_text(cell: Any) -> Any:
    """What Norwegian Excel writes of a cell into a CSV file."""
    if isinstance(cell, datetime) and cell.time() != time.min:
        return f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    return cell if cell is None else str(cell)
