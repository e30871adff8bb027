"""Deliveries that are refused whole, of every kind, and made-up national identity numbers.

Every inbox gets all kinds. The files hold rows that would change the register if they were read.
How files are laid out and written is in messy_files.py.
"""

from __future__ import annotations

import hashlib
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from assets.vocabulary import vocabulary
from tests.recount.clerk import Row
from tests.recount.messy_files import File, MessyClerk, Raw, Sheet
from tests.recount.records import Register

OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of an encrypted workbook, and of every .xls."""


@dataclass(frozen=True)
class Refusal:
    """One delivery that is refused, with one line in `quality.rejected_rows`.

    `sheets`, `row` and `field` are where the fault is; where no place applies they are empty. A
    file with `file_name` has a number in its name and is recorded by its SHA-256.
    """

    delivery: str
    code: str
    sheets: frozenset[str] = frozenset()
    row: int | None = None
    fields: frozenset[str] = frozenset()
    file_name: str | None = None


def national_id(rng: random.Random, *, series: str = "birth", leading_zero: bool = False) -> str:
    """Return a made-up number that passes the check: `birth`, `d` (day + 40), `+40` or `+80`."""
    while True:
        born = date(1940, 1, 1) + timedelta(days=rng.randrange(21900))
        day = rng.randint(1, 9) if leading_zero else max(born.day, 10)
        day += 40 if series == "d" else 0
        month = born.month + {"+40": 40, "+80": 80}.get(series, 0)
        digits = [*f"{day:02}{month:02}{born.year % 100:02}{rng.randrange(500):03}"]
        for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
            total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
            digits.append(str(-total % 11))
        if "10" not in digits:
            return "".join(digits)


def refused_files(
    files: list[File], register: Register, rng: random.Random
) -> tuple[list[File], list[Refusal], list[str]]:
    """Return `files` with refused ones among them, what is refused, and the numbers planted.

    Some of the refused are new, with rows of their own; one in three inboxes loses a real one.
    """
    maker = _Refused(rng, register)
    made = [maker.refused(number, way) for number, way in enumerate(maker.ways())]
    if rng.random() < 0.33 and len(files) > 1:
        spoiled = rng.choice(files)
        maker.refuse_remark(spoiled)
    return [*files, *made], maker.refusals, maker.planted


def write_unreadable(
    folder: Path, refusals: list[Refusal], national_ids: list[str], rng: random.Random
) -> None:
    """Write files that are not what their names say, and add them to `refusals`.

    One of them, and one file that is no delivery at all, has a national identity number in its
    name; it is added to `national_ids`.
    """
    number = national_id(rng)
    national_ids.append(number)
    junk = rng.randbytes(900)
    contents = {
        "m50 søppel.xlsx": junk,
        "m51 tom.xlsx": b"",
        "m52 kryptert.xlsx": OLE_HEADER + junk,
        "m53 gammel.xls": OLE_HEADER + junk,
        "m54 makro.xlsm": junk,
        "m55 libre.ods": junk,
        "m56 ingen bok.xlsx": b"PK\x05\x06" + bytes(18),
        "deltakere_m57.parquet": junk,
        "henvisninger_m58.csv": b"",
        "avslutninger_m59.parquet": b"",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        refusals.append(Refusal(name, "unreadable"))
    old = f"m60 {number}.xls"
    (folder / old).write_bytes(OLE_HEADER + rng.randbytes(900))
    refusals.append(Refusal("", "national_id", file_name=old))
    (folder / f"notat {number}.txt").write_bytes(b"ikke en leveranse")


def recorded(refusal: Refusal, folder: Path) -> str:
    """Return the name under which a refused delivery of `folder` is recorded."""
    if refusal.file_name is None:
        return refusal.delivery
    return hashlib.sha256((folder / refusal.file_name).read_bytes()).hexdigest()[:12]


class _Refused:
    """Makes one refused delivery after another, each good but for one fault."""

    def __init__(self, rng: random.Random, register: Register) -> None:
        self.rng = rng
        self.register = register
        self.clerk = MessyClerk(rng)
        self.refusals: list[Refusal] = []
        self.planted: list[str] = []

    def ways(self) -> list[Callable[[str], File]]:
        """Every way in which a file that can be read is refused."""
        return [
            self.without_sheet,
            self.without_header,
            self.without_column,
            self.csv_without_column,
            self.csv_of_no_sheet,
            self.number_as_identifier,
            self.number_in_number_cell,
            self.number_without_zero,
            self.number_in_remark,
            self.number_in_csv_remark,
            self.number_in_parquet,
            self.number_in_integers,
            self.number_in_comment,
            self.number_in_header,
            self.number_above_header,
            self.number_in_other_sheet,
            self.number_in_hidden_sheet,
            self.number_in_sheet_name,
            self.number_in_file_name,
            self.number_in_csv_name,
            self.number_in_properties,
            self.number_in_footer,
            self.number_in_textbox,
            self.number_and_missing_sheet,
        ]

    def refused(self, number: int, way: Callable[[str], File]) -> File:
        return way(f"m{number:02}")

    def rows(self) -> dict[str, list[Row]]:
        """Rows that restate some of the register wrongly, though each is good by itself."""
        rng = self.rng
        found: dict[str, list[Row]] = {}
        for table, of_table in vars(self.register).items():
            chosen = rng.sample(of_table, min(6, len(of_table)))
            found[table] = [dict(vars(record)) for record in chosen]
        for row in found["participants"]:
            row |= {"gender": "unknown", "country": "NO", "birth_year": 1980}
        for row in found["referrals"]:
            row |= {"source": "other", "benefit": "kvp", "started_on": None}
        return found

    def workbook(self, name: str) -> File:
        return self.clerk.workbook_file(f"{name} avvist.xlsx", self.rows())

    def sheet(self, file: File, table: str) -> Sheet:
        """The sheet of a table: the title of a sheet may be written in many ways."""
        return {_squeezed(sheet.title): sheet for sheet in file.sheets}[_squeezed(_name(table))]

    def number(self, **of_kind: bool) -> str:
        # The day of a D-number is never below 41.
        d_number = () if of_kind else ("d",)
        series = self.rng.choice(("birth", "birth", "+40", "+80", *d_number))
        self.planted.append(national_id(self.rng, series=series, **of_kind))
        return self.planted[-1]

    def written(self) -> str:
        """A number in one of the ways that people write it."""
        number = self.number()
        return self.rng.choice((number, f"{number[:6]} {number[6:]}", f"fnr.: {number}, ringt"))

    def refuse(
        self, file: File, code: str, sheet: str = "", row: int | None = None, field: str = ""
    ) -> File:
        sheets, fields = ({sheet} - {""}), ({field} - {""})
        refusal = Refusal(file.delivery, code, frozenset(sheets), row, frozenset(fields))
        self.refusals.append(refusal)
        return file

    # --- Sheets and columns ---------------------------------------------------------------

    def without_sheet(self, name: str) -> File:
        file = self.workbook(name)
        table = self.rng.choice(("participants", "referrals", "exits"))
        file.sheets.remove(self.sheet(file, table))
        return self.refuse(file, "missing_sheet", _name(table))

    def without_header(self, name: str) -> File:
        file = self.workbook(name)
        self.sheet(file, "exits").grid[:] = [["Avslutninger"]]
        refused = self.refuse(file, "missing_column", "Avslutninger")
        fields = frozenset({"referral_id", "exited_on", "kind", "outcome", "dropout_reason"})
        self.refusals[-1] = replace(self.refusals[-1], fields=fields)
        return refused

    def without_column(self, name: str) -> File:
        rows = self.rows()
        table, field = self.rng.choice(
            (
                ("participants", "gender"),
                ("referrals", "benefit"),
                ("exits", "outcome"),
                ("exits", "dropout_reason"),
            )
        )
        file = self.clerk.workbook_file(f"{name} avvist.xlsx", rows)
        self.rename_header(file, table, field)
        return self.refuse(file, "missing_column", _name(table), field=field)

    def csv_without_column(self, name: str) -> File:
        table = vocabulary().table("records.referrals")
        file = self.clerk.record_file(f"henvisninger_{name}.csv", table, self.rows()["referrals"])
        self.rename_header(file, "referrals", "source")
        return self.refuse(file, "missing_column", "Henvisninger", field="source")

    def csv_of_no_sheet(self, name: str) -> File:
        table = vocabulary().table("records.participants")
        file = self.clerk.record_file(f"{name} folk.csv", table, self.rows()["participants"])
        return self.refuse(file, "missing_sheet")

    def rename_header(self, file: File, table: str, field: str) -> None:
        sheet = file.sheets[0] if file.form == "csv" else self.sheet(file, table)
        column = vocabulary().table(f"records.{table}").column(field)
        known = {_squeezed(column.label_nb), _squeezed(field)}
        header = sheet.grid[sheet.header_row]
        place = [_squeezed(str(text)) in known for text in header].index(True)
        header[place] = "Noe annet"

    # --- National identity numbers ----------------------------------------------------------

    def number_as_identifier(self, name: str) -> File:
        rows = self.rows()
        row = self.rng.choice(rows["participants"])
        row["participant_id"] = Raw(self.rng.choice((str, int))(self.number()))
        return self.found_in_row(name, rows, "participants", "participant_id", row)

    def number_without_zero(self, name: str) -> File:
        rows = self.rows()
        row = self.rng.choice(rows["referrals"])
        row["participant_id"] = Raw(int(self.number(leading_zero=True)))
        return self.found_in_row(name, rows, "referrals", "participant_id", row)

    def found_in_row(
        self, name: str, rows: dict[str, list[Row]], table: str, field: str, row: Row
    ) -> File:
        file = self.clerk.workbook_file(f"{name} avvist.xlsx", rows)
        place = [line.row for line in file.lines if line.table == table][rows[table].index(row)]
        return self.refuse(file, "national_id", _name(table), place, field)

    def number_in_number_cell(self, name: str) -> File:
        file = self.workbook(name)
        return self.refuse_remark(file, int(self.number()))

    def number_in_remark(self, name: str) -> File:
        return self.refuse_remark(self.workbook(name))

    def number_in_csv_remark(self, name: str) -> File:
        table = vocabulary().table("records.activities")
        file = self.clerk.record_file(f"aktiviteter_{name}.csv", table, self.rows()["activities"])
        return self.refuse_remark(file)

    def refuse_remark(self, file: File, number: int | None = None) -> File:
        """Put a number into a column of remarks, at the end of the rows of some sheet."""
        line = self.rng.choice(file.lines)
        sheet = file.sheets[0] if file.form != "xlsx" else self.sheet(file, line.table)
        width = max(map(len, sheet.grid))
        for index, row in enumerate(sheet.grid):
            row.extend([None] * (width - len(row)))
            row.append("Notat" if index == sheet.header_row else None)
        sheet.grid[line.row - 1][-1] = self.written() if number is None else number
        return self.refuse(file, "national_id", _name(line.table), line.row, "Notat")

    def number_in_parquet(self, name: str) -> File:
        table = vocabulary().table("records.referrals")
        rows = self.rows()["referrals"]
        return self.refuse_remark(
            self.clerk.record_file(f"henvisninger_{name}.parquet", table, rows)
        )

    def number_in_integers(self, name: str) -> File:
        table = vocabulary().table("records.participants")
        rows = self.rows()["participants"]
        file = self.clerk.record_file(f"deltakere_{name}.parquet", table, rows)
        number = self.number(leading_zero=self.rng.random() < 0.5)
        return self.refuse_remark(file, int(number))

    def number_in_comment(self, name: str) -> File:
        file = self.workbook(name)
        line = self.rng.choice(file.lines)
        self.sheet(file, line.table).comments[line.row - 1, 0] = self.written()
        return self.refuse(file, "national_id", _name(line.table), line.row)

    def number_in_header(self, name: str) -> File:
        file = self.workbook(name)
        sheet = self.sheet(file, "exits")
        sheet.grid[sheet.header_row].append(f"Merknad {self.written()}")
        return self.refuse(file, "national_id", "Avslutninger", sheet.header_row + 1)

    def number_above_header(self, name: str) -> File:
        file = self.workbook(name)
        sheet = self.sheet(file, "exits")
        sheet.grid.insert(0, [f"Gjelder {self.written()}"])
        return self.refuse(file, "national_id", "Avslutninger", 1)

    def number_in_other_sheet(self, name: str, *, hidden: bool = False) -> File:
        file = self.workbook(name)
        file.sheets.append(Sheet("Notater", [[], [None, self.written()]], 0, hidden=hidden))
        return self.refuse(file, "national_id", "Notater", 2)

    def number_in_hidden_sheet(self, name: str) -> File:
        return self.number_in_other_sheet(name, hidden=True)

    def number_in_sheet_name(self, name: str) -> File:
        file = self.workbook(name)
        file.sheets.append(Sheet(f"Sak {self.number()}", [["Notat"]], 0))
        refused = self.refuse(file, "national_id")
        position = len(file.sheets)
        by_position = frozenset({f"{position}", f"ark {position}"})
        self.refusals[-1] = replace(self.refusals[-1], sheets=by_position)
        return refused

    def number_in_file_name(self, name: str) -> File:
        return self.named(self.workbook(name), f"{name} sak {self.number()}.xlsx")

    def number_in_csv_name(self, name: str) -> File:
        table = vocabulary().table("records.participants")
        file = self.clerk.record_file(f"deltakere_{name}.csv", table, self.rows()["participants"])
        return self.named(file, f"deltakere_{self.number()}.csv")

    def named(self, file: File, name: str) -> File:
        file.name = name
        self.refusals.append(Refusal("", "national_id", file_name=name))
        return file

    def number_in_properties(self, name: str) -> File:
        file = self.workbook(name)
        file.title = self.written()
        return self.refuse(file, "national_id")

    def number_in_footer(self, name: str) -> File:
        file = self.workbook(name)
        file.footer = f"&L{self.written()}"
        return self.refuse(file, "national_id", self.last_sheet(file))

    def number_in_textbox(self, name: str) -> File:
        file = self.workbook(name)
        file.textbox = self.written()
        return self.refuse(file, "national_id", self.last_sheet(file))

    def last_sheet(self, file: File) -> str:
        """The sheet that bears footer and text box, by its Norwegian name if it has one."""
        title = _squeezed(file.sheets[-1].title)
        names = {_squeezed(str(table.sheet)): str(table.sheet) for table in vocabulary().sheets()}
        return names.get(title, file.sheets[-1].title)

    def number_and_missing_sheet(self, name: str) -> File:
        file = self.number_in_other_sheet(name)
        file.sheets.remove(self.sheet(file, "participants"))
        return file


def _name(table: str) -> str:
    return str(vocabulary().table(f"records.{table}").sheet)


def _squeezed(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(letter for letter in composed if letter.isalpha())
