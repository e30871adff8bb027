"""The oracle against numbers counted by hand, on registers small enough to count."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.recount.hand_counted import BUILD_DAY, REGISTER, person, planned, referral
from tests.recount.oracle import MEASURES, marts, quantile
from tests.recount.records import (
    Activity,
    GroupSession,
    PartnerProject,
    Register,
    Savings,
    Staffing,
    SurveyWave,
    TransitionCase,
)
from tests.recount.stays import Stay, interval, remaining

COUNTED = marts(REGISTER, BUILD_DAY)


def lines(table: str, *names: str) -> set[tuple[object, ...]]:
    """The rows of a mart as tuples: year, the named columns, and what it measures."""
    return {tuple(row[name] for name in ("year", *names)) for row in COUNTED[table]}


def figures(year: int) -> dict[str, object]:
    return {row["figure"]: row["value"] for row in COUNTED["key_figures"] if row["year"] == year}


def test_referrals_are_counted_in_the_year_of_their_date() -> None:
    assert lines("referral_offices", "nav_office", "gender", "n") == {
        (2019, "arstad", "female", 1),
        (2019, "unknown", "male", 2),
        (2020, "unknown", "unknown", 2),
        (2021, "unknown", "male", 1),
        (2021, "unknown", "female", 1),
    }
    assert lines("referral_sources", "source", "gender", "n") == {
        (2019, "nav_local", "female", 1),
        (2019, "nav_local", "male", 2),
        (2020, "nav_local", "unknown", 2),
        (2021, "nav_local", "male", 1),
        (2021, "nav_local", "female", 1),
    }


def test_gender_split_counts_records_and_persons() -> None:
    assert lines("gender_split", "population", "gender", "n") == {
        (2019, "referred", "female", 1),
        (2019, "referred", "male", 2),
        (2019, "started", "female", 1),
        (2019, "started", "male", 1),
        (2019, "planned_exits", "female", 1),
        (2019, "participants", "female", 1),
        (2019, "participants", "male", 1),
        (2019, "active_at_year_end", "male", 1),
        (2020, "referred", "unknown", 2),
        (2020, "started", "unknown", 2),
        (2020, "planned_exits", "unknown", 2),
        (2020, "no_shows", "male", 1),
        (2020, "participants", "male", 2),
        (2020, "participants", "unknown", 1),
        (2020, "active_at_year_end", "male", 1),
        (2021, "referred", "male", 1),
        (2021, "referred", "female", 1),
        (2021, "started", "male", 1),
        (2021, "dropouts", "male", 1),
        (2021, "participants", "male", 1),
        (2021, "active_at_year_end", "male", 1),
    }


def test_key_figures() -> None:
    assert figures(2019) == {
        "referrals": 3,
        "started": 2,
        "participants": 2,
        "took_part": 2,
        "participants_without_dropouts": 2,
        "dropouts": 0,
        "no_shows": 0,
        "planned_exits": 1,
        "planned_share_of_exits": 1.0,
        "work_exits": 1,
        "work_exit_share": 1.0,
        "active_at_year_end": 1,
        "age_min": 24,
        "age_max": 54,
        "median_days_in_programme": 199,
    }
    assert figures(2020) == {
        "referrals": 2,
        "started": 2,
        "participants": 3,
        # Cem did not come.
        "took_part": 2,
        "participants_without_dropouts": 2,
        "dropouts": 0,
        "no_shows": 1,
        "planned_exits": 2,
        "planned_share_of_exits": 2 / 3,
        "work_exits": 0,
        "work_exit_share": 0.0,
        "active_at_year_end": 1,
        "age_min": 25,
        "age_max": 44,
        "median_days_in_programme": 16.5,
    }
    # Bo dropped out, so he is taken off although he is active under his second referral.
    assert figures(2021) == {
        "referrals": 2,
        "started": 1,
        "participants": 1,
        "took_part": 1,
        "participants_without_dropouts": 0,
        "dropouts": 1,
        "no_shows": 0,
        "planned_exits": 0,
        "planned_share_of_exits": 0.0,
        "work_exits": 0,
        "work_exit_share": None,
        "active_at_year_end": 1,
        "age_min": 26,
        "age_max": 26,
        "median_days_in_programme": None,
    }


def test_participants_by_country_and_age() -> None:
    assert lines("country_of_origin", "country", "gender", "n") == {
        (2019, "SO", "female", 1),
        (2019, "SY", "male", 1),
        (2020, "SY", "male", 2),
        (2020, "XX", "unknown", 1),
        (2021, "SY", "male", 1),
    }
    assert lines("age_bands", "band", "gender", "n") == {
        (2019, "45_54", "female", 1),
        (2019, "under_25", "male", 1),
        (2020, "25_34", "male", 1),
        (2020, "35_44", "male", 1),
        (2020, "35_44", "unknown", 1),
        (2021, "25_34", "male", 1),
    }


def test_exits() -> None:
    assert lines("exit_outcomes", "outcome", "gender", "n") == {
        (2019, "A", "female", 1),
        (2020, "AN", "unknown", 1),
        (2020, "AP", "unknown", 1),
    }
    assert lines("dropout_reasons", "reason", "gender", "n") == {(2021, "health", "male", 1)}
    assert lines("other_exit_details", "detail", "n") == {(2020, "unspecified", 1)}
    assert lines("aap_benefits", "benefit", "n") == {(2020, "kvp", 1)}
    assert lines("job_retention", *MEASURES["job_retention"]) == {
        (2018, 0, 0, 0, None),
        (2019, 1, 1, 1, 1),
        (2020, 0, 0, 0, None),
        (2021, 0, 0, 0, None),
    }
    assert lines("target_attainment", "target", "target_share", "n", "base", "actual_share") == {
        (2018, "work", 0.6, 0, 0, None),
        (2018, "education", 0.1, 0, 0, None),
        (2018, "clarified", 0.3, 0, 0, None),
        (2019, "work", 0.6, 1, 1, 1.0),
        (2019, "education", 0.1, 0, 1, 0.0),
        (2019, "clarified", 0.3, 0, 1, 0.0),
        (2020, "work", 0.6, 0, 2, 0.0),
        (2020, "education", 0.1, 0, 2, 0.0),
        (2020, "clarified", 0.3, 1, 2, 0.5),
        (2021, "work", 0.6, 0, 0, None),
        (2021, "education", 0.1, 0, 0, None),
        (2021, "clarified", 0.3, 0, 0, None),
    }
    # Dina's stays were of 30 and 3 days.
    assert lines("time_in_programme", "outcome_group", "n", "p25_days", "p75_days") == {
        (2019, "work", 1, 199, 199),
        (2019, "total", 1, 199, 199),
        (2020, "other", 1, 30, 30),
        (2020, "aap", 1, 3, 3),
        (2020, "total", 2, 9.75, 23.25),
    }


def test_caseload_counts_persons_and_stops_at_the_day_of_the_build() -> None:
    months = {(row["year"], row["month"]): row for row in COUNTED["caseload"]}
    assert len(months) == 12 + 12 + 12 + 5
    active = {month: row["active"] for month, row in months.items()}
    assert {active[2018, month] for month in range(1, 13)} == {0}
    assert [active[2019, month] for month in (5, 6, 11, 12)] == [0, 1, 1, 1]
    assert [active[2020, month] for month in (1, 2, 3, 4)] == [1, 1, 1, 1]
    assert [active[2021, month] for month in (1, 5)] == [1, 1]
    assert months[2020, 3] == {
        "year": 2020,
        "month": 3,
        "active": 1,
        "started": 2,
        "planned_exits": 2,
        "dropouts": 0,
        "no_shows": 0,
    }
    assert months[2020, 2]["no_shows"] == 1
    assert months[2021, 1]["dropouts"] == months[2021, 1]["started"] == 1
    assert months[2021, 5]["started"] == 0


def test_activities_cases_and_projects() -> None:
    assert lines("activities", "activity", "gender", "n") == {
        (2019, "mentor", "female", 1),
        (2020, "mentor", "female", 1),
        (2020, "mentor", "male", 1),
        (2020, "computer_course", "female", 1),
        (2020, "nora_programme", "unknown", 1),
        (2021, "mentor", "male", 1),
        (2021, "paid_work", "male", 1),
    }
    assert lines("transition_cases", "outcome", "n") == {
        (2018, "advice_only", 1),
        (2020, "advice_only", 1),
        (2021, "started_nora", 1),
    }
    assert lines("transition_starts", "standing", "n") == {(2021, "still_active", 1)}
    assert lines("partner_projects", "project", "breakdown", "value", "n") == {
        (2021, "Broen til jobb", "gender", "male", 1),
        (2021, "Broen til jobb", "origin", "nora", 1),
        (2021, "Broen til jobb", "outcome", "none", 1),
    }


def test_everyone_active_has_one_status_at_the_end_of_each_month() -> None:
    assert lines("activity_status", "month", "status", "gender", "n") == {
        (2019, 6, "nora_programme", "female", 1),
        *((2019, month, "mentor", "female", 1) for month in range(7, 12)),
        (2019, 12, "nora_programme", "male", 1),
        *((2020, month, "nora_programme", "male", 1) for month in range(1, 12)),
        (2020, 12, "mentor", "male", 1),
        (2021, 1, "nora_programme", "male", 1),
        *((2021, month, "paid_work", "male", 1) for month in range(2, 6)),
    }


def test_who_started_by_direct_transfer_is_told_from_year_to_year_while_there() -> None:
    first, later = date(2020, 3, 2), date(2021, 3, 1)
    register = Register(
        participants=[person("anna"), person("bo"), person("cem"), person("dina")],
        referrals=[
            referral("a1", "anna", first, first),
            referral("b1", "bo", first, first),
            referral("c1", "cem", later, later),
            referral("d1", "dina", later, date(2021, 12, 31)),
            # Back, but not by a transfer.
            referral("b2", "bo", later, later),
        ],
        exits=[planned("b1", date(2020, 12, 31), "AN")],
        transition_cases=[
            *(
                TransitionCase(
                    case_id=f"t{n}", opened_on=first, outcome="started_nora", referral_id=of
                )
                for n, of in enumerate(("a1", "b1", "a1", "d1", None))
            ),
            TransitionCase(case_id="t5", opened_on=later, outcome="started_nora", referral_id="c1"),
            TransitionCase(case_id="t6", opened_on=first, outcome="advice_only", referral_id="c1"),
        ],
    )
    rows = marts(register, date(2021, 12, 30))["transition_starts"]
    assert {(row["year"], row["standing"], row["n"]) for row in rows} == {
        (2020, "still_active", 1),
        (2020, "left", 1),
        (2021, "still_active", 2),
        (2021, "left", 1),
    }


@pytest.mark.parametrize(
    ("doing", "status"),
    [
        ((), "nora_programme"),
        (("nora_programme", "norwegian_training"), "nora_programme"),
        (("norwegian_training",), "norwegian_training"),
        (("norwegian_training", "nora_programme", "work_training"), "work_training"),
        (("work_training", "paid_work"), "paid_work"),
        (("computer_course", "work_training"), "work_training"),
    ],
)
def test_of_several_activities_one_is_the_main_one(doing: tuple[str, ...], status: str) -> None:
    day = date(2021, 1, 4)
    register = Register(
        participants=[person("anna")],
        referrals=[referral("a1", "anna", day, day), referral("a2", "anna", day, day)],
        exits=[planned("a2", date(2021, 1, 31), "AN")],
        activities=[
            *(Activity(referral_id="a1", activity=each, started_on=day) for each in doing),
            # Over by then; begun the day after; of a stay that is over.
            Activity(referral_id="a1", activity="mentor", started_on=day, ended_on=day),
            Activity(referral_id="a1", activity="mentor", started_on=date(2021, 2, 1)),
            Activity(
                referral_id="a2", activity="mentor", started_on=day, ended_on=date(2021, 3, 1)
            ),
        ],
    )
    rows = marts(register, date(2021, 1, 31))["activity_status"]
    expected = {"year": 2021, "month": 1, "status": status, "gender": "female", "n": 1}
    assert rows == [expected]


@pytest.mark.parametrize(
    ("started_on", "ended_on", "years"),
    [
        # The stay ended on 31.12.2018; the build is of 31.12.2021.
        (date(2018, 12, 1), None, {2018}),
        (date(2018, 12, 1), date(2021, 1, 1), {2018, 2019, 2020, 2021}),
        (date(2019, 5, 1), None, {2019}),
        (date(2019, 5, 1), date(2020, 5, 1), {2019, 2020}),
        (date(2022, 1, 1), None, set()),
    ],
)
def test_an_activity_after_the_exit_has_its_days_as_written_or_its_first(
    started_on: date, ended_on: date | None, years: set[int]
) -> None:
    start = date(2018, 1, 1)
    register = Register(
        participants=[person("p")],
        referrals=[referral("1", "p", start, start)],
        exits=[planned("1", date(2018, 12, 31), "A")],
        activities=[
            Activity(referral_id="1", activity="mentor", started_on=started_on, ended_on=ended_on)
        ],
    )
    counted = marts(register, date(2021, 12, 31))
    assert {row["year"] for row in counted["activities"]} == years
    took_part = [row["year"] for row in counted["took_part"] if row["breakdown"] == "activity"]
    assert set(took_part) == years & {2018}


def test_target_groups_and_benefits_of_those_referred() -> None:
    assert lines("referral_target_groups", "target_group", "gender", "n") == {
        (2019, "2", "female", 1),
        (2019, "unknown", "male", 2),
        (2020, "unknown", "unknown", 2),
        (2021, "unknown", "male", 1),
        (2021, "unknown", "female", 1),
    }
    assert lines("benefit_target", "benefit", "target_share", "n", "base", "actual_share") == {
        (2018, "kvp", 0.5, 0, 0, None),
        (2018, "social_assistance", 0.5, 0, 0, None),
        (2019, "kvp", 0.5, 2, 3, 2 / 3),
        (2019, "social_assistance", 0.5, 1, 3, 1 / 3),
        (2020, "kvp", 0.5, 2, 2, 1.0),
        (2020, "social_assistance", 0.5, 0, 2, 0.0),
        (2021, "kvp", 0.5, 2, 2, 1.0),
        (2021, "social_assistance", 0.5, 0, 2, 0.0),
    }


def test_the_background_of_participants() -> None:
    assert lines("participant_background", "breakdown", "value", "gender", "n") == {
        (2019, "norwegian_level", "a2", "female", 1),
        (2019, "norwegian_level", "unknown", "male", 1),
        (2019, "education", "primary", "female", 1),
        (2019, "education", "unknown", "male", 1),
        # Cem, who did not come, and Bo.
        (2020, "norwegian_level", "a2", "male", 1),
        (2020, "norwegian_level", "unknown", "male", 1),
        (2020, "norwegian_level", "unknown", "unknown", 1),
        (2020, "education", "unknown", "male", 2),
        (2020, "education", "unknown", "unknown", 1),
        (2021, "norwegian_level", "unknown", "male", 1),
        (2021, "education", "unknown", "male", 1),
    }


def test_persons_who_took_part() -> None:
    counted = lines("took_part", "breakdown", "value", "gender", "n")
    assert {line for line in counted if line[1] == "population"} == {
        (2019, "population", "participants", "female", 1),
        (2019, "population", "participants", "male", 1),
        # Dina and Bo; Cem did not come.
        (2020, "population", "participants", "unknown", 1),
        (2020, "population", "participants", "male", 1),
        (2021, "population", "participants", "male", 1),
    }
    assert {line for line in counted if line[0] == 2020 and line[1] != "population"} == {
        (2020, "country", "XX", "unknown", 1),
        (2020, "country", "SY", "male", 1),
        (2020, "band", "35_44", "unknown", 1),
        (2020, "band", "25_34", "male", 1),
        (2020, "norwegian_level", "unknown", "unknown", 1),
        (2020, "norwegian_level", "unknown", "male", 1),
        (2020, "education", "unknown", "unknown", 1),
        (2020, "education", "unknown", "male", 1),
        # Anna's mentor stayed a day longer than she did, and into a year that she is not in.
        (2020, "activity", "nora_programme", "unknown", 1),
        (2020, "activity", "mentor", "male", 1),
    }


def test_exits_to_work() -> None:
    assert lines("work_exits", "breakdown", "value", "n") == {
        (2019, "industry", "retail", 1),
        (2019, "position", "80_99", 1),
        (2019, "wage_subsidy", "unknown", 1),
    }
    # Anna's computer course began after her exit.
    assert lines("work_exit_activities", "activity", "n") == {(2019, "mentor", 1)}


@pytest.mark.parametrize(
    ("exited_on", "as_of", "answer", "counted"),
    [
        (date(2020, 12, 30), date(2020, 12, 31), "yes", (1, 0, 0, None)),
        (date(2020, 3, 15), date(2020, 9, 14), "no", (1, 0, 0, None)),
        (date(2020, 3, 15), date(2020, 9, 15), "no", (1, 1, 1, 0)),
        (date(2020, 3, 15), date(2020, 9, 15), "yes", (1, 1, 1, 1)),
        (date(2020, 3, 15), date(2020, 9, 15), "unknown", (1, 1, 0, None)),
        (date(2020, 3, 15), date(2020, 9, 15), None, (1, 1, 0, None)),
        # February has no 31st: its last day is six months after.
        (date(2020, 8, 31), date(2021, 2, 27), "yes", (1, 0, 0, None)),
        (date(2020, 8, 31), date(2021, 2, 28), "yes", (1, 1, 1, 1)),
    ],
)
def test_an_answer_counts_when_six_months_have_passed(
    exited_on: date, as_of: date, answer: str | None, counted: tuple[int | None, ...]
) -> None:
    start = date(2020, 2, 1)
    register = Register(
        participants=[person("p")],
        referrals=[referral("1", "p", start, start)],
        exits=[planned("1", exited_on, "A", employed_after_6m=answer)],
    )
    row = marts(register, as_of)["job_retention"][0]
    assert tuple(row[measure] for measure in MEASURES["job_retention"]) == counted


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        (100, "full_time"),
        (99.5, "80_99"),
        (80, "80_99"),
        (79.9, "60_79"),
        (60, "60_79"),
        (59.9, "50_59"),
        (50, "50_59"),
        (49.99, "under_50"),
        (0.5, "under_50"),
        (None, "unknown"),
    ],
)
def test_bands_of_positions_begin_at_their_lower_bound(percent: float | None, band: str) -> None:
    start, end = date(2020, 2, 1), date(2020, 3, 1)
    register = Register(
        participants=[person("p")],
        referrals=[referral("1", "p", start, start)],
        exits=[planned("1", end, "AD", position_pct=percent)],
    )
    [row] = [row for row in marts(register, end)["work_exits"] if row["breakdown"] == "position"]
    assert row == {"year": 2020, "breakdown": "position", "value": band, "n": 1}


def test_quarters_stop_at_the_day_of_the_build() -> None:
    columns = ("active", "referred", "started", "planned_exits", "dropouts", "no_shows")
    assert lines("quarterly_flow", "quarter", *columns) == {
        *((2018, quarter, 0, 0, 0, 0, 0, 0) for quarter in (1, 2, 3, 4)),
        (2019, 1, 0, 0, 0, 0, 0, 0),
        (2019, 2, 1, 1, 1, 0, 0, 0),
        (2019, 3, 1, 0, 0, 0, 0, 0),
        (2019, 4, 1, 2, 1, 1, 0, 0),
        (2020, 1, 1, 2, 2, 2, 0, 1),
        (2020, 2, 1, 0, 0, 0, 0, 0),
        (2020, 3, 1, 0, 0, 0, 0, 0),
        (2020, 4, 1, 0, 0, 0, 0, 0),
        (2021, 1, 1, 1, 1, 0, 1, 0),
        (2021, 2, 1, 1, 0, 0, 0, 0),
    }


def test_the_monthly_form_counts_the_month_and_the_year_to_its_end() -> None:
    form = {
        (row["year"], *(row[name] for name in ("month", "period", "breakdown", "value", "gender"))):
        row["n"]
        for row in COUNTED["monthly_form"]
    }  # fmt: skip
    assert max(key[:2] for key in form) == (2021, 5)
    march = {key[2:]: n for key, n in form.items() if key[:2] == (2020, 3)}
    assert march == {
        ("month", "counts", "referred", "unknown"): 2,
        ("month", "counts", "started", "unknown"): 2,
        ("month", "counts", "planned_exits", "unknown"): 2,
        ("month", "counts", "active", "male"): 1,
        ("month", "outcome", "AN", "unknown"): 1,
        ("month", "outcome", "AP", "unknown"): 1,
        ("year_to_date", "counts", "referred", "unknown"): 2,
        ("year_to_date", "counts", "started", "unknown"): 2,
        ("year_to_date", "counts", "planned_exits", "unknown"): 2,
        # Cem's no-show is of February.
        ("year_to_date", "counts", "no_shows", "male"): 1,
        ("year_to_date", "counts", "active", "male"): 1,
        ("year_to_date", "outcome", "AN", "unknown"): 1,
        ("year_to_date", "outcome", "AP", "unknown"): 1,
    }
    assert form[2020, 12, "year_to_date", "counts", "planned_exits", "unknown"] == 2
    assert (2020, 12, "month", "counts", "planned_exits", "unknown") not in form


def test_the_share_still_in_the_programme() -> None:
    # Of 2019: Anna stayed 199 days, Bo 367 until he dropped out. A month has 30.4375 days.
    of_2019 = [row for row in COUNTED["still_in_programme"] if row["year"] == 2019]
    assert [row["months_since_start"] for row in of_2019] == list(range(13))
    assert [row["at_risk"] for row in of_2019] == [2] * 7 + [1] * 6
    assert [row["remaining_share"] for row in of_2019] == [1.0] * 7 + [0.5] * 6
    # Dina's stays of 2020 were of 30 and 3 days: none reached a month.
    none = {"remaining_low": None, "remaining_high": None}
    assert [row for row in COUNTED["still_in_programme"] if row["year"] == 2020] == [
        {"year": 2020, "months_since_start": 0, "at_risk": 2, "remaining_share": 1.0, **none}
    ]
    # Bo's second stay goes on: 134 days until the day of the build.
    of_2021 = [row for row in COUNTED["still_in_programme"] if row["year"] == 2021]
    assert [(row["at_risk"], row["remaining_share"]) for row in of_2021] == [(1, 1.0)] * 5


def test_kaplan_and_meier_take_those_still_there_as_long_as_they_were_followed() -> None:
    # By hand: after day 0 4/5, after day 40 4/5 * 2/3. Who was followed for 40 days is at risk on
    # day 40, who was followed for 31 is not.
    days = ((0, True), (31, False), (40, True), (40, False), (61, False))
    rows = remaining([Stay(day, ended) for day, ended in days])
    assert [(row["at_risk"], row["remaining_share"]) for row in rows] == [
        (5, 0.8), (4, 0.8), (1, 8 / 15),
    ]  # fmt: skip
    # 487 days are sixteen months to the day: the exit is read off, and the stay is at risk.
    last = remaining([Stay(487, True), Stay(487, False)])[-1]
    assert (last["months_since_start"], last["at_risk"], last["remaining_share"]) == (16, 2, 0.5)


def test_the_interval_of_the_share_is_that_of_a_printed_example() -> None:
    # The 6-MP group of E. J. Freireich and others (1963), weeks in remission, with the limits as
    # D. G. Kleinbaum and M. Klein print them (Survival Analysis, appendix): log(-log), 95 percent.
    ended = (6, 6, 6, 7, 10, 13, 16, 22, 23)
    followed = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    stays = [Stay(week, True) for week in ended] + [Stay(week, False) for week in followed]
    printed = {
        6: (0.6197, 0.9516), 7: (0.5631, 0.9228), 10: (0.5032, 0.8894), 13: (0.4316, 0.8491),
        16: (0.3675, 0.8049), 22: (0.2678, 0.7468), 23: (0.1881, 0.6801),
    }  # fmt: skip
    for week, limits in printed.items():
        assert interval(stays, Fraction(week)) == pytest.approx(limits, abs=5e-5)
    assert interval(stays, Fraction(5)) == (None, None)
    assert interval([Stay(3, True)], Fraction(4)) == (None, None)


def test_what_is_recorded_of_the_programme_itself() -> None:
    assert lines("group_sessions", "session_group", "sessions", "registered", "attended") == {
        (2018, "walk_and_talk", 1, 5, 5),
        (2019, "walk_and_talk", 2, 8, 4),
        (2019, "theme_day", 1, 0, 12),
    }
    assert lines("survey_response", "wave", "invited", "answered", "response_share") == {
        (2020, "Vår", 0, 0, None),
        (2020, "Høst", 8, 2, 0.25),
    }
    assert lines("staffing", "role", "headcount", "full_time_equivalents") == {
        (2018, "counsellor", 9, 9.0),
        (2019, "counsellor", 2, 1.75),
        (2019, "counsellor_part_time", 1, 0.25),
        (2019, "transition_counsellor", 1, 1.0),
        (2020, "counsellor", 0, 0.0),
        (2020, "student_spring", 4, None),
        (2021, "counsellor", 3, None),
        (2021, "counsellor_part_time", 1, 0.5),
    }
    assert lines("savings", "savings_target", "savings_reported") == {
        (2019, 2_500_000, -1.5),
        (2021, 0, None),
    }
    assert lines("counsellor_caseload", *MEASURES["counsellor_caseload"]) == {
        (2018, 0, 0, 9.0, 0.0, 0.0),
        (2019, 2, 1, 2.0, 1.0, 0.5),
        (2020, 3, 1, 0.0, None, None),
        (2021, 1, 1, None, None, None),
    }


def test_a_person_who_is_active_twice_is_one_active_person() -> None:
    start = date(2020, 2, 1)
    register = Register(
        participants=[person("p")],
        referrals=[referral("1", "p", start, start), referral("2", "p", start, start)],
        exits=[planned("1", date(2020, 2, 29), "UT")],
    )
    february = marts(register, date(2020, 2, 29))["caseload"][1]
    assert (february["active"], february["started"], february["planned_exits"]) == (1, 2, 1)


_DAY = date(2020, 5, 4)
_FIRSTS: list[tuple[str, Any]] = [
    ("transition_cases", TransitionCase(case_id="s", opened_on=_DAY, outcome="advice_only")),
    (
        "partner_projects",
        PartnerProject(
            project="p", candidate_id="k", gender="male", origin="nora", started_on=_DAY
        ),
    ),
    (
        "group_sessions",
        GroupSession(held_on=_DAY, session_group="theme_day", registered=0, attended=0),
    ),
    ("survey_waves", SurveyWave(wave="Vår", sent_on=_DAY, invited=0, answered=0)),
    ("staffing", Staffing(year=2020, role="hr", headcount=0)),
    ("savings", Savings(year=2020, savings_target=0)),
]


@pytest.mark.parametrize(("table", "row"), _FIRSTS)
def test_years_begin_with_the_first_row_of_any_sheet(table: str, row: Any) -> None:
    def years_on(day: date) -> list[int]:
        counted = marts(Register(**{table: [row]}), day)
        return sorted({each["year"] for each in counted["key_figures"]})

    assert years_on(date(2021, 1, 1)) == [2020, 2021]
    assert years_on(_DAY) == [2020]
    assert years_on(date(2019, 12, 31)) == []


def test_an_activity_before_the_referral_begins_the_years() -> None:
    register = Register(
        participants=[person("p")],
        referrals=[referral("1", "p", date(2021, 1, 1), date(2021, 1, 1))],
        activities=[Activity(referral_id="1", activity="mentor", started_on=date(2019, 12, 31))],
    )
    counted = marts(register, date(2021, 1, 1))
    assert {row["year"] for row in counted["key_figures"]} == {2019, 2020, 2021}


def test_a_register_without_dated_rows_has_no_year() -> None:
    counted = marts(Register(participants=[person("p")]), BUILD_DAY)
    assert counted == {table: [] for table in MEASURES}


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.25, 7), ([4, 1, 2], 0.5, 2), ([1, 2, 3, 10], 0.75, 4.75)],
)
def test_quantiles_lie_between_the_values(
    values: list[int], share: float, expected: float | None
) -> None:
    assert quantile(values, share) == expected
