"""Persons and their referrals, from referral to exit, with the numbers of plan.py.

Their activities in the programme are in activities.py. All random numbers come from the generator
passed in, so that a seed always gives the same register.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.generator import plan
from data.generator.plan import Year

GENDERS = ("female", "male")
HOLIDAYS = {
    *(date(year, month, day) for year in (2019, 2020, 2021) for month, day in ((1, 1), (5, 17))),
    *(date(year, 12, day) for year in (2019, 2020, 2021) for day in (24, 25, 28, 29, 30, 31)),
    *(date(2020, 4, day) for day in (9, 10, 13)),
    *(date(2021, 4, day) for day in (1, 2, 5)),
    *(date(2020, 5, day) for day in (1, 21)),
    *(date(2021, 5, day) for day in (13, 24)),
    date(2020, 6, 1),
}


@dataclass(eq=False)
class Person:
    """One participant, as in the sheet Deltakere, without the identifier."""

    gender: str
    country: str = ""
    birth_year: int = 0
    norwegian_level: str | None = None
    education: str | None = None


@dataclass(eq=False)
class Case:
    """One referral and its exit, as in Henvisninger and Avslutninger, without the identifiers."""

    person: Person
    referred_on: date
    source: str
    nav_office: str | None
    benefit: str
    target_group: str | None
    started_on: date | None = None
    exited_on: date | None = None
    kind: str | None = None
    outcome: str | None = None
    dropout_reason: str | None = None
    other_detail: str | None = None
    benefit_at_exit: str | None = None
    position_pct: float | None = None
    industry: str | None = None
    wage_subsidy: str | None = None
    employed_after_6m: str | None = None

    def in_year(self, year: int) -> bool:
        """Return whether this referral makes its person a participant of the year."""
        if self.kind == "no_show":
            return self.exited_on is not None and self.exited_on.year == year
        started = self.started_on is not None and self.started_on.year <= year
        return started and (self.exited_on is None or self.exited_on.year >= year)


def workday(rng: Random, first: date, last: date, months: dict[int, float] | None = None) -> date:
    """Draw a working day from `first` to `last`; `months` gives the weight of a month if not 1."""
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = [day for day in span if day.weekday() < 5 and day not in HOLIDAYS]
    if not days:
        raise ValueError(f"no working day from {first} to {last}")
    return rng.choices(days, [(months or {}).get(day.month, 1.0) for day in days])[0]


def cases(rng: Random) -> list[Case]:
    """Return every referral of 2019 to 2021 with its exit, in the order of the referral dates."""
    found: list[Case] = []
    for year in plan.YEARS:
        found += _referrals(rng, year)
        _leave(rng, year, [c for c in found if c.started_on and c.kind is None])
    found.sort(key=lambda case: case.referred_on)
    _keep_transfers(rng, found)
    _refer_again(rng, found)
    _describe_persons(rng, found)
    return found


def spread(rng: Random, counts: dict[str, int]) -> list[str]:
    """Return each value as many times as `counts` gives, in random order."""
    values = [value for value, count in counts.items() for _ in range(count)]
    rng.shuffle(values)
    return values


def weighted(rng: Random, weights: dict[str, int]) -> str:
    """Draw one value by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def _referrals(rng: Random, year: Year) -> list[Case]:
    fates = [
        (gender, fate)
        for i, gender in enumerate(GENDERS)
        for fate, count in (
            ("no_show", year.no_shows[i]),
            ("starts_next_year", year.starts_next_year[i]),
            ("starts", year.referred[i] - year.no_shows[i] - year.starts_next_year[i]),
        )
        for _ in range(count)
    ]
    rng.shuffle(fates)
    benefits = spread(rng, year.benefits)
    sources = _sources(rng, year, benefits)
    return [
        _referral(rng, year, gender, fate, benefit, source)
        for (gender, fate), benefit, source in zip(fates, benefits, sources, strict=True)
    ]


def _sources(rng: Random, year: Year, benefits: Sequence[str]) -> list[str]:
    # Ny Sjanse is for people in the qualification programme, so assign its referrals to them first.
    order = sorted(range(len(benefits)), key=lambda i: (benefits[i] != "kvp", rng.random()))
    sources = sorted(spread(rng, year.sources), key=lambda source: source != "ny_sjanse")
    return [source for _, source in sorted(zip(order, sources, strict=True))]


def _referral(rng: Random, year: Year, gender: str, fate: str, benefit: str, source: str) -> Case:
    december = date(year.year, 12, 1), date(year.year, 12, 18)
    window = (year.first_referral, date(year.year, 11, 27))
    case = Case(
        person=Person(gender),
        referred_on=workday(
            rng, *(december if fate == "starts_next_year" else window), year.months
        ),
        source=source,
        nav_office=None if rng.random() < 0.03 else weighted(rng, year.offices),
        benefit=benefit,
        target_group=_target_group(rng, source, benefit),
    )
    soon, late = case.referred_on + timedelta(days=7), case.referred_on + timedelta(days=42)
    last = date(year.year, 12, 18)
    if fate == "starts":
        case.started_on = workday(rng, soon, min(late, last), year.months)
    elif fate == "no_show":
        case.kind = "no_show"
        case.exited_on = workday(rng, soon, min(late, last))
    elif year.year < plan.YEARS[-1].year:
        case.started_on = workday(rng, date(year.year + 1, 1, 4), date(year.year + 1, 1, 22))
    return case


def _target_group(rng: Random, source: str, benefit: str) -> str | None:
    if rng.random() < 0.06:
        return None
    if source == "transition":
        return "2"
    return rng.choices("123", (85, 15, 0) if benefit == "kvp" else (0, 30, 70))[0]


# --- Leaving ----------------------------------------------------------------------------


def _leave(rng: Random, year: Year, active: Sequence[Case]) -> None:
    details = spread(rng, year.other_details)
    for i, gender in enumerate(GENDERS):
        exits = spread(rng, {outcome: pair[i] for outcome, pair in year.planned_exits.items()})
        reasons = spread(rng, {reason: pair[i] for reason, pair in year.dropouts.items()})
        end = date(year.year, 12, 31)
        pool = [
            case
            for case in active
            if case.person.gender == gender
            and case.started_on
            and (end - case.started_on).days > 120
        ]
        leavers = _longest_first(rng, pool, end, len(exits) + len(reasons))
        rng.shuffle(leavers)
        for case, outcome in zip(leavers[: len(exits)], exits, strict=True):
            _planned_exit(rng, year, case, outcome)
            case.other_detail = details.pop() if outcome == "AN" else None
        for case, reason in zip(leavers[len(exits) :], reasons, strict=True):
            case.kind, case.dropout_reason = "dropout", reason
            case.exited_on = _exit_day(rng, year, case, 20)
    if year.year == plan.YEARS[-1].year:
        _settle_aap_benefits(rng, [c for c in active if c.outcome == "AP"])


def _longest_first(rng: Random, pool: Iterable[Case], end: date, count: int) -> list[Case]:
    """Draw `count` cases without replacement; the longer a case has lasted, the likelier it is."""

    def draw(case: Case) -> float:
        days = (end - (case.started_on or end)).days
        return rng.expovariate(1.0) / math.pow(days, 1.4)

    return sorted(pool, key=draw)[:count]


def _exit_day(rng: Random, year: Year, case: Case, minimum_days: int) -> date:
    earliest = (case.started_on or year.first_referral) + timedelta(days=minimum_days)
    return workday(rng, max(earliest, date(year.year, 1, 4)), date(year.year, 12, 22), year.months)


def _planned_exit(rng: Random, year: Year, case: Case, outcome: str) -> None:
    work = outcome in ("A", "AD")
    case.kind, case.outcome = "planned", outcome
    case.exited_on = _exit_day(rng, year, case, 45 if work else 90)
    if rng.random() < 0.9:
        others = [benefit for benefit in plan.BENEFIT_CHANGES if benefit != case.benefit]
        is_changed = rng.random() < plan.BENEFIT_CHANGES[case.benefit]
        case.benefit_at_exit = others[0] if is_changed else case.benefit
    if outcome == "A":
        case.position_pct = rng.choices((100, 80, 90, None), (78, 12, 6, 4))[0]
    elif outcome == "AD":
        case.position_pct = rng.choices((60, 50, 70, 40, 75, 62.5, None), (4, 4, 3, 2, 2, 1, 1))[0]
    if work:
        case.industry = weighted(rng, plan.INDUSTRIES)
        case.wage_subsidy = rng.choices(("yes", "no", "unknown", None), (28, 62, 4, 6))[0]
        # The follow-up is half a year later; for the exits of autumn 2021 it has not happened yet.
        if case.exited_on <= date(2021, 6, 30):
            case.employed_after_6m = rng.choices(("yes", "no", "unknown"), (80, 13, 7))[0]


def _settle_aap_benefits(rng: Random, leavers: list[Case]) -> None:
    # The main income may change in the programme, and the report counts the one at exit.
    leavers.sort(key=lambda case: (case.benefit != "social_assistance", case.referred_on))
    wanted = [b for b, count in plan.AAP_BENEFITS_2021.items() for _ in range(count)]
    for case, benefit in zip(leavers, wanted, strict=True):
        unchanged = case.benefit == benefit
        case.benefit_at_exit = None if unchanged and rng.random() < 0.15 else benefit


# --- Persons ----------------------------------------------------------------------------


def _keep_transfers(rng: Random, found: Sequence[Case]) -> None:
    """Let the direct transfers of 2020 be persons who stay: all who started so are still there."""
    came = [case for case in found if case.source == "transition"]
    stayed = [
        case
        for case in found
        if case.source == "nav_local"
        and case.exited_on is None
        and case.started_on
        and date(2020, 2, 1) <= case.referred_on <= date(2020, 10, 29)
    ]
    for old, new in zip(came, rng.sample(stayed, len(came)), strict=True):
        old.source, new.source = new.source, old.source
        old.target_group, new.target_group = new.target_group, old.target_group


def _refer_again(rng: Random, found: Sequence[Case]) -> None:
    """Assign a few new referrals to persons who left or did not show up the year before.

    One person who left in the spring of 2021 is back that autumn, and another one waits for a new
    start at the end of that year.
    """
    waiting = [c for c in found if c.started_on is None and c.kind is None]
    left = [c for c in found if c.outcome == "AN" and c.exited_on and c.exited_on.year == 2021]
    pairs = [(old, new) for old in left for new in waiting if _fits(old, new)][:1]
    for year, next_year, count in plan.REFERRED_AGAIN:
        gone = [
            c
            for c in found
            if c.kind in ("dropout", "no_show") and c.exited_on and c.exited_on.year == year
        ]
        new = [c for c in found if c.referred_on.year == next_year and c.kind != "no_show"]
        used: set[Case] = set()
        for old in rng.sample(gone, count):
            again = next(c for c in new if _fits(old, c) and c not in used and c not in waiting)
            used.add(again)
            pairs.append((old, again))
    taken = {case for pair in pairs for case in pair}
    pairs.append(
        next(
            (old, again)
            for old in found
            for again in found
            if old.outcome in ("SU", "AN", "AD")
            and old.exited_on
            and date(2021, 1, 1) <= old.exited_on <= plan.RETURN_2021
            and again.started_on
            and again.exited_on is None
            and _fits(old, again)
            and not {old, again} & taken
        )
    )
    for old, again in pairs:
        again.person = old.person


def _fits(old: Case, new: Case) -> bool:
    later = old.exited_on is not None and new.referred_on > old.exited_on + timedelta(days=90)
    return later and new.person.gender == old.person.gender


def _describe_persons(rng: Random, found: Sequence[Case]) -> None:
    persons = list(dict.fromkeys(case.person for case in found))
    of_2019 = list(dict.fromkeys(c.person for c in found if c.in_year(2019)))
    of_2021 = list(dict.fromkeys(c.person for c in found if c.in_year(2021)))
    for person, country in zip(of_2019, spread(rng, plan.COUNTRIES_2019), strict=True):
        person.country = country
    left = dict(plan.COUNTRIES_2021)
    for person in of_2021:
        if person.country:
            left[person.country] -= 1
    newcomers = [person for person in of_2021 if not person.country]
    for person, country in zip(newcomers, spread(rng, left), strict=True):
        person.country = country
    for person in persons:
        if not person.country:
            person.country = weighted(rng, plan.COUNTRIES_2021)
        youngest, oldest = plan.AGE_2021
        person.birth_year = 2021 - round(rng.triangular(youngest + 1, oldest - 1, 36))
        _describe_schooling(rng, person)
    stayed = [c.person for c in found if c.started_on and c.exited_on is None]
    for person, age in zip(rng.sample(stayed, 2), plan.AGE_2021, strict=True):
        person.birth_year = 2021 - age


def _describe_schooling(rng: Random, person: Person) -> None:
    schooled = person.country in ("SY", "IR", "TR", "PL", "PH", "RU", "BR", "LK", "NG", "PS")
    weights = (8, 40, 30, 22) if schooled else (24, 52, 18, 6)
    school = rng.choices(range(4), weights)[0]
    level = rng.choices(range(5), ((28, 42, 27, 3, 0), (8, 36, 46, 10, 0))[school > 0])[0]
    if school == 3 and rng.random() < 0.5:
        level = min(level + 1, 4)
    if rng.random() > 0.05:
        person.education = ("none", "primary", "upper_secondary", "higher")[school]
    if rng.random() > 0.04:
        person.norwegian_level = ("below_a1", "a1", "a2", "b1", "b2")[level]
