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
    # what other rows hold
    Mutation(
        "participants", "participant_id", "duplicate_key", {"participants": {"gender": "M"}}, True
    ),
    Mutation("activities", "started_on", "duplicate_key", {"activities": {"employer": "B"}}, True),
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
]
