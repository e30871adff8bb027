"""Hands a register in as workbooks: which row stands in which file, restated, repeated, deleted.

How a workbook is written, cell by cell, is in clerk.py; which registers there are, in
registers.py. Nothing here is ever wrong enough to be rejected.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from assets.vocabulary import vocabulary
from tests.recount.clerk import Clerk, Row
from tests.recount.records import (
    Activity,
    Exit,
    GroupSession,
    Participant,
    Referral,
    Register,
    Savings,
    Staffing,
    SurveyWave,
)

Record = Any


def write_deliveries(
    register: Register, folder: Path, seed: int, *, deletions: bool = False
) -> None:
    """Write one to four workbooks into `folder` that together hold `register`, none rejected.

    Read in the order of their names they give exactly the register: rows that a later file
    restates differ in the earlier one. With `deletions` some rows of an earlier file are no part
    of the register; a later file takes them out by the column Slettes. The same arguments give
    the same cells.
    """
    rng = random.Random(f"deliveries {seed}")
    names = ("leveranse", " 2019-2021", "_NorA Årstad", "-ny (2)")
    for number, sheets in enumerate(planned(register, rng, deletions)):
        path = folder / f"{'abcd'[number]}{rng.choice(names)}.xlsx"
        with xlsxwriter.Workbook(path, {"date_1904": rng.random() < 0.25}) as workbook:
            Clerk(rng, workbook).write(sheets)


def planned(register: Register, rng: random.Random, deletions: bool) -> list[dict[str, list[Row]]]:
    """Return for each file: table -> rows. A record's true row is in the last file it stands in."""
    tables = [table.name for table in vocabulary().sheets()]
    count = rng.randint(2 if deletions else 1, 4)
    files: list[dict[str, list[Row]]] = [{table: [] for table in tables} for _ in range(count)]
    for table in tables:
        for record in getattr(register, table):
            home = rng.randrange(count)
            files[home][table] += [dict(vars(record))] * rng.choice((*[1] * 15, 2, 3))
            if home > 0 and rng.random() < 0.25:
                earlier = rng.randrange(home)
                files[earlier][table].append(dict(vars(_older(record, rng))))
                if deletions and home - earlier > 1:
                    files[earlier + 1][table].append({**vars(record), "deletes": "yes"})
            elif home < count - 1 and rng.random() < 0.05:
                files[rng.randrange(home + 1, count)][table].append(dict(vars(record)))
        if deletions:
            for record in _strangers(register, table, rng):
                home = rng.randrange(count - 1)
                files[home][table].append(dict(vars(record)))
                later = rng.randrange(home + 1, count)
                files[later][table].append({**vars(record), "deletes": "yes"})
    for file in files:
        for rows in file.values():
            rng.shuffle(rows)
    return files


def _older(record: Record, rng: random.Random) -> Record:
    """An earlier version of a record: valid, and mostly different."""
    if isinstance(record, Participant):
        return rng.choice(
            (
                replace(record, gender="unknown", education="none"),
                replace(record, country=rng.choice(("SO", "XX", "NO")), norwegian_level=None),
                replace(record, birth_year=1980, gender="male"),
            )
        )
    if isinstance(record, Referral):
        return rng.choice(
            (
                replace(record, started_on=None),
                replace(record, benefit="kvp", nav_office=None),
                replace(record, referred_on=max(date(2000, 1, 1), record.referred_on - _weeks(60))),
            )
        )
    if isinstance(record, Exit) and record.kind == "planned":
        dropped = replace(
            record, outcome=None, other_detail=None, position_pct=None, kind="dropout"
        )
        unknown = replace(dropped, kind="planned", outcome="UK")
        return rng.choice((unknown, replace(dropped, dropout_reason="health")))
    if isinstance(record, Exit):
        return replace(record, benefit_at_exit="kvp", exited_on=record.exited_on)
    if isinstance(record, Activity):
        return replace(record, ended_on=record.started_on + _weeks(80), employer="Før AS")
    if isinstance(record, GroupSession):
        return replace(record, registered=5, attended=0)
    if isinstance(record, SurveyWave):
        sent_on = date(record.sent_on.year, 1, 1)
        return rng.choice((replace(record, answered=0), replace(record, sent_on=sent_on)))
    if isinstance(record, Staffing):
        return replace(record, headcount=3, full_time_equivalents=rng.choice((None, 2.5)))
    if isinstance(record, Savings):
        return replace(record, savings_target=7_000_000, savings_reported=None)
    return replace(record, outcome="advice_only" if hasattr(record, "case_id") else "education")


def _strangers(register: Register, table: str, rng: random.Random) -> list[Record]:
    """Records that are no part of the register, valid beside it, under keys of their own."""
    records = getattr(register, table)
    samples = rng.sample(records, min(5, len(records)))
    if table == "exits":
        taken = {each.referral_id for each in records}
        open_ids = [r.referral_id for r in register.referrals if r.referral_id not in taken]
        return [replace(old, referral_id=new) for old, new in zip(samples, open_ids, strict=False)]
    if table == "activities":
        keys = {(each.referral_id, each.activity, each.started_on) for each in records}
        moved = [
            replace(old, started_on=old.started_on + _weeks(1), ended_on=None) for old in samples
        ]
        return [m for m in moved if (m.referral_id, m.activity, m.started_on) not in keys]
    if table == "group_sessions":
        # Never later: a session to come is an error.
        days = {each.held_on for each in records}
        earlier = [replace(old, held_on=old.held_on - _weeks(1)) for old in samples]
        return [each for each in earlier if each.held_on not in days]
    if table in ("staffing", "savings"):
        years = {each.year for each in records}
        moved = [replace(old, year=old.year + 1) for old in samples]
        return [each for each in moved if each.year not in years and each.year < max(years)]
    own_id = "wave" if table == "survey_waves" else vocabulary().table(f"records.{table}").key[-1]
    return [replace(old, **{own_id: f"slettet-{n}"}) for n, old in enumerate(samples)]


def _weeks(number: int) -> timedelta:
    return timedelta(weeks=number)
