"""Raw frames from a few cells: a clean row of every sheet, and rows that differ from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from assets.raw import problems
from assets.raw.delivery import raw_schema
from assets.raw.order import in_order
from assets.records.register import Register, build_register
from assets.vocabulary import Table, vocabulary

AS_OF = date(2021, 12, 31)

CLEAN: dict[str, dict[str, str]] = {
    "participants": {
        "participant_id": "p1", "birth_year": "1985", "gender": "K", "country": "SO",
        "norwegian_level": "A2", "education": "Grunnskole",
    },
    "referrals": {
        "referral_id": "r1", "participant_id": "p1", "referred_on": "1.2.2021",
        "source": "NAV lokal", "nav_office": "Årstad", "target_group": "1", "benefit": "KVP",
        "started_on": "15.2.2021",
    },
    "exits": {
        "referral_id": "r1", "exited_on": "1.12.2021", "kind": "Planmessig", "outcome": "A",
        "position_pct": "80", "industry": "Renhold", "benefit_at_exit": "KVP",
        "wage_subsidy": "Nei", "employed_after_6m": "Ja",
    },
    "activities": {
        "referral_id": "r1", "activity": "Mentor", "started_on": "1.3.2021",
        "ended_on": "1.4.2021", "employer": "Butikken",
    },
    "transition_cases": {
        "case_id": "s1", "opened_on": "1.5.2021", "outcome": "Råd og veiledning",
        "referral_id": "r1",
    },
    "partner_projects": {
        "project": "Broen", "candidate_id": "k1", "gender": "M", "origin": "NorA",
        "started_on": "1.6.2021", "outcome": "Utdanning",
    },
    "group_sessions": {
        "held_on": "1.9.2021", "session_group": "Walk & Talk", "registered": "12",
        "attended": "10",
    },
    "survey_waves": {
        "wave": "Høst 2021", "sent_on": "1.10.2021", "invited": "100", "answered": "60",
    },
    "staffing": {
        "year": "2021", "role": "Veileder", "headcount": "10", "full_time_equivalents": "9,5",
    },
    "savings": {
        "year": "2021", "savings_target": "5 000 000", "savings_reported": "2 487 312,50",
    },
    "decisions": {
        "rule": "Uvanlig alder", "key": "p7", "other_key": "p8", "decision": "Riktig",
        "decided_on": "1.12.2021",
    },
}  # fmt: skip
"""One clean row of each sheet, as its cells are read; together they are a clean register."""


def table_of(name: str) -> Table:
    """Return the records table called `name`."""
    return vocabulary().table(f"records.{name}")


def row(
    table: str, number: int = 2, delivery: str = "a.xlsx", /, **cells: str | None
) -> dict[str, Any]:
    """Return the clean row of a table with some cells changed, standing in row `number`."""
    return {**CLEAN[table], "delivery": delivery, "delivery_row": number, **cells}


def frame(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Return the raw frame of a table with these rows."""
    return pl.DataFrame(list(rows), raw_schema(table_of(table)))


def raw(**tables: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """Return the layer raw of a whole inbox: the clean rows, but for the tables given."""
    given = {name: [row(name)] for name in CLEAN} | tables
    frames = {name: frame(name, *rows) for name, rows in given.items()}
    names = {name for rows in given.values() for name in (one["delivery"] for one in rows)}
    listed = [(place, name) for place, name in enumerate(in_order(names), start=1)]
    return frames | {
        "deliveries": pl.DataFrame(
            listed, {"place": pl.Int32, "delivery": pl.String}, orient="row"
        ),
        "problems": problems.collect([]),
        "absent_columns": problems.ABSENT_SCHEMA.to_frame(),
    }


def register_of(
    found: pl.DataFrame | None = None,
    as_of: date = AS_OF,
    last_day: date | None = None,
    **tables: list[dict[str, Any]],
) -> Register:
    """Return the register of an inbox: the clean rows, but for the tables given.

    `found` is what was wrong already when the deliveries were read; see build_register for the days.
    """
    reasons = problems.collect([] if found is None else [found])
    return build_register({**raw(**tables), "problems": reasons}, as_of, last_day)
