"""Random registers that are valid under the contract, section 2, but as awkward as real life.

The records are declared in records.py. What is counted from them is in oracle.py, and how they
are handed in as workbooks is in deliveries.py.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from assets.vocabulary import vocabulary
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


def random_build_day(seed: int, last_year: int) -> date:
    """Return a day of `last_year` to build on: its ends, the end of a month, or any day of it."""
    rng = random.Random(f"build day {seed}")
    ends = [date(last_year, month, monthrange(last_year, month)[1]) for month in range(1, 13)]
    any_day = date(last_year, 1, 1) + timedelta(days=rng.randrange(365))
    edges = (date(last_year, 1, 1), date(last_year, 12, 31), rng.choice(ends))
    return rng.choice([*edges, any_day, any_day])


def random_register(
    seed: int, people: int, first_year: int, last_year: int, as_of: date | None = None
) -> Register:
    """Return a register that is valid on the day `as_of` (default: `random_build_day`).

    The same arguments give the same register. Referrals lie between `first_year` (not before
    2001) and `as_of`. Some years between hold no event at all, some no planned exit.
    """
    return _Draw(seed, first_year, as_of or random_build_day(seed, last_year)).register(people)


class _Draw:
    """One random register in the making."""

    def __init__(self, seed: int, first_year: int, as_of: date) -> None:
        self.rng = random.Random(f"register {seed}")
        self.first_day = date(first_year, 1, 1)
        self.as_of = as_of
        inner = range(first_year + 1, as_of.year)
        self.quiet_years = set(self.rng.sample(inner, min(len(inner), self.rng.choice((0, 1, 2)))))
        years = range(first_year, as_of.year + 1)
        self.unplanned_years = {year for year in years if self.rng.random() < 0.2}
        self.made = Register()

    def register(self, people: int) -> Register:
        for number in range(people):
            self.person(number)
        for number in range(people // 8):
            self.transition_case(number)
        for number in range(people // 8):
            self.candidate(number)
        for number in range(people // 4):
            self.group_session()
            if number % 4 == 0:
                self.survey_wave(number)
        if people:
            self.staffing()
            self.savings()
        for records in vars(self.made).values():
            self.rng.shuffle(records)
        return self.made

    def code(self, name: str) -> str:
        return self.rng.choice(vocabulary().code_list(name).names)

    def maybe(self, name: str, share: float = 0.6) -> str | None:
        return self.code(name) if self.rng.random() < share else None

    def day(self, first: date, last: date) -> date | None:
        """A day from `first` to `last`, often an awkward one; None when all years are quiet."""
        for _ in range(20):
            day = first + timedelta(days=self.rng.randint(0, (last - first).days))
            if self.rng.random() < 0.5:
                month_end = day.replace(day=monthrange(day.year, day.month)[1])
                leap_year = day.year - day.year % 4
                awkward = [
                    first,
                    last,
                    month_end,
                    day.replace(day=1),
                    date(day.year, 1, 1),
                    date(day.year, 12, 31),
                    date(leap_year, 2, 29),
                ]
                day = self.rng.choice([each for each in awkward if first <= each <= last])
            if day.year not in self.quiet_years:
                return day
        return None

    def identifier(self, letter: str, number: int) -> str:
        """Identifiers that tempt a reader to make numbers of them, or to fold their case."""
        forms = (f"{1000 + number}", f"{letter}{number}", f"{letter.upper()}{number}")
        more = (f"00{number}", f"{number}e5", f"{letter}-{number}_Z", f"{letter * 30}{number}")
        return self.rng.choice([*forms, *forms, *more])

    def person(self, number: int) -> None:
        rng, made = self.rng, self.made
        # Identifiers keep their case: p7 and P7 are two persons, h7 and H7 two referrals.
        person_id = self.identifier("p", number)
        many = rng.choices((0, 1, 2, 3), (6, 68, 18, 8))[0]
        before = len(made.referrals)
        referral_id = self.identifier("h", 3 * number)
        for turn in range(many):
            self.referral(person_id, referral_id, made.referrals[before:])
            twin = referral_id.swapcase()
            next_id = self.identifier("h", 3 * number + turn + 1)
            referral_id = twin if turn == 0 and twin != referral_id else next_id
        born = self.birth_year([case.referred_on for case in made.referrals[before:]])
        made.participants.append(
            Participant(
                participant_id=person_id,
                birth_year=born,
                gender=rng.choices(("female", "male", "unknown"), (55, 40, 5))[0],
                country=rng.choice(self.countries()),
                norwegian_level=self.maybe("norwegian_level"),
                education=self.maybe("education"),
            )
        )
        if person_id.lower() == f"p{number}" and rng.random() < 0.3:
            twin = person_id.swapcase()
            made.participants.append(
                Participant(participant_id=twin, birth_year=born, gender="unknown", country="XX")
            )

    def birth_year(self, referred: Sequence[date]) -> int:
        """A year that gives ages at the edges of the bands, at 14 and at 100, and others."""
        first_year = min(referred, default=self.as_of).year
        age = self.rng.choice((24, 25, 34, 35, 44, 45, 54, 55, *(self.rng.randint(17, 70),) * 8))
        oldest = self.as_of.year - 100
        if self.rng.random() < 0.01:
            return self.rng.choice((oldest, first_year - 14))
        reached = self.rng.randint(first_year, min(first_year + 3, self.as_of.year))
        return max(oldest, reached - age)

    def countries(self) -> tuple[str, ...]:
        usual = ("SO", "SO", "SY", "SY", "ER", "ET", "IQ", "AF", "XX", "XK", "NA", "CD", "CG")
        return (*usual, "PS", "MM", "CI", "TR", "NO", self.code("country"), self.code("country"))

    def referral(self, person_id: str, referral_id: str, earlier: Sequence[Referral]) -> None:
        rng = self.rng
        referred_on = self.referred_on(earlier)
        if referred_on is None:
            return
        fate = rng.choices(
            ("planned", "dropout", "no_show", "active", "waiting", "future", "future_no_show"),
            (40, 12, 9, 27, 5, 5, 2),
        )[0]
        started_on, ended = None, None
        if fate in ("planned", "dropout", "active"):
            latest = min(self.as_of, referred_on + timedelta(days=rng.choice((0, 0, 60, 400))))
            started_on = self.day(referred_on, latest)
        elif fate.startswith("future"):
            started_on = self.as_of + timedelta(days=rng.choice((1, 1, 30, 400)))
        if fate in ("planned", "dropout") and started_on is not None:
            latest = min(self.as_of, started_on + timedelta(days=rng.choice((0, 200, 900, 2000))))
            ended = self.day(started_on, latest)
        elif fate.endswith("no_show"):
            ended = self.day(referred_on, self.as_of)
        referral = Referral(
            referral_id=referral_id,
            participant_id=person_id,
            referred_on=referred_on,
            source=self.code("referral_source"),
            benefit=self.code("benefit"),
            nav_office=self.maybe("nav_office", 0.8),
            target_group=self.maybe("target_group"),
            started_on=started_on,
        )
        self.made.referrals.append(referral)
        if ended is not None:
            kind = "no_show" if fate.endswith("no_show") else fate
            self.made.exits.append(self.exit(referral_id, ended, kind))
        self.activities(referral, ended)

    def referred_on(self, earlier: Sequence[Referral]) -> date | None:
        """For a person who was referred before: often the day or month of what came before."""
        if not earlier:
            return self.day(self.first_day, self.as_of)
        before = self.rng.choice(earlier)
        ends = [each for each in self.made.exits if each.referral_id == before.referral_id]
        how = self.rng.choice(("exit day", "exit day", "same day", "same month", "later", "any"))
        if how == "exit day" and ends:
            return ends[0].exited_on
        if how == "same day":
            return before.referred_on
        if how == "same month":
            month_end = monthrange(before.referred_on.year, before.referred_on.month)[1]
            return self.day(
                before.referred_on, min(self.as_of, before.referred_on.replace(day=month_end))
            )
        return self.day(before.referred_on if how == "later" else self.first_day, self.as_of)

    def exit(self, referral_id: str, exited_on: date, kind: str) -> Exit:
        if kind == "planned" and exited_on.year in self.unplanned_years:
            kind = "dropout"
        outcome = self.code("outcome") if kind == "planned" else None
        position = self.rng.choice((None, 100, 99.5, 80, 79.9, 37.5, 0.5, 50, 49.99, 66.67))
        return Exit(
            referral_id=referral_id,
            exited_on=exited_on,
            kind=kind,
            outcome=outcome,
            dropout_reason=self.code("dropout_reason") if kind == "dropout" else None,
            other_detail=self.maybe("other_detail") if outcome == "AN" else None,
            benefit_at_exit=self.maybe("benefit", 0.5),
            position_pct=position if outcome in ("A", "AD") else None,
            industry=self.maybe("industry", 0.3),
            wage_subsidy=self.maybe("yes_no_unknown", 0.3),
            employed_after_6m=self.maybe("yes_no_unknown"),
        )

    def activities(self, referral: Referral, ended: date | None) -> None:
        rng = self.rng
        keys = set()
        for _ in range(rng.choices((0, 1, 2, 4), (50, 25, 15, 10))[0]):
            first = rng.choice((referral.started_on or referral.referred_on, referral.referred_on))
            latest = self.as_of + timedelta(days=rng.choice((0, 0, 0, 90)))
            first = min(first, latest)
            started_on = self.day(first, max(first, rng.choice((ended or latest, latest))))
            if started_on is None:
                continue
            length = timedelta(days=rng.choice((0, 1, 30, 200, 800)))
            ended_on = rng.choice((None, None, started_on + length, started_on + length))
            key = (self.code("activity"), started_on)
            if key not in keys:
                keys.add(key)
                employer = rng.choice((None, None, "Ås bakeri AS", "Blomster & Bær", "007", "NA"))
                activity = Activity(
                    referral_id=referral.referral_id,
                    activity=key[0],
                    started_on=started_on,
                    ended_on=ended_on,
                    employer=employer,
                )
                self.made.activities.append(activity)

    def transition_case(self, number: int) -> None:
        opened_on = self.day(self.first_day, self.as_of)
        if opened_on is not None:
            referral_ids = [None, *(each.referral_id for each in self.made.referrals)]
            case = TransitionCase(
                case_id=self.identifier("s", number),
                opened_on=opened_on,
                outcome=self.code("transition_outcome"),
                referral_id=self.rng.choice((None, self.rng.choice(referral_ids))),
            )
            self.made.transition_cases.append(case)

    def candidate(self, number: int) -> None:
        """A candidate, who may be one in another project too, under the same identifier."""
        candidate_id = self.identifier("k", number)
        names = ["Broen til jobb", "Vår nye vei på Åsane", "2021"]
        for project in self.rng.sample(names, self.rng.choice((1, 1, 2))):
            started_on = self.day(
                self.first_day, self.as_of + timedelta(days=self.rng.choice((0, 30)))
            )
            if started_on is not None:
                candidate = PartnerProject(
                    project=project,
                    candidate_id=candidate_id,
                    gender=self.code("gender"),
                    origin=self.code("project_origin"),
                    started_on=started_on,
                    outcome=self.code("project_outcome"),
                )
                self.made.partner_projects.append(candidate)

    def group_session(self) -> None:
        """A session, often on a day when another group met too, or far from any other."""
        others = [each.held_on for each in self.made.group_sessions]
        first = self.first_day - timedelta(days=self.rng.choice((0, 0, 300)))
        held_on = self.rng.choice((*others[-2:], self.day(first, self.as_of)))
        session_group = self.code("session_group")
        taken = {(each.held_on, each.session_group) for each in self.made.group_sessions}
        if held_on is not None and (held_on, session_group) not in taken:
            registered = self.rng.choice((0, 0, 1, 12, self.rng.randint(0, 60), 1000))
            some = self.rng.randint(0, registered)
            session = GroupSession(
                held_on=held_on,
                session_group=session_group,
                registered=registered,
                attended=self.rng.choice((0, some, registered, min(1000, registered + 7))),
            )
            self.made.group_sessions.append(session)

    def survey_wave(self, number: int) -> None:
        names = ("Vår", "Høst 2021 –", "Etter start &", "20", "Undersøkelse nr.")
        sent_on = self.day(self.first_day, self.as_of)
        if sent_on is not None:
            invited = self.rng.choice((0, 1, 3, 87, self.rng.randint(0, 10_000), 10_000))
            wave = SurveyWave(
                wave=f"{self.rng.choice(names)} {number}".replace("20 ", "20"),
                sent_on=sent_on,
                invited=invited,
                answered=self.rng.choice((0, invited, self.rng.randint(0, invited))),
            )
            self.made.survey_waves.append(wave)

    def staffing(self) -> None:
        """Some roles in some years, before and after the register too; often no positions."""
        for year in self.years_around(0.8):
            roles = vocabulary().code_list("staff_role").names
            for role in self.rng.sample(roles, self.rng.choice((1, 3, len(roles), len(roles)))):
                headcount = self.rng.choice((0, 1, 2, 4, self.rng.randint(0, 1000)))
                positions = (None, 0, 0.2, float(headcount), round(headcount * 0.8, 2))
                row = Staffing(
                    year=year,
                    role=role,
                    headcount=headcount,
                    full_time_equivalents=self.rng.choice(positions),
                )
                self.made.staffing.append(row)

    def savings(self) -> None:
        amounts = (0, 2_500_000, 5_000_000, 1_234_567.5, 1_000_000_000, 999)
        for year in self.years_around(0.7):
            row = Savings(
                year=year,
                savings_target=self.rng.choice(amounts),
                savings_reported=self.rng.choice((None, None, -250_000, -12.25, *amounts)),
            )
            self.made.savings.append(row)

    def years_around(self, share: float) -> list[int]:
        """A share of the years from before the register to ten years after the day of the build."""
        first, last = max(2000, self.first_day.year - 3), self.as_of.year + 10
        usual = range(first, self.as_of.year + 3)
        years = [year for year in usual if self.rng.random() < share]
        return [*years, last] if self.rng.random() < 0.5 else years
