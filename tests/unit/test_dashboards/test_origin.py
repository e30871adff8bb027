"""Where the numbers come from, and what was rejected, as every cover says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards import origin, origin_words, outline, words
from dashboards.app import app_words
from dashboards.figures import sections
from dashboards.pages import render_year
from dashboards.publication import Publication, read
from dashboards.report.content import report
from tests.unit.test_app.conftest import open_app, parsed

ERRORS = {"orphan": 2, "bad_date": 5, "missing_value": 2}


@pytest.fixture
def marked(folder: Path) -> Path:
    """The folder with rows of 2021 rejected."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["rows_rejected"]["2021"] = 7
    manifest["by_year"]["2021"]["rejected_by_code"] = ERRORS
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def label(code: str) -> str:
    return vocabulary().code_list("error_code")[code].label_nb


def test_errors_stand_by_how_many_rows_have_them_and_then_in_the_lists_order(
    marked: Path,
) -> None:
    expected = [(label("bad_date"), "5"), (label("missing_value"), "2"), (label("orphan"), "2")]
    assert origin.errors(read(marked), 2021) == expected
    assert origin.errors(read(marked), 2020) == []


def test_every_cover_says_what_was_wrong(marked: Path) -> None:
    publication = read(marked)
    sentence = origin_words.wrong_rows(
        2021, ["ugyldig dato (5)", "feltet er ikke fylt ut (2)",
               "viser til en rad som ikke er lest inn (2)"],
    )  # fmt: skip
    assert origin.rejected(publication, 2021) == (
        origin_words.rejected_sentence("7", 2021, one=False), sentence, words.REJECTED_WHAT_NOW,
    )  # fmt: skip
    assert sentence in report(publication, 2021).sources
    assert sentence in render_year(publication, 2021)
    assert sentence not in render_year(publication, 2020)
    assert sentence in open_app(marked).get("/flyt").text


def test_a_year_with_nothing_but_staff_says_so_and_shows_nothing_else(folder: Path) -> None:
    for mart in vocabulary().layer("marts"):
        path = folder / f"{mart.name}.parquet"
        if mart.is_list or mart.name == "staffing" or not path.exists():
            continue
        frame = pl.read_parquet(path)
        of_year, number = pl.col("year") == 2020, pl.col(mart.number)
        if mart.is_count or mart.name in ("key_figures", "caseload"):
            nobody = pl.when(of_year).then(0).otherwise(number).cast(frame.schema[mart.number])
            frame = frame.with_columns(nobody.alias(mart.number))
        else:
            frame = frame.filter(~of_year)
        frame.write_parquet(path)
    publication = read(folder)
    sentence = (
        "Ingen ble henvist til tiltaket eller var i det i 2020. "
        "Bare dette er ført for året: Ansatte og studenter."
    )
    assert origin.period(publication, 2020) == sentence
    assert sentence in render_year(publication, 2020)
    assert report(publication, 2020).period == sentence
    shown = [figure for section in sections(publication, 2020) for figure in section.figures]
    assert [figure.id for figure in shown] == ["staffing"]
    app = open_app(folder)
    for page in outline.PAGES:
        year = "?aar=2020" if page.choices else ""
        assert app.get(f"{page.path}{year}").status_code == 200, page.path
    assert sentence in app.get(f"{outline.OVERVIEW.path}?aar=2020").text
    assert origin.period(publication, 2021) == ""
    assert len(sections(publication, 2021)) > 1


def test_a_year_of_which_nothing_is_recorded_says_that() -> None:
    assert origin_words.without_persons(2018, []).endswith(
        "Ingenting annet er ført for året heller."
    )


def test_labels_begin_small_within_a_sentence_but_for_abbreviations() -> None:
    assert origin_words.counted("Ugyldig dato", "2") == "ugyldig dato (2)"
    assert origin_words.counted("ID-en kan ikke brukes", "1") == "ID-en kan ikke brukes (1)"


def test_nothing_rejected_is_said_where_the_numbers_come_from(
    publication: Publication, change_manifest: Callable[..., Publication]
) -> None:
    assert words.NOTHING_REJECTED in origin.made(publication, 2021)
    assert origin.rejected(publication, 2021) == ()
    before = change_manifest(rows_rejected={"2020": 1})
    assert words.NOTHING_REJECTED not in origin.made(before, 2021)
    assert origin.rejected(before, 2021)[0] == origin_words.rejected_sentence("1", 2020, one=True)
    assert origin.rejected(before, 2019) == ()


def test_page_of_quality_lists_what_was_wrong(marked: Path) -> None:
    client = open_app(marked)
    shown = parsed(client.get("/kvalitet").text)
    assert shown.tables["feil"] == [
        [app_words.ERROR, "Avviste rader"],
        [label("bad_date"), "5"], [label("missing_value"), "2"], [label("orphan"), "2"],
    ]  # fmt: skip
    assert app_words.errors(2021) in shown.texts["h2"]
    assert "feil" not in parsed(client.get("/kvalitet?aar=2020").text).tables


def test_deliveries_that_are_only_counted_are_named_nowhere(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["deliveries"] = 3
    del manifest["receipts"]
    manifest["by_year"]["2020"]["deliveries"] = 1
    path.write_text(json.dumps(manifest), encoding="utf-8")
    publication = read(folder)
    assert words.deliveries("3", one=False) in origin.made(publication, 2021)
    assert words.deliveries("1", one=True) in origin.made(publication, 2020)
    assert report(publication, 2021).deliveries == ()
    assert words.SHOW_DELIVERIES not in render_year(publication, 2021)
    client = open_app(folder)
    shown = parsed(client.get("/kvalitet").text)
    assert [row[1] for row in shown.tables["kvalitet"][1:]] == ["3", "1", "3"]
    assert not any("/leveranser" in (a["href"] or "") for a in shown.attributes("a"))
    assert client.get("/leveranser").status_code == 404
