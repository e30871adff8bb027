"""Reading a workbook: where the header is, what each cell says, which row it stands in."""

from __future__ import annotations

import contextlib
import io
import logging
import random
from datetime import date

import polars as pl
import pytest

from assets.raw import problems
from assets.raw.problems import DeliveryError
from assets.records.coding import code
from assets.vocabulary import vocabulary
from assets.workbooks.template import workbook as template
from tests.unit.workbooks import (
    EXITS,
    PARTICIPANTS,
    REQUIRED,
    Rows,
    book,
    changed,
    parts_of,
    read,
    saved,
    workbook,
    zipped,
)

HEADER, *PERSONS = PARTICIPANTS


def test_what_the_reader_finds_odd_is_not_logged() -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger("calamine.xlsx").warning("a cell")
        logging.getLogger("other").warning("seen")
    finally:
        logging.getLogger().removeHandler(handler)
    assert lines.getvalue() == "seen\n"


SHEET = "xl/worksheets/sheet1.xml"
UNREADABLE = [(None, None, None, "unreadable")]


def participants(rows: Rows) -> pl.DataFrame:
    return read(workbook(participants=rows)).tables["participants"]


def problems_of(content: bytes) -> list[tuple[object, ...]]:
    with pytest.raises(DeliveryError) as caught:
        read(content)
    return caught.value.problems.select("sheet", "row", "field", "code").rows()


# --- The header -------------------------------------------------------------------------


def test_rows_carry_text_delivery_and_row() -> None:
    frame = participants(PARTICIPANTS)
    assert (
        frame.to_dicts()[0].items()
        >= {
            "participant_id": "p1",
            "birth_year": "1985",
            "gender": "Kvinne",
            "country": "Somalia",
            "norwegian_level": "A2",
            "education": "Grunnskole",
            "deletes": None,
            "delivery": "fil.xlsx",
            "delivery_row": 2,
        }.items()
    )
    assert frame["delivery_row"].to_list() == [2, 3]


@pytest.mark.parametrize("titles", [1, 5, 19])
def test_header_may_stand_below_title_rows(titles: int) -> None:
    above = [("Leveranse 2021",), *[(None,)] * (titles - 2), ("Deltaker-ID",)][-titles:]
    frame = participants([*above, *PARTICIPANTS])
    assert frame["participant_id"].to_list() == ["p1", "p2"]
    assert frame["delivery_row"].to_list() == [titles + 2, titles + 3]


def test_header_below_the_first_twenty_rows_is_not_found() -> None:
    rows = [*[["Tittel"]] * 20, *PARTICIPANTS]
    assert {code for *_, code in problems_of(workbook(participants=rows))} == {"missing_column"}


def test_first_row_with_all_required_columns_is_the_header() -> None:
    incomplete = list(HEADER)[:3]
    frame = participants([incomplete, HEADER, PERSONS[0], HEADER])
    assert frame["delivery_row"].to_list() == [3, 4]
    assert frame["participant_id"].to_list() == ["p1", "Deltaker-ID"]


@pytest.mark.parametrize(
    "spelling",
    [
        "DELTAKER-ID", "deltaker id", "Deltaker_ID", " Deltaker\u00a0ID ", "Deltaker-\nID",
        "deltakerid", "participant_id", "Participant ID", "Deltaker‑ID",
    ],
)  # fmt: skip
def test_header_matches_whatever_its_case_spaces_hyphens_and_underscores(spelling: str) -> None:
    frame = participants([[spelling, *HEADER[1:]], *PERSONS])
    assert frame["participant_id"].to_list() == ["p1", "p2"]


def test_headers_in_any_order_and_in_either_unicode_form() -> None:
    order = [5, 3, 0, 4, 2, 1]
    rows = [[row[place] for place in order] for row in PARTICIPANTS]
    rows[0] = [header.replace("å", "a\u030a").replace("Ø", "Ø") for header in rows[0]]
    assert participants(rows).equals(participants(PARTICIPANTS))


@pytest.mark.parametrize("table", vocabulary().sheets(), ids=lambda table: table.name)
def test_english_field_names_are_accepted_in_every_sheet(table: object) -> None:
    (declared,) = (one for one in vocabulary().sheets() if one is table)
    names = [c.name for c in declared.columns if not c.name.startswith("delivery")]
    cells = [f"x{place}" for place in range(len(names))]
    frame = read(workbook(**{declared.name: [names, cells]})).tables[declared.name]
    assert frame.select(names).rows() == [tuple(cells)]


@pytest.mark.parametrize("title", ["deltakere", " DELTAKERE ", "Del-ta_kere"])
def test_sheet_names_match_like_headers(title: str) -> None:
    sheets = {title if name == "Deltakere" else name: rows for name, rows in REQUIRED.items()}
    assert read(saved(book(sheets))).tables["participants"].height == 2


def test_optional_columns_and_sheets_may_be_missing() -> None:
    delivery = read(workbook(participants=[row[:4] for row in PARTICIPANTS]))
    assert delivery.tables["participants"]["education"].to_list() == [None, None]
    assert set(delivery.tables) == {"participants", "referrals", "exits"}


def test_unknown_sheets_and_columns_are_named_and_passed_over() -> None:
    rows = [[*row, extra] for row, extra in zip(PARTICIPANTS, ("Merknad", "x", "y"), strict=True)]
    delivery = read(saved(book({**REQUIRED, "Deltakere": rows, "Notater": [["hei"]]})))
    assert delivery.tables["participants"].equals(participants(PARTICIPANTS))
    assert len(delivery.ignored) == 2
    for named in ("Merknad", "Notater"):
        assert any(named in line for line in delivery.ignored)


def test_guide_and_lists_of_the_template_are_not_named_as_ignored() -> None:
    assert read(template()).ignored == ()


# --- What is wrong with a file ----------------------------------------------------------


@pytest.mark.parametrize("table", ["participants", "referrals", "exits"])
def test_missing_sheet_is_named(table: str) -> None:
    sheet = vocabulary().table(f"records.{table}").sheet
    assert problems_of(workbook(**{table: None})) == [(sheet, None, None, "missing_sheet")]


def test_every_missing_column_and_sheet_is_told_at_once() -> None:
    rows = [[*row[:1], *row[2:3]] for row in PARTICIPANTS]
    exits = [row[:3] for row in EXITS]
    assert sorted(
        problems_of(workbook(participants=rows, referrals=None, exits=exits)), key=str
    ) == [
        ("Avslutninger", None, "dropout_reason", "missing_column"),
        ("Avslutninger", None, "outcome", "missing_column"),
        ("Deltakere", None, "birth_year", "missing_column"),
        ("Deltakere", None, "country", "missing_column"),
        ("Henvisninger", None, None, "missing_sheet"),
    ]


def said(content: bytes) -> dict[str | None, str]:
    """The sentences of a refusal, by field, or by sheet where there is none."""
    with pytest.raises(DeliveryError) as refusal:
        read(content)
    found = refusal.value.problems
    return {row["field"] or row["sheet"]: row["message"] for row in found.to_dicts()}


@pytest.mark.parametrize(
    ("title", "meant"),
    [("Deltagere", True), ("Deltaker", True), ("Deltakere (2)", True), ("Ark1", False)],
)
def test_missing_sheet_is_told_with_what_is_there_instead(title: str, meant: bool) -> None:
    rows = {**REQUIRED, title: PARTICIPANTS}
    del rows["Deltakere"]
    message = said(saved(book(rows)))["Deltakere"]
    assert f"«{title}»" in message
    assert "«Deltakere»" in message
    assert ("ser ut til å være det" in message) is meant


def test_sheets_of_the_template_are_not_taken_for_a_missing_one() -> None:
    rows = {**REQUIRED, "Veiledning": [["Leveranse"]], "Kodelister": [["gender"]]}
    del rows["Deltakere"]
    assert "Veiledning" not in said(saved(book(rows)))["Deltakere"]


def test_sheet_that_may_be_missing_is_passed_over_with_the_name_that_it_lacks() -> None:
    rows = [["Henvisnings-ID", "Aktivitet", "Fra dato"], ["r1", "AMO-kurs", "1.3.2021"]]
    delivery = read(saved(book({**REQUIRED, "Aktiviteter 2026": rows, "Notater": rows})))
    assert delivery.ignored == (
        "arket «Aktiviteter 2026» (er det «Aktiviteter», så gi det det navnet)", "arket «Notater»",
    )  # fmt: skip


def test_second_sheet_of_one_kind_is_passed_over() -> None:
    delivery = read(saved(book({**REQUIRED, "Deltakere (2)": PARTICIPANTS})))
    assert delivery.ignored == ("arket «Deltakere (2)»",)


def test_missing_column_is_told_with_the_headers_that_may_be_it() -> None:
    rows = [[*HEADER[:3], "Land", *HEADER[4:]], *PERSONS]
    message = said(workbook(participants=rows))["country"]
    assert "«Land»" in message
    assert message.endswith("«Landbakgrunn».")
    many = [[*HEADER[:3], *(f"Notat {number}" for number in range(8))], *PERSONS]
    assert "Notat" not in said(workbook(participants=many))["country"]
    some = [[*HEADER[:3], "Norsknivå", "Utdanning", "Slettes", *"ABCDEF"[:5]], *PERSONS]
    assert "«E»" in said(workbook(participants=some))["country"]


def test_row_that_is_hardly_a_header_is_not_repeated() -> None:
    rows = [["Deltaker-ID", "Ola", "Kari", "Bergen"], *PERSONS]
    for message in said(workbook(participants=rows)).values():
        assert "Ola" not in message
        assert "Bergen" not in message


def test_clerk_is_sent_to_no_command() -> None:
    sentences = [*problems.SENTENCES.values(), *problems.UNREADABLE.values()]
    assert not [text for text in sentences if "nora " in text]


def test_empty_required_sheet_lacks_its_columns_and_an_empty_optional_one_nothing() -> None:
    assert {code for *_, code in problems_of(workbook(exits=[]))} == {"missing_column"}
    assert read(workbook(activities=[[" "], ["\u00a0"]])).tables["activities"].height == 0
    assert read(workbook(activities=[])).tables["activities"].height == 0


def test_two_columns_of_one_field_and_two_sheets_of_one_table_are_not_guessed_between() -> None:
    rows = [[*row, None] for row in PARTICIPANTS]
    rows[0][-1] = "participant_id"
    twice = ("Deltakere", None, "participant_id", "duplicate_column")
    assert problems_of(workbook(participants=rows)) == [twice]
    sheets = saved(book({**REQUIRED, "deltakere_": PARTICIPANTS}))
    assert problems_of(sheets) == [("Deltakere", None, None, "duplicate_sheet")]


@pytest.mark.parametrize(
    "content",
    [b"", b"Deltaker-ID;Kjonn\n", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0" + bytes(4096)],
    ids=["empty", "text", "empty archive", "encrypted"],
)
def test_file_that_is_no_workbook_is_unreadable(content: bytes) -> None:
    assert problems_of(content) == UNREADABLE


def test_archive_of_something_else_is_unreadable() -> None:
    assert problems_of(zipped({"hei.txt": b"hei"})) == UNREADABLE


@pytest.mark.parametrize("seed", range(40))
def test_damaged_file_is_read_or_refused_and_never_anything_else(seed: int) -> None:
    rng = random.Random(seed)
    content = bytearray(workbook())
    if seed % 4 == 0:
        del content[rng.randrange(len(content)) :]
    for _ in range(rng.randint(1, 30)):
        if content:
            content[rng.randrange(len(content))] = rng.randrange(256)
    with contextlib.suppress(DeliveryError):
        assert read(bytes(content)).tables


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("damage", ["cut", "swapped"])
def test_damaged_part_of_the_archive_is_unreadable(part: str, damage: str) -> None:
    whole = parts_of(workbook())[part]
    spoiled = whole[: len(whole) // 2] if damage == "cut" else whole.replace(b"<", b">")
    assert problems_of(changed(workbook(), {part: spoiled})) == UNREADABLE


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("seed", range(40))
def test_damaged_part_is_read_or_refused_and_never_anything_else(part: str, seed: int) -> None:
    rng = random.Random(seed)
    spoiled = bytearray(parts_of(workbook())[part])
    for _ in range(rng.randint(1, 5)):
        place = rng.randrange(len(spoiled))
        if seed % 2:
            spoiled[place] = rng.randrange(256)
        else:
            del spoiled[place : place + rng.randint(1, 20)]
    with contextlib.suppress(DeliveryError):
        assert read(changed(workbook(), {part: bytes(spoiled)})).tables


def test_letters_that_are_none_are_unreadable_and_name_nothing() -> None:
    sheet = parts_of(workbook())[SHEET]
    assert b"Syria" in sheet
    spoiled = sheet.replace(b"Syria", b"S\xffria")
    assert problems_of(changed(workbook(), {SHEET: spoiled})) == UNREADABLE


# --- The file ---------------------------------------------------------------------------


def test_synthetic_marker_and_fingerprint() -> None:
    plain, made_up = read(template()), read(template(synthetic=True))
    assert (plain.synthetic, made_up.synthetic) == (False, True)
    assert len(plain.sha256) == 64
    assert plain.sha256 != made_up.sha256


def test_no_problem_repeats_what_a_cell_holds() -> None:
    canary = "kanarifugl"
    rows = [[canary, "Kjønn", canary], ["p1", canary, canary]]
    with pytest.raises(DeliveryError) as caught:
        read(workbook(participants=rows))
    assert canary not in str(caught.value)
    assert not caught.value.problems.filter(
        pl.any_horizontal(pl.all().cast(pl.String) == canary)
    ).height


def test_failed_formula_in_a_text_is_no_text() -> None:
    made = book(REQUIRED)
    sheet = made.create_sheet("Aktiviteter")
    for cells in (
        ["Henvisnings-ID", "Aktivitet", "Fra dato", "Virksomhet"],
        ["r1", "AMO-kurs", "1.3.2021", "#REF!"],
    ):
        sheet.append(cells)
    assert sheet["D2"].data_type == "e"
    table = vocabulary().table("records.activities")
    found = code(table, read(saved(made)).tables["activities"], date(2021, 11, 21))
    assert found.problems.select("field", "code").rows() == [("employer", "missing_value")]
    assert found.problems["message"].item().endswith(problems.FORMULA_ERROR)
