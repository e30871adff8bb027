"""What sets a row aside: a clean inbox with some cells changed, and the error that must come.

The clean rows are those of tests/unit/raw_tables.py. An error code, a reference or a rule of
assets/records/rules.py without an entry here fails the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.unit.raw_tables import CLEAN

Cells = dict[str, Any]

NEXT_YEAR = "1.1.2022"
_EMPTY: Cells = dict.fromkeys(CLEAN["exits"])
_ENDED = _EMPTY | {"referral_id": "r1", "exited_on": "1.6.2021"}
_PLANNED = _ENDED | {"kind": "Planmessig", "outcome": "UT"}
_DROPOUT = _ENDED | {"kind": "Droppet ut", "dropout_reason": "Helse"}
_NO_SHOW = _ENDED | {"kind": "Ikke møtt"}
_NOT_STARTED = {"started_on": None}


@dataclass(frozen=True)
class Mutation:
    """Cells changed in the clean row of some tables, and the one error that must come.

    With `again`, the changed row stands beside the clean one, and both are at fault.
    """

    table: str
    field: str
    code: str
    changed: dict[str, Cells]
    again: bool = False


def _in(table: str, field: str, code: str, /, **cells: Any) -> Mutation:
    return Mutation(table, field, code, {table: cells})


MUTATIONS = [
    # what a cell holds
    _in("participants", "participant_id", "missing_value", participant_id=None),
    _in("participants", "gender", "missing_value", gender=None),
    _in("referrals", "source", "missing_value", source=None),
    _in("activities", "started_on", "missing_value", started_on=None),
    _in("participants", "participant_id", "bad_id", participant_id="p 1"),
    _in("referrals", "referred_on", "bad_date", referred_on="i fjor"),
    _in("exits", "exited_on", "bad_date", exited_on="31.11.2021"),
    _in("participants", "birth_year", "bad_number", birth_year="ca. 1985"),
    _in("exits", "position_pct", "bad_number", position_pct="hel"),
    _in("exits", "outcome", "bad_code", outcome="Arbeid deltit"),
    _in("participants", "country", "bad_code", country="Somlia"),
    _in("referrals", "target_group", "bad_code", target_group="4"),
    _in("participants", "deletes", "bad_code", deletes="kanskje"),
    _in("exits", "outcome", "ambiguous_code", outcome="U"),
    _in("participants", "country", "ambiguous_code", country="Kongo"),
    _in("participants", "birth_year", "out_of_range", birth_year="1920"),
    _in("exits", "position_pct", "out_of_range", position_pct="101"),
    _in("referrals", "started_on", "out_of_range", started_on="31.12.1999"),
    _in("group_sessions", "attended", "missing_value", attended=None),
    _in("survey_waves", "wave", "missing_value", wave=None),
    _in("savings", "savings_target", "missing_value", savings_target=None),
    _in("group_sessions", "held_on", "bad_date", held_on="uke 12"),
    _in("group_sessions", "registered", "bad_number", registered="12,5"),
    _in("survey_waves", "invited", "bad_number", invited="alle"),
    _in("staffing", "year", "bad_number", year="2020/21"),
    _in("staffing", "full_time_equivalents", "bad_number", full_time_equivalents="halv"),
    _in("savings", "savings_target", "bad_number", savings_target="2 50 000"),
    _in("group_sessions", "session_group", "bad_code", session_group="Korps"),
    _in("staffing", "role", "bad_code", role="Vaktmester"),
    _in("group_sessions", "attended", "out_of_range", attended="1001"),
    _in("survey_waves", "answered", "out_of_range", answered="-1"),
    _in("staffing", "year", "out_of_range", year="1999"),
    _in("staffing", "headcount", "out_of_range", headcount="-1"),
    _in("staffing", "full_time_equivalents", "out_of_range", full_time_equivalents="-0,5"),
    _in("savings", "year", "out_of_range", year="2032"),
    _in("savings", "savings_target", "out_of_range", savings_target="-1"),
    _in("savings", "savings_reported", "out_of_range", savings_reported="1 000 000 001"),
    # what other rows hold
    Mutation(
        "participants", "participant_id", "duplicate_key", {"participants": {"gender": "M"}}, True
    ),
    Mutation("activities", "started_on", "duplicate_key", {"activities": {"employer": "B"}}, True),
    Mutation(
        "group_sessions", "held_on", "duplicate_key", {"group_sessions": {"attended": "9"}}, True
    ),
    Mutation(
        "survey_waves", "sent_on", "duplicate_key", {"survey_waves": {"answered": "59"}}, True
    ),
    Mutation("staffing", "role", "duplicate_key", {"staffing": {"headcount": "11"}}, True),
    Mutation("savings", "year", "duplicate_key", {"savings": {"savings_reported": None}}, True),
    _in("referrals", "participant_id", "orphan", participant_id="p9"),
    _in("exits", "referral_id", "orphan", referral_id="r9"),
    _in("activities", "referral_id", "orphan", referral_id="r9"),
    _in("transition_cases", "referral_id", "orphan", referral_id="r9"),
    # rules of rules.py
    _in("referrals", "started_on", "date_order", started_on="31.1.2021"),
    _in("referrals", "referred_on", "future_date", referred_on=NEXT_YEAR, started_on=None),
    _in("exits", "exited_on", "date_order", exited_on="14.2.2021"),
    Mutation(
        "exits",
        "exited_on",
        "date_order",
        {"referrals": _NOT_STARTED, "exits": _NO_SHOW | {"exited_on": "31.1.2021"}},
    ),
    _in("exits", "exited_on", "future_date", exited_on=NEXT_YEAR),
    Mutation("exits", "kind", "rule", {"referrals": _NOT_STARTED}),
    Mutation("exits", "kind", "rule", {"referrals": _NOT_STARTED, "exits": _DROPOUT}),
    _in("exits", "kind", "rule", **_NO_SHOW),
    _in("exits", "outcome", "rule", **_PLANNED | {"outcome": None}),
    _in("exits", "outcome", "rule", **_DROPOUT | {"outcome": "UT"}),
    _in("exits", "dropout_reason", "rule", **_DROPOUT | {"dropout_reason": None}),
    _in("exits", "dropout_reason", "rule", **_PLANNED | {"dropout_reason": "Helse"}),
    _in("exits", "other_detail", "rule", **_PLANNED | {"other_detail": "Grunnskole"}),
    _in("exits", "position_pct", "rule", **_PLANNED | {"position_pct": "80"}),
    _in("activities", "ended_on", "date_order", ended_on="28.2.2021"),
    _in("transition_cases", "opened_on", "future_date", opened_on=NEXT_YEAR),
    _in("group_sessions", "held_on", "future_date", held_on=NEXT_YEAR),
    _in("survey_waves", "sent_on", "future_date", sent_on=NEXT_YEAR),
    _in("survey_waves", "answered", "rule", answered="101"),
    _in("decisions", "decision", "rule", decision="Samme person"),
]
