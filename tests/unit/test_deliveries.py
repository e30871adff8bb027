"""Several deliveries at once: what each brings in, and that none takes another down."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from assets.raw.assets import read_deliveries
from assets.raw.delivery import DeliveredFile, delivered_file, raw_schema
from assets.raw.problems import SCHEMA
from assets.vocabulary import vocabulary
from assets.workbooks.template import workbook as template
from tests.unit.test_national_id import NUMBER
from tests.unit.workbooks import (
    EXITS,
    PARTICIPANTS,
    REFERRALS,
    REQUIRED,
    book,
    changed,
    in_process,
    saved,
    workbook,
)

CSV = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn\r\np3;1985;Kvinne;Syria\r\n".encode("cp1252")


def test_no_delivery_at_all_gives_every_table_empty() -> None:
    frames = read_deliveries([], in_process)
    tables = {table.name for table in (*vocabulary().sheets(), *vocabulary().layer("raw"))}
    assert set(frames) == tables - {"set_aside"}
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


def test_rows_come_in_the_order_of_the_files_and_of_the_rows() -> None:
    later = [PARTICIPANTS[0], ["p9", 1985, "Mann", "Syria"], ["p1", 1990, "Mann", "Syria"]]
    frames = read_deliveries(
        [
            delivered_file("c.xlsx", workbook()),
            delivered_file("a.xlsx", workbook()),
            delivered_file("b.xlsx", workbook(participants=later)),
        ],
        in_process,
    )
    assert frames["participants"].select("delivery", "participant_id", "delivery_row").rows() == [
        ("c.xlsx", "p1", 2), ("c.xlsx", "p2", 3),
        ("a.xlsx", "p1", 2), ("a.xlsx", "p2", 3),
        ("b.xlsx", "p9", 2), ("b.xlsx", "p1", 3),
    ]  # fmt: skip
    assert frames["deliveries"].select("place", "delivery").rows() == [
        (1, "c.xlsx"), (2, "a.xlsx"), (3, "b.xlsx"),
    ]  # fmt: skip


def test_columns_that_a_delivered_sheet_does_not_have_are_told() -> None:
    frames = read_deliveries(
        [delivered_file("a.xlsx", workbook()), delivered_file("deltakere.csv", CSV)], in_process
    )
    absent = frames["absent_columns"]
    assert absent.filter(delivery="deltakere.csv").rows() == [
        ("deltakere.csv", "Deltakere", "norwegian_level"),
        ("deltakere.csv", "Deltakere", "education"),
    ]
    assert absent.filter(delivery="a.xlsx", sheet="Henvisninger")["field"].to_list() == [
        "nav_office", "target_group",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "saved_at"),
    [
        ("2021-04-05T12:30:00Z", datetime(2021, 4, 5, 12, 30)),
        ("2021-04-05T12:30:00+02:00", datetime(2021, 4, 5, 10, 30)),
        ("i går", None),
    ],
)
def test_time_of_saving_is_that_of_the_workbooks_own_properties(
    written: str, saved_at: datetime | None
) -> None:
    part = f"<cp:coreProperties><dcterms:modified xsi:type=''>{written}</dcterms:modified>"
    content = changed(workbook(), {"docProps/core.xml": part.encode()})
    frames = read_deliveries(
        [delivered_file("a.xlsx", content), delivered_file("deltakere.csv", CSV)], in_process
    )
    assert frames["deliveries"]["saved_at"].to_list() == [saved_at, None]


@pytest.mark.parametrize(
    ("table", "header", "field"),
    [
        ("referrals", "Startdato", "started_on"),
        ("referrals", "Oppstart", "started_on"),
        ("referrals", "Kontor", "nav_office"),
        ("referrals", "Målgrupper", "target_group"),
        ("participants", "Norsk", "norwegian_level"),
        ("participants", "Slettet", "deletes"),
        ("exits", "Stillings %", "position_pct"),
        ("exits", "Ytelse", "benefit_at_exit"),
        ("exits", "I arbeid", "employed_after_6m"),
        ("exits", "Lonnstilskot", "wage_subsidy"),
        ("referrals", "Startet", "started_on"),
        ("referrals", "Startdato NorA", "started_on"),
        ("referrals", "Dato for oppstart", "started_on"),
    ],
)
def test_header_that_is_nearly_one_of_the_form_is_asked_back(
    table: str, header: str, field: str
) -> None:
    rows = {"participants": PARTICIPANTS, "referrals": REFERRALS, "exits": EXITS}[table]
    kept = [place for place, label in enumerate(rows[0]) if label not in _LABELS[field]]
    renamed = [[*(row[place] for place in kept), None] for row in rows]
    renamed[0][-1] = header
    frames = read_deliveries([delivered_file("a.xlsx", workbook(**{table: renamed}))], in_process)
    (problem,) = frames["problems"].rows(named=True)
    assert (problem["code"], problem["field"]) == ("missing_column", field)
    assert f"«{header}»" in problem["message"]


_LABELS = {name: {column.label_nb} for name, column in vocabulary().columns.items()}


@pytest.mark.parametrize("header", ["Merknad", "Navn", "Saksbehandler", "Henvist av", "Telefon"])
def test_other_header_is_passed_over(header: str) -> None:
    rows = [[*row[:5], None] for row in REFERRALS]
    rows[0][-1] = header
    frames = read_deliveries([delivered_file("a.xlsx", workbook(referrals=rows))], in_process)
    assert frames["problems"].is_empty()
    assert frames["passed_over"]["passed_over"].to_list() == [
        f"kolonnen «{header}» i arket «Henvisninger»"
    ]


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
