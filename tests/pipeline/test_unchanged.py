"""A build of what has not changed leaves everything as it is; any change makes a whole build."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines import unchanged
from pipelines.program import program_digest
from pipelines.settings import PROJECT, Settings
from tests.pipeline.homes import DEMO, DEMO_YEARS, Home


def files(home: Home) -> dict[str, int]:
    """The time of change of every file but those of Dagster and the lock."""
    return {
        str(path.relative_to(home.path)): path.lstat().st_mtime_ns
        for path in home.path.rglob("*")
        if path.is_file() and not {"dagster", ".lock"} & {*path.relative_to(home.path).parts}
    }


def built(settings: Settings) -> list[int]:
    return unchanged.built_years(settings, unchanged.inputs(settings))


def note(settings: Settings) -> None:
    unchanged.note_build(settings, DEMO_YEARS, unchanged.inputs(settings))


@pytest.fixture
def noted(home: Home, tmp_path: Path) -> Settings:
    """A copy of the demo's home and of its inbox, with the note of a build just ended."""
    settings = replace(home.settings, inbox=tmp_path / "inn")
    shutil.copytree(DEMO, settings.inbox)
    note(settings)
    return settings


def test_nothing_is_written_when_nothing_has_changed(demo: Home, tmp_path: Path) -> None:
    home = demo.copied_to(tmp_path / "home")
    note(home.settings)
    before = files(home)
    said = home.build()
    assert said.code == 0
    assert "2019, 2020, 2021 uendret" in said.out
    assert said.summary["years"] == DEMO_YEARS
    assert said.summary["rows_loaded"]["participants"] == 271
    assert files(home) == before
    one = home.build("--year", "2020")
    assert "2020 uendret" in one.out
    assert one.summary["years"] == [2020]
    assert files(home) == before


def test_a_build_notes_what_it_has_done(demo: Home) -> None:
    assert built(demo.settings) == DEMO_YEARS


def test_a_delivery_that_arrives_during_a_build_is_not_taken_for_read(noted: Settings) -> None:
    before = unchanged.inputs(noted)
    (noted.inbox / "ny.csv").write_text("a;b", encoding="utf-8")
    unchanged.note_build(noted, DEMO_YEARS, before)
    assert built(noted) == []


def _delivery(settings: Settings) -> Path:
    return min(settings.inbox.iterdir())


def _page(settings: Settings) -> Path:
    return min((settings.reports / "open").rglob("*.html"))


def _table(settings: Settings) -> Path:
    return min((settings.published / "internal").resolve().glob("*.parquet"))


CHANGES: dict[str, Callable[[Settings], object]] = {
    "a delivery is other": lambda at: _delivery(at).write_bytes(b"other"),
    "a delivery is gone": lambda at: _delivery(at).unlink(),
    "a delivery has another name": lambda at: _delivery(at).rename(at.inbox / "ny.xlsx"),
    "a delivery is new": lambda at: (at.inbox / "ny.csv").write_text("a;b", encoding="utf-8"),
    "a table is damaged": lambda at: _table(at).write_bytes(b""),
    "a table is gone": lambda at: _table(at).unlink(),
    "a page is other": lambda at: _page(at).write_text("other", encoding="utf-8"),
    "a page is gone": lambda at: _page(at).unlink(),
    "a publication is gone": lambda at: (at.published / "open").unlink(),
    "the database is other": lambda at: os.utime(at.warehouse),
    "the database is gone": lambda at: at.warehouse.unlink(),
    "a person is forgotten": lambda at: at.forgotten.write_text("{}", encoding="utf-8"),
    "the note is damaged": lambda at: (at.home / "built.json").write_text("{", encoding="utf-8"),
    "the note is gone": unchanged.remove_note,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_is_noticed(noted: Settings, change: Callable[[Settings], object]) -> None:
    assert built(noted) == DEMO_YEARS
    change(noted)
    assert built(noted) == []


@pytest.mark.parametrize(
    "other",
    [{"as_of": date(2022, 1, 1)}, {"as_of": None}, {"delivery_limit": 1_000_000},
     {"reading_memory": 1_000_000_000}, {"reading_seconds": 30}],
    ids=str,
)  # fmt: skip
def test_another_setting_is_noticed(noted: Settings, other: dict[str, object]) -> None:
    assert built(replace(noted, **other)) == []


def test_another_program_is_noticed(
    noted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    for folder in ("assets", "dashboards", "expectations", "pipelines"):
        shutil.copytree(PROJECT / folder, program / folder)
    # Within one process, the program is taken as it was when it was first asked for.
    anew = program_digest.__wrapped__
    monkeypatch.setattr(unchanged, "program_digest", lambda: anew(program))
    note(noted)
    assert built(noted) == DEMO_YEARS
    (program / "assets" / "marts" / "caseload.sql").write_text("select 1", encoding="utf-8")
    assert built(noted) == []


def test_a_build_that_fails_leaves_no_note(home: Home, tmp_path: Path) -> None:
    note(home.settings)
    inbox = tmp_path / "inn"
    shutil.copytree(DEMO, inbox)
    assert home.build("--year", "2035", inbox=inbox).code == 1
    assert not (home.path / "built.json").exists()


def _told(home: Home) -> dict[str, object]:
    """What a home says of the register, without when it was built and from which files."""
    layers = ("raw.", "records.", "marts.")
    said: dict[str, object] = {
        name: rows for name, rows in home.tables().items() if name.startswith(layers)
    }
    said |= {
        path.name: path.read_bytes()
        for path in home.internal.glob("*.parquet")
        # What builds have changed is the one thing that a fresh home cannot tell.
        if path.stem != "revisions"
    }
    # What is open is frozen, so that it depends on what was published before.
    for name in home.pages():
        if name.startswith("internal/") and name.endswith(".html"):
            text = (home.path / "reports" / name).read_text("utf-8")
            said[name] = re.sub(r"[0-9a-f]{64}|\d+\. \w+ \d{4} kl\. \d\d\.\d\d", "", text)
    return said


def _change_cell(
    path: Path, sheet: str, column: str, choose: Callable[[Sequence[Any]], bool], values: set[str]
) -> None:
    """Write another of `values` into the column's cell of the first row that is chosen."""
    book = openpyxl.load_workbook(path)
    header, *rows = book[sheet].iter_rows()
    at = [cell.value for cell in header].index(column)
    row = next(row for row in rows if row[at].value and choose([cell.value for cell in row]))
    row[at].value = min(values - {row[at].value})
    book.save(path)


def _change_dropout(year: int) -> Callable[[Path], None]:
    def change(inbox: Path) -> None:
        reasons = {"Helseutfordringer", "Flyttet utland"}
        path = inbox / f"nora-{year}.xlsx"
        _change_cell(path, "Avslutninger", "Årsak", lambda row: row[1].year == year, reasons)

    return change


def test_a_change_gives_what_a_fresh_home_gives(home: Home, tmp_path: Path) -> None:
    kept = [2019]
    note(home.settings)
    inbox = tmp_path / "inn"
    shutil.copytree(DEMO, inbox)
    _change_dropout(2020)(inbox)
    pages = [f"reports/internal/{year}/nora-{year}.html" for year in DEMO_YEARS]
    before = {page: (home.path / page).stat().st_ino for page in pages}
    again = home.build(inbox=inbox)
    assert again.code == 0
    assert again.summary["years"] == DEMO_YEARS
    assert ", ".join(map(str, kept)) + " uendret: tallene" in again.out
    compared = {year for year in DEMO_YEARS if {year, year - 1} & {*DEMO_YEARS} <= {*kept}}
    after = {page: (home.path / page).stat().st_ino for page in pages}
    assert {page for page in pages if after[page] == before[page]} == {
        f"reports/internal/{year}/nora-{year}.html" for year in compared
    }
    fresh = Home(tmp_path / "fresh")
    assert fresh.build(inbox=inbox).code == 0
    assert _told(home) == _told(fresh)


@pytest.mark.slow
def test_a_page_that_somebody_changed_is_written_again(home: Home, tmp_path: Path) -> None:
    note(home.settings)
    inbox = tmp_path / "inn"
    shutil.copytree(DEMO, inbox)
    _change_dropout(2021)(inbox)
    page = home.path / "reports" / "internal" / "2019" / "nora-2019.html"
    before = page.read_text("utf-8")
    page.write_text("andre tall", encoding="utf-8")
    again = home.build(inbox=inbox)
    assert "uendret: tallene" not in again.out
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert len(page.read_text("utf-8")) == pytest.approx(len(before), rel=0.01)


@pytest.mark.slow
def test_a_year_beside_one_of_older_records_says_so(home: Home, tmp_path: Path) -> None:
    note(home.settings)
    inbox = tmp_path / "inn"
    shutil.copytree(DEMO, inbox)
    _change_dropout(2020)(inbox)
    one = home.build("--year", "2021", inbox=inbox)
    assert "2019, 2020 er publisert av eldre leveranser" in one.out
    assert "nora build --year 2019 --year 2020" in one.out

    def said(year: int) -> bool:
        page = home.path / "reports" / "internal" / str(year) / f"nora-{year}.html"
        return "av eldre leveranser enn tallene for" in page.read_text("utf-8")

    assert (said(2020), said(2021)) == (False, True)
    both = home.build(inbox=inbox)
    assert "eldre leveranser" not in both.out
    assert not said(2021)
