"""The figures over the years: which lines are drawn, and that they say what each year says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest

from assets.vocabulary import TOTAL
from dashboards import outline, words
from dashboards.figures import Figure, sections, series_words
from dashboards.figures.breakdown import LAST
from dashboards.figures.series import series_figures
from dashboards.figures.series_charts import Panel, panels
from dashboards.publication import Publication, read
from tests.unit.test_dashboards.conftest import build_publication

YEARS = (2019, 2020, 2021)
MEASURES = ("key_figures", "job_retention", "counsellor_caseload", "savings", "time_in_programme")
"""Series of named measures, all of which are drawn."""


@pytest.fixture(scope="module", params=["as it is", "turned", "withheld", "protected"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The made-up publication; with its last year the first; and with numbers that are withheld."""
    whole = read(build_publication(tmp_path_factory.mktemp("series") / "internal"))
    year = pl.col("year")
    if request.param == "turned":
        return replace(
            whole,
            tables={
                name: frame.with_columns(year=4040 - year) for name, frame in whole.tables.items()
            },
        )
    if request.param == "as it is":
        return whole
    tables = {}
    for name, frame in whole.tables.items():
        number = "n" if "n" in frame.columns else "value"
        if "status" not in frame.columns or name == "printed_comparison":
            tables[name] = frame
            continue
        small = pl.col(number).is_between(1, 3)
        tables[name] = frame.with_columns(
            pl.when(small).then(None).otherwise(number).alias(number),
            pl.when(small).then(pl.lit("hidden")).otherwise("status").alias("status"),
        )
    rule = {"rule": "protected", "threshold": 4} if request.param == "protected" else {}
    return replace(whole, tables=tables, manifest={**whole.manifest, "disclosure": rule})


def series(source: Publication, year: int = 2021) -> dict[str, Figure]:
    return {figure.id: figure for figure in series_figures(source.behind(year), year)}


def years_of(figure: Figure) -> list[str]:
    return [header for header in figure.rows.columns if header in map(str, YEARS)]


def numbers(figure: Figure, row: int) -> list[float]:
    values = [figure.rows[year][row] for year in years_of(figure)]
    return [value for value in values if value is not None]


def labels(figure: Figure) -> list[str]:
    return figure.rows[series_words.ITEM].to_list()


def test_no_category_that_is_not_drawn_is_larger_than_one_that_is(source: Publication) -> None:
    left_out = 0
    for name, figure in series(source).items():
        if not figure.drawn_rows:
            continue
        totals = {i for i, label in enumerate(labels(figure)) if label == "I alt"}
        others = set(range(figure.rows.height)) - {*figure.drawn_rows} - totals
        drawn = [max(numbers(figure, row), default=-1) for row in figure.drawn_rows]
        for row in others:
            assert max(numbers(figure, row), default=-1) <= min(drawn), (name, labels(figure)[row])
        said = any(series_words.largest(len(drawn)) == note for note in figure.picture_notes)
        assert said == bool(others), name
        left_out += len(others)
    assert left_out


@pytest.mark.parametrize("name", MEASURES)
def test_every_named_measure_is_drawn(source: Publication, name: str) -> None:
    figure = series(source)[outline.by_year(name)]
    assert figure.drawn_rows == tuple(range(figure.rows.height))


def test_the_key_figures_that_managers_ask_for_have_a_line(source: Publication) -> None:
    figure = series(source)["key_figures_by_year"]
    drawn = {labels(figure)[row] for row in figure.drawn_rows}
    assert {
        "Aktive ved utgangen av året",
        "Avslutninger til arbeid",
        "Planmessige avslutninger",
    } <= drawn


def test_what_is_drawn_is_what_the_description_says(source: Publication) -> None:
    for figure in series(source).values():
        if figure.chart is not None and figure.drawn_rows:
            assert len(figure.chart.data) == len(figure.drawn_rows)
            for row in figure.drawn_rows:
                assert f"{labels(figure)[row]} " in figure.description


def test_categories_that_say_little_stand_last(source: Publication) -> None:
    for name in ("exit_outcomes", "group_sessions", "referral_offices", "staffing"):
        figure = series(source)[outline.by_year(name)]
        listed = labels(figure)
        places = [i for i, label in enumerate(listed) if label in ("Annet", "Ukjent", "I alt")]
        assert places == list(range(len(listed) - len(places), len(listed))), name
    assert TOTAL not in LAST


def test_lines_of_different_measures_say_that_their_scales_differ(source: Publication) -> None:
    for name, figure in series(source).items():
        if figure.chart is None:
            continue
        drawn = len(figure.chart.data)
        texts = [note.text for note in figure.chart.layout.annotations]
        own = name in ("key_figures_by_year", "counsellor_caseload_by_year")
        assert (series_words.scale(is_one=False) in texts) == (own and drawn > 1), name
        assert (series_words.scale(is_one=True) in texts) == (not own and drawn > 1), name


def test_equal_numbers_are_equally_high_on_one_scale_alone() -> None:
    rows = [
        Panel("a", (10.0, 5.0), ("10", "5")),
        Panel("b", (2.0, 5.0), ("2", "5")),
    ]

    def above_the_rule(one_scale: bool) -> list[float]:
        chart = panels(rows, ("2020", "2021"), (), one_scale=one_scale, heading="x")
        assert chart is not None
        rules = [shape.y0 for shape in chart.layout.shapes]
        return [rule - trace.y[1] for rule, trace in zip(rules, chart.data, strict=True)]

    a, b = above_the_rule(True)
    assert a == pytest.approx(b)
    a, b = above_the_rule(False)
    assert a < b


def test_the_chart_has_the_sign_of_each_number(source: Publication) -> None:
    """Zero, missing and withheld are told apart in the chart as in the table."""
    signs = set()
    for figure in series(source).values():
        if figure.chart is None or not figure.drawn_rows:
            continue
        at_years = [note for note in figure.chart.layout.annotations if note.xref != "paper"]
        texts = figure.texts()
        first = figure.rows.columns.index(years_of(figure)[0])
        expected = [text for row in figure.drawn_rows for text in texts[row][first:]]
        assert [note.text for note in at_years] == expected
        signs |= {*expected}
    assert {"0", words.NOTHING} <= signs


def test_dropouts_and_the_flow_have_lines_on_their_pages(source: Publication) -> None:
    found = series(source)
    for page, name, expected in (
        ("/frafall", "lost_by_year", ["Frafall", "Ikke møtt"]),
        ("/flyt", "in_and_out_by_year", ["Oppstarter", "Frafall", "Planmessige avslutninger"]),
    ):
        assert name in outline.BY_PATH[page].series
        assert sorted(labels(found[name])) == sorted(expected)
        whole = found["key_figures_by_year"]
        for row, label in enumerate(labels(found[name])):
            same = labels(whole).index(label)
            assert found[name].texts()[row] == whole.texts()[same]


def columns(figure: Figure, year: int) -> Iterator[tuple[str, int]]:
    """The headers of a figure of a year that its series has too, and the year of each."""
    of = {
        "group_sessions": "Møtt",
        "staffing": "Antall personer",
        "time_in_programme": "Median, dager",
        "target_attainment": words.PERCENT,
        "benefit_target": words.PERCENT,
    }
    header = of.get(figure.id, words.COUNT)
    for name, when in ((header, year), (f"{header} i {year - 1}", year - 1)):
        if name in figure.rows.columns:
            yield name, when


def test_the_series_says_the_same_as_each_year(source: Publication) -> None:
    """The same number has the same sign: 0, missing or withheld."""
    found = series(source)
    compared = signs = 0
    for year in YEARS:
        for section in sections(source.behind(year), year):
            for figure in section.figures:
                over = found.get(outline.by_year(figure.id))
                if over is None or figure.empty or "month" in figure.id or figure.id == "caseload":
                    continue
                width = 1 + (series_words.GROUP in over.rows.columns)
                lines = {line[:width]: line for line in over.texts()}
                place = {header: i for i, header in enumerate(over.rows.columns)}
                for header, when in columns(figure, year):
                    at = figure.rows.columns.index(header)
                    for line in figure.texts():
                        key = line[:width]
                        if str(when) in place and key in lines:
                            assert lines[key][place[str(when)]] == line[at], (figure.id, key, when)
                            compared += 1
                            signs += line[at] in ("0", words.NOTHING, words.HIDDEN)
    assert compared > 100
    assert signs > 10


def test_no_title_says_for_twice(source: Publication) -> None:
    for figure in series(source).values():
        assert figure.title.count(" for ") <= 1, figure.title
        assert "De andre tallene" not in figure.definition


def test_the_definition_of_the_active_tells_of_nothing_else(source: Publication) -> None:
    found = {f.id: f for section in sections(source.behind(2021), 2021) for f in section.figures}
    assert "oppstarter" not in found["caseload"].definition.lower()
