"""The activities of the made-up persons, and the two projects outside the programme.

Referrals and exits are in people.py. All random numbers come from the generator passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.generator import plan
from data.generator.people import HOLIDAYS, Case, spread, workday

LAST_DAY = date(2021, 12, 31)
CLOSED = date(2020, 3, 12), date(2020, 4, 27)
"""Workplaces and schools took in nobody new from the first of these days to the second."""

EMPLOYERS = (
    "Sykehjem A",
    "Sykehjem B",
    "Sykehjem C",
    "Barnehage A",
    "Barnehage B",
    "Barnehage C",
    "SFO ved skole A",
    "Dagligvarebutikk A",
    "Dagligvarebutikk B",
    "Bruktbutikk A",
    "Renholdsfirma A",
    "Renholdsfirma B",
    "Transportfirma A",
    "Lager A",
    "Hotell A",
    "Hotell B",
    "Kantine A",
    "Kafé A",
    "Verksted A",
)
AT_WORK = ("paid_work", "work_training", "wage_subsidy", "mentor")
LOW_LEVELS = ("below_a1", "a1", "a2")


@dataclass(eq=False)
class Activity:
    """One row of Aktiviteter, without the identifier."""

    case: Case
    activity: str
    started_on: date
    ended_on: date | None
    employer: str | None


@dataclass(eq=False)
class TransitionCase:
    """One row of Overgangssaker, without the identifiers."""

    opened_on: date
    outcome: str
    case: Case | None


def activities(rng: Random, cases: Sequence[Case]) -> list[Activity]:
    """Return all activities by first day, each within its referral's time in the programme."""
    started = [case for case in cases if case.started_on]
    found: list[Activity] = []
    of_2019 = [case for case in started if case.in_year(2019)]
    for case, activity in zip(of_2019, spread(rng, plan.ACTIVITIES_2019), strict=True):
        first = _started_on(case)
        day = workday(rng, first, min(first + timedelta(days=10), date(2019, 12, 20)))
        found += _spell(rng, case, activity, day, max(rng.randint(60, 240), _until_2020(day)))
    found += _also_in_2019(rng, found)
    done = {(spell.case, spell.activity) for spell in found}
    for case in started:
        found += [s for s in _programme(rng, case) if (case, s.activity) not in done]
    found += _mentors(rng, started)
    found += _adult_education(rng, started)
    return sorted(found, key=lambda spell: (spell.started_on, spell.activity))


def _also_in_2019(rng: Random, main: Sequence[Activity]) -> list[Activity]:
    """Draw further activities beside the main ones: Norwegian at school, and NorA's own groups."""
    found: list[Activity] = []
    for activity, count in plan.ALSO_IN_2019.items():
        fitting = [spell for spell in main if spell.activity not in (activity, "paid_work")]
        if activity == "nora_programme":
            fitting = [spell for spell in main if spell.activity in AT_WORK]
        for spell in rng.sample(fitting, count):
            first = _started_on(spell.case)
            day = workday(rng, first, min(first + timedelta(days=14), date(2019, 12, 20)))
            length = max(rng.randint(40, 200), _until_2020(day) * (activity != "nora_programme"))
            found += _spell(rng, spell.case, activity, day, length)
    return found


def _started_on(case: Case) -> date:
    if case.started_on is None:
        raise ValueError("a referral without a start has no activities")
    return case.started_on


def _until_2020(day: date) -> int:
    # The printed figures are what the 45 did at the end of the year, so no spell ends before it.
    return (date(2020, 1, 17) - day).days


def _programme(rng: Random, case: Case) -> Iterator[Activity]:
    """Draw the activities of a person from 2020 on; those of 2019 are printed."""
    first = max(_started_on(case), date(2020, 1, 6))
    last = case.exited_on or LAST_DAY
    work = case.outcome in ("A", "AD")
    plans = [
        ("nora_programme", 0.92, (0, 10), (50, 170)),
        (
            "norwegian_training",
            0.6 * (case.person.norwegian_level in LOW_LEVELS),
            (7, 60),
            (90, 300),
        ),
        ("vocational_norwegian", 0.12 * (first.year == 2021), (20, 90), (60, 120)),
        ("computer_course", 0.08, (20, 120), (20, 45)),
        ("labour_market_course", 0.09, (60, 200), (40, 90)),
        ("work_training", 0.8 if work else 0.5, (40, 140), (60, 200)),
        ("nursing_home_host", 0.25 * (first.year == 2021), (30, 120), (30, 80)),
        ("paid_work", 0.06 * (case.exited_on is None), (90, 200), (60, 300)),
    ]
    for activity, chance, delay, length in plans:
        day = first + timedelta(days=rng.randint(*delay))
        if rng.random() < chance:
            yield from _spell(rng, case, activity, day, rng.randint(*length))
    if case.wage_subsidy == "yes" or (case.outcome == "AD" and rng.random() < 0.6):
        activity = "wage_subsidy" if case.wage_subsidy == "yes" else "paid_work"
        day = max(first, last - timedelta(days=rng.randint(25, 80)))
        yield from _spell(rng, case, activity, day, 365)


def _spell(rng: Random, case: Case, activity: str, day: date, days: int) -> Iterator[Activity]:
    """Yield one activity from about `day` on, if the person stays long enough for it to begin."""
    last = case.exited_on or LAST_DAY
    if day + timedelta(days=14) > last or CLOSED[0] <= day <= CLOSED[1]:
        return
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    about = day + timedelta(days=days)
    ended_on: date | None = workday(rng, about - timedelta(days=9), about + timedelta(days=3))
    if ended_on and ended_on >= last:
        # If an activity ends with the exit, about half of the counsellors record its end.
        ended_on = case.exited_on if rng.random() < 0.5 else None
    employer = rng.choice(EMPLOYERS) if activity in AT_WORK and rng.random() < 0.93 else None
    if activity == "nursing_home_host":
        employer = rng.choice(EMPLOYERS[:3])
    yield Activity(case, activity, day, ended_on, employer)


def _mentors(rng: Random, started: Sequence[Case]) -> Iterator[Activity]:
    def here(case: Case, days: int) -> bool:
        return ((case.exited_on or LAST_DAY) - _started_on(case)).days > days

    hired = [
        case
        for case in started
        if case.outcome in ("A", "AD") and case.in_year(2021) and here(case, 150)
    ]
    others = [case for case in started if case.exited_on is None and here(case, 300)]
    for case in rng.sample(hired, plan.MENTOR_LED_TO_HIRE_2021) + rng.sample(others, 4):
        day = (case.exited_on or LAST_DAY) - timedelta(days=rng.randint(50, 100))
        yield from _spell(rng, case, "mentor", day, 365)


def _adult_education(rng: Random, started: Sequence[Case]) -> Iterator[Activity]:
    """Yield spells of autumn 2020, all ended by Christmas, and of the school year from 2021."""
    autumns = ((2020, 3, 120), (2021, plan.ADULT_EDUCATION_2021, 365))
    for year, count, days in autumns:
        begins = date(year, 8, 17)
        pupils = [
            case
            for case in started
            if _started_on(case) < begins
            and (case.exited_on or LAST_DAY) > begins + timedelta(days=130)
            and case.person.education in ("none", "primary")
        ]
        for case in rng.sample(pupils, count):
            day = workday(rng, begins, begins + timedelta(days=11))
            yield from _spell(rng, case, "adult_education", day, days)


def transition_cases(rng: Random, cases: Sequence[Case]) -> list[TransitionCase]:
    """Return the cases of the transition counsellor; a case that led to a start has a referral."""
    found = []
    for year, counts in plan.TRANSITION_CASES.items():
        newcomers = [
            case
            for case in cases
            if case.started_on
            and case.started_on.year == year
            and date(year, 2, 1) <= case.referred_on <= date(year, 10, 29)
            and case.exited_on is None
            and (case.source == "transition" if year == 2020 else case.target_group == "2")
        ]
        started = iter(rng.sample(newcomers, counts["started_nora"]))
        for outcome in spread(rng, counts):
            case = next(started) if outcome == "started_nora" else None
            if case:
                earliest = max(case.referred_on - timedelta(days=30), date(year, 1, 4))
                opened_on = workday(rng, earliest, case.referred_on - timedelta(days=5))
            else:
                opened_on = workday(rng, date(year, 1, 4), date(year, 10, 29), {7: 0.3})
            found.append(TransitionCase(opened_on, outcome, case))
    return sorted(found, key=lambda case: case.opened_on)


def partner_candidates(rng: Random) -> list[dict[str, str | date | None]]:
    """Return the rows of Samarbeidsprosjekt; with no result yet, outcome is empty or `none`."""
    columns = [spread(rng, counts) for counts in plan.PARTNER_CANDIDATES_2021.values()]
    empty = iter((True, False, True, False, True))
    return [
        {
            "project": plan.PARTNER_PROJECT,
            "candidate_id": f"K-{number:02}",
            "gender": gender,
            "origin": origin,
            "started_on": date(2021, 3, 15) if number <= 7 else date(2021, 4, 12),
            "outcome": None if outcome == "none" and next(empty) else outcome,
        }
        for number, (gender, origin, outcome) in enumerate(zip(*columns, strict=True), start=1)
    ]
