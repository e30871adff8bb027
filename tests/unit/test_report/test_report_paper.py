"""The year on paper: what Chromium prints of the static page, and what is said where it does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dashboards import pages
from dashboards.figures import sections
from dashboards.publication import Publication
from dashboards.report import paper, report_words
from dashboards.report.pictures import PicturesUnavailableError
from tests.unit.test_app.conftest import parsed
from tests.unit.test_report.conftest import YEAR


@pytest.fixture(scope="module")
def printed(
    chromium: str, publication: Publication, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    del chromium
    path = tmp_path_factory.mktemp("paper") / "nora.pdf"
    path.write_bytes(paper.printed(pages.render_year(publication, YEAR)))
    return path


def poppler(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_it_is_tagged_titled_and_a4(printed: Path) -> None:
    lines = poppler("pdfinfo", str(printed)).splitlines()
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    assert facts["Tagged"] == "yes"
    assert facts["Title"].startswith(f"NorA i {YEAR}")
    assert facts["Page size"].endswith("(A4)")


def test_every_heading_is_a_bookmark_and_every_sheet_has_its_number(
    printed: Path, publication: Publication
) -> None:
    outline = poppler("pdftohtml", "-xml", "-i", "-stdout", str(printed)).partition("<outline>")[2]
    titles = [f.title for section in sections(publication, YEAR) for f in section.figures]
    assert [title for title in titles if f">{title}</item>" not in outline] == []
    sheets = poppler("pdftotext", "-raw", "-enc", "UTF-8", str(printed), "-").split("\f")[:-1]
    for number, sheet in enumerate(sheets, 1):
        assert f"Side {number} av {len(sheets)}" in spaced(sheet)


def test_it_holds_every_row_of_the_page(printed: Path, publication: Publication) -> None:
    text = spaced(poppler("pdftotext", "-raw", "-enc", "UTF-8", str(printed), "-"))
    tables = parsed(pages.render_year(publication, YEAR)).tables
    figures = {f.id for section in sections(publication, YEAR) for f in section.figures}
    assert figures | {"key_figures"} <= set(tables)
    rows = [spaced(" ".join(row)) for table in tables.values() for row in table]
    # A line may end at a hyphen.
    whole = text.replace("- ", "-")
    assert [row for row in rows if row.replace("- ", "-") not in whole] == []
    assert publication.manifest["marking"] in text


def test_no_link_leads_to_a_file_of_this_machine(printed: Path) -> None:
    links = poppler("pdfinfo", "-url", str(printed))
    assert "file:" not in links


def test_without_a_browser_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PicturesUnavailableError, match="apt-get install chromium"):
        paper.printed("<title>x</title>")


@pytest.mark.parametrize(
    "does",
    ["exit 1", "exit 0", 'for a; do case $a in --print-to-pdf=*) echo no > "${a#*=}";; esac; done'],
    ids=["fails", "prints nothing", "prints something else"],
)
def test_a_browser_that_does_not_print_is_told_of(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "browser"
    broken.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    with pytest.raises(PicturesUnavailableError) as raised:
        paper.printed("<title>x</title>")
    assert str(raised.value) == report_words.PRINTING_FAILED
