"""Every mart of the contract, section 4, counted again by brute force from a register in memory.

A second reading of the contract and of the definitions in words, to hold the pipeline against: it
shares no code, no SQL and no code list attribute with the product. It knows nothing of files. The
printed figures are compared in printed.py, and years with the year before in year_pairs.py.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tests.recount.cases import Case, cases_of, years_between
from tests.recount.records import Exit, Participant, Register
from tests.recount.stays import remaining, stays_of

Row = dict[str, Any]

MEASURES: Mapping[str, tuple[str, ...]] = {
    "referral_sources": ("n",),
    "referral_offices": ("n",),
    "referral_benefits": ("n",),
    "referral_target_groups": ("n",),
    "benefit_target": ("target_share", "n", "base", "actual_share"),
    "gender_split": ("n",),
    "country_of_origin": ("n",),
    "age_bands": ("n",),
    "participant_background": ("n",),
    "took_part": ("n",),
    "dropout_reasons": ("n",),
    "exit_outcomes": ("n",),
    "other_exit_details": ("n",),
    "aap_benefits": ("n",),
    "work_exits": ("n",),
    "work_exit_activities": ("n",),
    "caseload": ("active", "started", "planned_exits", "dropouts", "no_shows"),
    "quarterly_flow": ("active", "referred", "started", "planned_exits", "dropouts", "no_shows"),
    "monthly_form": ("n",),
    "activities": ("n",),
    "activity_status": ("n",),
    "transition_cases": ("n",),
    "transition_starts": ("n",),
    "partner_projects": ("n",),
    "target_attainment": ("target_share", "n", "base", "actual_share"),
    "time_in_programme": ("n", "p25_days", "median_days", "p75_days"),
    "still_in_programme": ("at_risk", "remaining_share", "remaining_low", "remaining_high"),
    "job_retention": ("work_exits", "due", "followed_up", "still_employed"),
    "group_sessions": ("sessions", "registered", "attended"),
    "survey_response": ("invited", "answered", "response_share"),
    "staffing": ("headcount", "full_time_equivalents"),
    "counsellor_caseload": (
        "participants",
        "active_at_year_end",
        "counsellor_fte",
        "participants_per_counsellor",
        "active_per_counsellor",
    ),
    "savings": ("savings_target", "savings_reported"),
    "key_figures": ("value",),
}
"""Mart -> what it measures; its other columns tell its rows apart."""

OUTCOME_GROUPS = {
    "A": "work",
    "AD": "work",
    "UT": "education",
    "AS": "state_measure",
    "AP": "aap",
    "SU": "social_assistance_unclear_health",
    "SH": "social_assistance",
    "UF": "disability",
    "FF": "family",
    "FP": "parental_leave",
    "AN": "other",
    "UK": "unknown",
}
WORK = ("A", "AD")
TARGETS = {"work": (0.6, WORK), "education": (0.1, ("UT",)), "clarified": (0.3, ("AS", "AP", "UF"))}
"""Target -> the share that should reach it (reports of 2019 and 2021), and its outcomes."""

PLACES = {"kvp": 0.5, "social_assistance": 0.5}
"""Benefit -> its share of the places (report of 2019): half of them, and the other half."""

MAIN_ACTIVITIES = (
    *("paid_work", "wage_subsidy", "mentor", "work_training", "nursing_home_host"),
    *("labour_market_course", "computer_course", "vocational_norwegian", "adult_education"),
    *("nora_programme", "norwegian_training"),
)
"""What counts as the main activity of a person with several: the first of these (report of 2019:
work, measures and courses before the programme's own groups, which it names for those who have
Norwegian training beside them)."""

COUNSELLORS = ("counsellor", "counsellor_part_time")
"""The roles that follow up participants: no leader, coordinator or student."""


def marts(register: Register, as_of: date) -> dict[str, list[Row]]:
    """Return mart -> rows, for every year from the first that a counted row is dated in.

    `as_of` is the day of the build; the register must be valid on it. Count marts hold no zero
    lines. caseload, target_attainment, job_retention and key_figures are complete.
    """
    cases = cases_of(register, as_of)
    activities = _activity_years(register, cases, as_of)
    tables: dict[str, list[Row]] = {table: [] for table in MEASURES}
    for year in range(_first_year(register, as_of), as_of.year + 1):
        rows_of_year = {
            **_referral_marts(cases, year),
            **_participant_marts(cases, year),
            **_exit_marts(cases, year),
            "job_retention": _job_retention(cases, year, as_of),
            "gender_split": _gender_split(cases, year),
            "work_exits": _work_exits(cases, year),
            "work_exit_activities": _work_exit_activities(register, cases, year),
            "caseload": _caseload(cases, year, as_of),
            "quarterly_flow": _quarterly_flow(cases, year, as_of),
            "monthly_form": _monthly_form(cases, year, as_of),
            "activities": _activities(activities, year),
            "activity_status": _activity_status(register, cases, year, as_of),
            "took_part": _took_part(cases, activities, year),
            "transition_cases": _transition_cases(register, year),
            "transition_starts": _transition_starts(register, cases, year, as_of),
            "partner_projects": _partner_projects(register, year, as_of),
            "still_in_programme": remaining(stays_of(_started(cases, year), as_of)),
            **_marts_of_sheets(register, year),
            "counsellor_caseload": _counsellor_caseload(register, cases, year),
            "key_figures": _key_figures(cases, year),
        }
        for table, rows in rows_of_year.items():
            tables[table] += [{"year": year, **row} for row in rows]
    return tables


def _first_year(register: Register, as_of: date) -> int:
    """The first year that any row is dated in that has happened by `as_of`; else the year after."""
    days = [
        *(one.referred_on for one in register.referrals),
        *(one.exited_on for one in register.exits),
        *(one.started_on for one in register.activities),
        *(one.opened_on for one in register.transition_cases),
        *(one.started_on for one in register.partner_projects),
        *(one.held_on for one in register.group_sessions),
        *(one.sent_on for one in register.survey_waves),
    ]
    years = [day.year for day in days if day <= as_of]
    years += [staff.year for staff in register.staffing]
    years += [saved.year for saved in register.savings]
    return min((year for year in years if year <= as_of.year), default=as_of.year + 1)


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the linearly interpolated quantile (DuckDB `quantile_cont`); None of no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _counted(names: Sequence[str], keys: Iterable[tuple[object, ...]]) -> list[Row]:
    return [{**dict(zip(names, key, strict=True)), "n": n} for key, n in Counter(keys).items()]


def _referred(cases: list[Case], year: int) -> list[Case]:
    return [case for case in cases if case.referral.referred_on.year == year]


def _started(cases: list[Case], year: int) -> list[Case]:
    return [case for case in cases if case.started_on and case.started_on.year == year]


def _ended(cases: list[Case], year: int, kind: str) -> list[tuple[Case, Exit]]:
    ends = [(case, case.exit) for case in cases if case.exit is not None]
    return [(case, end) for case, end in ends if end.kind == kind and end.exited_on.year == year]


def _participants(cases: list[Case], year: int) -> set[Participant]:
    running = {case.person for case in cases if year in case.years}
    return running | {case.person for case, _ in _ended(cases, year, "no_show")}


def _active_at_year_end(cases: list[Case], year: int) -> set[Participant]:
    return {case.person for case in cases if case.active_after(date(year, 12, 31))}


def _referral_marts(cases: list[Case], year: int) -> dict[str, list[Row]]:
    referred = [(case.referral, case.person.gender) for case in _referred(cases, year)]
    return {
        "referral_sources": _counted(("source", "gender"), ((r.source, g) for r, g in referred)),
        "referral_offices": _counted(
            ("nav_office", "gender"), ((r.nav_office or "unknown", g) for r, g in referred)
        ),
        "referral_benefits": _counted(("benefit", "gender"), ((r.benefit, g) for r, g in referred)),
        "referral_target_groups": _counted(
            ("target_group", "gender"), ((r.target_group or "unknown", g) for r, g in referred)
        ),
        "benefit_target": _benefit_target([r.benefit for r, _ in referred]),
    }


def _benefit_target(benefits: list[str]) -> list[Row]:
    rows = []
    for benefit, share in PLACES.items():
        n, base = benefits.count(benefit), len(benefits)
        row = {"benefit": benefit, "target_share": share, "n": n, "base": base}
        rows.append({**row, "actual_share": n / base if base else None})
    return rows


def _participant_marts(cases: list[Case], year: int) -> dict[str, list[Row]]:
    people = _participants(cases, year)
    return {
        "country_of_origin": _counted(
            ("country", "gender"), ((p.country, p.gender) for p in people)
        ),
        "age_bands": _counted(
            ("band", "gender"), ((_band(year - p.birth_year), p.gender) for p in people)
        ),
        "participant_background": _counted(
            ("breakdown", "value", "gender"),
            [
                *(("norwegian_level", p.norwegian_level or "unknown", p.gender) for p in people),
                *(("education", p.education or "unknown", p.gender) for p in people),
            ],
        ),
    }


def _band(age: int) -> str:
    for band, from_age in (("55_plus", 55), ("45_54", 45), ("35_44", 35), ("25_34", 25)):
        if age >= from_age:
            return band
    return "under_25"


def _gender_split(cases: list[Case], year: int) -> list[Row]:
    populations: dict[str, Iterable[Participant]] = {
        "referred": [case.person for case in _referred(cases, year)],
        "started": [case.person for case in _started(cases, year)],
        "planned_exits": [case.person for case, _ in _ended(cases, year, "planned")],
        "dropouts": [case.person for case, _ in _ended(cases, year, "dropout")],
        "no_shows": [case.person for case, _ in _ended(cases, year, "no_show")],
        "participants": _participants(cases, year),
        "active_at_year_end": _active_at_year_end(cases, year),
    }
    keys = [(name, p.gender) for name, people in populations.items() for p in people]
    return _counted(("population", "gender"), keys)


def _exit_marts(cases: list[Case], year: int) -> dict[str, list[Row]]:
    planned = _ended(cases, year, "planned")
    outcomes = [end.outcome for _, end in planned]
    details, benefits = [], []
    days: dict[str, list[int]] = {}
    for case, end in planned:
        if end.outcome == "AN":
            details.append((end.other_detail or "unspecified", case.person.gender))
        if end.outcome == "AP":
            benefit = end.benefit_at_exit or case.referral.benefit
            benefits.append((benefit, case.person.gender))
        if case.started_on is not None:
            stayed = (end.exited_on - case.started_on).days
            days.setdefault(OUTCOME_GROUPS[str(end.outcome)], []).append(stayed)
            days.setdefault("total", []).append(stayed)
    targets = []
    for target, (share, reached_by) in TARGETS.items():
        n, base = sum(outcome in reached_by for outcome in outcomes), len(planned)
        actual = n / base if base else None
        row = {"target": target, "target_share": share, "n": n, "base": base}
        targets.append({**row, "actual_share": actual})
    return {
        "dropout_reasons": _counted(
            ("reason", "gender"),
            (
                (str(end.dropout_reason), case.person.gender)
                for case, end in _ended(cases, year, "dropout")
            ),
        ),
        "exit_outcomes": _counted(
            ("outcome", "gender"), ((str(end.outcome), case.person.gender) for case, end in planned)
        ),
        "other_exit_details": _counted(("detail", "gender"), details),
        "aap_benefits": _counted(("benefit", "gender"), benefits),
        "target_attainment": targets,
        "time_in_programme": [
            {
                "outcome_group": group,
                "n": len(values),
                "p25_days": quantile(values, 0.25),
                "median_days": quantile(values, 0.5),
                "p75_days": quantile(values, 0.75),
            }
            for group, values in days.items()
        ],
    }


def _to_work(cases: list[Case], year: int) -> list[tuple[Case, Exit]]:
    return [(case, end) for case, end in _ended(cases, year, "planned") if end.outcome in WORK]


def _job_retention(cases: list[Case], year: int, as_of: date) -> list[Row]:
    """An answer counts when six months have passed; who was not asked is not out of work."""
    to_work = [end for _, end in _to_work(cases, year)]
    due = [end for end in to_work if _six_months_after(end.exited_on) <= as_of]
    answers = [end.employed_after_6m for end in due if end.employed_after_6m in ("yes", "no")]
    return [
        {
            "work_exits": len(to_work),
            "due": len(due),
            "followed_up": len(answers),
            "still_employed": answers.count("yes") if answers else None,
        }
    ]


def _six_months_after(day: date) -> date:
    """The same day of the month half a year on, or the last of a month that is too short."""
    year, month = (day.year, day.month + 6) if day.month <= 6 else (day.year + 1, day.month - 6)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _work_exits(cases: list[Case], year: int) -> list[Row]:
    keys = []
    for _, end in _to_work(cases, year):
        keys.append(("industry", end.industry or "unknown"))
        keys.append(("position", _position_band(end.position_pct)))
        keys.append(("wage_subsidy", end.wage_subsidy or "unknown"))
    return _counted(("breakdown", "value"), keys)


def _position_band(percent: float | None) -> str:
    if percent is None:
        return "unknown"
    for band, from_percent in (("full_time", 100), ("80_99", 80), ("60_79", 60), ("50_59", 50)):
        if percent >= from_percent:
            return band
    return "under_50"


def _work_exit_activities(register: Register, cases: list[Case], year: int) -> list[Row]:
    keys = []
    for case, end in _to_work(cases, year):
        had = {
            activity.activity
            for activity in register.activities
            if activity.referral_id == case.referral.referral_id
            and activity.started_on <= end.exited_on
        }
        keys += [(activity,) for activity in had]
    return _counted(("activity",), keys)


def _quarterly_flow(cases: list[Case], year: int, as_of: date) -> list[Row]:
    rows = []
    for quarter in (1, 2, 3, 4):
        months = (3 * quarter - 2, 3 * quarter - 1, 3 * quarter)
        if date(year, months[0], 1) > as_of:
            break
        last_day = date(year, months[2], monthrange(year, months[2])[1])
        row = {"quarter": quarter, "active": len(_active(cases, last_day))}
        row |= {name: len(found) for name, found in _dated(cases, year, months).items()}
        rows.append(row)
    return rows


def _monthly_form(cases: list[Case], year: int, as_of: date) -> list[Row]:
    keys = []
    for month in range(1, 13):
        if date(year, month, 1) > as_of:
            break
        active = _active(cases, date(year, month, monthrange(year, month)[1]))
        for period, months in (("month", (month,)), ("year_to_date", tuple(range(1, month + 1)))):
            place = (month, period)
            keys += [(*place, "counts", "active", person.gender) for person in active]
            dated = _dated(cases, year, months)
            for line, found in dated.items():
                keys += [(*place, "counts", line, case.person.gender) for case in found]
            for case in dated["planned_exits"]:
                if case.exit is not None:
                    outcome = str(case.exit.outcome)
                    keys.append((*place, "outcome", outcome, case.person.gender))
    return _counted(("month", "period", "breakdown", "value", "gender"), keys)


def _active(cases: list[Case], day: date) -> set[Participant]:
    return {case.person for case in cases if case.active_after(day)}


def _dated(cases: list[Case], year: int, months: Sequence[int]) -> dict[str, list[Case]]:
    """Return what happened in some months of a year: kind of event -> the cases it happened to."""
    found: dict[str, list[Case]] = {
        "referred": [
            case for case in _referred(cases, year) if case.referral.referred_on.month in months
        ],
        "started": [
            case
            for case in _started(cases, year)
            if case.started_on is not None and case.started_on.month in months
        ],
    }
    kinds = {"planned_exits": "planned", "dropouts": "dropout", "no_shows": "no_show"}
    for name, kind in kinds.items():
        ended = _ended(cases, year, kind)
        found[name] = [case for case, end in ended if end.exited_on.month in months]
    return found


def _caseload(cases: list[Case], year: int, as_of: date) -> list[Row]:
    rows = []
    for month in range(1, 13):
        if date(year, month, 1) > as_of:
            break
        month_end = date(year, month, monthrange(year, month)[1])
        row = {
            "month": month,
            "active": len({case.person for case in cases if case.active_after(month_end)}),
            "started": sum(
                case.started_on is not None and case.started_on.month == month
                for case in _started(cases, year)
            ),
        }
        kinds = {"planned_exits": "planned", "dropouts": "dropout", "no_shows": "no_show"}
        for column, kind in kinds.items():
            row[column] = sum(e.exited_on.month == month for _, e in _ended(cases, year, kind))
        rows.append(row)
    return rows


def _activity_years(
    register: Register, cases: list[Case], as_of: date
) -> list[tuple[str, Participant, frozenset[int]]]:
    """Return activity, person and the years with a day of it; days to come are no days yet."""
    by_referral = {case.referral.referral_id: case for case in cases}
    found = []
    for activity in register.activities:
        case = by_referral[activity.referral_id]
        last = activity.ended_on or (case.exit.exited_on if case.exit else as_of)
        if activity.ended_on is None:
            # One that begins after the exit has its first day.
            last = max(last, activity.started_on)
        years = years_between(activity.started_on, min(last, as_of))
        found.append((activity.activity, case.person, years))
    return found


def _activities(activities: list[tuple[str, Participant, frozenset[int]]], year: int) -> list[Row]:
    took_part = {(activity, person) for activity, person, years in activities if year in years}
    return _counted(("activity", "gender"), ((a, person.gender) for a, person in took_part))


def _activity_status(register: Register, cases: list[Case], year: int, as_of: date) -> list[Row]:
    """One status a person: the main one of the activities of the stay that go on that day."""
    keys = []
    for month in range(1, 13):
        if date(year, month, 1) > as_of:
            break
        month_end = date(year, month, monthrange(year, month)[1])
        day = min(month_end, as_of)
        here = [case for case in cases if case.active_after(month_end)]
        going_on: dict[Participant, set[str]] = {case.person: set() for case in here}
        of_stay = {case.referral.referral_id: case.person for case in here}
        for activity in register.activities:
            ended_on = activity.ended_on or day
            if activity.referral_id in of_stay and activity.started_on <= day <= ended_on:
                going_on[of_stay[activity.referral_id]].add(activity.activity)
        for person, doing in going_on.items():
            main = next((each for each in MAIN_ACTIVITIES if each in doing), "nora_programme")
            keys.append((month, main, person.gender))
    return _counted(("month", "status", "gender"), keys)


def _took_part(
    cases: list[Case], activities: list[tuple[str, Participant, frozenset[int]]], year: int
) -> list[Row]:
    keys = []
    people = {case.person for case in cases if year in case.years}
    for person in people:
        facts = {
            "population": "participants",
            "country": person.country,
            "band": _band(year - person.birth_year),
            "norwegian_level": person.norwegian_level or "unknown",
            "education": person.education or "unknown",
        }
        keys += [(breakdown, value, person.gender) for breakdown, value in facts.items()]
    with_activity = {(activity, who) for activity, who, years in activities if year in years}
    keys += [("activity", a, who.gender) for a, who in with_activity if who in people]
    return _counted(("breakdown", "value", "gender"), keys)


def _transition_cases(register: Register, year: int) -> list[Row]:
    opened = [case for case in register.transition_cases if case.opened_on.year == year]
    return _counted(("outcome",), ((case.outcome,) for case in opened))


def _transition_starts(register: Register, cases: list[Case], year: int, as_of: date) -> list[Row]:
    """Who has started by direct transfer so far, and is there still on that referral."""
    end = min(date(year, 12, 31), as_of)
    by_referral = {case.referral.referral_id: case for case in cases}
    is_here: dict[Participant, bool] = {}
    for opened in register.transition_cases:
        if opened.outcome != "started_nora" or opened.opened_on > end:
            continue
        case = by_referral.get(opened.referral_id or "")
        if case and case.started_on is not None and case.started_on <= end:
            is_here[case.person] = is_here.get(case.person, False) or case.active_after(end)
    keys = [("still_active" if here else "left",) for here in is_here.values()]
    return _counted(("standing",), keys)


def _partner_projects(register: Register, year: int, as_of: date) -> list[Row]:
    keys = []
    for candidate in register.partner_projects:
        if candidate.started_on.year == year and candidate.started_on <= as_of:
            keys.append((candidate.project, "gender", candidate.gender))
            keys.append((candidate.project, "origin", candidate.origin))
            keys.append((candidate.project, "outcome", candidate.outcome))
    return _counted(("project", "breakdown", "value"), keys)


def _marts_of_sheets(register: Register, year: int) -> dict[str, list[Row]]:
    sessions: dict[str, list[tuple[int, int]]] = {}
    for each in register.group_sessions:
        if each.held_on.year == year:
            sessions.setdefault(each.session_group, []).append((each.registered, each.attended))
    return {
        "group_sessions": [
            {
                "session_group": group,
                "sessions": len(numbers),
                "registered": sum(registered for registered, _ in numbers),
                "attended": sum(attended for _, attended in numbers),
            }
            for group, numbers in sessions.items()
        ],
        "survey_response": [
            {
                "wave": each.wave,
                "invited": each.invited,
                "answered": each.answered,
                "response_share": each.answered / each.invited if each.invited else None,
            }
            for each in register.survey_waves
            if each.sent_on.year == year
        ],
        "staffing": [
            {
                "role": each.role,
                "headcount": each.headcount,
                "full_time_equivalents": each.full_time_equivalents,
            }
            for each in register.staffing
            if each.year == year
        ],
        "savings": [
            {
                "savings_target": each.savings_target,
                "savings_reported": each.savings_reported,
            }
            for each in register.savings
            if each.year == year
        ],
    }


def _counsellor_caseload(register: Register, cases: list[Case], year: int) -> list[Row]:
    recorded = [
        each.full_time_equivalents
        for each in register.staffing
        if each.year == year and each.role in COUNSELLORS
    ]
    # Where the positions of some of them are not known, those of all are not.
    known = [each for each in recorded if each is not None]
    counsellors = sum(known) if recorded and known == recorded else None
    participants = len(_participants(cases, year))
    active = len(_active_at_year_end(cases, year))
    return [
        {
            "participants": participants,
            "active_at_year_end": active,
            "counsellor_fte": counsellors,
            # Nothing is divided by no position at all.
            "participants_per_counsellor": participants / counsellors if counsellors else None,
            "active_per_counsellor": active / counsellors if counsellors else None,
        }
    ]


def _key_figures(cases: list[Case], year: int) -> list[Row]:
    people = _participants(cases, year)
    planned = _ended(cases, year, "planned")
    dropouts, no_shows = _ended(cases, year, "dropout"), _ended(cases, year, "no_show")
    all_exits = len(planned) + len(dropouts) + len(no_shows)
    work_exits = sum(end.outcome in WORK for _, end in planned)
    ages = [year - person.birth_year for person in people]
    stays = [(end.exited_on - c.started_on).days for c, end in planned if c.started_on is not None]
    lost = {case.person for case, _ in dropouts + no_shows}
    values: dict[str, float | None] = {
        "referrals": len(_referred(cases, year)),
        "started": len(_started(cases, year)),
        "participants": len(people),
        "took_part": len({case.person for case in cases if year in case.years}),
        "participants_without_dropouts": len(people - lost),
        "dropouts": len(dropouts),
        "no_shows": len(no_shows),
        "planned_exits": len(planned),
        "planned_share_of_exits": len(planned) / all_exits if all_exits else None,
        "work_exits": work_exits,
        "work_exit_share": work_exits / len(planned) if planned else None,
        "active_at_year_end": len(_active_at_year_end(cases, year)),
        "age_min": min(ages, default=None),
        "age_max": max(ages, default=None),
        "median_days_in_programme": quantile(stays, 0.5),
    }
    return [{"figure": figure, "value": value} for figure, value in values.items()]
