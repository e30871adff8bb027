"""Cells and bytes changed at random: no crash, no row lost without a report, no good row rejected.

`python -m tests.recount.test_mutated_deliveries --files 2000` does it with more files than the
suite.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assets.raw import problems
from assets.raw.assets import read_deliveries
from assets.raw.delivery import DeliveredFile, read_delivery
from assets.records.register import Register, build_register
from assets.vocabulary import vocabulary
from assets.vocabulary.spelling import clean
from tests.recount.mutations import (
    KINDS,
    STRANGE,
    Cells,
    Change,
    changed,
    clean_cells,
    damaged,
    delivered,
)

LIMIT = 1_000_000
UNHURRIED = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
Place = tuple[str, int]
"""Table and row as the spreadsheet shows it."""


def taken_in(
    files: Sequence[DeliveredFile], as_of: date
) -> tuple[dict[str, pl.DataFrame], Register]:
    """Read deliveries and build the register, as a load does."""
    raw = read_deliveries(files, partial(read_delivery, limit=LIMIT))
    return raw, build_register(raw, as_of)


def losses(raw: dict[str, pl.DataFrame], register: Register) -> set[Place]:
    """The rows that were read, and are neither loaded, nor reported, nor the same as one loaded."""
    reported = {
        (sheet, row)
        for sheet, row in register.rejected.select("sheet", "row").iter_rows()
        if row is not None
    }
    lost = set()
    for table in vocabulary().sheets():
        loaded = register.tables[table.name]
        coded = register.coded[table.name]
        same = coded.filter(~pl.col("deletes")).join(
            loaded.drop("delivery_row"),
            on=[name for name in loaded.columns if name != "delivery_row"],
            how="semi",
            nulls_equal=True,
        )
        accounted = set(same["delivery_row"]) | set(coded.filter("deletes")["delivery_row"])
        lost |= {
            (table.name, row)
            for row in raw[table.name]["delivery_row"]
            if row not in accounted and (str(table.sheet), row) not in reported
        }
    return lost


def untouched(cells: Cells, mutant: Cells, changes: Sequence[Change]) -> set[Place]:
    """The rows that no change has reached: not themselves, nor what they refer to, nor their key."""
    reached: dict[str, set[str]] = {name: set() for name in ("participants", "referrals")}
    hit: set[Place] = set()
    own: dict[str, set[str]] = {table.name: set() for table in vocabulary().sheets()}
    for change in changes:
        hit.add((change.table, change.row))
        for version in (cells, mutant):
            row = version[change.table][change.row]
            own[change.table].add(_id(row[_identifier(change.table)]))
    reached["participants"] |= own["participants"]
    reached["referrals"] |= own["referrals"]
    for row in cells["referrals"]:
        if _id(row["participant_id"]) in reached["participants"]:
            reached["referrals"].add(_id(row["referral_id"]))
    found = set()
    for table in vocabulary().sheets():
        for number, row in enumerate(cells[table.name]):
            parents = {_id(row[name]) for name in table.references}
            targets = set(table.references.values())
            if (
                (table.name, number) not in hit
                and _id(row[_identifier(table.name)]) not in own[table.name]
                and not any(parents & reached[target] for target in targets)
            ):
                found.add((table.name, number + 2))
    return found


def _identifier(table: str) -> str:
    return {"activities": "referral_id", "partner_projects": "candidate_id"}.get(
        table, vocabulary().table(f"records.{table}").key[-1]
    )


def _id(text: str) -> str:
    digits, point, zeros = clean(text).replace(",", ".").partition(".")
    return digits if point and not zeros.strip("0") else clean(text)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[Cells, date, list[Change], str]:
    cells, as_of = clean_cells(draw(st.integers(0, 10_000)), draw(st.integers(1, 5)))
    places = [
        (table.name, row, column.name)
        for table in vocabulary().sheets()
        for row in range(len(cells[table.name]))
        for column in table.fields
    ]
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
    others = st.sampled_from([cells[table][row][field] for table, row, field in places])
    changes = draw(
        st.lists(
            st.builds(
                lambda place, new: Change(*place, new),
                st.sampled_from(places),
                st.one_of(st.sampled_from(STRANGE), others, text),
            ),
            min_size=1,
            max_size=6,
        )
    )
    return cells, as_of, changes, draw(st.sampled_from(KINDS))


@UNHURRIED
@given(mutants())
def test_changed_cells_lose_no_row_and_reject_no_good_one(
    mutant: tuple[Cells, date, list[Change], str],
) -> None:
    cells, as_of, changes, kind = mutant
    altered = changed(cells, changes)
    raw, register = taken_in(delivered(altered, kind), as_of)
    assume(not raw["deliveries"]["refused"].any())
    assert losses(raw, register) == set()
    kept = {
        (table, row) for table, frame in register.tables.items() for row in frame["delivery_row"]
    }
    assert untouched(cells, altered, changes) - kept == set()


@UNHURRIED
@given(st.integers(0, 10_000), st.sampled_from(KINDS))
def test_damaged_files_are_refused_or_lose_no_row(seed: int, kind: str) -> None:
    taken_in_damaged(random.Random(seed), kind)


def taken_in_damaged(rng: random.Random, kind: str) -> str:
    """Damage one file of a delivery, take in all; return what became of it."""
    cells, as_of = clean_cells(rng.randrange(50))
    files = delivered(cells, kind)
    hurt = rng.randrange(len(files))
    content = damaged(files[hurt].content or b"", rng)
    files[hurt] = DeliveredFile(files[hurt].name, files[hurt].sha256, content)
    raw, register = taken_in(files, as_of)
    assert losses(raw, register) == set()
    refused = set(raw["deliveries"].filter("refused")["delivery"])
    assert refused <= {files[hurt].name}
    if refused:
        (code, *_) = raw["problems"].filter(pl.col("code").is_in(problems.REFUSALS))["code"]
        return str(code)
    return "rows rejected" if register.rejected.height else "nothing found"


def main() -> None:
    """Damage many files and say what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.recount.test_mutated_deliveries")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for kind in KINDS:
        ends: Counter[str] = Counter()
        for number in range(options.files // len(KINDS)):
            ends[taken_in_damaged(random.Random(f"{options.seed} {kind} {number}"), kind)] += 1
        sys.stdout.write(f"{kind}: {dict(ends.most_common())}\n")


if __name__ == "__main__":
    main()
