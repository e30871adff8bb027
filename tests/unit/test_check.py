"""`nora check`: deliveries are judged beside what is loaded, told, sent back, and not loaded."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.styles import Font

from assets.raw.assets import read_deliveries
from assets.raw.delivery import delivered_file
from assets.records.register import build_register
from pipelines.check import Findings, check
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipeline.homes import Home, Outcome, nora
from tests.recount.warehouses import empty_warehouse, put
from tests.unit.workbooks import (
    EXITS,
    PARTICIPANTS,
    REFERRALS,
    REQUIRED,
    Rows,
    book,
    in_process,
    saved,
    workbook,
)

AS_OF = date(2021, 12, 31)
NOBODY: Rows = PARTICIPANTS[:1]
NOTHING: Rows = REFERRALS[:1]
NO_EXIT: Rows = EXITS[:1]
EXIT_OF_R2: Rows = [EXITS[0], ["r2", "1.12.2021", "Ikke møtt", None, None]]


def loaded(home: Home, **files: bytes) -> Home:
    """Store in a home what a load of these deliveries would leave, and return the home."""
    read = read_deliveries(
        [delivered_file(f"{name}.xlsx", content) for name, content in files.items()], in_process
    )
    register = build_register(read, AS_OF)
    frames = {f"raw.{name}": frame for name, frame in read.items()}
    # The list of deliveries is written last, as in a load.
    frames["raw.deliveries"] = frames.pop("raw.deliveries")
    frames |= {f"records.{name}": frame for name, frame in register.tables.items()}
    frames["quality.rejected_rows"] = register.rejected
    home.path.mkdir()
    home.settings.warehouse.write_bytes(empty_warehouse())
    with Warehouse(file=str(home.settings.warehouse)).held() as warehouse:
        for name, frame in frames.items():
            put(warehouse, name, frame)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def delivery(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def found_in(home: Home, *paths: Path) -> Findings:
    return check(Settings(home.path / "inn", home.path, AS_OF), paths)


def command(home: Home, *paths: Path) -> Outcome:
    named = map(str, paths)
    return nora("check", *named, "--home", str(home.path), "--as-of", AS_OF.isoformat())


def lines(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("delivery", "sheet", "row", "field", "code", "healed_by").rows()


def feedback(home: Home) -> list[str]:
    return sorted(path.name for path in (home.path / "feedback").glob("*"))


# --- What the command says and does -----------------------------------------------------


def test_clean_delivery_ends_well_and_leaves_nothing(home: Home, tmp_path: Path) -> None:
    said = command(home, delivery(tmp_path / "inn", "a.xlsx", workbook()))
    assert said.code == 0
    assert "Ingen feil" in said.out
    assert "Ingenting er lest inn i" in said.out
    assert [path.name for path in home.path.rglob("*")] == ["feedback"]


def test_errors_are_told_with_their_place_and_sent_back(home: Home, tmp_path: Path) -> None:
    persons = [*PARTICIPANTS, ["p3", "1985", "kanarifugl", "Kongo"]]
    path = delivery(tmp_path / "inn", "a.xlsx", workbook(participants=persons))
    said = command(home, path)
    assert said.code == 3
    assert "a.xlsx: 1 rad kan ikke leses inn" in said.out
    for field in ("Kjønn", "Landbakgrunn"):
        assert f"  Arket «Deltakere», rad 4: «{field}»: " in said.out
    assert "kanarifugl" not in said.out + said.err
    assert str(home.path / "feedback" / "a.xlsx") in said.out
    assert feedback(home) == ["a.xlsx"]
    assert [path.name for path in home.path.iterdir()] == ["feedback"]


def test_refused_delivery_is_told_and_the_others_are_judged(home: Home, tmp_path: Path) -> None:
    said = command(
        home,
        delivery(tmp_path / "inn", "a.xlsx", workbook(exits=None)),
        delivery(tmp_path / "inn", "b.xlsx", workbook(exits=[*EXITS, *EXITS[1:], ["r2"]])),
        delivery(tmp_path / "inn", "c.csv", b"Deltaker-ID;\xc5r\n"),
    )
    assert said.code == 3
    assert "Avvist: a.xlsx" in said.out
    assert "Avvist: c.csv" in said.out
    assert "b.xlsx: 1 rad kan ikke leses inn" in said.out
    assert feedback(home) == ["a.xlsx", "b.xlsx", "c.csv.xlsx"]


@pytest.mark.parametrize("name", ["finnes ikke.xlsx", "les meg.txt", "~$a.xlsx", "mappe.xlsx"])
def test_what_is_no_delivery_is_wrong_usage(home: Home, tmp_path: Path, name: str) -> None:
    (tmp_path / "les meg.txt").write_text("hei", encoding="utf-8")
    (tmp_path / "~$a.xlsx").write_bytes(workbook())
    (tmp_path / "mappe.xlsx").mkdir()
    said = command(home, delivery(tmp_path / "inn", "a.xlsx", workbook()), tmp_path / name)
    assert said.code == 2
    assert said.out == ""
    assert not home.path.exists()


def test_file_of_another_type_is_told_in_norwegian(home: Home, tmp_path: Path) -> None:
    (tmp_path / "rapport.pdf").write_bytes(b"%PDF-1.7")
    said = command(home, tmp_path / "rapport.pdf")
    assert said.code == 2
    assert "er ikke en leveranse. Lagre den som .xlsx" in said.err


def test_sheets_and_columns_that_were_not_read_are_named(home: Home, tmp_path: Path) -> None:
    persons = [[*row, extra] for row, extra in zip(PARTICIPANTS, ("Merknad", "", ""), strict=True)]
    said = command(home, delivery(tmp_path / "inn", "a.xlsx", workbook(participants=persons)))
    assert said.code == 0
    assert "a.xlsx: kolonnen «Merknad» i arket «Deltakere»" in said.out


# --- What is loaded but doubtful --------------------------------------------------------

OLD: Rows = [*PARTICIPANTS, ["p3", 1938, "Mann", "Irak", None, None]]
OLD_REFERRED: Rows = [*REFERRALS, ["r3", "p3", "3.3.2021", "NAV lokal", "KVP", None]]
OLD_WORKBOOK = workbook(participants=OLD, referrals=OLD_REFERRED)


def test_finding_is_told_with_its_row_and_is_no_error(home: Home, tmp_path: Path) -> None:
    said = command(home, delivery(tmp_path / "inn", "a.xlsx", OLD_WORKBOOK))
    assert said.code == 0
    assert (
        "  Uvanlig alder (1 rad): Deltakere er vanligvis 18 til 67 år når de henvises. Kontroller "
        "fødselsåret.\n    a.xlsx, arket «Deltakere»: rad 4\n" in said.out
    )
    assert "Ingen feil å rette. Det som bør kontrolleres, står over." in said.out
    assert "p3" not in said.out
    assert feedback(home) == ["a.xlsx"]


def test_finding_is_named_in_the_feedback_as_its_answer_names_it(
    home: Home, tmp_path: Path
) -> None:
    made = found_in(home, delivery(tmp_path / "inn", "a.xlsx", OLD_WORKBOOK)).feedback["a.xlsx"]
    note = openpyxl.load_workbook(io.BytesIO(made))["Deltakere"]["B4"].comment
    assert "Bør kontrolleres («Uvanlig alder»): Deltakere er vanligvis" in note.text
    answers: Rows = [
        ["Regel", "Nøkkel", "Annen nøkkel", "Vurdering"], ["Uvanlig alder", "p3", None, "Riktig"],
    ]  # fmt: skip
    answered = workbook(participants=OLD, referrals=OLD_REFERRED, decisions=answers)
    found = found_in(home, delivery(tmp_path / "inn", "a.xlsx", answered))
    assert found.rejected.is_empty()
    assert found.doubtful.is_empty()
    assert found.feedback == {}


def test_info_is_told_as_well(home: Home, tmp_path: Path) -> None:
    unreferred = workbook(participants=OLD)
    found = found_in(home, delivery(tmp_path / "inn", "a.xlsx", unreferred)).doubtful
    assert found.select("rule", "severity", "sheet", "row", "field").rows() == [
        ("participant_has_referral", "info", "Deltakere", 4, "participant_id")
    ]


def test_row_beside_a_loaded_one_is_found_and_the_loaded_one_is_named(
    home: Home, tmp_path: Path
) -> None:
    loaded(home, a=workbook())
    again = [REFERRALS[0], ["r9", "p1", "1.3.2021", "NAV lokal", "KVP", "15.3.2021"]]
    content = workbook(participants=NOBODY, referrals=again, exits=NO_EXIT)
    found = found_in(home, delivery(tmp_path / "inn", "b.xlsx", content)).doubtful
    (row,) = found.filter(rule="one_referral_at_a_time").iter_rows(named=True)
    assert (row["delivery"], row["sheet"], row["row"]) == ("b.xlsx", "Henvisninger", 2)
    assert row["message"].endswith("Den andre raden er rad 2 i a.xlsx.")


def test_row_that_is_not_loaded_is_no_finding(home: Home, tmp_path: Path) -> None:
    unread = [[*row[:3], "x", *row[4:]] if row[0] == "p3" else row for row in OLD]
    bad = workbook(participants=unread, referrals=OLD_REFERRED)
    found = found_in(home, delivery(tmp_path / "inn", "a.xlsx", bad))
    assert found.rejected.height
    assert found.doubtful.is_empty()


# --- Beside what is loaded --------------------------------------------------------------


def test_exit_of_a_loaded_referral_is_no_orphan(home: Home, tmp_path: Path) -> None:
    content = workbook(participants=NOBODY, referrals=NOTHING, exits=EXIT_OF_R2)
    path = delivery(tmp_path / "inn", "b.xlsx", content)
    assert lines(found_in(home, path).rejected) == [
        ("b.xlsx", "Avslutninger", 2, "referral_id", "orphan", None)
    ]
    found = found_in(loaded(home, a=workbook()), path)
    assert (found.rejected.height, found.broken.height, dict(found.feedback)) == (0, 0, {})


def test_deliveries_checked_together_are_judged_beside_each_other(
    home: Home, tmp_path: Path
) -> None:
    parts = {
        "c.xlsx": workbook(referrals=NOTHING, exits=NO_EXIT),
        "b.xlsx": workbook(participants=NOBODY, exits=NO_EXIT),
        "a.xlsx": workbook(participants=NOBODY, referrals=NOTHING),
    }
    paths = [delivery(tmp_path / "inn", name, content) for name, content in parts.items()]
    assert found_in(home, *paths).rejected.is_empty()
    assert found_in(home, *paths[1:]).rejected["code"].unique().to_list() == ["orphan"]


def test_loaded_delivery_of_the_same_name_is_replaced(home: Home, tmp_path: Path) -> None:
    loaded(home, a=workbook(), b=workbook(participants=[*PARTICIPANTS, ["p3", 1990, "x", "Syria"]]))
    corrected = workbook(participants=[PARTICIPANTS[0], ["p3", 1990, "Mann", "Syria"]])
    found = found_in(home, delivery(tmp_path / "inn", "b.xlsx", corrected))
    assert (found.rejected.height, found.broken.height) == (0, 0)
    twice = workbook(participants=[*PARTICIPANTS, ["p2", 1991, "Mann", "Syria"]])
    found = found_in(home, delivery(tmp_path / "inn", "a.xlsx", twice))
    assert {row for _, _, row, _, _, _ in lines(found.rejected)} == {3, 4}


def test_what_it_would_break_in_loaded_deliveries_is_told(home: Home, tmp_path: Path) -> None:
    loaded(home, a=workbook())
    unstarted = [REFERRALS[0], [*REFERRALS[1][:5], None]]
    content = workbook(participants=NOBODY, referrals=unstarted, exits=NO_EXIT)
    path = delivery(tmp_path / "inn", "b.xlsx", content)
    found = found_in(home, path)
    assert found.rejected.is_empty()
    assert lines(found.broken) == [("a.xlsx", "Avslutninger", 2, "kind", "rule", None)]
    said = command(home, path)
    assert said.code == 3
    assert (
        "leveranser som er lest inn:\na.xlsx: 1 rad kan ikke leses inn\n  Arket «Avslutninger», rad 2: "
        in said.out
    )
    assert "Ingen feil" not in said.out
    assert "Ingenting er lest inn i" not in said.out
    assert feedback(home) == []


def test_what_is_wrong_with_loaded_deliveries_already_is_not_told_again(
    home: Home, tmp_path: Path
) -> None:
    loaded(home, a=workbook(participants=[*PARTICIPANTS, ["p3", 1990, "x", "Syria"]]))
    path = delivery(tmp_path / "inn", "b.xlsx", workbook(participants=NOBODY))
    found = found_in(home, path)
    assert (found.rejected.height, found.broken.height) == (0, 0)


def test_loaded_row_that_is_no_longer_healed_is_broken(home: Home, tmp_path: Path) -> None:
    bad = [*PARTICIPANTS, ["p3", 1990, "x", "Syria"]]
    good = [PARTICIPANTS[0], ["p3", 1990, "Mann", "Syria"]]
    loaded(home, a=workbook(participants=bad), b=workbook(participants=good))
    other = delivery(tmp_path / "inn", "c.xlsx", workbook(participants=NOBODY))
    assert found_in(home, other).broken.is_empty()
    without = delivery(tmp_path / "inn", "b.xlsx", workbook(participants=NOBODY))
    assert lines(found_in(home, without).broken) == [
        ("a.xlsx", "Deltakere", 4, "gender", "bad_code", None)
    ]


def test_row_that_a_loaded_delivery_puts_right_is_listed_as_healed(
    home: Home, tmp_path: Path
) -> None:
    good = [PARTICIPANTS[0], ["p3", 1990, "Mann", "Syria"]]
    loaded(home, a=workbook(), c=workbook(participants=good))
    bad = workbook(participants=[PARTICIPANTS[0], ["p3", 1990, "x", "Syria"]])
    path = delivery(tmp_path / "inn", "b.xlsx", bad)
    found = found_in(home, path)
    assert lines(found.rejected) == [("b.xlsx", "Deltakere", 2, "gender", "bad_code", "c.xlsx")]
    assert command(home, path).code == 0


def test_two_files_of_one_name_are_wrong_usage(home: Home, tmp_path: Path) -> None:
    both = [delivery(tmp_path / folder, "b.xlsx", workbook()) for folder in ("her", "der")]
    said = command(home, *both)
    assert said.code == 2
    assert "samme navn" in said.out


@pytest.mark.parametrize("content", [workbook(), workbook(participants=[*PARTICIPANTS, ["?"]])])
def test_nothing_is_loaded(home: Home, tmp_path: Path, content: bytes) -> None:
    loaded(home, a=workbook())
    before = home.tables()
    files = {path for path in home.path.rglob("*") if path.is_file()}
    command(home, delivery(tmp_path / "inn", "b.xlsx", content))
    assert home.tables() == before
    made = {path for path in home.path.rglob("*") if path.is_file()} - files
    assert {path.parent.name for path in made} <= {"feedback"}


def test_row_that_is_struck_out_is_told_and_is_no_error(home: Home, tmp_path: Path) -> None:
    made = book(REQUIRED)
    for cell in made["Henvisninger"][3]:
        cell.font = Font(strike=True)
    path = delivery(tmp_path / "inn", "a.xlsx", saved(made))
    said = command(home, path)
    assert said.code == 0
    assert "Kan leses inn, men bør kontrolleres:" in said.out
    doubtful = found_in(home, path).doubtful
    assert doubtful.select("rule", "sheet", "row").rows() == [("struck_out", "Henvisninger", 3)]


def test_rows_later_than_a_past_day_are_counted_and_are_no_errors(
    home: Home, tmp_path: Path
) -> None:
    path = delivery(tmp_path / "inn", "a.xlsx", workbook())
    past = check(Settings(home.path / "inn", home.path, date(2020, 1, 1)), [path])
    assert past.rejected.is_empty()
    assert past.later.filter(sheet="Henvisninger").height == len(REFERRALS) - 1
    said = nora("check", str(path), "--home", str(home.path), "--as-of", "2020-01-01")
    assert said.code == 0
    assert f"a.xlsx: {past.later.height} rader" in said.out
    assert found_in(home, path).later.is_empty()
