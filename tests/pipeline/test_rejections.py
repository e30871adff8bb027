"""Rows that are set aside and deliveries that are refused: the rest goes out, and all is told.

The inbox is the demo's, with two more workbooks: one with bad rows, and one that heals a row of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.vocabulary import vocabulary
from pipelines.feedback import FeedbackFolder
from tests.pipeline.homes import DEMO, DEMO_YEARS, Home, Outcome, nora
from tests.pipeline.written import contents, tables
from tests.unit.workbooks import EXITS, PARTICIPANTS, REFERRALS, Rows, workbook

BAD, CORRECTION = "rader.xlsx", "rader2.xlsx"
MARK = "kanarifugl"
"""In every cell at fault, and in every identifier of a bad row."""

NATIONAL_ID = "13097248022"
"""A well-known made-up number that passes the check."""

PERSONS: Rows = [
    PARTICIPANTS[0],
    ["god1", 1985, "Kvinne", "Somalia", "A2", "Grunnskole"],
    [f"{MARK}-p2", 1990, MARK, "Syria", None, None],
    ["rettet3", 1990, "Mann", MARK, None, None],
]
STARTED: Rows = [
    REFERRALS[0],
    ["god1-h", "god1", "1.3.2021", "NAV lokal", "KVP", "15.3.2021"],
    [f"{MARK}-h2", f"{MARK}-p2", "3.2.2021", "NAV lokal", "KVP", None],
    ["rettet3-h", "rettet3", "3.2.2021", "NAV lokal", "KVP", None],
]
ENDED: Rows = [
    [*EXITS[0], "Stillingsprosent", "Bransje"],
    ["god1-h", "1.11.2021", "Planmessig avsluttet", "U", None, f"{MARK} %", MARK],
]
EXPECTED = [
    (BAD, "Avslutninger", 2, "industry", "bad_code", None),
    (BAD, "Avslutninger", 2, "outcome", "ambiguous_code", None),
    (BAD, "Avslutninger", 2, "position_pct", "bad_number", None),
    (BAD, "Deltakere", 3, "gender", "bad_code", None),
    (BAD, "Deltakere", 4, "country", "bad_code", CORRECTION),
    (BAD, "Henvisninger", 3, "participant_id", "orphan", None),
]
"""Everything wrong with the bad workbook. Three rows stay out; all of them touch 2021 alone."""

ROWS_REJECTED = 3
REJECTED_ROWS = (
    "select delivery, sheet, row, field, code, healed_by from quality.rejected_rows order by all"
)


def inbox(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Return a folder with the demo's deliveries and these."""
    shutil.copytree(DEMO, folder)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def messy() -> dict[str, bytes]:
    """The bad workbook, and the one that heals a row of it."""
    files = {BAD: workbook(participants=PERSONS, referrals=STARTED, exits=ENDED)}
    healing = [PERSONS[0], ["rettet3", 1990, "Mann", "Syria", None, None]]
    return files | {
        CORRECTION: workbook(participants=healing, referrals=[STARTED[0]], exits=[EXITS[0]])
    }


REFUSED = {
    "ikke.xlsx": b"ingen arbeidsbok",
    "uten-ark.xlsx": workbook(referrals=None),
    "uten-kolonne.xlsx": workbook(exits=[row[:3] for row in EXITS]),
    "nummer.xlsx": workbook(
        participants=[*PARTICIPANTS, ["p9", 1990, "Mann", "Syria", None, f"se {NATIONAL_ID}"]]
    ),
    f"{NATIONAL_ID}.xlsx": workbook(),
}
"""Deliveries that are refused whole, each for a reason of its own."""


@dataclass(frozen=True)
class Built:
    """A home with a build in it, the inbox of that build, and what was said."""

    home: Home
    inbox: Path
    said: Outcome


@pytest.fixture(scope="module")
def with_rows(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The demo and rows that cannot be read, built in a fresh home; read only."""
    folder = tmp_path_factory.mktemp("rows")
    box = inbox(folder / "inn", messy())
    home = Home(folder / "home")
    return Built(home, box, home.build(inbox=box))


@pytest.fixture(scope="module")
def with_refused(with_rows: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same home further on: deliveries that are refused lie beside them; read only."""
    folder = tmp_path_factory.mktemp("refused")
    box = inbox(folder / "inn", messy() | REFUSED)
    home = with_rows.home.copied_to(folder / "home")
    return Built(home, box, home.build(inbox=box))


def page(home: Home, year: int) -> str:
    file = home.path / "reports" / "internal" / str(year) / f"nora-{year}.html"
    return file.read_text(encoding="utf-8")


def feedback(home: Home) -> set[str]:
    return {path.name for path in (home.path / "feedback").iterdir()}


# --- Rows that are set aside ------------------------------------------------------------


def test_the_rest_is_published_and_the_exit_code_says_so(with_rows: Built, demo: Home) -> None:
    summary = with_rows.said.summary
    assert with_rows.said.code == 3
    assert summary["years"] == DEMO_YEARS
    assert (summary["rows_rejected"], summary["deliveries_refused"]) == (ROWS_REJECTED, 0)
    # What was rejected is missing in the printed figures, and a check says so.
    assert summary["checks_failed"] == 1
    assert "marts.printed_comparison 2021" in with_rows.said.out
    own = {"participants": 2, "referrals": 2, "exits": 0}
    for table in vocabulary().sheets():
        (demo_rows,) = demo.query(f"select count(*) from {table.qualified_name}")[0]
        assert summary["rows_loaded"][table.name] == demo_rows + own.get(table.name, 0)


def test_rejected_rows_are_listed_with_place_code_and_what_healed_them(with_rows: Built) -> None:
    assert with_rows.home.query(REJECTED_ROWS) == EXPECTED
    ((message,),) = with_rows.home.query(
        "select message from quality.rejected_rows where code = 'ambiguous_code'"
    )
    assert message == (
        "«Gikk til»: koden U er tvetydig. Skriv UF for uføretrygdet eller UK for ukjent."
    )


def test_command_tells_every_error_that_is_not_healed(with_rows: Built) -> None:
    out = with_rows.said.out
    assert f"{BAD}: {ROWS_REJECTED} rader kan ikke leses inn" in out
    assert "1 rad med feil er rettet i senere leveranser" in out
    for _, sheet, row, _, _, healed_by in EXPECTED:
        place = f"  Arket «{sheet}», rad {row}: "
        assert (place in out) == (healed_by is None)
    assert str(with_rows.home.path / "feedback") in out


def test_manifest_counts_the_rows_of_each_year(with_rows: Built) -> None:
    manifest = with_rows.home.manifest()
    assert manifest["rows_rejected"] == {"2019": 0, "2020": 0, "2021": ROWS_REJECTED}
    assert manifest["by_year"]["2021"]["rows_rejected"] == ROWS_REJECTED
    assert manifest["deliveries_refused"] == 0
    assert not any(delivery["refused"] for delivery in manifest["deliveries"])


def test_page_of_a_marked_year_says_so_and_no_other(with_rows: Built) -> None:
    marked = page(with_rows.home, 2021)
    assert f"{ROWS_REJECTED} rader som kan gjelde 2021, ble avvist og er ikke talt med." in marked
    assert marked.count(f"{ROWS_REJECTED} avviste rader i 2021") > 3
    for year in (2019, 2020):
        assert "avviste rader i" not in page(with_rows.home, year)
        assert "ble avvist" not in page(with_rows.home, year)


def test_feedback_is_the_delivery_with_its_errors_and_no_other_has_one(with_rows: Built) -> None:
    assert feedback(with_rows.home) == {BAD}
    book = openpyxl.load_workbook(with_rows.home.path / "feedback" / BAD)
    assert book.sheetnames[1:] == ["Deltakere", "Henvisninger", "Avslutninger"]
    cell = book["Avslutninger"]["D2"]
    assert cell.value == "U"
    assert "koden U er tvetydig" in cell.comment.text
    assert book["Deltakere"]["C3"].comment
    assert book["Deltakere"]["C2"].comment is None


def test_strict_publishes_nothing_and_says_why(
    with_rows: Built, demo: Home, tmp_path: Path
) -> None:
    home = demo.copied_to(tmp_path / "home")
    before, pages = home.publication(), home.pages()
    said = home.build("--strict", inbox=with_rows.inbox)
    assert said.code == 1
    assert "--strict" in said.out
    assert said.summary["years"] == []
    assert said.summary["rows_rejected"] == ROWS_REJECTED
    assert "  Arket «Avslutninger», rad 2: " in said.out
    assert (home.publication(), home.pages()) == (before, pages)
    assert feedback(home) == {BAD}


@pytest.mark.slow
def test_mended_inbox_is_as_if_nothing_had_been_wrong(
    with_rows: Built, tmp_path: Path, demo_tables: dict[str, list[tuple[Any, ...]]]
) -> None:
    """The bad workbook is gone: marks, errors and feedback are gone too."""
    home = with_rows.home.copied_to(tmp_path / "home")
    said = home.build("--strict")
    assert said.code == 0
    assert said.summary["rows_rejected"] == 0
    assert home.tables() == demo_tables
    assert feedback(home) == set()
    assert home.manifest()["rows_rejected"] == {"2019": 0, "2020": 0, "2021": 0}
    told = with_rows.home.manifest()["receipts"]
    delivered = {path.name for path in DEMO.glob("*.xlsx")}
    assert home.manifest()["receipts"] == [one for one in told if one["name"] in delivered]
    assert len(told) > len(delivered)
    assert "avviste rader i" not in page(home, 2021)


# --- Deliveries that are refused --------------------------------------------------------


def test_refused_deliveries_take_nothing_else_down(with_rows: Built, with_refused: Built) -> None:
    summary = with_refused.said.summary
    assert with_refused.said.code == 3
    assert summary == {**with_rows.said.summary, "deliveries_refused": len(REFUSED)}
    for table in vocabulary().sheets():
        rows = f"from {table.qualified_name} order by all"
        assert with_refused.home.query(rows) == with_rows.home.query(rows)


def test_refused_delivery_is_told_by_name_and_marks_every_year(with_refused: Built) -> None:
    home = with_refused.home
    refused = home.query(
        "select delivery, sheet, row, field, code from quality.rejected_rows "
        f"where delivery not in ('{BAD}') order by all"
    )
    hashed = [name for name, *_ in refused if "." not in name]
    assert len(hashed) == 1
    assert [line for line in refused if line[0] not in hashed] == [
        ("ikke.xlsx", None, None, None, "unreadable"),
        ("nummer.xlsx", "Deltakere", 4, None, "national_id"),
        ("uten-ark.xlsx", "Henvisninger", None, None, "missing_sheet"),
        ("uten-kolonne.xlsx", "Avslutninger", None, "dropout_reason", "missing_column"),
        ("uten-kolonne.xlsx", "Avslutninger", None, "outcome", "missing_column"),
    ]
    names = {name for name, *_ in refused}
    for name in names:
        assert f"Avvist: {name}" in with_refused.said.out
    manifest = home.manifest()
    assert manifest["deliveries_refused"] == len(REFUSED)
    assert {one["name"] for one in manifest["deliveries"] if one["refused"]} == names
    for year in DEMO_YEARS:
        assert f"{len(REFUSED)} leveranser ble avvist i sin helhet" in page(home, year)
    sent = {name if name.endswith(".xlsx") else f"{name}.xlsx" for name in names}
    assert feedback(home) == {BAD, *sent}


def test_nothing_but_refused_deliveries_publishes_nothing(demo: Home, tmp_path: Path) -> None:
    folder = tmp_path / "inn"
    folder.mkdir()
    for name, content in REFUSED.items():
        (folder / name).write_bytes(content)
    home = demo.copied_to(tmp_path / "home")
    before = home.publication()
    said = home.build(inbox=folder)
    assert said.code == 1
    assert said.summary["years"] == []
    assert said.summary["deliveries_refused"] == len(REFUSED)
    assert set(said.summary["rows_loaded"].values()) == {0}
    assert home.publication() == before


def test_feedback_is_removed_whatever_the_case_of_its_ending(tmp_path: Path) -> None:
    kept = FeedbackFolder(folder=str(tmp_path))
    kept.write({"A.XLSX": b"x", "b.xlsx": b"x", "c.csv.xlsx": b"x"})
    kept.keep_only({"b.xlsx": b"x"})
    assert [path.name for path in tmp_path.iterdir()] == ["b.xlsx"]


# --- What must be seen nowhere ----------------------------------------------------------


def said(built: Built) -> list[tuple[str, bytes]]:
    return [("stdout", built.said.out.encode()), ("stderr", built.said.err.encode())]


def test_national_identity_number_goes_nowhere(with_refused: Built) -> None:
    searched = [*contents(with_refused.home.path), *said(with_refused)]
    assert any(place == "raw.deliveries" for place, _ in searched)
    assert any("xl/" in place for place, _ in searched)
    assert [place for place, content in searched if NATIONAL_ID.encode() in content] == []


def test_bad_cells_go_to_no_log_no_finding_and_no_publication(with_refused: Built) -> None:
    home = with_refused.home
    searched = [
        *said(with_refused),
        *contents(home.path / "dagster"),
        *contents(home.path / "published"),
        *contents(home.path / "reports"),
        *tables(home.path / "warehouse.duckdb", "quality"),
    ]
    assert "quality.rejected_rows" in {place for place, _ in searched}
    assert [place for place, content in searched if MARK.encode() in content.lower()] == []
    # The search would find it: the one who typed it gets it back, and the raw tables hold it.
    elsewhere = [*contents(home.path / "feedback"), *tables(home.path / "warehouse.duckdb", "raw")]
    assert len([place for place, content in elsewhere if MARK.encode() in content.lower()]) >= 2


# --- Checking before handing in ---------------------------------------------------------


@pytest.mark.slow
def test_check_of_what_is_loaded_finds_what_the_build_found(
    with_rows: Built, tmp_path: Path
) -> None:
    home = with_rows.home.copied_to(tmp_path / "home")
    (home.path / "feedback" / BAD).unlink()
    before = home.tables()
    bad = with_rows.inbox / BAD
    checked = nora("check", str(bad), "--home", str(home.path), "--as-of", "2021-12-31")
    assert checked.code == 3
    for _, sheet, row, _, _, healed_by in EXPECTED:
        assert (f"  Arket «{sheet}», rad {row}: " in checked.out) == (healed_by is None)
    assert MARK not in checked.out + checked.err
    assert home.tables() == before
    assert feedback(home) == {BAD}
