"""The printed figures compared a second way, on small marts where the answer is plain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.recount import printed
from tests.recount.hand_counted import BUILD_DAY, REGISTER
from tests.recount.oracle import Row, marts
from tests.recount.records import Register, Savings

COUNTED = marts(REGISTER, BUILD_DAY)


def compared(
    changed: dict[str, list[Row]], register: Register = REGISTER
) -> dict[tuple[Any, ...], tuple[float | None, str]]:
    """Year, section, figure, breakdown and unit -> derived and status."""
    rows = printed.comparison({**COUNTED, **changed}, register)
    return {
        (row["year"], *(row[name] for name in printed.KEY[1:])): (row["derived"], row["status"])
        for row in rows
    }


def test_every_printed_figure_of_a_report_of_the_register_is_there() -> None:
    assert len(compared({})) == len(printed.comparison(COUNTED, REGISTER)) == 228
    none = marts(Register(), date(2021, 12, 31))
    assert printed.comparison(none, Register()) == []
    early = {**COUNTED, "key_figures": [{"year": 2020, "figure": "started", "value": 1}]}
    assert printed.comparison(early, REGISTER) == []


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (22, (22.0, "equal")),
        (23, (23.0, "source_contradiction")),
        (24, (24.0, "different")),
        (0, (0.0, "different")),
    ],
)
def test_a_count_is_equal_or_the_other_printed_number_or_different(
    n: int, expected: tuple[float, str]
) -> None:
    row = {"year": 2019, "benefit": "social_assistance", "gender": "male", "n": n}
    found = compared({"referral_benefits": [row] if n else []})
    assert found[2019, "3.2", "referrals_by_benefit", "social_assistance", "count"] == expected


def test_what_no_record_holds_is_not_answerable() -> None:
    found = compared({"staffing": [], "activities": [], "activity_status": []}, Register())
    assert found[2019, "2.1.1", "applicants", "", "count"] == (None, "not_answerable")
    assert found[2019, "2.1.1", "staff", "counsellor", "count"] == (None, "not_answerable")
    assert found[2019, "3.4", "in_activity", "computer_course", "count"][1] == "not_answerable"
    assert found[2019, "1.1", "savings_target", "2019", "nok"] == (None, "not_answerable")
    # A required sheet without a row of a kind holds none of them; a share of none is no number.
    found = compared({"referral_benefits": [], "time_in_programme": []})
    assert found[2021, "2.1", "dropout_reasons", "declined", "count"] == (0.0, "different")
    assert found[2019, "3.2", "referrals_by_benefit", "kvp", "percent"] == (None, "different")
    assert found[2021, "2.2", "result_groups_pct", "aap", "percent"] == (None, "different")


def test_a_target_of_a_year_to_come_is_answered_by_its_record() -> None:
    register = Register(savings=[Savings(year=2021, savings_target=5_000_000)])
    found = compared({}, register)
    assert found[2019, "1.1", "savings_target", "2021", "nok"] == (5_000_000.0, "typed")
    assert found[2019, "3.4", "savings", "2019", "nok"] == (None, "not_answerable")


@pytest.mark.parametrize(
    ("headcount", "positions", "expected"),
    [
        (1, 1.0, ((1.0, "typed"), (100.0, "typed"))),
        (2, 1.5, ((2.0, "different"), (150.0, "different"))),
        (1, None, ((1.0, "typed"), (None, "not_answerable"))),
    ],
)
def test_what_is_typed_in_as_it_is_printed_is_not_called_equal(
    headcount: int, positions: float | None, expected: tuple[tuple[float | None, str], ...]
) -> None:
    row = {"year": 2019, "role": "department_head", "headcount": headcount}
    found = compared({"staffing": [{**row, "full_time_equivalents": positions}]})
    keys = (("staff", "count"), ("staff_position", "percent"))
    head = [found[2019, "2.1.1", name, "department_head", unit] for name, unit in keys]
    assert tuple(head) == expected
    work = {"year": 2021, "target": "work", "target_share": 0.6}
    found = compared({"target_attainment": [work]})
    assert found[2021, "1.0", "target_work", "", "percent"] == (60.0, "typed")
    # A line that is not there holds no share.
    assert found[2021, "1.0", "target_education", "", "percent"] == (None, "different")


@pytest.mark.parametrize(
    ("sizes", "first", "second"),
    [
        ({"work_training": 9, "wage_subsidy": 8, "mentor": 7}, 1.0, 2.0),
        ({"work_training": 9, "wage_subsidy": 8, "nora_programme": 99}, 1.0, 2.0),
        ({"work_training": 7, "wage_subsidy": 6, "mentor": 9}, 2.0, 3.0),
        ({"work_training": 7, "mentor": 6}, 1.0, None),
    ],
)
def test_a_measure_has_its_place_among_the_measures_only(
    sizes: dict[str, int], first: float, second: float | None
) -> None:
    rows = [{"year": 2021, "activity": a, "gender": "male", "n": n} for a, n in sizes.items()]
    found = compared({"activities": rows})
    assert found[2021, "3.4.1", "measure_rank_1", "work_training", "rank"][0] == first
    assert found[2021, "3.4.1", "measure_rank_2", "wage_subsidy", "rank"][0] == second


def test_percent_by_itself_and_together() -> None:
    groups = {"work": 44, "education": 7, "aap": 24, "parental_leave": 5, "other": 16}
    groups |= {"social_assistance_unclear_health": 6, "total": 102}
    times = [{"year": 2021, "outcome_group": group, "n": n} for group, n in groups.items()]
    outcomes = [
        {"year": 2021, "outcome": outcome, "gender": "male", "n": n}
        for outcome, n in {"AP": 24, "A": 78}.items()
    ]
    found = compared({"time_in_programme": times, "exit_outcomes": outcomes})
    assert found[2021, "2.2", "result_groups_pct", "aap", "percent"] == (23.0, "equal")
    assert found[2021, "form row 13", "exit_outcomes_pct", "AP", "percent"] == (24.0, "equal")
    halves = [{**outcomes[0], "n": 1}, {**outcomes[1], "n": 7}]
    found = compared({"exit_outcomes": halves})
    assert found[2021, "form row 13", "exit_outcomes_pct", "AP", "percent"][0] == 13.0
    assert found[2021, "form row 13", "exit_outcomes_pct", "A", "percent"][0] == 88.0


def test_of_equal_remainders_the_larger_part_is_raised_and_then_the_earlier() -> None:
    def parts(**n: int) -> list[float | None]:
        rows = [
            {"year": 2019, "month": 12, "status": status, "gender": "male", "n": each}
            for status, each in n.items()
        ]
        earlier = {**rows[0], "month": 11, "n": 99}
        activities = [{"year": 2019, "activity": "mentor", "gender": "male", "n": 99}]
        found = compared({"activity_status": [earlier, *rows], "activities": activities})
        names = ("paid_work", "work_training", "nora_programme")
        return [found[2019, "3.4", "in_activity", name, "percent"][0] for name in names]

    assert parts(nora_programme=1, work_training=1, paid_work=1) == [34.0, 33.0, 33.0]
    assert parts(paid_work=1, work_training=4, nora_programme=1) == [17.0, 67.0, 16.0]
    assert parts(paid_work=1, work_training=7) == [12.0, 88.0, 0.0]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"SO": 9, "SY": 8, "ET": 7, "IQ": 6, "ER": 5}, (2.0, "equal")),
        ({"SO": 9, "IQ": 8, "ET": 7, "SY": 6}, (2.0, "equal")),
        ({"SO": 9, "SY": 8, "ET": 7, "ER": 6, "IQ": 5}, (3.0, "different")),
        ({"SO": 9, "SY": 8, "ET": 7, "IQ": 6, "ER": 6}, (2.0, "equal")),
        ({"SO": 9, "SY": 8, "ET": 7}, (None, "different")),
        ({"SY": 9, "ET": 8, "IQ": 7, "SO": 6}, (1.0, "different")),
    ],
)
def test_countries_hold_the_printed_places_together_or_not(
    sizes: dict[str, int], expected: tuple[float | None, str]
) -> None:
    rows = [{"year": 2019, "country": c, "gender": "male", "n": n} for c, n in sizes.items()]
    found = compared({"country_of_origin": rows})
    assert found[2019, "3.1", "country_rank_2_to_4", "Syria|Etiopia|Irak", "rank"] == expected


def test_what_is_compared_otherwise_is_told() -> None:
    rows = printed.comparison(COUNTED, REGISTER)
    assert printed.differences(rows, rows) == []
    assert len(printed.differences(rows, rows[1:])) == 1
    assert len(printed.differences(rows[1:], rows)) == 1
    assert printed.differences(rows, [*rows, rows[0]]) == ["a figure stands there more than once"]
    for change in ({"derived": -1.0}, {"status": "hidden"}, {"published": -1.0}, {"note": "?!"}):
        answered = next(row for row in rows if row["status"] == "equal")
        others = [row for row in rows if row is not answered]
        assert len(printed.differences(rows, [*others, {**answered, **change}])) == 1


def test_a_country_that_does_not_hold_its_place_may_have_none_but_not_the_printed_one() -> None:
    larger = {"year": 2019, "country": "NO", "gender": "male", "n": 99}
    countries = [*COUNTED["country_of_origin"], larger]
    rows = printed.comparison({**COUNTED, "country_of_origin": countries}, REGISTER)
    ranked = next(row for row in rows if row["unit"] == "rank" and row["status"] == "different")
    others = [row for row in rows if row is not ranked]
    for derived in (None, 7.0):
        assert printed.differences(rows, [*others, {**ranked, "derived": derived}]) == []
    for change in ({"derived": ranked["published"]}, {"status": "not_answerable"}):
        assert len(printed.differences(rows, [*others, {**ranked, **change}])) == 1
