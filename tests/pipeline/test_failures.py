"""What stops a build: it ends with its exit code and a sentence, and what was published stands."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

import assets.marts.assets
from assets.sql_statement import read_sql
from assets.vocabulary import Table
from tests.pipeline.homes import DEMO, Home, nora
from tests.unit.workbooks import REFERRALS, workbook


def inbox(folder: Path, **files: bytes) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    return folder


def test_failed_critical_check_leaves_the_publication_byte_for_byte(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_too_many(table: Table) -> str:
        sql = read_sql(table)
        if not _is_wrong(table):
            return sql
        assert "sum(n) as n" in sql
        return sql.replace("sum(n) as n", "sum(n) + 1 as n")

    before, pages = home.publication(), home.pages()
    monkeypatch.setattr(assets.marts.assets, "read_sql", one_too_many)
    said = home.build("--year", "2021")
    assert said.code == 1
    assert said.summary["years"] == []
    assert said.summary["checks_failed"] >= 1
    assert said.summary["rows_loaded"]["participants"] > 0
    assert (home.publication(), home.pages()) == (before, pages)
    assert "exit_outcomes" in said.out
    assert home.query(
        "select count(*) > 0 from quality.check_results "
        "where not success and severity = 'critical' and run_id is not null"
    ) == [(True,)]


def _is_wrong(table: Table) -> bool:
    return table.name == "exit_outcomes"


def test_empty_inbox_names_what_it_passed_over(home: Home, tmp_path: Path) -> None:
    before = home.publication()
    folder = inbox(tmp_path / "inn")
    (folder / "les meg.txt").write_text("hei", encoding="utf-8")
    said = home.build(inbox=folder)
    assert said.code == 1
    assert "bare .xlsx, .csv og .parquet leses" in said.out
    assert "les meg.txt" in said.out
    assert said.summary["years"] == []
    assert home.publication() == before


def test_year_that_the_register_does_not_have(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    rows = [[*row, extra] for row, extra in zip(REFERRALS, ("Merknad", "", ""), strict=True)]
    folder = inbox(tmp_path / "inn", a=workbook(referrals=rows))
    said = home.build("--year", "1999", inbox=folder)
    assert said.code == 1
    assert "1999" in said.out
    assert "2021" in said.out
    assert "Merknad" in said.out
    assert said.summary["years"] == []
    assert said.summary["rows_loaded"]["participants"] == 2
    assert not home.internal.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("bygg",), ("build", "--year", "i fjor"), ("build", "--as-of", "31.12.2021"),
        ("build", "--inbox", "finnes ikke"), ("build", "--colour"), ("report",),
        ("report", "--year", "2021", "--audience", "alle"), ("check",), ("build", "--strict", "ja"),
    ],
)  # fmt: skip
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert nora(*arguments).code == 2


def test_one_command_at_a_time_in_one_home(home: Home) -> None:
    with open(home.path / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = home.build()
    assert said.code == 1
    assert said.summary["years"] == []


def test_report_of_a_year_that_is_not_published_writes_nothing(home: Home) -> None:
    before = home.pages()
    assert nora("report", "--year", "1999", "--home", str(home.path)).code == 1
    assert home.pages() == before


def test_pages_that_cannot_be_written_are_said_beside_what_is_published(
    home: Home, tmp_path: Path
) -> None:
    index = home.path / "reports" / "internal" / "index.html"
    index.unlink()
    (index / "in the way").mkdir(parents=True)
    said = home.build(inbox=inbox(tmp_path / "inn", a=workbook()))
    assert said.code == 4
    assert "Tallene er publisert" in said.out
    assert "kjør kommandoen en gang til" in said.out
    assert "Traceback" not in said.out + said.err
    assert said.summary["years"] == home.manifest()["years"] == [2021]
    index.joinpath("in the way").rmdir()
    index.rmdir()
    assert home.build(inbox=tmp_path / "inn").code == 0
    assert index.is_file()


def test_report_that_cannot_be_written_says_so(home: Home) -> None:
    (home.path / "reports" / "internal" / "2021" / "csv").write_text("in the way", encoding="utf-8")
    said = nora("report", "--year", "2021", "--home", str(home.path))
    assert said.code == 4
    assert "rapportpakken kunne ikke skrives" in said.out
    assert "Traceback" not in said.out + said.err


@pytest.mark.slow
def test_year_in_which_nobody_worked_has_its_pages(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    staff = [
        ["År", "Rolle", "Antall personer", "Årsverk"],
        [2021, "Veileder", 0, 0],
        [2021, "HR", 0, 0],
    ]
    said = home.build(inbox=inbox(tmp_path / "inn", a=workbook(staffing=staff)))
    assert said.code == 0, said.out
    assert "Veileder" in (home.path / "reports" / "internal" / "2021" / "nora-2021.html").read_text(
        encoding="utf-8"
    )


def test_demo_is_what_the_tests_take_it_for() -> None:
    assert [path.name for path in sorted(DEMO.iterdir())] == [
        "nora-2019.xlsx", "nora-2020.xlsx", "nora-2021.xlsx",
    ]  # fmt: skip
