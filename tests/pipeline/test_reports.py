"""The report package and the monthly form, written on demand from what is published."""

from __future__ import annotations

import hashlib
import json

import openpyxl
import polars as pl
import pytest

from dashboards.report import report_words
from pipelines.release_store import ReleaseDamagedError
from tests.pipeline.homes import DEMO_YEARS, Home, nora


@pytest.fixture
def without_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser is found: to draw and print takes half a minute, and one test here does."""
    monkeypatch.setenv("BROWSER_PATH", "/finnes/ikke")


def test_command_writes_the_package_of_one_year_and_names_its_files(home: Home) -> None:
    reports = home.path / "reports" / "internal"
    before = home.pages()
    said = nora("report", "--year", "2021", "--home", str(home.path))
    assert said.code == 0, said.out
    marking, for_the_public, *_ = said.out.splitlines()
    assert marking == "Intern – ikke til publisering"
    assert for_the_public == report_words.FOR_THE_PUBLIC
    for name in ("nora-2021.xlsx", "nora-2021.docx", "csv/"):
        assert f"  {name}" in said.out
    after = home.pages()
    assert {name: after[name] for name in before} == before
    assert not [path for year in (2019, 2020) for path in (reports / str(year)).glob("*.xlsx")]
    book = openpyxl.load_workbook(reports / "2021" / "nora-2021.xlsx")
    assert len(book.sheetnames) > 30


@pytest.mark.usefixtures("without_browser")
def test_what_a_person_has_written_outlives_the_next_package(home: Home) -> None:
    folder = home.path / "reports" / "internal" / "2021"
    nora("report", "--year", "2021", "--home", str(home.path))
    document, table = folder / "nora-2021.docx", next((folder / "csv").glob("*.csv"))
    document.write_bytes(b"a day's work")
    (folder / "bilder" / "mitt.png").write_bytes(b"my picture")
    gone = folder / "csv" / "en-gammel-tabell.csv"
    gone.write_bytes(b"of an earlier package")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    sha = hashlib.sha256(gone.read_bytes()).hexdigest()
    manifest["files"].append({"name": "csv/en-gammel-tabell.csv", "sha256": sha})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    said = nora("report", "--year", "2021", "--home", str(home.path))
    assert (folder / "nora-2021 (endret 1).docx").read_bytes() == b"a day's work"
    assert "nora-2021 (endret 1).docx" in said.out
    assert document.read_bytes() != b"a day's work"
    assert (folder / "bilder" / "mitt.png").read_bytes() == b"my picture"
    assert table.exists()
    assert not gone.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("without_browser")
def test_package_of_several_years_is_one_run_in_the_ui(home: Home) -> None:
    tags = {
        "dagster/asset_partition_range_start": str(DEMO_YEARS[0]),
        "dagster/asset_partition_range_end": str(DEMO_YEARS[-1]),
    }
    assert home.run("report", tags=tags).success
    for year in DEMO_YEARS:
        assert (home.path / f"reports/internal/{year}/nora-{year}.docx").is_file()


def test_one_month_is_printed_alone_and_leaves_the_others(home: Home) -> None:
    folder = home.path / "reports" / "internal" / "2021" / "skjema"
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    tables, pages = home.publication(), home.pages()
    (folder / "nora-2021-03.xlsx").unlink()
    assert home.run("monthly_form", partition_key="2021-03").success
    after = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert len(after) == 24
    assert {name for name in after if after[name] != before[name]} == {
        "nora-2021-03.html", "nora-2021-03.xlsx"
    }  # fmt: skip
    assert home.pages() == pages
    assert home.publication() | {"link": ""} == tables | {"link": ""}


def test_a_month_is_not_printed_beside_damaged_numbers(home: Home) -> None:
    (home.internal / "caseload.parquet").write_bytes(b"")
    before = home.publication()
    with pytest.raises(ReleaseDamagedError, match="caseload"):
        home.run("monthly_form", partition_key="2021-03")
    assert home.publication() == before


def test_every_yearly_table_can_be_read_beside_the_year_before(demo: Home) -> None:
    work = demo.query(
        "select value, value_year_before, value_change from year_over_year.key_figures "
        "where year = 2021 and figure = 'work_exits'"
    )
    assert work == [(44, 9, 35)]
    first = demo.query(
        "select distinct n_year_before from year_over_year.referral_sources where year = 2019"
    )
    assert first == [(None,)]
    shown = demo.published("exit_outcomes").filter(gender="total", outcome="total")
    by_year = dict(shown.select("year", pl.col("n")).rows())
    total = demo.query(
        "select sum(n), sum(n_year_before), sum(n_change) from year_over_year.exit_outcomes "
        "where year = 2021"
    )
    assert total == [(by_year[2021], by_year[2020], by_year[2021] - by_year[2020])]
