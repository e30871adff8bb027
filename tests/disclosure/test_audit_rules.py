"""The rules in docs/disclosure.md, each a bound that the audit calculates with, or a breach.

Every promise that was ever broken has its case here, as small as possible. Leaks by adding up are
tested in test_audit.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from assets.disclosure.audit import Audit, Promise, audit
from assets.disclosure.audit.annual_reports import figures, told
from assets.disclosure.inference.cells import Reading
from assets.published.tables import published_schema
from assets.vocabulary import vocabulary

Number = float | None
Tables = dict[str, pl.DataFrame]

HIDDEN = None
GENDERS = ("female", "male", "unknown", "total")
FIVE = 5
EVERY_GENDER = ("female", "male", "unknown", "total")


def frame(table: str, rows: Mapping[tuple[Any, ...], Number]) -> pl.DataFrame:
    """A published table by the key of each row, None for hidden."""
    stated = [(*key, n, "hidden" if n is None else "shown") for key, n in rows.items()]
    return pl.DataFrame(
        stated, published_schema(vocabulary().table(f"marts.{table}")), orient="row"
    )


def populations(rows: Mapping[tuple[int, str], Number | tuple[Number, Number]]) -> Tables:
    """gender_split: the total of each population, or also its women and men."""
    cells: dict[tuple[Any, ...], Number] = {}
    for key, number in rows.items():
        if isinstance(number, tuple):
            women, men = number
            cells |= {(*key, "female"): women, (*key, "male"): men, (*key, "unknown"): 0}
            cells[(*key, "total")] = None if None in number else (women or 0) + (men or 0)
        else:
            cells[(*key, "total")] = number
    return {"gender_split": frame("gender_split", cells)}


def counted(table: str, year: int, **rows: Number) -> Tables:
    """A count that shows only totals of categories; other categories of its list are 0."""
    mart = vocabulary().table(f"marts.{table}")
    listed = vocabulary().categories(mart, mart.column(mart.dimensions[0])) or ()
    is_open = table == "country_of_origin" or "rest" in rows
    zeros = {} if is_open else dict.fromkeys(set(listed) - {"total"}, 0)
    gender = ("total",) if "gender" in mart.dimensions else ()
    cells = {(year, name, *gender): n for name, n in (zeros | rows).items()}
    return {table: frame(table, cells)}


def promises(found: Audit) -> set[Promise]:
    return {breach.promise for breach in found.breaches}


def judged(tables: Tables, *earlier: Tables, **options: Any) -> Audit:
    """The audit without printed figures."""
    return audit(tables, FIVE, earlier, figures=(), **options)


# --- Listed categories are not small ------------------------------------------------------


def countries(year: int = 2021, **rows: Number) -> Tables:
    return counted("country_of_origin", year, **rows)


def test_two_hidden_countries_that_share_ten_are_five_each() -> None:
    """170 in all, 160 shown: a listed country is never below 5, so neither can be 6."""
    found = judged(countries(SO=100, SY=60, AF=HIDDEN, IQ=HIDDEN, total=170))
    assert Promise.CERTAIN in promises(found)
    more = countries(SO=100, SY=60, AF=HIDDEN, IQ=HIDDEN, total=174)
    assert judged(more).breaches == ()


def test_a_rest_is_more_than_the_threshold() -> None:
    """The rest is 6 or more, so the country listed next to it has 5 to 8."""
    found = judged(countries(SO=100, AF=HIDDEN, rest=HIDDEN, total=114))
    assert Promise.NARROW in promises(found)
    assert judged(countries(SO=100, AF=HIDDEN, rest=HIDDEN, total=115)).breaches == ()


def test_other_tables_are_held_to_it_where_they_have_a_rest() -> None:
    offices = {"arstad": 30, "bergenhus": HIDDEN, "rest": HIDDEN}
    assert Promise.NARROW in promises(
        judged(counted("referral_offices", 2021, **offices, total=44))
    )
    assert judged(counted("referral_offices", 2021, **offices, total=45)).breaches == ()


def test_a_rest_is_of_two_categories_at_least() -> None:
    """All offices except one are listed: a rest cannot be of that one alone."""
    listed = dict.fromkeys(vocabulary().code_list("nav_office").names, 20)
    offices = counted("referral_offices", 2021, **listed, rest=20, total=20 * len(listed) + 20)
    assert Promise.CONTRADICTION in promises(judged(offices))


def test_a_project_of_few_is_not_listed() -> None:
    assert Promise.CONTRADICTION in promises(judged(project(HIDDEN, 2, 0, 0, asked=2)))


# --- Withheld numbers are not divided -----------------------------------------------------


def project(total: Number, *outcomes: Number, asked: int = 0) -> Tables:
    """A partner project by origin; `asked` is the number asked in a survey of that year, if any."""
    origins = vocabulary().code_list("project_origin").names
    rows: dict[tuple[Any, ...], Number] = {(2021, "Bro", "origin", name): 0 for name in origins} | {
        (2021, "Bro", "origin", name): n for name, n in zip(origins, outcomes, strict=False)
    }
    rows[2021, "Bro", "origin", "total"] = total
    tables = {"partner_projects": frame("partner_projects", rows)}
    if asked:
        wave = {(2021, "Vår", "invited"): HIDDEN, (2021, "Høst", "invited"): asked}
        tables["survey_response"] = frame("survey_response", wave)
    return tables


def test_one_hidden_candidate_is_not_told_by_shown_zeros() -> None:
    found = judged(project(HIDDEN, HIDDEN, 0, 0))
    assert Promise.ZERO in promises(found)
    assert judged(project(12, 7, 5, 0)).breaches == ()


def test_a_hidden_population_has_no_genders() -> None:
    assert Promise.ZERO in promises(judged(populations({(2021, "no_shows"): (HIDDEN, 0)})))
    assert judged(populations({(2021, "no_shows"): HIDDEN})).breaches == ()
    assert judged(populations({(2021, "no_shows"): (12, 8)})).breaches == ()


def test_a_hidden_category_has_no_genders() -> None:
    people = {"total": (40, 30), "SO": (20, 10), "SY": (20, 20)}
    rows: dict[tuple[Any, ...], Number] = {}
    for country, (women, men) in people.items():
        rows |= {(2021, country, "female"): women, (2021, country, "male"): men}
        rows |= {(2021, country, "unknown"): 0, (2021, country, "total"): women + men}
    assert judged({"country_of_origin": frame("country_of_origin", rows)}).breaches == ()
    rows[2021, "SO", "total"] = rows[2021, "SY", "total"] = HIDDEN
    divided = judged({"country_of_origin": frame("country_of_origin", rows)})
    assert Promise.ZERO in promises(divided)
    for country in ("SO", "SY"):
        for gender in ("female", "male", "unknown"):
            del rows[2021, country, gender]
    # Rows that are absent for this reason do not count as missing.
    assert judged({"country_of_origin": frame("country_of_origin", rows)}).breaches == ()


def test_a_table_has_no_gender_where_one_of_its_population_is_hidden() -> None:
    rows: dict[tuple[Any, ...], Number] = {}
    for reason, (women, men, both) in {"health": (9, 8, 17), "total": (9, 8, 17)}.items():
        numbers = zip(GENDERS, (women, men, 0, both), strict=True)
        rows |= {(2021, reason, gender): n for gender, n in numbers}
    others = set(vocabulary().code_list("dropout_reason").names) - {"health"}
    rows |= {(2021, one, gender): 0 for one in others for gender in GENDERS}
    tables = {"dropout_reasons": frame("dropout_reasons", rows)}
    assert judged(tables, sensitive=()).breaches == ()
    rows[2021, "total", "female"] = rows[2021, "total", "male"] = HIDDEN
    rows[2021, "health", "female"] = rows[2021, "health", "male"] = HIDDEN
    tables = {"dropout_reasons": frame("dropout_reasons", rows)}
    assert Promise.ZERO in promises(judged(tables, sensitive=()))


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("dropout_reasons", {"health": 9, "declined": 8, "total": HIDDEN}),
        ("dropout_reasons", {"total": HIDDEN}),
    ],
)
def test_a_table_whose_population_is_hidden_has_no_rows(table: str, rows: dict[str, Any]) -> None:
    tables = counted(table, 2021, **rows)
    assert Promise.ZERO in promises(judged(tables))


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("activities", {(2021, "mentor", "total"): 0}),
        ("work_exit_activities", {(2021, "mentor"): 0}),
        ("time_in_programme", {(2021, "work", "n"): 0}),
        ("target_attainment", {(2021, "work", "n"): 0}),
        ("benefit_target", {(2021, "kvp", "n"): 0}),
        ("job_retention", {(2021, "followed_up"): 0}),
        ("survey_response", {(2021, "Vår", "answered"): 0}),
        ("key_figures", {(2021, "work_exits", "value"): 0}),
        ("caseload", {(2021, 3, "no_shows"): 0}),
        ("quarterly_flow", {(2021, 3, "referred"): 0}),
    ],
)
def test_a_zero_of_an_absent_population_is_caught(table: str, rows: dict[Any, Number]) -> None:
    assert promises(judged({table: frame(table, rows)})) == {Promise.ZERO}


def test_a_hidden_quarter_has_no_months() -> None:
    tables = populations({(2021, "dropouts"): 30})
    quarters: dict[tuple[Any, ...], Number] = {
        (2021, 1, "dropouts"): HIDDEN,
        (2021, 2, "dropouts"): HIDDEN,
    }
    quarters |= {(2021, 3, "dropouts"): 9, (2021, 4, "dropouts"): 9}
    tables["quarterly_flow"] = frame("quarterly_flow", quarters)
    assert judged(tables).breaches == ()
    tables["caseload"] = frame("caseload", {(2021, 3, "dropouts"): 0})
    assert promises(judged(tables)) == {Promise.ZERO}
    tables["caseload"] = frame("caseload", {(2021, 9, "dropouts"): 0})
    assert judged(tables).breaches == ()


# --- All of one population in one category ------------------------------------------------


def test_six_dropouts_who_are_all_ill_are_not_told_so() -> None:
    found = judged(counted("dropout_reasons", 2021, health=6, total=6))
    assert promises(found) == {Promise.ZERO}
    of_no_list = judged(counted("dropout_reasons", 2021, health=6, total=6), sensitive=["outcome"])
    assert of_no_list.breaches == ()


def test_all_of_one_gender_in_one_category_is_caught() -> None:
    rows: dict[tuple[Any, ...], Number] = {}
    people = {"health": (6, 10), "declined": (0, 7), "total": (6, 17)}
    for reason in (*vocabulary().code_list("dropout_reason").names, "total"):
        women, men = people.get(reason, (0, 0))
        numbers = zip(GENDERS, (women, men, 0, women + men), strict=True)
        rows |= {(2021, reason, gender): n for gender, n in numbers}
    found = judged({"dropout_reasons": frame("dropout_reasons", rows)})
    assert {breach.where for breach in found.breaches} == {("reason=health", "gender=female")}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("time_in_programme", {(2021, "aap", "n"): 8}),
        ("target_attainment", {(2021, "clarified", "n"): 8}),
        ("key_figures", {(2021, "work_exits", "value"): 8}),
        ("job_retention", {(2021, "work_exits"): 8}),
    ],
)
def test_all_planned_exits_to_one_group_are_caught(table: str, rows: dict[Any, Number]) -> None:
    tables = populations({(2021, "planned_exits"): 8}) | {table: frame(table, rows)}
    assert Promise.ZERO in promises(judged(tables))
    tables |= populations({(2021, "planned_exits"): 20})
    assert judged(tables).breaches == ()


def test_all_referrals_on_one_benefit_are_caught() -> None:
    rows = {(2021, "kvp", "n"): 9, (2021, "kvp", "base"): 9}
    tables = populations({(2021, "referred"): 9}) | {
        "benefit_target": frame("benefit_target", rows)
    }
    assert promises(judged(tables)) == {Promise.ZERO}


def test_a_register_of_one_woman_is_not_published() -> None:
    one_woman = populations({(2021, "participants"): (HIDDEN, 0)})
    one_woman |= countries(SO=HIDDEN, total=HIDDEN)
    assert Promise.ZERO in promises(judged(one_woman))


# --- Persons and records ------------------------------------------------------------------


def test_the_end_of_a_year_and_the_start_of_the_next_are_one_number() -> None:
    """Nobody came back, so the participants are those active before and those who came."""
    tables = populations(
        {(2020, "active_at_year_end"): HIDDEN, (2021, "participants"): 60, (2021, "started"): 37}
    )
    ties = {2021: {"came": EVERY_GENDER}}
    assert promises(judged(tables, ties=ties)) == {Promise.CERTAIN}
    assert judged(tables, ties={}).breaches == ()


LATE = {
    (2020, "active_at_year_end"): 137,
    (2021, "started"): 93,
    (2021, "planned_exits"): 102,
    (2021, "dropouts"): 17,
    (2021, "active_at_year_end"): 108,
}


def test_a_late_registration_is_not_told_by_the_flow() -> None:
    """137 + 93 - 102 - 17 is 111: 3 of the active persons had left when the year was counted."""
    found = judged(populations(LATE), ties={2021: {"active": EVERY_GENDER}})
    assert promises(found) == {Promise.DIFFERENCE}
    assert {(breach.year, breach.printed) for breach in found.breaches} == {(2021, False)}
    assert judged(populations(LATE), ties={}).breaches == ()
    for active in (134, 139):
        corrected = populations(LATE | {(2020, "active_at_year_end"): active})
        assert judged(corrected, ties={2021: {"active": EVERY_GENDER}}).breaches == ()


def test_who_stays_is_in_both_years() -> None:
    """All 40 were active, and only 36 are from one country the year after: 4 are from the other."""
    ends = {(2020, "active_at_year_end"): 40, (2020, "participants"): 40}
    tables = populations({**ends, (2021, "participants"): 60})
    first = {(2020, "SO", "total"): HIDDEN, (2020, "SY", "total"): HIDDEN}
    later = {(2021, "SO", "total"): 52, (2021, "SY", "total"): 8, (2021, "total", "total"): 60}
    rows = {**first, **later, (2020, "total", "total"): 40}
    tables["country_of_origin"] = frame("country_of_origin", rows)
    # At most 8 from Syria can have stayed, so it had 5 to 8.
    assert Promise.NARROW in promises(judged(tables, ties={}))
    rows |= {(2021, "SO", "total"): 45, (2021, "SY", "total"): 15}
    tables["country_of_origin"] = frame("country_of_origin", rows)
    assert judged(tables, ties={}).breaches == ()


def test_all_of_a_country_that_the_next_year_does_not_have_left() -> None:
    """How many left is then the printed number itself, and tells nothing more."""
    rows = {(2020, "NO", "total"): 11, (2020, "total", "total"): 11}
    rows |= {(2021, "SO", "total"): 24, (2021, "total", "total"): 24}
    assert judged({"country_of_origin": frame("country_of_origin", rows)}, ties={}).breaches == ()


def test_who_stays_through_a_year_that_is_not_divided() -> None:
    """All 40 are active throughout 2020, which lists no country: 3 of 8 left in 2019."""
    stayed = {(2019, "active_at_year_end"): 40, (2020, "active_at_year_end"): 40}
    tables = populations(
        {(2019, "participants"): 60, (2020, "participants"): 40, (2021, "participants"): 40}
        | stayed
    )
    first = {(2019, "SO", "total"): 52, (2019, "SY", "total"): 8, (2019, "total", "total"): 60}
    later = {(2021, "SO", "total"): 35, (2021, "SY", "total"): 5, (2021, "total", "total"): 40}
    tables["country_of_origin"] = frame(
        "country_of_origin", first | {(2020, "total", "total"): 40} | later
    )
    assert {Promise.CERTAIN} <= promises(judged(tables, ties={}))
    # Unless 2020 had only the same people, others may have come.
    tables["gender_split"] = populations(
        {(2019, "participants"): 60, (2020, "participants"): 60, (2021, "participants"): 40}
        | stayed
    )["gender_split"]
    tables["country_of_origin"] = frame("country_of_origin", first | later)
    assert judged(tables, ties={}).breaches == ()


def test_who_stays_is_a_year_older() -> None:
    """Nobody was 35 or more in the first year, so all who stayed are at most 35."""
    tables = populations(
        {
            (2020, "participants"): 30,
            (2020, "active_at_year_end"): 30,
            (2021, "participants"): 40,
        }
    )
    ages = counted("age_bands", 2020, **{"25_34": 30, "total": 30})["age_bands"]
    later = counted("age_bands", 2021, **{"25_34": 20, "35_44": 20, "total": 40})["age_bands"]
    tables["age_bands"] = pl.concat([ages, later])
    assert judged(tables, ties={}).breaches == ()
    later = counted("age_bands", 2021, **{"25_34": 26, "45_54": 14, "total": 40})["age_bands"]
    tables["age_bands"] = pl.concat([ages, later])
    # At most 26 of 30 can have stayed: if all did, the years are from different records.
    assert Promise.CONTRADICTION not in promises(judged(tables, ties={}))


# --- Printed figures ----------------------------------------------------------------------


def test_a_printed_number_is_known_and_gives_nothing_away() -> None:
    """The report of 2021 prints 17 dropouts, 8 of them abroad; 3 of the others are for health."""
    reasons = dict.fromkeys(vocabulary().code_list("dropout_reason").names, 0)
    hidden = dict.fromkeys(("moved_abroad", "health"), HIDDEN)
    tables = counted("dropout_reasons", 2021, **reasons | hidden, total=17)
    assert promises(judged(tables)) == set()
    # By the printed numbers the others are zero, so the records are not those of the report.
    assert Promise.CERTAIN in promises(audit(tables, FIVE, figures=figures()))


def test_a_printed_number_gives_no_other_away() -> None:
    """Three outcomes share 72: the report prints 31 for A and 13 for AD, and so gives away UT."""
    tables = populations({(2021, "planned_exits"): 102})
    outcomes = dict.fromkeys(vocabulary().code_list("outcome").names, 0)
    groups = outcomes | {"A": HIDDEN, "AD": HIDDEN, "UT": HIDDEN, "AP": 30, "total": 102}
    assert judged(tables | counted("exit_outcomes", 2021, **groups)).breaches == ()
    # A and AD are printed, so UT can be worked out, and differs from its printed number.
    found = audit(tables | counted("exit_outcomes", 2021, **groups), FIVE, figures=figures())
    assert {breach.where[0] for breach in found.breaches if breach.printed} == {"outcome=UT"}


def test_a_figure_that_the_numbers_deny_is_passed_over() -> None:
    outcomes = dict.fromkeys(vocabulary().code_list("outcome").names, 0)
    rows = outcomes | {"A": HIDDEN, "AD": HIDDEN, "AP": 388, "total": 400}
    tables = counted("exit_outcomes", 2021, **rows)
    # The printed numbers are 31 and 13; here both are 12.
    assert not any(breach.printed for breach in audit(tables, FIVE, figures=figures()).breaches)


def test_a_printed_place_is_among_those_that_the_report_ranks() -> None:
    """The most used measure: no order against the programme's own groups follows from it."""
    codes = frozenset(vocabulary().code_list("activity").names)
    ranks = [one for one in figures() if (one.table, one.rounding) == ("activities", "rank")]
    reading = Reading((), {(2021, "activities"): codes})
    orders = {
        tuple((quantity[2], sign) for quantity, sign in relation.terms)
        for supposition in told(reading, 2021, ranks)
        for relation in supposition.relations
    }
    assert orders == {
        *((("work_training", 1), (less, -1)) for less in ("wage_subsidy", "mentor")),
        (("work_training", 1), ("labour_market_course", -1)),
        *((("wage_subsidy", 1), (less, -1)) for less in ("mentor", "labour_market_course")),
    }


# --- Vintages -----------------------------------------------------------------------------


def test_numbers_that_fell_by_one_are_caught() -> None:
    before = countries(SO=100, SY=60, AF=20, total=180)
    after = countries(SO=99, SY=60, AF=20, total=179)
    found = judged(after, before)
    assert promises(found) == {Promise.DIFFERENCE}
    told = {breach.where[0] for breach in found.breaches if breach.printed}
    assert told == {"country=SO", "country=total"}
    assert judged(countries(SO=95, SY=60, AF=20, total=175), before).breaches == ()


def test_a_difference_between_two_that_came_before_is_caught() -> None:
    """The present publication differs by many from both; they differ from each other by one."""
    first = countries(SO=100, SY=60, total=160)
    second = countries(SO=101, SY=60, total=161)
    now = countries(SO=120, SY=60, total=180)
    assert promises(judged(now, second, first)) == {Promise.DIFFERENCE}
    assert judged(now, first).breaches == ()


def test_a_difference_of_those_without_a_row_is_caught() -> None:
    """Women rose by 6 and all by 5, so one man is gone."""
    before = populations({(2021, "referred"): (40, 30)})
    for women, men, is_safe in ((46, 29, False), (46, 30, True), (46, 36, True)):
        cells = {(2021, "referred", "female"): women, (2021, "referred", "male"): HIDDEN}
        cells |= {(2021, "referred", "unknown"): 0, (2021, "referred", "total"): women + men}
        now = {"gender_split": frame("gender_split", cells)}
        found = promises(judged(now, before))
        assert (Promise.DIFFERENCE not in found) is is_safe


def test_a_difference_of_two_hidden_numbers_together_is_caught() -> None:
    """Neither number is known, and their sum rose by one."""
    before = countries(SO=100, SY=60, AF=HIDDEN, IQ=HIDDEN, total=200)
    for total, syria, is_safe in ((206, 65, False), (205, 65, True), (210, 65, True)):
        now = countries(SO=100, SY=syria, AF=HIDDEN, IQ=HIDDEN, total=total)
        found = promises(judged(now, before))
        assert (Promise.DIFFERENCE not in found) is is_safe


def test_a_difference_that_may_be_nobody_may_be_small() -> None:
    """Afghanistan was 5 to 9 and is 5 to 9: it is uncertain whether anybody came or left."""
    before = countries(SO=100, AF=HIDDEN, IQ=HIDDEN, total=114)
    now = countries(SO=120, AF=HIDDEN, IQ=HIDDEN, total=134)
    assert judged(now).breaches == ()
    assert judged(now, before).breaches == ()
    wider = [countries(SO=n, AF=HIDDEN, IQ=HIDDEN, total=n + 15) for n in (100, 120)]
    assert judged(wider[1], wider[0]).breaches == ()
