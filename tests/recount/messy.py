"""Random inboxes that go wrong in every way of the contract, section 2, that a row can.

They start from a valid register, restated and partly deleted over several deliveries, and then a
share of the rows is spoiled. What must come of it is for judge.py to say. How cells are written is
in messy_files.py; files that are refused whole are in refusals.py.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from assets.vocabulary import vocabulary
from tests.recount.cells import EARLIEST
from tests.recount.clerk import Row
from tests.recount.deliveries import planned
from tests.recount.doubts import doubts_of
from tests.recount.judge import (
    AMOUNTS,
    CODES,
    DATES,
    KEYS,
    NOT_IN_FUTURE,
    PARENTS,
    REQUIRED,
    SAME_PERSON_RULE,
    WHOLE,
    YEARS,
    Key,
    Line,
)
from tests.recount.messy_files import MARK, File, MessyClerk, Raw, write
from tests.recount.records import Register
from tests.recount.refusals import Refusal, refused_files, write_unreadable
from tests.recount.registers import random_build_day, random_register

SPOILED_ROWS = 260
TABLE_SHARES = {
    "decisions": 10,
    "participants": 22,
    "referrals": 25,
    "exits": 28,
    "activities": 11,
    "transition_cases": 7,
    "partner_projects": 7,
    "group_sessions": 8,
    "survey_waves": 7,
    "staffing": 8,
    "savings": 7,
}
OWN_NAMES = {
    "transition_cases": "case_id",
    "partner_projects": "candidate_id",
    "survey_waves": "wave",
}
"""Tables whose rows may be given a name of their own, so that nothing else hangs on them -> it."""

NAMES = ("project", "wave", "key", "other_key")
"""Keys of free text, in which nothing can be wrong but that they are empty."""
IGNORED_FILES = ("~$a0 levering.xlsx", ".skjult.xlsx", "notat.txt", "Thumbs.db", "bilde.png")

Slot = dict[str, list[Row]]


@dataclass(frozen=True)
class Inbox:
    """A messy inbox, written: what the judge is to be told, and what must never be seen again."""

    as_of: date
    today: date
    lines: list[Line]
    refusals: list[Refusal]
    national_ids: list[str]


def messy_inbox(seed: int, folder: Path, people: int = 300) -> Inbox:
    """Write an inbox of two to four deliveries and some that are refused; the same seed, the same.

    `folder` must exist and be empty.
    """
    rng = random.Random(f"mess {seed}")
    last_year = rng.randint(2019, 2024)
    as_of = random_build_day(seed, last_year)
    register = random_register(seed, people, last_year - rng.randint(0, 6), last_year, as_of)
    files = laid_out(register, as_of, rng)
    spoiled, refusals, national_ids = refused_files(files, register, rng)
    refused = {refusal.delivery for refusal in refusals}
    for file in spoiled:
        write(file, folder, rng)
    write_unreadable(folder, refusals, national_ids, rng)
    for name in IGNORED_FILES:
        (folder / name).write_bytes(b"ikke en leveranse")
    lines = [line for file in files if file.delivery not in refused for line in file.lines]
    # Drawn apart, so that the inbox of a seed stays what it was.
    today = as_of + timedelta(days=random.Random(f"today {seed}").choice((0, 1, 30, 400)))
    return Inbox(as_of, today, lines, refusals, national_ids)


def laid_out(register: Register, as_of: date, rng: random.Random) -> list[File]:
    """Return the deliveries of a register with rows spoiled, laid out but not yet written."""
    slots = planned(register, rng, deletions=True)
    for answer in answers(register, as_of, rng):
        rng.choice(slots)["decisions"].append(answer)
    _Mess(rng, slots, as_of).spoil(SPOILED_ROWS)
    clerk = MessyClerk(rng)
    # Record files are named after their sheet, so whole workbooks come before or after all of them.
    first = rng.randint(0, len(slots))
    last = rng.randint(first, len(slots))
    separator = rng.choice("_- ")
    files = []
    for number, slot in enumerate(slots):
        for rows in slot.values():
            rng.shuffle(rows)
        if first <= number < last:
            for table in vocabulary().sheets():
                rows = slot[table.name]
                ending = rng.choice(("csv", "csv", "parquet"))
                name = f"{str(table.sheet).lower()}{separator}2021-0{number}.{ending}"
                if rows or rng.random() < 0.5:
                    files.append(clerk.record_file(name, table, rows))
        else:
            place = "a" if number < first else "z"
            name = rng.choice((" levering", "_NorA Årstad", "-ny (2)"))
            name = unicodedata.normalize(rng.choice(("NFC", "NFD")), name)
            files.append(clerk.workbook_file(f"{place}{number}{name}.xlsx", slot))
    return files


def answers(register: Register, as_of: date, rng: random.Random) -> list[Row]:
    """Return rows of Vurderinger: about doubtful rows of a register, other rows, and none at all.

    Persons who are said to be one may be any two, and three may be one.
    """
    tables: dict[str, dict[Key, Any]] = {
        table: {tuple(getattr(each, name) for name in KEYS[table]): each for each in rows}
        for table, rows in vars(register).items()
    }
    found: dict[Key, Row] = {}

    def add(rule: str, key: Any, other: Any, decision: str = "correct") -> None:
        dated = rng.choice((None, None, as_of))
        row = {"rule": rule, "key": str(key), "decision": decision, "decided_on": dated}
        row["other_key"] = None if other is None else str(other)
        found[rule, row["key"], row["other_key"]] = row

    doubtful = doubts_of(tables, as_of)
    for rule in sorted({each.rule for each in doubtful}):
        of_rule = [each for each in doubtful if each.rule == rule]
        for doubt in rng.sample(of_rule, min(len(of_rule), rng.choice((0, 1, 2, 6)))):
            second = doubt.other or "".join(map(str, doubt.key[1:2])) or None
            add(rule, doubt.key[0], rng.choice((None, second, second)))
        if rng.random() < 0.3:
            add(
                rule, rng.choice((f"{MARK}-9", "2021", of_rule[0].key[0])), rng.choice((None, MARK))
            )
    alike = [each for each in doubtful if each.rule == SAME_PERSON_RULE]
    for doubt in rng.sample(alike, min(4, len(alike))):
        add(SAME_PERSON_RULE, doubt.key[0], doubt.other, "same_person")
    names = [each.participant_id for each in register.participants]
    for _ in range(3 if len(names) > 2 else 0):
        first, second, third = rng.sample(names, 3)
        add(SAME_PERSON_RULE, first, second, "same_person")
        others = (None, third, f"{MARK}-8")
        add(SAME_PERSON_RULE, rng.choice((second, f"{MARK}-7")), rng.choice(others), "same_person")
    return list(found.values())


def varied(table: str, rng: random.Random) -> Row:
    """Another value in one cell of a row, itself a good one."""
    field = rng.choice([each for each in CODES[table] if each not in KEYS[table]] or [""])
    if field:
        return {field: rng.choice(vocabulary().code_list(CODES[table][field]).names)}
    return {
        "activities": {"employer": rng.choice((None, "Vik bakeri AS", f"{MARK} AS"))},
        "group_sessions": {"attended": rng.randint(0, 1000)},
        "survey_waves": {"answered": 0},
        "staffing": {"headcount": rng.randint(0, 9), "full_time_equivalents": 0.25},
        "savings": {"savings_reported": rng.choice((None, 1000, -2_500_000.5))},
    }[table]


class _Mess:
    """Spoils rows of deliveries in place; most of what it does is wrong, some is only odd."""

    def __init__(self, rng: random.Random, slots: list[Slot], as_of: date) -> None:
        self.rng = rng
        self.slots = slots
        self.as_of = as_of
        self.number = 0

    def spoil(self, count: int) -> None:
        """Do `count` things to rows of the deliveries."""
        things: list[tuple[Callable[[int, str, Row], None], int]] = [
            (self.spoiled_in_place, 40),
            (self.spoiled_twice, 12),
            (self.contradicted, 12),
            (self.repeated, 4),
            (self.badly_corrected, 14),
            (self.bad_before, 14),
            (self.dropped, 3),
            (self.deleted_later, 4),
            (self.deleted_at_once, 3),
            (self.deleted_without_key, 2),
            (self.brought_back, 3),
            (self.made_doubtful, 14),
        ]
        doings, weights = zip(*things, strict=True)
        for _ in range(count):
            table = self.rng.choices(list(TABLE_SHARES), list(TABLE_SHARES.values()))[0]
            filled = [number for number, slot in enumerate(self.slots) if slot[table]]
            if filled:
                number = self.rng.choice(filled)
                row = self.rng.choice(self.slots[number][table])
                self.rng.choices(doings, weights)[0](number, table, row)

    # --- What is done to a row, and where -----------------------------------------------

    def spoiled_in_place(self, number: int, table: str, row: Row) -> None:
        row |= self.damage(table, row)

    def spoiled_twice(self, number: int, table: str, row: Row) -> None:
        for _ in range(self.rng.choice((2, 3))):
            row |= self.damage(table, row)

    def contradicted(self, number: int, table: str, row: Row) -> None:
        if table in OWN_NAMES and "deletes" not in row:
            self.number += 1
            row[OWN_NAMES[table]] = f"{MARK}-{self.number}"
        other = varied(table, self.rng) if self.rng.random() < 0.7 else self.damage(table, row)
        self.slots[number][table].append({**row, **other})

    def repeated(self, number: int, table: str, row: Row) -> None:
        if self.rng.random() < 0.5:
            row |= self.damage(table, row)
        self.slots[number][table].append(dict(row))

    def badly_corrected(self, number: int, table: str, row: Row) -> None:
        for later in self.later(number):
            self.slots[later][table].append({**row, **self.damage(table, row)})

    def bad_before(self, number: int, table: str, row: Row) -> None:
        if number > 0:
            earlier = self.rng.randrange(number)
            self.slots[earlier][table].append({**row, **self.damage(table, row)})

    def dropped(self, number: int, table: str, row: Row) -> None:
        self.slots[number][table].remove(row)

    def deleted_later(self, number: int, table: str, row: Row) -> None:
        for later in self.later(number):
            self.slots[later][table].append(self.deletion(table, row))

    def deleted_at_once(self, number: int, table: str, row: Row) -> None:
        self.slots[number][table] += [self.deletion(table, row)] * self.rng.choice((1, 1, 2))
        if self.rng.random() < 0.3:
            self.slots[number][table].remove(row)

    def deleted_without_key(self, number: int, table: str, row: Row) -> None:
        field = self.rng.choice(KEYS[table])
        bad = {field: self.rng.choice((None, self.unreadable(table, field)))}
        for later in self.later(number):
            self.slots[later][table].append({**self.deletion(table, row), **bad})

    def brought_back(self, number: int, table: str, row: Row) -> None:
        for later in self.later(number):
            self.slots[later][table].append(self.deletion(table, row))
            for last in self.later(later):
                self.slots[last][table].append({**row, **varied(table, self.rng)})

    def made_doubtful(self, number: int, table: str, row: Row) -> None:
        """Something that is possible, and that registers seldom hold."""
        early = date(self.rng.choice((2000, 2001)), 5, 17)
        row |= {
            "referrals": {
                "started_on": self.as_of + timedelta(days=self.rng.choice((1, 366, 400)))
            },
            "transition_cases": {"opened_on": early},
            "partner_projects": {"started_on": early},
            "group_sessions": {"registered": 4, "attended": self.rng.choice((8, 9, 13, 14, 30))},
            "survey_waves": {"sent_on": early},
        }.get(table, {})

    def later(self, number: int) -> list[int]:
        """One of the deliveries after that of `number`, if there is any."""
        after = range(number + 1, len(self.slots))
        return [self.rng.choice(after)] if after else []

    def deletion(self, table: str, row: Row) -> Row:
        """A row that takes out the key of `row`; in its other cells may stand anything."""
        key = {field: row[field] for field in KEYS[table]}
        junk = {
            field: Raw(self.rng.choice((MARK, 0, 99)))
            for field in CODES[table]
            if field not in key and self.rng.random() < 0.2
        }
        return {**junk, **key, "deletes": "yes"}

    # --- What can be wrong with a row ---------------------------------------------------

    def damage(self, table: str, row: Row) -> Row:
        """Cells to put in the place of those of `row`, at least one of them wrong."""
        if "deletes" in row:
            return {KEYS[table][-1]: None}
        ways = [
            self.emptied,
            *[self.made_unreadable] * 4,
            self.out_of_range,
            self.in_future,
            self.misordered,
            self.orphaned,
            *[self.against_rules] * 2,
            self.ambiguous,
        ]
        self.rng.shuffle(ways)
        return next(filter(None, (way(table, row) for way in ways)))

    def emptied(self, table: str, row: Row) -> Row:
        return {self.rng.choice((*KEYS[table], *REQUIRED[table])): None}

    def made_unreadable(self, table: str, row: Row) -> Row:
        fields = [*CODES[table], *DATES[table], *KEYS[table]]
        fields += {"participants": ["birth_year"] * 2, "exits": ["position_pct"]}.get(table, [])
        fields += [*self.numbers(table)] * 2
        field = self.rng.choice([each for each in fields if each not in NAMES])
        return {field: self.unreadable(table, field)}

    def numbers(self, table: str) -> list[str]:
        """The fields of the sheets on the programme itself that hold numbers."""
        years = [YEARS[table]] if table in YEARS else []
        return [*WHOLE.get(table, ()), *AMOUNTS.get(table, ()), *years]

    def unreadable(self, table: str, field: str) -> Raw:
        rng = self.rng
        if field in DATES[table]:
            a_time = datetime(2021, 3, 1, 14, 30)
            impossible = ("31.02.2021", "2021-02-30", "1.13.2021", "31.12.20211", "uke 12", "2021")
            return Raw(rng.choice((MARK, f"{MARK} 1.3.2021", 44197, 20210301, a_time, *impossible)))
        if field == "birth_year":
            # No date of birth: beside an ID of five digits it would now and then be a real number.
            not_of_birth = date(2085, 1, 1)
            return Raw(rng.choice((MARK, 1985.5, f"ca. 1985 {MARK}", "1985-86", not_of_birth)))
        if field == "position_pct":
            return Raw(rng.choice((MARK, f"halv {MARK}", "50-60", date(2021, 5, 1))))
        if field in self.numbers(table):
            spaced = ("1 50", "2 500 00", "2500 000", "kr 2 500", "2.500.000", "1 000 000 kr.")
            broken = () if field in AMOUNTS.get(table, ()) else (2020.5, "12,5", "1 000,25", 0.1)
            vague = (MARK, f"ca. 12 {MARK}", "10-12", "ti", date(2021, 5, 1))
            return Raw(rng.choice((*vague, *spaced, *broken)))
        if field == "target_group":
            return Raw(rng.choice((MARK, 0, 4, "1 og 2", 1.5)))
        if field in CODES[table]:
            return Raw(rng.choice((MARK, f"{MARK} ja", 99, "Kvinnne", "-")))
        if field in NAMES:
            return Raw(" ")
        forms = (f"{MARK} 1", f"{MARK}/1", f"{MARK}ø", MARK * 11, 12.5, f"{MARK}.1", "#")
        return Raw(rng.choice(forms))

    def ambiguous(self, table: str, row: Row) -> Row:
        if table == "participants":
            return {"country": Raw(self.rng.choice(("Kongo", "kongo", " KONGO ")))}
        if table == "exits":
            return {"outcome": Raw(self.rng.choice(("U", "u", " U")))}
        return {}

    def out_of_range(self, table: str, row: Row) -> Row:
        rng, last = self.rng, self.as_of.year
        if table == "participants":
            years = (last - 13, last - 101, 1850, 85, 20211, f"{last - 5}")
            return {"birth_year": Raw(rng.choice(years))}
        if table == "exits" and rng.random() < 0.5:
            work = {"kind": "planned", "dropout_reason": None, "other_detail": None}
            percent = Raw(rng.choice((0, -1, 100.5, "101", 1000, "0,0")))
            return {**work, "outcome": rng.choice(("A", "AD")), "position_pct": percent}
        if self.numbers(table) and (not DATES[table] or rng.random() < 0.6):
            return self.too_low_or_high(table)
        days = (date(1999, 12, 31), date(1925, 1, 1), "17.05.1999", "1999-12-31")
        return {rng.choice(DATES[table]): Raw(rng.choice(days))}

    def too_low_or_high(self, table: str) -> Row:
        field = self.rng.choice(self.numbers(table))
        if field in WHOLE.get(table, ()):
            highest = WHOLE[table][field]
            outside = (-1, highest + 1, "-1,0", f"{highest + 1}.0", "1 000 000", 10**12)
        elif field in AMOUNTS.get(table, ()):
            lowest, most = AMOUNTS[table][field]
            outside = (lowest - 0.5, most + 0.5, f"{most + 1:,}".replace(",", " "), f"{lowest - 1}")
        else:
            outside = (1999, self.as_of.year + 11, "21", 20211, "-2021", f"{1999},0")
        return {field: Raw(self.rng.choice(outside))}

    def in_future(self, table: str, row: Row) -> Row:
        if table not in NOT_IN_FUTURE:
            return {}
        return {NOT_IN_FUTURE[table]: self.as_of + timedelta(days=self.rng.choice((1, 1, 30, 400)))}

    def misordered(self, table: str, row: Row) -> Row:
        ends, begins = {
            "referrals": ("started_on", "referred_on"),
            "exits": ("exited_on", "exited_on"),
            "activities": ("ended_on", "started_on"),
        }.get(table, ("", ""))
        begun = row.get(begins)
        if not isinstance(begun, date):
            return {}
        days = self.rng.choice((800, 3000) if table == "exits" else (1, 1, 30, 500))
        day = begun - timedelta(days=days)
        return {ends: day} if day >= EARLIEST else {}

    def orphaned(self, table: str, row: Row) -> Row:
        if table == "decisions":
            return {"rule": Raw(self.rng.choice((f"{MARK}-regel", "Tulleregel")))}
        if table not in PARENTS:
            return {}
        field = PARENTS[table][0]
        self.number += 1
        known = row[field] if isinstance(row[field], str) else MARK
        return {field: self.rng.choice((f"{MARK}-{self.number}", f"{MARK}-x", known.swapcase()))}

    def against_rules(self, table: str, row: Row) -> Row:
        if table == "decisions":
            return {"decision": "same_person", "other_key": None}
        if table == "survey_waves":
            invited = self.rng.choice((0, 7, 9_999))
            return {"invited": invited, "answered": invited + 1}
        if table != "exits":
            return {}
        code = {name: vocabulary().code_list(list_) for name, list_ in CODES[table].items()}
        field = self.rng.choice(
            ("kind", "kind", "outcome", "outcome", "dropout_reason", "other_detail", "position_pct")
        )
        if field == "position_pct":
            return {field: self.rng.choice((50, 100))}
        if field == "kind":
            return {field: self.rng.choice(code[field].names)}
        filled = row[field] is not None
        return {field: None if filled else self.rng.choice(code[field].names)}
