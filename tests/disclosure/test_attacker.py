"""The attacker finds rebuilt faults, is right about the truth, and finds no fault in our output."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.disclosure.protection import years as years_module
from assets.published import release
from assets.vocabulary import REST, TOTAL, vocabulary
from tests.disclosure.attacker import Findings, attack, printed
from tests.disclosure.attacker.attack import judged
from tests.disclosure.attacker.checks import BASE, DIVIDED, ONE_CATEGORY, SMALL, TYPED
from tests.disclosure.attacker.editions import read
from tests.disclosure.attacker.groups import Group, Judged
from tests.disclosure.attacker.judge import Judge
from tests.disclosure.attacker.relations import known
from tests.disclosure.attacker.system import Solved, System
from tests.disclosure.attacker.years import Assumed, years_of
from tests.disclosure.corrections import SEQUENCES, forgotten
from tests.disclosure.publishing import (
    coarse,
    hidden_at_random,
    ties_of,
    took_part_tables,
    write_folder,
)
from tests.disclosure.released import publish_steps
from tests.disclosure.small_publications import Rows, folder_of, populations, ties, undivided
from tests.disclosure.truth import Truth
from tests.pipeline.homes import DEMO
from tests.quick import quick
from tests.recount.records import Register
from tests.recount.registers import random_register
from tests.recount.warehouses import records_of, register_in_memory

LAST_DAY = date(2021, 12, 31)


LARGE = populations(
    referred=120, started=100, planned_exits=40, dropouts=20, no_shows=20, participants=100,
    active_at_year_end=40,
)  # fmt: skip
"""A year in which nobody came back, in a register with nobody before."""

ALL_TIES = ties(2020, "active", "came", "left")


def found(folders: list[Path], kind: str) -> set[tuple[str, int, str]]:
    findings = attack(folders)
    return {(one.table, one.year, one.categories) for one in findings.lines if one.kind == kind}


def one_year(tmp_path: Path, rows: Rows, **said: object) -> list[Path]:
    told = {"gender_split": LARGE, **rows}
    return [folder_of(tmp_path / "open", {2020: told}, **{"ties": ALL_TIES, **said})]


def test_large_numbers_give_nothing_away(tmp_path: Path) -> None:
    sources = {"nav_local": 60, "ny_sjanse": 20, "transition": 40, "other": 0, TOTAL: 120}
    folders = one_year(tmp_path, {"referral_sources": undivided(sources)})
    findings = attack(folders)
    assert not findings.lines
    assert (findings.undecided, findings.untrue) == (0, [])
    assert findings.judged > 100


def test_two_hidden_listed_countries_that_leave_ten_are_five_each(tmp_path: Path) -> None:
    countries = {"SO": 90, "SY": None, "ER": None, TOTAL: 100}
    folders = one_year(tmp_path, {"country_of_origin": undivided(countries)})
    assert {one for *_, one in found(folders, "pinned hidden")} == {
        "country_of_origin: SY, total",
        "country_of_origin: ER, total",
    }


def test_rest_and_a_listed_country_that_leave_eleven_are_six_and_five(tmp_path: Path) -> None:
    countries = {"SO": 89, "SY": None, REST: None, TOTAL: 100}
    folders = one_year(tmp_path, {"country_of_origin": undivided(countries)})
    assert {one for *_, one in found(folders, "pinned hidden")} == {
        "country_of_origin: SY, total",
        "country_of_origin: rest, total",
    }


def test_a_project_of_one_with_zeros_is_divided(tmp_path: Path) -> None:
    name = "Broen til jobb"
    genders = {"female": None, "male": 0, "unknown": 0, TOTAL: None}
    rows = [(name, "gender", gender, n) for gender, n in genders.items()]
    names = {"partner_projects": [name]}
    folders = one_year(tmp_path, {"partner_projects": rows}, names=names)
    assert found(folders, DIVIDED) == {
        ("partner_projects", 2020, f"partner_projects.{name}.gender")
    }


def test_all_dropouts_for_one_reason(tmp_path: Path) -> None:
    reasons = dict.fromkeys(vocabulary().code_list("dropout_reason").names, 0)
    rows = undivided({**reasons, "health": 20, TOTAL: 20})
    folders = one_year(tmp_path, {"dropout_reasons": rows})
    assert found(folders, ONE_CATEGORY) == {
        ("dropout_reasons", 2020, "dropout_reasons: health, total")
    }


def test_months_of_a_hidden_quarter_and_quarters_of_a_hidden_year(tmp_path: Path) -> None:
    split = populations(started=None, participants=None)
    months = [(month, "started", None if month == 3 else 0) for month in range(1, 13)]
    quarters = [(quarter, "started", None if quarter == 1 else 0) for quarter in range(1, 5)]
    rows: Rows = {"gender_split": split, "caseload": months, "quarterly_flow": quarters}
    folders = one_year(tmp_path, rows)
    assert {table for table, *_ in found(folders, DIVIDED)} == {"caseload", "quarterly_flow"}


def test_numbers_that_fell_by_one_between_two_vintages(tmp_path: Path) -> None:
    years = []
    for fewer in (0, 1):
        offices = {"arstad": 60 - fewer, "bergenhus": 60, TOTAL: 120 - fewer}
        split = [
            (name, gender, 120 - fewer if name == "referred" else n) for name, gender, n in LARGE
        ]
        rows: Rows = {"gender_split": split, "referral_offices": undivided(offices)}
        years.append(folder_of(tmp_path / str(fewer), {2020: rows}, ties=ALL_TIES))
    assert not found(years[:1], "pinned difference")
    moved = found(years, "pinned difference")
    assert ("gender_split", 2020, "referred, total, from one vintage to another") in moved
    office = "referral_offices: arstad, total, from one vintage to another"
    assert ("referral_offices", 2020, office) in moved
    assert not any("bergenhus, total," in one for *_, one in moved)


def test_five_or_more_may_move_between_two_vintages(tmp_path: Path) -> None:
    folders = []
    for fewer in (0, 5):
        split = [
            (name, gender, 120 - fewer if name == "referred" else n) for name, gender, n in LARGE
        ]
        folder = tmp_path / str(fewer)
        folders.append(folder_of(folder, {2020: {"gender_split": split}}, ties=ALL_TIES))
    assert not attack(folders).lines


@pytest.mark.parametrize("moved", [0, 3, 5])
def test_a_correction_that_waits_does_not_show_in_the_next_year(tmp_path: Path, moved: int) -> None:
    """Nobody came back in 2021, so it shows how many were active when it began."""
    after = populations(
        started=50,
        planned_exits=30 + moved,
        dropouts=20,
        participants=90 + moved,
        active_at_year_end=40,
    )
    first = folder_of(tmp_path / "first", {2020: {"gender_split": LARGE}}, ties=ALL_TIES)
    years: Mapping[int, Rows] = {2020: {"gender_split": LARGE}, 2021: {"gender_split": after}}
    said = {**ALL_TIES, **ties(2021, "came")}
    held = {2020: "too_few_moved"} if moved else {}
    later = folder_of(tmp_path / "later", years, ties=said, held_back=held)
    waits = ("gender_split", 2020, "total, what waits")
    assert (waits in found([first, later], "pinned difference")) == (moved == 3)


def test_populations_that_leave_three(tmp_path: Path) -> None:
    """137 + 93 - 102 - 17 - 108 = 3."""
    before = populations(
        started=150, planned_exits=8, dropouts=5, participants=150, active_at_year_end=137
    )
    after = populations(started=93, planned_exits=102, dropouts=17, active_at_year_end=108)
    years: Mapping[int, Rows] = {2020: {"gender_split": before}, 2021: {"gender_split": after}}
    first = folder_of(tmp_path / "first", {2020: years[2020]}, ties=ALL_TIES)
    said = {**ALL_TIES, **ties(2021, "active")}
    held = {2020: "too_few_moved"}
    later = folder_of(tmp_path / "later", years, ties=said, held_back=held)
    waits = ("gender_split", 2020, "total, what waits")
    assert waits in found([first, later], "pinned difference")


@pytest.mark.parametrize("true", [True, False])
def test_nobody_came_back(tmp_path: Path, true: bool) -> None:
    before = populations(
        started=100, planned_exits=30, dropouts=10, participants=100, active_at_year_end=60
    )
    after = populations(
        started=None, planned_exits=40, dropouts=20, participants=66, active_at_year_end=None
    )
    years: Mapping[int, Rows] = {2020: {"gender_split": before}, 2021: {"gender_split": after}}
    said = {**ALL_TIES, **(ties(2021, "came") if true else {})}
    folders = [folder_of(tmp_path / "open", years, ties=said)]
    expected = ("gender_split", 2021, "started, total")
    assert (expected in found(folders, "pinned hidden")) == true


def test_printed_figures_give_another_number_away(tmp_path: Path) -> None:
    split = [
        *populations(referred=98, planned_exits=102, dropouts=None, active_at_year_end=108),
        ("referred", "female", 60),
        ("referred", "male", 38),
        ("referred", "unknown", 0),
    ]
    quarters = [(quarter, "dropouts", n) for quarter, n in enumerate((10, None, 0, 0), start=1)]
    rows: Rows = {"gender_split": split, "quarterly_flow": quarters}
    for year, given_away in ((2021, True), (2018, False)):
        folders = [folder_of(tmp_path / str(year), {year: rows})]
        expected = ("flow", year, "dropouts, quarter, 2")
        assert (expected in found(folders, "pinned hidden")) == given_away
        # The printed number is known already.
        assert ("gender_split", year, "dropouts, total") not in found(folders, "pinned hidden")


def test_typed_names(tmp_path: Path) -> None:
    surveys = [("Kari spør", "invited", 90.0), ("Vår", "invited", 90.0)]
    names = {"survey_response": ["Vår"]}
    folders = one_year(tmp_path, {"survey_response": surveys}, names=names)
    lines = [one for one in attack(folders).lines if one.kind == TYPED]
    assert [one.table for one in lines] == ["survey_response"]
    assert "Kari" not in str(lines[0])


def test_small_numbers_and_shares_of_few(tmp_path: Path) -> None:
    surveys = [("Vår", "invited", 12.0), ("Vår", "answered", 3.0), ("Vår", "response_share", 0.25)]
    folders = one_year(tmp_path, {"survey_response": surveys}, names={"survey_response": ["Vår"]})
    assert found(folders, SMALL) == {("survey_response", 2020, "Vår, answered")}
    assert found(folders, BASE) == {("survey_response", 2020, "Vår, response_share")}


def test_hidden_numbers_that_are_few_together(tmp_path: Path) -> None:
    sources = {"nav_local": 97, "ny_sjanse": 20, "transition": None, "other": None, TOTAL: 120}
    folders = one_year(tmp_path, {"referral_sources": undivided(sources)})
    assert {one for *_, one in found(folders, "hidden below k")} == {
        "referral_sources: transition, total",
        "referral_sources: other, total",
    }
    together = "referral_sources, total: transition and other"
    assert ("referral_sources", 2020, together) in found(folders, "pinned union")


def test_all_less_one(tmp_path: Path) -> None:
    jobs = [("work_exits", 30.0), ("followed_up", 27.0), ("still_employed", 20.0)]
    folders = one_year(tmp_path, {"job_retention": jobs})
    assert ("job_retention", 2020, "not followed up") in found(folders, "pinned unprinted")
    assert ("job_retention", 2020, "not employed any more") not in found(
        folders, "pinned unprinted"
    )


def test_a_hidden_number_between_two_others_is_narrow(tmp_path: Path) -> None:
    jobs = [("work_exits", 30.0), ("followed_up", None), ("still_employed", 28.0)]
    folders = one_year(tmp_path, {"job_retention": jobs})
    assert ("job", 2020, "followed_up") in found(folders, "narrow hidden")


def test_what_contradicts_the_documentation_is_told(tmp_path: Path) -> None:
    folders = one_year(tmp_path, {"country_of_origin": undivided({"SO": 3, "SY": 97, TOTAL: 100})})
    assert found(folders, "impossible")


def test_whole_numbers_are_fewer_than_fractions() -> None:
    system = System()
    system.bound(("x",), 0, 12)
    system.equal({("x",): 3, ("y",): -5}, "three to five")
    group = Group(Judged.HIDDEN, "", 2020, "", {("x",): 1})
    (interval,) = Judge(Solved(system), [group], 20).intervals()
    assert (interval.low, interval.high) == (0, 10)


def test_a_share_of_a_hidden_number_leaves_few_whole_numbers(tmp_path: Path) -> None:
    """Only multiples of 37 have a share of 36/37."""
    asked = [
        ("Vår", "invited", None),
        ("Vår", "answered", None),
        ("Vår", "response_share", 36 / 37),
    ]
    said = {"names": {"survey_response": ["Vår"]}}
    folders = one_year(tmp_path, {"survey_response": asked}, **said)
    assert found(folders, BASE)
    assert not found(folders, "pinned hidden")


@pytest.mark.parametrize("seed", quick(3, range(12)))
def test_everything_known_is_true_of_the_register(tmp_path: Path, seed: int) -> None:
    rng = random.Random(f"attacker {seed}")
    years = rng.choice((1, 2, 3, 5))
    register = random_register(seed, int(30 * 30 ** rng.random()), 2022 - years, 2021, LAST_DAY)
    exact = took_part_tables(register, LAST_DAY)
    made = hidden_at_random(coarse(exact), seed)
    published = read([write_folder(tmp_path / "open", made, ties_of(exact))])
    editions = years_of(published)
    system = known(published, editions, Assumed())
    for year in editions:
        printed.learn(system, year)
    truth = Truth(register, LAST_DAY, exact)
    numbers = {key: n for year in editions for key, n in truth.of(year, system.columns).items()}
    assert system.contradicted(numbers) == []


@pytest.mark.parametrize("seed", quick(2, range(4)))
def test_every_interval_holds_the_truth(tmp_path: Path, seed: int) -> None:
    register = random_register(seed, 60 + 40 * seed, 2021 - seed % 2, 2021, LAST_DAY)
    exact = took_part_tables(register, LAST_DAY)
    made = hidden_at_random(coarse(exact), seed)
    published = read([write_folder(tmp_path / "open", made, ties_of(exact))])
    editions = years_of(published)
    worked = judged(published, editions)
    assert worked.solved is not None
    truth = Truth(register, LAST_DAY, exact)
    columns = worked.solved.columns
    numbers = {key: n for year in editions for key, n in truth.of(year, columns).items()}
    for group, interval in zip(worked.groups, worked.intervals, strict=True):
        number = sum(each * numbers[key] for key, each in group.terms.items())
        assert interval.low <= number <= interval.high, group


def test_everything_known_is_true_of_the_demo(tmp_path: Path) -> None:
    register = register_in_memory(records_of(DEMO, LAST_DAY))
    exact = took_part_tables(register, LAST_DAY)
    made = hidden_at_random(coarse(exact), 1)
    published = read([write_folder(tmp_path / "open", made, ties_of(exact))])
    editions = years_of(published)
    system = known(published, editions, Assumed())
    for year in editions:
        printed.learn(system, year)
    assert any("printed" in one.why for one in system.sums)
    truth = Truth(register, LAST_DAY, exact)
    numbers = {key: n for year in editions for key, n in truth.of(year, system.columns).items()}
    assert system.contradicted(numbers) == []


@pytest.mark.parametrize("name", quick(2, SEQUENCES))
def test_everything_known_is_true_of_every_vintage(tmp_path: Path, name: str) -> None:
    """Each step is published whole, as a vintage of its own."""
    folders, truths = [], []
    for number, (register, as_of) in enumerate(SEQUENCES[name](), start=1):
        exact = took_part_tables(register, as_of)
        truths.append(Truth(register, as_of, exact))
        made = hidden_at_random(coarse(exact), number)
        years = {int(year): number for year in exact["key_figures"]["year"].unique()}
        folder = tmp_path / str(number)
        folders.append(write_folder(folder, made, ties_of(exact), vintages=years))
    published = read(folders)
    editions = years_of(published)
    system = known(published, editions, Assumed())
    numbers = {}
    for year in editions:
        truth = truths[year.edition.vintages - 1]
        numbers.update(truth.of(year, system.columns))
    assert system.contradicted(numbers) == []


def nothing(findings: Findings) -> bool:
    """Whether nothing was found; a number not decided in time is a failure too."""
    assert [str(one) for one in findings.lines] == []
    assert findings.undecided == 0
    return True


def test_nothing_can_be_worked_out_of_the_demo(tmp_path: Path) -> None:
    register = register_in_memory(records_of(DEMO, LAST_DAY))
    assert nothing(attack(publish_steps([(register, LAST_DAY)], tmp_path), enough=100))


def demo_without(person: str) -> Register:
    return forgotten(register_in_memory(records_of(DEMO, LAST_DAY)), {person})


@pytest.mark.parametrize(
    ("person", "is_published"), quick(1, [("D-0006", False), ("D-0069", True)])
)
def test_who_was_erased_after_the_report_was_printed_is_not_told(
    tmp_path: Path, person: str, is_published: bool
) -> None:
    """One person left to AAP: the report prints one more planned exit. The other was active."""
    folders = publish_steps([(demo_without(person), LAST_DAY)], tmp_path)
    assert nothing(attack(folders, enough=100))
    years = pl.read_parquet(folders[0] / "gender_split.parquet")["year"].unique()
    assert (2021 in years) == is_published


@pytest.mark.slow
def test_a_printed_number_beside_another_tells_who_was_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the search and the audit disabled here, the attacker finds it."""
    monkeypatch.setattr(release, "is_printed_otherwise", lambda *_: False)
    monkeypatch.setattr(years_module, "with_moved", lambda system, *_: system)
    monkeypatch.setattr(release, "_broken", lambda *_: set())
    folders = publish_steps([(demo_without("D-0006"), LAST_DAY)], tmp_path)
    kinds = {(one.kind, one.categories) for one in attack(folders, enough=100).lines}
    assert ("pinned difference", "planned_exits, since it was printed") in kinds
    assert ("pinned difference", "aap_by_benefit, since it was printed") in kinds


@pytest.mark.parametrize("name", quick(2, SEQUENCES))
def test_nothing_can_be_worked_out_from_several_vintages(tmp_path: Path, name: str) -> None:
    assert nothing(attack(publish_steps(SEQUENCES[name](), tmp_path), enough=100))


@pytest.mark.parametrize("seed", quick(1, range(6)))
def test_nothing_can_be_worked_out_of_a_random_register(tmp_path: Path, seed: int) -> None:
    rng = random.Random(f"attack {seed}")
    people, years = int(50 * 40 ** rng.random()), rng.randint(1, 4)
    register = random_register(seed, people, 2022 - years, 2021, LAST_DAY)
    assert nothing(attack(publish_steps([(register, LAST_DAY)], tmp_path), enough=100))
