"""Reading a CSV file: as Norwegian Excel writes it, and as others do."""

from __future__ import annotations

import codecs
import random

import polars as pl
import pytest

from assets.raw.problems import DeliveryError
from assets.vocabulary import vocabulary
from tests.unit.workbooks import codes_of, read

HEADER = ["Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn", "Norsknivå", "Utdanning"]
ROWS = [
    ["p1", "1985", "Kvinne", "Côte d'Ivoire", "A2", ""],
    ["p2", "1990", "Mann", "Syria", "", ""],
]
NAME = "deltakere_2021-03.csv"


def lines(*rows: list[str], delimiter: str = ";", end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


def table(content: str | bytes, name: str = NAME) -> pl.DataFrame:
    encoded = content.encode("cp1252") if isinstance(content, str) else content
    (frame,) = read(encoded, name).tables.values()
    return frame


def cells(content: str | bytes) -> list[tuple[object, ...]]:
    return table(content).select("participant_id", "birth_year", "delivery_row").rows()


EXPECTED = [("p1", "1985", 2), ("p2", "1990", 3)]

# --- How it is written --------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_encoding_delimiter_and_line_end(encoding: str, delimiter: str, end: str) -> None:
    content = lines(HEADER, *ROWS, delimiter=delimiter, end=end).encode(encoding)
    frame = table(content)
    assert frame.select(pl.nth(range(6))).rows() == [
        ("p1", "1985", "Kvinne", "Côte d'Ivoire", "A2", None),
        ("p2", "1990", "Mann", "Syria", None, None),
    ]
    assert frame["delivery_row"].to_list() == [2, 3]
    assert frame["delivery"].unique().to_list() == [NAME]


def test_mark_of_utf_8_before_a_quoted_header() -> None:
    quoted = lines([f'"{header}"' for header in HEADER], *ROWS)
    assert cells(quoted.encode("utf-8-sig")) == EXPECTED


def test_last_line_needs_no_end() -> None:
    assert cells(lines(HEADER, *ROWS).rstrip()) == EXPECTED


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks_and_rows_are_numbered_as_shown() -> (
    None
):
    quoted = ["p1", "1985", '"Kvi;""nn""\r\ne"', "Syria", "", ""]
    frame = table(lines(HEADER, quoted, ["", "", "", "", "", ""], ROWS[1]))
    assert frame["gender"].to_list() == ['Kvi;"nn" e', "Mann"]
    assert frame["delivery_row"].to_list() == [2, 4]


def test_decimal_comma_between_semicolons() -> None:
    exits = [
        "Henvisnings-ID;Avsluttet dato;Avslutningstype;Gikk til;Årsak;Stillingsprosent",
        "r1;31.12.2021;Planmessig avsluttet;A;;80,5",
        "r2;31.12.2021;Planmessig avsluttet;A;;100,0",
    ]
    frame = table("\n".join(exits), "avslutninger.csv")
    assert frame["position_pct"].to_list() == ["80,5", "100,0"]


def test_quoted_decimal_comma_between_commas() -> None:
    exits = 'referral_id,exited_on,kind,outcome,dropout_reason,position_pct\nr1,2021-12-31,x,A,,"80,5"\n'
    assert table(exits, "avslutninger.csv")["position_pct"].to_list() == ["80,5"]


@pytest.mark.parametrize("delimiter", [";", ",", "|"])
def test_line_that_tells_the_delimiter_is_no_row(delimiter: str) -> None:
    content = f"sep={delimiter}\r\n" + lines(HEADER, *ROWS, delimiter=delimiter)
    assert cells(content) == EXPECTED


def test_title_rows_with_other_delimiters_above_the_header() -> None:
    titles = "Deltakere, NorA\r\nHentet 1.3.2021, kl. 9, av saksbehandler, for 2021\r\n\r\n"
    assert [row for *_, row in cells(titles + lines(HEADER, *ROWS))] == [5, 6]


def test_blank_lines_are_numbered_and_passed_over() -> None:
    content = "\r\n" + lines(HEADER) + "\r\n;;;;;\r\n \t;\xa0;;;;\r\n" + lines(*ROWS) + "\r\n\r\n"
    assert [row for *_, row in cells(content)] == [6, 7]


def test_rows_may_be_shorter_and_longer_than_the_header() -> None:
    content = lines(HEADER, ["p1", "1985"], ["p2", "1990", "Mann", "Syria", "", "", "", "mer"])
    assert cells(content) == EXPECTED
    assert table(content)["gender"].to_list() == [None, "Mann"]


def test_header_in_english_in_any_order_with_unknown_columns() -> None:
    content = b"note,Gender,COUNTRY,birth year,participant-id\nx,Mann,NO,1985,p1\n"
    delivery = read(content, NAME)
    assert delivery.tables["participants"].row(0)[:4] == ("p1", "1985", "Mann", "NO")
    assert len(delivery.ignored) == 1
    assert "note" in delivery.ignored[0]


def test_decomposed_letters_in_header_and_name() -> None:
    content = lines(HEADER, *ROWS).replace("å", "a\u030a").encode()
    assert table(content)["norwegian_level"].to_list() == ["A2", None]


def test_headers_alone_are_a_delivery_without_rows() -> None:
    assert table(lines(HEADER)).height == 0


# --- Which table it is --------------------------------------------------------------------


@pytest.mark.parametrize("one", vocabulary().sheets(), ids=lambda one: one.name)
@pytest.mark.parametrize("form", ["{}.csv", "{}_2021-03.csv", "{} (1).CSV"])
def test_name_begins_with_that_of_the_sheet(one: object, form: str) -> None:
    (declared,) = (each for each in vocabulary().sheets() if each is one)
    content = ";".join(column.label_nb for column in declared.fields).encode()
    for spelling in (str.lower, str.upper, str.capitalize):
        name = form.format(spelling(str(declared.sheet)))
        assert set(read(content, name).tables) == {declared.name}


@pytest.mark.parametrize("name", ["folk.csv", "mine deltakere.csv", "participants.csv", "data.csv"])
def test_other_names_lack_their_sheet(name: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        read(lines(HEADER, *ROWS).encode(), name)
    (found,) = caught.value.problems.to_dicts()
    assert (found["code"], found["sheet"]) == ("missing_sheet", None)
    assert "Deltakere" in found["message"]


def test_required_sheets_are_not_missed_in_a_file_of_one_record_type() -> None:
    assert codes_of(lines(HEADER, *ROWS).encode(), NAME) == set()


def test_missing_column_is_named() -> None:
    with pytest.raises(DeliveryError) as caught:
        read(lines(HEADER[:3], *ROWS).encode(), NAME)
    assert caught.value.problems.select("sheet", "field", "code").rows() == [
        ("Deltakere", "country", "missing_column")
    ]


# --- What is none -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a;b\0;c\n",
        codecs.BOM_UTF16_LE + b"a",
        "Deltaker-ID;Fødselsår".encode("utf-16-le"),
        b"a;b\x81\n",
        b"PK\x03\x04" + random.Random(1).randbytes(5000),
    ],
    ids=["empty", "zero byte", "half a letter", "no mark", "no letter", "workbook"],
)
def test_file_that_is_no_text_is_unreadable(content: bytes) -> None:
    assert codes_of(content, NAME) == {"unreadable"}


def test_quotation_without_an_end_swallows_no_rows() -> None:
    content = lines(HEADER, ["p1", "1985", '"Kvinne', "Syria", "", ""], ROWS[1])
    assert codes_of(content.encode(), NAME) == {"unreadable"}
    assert codes_of((content + lines(ROWS[1]) * 20_000).encode(), NAME) == {"unreadable"}


def test_quotes_within_a_cell_are_text() -> None:
    content = lines(HEADER, ["p1", "1985", 'Kvi"nn"e', 'Sy"ria', "", ""], ROWS[1])
    assert table(content)["gender"].to_list() == ['Kvi"nn"e', "Mann"]


def test_row_that_is_wide_and_rows_that_are_many_take_no_rectangle() -> None:
    content = lines(HEADER, [""] * 100_000) + "x\r\n" * 100_000
    assert codes_of(content.encode(), NAME) == {"unreadable"}
