"""How clerks fill in a workbook: every cell in another of the forms that the contract calls clean.

Which rows stand in which workbook is in deliveries.py.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import babel
import pycountry
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from assets.vocabulary import Column, Table, vocabulary

Row = dict[str, Any]
"""Field -> value; `deletes` is "yes" in a row that takes its key out of the register."""

DATE_FORMATS = ("dd.mm.yyyy", "yyyy-mm-dd", "d/m/yy", "[$-414]d. mmmm yyyy;@", "dd.mm.yyyy hh:mm")
NBSP = "\u00a0"
KEY_FIELDS = frozenset(field for table in vocabulary().sheets() for field in table.key)
SHORT_FORMS = {
    "CD": ("DR Kongo",),
    "CI": ("Elfenbenskysten",),
    "MM": ("Burma", "Myanmar"),
    "PS": ("Palestina",),
    "XK": ("Kosovo",),
    "XX": ("Statsløs", "Ukjent", "Uoppgitt"),
}
EITHER_KONGO = ("kongo", "congo")


@cache
def _country_spellings(code: str) -> tuple[str, ...]:
    """The code itself, alpha-3, names in Norwegian and English, short forms; no bare Kongo."""
    country = pycountry.countries.get(alpha_2=code)
    names = [babel.Locale(language).territories.get(code) for language in ("nb", "en")]
    if code == "XX":
        names = []
    alpha_3 = [country.alpha_3] if country else []
    spellings = [code, *alpha_3, *filter(None, names), *SHORT_FORMS.get(code, ())]
    return tuple(each for each in spellings if each.casefold() not in EITHER_KONGO)


class Clerk:
    """Fills in one workbook. The same state of `rng` gives the same cells."""

    def __init__(self, rng: random.Random, workbook: Workbook) -> None:
        self.rng = rng
        self.workbook = workbook
        self.dates = [workbook.add_format({"num_format": each}) for each in DATE_FORMATS]
        self.painted = workbook.add_format({"bg_color": "#ffff00"})

    def write(self, sheets: dict[str, list[Row]]) -> None:
        """Write `sheets`, table -> rows; what is empty and optional may be left out."""
        tables = list(vocabulary().sheets())
        self.rng.shuffle(tables)
        if self._chance(0.4):
            self.workbook.add_worksheet("Veiledning").write_string(3, 2, "Fyll ut arkene.")
        for table in tables:
            rows = sheets[table.name]
            if rows or not table.optional_sheet or self._chance(0.5):
                self._sheet(table, rows)
        if self._chance(0.4):
            self.workbook.add_worksheet("Ark 1")

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _sheet(self, table: Table, rows: list[Row]) -> None:
        name = str(table.sheet)
        forms = (name, name.upper(), name.lower(), f"{name} ", f"{name[:4]}-{name[4:]}_")
        sheet = self.workbook.add_worksheet(self.rng.choice(forms))
        columns = self._columns(table, rows)
        header = [self._header(c) if isinstance(c, Column) else c for c in columns]
        left, top = self.rng.choice((0, 0, 0, 1, 2)), self.rng.choice((0, 0, 0, 1, 3, 19))
        for line in range(top):
            # One header alone does not make a header row.
            title = self.rng.choice((None, "NorA", "  ", 2021, table.columns[0].label_nb))
            self._put(sheet, line, left, title)
        for offset, text in enumerate(header):
            self._put(sheet, top, left + offset, text)
        line = top + 1
        for row in rows:
            line += self._empty_rows(sheet, line, left, len(columns))
            for offset, column in enumerate(columns):
                self._put(sheet, line, left + offset, self._cell(column, row))
            line += 1
        self._empty_rows(sheet, line, left, len(columns))

    def _columns(self, table: Table, rows: list[Row]) -> list[Column | str]:
        """The columns of a sheet in some order; a string is the header of one nobody knows."""
        always = {*table.key, *table.required, *table.required_headers}
        if table.name == "partner_projects":
            always.remove("outcome")
        columns: list[Column | str] = []
        for column in table.columns:
            if column.name in ("delivery", "delivery_row"):
                continue
            used = any(self._shown(column, row) is not None for row in rows)
            if used or column.name in always or self._chance(0.4):
                columns.append(column)
        if any("deletes" in row for row in rows):
            # The vocabulary declares it for all sheets, outside of any table.
            like = table.columns[0]
            columns.append(
                replace(
                    like, name="deletes", type="code", codes="yes_no_unknown", label_nb="Slettes"
                )
            )
        columns += self.rng.choice(((), (), ("Merknad",), ("Kommentar", "Kommentar"), ("",)))
        if self._chance(0.6):
            self.rng.shuffle(columns)
        return columns

    def _header(self, column: Column) -> str:
        label = column.label_nb
        joined = label.replace("-", " ")
        return self.rng.choice(
            (
                label,
                label,
                label.upper(),
                f" {label.lower()} ",
                joined.replace(" ", "_"),
                joined.replace(" ", "\n"),
                joined.replace(" ", NBSP),
                joined.replace(" ", ""),
                unicodedata.normalize("NFD", label),
                label if column.name == "deletes" else column.name,
                label if column.name == "deletes" else column.name.upper().replace("_", " "),
            )
        )

    def _shown(self, column: Column, row: Row) -> Any:
        """The value that is to stand in a cell: no outcome of a project may be left empty."""
        value = row.get(column.name)
        if column.name == "outcome" and "candidate_id" in row and value == "none":
            return None
        return value

    def _empty_rows(self, sheet: Worksheet, line: int, left: int, width: int) -> int:
        """Sometimes leave rows empty, or fill them with spaces or colour; return how many."""
        if not self._chance(0.03):
            return 0
        count = self.rng.randint(1, 3)
        for empty in range(count):
            for offset in range(width):
                if self._chance(0.3):
                    spaces = self.rng.choice((" ", "   ", NBSP))
                    sheet.write_string(line + empty, left + offset, spaces)
                elif self._chance(0.3):
                    sheet.write_blank(line + empty, left + offset, None, self.painted)
        return count

    def _put(self, sheet: Worksheet, line: int, place: int, value: Any) -> None:
        if isinstance(value, date):
            style: Format = self.rng.choice(self.dates)
            sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), style)
        elif isinstance(value, str):
            sheet.write_string(line, place, value)
        elif value is not None:
            sheet.write_number(line, place, value)

    def _cell(self, column: Column | str, row: Row) -> Any:
        if isinstance(column, str):
            return self.rng.choice((None, "ringte i dag", 7, 0.5, date(1999, 5, 17), "Ja"))
        if "deletes" in row and column.name not in (*KEY_FIELDS, "deletes"):
            return None
        value = self._shown(column, row)
        if column.name == "deletes" and value is None:
            value = self.rng.choice((None, "no"))
        if column.name == "outcome" and value is None and row.get("outcome") == "none":
            value = self.rng.choice((None, "none"))
        if value is None:
            return self.rng.choice((None, None, None, " ", NBSP))
        match column.type:
            case "identifier" | "text":
                return self._digits(value)
            case "year":
                return self._number(value)
            case "number" | "integer":
                return self._amount(value)
            case "code":
                return self._code(column, value)
            case "date":
                return self._date(value)
        raise ValueError(f"no form for a column of type {column.type}")

    def _padded(self, text: str) -> str:
        before, after = self.rng.choice((("", ""), ("", ""), ("", ""), ("  ", " "), (NBSP, NBSP)))
        return before + text + after

    def _digits(self, value: str) -> Any:
        """Identifiers and free text: a number where it is nothing but digits."""
        if str(value).isdecimal() and value[0] != "0" and self._chance(0.5):
            return int(value)
        if " " in value and self._chance(0.2):
            value = value.replace(" ", NBSP)
        if self._chance(0.1):
            value = unicodedata.normalize("NFD", value)
        return self._padded(value)

    def _number(self, value: float) -> Any:
        plain = f"{value:.12g}"
        text = self.rng.choice((plain, f"{float(value)}"))
        text = self._padded(self.rng.choice((text, text.replace(".", ","))))
        return self.rng.choice((value, value, text))

    def _amount(self, value: float) -> Any:
        """A number, with a space between thousands as often as not where there are any."""
        if abs(value) < 1000 or self._chance(0.5):
            return self._number(value)
        decimals = self.rng.choice((1, 2)) if float(value).is_integer() else 2
        text = f"{value:,.{self.rng.choice((0, decimals))}f}"
        if float(text.replace(",", "")) != value:
            text = f"{value:,.{decimals}f}"
        text = text.replace(",", self.rng.choice((" ", NBSP))).replace(".", ",")
        return self._padded(text)

    def _code(self, column: Column, value: str) -> Any:
        if column.name == "target_group":
            return self.rng.choice((int(value), self._padded(value)))
        if column.codes == "country":
            spellings = _country_spellings(value)
        else:
            code = vocabulary().code_list(str(column.codes))[value]
            spellings = (code.code, code.label_nb, code.label_nb, code.label_en, *code.aliases)
        text = self.rng.choice(spellings)
        text = self.rng.choice((str, str, str.upper, str.lower, str.title, str.swapcase))(text)
        if self._chance(0.1):
            text = unicodedata.normalize("NFD", text)
        if self._chance(0.1):
            text = text.replace(" ", NBSP)
        return self._padded(text)

    def _date(self, value: date) -> Any:
        day, month, year = value.day, value.month, value.year
        text = self.rng.choice(
            (
                f"{day:02}.{month:02}.{year}",
                f"{day}.{month}.{year % 100:02}",
                f"{day}.{month}.{year}",
                f"{year}-{month:02}-{day:02}",
            )
        )
        time = self.rng.choice(("", "", "", " 00:00", " 00:00:00"))
        return self.rng.choice((value, value, self._padded(text + time)))
