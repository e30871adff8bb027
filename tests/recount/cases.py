"""A referral beside its person and its exit, as they stand on the day of the build.

What is counted from cases is in oracle.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.recount.records import Exit, Participant, Referral, Register


@dataclass(frozen=True)
class Case:
    """A referral with its person and exit; a start after the day of the build is no start."""

    person: Participant
    referral: Referral
    started_on: date | None
    exit: Exit | None
    years: frozenset[int]
    """The years with a day on which the person was in the programme, day of exit included."""

    def active_after(self, day: date) -> bool:
        """Whether the person was in the programme when `day` was over."""
        if self.started_on is None or self.started_on > day:
            return False
        return self.exit is None or self.exit.exited_on > day


def cases_of(register: Register, as_of: date) -> list[Case]:
    """Return one case for each referral of the register, as they stand on the day `as_of`."""
    people = {person.participant_id: person for person in register.participants}
    exits = {each.referral_id: each for each in register.exits}
    cases = []
    for referral in register.referrals:
        started_on = referral.started_on
        if started_on is not None and started_on > as_of:
            started_on = None
        exit_ = exits.get(referral.referral_id)
        years: frozenset[int] = frozenset()
        if started_on is not None:
            years = years_between(started_on, exit_.exited_on if exit_ else as_of)
        person = people[referral.participant_id]
        cases.append(Case(person, referral, started_on, exit_, years))
    return cases


def years_between(first: date, last: date) -> frozenset[int]:
    """Walk from day to day and note the years; none when `last` comes before `first`."""
    days = range(first.toordinal(), last.toordinal() + 1)
    return frozenset(date.fromordinal(day).year for day in days)
