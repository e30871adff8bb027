"""The oracle against numbers counted by hand, on registers small enough to count."""

from __future__ import annotations

from datetime import date

import pytest

from tests.backtest.hand_counted import BUILD_DAY, REGISTER, person, planned, referral
from tests.backtest.oracle import MEASURES, marts, quantile
from tests.backtest.records import Register

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
    assert lines("job_retention", "work_exits", "followed_up", "still_employed") == {
        (2019, 1, 1, 1),
        (2020, 0, 0, 0),
        (2021, 0, 0, 0),
    }
    assert lines("target_attainment", "target", "target_share", "n", "base", "actual_share") == {
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
    assert len(months) == 12 + 12 + 5
    active = {month: row["active"] for month, row in months.items()}
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
        (2020, "nora_programme", "unknown", 1),
        (2021, "mentor", "male", 1),
        (2021, "paid_work", "male", 1),
    }
    assert lines("transition_cases", "outcome", "n") == {
        (2020, "advice_only", 1),
        (2021, "advice_only", 1),
    }
    assert lines("partner_projects", "project", "breakdown", "value", "n") == {
        (2021, "Broen til jobb", "gender", "male", 1),
        (2021, "Broen til jobb", "origin", "nora", 1),
        (2021, "Broen til jobb", "outcome", "none", 1),
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


def test_a_register_without_referrals_has_no_year() -> None:
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
