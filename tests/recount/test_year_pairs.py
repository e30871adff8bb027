"""A mart beside the year before, by hand."""

from __future__ import annotations

from datetime import date

from assets.vocabulary import vocabulary
from tests.recount.year_pairs import Row, pair_differences, pairs

AS_OF = date(2021, 5, 15)
REASONS = vocabulary().table("marts.dropout_reasons")


def dropouts(*rows: tuple[int, str, int]) -> list[Row]:
    return [{"year": y, "reason": reason, "gender": "male", "n": n} for y, reason, n in rows]


def test_counts_that_are_left_out_are_zero_and_the_first_year_has_none_before() -> None:
    rows = dropouts((2018, "health", 5), (2018, "declined", 2), (2020, "health", 3))
    assert pairs(REASONS, rows, [2018, 2019, 2020, 2021], AS_OF) == {
        (2018, "health", "male"): (5, None, None),
        (2018, "declined", "male"): (2, None, None),
        (2019, "health", "male"): (0, 5, -5),
        (2019, "declined", "male"): (0, 2, -2),
        (2020, "health", "male"): (3, 0, 3),
        (2021, "health", "male"): (0, 3, -3),
    }
    assert pairs(REASONS, rows[2:], [2019, 2020], AS_OF) == {(2020, "health", "male"): (3, 0, 3)}


def test_what_is_no_count_says_nothing_of_a_year_without_it() -> None:
    time = vocabulary().table("marts.time_in_programme")
    row = {"outcome_group": "work", "n": 2, "p25_days": 1.5, "median_days": 3.0, "p75_days": 4.5}
    found = pairs(time, [{"year": 2019, **row}], [2018, 2019, 2020], AS_OF)
    none = (None, None)
    assert found == {(2019, "work"): (2, *none, 1.5, *none, 3.0, *none, 4.5, *none)}


def test_a_wave_of_a_survey_stands_in_its_own_year_alone() -> None:
    survey = vocabulary().table("marts.survey_response")
    rows = [
        {"year": year, "wave": wave, "invited": 4, "answered": 1, "response_share": 0.25}
        for year, wave in ((2020, "Vår"), (2021, "Høst"))
    ]
    assert pairs(survey, rows, [2020, 2021], AS_OF).keys() == {(2020, "Vår"), (2021, "Høst")}


def test_a_month_that_has_not_begun_is_no_month_of_zeros() -> None:
    form = vocabulary().table("marts.monthly_form")
    line = {"period": "month", "breakdown": "counts", "value": "active", "gender": "male"}
    rows = [{"year": 2020, "month": month, **line, "n": 4} for month in (4, 5, 6)]
    rows.append({"year": 2021, "month": 4, **line, "n": 7})
    found = pairs(form, rows, [2020, 2021], AS_OF)
    assert {key[1]: numbers for key, numbers in found.items() if key[0] == 2021} == {
        4: (7, 4, 3),
        5: (0, 4, -4),
        6: (None, 4, None),
    }
    flow = vocabulary().table("marts.quarterly_flow")
    counts = dict.fromkeys(flow.measures, 3)
    quarters = [{"year": 2020, "quarter": quarter, **counts} for quarter in (2, 3)]
    quarters.append({"year": 2021, "quarter": 1, **counts})
    found = pairs(flow, quarters, [2020, 2021], AS_OF)
    assert found[2021, 2] == (0, 3, -3) * len(flow.measures)
    assert found[2021, 3] == (None, 3, None) * len(flow.measures)


def test_a_month_since_the_start_that_no_stay_has_reached_has_no_number() -> None:
    stays = vocabulary().table("marts.still_in_programme")
    none = {"remaining_low": None, "remaining_high": None}
    rows = [
        {"year": 2020, "months_since_start": month, "at_risk": 2, "remaining_share": 1.0} | none
        for month in (0, 1)
    ]
    rows.append(
        {"year": 2021, "months_since_start": 0, "at_risk": 3, "remaining_share": 0.5} | none
    )
    assert pairs(stays, rows, [2020, 2021], AS_OF) == {
        (2020, 0): (2, None, None, 1.0, None, None, *[None] * 6),
        (2020, 1): (2, None, None, 1.0, None, None, *[None] * 6),
        (2021, 0): (3, 2, 1, 0.5, 1.0, -0.5, *[None] * 6),
        (2021, 1): (None, 2, None, None, 1.0, None, *[None] * 6),
    }


def test_a_view_that_differs_is_told() -> None:
    rows = dropouts((2019, "health", 5), (2020, "health", 3))
    expected = pairs(REASONS, rows, [2019, 2020], AS_OF)
    names = ("n", "n_year_before", "n_change")
    view = [
        dict(zip(("year", "reason", "gender", *names), (*line, *numbers), strict=True))
        for line, numbers in expected.items()
    ]
    assert pair_differences(REASONS, expected, view) == []
    assert len(pair_differences(REASONS, expected, view[1:])) == 1
    assert len(pair_differences(REASONS, expected, [*view, view[0]])) == 1
    other = {**view[0], "reason": "declined"}
    assert len(pair_differences(REASONS, expected, [*view, other])) == 1
    for name in names:
        wrong = {**view[0], name: (view[0][name] or 0) + 1}
        assert len(pair_differences(REASONS, expected, [wrong, view[1]])) == 1
