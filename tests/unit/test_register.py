"""The register of a whole inbox: which row wins, what rows must agree upon, what is set aside."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw import problems
from assets.records.register import Register, build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.unit.raw_tables import AS_OF, CLEAN, raw, register_of, row, table_of

FUTURE = "1.1.2022"
EXIT = dict.fromkeys(CLEAN["exits"])
NO_SHOW = EXIT | {"referral_id": "r1", "exited_on": "1.6.2021", "kind": "Ikke møtt"}
DROPOUT = NO_SHOW | {"kind": "Droppet ut", "dropout_reason": "Helse"}
PLANNED = NO_SHOW | {"kind": "Planmessig", "outcome": "UT"}

Rows = list[dict[str, Any]]
Place = tuple[str, int, str, str]
PLACE = ("sheet", "row", "field", "code")


def places(register: Register) -> set[Place]:
    """Return (sheet, row, field, code) of everything that is set aside and not healed."""
    unhealed = register.rejected.filter(pl.col("healed_by").is_null())
    return set(unhealed.select("sheet", "row", "field", "code").rows())


def problems_of(**tables: Rows) -> set[Place]:
    """Return (sheet, row, field, code) of everything wrong with an inbox."""
    return places(register_of(**tables))


def healed(register: Register) -> dict[tuple[str, str, int], str]:
    """Return the delivery that healed each row, by delivery, sheet and row."""
    rows = register.rejected.filter(pl.col("healed_by").is_not_null())
    return {
        (delivery, sheet, number): by
        for delivery, sheet, number, by in rows.select(
            "delivery", "sheet", "row", "healed_by"
        ).iter_rows()
    }


def ids(register: Register, table: str) -> list[str]:
    return register.tables[table][table_of(table).key[0]].to_list()


def deletion(
    table: str, number: int = 2, delivery: str = "a.xlsx", /, **key: str
) -> dict[str, Any]:
    """A row that holds nothing but the clean row's key, or another, and Slettes = Ja."""
    empty = dict.fromkeys(CLEAN[table])
    own = {name: CLEAN[table][name] for name in table_of(table).key}
    return row(table, number, delivery, **empty | own | key | {"deletes": "Ja"})


# --- Which row wins ---------------------------------------------------------------------


def test_clean_rows_become_typed_tables_sorted_by_key() -> None:
    persons = [row("participants", n, participant_id=f"p{n}") for n in (4, 2, 3)]
    register = register_of(participants=[row("participants", 9), *persons])
    assert ids(register, "participants") == ["p1", "p2", "p3", "p4"]
    assert register.tables["participants"]["delivery_row"].to_list() == [9, 2, 3, 4]
    assert register.rejected.is_empty()
    assert register.rejected.schema == schema(vocabulary().table("quality.rejected_rows"))
    for table in vocabulary().sheets():
        assert register.tables[table.name].schema == schema(table)
        assert register.tables[table.name].height >= 1


@pytest.mark.parametrize("reverse", [False, True])
def test_later_delivery_wins_in_the_order_of_names(*, reverse: bool) -> None:
    rows = [
        row("participants", 2, "a.xlsx", education="Ingen"),
        row("participants", 9, "b.xlsx", education=None),
        row("participants", 5, "B.xlsx", education="Høyere utdanning"),
    ]
    register = register_of(participants=rows[::-1] if reverse else rows)
    kept = register.tables["participants"].select("education", "delivery", "delivery_row").rows()
    assert kept == [(None, "b.xlsx", 9)]
    assert register.rejected.is_empty()


def test_bad_correction_leaves_the_earlier_good_row_and_is_told() -> None:
    rows = [
        row("participants", 2, "a.xlsx", education="Ingen"),
        row("participants", 2, "b.xlsx", education="Videregående"),
        row("participants", 2, "c.xlsx", gender="hankjønn"),
    ]
    register = register_of(participants=rows)
    kept = register.tables["participants"].select("education", "delivery").rows()
    assert kept == [("upper_secondary", "b.xlsx")]
    assert register.rejected.select("delivery", "field", "code", "healed_by").rows() == [
        ("c.xlsx", "gender", "bad_code", None)
    ]


def test_one_bad_row_takes_no_other_down() -> None:
    persons = [row("participants"), row("participants", 3, participant_id="p2", country="Kongo")]
    register = register_of(participants=persons)
    assert ids(register, "participants") == ["p1"]
    assert places(register) == {("Deltakere", 3, "country", "ambiguous_code")}
    for table in CLEAN:
        assert register.tables[table].height == 1


def test_row_that_is_set_aside_is_in_no_table_of_the_register() -> None:
    for table in CLEAN:
        register = register_of(**{table: [row(table, 4, deletes="kanskje")]})
        assert register.tables[table].is_empty()
        assert (table_of(table).sheet, 4, "deletes", "bad_code") in places(register)


# --- The same key twice in one delivery -------------------------------------------------


def test_identical_rows_count_once() -> None:
    rows = [row("participants", 2), row("participants", 3, gender="kvinne", birth_year="1985.0")]
    register = register_of(participants=rows)
    assert ids(register, "participants") == ["p1"]
    assert register.rejected.is_empty()


def test_same_key_with_different_contents_in_one_delivery() -> None:
    rows = [row("participants", 2), row("participants", 5, gender="M"), row("participants", 7)]
    register = register_of(
        participants=rows, referrals=[], exits=[], activities=[], transition_cases=[]
    )
    assert places(register) == {
        ("Deltakere", number, "participant_id", "duplicate_key") for number in (2, 5, 7)
    }
    assert ids(register, "participants") == []
    (message,) = register.rejected["message"].unique()
    assert message == (
        "«Deltaker-ID»: Flere rader i leveransen har samme «Deltaker-ID», men ulikt innhold. "
        "Behold bare den riktige."
    )


def test_same_key_in_two_deliveries_is_no_contradiction() -> None:
    rows = [row("participants", 2), row("participants", 2, "b.xlsx", gender="M")]
    assert problems_of(participants=rows) == set()


def test_contradiction_leaves_the_good_row_of_an_earlier_delivery() -> None:
    rows = [
        row("participants", 2, "a.xlsx", education="Ingen"),
        row("participants", 2, "b.xlsx"),
        row("participants", 3, "b.xlsx", gender="M"),
    ]
    register = register_of(participants=rows)
    assert register.tables["participants"]["delivery"].to_list() == ["a.xlsx"]
    assert {row for _, row, _, _ in places(register)} == {2, 3}


UNREADABLE = [
    ("participants", {"gender": "hankjønn"}, "gender", "bad_code"),
    ("participants", {"birth_year": "i fjor"}, "birth_year", "bad_number"),
    ("participants", {"norwegian_level": "Q"}, "norwegian_level", "bad_code"),
    ("participants", {"deletes": "kanskje"}, "deletes", "bad_code"),
    ("referrals", {"started_on": "i fjor"}, "started_on", "bad_date"),
]


@pytest.mark.parametrize(("table", "cells", "field", "code"), UNREADABLE)
def test_row_with_an_unreadable_cell_contradicts_the_good_row_beside_it(
    table: str, cells: dict[str, str], field: str, code: str
) -> None:
    key = table_of(table).key[-1]
    sheet = str(table_of(table).sheet)
    # The good row has nothing in that cell, so that the two are the same but for what is unreadable.
    good = row(table, 2, **({field: None} if field in ("norwegian_level", "started_on") else {}))
    found = problems_of(**{table: [good, row(table, 3, **cells)]})
    assert {place for place in found if place[0] == sheet} == {
        (sheet, 2, key, "duplicate_key"), (sheet, 3, key, "duplicate_key"), (sheet, 3, field, code),
    }  # fmt: skip


def test_cell_that_could_not_be_read_in_the_file_contradicts_an_empty_one() -> None:
    found = problems.problem(
        "a.xlsx", "missing_value", sheet="Deltakere", row=3, field="education", label="Utdanning"
    )
    rows = [row("participants", number, education=None) for number in (2, 3)]
    told = places(register_of(found, participants=rows))
    assert {place for place in told if place[0] == "Deltakere"} == {
        ("Deltakere", 3, "education", "missing_value"),
        ("Deltakere", 2, "participant_id", "duplicate_key"),
        ("Deltakere", 3, "participant_id", "duplicate_key"),
    }


def test_twice_the_same_unreadable_row_is_no_contradiction() -> None:
    rows = [row("participants", number, gender="hankjønn") for number in (2, 3)]
    told = problems_of(participants=rows)
    assert {place for place in told if place[0] == "Deltakere"} == {
        ("Deltakere", 2, "gender", "bad_code"),
        ("Deltakere", 3, "gender", "bad_code"),
    }


def test_two_texts_that_cannot_be_read_are_not_the_same() -> None:
    rows = [row("participants", 2, gender="hankjønn"), row("participants", 3, gender="hokjønn")]
    codes = [code for sheet, _, _, code in problems_of(participants=rows) if sheet == "Deltakere"]
    assert sorted(codes) == ["bad_code", "bad_code", "duplicate_key", "duplicate_key"]


def test_contradiction_in_a_key_of_several_columns_stands_at_the_last() -> None:
    rows = [row("activities", 2), row("activities", 3, employer="Kiosken")]
    register = register_of(activities=rows)
    assert places(register) == {
        ("Aktiviteter", number, "started_on", "duplicate_key") for number in (2, 3)
    }
    named = "samme «Henvisnings-ID», «Aktivitet» og «Fra dato», men ulikt innhold"
    assert register.rejected["message"].str.contains(named, literal=True).all()
    rows = [row("partner_projects", 2), row("partner_projects", 3, gender="K")]
    assert problems_of(partner_projects=rows) == {
        ("Samarbeidsprosjekt", number, "candidate_id", "duplicate_key") for number in (2, 3)
    }


def test_one_part_of_a_key_is_no_key() -> None:
    activities = [
        row("activities", 2),
        row("activities", 3, activity="Datakort"),
        row("activities", 4, started_on="2.3.2021"),
    ]
    candidates = [row("partner_projects", 2), row("partner_projects", 3, project="Et annet")]
    register = register_of(activities=activities, partner_projects=candidates)
    assert register.tables["activities"].height == 3
    assert register.tables["partner_projects"].height == 2


def test_one_part_of_a_key_heals_nothing() -> None:
    bad = row("activities", 2, ended_on="i fjor")
    other = row("activities", 2, "b.xlsx", started_on="2.3.2021")
    register = register_of(activities=[bad, other])
    assert healed(register) == {}
    assert places(register) == {("Aktiviteter", 2, "ended_on", "bad_date")}


# --- Deleting ---------------------------------------------------------------------------


def test_slettes_takes_the_row_out_and_a_later_delivery_brings_it_back() -> None:
    clean = row("participants")
    brought = row("participants", 3, "a.xlsx", participant_id="p2")
    deleted = deletion("participants", 2, "b.xlsx", participant_id="p2")
    again = row("participants", 2, "c.xlsx", participant_id="p2")
    register = register_of(participants=[clean, brought, deleted])
    assert ids(register, "participants") == ["p1"]
    assert register.rejected.is_empty()
    register = register_of(participants=[clean, brought, deleted, again])
    assert ids(register, "participants") == ["p1", "p2"]


@pytest.mark.parametrize("table", CLEAN)
def test_slettes_needs_the_whole_key_and_nothing_else(table: str) -> None:
    rest = dict.fromkeys(set(CLEAN[table]) - set(table_of(table).key), "tull")
    register = register_of(**{table: [row(table), row(table, 2, "b.xlsx", **rest, deletes="Ja")]})
    assert register.tables[table].is_empty()
    assert all(sheet != table_of(table).sheet for sheet, *_ in places(register))
    # An empty «Annen nøkkel» is a key, of another row.
    last = next(
        name for name in reversed(table_of(table).key) if not table_of(table).column(name).missing
    )
    keyless = deletion(table, 2, "b.xlsx") | {last: None}
    register = register_of(**{table: [row(table), keyless]})
    assert register.tables[table].height == 1
    assert places(register) == {(table_of(table).sheet, 2, last, "missing_value")}


def test_formula_without_a_value_does_not_matter_in_a_row_to_delete() -> None:
    def formula(field: str) -> pl.DataFrame:
        return problems.problem("b.xlsx", "missing_value", sheet="Deltakere", row=2, field=field)

    persons = [row("participants"), row("participants", 3, participant_id="p2")]
    rows = [*persons, deletion("participants", 2, "b.xlsx", participant_id="p2")]
    register = register_of(formula("education"), participants=rows)
    assert (ids(register, "participants"), register.rejected.height) == (["p1"], 0)
    register = register_of(formula("participant_id"), participants=rows)
    assert ids(register, "participants") == ["p1", "p2"]
    assert places(register) == {("Deltakere", 2, "participant_id", "missing_value")}


def test_no_and_unknown_delete_nothing() -> None:
    for cell in ("Nei", "Ukjent", None):
        assert register_of(participants=[row("participants", deletes=cell)]).rejected.is_empty()


def test_row_beside_its_own_deletion_in_one_delivery_contradicts_it() -> None:
    register = register_of(participants=[row("participants"), deletion("participants", 3)])
    found = {place for place in places(register) if place[0] == "Deltakere"}
    assert found == {("Deltakere", number, "participant_id", "duplicate_key") for number in (2, 3)}
    # A row that holds no more than its key differs from its deletion by that alone.
    bare = row("activities", 2, ended_on=None, employer=None)
    assert problems_of(activities=[bare, deletion("activities", 3)]) == {
        ("Aktiviteter", number, "started_on", "duplicate_key") for number in (2, 3)
    }
    # Of a row that deletes nothing is read but its key.
    twice = [deletion("participants", number, participant_id="p9") for number in (2, 3)]
    twice[1] |= {"gender": "hankjønn", "education": "Ingen"}
    assert problems_of(participants=[row("participants", 4), *twice]) == set()


# --- Orphans ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_order_of_files_makes_no_orphan(order: tuple[str, ...]) -> None:
    tables = ("participants", "referrals", "exits")
    placed = {
        table: [row(table, 2, f"{name}.xlsx")] for table, name in zip(tables, order, strict=True)
    }
    register = register_of(**placed)
    assert register.tables["exits"]["delivery"].to_list() == [f"{order[2]}.xlsx"]
    assert register.rejected.is_empty()


@pytest.mark.parametrize(
    ("table", "field", "sheet"),
    [
        ("referrals", "participant_id", "Deltakere"), ("exits", "referral_id", "Henvisninger"),
        ("activities", "referral_id", "Henvisninger"),
        ("transition_cases", "referral_id", "Henvisninger"),
    ],
)  # fmt: skip
def test_reference_to_nothing_is_an_orphan(table: str, field: str, sheet: str) -> None:
    rows = [row(table), row(table, 3, **{table_of(table).key[0]: "ny", field: "borte"})]
    register = register_of(**{table: rows})
    assert places(register) == {(table_of(table).sheet, 3, field, "orphan")}
    assert f"fra arket «{sheet}»" in register.rejected["message"].item()
    assert register.tables[table].height == 1


@pytest.mark.parametrize(
    ("written", "is_near"),
    [("p1", True), ("P-1", True), ("P001", True), ("P_01", True), ("P10", False), ("Q1", False)],
)
def test_orphan_is_told_of_an_id_that_is_spelled_alike(written: str, is_near: bool) -> None:
    register = register_of(
        participants=[row("participants", participant_id="P1")],
        referrals=[row("referrals", participant_id=written)],
    )
    message = register.rejected.filter(sheet="Henvisninger")["message"].item()
    assert message.endswith(problems.NEARLY) is is_near


def test_case_without_referral_is_no_orphan() -> None:
    register = register_of(transition_cases=[row("transition_cases", referral_id=None)])
    assert register.tables["transition_cases"]["referral_id"].to_list() == [None]


ORPHANS = {
    ("Henvisninger", 2, "participant_id", "orphan"),
    ("Avslutninger", 2, "referral_id", "orphan"),
    ("Aktiviteter", 2, "referral_id", "orphan"),
    ("Overgangssaker", 2, "referral_id", "orphan"),
}


def test_bad_participant_makes_its_referral_an_orphan_and_so_on_down() -> None:
    register = register_of(participants=[row("participants", gender="hankjønn")])
    assert places(register) == {("Deltakere", 2, "gender", "bad_code")} | ORPHANS
    refer_to_nobody = {table.name for table in vocabulary().sheets() if not table.references}
    kept = {name for name, rows in register.tables.items() if rows.height}
    assert kept == refer_to_nobody - {"participants"}


def test_deleted_participant_makes_orphans_all_the_way_down() -> None:
    persons = [row("participants"), deletion("participants", 2, "b.xlsx")]
    assert problems_of(participants=persons) == ORPHANS


def test_participant_put_right_later_makes_no_orphan() -> None:
    persons = [row("participants", gender="hankjønn"), row("participants", 7, "b.xlsx")]
    register = register_of(participants=persons)
    assert places(register) == set()
    assert healed(register) == {("a.xlsx", "Deltakere", 2): "b.xlsx"}
    assert register.tables["exits"].height == 1


def test_row_that_is_an_orphan_and_bad_by_itself_is_told_both() -> None:
    referral = row("referrals", 4, participant_id="borte", benefit="dagpenger")
    found = problems_of(referrals=[referral])
    assert {place for place in found if place[0] == "Henvisninger"} == {
        ("Henvisninger", 4, "participant_id", "orphan"),
        ("Henvisninger", 4, "benefit", "bad_code"),
    }


def test_reference_that_cannot_be_read_is_no_orphan_beside() -> None:
    found = problems_of(referrals=[row("referrals", 4, participant_id="p 1")])
    assert {place for place in found if place[0] == "Henvisninger"} == {
        ("Henvisninger", 4, "participant_id", "bad_id")
    }


# --- Errors that only follow from another -----------------------------------------------


def follows(register: Register) -> dict[Place, str]:
    """Return (sheet, row, field, code) of every error that follows from another -> the other."""
    found = register.rejected.drop_nulls("follows_from")
    assert found.select(pl.col("message").str.contains(pl.col("follows_from"))).to_series().all()
    return {tuple(line[:4]): line[4] for line in found.select(*PLACE, "follows_from").iter_rows()}


def test_what_hangs_on_a_bad_row_follows_from_the_row_with_the_error() -> None:
    persons = [row("participants", 5, gender="hankjønn")]
    register = register_of(participants=persons)
    assert follows(register) == dict.fromkeys(ORPHANS, "Deltakere rad 5")
    message = register.rejected.filter(sheet="Aktiviteter")["message"].item()
    assert message == (
        "«Henvisnings-ID»: Raden kan ikke leses inn, fordi raden den viser til, har en feil: "
        "Deltakere rad 5. Rett den; her er det ingenting å rette."
    )


def test_a_row_with_an_error_of_its_own_is_the_cause_of_what_hangs_on_it() -> None:
    register = register_of(
        participants=[row("participants", 5, gender="hankjønn")],
        referrals=[row("referrals", 7, benefit="dagpenger")],
    )
    assert follows(register) == {
        ("Henvisninger", 7, "participant_id", "orphan"): "Deltakere rad 5",
        **dict.fromkeys(
            [place for place in ORPHANS if place[2] == "referral_id"], "Henvisninger rad 7"
        ),
    }
    # A referral to nobody has an error of its own, too.
    register = register_of(referrals=[row("referrals", 7, participant_id="borte")])
    assert set(follows(register).values()) == {"Henvisninger rad 7"}
    assert ("Henvisninger", 7, "participant_id", "orphan") not in follows(register)


def test_the_cause_is_looked_for_in_the_same_delivery_and_else_in_the_last() -> None:
    persons = [
        row("participants", number, delivery, gender="hankjønn")
        for number, delivery in ((3, "a.xlsx"), (4, "c.xlsx"), (5, "c.xlsx"), (6, "b.xlsx"))
    ]
    for delivery, cause in (
        ("a.xlsx", "Deltakere rad 3"), ("b.xlsx", "Deltakere rad 6"),
        ("c.xlsx", "Deltakere rad 4"), ("d.xlsx", "Deltakere rad 4 i c.xlsx"),
    ):  # fmt: skip
        register = register_of(participants=persons, referrals=[row("referrals", 2, delivery)])
        assert follows(register)["Henvisninger", 2, "participant_id", "orphan"] == cause


def test_what_no_row_with_an_error_brings_in_is_an_error_of_its_own() -> None:
    persons = [row("participants"), deletion("participants", 2, "b.xlsx")]
    # The referral refers to nobody; what hangs on it follows.
    assert set(follows(register_of(participants=persons)).values()) == {"Henvisninger rad 2"}
    unreadable = [row("participants", participant_id="p 1")]
    assert set(follows(register_of(participants=unreadable)).values()) == {"Henvisninger rad 2"}
    healed_by_deletion = [row("participants", gender="x"), deletion("participants", 2, "b.xlsx")]
    found = follows(register_of(participants=healed_by_deletion))
    assert set(found.values()) == {"Henvisninger rad 2"}


def test_a_row_healed_later_is_the_cause_of_nothing() -> None:
    persons = [row("participants", gender="hankjønn"), row("participants", 7, "b.xlsx")]
    assert follows(register_of(participants=persons)) == {}


def test_follow_ups_are_told_after_their_causes() -> None:
    found = register_of(
        participants=[row("participants", 5, gender="hankjønn")],
        activities=[row("activities", 3, activity="x")],
        savings=[row("savings", year="x")],
    ).rejected
    follow = found["follows_from"].is_not_null().to_list()
    assert follow == sorted(follow)
    assert (follow.count(False), follow.count(True)) == (3, 4)


def test_the_same_person_is_one_person_in_the_cause_too() -> None:
    persons = [row("participants", 4, participant_id="p2", gender="hankjønn")]
    answer = row(
        "decisions", rule="Samme person", key="p9", other_key="p2", decision="Samme person"
    )
    register = register_of(
        participants=persons, referrals=[row("referrals", participant_id="p2")], decisions=[answer]
    )
    found = follows(register)
    assert found["Henvisninger", 2, "participant_id", "orphan"] == "Deltakere rad 4"


# --- Healing ----------------------------------------------------------------------------


def test_bad_row_is_healed_by_the_delivery_that_wins_its_key() -> None:
    persons = [
        row("participants", 2, "a.xlsx", gender="hankjønn", country="Kongo"),
        row("participants", 3, "b.xlsx"),
        row("participants", 4, "c.xlsx"),
        row("participants", 5, "d.xlsx", gender="hankjønn"),
    ]
    register = register_of(participants=persons)
    assert register.rejected.select("delivery", "field", "healed_by").rows() == [
        ("a.xlsx", "gender", "c.xlsx"),
        ("a.xlsx", "country", "c.xlsx"),
        ("d.xlsx", "gender", None),
    ]
    assert register.tables["participants"]["delivery"].to_list() == ["c.xlsx"]


def test_bad_row_is_healed_by_a_deletion_too() -> None:
    persons = [
        row("participants"),
        row("participants", 3, participant_id="p2", gender="hankjønn"),
        deletion("participants", 2, "b.xlsx", participant_id="p2"),
    ]
    register = register_of(participants=persons)
    assert healed(register) == {("a.xlsx", "Deltakere", 3): "b.xlsx"}
    assert places(register) == set()


def test_bad_deletion_heals_nothing() -> None:
    persons = [
        row("participants"),
        row("participants", 3, participant_id="p2", gender="hankjønn"),
        deletion("participants", 2, "b.xlsx", participant_id="p2") | {"deletes": "kanskje"},
    ]
    register = register_of(participants=persons)
    assert healed(register) == {}
    assert {row for _, row, _, _ in places(register)} == {2, 3}


def test_good_row_of_the_same_delivery_or_an_earlier_one_heals_nothing() -> None:
    referrals = [row("referrals", 2, "b.xlsx", benefit="dagpenger"), row("referrals", 2, "a.xlsx")]
    register = register_of(referrals=referrals)
    assert healed(register) == {}
    assert places(register) == {("Henvisninger", 2, "benefit", "bad_code")}


def test_contradictions_are_healed_by_a_later_row() -> None:
    persons = [
        row("participants", 2),
        row("participants", 3, gender="M"),
        row("participants", 2, "b.xlsx"),
    ]
    register = register_of(participants=persons)
    assert places(register) == set()
    assert set(healed(register)) == {("a.xlsx", "Deltakere", 2), ("a.xlsx", "Deltakere", 3)}


def test_row_whose_key_cannot_be_read_is_never_healed() -> None:
    persons = [row("participants", 3, participant_id="p 1"), row("participants", 3, "b.xlsx")]
    register = register_of(participants=persons)
    assert healed(register) == {}
    assert places(register) == {("Deltakere", 3, "participant_id", "bad_id")}


def test_superseded_row_is_not_weighed_against_other_rows() -> None:
    """Its participant is gone and its referral has moved on: it was right when it was written."""
    referrals = [
        row("referrals", 2, "a.xlsx", participant_id="borte"),
        row("referrals", 2, "b.xlsx", started_on=None),
    ]
    exits = [row("exits", 2, "a.xlsx"), row("exits", 2, "c.xlsx", **NO_SHOW)]
    register = register_of(referrals=referrals, exits=exits)
    assert register.rejected.is_empty()
    assert register.tables["exits"]["kind"].to_list() == ["no_show"]


def test_superseded_row_is_judged_by_what_stands_in_it() -> None:
    referrals = [row("referrals", 2, started_on="31.1.2021"), row("referrals", 2, "b.xlsx")]
    exits = [row("exits", 2, **PLANNED | {"outcome": None}), row("exits", 2, "b.xlsx")]
    register = register_of(referrals=referrals, exits=exits)
    assert register.rejected.select("field", "code", "healed_by").rows() == [
        ("started_on", "date_order", "b.xlsx"),
        ("outcome", "rule", "b.xlsx"),
    ]


def test_correction_that_breaks_a_rule_across_rows_leaves_the_row_before_it() -> None:
    exits = [row("exits", 2, "a.xlsx"), row("exits", 2, "b.xlsx", **NO_SHOW)]
    register = register_of(exits=exits)
    assert register.tables["exits"]["delivery"].to_list() == ["a.xlsx"]
    assert register.rejected.select("delivery", "field", "code", "healed_by").rows() == [
        ("b.xlsx", "kind", "rule", None)
    ]


# --- Dates that must agree --------------------------------------------------------------

DATES = [
    ("referrals", {"started_on": "31.1.2021"}, "started_on", "date_order"),
    ("exits", {"exited_on": "14.2.2021"}, "exited_on", "date_order"),
    ("activities", {"ended_on": "28.2.2021"}, "ended_on", "date_order"),
    ("referrals", {"referred_on": FUTURE, "started_on": None}, "referred_on", "future_date"),
    ("exits", {"exited_on": FUTURE}, "exited_on", "future_date"),
    ("transition_cases", {"opened_on": FUTURE}, "opened_on", "future_date"),
    ("group_sessions", {"held_on": FUTURE}, "held_on", "future_date"),
    ("survey_waves", {"sent_on": FUTURE}, "sent_on", "future_date"),
]


@pytest.mark.parametrize(("table", "cells", "field", "code"), DATES)
def test_dates_out_of_order_or_still_to_come(
    table: str, cells: dict[str, str | None], field: str, code: str
) -> None:
    found = problems_of(**{table: [row(table, 4, **cells)]})
    sheet = table_of(table).sheet
    assert {place for place in found if place[0] == sheet} == {(sheet, 4, field, code)}


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("referrals", {"started_on": "1.2.2021"}),
        ("exits", {"exited_on": "15.2.2021"}),
        ("exits", {"exited_on": "31.12.2021"}),
        ("activities", {"ended_on": "1.3.2021"}),
        ("activities", {"ended_on": FUTURE}),
        ("activities", {"started_on": FUTURE, "ended_on": None}),
        ("partner_projects", {"started_on": FUTURE}),
        ("transition_cases", {"opened_on": "31.12.2021"}),
        ("group_sessions", {"held_on": "31.12.2021"}),
        ("survey_waves", {"sent_on": "31.12.2021"}),
        ("staffing", {"year": "2022"}),
        ("savings", {"year": "2031"}),
    ],
)
def test_dates_on_the_edge_are_in_order(table: str, cells: dict[str, str | None]) -> None:
    register = register_of(**{table: [row(table, **cells)]})
    assert (register.tables[table].height, register.rejected.height) == (1, 0)


@pytest.mark.parametrize("as_of", [date(2021, 11, 30), date(2021, 12, 1)])
def test_the_day_of_the_build_decides_what_is_still_to_come(as_of: date) -> None:
    is_early = as_of < date(2021, 12, 1)
    register = register_of(as_of=as_of)
    assert register.tables["exits"].is_empty() == is_early
    expected = {("Avslutninger", 2, "exited_on", "future_date")} if is_early else set()
    assert places(register) == expected


# --- A build of a past day --------------------------------------------------------------

PAST, NOW = date(2021, 6, 15), date(2021, 12, 31)
LATER = {
    "referrals": "referred_on", "exits": "exited_on", "transition_cases": "opened_on",
    "group_sessions": "held_on", "survey_waves": "sent_on",
}  # fmt: skip
EARLY: dict[str, dict[str, str | None]] = {
    "referrals": {"referred_on": "1.3.2021", "started_on": "1.4.2021"},
    "exits": {"exited_on": "1.6.2021"},
    "transition_cases": {"opened_on": "1.6.2021"},
    "group_sessions": {"held_on": "1.6.2021"},
    "survey_waves": {"sent_on": "1.6.2021"},
}


def of_past(**tables: Rows) -> Register:
    """The register as of PAST, built NOW: rows of EARLY, but for the tables given."""
    given = {table: [row(table, **cells)] for table, cells in EARLY.items()}
    return register_of(as_of=PAST, last_day=NOW, **{**given, **tables})


def left_out(register: Register) -> list[tuple[str, str, int]]:
    return register.later.rows()


def loaded(register: Register) -> set[str]:
    return {name for name, rows in register.tables.items() if rows.height}


def test_nothing_is_later_than_a_past_day_that_is_not() -> None:
    register = of_past()
    assert (left_out(register), places(register), loaded(register)) == ([], set(), set(CLEAN))


@pytest.mark.parametrize("table", LATER)
@pytest.mark.parametrize(
    ("day", "later", "wrong"),
    [
        ("15.6.2021", False, False), ("16.6.2021", True, False),
        ("31.12.2021", True, False), ("1.1.2022", False, True),
    ],
)  # fmt: skip
def test_what_is_dated_after_a_past_day_is_left_out(
    table: str, day: str, later: bool, wrong: bool
) -> None:
    tables = {name: [] for name in CLEAN if name != "participants"} | {table: [row(table)]}
    if table == "exits":
        tables["referrals"] = [row("referrals", **EARLY["referrals"])]
    cells = {LATER[table]: day} | ({"started_on": None} if table == "referrals" else {})
    if table == "transition_cases":
        cells["referral_id"] = None
    register = of_past(**{**tables, table: [row(table, 7, **cells)]})
    sheet = str(table_of(table).sheet)
    assert left_out(register) == ([("a.xlsx", sheet, 7)] if later else [])
    assert places(register) == ({(sheet, 7, LATER[table], "future_date")} if wrong else set())
    assert register.tables[table].is_empty() == (later or wrong)
    assert register.standing[table].is_empty() == wrong


def test_what_hangs_on_a_later_referral_is_left_out_and_its_person_stays() -> None:
    register = of_past(
        referrals=[row("referrals", referred_on="1.7.2021", started_on="1.8.2021")],
        exits=[row("exits", exited_on="1.9.2021")],
        activities=[row("activities", started_on="1.5.2021", ended_on=None)],
    )
    assert places(register) == set()
    assert left_out(register) == [
        ("a.xlsx", "Aktiviteter", 2), ("a.xlsx", "Avslutninger", 2), ("a.xlsx", "Henvisninger", 2),
    ]  # fmt: skip
    assert loaded(register) == set(CLEAN) - {"referrals", "exits", "activities"}


def test_a_case_is_there_before_the_referral_that_it_led_to() -> None:
    later = [row("referrals", referred_on="1.7.2021", started_on=None)]
    register = of_past(referrals=later, exits=[], activities=[])
    assert register.tables["transition_cases"]["referral_id"].to_list() == [None]
    assert register.standing["transition_cases"]["referral_id"].to_list() == ["r1"]
    assert left_out(register) == [("a.xlsx", "Henvisninger", 2)]


def test_what_may_lie_ahead_is_read_on_a_past_day_too() -> None:
    register = of_past(
        referrals=[row("referrals", referred_on="1.3.2021", started_on="1.8.2021")],
        exits=[row("exits", **{**NO_SHOW, "exited_on": "1.6.2021"})],
        activities=[row("activities", started_on="1.9.2021", ended_on="1.10.2021")],
        partner_projects=[row("partner_projects", started_on="1.9.2021")],
        staffing=[row("staffing", year="2022")],
        savings=[row("savings", year="2031")],
    )
    assert (left_out(register), places(register), loaded(register)) == ([], set(), set(CLEAN))


def test_errors_of_a_later_row_are_told_when_its_day_has_come() -> None:
    tables = {"exits": [row("exits", exited_on="1.9.2021", industry="x")]}
    register = of_past(**tables)
    assert (left_out(register), places(register)) == ([("a.xlsx", "Avslutninger", 2)], set())
    on_the_day = register_of(as_of=NOW, **tables)
    assert places(on_the_day) == {("Avslutninger", 2, "industry", "bad_code")}


def test_what_hangs_on_a_later_row_with_an_error_is_later_too() -> None:
    register = of_past(
        referrals=[row("referrals", referred_on="1.7.2021", started_on="1.8.2021", benefit="x")],
        exits=[row("exits", exited_on="1.9.2021")],
        activities=[],
        transition_cases=[],
    )
    assert places(register) == set()
    assert [place[1] for place in left_out(register)] == ["Avslutninger", "Henvisninger"]


def test_a_correction_counts_even_if_it_makes_the_row_later() -> None:
    before = row("referrals", **EARLY["referrals"])
    after = row("referrals", 4, "b.xlsx", referred_on="1.7.2021", started_on="1.8.2021")
    none: dict[str, Rows] = {"exits": [], "activities": [], "transition_cases": []}
    register = of_past(referrals=[before, after], **none)
    assert register.tables["referrals"].is_empty()
    # Only the row that would be read on the day itself is counted.
    assert left_out(register) == [("b.xlsx", "Henvisninger", 4)]
    back = {**before, "delivery": "c.xlsx"}
    register = of_past(referrals=[before, after, back], **none)
    assert register.tables["referrals"]["delivery"].to_list() == ["c.xlsx"]
    assert left_out(register) == []
    bad = {**after, "benefit": "x"}
    register = of_past(referrals=[before, bad], **none)
    assert register.tables["referrals"]["delivery"].to_list() == ["a.xlsx"]
    assert (left_out(register), places(register)) == ([("b.xlsx", "Henvisninger", 4)], set())


def test_a_row_that_deletes_is_never_later() -> None:
    gone = deletion("exits", 9, "b.xlsx") | {"exited_on": "1.9.2021"}
    register = of_past(exits=[row("exits", exited_on="1.6.2021"), gone])
    assert register.tables["exits"].is_empty()
    assert left_out(register) == []


def test_identical_rows_are_left_out_once() -> None:
    twice = [row("exits", number, exited_on="1.9.2021") for number in (2, 3)]
    assert len(left_out(of_past(exits=twice))) == 1


@pytest.mark.parametrize("table", ["staffing", "savings"])
def test_the_day_of_the_build_decides_how_far_ahead_a_year_may_be(table: str) -> None:
    for as_of, found in ((date(2021, 12, 31), []), (date(2020, 12, 31), ["out_of_range"])):
        tables = {name: [] for name in CLEAN} | {table: [row(table, year="2031")]}
        assert register_of(as_of=as_of, **tables).rejected["code"].to_list() == found


def test_the_day_of_the_build_decides_which_years_of_birth_are_possible() -> None:
    for as_of, found in ((date(2085, 12, 31), []), (date(2086, 1, 1), ["out_of_range"])):
        assert (
            register_of(as_of=as_of).rejected.filter(sheet="Deltakere")["code"].to_list() == found
        )


def test_referral_of_the_day_of_the_build_may_start_later() -> None:
    referral = row("referrals", referred_on="31.12.2021", started_on=FUTURE)
    register = register_of(referrals=[referral], exits=[], activities=[])
    assert (register.tables["referrals"].height, register.rejected.height) == (1, 0)


def test_no_show_is_not_before_the_referral() -> None:
    unstarted = row("referrals", started_on=None)
    early = row("exits", 6, **NO_SHOW | {"exited_on": "31.1.2021"})
    assert problems_of(referrals=[unstarted], exits=[early]) == {
        ("Avslutninger", 6, "exited_on", "date_order")
    }
    edge = row("exits", **NO_SHOW | {"exited_on": "1.2.2021"})
    assert problems_of(referrals=[unstarted], exits=[edge]) == set()


# --- Rules ------------------------------------------------------------------------------

RULES = [
    (PLANNED | {"outcome": None}, "outcome"),
    (DROPOUT | {"outcome": "A"}, "outcome"),
    (DROPOUT | {"dropout_reason": None}, "dropout_reason"),
    (PLANNED | {"dropout_reason": "Helse"}, "dropout_reason"),
    (PLANNED | {"other_detail": "Grunnskole"}, "other_detail"),
    (DROPOUT | {"other_detail": "Grunnskole"}, "other_detail"),
    (PLANNED | {"position_pct": "80"}, "position_pct"),
    (DROPOUT | {"position_pct": "80"}, "position_pct"),
    (NO_SHOW, "kind"),
]


@pytest.mark.parametrize(("cells", "field"), RULES)
def test_what_does_not_belong_together(cells: dict[str, Any], field: str) -> None:
    assert problems_of(exits=[row("exits", 8, **cells)]) == {("Avslutninger", 8, field, "rule")}


@pytest.mark.parametrize(
    "cells", [NO_SHOW | {"outcome": "A"}, NO_SHOW | {"dropout_reason": "Helse"}]
)
def test_no_show_went_to_nothing_and_has_no_reason(cells: dict[str, Any]) -> None:
    (field,) = {"outcome", "dropout_reason"} & {name for name, cell in cells.items() if cell}
    unstarted = row("referrals", started_on=None)
    found = problems_of(referrals=[unstarted], exits=[row("exits", 8, **cells)])
    assert found == {("Avslutninger", 8, field, "rule")}


@pytest.mark.parametrize("cells", [PLANNED, DROPOUT])
def test_exit_needs_a_referral_that_has_started(cells: dict[str, Any]) -> None:
    found = problems_of(
        referrals=[row("referrals", started_on=None)], exits=[row("exits", 8, **cells)]
    )
    assert found == {("Avslutninger", 8, "kind", "rule")}
    found = problems_of(
        referrals=[row("referrals", started_on=FUTURE)], exits=[row("exits", 8, **cells)]
    )
    assert ("Avslutninger", 8, "kind", "rule") in found


def test_referral_that_starts_on_the_day_of_the_build_has_started() -> None:
    today = {"referrals": [row("referrals", started_on="31.12.2021")], "activities": []}
    exit_ = PLANNED | {"exited_on": "31.12.2021"}
    assert problems_of(**today, exits=[row("exits", **exit_)]) == set()
    no_show = NO_SHOW | {"exited_on": "31.12.2021"}
    assert problems_of(**today, exits=[row("exits", 8, **no_show)]) == {
        ("Avslutninger", 8, "kind", "rule")
    }


def test_planned_exit_filled_in_like_a_dropout_is_told_both() -> None:
    cells = PLANNED | {"outcome": None, "dropout_reason": "Helse"}
    assert problems_of(exits=[row("exits", 8, **cells)]) == {
        ("Avslutninger", 8, "outcome", "rule"), ("Avslutninger", 8, "dropout_reason", "rule"),
    }  # fmt: skip


def test_no_show_of_a_start_still_to_come_is_none() -> None:
    referrals = [row("referrals", started_on=FUTURE)]
    assert problems_of(referrals=referrals, exits=[row("exits", **NO_SHOW)], activities=[]) == set()


@pytest.mark.parametrize(
    "cells",
    [
        PLANNED,
        DROPOUT,
        PLANNED | {"outcome": "AN", "other_detail": "Grunnskole"},
        PLANNED | {"outcome": "AN"},
        PLANNED | {"outcome": "AD", "position_pct": "37,5"},
        PLANNED | {"outcome": "A", "position_pct": "80 %"},
        PLANNED | {"industry": "Annet", "wage_subsidy": "Ja", "employed_after_6m": "?"},
    ],
)
def test_what_belongs_together(cells: dict[str, Any]) -> None:
    register = register_of(exits=[row("exits", **cells)])
    assert (register.tables["exits"].height, register.rejected.height) == (1, 0)


def test_rules_are_judged_on_the_winning_rows() -> None:
    unstarted = row("referrals", 2, "a.xlsx", started_on=None)
    started = row("referrals", 2, "c.xlsx")
    exits = [row("exits", 2, "b.xlsx")]
    assert problems_of(referrals=[unstarted, started], exits=exits) == set()
    unstarted["delivery"] = "d.xlsx"
    assert problems_of(referrals=[unstarted, started], exits=exits) == {
        ("Avslutninger", 2, "kind", "rule")
    }


def test_bad_correction_of_a_referral_is_not_what_its_exit_is_judged_beside() -> None:
    bad = row("referrals", 5, "d.xlsx", started_on=None, benefit="dagpenger")
    found = problems_of(referrals=[row("referrals", 2, "a.xlsx"), bad])
    assert found == {("Henvisninger", 5, "benefit", "bad_code")}


# --- What is told -----------------------------------------------------------------------


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    at_fault = row(
        "exits", 9, referral_id="r1", exited_on="14.2.2021", kind="Droppet ut", outcome="A",
        other_detail="Grunnskole", position_pct="101", industry="romfart",
    )  # fmt: skip
    assert problems_of(exits=[at_fault]) == {
        ("Avslutninger", 9, "exited_on", "date_order"),
        ("Avslutninger", 9, "outcome", "rule"),
        ("Avslutninger", 9, "dropout_reason", "rule"),
        ("Avslutninger", 9, "other_detail", "rule"),
        ("Avslutninger", 9, "position_pct", "out_of_range"),
        ("Avslutninger", 9, "industry", "bad_code"),
    }


FOLLOW_ONS = [
    # What was gone to cannot be read: whether a detail or a position belongs to it, neither.
    (
        {"outcome": "Anet", "other_detail": "Grunnskole", "position_pct": None},
        "outcome",
        "bad_code",
    ),
    ({"outcome": "U", "position_pct": "80"}, "outcome", "ambiguous_code"),
    ({"kind": "planlagt", "outcome": "A"}, "kind", "bad_code"),
    ({"kind": None, "outcome": "A"}, "kind", "missing_value"),
    (DROPOUT | {"dropout_reason": "syk"}, "dropout_reason", "bad_code"),
    ({"exited_on": "14/2"}, "exited_on", "bad_date"),
    ({"exited_on": "1.1.1990"}, "exited_on", "out_of_range"),
    (PLANNED | {"position_pct": "hel"}, "position_pct", "bad_number"),
    (PLANNED | {"other_detail": "noe"}, "other_detail", "bad_code"),
]


@pytest.mark.parametrize(("cells", "field", "code"), FOLLOW_ONS)
def test_one_mistake_in_a_cell_is_told_once(cells: dict[str, Any], field: str, code: str) -> None:
    assert problems_of(exits=[row("exits", 9, **cells)]) == {("Avslutninger", 9, field, code)}


def test_exit_of_a_referral_that_is_set_aside_is_an_orphan_and_no_more() -> None:
    found = problems_of(referrals=[row("referrals", 4, started_on="14/2")])
    assert found == {("Henvisninger", 4, "started_on", "bad_date")} | {
        place for place in ORPHANS if place[2] == "referral_id"
    }


def test_formula_without_a_value_is_told_once_and_in_its_own_words() -> None:
    found = problems.problem(
        "a.xlsx", "missing_value", sheet="Avslutninger", row=2, field="kind",
        label="Avslutningstype", sentence=problems.UNVALUED_FORMULA,
    )  # fmt: skip
    register = register_of(found, exits=[row("exits", kind=None)])
    assert register.rejected.select("field", "code", "message").rows() == [
        ("kind", "missing_value", f"«Avslutningstype»: {problems.UNVALUED_FORMULA}")
    ]
    assert register.tables["exits"].is_empty()


def test_refused_delivery_is_listed_as_it_was_found() -> None:
    found = problems.collect(
        [
            problems.problem("b.xlsx", "unreadable", sentence="Filen er tom."),
            problems.problem("c.xlsx", "missing_column", sheet="Avslutninger", field="kind"),
        ]
    )
    register = register_of(found)
    listed = register.rejected.select("delivery", "sheet", "row", "field", "code", "healed_by")
    assert listed.rows() == [
        ("b.xlsx", None, None, None, "unreadable", None),
        ("c.xlsx", "Avslutninger", None, "kind", "missing_column", None),
    ]
    assert all(rows.height == 1 for rows in register.tables.values())


def test_every_sentence_of_the_rules_reads_as_it_should() -> None:
    told = set()
    for cells, _ in RULES:
        told |= set(register_of(exits=[row("exits", **cells)]).rejected["message"])
    told |= set(register_of(referrals=[row("referrals", started_on=None)]).rejected["message"])
    told |= set(register_of(exits=[row("exits", referral_id="borte")]).rejected["message"])
    for table, cells, _, _ in DATES:
        told |= set(register_of(**{table: [row(table, **cells)]}).rejected["message"])
    survey = row("survey_waves", invited="10", answered="11")
    told |= set(register_of(survey_waves=[survey]).rejected["message"])
    assert told == {
        "«Gikk til»: Fyll ut hva den planmessig avsluttede deltakeren gikk til.",
        "«Gikk til»: Skal bare fylles ut for planmessig avsluttede. Tøm cellen, eller rett "
        "«Avslutningstype».",
        "«Årsak»: Fyll ut hvorfor deltakeren droppet ut.",
        "«Årsak»: Skal bare fylles ut for dem som droppet ut. Tøm cellen, eller rett "
        "«Avslutningstype».",
        "«Utdypning»: Skal bare fylles ut når deltakeren gikk til «Annet» (AN). Tøm cellen, eller "
        "rett «Gikk til».",
        "«Stillingsprosent»: Skal bare fylles ut når deltakeren gikk til arbeid (A eller AD). Tøm "
        "cellen, eller rett «Gikk til».",
        "«Avslutningstype»: Henvisningen har startet. Velg «Planmessig avsluttet» eller «Droppet "
        "ut» her, eller fjern «Oppstartsdato» i arket «Henvisninger».",
        "«Avslutningstype»: Henvisningen har ikke startet. Fyll ut eller rett «Oppstartsdato» i "
        "arket «Henvisninger», eller velg «Ikke møtt» her.",
        "«Oppstartsdato»: Datoen er før «Henvist dato». Rett den av de to som er feil.",
        "«Avsluttet dato»: Datoen er før «Oppstartsdato» i arket «Henvisninger». Rett den av de to "
        "som er feil.",
        "«Til dato»: Datoen er før «Fra dato». Rett den av de to som er feil.",
        "«Henvist dato»: Datoen er fram i tid. Rett datoen.",
        "«Avsluttet dato»: Datoen er fram i tid. Rett datoen.",
        "«Dato»: Datoen er fram i tid. Rett datoen.",
        "«Sendt ut»: Datoen er fram i tid. Rett datoen.",
        "«Svart»: Flere har svart enn det er invitert. Rett «Svart» eller «Invitert».",
        "«Henvisnings-ID»: Ingen rad som er lest inn fra arket «Henvisninger», har denne ID-en. "
        "Rett ID-en, eller legg til eller rett raden i «Henvisninger».",
        "«Henvisnings-ID»: Raden kan ikke leses inn, fordi raden den viser til, har en feil: "
        "Henvisninger rad 2. Rett den; her er det ingenting å rette.",
    }


CANARIES = {
    "participant_id": "kanarifugl", "referral_id": "kanarifugl", "case_id": "kanarifugl",
    "candidate_id": "kanarifugl", "employer": "kanarifugl", "project": "kanarifugl",
    "birth_year": "1987", "position_pct": "73,5",
    "referred_on": "17.3.2033", "started_on": "17.3.2033", "exited_on": "17.3.2033",
    "ended_on": "17.3.2003", "opened_on": "17.3.2033", "held_on": "17.3.2033",
    "sent_on": "17.3.2033", "wave": "kanarifugl", "headcount": "737", "answered": "737",
    "savings_target": "7 654 321",
}  # fmt: skip


def test_no_message_repeats_what_a_cell_holds_that_was_read() -> None:
    """Orphans, contradictions, dates to come: each row is wrong though every cell was read."""
    tables = {
        table: [
            row(
                table, number, **{**{f: CANARIES[f] for f in CLEAN[table] if f in CANARIES}, **more}
            )
            for number, more in ((2, {}), (3, {"gender": "?"} if "gender" in CLEAN[table] else {}))
        ]
        for table in CLEAN
    }
    tables["exits"][1]["outcome"] = "UT"
    tables["referrals"][1]["benefit"] = "Sosialhjelp"
    tables["staffing"][1]["full_time_equivalents"] = "73,5"
    tables["savings"][1]["savings_reported"] = "7 654 321"
    tables["decisions"][1]["decided_on"] = "17.3.2021"
    rejected = register_of(**tables).rejected
    assert {"duplicate_key", "orphan", "future_date", "date_order"} <= set(rejected["code"])
    assert set(rejected["sheet"]) == {table.sheet for table in vocabulary().sheets()}
    told = rejected.drop("delivery", "row").write_csv()
    for canary in ("kanarifugl", "1987", "73,5", "73.5", "17.3", "2033", "2003", "737", "654"):
        assert canary not in told


# --- What counts the programme itself ---------------------------------------------------


@pytest.mark.parametrize(
    ("invited", "answered", "codes"),
    [
        ("10", "10", []), ("0", "0", []), ("10", "11", ["rule"]), ("0", "1", ["rule"]),
        ("mange", "11", ["bad_number"]), ("10", "10001", ["out_of_range"]),
        (None, "11", ["missing_value"]),
    ],
)  # fmt: skip
def test_no_more_answer_than_were_asked(
    invited: str | None, answered: str, codes: list[str]
) -> None:
    survey = row("survey_waves", invited=invited, answered=answered)
    assert register_of(survey_waves=[survey]).rejected["code"].to_list() == codes


def test_more_may_come_to_a_session_than_had_signed_up() -> None:
    session = row("group_sessions", registered="0", attended="12")
    assert problems_of(group_sessions=[session]) == set()


@pytest.mark.parametrize(
    ("table", "other"),
    [
        ("group_sessions", {"held_on": "8.9.2021"}),
        ("group_sessions", {"session_group": "Temadag"}),
        ("survey_waves", {"wave": "Vår 2021"}),
        ("staffing", {"role": "Teamkoordinator"}),
        ("staffing", {"year": "2020"}),
        ("savings", {"year": "2020"}),
    ],
)
def test_rows_with_another_key_stand_side_by_side(table: str, other: dict[str, str]) -> None:
    register = register_of(**{table: [row(table, 2), row(table, 3, **other)]})
    assert (register.tables[table].height, register.rejected.height) == (2, 0)


@pytest.mark.parametrize(
    ("table", "field", "later"),
    [
        ("group_sessions", "attended", "11"),
        ("survey_waves", "answered", "70"),
        ("staffing", "headcount", "11"),
        ("savings", "savings_reported", "3000000"),
    ],
)
def test_later_row_of_the_same_key_counts(table: str, field: str, later: str) -> None:
    rows = [row(table, 2), row(table, 2, "b.xlsx", **{field: later})]
    register = register_of(**{table: rows})
    assert register.tables[table][field].to_list() == [float(later)]
    gone = [row(table, 2), deletion(table, 2, "b.xlsx")]
    assert register_of(**{table: gone}).tables[table].is_empty()


# --- The order of rows means nothing ----------------------------------------------------

MESSY: dict[str, Rows] = {
    "participants": [
        row("participants", 2), row("participants", 3, gender="M"), row("participants", 4),
        row("participants", 5, participant_id="p2", gender="hankjønn"),
        row("participants", 6, participant_id="p3"), row("participants", 7, participant_id="p3"),
        row("participants", 2, "b.xlsx"), row("participants", 3, "b.xlsx", country="Kongo"),
        deletion("participants", 4, "b.xlsx", participant_id="p3"),
        row("participants", 2, "c.xlsx", education="Ingen"),
        row("participants", 3, "c.xlsx", participant_id=None),
    ],
    "referrals": [
        row("referrals", 2), row("referrals", 3, referral_id="r2", participant_id="p2"),
        row("referrals", 4, referral_id="r3", participant_id="p3", benefit=None),
        row("referrals", 2, "b.xlsx", started_on=None), row("referrals", 2, "c.xlsx"),
        row("referrals", 3, "c.xlsx", referral_id="r4", referred_on=FUTURE),
    ],
    "exits": [
        row("exits", 2), row("exits", 3, outcome="U"), row("exits", 2, "b.xlsx"),
        row("exits", 3, "b.xlsx", referral_id="r2"), row("exits", 2, "c.xlsx", **NO_SHOW),
    ],
}  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.fixed_dictionaries({table: st.permutations(rows) for table, rows in MESSY.items()}))
def test_order_in_which_rows_are_read_changes_nothing(tables: dict[str, Rows]) -> None:
    expected, register = register_of(**MESSY), register_of(**tables)
    assert expected.rejected.height > 15
    assert register.rejected.equals(expected.rejected)
    for name, rows in expected.tables.items():
        assert register.tables[name].equals(rows)


@settings(max_examples=15, deadline=None)
@given(st.permutations([6, 7, 9]))
def test_which_of_identical_rows_is_kept_depends_on_their_numbers_alone(numbers: list[int]) -> None:
    rows = [row("participants", number) for number in numbers]
    assert register_of(participants=rows).tables["participants"]["delivery_row"].to_list() == [9]


def test_empty_inbox_is_an_empty_register() -> None:
    register = register_of(**{name: [] for name in CLEAN})
    assert all(rows.is_empty() for rows in register.tables.values())
    assert register.rejected.is_empty()
    assert register.rejected.schema == schema(vocabulary().table("quality.rejected_rows"))


def test_raw_tables_are_not_changed() -> None:
    before = raw(**MESSY)
    after = {name: rows.clone() for name, rows in before.items()}
    build_register(after, AS_OF)
    assert all(after[name].equals(rows) for name, rows in before.items())


# --- One person under two IDs -----------------------------------------------------------


def same(key: str, other: str | None, number: int = 2, **cells: str | None) -> dict[str, Any]:
    said = {"rule": "Samme person under to ID-er", "decision": "Samme person", **cells}
    return row("decisions", number, key=key, other_key=other, **said)


TWINS: dict[str, Rows] = {
    "participants": [
        row("participants", 2, participant_id="p1", education="Ingen"),
        row("participants", 3, participant_id="p2", education="VGS"),
    ],
    "referrals": [
        row("referrals", 2),
        row("referrals", 3, referral_id="r2", participant_id="p2", started_on=None),
    ],
}


@pytest.mark.parametrize(("kept", "other", "number"), [("p1", "p2", 2), ("p2", "p1", 3)])
def test_rows_of_the_same_person_become_those_of_the_first(
    kept: str, other: str, number: int
) -> None:
    register = register_of(decisions=[same(kept, other)], **TWINS)
    assert register.rejected.is_empty()
    assert register.tables["participants"].select("participant_id", "delivery_row").rows() == [
        (kept, number)
    ]
    assert register.tables["referrals"]["participant_id"].to_list() == [kept, kept]


def test_persons_who_are_called_one_and_have_little_in_common_are_found() -> None:
    def found(**others: str | None) -> list[tuple[object, ...]]:
        persons = [TWINS["participants"][0], row("participants", 3, participant_id="p2", **others)]
        tables = TWINS | {"participants": persons}
        findings = register_of(decisions=[same("p1", "p2")], **tables).findings
        return findings.select("rule", "sheet", "row", "field").rows()

    unlike = [("same_person_is_alike", "Vurderinger", 2, "other_key")]
    assert found() == found(country="Irak") == found(birth_year="1950") == []
    assert found(country="Irak", birth_year="1950") == unlike
    # What cannot be read is not different.
    assert found(country="Irak", birth_year="x") == []


@pytest.mark.parametrize("table", ["participants", "activities", "survey_waves"])
def test_row_that_takes_nothing_out_is_found(table: str) -> None:
    key = table_of(table).key[0]
    other = {"participants": "p9", "activities": "r9", "survey_waves": "Vår 2030"}[table]
    rows = [row(table), row(table, 5, "b.xlsx", deletes="Ja", **{key: other})]
    found = register_of(**{table: rows}).findings
    assert found.select("rule", "delivery", "row").rows() == [("deletion_names_a_row", "b.xlsx", 5)]
    right = [row(table), row(table, 5, "b.xlsx", deletes="Ja")]
    assert register_of(**{table: right}).findings.is_empty()


def test_row_that_refers_to_what_is_taken_out_names_that_as_the_cause() -> None:
    persons = [row("participants"), row("participants", 2, "b.xlsx", deletes="Ja")]
    (message,) = register_of(participants=persons).rejected.filter(
        sheet="Henvisninger", code="orphan"
    )["message"]
    assert message.endswith(problems.TAKEN_OUT)


def test_person_without_a_row_under_the_first_id_keeps_the_other_row() -> None:
    bad = row("participants", 2, participant_id="p1", gender="x")
    tables = TWINS | {"participants": [bad, TWINS["participants"][1]]}
    register = register_of(decisions=[same("p1", "p2")], **tables)
    assert places(register) == {("Deltakere", 2, "gender", "bad_code")}
    assert register.tables["participants"].select("participant_id", "delivery_row").rows() == [
        ("p1", 3)
    ]
    assert register.tables["referrals"]["participant_id"].to_list() == ["p1", "p1"]


@pytest.mark.parametrize(
    "answers", [[("p1", "p2"), ("p2", "p3")], [("p2", "p3"), ("p1", "p2")],
                [("p1", "p3"), ("p3", "p2"), ("p1", "p2")],
                [("p1", "p2"), ("p1", "p3"), ("p3", "p1")]],
)  # fmt: skip
def test_three_ids_of_one_person_are_one_in_any_order(answers: list[tuple[str, str]]) -> None:
    tables = {
        "participants": [*TWINS["participants"], row("participants", 4, participant_id="p3")],
        "referrals": [
            *TWINS["referrals"], row("referrals", 4, referral_id="r3", participant_id="p3"),
        ],
    }  # fmt: skip
    said = [same(key, other, number) for number, (key, other) in enumerate(answers, start=2)]
    register = register_of(decisions=said, **tables)
    assert register.tables["participants"].height == 1
    assert set(register.tables["referrals"]["participant_id"]) == {"p1"}


@pytest.mark.parametrize("step", [1, -1])
def test_person_without_a_row_under_the_first_id_has_the_later_of_the_others(step: int) -> None:
    persons = [
        row("participants", 7, "a.xlsx", participant_id="p2", education="VGS"),
        row("participants", 2, "b.xlsx", participant_id="p3", education="Ingen"),
    ][::step]
    answers = [same("p1", "p2"), same("p1", "p3", 3)]
    tables = TWINS | {"participants": persons}
    register = register_of(decisions=answers, **tables)
    assert register.tables["participants"].select("participant_id", "delivery").rows() == [
        ("p1", "b.xlsx")
    ]


@pytest.mark.parametrize(
    ("answer", "field", "code"),
    [
        (same("p1", None), "decision", "rule"),
        (same("p1", "p2", rule="Uvanlig alder"), "decision", "rule"),
        (same("p1", "p2", decision=None), "decision", "missing_value"),
        (same("p1", "p2", rule="Tulleregel"), "rule", "bad_code"),
    ],
)
def test_answer_that_cannot_be_read_changes_nothing(
    answer: dict[str, Any], field: str, code: str
) -> None:
    register = register_of(decisions=[answer], **TWINS)
    assert places(register) == {("Vurderinger", 2, field, code)}
    assert ids(register, "participants") == ["p1", "p2"]


def test_answer_names_ids_as_the_register_reads_them() -> None:
    tables = {
        "participants": [
            row("participants", 2, participant_id="1001"),
            row("participants", 3, participant_id="1002"),
        ],
        "referrals": [row("referrals", participant_id="1002")],
    }
    register = register_of(decisions=[same("1001.0", "1002")], **tables)
    assert register.tables["referrals"]["participant_id"].to_list() == ["1001"]


@pytest.mark.parametrize(
    ("key", "other", "stored"),
    [
        ("Walk & Talk", "1.9.2021", ("walk_and_talk", "2021-09-01")),
        ("walk & talk", "01.09.21", ("walk_and_talk", "2021-09-01")),
        ("2021", "Veileder", ("2021", "counsellor")),
        ("r1", "Mentor", ("r1", "mentor")),
        ("1001,0", "p-2", ("1001", "p-2")),
        ("2021-9-1", "2021-09-01", ("2021-9-1", "2021-09-01")),
        ("Høst 2021", "1.10.2021", ("Høst 2021", "2021-10-01")),
    ],
)
def test_an_answer_names_a_row_as_its_sheet_does(
    key: str, other: str, stored: tuple[str, str]
) -> None:
    answer = row("decisions", key=key, other_key=other)
    register = register_of(decisions=[answer])
    assert register.tables["decisions"].select("key", "other_key").row(0) == stored


def test_empty_other_key_is_an_answer_to_all() -> None:
    register = register_of(decisions=[row("decisions", other_key=None)])
    assert register.tables["decisions"]["other_key"].to_list() == ["none"]


# --- Names, and the same survey in another year -----------------------------------------


def test_names_that_differ_in_case_or_spaces_are_the_first_one() -> None:
    candidates = [
        row("partner_projects", 2, project="Broen til jobb"),
        row("partner_projects", 3, project="broen  til JOBB", candidate_id="k2"),
        row("partner_projects", 2, "b.xlsx", project="BROEN TIL JOBB", gender="K"),
        row("partner_projects", 3, "b.xlsx", project="Broen", candidate_id="k3"),
    ]
    register = register_of(partner_projects=candidates)
    assert register.rejected.is_empty()
    found = register.tables["partner_projects"].select("project", "candidate_id", "gender").rows()
    assert found == [
        ("Broen", "k3", "male"), ("Broen til jobb", "k1", "female"), ("Broen til jobb", "k2", "male"),
    ]  # fmt: skip


def test_one_name_in_two_spellings_contradicts_itself_in_one_delivery() -> None:
    waves = [row("survey_waves", 2), row("survey_waves", 3, wave="høst 2021", answered="61")]
    assert problems_of(survey_waves=waves) == {
        ("Spørreundersøkelser", number, "sent_on", "duplicate_key") for number in (2, 3)
    }


def test_survey_of_the_same_name_in_another_year_is_another() -> None:
    waves = [
        row("survey_waves", 2, wave="Trivsel", sent_on="1.10.2019", answered="40"),
        row("survey_waves", 3, wave="Trivsel", sent_on="1.10.2020", answered="50"),
        row("survey_waves", 2, "b.xlsx", wave="Trivsel", sent_on="1.10.2021", answered="60"),
        row("survey_waves", 3, "b.xlsx", wave="trivsel", sent_on="15.11.2020", answered="55"),
    ]
    register = register_of(survey_waves=waves)
    assert register.rejected.is_empty()
    assert register.tables["survey_waves"].select("wave", "sent_on", "answered").rows() == [
        ("Trivsel", date(2019, 10, 1), 40),
        ("Trivsel", date(2020, 11, 15), 55),
        ("Trivsel", date(2021, 10, 1), 60),
    ]
