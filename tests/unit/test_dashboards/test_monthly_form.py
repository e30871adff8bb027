"""The monthly form: every number of page and workbook is the published one, and nothing else is."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from assets.vocabulary import TOTAL, vocabulary
from dashboards.figures.monthly_form import MonthlyForm, monthly_form, months
from dashboards.figures.results import form_rows
from dashboards.forms import month_workbook, page_file, render_month_page, workbook_file
from dashboards.publication import Publication

# (men, women), as the form of 2021 was printed.
OUTCOMES_2021 = {
    "A": (21, 10), "AD": (4, 9), "UT": (4, 3), "AP": (10, 14), "SU": (1, 5), "FP": (0, 5),
    "AN": (7, 9),
}  # fmt: skip
COUNTS_2021 = {"referred": (38, 60), "started": (37, 58), "dropouts": (9, 8), "no_shows": (1, 2)}
GENDERS = ("male", "female", "unknown")
PERIODS = ("month", "year_to_date")
HIDDEN = "hidden"
Key = tuple[str, str, str]
"""Label of the line, period, header of the column."""

Cells = dict[Key, Any]


@pytest.fixture(scope="module")
def publication() -> Publication:
    """2020 and 2021, the printed cases of 2021 spread over its months; 2020 begins in August."""
    return published({(2021, month) for month in range(1, 13)})


def published(
    listed: set[tuple[int, int]], *, unknown: bool = False, **manifest: Any
) -> Publication:
    """A publication of the form, and of the yearly tables that its December must agree with."""
    chance = random.Random(4)
    cases = [
        ("outcome", outcome, gender)
        for outcome, pair in OUTCOMES_2021.items()
        for gender, n in zip(GENDERS, pair, strict=False)
        for _ in range(n)
    ]
    cases += [
        ("counts", line, gender)
        for line, pair in COUNTS_2021.items()
        for gender, n in zip(GENDERS, pair, strict=False)
        for _ in range(n)
    ]
    if unknown:
        cases += [("outcome", "UK", "unknown"), ("counts", "referred", "unknown")]
    # Nobody is entered in April, so that a month with nothing to divide by is tested too.
    dated = [(*case, chance.choice([1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12])) for case in cases]
    dated += [("counts", "planned_exits", g, month) for b, _, g, month in dated if b == "outcome"]
    lines = [("counts", code) for code in vocabulary().code_list("form_line").names]
    lines += [("outcome", code) for code in vocabulary().code_list("outcome").names]
    rows = []
    for year, month in sorted(listed | {(2020, m) for m in range(8, 13)}):
        for breakdown, code in lines:
            for period in PERIODS:
                by_gender = dict.fromkeys(GENDERS, 0)
                for b, c, gender, when in dated if year == 2021 else ():
                    inside = when == month if period == "month" else when <= month
                    by_gender[gender] += (b, c) == (breakdown, code) and inside
                if code == "active":
                    by_gender |= {"male": 30 + month, "female": 70 - month}
                by_gender[TOTAL] = sum(by_gender.values())
                rows += [
                    (year, str(month), period, breakdown, code, gender, n)
                    for gender, n in by_gender.items()
                ]
    names = ["year", "month", "period", "breakdown", "value", "gender", "n"]
    form = pl.DataFrame(rows, names, orient="row").with_columns(status=pl.lit("shown"))
    december = form.filter((pl.col("month") == "12") & (pl.col("period") == "year_to_date"))
    outcomes = december.filter(pl.col("breakdown") == "outcome").select(
        "year", pl.col("value").alias("outcome"), "gender", "n", "status"
    )
    margin = outcomes.group_by("year", "gender", maintain_order=True).agg(
        outcome=pl.lit(TOTAL), n=pl.col("n").sum(), status=pl.lit("shown")
    )
    key_figures = pl.DataFrame(
        {
            "year": [2021], "figure": ["planned_share_of_exits"], "measure": ["value"],
            "value": [102 / 122], "status": ["shown"],
        }
    )  # fmt: skip
    about = {
        "marking": "Intern – ikke til publisering",
        "synthetic": True,
        "built_at": "2026-11-21T20:00:00+00:00",
        "years": [2020, 2021],
        "deliveries": [{"name": "nora-2021.xlsx", "sha256": "0" * 64}],
        "rows_rejected": {},
        "by_year": {"2021": {"as_of": "2021-12-31"}},
    }
    tables = {
        "monthly_form": form,
        "exit_outcomes": pl.concat([outcomes, margin.select(outcomes.columns)]),
        "key_figures": key_figures,
    }
    return Publication(about | manifest, tables)


def changed(publication: Publication, cell: pl.Expr, n: pl.Expr, status: str) -> Publication:
    """The publication with other cells of the form where `cell` is true."""
    form = publication.tables["monthly_form"].with_columns(
        n=pl.when(cell).then(n).otherwise("n"),
        status=pl.when(cell).then(pl.lit(status)).otherwise("status"),
    )
    return replace(publication, tables={**publication.tables, "monthly_form": form})


def hide(publication: Publication, cell: pl.Expr) -> Publication:
    return changed(publication, cell, pl.lit(None, pl.Int64), HIDDEN)


# --- Reading back -------------------------------------------------------------------------


class Page(HTMLParser):
    """The table of the page, its elements and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.spans: list[list[int]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag in ("style", "th", "td"):
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
            self.spans.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.spans[-1].append(int(given.get("colspan") or 1))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            return
        self.text += data
        if self._open:
            self.rows[-1][-1] += data

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.elements if tag == "a"]


def of_page(html: str) -> dict[Key, str]:
    """The cells of the page as they are written."""
    page = Page(html)
    headers = page.rows[1]
    assert page.spans[0] == [1, len(headers) // 2, len(headers) // 2]
    columns = place(headers)
    return {
        (row[0].strip(), *column): text.strip()
        for row in page.rows[2:]
        if len(row) > 1
        for column, text in zip(columns, row[1:], strict=True)
    }


def of_workbook(content: bytes) -> Cells:
    """The cells of the workbook as they are stored; a percentage as a share."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(i for i, row in enumerate(rows) if row[0] == "Opplysning")
    columns = place([str(header) for header in rows[top][1:]])
    labels = {line.label for line in every_line(monthly_form(PLAIN, 2021, 12))}
    return {
        (str(row[0]), *column): value
        for row in rows[top + 1 :]
        if row[0] in labels
        for column, value in zip(columns, row[1:], strict=True)
    }


def place(headers: list[str]) -> list[tuple[str, str]]:
    half = len(headers) // 2
    assert headers[:half] == headers[half:]
    return [(period, header) for period in PERIODS for header in headers[:half]]


def every_line(form: MonthlyForm) -> list[Any]:
    return [line for block in form.blocks for line in block.lines]


PLAIN = published({(2021, 12)})
HEADERS = {TOTAL: "Antall", "male": "Menn", "female": "Kvinner", "unknown": "Kjønn ukjent"}


def expected(publication: Publication, month: int) -> dict[Key, int | None]:
    """The published counts of a month of 2021, by the labels that the form gives them."""
    outcomes, lines = vocabulary().code_list("outcome"), vocabulary().code_list("form_line")
    table = publication.table("monthly_form", 2021).filter(pl.col("month") == str(month))
    return {
        (
            f"{outcomes[code].label_nb} ({code})"
            if breakdown == "outcome"
            else "Rad 12: gjennomført eller planmessig avviklet"
            if code == "planned_exits"
            else lines[code].label_nb,
            period,
            HEADERS[gender],
        ): n
        for period, breakdown, code, gender, n in table.select(
            "period", "breakdown", "value", "gender", "n"
        ).iter_rows()
    }


def counts(cells: Mapping[Key, Any]) -> Cells:
    return {key: value for key, value in cells.items() if key[2] != "Prosent"}


# --- Numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [1, 3, 4, 10, 12])
@pytest.mark.parametrize("unknown", [False, True])
def test_every_count_of_both_covers_is_the_published_one(month: int, unknown: bool) -> None:
    publication = published({(2021, m) for m in range(1, 13)}, unknown=unknown)
    form = monthly_form(publication, 2021, month)
    assert ("unknown" in form.columns) == (unknown and month >= first_unknown(publication))
    wanted = {
        key: n
        for key, n in expected(publication, month).items()
        if key[2] != HEADERS["unknown"] or "unknown" in form.columns
    }
    written = counts(of_page(render_month_page(publication, 2021, month)))
    assert {key: int(text) for key, text in written.items()} == wanted
    assert counts(of_workbook(month_workbook(publication, 2021, month))) == wanted


def first_unknown(publication: Publication) -> int:
    somebody = publication.table("monthly_form", 2021).filter(
        (pl.col("gender") == "unknown") & (pl.col("n") > 0)
    )
    return min((int(month) for month in somebody["month"]), default=13)


def test_unknown_gender_has_a_column_only_where_somebody_has_it(publication: Publication) -> None:
    assert list(monthly_form(publication, 2021, 3).columns.values()) == [
        "Antall", "Menn", "Kvinner", "Prosent",
    ]  # fmt: skip
    one = (pl.col("month") == "3") & (pl.col("value") == "A") & (pl.col("gender") == "unknown")
    with_one = changed(publication, one, pl.lit(1), "shown")
    assert list(monthly_form(with_one, 2021, 3).columns.values()) == [
        "Antall", "Menn", "Kvinner", "Kjønn ukjent", "Prosent",
    ]  # fmt: skip
    assert "unknown" not in monthly_form(with_one, 2021, 2).columns
    assert "unknown" in monthly_form(hide(publication, one), 2021, 3).columns


def test_every_outcome_has_its_row_in_the_order_of_the_list(publication: Publication) -> None:
    form = monthly_form(publication, 2021, 4)
    assert [line.code for line in form.blocks[-1].lines] == list(
        vocabulary().code_list("outcome").names
    )
    assert [line.code for line in every_line(form)[:6]] == [
        "referred", "started", "active", "dropouts", "no_shows", "planned_exits",
    ]  # fmt: skip
    assert form.blocks[-1].lines[0].label == "Arbeid fulltid (A)"


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("Rad 12: gjennomført eller planmessig avviklet", 84),
        ("Arbeid fulltid (A)", 30),
        ("Arbeid deltid (AD)", 13),
        ("Arbeidsavklaringspenger (AP)", 24),
        ("Annet (AN)", 16),
        ("Ukjent (UK)", 0),
    ],
)
def test_percent_is_rounded_cell_by_cell(publication: Publication, line: str, percent: int) -> None:
    key = (line, "year_to_date", "Prosent")
    assert of_page(render_month_page(publication, 2021, 12))[key] == f"{percent}\u00a0%"
    assert of_workbook(month_workbook(publication, 2021, 12))[key] == percent / 100


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(24, 102, 24), (31, 102, 30), (1, 8, 13), (57, 200, 29)]
)
def test_a_half_percent_is_rounded_up(
    publication: Publication, part: int, whole: int, percent: int
) -> None:
    of_all = (pl.col("value") == "planned_exits") & (pl.col("gender") == TOTAL)
    of_a = (pl.col("value") == "A") & (pl.col("gender") == TOTAL)
    made = changed(publication, of_all, pl.lit(whole), "shown")
    form = monthly_form(changed(made, of_a, pl.lit(part), "shown"), 2021, 5)
    assert form.blocks[-1].lines[0].cells["month", "percent"].value == percent


def test_december_is_the_form_of_the_year(publication: Publication) -> None:
    only_2021 = replace(publication, manifest={**publication.manifest, "years": [2021]})
    year = form_rows(only_2021, 2021).rows
    whole = monthly_form(only_2021, 2021, 12)
    lines = [*whole.blocks[1].lines, *whole.blocks[2].lines]
    assert [
        tuple(line.cells["year_to_date", name].value for name in whole.columns) for line in lines
    ] == year.select("Antall", "Menn", "Kvinner", "Prosent").rows()


def test_the_months_sum_to_the_year_to_date(publication: Publication) -> None:
    forms = [monthly_form(publication, 2021, month) for month in range(1, 13)]
    for line in every_line(forms[-1]):
        for gender in (TOTAL, "male", "female"):
            if line.code == "active":
                continue
            monthly = [
                other.cells["month", gender].value
                for form in forms
                for other in every_line(form)
                if other.code == line.code
            ]
            assert sum(monthly) == line.cells["year_to_date", gender].value


def test_a_month_with_nothing_to_divide_by(publication: Publication) -> None:
    assert monthly_form(publication, 2021, 4).blocks[1].lines[0].cells["month", TOTAL].value == 0
    page = of_page(render_month_page(publication, 2021, 4))
    sheet = of_workbook(month_workbook(publication, 2021, 4))
    for label in ("Rad 12: gjennomført eller planmessig avviklet", "Utdanning (UT)"):
        assert page[label, "month", "Prosent"] == ".."
        assert sheet[label, "month", "Prosent"] == ".."
        assert page[label, "year_to_date", "Prosent"].endswith("%")


# --- What is withheld -----------------------------------------------------------------------


@pytest.mark.parametrize("line", ["planned_exits", "dropouts", "no_shows"])
def test_a_share_over_a_withheld_base_is_withheld(publication: Publication, line: str) -> None:
    kept = hide(publication, (pl.col("value") == line) & (pl.col("gender") == TOTAL))
    form = monthly_form(kept, 2021, 12)
    row_12 = form.blocks[1].lines[0].cells["year_to_date", "percent"]
    assert (row_12.value, row_12.text) == (None, ":")
    of_13 = [one.cells["year_to_date", "percent"].withheld for one in form.blocks[2].lines]
    assert set(of_13) == {line == "planned_exits"}
    label = "Rad 12: gjennomført eller planmessig avviklet"
    key = (label, "year_to_date", "Prosent")
    assert of_page(render_month_page(kept, 2021, 12))[key] == ":"
    assert of_workbook(month_workbook(kept, 2021, 12))[key] == ":"


def test_withheld_numbers_are_nowhere(publication: Publication) -> None:
    cell = (pl.col("value") == "AP") & (pl.col("month") == "12")
    large = changed(publication, cell, pl.lit(8887), "shown")
    written = re.compile("8[\u00a0 ]?887")
    assert written.search(render_month_page(large, 2021, 12))
    assert written.search(everything(month_workbook(large, 2021, 12)))
    kept = hide(large, cell)
    page, sheet = render_month_page(kept, 2021, 12), month_workbook(kept, 2021, 12)
    assert not written.search(page)
    assert not written.search(everything(sheet))
    for cells in (of_page(page), of_workbook(sheet)):
        row = {key[1:]: value for key, value in cells.items() if key[0].endswith("(AP)")}
        assert len(row) == 10
        assert set(row.values()) == {":"}


def everything(content: bytes) -> str:
    """All the text of the files that a workbook is made of."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


# --- Which months, and what is said beside the numbers ---------------------------------------


def test_months_are_those_published(publication: Publication) -> None:
    assert months(publication, 2020) == (8, 9, 10, 11, 12)
    assert months(publication, 2021) == tuple(range(1, 13))
    assert months(publication, 2019) == ()


@pytest.mark.parametrize("when", [(2020, 7), (2021, 13), (2021, 0), (2019, 8), (2022, 1)])
def test_a_month_that_is_not_published_has_no_form(
    publication: Publication, when: tuple[int, int]
) -> None:
    for make in (monthly_form, render_month_page, month_workbook):
        with pytest.raises(KeyError):
            make(publication, *when)


@pytest.mark.parametrize(
    ("month", "as_of", "spans", "running"),
    [
        (3, "2021-12-31", ("1.–31. mars 2021", "1. januar–31. mars 2021"), False),
        (1, "2021-12-31", ("1.–31. januar 2021", "1.–31. januar 2021"), False),
        (2, "2021-12-31", ("1.–28. februar 2021", "1. januar–28. februar 2021"), False),
        (12, "2022-04-01", ("1.–31. desember 2021", "1. januar–31. desember 2021"), False),
        (10, "2021-10-05", ("1.–5. oktober 2021", "1. januar–5. oktober 2021"), True),
        (10, "2021-10-31", ("1.–31. oktober 2021", "1. januar–31. oktober 2021"), False),
        (9, "2021-10-05", ("1.–30. september 2021", "1. januar–30. september 2021"), False),
        (1, "2021-01-01", ("1. januar 2021", "1. januar 2021"), True),
    ],
)
def test_periods_are_named_and_a_running_month_says_so(
    month: int, as_of: str, spans: tuple[str, str], running: bool
) -> None:
    publication = published({(2021, month)}, by_year={"2021": {"as_of": as_of}})
    page = Page(render_month_page(publication, 2021, month))
    sheet = texts(month_workbook(publication, 2021, month))
    assert tuple(page.rows[0][1:]) == (f"Måneden {spans[0]}", f"Hittil i år {spans[1]}")
    assert [text for text in sheet if text in spans] == list(spans)
    assert ("er ikke slutt. Talt til og med" in page.text) == running
    assert any("er ikke slutt. Talt til og med" in text for text in sheet) == running


def texts(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_files_lie_beside_the_page_of_the_year(publication: Publication) -> None:
    assert page_file(2021, 3) == "skjema/nora-2021-03.html"
    assert workbook_file(2021, 12) == "skjema/nora-2021-12.xlsx"
    root = "../../2021/"
    links = Page(render_month_page(publication, 2021, 1)).links
    assert {
        "../../2020/skjema/nora-2020-12.html", f"{root}skjema/nora-2021-02.html",
        f"{root}nora-2021.html", f"{root}skjema/nora-2021-01.xlsx",
    } <= set(links)  # fmt: skip
    first = Page(render_month_page(publication, 2020, 8)).links
    assert forms(first) == {"2020-08.xlsx", "2020-09.html"}
    last = Page(render_month_page(publication, 2021, 12)).links
    assert forms(last) == {"2021-11.html", "2021-12.xlsx"}


def forms(links: list[str]) -> set[str]:
    return {link.rpartition("skjema/nora-")[2] for link in links if "skjema/" in link}


def test_the_page_is_whole_and_fetches_nothing(publication: Publication) -> None:
    html = render_month_page(publication, 2021, 3)
    page = Page(html)
    tags = [tag for tag, _ in page.elements]
    assert "Rapportering til EST – mars 2021" in page.text
    assert ("html", {"lang": "nb"}) in page.elements
    assert tags.count("main") == tags.count("h1") == tags.count("table") == 1
    assert "#innhold" in page.links
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert all(re.fullmatch(r"(\.\./)*[\w/.-]*(#[\w-]+)?", link) for link in page.links)
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {link[1:] for link in page.links if link.startswith("#")} <= ids
    assert vocabulary().table("marts.monthly_form").definition_nb in page.text
    assert "Tallene ble oppdatert 21. november 2026 kl. 21.00." in page.text


def test_marking_and_synthetic_notice_stand_on_both(publication: Publication) -> None:
    page = Page(render_month_page(publication, 2021, 3)).text
    content = month_workbook(publication, 2021, 3)
    book = openpyxl.load_workbook(io.BytesIO(content))
    footer = book.active.oddFooter.left.text
    for text in (page, " ".join(texts(content)), footer):
        assert "Intern – ikke til publisering" in text
        assert "Syntetiske data" in text
    assert "Alle tall i skjemaet er laget av oppdiktede personer." in page
    assert book.properties.category == "Syntetiske data"
    assert book.properties.title == "Rapportering til EST – mars 2021"


def test_real_data_carry_no_synthetic_notice() -> None:
    publication = published({(2021, 3)}, synthetic=False)
    assert "yntetisk" not in Page(render_month_page(publication, 2021, 3)).text
    assert "yntetisk" not in everything(month_workbook(publication, 2021, 3))


def test_what_was_rejected_is_marked_on_both(publication: Publication) -> None:
    page = Page(render_month_page(publication, 2021, 3)).text
    assert "Ingen rader er avvist." in page
    marked = published({(2021, 3)}, rows_rejected={"2021": 3, "2020": 7}, deliveries_refused=1)
    said = (
        "3 avviste rader i 2021, 1 avvist leveranse",
        "3 rader som kan gjelde 2021, ble avvist og er ikke talt med.",
    )
    page = Page(render_month_page(marked, 2021, 3)).text
    sheet = " ".join(texts(month_workbook(marked, 2021, 3)))
    for text in (page, sheet):
        assert all(sentence in text for sentence in said)
        assert "Ingen rader er avvist." not in text
        assert "2020" not in text.replace("desember 2020", "")


# --- The workbook as a file --------------------------------------------------------------------


def test_the_workbook_holds_numbers_on_one_page(publication: Publication) -> None:
    content = month_workbook(publication, 2021, 12)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    row_12 = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("Rad 12"))
    assert [cell.value for cell in row_12[5:]] == [102, 47, 55, 0.84]
    assert [cell.number_format for cell in row_12[5:]] == ["#,##0"] * 3 + ["0 %"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in [(1, 1), (None, None)]
    assert sheet.print_area == f"'desember 2021'!$A$1:$I${sheet.max_row}"


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    first = month_workbook(publication, 2021, 3)
    assert first == month_workbook(published({(2021, m) for m in range(1, 13)}), 2021, 3)
    created = openpyxl.load_workbook(io.BytesIO(first)).properties.created
    assert created.isoformat() == "2026-11-21T20:00:00"
    assert render_month_page(publication, 2021, 3) == render_month_page(publication, 2021, 3)


def test_hostile_text_stays_text() -> None:
    hostile = '=HYPERLINK("http://x")&"</p><script>alert(1)</script>{{ 7*7 }}'
    publication = published({(2021, 3)}, marking=hostile)
    assert "script" not in [
        tag for tag, _ in Page(render_month_page(publication, 2021, 3)).elements
    ]
    content = month_workbook(publication, 2021, 3)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A1"].value == hostile
    assert sheet["A1"].data_type == "s"
    assert "<f>" not in everything(content)


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium to print")
@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="needs pdfinfo (poppler-utils)")
def test_the_longest_page_prints_on_one_sheet(tmp_path: Path) -> None:
    publication = published(
        {(2021, m) for m in range(1, 13)},
        unknown=True,
        rows_rejected={"2021": 3},
        deliveries_refused=2,
        by_year={"2021": {"as_of": "2021-12-05"}},
    )
    page, pdf = tmp_path / "form.html", tmp_path / "form.pdf"
    page.write_text(render_month_page(publication, 2021, 12), encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--no-pdf-header-footer", f"--user-data-dir={profile}", f"--print-to-pdf={pdf}",
                page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    about = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+1\b", about)
    assert "A4" in about
