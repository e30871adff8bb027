"""A published year is frozen; some corrections are published, and others wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pytest

from assets.disclosure.audit import audit
from assets.disclosure.history import Reason, Release, Rule, Vintage, all_years
from assets.disclosure.protection import ProtectedTables, protect
from assets.published import release as release_module
from assets.published.release import persons_moved, release
from assets.published.tables import published_schema
from assets.vocabulary import TOTAL, vocabulary
from tests.disclosure.publications import (
    SENSITIVE,
    SMALLEST_BASE,
    THRESHOLD,
    exact_tables,
    of_years,
    random_tables,
)
from tests.recount.records import Exit, Register
from tests.recount.registers import random_register

Tables = Mapping[str, pl.DataFrame]
LAST_DAY = date(2021, 12, 31)
TODAY, LATER = date(2022, 2, 1), date(2022, 6, 1)
RULE = Rule(THRESHOLD, SMALLEST_BASE, SENSITIVE)
YEARS = [2020, 2021]


@cache
def register() -> Register:
    return random_register(20, 900, 2020, 2021, LAST_DAY)


@cache
def first() -> Tables:
    return exact_tables(register(), LAST_DAY)


@cache
def published() -> Release:
    return released(first(), ())


def released(
    exact: Tables, history: Sequence[Vintage], rule: Rule = RULE, today: date = TODAY
) -> Release:
    return release(exact, {year: {"synthetic": True} for year in YEARS}, history, rule, today)


def breaches(
    release: Release, threshold: int = THRESHOLD, before: Sequence[Tables] = ()
) -> Sequence[object]:
    ties, sensitive = release.ties, RULE.sensitive
    return audit(release.tables, threshold, before, ties=ties, sensitive=sensitive).breaches


def corrected(moved: int) -> Tables:
    """The same register after `moved` dropouts of 2021 turn out to have another reason."""
    exits = list(register().exits)
    places = [
        place
        for place, one in enumerate(exits)
        if one.dropout_reason == "health" and one.exited_on.year == 2021
    ][:moved]
    assert len(places) == moved
    for place in places:
        exits[place] = replace(exits[place], dropout_reason="declined")
    changed: list[Exit] = exits
    return exact_tables(replace(register(), exits=changed), LAST_DAY)


def test_every_year_is_published_first_and_then_stands() -> None:
    once = published()
    assert [(one.year, one.number, one.reason) for one in once.fresh] == [
        (2020, 1, Reason.FIRST),
        (2021, 1, Reason.FIRST),
    ]
    again = released(first(), once.fresh, today=LATER)
    assert not again.fresh
    assert not again.held_back
    assert [one.published_on for one in again.standing] == [TODAY, TODAY]
    assert_same(again.tables, once.tables)


def test_a_year_that_is_no_longer_built_stands() -> None:
    later = released(of_years(first(), [2020]), published().fresh)
    assert [one.year for one in later.standing] == YEARS
    assert later.held_back == {2021: Reason.NO_LONGER_WHOLE}


@pytest.mark.parametrize("moved", [1, THRESHOLD - 1])
def test_a_correction_that_would_give_few_away_is_held_back(moved: int) -> None:
    later = released(corrected(moved), published().fresh, today=LATER)
    assert later.held_back == {2021: Reason.TOO_FEW_MOVED}
    assert not later.fresh
    assert_same(later.tables, published().tables)


def test_a_correction_of_many_goes_out_when_both_vintages_together_keep_the_promise() -> None:
    now = corrected(20)
    later = released(now, published().fresh, today=LATER)
    (fresh,) = later.fresh
    assert (fresh.year, fresh.number, fresh.reason) == (2021, 2, Reason.CORRECTED)
    assert fresh.published_on == LATER
    assert not later.held_back
    before = [one.tables for one in published().fresh if one.year == 2021]
    assert not breaches(later, before=before)


def test_a_correction_that_gives_somebody_away_is_held_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unprotected(exact: Tables, *_: object, **__: object) -> ProtectedTables:
        return ProtectedTables(exact, {}, published().ties, ())

    monkeypatch.setattr(release_module, "protect", unprotected)
    later = released(corrected(20), published().fresh, today=LATER)
    assert later.held_back == {2021: Reason.COULD_BE_WORKED_OUT}
    assert_same(later.tables, published().tables)


def test_what_the_audit_finds_is_left_out_and_the_rest_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = release_module.protect

    def careless(exact: Tables, *rest: object, **options: object) -> ProtectedTables:
        safe = made(exact, *rest, **options)  # type: ignore[arg-type]
        given_away = {**safe.tables, "age_bands": exact["age_bands"]}
        if ("age_bands", 2020) in options["left_out"]:  # type: ignore[operator]
            given_away["age_bands"] = safe.tables["age_bands"]
        return replace(safe, tables=given_away)

    monkeypatch.setattr(release_module, "protect", careless)
    once = released(first(), ())
    assert [one.year for one in once.fresh] == YEARS
    assert once.tables["age_bands"].filter(pl.col("year") == 2020).is_empty()
    assert not breaches(once)


def test_a_higher_threshold_replaces_every_year() -> None:
    later = released(first(), published().fresh, replace(RULE, threshold=10), LATER)
    assert [(one.year, one.reason) for one in later.fresh] == [
        (year, Reason.NEW_RULE) for year in YEARS
    ]
    assert not breaches(later, 10)


def test_under_a_lower_threshold_no_year_disappears() -> None:
    later = released(first(), published().fresh, replace(RULE, threshold=3), LATER)
    assert [one.year for one in later.standing] == YEARS


def test_a_new_threshold_lets_no_small_correction_through() -> None:
    later = released(corrected(1), published().fresh, replace(RULE, threshold=6), LATER)
    assert later.held_back == {2021: Reason.TOO_FEW_MOVED}
    reasons = corrected(1)["dropout_reasons"].filter(pl.col("year") == 2021)
    shown = later.tables["dropout_reasons"].filter(pl.col("status") == "shown")
    keys = ["year", "reason", "gender"]
    stands = shown.join(first()["dropout_reasons"], on=keys, suffix="_first")
    assert stands.filter(pl.col("n") != pl.col("n_first")).is_empty()
    assert not reasons.equals(first()["dropout_reasons"].filter(pl.col("year") == 2021))


def test_a_table_that_the_policy_lets_in_later_comes_with_a_new_vintage() -> None:
    fewer = {name: frame for name, frame in first().items() if name != "age_bands"}
    once = released(fewer, ())
    later = released(first(), once.fresh, today=LATER)
    assert [one.reason for one in later.fresh] == [Reason.NEW_RULE, Reason.NEW_RULE]
    assert later.tables["age_bands"].height


def test_a_table_that_the_policy_lets_in_later_comes_beside_years_without_it() -> None:
    exact = random_tables(12, 60, 2)
    fewer = {name: frame for name, frame in exact.items() if name != "age_bands"}
    (stands,) = released(of_years(fewer, [2020]), ()).fresh
    made = protect(exact, THRESHOLD, SMALLEST_BASE, [stands], {2020: stands}, sensitive=SENSITIVE)
    assert made.tables["age_bands"]["year"].unique().to_list() == [2021]


def test_a_year_whose_correction_waits_gets_no_table_that_the_policy_lets_in() -> None:
    exact = random_tables(3, 40, 2)
    once = released({name: frame for name, frame in exact.items() if name != "caseload"}, ())
    one_more = (pl.col("year") == 2020) & (pl.col("measure") == "registered")
    sessions = exact["group_sessions"].with_columns(pl.col("value") + one_more.cast(pl.Float64))
    later = released({**exact, "group_sessions": sessions}, once.fresh, today=LATER)
    assert later.held_back == {2020: Reason.TOO_FEW_MOVED}
    assert 2020 not in later.tables["caseload"]["year"]


def test_an_amount_of_money_may_be_corrected() -> None:
    savings = first()["savings"].with_columns(pl.lit(1234.0).alias("value"))
    later = released({**first(), "savings": savings}, published().fresh, today=LATER)
    assert {one.reason for one in later.fresh} <= {Reason.CORRECTED}
    assert later.tables["savings"]["value"].unique().to_list() in ([1234.0], [])


def test_a_correction_may_divide_what_the_first_vintage_left_undivided() -> None:
    """All who dropped out were ill, so no reason was told; now there are others among them."""
    once = released(dropouts(health=12), ())
    assert once.tables["dropout_reasons"].is_empty()
    later = released(dropouts(health=20, moved_abroad=20), once.fresh, today=LATER)
    assert [one.reason for one in later.fresh] == [Reason.CORRECTED]
    assert later.tables["dropout_reasons"].height


def test_a_table_that_the_policy_lets_in_comes_with_a_correction() -> None:
    tables = dropouts(health=20, moved_abroad=20)
    once = released({name: tables[name] for name in ("gender_split", "key_figures")}, ())
    later = released(dropouts(health=40, moved_abroad=40), once.fresh, today=LATER)
    assert [one.reason for one in later.fresh] == [Reason.NEW_RULE]
    assert later.tables["dropout_reasons"].height


def test_a_year_that_is_too_small_waits_beside_a_vintage_that_is_unsafe() -> None:
    """An earlier program published one of 2019: nothing follows it, and nothing stops a build."""
    unsafe = dropouts(2019, health=1, moved_abroad=20)
    first = Vintage(2019, 1, TODAY, THRESHOLD, Reason.FIRST, {}, {}, {}, unsafe, unsafe)
    years = [unsafe, dropouts(2020, health=20, moved_abroad=20), dropouts(2021, health=2)]
    later = released(all_years(years), [first], today=LATER)
    assert [one.year for one in later.standing] == [2019]
    assert later.held_back.keys() == {2020, 2021}


def dropouts(year: int = 2021, **reasons: int) -> Tables:
    """Women who dropped out in a year, by reason, and nothing else."""
    every = dict.fromkeys(vocabulary().code_list("dropout_reason").names, 0) | reasons
    people = sum(reasons.values())
    came_and_left = dict.fromkeys(("participants", "started", "dropouts"), people)
    nobody = dict.fromkeys(("planned_exits", "active_at_year_end"), 0)
    return {
        "gender_split": of_women("gender_split", year, came_and_left | nobody),
        "key_figures": _frame("key_figures", [(year, "dropouts", "value", people, "shown")]),
        "dropout_reasons": of_women("dropout_reasons", year, {**every, TOTAL: people}),
    }


def of_women(table: str, year: int, numbers: Mapping[str, int]) -> pl.DataFrame:
    genders = dict.fromkeys(vocabulary().code_list("gender").names, 0) | {"female": 1, TOTAL: 1}
    return _frame(
        table,
        [
            (year, category, gender, n * share, "shown")
            for category, n in numbers.items()
            for gender, share in genders.items()
        ],
    )


def _frame(table: str, rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, published_schema(vocabulary().table(f"marts.{table}")), orient="row")


def test_persons_moved_counts_those_who_came_or_left() -> None:
    def ages(*numbers: int) -> dict[str, pl.DataFrame]:
        bands = ["under_25", "25_34", "total"]
        counts = [*numbers, sum(numbers)]
        frame = pl.DataFrame({"year": 2021, "band": bands, "gender": "female", "n": counts})
        return {"age_bands": frame}

    assert persons_moved(ages(4, 6), ages(4, 6)) == 0
    assert persons_moved(ages(4, 6), ages(6, 4)) == 2
    assert persons_moved(ages(4, 6), ages(7, 6)) == 3
    assert persons_moved(ages(4, 6), ages(0, 6)) == 4


def assert_same(one: Tables, other: Tables) -> None:
    for name, frame in one.items():
        assert frame.equals(other[name]), name
