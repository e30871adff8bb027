"""`nora forget`: nothing of the person is left in the home, and nothing else is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.check import check
from pipelines.forget import forget as record
from pipelines.settings import Settings
from tests.pipeline.homes import Home, Outcome, environment_kept, nora
from tests.pipeline.written import contents
from tests.unit.workbooks import EXITS, PARTICIPANTS, REFERRALS, Rows, workbook

DAY = "2021-12-31"

GONE = ["D-GLEMT", "H-GLEMT-1", "H-GLEMT-2", "O-GLEMT", "Glemsel AS"]
"""What must stand nowhere in the end: the person, and what only the person's rows hold."""

OTHERS = ["D-BLIR", "H-BLIR"]


def participants(*rows: Any) -> Rows:
    return [PARTICIPANTS[0], *rows]


def referrals(*rows: Any) -> Rows:
    return [REFERRALS[0], *rows]


def exits(*rows: Any) -> Rows:
    return [EXITS[0], *rows]


STAYING: Mapping[str, Rows] = {
    "participants": participants(
        ["D-BLIR", 1990, "Mann", "Syria"], ["D-FEIL", 1980, "ukjent ord", "Syria"]
    ),
    "referrals": referrals(
        ["H-BLIR", "D-BLIR", "3.2.2020", "NAV lokal", "KVP", "1.3.2020"],
    ),
    "exits": exits(["H-BLIR", "1.10.2021", "Planmessig avsluttet", "A"]),
    "activities": [["Henvisnings-ID", "Aktivitet", "Fra dato", "Til dato", "Virksomhet"]],
    "transition_cases": [["Saks-ID", "Dato", "Utfall", "Henvisnings-ID"]],
    "partner_projects": [
        ["Prosjekt", "Kandidat-ID", "Kjønn", "Kommer fra", "Startet", "Resultat"],
        ["Broen til jobb", "D-BLIR", "Mann", "NorA", "1.4.2021", None],
        ["Broen til jobb", "K-GLEMT", "Kvinne", "NorA", "1.4.2021", None],
    ],
}
"""The sheets without the person, one row in them with an error."""

PERSON: Mapping[str, Rows] = {
    "participants": [["D-GLEMT", 1985, "Kvinne", "Somalia"]],
    "referrals": [
        ["H-GLEMT-1", "D-GLEMT", "1.2.2020", "NAV lokal", "KVP", "15.2.2020"],
        ["H-GLEMT-2", "D-GLEMT", "1.6.2021", "NAV lokal", "KVP", "1.7.2021"],
    ],
    "exits": [["H-GLEMT-1", "1.12.2020", "Planmessig avsluttet", "A"]],
    "activities": [["H-GLEMT-1", "Mentor", "1.3.2020", "1.4.2020", "Glemsel AS"]],
    "transition_cases": [["O-GLEMT", "1.5.2020", "Råd og veiledning", "H-GLEMT-1"]],
    "partner_projects": [],
}
"""The rows of the person, after all others: no other row stands elsewhere without them."""


def write_inbox(folder: Path, *, with_person: bool) -> Path:
    folder.mkdir()
    sheets = {
        name: [*rows, *(PERSON[name] if with_person else [])] for name, rows in STAYING.items()
    }
    (folder / "a.xlsx").write_bytes(workbook(**sheets))
    return folder


def words_in(home: Path) -> set[str]:
    """Those of the words above that stand anywhere in any file of the home, or in its name."""
    found = set()
    for _, content in contents(home):
        found |= {word for word in [*GONE, *OTHERS] if word.encode() in content}
    return found


def forget(home: Home, inbox: Path, *arguments: str) -> Outcome:
    where = ["--inbox", str(inbox), "--home", str(home.path), "--as-of", DAY]
    return nora("forget", *arguments, *where)


@dataclass(frozen=True)
class Built:
    """An inbox and a home, and what the command said that left them so."""

    inbox: Path
    home: Home
    said: Outcome

    def copied_to(self, folder: Path) -> Built:
        inbox = Path(shutil.copytree(self.inbox, folder / "inbox"))
        return Built(inbox, self.home.copied_to(folder / "home"), self.said)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A home in which the person is, also in what an earlier and a killed command left behind."""
    folder = tmp_path_factory.mktemp("built")
    inbox = write_inbox(folder / "inbox", with_person=True)
    home = Home(folder / "home")
    said = home.build(inbox=inbox)
    shutil.copytree(home.internal.resolve(), home.internal.resolve().with_name("internal-earlier"))
    for left in (".warehouse.duckdb.123", ".warehouse.duckdb.123.wal", "feedback/.123"):
        (home.path / left).write_text("D-GLEMT", encoding="utf-8")
    spilled = home.path / "warehouse.duckdb.tmp"
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("D-GLEMT", encoding="utf-8")
    return Built(inbox, home, said)


@pytest.fixture(scope="module")
def erased(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same after the person was forgotten."""
    copy = built.copied_to(tmp_path_factory.mktemp("erased"))
    return Built(copy.inbox, copy.home, forget(copy.home, copy.inbox, "D-GLEMT"))


def test_the_words_are_there_before(built: Built) -> None:
    assert built.said.code == 3
    assert words_in(built.home.path) == {*GONE, *OTHERS}


def test_no_byte_of_the_person_is_left_and_everybody_else_is(erased: Built) -> None:
    assert erased.said.code == 3, erased.said.out + erased.said.err
    assert words_in(erased.home.path) == set(OTHERS)


def test_it_says_what_it_removed_and_who_must_do_the_rest_and_never_names_the_person(
    erased: Built,
) -> None:
    said = erased.said.out
    counts = {"participants": 1, "referrals": 2, "exits": 1, "activities": 1, "transition_cases": 1}
    for layer in ("raw", "records"):
        for table, count in counts.items():
            assert f"  {layer}.{table}: {count} rad{'er' if count > 1 else ''}\n" in said
    for file in (
        "warehouse.duckdb",
        "feedback/a.xlsx",
        ".warehouse.duckdb.123",
        "warehouse.duckdb.tmp",
    ):
        assert f"  {file}\n" in said
    assert "må fjerne radene:\n  a.xlsx\n" in said
    assert "Ikke lest, fordi personen er glemt:\n  a.xlsx: 6 rader\n" in said
    assert "Fjernet 1 tidligere publikasjon.\n" in said
    assert not [word for word in GONE if word in said + erased.said.err]


def test_what_is_left_is_what_an_inbox_without_the_person_gives(
    erased: Built, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    said = home.build(inbox=write_inbox(tmp_path / "inbox", with_person=False))
    assert said.summary == erased.said.summary
    expected, found = home.tables(), erased.home.tables()
    differing = {name for name in expected if found[name] != expected[name]}
    # The file is another, and what is left out is counted.
    assert differing == {"raw.deliveries", "raw.set_aside"}
    store = erased.home.path / "published" / ".releases"
    assert list(store.iterdir()) == [erased.home.internal.resolve().parent]
    # Cell by cell, the list of what has changed would describe the person.
    revised = erased.home.published("revisions")
    assert set(revised["cause"]) == {"erased"}
    assert set(revised["cell"]) == set(revised["table"]) == {""}
    assert revised.select("before", "after").null_count().row(0) == (revised.height,) * 2
    for file in home.internal.glob("*.parquet"):
        if file.stem == "revisions":
            continue
        assert pl.read_parquet(file).equals(erased.home.published(file.stem)), file.stem


def test_feedback_of_a_delivery_with_the_person_is_the_list_alone(erased: Built) -> None:
    names = {name for name, _ in contents(erased.home.path / "feedback")}
    assert any(name.endswith("worksheets/sheet1.xml") for name in names)
    assert not any(name.endswith("worksheets/sheet2.xml") for name in names)


@pytest.mark.slow
def test_later_deliveries_do_not_bring_the_person_back_and_a_candidate_can_be_forgotten_too(
    erased: Built, tmp_path: Path
) -> None:
    later = erased.copied_to(tmp_path)
    later.inbox.joinpath("a.xlsx").unlink()
    write_inbox(tmp_path / "mended", with_person=False)
    shutil.copy(tmp_path / "mended" / "a.xlsx", later.inbox)
    news = {
        "participants": participants(["D-GLEMT", 1985, "Kvinne", "Somalia"]),
        "referrals": referrals(["H-NY", "D-GLEMT", "1.9.2021", "NAV lokal", "KVP", None]),
        # One of a referral that no delivery tells of any more.
        "exits": exits(
            ["H-GLEMT-2", "1.12.2021", "Planmessig avsluttet", "A"],
            ["H-NY", "1.10.2021", "Ikke møtt"],
        ),
    }
    (later.inbox / "b.xlsx").write_bytes(workbook(**news))
    # To forget somebody else builds what lies in the inbox now.
    said = forget(later.home, later.inbox, "K-GLEMT")
    assert said.code == 3, said.out
    assert "  records.partner_projects: 1 rad\n" in said.out
    assert said.summary["rows_rejected"] == erased.said.summary["rows_rejected"]
    assert "Ikke lest, fordi personen er glemt:\n  a.xlsx: 1 rad\n  b.xlsx: 4 rader\n" in said.out
    candidates = later.home.query("select candidate_id from records.partner_projects")
    assert candidates == [("D-BLIR",)]
    assert words_in(later.home.path) == set(OTHERS)
    assert not any(b"K-GLEMT" in content for _, content in contents(later.home.path))
    checked = nora(
        "check", str(later.inbox / "b.xlsx"), "--home", str(later.home.path), "--as-of", DAY
    )
    assert checked.code == 0, checked.out
    assert "personen er glemt:\n  b.xlsx: 4 rader\n" in checked.out


# --- What is refused, and changes nothing -----------------------------------------------


@pytest.fixture
def untouched(built: Built) -> Iterator[Built]:
    def files() -> dict[str, bytes]:
        skipped = ("dagster", ".lock")
        return {
            str(path): path.read_bytes()
            for path in built.home.path.rglob("*")
            if path.is_file() and path.relative_to(built.home.path).parts[0] not in skipped
        }

    before = files()
    yield built
    assert files() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["D-FINNES-IKKE"],
        ["d-glemt"],
        ["K-GLEMT", "--participant"],
        ["D-GLEMT", "--project", "Broen til jobb"],
        ["K-GLEMT", "--project", "Et annet"],
    ],
    ids=" ".join,
)
def test_unknown_person_is_wrong_usage(untouched: Built, arguments: list[str]) -> None:
    said = forget(untouched.home, untouched.inbox, *arguments)
    assert said.code == 2
    assert "har denne ID-en" in said.out
    assert "--even-if-unknown" in said.out


def test_identifier_of_a_participant_and_a_candidate_must_be_told_apart(untouched: Built) -> None:
    said = forget(untouched.home, untouched.inbox, "D-BLIR")
    assert said.code == 2
    assert "--participant" in said.out
    assert "--project «Broen til jobb»" in said.out


def test_without_deliveries_nothing_is_forgotten(untouched: Built, tmp_path: Path) -> None:
    said = forget(untouched.home, tmp_path, "D-GLEMT")
    assert said.code == 1
    assert "Ingen leveranser" in said.out


@pytest.mark.parametrize("identifier", ["to ord", "å", "x" * 41, ""])
def test_what_is_no_identifier_is_wrong_usage(untouched: Built, identifier: str) -> None:
    assert forget(untouched.home, untouched.inbox, identifier).code == 2


# --- Before and after --------------------------------------------------------------------


def test_somebody_nobody_knows_yet_can_be_forgotten_and_again(built: Built, tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", with_person=False)
    settings = Settings(inbox, tmp_path / "home")
    with environment_kept():
        record(settings, "D-GLEMT", even_if_unknown=True)
        # Somebody who is forgotten is known: what was left of them is removed again.
        again = record(settings, "D-GLEMT")
    assert again.rows == {}
    shutil.copy(built.inbox / "a.xlsx", inbox / "b.xlsx")
    found = check(settings, [inbox / "b.xlsx"])
    assert found.set_aside["rows_set_aside"].sum() == 6
    stored = json.loads(settings.forgotten.read_text(encoding="utf-8"))
    assert "D-GLEMT" not in json.dumps(stored)
