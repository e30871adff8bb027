"""Every cover says which of its numbers were sent as others; the covers for everyone, nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dashboards import correction_words
from dashboards.forms import month_workbook
from dashboards.forms.page import render_month_page
from dashboards.outline import PAGES
from dashboards.pages import render_index, render_year
from dashboards.publication import read
from dashboards.report.content import report
from dashboards.report.package import Press, package
from tests.unit.sent_numbers import FORM, cell, let_be_revised, let_be_sent
from tests.unit.test_app.conftest import build, open_app, parsed
from tests.unit.test_covers.covers import text_of_document, text_of_workbook
from tests.unit.test_report.conftest import draw

YEAR = 2021
PRESS = Press(draw, str.encode)
REFERRALS = "figure=referrals, measure=value"
SOMALIA = "Somalia: rapportert 53 den 10. februar 2022, nå 52"
REFERRED = "Henvisninger: rapportert 103 den 10. februar 2022, nå 98"
DROPOUTS = "Frafall: rapportert 15 den 10. februar 2022, nå "
STARTED = "rapportert 99 den 5. april 2021"
WHY = correction_words.CAUSES["program"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of which the package of 2021 and the form of March were sent as others."""
    folder = build(tmp_path_factory.mktemp("corrected") / "internal")
    numbers: dict[tuple[str, str], float] = {
        ("key_figures", REFERRALS): 103,
        ("key_figures", "figure=dropouts, measure=value"): 15,
        ("country_of_origin", "country=SO, gender=total"): 53,
        **{("caseload", f"month={month}, measure=active"): 400 for month in range(1, 9)},
    }
    let_be_sent(folder, None, numbers, on=date(2022, 2, 10))
    let_be_sent(folder, 3, {(FORM, cell()): 99})
    let_be_revised(folder, ("key_figures", REFERRALS, 103, 98, [], "program"))
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> Mapping[str, bytes]:
    """The package; its PDF is the page that is printed."""
    return package(read(folder), YEAR, PRESS).files


@pytest.fixture(scope="module")
def covers(folder: Path, files: Mapping[str, bytes]) -> Mapping[str, str]:
    return covers_of(folder, files)


def covers_of(folder: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """The text of every cover of 2021."""
    publication = read(folder)
    found = {
        "index": render_index(publication),
        "year": render_year(publication, YEAR),
        "pdf": files[f"nora-{YEAR}.pdf"].decode(),
        "document": text_of_document(files[f"nora-{YEAR}.docx"]),
        "workbook": text_of_workbook(files[f"nora-{YEAR}.xlsx"]),
    }
    if publication.holds(FORM):
        found["form"] = render_month_page(publication, YEAR, 3)
        found["form workbook"] = text_of_workbook(month_workbook(publication, YEAR, 3))
    client = open_app(folder)
    for page in PAGES:
        answer = client.get(f"{page.path}?aar={YEAR}")
        if answer.status_code == 200:
            found[page.path] = answer.text
    return found


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (REFERRED, ("index", "year", "pdf", "document", "workbook", "/", "/henvisninger")),
        (WHY, ("index", "year", "pdf", "document", "workbook", "/", "/rettelser")),
        (SOMALIA, ("year", "pdf", "document", "workbook", "/deltakere")),
        (STARTED, ("form", "form workbook")),
        (correction_words.PACKAGE, ("year", "pdf", "document", "workbook", "/")),
        (correction_words.MONTHS_FORM, ("form", "form workbook")),
        ("og 3 tall til", ("year", "pdf", "document", "workbook", "/")),
        (correction_words.ALL_IN_WORKBOOK, ("year", "pdf", "document")),
    ],
)
def test_every_cover_says_it(covers: Mapping[str, str], said: str, where: tuple[str, ...]) -> None:
    assert [name for name in where if said not in covers[name]] == []


def test_document_says_it_under_the_table_of_the_number(files: Mapping[str, bytes]) -> None:
    texts = text_of_document(files[f"nora-{YEAR}.docx"]).split("\n")
    at = next(i for i, text in enumerate(texts) if SOMALIA in text)
    above = [text for text in texts[:at] if text.startswith("Tabell ")]
    assert "Landbakgrunn" in above[-1]
    # Key figures that a chapter repeats say it there too.
    assert [sum(one in text for text in texts) for one in (REFERRED, DROPOUTS)] == [1, 2]


def test_workbook_lists_what_the_live_page_lists(folder: Path, files: Mapping[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files[f"nora-{YEAR}.xlsx"]))
    sheet = book[correction_words.TITLE]
    (table,) = sheet.tables.values()
    shown = [[str(one.value) for one in row] for row in sheet[table.ref]]
    live = parsed(open_app(folder).get("/rettelser").text).tables
    listed = [live[name] for name in live if name.startswith("rettelser")]
    # The page folds what only repeats the key figures and the forms.
    assert [len(table) - 1 for table in listed] == [3, 1, 8]
    assert shown[0] == listed[0][0]
    assert sorted(shown[1:]) == sorted(row for table in listed for row in table[1:])
    cells = (one for row in book["Innhold"] for one in row)
    links = {one.hyperlink.location for one in cells if one.hyperlink}
    assert f"'{correction_words.TITLE}'!A1" in links


def test_reader_without_gender_gets_no_number_by_gender(tmp_path: Path) -> None:
    folder = build(tmp_path / "internal")
    let_be_sent(folder, None, {("country_of_origin", "country=SO, gender=female"): 777})
    whole, alone = (report(read(folder).seen(by_gender=by), YEAR) for by in (True, False))
    assert "777" in whole.corrected["country_of_origin"]
    assert "777" in whole.corrections[0]
    assert (alone.corrected, alone.corrections) == ({}, ())


def test_nothing_is_said_where_nothing_was_sent(tmp_path: Path) -> None:
    folder = build(tmp_path / "internal")
    found = covers_of(folder, package(read(folder), YEAR, PRESS).files)
    assert [name for name, text in found.items() if _tells(text)] == []


def test_covers_for_everyone_say_nothing_even_if_the_lists_lie_there(
    covers: Mapping[str, str], tmp_path: Path
) -> None:
    folder = build(tmp_path / "open")
    let_be_sent(folder, None, {("key_figures", REFERRALS): 103})
    let_be_sent(folder, 3, {(FORM, cell()): 99})
    let_be_revised(folder, ("key_figures", REFERRALS, 103, 98, [], "program"))
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["receipts"]
    rule = {"rule": "protected", "threshold": 5, "smallest_base": 20, "left_out": []}
    path.write_text(json.dumps({**manifest, "audience": "open", "disclosure": rule}), "utf-8")
    found = covers_of(folder, package(read(folder), YEAR, PRESS).files)
    assert {"index", "year", "pdf", "document", "workbook", "form", "form workbook", "/"} <= set(
        found
    )
    assert [
        name for name, text in found.items() if _tells(text) or correction_words.TITLE in text
    ] == []
    # The search finds it where it is said.
    assert all(_tells(covers[name]) for name in found if name in ("index", "year", "pdf", "form"))


def _tells(text: str) -> bool:
    said = (
        "rapportert 1", "rapportert 9", "den 10. februar", correction_words.PACKAGE,
        correction_words.MONTHS_FORM,
    )  # fmt: skip
    return any(one in text for one in said)
