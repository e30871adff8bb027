"""The judge of messy deliveries, held against small cases that were judged by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.recount import cells
from tests.recount.judge import Judgement, Line, Report, judge

AS_OF = date(2021, 5, 15)
GOOD: dict[str, dict[str, Any]] = {
    "participants": {
        "participant_id": "p1",
        "birth_year": 1985,
        "gender": "Kvinne",
        "country": "Somalia",
    },
    "referrals": {
        "referral_id": "r1",
        "participant_id": "p1",
        "referred_on": "1.3.20",
        "source": "NAV lokal",
        "benefit": "KVP",
        "started_on": "1.4.20",
    },
    "exits": {
        "referral_id": "r1",
        "exited_on": "1.2.2021",
        "kind": "Planmessig",
        "outcome": "A",
    },
    "activities": {"referral_id": "r1", "activity": "Mentor", "started_on": "2020-05-01"},
    "transition_cases": {
        "case_id": "s1",
        "opened_on": date(2020, 1, 1),
        "outcome": "Råd og veiledning",
        "referral_id": "r1",
    },
    "partner_projects": {
        "project": "Broen til jobb",
        "candidate_id": "k1",
        "gender": "M",
        "origin": "NorA",
        "started_on": "1.1.2022",
    },
    "group_sessions": {
        "held_on": "15.5.2021",
        "session_group": "Walk & Talk",
        "registered": 0,
        "attended": "12,0",
    },
    "survey_waves": {"wave": 2021, "sent_on": "1.5.21", "invited": "1 000", "answered": 1000},
    "staffing": {"year": "2031", "role": "HR", "headcount": 1.0, "full_time_equivalents": "0,2"},
    "savings": {"year": 2000, "savings_target": "2\u00a0500 000,5", "savings_reported": "-1 000"},
}


def line(table: str, delivery: str = "a", row: int = 2, **changes: Any) -> Line:
    return Line(delivery, table, row, {**GOOD[table], **changes})


def everything(*changed: Line) -> list[Line]:
    """One good row of every table in delivery `a`, less those tables of which rows are given."""
    tables = {each.table for each in changed}
    return [*(line(table) for table in GOOD if table not in tables), *changed]


def reported(*changed: Line) -> set[tuple[Any, ...]]:
    """Delivery, row, field, code and healer of what is reported on `everything`."""
    reports = judge(everything(*changed), AS_OF).reports
    return {(each.delivery, each.row, each.field, each.code, each.healed_by) for each in reports}


def errors(table: str, **changes: Any) -> set[tuple[str, str]]:
    """Field and code of what is reported on row 7, the one row of a table; the rest is good."""
    found = reported(line(table, row=7, **changes))
    return {(field, code) for _, row, field, code, _ in found if row == 7}


def values(judgement: Judgement, table: str, field: str) -> dict[Any, tuple[str, Any]]:
    """Key -> the delivery that a record was loaded from, and one of its values."""
    of_table = judgement.loaded[table]
    return {key: (each.delivery, each.values[field]) for key, each in of_table.items()}


def test_a_good_inbox_is_loaded_and_nothing_reported() -> None:
    judgement = judge(everything(), AS_OF)
    assert judgement.reports == frozenset()
    assert judgement.rows_rejected == 0
    assert all(len(judgement.loaded[table]) == 1 for table in GOOD)
    assert vars(judgement.register.participants[0]) == {
        "participant_id": "p1",
        "birth_year": 1985,
        "gender": "female",
        "country": "SO",
        "norwegian_level": None,
        "education": None,
    }
    assert judgement.register.exits[0].exited_on == date(2021, 2, 1)
    assert judgement.register.partner_projects[0].outcome == "none"
    assert judgement.register.group_sessions[0].attended == 12
    assert judgement.register.survey_waves[0].wave == "2021"
    assert vars(judgement.register.staffing[0]) == {
        "year": 2031,
        "role": "hr",
        "headcount": 1,
        "full_time_equivalents": 0.2,
    }
    assert vars(judgement.register.savings[0]) == {
        "year": 2000,
        "savings_target": 2_500_000.5,
        "savings_reported": -1000,
    }


@pytest.mark.parametrize(
    ("table", "changes", "expected"),
    [
        ("participants", {"participant_id": "  "}, {("participant_id", "missing_value")}),
        ("participants", {"participant_id": "p 1"}, {("participant_id", "bad_id")}),
        ("participants", {"birth_year": "ukjent"}, {("birth_year", "bad_number")}),
        ("participants", {"birth_year": 1985.5}, {("birth_year", "bad_number")}),
        ("participants", {"birth_year": 1920}, {("birth_year", "out_of_range")}),
        ("participants", {"birth_year": 1921}, set()),
        ("participants", {"birth_year": "2007,0"}, set()),
        ("participants", {"birth_year": 2008}, {("birth_year", "out_of_range")}),
        ("participants", {"country": "kongo"}, {("country", "ambiguous_code")}),
        ("participants", {"country": "Atlantis"}, {("country", "bad_code")}),
        ("participants", {"country": None, "gender": 3}, {
            ("country", "missing_value"), ("gender", "bad_code"),
        }),
        ("referrals", {"participant_id": "P1"}, {("participant_id", "orphan")}),
        ("referrals", {"referral_id": "r/1", "participant_id": "x"}, {
            ("referral_id", "bad_id"), ("participant_id", "orphan"),
        }),
        ("referrals", {"referred_on": "16.5.21"}, {
            ("referred_on", "future_date"), ("started_on", "date_order"),
        }),
        ("referrals", {"started_on": "29.2.2020"}, {("started_on", "date_order")}),
        ("referrals", {"started_on": "1.1.1999"}, {("started_on", "out_of_range")}),
        ("referrals", {"referred_on": "uke 9"}, {("referred_on", "bad_date")}),
        ("referrals", {"target_group": 2.0}, set()),
        ("referrals", {"target_group": 4}, {("target_group", "bad_code")}),
        ("exits", {"outcome": "U"}, {("outcome", "ambiguous_code")}),
        ("exits", {"outcome": None}, {("outcome", "rule")}),
        ("exits", {"kind": "Droppet ut"}, {("outcome", "rule"), ("dropout_reason", "rule")}),
        ("exits", {"kind": "Droppet ut", "outcome": None, "dropout_reason": "Helse"}, set()),
        ("exits", {"dropout_reason": "Helse"}, {("dropout_reason", "rule")}),
        ("exits", {"other_detail": "Grunnskole"}, {("other_detail", "rule")}),
        ("exits", {"other_detail": "Grunnskole", "outcome": "AN"}, set()),
        ("exits", {"position_pct": "37,5"}, set()),
        ("exits", {"position_pct": 0}, {("position_pct", "out_of_range")}),
        ("exits", {"position_pct": 50, "outcome": "UT"}, {("position_pct", "rule")}),
        ("exits", {"position_pct": 50, "outcome": "x"}, {("outcome", "bad_code")}),
        ("exits", {"kind": "Ikke møtt", "outcome": None}, {("kind", "rule")}),
        ("exits", {"kind": None, "outcome": None}, {("kind", "missing_value")}),
        ("exits", {"kind": None, "exited_on": "31.3.2020"}, {("kind", "missing_value")}),
        ("exits", {"exited_on": "31.3.2020"}, {("exited_on", "date_order")}),
        ("exits", {"exited_on": "15.5.2021"}, set()),
        ("exits", {"exited_on": "1.4.2020"}, set()),
        ("exits", {"exited_on": "16.5.2021"}, {("exited_on", "future_date")}),
        ("exits", {"referral_id": "r2"}, {("referral_id", "orphan")}),
        ("activities", {"ended_on": "30.4.2020"}, {("ended_on", "date_order")}),
        ("activities", {"ended_on": "1.1.2030"}, set()),
        ("activities", {"started_on": None}, {("started_on", "missing_value")}),
        ("activities", {"referral_id": "r2"}, {("referral_id", "orphan")}),
        ("transition_cases", {"opened_on": "16.5.2021"}, {("opened_on", "future_date")}),
        ("transition_cases", {"referral_id": None}, set()),
        ("transition_cases", {"referral_id": "r2"}, {("referral_id", "orphan")}),
        ("transition_cases", {"outcome": ""}, {("outcome", "missing_value")}),
        ("partner_projects", {"project": None}, {("project", "missing_value")}),
        ("partner_projects", {"outcome": "U"}, {("outcome", "bad_code")}),
        ("group_sessions", {"held_on": "16.5.2021"}, {("held_on", "future_date")}),
        ("group_sessions", {"session_group": "Gåtur", "attended": 1000}, set()),
        ("group_sessions", {"attended": 1001}, {("attended", "out_of_range")}),
        ("group_sessions", {"registered": -1, "attended": None}, {
            ("registered", "out_of_range"), ("attended", "missing_value"),
        }),
        ("survey_waves", {"sent_on": "16.5.2021"}, {("sent_on", "future_date")}),
        ("survey_waves", {"answered": 1001}, {("answered", "rule")}),
        ("survey_waves", {"invited": "ca. 9", "answered": 9}, {("invited", "bad_number")}),
        ("survey_waves", {"invited": 0, "answered": 0}, set()),
        ("survey_waves", {"wave": "\u00a0"}, {("wave", "missing_value")}),
        ("survey_waves", {"answered": 10_001}, {("answered", "out_of_range")}),
        ("staffing", {"headcount": "2,5"}, {("headcount", "bad_number")}),
        ("staffing", {"headcount": 0, "full_time_equivalents": None}, set()),
        ("staffing", {"full_time_equivalents": -0.1}, {
            ("full_time_equivalents", "out_of_range"),
        }),
        ("staffing", {"year": 2032, "role": "Vaktmester"}, {
            ("year", "out_of_range"), ("role", "bad_code"),
        }),
        ("staffing", {"year": 1999}, {("year", "out_of_range")}),
        ("staffing", {"year": date(2021, 1, 1)}, {("year", "bad_number")}),
        ("savings", {"savings_target": "2.500.000"}, {("savings_target", "bad_number")}),
        ("savings", {"savings_target": "25 00"}, {("savings_target", "bad_number")}),
        ("savings", {"savings_target": -1}, {("savings_target", "out_of_range")}),
        ("savings", {"savings_reported": 10**9 + 1}, {("savings_reported", "out_of_range")}),
        ("savings", {"savings_reported": None}, set()),
        ("savings", {"year": "2 021"}, {("year", "bad_number")}),
    ],
)  # fmt: skip
def test_errors_of_one_row(
    table: str, changes: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert errors(table, **changes) == expected


@pytest.mark.parametrize(
    "cell", ["31.12.2021", "31.12.21", "2021-12-31", " 2021-12-31 00:00:00", "31.12.2021 00:00"]
)
def test_dates_as_people_write_them(cell: str) -> None:
    assert cells.day(cell) == date(2021, 12, 31)


@pytest.mark.parametrize(
    "cell", ["30.2.2021", 44561, "2021", datetime(2021, 1, 1, 12), "1/3/2021", "1.3.20211"]
)
def test_what_is_no_date(cell: Any) -> None:
    with pytest.raises(cells.CellError, match="bad_date"):
        cells.day(cell)


def test_identifiers_are_trimmed_keep_their_case_and_are_digits() -> None:
    assert [cells.identifier(each) for each in (" P1\u00a0", 1001.0, 1001)] == [
        "P1",
        "1001",
        "1001",
    ]
    for cell in ("", "a" * 41, 12.5, "ø1"):
        with pytest.raises(cells.CellError, match="bad_id"):
            cells.identifier(cell)


def test_rows_of_one_delivery_with_one_key_are_all_rejected_unless_they_say_the_same() -> None:
    twins = [line("participants"), line("participants", row=3, gender="FEMALE", country="som")]
    assert reported(*twins) == set()
    loaded = judge(everything(*twins), AS_OF).loaded
    assert loaded["participants"]["p1",].rows == {2, 3}
    assert reported(*twins, line("participants", row=4, gender="M")) == {
        *(("a", row, "participant_id", "duplicate_key", None) for row in (2, 3, 4)),
        ("a", 2, "participant_id", "orphan", None),
        ("a", 2, "referral_id", "orphan", None),
    }


def test_the_key_of_several_columns_is_reported_in_the_last_of_them() -> None:
    twins = [line("activities"), line("activities", row=3, employer="Vik AS", activity=99)]
    assert reported(*twins) == {("a", 3, "activity", "bad_code", None)}
    twins[1] = line("activities", row=3, employer="Vik AS")
    assert reported(*twins) == {
        ("a", 2, "started_on", "duplicate_key", None),
        ("a", 3, "started_on", "duplicate_key", None),
    }


def test_rows_that_cannot_be_read_are_identical_if_the_same_stands_in_them() -> None:
    twins = [line("exits", outcome="x"), line("exits", row=3, outcome=" x ")]
    unread = {("a", row, "outcome", "bad_code", None) for row in (2, 3)}
    assert reported(*twins) == unread
    other = [line("exits", outcome="x"), line("exits", row=3, outcome="y")]
    twice = {("a", row, "referral_id", "duplicate_key", None) for row in (2, 3)}
    assert reported(*other) == unread | twice


def test_a_later_good_row_heals_and_is_loaded() -> None:
    lines = everything(line("exits", outcome="x"), line("exits", "b", 9, outcome="UT"))
    judgement = judge(lines, AS_OF)
    assert judgement.reports == {
        Report("a", "Avslutninger", 2, "outcome", "bad_code", healed_by="b")
    }
    assert judgement.rows_rejected == 0
    assert values(judgement, "exits", "outcome") == {("r1",): ("b", "UT")}


def test_a_bad_correction_leaves_the_good_row_before_it() -> None:
    lines = everything(line("exits"), line("exits", "b", 9, outcome=None, kind="x"))
    judgement = judge(lines, AS_OF)
    assert judgement.reports == {Report("b", "Avslutninger", 9, "kind", "bad_code", None)}
    assert judgement.rows_rejected == 1
    assert values(judgement, "exits", "outcome") == {("r1",): ("a", "A")}


def test_a_row_with_several_errors_is_one_row() -> None:
    lines = everything(line("transition_cases", opened_on="x", outcome="x", referral_id="x"))
    judgement = judge(lines, AS_OF)
    assert (len(judgement.reports), judgement.rows_rejected) == (3, 1)


def test_what_hangs_on_a_bad_row_is_orphaned() -> None:
    assert reported(line("participants", gender="x")) == {
        ("a", 2, "gender", "bad_code", None),
        ("a", 2, "participant_id", "orphan", None),
        ("a", 2, "referral_id", "orphan", None),
    }
    assert judge(everything(line("participants", gender="x")), AS_OF).rows_rejected == 5


def test_the_order_of_the_files_makes_no_orphan() -> None:
    assert reported(line("participants", "b"), line("referrals", "c")) == set()


def test_rules_look_at_the_row_that_wins() -> None:
    # The start was moved after the exit: the referral stands, the exit does not.
    moved = line("referrals", "b", started_on="1.3.2021")
    assert reported(line("referrals"), moved) == {("a", 2, "exited_on", "date_order", None)}
    # The start was taken out: what was a dropout is now the exit of one who has not started.
    unstarted = line("referrals", "b", started_on=None)
    assert reported(line("referrals"), unstarted) == {("a", 2, "kind", "rule", None)}


def test_a_start_on_the_day_of_the_build_is_a_start() -> None:
    today = line("referrals", started_on="15.5.2021")
    assert reported(today, line("exits", exited_on="15.5.2021")) == set()


def test_a_start_still_to_come_is_no_start() -> None:
    waiting = line("referrals", started_on="16.5.2021")
    assert reported(waiting) == {
        ("a", 2, "kind", "rule", None),
        ("a", 2, "exited_on", "date_order", None),
    }
    no_show = line("exits", kind="no_show", outcome=None)
    assert reported(waiting, no_show) == set()
    early = line("exits", kind="no_show", outcome=None, exited_on="29.2.2020")
    assert reported(waiting, early) == {("a", 2, "exited_on", "date_order", None)}


def test_a_superseded_row_is_not_judged_against_others() -> None:
    unstarted, started = line("referrals", started_on=None), line("referrals", "b")
    no_show = line("exits", kind="no_show", outcome=None)
    assert reported(unstarted, started, no_show, line("exits", "b")) == set()
    # The referral came only with the second delivery.
    assert reported(started, no_show, line("exits", "b")) == set()
    # It was known by the first, and had not started.
    assert reported(unstarted, started, line("exits"), line("exits", "b")) == set()


def test_a_row_after_the_winner_is_judged_by_the_winning_referral() -> None:
    later = line("exits", "b", kind="no_show", outcome=None)
    assert reported(line("exits"), later) == {("b", 2, "kind", "rule", None)}


def test_a_deletion_needs_its_key_alone_and_takes_it_out() -> None:
    gone = line("exits", "b", exited_on="x", kind=None, outcome="U", deletes="Ja")
    judgement = judge(everything(line("exits"), gone), AS_OF)
    assert judgement.reports == frozenset()
    assert judgement.loaded["exits"] == {}
    assert reported(line("exits", "b", deletes="Nei", outcome="x")) == {
        ("b", 2, "outcome", "bad_code", None)
    }
    assert reported(line("exits"), line("exits", "b", referral_id=" ", deletes="Ja")) == {
        ("b", 2, "referral_id", "missing_value", None)
    }


def test_a_deletion_heals_and_orphans_and_does_not_outlast_a_later_row() -> None:
    gone = line("exits", "b", deletes="Ja")
    assert reported(line("exits", kind="x"), gone) == {("a", 2, "kind", "bad_code", "b")}
    deleted = line("participants", "b", deletes="Ja")
    assert reported(line("participants"), deleted) == {
        ("a", 2, "participant_id", "orphan", None),
        ("a", 2, "referral_id", "orphan", None),
    }
    back = line("participants", "c", gender="M")
    judgement = judge(everything(line("participants"), deleted, back), AS_OF)
    assert judgement.reports == frozenset()
    assert values(judgement, "participants", "gender") == {("p1",): ("c", "male")}


def test_a_deletion_contradicts_a_row_of_the_same_delivery_but_not_another_deletion() -> None:
    gone = [line("exits", row=row, deletes="Ja", outcome=row) for row in (3, 4)]
    assert reported(*gone) == set()
    assert reported(line("exits"), *gone) == {
        ("a", row, "referral_id", "duplicate_key", None) for row in (2, 3, 4)
    }


def test_a_deleted_referral_falls_back_on_nothing_but_a_bad_one_on_the_good_before_it() -> None:
    assert reported(line("referrals"), line("referrals", "b", benefit="x")) == {
        ("b", 2, "benefit", "bad_code", None)
    }
    assert reported(line("referrals"), line("referrals", "b", deletes="Ja")) == {
        ("a", 2, "referral_id", "orphan", None)
    }


# --- A past day, and what only follows --------------------------------------------------

TODAY = date(2021, 8, 1)


def test_rows_after_a_past_day_and_what_hangs_on_them_are_left_out() -> None:
    later = line("referrals", referred_on="16.5.2021", started_on="1.6.2021")
    judgement = judge(everything(later), AS_OF, TODAY)
    assert judgement.reports == frozenset()
    assert judgement.later == dict.fromkeys(
        [("a", sheet) for sheet in ("Henvisninger", "Avslutninger", "Aktiviteter")], 1
    )
    assert values(judgement, "transition_cases", "referral_id") == {("s1",): ("a", None)}
    assert len(judgement.loaded["participants"]) == 1
    future = line("group_sessions", held_on="2.8.2021")
    assert {each.code for each in judge(everything(future), AS_OF, TODAY).reports} == {
        "future_date"
    }


def test_a_bad_row_after_a_past_day_is_counted_and_not_reported() -> None:
    judgement = judge(everything(line("exits", exited_on="1.6.2021", kind="x")), AS_OF, TODAY)
    assert (judgement.reports, judgement.later) == (frozenset(), {("a", "Avslutninger"): 1})


def test_what_follows_follows_from_the_first_cause() -> None:
    judgement = judge(everything(line("participants", row=9, gender="x")), AS_OF)
    assert set(judgement.follows.values()) == {("a", "Deltakere", 9)}
    assert {report.code for report in judgement.follows} == {"orphan"}
    assert len(judgement.follows) == 4
    nobody = judge(everything(line("referrals", row=9, participant_id="x")), AS_OF)
    assert set(nobody.follows.values()) == {("a", "Henvisninger", 9)}
    assert len(nobody.follows) == 3
