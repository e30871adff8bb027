"""Reading a workbook: what each cell says, which rows count, and what a formula is worth."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from assets.raw.problems import UNVALUED_FORMULA
from tests.unit.workbooks import (
    PARTICIPANTS,
    REFERRALS,
    REQUIRED,
    book,
    changed,
    parts_of,
    read,
    saved,
    saved_by_libreoffice,
    workbook,
    written_1904,
    zipped,
)

HEADER, *PERSONS = PARTICIPANTS
SHEET = "xl/worksheets/sheet1.xml"


def cell(value: object, *, number_format: str | None = None) -> str | None:
    """What is read of one cell, put in the year of birth of the first person."""
    made = book(REQUIRED)
    made["Deltakere"]["B2"] = value
    if number_format:
        made["Deltakere"]["B2"].number_format = number_format
    text: str | None = read(saved(made)).tables["participants"]["birth_year"][0]
    return text


# --- Cells ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1985, "1985"), (1985.0, "1985"), (80.5, "80.5"), (-3, "-3"), ("1985", "1985"),
        ("  1985 ", "1985"), ("\u00a01985\u00a0", "1985"), ("to\nlinjer", "to linjer"),
        ("0012", "0012"), ("Å", "Å"), ("A\u030a", "Å"), ("#N/A", "#"),
        (10**15, "1000000000000000"), (1234567890123456, "1234567890123456"),
        (4712345678.0, "4712345678"), (1e20, "100000000000000000000"),
    ],
)  # fmt: skip
def test_numbers_and_text_keep_what_they_say(value: object, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize("value", [" ", "\u00a0", "\n", "", None])
def test_cell_of_spaces_is_empty(value: object) -> None:
    assert cell(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2021, 12, 31), "2021-12-31 00:00:00"),
        (datetime(2021, 12, 31), "2021-12-31 00:00:00"),
        (datetime(2021, 12, 31, 14, 30), "2021-12-31 14:30:00"),
        ("31.12.2021", "31.12.2021"),
    ],
)
def test_date_cells_become_iso_dates_and_text_stays_text(value: object, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    "number_format",
    ["dd.mm.yyyy", "yyyy-mm-dd", "d. mmmm yyyy", "[$-414]d. mmmm yyyy;@", "mm-dd-yy"],
)
def test_number_that_the_spreadsheet_shows_as_a_date_is_one(number_format: str) -> None:
    assert cell(44561, number_format=number_format) == "2021-12-31 00:00:00"


def test_number_that_is_shown_as_a_number_is_no_date() -> None:
    assert cell(44561, number_format="# ##0") == "44561"


def test_times_are_not_taken_for_dates() -> None:
    # A time of day is one of day 0, which no column takes for a date.
    assert cell(time(14, 30)) == "1899-12-31 14:30:00"
    assert cell(timedelta(hours=5)) == "1899-12-31 05:00:00"


def test_workbook_that_counts_from_1904() -> None:
    rows = [
        REFERRALS[0],
        ["r1", "p1", date(2021, 2, 1), "NAV lokal", "KVP", datetime(2021, 2, 15)],
    ]
    delivery = read(written_1904({**REQUIRED, "Henvisninger": rows}))
    assert delivery.tables["referrals"].select("referred_on", "started_on").rows() == [
        ("2021-02-01 00:00:00", "2021-02-15 00:00:00")
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (98765432101, "98765432101"),
        (999999999999, "999999999999"),
        (-1e18, "-1000000000000000000"),
        (1e300, f"{1e300:.0f}"),
    ],
)
@pytest.mark.parametrize("number_format", ["dd.mm.yyyy", "[h]:mm"])
def test_number_beyond_the_calendar_is_its_digits_and_ends_no_build(
    number: float, text: str, number_format: str
) -> None:
    assert cell(number, number_format=number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.8, "0 %", "80 %"), (0.8, "0%", "80 %"), (0.285, "0.0%", "28.5 %"), (1, "0%", "100 %"),
        (0.07, "0.00%", "7 %"), (0.8, '0" %"', "0.8"), (0.8, "0\\%", "0.8"), (0.8, "0.0", "0.8"),
        (50.5, "0.0", "50.5"), ("80 %", "0%", "80 %"),
    ],
)  # fmt: skip
def test_cell_shown_as_a_percentage_says_what_it_shows(
    value: object, number_format: str, text: str
) -> None:
    assert cell(value, number_format=number_format) == text


def test_empty_hidden_and_interrupted_rows() -> None:
    made = book(
        {**REQUIRED, "Deltakere": [HEADER, PERSONS[0], [None], [" ", "\u00a0"], PERSONS[1]]}
    )
    made["Deltakere"].row_dimensions[2].hidden = True
    made["Deltakere"]["Z9"] = "noe helt annet"
    frame = read(saved(made)).tables["participants"]
    assert frame["participant_id"].to_list() == ["p1", "p2"]
    assert frame["delivery_row"].to_list() == [2, 5]


def test_merged_title_above_the_header_and_sheet_that_begins_further_down() -> None:
    made = book({**REQUIRED, "Deltakere": [[None], [None], ["NorA 2021"], *PARTICIPANTS]})
    made["Deltakere"].merge_cells("A3:F3")
    frame = read(saved(made)).tables["participants"]
    assert frame["delivery_row"].to_list() == [5, 6]


def test_rows_are_numbered_as_shown_when_the_sheet_begins_in_the_middle() -> None:
    made = book({name: rows for name, rows in REQUIRED.items() if name != "Deltakere"})
    sheet = made.create_sheet("Deltakere")
    for number, cells in enumerate(PARTICIPANTS, start=7):
        for place, value in enumerate(cells, start=4):
            sheet.cell(number, place, value)
    frame = read(saved(made)).tables["participants"]
    assert frame["delivery_row"].to_list() == [8, 9]
    assert frame["participant_id"].to_list() == ["p1", "p2"]


# --- Formulas ---------------------------------------------------------------------------


def with_formula(stored: str | None, *, is_text: bool = False) -> bytes:
    """A workbook in which the level of row 2 is a formula; openpyxl stores no value of its own."""
    content = workbook(participants=[HEADER, [*PERSONS[0][:4], "=A2", None]])
    if stored is None:
        return content
    source, stream = io.BytesIO(content), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            text = re.sub("</f><v ?/>|</f><v></v>", f"</f><v>{stored}</v>", text)
            if is_text:
                text = re.sub("(<c [^>]*)><f>", r'\1 t="str"><f>', text)
            new.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("stored", "is_text", "read_as"), [("12", False, "12"), ("A2", True, "A2"), ("", True, None)]
)
def test_formula_counts_by_its_stored_value(
    stored: str, is_text: bool, read_as: str | None
) -> None:
    frame = read(with_formula(stored, is_text=is_text)).tables["participants"]
    assert frame["norwegian_level"].to_list() == [read_as]


def test_formula_with_empty_text_as_its_value_is_an_empty_cell() -> None:
    content = with_formula("", is_text=True)
    sheet = parts_of(content)[SHEET].replace(b"<v></v>", b"<v/>")
    assert sheet != parts_of(content)[SHEET]
    for each in (content, changed(content, {SHEET: sheet})):
        delivery = read(each)
        assert delivery.tables["participants"]["norwegian_level"].to_list() == [None]
        assert delivery.problems.height == 0


def test_formula_without_stored_value_is_told_and_never_empty() -> None:
    found = read(with_formula(None)).problems
    assert found.select("delivery", "sheet", "row", "field", "code").rows() == [
        ("fil.xlsx", "Deltakere", 2, "norwegian_level", "missing_value")
    ]
    assert UNVALUED_FORMULA in found["message"][0]


def test_formula_without_stored_value_is_found_where_the_sheet_begins_in_the_middle() -> None:
    made = book({**REQUIRED, "Deltakere": []})
    for number, cells in enumerate(PARTICIPANTS, start=4):
        for place, value in enumerate(cells, start=3):
            made["Deltakere"].cell(number, place, value)
    made["Deltakere"]["G6"] = "=1+1"
    found = read(saved(made)).problems
    assert found.select("row", "field").rows() == [(6, "norwegian_level")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
def test_failed_formula_is_an_error_of_the_column_and_never_empty(error: str) -> None:
    made = book(REQUIRED)
    made["Deltakere"]["F3"] = error
    made["Deltakere"]["F3"].data_type = "e"
    content = saved(made)
    assert read(content).tables["participants"]["education"].to_list() == ["Grunnskole", "#"]
    with_stored = parts_of(content)["xl/worksheets/sheet1.xml"].replace(
        b"<v>#", b"<f>VLOOKUP(A1,B1:B2,1)</f><v>#"
    )
    read_as = read(changed(content, {"xl/worksheets/sheet1.xml": with_stored}))
    assert read_as.tables["participants"]["education"].to_list() == ["Grunnskole", "#"]
    assert read_as.problems.height == 0


def test_formula_outside_the_table_matters_to_nobody() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["J2"] = "=A2"
    made["Deltakere"].insert_rows(1)
    made["Deltakere"]["A1"] = "=1+1"
    made.create_sheet("Notater")["A1"] = "=1+1"
    delivery = read(saved(made))
    assert delivery.tables["participants"].height == 2
    assert delivery.problems.height == 0


# --- Other ways to write the same -------------------------------------------------------


def same(parts: dict[str, bytes], **as_before: bytes) -> None:
    content = as_before.get("content", workbook())
    expected, found = read(content), read(changed(content, parts))
    assert found.problems.equals(expected.problems)
    for name, frame in expected.tables.items():
        assert found.tables[name].equals(frame)


def rewritten(pattern: str, by: str, part: str = SHEET) -> dict[str, bytes]:
    text, times = re.subn(pattern, by, parts_of(workbook())[part].decode())
    assert times
    return {part: text.encode()}


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (r'"([^"]*)"', r"'\1'"),
        (r' r="[A-Z0-9]+"', ""),
        (r'<c r="([A-Z0-9]+)"', r'<c s="0" r = "\1"'),
        ("<c ", "<c\n"),
        (r"<(/?)(?=\w)", r"<\1x:"),
        ("<sheetData>", "<!-- <c r='XFD1048576'/> --><sheetData>"),
        ("<dimension [^>]*>", '<dimension ref="A1:XFD1048576"/>'),
    ],
    ids=["quotes", "no places", "spaces", "line breaks", "prefix", "remark", "dimension"],
)
def test_xml_may_be_written_in_other_ways(pattern: str, by: str) -> None:
    parts = rewritten(pattern, by)
    parts[SHEET] = parts[SHEET].replace(b"x:worksheet xmlns=", b"x:worksheet xmlns:x=")
    same(parts)


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("4.4561E4", "2021-12-31 00:00:00"), ("44561.0", "2021-12-31 00:00:00"),
        ("12345E8", "1234500000000"), ("1.5E+300", f"{1.5e300:.0f}"), ("9E999", "inf"),
        ("0000044561", "2021-12-31 00:00:00"), ("999999999999.5", "999999999999.5"),
    ],
)  # fmt: skip
def test_number_in_a_date_cell_however_it_is_written(stored: str, text: str) -> None:
    made = book(REQUIRED)
    made["Deltakere"]["B2"] = 77
    made["Deltakere"]["B2"].number_format = "dd.mm.yyyy"
    sheet = parts_of(saved(made))[SHEET].decode().replace("<v>77<", f"<v>{stored}<")
    frame = read(changed(saved(made), {SHEET: sheet.encode()})).tables["participants"]
    assert frame["birth_year"][0] == text


def test_sheet_in_another_folder() -> None:
    parts = parts_of(workbook())
    links, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    parts["xl/ark/ark1.xml"] = parts.pop(SHEET)
    for name in (links, types):
        parts[name] = parts[name].replace(b"worksheets/sheet1.xml", b"ark/ark1.xml")
    for name, frame in read(workbook()).tables.items():
        assert read(zipped(parts)).tables[name].equals(frame)


def test_sheet_in_another_encoding() -> None:
    sheet = parts_of(workbook())[SHEET].decode()
    same({SHEET: f'<?xml version="1.0" encoding="UTF-16"?>{sheet}'.encode("utf-16")})


def test_texts_within_cells_and_texts_in_the_list_of_texts_read_the_same() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        bold = made.add_format({"bold": True})
        for title, rows in REQUIRED.items():
            sheet = made.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
        made.get_worksheet_by_name("Deltakere").write_rich_string(1, 2, "Kvi", bold, "nn", "e")
    content = stream.getvalue()
    assert "xl/sharedStrings.xml" in parts_of(content)
    assert "xl/sharedStrings.xml" not in parts_of(workbook()) or b"inlineStr" in b"".join(
        parts_of(workbook()).values()
    )
    for name, frame in read(workbook()).tables.items():
        assert read(content).tables[name].equals(frame)


def test_hidden_sheets_and_chart_sheets() -> None:
    made = book(REQUIRED)
    made["Henvisninger"].sheet_state = "veryHidden"
    made["Avslutninger"].sheet_state = "hidden"
    made.create_chartsheet("Diagram", 0)
    delivery = read(saved(made))
    assert {name: frame.height for name, frame in delivery.tables.items()} == {
        "participants": 2, "referrals": 2, "exits": 1,
    }  # fmt: skip


def test_workbook_saved_by_libreoffice_reads_the_same(tmp_path: Path) -> None:
    rows = [
        [*PARTICIPANTS[0], "Slettes"],
        ["p1", 1985, "Kvinne", "Somalia", "A2", "Grunnskole", None],
        ["0012", 1990.0, "Mann", "Elfenbenskysten", None, None, "Nei"],
    ]
    made = book({**REQUIRED, "Deltakere": rows})
    referrals, exits = made["Henvisninger"], made["Avslutninger"]
    referrals["C2"], referrals["C3"] = date(2021, 2, 1), "3.2.2021"
    exits["F1"], exits["F2"] = "Stillingsprosent", 0.8
    exits["F2"].number_format = "0 %"
    referrals.row_dimensions[3].hidden = True
    exits.sheet_state = "hidden"
    content = saved(made)
    before, after = read(content), read(saved_by_libreoffice(content, tmp_path))
    assert after.problems.height == 0
    for name, frame in before.tables.items():
        assert after.tables[name].equals(frame), name
    assert after.tables["exits"]["position_pct"].to_list() == ["80 %"]
