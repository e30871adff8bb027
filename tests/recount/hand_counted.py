"""A register of six persons, small enough to count by hand, and how to write such records briefly."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.recount.records import (
    Activity,
    Exit,
    GroupSession,
    Participant,
    PartnerProject,
    Referral,
    Register,
    Savings,
    Staffing,
    SurveyWave,
    TransitionCase,
)


def person(
    name: str, gender: str = "female", born: int = 1990, country: str = "SO", **more: Any
) -> Participant:
    return Participant(participant_id=name, birth_year=born, gender=gender, country=country, **more)


def referral(
    referral_id: str,
    participant_id: str,
    referred_on: date,
    started_on: date | None = None,
    office: str | None = None,
    **more: Any,
) -> Referral:
    return Referral(
        referral_id=referral_id,
        participant_id=participant_id,
        referred_on=referred_on,
        started_on=started_on,
        source="nav_local",
        nav_office=office,
        **{"benefit": "kvp", **more},
    )


def planned(referral_id: str, exited_on: date, outcome: str, **more: Any) -> Exit:
    return Exit(
        referral_id=referral_id, exited_on=exited_on, kind="planned", outcome=outcome, **more
    )


# Anna started on 15.6.2019 and went to full-time work on the last day of 2019.
# Bo started on 31.12.2019 and dropped out on 1.1.2021; referred again that day, still active.
# Cem was referred in 2019 and recorded as a no-show on 29.2.2020.
# Dina started on 1.3.2020; two planned exits: AN on 31.3.2020, and of a second one AP on 10.3.2020.
# In 2018 there is nobody yet, but a case, a session and staff: the years begin there.
# Eva starts the day after the build, 16.5.2021. Finn was never referred.
BUILD_DAY = date(2021, 5, 15)
REGISTER = Register(
    participants=[
        person("anna", born=1965, norwegian_level="a2", education="primary"),
        person("bo", "male", born=1995, country="SY"),
        person("cem", "male", born=1976, country="SY", norwegian_level="a2"),
        person("dina", "unknown", born=1985, country="XX"),
        person("eva"),
        person("finn", "male"),
    ],
    referrals=[
        referral(
            "a1", "anna", date(2019, 6, 1), date(2019, 6, 15), office="arstad", target_group="2"
        ),
        referral("b1", "bo", date(2019, 12, 31), date(2019, 12, 31)),
        referral("b2", "bo", date(2021, 1, 1), date(2021, 1, 1)),
        referral("c1", "cem", date(2019, 12, 1), benefit="social_assistance"),
        referral("d1", "dina", date(2020, 3, 1), date(2020, 3, 1)),
        referral("d2", "dina", date(2020, 3, 5), date(2020, 3, 7)),
        referral("e1", "eva", date(2021, 5, 15), date(2021, 5, 16)),
    ],
    exits=[
        planned(
            "a1",
            date(2019, 12, 31),
            "A",
            employed_after_6m="yes",
            position_pct=99.5,
            industry="retail",
        ),
        Exit(referral_id="b1", exited_on=date(2021, 1, 1), kind="dropout", dropout_reason="health"),
        Exit(referral_id="c1", exited_on=date(2020, 2, 29), kind="no_show"),
        planned("d1", date(2020, 3, 31), "AN"),
        planned("d2", date(2020, 3, 10), "AP"),
    ],
    activities=[
        # Until the exit, so both years of it.
        Activity(referral_id="b1", activity="mentor", started_on=date(2020, 12, 31)),
        # Ends after the exit: as it was written.
        Activity(
            referral_id="a1",
            activity="mentor",
            started_on=date(2019, 7, 1),
            ended_on=date(2020, 1, 1),
        ),
        # The same person twice in the same activity.
        Activity(referral_id="d1", activity="nora_programme", started_on=date(2020, 3, 2)),
        Activity(referral_id="d2", activity="nora_programme", started_on=date(2020, 3, 8)),
        # Still going on; not begun on the day of the build; begun after the exit, so one day.
        Activity(referral_id="b2", activity="paid_work", started_on=date(2021, 2, 1)),
        Activity(referral_id="b2", activity="computer_course", started_on=date(2021, 5, 16)),
        Activity(referral_id="a1", activity="computer_course", started_on=date(2020, 2, 1)),
    ],
    transition_cases=[
        TransitionCase(case_id="s1", opened_on=date(2018, 12, 31), outcome="advice_only"),
        TransitionCase(case_id="s2", opened_on=date(2020, 12, 31), outcome="advice_only"),
        TransitionCase(
            case_id="s3", opened_on=date(2021, 1, 1), outcome="started_nora", referral_id="b2"
        ),
    ],
    partner_projects=[
        PartnerProject(
            project="Broen til jobb",
            candidate_id="k1",
            gender="male",
            origin="nora",
            started_on=date(2021, 5, 15),
        ),
        PartnerProject(
            project="Broen til jobb",
            candidate_id="k2",
            gender="male",
            origin="nora",
            started_on=date(2021, 5, 16),
        ),
    ],
    group_sessions=[
        # Before the first referral; two on one day; one to which more came than had signed up.
        GroupSession(
            held_on=date(2018, 9, 1), session_group="walk_and_talk", registered=5, attended=5
        ),
        GroupSession(
            held_on=date(2019, 9, 1), session_group="walk_and_talk", registered=5, attended=0
        ),
        GroupSession(
            held_on=date(2019, 9, 1), session_group="theme_day", registered=0, attended=12
        ),
        GroupSession(
            held_on=date(2019, 12, 31), session_group="walk_and_talk", registered=3, attended=4
        ),
    ],
    survey_waves=[
        SurveyWave(wave="Vår", sent_on=date(2020, 1, 1), invited=0, answered=0),
        SurveyWave(wave="Høst", sent_on=date(2020, 12, 31), invited=8, answered=2),
    ],
    staffing=[
        Staffing(year=2018, role="counsellor", headcount=9, full_time_equivalents=9.0),
        Staffing(year=2019, role="counsellor", headcount=2, full_time_equivalents=1.75),
        Staffing(year=2019, role="counsellor_part_time", headcount=1, full_time_equivalents=0.25),
        Staffing(year=2019, role="transition_counsellor", headcount=1, full_time_equivalents=1.0),
        Staffing(year=2020, role="counsellor", headcount=0, full_time_equivalents=0.0),
        Staffing(year=2020, role="student_spring", headcount=4),
        Staffing(year=2021, role="counsellor", headcount=3),
        Staffing(year=2021, role="counsellor_part_time", headcount=1, full_time_equivalents=0.5),
        Staffing(year=2022, role="hr", headcount=1),
    ],
    savings=[
        Savings(year=2019, savings_target=2_500_000, savings_reported=-1.5),
        Savings(year=2021, savings_target=0),
        Savings(year=2022, savings_target=5_000_000),
    ],
)
