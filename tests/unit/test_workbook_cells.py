"""Reading a workbook: what each cell says, which rows count, and what a formula is worth."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time, timedelta

import pytest

from assets.raw.problems import DeliveryError
from assets.raw.workbook import read_workbook
from tests.unit.workbooks import (
    PARTICIPANTS,
    REFERRALS,
    REQUIRED,
    book,
    saved,
    workbook,
    written_1904,
)

HEADER, *PERSONS = PARTICIPANTS


def cell(value: object, *, number_format: str | None = None) -> str | None:
    """What is read of one cell, put in the year of birth of the first person."""
    made = book(REQUIRED)
    made["Deltakere"]["B2"] = value
    if number_format:
        made["Deltakere"]["B2"].number_format = number_format
    text: str | None = read_workbook("fil.xlsx", saved(made)).tables["participants"]["birth_year"][
        0
    ]
    return text


# --- Cells ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1985, "1985"), (1985.0, "1985"), (80.5, "80.5"), (-3, "-3"), ("1985", "1985"),
        ("  1985 ", "1985"), ("\u00a01985\u00a0", "1985"), ("to\nlinjer", "to linjer"),
        ("0012", "0012"), ("Å", "Å"), ("A\u030a", "Å"), ("#N/A", "#N/A"),
        (10**15, "1000000000000000"),
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
        (date(2021, 12, 31), "2021-12-31"),
        (datetime(2021, 12, 31), "2021-12-31"),
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
    assert cell(44561, number_format=number_format) == "2021-12-31"


def test_number_that_is_shown_as_a_number_is_no_date() -> None:
    assert cell(44561, number_format="# ##0") == "44561"


def test_times_are_not_taken_for_dates() -> None:
    assert cell(time(14, 30)) == "14:30:00"
    assert "2021" not in (cell(timedelta(hours=5)) or "")


def test_workbook_that_counts_from_1904() -> None:
    rows = [
        REFERRALS[0],
        ["r1", "p1", date(2021, 2, 1), "NAV lokal", "KVP", datetime(2021, 2, 15)],
    ]
    delivery = read_workbook("fil.xlsx", written_1904({**REQUIRED, "Henvisninger": rows}))
    assert delivery.tables["referrals"].select("referred_on", "started_on").rows() == [
        ("2021-02-01", "2021-02-15")
    ]


def test_date_beyond_the_calendar_is_no_date_and_says_nothing_of_itself(
    recwarn: pytest.WarningsRecorder,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        text = cell(98765432101, number_format="dd.mm.yyyy")
    assert text is not None
    assert not text[:4].isdigit()
    assert not [warning for warning in recwarn if "98765432101" in str(warning.message)]


def test_empty_hidden_and_interrupted_rows() -> None:
    made = book(
        {**REQUIRED, "Deltakere": [HEADER, PERSONS[0], [None], [" ", "\u00a0"], PERSONS[1]]}
    )
    made["Deltakere"].row_dimensions[2].hidden = True
    made["Deltakere"]["Z9"] = "noe helt annet"
    frame = read_workbook("fil.xlsx", saved(made)).tables["participants"]
    assert frame["participant_id"].to_list() == ["p1", "p2"]
    assert frame["delivery_row"].to_list() == [2, 5]


def test_merged_title_above_the_header_and_sheet_that_begins_further_down() -> None:
    made = book({**REQUIRED, "Deltakere": [[None], [None], ["NorA 2021"], *PARTICIPANTS]})
    made["Deltakere"].merge_cells("A3:F3")
    frame = read_workbook("fil.xlsx", saved(made)).tables["participants"]
    assert frame["delivery_row"].to_list() == [5, 6]


def test_rows_are_numbered_as_shown_when_the_sheet_begins_in_the_middle() -> None:
    made = book({name: rows for name, rows in REQUIRED.items() if name != "Deltakere"})
    sheet = made.create_sheet("Deltakere")
    for number, cells in enumerate(PARTICIPANTS, start=7):
        for place, value in enumerate(cells, start=4):
            sheet.cell(number, place, value)
    frame = read_workbook("fil.xlsx", saved(made)).tables["participants"]
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
    frame = read_workbook("fil.xlsx", with_formula(stored, is_text=is_text)).tables["participants"]
    assert frame["norwegian_level"].to_list() == [read_as]


def test_formula_without_stored_value_is_told_and_never_empty() -> None:
    expected = [("Deltakere", 2, "norwegian_level", "formula_without_value")]
    with pytest.raises(DeliveryError) as caught:
        read_workbook("fil.xlsx", with_formula(None))
    found = caught.value.problems.select("sheet", "row", "field", "code")
    assert found.rows() == expected


def test_formula_outside_the_table_matters_to_nobody() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["J2"] = "=A2"
    made.create_sheet("Notater")["A1"] = "=1+1"
    assert read_workbook("fil.xlsx", saved(made)).tables["participants"].height == 2
