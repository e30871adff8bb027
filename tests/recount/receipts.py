"""An independent mind for receipts: what every row of an inbox did to what was loaded before.

Written from the contract and from docs/deliveries.md, section Receipts. Two judgements are compared,
row by row; what a judgement is, is in judge.py. Where the texts leave room, this is how they are read:

* Of identical rows in one delivery the first one is new or changes something; the others are
  unchanged, as one of them is as good as any other.
* A row whose person counts by another row (Samme person) brings nothing in: it is counted as a row,
  and as gone when it was loaded before. Nor does any of several identical ones that are later.
* A row is contradicted by the one that counts, whatever stands between them, and only in a field
  that both have a column for.
* A row that takes out its key, one that is rejected, healed or not, and one that is left out as
  later are counted as rows, and as nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.recount.judge import KEYS, SHEETS, Fate, Judgement, Key, Loaded

Register = Mapping[str, Mapping[Key, Loaded]]


class Change(NamedTuple):
    """A line of quality.changes."""

    delivery: str
    sheet: str
    row: int
    field: str | None
    kind: str
    other_delivery: str | None


@dataclass
class Receipts:
    """Delivery and sheet -> how many rows are new, changed and so on; and where, field by field."""

    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    changes: Counter[Change] = field(default_factory=Counter)

    def count(self, delivery: str, table: str, kind: str) -> None:
        self.counts.setdefault((delivery, SHEETS[table]), Counter())[kind] += 1

    def tell(self, change: Change) -> None:
        self.changes[change] += 1


def receipts(now: Judgement, before: Register) -> Receipts:
    """Return the receipts of the judged inbox; of identical rows the first one is named.

    `before` is what was loaded: table -> key -> record.
    """
    made = Receipts()
    firsts = first_of_identical(now)
    for fate in now.rows:
        made.count(fate.line.delivery, fate.line.table, "rows")
        if fate.is_sound and not fate.deletes:
            kind = _kind(fate, now, before, firsts, made)
            if kind is not None:
                made.count(fate.line.delivery, fate.line.table, kind)
    for table, loaded in before.items():
        for key, record in loaded.items():
            if key not in now.standing[table]:
                made.count(record.delivery, table, "gone")
                taker = _taker(table, key, now)
                row = min(record.rows)
                made.tell(Change(record.delivery, SHEETS[table], row, None, "gone", taker))
    return made


def first_of_identical(judgement: Judgement) -> dict[tuple[str, str, int], int]:
    """Delivery, table and row -> the first row of that delivery with the same key."""
    firsts: dict[tuple[str, str, Key], int] = {}
    sound = [fate for fate in judgement.rows if fate.is_sound and fate.key is not None]
    for fate in sound:
        place = (fate.line.delivery, fate.line.table, fate.key)
        firsts[place] = min(firsts.get(place, fate.line.row), fate.line.row)
    return {
        (fate.line.delivery, fate.line.table, fate.line.row): firsts[
            fate.line.delivery, fate.line.table, fate.key
        ]
        for fate in sound
    }


def _kind(
    fate: Fate,
    now: Judgement,
    before: Register,
    firsts: Mapping[tuple[str, str, int], int],
    made: Receipts,
) -> str | None:
    delivery, table, row, _ = fate.line
    first = firsts[delivery, table, row]
    winner = fate.winner
    assert winner is not None
    assert fate.key is not None
    if winner.line.delivery != delivery:
        fields = list(_contradicted(fate, winner))
        other, other_row = winner.line.delivery, winner.line.row
        other_row = firsts.get((other, table, other_row), other_row)
        for name in fields:
            made.tell(Change(delivery, SHEETS[table], first, name, "overruled", other))
            made.tell(Change(other, SHEETS[table], other_row, name, "overrules", delivery))
        return "overruled" if fields else "unchanged"
    key = next(
        (
            key
            for key, record in now.loaded[table].items()
            if record.delivery == delivery and row in record.rows
        ),
        None,
    )
    if key is None:
        return None
    if row != first:
        return "unchanged"
    if key not in before[table]:
        return "new"
    record, old = now.loaded[table][key], before[table][key]
    changed = [name for name, value in record.values.items() if value != old.values[name]]
    other_delivery = None if old.delivery == delivery else old.delivery
    for name in changed:
        made.tell(Change(delivery, SHEETS[table], first, name, "changed", other_delivery))
    return "changed" if changed else "unchanged"


def _contradicted(fate: Fate, winner: Fate) -> Iterator[str | None]:
    """The fields in which the row that counts says something else; None if it takes out the key."""
    if winner.deletes:
        yield None
        return
    # Of the day of a survey only the year is part of the key.
    is_key = set() if fate.line.table == "survey_waves" else set(KEYS[fate.line.table])
    for name, value in fate.values.items():
        has_both = name not in fate.absent | winner.absent
        if name not in is_key and has_both and winner.values[name] != value:
            yield name


def _taker(table: str, key: Key, now: Judgement) -> str | None:
    """The delivery whose row with Slettes counts for the key."""
    for fate in now.rows:
        if fate.line.table == table and fate.key == key:
            winner = fate.winner
            return winner.line.delivery if winner is not None and winner.deletes else None
    return None
