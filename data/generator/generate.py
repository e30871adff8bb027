"""Makes the demo deliveries: `python -m data.generator.generate` writes them to data/demo.

All persons are made up. Together the three deliveries reproduce, person by person, the figures
that NorA printed for 2019 and 2021 (plan.py); each holds what was known at the end of its year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random

import polars as pl

from assets.vocabulary import Table, vocabulary
from assets.vocabulary.polars_schema import POLARS_TYPES
from assets.workbooks.template import workbook
from data.generator import plan
from data.generator.activities import activities, partner_candidates, transition_cases
from data.generator.people import Case, cases
from data.generator.programme import group_sessions, savings, staffing, survey_waves

SEED = 1
FOLDER = Path(__file__).parent.parent / "demo"


def register() -> dict[int, dict[str, pl.DataFrame]]:
    """Return delivery year -> record table -> frame, in the form that `template.workbook` takes.

    A delivery holds the rows that are new since the last one, and repeats the rows that have
    changed, in full. Every call returns the same.
    """
    everything = _everything(Random(SEED))
    deliveries = {}
    before: dict[str, pl.DataFrame] = {}
    for year in (entry.year for entry in plan.YEARS):
        known = _known_at_end_of(year, everything)
        deliveries[year] = {
            name: frame.join(before[name], on=frame.columns, how="anti", nulls_equal=True)
            if name in before
            else frame
            for name, frame in known.items()
        }
        before = known
    return deliveries


def file_name(year: int) -> str:
    """Return the name of the delivery of a year."""
    return f"nora-{year}.xlsx"


def main() -> None:
    """Write the deliveries into data/demo."""
    for year, frames in register().items():
        (FOLDER / file_name(year)).write_bytes(workbook(frames, synthetic=True))


def _everything(rng: Random) -> dict[str, pl.DataFrame]:
    """Return all records in their final state, with identifiers, in the order of entry."""
    referrals = cases(rng)
    persons = {case.person: "" for case in referrals}
    persons = {person: f"D-{n:04}" for n, person in enumerate(persons, start=1)}
    numbers = dict.fromkeys((entry.year for entry in plan.YEARS), 0)
    ids = {}
    for case in referrals:
        year = case.referred_on.year
        numbers[year] += 1
        ids[case] = f"H-{year}-{numbers[year]:03}"
    rows: dict[str, Sequence[Mapping[str, object]]] = {
        "participants": [vars(p) | {"participant_id": pid} for p, pid in persons.items()],
        "referrals": [
            vars(c) | {"referral_id": rid, "participant_id": persons[c.person]}
            for c, rid in ids.items()
        ],
        "exits": [
            vars(c) | {"referral_id": rid}
            for c, rid in sorted(ids.items(), key=lambda item: item[0].exited_on or date.max)
            if c.exited_on
        ],
        "activities": [vars(a) | {"referral_id": ids[a.case]} for a in activities(rng, referrals)],
        "transition_cases": [
            vars(t) | {"case_id": f"O-{n:03}", "referral_id": ids[t.case] if t.case else None}
            for n, t in enumerate(transition_cases(rng, referrals), start=1)
        ],
        "partner_projects": partner_candidates(rng),
        "group_sessions": group_sessions(rng, referrals),
        "survey_waves": survey_waves(referrals),
        "staffing": staffing(),
        "savings": savings(),
        "decisions": _decisions(ids),
    }
    return {table.name: _frame(table, rows[table.name]) for table in vocabulary().sheets()}


def _decisions(ids: Mapping[Case, str]) -> list[Mapping[str, object]]:
    """The answers to what is found at the end of 2021: the counsellors had looked at all of it."""
    last = date(plan.YEARS[-1].year, 12, 31)
    found = [
        ("over_sixty_with_kvp", rid)
        for case, rid in ids.items()
        if case.referred_on.year - case.person.birth_year > 60
        and case.benefit != "kvp"
        and case.benefit_at_exit != "kvp"
    ] + [
        ("stay_within_two_years", rid)
        for case, rid in ids.items()
        if case.started_on and ((case.exited_on or last) - case.started_on).days > 731
    ]
    return [
        {
            "rule": rule,
            "key": key,
            "other_key": None,
            "decision": "correct",
            "decided_on": date(last.year, 12, 20),
        }
        for rule, key in found
    ]


def _frame(table: Table, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    schema = {column.name: POLARS_TYPES[column.type] for column in table.fields}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


def _known_at_end_of(year: int, records: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the rows that existed on 31 December, without values that were not known by then."""
    end = date(year, 12, 31)

    def by_then(day: str) -> pl.Expr:
        return pl.col(day) <= end

    referrals = records["referrals"].filter(by_then("referred_on"))
    return {
        "participants": records["participants"].join(referrals, on="participant_id", how="semi"),
        "referrals": referrals.with_columns(pl.when(by_then("started_on")).then("started_on")),
        "exits": records["exits"]
        .filter(by_then("exited_on"))
        .with_columns(
            pl.when(pl.col("exited_on").dt.offset_by("6mo") <= end).then("employed_after_6m")
        ),
        "activities": records["activities"]
        .filter(by_then("started_on"))
        .with_columns(pl.when(by_then("ended_on")).then("ended_on")),
        "transition_cases": records["transition_cases"].filter(by_then("opened_on")),
        "partner_projects": records["partner_projects"].filter(by_then("started_on")),
        "group_sessions": records["group_sessions"].filter(by_then("held_on")),
        "survey_waves": records["survey_waves"].filter(by_then("sent_on")),
        "staffing": records["staffing"].filter(pl.col("year") <= year),
        # The targets of all years were set in the first year; the savings are known a year later.
        "savings": records["savings"].with_columns(
            pl.when(pl.col("year") < year).then("savings_reported")
        ),
        "decisions": records["decisions"].filter(by_then("decided_on")),
    }


if __name__ == "__main__":
    main()
