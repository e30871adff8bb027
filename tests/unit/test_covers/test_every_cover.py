"""Numbers read back from every cover are those of the published files, for every table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards.definitions import SHOWN_BY_OTHERS
from dashboards.pages import render_comparison, render_year
from dashboards.publication import Publication, read
from dashboards.report.content import Report, report
from dashboards.report.package import package
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import build, open_app, parsed
from tests.unit.test_covers import covers
from tests.unit.test_covers.covers import Rows, Tables, number
from tests.unit.test_covers.published_numbers import Numbers, published_numbers, series_numbers
from tests.unit.test_dashboards.test_monthly_form import PERIODS, expected
from tests.unit.test_report.conftest import BARE

YEAR, BESIDE = 2021, 2020
COVERS = ("app", "static", "workbook", "document", "delimited")
COMPARISON = "printed_comparison"
ELSEWHERE = {"monthly_form", COMPARISON}
"""Tables that have tests of their own below."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("covers") / "internal")


@pytest.fixture(scope="module")
def publication(folder: Path) -> Publication:
    return read(folder)


@pytest.fixture(scope="module")
def numbers(folder: Path) -> dict[str, Numbers]:
    by_year = {year: published_numbers(folder, year, BESIDE) for year in (2019, 2020, YEAR)}
    return by_year[YEAR] | series_numbers(by_year)


@pytest.fixture(scope="module")
def client(folder: Path) -> Client:
    return open_app(folder)


@pytest.fixture(scope="module")
def said(publication: Publication) -> Report:
    return report(publication, YEAR)


@pytest.fixture(scope="module")
def html(publication: Publication) -> str:
    return render_year(publication, YEAR)


@pytest.fixture(scope="module")
def shown(publication: Publication, client: Client, said: Report, html: str) -> dict[str, Tables]:
    """Every cover's tables."""
    files = package(publication, YEAR, BARE).files
    return {
        "app": covers.of_app(client, f"aar={YEAR}"),
        "static": covers.of_static(html),
        "workbook": covers.of_workbook(files[f"nora-{YEAR}.xlsx"], said),
        "document": covers.of_document(files[f"nora-{YEAR}.docx"], said),
        "delimited": covers.of_delimited(files, said),
    }


def wrong(numbers: Numbers, rows: Rows) -> list[str]:
    """What a table shows that was not published, and what it lacks of what was."""
    header, *body = rows
    width = len(next(iter(numbers)))
    told = {title for columns in numbers.values() for title in columns}
    left = {(key, title) for key, columns in numbers.items() for title in columns}
    found = []
    for row in body:
        key = tuple(str(label) for label in row[:width])
        for title, cell in zip(map(str, header), row, strict=True):
            if title in told:
                left.discard((key, title))
                published = numbers.get(key, {}).get(title, 0)
                if abs((number(cell) or 0) - published) > rounding(title, published):
                    found.append(f"{key} {title}: {cell}, published {published}")
    found += [f"{key} {title} is missing" for key, title in left if numbers[key][title]]
    return found


def rounding(title: str, published: float) -> float:
    """How far from what was published the same may stand when it is rounded to be shown."""
    if float(published).is_integer():
        return 0
    # Shares of a whole are rounded together, and medians among the key figures to whole days.
    return 0.05 if "dager" in title else 1


@pytest.mark.parametrize("cover", COVERS)
def test_numbers_are_those_of_the_published_files(
    cover: str, shown: dict[str, Tables], numbers: dict[str, Numbers]
) -> None:
    tables = shown[cover]
    found = {name: wrong(numbers[name], tables[name]) for name in numbers}
    assert {name: said for name, said in found.items() if said} == {}


def test_every_mart_is_among_them(numbers: dict[str, Numbers]) -> None:
    marts = {mart.name for mart in vocabulary().layer("marts")}
    of_year = {name for name in numbers if not name.endswith("_by_year")}
    assert marts == (of_year - {"flows", "dropouts_by_month", "form_rows"}) | ELSEWHERE | set(
        SHOWN_BY_OTHERS
    )


def test_every_figure_is_among_them(said: Report, numbers: dict[str, Numbers]) -> None:
    figures = {entry.id for entry in said.tables}
    assert figures == set(numbers) | {COMPARISON}
    assert all(any(any(columns.values()) for columns in of.values()) for of in numbers.values())


def test_any_wrong_number_is_found(shown: dict[str, Tables], numbers: dict[str, Numbers]) -> None:
    for name, of in numbers.items():
        header, *body = shown["app"][name]
        told = {title for columns in of.values() for title in columns}
        width = len(next(iter(of)))
        tried = 0
        for place, row in enumerate(body):
            for column, title in enumerate(header):
                if column < width or title not in told or number(row[column]) is None:
                    continue
                other = [*row]
                other[column] = (number(row[column]) or 0) + 2.0
                assert wrong(of, [header, *body[:place], other, *body[place + 1 :]]), (name, row)
                tried += 1
        assert tried, name
        assert wrong(of, [header, *body[1:]]), name


def test_printed_figures_are_the_published_ones(folder: Path, shown: dict[str, Tables]) -> None:
    frame = pl.read_parquet(folder / "printed_comparison.parquet").filter(year=YEAR)
    published = Counter(frame.select("published", "derived").rows())
    assert published.total() > 5
    of_page = parsed(render_comparison(read(folder))).tables[f"alle-{YEAR}"]
    rows = {
        "app": [row[1:3] for row in shown["app"]["alle"][1:] if len(row) > 1],
        "static": [row[1:3] for row in of_page[1:] if len(row) > 1],
    } | {
        cover: [row[4:6] for row in shown[cover][COMPARISON][1:]]
        for cover in ("workbook", "document", "delimited")
    }
    for cover, listed in rows.items():
        assert Counter((number(left), number(right)) for left, right in listed) == published, cover


@pytest.mark.parametrize("year", [2020, YEAR])
def test_every_cover_says_the_sentences_of_the_pages(
    year: int, client: Client, publication: Publication
) -> None:
    said = covers.sentences_of_app(client, f"aar={year}")
    files = package(publication, year, BARE).files
    assert covers.sentences_of_page(render_year(publication, year)) == said
    assert len(said) > 10
    for text in (
        covers.text_of_document(files[f"nora-{year}.docx"]),
        covers.text_of_workbook(files[f"nora-{year}.xlsx"]),
    ):
        assert [sentence for sentence in said if sentence not in text] == []


@pytest.mark.parametrize("month", [3, 12])
def test_monthly_form_of_the_app_is_the_published_one(
    client: Client, publication: Publication, month: int
) -> None:
    address = f"/manedsskjema?maaned={YEAR}-{month:02}"
    _, headers, *body = parsed(client.get(address).text).tables["skjema"]
    half = len(headers) // 2
    columns = [(period, header) for period in PERIODS for header in headers[:half]]
    counted = {
        (row[0], *column): number(text)
        for row in body
        for column, text in zip(columns, row[1:], strict=False)
        if column[1] != "Prosent"
    }
    published = {key: n for key, n in expected(publication, month).items() if key[2] in headers}
    assert any(published.values())
    assert counted == published
