"""The draft of the note that goes with the monthly form says what the form shows."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboards.figures.monthly_form import monthly_form
from dashboards.forms.covering_note import covering_note
from dashboards.publication import Publication
from tests.unit.test_dashboards.test_monthly_form import publication

__all__ = ["publication"]


def note(source: Publication, year: int, month: int) -> list[str]:
    return list(covering_note(source, monthly_form(source, year, month)))


def with_counts(source: Publication, **lines: int) -> Publication:
    table = source.tables["monthly_form"]
    for line, count in lines.items():
        of_line = (pl.col("value") == line) & (pl.col("breakdown") == "counts")
        table = table.with_columns(
            pl.when(of_line & (pl.col("gender") == "total"))
            .then(count)
            .otherwise("n")
            .cast(pl.Int64)
            .alias("n")
        )
    return replace(source, tables={**source.tables, "monthly_form": table})


def last_month(source: Publication) -> tuple[int, int]:
    year = source.years[-1]
    return year, max(source.table("monthly_form", year)["month"].cast(pl.Int64).to_list())


def test_the_note_names_every_count_of_the_month(publication: Publication) -> None:
    year, month = last_month(publication)
    source = with_counts(
        publication, referred=1, started=0, planned_exits=0, dropouts=1, no_shows=2, active=1234
    )
    text = note(source, year, month)[0]
    assert "én henvisning og ingen oppstarter" in text
    assert "ingen planmessige avslutninger" in text
    assert "ett frafall og 2 henviste som ikke møtte" in text
    assert "1\u00a0234 aktive" in text


def compared(source: Publication, year: int, month: int) -> str:
    return " ".join(text for text in note(source, year, month) if "enn i samme del av" in text)


def test_the_note_speaks_of_changes_only_and_of_no_year_before_a_break(
    publication: Publication,
) -> None:
    table = publication.tables["monthly_form"]
    _, month = last_month(publication)
    times = {2019: 0, 2020: 1, 2021: 9}
    rows = table.filter(pl.col("year") == publication.years[-1])
    source = replace(
        publication,
        manifest=publication.manifest | {"years": list(times)},
        tables={
            **publication.tables,
            "monthly_form": pl.concat(
                [
                    rows.with_columns(
                        year=pl.lit(year).cast(rows["year"].dtype),
                        n=pl.when(pl.col("value") == "referred")
                        .then(factor * 20)
                        .otherwise(1)
                        .cast(pl.Int64),
                    )
                    for year, factor in times.items()
                ]
            ),
        },
    )
    assert "flere henvisninger (180 mot 20) enn i samme del av 2020" in compared(
        source, 2021, month
    )
    assert "frafall" not in compared(source, 2021, month)
    # 2019 is not a whole year.
    assert compared(source, 2020, month) == ""
    # Nothing is said of what has not changed.
    assert compared(with_counts(source, referred=20), 2021, month) == ""


def test_no_note_where_a_number_is_withheld(publication: Publication) -> None:
    year, month = last_month(publication)
    table = publication.tables["monthly_form"].with_columns(
        n=pl.lit(None, pl.Int64), status=pl.lit("hidden")
    )
    source = replace(publication, tables={**publication.tables, "monthly_form": table})
    assert note(source, year, month) == []
