"""Workbooks as programs write them: every program's file reads the same, cell by cell as openpyxl.

The files are in written_workbooks.py; here they are read, and varied one peculiarity at a time.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest

from assets.raw import problems
from assets.raw.assets import read_deliveries
from assets.raw.delivery import delivered_file, read_grids, read_texts
from assets.raw.grid import Grid
from assets.raw.problems import DeliveryError
from assets.records.forgotten import Forgotten
from assets.records.register import Register, build_register
from assets.vocabulary.spelling import clean
from assets.workbooks.feedback import feedback
from pipelines.settings import DEFAULT_LIMIT
from tests.unit.workbooks import codes_of, in_process, read, zipped
from tests.unit.written_workbooks import (
    BARE,
    EXCEL_1904,
    GOOGLE_SHEETS,
    LIBREOFFICE,
    NUMBERS,
    OPEN_XML_SDK,
    STRICT,
    WRITTEN,
    Parts,
)

PROGRAMS = pytest.mark.parametrize("parts", WRITTEN.values(), ids=WRITTEN)

BOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
PERSONS, REFERRALS, EXITS = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))


def register(content: bytes) -> Register:
    raw = read_deliveries([delivered_file("nora.xlsx", content)], in_process)
    return build_register(raw, date(2021, 6, 30))


def rows(built: Register, table: str, *columns: str) -> list[tuple[object, ...]]:
    return built.tables[table].select(columns).rows()


def rewritten(parts: Parts, part: str, pattern: str, by: str, count: int = 0) -> Parts:
    """The workbook with one part changed; the pattern must be found."""
    text, times = re.subn(pattern, by, parts[part].decode(), count=count, flags=re.DOTALL)
    assert times, pattern
    return {**parts, part: text.encode()}


def expect_the_form(built: Register) -> None:
    assert built.rejected.is_empty(), built.rejected["message"].to_list()
    assert rows(built, "participants", "participant_id", "birth_year", "gender", "country") == [
        ("K-0007", 1984, "female", "ER"),
        ("K-0012", 1991, "male", "UA"),
    ]
    assert rows(
        built, "referrals", "referral_id", "participant_id", "referred_on", "started_on"
    ) == [
        ("S1", "K-0007", date(2020, 3, 4), date(2020, 4, 6)),
        ("S2", "K-0012", date(2020, 5, 18), None),
    ]
    assert rows(built, "exits", "referral_id", "exited_on", "outcome", "position_pct") == [
        ("S1", date(2020, 11, 30), "A", 60.0)
    ]


# --- Every program ------------------------------------------------------------------------


@PROGRAMS
def test_form_reads_the_same_whatever_program_wrote_it(parts: Parts) -> None:
    expect_the_form(register(zipped(parts)))


@PROGRAMS
def test_number_of_an_identifier_may_be_shown_and_a_year_may_not(parts: Parts) -> None:
    # 7 shown as K-0007 is that identifier; the grid itself holds what is stored.
    stored = {text for grid in read_grids("a.xlsx", zipped(parts), 10**9) for text in texts(grid)}
    assert {"1984", "1991"} <= stored


def texts(grid: Grid) -> list[str]:
    return [text for column in grid.cells for text in column.drop_nulls()]


# --- Cell by cell beside openpyxl ---------------------------------------------------------

_MIDNIGHT = re.compile(r"[ T]00:00:00(\.0+)?$")


def as_openpyxl_reads(parts: Parts) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet -> row and column, both from 1 -> text, of all cells that are not empty."""
    usual = {
        name: re.sub(
            rb"purl\.oclc\.org/ooxml/(\w+)/", rb"schemas.openxmlformats.org/\1/2006/", part
        )
        for name, part in parts.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(zipped(usual)), data_only=True)
    return {
        sheet.title: {
            (cell.row, cell.column): text
            for line in sheet.iter_rows()
            for cell in line
            if (text := spelled(cell.value, cell.number_format, cell.data_type))
        }
        for sheet in book.worksheets
    }


def spelled(value: object, number_format: str, kind: str) -> str:
    if kind == "e":
        return "#"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        percent = "%" in re.sub(r'"[^"]*"|\\.', "", number_format)
        return f"{value * 100:.10g} %" if percent else f"{value:.15g}"
    decoded = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(value or ""))
    return clean(decoded)


def as_we_read(parts: Parts) -> dict[str, dict[tuple[int, int], str]]:
    return {
        grid.title: {
            (row, grid.left + place + 1): _MIDNIGHT.sub("", clean(text))
            for place, column in enumerate(grid.cells)
            for row, text in enumerate(column, start=1)
            if text is not None and clean(text)
        }
        for grid in read_grids("a.xlsx", zipped(parts), DEFAULT_LIMIT)
    }


@PROGRAMS
def test_every_cell_reads_as_openpyxl_reads_it(parts: Parts) -> None:
    assert as_we_read(parts) == as_openpyxl_reads(parts)


CELLS: Mapping[str, str] = {
    "number": '<c r="?"><v>1985</v></c>',
    "number with t": '<c r="?" t="n"><v>80.5</v></c>',
    "fraction of binary": '<c r="?"><v>0.28499999999999998</v></c>',
    "exponent": '<c r="?"><v>1.5E-3</v></c>',
    "shared text": '<c r="?" t="s"><v>0</v></c>',
    "rich shared text": '<c r="?" t="s"><v>1</v></c>',
    "text of a formula": '<c r="?" t="str"><f>A1</f><v>Arna &amp; Åsane</v></c>',
    "inline text": '<c r="?" t="inlineStr"><is><t>Fyllingsdalen</t></is></c>',
    "inline runs": '<c r="?" t="inlineStr"><is><r><t>Lang</t></r><r><rPr><b/></rPr><t>uke</t></r></is></c>',
    "inline with pronunciation": '<c r="?" t="inlineStr"><is><t>Åse</t><rPh sb="0" eb="1"><t>o</t></rPh></is></c>',
    "empty inline text": '<c r="?" t="inlineStr"><is><t></t></is></c>',
    "empty inline element": '<c r="?" t="inlineStr"><is/></c>',
    "empty text of a formula": '<c r="?" t="str"><f>""</f><v></v></c>',
    "true": '<c r="?" t="b"><v>1</v></c>',
    "false": '<c r="?" t="b"><f>1=2</f><v>0</v></c>',
    "error": '<c r="?" t="e"><v>#N/A</v></c>',
    "error of a formula": '<c r="?" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    "newer error": '<c r="?" t="e" vm="1"><v>#SPILL!</v></c>',
    "error of LibreOffice": '<c r="?" t="e"><f aca="false">x()</f><v>Err:508</v></c>',
    "date": '<c r="?" s="1"><v>43894</v></c>',
    "date and time": '<c r="?" s="1"><v>43894.5</v></c>',
    "date by type": '<c r="?" t="d"><v>2020-03-04</v></c>',
    "date and time by type": '<c r="?" t="d" s="1"><v>2020-03-04T14:05:06</v></c>',
    "percentage": '<c r="?" s="3"><v>0.285</v></c>',
    "percentage of a formula": '<c r="?" s="3"><f>1/4</f><v>0.25</v></c>',
    "percentage as text": '<c r="?" t="str" s="3"><v>80</v></c>',
    "spelled number": '<c r="?" s="2"><v>12</v></c>',
    "no value": '<c r="?" s="1"/>',
    "no text": '<c r="?" t="s"/>',
    "remark in a value": '<c r="?"><v>19<!-- -->85</v></c>',
    "cdata": '<c r="?" t="inlineStr"><is><t><![CDATA[a & b]]></t></is></c>',
    "attributes in another order": '<c t="s" s="3" r="?"><v>0</v></c>',
    "single quotes": "<c s='1' r='?'><v>43894</v></c>",
    "metadata": '<c r="?" cm="1" s="3"><f t="array" ref="?">1/2</f><v>0.5</v></c>',
    "space before the end": '<c r="?" s="3" ><v>0.5</v></c>',
    "escaped line": '<c r="?" t="s"><v>2</v></c>',
    "escaped line of a formula": '<c r="?" t="str"><f>A1</f><v>ett_x000A_to</v></c>',
    "lines between the parts": '<c r="?" s="3">\n <f>1/2</f>\n <v>0.5</v>\n</c>',
}
"""Kind of cell -> the cell, `?` for its place, in LIBREOFFICE's styles and TEXTS."""

TEXTS = (
    '<si><t>Laksevåg</t></si><si><r><t xml:space="preserve">Ny </t></r><r><rPr><i/></rPr>'
    '<t>krone</t></r><rPh sb="0" eb="2"><t>uttale</t></rPh></si><si><t>ett_x000D_\nto</t></si>'
    "<si/><si><t>fire</t></si>"
)


def with_cells(cells: str) -> Parts:
    """A workbook whose first sheet holds these cells, for comparison only."""
    parts = rewritten(LIBREOFFICE, STRINGS, r"(<sst[^>]*>).*</sst>", rf"\1{TEXTS}</sst>")
    for sheet in (REFERRALS, EXITS):
        parts = rewritten(parts, sheet, "<sheetData>.*</sheetData>", "<sheetData/>")
    return {**parts, PERSONS: sheet_of(cells)}


def sheet_of(cells: str) -> bytes:
    head = EXCEL_1904[PERSONS].decode().partition("<dimension")[0]
    return f"{head}<sheetData>{cells}</sheetData></worksheet>".encode()


@pytest.mark.parametrize("after", [1, 4])
@pytest.mark.parametrize("before", CELLS)
def test_each_kind_of_cell_beside_every_other(before: str, after: int) -> None:
    # The first cell decides where the grid begins, so that each kind comes first once.
    kinds = list(CELLS)
    lines = []
    for number, kind in enumerate([before, *kinds], start=1):
        others = [kind, before, kinds[(kinds.index(kind) + after) % len(kinds)]]
        cells = "".join(
            CELLS[other].replace("?", f"{letter}{number}")
            for letter, other in zip("BDE", others, strict=True)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    parts = with_cells("".join(lines))
    ours, theirs = as_we_read(parts)["Deltakere"], as_openpyxl_reads(parts)["Deltakere"]
    assert ours == theirs


@pytest.mark.parametrize("number", range(1, 6))
def test_texts_keep_their_places_beside_empty_ones(number: int) -> None:
    cells = f'<row r="1"><c r="A1" t="s"><v>{number - 1}</v></c><c r="B1"><v>1</v></c></row>'
    expected = ["Laksevåg", "Ny krone", "ett to", None, "fire"][number - 1]
    assert as_we_read(with_cells(cells))["Deltakere"].get((1, 1)) == expected


def test_rows_and_cells_in_any_order_with_gaps() -> None:
    cells = (
        '<row r="9"><c r="E9"><v>9</v></c><c r="B9"><v>5</v></c></row><row><c><v>10</v></c><c r="D10">'
        '<v>4</v></c><c><v>55</v></c></row><row r="3" hidden="1"><c r="C3"><v>3</v></c></row>'
    )
    assert as_we_read(with_cells(cells))["Deltakere"] == {
        (9, 5): "9", (9, 2): "5", (10, 1): "10", (10, 4): "4", (10, 5): "55", (3, 3): "3",
    }  # fmt: skip


def test_empty_sheets_and_sheets_of_charts_are_none() -> None:
    parts = rewritten(
        LIBREOFFICE, BOOK, r"</sheets\s*>", '<sheet name="D" sheetId="9" r:id="rC"/></sheets>'
    )
    links = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet"
    chart = f'<Relationship Id="rC" Type="{kind}" Target="chartsheets/sheet1.xml"/></Relationships>'
    parts = rewritten(parts, links, "</Relationships>", chart)
    parts = {**parts, "xl/chartsheets/sheet1.xml": b"<chartsheet/>"}
    expect_the_form(register(zipped(parts)))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
@PROGRAMS
def test_parts_may_be_in_another_encoding(parts: Parts, encoding: str) -> None:
    told = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
    encoded = {
        name: part.decode().replace('encoding="UTF-8"', f'encoding="{told}"', 1).encode(encoding)
        if name.startswith("xl/")
        else part
        for name, part in parts.items()
    }
    expect_the_form(register(zipped(encoded)))


# --- The system of 1904 -------------------------------------------------------------------

X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"


@pytest.mark.parametrize("value", ["1", "true", "TRUE"])
@pytest.mark.parametrize(
    "extension",
    [
        "",
        '<extLst><ext uri="{1}"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>',
        '<extLst><ext uri="{1}"><x15:workbookPr date1904="0"/></ext></extLst>',
        f'<extLst><ext uri="{{1}}"><y:workbookPr xmlns:y="{X15}"/></ext></extLst>',
        f'<extLst><ext uri="{{1}}"><workbookPr xmlns="{X15}" date1904="false"/></ext></extLst>',
    ],
)
def test_days_are_counted_from_1904_where_the_workbook_says_so(value: str, extension: str) -> None:
    parts = rewritten(EXCEL_1904, BOOK, 'date1904="1"', f'date1904="{value}"')
    expect_the_form(register(zipped(rewritten(parts, BOOK, "<extLst>.*</extLst>", extension))))


@pytest.mark.parametrize("value", ["0", "false", None])
def test_extension_does_not_count_days_from_1904(value: str | None) -> None:
    flag = "" if value is None else f' date1904="{value}"'
    parts = rewritten(LIBREOFFICE, BOOK, ' date1904="false"', flag)
    extension = (
        f'<extLst><ext uri="{{1}}"><z:workbookPr xmlns:z="{X15}" date1904="1"/></ext></extLst>'
    )
    expect_the_form(
        register(zipped(rewritten(parts, BOOK, "</workbook>", f"{extension}</workbook>")))
    )


def test_properties_of_the_workbook_after_its_sheets() -> None:
    (flag,) = re.findall("<x:workbookPr[^>]*>", OPEN_XML_SDK[BOOK].decode())
    parts = rewritten(OPEN_XML_SDK, BOOK, re.escape(flag), "")
    expect_the_form(register(zipped(rewritten(parts, BOOK, "</x:sheets>", f"</x:sheets>{flag}"))))


# --- What a sheet says of itself ----------------------------------------------------------


@pytest.mark.parametrize("reference", ["1:5", "A:F", "", "A1", "XFD1048576", "A1:B2 D4", "#REF!"])
@pytest.mark.parametrize("sheet", [PERSONS, REFERRALS, EXITS])
def test_dimension_of_a_sheet_does_not_matter(reference: str, sheet: str) -> None:
    parts = rewritten(
        LIBREOFFICE, sheet, '<dimension ref="[^"]*"/>', f'<dimension ref="{reference}"/>'
    )
    if sheet == PERSONS:
        expect_the_form(register(zipped(parts)))
    without = rewritten(parts, sheet, "<dimension[^>]*/>", "")
    expect_the_form(register(zipped(without)))
    expect_the_form(register(zipped(parts)))


@pytest.mark.parametrize(
    "empty",
    [
        '<c r="A?" t="str"><f>IF(B?="","!","")</f><v></v></c>', '<c r="A?" t="str"><v/></c>',
        '<c r="A?" t="inlineStr"><is><t></t></is></c>', '<c r="A?" t="inlineStr"><is><t/></is></c>',
        '<c r="A?" t="inlineStr"><is/></c>', '<c r="A?" t="s"><v>24</v></c>',
        '<c r="A?" s="3"/>', '<c r="A?" s="3"><v/></c>', '<c r="A?"><f>B?</f></c>',
        '<c r="A?" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>',
    ],
)  # fmt: skip
def test_columns_before_the_table_hold_nothing_however_that_is_written(empty: str) -> None:
    parts = rewritten(LIBREOFFICE, STRINGS, "</sst>", "<si><t></t></si></sst>")
    moved = parts[EXITS].decode()
    for old, new in ("FG", "EF", "DE", "CD", "BC", "AB"):
        moved = re.sub(f'r="{old}([12])"', rf'r="{new}\1"', moved)
    moved = re.sub(r'(<row r="(\d)"[^>]*>)', lambda row: row[1] + empty.replace("?", row[2]), moved)
    expect_the_form(register(zipped({**parts, EXITS: moved.encode()})))


# --- Styles -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["0.00%", "General", '"K-"0000', "@"])
@pytest.mark.parametrize("number", [14, 22, 9, 164, 165, 166, 167])
def test_formats_of_conditional_styles_are_no_formats_of_cells(code: str, number: int) -> None:
    quoted = code.replace('"', "&quot;")
    dxfs = f'<dxfs count="1"><dxf><numFmt numFmtId="{number}" formatCode="{quoted}"/></dxf></dxfs>'
    for parts in (
        LIBREOFFICE,
        rewritten(LIBREOFFICE, STYLES, 'numFmtId="165" fontId', 'numFmtId="14" fontId'),
    ):
        expect_the_form(
            register(zipped(rewritten(parts, STYLES, "</styleSheet>", f"{dxfs}</styleSheet>")))
        )


@pytest.mark.parametrize(
    "code",
    [
        "dd.mm.yyyy", "dd\\.mm\\.yyyy", "d/m/yy;@", "[$-414]d\\. mmmm\\ yyyy;@", "[$-F800]dddd\\,\\ mmmm\\ dd",
        "yyyy\\-mm\\-dd", "d&quot;.&quot;m&quot;.&quot;yyyy", "mmm\\-yy", "[Red]dd.mm.yyyy", "dd.mm.yyyy\\ hh:mm",
        "DD/MM/YYYY", "yyyy", "[$-409]m/d/yy\\ h:mm\\ AM/PM;@",
    ],
)  # fmt: skip
def test_date_is_a_date_in_every_format_that_shows_one(code: str) -> None:
    parts = rewritten(
        LIBREOFFICE, STYLES, r'formatCode="dd\\.mm\\.yyyy"', lambda _: f'formatCode="{code}"'
    )
    expect_the_form(register(zipped(parts)))


@pytest.mark.parametrize("number", [14, 15, 16, 17, 22, 27, 30, 36, 50, 57, 58])
def test_date_is_a_date_in_every_built_in_format_of_dates(number: int) -> None:
    expect_the_form(
        register(
            zipped(
                rewritten(
                    LIBREOFFICE, STYLES, 'numFmtId="165" fontId', f'numFmtId="{number}" fontId'
                )
            )
        )
    )


@pytest.mark.parametrize(
    "code", ['0" dager"', "General", "#,##0", '0.0"md"', "0.00E+00", "[Red]0;[Blue]-0", "\\d0"]
)
def test_number_is_no_date_in_any_other_format(code: str) -> None:
    quoted = code.replace("\\", "\\\\").replace('"', "&quot;")
    parts = rewritten(LIBREOFFICE, STYLES, r'formatCode="dd\\.mm\\.yyyy"', f'formatCode="{quoted}"')
    assert set(register(zipped(parts)).rejected["code"]) == {"bad_date", "orphan"}


# --- Identifiers that a number format makes -----------------------------------------------


def identifiers(code: str, stored: str, kind: str = "n") -> tuple[str, str]:
    """What is read of a cell in this format: as an identifier, and as a target group."""
    quoted = (
        code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("\\", "\\\\")
    )
    parts = rewritten(
        LIBREOFFICE, STYLES, 'formatCode="&quot;K-&quot;0000"', f'formatCode="{quoted}"'
    )
    cell = f'<c r="X9" s="2" t="{kind}"><v>{stored}</v></c>'
    for place, number in (("A2", 1), ("B2", 2)):
        sheet = f"xl/worksheets/sheet{number}.xml"
        parts = rewritten(parts, sheet, f'<c r="{place}" .*?</c>', cell.replace("X9", place))
    header = '<c r="G1" t="inlineStr"><is><t>Målgruppe</t></is></c></row'
    parts = rewritten(parts, REFERRALS, "</row", header, count=1)
    parts = rewritten(
        parts, REFERRALS, "(<v>43927</v></c>)(</row)", rf"\1{cell.replace('X9', 'G2')}\2"
    )
    tables = read(zipped(parts)).tables
    person, referral = (
        tables["participants"].row(0, named=True),
        tables["referrals"].row(0, named=True),
    )
    assert person["participant_id"] == referral["participant_id"]
    return person["participant_id"], referral["target_group"]


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ('"D-"0000', "3", "D-0003"), ("000000", "4711", "004711"), ("D\\-0000", "12", "D-0012"),
        ("\\D\\-0000", "12", "D-0012"), ('"B"#', "45", "B45"), ('"B"General', "45", "B45"),
        ('000"-NO"', "7", "007-NO"), ("00\\-00", "123", "01-23"), ("00-00", "12345", "123-45"),
        ("[$D-]0000", "5", "D0005"), ("[Red]\"E\"00", "5", "E05"), ('"D-"0000;"N-"0000', "3", "D-0003"),
        ('"D-"0000;-0;"null"', "0", "null"), ('[>=1000]"A-"0;"B-"0', "12", "B-12"),
        ('[>=1000]"A-"0;"B-"0', "1200", "A-1200"), ('"D-"0000_)', "3", "D-0003"), ("0000", "1.0", "0001"), ("0000", "1.2E1", "0012"),
        ('"D-"0000', "12345", "D-12345"), ("000 000", "1234", "001234"), ('* "D-"00', "3", "D-03"),
        ('"D-"0000;@', "3.0", "D-0003"), ('_-"D"* #,##0_-', "1234", "D1234"),
    ],
)  # fmt: skip
def test_identifier_is_what_its_cell_shows(code: str, stored: str, shown: str) -> None:
    as_identifier, as_code = identifiers(code, stored)
    assert as_identifier == shown
    assert float(as_code) == float(stored)


@pytest.mark.parametrize(
    ("code", "stored", "read_as"),
    [
        ("General", "12", "12"), ("0", "12", "12"), ("#,##0", "4711", "4711"), ("# ##0", "4711", "4711"),
        ("0.00", "12", "12"), ("@", "12", "12"), ('"D-"0000', "1.5", "1.5"), (";;;", "12", "12"), ("##0", "12", "12"),
    ],
)  # fmt: skip
def test_number_that_is_shown_as_it_is_stays_its_digits(
    code: str, stored: str, read_as: str
) -> None:
    assert identifiers(code, stored)[0] == read_as


@pytest.mark.parametrize(
    ("code", "shown"),
    [('"D-"@', "D-x7"), ('0;0;0;"D-"@', "D-x7"), ("@", "x7"), ("General", "x7"), ('"D-"0', "x7")],
)
def test_text_of_an_identifier_is_what_its_cell_shows(code: str, shown: str) -> None:
    assert identifiers(code, "x7", "str")[0] == shown


@pytest.mark.parametrize("value", ["<v></v>", "<v/>", ""])
@pytest.mark.parametrize(("code", "kind"), [('"D-"0000', "n"), ('"D-"@', "str"), ('"D-"0000', "s")])
def test_format_makes_no_identifier_of_nothing(value: str, code: str, kind: str) -> None:
    quoted = code.replace('"', "&quot;")
    parts = rewritten(
        LIBREOFFICE, STYLES, 'formatCode="&quot;K-&quot;0000"', f'formatCode="{quoted}"'
    )
    cells = f'<row r="5"><c r="A5" s="2" t="{kind}">{value}</c></row></sheetData>'
    built = read(zipped(rewritten(parts, PERSONS, "</sheetData>", cells)))
    assert built.tables["participants"].height == 2


def test_shown_identifier_is_the_one_that_a_csv_file_of_the_sheet_holds() -> None:
    csv = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn\nK-0007;1984;Kvinne;Eritrea\n".encode()
    files = [
        delivered_file("nora.xlsx", zipped(GOOGLE_SHEETS)),
        delivered_file("deltakere_2.csv", csv),
    ]
    raw = read_deliveries(files, in_process)
    built = build_register(raw, date(2021, 6, 30))
    assert built.tables["participants"]["participant_id"].to_list() == ["K-0007", "K-0012"]


def test_forgotten_person_is_found_by_the_identifier_that_a_number_format_shows() -> None:
    content = zipped(LIBREOFFICE)
    who = Forgotten(b"s" * 32).also("participants", pl.DataFrame({"participant_id": ["K-0007"]}))
    assert who.are_mentioned(list(read_texts("nora.xlsx", content, DEFAULT_LIMIT)))


# --- Sentences that name the cause --------------------------------------------------------


def said(content: bytes) -> list[tuple[str, int | None, str | None, str, str]]:
    """Sheet, row, field, code and message of what is rejected, without what follows from it."""
    found = register(content).rejected.filter(pl.col("code") != "orphan")
    return found.select("sheet", "row", "field", "code", "message").rows()


@pytest.mark.parametrize("time", ["43894.385416666664", "43894.999", "43894.0007"])
@pytest.mark.parametrize("number", [14, 165])
def test_hidden_time_of_day_is_named(time: str, number: int) -> None:
    parts = rewritten(LIBREOFFICE, REFERRALS, "<v>43894<", f"<v>{time}<")
    parts = rewritten(parts, STYLES, 'numFmtId="165" fontId', f'numFmtId="{number}" fontId')
    (error,) = said(zipped(parts))
    assert error[:4] == ("Henvisninger", 2, "referred_on", "bad_date")
    assert problems.HIDDEN_TIME in error[4]


def test_time_by_type_and_time_in_a_text_are_named_and_no_other_text_is() -> None:
    parts = rewritten(BARE, "xl/worksheets/henvisninger.xml", "2020-03-04", "2020-03-04T08:30:00")
    assert problems.HIDDEN_TIME in said(zipped(parts))[0][4]
    parts = rewritten(BARE, "xl/worksheets/avslutninger.xml", "30.11.2020", "30.11.2020 08:30")
    assert problems.HIDDEN_TIME in said(zipped(parts))[0][4]
    parts = rewritten(BARE, "xl/worksheets/avslutninger.xml", "30.11.2020", "i november")
    assert problems.SENTENCES["bad_date"].format(empty="") in said(zipped(parts))[0][4]


def merged(reference: str, *emptied: str) -> list[tuple[str, int | None, str | None, str, str]]:
    """What is said of LIBREOFFICE's referrals with an area merged and cells emptied."""
    parts: Parts = LIBREOFFICE
    for place in emptied:
        parts = rewritten(
            parts, REFERRALS, f'<c r="{place}" [^>]*?>.*?</c>', f'<c r="{place}" s="0"/>'
        )
    cells = f'</sheetData><mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    return said(zipped(rewritten(parts, REFERRALS, "</sheetData>", cells)))


@pytest.mark.parametrize("column", ["B", "C", "D", "E"])
def test_cell_merged_with_the_one_above_is_named(column: str) -> None:
    (error,) = merged(f"{column}2:{column}3", f"{column}3")
    assert error[1] == 3
    assert error[3] == "missing_value"
    assert problems.MERGED in error[4]


def test_field_that_may_be_empty_is_not_emptied_by_merging() -> None:
    (error,) = merged("F2:F3")
    assert error[1:4] == (3, "started_on", "missing_value")
    assert problems.MERGED in error[4]


def test_cells_merged_beside_each_other_matter_where_the_field_must_be_filled_in() -> None:
    (error,) = merged("D2:E2", "E2")
    assert error[1:4] == (2, "benefit", "missing_value")
    assert problems.MERGED in error[4]
    assert merged("E3:F3") == []


def test_value_that_a_merged_cell_hides_is_not_read_as_if_it_were_shown() -> None:
    (error,) = merged("C2:C3")
    assert error[1:4] == (3, "referred_on", "missing_value")
    assert merged("D2:D3") == []


def test_titles_and_empty_rows_may_be_merged() -> None:
    assert merged("A9:F12") == []
    assert merged("H1:J3") == []
    for odd in ("", "A", "#REF!", "H:J", "9:12", "XFE1:XFE3"):
        assert merged(odd) == []
    expect_the_form(register(zipped(NUMBERS)))


@pytest.mark.parametrize("table", ["Tabell 1", "Table 2", "Tabell 1-1", "Liste"])
def test_sheets_that_numbers_names_after_their_tables_are_asked_back_by_name(table: str) -> None:
    parts = rewritten(
        NUMBERS, BOOK, '(name="(?:Deltakere|Henvisninger|Avslutninger))', rf"\1 - {table}"
    )
    found = said(zipped(parts))
    assert [(sheet, code) for sheet, _, _, code, _ in found] == [
        ("Deltakere", "missing_sheet"), ("Henvisninger", "missing_sheet"), ("Avslutninger", "missing_sheet"),
    ]  # fmt: skip
    for sheet, *_, message in found:
        assert f"«{sheet} - {table}»" in message
        assert "Numbers" in message


def test_sheet_of_numbers_that_may_be_missing_is_not_passed_over() -> None:
    parts = rewritten(NUMBERS, BOOK, "Eksportsammendrag", "Aktiviteter - Tabell 1")
    ((sheet, *_, code, message),) = said(zipped(parts))
    assert (sheet, code) == ("Aktiviteter", "missing_sheet")
    assert "Numbers" in message


def test_sheet_with_nearly_the_name_is_asked_back_by_name() -> None:
    parts = rewritten(LIBREOFFICE, BOOK, 'name="Henvisninger"', 'name="Henvisninger 2020"')
    ((sheet, *_, code, message),) = said(zipped(parts))
    assert (sheet, code) == ("Henvisninger", "missing_sheet")
    assert "«Henvisninger 2020»" in message
    assert "Numbers" not in message


def struck(styled: Callable[[str], bool], font: str) -> list[tuple[object, ...]]:
    """The findings on LIBREOFFICE's referrals with the cells at some places struck out."""
    parts = rewritten(LIBREOFFICE, STYLES, "</fonts>", f"<font>{font}<sz val='10'/></font></fonts>")
    parts = rewritten(
        parts,
        STYLES,
        "</cellXfs>",
        '<xf numFmtId="164" fontId="1"/><xf numFmtId="165" fontId="1"/></cellXfs>',
    )
    sheet = re.sub(
        r'<c r="(\w+)" s="(\d)"',
        lambda cell: (
            f'<c r="{cell[1]}" s="{5 if cell[2] == "1" else 4}"' if styled(cell[1]) else cell[0]
        ),
        parts[REFERRALS].decode(),
    )
    parts = {**parts, REFERRALS: sheet.encode()}
    found = read(zipped(parts)).findings
    assert register(zipped(parts)).rejected.filter(pl.col("code") != "orphan").is_empty()
    return found.select("rule", "severity", "sheet", "row", "field").rows()


@pytest.mark.parametrize("font", ["<strike/>", '<strike val="1"/>', '<b/><strike val="true"/>'])
def test_row_that_is_struck_out_is_read_and_found(font: str) -> None:
    expected = [("struck_out", "warning", "Henvisninger", 3, "referral_id")]
    assert struck(lambda place: place in ("A3", "C3", "D3", "E3"), font) == expected


def test_row_that_is_struck_out_but_for_its_key_is_found() -> None:
    expected = [("struck_out", "warning", "Henvisninger", 3, "referral_id")]
    assert struck(lambda place: place.endswith("3") and place != "A3", "<strike/>") == expected


def test_row_that_is_not_struck_out_is_not_found() -> None:
    assert struck(lambda place: place.endswith("3"), '<strike val="0"/>') == []
    assert struck(lambda place: place == "D3", "<strike/>") == []
    assert struck(lambda place: place.endswith("1"), "<strike/>") == []


# --- The copy of a strict workbook --------------------------------------------------------


def test_feedback_on_a_strict_workbook_is_a_copy_that_can_be_mended() -> None:
    parts = rewritten(STRICT, REFERRALS, "2020-03-04", "2020-03-04T10:00:00")
    rejected = register(zipped(parts)).rejected
    assert rejected["code"].to_list()[0] == "bad_date"
    returned = feedback("nora.xlsx", rejected, zipped(parts))
    book = openpyxl.load_workbook(io.BytesIO(returned))
    assert book.sheetnames == ["Feil", "Deltakere", "Henvisninger", "Avslutninger"]
    cell = book["Henvisninger"]["C2"]
    assert problems.HIDDEN_TIME in cell.comment.text
    cell.value = date(2020, 3, 4)
    mended = io.BytesIO()
    book.save(mended)
    expect_the_form(register(mended.getvalue()))


def test_feedback_has_the_list_alone_where_a_copy_would_have_no_sheet() -> None:
    unknown = {
        name: part.replace(b"purl.oclc.org", b"example.org") for name, part in STRICT.items()
    }
    rejected = register(zipped(rewritten(STRICT, REFERRALS, "2020-03-04", "mars"))).rejected
    returned = feedback("nora.xlsx", rejected, zipped(unknown))
    assert openpyxl.load_workbook(io.BytesIO(returned)).sheetnames == ["Feil"]


# --- Not a workbook of sheets -------------------------------------------------------------


def test_workbook_without_its_list_of_sheets_is_unreadable() -> None:
    assert codes_of(zipped({n: p for n, p in BARE.items() if n != BOOK})) == {"unreadable"}


def test_column_without_a_header_is_named() -> None:
    cell = '<c r="J2" t="inlineStr"><is><t>viktig</t></is></c></row'
    parts = rewritten(LIBREOFFICE, EXITS, "(?<=</v></c>)</row(?=></sheetData>)", cell)
    assert read(zipped(parts)).ignored == ("kolonne J, uten overskrift, i arket «Avslutninger»",)


def test_refusal_names_no_cell() -> None:
    parts = rewritten(NUMBERS, BOOK, 'name="Deltakere"', 'name="Noe annet"')
    with pytest.raises(DeliveryError) as caught:
        read(zipped(parts))
    assert "Eritrea" not in str(caught.value)
