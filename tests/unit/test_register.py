"""The register of a whole inbox: which row wins, and what rows must agree upon."""

from __future__ import annotations

import itertools
from typing import Any

import polars as pl
import pytest

from assets.raw.problems import DeliveryError
from assets.records.register import build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.unit.raw_tables import AS_OF, CLEAN, raw, row, table_of

FUTURE = "1.1.2022"
EXIT = dict.fromkeys(CLEAN["exits"])
NO_SHOW = EXIT | {"referral_id": "r1", "exited_on": "1.6.2021", "kind": "Ikke møtt"}
DROPOUT = NO_SHOW | {"kind": "Droppet ut", "dropout_reason": "Helse"}
PLANNED = NO_SHOW | {"kind": "Planmessig", "outcome": "UT"}


def problems_of(**tables: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """Return (sheet, row, field, code) of everything wrong with an inbox."""
    with pytest.raises(DeliveryError) as caught:
        build_register(raw(**tables), AS_OF)
    return set(caught.value.problems.select("sheet", "row", "field", "code").rows())


def ids(register: dict[str, pl.DataFrame], table: str) -> list[str]:
    return register[table][table_of(table).key[0]].to_list()


# --- Which row wins ---------------------------------------------------------------------


def test_clean_rows_become_typed_tables_sorted_by_key() -> None:
    persons = [row("participants", n, participant_id=f"p{n}") for n in (4, 2, 3)]
    register = build_register(raw(participants=[row("participants", 9), *persons]), AS_OF)
    assert ids(register, "participants") == ["p1", "p2", "p3", "p4"]
    assert register["participants"]["delivery_row"].to_list() == [9, 2, 3, 4]
    for table in vocabulary().sheets():
        assert register[table.name].schema == schema(table)
        assert register[table.name].height >= 1


@pytest.mark.parametrize("reverse", [False, True])
def test_later_delivery_wins_in_the_order_of_names(*, reverse: bool) -> None:
    rows = [
        row("participants", 2, "a.xlsx", education="Ingen"),
        row("participants", 9, "b.xlsx", education=None),
        row("participants", 5, "B.xlsx", education="Høyere utdanning"),
    ]
    register = build_register(raw(participants=rows[::-1] if reverse else rows), AS_OF)
    kept = register["participants"].select("education", "delivery", "delivery_row").rows()
    assert kept == [(None, "b.xlsx", 9)]


def test_identical_rows_count_once() -> None:
    rows = [row("participants", 2), row("participants", 3, gender="kvinne", birth_year="1985.0")]
    register = build_register(raw(participants=rows), AS_OF)
    assert ids(register, "participants") == ["p1"]


def test_same_key_with_different_contents_in_one_delivery() -> None:
    rows = [row("participants", 2), row("participants", 5, gender="M"), row("participants", 7)]
    assert problems_of(participants=rows) == {
        ("Deltakere", number, "participant_id", "duplicate_key") for number in (2, 5, 7)
    }


def test_contradiction_in_a_key_of_several_columns_stands_at_the_last() -> None:
    rows = [row("activities", 2), row("activities", 3, employer="Kiosken")]
    assert problems_of(activities=rows) == {
        ("Aktiviteter", number, "started_on", "duplicate_key") for number in (2, 3)
    }
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
    register = build_register(raw(activities=activities, partner_projects=candidates), AS_OF)
    assert register["activities"].height == 3
    assert register["partner_projects"].height == 2


def test_slettes_takes_the_row_out_and_a_later_delivery_brings_it_back() -> None:
    bare = dict.fromkeys(CLEAN["participants"]) | {"participant_id": "p2", "deletes": "Ja"}
    brought = row("participants", 3, "a.xlsx", participant_id="p2")
    deleted = row("participants", 2, "b.xlsx", **bare)
    again = row("participants", 2, "c.xlsx", participant_id="p2")
    clean = row("participants")
    register = build_register(raw(participants=[clean, brought, deleted]), AS_OF)
    assert ids(register, "participants") == ["p1"]
    register = build_register(raw(participants=[clean, brought, deleted, again]), AS_OF)
    assert ids(register, "participants") == ["p1", "p2"]


def test_row_that_refers_to_a_deleted_one_is_an_orphan() -> None:
    deleted = row("participants", 2, "b.xlsx", deletes="Ja")
    found = problems_of(participants=[row("participants"), deleted])
    assert found == {("Henvisninger", 2, "participant_id", "orphan")}


# --- Orphans ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_order_of_files_makes_no_orphan(order: tuple[str, ...]) -> None:
    tables = ("participants", "referrals", "exits")
    placed = {
        table: [row(table, delivery=f"{name}.xlsx")]
        for table, name in zip(tables, order, strict=True)
    }
    assert build_register(raw(**placed), AS_OF)["exits"].height == 1


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("referrals", "participant_id"), ("exits", "referral_id"), ("activities", "referral_id"),
        ("transition_cases", "referral_id"),
    ],
)  # fmt: skip
def test_reference_to_nothing_is_an_orphan(table: str, field: str) -> None:
    rows = [row(table), row(table, 3, **{table_of(table).key[0]: "ny", field: "borte"})]
    assert (table_of(table).sheet, 3, field, "orphan") in problems_of(**{table: rows})


def test_case_without_referral_is_no_orphan() -> None:
    register = build_register(
        raw(transition_cases=[row("transition_cases", referral_id=None)]), AS_OF
    )
    assert register["transition_cases"]["referral_id"].to_list() == [None]


# --- Dates that must agree --------------------------------------------------------------

DATES = [
    ("referrals", {"started_on": "31.1.2021"}, "started_on", "date_order"),
    ("exits", {"exited_on": "14.2.2021"}, "exited_on", "date_order"),
    ("activities", {"ended_on": "28.2.2021"}, "ended_on", "date_order"),
    ("referrals", {"referred_on": FUTURE, "started_on": None}, "referred_on", "future_date"),
    ("exits", {"exited_on": FUTURE}, "exited_on", "future_date"),
    ("transition_cases", {"opened_on": FUTURE}, "opened_on", "future_date"),
]


@pytest.mark.parametrize(("table", "cells", "field", "code"), DATES)
def test_dates_out_of_order_or_still_to_come(
    table: str, cells: dict[str, str | None], field: str, code: str
) -> None:
    found = problems_of(**{table: [row(table, 4, **cells)]})
    assert (table_of(table).sheet, 4, field, code) in found


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
    ],
)
def test_dates_on_the_edge_are_in_order(table: str, cells: dict[str, str | None]) -> None:
    assert build_register(raw(**{table: [row(table, **cells)]}), AS_OF)[table].height == 1


def test_referral_of_the_day_of_the_build_may_start_later() -> None:
    referral = row("referrals", referred_on="31.12.2021", started_on=FUTURE)
    inbox = raw(referrals=[referral], exits=[], activities=[])
    assert build_register(inbox, AS_OF)["referrals"].height == 1


def test_no_show_is_not_before_the_referral() -> None:
    unstarted = row("referrals", started_on=None)
    early = row("exits", 6, **NO_SHOW | {"exited_on": "31.1.2021"})
    assert problems_of(referrals=[unstarted], exits=[early]) == {
        ("Avslutninger", 6, "exited_on", "date_order")
    }
    edge = row("exits", **NO_SHOW | {"exited_on": "1.2.2021"})
    assert build_register(raw(referrals=[unstarted], exits=[edge]), AS_OF)["exits"].height == 1


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


@pytest.mark.parametrize("cells", [PLANNED, DROPOUT])
@pytest.mark.parametrize("started_on", [None, FUTURE])
def test_exit_needs_a_referral_that_has_started(
    cells: dict[str, Any], started_on: str | None
) -> None:
    found = problems_of(
        referrals=[row("referrals", started_on=started_on)], exits=[row("exits", 8, **cells)]
    )
    assert ("Avslutninger", 8, "kind", "rule") in found


def test_no_show_of_a_start_still_to_come_is_none() -> None:
    inbox = raw(
        referrals=[row("referrals", started_on=FUTURE)],
        exits=[row("exits", **NO_SHOW)],
        activities=[],
    )
    assert build_register(inbox, AS_OF)["exits"].height == 1


@pytest.mark.parametrize(
    "cells",
    [
        PLANNED,
        DROPOUT,
        PLANNED | {"outcome": "AN", "other_detail": "Grunnskole"},
        PLANNED | {"outcome": "AN"},
        PLANNED | {"outcome": "AD", "position_pct": "37,5"},
        PLANNED | {"industry": "Annet", "wage_subsidy": "Ja", "employed_after_6m": "?"},
    ],
)
def test_what_belongs_together(cells: dict[str, Any]) -> None:
    assert build_register(raw(exits=[row("exits", **cells)]), AS_OF)["exits"].height == 1


def test_rules_are_judged_on_the_winning_rows() -> None:
    unstarted = row("referrals", 2, "a.xlsx", started_on=None)
    started = row("referrals", 2, "c.xlsx")
    exited = row("exits", 2, "b.xlsx")
    assert build_register(raw(referrals=[unstarted, started], exits=[exited]), AS_OF)
    unstarted["delivery"] = "d.xlsx"
    found = problems_of(referrals=[unstarted, started], exits=[exited])
    assert ("Avslutninger", 2, "kind", "rule") in found


def test_everything_wrong_is_told_at_once_and_counted_by_row() -> None:
    tables = {
        "participants": [row("participants", 2, gender="x", country="Kongo")],
        "referrals": [row("referrals", 3, started_on="1.1.2021", benefit=None)],
    }
    with pytest.raises(DeliveryError) as caught:
        build_register(raw(**tables), AS_OF)
    found = caught.value.problems.select("field", "code").rows()
    assert {("gender", "bad_code"), ("country", "ambiguous_code")} <= set(found)
    assert {("started_on", "date_order"), ("benefit", "missing_value")} <= set(found)
    assert (caught.value.rows, caught.value.refused) == (2, 0)


@pytest.mark.parametrize("canary", ["kanarifugl", "31.12.2033"])
def test_no_message_repeats_an_identifier_or_a_date(canary: str) -> None:
    tables = {
        "participants": [row("participants", 2, participant_id="x"), row("participants", 3, participant_id="x", gender="M")],
        "referrals": [row("referrals", referred_on="31.12.2033", started_on="31.12.2033", participant_id="kanarifugl")],
        "exits": [row("exits", referral_id="kanarifugl", exited_on="31.12.2033")],
        "activities": [row("activities", employer="kanarifugl", started_on="31.12.2033")],
    }  # fmt: skip
    with pytest.raises(DeliveryError) as caught:
        build_register(raw(**tables), AS_OF)
    assert caught.value.problems.height >= 5
    assert canary not in str(caught.value)
    assert canary not in caught.value.problems.write_csv()
    assert "2033" not in caught.value.problems.write_csv()


def test_cell_that_cannot_be_read_is_reported_once() -> None:
    with pytest.raises(DeliveryError) as error:
        build_register(raw(exits=[row("exits", outcome="U", position_pct=None)]), AS_OF)
    found = error.value.problems.select("field", "code").rows()
    assert found == [("outcome", "ambiguous_code")]


def test_every_problem_has_its_sentence_and_the_message_says_how_many_more() -> None:
    rows = [row("participants", number, participant_id=f"!{number}") for number in range(2, 32)]
    with pytest.raises(DeliveryError) as error:
        build_register(raw(participants=rows), AS_OF)
    assert len(error.value.sentences) == error.value.problems.height >= 30
    assert str(error.value).endswith(f"… og {error.value.problems.height - 20} til.")
