"""The comparison finds what differs, and nothing else."""

from __future__ import annotations

import copy

import pytest

from tests.recount.comparison import EVERY_LINE, differences
from tests.recount.hand_counted import BUILD_DAY, REGISTER
from tests.recount.oracle import MEASURES, Row, marts

COUNTED = marts(REGISTER, BUILD_DAY)


def test_equal_marts_have_no_differences_with_or_without_lines_of_zeros() -> None:
    assert differences(COUNTED, COUNTED) == []
    with_zero = {**COUNTED, "aap_benefits": [*COUNTED["aap_benefits"], _aap(2019, 0)]}
    assert differences(COUNTED, with_zero) == []
    without_zero = {
        **COUNTED,
        "job_retention": [row for row in COUNTED["job_retention"] if row["work_exits"]],
        "key_figures": [row for row in COUNTED["key_figures"] if row["value"] is not None],
        "target_attainment": [row for row in COUNTED["target_attainment"] if row["base"]],
        "caseload": [row for row in COUNTED["caseload"] if row["active"]],
        "quarterly_flow": [row for row in COUNTED["quarterly_flow"] if row["active"]],
    }
    assert differences(COUNTED, without_zero) == []


def _aap(year: int, n: int) -> Row:
    return {"year": year, "benefit": "social_assistance", "gender": "male", "n": n}


@pytest.mark.parametrize(
    ("table", "row", "expected"),
    [
        ("aap_benefits", _aap(2019, 1), "benefit=social_assistance gender=male year=2019: not exp"),
        ("aap_benefits", _aap(2017, 0), "year=2017: not expected"),
        ("aap_benefits", COUNTED["aap_benefits"][0], "more than once"),
        (
            "caseload",
            dict.fromkeys(MEASURES["caseload"], 0) | {"year": 2021, "month": 6},
            "month=6 year=2021: not expected",
        ),
    ],
)
def test_a_line_too_many_is_a_difference(table: str, row: Row, expected: str) -> None:
    [found] = differences(COUNTED, {**COUNTED, table: [*COUNTED[table], row]})
    assert found.startswith(table)
    assert expected in found


@pytest.mark.parametrize("table", MEASURES)
def test_a_line_too_few_and_a_number_too_high_are_differences(table: str) -> None:
    measures = [each for each in MEASURES[table] if each != "target_share"]
    first = next(row for row in COUNTED[table] if any(row[measure] for measure in measures))
    others = [row for row in COUNTED[table] if row is not first]
    [found] = differences(COUNTED, {**COUNTED, table: others})
    assert "missing, expected" in found
    for measure in MEASURES[table]:
        wrong = copy.deepcopy(first)
        wrong[measure] = (first[measure] or 0) + 1e-6
        [found] = differences(COUNTED, {**COUNTED, table: [wrong, *others]})
        assert f"{measure} is" in found


@pytest.mark.parametrize("table", EVERY_LINE)
def test_a_line_of_zeros_may_not_be_left_out_where_it_was_recorded_or_reached(table: str) -> None:
    key = [name for name in COUNTED[table][0] if name not in MEASURES[table]]
    for row in COUNTED[table]:
        others = [each for each in COUNTED[table] if each is not row]
        [found] = differences(COUNTED, {**COUNTED, table: others})
        assert all(f"{name}={row[name]}" in found for name in key)


def test_a_share_of_zero_is_not_a_missing_share() -> None:
    rows = [row for row in COUNTED["key_figures"] if row["figure"] != "planned_share_of_exits"]
    found = differences(COUNTED, {**COUNTED, "key_figures": rows})
    assert [each.partition(":")[0][-9:] for each in found] == [
        "year=2019",
        "year=2020",
        "year=2021",
    ]


def test_a_mart_that_is_missing_is_a_difference() -> None:
    assert differences(COUNTED, {k: v for k, v in COUNTED.items() if k != "caseload"}) == [
        "caseload: the mart is missing"
    ]
