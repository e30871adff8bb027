"""Every figure and every page is made of whatever may be published: no row, zeros, nothing shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets.vocabulary import HIDDEN, Table, vocabulary
from dashboards.figures import Figure, cards, key_figure_table, sections
from dashboards.figures.monthly_form import monthly_form, months
from dashboards.pages import render_overview, render_year
from dashboards.publication import Publication
from dashboards.report.content import report
from dashboards.report.report_workbook import workbook

YEAR = 2021
MARTS = {mart.name: mart for mart in vocabulary().layer("marts") if not mart.is_list}
OPEN = {"rule": "protected", "threshold": 5, "smallest_base": 20}
"""The rule of a publication that withholds small numbers."""


def empty(_: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.clear()


def zero(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
    number = rows[mart.number]
    return rows.with_columns(
        pl.lit(0).cast(number.dtype).alias(mart.number), status=pl.lit("shown")
    )


def hidden(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
    number = rows[mart.number]
    return rows.with_columns(
        pl.lit(None).cast(number.dtype).alias(mart.number), status=pl.lit(HIDDEN)
    )


def nothing_to_measure(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return hidden(mart, rows).with_columns(status=pl.lit("shown"))


def row(place: int) -> Callable[[Table, pl.DataFrame], pl.DataFrame]:
    """All but one row is gone."""

    def of(_: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.slice(place % rows.height, 1) if rows.height else rows

    return of


def measure(place: int) -> Callable[[Table, pl.DataFrame], pl.DataFrame]:
    """All but one measure is gone, and is zero."""

    def of(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if mart.is_count:
            return rows
        return zero(
            mart, rows.filter(pl.col("measure") == mart.measures[place % len(mart.measures)])
        )

    return of


CHANGES = st.one_of(
    st.sampled_from([empty, zero, hidden, nothing_to_measure]),
    st.integers(0, 500).map(row),
    st.integers(0, 9).map(measure),
)
EVERY = dict.fromkeys(MARTS)


def changed(
    publication: Publication, changes: Mapping[tuple[str, int], Callable[..., pl.DataFrame]]
) -> Publication:
    """The publication with the rows of some marts and years changed."""
    tables = dict(publication.tables)
    for (name, year), change in changes.items():
        of_year = pl.col("year") == year
        frame = tables[name]
        tables[name] = pl.concat(
            [frame.filter(~of_year), change(MARTS[name], frame.filter(of_year))]
        )
    return replace(publication, tables=tables)


def whole(change: Callable[..., pl.DataFrame], *years: int) -> dict[tuple[str, int], object]:
    return {(name, year): change for name in MARTS for year in years}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.dictionaries(
        st.tuples(st.sampled_from(sorted(MARTS)), st.sampled_from([YEAR - 1, YEAR])),
        CHANGES,
        min_size=1,
        max_size=30,
    ),
    protected=st.booleans(),
    by_gender=st.booleans(),
)
@example(changes=whole(empty, YEAR), protected=False, by_gender=True)
@example(changes=whole(zero, YEAR), protected=False, by_gender=True)
@example(changes=whole(hidden, YEAR), protected=True, by_gender=True)
@example(changes=whole(nothing_to_measure, YEAR), protected=False, by_gender=True)
@example(changes=whole(zero, YEAR - 1, YEAR), protected=True, by_gender=False)
@example(changes=whole(row(0), YEAR - 1, YEAR), protected=False, by_gender=True)
@example(changes=whole(measure(1), YEAR - 1, YEAR), protected=True, by_gender=True)
def test_every_table_has_a_page(
    publication: Publication,
    changes: Mapping[tuple[str, int], Callable[..., pl.DataFrame]],
    protected: bool,
    by_gender: bool,
) -> None:
    source = changed(publication, changes).seen(by_gender=by_gender)
    if protected:
        source = replace(source, manifest=source.manifest | {"disclosure": OPEN})
    for section in sections(source, YEAR):
        for figure in section.figures:
            assert_whole(figure)
    assert_whole(key_figure_table(source, YEAR))
    assert cards(source, YEAR)
    for month in months(source, YEAR):
        assert monthly_form(source, YEAR, month).blocks
    assert render_year(source, YEAR).endswith("</html>\n")
    assert "index.html" in render_overview(source)


def assert_whole(figure: Figure) -> None:
    """A figure says why it has no rows, or has them; its chart has something to draw."""
    if figure.empty:
        assert figure.chart is None
        return
    assert figure.rows.height
    assert len(figure.texts()) == figure.rows.height
    if figure.chart is not None:
        assert figure.description
        assert any(list(trace.x or ()) for trace in figure.chart.data)
        low, high = figure.chart.layout.xaxis.range
        assert low < high


@pytest.mark.parametrize("change", [empty, zero, hidden])
def test_the_workbook_of_such_a_year_is_made(
    publication: Publication, change: Callable[..., pl.DataFrame]
) -> None:
    source = changed(publication, whole(change, YEAR))
    assert workbook(report(source, YEAR)).startswith(b"PK")
