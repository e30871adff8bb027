"""Which years a row that is set aside marks, and a delivery that is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.quality.year_marks import year_errors, year_marks
from assets.raw import problems
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.unit.raw_tables import CLEAN, register_of, row

AS_OF = date(2021, 12, 31)
FIRST = 2017
FRAME = {
    "participants": row("participants", 100, participant_id="ramme"),
    "referrals": row(
        "referrals", 100, referral_id="ramme", participant_id="ramme", referred_on=f"1.1.{FIRST}",
        started_on=None,
    ),
}  # fmt: skip
"""A good referral of 2017, so that the register has the years from 2017 to 2021."""

Rows = list[dict[str, Any]]


def marks(
    found: pl.DataFrame | None = None, as_of: date = AS_OF, **tables: Rows
) -> dict[int, tuple[int, int]]:
    """Return year -> (rows rejected, deliveries refused) of an inbox, the frame added to it."""
    given: dict[str, Rows] = {name: [] for name in CLEAN} | tables
    for name, extra in FRAME.items():
        given[name] = [*given[name], extra]
    counted = year_marks(register_of(found, as_of, **given), as_of)
    assert counted.schema == schema(vocabulary().table("quality.year_marks"))
    return {year: (rows, refused) for year, rows, refused in counted.iter_rows()}


def marked(
    found: pl.DataFrame | None = None, as_of: date = AS_OF, **tables: Rows
) -> dict[int, int]:
    """Return year -> rows rejected, for the years that have any."""
    counted = marks(found, as_of, **tables)
    return {year: rows for year, (rows, _) in counted.items() if rows}


def errors(**tables: Rows) -> list[tuple[int, str, int]]:
    """Return (year, code, rows) of an inbox, the frame added to it."""
    given: dict[str, Rows] = {name: [] for name in CLEAN} | tables
    for name, extra in FRAME.items():
        given[name] = [*given[name], extra]
    counted = year_errors(register_of(None, AS_OF, **given), AS_OF)
    assert counted.schema == schema(vocabulary().table("quality.year_errors"))
    return counted.rows()


def years(first: int, last: int, rows: int = 1) -> dict[int, int]:
    return dict.fromkeys(range(first, last + 1), rows)


def referral(**cells: str | None) -> dict[str, Any]:
    """A referral of 2018 that started in 2019; not bad yet."""
    return row("referrals", 2, **{"referred_on": "1.6.2018", "started_on": "1.2.2019"} | cells)


def exited(**cells: str | None) -> dict[str, Any]:
    """Its exit in 2020; not bad yet."""
    return row("exits", 2, **{"exited_on": "1.6.2020"} | cells)


PERSON = row("participants", 2)
BAD = {
    "participants": {"gender": "hankjønn"},
    "referrals": {"benefit": "x"},
    "exits": {"industry": "x"},
}


def test_register_has_its_years_and_nothing_wrong_marks_none() -> None:
    assert marks() == dict.fromkeys(range(FIRST, 2022), (0, 0))
    assert marks(participants=[PERSON], referrals=[referral()], exits=[exited()]) == marks()


def test_years_end_with_the_day_of_the_build() -> None:
    assert set(marks(as_of=date(2019, 1, 1))) == {2017, 2018, 2019}


NOTHING_DATED: dict[str, Rows] = {
    "referrals": [], "partner_projects": [], "group_sessions": [], "survey_waves": [],
    "staffing": [], "savings": [],
}  # fmt: skip
"""An inbox in which every dated row refers to a referral that is not there."""


def test_register_without_dated_rows_has_no_years() -> None:
    register = register_of(**NOTHING_DATED)
    assert register.rejected.height > 0
    counted = year_marks(register, AS_OF)
    assert counted.is_empty()
    assert counted.schema == schema(vocabulary().table("quality.year_marks"))


# --- Referrals --------------------------------------------------------------------------


def test_referral_marks_the_years_from_its_first_day_on() -> None:
    assert marked(participants=[PERSON], referrals=[referral(benefit="x")]) == years(2018, 2021)


def test_referral_that_has_ended_marks_the_years_up_to_its_exit() -> None:
    counted = marked(participants=[PERSON], referrals=[referral(benefit="x")], exits=[exited()])
    # The exit is an orphan, and marks its own year and no more.
    assert counted == {2018: 1, 2019: 1, 2020: 2}


def test_referral_whose_day_cannot_be_read_begins_when_it_started() -> None:
    bad = referral(referred_on="i fjor")
    assert marked(participants=[PERSON], referrals=[bad]) == years(2019, 2021)


def test_start_before_the_referral_is_where_it_begins() -> None:
    bad = referral(referred_on="1.6.2020", started_on="1.2.2019")
    assert marked(participants=[PERSON], referrals=[bad]) == years(2019, 2021)


def test_referral_without_a_day_that_can_be_read_marks_every_year() -> None:
    bad = referral(referred_on=None, started_on="i fjor")
    assert marked(participants=[PERSON], referrals=[bad]) == years(FIRST, 2021)


def test_exit_before_the_referral_does_not_end_it_before_it_began() -> None:
    bad, early = referral(benefit="x"), exited(exited_on="1.6.2016")
    counted = marked(participants=[PERSON], referrals=[bad], exits=[early])
    # The exit lies outside the years of the register, and marks every one.
    assert counted == {2017: 1, 2018: 2, 2019: 1, 2020: 1, 2021: 1}


# --- Exits ------------------------------------------------------------------------------


def test_exit_marks_the_years_from_its_day_on() -> None:
    """Without it the person counts as still taking part."""
    tables = {"participants": [PERSON], "referrals": [referral()]}
    assert marked(**tables, exits=[exited(industry="x")]) == years(2020, 2021)


def test_exit_whose_day_cannot_be_read_marks_the_years_of_its_referral() -> None:
    tables = {"participants": [PERSON], "referrals": [referral()]}
    assert marked(**tables, exits=[exited(exited_on="14/2")]) == years(2018, 2021)


def test_exit_of_a_referral_that_nobody_knows_marks_its_own_year() -> None:
    assert marked(exits=[exited()]) == {2020: 1}


def test_exit_of_a_referral_that_is_set_aside_marks_its_own_year() -> None:
    tables = {"participants": [PERSON], "referrals": [referral(source="x")]}
    assert marked(**tables, exits=[exited(industry="x")])[2021 - 1] == 2
    assert marked(**tables, exits=[exited(industry="x")]).get(2021, 0) == 0


def test_exit_of_nothing_known_on_no_day_marks_every_year() -> None:
    assert marked(exits=[exited(exited_on="14/2")]) == years(FIRST, 2021)


# --- Participants -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("transition_cases", {"opened_on": "31.12.2015", "referral_id": None}),
        ("partner_projects", {"started_on": "31.12.2015"}),
        ("group_sessions", {"held_on": "31.12.2015"}),
        ("survey_waves", {"sent_on": "31.12.2015"}),
        ("staffing", {"year": "2015"}),
        ("savings", {"year": "2015"}),
        ("activities", {"referral_id": "ramme", "started_on": "31.12.2015", "ended_on": None}),
    ],
)
def test_years_begin_with_the_first_row_of_any_sheet(
    table: str, cells: dict[str, str | None]
) -> None:
    assert set(marks(**{table: [row(table, 2, **cells)]})) == set(range(2015, 2022))


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("partner_projects", {"started_on": "1.1.2023"}),
        ("staffing", {"year": "2023"}),
    ],
)
def test_rows_to_come_begin_no_year(table: str, cells: dict[str, str]) -> None:
    counted = year_marks(
        register_of(
            None,
            AS_OF,
            **{name: [row(table, 2, **cells)] if name == table else [] for name in CLEAN},
        ),
        AS_OF,
    )
    assert counted.is_empty()


def test_participant_marks_the_years_of_all_its_referrals() -> None:
    bad = PERSON | BAD["participants"]
    first = referral(referral_id="r1", started_on=None)
    second = row("referrals", 3, referral_id="r2", referred_on="1.2.2021", started_on=None)
    no_show = exited(
        exited_on="1.9.2018", kind="Ikke møtt", outcome=None, position_pct=None, industry=None
    )
    counted = marked(participants=[bad], referrals=[first, second], exits=[no_show])
    # The person 2018 to 2021, the first referral and its exit 2018, the second 2021.
    assert counted == {2018: 3, 2019: 1, 2020: 1, 2021: 2}


def test_participant_without_a_referral_marks_every_year() -> None:
    assert marked(participants=[PERSON | BAD["participants"]]) == years(FIRST, 2021)


def test_participant_whose_id_cannot_be_read_marks_every_year() -> None:
    assert marked(participants=[PERSON | {"participant_id": "p 1"}]) == years(FIRST, 2021)


# --- The other sheets -------------------------------------------------------------------

ACTIVE = {"started_on": "1.3.2019", "ended_on": "1.4.2020", "employer": None}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"activity": "x"}, years(2019, 2020)),
        ({"activity": "x", "ended_on": None}, years(2019, 2020)),
        ({"started_on": "i fjor"}, years(2018, 2020)),
        ({"ended_on": "i fjor"}, years(2019, 2020)),
        ({"ended_on": "1.2.2019"}, {2019: 1}),
        ({"started_on": "1.3.2020", "ended_on": "1.3.2019"}, years(2019, 2020)),
        ({"activity": "x", "started_on": "1.3.2021", "ended_on": None}, years(2020, 2021)),
        ({"started_on": "i fjor", "ended_on": "1.3.2017"}, years(2017, 2018)),
    ],
)
def test_activity_marks_its_years_or_those_of_its_referral(
    cells: dict[str, Any], expected: dict[int, int]
) -> None:
    tables = {
        "participants": [PERSON],
        "referrals": [referral()],
        "exits": [exited(exited_on="1.6.2020")],
    }
    assert marked(**tables, activities=[row("activities", 2, **ACTIVE | cells)]) == expected


def test_activity_of_nothing_known_from_no_day_on_marks_every_year() -> None:
    bad = row("activities", 2, **ACTIVE | {"started_on": "i fjor"})
    assert marked(activities=[bad]) == years(FIRST, 2021)


def test_activity_of_nothing_known_goes_on_until_it_is_said_to_end() -> None:
    assert marked(activities=[row("activities", 2, **ACTIVE)]) == years(2019, 2020)
    assert marked(activities=[row("activities", 2, **ACTIVE | {"ended_on": None})]) == years(
        2019, 2021
    )


@pytest.mark.parametrize(
    ("table", "day", "field"),
    [
        ("transition_cases", "opened_on", "outcome"),
        ("partner_projects", "started_on", "origin"),
        ("group_sessions", "held_on", "attended"),
        ("survey_waves", "sent_on", "invited"),
    ],
)
def test_row_with_one_day_marks_the_year_of_that_day(table: str, day: str, field: str) -> None:
    cells = {field: "x", day: "1.5.2019"} | ({"referral_id": None} if "cases" in table else {})
    assert marked(**{table: [row(table, 2, **cells)]}) == {2019: 1}
    assert marked(**{table: [row(table, 2, **cells | {day: "mai"})]}) == years(FIRST, 2021)


@pytest.mark.parametrize(
    ("table", "field"), [("staffing", "headcount"), ("savings", "savings_target")]
)
def test_row_about_a_year_marks_that_year(table: str, field: str) -> None:
    cells = {field: "x", "year": "2019"}
    assert marked(**{table: [row(table, 2, **cells)]}) == {2019: 1}
    for unread in ("i fjor", "1999", None):
        assert marked(**{table: [row(table, 2, **cells | {"year": unread})]}) == years(FIRST, 2021)


def test_row_about_a_year_to_come_marks_every_one() -> None:
    """It is outside the years of the register, and may be the row that a year is missing for."""
    bad = row("savings", 2, savings_target="x", year="2023")
    assert marked(savings=[bad]) == years(FIRST, 2021)


def test_survey_that_more_have_answered_than_were_asked_marks_its_year() -> None:
    bad = row("survey_waves", 2, sent_on="1.5.2019", invited="10", answered="11")
    assert marked(survey_waves=[bad]) == {2019: 1}


# --- Rows out of the register's years ---------------------------------------------------


@pytest.mark.parametrize("day", ["1.5.2005", "1.5.2033"])
def test_row_outside_the_years_of_the_register_marks_every_one(day: str) -> None:
    """It may be the row that a year is missing for."""
    bad = row("transition_cases", 2, outcome="x", opened_on=day, referral_id=None)
    assert marked(transition_cases=[bad]) == years(FIRST, 2021)


def test_row_that_reaches_into_the_years_of_the_register_marks_those_it_reaches() -> None:
    early = row("activities", 2, started_on="1.5.2012", ended_on="1.5.2018", employer=None)
    assert marked(activities=[early]) == years(2017, 2018)


def test_day_before_2000_is_no_day_that_can_be_read() -> None:
    bad = row("transition_cases", 2, opened_on="1.5.1999", referral_id=None)
    assert marked(transition_cases=[bad]) == years(FIRST, 2021)


# --- What counts, and how often ---------------------------------------------------------


def test_several_errors_of_one_row_count_as_one_row() -> None:
    bad = referral(benefit="x", source=None, nav_office="x")
    assert marked(participants=[PERSON], referrals=[bad]) == years(2018, 2021)


def test_rows_with_one_number_in_two_sheets_or_deliveries_are_different_rows() -> None:
    bad = [
        row("transition_cases", 2, name, outcome="x", opened_on="1.5.2019", referral_id=None)
        for name in ("a.xlsx", "b.xlsx")
    ]
    project = row("partner_projects", 2, started_on="1.5.2019", origin="x")
    assert marked(transition_cases=bad, partner_projects=[project]) == {2019: 3}


def test_healed_row_counts_nowhere() -> None:
    bad = referral(benefit="x")
    good = referral() | {"delivery": "b.xlsx"}
    assert marked(participants=[PERSON], referrals=[bad, good]) == {}
    assert marked(participants=[PERSON], referrals=[bad, good | {"source": "x"}]) == years(
        2018, 2021, 2
    )


def test_refused_delivery_marks_every_year_and_counts_once() -> None:
    found = problems.collect(
        [
            problems.problem("b.xlsx", "missing_sheet", sheet="Deltakere"),
            problems.problem("b.xlsx", "missing_column", sheet="Avslutninger", field="kind"),
            problems.problem("c.xlsx", "unreadable", sentence="Filen er tom."),
        ]
    )
    assert marks(found) == dict.fromkeys(range(FIRST, 2022), (0, 2))


def test_refused_delivery_and_rejected_row_are_counted_apart() -> None:
    found = problems.problem("b.xlsx", "missing_sheet", sheet="Overgangssaker")
    bad = row("transition_cases", 2, outcome="x", opened_on="1.5.2019", referral_id=None)
    counted = marks(found, transition_cases=[bad])
    assert counted == {year: (int(year == 2019), 1) for year in range(FIRST, 2022)}


# --- By what is wrong -------------------------------------------------------------------


def test_errors_are_counted_in_rows_by_code_in_the_years_they_mark() -> None:
    case = {"opened_on": "1.5.2019", "referral_id": None}
    cases = [
        row("transition_cases", 2, case_id="s 1", outcome="x", **case),
        row("transition_cases", 3, case_id="s2", outcome="x", **case),
    ]
    # Two columns that are wrong in the same way are one row with that error.
    project = row("partner_projects", 2, started_on="1.5.2020", origin="x", gender="x")
    assert errors(transition_cases=cases, partner_projects=[project]) == [
        (2019, "bad_code", 2), (2019, "bad_id", 1), (2020, "bad_code", 1),
    ]  # fmt: skip


def test_healed_errors_and_refused_deliveries_have_no_kind() -> None:
    bad = referral(benefit="x")
    good = referral() | {"delivery": "b.xlsx"}
    assert errors(participants=[PERSON], referrals=[bad, good]) == []
    found = problems.problem("b.xlsx", "missing_sheet", sheet="Overgangssaker")
    assert year_errors(register_of(found), AS_OF).is_empty()


def test_register_without_dated_rows_has_no_years_of_errors() -> None:
    assert year_errors(register_of(**NOTHING_DATED), AS_OF).is_empty()


# --- A build of a past day --------------------------------------------------------------


def test_rows_later_than_a_past_day_mark_nothing() -> None:
    past, now = date(2020, 6, 15), date(2021, 12, 31)
    later = {
        "participants": [PERSON, row("participants", 3, participant_id="p2")],
        "referrals": [
            referral(),
            row("referrals", 3, referral_id="r2", participant_id="p2", referred_on="1.7.2020",
                started_on="1.8.2020"),
        ],
        "exits": [exited(exited_on="16.6.2020", industry="x"), row("exits", 3, referral_id="r2")],
        "activities": [row("activities", 3, referral_id="r2", ended_on=None)],
        "transition_cases": [row("transition_cases", opened_on="1.7.2020", outcome="x")],
        "group_sessions": [row("group_sessions", held_on="1.7.2020")],
        "survey_waves": [row("survey_waves", sent_on="1.7.2020")],
    }  # fmt: skip
    given = {**{name: [] for name in CLEAN}, **later}
    for name, extra in FRAME.items():
        given[name] = [*given[name], extra]
    register = register_of(None, past, now, **given)
    assert register.rejected.is_empty()
    assert register.later.height == 7
    counted = year_marks(register, past)
    assert counted.rows() == [(year, 0, 0) for year in range(FIRST, 2021)]
    assert year_errors(register, past).is_empty()


def test_a_row_to_come_marks_the_years_of_a_past_day_as_before() -> None:
    given = {**{name: [] for name in CLEAN}, "exits": [exited(exited_on="1.1.2022")]}
    given |= {"participants": [PERSON], "referrals": [referral()]}
    register = register_of(None, date(2020, 6, 15), date(2021, 12, 31), **given)
    assert year_marks(register, date(2020, 6, 15)).filter(rows_rejected=1).height == 3
