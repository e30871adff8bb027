"""What only the year before has is shown beside a year that no longer has it."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards import outline
from dashboards.figures import Figure, sections
from dashboards.publication import Publication

YEAR, BEFORE = 2021, 2020
_NOT_COMPARED = ("form_rows", "partner_projects", "gender_split")
"""Figures that show no other year, and one of a year that had nobody at all."""

COMPARED = [
    name for listed in outline.SECTIONS.values() for name in listed if name not in _NOT_COMPARED
]


def figure(publication: Publication, name: str) -> Figure:
    """One figure of the year."""
    found = {one.id: one for group in sections(publication, YEAR) for one in group.figures}
    return found[name]


def in_other_year(of: Figure) -> float:
    """The sum of the numbers of the year before, wherever the figure has them."""
    numbers = [name for name in of.rows.columns if of.units.get(name)]
    columns = [name for name in numbers if str(BEFORE) in name or "tidligere" in name]
    rows = of.rows
    if not columns:
        texts = [name for name in rows.columns if name not in numbers]
        rows = rows.filter(pl.any_horizontal(pl.col(texts).str.contains(str(BEFORE))))
        columns = numbers
    return sum(rows[name].sum() or 0 for name in columns)


@pytest.mark.parametrize("name", COMPARED)
def test_a_year_with_nothing_shows_what_the_year_before_had(
    change_mart: Callable[..., Publication], name: str
) -> None:
    mart, _ = outline.FIGURES[name]
    of_year = pl.col("year") == YEAR
    if mart.is_count:
        emptied = pl.when(of_year).then(0).otherwise("n").alias("n")
        publication = change_mart(mart.name, lambda frame: frame.with_columns(emptied))
    else:
        publication = change_mart(mart.name, lambda frame: frame.filter(~of_year))
    found = figure(publication, name)
    assert not found.empty
    assert in_other_year(found) > 0
    assert any(f"Ingen {mart.empty_nb} i {YEAR}." == note for note in found.notes)
    assert found.chart is not None


@pytest.mark.parametrize(
    ("name", "category", "measure"),
    [("group_sessions", "personal_finance", "attended"), ("staffing", "hr", "headcount")],
)
def test_a_vanished_category_has_its_bar_in_the_chart_and_0_in_the_table(
    publication: Publication, name: str, category: str, measure: str
) -> None:
    mart = vocabulary().table(f"marts.{name}")
    label = vocabulary().label(mart, mart.dimensions[0], category)
    found = figure(publication, name)
    header = mart.column(measure).label_nb
    row = found.rows.row(by_predicate=pl.nth(0) == label, named=True)
    assert row[header] == 0
    _, grey = found.chart.data
    assert row[f"{header} i {BEFORE}"] in grey.x
    assert label in found.description


def test_a_vanished_group_of_exits_keeps_its_median(
    change_mart: Callable[..., Publication],
) -> None:
    gone = (pl.col("year") == YEAR) & (pl.col("outcome_group") == "work")
    publication = change_mart("time_in_programme", lambda frame: frame.filter(~gone))
    found = figure(publication, "time_in_programme")
    label = vocabulary().label(
        vocabulary().table("marts.time_in_programme"), "outcome_group", "work"
    )
    assert f"{label}: ingen i 2021" in found.description
    row = found.rows.row(by_predicate=pl.nth(0) == label)
    assert (row[1], row[-1]) == (0, 254)
    drawn = [note.text for note in found.chart.layout.annotations]
    assert any(f"<b>{label} (0)</b><br>.." == text for text in drawn)
