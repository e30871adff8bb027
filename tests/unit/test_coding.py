"""Typing and coding, cell by cell: every type, every spelling, every error of a single cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.raw import problems
from assets.records.coding import code
from assets.vocabulary import Code, countries, vocabulary
from tests.unit.raw_tables import AS_OF, CLEAN, frame, row, table_of
from tests.unit.workbooks import read, workbook

FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1921, 2007


def coded(table: str, field: str, cell: str | None) -> tuple[Any, list[str]]:
    """Return what one cell becomes, and the error codes that it gets."""
    done = code(table_of(table), frame(table, row(table, **{field: cell})), AS_OF)
    found = done.problems.filter(pl.col("field") == field)
    return done.frame[field][0], found["code"].to_list()


@pytest.mark.parametrize("table", CLEAN)
def test_clean_row_has_no_problem_and_no_lost_cell(table: str) -> None:
    done = code(table_of(table), frame(table, row(table)), AS_OF)
    assert done.problems.height == 0
    assert done.frame.select(CLEAN[table].keys()).null_count().sum_horizontal().item() == 0
    assert done.frame["deletes"].to_list() == [False]


# --- Identifiers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1001", "1001"), ("1001.0", "1001"), ("1001,00", "1001"), ("p1", "p1"), ("P1", "P1"),
        ("0012", "0012"), ("a_b-C", "a_b-C"), ("a" * 40, "a" * 40), ("1.5", None), ("æ1", None),
        ("a" * 41, None), ("a b", None), ("a.b", None), ("+47", None), ("a/b", None), ("١٢", None),
    ],
)  # fmt: skip
def test_identifiers(cell: str, value: str | None) -> None:
    expected = (value, [] if value else ["bad_id"])
    assert coded("participants", "participant_id", cell) == expected


# --- Dates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("31.12.2021", date(2021, 12, 31)), ("1.3.21", date(2021, 3, 1)),
        ("01.03.2021", date(2021, 3, 1)), ("2021-12-31", date(2021, 12, 31)),
        ("2021-12-31 00:00:00", date(2021, 12, 31)), ("2021-12-31T00:00:00", date(2021, 12, 31)),
        ("2021-12-31 00:00", date(2021, 12, 31)), ("31.12.2021 00:00:00", date(2021, 12, 31)),
        ("31.12.2021 00:00:00.000", date(2021, 12, 31)), ("1.1.00", date(2000, 1, 1)),
        ("29.2.2020", date(2020, 2, 29)), ("1.1.2000", date(2000, 1, 1)),
        ("1.3.68", date(2068, 3, 1)),
    ],
)  # fmt: skip
def test_dates(cell: str, value: date) -> None:
    assert coded("referrals", "started_on", cell) == (value, [])


@pytest.mark.parametrize(
    "cell",
    [
        "29.2.2021", "31.4.2021", "0.1.2021", "1.13.2021", "2021-02-30", "2021-13-01", "2021",
        "1.3", "1.3.021", "12/31/2021", "i går", "44561", "2021-12-31 14:30:00", "1.3.2021 12:00",
        "31.12.2021 kl", "١.٣.٢٠٢١", "1. mars 2021", "1.3.20211", "01032021", "2021-W01-1",
    ],
)  # fmt: skip
def test_what_is_not_a_date(cell: str) -> None:
    assert coded("referrals", "started_on", cell) == (None, ["bad_date"])


@pytest.mark.parametrize("cell", ["31.12.1999", "1.3.69", "1.3.99", "1900-01-01", "1.1.0021"])
def test_dates_before_2000_are_out_of_range(cell: str) -> None:
    assert coded("referrals", "referred_on", cell) == (None, ["out_of_range"])


# --- Numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("1985", 1985, []), ("1985.0", 1985, []), ("1985,00", 1985, []),
        (f"{FIRST_BIRTH_YEAR}", FIRST_BIRTH_YEAR, []), (f"{LAST_BIRTH_YEAR}", LAST_BIRTH_YEAR, []),
        (f"{FIRST_BIRTH_YEAR - 1}", None, ["out_of_range"]),
        (f"{LAST_BIRTH_YEAR + 1}", None, ["out_of_range"]), ("85", None, ["out_of_range"]),
        ("-1985", None, ["out_of_range"]), ("99999999999", None, ["out_of_range"]),
        ("1985.5", None, ["bad_number"]), ("1 985", None, ["bad_number"]),
        ("1985-01-01", None, ["bad_number"]), ("ca. 1985", None, ["bad_number"]),
        ("True", None, ["bad_number"]), ("9" * 30, None, ["bad_number"]),
        ("١٩٨٥", None, ["bad_number"]), ("#VALUE!", None, ["bad_number"]),
    ],
)  # fmt: skip
def test_birth_years(cell: str, value: int | None, found: list[str]) -> None:
    assert coded("participants", "birth_year", cell) == (value, found)


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("80", 80.0, []), ("80.0", 80.0, []), ("37,5", 37.5, []), ("37.5", 37.5, []),
        ("100", 100.0, []), ("0,1", 0.1, []), ("0", None, ["out_of_range"]),
        ("100.1", None, ["out_of_range"]), ("-5", None, ["out_of_range"]),
        ("80 %", 80.0, []), ("80%", 80.0, []), ("37,5 %", 37.5, []), ("0 %", None, ["out_of_range"]),
        ("110 %", None, ["out_of_range"]), ("%", None, ["bad_number"]), ("80 % ?", None, ["bad_number"]),
        ("80 %%", None, ["bad_number"]), ("1e2", None, ["bad_number"]), ("nan", None, ["bad_number"]),
        ("inf", None, ["bad_number"]), ("1.000,5", None, ["bad_number"]), ("٨٠", None, ["bad_number"]),
        ("hel", None, ["bad_number"]), ("9" * 400, None, ["out_of_range"]),
    ],
)  # fmt: skip
def test_position_percentages(cell: str, value: float | None, found: list[str]) -> None:
    assert coded("exits", "position_pct", cell) == (value, found)


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("2", 2, []), ("2.0", 2, []), ("2,00", 2, []), ("0", 0, []), ("+3", 3, []), ("007", 7, []),
        ("1000", 1000, []), ("1 000", 1000, []),
        ("1001", None, ["out_of_range"]), ("1 001", None, ["out_of_range"]),
        ("-1", None, ["out_of_range"]), ("9" * 12, None, ["out_of_range"]),
        ("2.5", None, ["bad_number"]), ("2,5", None, ["bad_number"]),
        ("ti", None, ["bad_number"]), ("10 stk", None, ["bad_number"]), ("1e2", None, ["bad_number"]),
        ("10-12", None, ["bad_number"]), ("12 34", None, ["bad_number"]), ("2 5", None, ["bad_number"]),
        ("9" * 30, None, ["bad_number"]), ("١٢", None, ["bad_number"]), ("2021-03-01", None, ["bad_number"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("table", "field"),
    [("group_sessions", "registered"), ("group_sessions", "attended"), ("staffing", "headcount")],
)
def test_whole_numbers(
    table: str, field: str, cell: str, value: int | None, found: list[str]
) -> None:
    assert coded(table, field, cell) == (value, found)


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("9,5", 9.5, []), ("0,2", 0.2, []), ("1", 1.0, []), ("0", 0.0, []),
        ("1000", 1000.0, []), ("-0,1", None, ["out_of_range"]), ("1000,1", None, ["out_of_range"]),
        ("1/2", None, ["bad_number"]), ("to", None, ["bad_number"]),
    ],
)  # fmt: skip
def test_full_time_equivalents(cell: str, value: float | None, found: list[str]) -> None:
    assert coded("staffing", "full_time_equivalents", cell) == (value, found)


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("2500000", 2_500_000.0, []), ("2 500 000", 2_500_000.0, []), ("2500000.0", 2_500_000.0, []),
        ("2 487 312,50", 2_487_312.5, []), ("2 487 312.50", 2_487_312.5, []),
        ("2487312,5", 2_487_312.5, []), ("999 999", 999_999.0, []), ("0", 0.0, []),
        ("1 000 000 000", 1e9, []), ("1 000 000 001", None, ["out_of_range"]),
        ("25 00 000", None, ["bad_number"]), ("2 5000 000", None, ["bad_number"]),
        ("2  500 000", None, ["bad_number"]), ("2.500.000", None, ["bad_number"]),
        ("2,500,000", None, ["bad_number"]), ("kr 2 500 000", None, ["bad_number"]),
        ("2 500 000 kr", None, ["bad_number"]), ("2,5 mill.", None, ["bad_number"]),
        ("2 500 000,", None, ["bad_number"]), (" 500 000", None, ["bad_number"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["savings_target", "savings_reported"])
def test_amounts(field: str, cell: str, value: float | None, found: list[str]) -> None:
    assert coded("savings", field, cell) == (value, found)


def test_savings_may_have_been_a_loss_but_no_target_is() -> None:
    assert coded("savings", "savings_reported", "-1 250 000,5") == (-1_250_000.5, [])
    assert coded("savings", "savings_reported", "-1000000001") == (None, ["out_of_range"])
    assert coded("savings", "savings_target", "-1") == (None, ["out_of_range"])


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", " "])
def test_amount_of_a_file_may_have_any_space_between_its_thousands(space: str) -> None:
    amounts = [f"2{space}500{space}000", f"2{space}487{space}312,50"]
    content = "\n".join(
        [
            "År;Mål for innsparing (kroner);Rapportert innsparing (kroner)",
            ";".join(["2021", *amounts]),
        ]
    )
    (frame,) = read(content.encode(), "Økonomi_2021.csv").tables.values()
    done = code(table_of("savings"), frame, AS_OF)
    assert done.problems.is_empty()
    assert done.frame.row(0)[:3] == (2021, 2_500_000.0, 2_487_312.5)


def test_numbers_of_a_workbook_are_read_as_they_are_typed() -> None:
    cells: list[list[object]] = [
        ["År", "Rolle", "Antall personer", "Årsverk"],
        [2021, "Veileder", 2.0, 1.2],
        [2021.0, "HR-medarbeider", 2.5, 1],
    ]
    frame = read(workbook(staffing=cells)).tables["staffing"]
    done = code(table_of("staffing"), frame, AS_OF)
    assert done.frame["year"].to_list() == [2021, 2021]
    assert done.frame["headcount"].to_list() == [2, None]
    assert done.frame["full_time_equivalents"].to_list() == [1.2, 1.0]
    assert done.problems.select("row", "field", "code").rows() == [(3, "headcount", "bad_number")]


@pytest.mark.parametrize("table", ["staffing", "savings"])
@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("2021", 2021, []), ("2021.0", 2021, []), ("2021,00", 2021, []), ("2000", 2000, []),
        (f"{AS_OF.year + 10}", AS_OF.year + 10, []), (f"{AS_OF.year + 11}", None, ["out_of_range"]),
        ("1999", None, ["out_of_range"]), ("21", None, ["out_of_range"]), ("0", None, ["out_of_range"]),
        ("2 021", None, ["bad_number"]), ("2021.5", None, ["bad_number"]), ("i fjor", None, ["bad_number"]),
        ("2020/2021", None, ["bad_number"]), ("31.12.2021", None, ["bad_number"]),
    ],
)  # fmt: skip
def test_years_that_are_no_years_of_birth(
    table: str, cell: str, value: int | None, found: list[str]
) -> None:
    assert coded(table, "year", cell) == (value, found)


# --- Codes ------------------------------------------------------------------------------

CODED = [
    (table.name, column.name, column.codes)
    for table in vocabulary().sheets()
    for column in table.columns
    if column.codes and column.codes != "country"
]


def spellings(entry: Code) -> list[str]:
    """What a cell may hold for a code: of a numbered list, the number alone."""
    if entry.code.isdigit():
        return [entry.code]
    return [entry.code, entry.label_nb, entry.label_en, *entry.aliases]


@pytest.mark.parametrize(("table", "field", "code_list"), CODED)
def test_every_spelling_of_every_code_in_any_case(table: str, field: str, code_list: str) -> None:
    meant = [
        (written, entry.code)
        for entry in vocabulary().code_list(code_list).codes
        for spelling in spellings(entry)
        for written in (spelling, spelling.upper(), spelling.lower(), f" {spelling}\u00a0")
    ]
    rows = [row(table, number, **{field: cell}) for number, (cell, _) in enumerate(meant, start=2)]
    done = code(table_of(table), frame(table, *rows), AS_OF)
    assert done.problems.filter(pl.col("field") == field).height == 0
    assert done.frame[field].to_list() == [wanted for _, wanted in meant]


@pytest.mark.parametrize(("table", "field", "code_list"), CODED)
def test_what_is_in_no_list_is_a_bad_code(table: str, field: str, code_list: str) -> None:
    assert coded(table, field, "finnes ikke") == (None, ["bad_code"])


@pytest.mark.parametrize(
    "cell", ["4", "0", "1.5", "Kommer fra introduksjonsprogrammet", "Gruppe 1", "12"]
)
def test_target_group_is_a_number_and_nothing_else(cell: str) -> None:
    assert coded("referrals", "target_group", cell) == (None, ["bad_code"])


@pytest.mark.parametrize("cell", ["U", "u", " U "])
def test_outcome_u_is_ambiguous_and_the_message_names_both(cell: str) -> None:
    done = code(table_of("exits"), frame("exits", row("exits", outcome=cell)), AS_OF)
    assert done.problems.select("field", "code", "message").rows() == [
        (
            "outcome",
            "ambiguous_code",
            "«Gikk til»: koden U er tvetydig. Skriv UF for uføretrygdet eller UK for ukjent.",
        )
    ]


@pytest.mark.parametrize("cell", ["Kongo", "kongo", "KONGO ", "Congo"])
def test_bare_kongo_is_ambiguous_and_the_message_names_both(cell: str) -> None:
    done = code(
        table_of("participants"), frame("participants", row("participants", country=cell)), AS_OF
    )
    assert done.problems.select("field", "code").rows() == [("country", "ambiguous_code")]
    assert done.problems["message"].item() == (
        "«Landbakgrunn»: Navnet er tvetydig. Skriv CD for DR Kongo eller CG for Kongo-Brazzaville."
    )


def test_u_and_kongo_are_nothing_special_elsewhere() -> None:
    assert coded("exits", "dropout_reason", "U") == (None, ["bad_code"])
    assert coded("participants", "education", "Kongo") == (None, ["bad_code"])


# --- The nearest codes ------------------------------------------------------------------


def message_of(table: str, field: str, cell: str) -> str:
    """Return the one message that a cell at fault gets."""
    done = code(table_of(table), frame(table, row(table, **{field: cell})), AS_OF)
    message: str = done.problems.filter(pl.col("field") == field)["message"].item()
    return message


@pytest.mark.parametrize(
    ("table", "field", "cell", "nearest"),
    [
        ("exits", "outcome", "Arbeid deltit", "«Arbeid deltid» (AD)"),
        ("exits", "outcome", "deltid, arbeid!", "«Arbeid deltid» (AD)"),
        ("exits", "outcome", "utdaning", "«Utdanning» (UT)"),
        ("exits", "outcome", "uføretrygda", "«Uføretrygdet» (UF)"),
        ("participants", "country", "Somlia", "«Somalia» (SO)"),
        ("participants", "country", "Eritrera", "«Eritrea» (ER)"),
        ("participants", "country", "Phillipinene", "«Filippinene» (PH)"),
        ("participants", "country", "Afganistan", "«Afghanistan» (AF)"),
        ("participants", "country", "Dem. rep. Kongo", "«DR Kongo» (CD)"),
        ("participants", "gender", "kvine", "«Kvinne» (female)"),
        ("participants", "norwegian_level", "B1 muntlig", "«B1» (b1)"),
        ("referrals", "nav_office", "Bergenhuss", "«NAV Bergenhus» (bergenhus)"),
        ("exits", "dropout_reason", "Flytta til utlandet", "«Flyttet utland» (moved_abroad)"),
        ("exits", "deletes", "jaa", "«Ja» (yes)"),
    ],
)
def test_bad_code_is_answered_with_the_nearest_code_first(
    table: str, field: str, cell: str, nearest: str
) -> None:
    assert f"Det som ligner mest, er {nearest}" in message_of(table, field, cell)


@pytest.mark.parametrize(("table", "field", "code_list"), CODED)
@pytest.mark.parametrize("cell", ["Arbeid deltit", "q", "?!", "٨", "a" * 2000, "en to tre fire"])
def test_at_most_three_different_codes_are_offered_and_all_are_of_the_list(
    table: str, field: str, code_list: str, cell: str
) -> None:
    codes = vocabulary().code_list(code_list)
    message = message_of(table, field, cell)
    named = [
        entry.code
        for entry in codes.codes
        if f" «{entry.label_nb}» ({entry.code})" in message
        or f" {entry.code} («{entry.label_nb}»)" in message
    ]
    offered = message.partition("Det som ligner mest, er ")[2]
    assert offered.count("«") == len(named)
    assert 1 <= len(named) <= 3


@pytest.mark.parametrize(
    ("field", "cell", "named"),
    [("outcome", "Fulltidsarbeid", "(A)"), ("outcome", "ADD", "(AD)"), ("deletes", "jo", "(yes)")],
)
def test_code_meant_is_among_the_nearest(field: str, cell: str, named: str) -> None:
    assert named in message_of("exits", field, cell)


@pytest.mark.parametrize(
    ("table", "field", "cell", "named"),
    [
        ("exits", "outcome", "ADD", "«Arbeid deltid» (AD)"),
        ("participants", "country", "Etiopien", "«Etiopia» (ET)"),
        (
            "participants",
            "country",
            "Dem. rep. Kongo",
            "«DR Kongo» (CD) og «Kongo-Brazzaville» (CG)",
        ),
        ("participants", "norwegian_level", "B1-B2", "«B1» (b1) og «B2» (b2)"),
    ],
)
def test_code_that_is_far_less_like_the_cell_is_left_out(
    table: str, field: str, cell: str, named: str
) -> None:
    assert message_of(table, field, cell).endswith(f"Det som ligner mest, er {named}.")


@pytest.mark.parametrize(
    ("table", "field", "cell"),
    [("participants", "gender", "Jente"), ("exits", "deletes", "Slett"),
     ("exits", "outcome", "Jobb"), ("exits", "dropout_reason", "-"),
     ("exits", "industry", "Butikk"), ("exits", "dropout_reason", "Syk")],
)  # fmt: skip
def test_code_that_is_not_like_the_cell_is_never_the_only_one_offered(
    table: str, field: str, cell: str
) -> None:
    # A clerk who does as the sentence says would write it, and it would be counted.
    message = message_of(table, field, cell)
    assert message.partition("Det som ligner mest, er ")[2].count("«") == 3
    is_whole = field in ("gender", "deletes")
    assert message.endswith(problems.OTHER_CODES) is not is_whole


@pytest.mark.parametrize(
    ("table", "field", "cell", "may_be_empty"),
    [
        ("referrals", "started_on", "avtalt 1.3", True), ("referrals", "referred_on", "?", False),
        ("exits", "industry", "-", True), ("referrals", "source", "-", False),
        ("exits", "position_pct", "-", True), ("staffing", "year", "-", False),
        ("referrals", "nav_office", "-", True), ("exits", "outcome", "-", True),
    ],
)  # fmt: skip
def test_cell_that_may_be_empty_may_be_emptied(
    table: str, field: str, cell: str, may_be_empty: bool
) -> None:
    assert (problems.OR_EMPTY in message_of(table, field, cell)) is may_be_empty


@pytest.mark.parametrize("cell", ["#", "#REF!", "#N/A", "#I/T", "#DIV/0!", "#NAVN?", "#VERDI!"])
@pytest.mark.parametrize(
    ("table", "field", "found"),
    [
        ("participants", "participant_id", "bad_id"), ("participants", "birth_year", "bad_number"),
        ("participants", "country", "bad_code"), ("referrals", "referred_on", "bad_date"),
        ("activities", "employer", "missing_value"), ("partner_projects", "project", "missing_value"),
    ],
)  # fmt: skip
def test_failed_formula_is_no_value_of_any_type(
    table: str, field: str, cell: str, found: str
) -> None:
    assert coded(table, field, cell) == (None, [found])
    assert problems.FORMULA_ERROR in message_of(table, field, cell)


@pytest.mark.parametrize("text", ["#1", "# 7", "#barista", "Kafé #REF!", "C#"])
def test_text_with_a_number_sign_is_text(text: str) -> None:
    assert coded("activities", "employer", text) == (text, [])


def test_date_that_is_shown_as_a_number_is_told_as_such() -> None:
    assert problems.DATE_AS_NUMBER in message_of("referrals", "referred_on", "45695")
    assert problems.DATE_AS_NUMBER not in message_of("referrals", "referred_on", "20210")


@pytest.mark.parametrize("table", CLEAN)
def test_row_that_repeats_the_headers_is_to_be_deleted(table: str) -> None:
    headers = {column.name: column.label_nb.upper() for column in table_of(table).fields}
    done = code(
        table_of(table),
        frame(table, headers | {"delivery": "a.xlsx", "delivery_row": 7}, row(table)),
        AS_OF,
    )
    assert set(done.problems["row"]) == {7}
    assert all(text.endswith(problems.HEADER_REPEATED) for text in done.problems["message"])


def test_value_that_is_a_header_by_chance_is_a_value() -> None:
    assert problems.HEADER_REPEATED not in message_of("exits", "industry", "Bransje")


@pytest.mark.parametrize(
    ("table", "cells", "is_record"),
    [
        ("participants", {"participant_id": "Sum"}, False),
        ("participants", {"participant_id": "32", "birth_year": "1985"}, False),
        ("participants", {"participant_id": "p1", "birth_year": "1985", "gender": "K"}, True),
        ("exits", {"referral_id": "r1"}, False),
        ("exits", {"referral_id": "r1", "kind": "planned"}, True),
    ],
)
def test_row_without_most_of_its_cells_may_be_none(
    table: str, cells: dict[str, str], is_record: bool
) -> None:
    done = code(table_of(table), frame(table, cells), AS_OF)
    empty = done.problems.filter(code="missing_value")["message"]
    assert len(empty)
    assert all(text.endswith(problems.NO_RECORD) is not is_record for text in empty)


def test_long_cell_is_judged_by_how_it_begins() -> None:
    begins = "Arbeid deltid i en barnehage der hun var utplassert fra våren"
    assert message_of("exits", "outcome", begins + " x y" * 10_000) == message_of(
        "exits", "outcome", begins
    )


def test_two_letters_within_a_longer_cell_are_like_no_code() -> None:
    named = message_of("exits", "outcome", "Uføre, as i fp")
    assert "(UF)" in named
    assert not {"(AS)", "(FP)"} & set(named.split())


@pytest.mark.parametrize("cell", ["Gruppe 1", "4", "Kommer fra introduksjonsprogram"])
def test_bad_target_group_is_answered_with_the_three_numbers(cell: str) -> None:
    assert message_of("referrals", "target_group", cell) == (
        "«Målgruppe»: Verdien finnes ikke i kodelisten. Bruk en som står der, eller tøm cellen hvis "
        "det ikke er noe å føre. Det som ligner mest, er 1 («Deltaker i kvalifiseringsprogrammet»), 2 («Kommer fra introduksjonsprogrammet») og "
        "3 («Langtidsmottaker av økonomisk sosialhjelp»)."
    )


# --- Countries --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("SO", "SO"), ("so", "SO"), ("SOM", "SO"), ("Somalia", "SO"), ("SOMALIA ", "SO"),
        ("Syria", "SY"), ("Etiopia", "ET"), ("Ethiopia", "ET"), ("Irak", "IQ"), ("Iraq", "IQ"),
        ("DR Kongo", "CD"), ("COD", "CD"), ("CG", "CG"), ("Kongo-Brazzaville", "CG"),
        ("Burma", "MM"), ("Myanmar", "MM"), ("Palestina", "PS"), ("Kosovo", "XK"), ("XK", "XK"),
        ("Elfenbenskysten", "CI"), ("Côte d’Ivoire", "CI"), ("Côte d'Ivoire", "CI"),
        ("Statsløs", "XX"), ("Ukjent", "XX"), ("Uoppgitt", "XX"), ("XX", "XX"), ("Norge", "NO"),
        ("NOR", "NO"), ("Tyrkia", "TR"), ("Türkiye", "TR"), ("USA", "US"), ("GB", "GB"),
        ("Afghanistan", "AF"), ("Sør-Sudan", "SS"), ("South Sudan", "SS"), ("Iran", "IR"),
        ("Sør Sudan", "SS"), ("Nord Makedonia", "MK"), ("Østtimor", "TL"), ("Cote d'Ivoire", "CI"),
        ("Bosnia", "BA"), ("UK", "GB"), ("Kongo (DR)", "CD"), ("D.R. Kongo", "CD"), ("DRC", "CD"),
        ("Kongo, DR", "CD"), ("Kongo Brazzaville", "CG"), ("Dominikanske republikk", "DO"),
        ("Sri Lanka", "LK"), ("A\u030aland", "AX"), ("Romania", "RO"), ("Vietnam", "VN"),
    ],
)  # fmt: skip
def test_countries_in_either_language_and_as_codes(cell: str, value: str) -> None:
    assert coded("participants", "country", cell) == (value, [])


@pytest.mark.parametrize("cell", ["Sovjetunionen", "Europa", "EU", "ZZ", "150", "Afrika", "A"])
def test_what_is_no_country(cell: str) -> None:
    assert coded("participants", "country", cell) == (None, ["bad_code"])


def test_every_country_is_read_back_from_its_labels_and_codes() -> None:
    import pycountry

    alpha_3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    meant = [
        (spelling, country)
        for country, names in countries.labels().items()
        for spelling in (country, *names, alpha_3.get(country))
        if spelling
    ]
    rows = [row("participants", n, country=cell) for n, (cell, _) in enumerate(meant, start=2)]
    done = code(table_of("participants"), frame("participants", *rows), AS_OF)
    assert done.problems.height == 0
    assert done.frame["country"].to_list() == [wanted for _, wanted in meant]


def test_empty_result_of_a_project_is_none_so_far() -> None:
    assert coded("partner_projects", "outcome", None) == ("none", [])


# --- Missing cells ----------------------------------------------------------------------

REQUIRED = [
    (table.name, name)
    for table in vocabulary().sheets()
    for name in dict.fromkeys((*table.key, *table.required))
    if not table.column(name).missing
]


@pytest.mark.parametrize(("table", "field"), REQUIRED)
def test_empty_required_cell_is_a_missing_value(table: str, field: str) -> None:
    assert coded(table, field, None) == (None, ["missing_value"])


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (table.name, column.name)
        for table in vocabulary().sheets()
        for column in table.columns
        if (table.name, column.name) not in REQUIRED and not column.name.startswith("delivery")
    ],
)
def test_other_cells_may_be_empty(table: str, field: str) -> None:
    assert coded(table, field, None)[1] == []


def test_row_to_delete_needs_its_key_and_no_more() -> None:
    bare = dict.fromkeys(CLEAN["referrals"]) | {"referral_id": "r1", "deletes": "Ja"}
    done = code(table_of("referrals"), frame("referrals", row("referrals", **bare)), AS_OF)
    assert done.problems.height == 0
    assert done.frame["deletes"].to_list() == [True]
    keyless = row("referrals", **{**bare, "referral_id": None})
    done = code(table_of("referrals"), frame("referrals", keyless), AS_OF)
    assert done.problems.select("field", "code").rows() == [("referral_id", "missing_value")]


@pytest.mark.parametrize(
    ("cell", "deletes"), [("Ja", True), ("j", True), ("Nei", False), (None, False)]
)
def test_slettes_means_yes_alone(cell: str | None, deletes: bool) -> None:
    assert coded("exits", "deletes", cell)[0] is deletes


# --- What is told -----------------------------------------------------------------------


def test_problem_says_delivery_sheet_row_field_and_a_sentence() -> None:
    at_fault = row("referrals", 17, "leveranse.xlsx", benefit="dagpenger")
    done = code(table_of("referrals"), frame("referrals", at_fault), AS_OF)
    (found,) = done.problems.to_dicts()
    assert found.pop("message").startswith("«Ytelse»: ")
    assert found == {
        "delivery": "leveranse.xlsx",
        "sheet": "Henvisninger",
        "row": 17,
        "field": "benefit",
        "code": "bad_code",
    }
    error = str(problems.DeliveryError(done.problems))
    assert "Arket «Henvisninger», rad 17: «Ytelse»: " in error


@pytest.mark.parametrize(
    ("table", "field", "cell", "message"),
    [
        ("participants", "gender", None, "«Kjønn»: Feltet må fylles ut."),
        (
            "participants", "participant_id", "p 1",
            "«Deltaker-ID»: Denne ID-en kan ikke brukes. Skriv 1 til 40 tegn uten mellomrom: "
            "bokstavene A–Z, tall, bindestrek og understrek.",
        ),
        (
            "referrals", "referred_on", "i fjor",
            "«Henvist dato»: Dette er ikke en gyldig dato. Skriv den for eksempel som 31.12.2021.",
        ),
        (
            "referrals", "referred_on", "1.2.1999",
            "«Henvist dato»: Verdien er utenfor det som er mulig. Skriv en dato fra 01.01.2000 "
            "eller senere.",
        ),
        (
            "participants", "birth_year", "ca. 1985",
            "«Fødselsår»: Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel 1985.",
        ),
        (
            "participants", "birth_year", "85",
            "«Fødselsår»: Verdien er utenfor det som er mulig. Skriv et årstall fra 1921 til 2007.",
        ),
        (
            "exits", "position_pct", "hel",
            "«Stillingsprosent»: Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel 50, "
            "eller tøm cellen hvis det ikke er noe å føre.",
        ),
        (
            "exits", "position_pct", "0",
            "«Stillingsprosent»: Verdien er utenfor det som er mulig. Skriv et tall over 0 og "
            "høyst 100.",
        ),
        (
            "group_sessions", "attended", "10,5",
            "«Møtt»: Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel 12.",
        ),
        (
            "group_sessions", "attended", "1001",
            "«Møtt»: Verdien er utenfor det som er mulig. Skriv et helt tall fra 0 og høyst 1 000.",
        ),
        (
            "savings", "savings_reported", "9 000 000 000",
            "«Rapportert innsparing (kroner)»: Verdien er utenfor det som er mulig. Skriv et tall fra "
            "-1 000 000 000 og høyst 1 000 000 000.",
        ),
        (
            "staffing", "year", "i fjor",
            "«År»: Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel 2021.",
        ),
        (
            "staffing", "year", "1999",
            "«År»: Verdien er utenfor det som er mulig. Skriv et årstall fra 2000 til 2031.",
        ),
        (
            "exits", "outcome", "Arbeid deltit",
            "«Gikk til»: Verdien finnes ikke i kodelisten. Bruk en som står der, eller tøm cellen "
            "hvis det ikke er noe å føre. Det som ligner mest, er «Arbeid deltid» (AD) og «Arbeid fulltid» (A).",
        ),
    ],
)  # fmt: skip
def test_message_says_what_is_wrong_and_what_to_do(
    table: str, field: str, cell: str | None, message: str
) -> None:
    done = code(table_of(table), frame(table, row(table, **{field: cell})), AS_OF)
    assert done.problems["message"].to_list() == [message]


def test_all_errors_of_a_row_are_told_at_once() -> None:
    at_fault = row("referrals", participant_id="æ", referred_on="x", source="x", benefit=None)
    done = code(table_of("referrals"), frame("referrals", at_fault), AS_OF)
    assert set(done.problems.select("field", "code").rows()) == {
        ("participant_id", "bad_id"),
        ("referred_on", "bad_date"),
        ("source", "bad_code"),
        ("benefit", "missing_value"),
    }


def test_errors_of_a_row_are_told_in_the_order_of_the_sheets_columns() -> None:
    wrong = {"source": "x", "referred_on": "x", "participant_id": "æ", "started_on": "x"}
    at_fault = [row("referrals", number, **wrong, deletes="x") for number in (3, 2)]
    done = code(table_of("referrals"), frame("referrals", *at_fault), AS_OF)
    refused = problems.problem("a.xlsx", "missing_sheet", sheet="Henvisninger")
    told = problems.in_order(pl.concat([done.problems.reverse(), refused]))
    assert told.columns == problems.SCHEMA.names()
    assert told.filter(pl.col("row").is_not_null()).select("row", "field").rows() == [
        (number, field)
        for number in (2, 3)
        for field in ("participant_id", "referred_on", "source", "started_on", "deletes")
    ]


@pytest.mark.parametrize("canary", ["kanarifugl fløy", "98765.4321", "1.2.1943", "٨٧٦", "98765"])
@pytest.mark.parametrize("table", CLEAN)
def test_no_message_repeats_what_a_cell_holds(table: str, canary: str) -> None:
    at_fault = row(table, **dict.fromkeys(CLEAN[table], canary), deletes=canary)
    done = code(table_of(table), frame(table, at_fault), AS_OF)
    assert done.problems.height >= 2
    told = " ".join(done.problems.cast(pl.String).fill_null("").transpose().to_series().to_list())
    assert canary not in told
    assert canary not in str(problems.DeliveryError(done.problems))


def test_an_empty_sheet_is_an_empty_table() -> None:
    for table in vocabulary().sheets():
        done = code(table, frame(table.name), AS_OF)
        assert (done.frame.height, done.problems.height) == (0, 0)
