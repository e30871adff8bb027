"""The vocabulary holds together: every name resolves, every label is there, nothing is idle."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from assets.raw import problems
from assets.vocabulary import CodeList, Table, countries, vocabulary
from assets.vocabulary.spelling import normalise, normalise_header
from expectations.findings import sentences
from expectations.model import CRITICAL
from expectations.rules import rules

PROJECT = Path(__file__).parents[2]
LISTS = list(vocabulary().code_lists.values())
TABLES = list(vocabulary().tables.values())
NOT_SPELLED = ("aggregate",)
"""Lists whose codes stand for sums and gaps, which no cell spells: two of them may read alike."""
SPELLED = [codes for codes in LISTS if codes.name not in NOT_SPELLED]

ONLY_PUBLISHED_OR_DELIVERED = {"measure", "deletes"}
"""Columns of no table: those of published tables, and the mark that takes a row out."""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_table_has_words_a_grain_and_columns(table: Table) -> None:
    assert table.label_nb
    assert table.label_en
    assert table.description.endswith(".")
    assert table.grain
    assert table.columns
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert not set(table.dimensions) & set(table.measures)
    assert set(table.margins) <= set(table.dimensions)
    if table.layer == "marts":
        assert table.definition_nb
        assert table.definition_en
        assert table.derived_from


def test_tables_have_different_labels() -> None:
    for layer in ("records", "marts"):
        labels = Counter(table.label_nb for table in vocabulary().layer(layer))
        assert max(labels.values()) == 1


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_columns_of_a_table_have_words_and_labels_of_their_own(table: Table) -> None:
    for column in table.columns:
        for words in (column.label_nb, column.label_en, column.description, column.description_nb):
            assert words.strip()
        assert column.description_nb.endswith((".", ")"))
    for labels in (
        Counter(normalise_header(column.label_nb) for column in table.columns),
        Counter(normalise_header(column.label_en) for column in table.columns),
    ):
        assert [label for label, times in labels.items() if times > 1] == []


@pytest.mark.parametrize("table", vocabulary().sheets(), ids=lambda table: table.name)
def test_no_header_of_a_sheet_is_the_field_name_of_another_column(table: Table) -> None:
    columns = [*table.columns, vocabulary().columns["deletes"]]
    spelled = [
        (normalise_header(spelling), column.name)
        for column in columns
        for spelling in (column.label_nb, column.name)
    ]
    assert len({spelling for spelling, _ in spelled}) == len(set(spelled))


def test_every_declared_column_is_used() -> None:
    used = {column.name for table in TABLES for column in table.columns}
    assert set(vocabulary().columns) - used == ONLY_PUBLISHED_OR_DELIVERED


def test_every_code_list_is_used() -> None:
    used = {column.codes for table in TABLES for column in table.columns}
    used |= {column.codes for column in vocabulary().columns.values()}
    for codes in LISTS:
        used |= {entry.attributes.get("codes") for entry in codes.codes}
        used |= set(codes.attributes) & set(vocabulary().code_lists)
    assert set(vocabulary().code_lists) - used == {"aggregate", "mart_rule"}


def test_nothing_personal_is_in_a_mart_and_keys_of_persons_are_personal() -> None:
    for table in vocabulary().layer("marts"):
        assert not [column.name for column in table.columns if column.personal]
        names = {column.name for column in table.columns}
        assert not names & {"participant_id", "referral_id", "case_id", "candidate_id"}
    for name in ("participant_id", "referral_id", "birth_year", "country", "exited_on"):
        assert vocabulary().columns[name].personal


# --- Code lists -------------------------------------------------------------------------


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.name)
def test_codes_have_labels_of_their_own(codes: CodeList) -> None:
    for said in zip(*((e.code, e.label_nb, e.label_en) for e in codes.codes), strict=True):
        assert all(word and word == word.strip() for word in said)
        assert codes not in SPELLED or len({normalise(word) for word in said}) == len(said)


@pytest.mark.parametrize("codes", SPELLED, ids=lambda codes: codes.name)
def test_no_two_codes_of_a_list_share_a_spelling(codes: CodeList) -> None:
    meant: dict[str, set[str]] = {}
    for entry in codes.codes:
        for spelling in (entry.code, entry.label_nb, entry.label_en, *entry.aliases):
            meant.setdefault(normalise(spelling), set()).add(entry.code)
    assert {spelling: who for spelling, who in meant.items() if len(who) > 1} == {}


def test_no_two_countries_share_a_spelling_but_those_named_ambiguous() -> None:
    meant: dict[str, set[str]] = {}
    for code, labels in countries.labels().items():
        for spelling in (code, *labels):
            meant.setdefault(normalise(spelling), set()).add(code)
    assert {spelling for spelling, who in meant.items() if len(who) > 1} == set()
    with open(PROJECT / "assets/vocabulary/country_names.csv", encoding="utf-8") as file:
        short_forms = list(csv.DictReader(file))
    for row in short_forms:
        assert countries.spellings()[normalise(row["name"])] == row["code"]
        assert meant.get(normalise(row["name"]), {row["code"]}) == {row["code"]}
    assert not set(countries.AMBIGUOUS) & set(countries.spellings())
    assert {code for pair in countries.AMBIGUOUS.values() for code in pair} <= set(meant_codes())


def meant_codes() -> tuple[str, ...]:
    return vocabulary().code_list("country").names


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.name)
def test_attributes_that_name_a_list_hold_its_codes(codes: CodeList) -> None:
    for entry in codes.codes:
        for attribute, value in entry.attributes.items():
            if attribute in vocabulary().code_lists and value:
                assert value in vocabulary().code_list(attribute).names
            if attribute == "codes" and value:
                assert value in vocabulary().code_lists


def test_outcomes_have_the_groups_and_groups_the_targets_of_the_contract() -> None:
    groups = {
        entry.code: entry.attributes["outcome_group"]
        for entry in vocabulary().code_list("outcome").codes
    }
    assert groups == {
        "A": "work", "AD": "work", "UT": "education", "AS": "state_measure", "AP": "aap",
        "SU": "social_assistance_unclear_health", "SH": "social_assistance", "UF": "disability",
        "FF": "family", "FP": "parental_leave", "AN": "other", "UK": "unknown",
    }  # fmt: skip
    targets = {
        entry.code: entry.attributes["target"]
        for entry in vocabulary().code_list("outcome_group").codes
        if entry.attributes["target"]
    }
    assert targets == {
        "work": "work", "education": "education", "state_measure": "clarified",
        "aap": "clarified", "disability": "clarified",
    }  # fmt: skip


def test_each_target_share_is_the_one_printed_in_the_reports() -> None:
    shares = {
        entry.code: float(entry.attributes["target_share"])
        for entry in vocabulary().code_list("target").codes
    }
    printed = {
        row["figure"].removeprefix("target_"): float(row["value"]) / 100
        for row in printed_figures()
        if row["figure"].startswith("target_") and row["unit"] == "percent"
    }
    assert shares == printed


def test_every_error_of_a_delivery_has_a_label() -> None:
    assert set(vocabulary().code_list("error_code").names) == set(problems.SENTENCES)


def test_every_rule_that_finds_rows_has_a_label() -> None:
    assert set(vocabulary().code_list("finding_rule").names) == set(sentences())


def test_rules_of_the_marts_that_stop_nothing_have_names() -> None:
    told = {
        rule.id for rule in rules() if rule.table.startswith("marts.") and rule.severity != CRITICAL
    }
    assert set(vocabulary().code_list("mart_rule").names) == told


def test_every_activity_has_its_own_place_among_the_main_ones() -> None:
    codes = vocabulary().code_list("activity").codes
    places = sorted(int(entry.attributes["main_order"]) for entry in codes)
    assert places == list(range(1, len(codes) + 1))


def test_what_the_reports_printed_is_broken_down_by_codes_of_the_vocabulary() -> None:
    figures = vocabulary().code_list("printed_figure")
    seen = set()
    for row in printed_figures():
        name = figures[row["figure"]].attributes["codes"]
        if name and row["breakdown"]:
            seen.add(row["figure"])
            code, _, gender = row["breakdown"].partition("|")
            assert code in vocabulary().code_list(name).names
            # The groups of 2019 were of one size first and of another later.
            others = {*vocabulary().code_list("gender").names, "first", "later"}
            assert not gender or gender in others
    assert seen == {entry.code for entry in figures.codes if entry.attributes["codes"]}


def printed_figures() -> list[dict[str, str]]:
    with open(
        PROJECT / "assets/reference/printed_figures.csv", encoding="utf-8", newline=""
    ) as file:
        return list(csv.DictReader(file))
