"""A register in memory: the records of the contract, section 2, typed and coded.

Where registers come from is in registers.py; what is counted from them is in oracle.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Participant:
    """One person. `country` is ISO 3166-1 alpha-2, XK or XX; other codes as in the code lists."""

    participant_id: str
    birth_year: int
    gender: str
    country: str
    norwegian_level: str | None = None
    education: str | None = None


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One referral of one participant; `started_on` may lie after the day of the build."""

    referral_id: str
    participant_id: str
    referred_on: date
    source: str
    benefit: str
    nav_office: str | None = None
    target_group: str | None = None
    started_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Exit:
    """The end of one referral; `position_pct` in percent."""

    referral_id: str
    exited_on: date
    kind: str
    outcome: str | None = None
    dropout_reason: str | None = None
    other_detail: str | None = None
    benefit_at_exit: str | None = None
    position_pct: float | None = None
    industry: str | None = None
    wage_subsidy: str | None = None
    employed_after_6m: str | None = None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One activity of one referral; without `ended_on` it lasts until the exit."""

    referral_id: str
    activity: str
    started_on: date
    ended_on: date | None = None
    employer: str | None = None


@dataclass(frozen=True, kw_only=True)
class TransitionCase:
    """One case of the transition counsellor."""

    case_id: str
    opened_on: date
    outcome: str
    referral_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PartnerProject:
    """One candidate of one project with a partner company."""

    project: str
    candidate_id: str
    gender: str
    origin: str
    started_on: date
    outcome: str = "none"


@dataclass(frozen=True, kw_only=True)
class GroupSession:
    """One session of one group; as many may have come as like, signed up or not."""

    held_on: date
    session_group: str
    registered: int
    attended: int


@dataclass(frozen=True, kw_only=True)
class SurveyWave:
    """One wave of a survey, under its own name."""

    wave: str
    sent_on: date
    invited: int
    answered: int


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """One role in one year, which may lie before or after the register."""

    year: int
    role: str
    headcount: int
    full_time_equivalents: float | None = None


@dataclass(frozen=True, kw_only=True)
class Savings:
    """The savings of one year in NOK, reported when they are known."""

    year: int
    savings_target: float
    savings_reported: float | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """An answer to a finding; other_key is "none" where it is empty."""

    rule: str
    key: str
    other_key: str
    decision: str
    decided_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Register:
    """All records, table by table. The field names are those of the tables of `records`."""

    participants: list[Participant] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    transition_cases: list[TransitionCase] = field(default_factory=list)
    partner_projects: list[PartnerProject] = field(default_factory=list)
    group_sessions: list[GroupSession] = field(default_factory=list)
    survey_waves: list[SurveyWave] = field(default_factory=list)
    staffing: list[Staffing] = field(default_factory=list)
    savings: list[Savings] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


KINDS = {
    "participants": Participant,
    "referrals": Referral,
    "exits": Exit,
    "activities": Activity,
    "transition_cases": TransitionCase,
    "partner_projects": PartnerProject,
    "group_sessions": GroupSession,
    "survey_waves": SurveyWave,
    "staffing": Staffing,
    "savings": Savings,
    "decisions": Decision,
}
"""Table of `records` -> what one of its rows is."""
