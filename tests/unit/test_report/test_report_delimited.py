"""The CSV files read back as Norwegian Excel reads them."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from dashboards.figures import Figure
from dashboards.report.content import Report
from dashboards.report.delimited import delimited
from dashboards.report.tables import Cell, Table, table
from tests.unit.test_report.conftest import LIVE


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def expected(cell: Cell) -> float | str:
    return cell.text if cell.number is None else cell.number


@pytest.mark.parametrize("withheld", [False, True])
def test_every_cell_is_the_figures(
    withheld: bool, said: Report, withheld_said: Report,
    files: dict[str, bytes], withheld_files: dict[str, bytes],
) -> None:  # fmt: skip
    made = withheld_files if withheld else files
    source = withheld_said if withheld else said
    entries = [entry for entry in source.tables if entry.table.rows]
    for entry in entries:
        [content] = [made[name] for name in made if name.startswith(f"csv/{entry.file_name}-2021-")]
        header, *rows = lines(content)
        assert [text.split(" (")[0] for text in header[: len(entry.table.headers)]] == [
            text.split(" (")[0] for text in entry.table.headers
        ]
        read = [
            [
                float(text.replace(",", ".")) if cell.number is not None else text
                for text, cell in zip(row, cells, strict=False)
            ]
            for row, cells in zip(rows, entry.table.rows, strict=True)
        ]
        assert read == [[expected(cell) for cell in cells] for cells in entry.table.rows]


def figure(values: list[object], unit: str = "text") -> Table:
    rows = pl.DataFrame({"Navn": ["a"] * len(values), "Verdi": values})
    return table(Figure("x", "Tittel", "", rows=rows, units={"Verdi": unit}))


@pytest.mark.parametrize(
    "text", [LIVE, "+47 55", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "\u00a0=1"]
)
def test_what_a_spreadsheet_would_calculate_stays_text(text: str) -> None:
    written = lines(delimited(figure([text])))[1][1]
    assert written == f"'{text}"


@pytest.mark.parametrize("text", ["Øst; vest", 'Et "sitat"', "a=b", "..", ":", "12 prosent"])
def test_other_text_is_as_it_is(text: str) -> None:
    assert lines(delimited(figure([text])))[1][1] == text


def test_a_negative_number_is_a_number() -> None:
    assert [row[1] for row in lines(delimited(figure([-4.5, 1234.0, 0.1], "decimal")))[1:]] == [
        "-4,5",
        "1234",
        "0,1",
    ]


def test_units_are_said(files: dict[str, bytes]) -> None:
    [key_figures] = [files[name] for name in files if name.startswith("csv/nokkeltall-2021")]
    header, *rows = lines(key_figures)
    assert header[-1] == "Enhet"
    assert {row[-1] for row in rows} == {"antall", "prosent", "dager", "år"}
    [targets] = [files[name] for name in files if name.startswith("csv/resultatmal-2021")]
    assert "Målet (prosent)" in lines(targets)[0]


def test_a_formula_for_a_project_stays_text(live_files: dict[str, bytes]) -> None:
    made = live_files
    for name in (name for name in made if name.endswith(".csv")):
        for row in lines(made[name]):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row), name
