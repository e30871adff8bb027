"""The numbers that the demo register is made to reach; people.py makes the persons.

The figures of 2019 and 2021 are printed in the annual reports
(assets/reference/printed_figures.csv). Those of 2020 are made up, chosen so that 2021 begins with
the 135 persons that its report implies. Pairs are (women, men).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

Pair = tuple[int, int]


@dataclass(frozen=True)
class Year:
    """One year of the register: the numbers of referrals, starts and exits, by kind."""

    year: int
    first_referral: date
    referred: Pair
    no_shows: Pair
    starts_next_year: Pair
    """Referred in December; for those of 2021, the register has no start yet."""
    benefits: dict[str, int]
    sources: dict[str, int]
    offices: dict[str, int]
    """Weights, not counts."""
    months: dict[int, float]
    """Weights of the months, if not 1: holidays, and the closed spring of 2020."""
    planned_exits: dict[str, Pair] = field(default_factory=dict)
    dropouts: dict[str, Pair] = field(default_factory=dict)
    other_details: dict[str, int] = field(default_factory=dict)


YEARS = (
    Year(
        year=2019,
        first_referral=date(2019, 8, 5),
        referred=(35, 17),
        no_shows=(4, 3),
        starts_next_year=(0, 0),
        benefits={"social_assistance": 23, "kvp": 29},
        sources={"nav_local": 24, "ny_sjanse": 28},
        offices={
            "arstad": 72,
            "bergenhus": 10,
            "fana_ytrebygda": 7,
            "fyllingsdalen_laksevag": 7,
            "asane_arna": 4,
        },
        months={8: 1.3, 12: 0.4},
    ),
    Year(
        year=2020,
        first_referral=date(2020, 1, 6),
        referred=(72, 57),
        no_shows=(2, 3),
        starts_next_year=(2, 2),
        benefits={"social_assistance": 62, "kvp": 67},
        sources={"nav_local": 103, "ny_sjanse": 21, "transition": 2, "other": 3},
        offices={
            "arstad": 40,
            "bergenhus": 18,
            "fana_ytrebygda": 13,
            "fyllingsdalen_laksevag": 17,
            "asane_arna": 12,
        },
        months={3: 0.6, 4: 0.15, 5: 0.5, 7: 0.25, 12: 0.5},
        planned_exits={
            "A": (2, 4),
            "AD": (2, 1),
            "UT": (1, 1),
            "AS": (0, 1),
            "AP": (3, 1),
            "SU": (1, 0),
            "SH": (1, 0),
            "UF": (1, 0),
            "FF": (1, 0),
            "FP": (1, 0),
            "AN": (0, 1),
        },
        dropouts={
            "moved_abroad": (1, 1),
            "moved_within_norway": (1, 1),
            "health": (2, 0),
            "unavailable": (1, 0),
            "declined": (0, 1),
        },
        other_details={"state_benefit": 1},
    ),
    Year(
        year=2021,
        first_referral=date(2021, 1, 4),
        referred=(60, 38),
        no_shows=(2, 1),
        starts_next_year=(4, 2),
        benefits={"social_assistance": 45, "kvp": 53},
        sources={"nav_local": 98},
        offices={
            "arstad": 34,
            "bergenhus": 19,
            "fana_ytrebygda": 14,
            "fyllingsdalen_laksevag": 19,
            "asane_arna": 14,
        },
        months={7: 0.3, 12: 0.5},
        planned_exits={
            "A": (10, 21),
            "AD": (9, 4),
            "UT": (3, 4),
            "AP": (14, 10),
            "SU": (5, 1),
            "FP": (5, 0),
            "AN": (9, 7),
        },
        dropouts={
            "moved_abroad": (4, 4),
            "moved_within_norway": (0, 1),
            "institution": (0, 1),
            "health": (2, 1),
            "labour_market_course": (0, 1),
            "unavailable": (1, 1),
            "declined": (1, 0),
        },
        other_details={
            "long_measure_no_bank_id_language_age": 5,
            "care_duties_or_not_seeking_work": 2,
            "institution": 1,
            "state_benefit": 1,
            "primary_school": 3,
            "long_term_sick": 2,
            "kvp_counsellor_takes_over": 2,
        },
    ),
)

AAP_BENEFITS_2021 = {"social_assistance": 14, "kvp": 10}
"""Main income of the 24 persons who left for work assessment allowance in 2021."""

ACTIVITIES_2019 = {
    "paid_work": 6,
    "work_training": 18,
    "computer_course": 1,
    "nora_programme": 20,
}
"""The main activity of each of the 45 persons of 2019 at the end of the year."""

ALSO_IN_2019 = {"norwegian_training": 11, "nora_programme": 9}
"""Persons with a further activity that autumn, below their main one."""

BENEFIT_CHANGES = {"social_assistance": 0.3, "kvp": 0.08}
"""The probability that a person who leaves has come over to the other benefit by then."""

ADULT_EDUCATION_2021 = 8
MENTOR_LED_TO_HIRE_2021 = 2

AGE_2021 = (21, 65)
"""Youngest and oldest participant of 2021."""

COUNTRIES_2019 = {
    "SO": 13,
    "SY": 9,
    "ET": 7,
    "IQ": 5,
    "ER": 4,
    "AF": 3,
    "SD": 2,
    "IR": 2,
    "CD": 2,
    "TR": 1,
    "TH": 1,
    "MA": 1,
    "RU": 1,
    "VN": 1,
}
"""The 52 participants of 2019. The order of the first four is printed, the counts are not."""

COUNTRIES_2021 = {
    "SO": 52,
    "SY": 43,
    "ER": 33,
    "IQ": 16,
    "ET": 16,
    "AF": 15,
    "SD": 12,
    "IR": 8,
    "CD": 6,
    "TR": 5,
    "MM": 4,
    "TH": 3,
    "PL": 3,
    "MA": 2,
    "PH": 2,
    "PS": 2,
    "VN": 2,
    "XX": 2,
    "RU": 1,
    "BR": 1,
    "LK": 1,
    "NG": 1,
}
"""The 230 participants of 2021. The order of the first three is printed, the counts are not."""

INDUSTRIES = {
    "health_social": 26,
    "kindergarten": 15,
    "after_school": 6,
    "retail": 14,
    "cleaning": 16,
    "transport": 10,
    "hotel_restaurant": 10,
    "other": 5,
}
"""Weights: the report names these industries in this order and prints no counts."""

TRANSITION_CASES = {
    2020: {"started_nora": 2, "other_benefit": 2, "introduction_extended": 4, "advice_only": 5},
    2021: {"started_nora": 11, "other_benefit": 1, "introduction_extended": 3, "advice_only": 6},
}
"""The 13 who started are all there at the end of 2021, as the report prints."""

PARTNER_PROJECT = "Broen til jobb"
PARTNER_CANDIDATES_2021 = {
    "gender": {"female": 2, "male": 9},
    "origin": {"nav_alver": 3, "nora": 2, "introduction_centre": 6},
    "outcome": {"job_at_partner": 2, "job_elsewhere": 3, "education": 1, "none": 5},
}

REFERRED_AGAIN = ((2019, 2020, 2), (2020, 2021, 4))
"""(year of leaving or not showing up, year of the new referral, persons)."""

RETURN_2021 = date(2021, 5, 31)
"""One person left as planned by this day, and started again in the same year: so the 135 of
January, the 93 who started and the 3 no-shows are 230 persons, and 109 are active at the end."""


# --- Records that are not about a person ------------------------------------------------


@dataclass(frozen=True)
class Group:
    """The sessions of a group in a part of a year."""

    name: str
    days: tuple[date, ...]
    registered: tuple[int, int]
    """The fewest and the most who sign up, at most the number of persons in the programme."""
    turnout: float = 0.8
    """The probability that a person who has signed up comes."""
    open_door: bool = True
    """Whether persons may come without signing up; False if the number of seats is limited."""


def _weekly(weekdays: tuple[int, ...], first: date, last: date) -> tuple[date, ...]:
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in span if day.weekday() in weekdays)


MON, TUE, WED, THU, FRI = range(5)
_AUTUMN_2019 = date(2019, 9, 3), date(2019, 12, 13)
_WINTER_2020 = date(2020, 1, 13), date(2020, 3, 11)
_SPRING_2020 = date(2020, 5, 11), date(2020, 6, 19)
_AUTUMN_2020 = date(2020, 8, 24), date(2020, 12, 11)
_DIGITAL_2021 = date(2021, 1, 12), date(2021, 4, 29)
_SPRING_2021 = date(2021, 5, 3), date(2021, 6, 18)
_AUTUMN_2021 = date(2021, 8, 23), date(2021, 12, 17)

_FIRST_OF_2019 = _weekly((THU,), date(2019, 9, 5), date(2019, 10, 24))
_REST_OF_2019 = _weekly((THU,), date(2019, 10, 31), date(2019, 12, 12))
_INTRODUCTION_DAYS = (
    *(date(2019, 9, 2), date(2019, 10, 7), date(2019, 11, 4), date(2019, 12, 2)),
    *(date(2020, 1, 20), date(2020, 2, 3), date(2020, 3, 2), date(2020, 8, 31)),
)
_THEME_DAYS_2021 = date(2021, 10, 13), date(2021, 11, 17)
_ROAD_TO_WORK = (
    # A theme day replaces one of the two groups of its day.
    *(d for d in _weekly((TUE, WED, FRI), *_AUTUMN_2021) if d not in _THEME_DAYS_2021),
)

# Group sizes on a screen, and in a room with two metres between all persons.
_FEW, _APART = (4, 8), (5, 9)

GROUPS = (
    Group("introduction_day", _INTRODUCTION_DAYS, (5, 11)),
    Group("theme_day", (date(2019, 12, 11), date(2020, 2, 12)), (18, 28), 0.85),
    # Autumn 2019: the weeks as the report describes them, and its 15 trips.
    Group("working_life", _weekly((TUE, THU), *_AUTUMN_2019), (7, 13)),
    Group("health_and_work", _FIRST_OF_2019, (6, 8)),
    Group("health_and_work", _REST_OF_2019, (14, 18)),
    Group("walk_and_talk", _weekly((FRI,), *_AUTUMN_2019), (6, 14)),
    Group("personal_finance", _weekly((WED,), date(2019, 11, 6), _AUTUMN_2019[1]), (8, 13)),
    # As many persons as there are computers; they travel there together.
    Group(
        "computer_workshop", _weekly((TUE,), date(2019, 10, 8), _AUTUMN_2019[1]), (6, 6), 1, False
    ),
    # 2020, made up.
    Group("working_life", _weekly((TUE, THU), *_WINTER_2020), (10, 17)),
    Group("health_and_work", _weekly((THU,), *_WINTER_2020), (10, 16)),
    Group("walk_and_talk", _weekly((FRI,), *_WINTER_2020), (7, 14)),
    Group("personal_finance", _weekly((WED,), *_WINTER_2020), (8, 14)),
    Group("computer_workshop", _weekly((MON, TUE), *_WINTER_2020), (8, 12), 0.85, False),
    Group("walk_and_talk", _weekly((TUE, FRI), *_SPRING_2020), _APART, 0.75, False),
    Group("working_life", _weekly((TUE, THU), *_AUTUMN_2020), _APART, 0.8, False),
    Group("job_seeking", _weekly((MON, WED), *_AUTUMN_2020), _APART, 0.8, False),
    Group("health_and_work", _weekly((THU,), *_AUTUMN_2020), _APART, 0.75, False),
    Group("walk_and_talk", _weekly((FRI,), *_AUTUMN_2020), (7, 13), 0.75, False),
    # 2021: two subjects on a screen, then small rooms, and from August two groups every day.
    Group("everyday_life", _weekly((TUE, WED, THU), *_DIGITAL_2021), _FEW, 0.85, False),
    Group("working_life", _weekly((TUE, WED, THU), *_DIGITAL_2021), _FEW, 0.85, False),
    Group("everyday_life", _weekly((MON, WED), *_SPRING_2021), _APART, 0.8, False),
    Group("job_seeking", _weekly((TUE, THU), *_SPRING_2021), _APART, 0.8, False),
    Group("walk_and_talk", _weekly((FRI,), *_SPRING_2021), (6, 12), 0.75, False),
    Group("job_seeking", _weekly((MON, WED), *_AUTUMN_2021), (9, 16)),
    Group("working_life", _weekly((MON, THU), *_AUTUMN_2021), (10, 17)),
    Group("everyday_life", _weekly((TUE, THU), *_AUTUMN_2021), (10, 18)),
    Group("road_to_work", _ROAD_TO_WORK, (8, 15)),
    Group("walk_and_talk", _weekly((FRI,), *_AUTUMN_2021), (8, 16), 0.75),
    Group("theme_day", _THEME_DAYS_2021, (22, 34), 0.85),
)
"""Sessions on holidays, or on days when all groups were closed, are not held."""

NO_GROUPS = date(2021, 9, 20), date(2021, 9, 27)
"""The first and last day of the week in which the groups were closed."""

SURVEYS = {
    "Oktober 2019": (date(2019, 10, 14), 0.73),
    "Desember 2019": (date(2019, 12, 2), 0.69),
    "Februar 2020": (date(2020, 2, 10), 0.57),
    "Oktober 2020": (date(2020, 10, 12), 0.38),
    "Februar/mars 2021": (date(2021, 2, 15), 0.19),
    "Mai/juni 2021": (date(2021, 5, 18), 0.15),
}
"""The day the survey was sent out, to all persons in the programme, and the share who answered."""

STAFF: dict[int, dict[str, tuple[int, float | None]]] = {
    2019: {
        "department_head": (1, 1.0),
        "team_coordinator": (2, 2.0),
        "counsellor": (10, 10.0),
        "counsellor_part_time": (1, 0.2),
    },
    2020: {
        "department_head": (1, 1.0),
        "team_coordinator": (2, 2.0),
        "counsellor": (10, 10.0),
        "counsellor_part_time": (1, 0.6),
        "hr": (1, 0.5),
        "student_spring": (2, None),
        "student_autumn": (2, None),
    },
    2021: {
        "department_head": (1, 1.0),
        "team_coordinator": (2, 2.0),
        "counsellor": (10, 10.0),
        "hr": (1, 0.5),
        "student_spring": (4, None),
        "student_autumn": (4, None),
    },
}
"""Persons and full-time equivalents. The persons of 2019 and 2021 are printed; HR is shared."""

SAVINGS: dict[int, tuple[int, int | None]] = {
    2019: (2_500_000, 2_500_000),
    2020: (5_000_000, 4_820_000),
    2021: (5_000_000, None),
}
"""Target and reported saving, in NOK; all targets were set in the first year."""
