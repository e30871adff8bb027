"""The audit of an open publication: each way to break the promise is caught, and a kept one passes.

Publications are built by hand, as small as the leak allows. Bounds are tested against brute force
in test_inference_brute_force.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.disclosure import audit as audit_module
from assets.disclosure.audit import Audit, Breach, Promise, read
from assets.disclosure.audit.quantities import PARTITIONS, UnknownQuantityError
from assets.published.tables import published, published_schema
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from tests.recount import oracle
from tests.recount.registers import random_register

Tables = dict[str, pl.DataFrame]
Number = float | None


def audit(
    tables: Mapping[str, pl.DataFrame],
    threshold: int,
    earlier: Sequence[Mapping[str, pl.DataFrame]] = (),
    **options: Any,
) -> Audit:
    """Audit what the numbers give away, without printed figures.

    Pieces of a publication lack the populations that they divide, which is tested elsewhere
    (test_audit_rules.py).
    """
    found = audit_module.audit(tables, threshold, earlier, figures=(), **options)
    breaches = tuple(one for one in found.breaches if one.promise is not Promise.ZERO)
    return replace(found, breaches=breaches)


HIDDEN = None
MARGINS = GENDERS = ("female", "male", "unknown", "total")
FIVE = 5


def counts(table: str, rows: Mapping[tuple[Any, ...], Number]) -> pl.DataFrame:
    """A table of counts: year and categories of each row, and its number, None for hidden."""
    return _frame(table, [(*key, number) for key, number in rows.items()])


def long(table: str, rows: Mapping[tuple[Any, ...], Number]) -> pl.DataFrame:
    """A mart published long: year, categories and measure of each row, and its number."""
    return _frame(table, [(*key, number) for key, number in rows.items()])


def _frame(table: str, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    stated = [(*row, "hidden" if row[-1] is None else "shown") for row in rows]
    return pl.DataFrame(
        stated, published_schema(vocabulary().table(f"marts.{table}")), orient="row"
    )


def by_gender(
    *categories: Any, female: Number = 0, male: Number = 0, total: Number = 0
) -> dict[tuple[Any, ...], Number]:
    """The four rows of a category, with nobody of unknown gender."""
    numbers = (female, male, 0, total)
    return {(*categories, gender): n for gender, n in zip(GENDERS, numbers, strict=True)}


def countries(
    rows: Mapping[str, tuple[Number, Number, Number]], year: int = 2021
) -> dict[str, pl.DataFrame]:
    """Participants by country: women, men and all."""
    cells: dict[tuple[Any, ...], Number] = {}
    for country, (female, male, total) in rows.items():
        cells |= by_gender(year, country, female=female, male=male, total=total)
    return {"country_of_origin": counts("country_of_origin", cells)}


def populations(year: int, **rows: tuple[Number, Number, Number]) -> dict[tuple[Any, ...], Number]:
    """Rows of gender_split by population: women, men and all."""
    cells: dict[tuple[Any, ...], Number] = {}
    for name, (female, male, total) in rows.items():
        cells |= by_gender(year, name, female=female, male=male, total=total)
    return cells


def broken(found: Audit) -> set[tuple[str, Promise]]:
    return {(breach.table, breach.promise) for breach in found.breaches}


def promises(found: Audit) -> set[Promise]:
    return {breach.promise for breach in found.breaches}


SAFE = {"SO": (HIDDEN, HIDDEN, 12), "SY": (HIDDEN, HIDDEN, 14), "total": (15, 11, 26)}
"""Four hidden numbers in a square, each somewhere between 1 and 11 or more."""


def test_a_mart_that_the_audit_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would prove nothing of it, and the open publication would hold back every year."""
    others = {name: one for name, one in PARTITIONS.items() if name != "country_of_origin"}
    monkeypatch.setattr("assets.disclosure.audit.quantities.PARTITIONS", others)
    with pytest.raises(UnknownQuantityError, match=r"country_of_origin.*quantities\.py"):
        audit(countries(SAFE), FIVE)


# --- A kept promise ---------------------------------------------------------------------


def test_kept_promise_passes() -> None:
    found = audit(countries(SAFE), FIVE)
    assert found.breaches == ()
    assert (found.cells, found.hidden) == (12, 4)
    assert found.narrowest is not None
    assert found.narrowest >= FIVE - 1


def test_all_shown_and_large_or_zero_passes() -> None:
    found = audit(countries({"SO": (12, 0, 12), "SY": (8, 9, 17), "total": (20, 9, 29)}), FIVE)
    assert found.breaches == ()
    assert found.narrowest is None


def test_nothing_published_passes() -> None:
    empty = {
        table.name: pl.DataFrame(schema=published_schema(table))
        for table in vocabulary().layer("marts")
        if not table.is_list
    }
    assert audit(empty, FIVE).breaches == ()
    assert audit({}, FIVE).breaches == ()


def test_threshold_decides() -> None:
    assert audit(countries(SAFE), 12).breaches != ()


def test_hidden_numbers_that_nothing_binds_pass() -> None:
    staffing = {("counsellor", "headcount"): HIDDEN, ("hr", "headcount"): HIDDEN}
    rows = {(2021, *key): number for key, number in staffing.items()}
    assert audit({"staffing": long("staffing", rows)}, FIVE).breaches == ()


# --- The mutations of the protection ----------------------------------------------------


def test_primary_alone_is_caught() -> None:
    shown = {"SO": (HIDDEN, 9, 12), "SY": (12, HIDDEN, 14), "total": (15, 11, 26)}
    assert promises(audit(countries(shown), FIVE)) == {Promise.CERTAIN}


def test_row_whose_hidden_numbers_sum_to_the_threshold_is_caught() -> None:
    """With a lower bound of 0 they would reach 5; with 1, as hidden numbers have, they reach 4."""
    shown = {"SO": (HIDDEN, HIDDEN, 5), "SY": (HIDDEN, HIDDEN, 40), "total": (22, 23, 45)}
    assert Promise.BELOW_THRESHOLD in promises(audit(countries(shown), FIVE))
    one_more = {"SO": (HIDDEN, HIDDEN, 6), "SY": (HIDDEN, HIDDEN, 40), "total": (23, 23, 46)}
    assert audit(countries(one_more), FIVE).breaches == ()


def test_width_of_less_than_the_promise_is_caught() -> None:
    """Women from Somalia are 8 to 11: not certain, not small, and still too close."""
    shown = {"SO": (HIDDEN, HIDDEN, 12), "SY": (HIDDEN, HIDDEN, 5), "total": (12, 5, 17)}
    found = audit(countries(shown), FIVE)
    narrow = [breach.where for breach in found.breaches if breach.promise is Promise.NARROW]
    assert ("country=SO", "gender=female") in narrow
    # At a threshold of 4, a span of 3 is enough.
    assert all(
        breach.promise is not Promise.NARROW for breach in audit(countries(shown), 4).breaches
    )


def test_same_people_in_another_table_are_caught() -> None:
    rows = {"SO": (HIDDEN, HIDDEN, 12), "SY": (HIDDEN, HIDDEN, 14), "total": (HIDDEN, HIDDEN, 26)}
    tables = countries(rows)
    assert audit(tables, FIVE).breaches == ()
    for women, is_safe in ((15, True), (3, False), (22, False)):
        cells = populations(2021, participants=(women, HIDDEN, HIDDEN))
        tables["gender_split"] = counts("gender_split", cells)
        found = broken(audit(tables, FIVE))
        # The total of one table less the women of the other is the men of both.
        assert ("gender_split", Promise.CERTAIN) in found
        assert ("country_of_origin", Promise.CERTAIN) in found
        assert (("country_of_origin", Promise.BELOW_THRESHOLD) in found) is not is_safe


def test_years_are_tied() -> None:
    first = populations(2020, active_at_year_end=(HIDDEN, HIDDEN, 20))
    second = populations(
        2021,
        active_at_year_end=(18, 12, 30),
        started=(9, 8, 17),
        planned_exits=(0, 7, 7),
        dropouts=(0, 0, 0),
    )
    for alone in (first, second):
        assert audit({"gender_split": counts("gender_split", alone)}, FIVE).breaches == ()
    both = audit({"gender_split": counts("gender_split", first | second)}, FIVE)
    assert {(b.year, b.promise) for b in both.breaches} == {(2020, Promise.CERTAIN)}


def test_participants_are_tied_to_the_year_before() -> None:
    """7 men are new, so as many started, or more if somebody came back."""
    cells = populations(2020, active_at_year_end=(12, 8, 20)) | populations(
        2021, participants=(22, 15, 37), started=(10, HIDDEN, HIDDEN)
    )
    tables = {"gender_split": counts("gender_split", cells)}
    assert broken(audit(tables, FIVE)) == {("gender_split", Promise.CERTAIN)}
    assert audit(tables, FIVE, ties={}).breaches == ()
    assert audit(tables, FIVE, ties={2021: {"active": MARGINS}}).breaches == ()
    came = audit(tables, FIVE, ties={2021: {"came": ["male"]}})
    assert broken(came) == {("gender_split", Promise.CERTAIN)}


def test_who_never_came_took_no_part() -> None:
    """No-shows are not among the participants, so nothing ties their hidden number to these."""
    cells = populations(2020, active_at_year_end=(0, 20, 20)) | populations(
        2021, participants=(0, 37, 37), started=(0, 17, 17), no_shows=(0, HIDDEN, HIDDEN)
    )
    assert audit({"gender_split": counts("gender_split", cells)}, FIVE).breaches == ()


def test_who_left_is_tied_to_the_year_end() -> None:
    cells = populations(
        2021,
        participants=(0, 40, 40),
        active_at_year_end=(0, 20, 20),
        planned_exits=(0, 8, 8),
        dropouts=(0, HIDDEN, HIDDEN),
    )
    tables = {"gender_split": counts("gender_split", cells)}
    assert broken(audit(tables, FIVE)) == {("gender_split", Promise.CERTAIN)}
    assert audit(tables, FIVE, ties={2021: {"left": ["female"]}}).breaches == ()
    left = audit(tables, FIVE, ties={2021: {"left": ["total"]}})
    assert broken(left) == {("gender_split", Promise.CERTAIN)}


def test_tie_that_the_numbers_deny_is_not_supposed() -> None:
    """More started than are new: somebody started twice, so the new persons give nothing more."""
    rows = populations(2020, active_at_year_end=(0, 20, 20))
    rows |= populations(2021, participants=(0, 37, 37), started=(0, 30, 30))
    assert audit({"gender_split": counts("gender_split", rows)}, FIVE).breaches == ()


def test_a_tie_that_is_stated_and_false_is_a_contradiction() -> None:
    rows = populations(2021, participants=(0, 37, 37), started=(0, 30, 30))
    rows |= populations(2021, active_at_year_end=(0, 20, 20), planned_exits=(0, 9, 9))
    rows |= populations(2021, dropouts=(0, 9, 9))
    tables = {"gender_split": counts("gender_split", rows)}
    assert Promise.CONTRADICTION not in promises(audit(tables, FIVE))
    stated = audit(tables, FIVE, ties={2021: {"left": ["total"]}})
    assert Promise.CONTRADICTION in promises(stated)


def test_programme_that_began_in_the_first_year_is_supposed() -> None:
    cells = populations(2019, participants=(0, 30, 30), started=(0, HIDDEN, HIDDEN))
    found = audit({"gender_split": counts("gender_split", cells)}, FIVE)
    assert ("gender_split", Promise.CERTAIN) in broken(found)


def untied(**rows: tuple[Number, Number, Number]) -> Audit:
    """The audit of two years with no ties stated, and 20 men active before the last."""
    cells = populations(2020, active_at_year_end=(0, 20, 20)) | populations(2021, **rows)
    return audit({"gender_split": counts("gender_split", cells)}, FIVE, ties={})


NONE = (0, 0, 0)
MEN = (0, HIDDEN, HIDDEN)


@pytest.mark.parametrize(
    ("hidden", "flows"),
    [
        ("participants", {"started": NONE}),
        (
            "participants",
            {"active_at_year_end": (0, 20, 20), "planned_exits": NONE, "dropouts": NONE},
        ),
        ("active_at_year_end", {"started": NONE, "planned_exits": NONE, "dropouts": NONE}),
    ],
)
def test_years_bound_each_other_without_a_tie(
    hidden: str, flows: dict[str, tuple[Number, Number, Number]]
) -> None:
    """Persons may come or leave twice, but if nobody came or left, the same people are there."""
    assert broken(untied(**{hidden: MEN}, **flows)) == {("gender_split", Promise.CERTAIN)}
    for name in flows:
        others = {key: row for key, row in flows.items() if key != name}
        assert untied(**{hidden: MEN}, **others).breaches == ()


def test_tied_years_are_those_that_are_said_to_be() -> None:
    stock = dict.fromkeys(range(6, 13), 27)
    cells = populations(2020, active_at_year_end=(18, 12, 30)) | populations(
        2021,
        active_at_year_end=(18, 19, 37),
        started=(0, HIDDEN, HIDDEN),
        planned_exits=NONE,
        dropouts=NONE,
    )
    for tables in (
        {"gender_split": counts("gender_split", cells)},
        {"caseload": months(active=stock, started={6: HIDDEN})},
    ):
        assert Promise.CERTAIN in promises(audit(tables, FIVE))
        assert Promise.CERTAIN in promises(audit(tables, FIVE, ties={2021: {"active": MARGINS}}))
        assert audit(tables, FIVE, ties={2020: {"active": MARGINS}}).breaches == ()


@pytest.mark.parametrize("started_in", [6, 7])
def test_months_bound_each_other_without_a_tie(started_in: int) -> None:
    tables = {"caseload": months(active={6: HIDDEN}, started={started_in: HIDDEN})}
    found = audit(tables, FIVE, ties={})
    assert ("caseload", Promise.CERTAIN) in broken(found)


def test_active_in_a_month_take_part_in_the_year() -> None:
    moved = {"started": {6: HIDDEN}, "planned_exits": {7: HIDDEN}}
    tables = {"caseload": months(active={6: HIDDEN}, **moved)}
    assert audit(tables, FIVE, ties={}).breaches == ()
    tables |= key_figures(participants=22)
    found = audit(tables, FIVE, ties={})
    assert ("caseload", Promise.NARROW) in broken(found)


def test_referrals_of_the_quarters_sum_to_the_year() -> None:
    rows = {(2021, quarter, "referred"): 9 for quarter in range(2, 5)}
    tables = {"quarterly_flow": long("quarterly_flow", {**rows, (2021, 1, "referred"): HIDDEN})}
    assert audit(tables, FIVE).breaches == ()
    tables |= key_figures(referrals=40)
    assert broken(audit(tables, FIVE)) == {("quarterly_flow", Promise.CERTAIN)}


@pytest.mark.parametrize("row", ["education", "rest"])
def test_groups_of_outcomes_are_all_that_planned_exits_went_to(row: str) -> None:
    """A group that is not listed is empty, or is in the rest."""
    rows = {(2021, "work", "n"): 12, (2021, row, "n"): HIDDEN, (2021, "total", "n"): 30}
    found = audit({"time_in_programme": long("time_in_programme", rows)}, FIVE)
    assert ("time_in_programme", Promise.CERTAIN) in broken(found)


@pytest.mark.parametrize(("clarified", "is_safe"), [(15, False), (18, True), (10, True)])
def test_those_who_reached_none_of_the_targets_are_judged(clarified: int, is_safe: bool) -> None:
    reached = {"work": 30, "education": 12, "clarified": clarified}
    rows = {(2021, target, "n"): n for target, n in reached.items()}
    rows |= {(2021, target, "base"): 60 for target in reached}
    tables = {"target_attainment": long("target_attainment", rows)}
    assert (audit(tables, FIVE).breaches == ()) is is_safe


def test_nobody_comes_without_a_referral() -> None:
    """20 were referred and 17 started: at most 3 did not turn up, if nobody waited from before."""
    cells = populations(
        2021, referred=(0, 20, 20), started=(0, 17, 17), no_shows=(0, HIDDEN, HIDDEN)
    )
    found = broken(audit({"gender_split": counts("gender_split", cells)}, FIVE))
    assert ("gender_split", Promise.BELOW_THRESHOLD) in found
    cells |= populations(2021, referred=(0, 22, 22))
    assert audit({"gender_split": counts("gender_split", cells)}, FIVE).breaches == ()
    # More came than were referred: some had waited, and their number is unknown.
    cells |= populations(2021, referred=(0, 16, 16))
    assert audit({"gender_split": counts("gender_split", cells)}, FIVE).breaches == ()


def test_nobody_comes_without_a_referral_in_a_quarter() -> None:
    rows: dict[tuple[Any, ...], Number] = {
        (2021, quarter, measure): 0
        for quarter in range(1, 5)
        for measure in ("referred", "started", "planned_exits", "dropouts", "no_shows")
    }
    rows |= {(2021, 1, "referred"): 9, (2021, 1, "started"): 6, (2021, 1, "no_shows"): HIDDEN}
    rows |= {(2021, 2, "referred"): 9, (2021, 2, "started"): 6}
    found = audit({"quarterly_flow": long("quarterly_flow", rows)}, FIVE)
    assert ("quarterly_flow", Promise.BELOW_THRESHOLD) in broken(found)
    rows |= {(2021, 2, "no_shows"): HIDDEN, (2021, 1, "referred"): 12}
    assert audit({"quarterly_flow": long("quarterly_flow", rows)}, FIVE).breaches == ()


def months(
    **changed: Mapping[int, Number],
) -> pl.DataFrame:
    """Twelve months with 20 active persons and no events, except for `changed`."""
    rows: dict[tuple[Any, ...], Number] = {}
    for month in range(1, 13):
        usual = {"active": 20, "started": 0, "planned_exits": 0, "dropouts": 0, "no_shows": 0}
        for measure, number in usual.items():
            rows[2021, month, measure] = changed.get(measure, {}).get(month, number)
    return long("caseload", rows)


def test_months_are_tied() -> None:
    stock = dict.fromkeys(range(6, 13), 27)
    quiet = {"caseload": months(active=stock, started={6: HIDDEN})}
    assert promises(audit(quiet, FIVE)) == {Promise.CERTAIN}
    moving = {
        "caseload": months(active=stock, started={6: HIDDEN}, planned_exits={6: HIDDEN}),
    }
    assert audit(moving, FIVE).breaches == ()


def test_exits_of_a_month_that_sum_to_few_are_caught() -> None:
    stock = dict.fromkeys(range(6, 13), 17)
    tables = {"caseload": months(active=stock, planned_exits={6: HIDDEN}, dropouts={6: HIDDEN})}
    assert promises(audit(tables, FIVE)) >= {Promise.SMALL_SUM, Promise.BELOW_THRESHOLD}


def test_months_sum_to_quarters_and_the_year() -> None:
    exits = {3: HIDDEN, 5: HIDDEN}
    hidden = {"caseload": months(no_shows=exits)}
    assert audit(hidden, FIVE).breaches == ()
    rows = {
        (2021, quarter, measure): 0
        for quarter in range(1, 5)
        for measure in ("referred", "started", "planned_exits", "dropouts")
    }
    rows |= {(2021, quarter, "no_shows"): 0 for quarter in (3, 4)}
    rows |= {(2021, quarter, "active"): 20 for quarter in range(1, 5)}
    by_quarter: dict[tuple[Any, ...], Number] = {**rows, (2021, 1, "no_shows"): HIDDEN}
    by_quarter[2021, 2, "no_shows"] = 6
    hidden["quarterly_flow"] = long("quarterly_flow", by_quarter)
    assert broken(audit(hidden, FIVE)) == {("caseload", Promise.CERTAIN)}


def test_quarter_is_active_as_its_last_month() -> None:
    tables = {
        "caseload": months(active={6: HIDDEN}, started={6: HIDDEN, 7: HIDDEN}),
        "quarterly_flow": long("quarterly_flow", {(2021, 2, "active"): 31}),
    }
    assert ("caseload", Promise.CERTAIN) in broken(audit(tables, FIVE))


def outcomes(**changed: Number) -> dict[str, pl.DataFrame]:
    """Planned exits by outcome, no gender: 30 to UT, 20 to AP, none to the others."""
    codes = vocabulary().code_list("outcome").names
    numbers: dict[str, Number] = {**dict.fromkeys(codes, 0), "UT": 30, "AP": 20, "total": 50}
    numbers |= changed
    rows = {(2021, code, "total"): number for code, number in numbers.items()}
    return {"exit_outcomes": counts("exit_outcomes", rows)}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("key_figures", {(2021, "work_exits", "value"): 12}),
        ("job_retention", {(2021, "work_exits"): 12}),
        ("target_attainment", {(2021, "work", "n"): 12}),
        ("time_in_programme", {(2021, "work", "n"): 12}),
    ],
)
def test_work_is_full_time_and_part_time(table: str, rows: dict[Any, Number]) -> None:
    tables = outcomes(A=HIDDEN, AD=9, SU=HIDDEN, total=70)
    assert audit(tables, FIVE).breaches == ()
    tables[table] = long(table, rows)
    assert ("exit_outcomes", Promise.CERTAIN) in broken(audit(tables, FIVE))


def test_breakdowns_of_work_are_of_the_same_exits() -> None:
    rows: dict[tuple[Any, ...], Number] = {
        (2021, "wage_subsidy", "yes"): HIDDEN,
        (2021, "wage_subsidy", "no"): HIDDEN,
        (2021, "wage_subsidy", "unknown"): 0,
        (2021, "wage_subsidy", "total"): HIDDEN,
    }
    tables = outcomes(A=HIDDEN, AD=9, SU=HIDDEN, total=70)
    tables["work_exits"] = counts("work_exits", rows)
    assert audit(tables, FIVE).breaches == ()
    rows[2021, "wage_subsidy", "total"] = 12
    tables["work_exits"] = counts("work_exits", rows)
    assert broken(audit(tables, FIVE)) >= {("exit_outcomes", Promise.CERTAIN)}


@pytest.mark.parametrize(
    ("table", "code", "categories"),
    [
        ("aap_benefits", "AP", ("kvp", "social_assistance")),
        ("other_exit_details", "AN", ("institution", "primary_school")),
    ],
)
def test_details_are_of_one_outcome(table: str, code: str, categories: tuple[str, str]) -> None:
    tables = outcomes(**{code: HIDDEN, "SU": HIDDEN, "total": 80 if code == "AN" else 60})
    assert audit(tables, FIVE).breaches == ()
    column = vocabulary().table(f"marts.{table}").dimensions[0]
    listed = vocabulary().categories(
        vocabulary().table(f"marts.{table}"),
        vocabulary().table(f"marts.{table}").column(column),
    )
    numbers: dict[str, Number] = {**dict.fromkeys(listed or (), 0), **dict.fromkeys(categories, 7)}
    rows = {(2021, name, "total"): number for name, number in numbers.items()}
    tables[table] = counts(table, {**rows, (2021, "total", "total"): HIDDEN})
    assert broken(audit(tables, FIVE)) >= {
        ("exit_outcomes", Promise.CERTAIN),
        (table, Promise.CERTAIN),
    }


def test_shown_small_number_is_caught() -> None:
    found = audit(countries({"SO": (3, 9, 12), "total": (3, 9, 12)}), FIVE)
    assert ("country_of_origin", Promise.SMALL_SHOWN) in broken(found)
    assert Promise.SMALL_SHOWN not in promises(audit(countries({"total": (3, 9, 12)}), 3))


def test_certain_sum_of_hidden_numbers_is_caught() -> None:
    shown = {
        "SO": (HIDDEN, 9, HIDDEN),
        "SY": (HIDDEN, 12, HIDDEN),
        "AF": (20, 12, 32),
        "total": (24, 33, 57),
    }
    assert Promise.SMALL_SUM in promises(audit(countries(shown), FIVE))


# --- The design: rest, no gender, the total alone ---------------------------------------


def test_rest_keeps_its_countries_secret() -> None:
    safe = {"SO": (9, 8, 17), "rest": (6, 5, 11), "total": (15, 13, 28)}
    assert audit(countries(safe), FIVE).breaches == ()


def test_rest_with_too_few_is_caught() -> None:
    few = {"SO": (9, 8, 17), "rest": (3, 0, 3), "total": (12, 8, 20)}
    assert Promise.SMALL_SHOWN in promises(audit(countries(few), FIVE))
    hidden = {"SO": (9, 8, 17), "rest": (HIDDEN, 0, HIDDEN), "total": (19, 8, 27)}
    assert Promise.CERTAIN in promises(audit(countries(hidden), FIVE))


def folded(number: int, *members: str) -> dict[str, pl.DataFrame]:
    """Referrals by office, `members` folded into the rest."""
    offices = ("arstad", "bergenhus", "fana_ytrebygda", "fyllingsdalen_laksevag", "asane_arna")
    numbers = dict.fromkeys((*offices, "unknown"), 20)
    listed = {name: n for name, n in numbers.items() if name not in members}
    listed |= {"rest": number}
    listed |= {"total": sum(listed.values())}
    rows = {(2021, name, "total"): n for name, n in listed.items()}
    return {"referral_offices": counts("referral_offices", rows)}


def test_rest_of_a_known_list_must_leave_room_for_each() -> None:
    """Two offices with somebody in each share 5, so neither has 5."""
    found = audit(folded(5, "arstad", "bergenhus"), FIVE)
    assert promises(found) >= {Promise.BELOW_THRESHOLD}
    assert not any(breach.printed for breach in found.breaches)
    assert audit(folded(6, "arstad", "bergenhus"), FIVE).breaches == ()


def test_dropped_gender_is_still_known_of_the_whole() -> None:
    """Of 100 referrals 96 are of women, so an office has at most 4 of men."""
    tables = folded(20, "arstad", "bergenhus")
    referred = populations(2021, referred=(96, HIDDEN, 100))
    tables["gender_split"] = counts("gender_split", referred)
    assert ("gender_split", Promise.CERTAIN) in broken(audit(tables, FIVE))
    referred = populations(2021, referred=(100, 0, 100))
    tables["gender_split"] = counts("gender_split", referred)
    # There are no men at all, so no office has any: certain, and harmless.
    assert audit(tables, FIVE).breaches == ()


def test_total_alone_passes() -> None:
    assert audit(countries({"total": (12, 14, 26)}), FIVE).breaches == ()


# --- Numbers that exist and are not printed ---------------------------------------------


@pytest.mark.parametrize(
    ("followed_up", "still_employed", "is_safe"),
    [(30, 22, True), (30, 30, True), (41, 30, False), (30, 28, False), (HIDDEN, HIDDEN, True)],
)
def test_those_not_followed_up_are_judged(
    followed_up: Number, still_employed: Number, is_safe: bool
) -> None:
    measures = {"work_exits": 44, "followed_up": followed_up, "still_employed": still_employed}
    rows = {(2021, name): number for name, number in measures.items()}
    found = audit({"job_retention": long("job_retention", rows)}, FIVE)
    assert (found.breaches == ()) is is_safe
    assert not any(breach.printed for breach in found.breaches)


@pytest.mark.parametrize(("answered", "is_safe"), [(20, True), (48, False), (50, True)])
def test_those_who_did_not_answer_are_judged(answered: int, is_safe: bool) -> None:
    rows = {(2021, "Vår", "invited"): 50, (2021, "Vår", "answered"): answered}
    found = audit({"survey_response": long("survey_response", rows)}, FIVE)
    assert (found.breaches == ()) is is_safe


def with_activity(women: Number, men: Number, both: Number) -> Tables:
    cells = populations(2021, participants=(30, 20, 50))
    rows = by_gender(2021, "mentor", female=women, male=men, total=both)
    return {
        "gender_split": counts("gender_split", cells),
        "activities": counts("activities", rows),
    }


def test_those_without_an_activity_are_judged() -> None:
    assert audit(with_activity(20, 14, 34), FIVE).breaches == ()
    found = audit(with_activity(28, 14, 42), FIVE)
    assert broken(found) == {("activities", Promise.CERTAIN)}
    assert not any(breach.printed for breach in found.breaches)
    assert Promise.CERTAIN in promises(audit(with_activity(20, HIDDEN, 34), FIVE))


def test_activity_after_the_exit_is_no_part_of_the_participants() -> None:
    """An activity may outlast the participation, so there may be more with it than participants."""
    assert audit(with_activity(40, 14, 54), FIVE).breaches == ()


def test_those_without_an_activity_before_work_are_judged() -> None:
    tables = {
        "job_retention": long("job_retention", {(2021, "work_exits"): 30}),
        "work_exit_activities": counts("work_exit_activities", {(2021, "mentor"): 28}),
    }
    assert broken(audit(tables, FIVE)) == {("work_exit_activities", Promise.CERTAIN)}


@pytest.mark.parametrize(("work", "is_safe"), [(30, True), (58, False), (60, True)])
def test_those_who_reached_no_target_are_judged(work: int, is_safe: bool) -> None:
    rows = {(2021, "work", "n"): work, (2021, "work", "base"): 60}
    tables = {"target_attainment": long("target_attainment", rows)}
    assert (audit(tables, FIVE).breaches == ()) is is_safe


# --- Shares, medians, ages, ratios ------------------------------------------------------


def share(n: Number, base: Number, value: Number) -> Tables:
    """A target with its share; a hidden share has no row."""
    rows: dict[tuple[Any, ...], Number] = {(2021, "work", "n"): n, (2021, "work", "base"): base}
    if value is not None:
        rows[2021, "work", "actual_share"] = value
    return {"target_attainment": long("target_attainment", rows)}


@pytest.mark.parametrize(
    ("n", "base", "value", "is_safe"),
    [
        (30, 60, 0.5, True),
        (HIDDEN, 60, 0.5, False),
        (30, HIDDEN, 0.5, False),
        (8, 16, 0.5, False),
        (HIDDEN, 60, None, True),
    ],
)
def test_share_gives_a_number_back(n: Number, base: Number, value: Number, is_safe: bool) -> None:
    assert (Promise.RATIO not in promises(audit(share(n, base, value), FIVE))) is is_safe


def key_figures(**figures: Number) -> Tables:
    return {
        "key_figures": long(
            "key_figures", {(2021, name, "value"): number for name, number in figures.items()}
        )
    }


EXITS = {"planned_exits": 40, "dropouts": 10, "no_shows": 8}


@pytest.mark.parametrize(
    ("figures", "is_safe"),
    [
        ({**EXITS, "planned_share_of_exits": 40 / 58}, True),
        ({**EXITS, "no_shows": HIDDEN, "planned_share_of_exits": 40 / 58}, False),
        (
            {"planned_exits": 6, "dropouts": 6, "no_shows": 7, "planned_share_of_exits": 6 / 19},
            False,
        ),
        ({"planned_exits": 40, "work_exits": 20, "work_exit_share": 0.5}, True),
        ({"planned_exits": 40, "work_exits": HIDDEN, "work_exit_share": 0.5}, False),
        ({"planned_exits": 20, "median_days_in_programme": 300}, True),
        ({"planned_exits": 19, "median_days_in_programme": 300}, False),
        ({"planned_exits": HIDDEN, "median_days_in_programme": 300}, False),
        ({"participants": 60, "age_min": 19}, False),
        ({"participants": 60, "age_max": 61}, False),
        ({"participants": 60, "age_min": HIDDEN}, True),
    ],
)
def test_key_figures_of_no_count(figures: dict[str, Number], is_safe: bool) -> None:
    assert (Promise.RATIO not in promises(audit(key_figures(**figures), FIVE))) is is_safe


def test_median_rests_on_the_threshold_where_that_is_more() -> None:
    tables = key_figures(planned_exits=30, median_days_in_programme=300)
    assert Promise.RATIO not in promises(audit(tables, 30))
    assert Promise.RATIO in promises(audit(tables, 31))


@pytest.mark.parametrize("measure", ["p25_days", "median_days", "p75_days"])
def test_quantiles_of_a_group_rest_on_it(measure: str) -> None:
    def tables(n: Number) -> Tables:
        rows: dict[tuple[Any, ...], Number] = {
            (2021, "work", "n"): n,
            (2021, "work", measure): 300,
            (2021, "total", "n"): 60,
        }
        return {"time_in_programme": long("time_in_programme", rows)}

    assert Promise.RATIO not in promises(audit(tables(20), FIVE))
    assert Promise.RATIO in promises(audit(tables(19), FIVE))
    assert Promise.RATIO in promises(audit(tables(HIDDEN), FIVE))


@pytest.mark.parametrize(
    "measure", ["counsellor_fte", "participants_per_counsellor", "active_per_counsellor"]
)
@pytest.mark.parametrize(
    ("headcounts", "people", "is_safe"),
    [
        ({"counsellor": 10}, 200, True),
        ({"counsellor": 10, "hr": HIDDEN}, 200, True),
        ({"counsellor": HIDDEN}, 200, False),
        ({"counsellor": 10, "counsellor_part_time": HIDDEN}, 200, False),
        ({"hr": 10}, 200, False),
        ({"counsellor": 10}, HIDDEN, False),
    ],
)
def test_counsellors_are_not_given_back(
    measure: str, headcounts: dict[str, Number], people: Number, is_safe: bool
) -> None:
    if measure == "counsellor_fte" and people is HIDDEN:
        is_safe = True
    caseload = {"participants": people, "active_at_year_end": people, measure: 9.5}
    tables = {
        "staffing": long(
            "staffing", {(2021, role, "headcount"): n for role, n in headcounts.items()}
        ),
        "counsellor_caseload": long(
            "counsellor_caseload", {(2021, name): n for name, n in caseload.items()}
        ),
    }
    assert (Promise.RATIO not in promises(audit(tables, FIVE))) is is_safe


def test_positions_rest_on_the_headcount() -> None:
    def tables(headcount: Number) -> Tables:
        rows: dict[tuple[Any, ...], Number] = {
            (2021, "hr", "headcount"): headcount,
            (2021, "hr", "full_time_equivalents"): 4.2,
        }
        return {"staffing": long("staffing", rows)}

    assert audit(tables(6), FIVE).breaches == ()
    assert promises(audit(tables(HIDDEN), FIVE)) == {Promise.RATIO}


def test_numbers_of_no_people_are_free() -> None:
    sessions = {
        (2021, "theme_day", "sessions"): 2,
        (2021, "theme_day", "registered"): HIDDEN,
        (2021, "theme_day", "attended"): 9,
    }
    tables = {
        "group_sessions": long("group_sessions", sessions),
        "savings": long("savings", {(2021, "savings_target"): 3, (2021, "savings_reported"): 1.5}),
        "target_attainment": long("target_attainment", {(2021, "work", "target_share"): 0.6}),
    }
    assert audit(tables, FIVE).breaches == ()
    few = long("group_sessions", {(2021, "theme_day", "attended"): 2})
    assert promises(audit({"group_sessions": few}, FIVE)) == {Promise.SMALL_SHOWN}


def test_empty_share_of_nobody_may_stand() -> None:
    frame = share(0, 0, 0.0)["target_attainment"].with_columns(
        value=pl.when(pl.col("measure") == "actual_share").then(None).otherwise("value")
    )
    assert audit({"target_attainment": frame}, FIVE).breaches == ()
    somebody = frame.with_columns(
        value=pl.when(pl.col("measure") == "base").then(30).otherwise("value")
    )
    assert promises(audit({"target_attainment": somebody}, FIVE)) == {Promise.RATIO}


# --- Single rows ------------------------------------------------------------------------


def test_hidden_row_that_holds_its_number_is_caught() -> None:
    tables = countries(SAFE)
    frame = tables["country_of_origin"].with_columns(
        n=pl.when(pl.col("n").is_null()).then(6).otherwise("n")
    )
    assert promises(audit({"country_of_origin": frame}, FIVE)) == {Promise.HIDDEN_HAS_VALUE}


def test_row_without_a_known_status_is_caught() -> None:
    frame = countries({"total": (12, 14, 26)})["country_of_origin"]
    unsaid = frame.with_columns(status=pl.lit("perhaps"))
    assert promises(audit({"country_of_origin": unsaid}, FIVE)) == {Promise.MALFORMED}
    half = long("job_retention", {(2021, "work_exits"): 7.5})
    assert Promise.MALFORMED in promises(audit({"job_retention": half}, FIVE))


@pytest.mark.parametrize(
    "table",
    [
        "monthly_form",
        "still_in_programme",
        "printed_comparison",
        "activity_status",
        "transition_starts",
    ],
)
def test_table_that_is_never_open_is_caught(table: str) -> None:
    frame = pl.DataFrame({"year": [2021]})
    assert broken(audit({table: frame}, FIVE)) == {(table, Promise.NEVER_OPEN)}
    assert audit({table: frame.clear()}, FIVE).breaches == ()


def test_table_that_nobody_judged_is_caught() -> None:
    frame = pl.DataFrame({"year": [2021]})
    assert broken(audit({"new_table": frame}, FIVE)) == {("new_table", Promise.NEVER_OPEN)}


def test_missing_row_is_caught() -> None:
    frame = countries(SAFE)["country_of_origin"]
    for broken_frame in (frame[1:], frame[:-1], pl.concat([frame, frame[:1]])):
        found = audit({"country_of_origin": broken_frame}, FIVE)
        assert Promise.INCOMPLETE in promises(found)
    no_rest = folded(20, "arstad")["referral_offices"].filter(pl.col("nav_office") != "rest")
    assert Promise.INCOMPLETE in promises(audit({"referral_offices": no_rest}, FIVE))


def test_contradiction_is_caught() -> None:
    """Contradictory numbers prove nothing."""
    tables = countries({"SO": (9, 8, 18), "total": (9, 8, 17)})
    assert Promise.CONTRADICTION in promises(audit(tables, FIVE))
    twice = {
        **countries({"total": (9, 8, 17)}),
        "key_figures": long("key_figures", {(2021, "participants", "value"): 18}),
    }
    assert ("key_figures", Promise.CONTRADICTION) in broken(audit(twice, FIVE))
    impossible = countries({"SO": (HIDDEN, HIDDEN, 30), "total": (12, 8, 20)})
    assert Promise.CONTRADICTION in promises(audit(impossible, FIVE))


def test_hidden_row_of_a_number_shown_elsewhere_is_caught() -> None:
    tables = {
        **countries({"total": (9, 8, 17)}),
        "key_figures": long("key_figures", {(2021, "participants", "value"): HIDDEN}),
    }
    assert broken(audit(tables, FIVE)) == {("key_figures", Promise.CERTAIN)}


def test_breach_tells_no_number() -> None:
    breach = Breach("country_of_origin", 2021, Promise.CERTAIN, ("country=SO", "gender=female"))
    assert str(breach) == (
        "country_of_origin 2021 [country=SO, gender=female]: the number can be worked out"
    )
    shown = {"SO": (HIDDEN, 9, 12), "SY": (12, HIDDEN, 14), "total": (15, 11, 26)}
    one, other = (
        audit(countries(rows), FIVE)
        for rows in (shown, {**shown, "SO": (HIDDEN, 8, 12), "total": (16, 10, 26)})
    )
    assert one.breaches == other.breaches


# --- Vintages ---------------------------------------------------------------------------

LATER = {
    "SO": (7, 5, 12),
    "SY": (HIDDEN, HIDDEN, 14),
    "AF": (HIDDEN, HIDDEN, 20),
    "total": (25, 21, 46),
}
EARLIER = {
    "SO": (HIDDEN, HIDDEN, 12),
    "SY": (HIDDEN, HIDDEN, 14),
    "AF": (11, 9, 20),
    "total": (25, 21, 46),
}


def test_two_vintages_of_the_same_numbers_are_judged_together() -> None:
    later, earlier = countries(LATER), countries(EARLIER)
    assert audit(later, FIVE).breaches == ()
    assert audit(earlier, FIVE).breaches == ()
    assert promises(audit(later, FIVE, [earlier])) == {Promise.CERTAIN}
    assert audit(later, FIVE, [later]).breaches == ()


def test_what_an_earlier_vintage_shows_is_no_leak() -> None:
    later = countries(
        {"SO": (HIDDEN, HIDDEN, 12), "SY": (HIDDEN, HIDDEN, 14), "total": (15, 11, 26)}
    )
    earlier = countries({"SO": (7, 5, 12), "SY": (8, 6, 14), "total": (15, 11, 26)})
    assert audit(later, FIVE, [earlier]).breaches == ()


def test_correction_that_moves_one_person_is_caught() -> None:
    """One more from Syria: the difference is a person, if everything else is the same."""
    earlier = countries(
        {
            "SO": (8, 6, 14),
            "SY": (HIDDEN, HIDDEN, 14),
            "AF": (HIDDEN, HIDDEN, 20),
            "total": (25, 23, 48),
        }
    )
    later = countries(
        {"SO": (8, 6, 14), "SY": (HIDDEN, HIDDEN, 15), "AF": (12, 8, 20), "total": (25, 24, 49)}
    )
    assert Promise.CERTAIN in promises(audit(later, FIVE, [earlier]))


def test_correction_of_many_passes() -> None:
    earlier = countries(SAFE)
    later = countries(
        {"SO": (HIDDEN, HIDDEN, 20), "SY": (HIDDEN, HIDDEN, 24), "total": (25, 19, 44)}
    )
    assert audit(later, FIVE, [earlier]).breaches == ()


def test_three_vintages_are_judged_together() -> None:
    """The last has other numbers; the two before are still two views of the same numbers."""
    last = countries(
        {"SO": (21, 15, 36), "SY": (8, 16, 24), "AF": (19, 19, 38), "total": (48, 50, 98)}
    )
    assert Promise.CERTAIN in promises(audit(last, FIVE, [countries(LATER), countries(EARLIER)]))


def test_folded_category_of_an_earlier_list_is_known() -> None:
    """The earlier list shows a category in the rest; its number can be subtracted."""
    earlier = countries(
        {
            "SO": (9, 8, 17),
            "SY": (6, 0, 6),
            "AF": (HIDDEN, 0, HIDDEN),
            "IQ": (HIDDEN, 0, HIDDEN),
            "total": (30, 8, 38),
        }
    )
    later = countries(
        {"SO": (9, 8, 17), "SY": (6, 0, 6), "rest": (15, 0, 15), "total": (30, 8, 38)}
    )
    assert audit(later, FIVE, [earlier]).breaches == ()
    without = countries({"SO": (9, 8, 17), "rest": (21, 0, 21), "total": (30, 8, 38)})
    wider = countries(
        {"SO": (9, 8, 17), "SY": (HIDDEN, 0, HIDDEN), "AF": (12, 0, 12), "total": (30, 8, 38)}
    )
    assert Promise.CERTAIN in promises(audit(without, FIVE, [wider]))


# --- Registers --------------------------------------------------------------------------


NOT_OPEN = ("took_part", "participants_without_dropouts")


def exact(seed: int, people: int, years: Sequence[int]) -> Tables:
    """All open tables of a random register without no-shows, with every number shown.

    Countries are folded, and projects and surveys left out, by the rules in docs/disclosure.md.
    """
    as_of = date(years[-1], 12, 31)
    register = random_register(seed, people, years[0], years[-1], as_of)
    register.exits[:] = [one for one in register.exits if one.kind != "no_show"]
    marts = oracle.marts(register, as_of)
    # In the years before, only staff and savings are recorded.
    counted = sorted({row["year"] for row in marts["key_figures"]} & set(years))
    closed = {
        "monthly_form",
        "still_in_programme",
        "printed_comparison",
        "took_part",
        "activity_status",
        "transition_starts",
    }
    tables = {}
    for table in vocabulary().layer("marts"):
        if table.name not in closed:
            columns = schema(table)
            of_years = [row for row in marts[table.name] if row["year"] in counted]
            rows = [[row[name] for name in columns.names()] for row in of_years]
            frame = pl.DataFrame(rows, columns, orient="row")
            tables[table.name] = published(table, frame, counted)
    figures, countries = tables["key_figures"], tables["country_of_origin"]
    by_project, waves = tables["partner_projects"], tables["survey_response"]
    few = by_project.filter(pl.col("value") == "total", pl.col("n") < FIVE)
    asked_few = waves.filter(pl.col("measure") == "invited", pl.col("value") < FIVE)
    return tables | {
        "key_figures": figures.filter(~pl.col("figure").is_in(NOT_OPEN)),
        "job_retention": tables["job_retention"]
        .filter(pl.col("measure") != "due")
        .with_columns(pl.col("value").fill_null(0)),
        "country_of_origin": folded_countries(countries),
        "partner_projects": by_project.join(few, on=["year", "project"], how="anti"),
        "survey_response": waves.join(asked_few, on=["year", "wave"], how="anti"),
    }


def folded_countries(exact: pl.DataFrame) -> pl.DataFrame:
    """Countries below the threshold, and the next larger ones, as one line `rest`."""
    is_rest = pl.lit(False)
    totals = exact.filter(pl.col("gender") == "total", pl.col("country") != "total")
    for (year,), of_year in totals.group_by("year"):
        small: list[str] = []
        people = 0
        for country, n in of_year.sort("n", "country").select("country", "n").iter_rows():
            if n >= FIVE and (not small or (people > FIVE and len(small) > 1)):
                break
            small.append(country)
            people += n
        is_rest |= (pl.col("year") == year) & pl.col("country").is_in(small)
    category = pl.when(is_rest).then(pl.lit("rest")).otherwise("country").alias("country")
    keys = ["year", "country", "gender", "status"]
    folded = exact.with_columns(category).group_by(keys).agg(pl.col("n").sum())
    return folded.select(exact.columns).sort(keys)


def primary(tables: Tables) -> Tables:
    """Hide every small count, and every number that is not a count."""
    number = {name: "n" if "n" in frame.columns else "value" for name, frame in tables.items()}
    free = pl.lit(False)
    hidden = {}
    for name, frame in tables.items():
        value = pl.col(number[name])
        is_hidden = ((value > 0) & (value < FIVE)) | (value != value.round()) | free
        if name == "key_figures":
            is_hidden |= pl.col("figure").str.contains("age_|median|share")
        if name == "time_in_programme":
            is_hidden |= pl.col("measure") != "n"
        if "measure" in frame.columns:
            is_hidden |= pl.col("measure").str.contains("share|fte|per_counsellor|equivalents")
        hidden[name] = frame.with_columns(
            pl.when(is_hidden).then(pl.lit("hidden")).otherwise("status").alias("status"),
            pl.when(~is_hidden).then(value).alias(number[name]),
        )
    return hidden


@pytest.mark.parametrize(
    ("seed", "people", "years"), [(1, 40, (2019, 2020)), (2, 150, (2018, 2020)), (3, 12, (2020,))]
)
def test_every_register_adds_up_as_supposed(seed: int, people: int, years: Sequence[int]) -> None:
    """The relations that should always hold do hold, even with double counts and empty years."""
    found = promises(audit(exact(seed, people, years), FIVE))
    assert not found & {
        Promise.CONTRADICTION,
        Promise.INCOMPLETE,
        Promise.MALFORMED,
        Promise.UNPROVED,
    }


@pytest.mark.parametrize(("seed", "people"), [(4, 60), (5, 150)])
def test_hiding_the_small_numbers_alone_leaks(seed: int, people: int) -> None:
    found = audit(primary(exact(seed, people, (2019, 2020))), FIVE)
    assert Promise.CERTAIN in promises(found)
    assert not promises(found) & {
        Promise.CONTRADICTION,
        Promise.UNPROVED,
        Promise.SMALL_SHOWN,
        Promise.RATIO,
    }


# --- The folder -------------------------------------------------------------------------


def test_reads_a_finished_folder(tmp_path: Path) -> None:
    for name, frame in countries(SAFE).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    ties = {"2021": {"active": ["female", "total"], "came": [], "left": ["total"]}}
    disclosure = {"threshold": 5, "ties": ties, "sensitive": ["outcome"]}
    manifest = json.dumps({"disclosure": disclosure, "years": [2020, 2021]})
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    tables, stated = read(tmp_path)
    assert (stated.threshold, stated.sensitive) == (5, ("outcome",))
    assert stated.ties == {2021: {"active": ("female", "total"), "came": (), "left": ("total",)}}
    assert audit(tables, stated.threshold) == audit(countries(SAFE), FIVE)


def test_order_of_rows_and_tables_does_not_matter() -> None:
    tables = primary(exact(6, 80, (2019, 2020)))
    shuffled = {
        name: tables[name].sample(fraction=1.0, shuffle=True, seed=1) for name in sorted(tables)
    }
    one, other = audit(tables, FIVE), audit(shuffled, FIVE)
    assert set(one.breaches) == set(other.breaches)
