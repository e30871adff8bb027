"""Random registers keep the rules of the contract, and do hold the awkward cases."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.recount.records import Register
from tests.recount.registers import random_build_day, random_register


def broken_rules(register: Register, as_of: date) -> list[str]:
    """The rules of the contract, section 2, that some record breaks; one name per record."""
    people = {each.participant_id: each for each in register.participants}
    referrals = {each.referral_id: each for each in register.referrals}
    keys = [
        *(("p", each.participant_id) for each in register.participants),
        *(("r", each.referral_id) for each in register.referrals),
        *(("e", each.referral_id) for each in register.exits),
        *(("a", each.referral_id, each.activity, each.started_on) for each in register.activities),
        *(("t", each.case_id) for each in register.transition_cases),
        *(("k", each.project, each.candidate_id) for each in register.partner_projects),
        *(("g", each.session_group, each.held_on) for each in register.group_sessions),
        *(("w", each.wave) for each in register.survey_waves),
        *(("b", each.year, each.role) for each in register.staffing),
        *(("o", each.year) for each in register.savings),
    ]
    checks = [("keys", len(keys) == len(set(keys)))]
    for person in register.participants:
        checks.append(("age", 14 <= as_of.year - person.birth_year <= 100))
    for name in (*people, *referrals):
        checks.append(("identifier", re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) is not None))
    for referral in register.referrals:
        started_on = referral.started_on or date.max
        checks.append(("participant", referral.participant_id in people))
        checks.append(("dates", date(2000, 1, 1) <= referral.referred_on <= as_of))
        checks.append(("start", referral.referred_on <= started_on))
    for end in register.exits:
        referral = referrals[end.referral_id]
        started = referral.started_on is not None and referral.started_on <= as_of
        first = referral.started_on if started else referral.referred_on
        checks.append(("kind", (end.kind == "no_show") != started))
        checks.append(("exit", first is not None and first <= end.exited_on <= as_of))
        checks.append(("outcome", (end.kind == "planned") == (end.outcome is not None)))
        checks.append(("reason", (end.kind == "dropout") == (end.dropout_reason is not None)))
        checks.append(("detail", end.other_detail is None or end.outcome == "AN"))
        checks.append(("position", end.position_pct is None or end.outcome in ("A", "AD")))
    for activity in register.activities:
        checks.append(("activity", activity.referral_id in referrals))
        checks.append(("to", (activity.ended_on or date.max) >= activity.started_on))
        checks.append(("from", activity.started_on >= date(2000, 1, 1)))
    for case in register.transition_cases:
        checks.append(("case", date(2000, 1, 1) <= case.opened_on <= as_of))
        checks.append(("case of", case.referral_id is None or case.referral_id in referrals))
    for session in register.group_sessions:
        checks.append(("session", date(2000, 1, 1) <= session.held_on <= as_of))
        checks.append(("came", {session.registered, session.attended} <= {*range(1001)}))
    for wave in register.survey_waves:
        checks.append(("wave", date(2000, 1, 1) <= wave.sent_on <= as_of))
        checks.append(("answered", 0 <= wave.answered <= wave.invited <= 10_000))
    for row in (*register.staffing, *register.savings):
        checks.append(("year", 2000 <= row.year <= as_of.year + 10))
    for role in register.staffing:
        checks.append(("headcount", 0 <= role.headcount <= 1000))
        checks.append(("positions", 0 <= (role.full_time_equivalents or 0) <= 1000))
    for savings in register.savings:
        checks.append(("savings", 0 <= savings.savings_target <= 10**9))
        checks.append(("reported", abs(savings.savings_reported or 0) <= 10**9))
    return [name for name, kept in checks if not kept]


@pytest.mark.parametrize("seed", range(20))
def test_random_registers_keep_the_rules(seed: int) -> None:
    last_year = 2019 + seed % 7
    as_of = random_build_day(seed, last_year)
    register = random_register(seed, 150, 2001 + seed, last_year + 1, as_of)
    assert as_of.year == last_year
    assert broken_rules(register, as_of) == []


def test_the_same_seed_gives_the_same_register() -> None:
    assert random_register(3, 100, 2015, 2021) == random_register(3, 100, 2015, 2021)
    assert random_register(3, 100, 2015, 2021) != random_register(4, 100, 2015, 2021)


def test_the_awkward_cases_occur() -> None:
    as_of = date(2021, 5, 31)
    register = random_register(1, 2000, 2012, 2021, as_of)
    referrals = {each.referral_id: each for each in register.referrals}
    ends = {each.referral_id: each.exited_on for each in register.exits}
    pairs = [
        (one, other)
        for one in register.referrals
        for other in register.referrals
        if one is not other and one.participant_id == other.participant_id
    ]
    starts = [each.started_on for each in register.referrals if each.started_on]
    activities = [(each, referrals[each.referral_id]) for each in register.activities]
    occurs = {
        "referred again on the day of the exit": any(
            ends.get(one.referral_id) == other.referred_on for one, other in pairs
        ),
        "twice on one day": any(one.referred_on == other.referred_on for one, other in pairs),
        "out on one, active on another": any(
            one.referral_id in ends and other.started_on and other.referral_id not in ends
            for one, other in pairs
        ),
        "referral, start and exit on one day": any(
            each.referred_on == each.started_on == ends.get(each.referral_id)
            for each in register.referrals
        ),
        "exit on 1 January": any((e.month, e.day) == (1, 1) for e in ends.values()),
        "exit on 31 December": any((e.month, e.day) == (12, 31) for e in ends.values()),
        "exit on 29 February": any((e.month, e.day) == (2, 29) for e in ends.values()),
        "exit on the day of the build": as_of in ends.values(),
        "start on 1 January": any((s.month, s.day) == (1, 1) for s in starts),
        "start on 31 December": any((s.month, s.day) == (12, 31) for s in starts),
        "start to come": max(starts) > as_of,
        "no-show in a later year": any(
            each.kind == "no_show"
            and each.exited_on.year > referrals[each.referral_id].referred_on.year
            for each in register.exits
        ),
        "no-show with a start to come": any(
            each.kind == "no_show" and referrals[each.referral_id].started_on
            for each in register.exits
        ),
        "neither start nor exit": any(
            each.started_on is None and each.referral_id not in ends for each in register.referrals
        ),
        "activity to come": any(each.started_on > as_of for each, _ in activities),
        "activity after the exit": any(
            each.ended_on is None and each.started_on > ends.get(each.referral_id, date.max)
            for each, _ in activities
        ),
        "activity that outlasts the exit": any(
            (each.ended_on or date.min) > ends.get(each.referral_id, date.max)
            for each, _ in activities
        ),
        "activity without end": any(
            each.ended_on is None and each.referral_id not in ends for each, _ in activities
        ),
        "no referral": {each.participant_id for each in register.participants}
        > {each.participant_id for each in register.referrals},
        "identifiers that differ in case": len({each.lower() for each in referrals})
        < len(referrals),
        "a year without planned exits": len(
            {each.exited_on.year for each in register.exits if each.kind == "planned"}
        )
        < 10,
        "a year without referrals": len({each.referred_on.year for each in register.referrals})
        < 10,
    }
    assert [case for case, does in occurs.items() if not does] == []


def test_the_awkward_cases_of_the_programme_itself_occur() -> None:
    as_of = date(2021, 5, 31)
    registers = [random_register(seed, 200, 2015, 2021, as_of) for seed in range(4)]
    sessions = [each for register in registers for each in register.group_sessions]
    waves = [each for register in registers for each in register.survey_waves]
    staff = [each for register in registers for each in register.staffing]
    savings = [each for register in registers for each in register.savings]
    ends = [each for register in registers for each in register.exits]
    days = [each.held_on for each in registers[0].group_sessions]
    occurs = {
        "a session before the register": any(each.held_on.year < 2015 for each in sessions),
        "two groups on one day": len(set(days)) < len(days),
        "nobody registered, some came": any(s.attended > s.registered == 0 for s in sessions),
        "more came than had registered": any(s.attended > s.registered > 0 for s in sessions),
        "a session on the day of the build": any(s.held_on == as_of for s in sessions),
        "a wave with nobody invited": any(each.invited == 0 for each in waves),
        "a wave that nobody answered": any(w.answered == 0 < w.invited for w in waves),
        "a wave whose name is a number": any(each.wave.isdecimal() for each in waves),
        "staff before the register": any(each.year < 2015 for each in staff),
        "staff of years to come": any(each.year > 2021 for each in staff),
        "no position recorded": any(each.full_time_equivalents is None for each in staff),
        "no position at all": any(each.full_time_equivalents == 0 for each in staff),
        "nobody in a role": any(each.headcount == 0 for each in staff),
        "savings of years to come": any(each.year > 2021 for each in savings),
        "a year of the register without savings": any(
            {each.year for each in register.savings}.isdisjoint({year})
            for register in registers
            for year in range(2015, 2022)
        ),
        "savings not reported": any(each.savings_reported is None for each in savings),
        "savings below nothing": any((each.savings_reported or 0) < 0 for each in savings),
        "a position just below full time": any(each.position_pct == 99.5 for each in ends),
        "a position just below 80 percent": any(each.position_pct == 79.9 for each in ends),
    }
    assert [case for case, does in occurs.items() if not does] == []
