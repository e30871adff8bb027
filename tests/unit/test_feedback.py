"""The feedback workbook: what it lists, what it marks in the copy, and what it leaves alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import fromstring

from assets.raw.workbook import FEEDBACK_SHEET
from assets.vocabulary import vocabulary
from assets.workbooks import error_list
from assets.workbooks import feedback as module
from assets.workbooks.feedback import FEEDBACK_AUTHOR, feedback, feedback_name
from assets.workbooks.guide import SYNTHETIC_BAND
from assets.workbooks.remarks import PASSED_OVER, RECEIPT, Remarks
from assets.workbooks.template import workbook as template
from tests.unit.workbooks import PARTICIPANTS, REQUIRED, Rows, book, saved, workbook

SCHEMA = {column.name: pl.String for column in vocabulary().table("quality.rejected_rows").columns}
SCHEMA["row"] = pl.Int32

WRONG, HEALED = "FFFBDCD6", "FFDDF0DA"
HEADER = ("Ark", "Rad", "Kolonne", "Hva er galt og hva du gjør", "Rettet i")

BAD_YEAR = ("Deltakere", 2, "birth_year", "bad_number", "«Fødselsår»: Skriv bare tallet.", None)
BAD_COUNTRY = ("Deltakere", 3, "country", "bad_code", "«Landbakgrunn»: Velg fra listen.", None)
BAD_DATE = ("Henvisninger", 2, "referred_on", "bad_date", "«Henvist dato»: Skriv en dato.", None)


FOLLOWS = (
    *("Henvisninger", 2, "participant_id", "orphan"),
    *("«Deltaker-ID»: Raden den viser til, har en feil: Deltakere rad 2.", None, "Deltakere rad 2"),
)


def healed(error: tuple[Any, ...], by: str = "rettet.xlsx") -> tuple[Any, ...]:
    return (*error[:-1], by)


def problems(*errors: tuple[Any, ...]) -> pl.DataFrame:
    """The errors (sheet, row, field, code, message, healed_by, and follows_from if it has one)."""
    whole = [(*error, None) if len(error) == 6 else error for error in errors]
    return pl.DataFrame([("fil.xlsx", *error) for error in whole], SCHEMA, orient="row")


def made(content: bytes | None, *errors: tuple[Any, ...], name: str = "fil.xlsx") -> Workbook:
    return opened(feedback(name, problems(*errors), content))


def test_remarks_stand_above_and_below_the_list_each_line_whole() -> None:
    alike = "Arket «Deltakere»: 12 av 12 rader har samme feil i «Kjønn»."
    receipt = ["fil.xlsx, 2 rader: 1 ny og 1 endret", "  Deltakere, 2 rader: 1 endret (Kjønn 1)"]
    remarks = Remarks([alike], receipt, ["arket «Notater»"])
    for content in (workbook(participants=PARTICIPANTS), None):
        book = opened(feedback("fil.xlsx", problems(BAD_YEAR, BAD_DATE), content, remarks))
        sheet = book.worksheets[0]
        above = [cell.value for cell in sheet["A"][: first_row(book) - 1]]
        assert alike in above
        below = listed(book)[2:]
        assert [row[0] for row in below] == [
            None, PASSED_OVER, "arket «Notater»",
            None, RECEIPT, receipt[0], receipt[1].strip(),
        ]  # fmt: skip
        assert {str(area) for area in sheet.merged_cells.ranges} == {
            f"A{row}:D{row}" for row in (sheet.max_row - 4, sheet.max_row - 1, sheet.max_row)
        }
        assert sheet.cell(sheet.max_row, 1).alignment.wrap_text


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def first_row(made: Workbook) -> int:
    """The row of the list's header."""
    rows = made.worksheets[0].iter_rows(values_only=True)
    return next(number for number, row in enumerate(rows, start=1) if row == HEADER)


def listed(made: Workbook) -> list[tuple[Any, ...]]:
    sheet = made.worksheets[0]
    return list(sheet.iter_rows(min_row=first_row(made) + 1, values_only=True))


def links(made: Workbook) -> list[str | None]:
    sheet = made.worksheets[0]
    cells = (sheet.cell(row, 1) for row in range(first_row(made) + 1, sheet.max_row + 1))
    return [cell.hyperlink.location if cell.hyperlink else None for cell in cells]


def opening(made: Workbook) -> str:
    """What stands above the list."""
    rows = made.worksheets[0].iter_rows(max_row=first_row(made) - 1, values_only=True)
    return "\n".join(row[0] for row in rows if row[0])


def colours(made: Workbook) -> dict[tuple[str, str], str]:
    """Sheet and cell -> colour, of all cells behind the list that have one."""
    return {
        (sheet.title, cell.coordinate): cell.fill.fgColor.rgb
        for sheet in made.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type
    }


def notes(made: Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in made.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def values(made: Workbook, title: str) -> list[tuple[Any, ...]]:
    return list(made[title].iter_rows(values_only=True))


# --- The name ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        ("nora-2021.xlsx", "nora-2021.xlsx"),
        ("NORA.XLSX", "NORA.XLSX"),
        ("deltakere.csv", "deltakere.csv.xlsx"),
        ("deltakere.parquet", "deltakere.parquet.xlsx"),
        ("nora.xls", "nora.xls.xlsx"),
        ("3f2a90cc41de", "3f2a90cc41de.xlsx"),
    ],
)
def test_name_is_that_of_the_delivery_and_always_ends_in_xlsx(delivery: str, expected: str) -> None:
    assert feedback_name(delivery) == expected


# --- The list ---------------------------------------------------------------------------


def test_list_is_the_first_sheet_and_the_one_that_opens() -> None:
    content = book(REQUIRED)
    content.active = 2
    result = made(saved(content), BAD_YEAR)
    assert result.sheetnames == [FEEDBACK_SHEET, *REQUIRED]
    assert result.active.title == FEEDBACK_SHEET
    assert [sheet.sheet_view.tabSelected for sheet in result] == [True, False, False, False]


def test_list_has_a_line_for_each_error() -> None:
    result = made(workbook(), BAD_YEAR, BAD_DATE, healed(BAD_COUNTRY))
    assert listed(result) == [
        ("Deltakere", 2, "Fødselsår", BAD_YEAR[4], None),
        ("Henvisninger", 2, "Henvist dato", BAD_DATE[4], None),
        ("Deltakere", 3, "Landbakgrunn", BAD_COUNTRY[4], "rettet.xlsx"),
    ]


def test_list_is_sorted_by_what_is_left_to_do_then_sheet_row_and_column() -> None:
    places = [
        ("Aktiviteter", 2, "activity", None),
        ("Henvisninger", 10, "referred_on", None),
        ("Henvisninger", 9, "benefit", None),
        ("Henvisninger", 9, "referred_on", None),
        ("Deltakere", 30, "gender", None),
        ("Deltakere", 2, "gender", "ny.xlsx"),
    ]
    errors = [(sheet, row, field, "rule", "Feil.", by) for sheet, row, field, by in places]
    assert [line[:3] for line in listed(made(None, *errors))] == [
        ("Deltakere", 30, "Kjønn"),
        ("Henvisninger", 9, "Henvist dato"),
        ("Henvisninger", 9, "Ytelse"),
        ("Henvisninger", 10, "Henvist dato"),
        ("Aktiviteter", 2, "Aktivitet"),
        ("Deltakere", 2, "Kjønn"),
    ]


def test_lines_link_to_their_cells() -> None:
    result = made(workbook(), BAD_YEAR, BAD_DATE)
    assert links(result) == ["'Deltakere'!B2", "'Henvisninger'!C2"]
    cells = result.worksheets[0][first_row(result) + 1]
    assert [cell.hyperlink is not None for cell in cells] == [True, True, True, False, False]
    assert cells[0].hyperlink.target is None


def test_only_cells_that_exist_are_linked_to() -> None:
    absent = ("Aktiviteter", 2, "activity", "rule", "Feil.", None)
    result = made(workbook(), BAD_YEAR, absent)
    assert links(result) == ["'Deltakere'!B2", None]
    sheet = result.worksheets[0]
    fonts = [sheet.cell(first_row(result) + line, 2).font.underline for line in (1, 2)]
    assert fonts == ["single", None]
    assert links(made(None, BAD_YEAR)) == [None]


def test_the_column_of_healed_errors_is_hidden_when_it_is_empty() -> None:
    for errors, hidden in (([BAD_YEAR], True), ([BAD_YEAR, healed(BAD_DATE)], False)):
        sheet = made(workbook(), *errors)[FEEDBACK_SHEET]
        assert sheet.column_dimensions["E"].hidden is hidden


def test_a_list_too_long_says_how_much_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in (module, error_list):
        monkeypatch.setattr(where, "MOST_ERRORS", 1)
    for content in (workbook(), None):
        assert [line[0] for line in listed(made(content, BAD_YEAR, BAD_COUNTRY, BAD_DATE))] == [
            "Deltakere",
            "… og 2 linjer til. Begynn med disse.",
        ]


def test_no_text_becomes_a_formula() -> None:
    error = ("Deltakere", 2, "birth_year", "rule", "=1+1", "=SUM(1).xlsx")
    result = made(workbook(), error, name="=fil.xlsx")
    sheet = result.worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert listed(result)[0][3:] == ("=1+1", "=SUM(1).xlsx")


def test_list_fits_the_reader_and_the_page() -> None:
    long = (*BAD_YEAR[:4], "Dette er en lang setning som må brytes. " * 6, None)
    result = made(workbook(), long, BAD_COUNTRY)
    sheet, header = result.worksheets[0], first_row(result)
    assert sheet.freeze_panes == f"A{header + 1}"
    assert sheet.print_title_rows == f"${header}:${header}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.cell(header + 1, 4).alignment.wrap_text
    heights = [sheet.row_dimensions[header + line].height for line in (1, 2)]
    assert heights[0] >= 3 * 15 > heights[1] >= 15


# --- What the first lines say -----------------------------------------------------------


def test_opening_counts_rows_not_errors() -> None:
    second = ("Deltakere", 2, "country", "bad_code", "Feil.", None)
    text = opening(made(workbook(), BAD_YEAR, second, BAD_DATE))
    assert "2 rader kan ikke leses inn" in text
    assert "Alle andre rader i filen er i orden." in text
    assert "1 rad kan ikke leses inn" in opening(made(workbook(), BAD_YEAR, second))


def test_opening_says_what_to_do() -> None:
    text = opening(made(workbook(), BAD_YEAR))
    assert "Rett cellene i din egen fil eller i denne arbeidsboken, og lever den på nytt." in text


@pytest.mark.parametrize("content", [b"Deltaker-ID;F\xf8dsels\xe5r\np1;x\n", None])
def test_a_workbook_that_is_no_delivery_is_not_to_be_delivered(content: bytes | None) -> None:
    text = opening(made(content, BAD_YEAR, name="deltakere.csv"))
    assert "Rett cellene i din egen fil, og lever den på nytt." in text
    assert "skal ikke leveres" in text


def test_healed_rows_are_told_apart() -> None:
    text = opening(made(workbook(), BAD_YEAR, healed(BAD_COUNTRY)))
    assert "1 rad kan ikke leses inn" in text
    assert "1 rad til er allerede rettet i en senere leveranse" in text
    text = opening(made(workbook(), healed(BAD_COUNTRY)))
    assert "Alle feilene i filen er rettet i senere leveranser" in text
    assert "kan ikke leses inn" not in text


@pytest.mark.parametrize(
    "refusal",
    [
        (None, None, None, "unreadable", "Filen kan ikke leses.", None),
        ("Avslutninger", None, None, "missing_sheet", "Arket mangler.", None),
        ("Deltakere", None, "gender", "missing_column", "«Kjønn»: Kolonnen mangler.", None),
        ("Deltakere", None, None, "duplicate_sheet", "Arket finnes to ganger.", None),
    ],
)
def test_of_a_refused_delivery_nothing_was_read(refusal: tuple[Any, ...]) -> None:
    result = made(workbook(), refusal)
    assert "Ingenting i filen er lest inn." in opening(result)
    assert "Alle andre rader" not in opening(result)
    assert [line[3] for line in listed(result)] == [refusal[4]]
    assert links(result) == [None] or refusal[2]


def test_synthetic_deliveries_say_so() -> None:
    result = made(template({}, synthetic=True), BAD_YEAR)
    assert result.worksheets[0]["A1"].value == SYNTHETIC_BAND
    assert result.worksheets[0].oddFooter.center.text == SYNTHETIC_BAND
    assert result.properties.category == "Syntetiske data"
    real = made(template({}), BAD_YEAR)
    assert SYNTHETIC_BAND not in opening(real)
    assert not real.worksheets[0].oddFooter.center.text


# --- The marks --------------------------------------------------------------------------


def test_cells_at_fault_and_no_others_are_coloured_and_explained() -> None:
    result = made(workbook(), BAD_YEAR, BAD_DATE)
    places = [("Deltakere", "B2"), ("Henvisninger", "C2")]
    assert colours(result) == dict.fromkeys(places, WRONG)
    assert list(notes(result)) == places
    assert BAD_YEAR[4] in notes(result)["Deltakere", "B2"]
    assert BAD_DATE[4] in notes(result)["Henvisninger", "C2"]
    assert result["Deltakere"]["B2"].comment.author == FEEDBACK_AUTHOR


def test_several_errors_on_a_cell_are_one_note() -> None:
    second = (*BAD_YEAR[:3], "out_of_range", "«Fødselsår»: Utenfor det mulige.", None)
    lines = notes(made(workbook(), BAD_YEAR, second))["Deltakere", "B2"].splitlines()
    assert lines[1:] == [BAD_YEAR[4], second[4]]


def test_healed_cells_are_green_and_say_where_they_were_mended() -> None:
    result = made(workbook(), BAD_YEAR, healed(BAD_COUNTRY), healed(BAD_COUNTRY))
    assert colours(result) == {("Deltakere", "B2"): WRONG, ("Deltakere", "D3"): HEALED}
    lines = notes(result)["Deltakere", "D3"].splitlines()
    assert lines[1:] == ["Rettet i rettet.xlsx. Du trenger ikke gjøre noe."]


def test_an_error_that_only_follows_is_listed_after_its_cause_and_paints_nothing() -> None:
    book = made(workbook(), FOLLOWS, BAD_DATE, OLD, BAD_YEAR)
    assert [line[:2] for line in listed(book)] == [
        ("Deltakere", 2), ("Henvisninger", 2), ("Henvisninger", 2), ("Deltakere", 3),
    ]  # fmt: skip
    assert listed(book)[2][3] == FOLLOWS[4]
    # The place can be looked up, although nothing is wrong there.
    assert links(book)[2] == "'Henvisninger'!B2"
    assert set(colours(book)) == set(notes(book)) == {
        ("Deltakere", "B2"), ("Henvisninger", "C2"), ("Deltakere", "B3"),
    }  # fmt: skip


def test_rows_that_only_wait_for_others_are_told_apart() -> None:
    text = opening(made(workbook(), BAD_YEAR, FOLLOWS))
    assert "1 rad kan ikke leses inn før noe i den er rettet. 1 rad til venter bare på det" in text
    assert "i orden" not in text
    # A row with an error of its own does not only wait.
    text = opening(made(workbook(), BAD_YEAR, BAD_DATE, FOLLOWS))
    assert "2 rader kan ikke leses inn før noe i dem er rettet. Alle andre rader" in text


def test_a_delivery_that_only_waits_for_another_has_nothing_to_correct() -> None:
    book = made(workbook(), FOLLOWS, healed(BAD_COUNTRY))
    text = opening(book)
    assert "1 rad kan ikke leses inn, fordi en rad i en annen leveranse har en feil." in text
    assert "ingenting å rette" in text
    assert "1 rad til er allerede rettet" in text
    assert "må rettes. Hold pekeren" not in text
    assert set(colours(book)) == {("Deltakere", "D3")}


DOUBTFUL = "FFFDF1C7"
OLD = ("Deltakere", 3, "birth_year", "finding", "Bør kontrolleres: Se på fødselsåret.", None)


def test_doubtful_cells_have_another_colour_and_say_why() -> None:
    book = made(workbook(), BAD_YEAR, OLD, BAD_COUNTRY, ("Deltakere", 3, "country", *OLD[3:]))
    assert colours(book) == {
        ("Deltakere", "B2"): WRONG,
        ("Deltakere", "D3"): WRONG,
        ("Deltakere", "B3"): DOUBTFUL,
    }
    assert OLD[4] in notes(book)["Deltakere", "B3"]
    assert OLD[4] in notes(book)["Deltakere", "D3"]
    assert [line[1] for line in listed(book)] == [2, 3, 3, 3]
    assert [line[3] for line in listed(book)][2:] == [OLD[4], OLD[4]]


def test_doubtful_rows_are_told_apart_from_those_to_correct() -> None:
    both, alone = made(workbook(), BAD_YEAR, OLD), made(workbook(), OLD)
    assert "1 rad kan ikke leses inn" in opening(both)
    assert "1 rad er lest inn og telt med, men bør kontrolleres." in opening(both)
    assert "bør kontrolleres. Hold pekeren" in opening(both)
    assert "ingenting må rettes" in opening(alone)
    assert "må rettes. Hold" not in opening(alone)


def test_mark_of_an_earlier_finding_is_removed() -> None:
    again = made(saved(made(workbook(), OLD)), BAD_YEAR)
    assert colours(again) == {("Deltakere", "B2"): WRONG}


def test_the_colours_are_explained_where_there_are_any() -> None:
    assert "må rettes. Hold pekeren" in opening(made(workbook(), BAD_YEAR))
    assert "fargen er rettet i en senere" not in opening(made(workbook(), BAD_YEAR))
    only_healed = opening(made(workbook(), healed(BAD_YEAR)))
    assert "fargen er rettet i en senere" in only_healed
    assert "må rettes. Hold pekeren" not in only_healed
    assert "fargen" not in opening(made(None, BAD_YEAR))


@pytest.mark.parametrize("field", ["norwegian_level", None, "finnes_ikke"])
def test_an_error_without_column_marks_the_first_cell_of_the_row(field: str | None) -> None:
    narrow = [[None, *row[:4]] for row in PARTICIPANTS]
    error = ("Deltakere", 3, field, "rule", "Feil.", None)
    assert list(notes(made(workbook(participants=narrow), error))) == [("Deltakere", "B3")]


def test_the_header_is_found_below_titles_in_any_order_and_spelling() -> None:
    rows = [["Register"], [], ["Navn på kolonner"], *[row[::-1] for row in PARTICIPANTS]]
    rows[3][4] = "birth_year"
    content = saved(book({**REQUIRED, "Deltakere": []}))
    sheets = {" DELTAKERE": rows, "Henvisninger": REQUIRED["Henvisninger"]}
    error = ("Deltakere", 5, "birth_year", "bad_number", "Feil.", None)
    assert list(notes(made(content, error))) == [("Deltakere", "A5")]
    result = made(saved(book(sheets)), error)
    assert list(notes(result)) == [(" DELTAKERE", "E5")]
    assert links(result) == ["' DELTAKERE'!E5"]


def test_an_error_below_the_last_row_or_in_an_empty_cell_is_marked() -> None:
    empty = ("Deltakere", 3, "norwegian_level", "missing_value", "Fyll ut.", None)
    below = ("Deltakere", 9, "gender", "missing_value", "Fyll ut.", None)
    assert list(notes(made(workbook(), empty, below))) == [("Deltakere", "E3"), ("Deltakere", "C9")]


def test_an_error_in_merged_cells_marks_the_cell_that_shows() -> None:
    content = book(REQUIRED)
    content["Deltakere"].merge_cells("C2:D3")
    result = made(saved(content), BAD_COUNTRY)
    assert list(notes(result)) == [("Deltakere", "C2")]
    assert links(result) == ["'Deltakere'!C2"]


def test_somebodys_note_is_kept_above_ours() -> None:
    content = book(REQUIRED)
    content["Deltakere"]["B2"].comment = Comment("Spør Kari", "Ola")
    result = made(saved(content), BAD_YEAR)
    comment = result["Deltakere"]["B2"].comment
    assert comment.text.startswith("Spør Kari\n")
    assert comment.text.endswith(BAD_YEAR[4])
    assert comment.author == "Ola"


def test_notes_are_as_large_as_their_text() -> None:
    content = book(REQUIRED)
    content["Deltakere"]["A1"].comment = Comment("Linje\n" * 12, "Ola")
    long = (*BAD_YEAR[:4], "Dette er en lang setning. " * 20, None)
    heights = note_heights(feedback("fil.xlsx", problems(long, BAD_COUNTRY), saved(content)))
    line = 15
    assert heights["A1"] >= 12 * line
    assert heights["B2"] >= 520 / 50 * line
    assert 2 * line <= heights["D3"] < 5 * line


def note_heights(content: bytes) -> dict[str, int]:
    """Cell -> height in pixels of the notes of the first sheet that has notes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shapes = fromstring(archive.read("xl/drawings/commentsDrawing1.vml"))
    office, vml = "{urn:schemas-microsoft-com:office:excel}", "{urn:schemas-microsoft-com:vml}"
    heights = {}
    for shape in shapes.findall(f"{vml}shape"):
        style = dict(part.strip().split(":") for part in shape.attrib["style"].split(";"))
        row, column = (shape.findtext(f".//{office}{name}") for name in ("Row", "Column"))
        heights[f"{'ABCDEFG'[int(column)]}{int(row) + 1}"] = int(style["height"].removesuffix("px"))
    return heights


def test_what_hides_an_error_is_shown_and_nothing_else() -> None:
    content = book({**REQUIRED, "Notater": [["x"]]})
    for title in ("Deltakere", "Notater"):
        content[title].sheet_state = "veryHidden"
    sheet = content["Deltakere"]
    for row in (2, 3):
        sheet.row_dimensions[row].hidden = True
    for letter in "BE":
        sheet.column_dimensions[letter].hidden = True
    result = made(saved(content), BAD_YEAR)
    assert [one.sheet_state for one in result][1::3] == ["visible", "veryHidden"]
    sheet = result["Deltakere"]
    assert [sheet.row_dimensions[row].hidden for row in (2, 3)] == [False, True]
    assert [sheet.column_dimensions[letter].hidden for letter in "BE"] == [False, True]


# --- The copy ---------------------------------------------------------------------------


def test_the_delivery_is_otherwise_as_it_was() -> None:
    content = book({**REQUIRED, "Notater": [["x", "=A1"]]})
    sheet = content["Deltakere"]
    sheet["H2"] = "=B2+1"
    sheet["H3"] = "=1+1"
    sheet["H3"].data_type = "s"
    sheet["A2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["A2"].number_format = "@"
    content.properties.title = "Mitt register"
    before = opened(saved(content))
    after = made(saved(content), BAD_YEAR)
    for title in before.sheetnames:
        assert values(after, title) == values(before, title)
    assert [after["Deltakere"][cell].data_type for cell in ("H2", "H3")] == ["f", "s"]
    assert after["Deltakere"]["A2"].fill.fgColor.rgb == "FF00FF00"
    assert after["Deltakere"]["A2"].number_format == "@"
    assert after.properties.title == "Mitt register"


def test_the_template_keeps_its_drop_downs_and_hidden_lists() -> None:
    before = opened(template({}))
    after = made(template({}), BAD_YEAR)
    assert after["Kodelister"].sheet_state == "hidden"
    for title in REQUIRED:
        rules = [one[title].data_validations.dataValidation for one in (before, after)]
        assert rules[0]
        assert rules[0] == rules[1]


def test_chart_sheets_are_no_obstacle() -> None:
    content = book(REQUIRED)
    chart = BarChart()
    chart.add_data(Reference(content["Deltakere"], min_col=2, min_row=1, max_row=3))
    sheet = content.create_chartsheet("Diagram")
    sheet.add_chart(chart)
    sheet.sheetViews.sheetView[0].tabSelected = True
    result = made(saved(content), BAD_YEAR)
    assert not result["Diagram"].sheetViews.sheetView[0].tabSelected
    assert result.sheetnames == [FEEDBACK_SHEET, *REQUIRED, "Diagram"]


def delivered_again(content: Workbook) -> Workbook:
    """The feedback on a workbook that is itself feedback, after one cell of two was mended."""
    return made(saved(content), BAD_DATE)


def test_an_earlier_feedback_is_replaced() -> None:
    first = made(workbook(), BAD_YEAR, BAD_DATE, healed(BAD_COUNTRY))
    second = delivered_again(first)
    assert second.sheetnames == [FEEDBACK_SHEET, *REQUIRED]
    assert [line[0] for line in listed(second)] == ["Henvisninger"]
    assert colours(second) == {("Henvisninger", "C2"): WRONG}
    assert list(notes(second)) == [("Henvisninger", "C2")]
    assert notes(second) == {("Henvisninger", "C2"): notes(first)["Henvisninger", "C2"]}


def test_an_earlier_feedback_is_known_without_its_author_and_its_list() -> None:
    # LibreOffice saves notes without author; a list can be deleted or renamed.
    first = made(workbook(), BAD_YEAR, BAD_DATE)
    first["Deltakere"]["B2"].comment.author = " "
    first.remove(first[FEEDBACK_SHEET])
    assert colours(delivered_again(first)) == {("Henvisninger", "C2"): WRONG}
    assert list(notes(delivered_again(first))) == [("Henvisninger", "C2")]


def test_a_list_in_other_letters_is_replaced_too() -> None:
    content = book({**REQUIRED, "FEIL": [["gammel"]]})
    assert made(saved(content), BAD_YEAR).sheetnames == [FEEDBACK_SHEET, *REQUIRED]


def test_of_an_earlier_feedback_others_notes_and_colours_stay() -> None:
    content = book(REQUIRED)
    content["Deltakere"]["B2"].comment = Comment("Spør Kari", "Ola")
    content["Deltakere"]["B3"].comment = Comment("Ring", "Ola")
    content["Deltakere"]["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    second = delivered_again(made(saved(content), BAD_YEAR))
    assert notes(second)["Deltakere", "B2"] == "Spør Kari"
    assert notes(second)["Deltakere", "B3"] == "Ring"
    assert colours(second)["Deltakere", "B3"] == "FF00FF00"
    assert ("Deltakere", "B2") not in colours(second)


# --- Files of one record type -----------------------------------------------------------


CSV = (
    "Register;;\n"
    "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn\n"
    '=HYPERLINK("http://x");0085;#N/A;Somalia\n'
    "\n"
    "p2;\x01nitten;;Syria\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_csv_is_copied_as_text_row_by_row(encoding: str) -> None:
    error = ("Deltakere", 5, "birth_year", "bad_number", "Feil.", None)
    result = made(CSV.encode(encoding), error, name="deltakere.csv")
    assert result.sheetnames == [FEEDBACK_SHEET, "Deltakere"]
    assert values(result, "Deltakere") == [
        ("Register", None, None, None),
        ("Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn"),
        ('=HYPERLINK("http://x")', "0085", "#N/A", "Somalia"),
        (None, None, None, None),
        ("p2", "nitten", None, "Syria"),
    ]
    sheet = result["Deltakere"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert sheet.freeze_panes == "A3"
    assert [sheet.cell(row, 1).font.bold for row in (1, 2, 3)] == [False, True, False]
    assert colours(result) == {("Deltakere", "B5"): WRONG}
    assert "Feil." in notes(result)["Deltakere", "B5"]
    assert links(result) == ["'Deltakere'!B5"]


def parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def test_a_parquet_file_is_copied_with_its_columns_as_first_row() -> None:
    frame = pl.DataFrame({"participant_id": ["p1", "=1+1"], "birth_year": [1985, None]})
    error = ("Deltakere", 3, "birth_year", "missing_value", "Feil.", None)
    result = made(parquet(frame), error, name="deltakere.parquet")
    assert values(result, "Deltakere") == [
        ("participant_id", "birth_year"),
        ("p1", "1985"),
        ("=1+1", None),
    ]
    assert result["Deltakere"]["A3"].data_type == "s"
    assert list(notes(result)) == [("Deltakere", "B3")]


def test_more_rows_than_a_sheet_holds_are_not_copied() -> None:
    frame = pl.DataFrame({"participant_id": ["p"]}).select(pl.all().repeat_by(1_048_576).explode())
    result = made(parquet(frame), BAD_YEAR, name="deltakere.parquet")
    assert result.sheetnames == [FEEDBACK_SHEET]
    assert len(listed(result)) == 1


# --- The list alone ---------------------------------------------------------------------


def test_without_content_there_is_the_list_alone() -> None:
    result = made(None, BAD_YEAR)
    assert result.sheetnames == [FEEDBACK_SHEET]
    assert len(listed(result)) == 1


@pytest.mark.parametrize("row", [None, 17])
def test_a_file_with_a_national_id_is_never_copied(row: int | None) -> None:
    refusal = ("Deltakere", row, None, "national_id", "Fjern nummeret.", None)
    result = made(workbook(), refusal)
    assert result.sheetnames == [FEEDBACK_SHEET]
    assert listed(result) == [("Deltakere", row, None, "Fjern nummeret.", None)]
    assert "fødselsnummer" in opening(result)
    assert "ikke tatt vare på" in opening(result)
    assert "lever den rensede filen" in opening(result)
    assert "Listen viser hvor det står" in opening(result)


def test_a_national_id_in_no_sheet_is_not_said_to_be_shown() -> None:
    refusal = (None, None, None, "national_id", "Gi filen et annet navn.", None)
    told = opening(made(workbook(), refusal))
    assert "Filen eller navnet på den inneholder" in told
    assert "viser hvor" not in told
    assert "Gjør som listen sier" in told


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fil.xlsx", b"PK\x03\x04 ikke en arbeidsbok"),
        ("fil.xlsx", workbook()[:2000]),
        ("deltakere.csv", b"\0\0\0"),
        ("deltakere.parquet", b"PAR1 tull PAR1"),
        ("hvaheter.csv", b"a;b\n"),
    ],
)
def test_a_file_that_cannot_be_copied_is_answered_with_the_list(name: str, content: bytes) -> None:
    sheet = None if name == "hvaheter.csv" else "Deltakere"
    result = made(content, (sheet, None, None, "missing_sheet", "Feil.", None), name=name)
    assert result.sheetnames == [FEEDBACK_SHEET]
    assert len(listed(result)) == 1


def test_a_workbook_that_cannot_be_saved_is_answered_with_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = saved(book(REQUIRED))
    save = ExcelWriter.save

    def refuse(self: ExcelWriter) -> None:
        if len(self.workbook.sheetnames) > 1:
            raise TypeError
        save(self)

    monkeypatch.setattr(ExcelWriter, "save", refuse)
    result = made(content, BAD_YEAR)
    assert result.sheetnames == [FEEDBACK_SHEET]
    assert links(result) == [None]
    assert "fargen" not in opening(result)


# --- The file ---------------------------------------------------------------------------


def test_nothing_is_said_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    content = book(REQUIRED)
    content["Deltakere"]["B2"].value = 99_999_999_999
    content["Deltakere"]["B2"].number_format = "dd.mm.yyyy"
    # pytest turns a warning into an error.
    with pytest.warns(UserWarning, match="B2"):
        opened(saved(content))
    assert len(listed(made(saved(content), BAD_YEAR))) == 1
    assert capfd.readouterr() == ("", "")


def test_no_cell_is_quoted_in_list_or_notes() -> None:
    rows: Rows = [PARTICIPANTS[0], ["hemmelig1", "hemmelig2", "hemmelig3", "hemmelig4"]]
    result = made(workbook(participants=rows), BAD_YEAR, ("Deltakere", 2, None, *BAD_COUNTRY[3:]))
    texts = [str(value) for row in values(result, FEEDBACK_SHEET) for value in row]
    assert not [text for text in [*texts, *notes(result).values()] if "hemmelig" in text]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fil.xlsx", template({}, synthetic=True)),
        ("fil.xlsx", None),
        ("deltakere.csv", CSV.encode()),
        ("fil\x01\ufffe.xlsx", workbook()),
    ],
)
def test_the_file_is_sound_and_the_same_each_time(name: str, content: bytes | None) -> None:
    errors = problems(BAD_YEAR, BAD_DATE, healed(BAD_COUNTRY, by="rettet\x02.xlsx"))
    first, second = (parts(feedback(name, errors, content)) for _ in range(2))
    # openpyxl writes the time into the properties.
    assert {part for part in first if first[part] != second[part]} <= {"docProps/core.xml"}
    for part in first.values():
        fromstring(part)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
