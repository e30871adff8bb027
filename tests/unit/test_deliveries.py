"""Several deliveries at once: what each brings in, and that none takes another down."""

from __future__ import annotations

import hashlib

from assets.raw.assets import read_deliveries
from assets.raw.delivery import DeliveredFile, delivered_file, raw_schema
from assets.raw.problems import SCHEMA
from assets.vocabulary import vocabulary
from assets.workbooks.template import workbook as template
from tests.unit.test_national_id import NUMBER
from tests.unit.workbooks import PARTICIPANTS, REQUIRED, book, in_process, saved, workbook

CSV = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn\r\np3;1985;Kvinne;Syria\r\n".encode("cp1252")


def test_no_delivery_at_all_gives_every_table_empty() -> None:
    frames = read_deliveries([], in_process)
    sheets = {table.name for table in vocabulary().sheets()}
    assert set(frames) == sheets | {"deliveries", "findings", "passed_over", "problems"}
    for table in vocabulary().sheets():
        assert frames[table.name].schema == raw_schema(table)
        assert frames[table.name].height == 0
    assert frames["problems"].schema == SCHEMA


def test_refused_delivery_takes_nothing_else_down() -> None:
    frames = read_deliveries(
        [
            delivered_file("a.xlsx", b"nei"),
            delivered_file("b.xlsx", workbook(exits=None)),
            delivered_file("c.xlsx", workbook()),
            delivered_file("d.xls", b"x"),
            delivered_file("deltakere_e.csv", CSV),
            delivered_file("folk.csv", CSV),
            DeliveredFile("g.xlsx", "0" * 64, None),
        ],
        in_process,
    )
    assert frames["participants"].select("participant_id", "delivery").rows() == [
        ("p1", "c.xlsx"), ("p2", "c.xlsx"), ("p3", "deltakere_e.csv"),
    ]  # fmt: skip
    assert frames["problems"].select("delivery", "code").rows() == [
        ("a.xlsx", "unreadable"),
        ("b.xlsx", "missing_sheet"),
        ("d.xls", "unreadable"),
        ("folk.csv", "missing_sheet"),
        ("g.xlsx", "unreadable"),
    ]
    assert frames["deliveries"].filter("refused")["delivery"].to_list() == [
        "a.xlsx", "b.xlsx", "d.xls", "folk.csv", "g.xlsx",
    ]  # fmt: skip


def test_refused_delivery_brings_in_none_of_its_good_sheets() -> None:
    frames = read_deliveries(
        [delivered_file("a.xlsx", workbook(exits=[["Henvisnings-ID"]]))], in_process
    )
    assert {name for name, frame in frames.items() if frame.height} == {"deliveries", "problems"}


def test_rows_come_in_the_order_of_the_names_and_of_the_rows() -> None:
    later = [PARTICIPANTS[0], ["p9", 1985, "Mann", "Syria"], ["p1", 1990, "Mann", "Syria"]]
    frames = read_deliveries(
        [
            delivered_file("b.xlsx", workbook(participants=later)),
            delivered_file("B.xlsx", workbook()),
            delivered_file("a.xlsx", workbook()),
        ],
        in_process,
    )
    assert frames["participants"].select("delivery", "participant_id", "delivery_row").rows() == [
        ("B.xlsx", "p1", 2), ("B.xlsx", "p2", 3),
        ("a.xlsx", "p1", 2), ("a.xlsx", "p2", 3),
        ("b.xlsx", "p9", 2), ("b.xlsx", "p1", 3),
    ]  # fmt: skip


def test_order_in_which_files_are_given_changes_nothing() -> None:
    files = [
        delivered_file("a.xlsx", workbook()),
        delivered_file("b.xlsx", b"nei"),
        delivered_file("deltakere.csv", CSV),
    ]
    forwards, backwards = (read_deliveries(order, in_process) for order in (files, files[::-1]))
    for name, frame in forwards.items():
        assert frame.equals(backwards[name]), name


def test_two_files_of_the_same_content_are_two_deliveries() -> None:
    content = workbook()
    digest = hashlib.sha256(content).hexdigest()
    frames = read_deliveries(
        [delivered_file("a.xlsx", content), delivered_file("kopi.xlsx", content)], in_process
    )
    assert frames["deliveries"].select("delivery", "sha256").rows() == [
        ("a.xlsx", digest), ("kopi.xlsx", digest),
    ]  # fmt: skip
    assert frames["participants"]["delivery"].to_list() == ["a.xlsx"] * 2 + ["kopi.xlsx"] * 2


def test_two_files_of_one_content_with_a_number_in_both_names_are_told_once() -> None:
    content = workbook()
    called = hashlib.sha256(content).hexdigest()[:12]
    names = [f"{NUMBER}.xlsx", f"kopi {NUMBER}.xlsx"]
    frames = read_deliveries([delivered_file(name, content) for name in names], in_process)
    assert frames["deliveries"]["delivery"].to_list() == [called]
    assert frames["problems"].select("delivery", "code").rows() == [(called, "national_id")]


def test_sheets_and_columns_passed_over_are_named_with_their_delivery() -> None:
    made = book({**REQUIRED, "Notater": [["x"]]})
    made["Deltakere"]["H1"] = "Merknad"
    frames = read_deliveries(
        [delivered_file("a.xlsx", saved(made)), delivered_file("b.xlsx", template())],
        in_process,
    )
    assert frames["passed_over"].rows() == [
        ("a.xlsx", "arket «Notater»"),
        ("a.xlsx", "kolonnen «Merknad» i arket «Deltakere»"),
    ]


def test_synthetic_deliveries_are_marked() -> None:
    frames = read_deliveries(
        [
            delivered_file("a.xlsx", template(synthetic=True)),
            delivered_file("b.xlsx", template()),
            delivered_file("deltakere.csv", CSV),
        ],
        in_process,
    )
    assert frames["deliveries"].select("delivery", "synthetic").rows() == [
        ("a.xlsx", True), ("b.xlsx", False), ("deltakere.csv", False),
    ]  # fmt: skip


def test_formula_without_value_is_told_and_its_row_is_there() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["E3"] = "=A1"
    frames = read_deliveries([delivered_file("a.xlsx", saved(made))], in_process)
    assert frames["problems"].select("sheet", "row", "field", "code").rows() == [
        ("Deltakere", 3, "norwegian_level", "missing_value")
    ]
    assert frames["participants"]["participant_id"].to_list() == ["p1", "p2"]
