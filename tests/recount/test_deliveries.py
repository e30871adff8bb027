"""The workbooks hold the register: read back by a reader of our own that knows no shortcuts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import babel
import openpyxl
import pycountry
import pytest

from assets.vocabulary import Column, Table, vocabulary
from tests.recount.clerk import SHORT_FORMS
from tests.recount.deliveries import write_deliveries
from tests.recount.registers import random_register


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\u00a0", " ")).strip() or None
    return value


def _squeezed(text: Any) -> str:
    return re.sub(r"[\s_-]", "", str(_clean(text) or "")).casefold()


@cache
def _spellings(code_list: str) -> dict[str, str]:
    if code_list != "country":
        codes = vocabulary().code_list(code_list).codes
        return {
            spelling.casefold(): code.code
            for code in codes
            for spelling in (code.code, code.label_nb, code.label_en, *code.aliases)
        }
    found = {"xk": "XK", "xx": "XX"}
    for country in pycountry.countries:
        code = country.alpha_2
        names = [babel.Locale(language).territories[code] for language in ("nb", "en")]
        found |= {each.casefold(): code for each in (code, country.alpha_3, *names)}
    del found["kongo"]
    return found | {name.casefold(): c for c, names in SHORT_FORMS.items() for name in names}


def _value(column: Column, cell: Any) -> Any:
    cell = _clean(cell)
    if cell is None:
        return None
    if column.type == "code":
        return _spellings(str(column.codes))[str(cell).casefold()]
    if column.type == "date":
        if isinstance(cell, datetime):
            assert cell.time() == datetime.min.time()
            return cell.date()
        text = re.sub(r" 00:00(:00)?$", "", cell)
        if "-" in text:
            return date.fromisoformat(text)
        day, month, year = map(int, text.split("."))
        return date(year + 2000 if year < 100 else year, month, day)
    if column.type in ("year", "number", "integer"):
        thousands = str(cell) if column.type == "year" else re.sub(r" (?=\d{3})", "", str(cell))
        return float(thousands.replace(",", "."))
    return str(cell)


def _sheet(table: Table, sheet: Any) -> list[dict[str, Any]]:
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    names: dict[str, Column] = {}
    for column in table.columns:
        names |= {_squeezed(column.name): column, _squeezed(column.label_nb): column}
    required = {*table.key, *table.required, *table.required_headers}
    if table.name == "partner_projects":
        required.remove("outcome")
    for number, line in enumerate(lines[:20]):
        header = [names.get(_squeezed(text)) for text in line]
        if required <= {column.name for column in header if column}:
            first_row = number + 1
            break
    else:
        raise AssertionError(f"no header in {sheet.title}")
    deletes = [number for number, text in enumerate(line) if _squeezed(text) == "slettes"]
    rows = []
    for line in lines[first_row:]:
        if any(_clean(cell) is not None for cell in line):
            row = {c.name: _value(c, cell) for c, cell in zip(header, line, strict=True) if c}
            row["deletes"] = any(_squeezed(line[n]) in ("ja", "yes", "j") for n in deletes)
            rows.append(row)
    return rows


def read(folder: Path) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Return table -> key -> row: the last one delivered, unless it was taken out."""
    register: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for path in sorted(folder.iterdir()):
        sheets = {_squeezed(s.title): s for s in openpyxl.load_workbook(path).worksheets}
        for table in vocabulary().sheets():
            found = register.setdefault(table.name, {})
            if _squeezed(table.sheet) not in sheets:
                assert table.optional_sheet
                continue
            for row in _sheet(table, sheets[_squeezed(table.sheet)]):
                key = _key(table, row)
                if row.pop("deletes"):
                    found.pop(key, None)
                else:
                    found[key] = row
    return register


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The key of a row; of the day of a survey, only the year counts."""
    return tuple(row[name].year if name == table.key_year else row[name] for name in table.key)


@pytest.mark.parametrize("deletions", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_is_what_was_registered(tmp_path: Path, seed: int, deletions: bool) -> None:
    register = random_register(seed, (0, 3, 60)[seed % 3], 2015, 2021)
    write_deliveries(register, tmp_path, seed, deletions=deletions)
    found = read(tmp_path)
    for table in vocabulary().sheets():
        rows = [vars(record) for record in getattr(register, table.name)]
        expected = {_key(table, row): row for row in rows}
        assert found[table.name].keys() == expected.keys()
        for key, row in expected.items():
            read_row = found[table.name][key]
            assert {name: read_row.get(name) or row.get(name) for name in row} == row
            assert all(read_row[name] is None for name in read_row if row[name] is None)
            missing = {name for name in row if read_row.get(name) is None and row[name] is not None}
            assert missing <= ({"outcome"} if row.get("outcome") == "none" else set())


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.swapcase])
def test_a_country_is_the_same_in_any_case(change: Callable[[str], str]) -> None:
    for spelling in _spellings("country"):
        assert change(spelling).casefold() == spelling


def test_amounts_are_written_in_every_clean_form(tmp_path: Path) -> None:
    cells = []
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_deliveries(random_register(seed, 8, 2015, 2021), folder, seed)
        for path in folder.iterdir():
            book = openpyxl.load_workbook(path)
            sheets = [each for each in book.worksheets if _squeezed(each.title) == "økonomi"]
            cells += [
                cell
                for sheet in sheets
                for row in sheet.iter_rows(values_only=True)
                for cell in row
            ]
    written = [_clean(cell) for cell in cells]
    texts = [cell for cell in written if isinstance(cell, str)]
    assert {2_500_000, 1_234_567.5} <= set(written)
    assert {"2500000", "2500000,0", "2 500 000", "1 234 567,50"} <= set(texts)
    assert any("\u00a0000" in cell for cell in cells if isinstance(cell, str))
    assert any(cell.startswith("-") for cell in texts)
