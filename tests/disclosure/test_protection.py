"""The promise of the protection, checked by the audit, which shares no code with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from assets.disclosure.audit import audit
from assets.disclosure.history import Rule
from assets.disclosure.protection import ProtectedTables, linked_cells, protect, years
from assets.disclosure.suppression import search
from assets.published.release import release
from assets.vocabulary import TOTAL, vocabulary
from tests.disclosure.publications import (
    SENSITIVE,
    SMALLEST_BASE,
    THRESHOLD,
    assert_true,
    counts_of,
    exact_tables,
    of_years,
    random_tables,
    shown_share,
)
from tests.pipeline.homes import DEMO
from tests.quick import quick
from tests.recount.warehouses import records_of, register_in_memory

Tables = Mapping[str, pl.DataFrame]
LAST_DAY = date(2021, 12, 31)

REGISTERS = [
    (1, 82, 1),
    (12, 287, 3),
    (25, 200, 1),
    (31, 60, 4),
    (6, 357, 4),
    (28, 213, 4),
]
"""Seed, people and years of registers with lone people in a row, equal counts, genders with few or
nobody, and a year that prints no country and in which nobody came or left."""


@cache
def demo() -> Tables:
    records = records_of(DEMO, LAST_DAY)
    return exact_tables(register_in_memory(records), LAST_DAY)


def protected(exact: Tables, threshold: int = THRESHOLD) -> ProtectedTables:
    return protect(exact, threshold, SMALLEST_BASE, sensitive=SENSITIVE)


@cache
def protected_demo() -> ProtectedTables:
    return protected(demo())


def breaches(made: ProtectedTables, threshold: int = THRESHOLD) -> list[str]:
    found = audit(made.tables, threshold, ties=made.ties, sensitive=SENSITIVE).breaches
    return [str(breach) for breach in found]


def test_nobody_can_work_out_a_small_group_of_the_demo() -> None:
    assert breaches(protected_demo()) == []


def test_most_of_what_is_large_enough_is_shown_and_every_population() -> None:
    exact, made = demo(), protected_demo()
    assert shown_share(exact, made.tables) >= 0.65
    populations = exact["gender_split"].filter(pl.col("gender") == TOTAL, pl.col("n") >= THRESHOLD)
    shown = made.tables["gender_split"].filter(pl.col("status") == "shown")
    assert populations.join(shown, on=["year", "population", "gender"], how="anti").is_empty()


@pytest.mark.parametrize("threshold", quick(1, [3, 10]))
def test_the_promise_holds_at_other_thresholds(threshold: int) -> None:
    made = protected(demo(), threshold)
    assert breaches(made, threshold) == []
    for name, frame in made.tables.items():
        number = vocabulary().table(f"marts.{name}").number
        numbers = counts_of(name, frame).drop_nulls(number)[number]
        assert ((numbers == 0) | (numbers >= threshold)).all(), name


@pytest.mark.parametrize(("seed", "people", "number_of_years"), quick(2, REGISTERS))
def test_nobody_can_work_out_a_small_group_of_a_random_register(
    seed: int, people: int, number_of_years: int
) -> None:
    exact = random_tables(seed, people, number_of_years)
    made = protected(exact)
    assert breaches(made) == []
    assert_true(exact, made.tables)


def test_every_number_shown_is_true() -> None:
    assert_true(demo(), protected_demo().tables)


def test_the_order_of_rows_tells_nothing() -> None:
    rng = random.Random(1)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=rng.randrange(10**6))
        for name, frame in demo().items()
    }
    other = protected(shuffled)
    for name, frame in protected_demo().tables.items():
        keys = vocabulary().table(f"marts.{name}").published_key
        assert other.tables[name].sort(keys).equals(frame.sort(keys)), name


def test_years_published_one_by_one_stand_and_are_as_safe() -> None:
    rule = Rule(THRESHOLD, SMALLEST_BASE, SENSITIVE)
    about = {year: {"synthetic": True} for year in (2019, 2020, 2021)}
    first = release(of_years(demo(), [2019, 2020]), about, (), rule, LAST_DAY)
    later = release(demo(), about, first.fresh, rule, LAST_DAY)
    assert [one.year for one in later.standing] == [2019, 2020, 2021]
    for name, frame in first.tables.items():
        assert later.tables[name].filter(pl.col("year") < 2021).equals(frame), name
    assert not audit(later.tables, THRESHOLD, ties=later.ties, sensitive=SENSITIVE).breaches


def test_small_countries_are_one_line_that_names_none() -> None:
    countries = protected_demo().tables["country_of_origin"]
    totals = countries.filter(pl.col("gender") == TOTAL)
    assert totals.filter(pl.col("country") == "rest").height == 3
    assert totals.drop_nulls("n")["n"].min() >= THRESHOLD  # type: ignore[operator]


def test_shares_stand_on_shown_counts_and_enough_people() -> None:
    figures = protected_demo().tables["key_figures"]
    status = {(year, figure): told for year, figure, told in figures.select("year", "figure", "status").iter_rows()}  # fmt: skip
    assert status[2021, "work_exit_share"] == "shown"
    assert status[2021, "no_shows"] == status[2021, "planned_share_of_exits"] == "hidden"
    time = protected_demo().tables["time_in_programme"]
    wide = time.pivot("measure", index=["year", "outcome_group"], values="value")
    told = wide.filter(pl.col("median_days").is_not_null())
    assert told["n"].min() >= SMALLEST_BASE  # type: ignore[operator]


# --- Mutations: each weakens the protection, and the audit catches it -----------------------------


def primary_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(one: search._Search, *, patient: bool) -> search.Flags:
        return one.hidden

    monkeypatch.setattr(search._Search, "run", run)


def lower_bound_0(monkeypatch: pytest.MonkeyPatch) -> None:
    made = search._Search.__init__

    def init(one: search._Search, unknowns: search._Unknowns, *rest: object) -> None:
        made(one, replace(unknowns, least=np.minimum(unknowns.least, 0)), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(search._Search, "__init__", init)


def width_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_open(_: search._Search, least: search.Integers, most: search.Integers) -> search.Flags:
        return most > least

    monkeypatch.setattr(search._Search, "_is_open", is_open)


def no_linking(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = linked_cells.linked_cells

    def within_tables(tables: Tables, *rest: object) -> linked_cells.LinkedCells:
        system = whole(tables, *rest)  # type: ignore[arg-type]
        margins = system.sums.filter(pl.col("sum").str.contains(" over ", literal=True))
        return replace(system, sums=margins)

    monkeypatch.setattr(years, "linked_cells", within_tables)


@pytest.mark.parametrize("weaken", quick(2, [primary_only, no_linking, lower_bound_0, width_1]))
def test_the_audit_catches_a_weaker_protection(
    weaken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    weaken(monkeypatch)
    assert breaches(protected(demo()))


@pytest.mark.slow
def test_the_audit_catches_years_protected_one_at_a_time() -> None:
    exact = random_tables(12, 287, 3)
    alone = [protected(of_years(exact, [year])) for year in (2019, 2020, 2021)]
    tables = {name: pl.concat(one.tables[name] for one in alone) for name in exact}
    assert audit(tables, THRESHOLD, ties=protected(exact).ties, sensitive=SENSITIVE).breaches


def test_linked_cells_refuses_tables_that_contradict_each_other() -> None:
    tables = {name: frame.with_columns(printed=True) for name, frame in demo().items()}
    figures = tables["key_figures"]
    wrong = (
        pl.when(pl.col("figure") == "referrals")
        .then(pl.col("value") + 1)
        .otherwise(pl.col("value"))
    )
    tables["key_figures"] = figures.with_columns(wrong.alias("value"))
    with pytest.raises(linked_cells.ContradictionError, match="referred"):
        linked_cells.linked_cells(tables, THRESHOLD)
