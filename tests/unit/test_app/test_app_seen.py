"""A publication as somebody chose to look at it, and the charts that show two years."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary
from dashboards import words
from dashboards.app.source import BusyError, Kept
from dashboards.figures import Figure, sections
from dashboards.figures.palette import OTHER_YEAR
from dashboards.publication import Publication, read


def figure(publication: Publication, name: str, year: int = 2021) -> Figure:
    return next(f for s in sections(publication, year) for f in s.figures if f.id == name)


def test_previous_is_the_year_before_unless_another_is_chosen(publication: Publication) -> None:
    assert [publication.previous(year) for year in (2019, 2020, 2021)] == [None, 2019, 2020]
    chosen = publication.seen(compared_with=2019)
    assert [chosen.previous(year) for year in (2019, 2020, 2021)] == [None, 2019, 2019]
    assert publication.seen(compared_with=2021).previous(2019) == 2021
    assert publication.previous(2021) == 2020


def test_year_that_is_not_published_cannot_be_compared_with(publication: Publication) -> None:
    with pytest.raises(KeyError):
        publication.seen(compared_with=2018)


@pytest.mark.parametrize("mart", [mart for mart in vocabulary().layer("marts") if not mart.is_list])
def test_without_gender_a_table_has_the_rows_that_are_of_everybody(
    publication: Publication, mart: Table
) -> None:
    whole = publication.table(mart.name, 2021)
    rows = publication.seen(by_gender=False).table(mart.name, 2021)
    if "gender" in whole.columns:
        assert rows.equals(whole.filter(pl.col("gender") == TOTAL))
    elif "breakdown" in whole.columns:
        assert rows.equals(whole.filter(pl.col("breakdown") != "gender"))
    else:
        assert rows.equals(whole)


def test_bars_show_the_compared_year_beneath(publication: Publication) -> None:
    for compared, beneath in ((2020, [56, 48]), (2019, [29, 23])):
        drawn = figure(publication.seen(compared_with=compared), "referral_benefits")
        this, other = drawn.chart.data
        assert list(this.x) == [53, 45]
        assert list(other.x) == beneath
        assert other.marker.color == OTHER_YEAR
        assert list(other.y) > list(this.y)
        texts = [note.text for note in drawn.chart.layout.annotations]
        assert texts[-2:] == ["2021", str(compared)]
        assert f"med {compared} som tynne grå søyler" in drawn.description
        assert max(drawn.chart.layout.xaxis.range) == max(53, *beneath)


def test_bars_of_a_year_alone_have_no_other(publication: Publication) -> None:
    drawn = figure(publication, "referral_benefits", 2019)
    assert len(drawn.chart.data) == 1
    assert not drawn.chart.layout.shapes
    assert "søyler under" not in drawn.description


def test_withheld_number_of_the_compared_year_has_no_bar(folder: Path) -> None:
    path = folder / "referral_benefits.parquet"
    kept = (pl.col("year") == 2020) & (pl.col("benefit") == "kvp")
    pl.read_parquet(path).with_columns(
        n=pl.when(~kept).then("n"), status=pl.when(kept).then(pl.lit(HIDDEN)).otherwise("status")
    ).write_parquet(path)
    drawn = figure(read(folder), "referral_benefits")
    assert list(drawn.chart.data[1].x) == [None, 48]
    assert words.HIDDEN in {row[-1] for row in drawn.texts()}


def test_month_lines_name_the_compared_year(publication: Publication) -> None:
    drawn = figure(publication.seen(compared_with=2019), "caseload")
    text = drawn.chart.to_json()
    assert "2021" in text
    assert "2019" in text
    assert "2020" not in text
    assert "Prikket linje for 2019" in drawn.description


def test_what_is_kept_is_made_once_and_the_oldest_goes() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    kept: Kept[str] = Kept(2)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(name, partial(make, name)) == name
    assert made == ["a", "b", "c", "b"]


def test_what_could_not_be_made_is_tried_again() -> None:
    kept: Kept[str] = Kept(2)
    with pytest.raises(KeyError):
        kept.get("a", lambda: {}["nothing"])
    assert kept.get("a", lambda: "made") == "made"


def test_who_would_wait_too_long_is_turned_away() -> None:
    kept: Kept[str] = Kept(9, waiting=1)
    kept.get("before", lambda: "made")
    begun, ended = threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        ended.wait()
        return "made"

    with ThreadPoolExecutor(1) as readers:
        first = readers.submit(kept.get, "a", make)
        begun.wait()
        try:
            with pytest.raises(BusyError):
                kept.get("b", lambda: "made")
            assert kept.get("before", lambda: "made again") == "made"
        finally:
            ended.set()
        assert first.result() == "made"
    assert kept.get("b", lambda: "made") == "made"
