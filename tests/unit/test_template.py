"""The template: its sheets, the checks of its cells, and what its guide says of them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from assets.raw.workbook import CODES_SHEET, GUIDE_SHEET
from assets.records.coding import code
from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import schema
from assets.workbooks.template import workbook
from tests.unit.raw_tables import AS_OF, CLEAN, frame, row, table_of
from tests.unit.workbooks import read

SHEETS = vocabulary().sheets()


@pytest.fixture(scope="module")
def template() -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook()))


@pytest.fixture(scope="module")
def guide(template: Workbook) -> list[tuple[Any, ...]]:
    return list(template[GUIDE_SHEET].iter_rows(values_only=True))


def name_of(table: Table) -> str:
    return table.name


def place_of(table: Table, field: str) -> int:
    """The number of the column in its sheet, from 1."""
    return [column.name for column in table.fields].index(field) + 1


def check_of(template: Workbook, table: Table, field: str) -> DataValidation | None:
    """The check of the cells of a column, if it has one."""
    sheet = template[table.sheet]
    cell = sheet.cell(2, place_of(table, field)).coordinate
    found = [one for one in sheet.data_validations.dataValidation if cell in one.sqref]
    assert len(found) <= 1
    return found[0] if found else None


def drop_down(template: Workbook, table: Table, field: str) -> list[Any]:
    """What the drop-down of a column offers."""
    check = check_of(template, table, field)
    assert check is not None
    assert check.type == "list"
    sheet, _, cells = check.formula1.partition("!")
    assert sheet == CODES_SHEET
    return [cell.value for (cell,) in template[sheet][cells.replace("$", "")]]


# --- The sheets -------------------------------------------------------------------------


def test_sheets_stand_in_the_order_of_the_vocabulary_after_the_guide(template: Workbook) -> None:
    assert template.sheetnames == [GUIDE_SHEET, *(table.sheet for table in SHEETS), CODES_SHEET]
    assert template.sheetnames[-6:-1] == [
        "Gruppetilbud", "Spørreundersøkelser", "Bemanning", "Økonomi", "Vurderinger",
    ]  # fmt: skip
    assert template[CODES_SHEET].sheet_state == "hidden"


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("group_sessions", ["Dato", "Gruppe", "Påmeldt", "Møtt"]),
        ("survey_waves", ["Undersøkelse", "Sendt ut", "Invitert", "Svart"]),
        ("staffing", ["År", "Rolle", "Antall personer", "Årsverk"]),
        ("savings", ["År", "Mål for innsparing (kroner)", "Rapportert innsparing (kroner)"]),
    ],
)
def test_headers(template: Workbook, name: str, headers: list[str]) -> None:
    sheet = template[table_of(name).sheet]
    assert [cell.value for cell in sheet[1]] == headers
    assert sheet.max_row == 1


@pytest.mark.parametrize("table", SHEETS, ids=name_of)
def test_note_of_a_header_says_what_to_fill_in_and_whether_it_must_be(
    template: Workbook, table: Table
) -> None:
    for column, cell in zip(table.fields, template[table.sheet][1], strict=True):
        note = cell.comment.text
        assert note.startswith(column.description_nb)
        required = column.name in (*table.key, *table.required) and not column.missing
        assert note.endswith("Må fylles ut.") == required


# --- The checks of the cells --------------------------------------------------------------


@pytest.mark.parametrize("table", SHEETS, ids=name_of)
def test_every_coded_column_offers_its_whole_list(template: Workbook, table: Table) -> None:
    for column in table.fields:
        if column.codes is None:
            continue
        codes = vocabulary().code_list(column.codes)
        offered = drop_down(template, table, column.name)
        if all(name.isdigit() for name in codes.names):
            assert offered == [int(name) for name in codes.names]
        else:
            assert set(offered) == {entry.label_nb for entry in codes.codes}
            assert len(offered) == len(codes.names)


@pytest.mark.parametrize(
    ("name", "field", "kind", "low", "high"),
    [
        ("group_sessions", "registered", "whole", 0, 1000),
        ("group_sessions", "attended", "whole", 0, 1000),
        ("survey_waves", "invited", "whole", 0, 10000),
        ("survey_waves", "answered", "whole", 0, 10000),
        ("staffing", "headcount", "whole", 0, 1000),
        ("staffing", "full_time_equivalents", "decimal", 0, 1000),
        ("savings", "savings_target", "decimal", 0, 1_000_000_000),
        ("savings", "savings_reported", "decimal", -1_000_000_000, 1_000_000_000),
        ("exits", "position_pct", "decimal", 0, 100),
    ],
)
def test_numbers_are_checked_between_their_bounds(
    template: Workbook, name: str, field: str, kind: str, low: int, high: int
) -> None:
    table = table_of(name)
    check = check_of(template, table, field)
    assert check is not None
    assert (check.type, check.operator) in ((kind, None), (kind, "between"))
    assert (float(check.formula1), float(check.formula2)) == (low, high)
    # A warning alone: codes and other spellings are welcome.
    assert check.errorStyle == "warning"
    assert check.errorTitle == table.column(field).label_nb
    word = "Helt tall" if kind == "whole" else "Tall"
    assert check.error == f"{word} {table.column(field).span_nb}."


@pytest.mark.parametrize(
    ("name", "field", "kind"),
    [
        ("group_sessions", "held_on", "date"),
        ("survey_waves", "sent_on", "date"),
        ("staffing", "year", "whole"),
        ("savings", "year", "whole"),
    ],
)
def test_days_and_years_are_checked(template: Workbook, name: str, field: str, kind: str) -> None:
    check = check_of(template, table_of(name), field)
    assert check is not None
    assert (check.type, check.operator) == (kind, "greaterThanOrEqual")
    assert check.errorStyle == "warning"


def test_name_of_a_survey_is_free_text(template: Workbook) -> None:
    assert check_of(template, table_of("survey_waves"), "wave") is None


@pytest.mark.parametrize("table", SHEETS, ids=name_of)
def test_check_reaches_to_the_last_row_of_the_sheet(template: Workbook, table: Table) -> None:
    for check in template[table.sheet].data_validations.dataValidation:
        (cells,) = check.sqref.ranges
        assert (cells.min_row, cells.max_row) == (2, 1_048_576)


# --- The guide --------------------------------------------------------------------------


def guide_of(guide: list[tuple[Any, ...]], table: Table) -> list[tuple[Any, ...]]:
    """The rows of the guide about one sheet: its heading, and all up to the next one."""
    starts = [
        n for n, cells in enumerate(guide) if str(cells[0]).split(" (")[0] == f"Arket {table.sheet}"
    ]
    (start,) = starts
    length = next(n for n, cells in enumerate(guide[start:]) if not cells[0])
    return guide[start : start + length]


@pytest.mark.parametrize("table", SHEETS, ids=name_of)
def test_guide_tells_of_every_sheet_and_column(guide: list[tuple[Any, ...]], table: Table) -> None:
    (heading, *_), (definition, *_), header, *columns = guide_of(guide, table)
    assert ("arket kan mangle" in heading) == table.optional_sheet
    assert definition == table.definition_nb
    assert header == ("Kolonne", "Forklaring", "Verdi", "Må fylles ut")
    assert [(name, words) for name, words, *_ in columns] == [
        (column.label_nb, column.description_nb) for column in table.fields
    ]


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        (
            "group_sessions",
            ["Dato", "Nedtrekksliste", "Helt tall fra 0 og høyst 1 000", "Helt tall fra 0 og høyst 1 000"],
        ),
        (
            "survey_waves",
            ["Fritekst", "Dato", "Helt tall fra 0 og høyst 10 000", "Helt tall fra 0 og høyst 10 000"],
        ),
        (
            "staffing",
            [
                "Årstall med fire siffer", "Nedtrekksliste", "Helt tall fra 0 og høyst 1 000",
                "Tall fra 0 og høyst 1 000",
            ],
        ),
        (
            "savings",
            [
                "Årstall med fire siffer", "Tall fra 0 og høyst 1 000 000 000",
                "Tall fra -1 000 000 000 og høyst 1 000 000 000",
            ],
        ),
    ],
)  # fmt: skip
def test_guide_says_what_a_cell_may_hold(
    guide: list[tuple[Any, ...]], name: str, accepted: list[str]
) -> None:
    assert [values for _, _, values, _ in guide_of(guide, table_of(name))[3:]] == accepted


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("group_sessions", ["Ja", "Ja", "Ja", "Ja"]),
        ("survey_waves", ["Ja", "Ja", "Ja", "Ja"]),
        ("staffing", ["Ja", "Ja", "Ja", "Nei"]),
        ("savings", ["Ja", "Ja", "Nei"]),
    ],
)
def test_guide_says_what_must_be_filled_in(
    guide: list[tuple[Any, ...]], name: str, required: list[str]
) -> None:
    assert [must for *_, must in guide_of(guide, table_of(name))[3:]] == required


@pytest.mark.parametrize("codes", ["session_group", "staff_role"])
def test_guide_lists_the_codes(guide: list[tuple[Any, ...]], codes: str) -> None:
    told = [cells[:2] for cells in guide]
    for entry in vocabulary().code_list(codes).codes:
        assert (entry.code, entry.label_nb) in told


# --- Filled in --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLEAN)
def test_record_that_is_filled_in_is_read_back(name: str) -> None:
    table = table_of(name)
    record = code(table, frame(name, row(name)), AS_OF).frame
    fields = [column.name for column in table.fields]
    filled = record.select(fields).cast({one: schema(table)[one] for one in fields})
    delivered = read(workbook({name: filled})).tables[name]
    done = code(table, delivered, AS_OF)
    assert done.problems.is_empty()
    assert done.frame.select(fields).cast(filled.schema).equals(filled)


def test_numbers_and_days_are_written_as_such() -> None:
    filled = {
        "group_sessions": pl.DataFrame(
            {
                "held_on": [date(2021, 9, 1)], "session_group": ["walk_and_talk"],
                "registered": [12], "attended": [10],
            }
        ),
        "savings": pl.DataFrame(
            {"year": [2021], "savings_target": [5e6], "savings_reported": [2_487_312.5]}
        ),
    }  # fmt: skip
    made = openpyxl.load_workbook(io.BytesIO(workbook(filled)))
    day, group, *counts = [cell.value for cell in made["Gruppetilbud"][2]]
    assert (day.date(), group, counts) == (date(2021, 9, 1), "Walk & Talk", [12, 10])
    assert [cell.value for cell in made["Økonomi"][2]] == [2021, 5_000_000, 2_487_312.5]
    assert made["Gruppetilbud"]["C2"].number_format == "0"
    assert made["Gruppetilbud"]["A2"].number_format == "dd.mm.yyyy"
