"""Receipts of a register that is corrected and delivered again and again, counted by hand.

The other mind is plain Python: dictionaries, one row at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.quality.receipts import receipt
from assets.raw import problems
from assets.records.register import Settled, settle
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.unit.raw_tables import AS_OF, raw, row

ORDER = ["a 9.xlsx", "a 10.xlsx", "a 10 (1).xlsx", "a 10-rettet.xlsx", "b.xlsx"]
"""Names in the order in which they count, as a clerk would say it."""

PERSONS = ["p1", "p2", "p3", "p4"]
COUNTRIES = ["SO", "SY", "ER"]
LEVELS = ["A1", "B1", None]


@dataclass(frozen=True)
class Sheet:
    """The sheet Deltakere of one delivery: person -> country and level, or None to take it out."""

    rows: Mapping[str, tuple[str, str | None] | None]
    has_level: bool


Inbox = Mapping[str, Sheet]

sheets = st.builds(
    Sheet,
    st.dictionaries(
        st.sampled_from(PERSONS),
        st.none() | st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(LEVELS)),
    ),
    st.booleans(),
)
inboxes = st.dictionaries(st.sampled_from(ORDER), sheets)


@dataclass(frozen=True)
class Kept:
    """What the register holds of a person, and the delivery that it is from."""

    country: str
    level: str | None
    delivery: str


def register(inbox: Inbox) -> dict[str, Kept]:
    """Whoever is in the register, by going through the deliveries in their order."""
    kept: dict[str, Kept] = {}
    for name in ORDER:
        for person, cells in inbox[name].rows.items() if name in inbox else ():
            if cells is None:
                kept.pop(person, None)
                continue
            country, level = cells
            if not inbox[name].has_level:
                level = kept[person].level if person in kept else None
            kept[person] = Kept(country, level, name)
    return kept


def expected(inbox: Inbox, before: Mapping[str, Kept]) -> dict[str, Counter[str]]:
    """Delivery -> how many rows are new, changed, unchanged, overruled and gone."""
    now = register(inbox)
    counts: dict[str, Counter[str]] = {}
    for name, sheet in inbox.items():
        if sheet.rows:
            counts[name] = Counter(rows=len(sheet.rows))
        for person, cells in sheet.rows.items():
            if cells is not None:
                counts[name][_kind(inbox, name, person, now, before)] += 1
    for person, kept in before.items():
        if person not in now:
            counts.setdefault(kept.delivery, Counter())["gone"] += 1
    return counts


def _kind(
    inbox: Inbox, name: str, person: str, now: Mapping[str, Kept], before: Mapping[str, Kept]
) -> str:
    later = [
        other
        for other in ORDER[ORDER.index(name) + 1 :]
        if other in inbox and person in inbox[other].rows
    ]
    if later:
        return "overruled" if _contradicts(inbox, name, later[-1], person) else "unchanged"
    if person not in before:
        return "new"
    is_same = (now[person].country, now[person].level) == (
        before[person].country,
        before[person].level,
    )
    return "unchanged" if is_same else "changed"


def _contradicts(inbox: Inbox, name: str, later: str, person: str) -> bool:
    mine, theirs = inbox[name].rows[person], inbox[later].rows[person]
    if mine is None or theirs is None:
        return True
    both_have_level = inbox[name].has_level and inbox[later].has_level
    return mine[0] != theirs[0] or (both_have_level and mine[1] != theirs[1])


def load(inbox: Inbox) -> Settled:
    """The product's register of the inbox."""
    rows = [
        row(
            "participants",
            number,
            name,
            participant_id=person,
            country=None if cells is None else cells[0],
            norwegian_level=None if cells is None or not sheet.has_level else cells[1],
            deletes="Ja" if cells is None else None,
        )
        for name, sheet in inbox.items()
        for number, (person, cells) in enumerate(sheet.rows.items(), start=2)
    ]
    absent = [
        (name, "Deltakere", "norwegian_level")
        for name, sheet in inbox.items()
        if not sheet.has_level
    ]
    layer = raw(participants=rows) | {
        "absent_columns": pl.DataFrame(absent, problems.ABSENT_SCHEMA, orient="row")
    }
    return next(one for one in settle(layer.__getitem__, AS_OF) if one.name == "participants")


def held(settled: Settled) -> dict[str, tuple[str, str | None, str]]:
    columns = settled.rows.select("participant_id", "country", "norwegian_level", "delivery")
    return {person: (country, level, name) for person, country, level, name in columns.rows()}


@settings(max_examples=40, deadline=None)
@given(st.lists(inboxes, min_size=1, max_size=4))
def test_every_receipt_of_an_inbox_that_changes_is_right(inboxes_in_turn: list[Inbox]) -> None:
    before: dict[str, Kept] = {}
    frame = schema(vocabulary().table("records.participants")).to_frame()
    nothing = pl.DataFrame(schema={"delivery": pl.String, "sheet": pl.String, "rows": pl.Int64})
    for inbox in inboxes_in_turn:
        settled = load(inbox)
        now = register(inbox)
        assert held(settled) == {
            person: (kept.country, kept.level and kept.level.lower(), kept.delivery)
            for person, kept in now.items()
        }
        found = receipt(settled, frame, nothing).receipts
        counts = {
            str(one["delivery"]): Counter(
                {
                    name: one[name]
                    for name in ("rows", "new", "changed", "unchanged", "overruled", "gone")
                    if one[name]
                }
            )
            for one in found.rows(named=True)
        }
        assert counts == expected(inbox, before)
        before, frame = now, settled.rows


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(inboxes)
def test_the_order_in_which_files_are_found_changes_nothing(inbox: Inbox) -> None:
    first, *others = (load({name: inbox[name] for name in names}) for names in permutations(inbox))
    assert all(other.rows.equals(first.rows) for other in others)
