"""Registers that change after they were published: sequences of steps, each published in turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from tests.recount.records import Register
from tests.recount.registers import random_register

Steps = Sequence[tuple[Register, date]]
"""A register on the last day of a year, again and again."""

LAST_DAY = date(2021, 12, 31)


def forgotten(register: Register, persons: Collection[str]) -> Register:
    """Return the register without some persons and everything about them."""
    gone = {one.referral_id for one in register.referrals if one.participant_id in persons}
    return replace(
        _without(register, gone),
        participants=[one for one in register.participants if one.participant_id not in persons],
    )


def _without(register: Register, gone: Collection[str]) -> Register:
    """Return the register without some referrals; cases of them no longer point to a referral."""
    return replace(
        register,
        referrals=[one for one in register.referrals if one.referral_id not in gone],
        exits=[one for one in register.exits if one.referral_id not in gone],
        activities=[one for one in register.activities if one.referral_id not in gone],
        transition_cases=[
            replace(one, referral_id=None) if one.referral_id in gone else one
            for one in register.transition_cases
        ],
    )


def as_it_was(register: Register, day: date) -> Register:
    """Return the register as it was on an earlier day."""
    later = {one.referral_id for one in register.referrals if one.referred_on > day}
    kept = _without(register, later)
    return replace(
        kept,
        exits=[one for one in kept.exits if one.exited_on <= day],
        activities=[one for one in kept.activities if one.started_on <= day],
        transition_cases=[one for one in kept.transition_cases if one.opened_on <= day],
        partner_projects=[one for one in kept.partner_projects if one.started_on <= day],
        group_sessions=[one for one in kept.group_sessions if one.held_on <= day],
        survey_waves=[one for one in kept.survey_waves if one.sent_on <= day],
    )


def offices_then_forgotten() -> Steps:
    """The NAV office of five referrals is corrected; later one participant is forgotten."""
    first = random_register(51, 400, 2020, 2021, LAST_DAY)
    known = [one for one in first.referrals if one.nav_office == "arstad"][:5]
    moved = {one.referral_id for one in known}
    referrals = [
        replace(one, nav_office="bergenhus") if one.referral_id in moved else one
        for one in first.referrals
    ]
    corrected = replace(first, referrals=referrals)
    someone = next(one.participant_id for one in referrals if one.started_on is not None)
    return [(one, LAST_DAY) for one in (first, corrected, forgotten(corrected, {someone}))]


def late_registrations() -> Steps:
    """Three starts of 2020 are registered after 2020 was published; then 2021 is counted."""
    whole = random_register(52, 300, 2019, 2021, LAST_DAY)
    late = [
        one.referral_id
        for one in whole.referrals
        if one.started_on is not None and one.started_on.year == 2020
    ][:3]
    end = date(2020, 12, 31)
    before = as_it_was(_without(whole, set(late)), end)
    return [(before, end), (as_it_was(whole, end), end), (whole, LAST_DAY)]


def few_participants() -> Steps:
    """There are 28 participants in one year, and one is forgotten."""
    register = _of_one_gender(random_register(53, 28, 2021, 2021, LAST_DAY), women=14)
    return _and_forgotten(register)


def one_woman() -> Steps:
    """There are sixty participants in two years, and one is a woman."""
    return _and_forgotten(_of_one_gender(random_register(54, 60, 2020, 2021, LAST_DAY), women=1))


def twelve_people() -> Steps:
    """There are twelve people in three years."""
    return _and_forgotten(random_register(55, 12, 2019, 2021, LAST_DAY))


def growing_chain() -> Steps:
    """Four times more people turn out to belong to the same two years."""
    whole = random_register(56, 500, 2020, 2021, LAST_DAY)
    persons = sorted(one.participant_id for one in whole.participants)
    cuts = [len(persons) * share // 100 for share in (85, 90, 95, 100)]
    return [(forgotten(whole, set(persons[cut:])), LAST_DAY) for cut in cuts]


def _of_one_gender(register: Register, women: int) -> Register:
    """Return the register with this many women, and otherwise men."""
    people = [
        replace(one, gender="female" if number < women else "male")
        for number, one in enumerate(register.participants)
    ]
    return replace(register, participants=people)


def _and_forgotten(register: Register) -> Steps:
    someone = next(one.participant_id for one in register.referrals if one.started_on is not None)
    return [(register, LAST_DAY), (forgotten(register, {someone}), LAST_DAY)]


SEQUENCES: Mapping[str, Callable[[], Steps]] = {
    "offices, then one forgotten": offices_then_forgotten,
    "late registrations": late_registrations,
    "28 participants": few_participants,
    "one woman": one_woman,
    "twelve people": twelve_people,
    "a growing chain": growing_chain,
}
