"""The package as a whole: its files, their marks, and what must stand in none of them."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import plotly.graph_objects as go
import pytest
from markupsafe import escape

from dashboards import words
from dashboards.figures import figure_words, sections
from dashboards.pages import render_year
from dashboards.publication import Publication, read
from dashboards.report import report_words
from dashboards.report.content import Report, report
from dashboards.report.package import Press, package
from dashboards.report.pictures import Picture
from dashboards.report.tables import notes
from tests.unit.test_dashboards.conftest import build_publication
from tests.unit.test_report.conftest import (
    BARE,
    PRESS,
    WITHHELD,
    WITHHELD_ACTIVE,
    YEAR,
    draw,
    holds_number,
    refuse,
    texts,
)

ENGLISH = frozenset(
    {
        "total",
        "totals",
        "count",
        "counts",
        "year",
        "years",
        "table",
        "figure",
        "sheet",
        "page",
        "pages",
        "the",
        "and",
        "of",
        "share",
        "number",
        "women",
        "unknown",
        "unspecified",
        "none",
        "null",
        "nan",
        "true",
        "false",
        "percent",
        "month",
        "referrals",
        "exits",
        "contents",
        "chapter",
        "notes",
        "worksheets",
        "untitled",
        "column",
    }
)


def test_the_files(files: dict[str, bytes], said: Report) -> None:
    tables = [entry for entry in said.tables if entry.table.rows]
    drawn = [entry for entry in said.tables if entry.table.figure.chart is not None]
    assert {
        "nora-2021.xlsx",
        "nora-2021.docx",
        "nora-2021.pdf",
        "csv/LES-MEG.txt",
        "manifest.json",
    } <= set(files)
    assert sum(name.endswith(".csv") for name in files) == len(tables)
    assert sum(name.startswith("bilder/") for name in files) == 2 * len(drawn)
    assert all(re.fullmatch(r"[A-Za-z0-9./-]+", name) for name in files)
    assert len({name.casefold() for name in files}) == len(files)


def test_the_first_page_of_every_format_says_which_package_may_be_published(
    publication: Publication,
) -> None:
    sentence = report_words.FOR_THE_PUBLIC
    assert "nora report --audience open" in sentence
    files = package(publication, YEAR, Press(draw, str.encode)).files
    document = docx.Document(io.BytesIO(files[f"nora-{YEAR}.docx"]))
    cover = [paragraph.text for paragraph in document.paragraphs]
    assert cover.index(sentence) < cover.index(report_words.CONTENTS)
    first, *others = openpyxl.load_workbook(io.BytesIO(files[f"nora-{YEAR}.xlsx"]))
    assert sentence in {cell.value for row in first for cell in row}
    assert sentence not in {cell.value for sheet in others for row in sheet for cell in row}
    opening, _, rest = files[f"nora-{YEAR}.pdf"].decode().partition('id="nokkeltall"')
    assert escape(sentence) in opening
    assert escape(sentence) not in rest
    assert sentence in files["csv/LES-MEG.txt"].decode()
    assert json.loads(files["manifest.json"])["for_the_public"] == sentence
    # Where they lie beside each other, the year's own page is no package.
    assert escape(sentence) not in render_year(publication, YEAR)


def test_every_figure_is_there_once(publication: Publication) -> None:
    for year in publication.years:
        shown = [entry.id for entry in report(publication, year).tables]
        figures = [figure.id for part in sections(publication, year) for figure in part.figures]
        assert len(shown) == len(set(shown))
        assert set(figures) <= set(shown)
        assert "key_figures" in shown


def test_the_printed_figures_are_there_when_they_are_published(tmp_path: Path) -> None:
    folder = build_publication(tmp_path / "internal")
    held = [entry.id for entry in report(read(folder), YEAR).tables]
    assert ("printed_comparison" in held) == read(folder).holds("printed_comparison")
    (folder / "printed_comparison.parquet").unlink(missing_ok=True)
    assert "printed_comparison" not in [entry.id for entry in report(read(folder), YEAR).tables]


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_every_year_can_be_made(publication: Publication, year: int) -> None:
    assert f"nora-{year}.docx" in package(publication, year, BARE).files


def test_a_year_that_is_not_published(publication: Publication) -> None:
    with pytest.raises(KeyError):
        package(publication, 2018, BARE)


def test_every_file_is_marked(files: dict[str, bytes], said: Report) -> None:
    for name in files:
        if name.startswith(("csv/", "bilder/")) and not name.endswith("LES-MEG.txt"):
            assert "-2021-intern-syntetiske-data." in name
    read_me = files["csv/LES-MEG.txt"].decode("utf-8-sig")
    for notice in said.notices:
        assert notice in read_me


def test_every_picture_is_marked(publication: Publication) -> None:
    seen: list[str] = []

    def look(charts: Mapping[str, go.Figure]) -> dict[str, Picture]:
        seen.extend(chart.layout.annotations[-1].text for chart in charts.values())
        return draw(charts)

    package(publication, YEAR, Press(look, refuse))
    assert seen
    for line in seen:
        assert line.startswith("NorA 2021: ")
        assert line.endswith(" · Intern – ikke til publisering · Syntetiske data")


def test_every_picture_says_what_happened(publication: Publication, said: Report) -> None:
    seen: dict[str, str] = {}

    def look(charts: Mapping[str, go.Figure]) -> dict[str, Picture]:
        seen.update({name: chart.layout.annotations[-2].text for name, chart in charts.items()})
        return draw(charts)

    package(publication, YEAR, Press(look, refuse))
    figures = {entry.id: entry.table.figure for entry in said.tables if entry.id in seen}
    spoken = {name for name, figure in figures.items() if figure.findings}
    assert spoken
    assert spoken != set(seen)
    for name, figure in figures.items():
        title = " ".join(one.text for one in figure.findings) or figure.caption(YEAR)
        assert html.unescape(seen[name].replace("<br>", " ")) == title


def test_real_persons_have_no_notice_of_made_up_ones(publication: Publication) -> None:
    real = Publication(
        {**publication.manifest, "synthetic": False}, publication.tables
    )  # fmt: skip
    made = package(real, YEAR, BARE).files
    assert not any("syntetisk" in name for name in made)
    assert not any("yntetisk" in text or "oppdikte" in text for text in texts(made).values())


def test_the_same_publication_gives_the_same_bytes(
    files: dict[str, bytes], publication: Publication
) -> None:
    assert package(publication, YEAR, PRESS).files == files


def test_no_part_is_of_another_day(files: dict[str, bytes], publication: Publication) -> None:
    built = publication.built_at(YEAR)
    for name in ("nora-2021.xlsx", "nora-2021.docx"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            dates = {part.date_time[:3] for part in archive.infolist()}
        assert dates == {(built.year, built.month, built.day)}


def test_the_withheld_numbers_stand_in_no_file(withheld_files: dict[str, bytes]) -> None:
    numbers = [number for _, _, number in WITHHELD.values()] + [WITHHELD_ACTIVE]
    for part, text in texts(withheld_files).items():
        found = [number for number in numbers if holds_number(text, number)]
        assert not found, part


@pytest.mark.parametrize("text", ["<v>5252</v>", "5\u00a0252", "5 252 personer", ";5252;"])
def test_the_search_for_withheld_numbers_finds_them(text: str) -> None:
    assert holds_number(text, 5252)


@pytest.mark.parametrize("text", ["15252", "52520", "0.5252", "525", "a5252f"])
def test_the_search_for_withheld_numbers_finds_no_others(text: str) -> None:
    assert not holds_number(text, 5252)


def test_without_a_browser_all_else_is_made(
    files: dict[str, bytes], publication: Publication
) -> None:
    made = package(publication, YEAR, BARE)
    assert made.missing == (report_words.NO_BROWSER,)
    assert made.files["bilder/LES-MEG.txt"].decode() == f"{report_words.NO_BROWSER}\n"
    others = {name for name in files if not name.startswith("bilder/")} - {"nora-2021.pdf"}
    assert set(made.files) == others | {"bilder/LES-MEG.txt"}
    same = others - {"nora-2021.docx", "manifest.json"}
    assert {name: made.files[name] for name in same} == {name: files[name] for name in same}


def test_pictures_and_paper_may_fail_alone(publication: Publication) -> None:
    no_paper = package(publication, YEAR, Press(draw, refuse))
    assert "nora-2021.pdf" not in no_paper.files
    assert any(name.endswith(".svg") for name in no_paper.files)
    no_pictures = package(publication, YEAR, Press(refuse, PRESS.printed))
    assert "nora-2021.pdf" in no_pictures.files
    assert not any(name.endswith((".png", ".svg")) for name in no_pictures.files)
    assert no_paper.missing == no_pictures.missing == (report_words.NO_BROWSER,)


def test_the_manifest_says_what_it_is_of(publication: Publication) -> None:
    rule = {"rule": "exact", "decided_by": "noen", "decided_on": "2026-11-21"}
    own = {"run_id": "own-run", "deliveries": [{"name": "a.xlsx", "sha256": "ab"}]}
    by_year = {str(YEAR): publication.manifest["by_year"][str(YEAR)] | own}
    told = publication.manifest | {"disclosure": rule, "by_year": by_year}
    made = package(replace(publication, manifest=told), YEAR, PRESS).files
    manifest = json.loads(made["manifest.json"])
    files = manifest.pop("files")
    assert manifest == {
        "audience": "internal",
        "marking": told["marking"],
        "for_the_public": report_words.FOR_THE_PUBLIC,
        "year": YEAR,
        "synthetic": True,
        "run_id": "own-run",
        "built_at": publication.built_at(YEAR).isoformat(),
        "disclosure": rule,
        "deliveries": own["deliveries"],
        "missing": [],
    }
    assert {file["name"]: file["sha256"] for file in files} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in made.items()
        if name != "manifest.json"
    }


def test_the_manifest_says_what_is_missing(bare_files: dict[str, bytes]) -> None:
    manifest = json.loads(bare_files["manifest.json"])
    assert manifest["missing"] == [report_words.NO_BROWSER]
    assert not [file for file in manifest["files"] if file["name"].endswith((".pdf", ".png"))]


def test_how_a_picture_is_read_is_said_where_it_stands(publication: Publication) -> None:
    for other in (2019, 2020):
        seen = publication.seen(compared_with=other)
        [entry] = [one for one in report(seen, YEAR).tables if one.id == "still_in_programme"]
        pictured, bare = (notes(entry.table, pictured=shown) for shown in (True, False))
        assert bare == [figure_words.STAY_NOTE, words.NOTHING_SENTENCE]
        assert pictured == [figure_words.BAND_NOTE, *bare]


def test_no_english_word_is_seen(files: dict[str, bytes]) -> None:
    for part, text in texts(files).items():
        assert not _english(_visible(part, text)), part


def test_the_search_for_english_finds_it() -> None:
    assert _english(_visible("a.xlsx/xl/sharedStrings.xml", "<t>Total by year</t>"))
    assert _english(_visible("a.xlsx/xl/worksheets/sheet1.xml", "<oddFooter>Page 1</oddFooter>"))


def _english(seen: str) -> set[str]:
    return ENGLISH & set(re.findall(r"[a-zæøå]+", seen.casefold()))


def _visible(part: str, text: str) -> str:
    """What a reader sees of a part: text, headers of pages, names of sheets and tables, alt text."""
    if part == "manifest.json":
        # Its keys are for programs.
        return "\n".join(json.loads(text)["missing"])
    if not part.endswith((".xml", ".rels", ".vml")):
        return text
    tags = r"t|a:t|c:v|w:t|oddHeader|oddFooter|dc:\w+|cp:\w+|vt:lpstr|Company|Manager|Application"
    seen = re.findall(rf"<(?:{tags})(?: [^>]*)?>([^<]*)</", text)
    seen += re.findall(r'<(?:sheet|table|tableColumn) [^>]*?(?:name|displayName)="([^"]*)"', text)
    seen += re.findall(r' (?:descr|title)="([^"]*)"', text)
    seen += re.findall(r'<w:(?:alias|tblCaption|tblDescription) w:val="([^"]*)"', text)
    return "\n".join(seen)
