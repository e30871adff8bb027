"""The records that are not about a person: groups, surveys, staff and savings.

The numbers of persons who come to a group or receive a survey depend on the number in the programme
that day; the persons are made in people.py. All random numbers come from the generator passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from data.generator import plan
from data.generator.activities import CLOSED
from data.generator.people import HOLIDAYS, Case

Row = dict[str, str | int | float | date | None]


def group_sessions(rng: Random, cases: Sequence[Case]) -> list[Row]:
    """Return the rows of Gruppetilbud by day and group."""
    found = [
        _session(rng, group, day, _in_programme(cases, day))
        for group in plan.GROUPS
        for day in group.days
        if _is_open(day)
    ]
    order = [group.name for group in plan.GROUPS]
    return sorted(found, key=lambda row: (row["held_on"], order.index(str(row["session_group"]))))


def _is_open(day: date) -> bool:
    closed = (CLOSED, plan.NO_GROUPS)
    return day not in HOLIDAYS and not any(first <= day <= last for first, last in closed)


def _session(rng: Random, group: plan.Group, day: date, most: int) -> Row:
    registered = min(rng.randint(*group.registered), most)
    attended = sum(rng.random() < group.turnout for _ in range(registered))
    if group.open_door and rng.random() < 0.2:
        attended += rng.randint(1, 2)
    return {
        "held_on": day,
        "session_group": group.name,
        "registered": registered,
        "attended": min(attended, most),
    }


def _in_programme(cases: Sequence[Case], day: date) -> int:
    return len(
        {
            case.person
            for case in cases
            if case.started_on
            and case.started_on <= day
            and (case.exited_on is None or case.exited_on > day)
        }
    )


def survey_waves(cases: Sequence[Case]) -> list[Row]:
    """Return the rows of Spørreundersøkelser."""
    return [
        {
            "wave": wave,
            "sent_on": day,
            "invited": _in_programme(cases, day),
            "answered": round(share * _in_programme(cases, day)),
        }
        for wave, (day, share) in plan.SURVEYS.items()
    ]


def staffing() -> list[Row]:
    """Return the rows of Bemanning."""
    return [
        {"year": year, "role": role, "headcount": headcount, "full_time_equivalents": positions}
        for year, roles in plan.STAFF.items()
        for role, (headcount, positions) in roles.items()
    ]


def savings() -> list[Row]:
    """Return the rows of Økonomi."""
    return [
        {"year": year, "savings_target": target, "savings_reported": reported}
        for year, (target, reported) in plan.SAVINGS.items()
    ]
