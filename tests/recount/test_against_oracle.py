"""Every number of every mart, held against an oracle that counts by brute force.

So are the printed figures beside the records, and each mart beside the year before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.vocabulary import vocabulary
from data.generator.generate import FOLDER
from pipelines.warehouse import Warehouse
from tests.quick import quick
from tests.recount import printed
from tests.recount.comparison import differences
from tests.recount.deliveries import write_deliveries
from tests.recount.oracle import marts
from tests.recount.records import Register
from tests.recount.registers import random_build_day, random_register
from tests.recount.warehouses import (
    mart_rows,
    records_of,
    register_in_memory,
    register_of,
    store,
    year_over_year_rows,
)
from tests.recount.year_pairs import pair_differences, pairs

CASES = [
    (1, 300, 2015, 2021),
    (2, 300, 2019, 2019),
    (3, 60, 2004, 2024),
    (4, 400, 2018, 2021),
    (5, 40, 2019, 2023),
    (6, 800, 2016, 2022),
]
DEMO_DAY = date(2021, 12, 31)
CONTRADICTIONS = {
    ("2019", "3.1", "started", "", "count"): (52.0, 45.0),
    ("2019", "3.2", "referrals_by_benefit", "social_assistance", "count"): (22.0, 23.0),
    ("2019", "summary", "in_activity", "work_training", "percent"): (41.0, 40.0),
}
"""Where a report contradicts itself: what it prints, and what the records say."""
TYPED_IN = {
    *("target_work", "target_education", "target_clarified"),
    *("kvp_places_target", "social_assistance_places_target"),
    *("savings_target", "savings", "staff", "staff_position", "students"),
}
"""The figures that somebody typed in as they are printed; of none of them a record is counted."""


def disagreements(register: Register, as_of: date, warehouse: Warehouse) -> list[str]:
    """Return one sentence for each number of a warehouse that the oracle counts otherwise."""
    counted, stored = marts(register, as_of), mart_rows(warehouse)
    return [
        *differences(counted, stored),
        *printed.differences(printed.comparison(counted, register), stored["printed_comparison"]),
        *_wrong_pairs(stored, as_of, warehouse),
    ]


def _wrong_pairs(
    stored: dict[str, list[dict[str, Any]]], as_of: date, warehouse: Warehouse
) -> list[str]:
    years = {row["year"] for row in stored["key_figures"]}
    views = year_over_year_rows(warehouse)
    found = []
    for mart in vocabulary().layer("marts"):
        if not mart.is_list:
            expected = pairs(mart, stored[mart.name], years, as_of)
            found += pair_differences(mart, expected, views[mart.name])
    return found


@pytest.mark.parametrize(("seed", "people", "first", "last"), quick(3, CASES))
def test_marts_are_what_the_oracle_counts(
    tmp_path: Path, seed: int, people: int, first: int, last: int
) -> None:
    as_of = random_build_day(seed, last)
    register = random_register(seed, people, first, last, as_of)
    write_deliveries(register, tmp_path, seed, deletions=seed % 2 == 0)
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    store(warehouse, records_of(tmp_path, as_of), as_of)
    found = disagreements(register, as_of, warehouse)
    assert not found, "\n".join(found)


def test_the_demo_is_what_the_oracle_counts_and_the_reports_printed(tmp_path: Path) -> None:
    records = records_of(FOLDER, DEMO_DAY)
    register = register_in_memory(records)
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    store(warehouse, records, DEMO_DAY)
    assert disagreements(register, DEMO_DAY, warehouse) == []
    rows = printed.comparison(marts(register, DEMO_DAY), register)
    by_status: dict[str, dict[tuple[Any, ...], tuple[Any, Any]]] = {}
    for row in rows:
        figure = (str(row["year"]), *(row[name] for name in printed.KEY[1:]))
        of_status = by_status.setdefault(row["status"], {})
        of_status[figure] = (row["published"], row["derived"])
    assert by_status.get("different", {}) == {}
    assert by_status["source_contradiction"] == CONTRADICTIONS
    without_answer = {figure for figure, mart in printed.answered_by().items() if not mart}
    assert by_status["not_answerable"].keys() == without_answer
    assert {figure[2] for figure in by_status["typed"]} == TYPED_IN
    assert {figure[2] for figure in by_status["equal"]}.isdisjoint(TYPED_IN)
    equal = by_status["equal"]
    assert equal["2021", "2.1", "active_at_year_end", "", "count"] == (109, 109)
    assert equal["2021", "5.0", "transition_starts_still_active", "", "count"] == (13, 13)
    # The same persons, rounded by themselves and together with the others.
    assert by_status["equal"]["2021", "form row 13", "exit_outcomes_pct", "AP", "percent"][1] == 24
    assert by_status["equal"]["2021", "2.2", "result_groups_pct", "aap", "percent"][1] == 23


@pytest.mark.parametrize("day", quick(1, [date(2021, 6, 15), date(2019, 3, 1), date(2020, 12, 31)]))
def test_the_demo_of_a_past_day_is_what_had_happened_by_then(tmp_path: Path, day: date) -> None:
    found = register_of(FOLDER, day, DEMO_DAY)
    assert found.rejected.is_empty()
    register = register_in_memory(found.tables)
    assert register == _by(day, register_in_memory(records_of(FOLDER, DEMO_DAY)))
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    store(warehouse, dict(found.tables), day)
    assert disagreements(register, day, warehouse) == []


def _by(day: date, register: Register) -> Register:
    """What a register holds that had happened by a day, or may lie ahead of it."""
    referrals = [one for one in register.referrals if one.referred_on <= day]
    known = {one.referral_id for one in referrals}
    return replace(
        register,
        referrals=referrals,
        exits=[one for one in register.exits if one.exited_on <= day and one.referral_id in known],
        activities=[one for one in register.activities if one.referral_id in known],
        transition_cases=[
            replace(one, referral_id=one.referral_id if one.referral_id in known else None)
            for one in register.transition_cases
            if one.opened_on <= day
        ],
        group_sessions=[one for one in register.group_sessions if one.held_on <= day],
        survey_waves=[one for one in register.survey_waves if one.sent_on <= day],
    )
