"""A messy inbox that is delivered again, changed: a file gone, one renamed, one that corrects others.

What an inbox is, is in messy.py; what must come of the change is for receipts.py to say.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets.vocabulary import vocabulary
from tests.recount.clerk import Row
from tests.recount.judge import KEYS, judge
from tests.recount.messy import Inbox, varied
from tests.recount.messy_files import MessyClerk, write

CORRECTED_ROWS = 60


def redeliver(inbox: Inbox, folder: Path, seed: int) -> Inbox:
    """Change the files in `folder`, to which `inbox` was written, and return what is there then.

    The day of the build may be a later one. The same seed gives the same change.
    """
    rng = random.Random(f"again {seed}")
    paths = {unicodedata.normalize("NFC", path.name): path for path in folder.iterdir()}
    names = sorted({line.delivery for line in inbox.lines})
    rng.shuffle(names)
    lines = inbox.lines
    if len(names) > 2:
        gone = names.pop()
        paths[gone].unlink()
        lines = [line for line in lines if line.delivery != gone]
    old = names.pop()
    stem, _, ending = old.rpartition(".")
    # Named so that it counts at its place, or as the last one.
    new = rng.choice((f"{stem} (1).{ending}", f"{stem}-rettet.{ending}"))
    if ending == "xlsx":
        new = rng.choice((new, "zx sist.xlsx"))
    paths[old].rename(folder / new)
    lines = [line._replace(delivery=new) if line.delivery == old else line for line in lines]
    correction = MessyClerk(rng).workbook_file("zz rettelse.xlsx", _corrected(inbox, rng))
    write(correction, folder, rng)
    as_of = min(inbox.today, inbox.as_of + timedelta(days=rng.choice((0, 0, 1, 40))))
    return replace(inbox, as_of=as_of, lines=[*lines, *correction.lines])


def _corrected(inbox: Inbox, rng: random.Random) -> dict[str, list[Row]]:
    """Rows of a delivery that changes some of what is loaded, takes some out, and adds some."""
    loaded = judge(inbox.lines, inbox.as_of, inbox.today).loaded
    rows: dict[str, list[Row]] = {table.name: [] for table in vocabulary().sheets()}
    for table, records in loaded.items():
        keys = sorted(records, key=str)
        for key in rng.sample(keys, min(len(keys), CORRECTED_ROWS // len(loaded))):
            row: dict[str, Any] = dict(records[key].values)
            if row.get("other_key") == "none":
                row["other_key"] = None
            rows[table].append(_again(table, row, rng))
    return rows


def _again(table: str, row: Row, rng: random.Random) -> Row:
    """A row again: as it was, with another value, taken out, or as one of its own."""
    how = rng.choice(("same", "varied", "varied", "moved", "deleted", "added"))
    if how == "deleted":
        return {**{name: row[name] for name in KEYS[table]}, "deletes": "yes"}
    if how == "varied":
        return {**row, **varied(table, rng)}
    if how == "moved" and table == "survey_waves":
        return {**row, "sent_on": date(row["sent_on"].year, 1, 1)}
    if how == "moved" and table == "referrals":
        return {**row, "referred_on": max(date(2000, 1, 1), row["referred_on"] - timedelta(days=3))}
    if how == "added" and table in ("participants", "transition_cases"):
        return {**row, KEYS[table][0]: f"ny-{rng.randrange(1000)}"}
    return row
