"""What answers a printed figure exists: mart, measure, dimension and code of figure_answers.csv."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from assets.vocabulary import Table, vocabulary

PROJECT = Path(__file__).parents[2]
COMPARISON = vocabulary().table("marts.printed_comparison")
SQL = (PROJECT / "assets/marts/printed_comparison.sql").read_text(encoding="utf-8")
STACKED = re.findall(r"'([a-z_]+)' as mart, \*", SQL)
"""The marts whose lines the comparison puts one below the other."""
MEASURES = [
    alias or column
    for column, alias in re.findall(
        r"([a-z_]+)(?: as '([a-z_]+)')?[,\s]",
        re.findall(r"n for measure in \((.*?)\)", SQL, re.DOTALL)[0],
    )
]
"""The measures that it takes of them."""


def _answers() -> list[dict[str, str]]:
    path = PROJECT / "assets/reference/figure_answers.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ANSWERS = _answers()
ANSWERED = [answer for answer in ANSWERS if answer["mart"]]
ROUNDINGS = {
    "percent": {"share", "half_up", "largest_remainder"},
    "rank": {"rank"},
    "count": {"sum"},
    "years": {"sum"},
    "months": {"sum"},
    "hours": {"sum"},
    "nok": {"sum"},
}


def figure_of(answer: dict[str, str]) -> str:
    return " ".join(answer[name] for name in ("report", "section", "figure", "breakdown", "unit"))


def mart_of(answer: dict[str, str]) -> Table:
    return vocabulary().table(f"marts.{answer['mart']}")


def sources(table: Table) -> set[str]:
    """What a table counts, directly and through views; the list of years counts nothing."""
    found = set(table.derived_from) - {"intermediate.years"}
    for name in found.copy():
        if name.startswith("intermediate."):
            found |= sources(vocabulary().table(name))
    return found


def named(categories: str) -> list[tuple[str, str]]:
    """Dimension and value of each category named; none of all lines of the mart."""
    parts = [part for part in categories.split("|") if part and categories != "*"]
    return [(dimension, value) for dimension, _, value in (part.partition("=") for part in parts)]


@pytest.mark.parametrize("answer", ANSWERED, ids=figure_of)
def test_answer_names_a_mart_a_measure_and_a_rounding_of_the_unit(answer: dict[str, str]) -> None:
    assert answer["answer_measure"] in mart_of(answer).measures
    assert answer["rounding"] in ROUNDINGS[answer["unit"]]
    assert answer["rounding"] in vocabulary().code_list("rounding").names
    if answer["rounding"] != "rank":
        is_share_of = answer["rounding"] in ("half_up", "largest_remainder")
        assert bool(answer["base_categories"]) == is_share_of


@pytest.mark.parametrize("answer", ANSWERED, ids=figure_of)
@pytest.mark.parametrize("cell", ["categories", "base_categories"])
def test_answer_names_dimensions_and_codes_of_its_mart(answer: dict[str, str], cell: str) -> None:
    mart = mart_of(answer)
    pairs = named(answer[cell])
    by = dict(pairs)
    assert all(dimension in mart.dimensions for dimension, _ in pairs)
    for dimension, value in pairs:
        column = mart.column(dimension)
        if column.codes_by:
            assert value in vocabulary().categories_by(mart, column)[by[column.codes_by]]
        elif column.type == "code":
            assert value in (vocabulary().categories(mart, column) or ())
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("answer", ANSWERED, ids=figure_of)
def test_comparison_reads_the_mart_that_answers(answer: dict[str, str]) -> None:
    sources = (f"marts.{answer['mart']}", f"records.{answer['mart']}")
    assert set(sources) & set(COMPARISON.derived_from)
    assert answer["mart"] in STACKED
    assert answer["answer_measure"] in MEASURES


def test_comparison_reads_nothing_that_answers_nothing() -> None:
    read = {name.partition(".")[2] for name in COMPARISON.derived_from}
    read -= {"years", "printed_figures"}
    assert read == set(STACKED) == {answer["mart"] for answer in ANSWERED}
    assert set(MEASURES) == {answer["answer_measure"] for answer in ANSWERED}


def test_lines_of_the_comparison_are_named_by_every_dimension_of_the_marts_read() -> None:
    (listed,) = re.findall(r"list_filter\(\s+\[(.*?)\]", SQL, re.DOTALL)
    pairs = re.findall(r"'([a-z_]+)=' \|\| ([a-z_]+)", listed)
    assert {dimension for dimension, _ in pairs} == {
        dimension for answer in ANSWERED for dimension in mart_of(answer).dimensions
    }
    assert all(dimension == column for dimension, column in pairs)
    assert pairs[-1] == ("gender", "gender")


def test_figures_of_sheets_that_may_be_missing_are_the_ones_not_always_held() -> None:
    """A sheet that was never filled cannot say 0."""
    (listed,) = re.findall(r"mart not in \((.*?)\)", SQL, re.DOTALL)
    sheets = {table.qualified_name for table in vocabulary().sheets() if table.optional_sheet}
    on_sheets = {answer["mart"] for answer in ANSWERED if sheets & sources(mart_of(answer))}
    assert set(re.findall(r"'([a-z_]+)'", listed)) == on_sheets


def test_figures_that_are_typed_in_are_the_ones_not_counted() -> None:
    """What a sheet or a code list holds as it is printed is an echo."""
    (listed,) = re.findall(r"answer_measure in \((.*?)\)", SQL, re.DOTALL)
    columns = {column.name for table in vocabulary().sheets() for column in table.columns}
    lists = [vocabulary().code_list(name) for name in vocabulary().code_lists]
    attributes = {name for each in lists for code in each.codes for name in code.attributes}
    measures = {answer["answer_measure"] for answer in ANSWERED}
    assert set(re.findall(r"'([a-z_]+)'", listed)) == measures & (columns | attributes)


@pytest.mark.parametrize("answer", ANSWERS, ids=figure_of)
def test_what_cannot_be_answered_or_is_printed_twice_says_so_in_norwegian(
    answer: dict[str, str],
) -> None:
    if not answer["mart"]:
        assert answer["note_nb"]
        for name in ("answer_measure", "categories", "base_categories", "rounding"):
            assert not answer[name]
    if answer["also_printed"]:
        assert answer["mart"]
        assert re.search(r"\d", answer["note_nb"])
    note = answer["note_nb"]
    assert note == note.strip()
    assert not note or note.endswith(".")
    assert not re.search(r"\b(the|and|not|report|records)\b", note)


def test_number_also_printed_is_another_than_the_printed_one() -> None:
    path = PROJECT / "assets/reference/printed_figures.csv"
    with open(path, encoding="utf-8", newline="") as file:
        printed = {figure_of(row): float(row["value"]) for row in csv.DictReader(file)}
    also = {
        figure_of(answer): float(answer["also_printed"])
        for answer in ANSWERS
        if answer["also_printed"]
    }
    assert also
    assert [figure for figure, number in also.items() if printed[figure] == number] == []


def test_every_printed_figure_has_a_label_and_every_label_a_figure() -> None:
    assert {answer["figure"] for answer in ANSWERS} == set(
        vocabulary().code_list("printed_figure").names
    )
    assert {answer["unit"] for answer in ANSWERS} == set(ROUNDINGS)
    assert set(vocabulary().code_list("figure_unit").names) == set(ROUNDINGS)
