"""Which rows are left out because they are about somebody who is forgotten."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from assets.raw import problems
from assets.raw.delivery import delivered_file
from assets.records.forgotten import Forgotten, SetAside, set_aside
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.feedback import workbooks
from pipelines.forgotten import ForgottenFile, ForgottenUnreadableError
from pipelines.reader import Reader
from pipelines.settings import KEY, Settings
from tests.unit.raw_tables import AS_OF, CLEAN, raw, register_of, row
from tests.unit.workbooks import PARTICIPANTS, workbook

SECRET = b"s" * 32


def forgotten(*identifiers: str, table: str = "participants") -> Forgotten:
    who = Forgotten(SECRET)
    for one in identifiers:
        who = who.also(table, pl.DataFrame({"participant_id": [one]}))
    return who


def left_out(
    who: Forgotten,
    found: pl.DataFrame | None = None,
    days: tuple[date, date] = (AS_OF, AS_OF),
    **tables: Any,
) -> SetAside:
    """What is left of an inbox: of each sheet the clean row, but for the tables given."""
    others = {one.name: schema(one).to_frame() for one in vocabulary().layer("raw")}
    others["passed_over"] = pl.DataFrame(
        tables.pop("passed_over", []), schema(vocabulary().table("raw.passed_over")), orient="row"
    )
    reasons = problems.collect([] if found is None else [found])
    read = {**others, **raw(**tables), "problems": reasons}
    return set_aside({name: one for name, one in read.items() if name != "set_aside"}, who, *days)


def rows_of(after: SetAside, table: str) -> list[tuple[str, int]]:
    return after.tables[table].select("delivery", "delivery_row").rows()


OF_PERSONS = ["participants", "referrals", "exits", "activities", "transition_cases"]
P2 = {
    "participants": row("participants", 3, participant_id="p2"),
    "referrals": row("referrals", 3, referral_id="r2", participant_id="p2"),
    "exits": row("exits", 3, referral_id="r2"),
    "activities": row("activities", 3, referral_id="r2"),
    "transition_cases": row("transition_cases", 3, case_id="s2", referral_id="r2"),
}
"""A second person, who is somebody else."""


def test_finding_on_a_row_of_a_forgotten_person_is_left_out() -> None:
    lines = [
        ("struck_out", "warning", "a.xlsx", "Deltakere", number, "participant_id", "?")
        for number in (2, 3)
    ]
    found = pl.DataFrame(lines, problems.FINDING_SCHEMA, orient="row")
    persons = [row("participants"), P2["participants"]]
    read = {one.name: schema(one).to_frame() for one in vocabulary().layer("raw")}
    read |= raw(participants=persons) | {"findings": found}
    del read["set_aside"]
    after = set_aside(read, forgotten("p1"), AS_OF)
    assert after.tables["findings"]["row"].to_list() == [3]


def test_nobody_is_left_out_while_nobody_is_forgotten() -> None:
    after = left_out(Forgotten(SECRET))
    assert all(after.tables[name].height == 1 for name in CLEAN)
    assert after.tables["set_aside"].is_empty()


def test_everything_about_the_person_goes_and_everything_else_stays() -> None:
    both = {name: [row(name), P2[name]] for name in OF_PERSONS}
    after = left_out(forgotten("p1"), **both)
    for name in OF_PERSONS:
        assert rows_of(after, name) == [("a.xlsx", 3)], name
    for name in set(CLEAN) - set(OF_PERSONS):
        assert rows_of(after, name) == [("a.xlsx", 2)], name
    sheets = {vocabulary().table(f"records.{name}").sheet for name in OF_PERSONS}
    assert set(after.tables["set_aside"].rows()) == {("a.xlsx", sheet, 1) for sheet in sheets}
    assert after.rows == after.records == {
        **dict.fromkeys(OF_PERSONS, 1), "partner_projects": 0, "decisions": 0
    }  # fmt: skip


def answer(key: str, other: str | None, number: int = 2, said: str = "Samme person") -> Any:
    rule = "Samme person under to ID-er"
    return row("decisions", number, rule=rule, key=key, other_key=other, decision=said)


@pytest.mark.parametrize("who", ["p1", "p2"])
@pytest.mark.parametrize(("key", "other"), [("p1", "p2"), ("p2", "p1")])
def test_person_with_two_ids_is_forgotten_under_both(who: str, key: str, other: str) -> None:
    both = {name: [row(name), P2[name]] for name in OF_PERSONS}
    after = left_out(forgotten(who), decisions=[answer(key, other)], **both)
    assert [after.tables[name].height for name in (*OF_PERSONS, "decisions")] == [0] * 6
    assert set(after.keys["participants"]["participant_id"]) == {"p1", "p2"}


def test_answers_about_the_person_go_and_others_stay() -> None:
    answers = [
        answer("p1", None, 2, "Riktig"), answer("p8", "p1", 3, "Riktig"), answer("p8", "p9", 4),
        row("decisions", 5, rule="To henvisninger samtidig", key="r1", other_key=None),
        row("decisions", 6, rule="To henvisninger samtidig", key="p8", other_key=None),
    ]  # fmt: skip
    after = left_out(forgotten("p1"), decisions=answers)
    assert rows_of(after, "decisions") == [("a.xlsx", 4), ("a.xlsx", 6)]
    assert after.rows["decisions"] == after.records["decisions"] == 3


def test_what_is_left_is_the_register_without_the_person() -> None:
    both = {name: [row(name), P2[name]] for name in OF_PERSONS}
    without = register_of(**{name: [P2[name]] for name in OF_PERSONS})
    after = left_out(forgotten("p1"), **both)
    left = register_of(**{name: after.tables[name].to_dicts() for name in OF_PERSONS})
    assert without.rejected.is_empty()
    assert left.rejected.is_empty()
    for name in CLEAN:
        assert left.tables[name].equals(without.tables[name])


@pytest.mark.parametrize("cell", ["p1", "1001", "1001.0"])
def test_identifier_is_known_as_the_register_reads_it(cell: str) -> None:
    who = forgotten(cell.removesuffix(".0"))
    after = left_out(
        who,
        participants=[row("participants", participant_id=cell)],
        referrals=[row("referrals", participant_id=cell)],
    )
    assert [after.tables[name].height for name in OF_PERSONS] == [0] * 5


def test_identifier_keeps_its_case() -> None:
    assert left_out(forgotten("P1")).tables["participants"].height == 1


def test_bad_rows_and_rows_that_delete_go_too() -> None:
    after = left_out(
        forgotten("p1"),
        participants=[row("participants", birth_year="?"), row("participants", 3, deletes="Ja")],
        referrals=[row("referrals", referred_on="?"), row("referrals", 3, deletes="Ja")],
    )
    # No referral of the person is good, so the exit is known by the rows that are not.
    assert [after.tables[name].height for name in OF_PERSONS] == [0] * 5


def test_identifier_that_cannot_be_read_but_names_the_person_goes() -> None:
    after = left_out(
        forgotten("p1"),
        participants=[row("participants", participant_id="p1 (Ali)")],
        referrals=[row("referrals", participant_id="se p1"), P2["referrals"]],
        exits=[], activities=[], transition_cases=[],
    )  # fmt: skip
    assert rows_of(after, "participants") == []
    assert rows_of(after, "referrals") == [("a.xlsx", 3)]


@pytest.mark.parametrize("dash", "\u2010\u2011\u2013\u2212")
def test_identifier_of_the_person_with_another_dash_goes(dash: str) -> None:
    persons = [row("participants", participant_id=f"K{dash}31"), P2["participants"]]
    after = left_out(forgotten("K-31"), participants=persons)
    assert rows_of(after, "participants") == [("a.xlsx", 3)]


# --- Whose a referral is ----------------------------------------------------------------


def test_referral_that_was_corrected_to_be_anothers_stays_with_the_other() -> None:
    after = left_out(
        forgotten("p1"),
        participants=[row("participants"), P2["participants"]],
        referrals=[row("referrals"), row("referrals", 2, "b.xlsx", participant_id="p2")],
    )
    assert rows_of(after, "referrals") == [("b.xlsx", 2)]
    assert rows_of(after, "exits") == [("a.xlsx", 2)]


def test_referral_that_was_corrected_to_be_the_persons_goes_with_what_it_was_before() -> None:
    after = left_out(
        forgotten("p1"),
        participants=[row("participants"), P2["participants"]],
        referrals=[
            row("referrals", participant_id="p2"),
            row("referrals", 2, "b.xlsx", participant_id="p1"),
        ],
    )
    assert rows_of(after, "referrals") == rows_of(after, "exits") == []


def test_bad_row_that_names_the_person_takes_no_referral_from_another() -> None:
    after = left_out(
        forgotten("p1"),
        participants=[row("participants"), P2["participants"]],
        referrals=[
            row("referrals", participant_id="p2"),
            row("referrals", 2, "b.xlsx", participant_id="p1", referred_on="?"),
        ],
    )
    assert rows_of(after, "referrals") == [("a.xlsx", 2)]
    assert rows_of(after, "exits") == [("a.xlsx", 2)]


def test_referral_later_than_a_past_day_stays_with_the_person_it_was_corrected_to() -> None:
    later = {"referred_on": "1.7.2021", "started_on": "1.8.2021"}
    after = left_out(
        forgotten("p1"),
        days=(date(2021, 6, 15), AS_OF),
        participants=[row("participants"), P2["participants"]],
        referrals=[
            row("referrals", participant_id="p1", **later),
            row("referrals", 2, "b.xlsx", participant_id="p2", **later),
        ],
        transition_cases=[row("transition_cases", opened_on="1.6.2021")],
    )
    assert rows_of(after, "referrals") == [("b.xlsx", 2)]
    assert rows_of(after, "exits") == rows_of(after, "transition_cases") == [("a.xlsx", 2)]


def test_case_whose_row_that_counts_is_the_persons_goes_altogether() -> None:
    after = left_out(
        forgotten("p1"),
        transition_cases=[
            row("transition_cases", referral_id=None),
            row("transition_cases", 2, "b.xlsx"),
        ],
    )
    assert rows_of(after, "transition_cases") == []


# --- Later deliveries -------------------------------------------------------------------


def test_later_exit_and_case_of_a_referral_that_went_are_no_orphans() -> None:
    before = left_out(forgotten("p1"))
    who = forgotten("p1")
    for table, keys in before.keys.items():
        who = who.also(table, keys)
    after = left_out(
        who,
        participants=[P2["participants"]],
        referrals=[P2["referrals"]],
        transition_cases=[row("transition_cases", referral_id=None)],
    )
    assert rows_of(after, "participants") == [("a.xlsx", 3)]
    assert [after.tables[name].height for name in OF_PERSONS[2:]] == [0, 0, 0]
    register = register_of(**{name: after.tables[name].to_dicts() for name in OF_PERSONS})
    assert register.rejected.is_empty()


def test_identifier_of_a_referral_that_went_may_become_anothers() -> None:
    who = forgotten("p1").also("referrals", pl.DataFrame({"referral_id": ["r1"]}))
    theirs = row("referrals", participant_id="p2")
    after = left_out(who, participants=[P2["participants"]], referrals=[theirs])
    assert after.tables["referrals"].height == after.tables["exits"].height == 1


# --- Candidates -------------------------------------------------------------------------


def test_candidate_is_known_by_project_and_identifier_and_is_no_participant() -> None:
    key = pl.DataFrame({"project": ["BROEN "], "candidate_id": ["k1"]})
    candidates = [
        row("partner_projects"),
        row("partner_projects", 3, project="Annet"),
        row("partner_projects", 4, candidate_id="k2"),
    ]
    people = [row("participants"), row("participants", 3, participant_id="k1")]
    after = left_out(
        Forgotten(SECRET).also("partner_projects", key),
        partner_projects=candidates,
        participants=people,
    )
    assert rows_of(after, "partner_projects") == [("a.xlsx", 3), ("a.xlsx", 4)]
    assert after.tables["participants"].height == 2
    other = left_out(forgotten("k1"), partner_projects=candidates, participants=people)
    assert other.tables["partner_projects"].height == 3
    assert rows_of(other, "participants") == [("a.xlsx", 2)]


# --- What else the deliveries left ------------------------------------------------------


def test_problems_and_headers_that_tell_of_the_person_go() -> None:
    found = problems.collect(
        problems.problem("a.xlsx", "missing_value", sheet="Deltakere", row=number, field="gender")
        for number in (2, 3)
    )
    after = left_out(
        forgotten("p1"),
        found,
        participants=[row("participants"), P2["participants"]],
        passed_over=[("a.xlsx", "arket «Notat p1»"), ("a.xlsx", "arket «Notat p10»")],
    )
    assert after.tables["problems"]["row"].to_list() == [3]
    assert after.tables["passed_over"]["passed_over"].to_list() == ["arket «Notat p10»"]


def rejection(delivery: str, code: str = "bad_code") -> pl.DataFrame:
    found = problems.problem(delivery, code, sheet="Deltakere", row=3, field="gender")
    nothing = pl.lit(None, pl.String)
    return found.with_columns(healed_by=nothing, follows_from=nothing)


def sheets_of(workbook: bytes) -> list[str]:
    return openpyxl.load_workbook(io.BytesIO(workbook)).sheetnames


NONE_ASIDE = schema(vocabulary().table("raw.set_aside")).to_frame()


@pytest.mark.parametrize(("who", "is_copied"), [("p9", True), ("p1", False), ("r1", False)])
def test_delivery_that_tells_of_the_forgotten_is_not_copied_into_feedback(
    who: str, is_copied: bool
) -> None:
    file = delivered_file("a.xlsx", workbook())
    made = workbooks([file], rejection("a.xlsx"), forgotten(who), NONE_ASIDE, Reader(), {})
    assert ("Deltakere" in sheets_of(made["a.xlsx"])) == is_copied


def test_delivery_of_which_rows_were_set_aside_is_not_copied_into_feedback() -> None:
    # Its exit belongs to a referral that another delivery told of.
    aside = pl.DataFrame([("a.xlsx", "Avslutninger", 1)], NONE_ASIDE.schema, orient="row")
    files = [delivered_file(name, workbook()) for name in ("a.xlsx", "b.xlsx")]
    found = pl.concat([rejection("a.xlsx"), rejection("b.xlsx")])
    made = workbooks(files, found, forgotten("p9"), aside, Reader(), {})
    assert [len(sheets_of(made[name])) for name in ("a.xlsx", "b.xlsx")] == [1, 4]


def test_nothing_is_copied_into_feedback_when_the_warehouse_is_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY, "hemmelig")
    persons = [*PARTICIPANTS, ["p3", 1985, "kanarifugl", "Syria"]]
    file = delivered_file("a.xlsx", workbook(participants=persons))
    made = workbooks([file], rejection("a.xlsx"), Forgotten(SECRET), NONE_ASIDE, Reader(), {})
    book = openpyxl.load_workbook(io.BytesIO(made["a.xlsx"]))
    (sheet,) = book.worksheets
    texts = {str(cell) for cells in sheet.iter_rows(values_only=True) for cell in cells if cell}
    assert {"Deltakere", "3", "Kjønn"} <= texts
    assert not any("kanarifugl" in text for text in texts)


# --- What is kept -----------------------------------------------------------------------


def test_kept_are_hashes_under_a_secret_of_the_home(tmp_path: Path) -> None:
    files = [ForgottenFile.of(Settings(tmp_path, tmp_path / name)) for name in "ab"]
    for file in files:
        who = file.read().also("participants", pl.DataFrame({"participant_id": ["D-0180"]}))
        file.write(who)
        assert file.read() == who
        assert Path(file.file).stat().st_mode & 0o777 == 0o600
        assert b"0180" not in Path(file.file).read_bytes()
    assert not files[0].read().digests & files[1].read().digests


def test_order_of_forgetting_is_not_kept(tmp_path: Path) -> None:
    texts = []
    for names in (("p1", "p2", "p3"), ("p3", "p1", "p2")):
        file = ForgottenFile.of(Settings(tmp_path, tmp_path / names[0]))
        file.write(forgotten(*names))
        texts.append(Path(file.file).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    digests = json.loads(texts[0])["digests"]
    assert digests == sorted(digests)


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps({"key": "x", "digests": []})])
def test_damaged_file_is_not_taken_for_nobody(tmp_path: Path, content: str) -> None:
    path = tmp_path / "forgotten.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ForgottenUnreadableError, match="sikkerhetskopi"):
        ForgottenFile.of(Settings(tmp_path, tmp_path)).read()


def test_list_that_is_older_than_the_home_or_gone_is_not_taken_for_all(tmp_path: Path) -> None:
    file = ForgottenFile.of(Settings(tmp_path, tmp_path))
    file.write(forgotten("p1"))
    older = Path(file.file).read_bytes()
    file.write(forgotten("p1", "p2"))
    Path(file.file).write_bytes(older)
    with pytest.raises(ForgottenUnreadableError, match="er eldre enn hjemmet"):
        file.read()
    Path(file.file).unlink()
    with pytest.raises(ForgottenUnreadableError, match="mangler"):
        file.read()


def test_secret_is_not_shown() -> None:
    assert "ssss" not in repr(Forgotten(SECRET))
