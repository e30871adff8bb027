"""What is fetched from the live dashboard: of the right kind, and with the numbers published."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from assets.vocabulary import vocabulary
from tests.browser.conftest import Visit
from tests.browser.places import Place
from tests.pipeline.homes import Home

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def fetched(page: Page, link: str, media_type: str) -> bytes:
    """Follow a link of the page as a reader would, and return the file; its kind is `media_type`."""
    found = page.locator(link)
    assert found.count() == 1
    answer = page.request.head(found.evaluate("link => link.href"))
    assert answer.headers["content-type"] == media_type
    with page.expect_download() as download:
        found.click()
    path = download.value.path()
    name = download.value.suggested_filename
    assert f'filename="{name}"' in answer.headers["content-disposition"]
    return path.read_bytes()


def rows(content: bytes, sheet: int | str = 0) -> list[tuple[Any, ...]]:
    """Every row of a sheet of a workbook."""
    book = load_workbook(io.BytesIO(content))
    name = sheet if isinstance(sheet, str) else book.sheetnames[sheet]
    return list(book[name].iter_rows(values_only=True))


@pytest.mark.parametrize("year", [2020, 2021])
def test_rows_of_a_figure(visit: Visit, demo: Home, year: int) -> None:
    published = demo.published("exit_outcomes").filter(year=year, gender="total")
    everybody = published.filter(outcome="total")["n"].item()
    codes = vocabulary().code_list("outcome").codes
    work = [code.code for code in codes if code.attributes["outcome_group"] == "work"]
    with visit(Place("live", f"avslutninger?aar={year}")) as page:
        content = fetched(page, "a[href*='exit_outcomes.csv']", "text/csv; charset=utf-8")
    assert content.startswith("\ufeff".encode())
    lines = [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
    counts = {line[0]: line[1] for line in lines}
    at_work = published.filter(pl.col("outcome").is_in(work))["n"].sum()
    assert counts["Arbeid"] == str(at_work)
    assert at_work > 0
    assert counts["I alt"] == str(everybody)


def test_workbook_of_the_year(visit: Visit, demo: Home) -> None:
    published = demo.published("exit_outcomes").filter(year=2021, gender="total", outcome="A")
    with visit(Place("live", "?aar=2021")) as page:
        content = fetched(page, ".whole a[href*='nora.xlsx']", EXCEL)
    found = [row for row in rows(content, "Skjemaets rad 12 og 13") if row[1] == "A"]
    assert [row[2] for row in found] == published["n"].to_list()


def test_form_of_a_month(visit: Visit, demo: Home) -> None:
    published = demo.published("monthly_form").filter(
        year=2021, month=6, period="month", value="referred"
    )
    counts = dict(published.select("gender", "n").iter_rows())
    with visit(Place("live", "manedsskjema?aar=2021&maaned=2021-06")) as page:
        content = fetched(page, ".whole a[href*='manedsskjema.xlsx']", EXCEL)
    found = [row[1:4] for row in rows(content) if row[0] == "Henvist"]
    assert found == [(counts["total"], counts["male"], counts["female"])]


def test_picture_of_a_chart(visit: Visit) -> None:
    with visit(Place("live", "avslutninger?aar=2021")) as page:
        content = fetched(page, "a[href*='exit_outcomes.png']", "image/png")
    assert content.startswith(b"\x89PNG")
    assert len(content) > 10_000
