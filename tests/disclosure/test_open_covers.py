"""The covers of an open publication: pages, dashboard, workbook, document and CSV files.

None of them holds a withheld number, and each says what is withheld and why.
"""

from __future__ import annotations

import copy
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import docx
import openpyxl
import polars as pl
import pytest
from docx.oxml import parse_xml

from assets.disclosure.history import Rule
from assets.published.manifest import about_open, open_manifest, policy
from assets.published.release import release
from assets.published.tables import published_schema
from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary
from assets.vocabulary.spelling import alphabet
from dashboards import words
from dashboards.app import app_words
from dashboards.figures import (
    Figure,
    cards,
    figure_words,
    hatching,
    key_figure_table,
    sections,
)
from dashboards.figures.breakdown import LAST
from dashboards.open_data.page_words import MARKING_IN_ENGLISH
from dashboards.outline import CORRECTIONS, DELIVERIES, MONTHLY_FORM, PAGES, PRINTED, by_year
from dashboards.pages import DATA_FILES, render_overview, render_year
from dashboards.publication import Publication, read
from dashboards.report import report_words
from dashboards.report.content import report
from dashboards.report.package import package
from pipelines.release_store import ReleaseStore
from tests.disclosure.publications import SMALLEST_BASE, THRESHOLD, random_tables
from tests.recount.registers import random_register
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import open_app, parsed
from tests.unit.test_covers import covers
from tests.unit.test_covers.covers import Rows, Tables, number
from tests.unit.test_covers.published_numbers import published_numbers
from tests.unit.test_report.conftest import BARE

REGISTER = (12, 600, 3)
SMALL_REGISTER = (3, 150, 3)
"""Its first year has so few no-shows that no period shows their number."""

YEARS = (2019, 2020, 2021)
QUIET = 2020
"""A year with hardly any events."""

COVERS = ("app", "static", "workbook", "document", "delimited")
UNTOLD = 1e15
"""The placeholder for every withheld number in the files of the oracle."""

LEFT_OUT = (
    "monthly_form",
    "still_in_programme",
    "printed_comparison",
    "took_part",
    "activity_status",
    "transition_starts",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The open publication of a register."""
    return published_of(REGISTER, tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The open publication of a register with few persons."""
    return read(published_of(SMALL_REGISTER, tmp_path_factory.mktemp("small")))


def published_of(register: tuple[int, int, int], folder: Path) -> Path:
    exact = random_tables(*register)
    about = {
        "built_at": "2022-02-01T10:00:00+00:00",
        "run_id": "1",
        "as_of": "2021-12-31",
        "synthetic": True,
        "deliveries": [{"name": "nora.xlsx", "sha256": "0" * 64}],
        "deliveries_refused": 0,
    }
    by_year = {year: about_open({**about, "rows_rejected": 0}) for year in YEARS}
    rule = Rule(THRESHOLD, SMALLEST_BASE)
    released = release(exact, by_year, (), rule, date(2022, 2, 1))
    store = ReleaseStore(str(folder / "published"))
    with store.draft(["open"]) as draft:
        draft.publish(
            "open", released.tables, open_manifest("open", about, released, released.fresh)
        )
    return store.path("open")


@pytest.fixture(scope="module")
def publication(folder: Path) -> Publication:
    return read(folder)


@pytest.fixture(scope="module")
def files(publication: Publication) -> dict[str, bytes]:
    """Every file written for the audience `open`."""
    return written(publication)


@pytest.fixture(scope="module")
def client(folder: Path) -> Client:
    return open_app(folder)


@pytest.fixture(scope="module")
def oracle(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published files, with UNTOLD for every withheld number."""
    told = tmp_path_factory.mktemp("oracle")
    for table in vocabulary().layer("marts"):
        path = folder / f"{table.name}.parquet"
        frame = (
            pl.read_parquet(path)
            if path.is_file()
            else pl.DataFrame(schema=published_schema(table))
        )
        if not table.is_list:
            column = pl.col(table.number)
            withheld = pl.when(pl.col("status") == HIDDEN).then(UNTOLD).otherwise(column)
            frame = frame.with_columns(withheld.alias(column.meta.output_name()))
        frame.write_parquet(told / path.name)
    return told


@pytest.fixture(scope="module")
def shown(
    publication: Publication, client: Client, files: dict[str, bytes]
) -> dict[tuple[str, int], Tables]:
    """The tables of every cover and every year."""
    found: dict[tuple[str, int], Tables] = {}
    for year in YEARS:
        said = report(publication, year)
        mine = {
            name.removeprefix(f"{year}/"): content
            for name, content in files.items()
            if name.startswith(f"{year}/")
        }
        found |= {
            ("app", year): covers.of_app(client, f"aar={year}"),
            ("static", year): covers.of_static(mine[f"nora-{year}.html"].decode()),
            ("workbook", year): covers.of_workbook(mine[f"nora-{year}.xlsx"], said),
            ("document", year): covers.of_document(mine[f"nora-{year}.docx"], said),
            ("delimited", year): covers.of_delimited(mine, said),
        }
    return found


def written(publication: Publication) -> dict[str, bytes]:
    made = {name: text.encode() for name, text in render_overview(publication).items()}
    for year in publication.years:
        for name, content in package(publication, year, BARE).files.items():
            made[f"{year}/{name}"] = content
        made[f"{year}/nora-{year}.html"] = render_year(publication, year).encode()
    return made


def figures(publication: Publication, year: int) -> dict[str, Figure]:
    return {
        figure.id: figure for section in sections(publication, year) for figure in section.figures
    }


def parts(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file, and every part of the archives."""
    for name, content in files.items():
        yield name, content
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for part in archive.namelist():
                    yield f"{name}/{part}", archive.read(part)


# --- Numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("cover", COVERS)
def test_what_is_withheld_reads_as_such_and_all_else_as_it_was_published(
    cover: str, year: int, shown: dict[tuple[str, int], Tables], oracle: Path
) -> None:
    numbers = published_numbers(oracle, year, year - 1)
    tables = shown[cover, year]
    compared = {name: wrong(numbers[name], tables[name]) for name in numbers if name in tables}
    assert len(compared) > (8 if year == QUIET else 20)
    assert {name: said for name, said in compared.items() if said} == {}


def wrong(numbers: Mapping[tuple[str, ...], Mapping[str, float]], rows: Rows) -> list[str]:
    """The cells of a table that differ from the published numbers."""
    header, *body = rows
    width = len(next(iter(numbers)))
    told = {title for columns in numbers.values() for title in columns}
    found = []
    for row in body:
        key = tuple(str(label) for label in row[:width])
        for title, cell in zip(map(str, header), row, strict=True):
            if title not in told:
                continue
            published = numbers.get(key, {}).get(title)
            if published is None:
                # Nothing is published there: the cell is empty, or not open to anyone.
                good = cell in (words.HIDDEN, words.NOTHING) or number(cell) == 0
            elif published >= UNTOLD:
                good = cell == words.HIDDEN
            else:
                shown_number = number(cell)
                good = shown_number is not None and abs(shown_number - published) < 1
            if not good:
                found.append(f"{key} {title}: {cell}, published {published}")
    return found


def test_a_wrong_cell_is_found(shown: dict[tuple[str, int], Tables], oracle: Path) -> None:
    of = published_numbers(oracle, 2021, 2020)["referral_offices"]
    rows = shown["static", 2021]["referral_offices"]
    place = next(i for i, row in enumerate(rows) if words.HIDDEN in row)
    for text in ("0", words.NOTHING, "3"):
        told = [text if cell == words.HIDDEN else cell for cell in rows[place]]
        assert wrong(of, [*rows[:place], told, *rows[place + 1 :]])


def test_what_is_not_printed_reads_as_withheld(small: Publication) -> None:
    assert small.done("caseload", 2019) == ["not_printed:no_shows"]
    flows = figures(small, 2019)["flows"]
    assert set(flows.rows["Ikke møtt"]) == {None}
    assert {row[4] for row in flows.texts()} == {words.HIDDEN}
    assert words.not_printed("Ikke møtt", 2019) in flows.notes


def test_key_figures_that_are_withheld_read_as_such_wherever_they_stand(
    publication: Publication,
) -> None:
    is_it = pl.col("figure").is_in(["planned_share_of_exits", "no_shows"])
    hidden = publication.tables["key_figures"].with_columns(
        value=pl.when(~is_it).then("value"),
        status=pl.when(is_it).then(pl.lit(HIDDEN)).otherwise("status"),
    )
    withheld = replace(publication, tables={**publication.tables, "key_figures": hidden})
    assert figures(withheld, 2021)["form_rows"].texts()[0][-1] == words.HIDDEN
    shown = {card.id: card for card in cards(withheld, 2021)}
    assert shown["no_shows"].value == words.HIDDEN
    assert shown["no_shows"].comparison == f"{words.HIDDEN} i 2020"
    assert shown["planned_exits"].detail == ""
    change = {row[0]: row[-1] for row in key_figure_table(withheld, 2021).texts()}
    assert change["Ikke møtt"] == words.HIDDEN


def test_key_figures_without_a_row_read_as_withheld(publication: Publication) -> None:
    of_work = pl.col("figure").is_in(["work_exits", "work_exit_share"])
    frame = publication.tables["key_figures"]
    labels = [
        vocabulary().code_list("key_figure")[name].label_nb
        for name in ("work_exits", "work_exit_share")
    ]
    without = with_table(
        publication, "key_figures", frame.filter(~(of_work & (pl.col("year") == 2021)))
    )
    rows = {row[0]: row for row in key_figure_table(without, 2021).texts()}
    whole = {row[0]: row for row in key_figure_table(publication, 2021).texts()}
    for label in labels:
        before = whole[label][2]
        assert rows[label] == (label, words.HIDDEN, before, words.HIDDEN)
    (card,) = [card for card in cards(without, 2021) if card.id == "work_exits"]
    assert (card.value, card.detail) == (words.HIDDEN, "")
    assert words.NOTHING not in parsed(render_overview(without)["index.html"]).texts["td"]
    shown_in_every_cover(without, labels[0])
    # If they are in no year, nothing breaks, and they are not shown as 0.
    never = with_table(publication, "key_figures", frame.filter(~of_work))
    (card,) = [card for card in cards(never, 2021) if card.id == "work_exits"]
    assert (card.value, card.comparison) == (words.HIDDEN, f"{words.HIDDEN} i 2020")
    assert words.NOTHING not in parsed(render_overview(never)["index.html"]).texts["td"]
    package(never, 2021, BARE)
    render_year(never, 2021)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("transition_cases", pl.lit(True)),
        ("participant_background", pl.col("breakdown") == "education"),
    ],
)
def test_a_division_that_is_not_there_the_year_before_is_no_zero(
    name: str, gone: pl.Expr, publication: Publication
) -> None:
    frame = publication.tables[name]
    mart = vocabulary().table(f"marts.{name}")
    mine = publication.table(name, 2021).filter(gone)
    by = vocabulary().code_list("background_breakdown")
    labels = {
        (
            *([by[row["breakdown"]].label_nb] if "breakdown" in row else []),
            vocabulary().label(mart, _category(mart), row[_category(mart)], row.get("breakdown")),
        )
        for row in mine.iter_rows(named=True)
    }
    assert len(labels) > 2
    without = with_table(publication, name, frame.filter(~(gone & (pl.col("year") == 2020))))
    figure = figures(without, 2021)[name]
    place = figure.rows.columns.index("Antall i 2020")
    width = len(next(iter(labels)))
    told = {row[:width]: row[place] for row in figure.texts() if row[:width] in labels}
    assert told == dict.fromkeys(labels, words.HIDDEN)
    shown_in_every_cover(without, words.HIDDEN)


@pytest.mark.parametrize("positions", [None, 0.0])
def test_participants_that_are_withheld_have_no_chart_where_no_position_is_told(
    positions: float | None, publication: Publication
) -> None:
    columns = publication.tables["counsellor_caseload"].schema
    rows = [
        (2021, "counsellor_fte", positions, "shown"),
        (2021, "participants", None, HIDDEN),
        (2021, "active_at_year_end", 25.0, "shown"),
        (2021, "participants_per_counsellor", None, "shown"),
        (2021, "active_per_counsellor", None, "shown"),
    ]
    frame = pl.DataFrame(rows, columns, orient="row")
    without = with_table(publication, "counsellor_caseload", frame)
    figure = figures(without, 2021)["counsellor_caseload"]
    assert figure.chart is None
    assert bool(figure.empty) == (positions is None)
    render_year(without, 2021)
    package(without, 2021, BARE)


def test_a_country_that_stands_among_others_in_one_year_is_no_zero_there(
    publication: Publication,
) -> None:
    folded = figures(publication, 2021)["country_of_origin"]
    alone = set(publication.table("country_of_origin", 2021)["country"])
    before = set(publication.table("country_of_origin", 2020)["country"])
    mart = vocabulary().table("marts.country_of_origin")
    absent = {vocabulary().label(mart, "country", code) for code in alone - before}
    assert absent
    texts = {row[0]: row[-1] for row in folded.texts()}
    assert folded.rows.columns[-1] == "Antall i 2020"
    assert {texts[label] for label in absent & set(texts)} == {words.HIDDEN}
    assert words.FOLDED in folded.notes


# --- Charts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_charts_draw_no_bar_for_what_is_withheld(
    year: int, files: dict[str, bytes], publication: Publication
) -> None:
    page = files[f"{year}/nora-{year}.html"].decode()
    found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, re.S)
    assert found
    drawn = json.loads(found[1])["figures"]
    kept_back = 0
    for name in ("referral_offices", "age_bands", "exit_outcomes", "activities"):
        figure = figures(publication, year)[name]
        if figure.chart is None:
            continue
        bars = drawn[name]["data"][0]["x"]
        ends = [
            note["text"]
            for note in drawn[name]["layout"]["annotations"]
            if note.get("xshift") in (4, 4 + hatching.WIDTH)
        ]
        assert [length is None for length in bars] == [text == words.HIDDEN for text in ends]
        assert all(text[:1] == "0" for length, text in zip(bars, ends, strict=True) if length == 0)
        rows = zip(figure.withheld[words.COUNT], figure.texts(), strict=True)
        hidden = [row[0] for withheld, row in rows if withheld]
        assert bars.count(None) == len([label for label in hidden if label != "I alt"])
        kept_back += len(hidden)
    months = figures(publication, year)["caseload"]
    signs = [
        note["x"]
        for note in drawn["caseload"]["layout"]["annotations"]
        if note["text"] == words.HIDDEN
    ]
    line = drawn["caseload"]["data"][-1]["y"]
    kept = [
        place
        for name in months.withheld.columns
        for place, hidden in enumerate(months.withheld[name], 1)
        if hidden
    ]
    assert sorted(signs) == sorted(kept)
    mine = [place for place, hidden in enumerate(months.withheld[words.COUNT], 1) if hidden]
    assert [line[place - 1] for place in mine] == [None] * len(mine)
    assert kept_back + len(signs) or year == QUIET


def test_bars_of_months_have_a_field_and_the_sign_of_what_is_withheld(
    publication: Publication,
) -> None:
    flows = figures(publication, 2021)["flows"]
    assert flows.chart is not None
    notes = [note for note in flows.chart.layout.annotations if note.text == words.HIDDEN]
    fields = [shape for shape in flows.chart.layout.shapes if shape.type == "path"]
    headers = ("Oppstarter", "Planmessige avslutninger", "Frafall")
    hidden = sum(int(flows.withheld[header].sum()) for header in headers)
    assert hidden
    assert len(notes) == len(fields) == hidden
    for axis, header in zip(("y", "y2", "y3"), headers, strict=True):
        this = {round(field.xanchor) for field in fields
                if field.yref == axis and field.xanchor % 1 < 0.5}  # fmt: skip
        kept = flows.withheld[header][:12]
        assert this == {place for place, is_it in enumerate(kept, 1) if is_it}
    assert f" {words.HIDDEN}," in flows.description
    assert flows.alternative.endswith(words.HIDDEN_SENTENCE)


def test_a_population_whose_women_are_withheld_is_no_empty_row(publication: Publication) -> None:
    split = figures(publication, 2021)["gender_split"]
    genders = [words.WOMEN, words.MEN, words.UNKNOWN_GENDER]
    assert split.rows.columns[2:5] == genders
    kept = [row[2:5] for row in split.texts() if words.HIDDEN in row[2:5]]
    assert kept
    assert split.chart is not None
    texts = [note.text for note in split.chart.layout.annotations]
    for row in kept:
        said = [f"{gender.lower()} {text}" for gender, text in zip(genders, row, strict=True)]
        assert ", ".join(said) in texts


def test_charts_of_the_workbook_keep_no_number_of_a_cell_that_is_withheld(
    files: dict[str, bytes],
) -> None:
    space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    kept_back = 0
    for year in YEARS:
        content = files[f"{year}/nora-{year}.xlsx"]
        book = openpyxl.load_workbook(io.BytesIO(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
            charts = [parse_xml(archive.read(name)) for name in names]
        for chart in charts:
            for series in chart.iterfind(".//c:val/c:numRef", space):
                sheet, _, area = str(series.findtext("c:f", "", space)).rpartition("!")
                found = book[sheet.strip("'").replace("''", "'")][area.replace("$", "")]
                rows = found if isinstance(found, tuple) else ((found,),)
                cells = [cell for row in rows for cell in row]
                cached = {
                    int(point.get("idx", "")): float(point.findtext("c:v", "", space))
                    for point in series.iterfind(".//c:pt", space)
                }
                numbers = {
                    place: float(cell.value)
                    for place, cell in enumerate(cells)
                    if isinstance(cell.value, int | float)
                }
                assert cached == pytest.approx(numbers)
                kept_back += sum(cell.value == words.HIDDEN for cell in cells)
    assert kept_back > 50


# --- Percentages and order -------------------------------------------------------------------------


def test_percentages_have_a_base_that_is_large_enough_and_shown(publication: Publication) -> None:
    assert publication.smallest_base == SMALLEST_BASE
    counted = 0
    for year in YEARS:
        for name, figure in figures(publication, year).items():
            if words.PERCENT not in figure.rows.columns or words.COUNT not in figure.rows.columns:
                continue
            base: float | None = None
            for row in reversed(figure.rows.rows(named=True)):
                if "I alt" in row.values():
                    base = row[words.COUNT]
                if name == "form_rows":
                    base = figure.rows[words.COUNT][0]
                if name == "benefit_target":
                    base = row[figure_words.OF]
                if row[words.PERCENT] is not None:
                    assert (base or 0) >= SMALLEST_BASE, (year, name)
                    counted += 1
    assert counted > 20


def test_the_smallest_base_is_the_one_of_the_manifest(publication: Publication) -> None:
    def told(of: Publication) -> int:
        texts = [text for year in YEARS for f in figures(of, year).values() for text in _texts(f)]
        return sum("%" in text for text in texts)

    def _texts(figure: Figure) -> list[str]:
        return [figure.description, *(cell for row in figure.texts() for cell in row)]

    any_base = with_manifest(publication, disclosure={"smallest_base": 1})
    no_base = with_manifest(publication, disclosure={"smallest_base": 10**6})
    assert told(no_base) < told(publication) < told(any_base)
    found = figures(no_base, 2021)
    published = {"target_attainment", "benefit_target", "survey_response"}
    published |= {by_year(name) for name in (*published, "shares", "still_in_programme")}
    assert [name for name in found.keys() - published if "%" in found[name].description] == []
    # Row 12 is a published share.
    row_12, *others = found["form_rows"].texts()
    assert "%" not in " ".join(cell for row in others for cell in row)
    assert {row[-1] for row in others} == {words.HIDDEN}
    assert row_12[-1] != words.HIDDEN
    notes = " ".join(note for figure in found.values() for note in figure.notes)
    assert "%" not in notes


def test_those_that_are_withheld_stand_after_the_others_in_an_order_of_their_own(
    publication: Publication, small: Publication
) -> None:
    seen = 0
    last = {vocabulary().code_lists["aggregate"][code].label_nb for code in ("rest", "unknown")}
    for of, year in product((publication, small), YEARS):
        found = figures(of, year)
        for name in ("referral_offices", "country_of_origin", "activities", "transition_cases"):
            if found[name].empty:
                continue
            rows = [row for row in found[name].texts() if row[0] not in {"I alt", "Annet", *last}]
            other = [row for row in rows if row[0] != "Statsløs/ukjent"]
            hidden = [row[0] for row in other if row[1] == words.HIDDEN]
            assert [row[0] for row in other][len(other) - len(hidden) :] == hidden
            assert hidden == sorted(hidden, key=alphabet)
            seen += len(hidden)
    assert seen > 10
    assert "rest" in LAST


# --- Coarser tables --------------------------------------------------------------------------------


def with_manifest(publication: Publication, **changes: Mapping[str, Any]) -> Publication:
    manifest = copy.deepcopy(dict(publication.manifest))
    for name, change in changes.items():
        manifest[name] = {**manifest.get(name, {}), **change}
    return replace(publication, manifest=manifest)


def coarser(publication: Publication, year: int, word: str, gone: pl.Expr) -> Publication:
    """The publication without the rows `gone` of a year in every table that has them."""
    tables, done = dict(publication.tables), copy.deepcopy(dict(publication.manifest["protection"]))
    for name in done:
        table = vocabulary().table(f"marts.{name}")
        if word in ("no_gender", "totals_alone") and not _has(table, word):
            continue
        of_table = pl.col(_category(table)) != TOTAL if word == "totals_alone" else gone
        frame = tables[name]
        tables[name] = frame.filter(~((pl.col("year") == year) & of_table))
        done[name][str(year)] = {**done[name][str(year)], "done": [word]}
    manifest = {**publication.manifest, "protection": done}
    return replace(publication, manifest=manifest, tables=tables)


def with_table(publication: Publication, name: str, frame: pl.DataFrame) -> Publication:
    return replace(publication, tables={**publication.tables, name: frame})


def shown_in_every_cover(publication: Publication, text: str, year: int = 2021) -> None:
    """Assert that all files can be made, and that page, workbook and document have the text."""
    files = package(publication, year, BARE).files
    assert text in render_year(publication, year)
    book = openpyxl.load_workbook(io.BytesIO(files[f"nora-{year}.xlsx"]))
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert [cell for cell in cells if text in cell]
    document = docx.Document(io.BytesIO(files[f"nora-{year}.docx"]))
    inside = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    paragraphs = (paragraph.text for paragraph in document.paragraphs)
    assert [said for said in (*paragraphs, *inside) if text in said]


def _has(table: Table, word: str) -> bool:
    if word == "no_gender":
        return "gender" in table.dimensions
    return table.is_count and any(name != "gender" for name in table.margins)


def _category(table: Table) -> str:
    return next(name for name in table.margins if name != "gender")


def test_a_year_that_is_left_out_says_so_and_nothing_else(publication: Publication) -> None:
    without = coarser(publication, 2020, "left_out", pl.lit(True))
    sentence = words.left_out(2020)
    mine = figures(without, 2020)
    assert {name: figure.empty for name, figure in mine.items()} == dict.fromkeys(mine, sentence)
    assert mine.keys() >= figures(publication, 2020).keys()
    for name, figure in figures(without, 2021).items():
        assert figure.empty or sentence in figure.notes, name
        assert not [header for header in figure.rows.columns if "2020" in header], name
        assert "2020" not in figure.description
    render_year(without, 2021)
    package(without, 2020, BARE)
    cards = parsed(render_year(without, 2020)).texts["span"]
    assert words.NOTHING not in cards
    assert words.HIDDEN in cards


@pytest.mark.parametrize(
    ("word", "gone", "sentence"),
    [
        ("totals_alone", pl.lit(True), words.TOTALS_ALONE),
        ("no_gender", pl.col("gender") != TOTAL, words.no_gender()),
    ],
)
def test_coarser_tables_say_so(
    publication: Publication, word: str, gone: pl.Expr, sentence: str
) -> None:
    coarse = coarser(publication, 2021, word, gone)
    render_year(coarse, 2021)
    package(coarse, 2021, BARE)
    now = figures(coarse, 2021)
    for name, figure in now.items():
        table = vocabulary().tables.get(f"marts.{name}")
        if table is None or not _has(table, word):
            continue
        assert sentence in (*figure.notes, figure.empty) or "Ingen" in figure.empty, name
        if not figure.empty:
            assert {"Kvinner", "Menn"}.isdisjoint(figure.rows.columns) or word == "totals_alone"
    if word == "totals_alone":
        (row,) = now["age_bands"].texts()
        assert row[0] == "I alt"
        assert now["age_bands"].chart is None


def test_a_population_without_gender_says_so_and_reads_as_withheld(
    publication: Publication,
) -> None:
    is_it = (pl.col("year") == 2020) & (pl.col("population") == "referred")
    split = publication.tables["gender_split"].filter(~(is_it & (pl.col("gender") != TOTAL)))
    done = copy.deepcopy(dict(publication.manifest["protection"]))
    done["gender_split"]["2020"]["done"] = ["no_gender:referred"]
    without = replace(
        publication,
        manifest={**publication.manifest, "protection": done},
        tables={**publication.tables, "gender_split": split},
    )
    figure = figures(without, 2020)["gender_split"]
    assert words.no_gender("Henvisninger") in figure.notes
    rows = {row[0]: row for row in figure.texts()}
    whole = figures(publication, 2020)["gender_split"]
    assert rows["Henvisninger"][1] == {row[0]: row[1] for row in whole.texts()}["Henvisninger"]
    assert set(rows["Henvisninger"][2:-1]) == {words.HIDDEN}
    assert figure.rows.columns == whole.rows.columns
    assert words.NOTHING not in {cell for row in figure.texts() for cell in row}


def test_a_bar_of_the_year_before_that_is_withheld_is_told_from_a_zero(
    publication: Publication,
) -> None:
    noted = 0
    for figure in figures(publication, 2021).values():
        before = figure.withheld.get_column("Antall i 2020", default=None)
        if before is None or figure.chart is None or not figure.chart.layout.shapes:
            continue
        drawn = any("2020" in str(note.text) for note in figure.chart.layout.annotations)
        noted += figure_words.HATCHED in figure.picture_notes
        assert not before.any() or not drawn or figure_words.HATCHED in figure.picture_notes
    assert noted


@pytest.mark.parametrize("measure", ["active", "started", "planned_exits", "dropouts", "no_shows"])
def test_a_measure_that_is_not_printed_reads_as_withheld(
    publication: Publication, measure: str
) -> None:
    tables = dict(publication.tables)
    done = copy.deepcopy(dict(publication.manifest["protection"]))
    for name in ("caseload", "quarterly_flow"):
        tables[name] = tables[name].filter(
            (pl.col("measure") != measure) | (pl.col("year") != 2021)
        )
        done[name]["2021"] = {"done": [f"not_printed:{measure}"]}
    manifest = {**publication.manifest, "protection": done}
    without = replace(publication, manifest=manifest, tables=tables)
    render_year(without, 2021)
    found = figures(without, 2021)
    header = vocabulary().table("marts.quarterly_flow").column(measure).label_nb
    quarters = found["quarterly_flow"]
    place = quarters.rows.columns.index(header)
    assert [row[place] for row in quarters.texts()[:4]] == [words.HIDDEN] * 4
    assert words.not_printed(header, 2021) in quarters.notes


def test_a_category_whose_total_is_withheld_may_have_no_row_by_gender(
    publication: Publication,
) -> None:
    is_it = (pl.col("year") == 2021) & (pl.col("nav_office") == "arstad")
    offices = publication.tables["referral_offices"]
    without = with_table(
        publication,
        "referral_offices",
        offices.filter(~(is_it & (pl.col("gender") != TOTAL))).with_columns(
            n=pl.when(~is_it).then("n"),
            status=pl.when(is_it).then(pl.lit(HIDDEN)).otherwise("status"),
        ),
    )
    figure = figures(without, 2021)["referral_offices"]
    label = vocabulary().label(vocabulary().table("marts.referral_offices"), "nav_office", "arstad")
    (row,) = [row for row in figure.texts() if row[0] == label]
    places = [figure.rows.columns.index(name) for name in (words.COUNT, words.WOMEN, words.MEN)]
    assert [row[place] for place in places] == [words.HIDDEN] * 3
    shown_in_every_cover(without, label)


def test_months_and_quarters_that_are_not_there_read_as_withheld(publication: Publication) -> None:
    in_2021 = pl.col("year") == 2021
    spring = in_2021 & pl.col("month").is_in(["4", "5", "6"])
    months = publication.tables["caseload"].filter(~spring)
    quarters = publication.tables["quarterly_flow"].filter(
        ~(in_2021 & (pl.col("quarter") == "2") & (pl.col("measure") != "active"))
    )
    without = with_table(with_table(publication, "caseload", months), "quarterly_flow", quarters)
    found = figures(without, 2021)
    for name in ("caseload", "flows"):
        rows = found[name].texts()[3:6]
        assert {cell for row in rows for cell in row[1 : 2 if name == "caseload" else 5]} == {
            words.HIDDEN
        }
        assert "mai :" in found[name].description
    second = found["quarterly_flow"].texts()[1]
    assert second[0] == "2. kvartal 2021"
    assert second[1:6] == (words.HIDDEN,) * 5
    assert second[6] == figures(publication, 2021)["quarterly_flow"].texts()[1][6]
    shown_in_every_cover(without, "2. kvartal 2021")
    # A year without any months is not shown as a year with nobody, either.
    nothing = with_table(publication, "caseload", months.filter(~in_2021))
    assert figures(nothing, 2021)["caseload"].empty == words.left_out(2021)


@pytest.mark.parametrize("name", ["partner_projects", "survey_response"])
def test_no_project_or_survey_to_show_is_not_none_at_all(
    name: str, publication: Publication
) -> None:
    frame = publication.tables[name]
    without = with_table(publication, name, frame.filter(pl.col("year") != 2021))
    assert figures(without, 2021)[name].empty == words.none_to_show(2021)
    shown_in_every_cover(without, words.none_to_show(2021))


def test_names_that_are_not_shown_are_one_line_and_the_last(publication: Publication) -> None:
    mart = vocabulary().table("marts.partner_projects")
    rows = [
        (2021, project, "gender", value, n, "shown")
        for project, n in (("other", 40), ("Broen til jobb", 20), ("Å", 9))
        for value in ("female", TOTAL)
    ]
    columns = publication.tables["partner_projects"].schema
    both = with_table(publication, mart.name, pl.DataFrame(rows, columns, orient="row"))
    projects = [row[0] for row in figures(both, 2021)[mart.name].texts()]
    assert list(dict.fromkeys(projects)) == ["Broen til jobb", "Å", "Andre"]
    surveys = figures(publication, 2021)["survey_response"]
    assert {row[0] for row in surveys.texts()} == {"Andre"}
    assert surveys.chart is not None
    assert "Andre " in surveys.description
    for said in (str(surveys.chart.to_dict()), surveys.description, str(surveys.rows.rows())):
        assert "other" not in said


def test_key_figures_that_are_not_for_everyone_have_no_row_card_or_definition(
    publication: Publication, client: Client, files: dict[str, bytes]
) -> None:
    listed = vocabulary().code_list("key_figure")
    names = ("took_part", "participants_without_dropouts", "age_min", "age_max")
    gone = {listed[name].label_nb for name in names}
    assert gone.isdisjoint(row[0] for row in key_figure_table(publication, 2021).texts())
    assert "ages" not in {card.id for card in cards(publication, 2021)}
    assert gone.isdisjoint(label for label, _ in report(publication, 2021).key_figure_definitions)
    pages = [client.get(page.path).text for page in PAGES]
    for label in gone:
        assert not [page for page in pages if label in page]
        assert label not in files["2021/nora-2021.html"].decode()
        found = [name for name, content in parts(files) if label.encode() in content]
        assert not found


# --- Who is a participant --------------------------------------------------------------------------


def test_who_counts_as_a_participant_is_told_where_participants_are_counted(
    publication: Publication, client: Client, files: dict[str, bytes]
) -> None:
    sentence = words.WHO_TOOK_PART
    found = figures(publication, 2021)
    told = {name for name, figure in found.items() if sentence in figure.notes}
    counted = {
        "gender_split", "country_of_origin", "age_bands", "participant_background", "activities",
        "counsellor_caseload",
    }  # fmt: skip
    assert told == {name for name in counted if not found[name].empty}
    assert len(told) >= 5
    assert sentence in key_figure_table(publication, 2021).notes
    (card,) = [card for card in cards(publication, 2021) if card.id == "participants"]
    assert card.detail == words.CARD_TOOK_PART
    assert sentence in files["index.html"].decode()
    assert sentence in client.get("/om-tallene").text
    assert sentence in files["2021/csv/LES-MEG.txt"].decode()
    shown_in_every_cover(publication, sentence)
    # The definitions do not say the opposite.
    no_shows = "og personer som ikke møtte"
    for page in (client.get("/om-tallene").text, files["2021/nora-2021.html"].decode()):
        assert no_shows not in page
        assert words.OPEN_PARTICIPANTS in page


# --- Small years -----------------------------------------------------------------------------------


def test_a_year_of_totals_alone_says_so_in_one_sentence(publication: Publication) -> None:
    sentence = words.totals_only(2020)
    assert not publication.totals_only(2020)
    small = publication
    done = copy.deepcopy(dict(publication.manifest["protection"]))
    for name in done:
        frame = publication.tables[name]
        in_2020 = pl.col("year") == 2020
        if name == "gender_split":
            gone = in_2020 & (pl.col("gender") != TOTAL)
        elif name in ("key_figures", "savings"):
            continue
        else:
            gone = in_2020
            done[name]["2020"] = {"done": ["left_out"]}
        small = with_table(small, name, frame.filter(~gone))
    small = replace(small, manifest={**publication.manifest, "protection": done})
    assert small.totals_only(2020)
    assert words.left_out(2020) not in render_year(small, 2020)
    assert words.left_out(2020) in render_year(small, 2021)
    assert render_year(small, 2020).count(sentence) == 1
    assert report(small, 2020).period == sentence
    assert sentence in render_overview(small)["index.html"]
    assert sentence not in render_year(small, 2021)
    shown_in_every_cover(small, sentence, 2020)


def test_a_year_that_is_too_small_is_said_to_be_so_on_the_way_to_the_years(
    publication: Publication, folder: Path, tmp_path: Path
) -> None:
    sentence = "2018 er ikke publisert åpent: ingen gruppe er stor nok til å vises."
    small = with_manifest(publication, not_published={"2018": "too_small"})
    assert render_overview(small)["index.html"].count(sentence) == 1
    assert sentence in report(small, 2021).editions
    assert "ikke publisert" not in render_overview(publication)["index.html"]
    copied = tmp_path / "open"
    shutil.copytree(folder.resolve(), copied)
    manifest = {**publication.manifest, "not_published": {"2018": "too_small"}}
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert sentence in open_app(copied).get("/").text


def test_where_every_year_is_too_small_that_is_what_is_said(publication: Publication) -> None:
    none = replace(
        publication,
        manifest={**publication.manifest, "years": [], "not_published": {"2021": "too_small"}},
        tables={name: frame.clear() for name, frame in publication.tables.items()},
    )
    index = render_overview(none)["index.html"]
    assert "2021 er ikke publisert åpent" in index
    assert words.INDEX_EMPTY not in index


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_table_that_is_not_for_everyone_is_nowhere(
    name: str, publication: Publication, client: Client, files: dict[str, bytes]
) -> None:
    assert not publication.holds(name)
    title = vocabulary().table(f"marts.{name}").label_nb
    for year in YEARS:
        assert name not in figures(publication, year)
        assert f'id="{name}"' not in files[f"{year}/nora-{year}.html"].decode()
        assert title not in {entry.title for entry in report(publication, year).tables}
    for page in PAGES:
        assert f'id="{name}"' not in client.get(page.path).text
    assert client.get(f"/last-ned/figur/{name}.csv").status_code == 404


# --- Texts for the reader --------------------------------------------------------------------------


def test_every_page_sheet_and_file_carries_the_marking(
    publication: Publication, client: Client, files: dict[str, bytes]
) -> None:
    marking = policy()["open"]["marking_nb"]
    internal = policy()["internal"]["marking_nb"]
    for name, content in parts(files):
        assert internal.encode() not in content, name
    for name, content in files.items():
        if name.endswith(".html"):
            page = parsed(content.decode())
            mark = MARKING_IN_ENGLISH if name == DATA_FILES["en"] else marking
            assert page.texts["title"][0].endswith(mark)
            assert mark in page.texts["strong"]
            assert page.texts["footer"][0].strip().startswith(mark)
        elif name.endswith(".xlsx"):
            for sheet in openpyxl.load_workbook(io.BytesIO(content)):
                assert marking in str(sheet.oddHeader.right.text), sheet.title
        elif name.endswith(".docx"):
            for section in docx.Document(io.BytesIO(content)).sections:
                assert marking in section.header.paragraphs[0].text
        elif name.endswith(".csv"):
            # A line above the header would be read as data, so the marking is in the name.
            assert f"-{report_words.FILE_MARKS['open']}-" in name
        elif name.endswith(".json"):
            assert json.loads(content)["marking"] == marking
    for year in YEARS:
        assert marking in files[f"{year}/csv/LES-MEG.txt"].decode()
        # Chromium prints it at the top of every page of the PDF.
        style = files[f"{year}/nora-{year}.html"].decode().partition("@top-right { content: ")[2]
        said = style.partition(";")[0].strip('"')
        assert re.sub(r"\\([0-9a-f]+) ", lambda c: chr(int(c[1], 16)), said) == marking
    for page in PAGES:
        assert marking in client.get(page.path).text
    chart = figures(publication, 2021)["referral_sources"].chart
    assert chart is not None
    assert marking in report(publication, 2021).short_notices


PROMISE = (
    "Tall som gjelder færre enn fem personer er skjult og vist som «:», sammen med noen få andre "
    "tall slik at de ikke kan regnes ut. Alle tall som vises, er nøyaktige."
)


def test_what_is_promised_is_told(client: Client, files: dict[str, bytes]) -> None:
    assert PROMISE in client.get("/om-tallene").text
    assert PROMISE in files["index.html"].decode()
    for year in YEARS:
        assert PROMISE in files[f"{year}/nora-{year}.html"].decode()
        assert PROMISE in files[f"{year}/csv/LES-MEG.txt"].decode()
        document = docx.Document(io.BytesIO(files[f"{year}/nora-{year}.docx"]))
        assert PROMISE in {paragraph.text for paragraph in document.paragraphs}
        book = openpyxl.load_workbook(io.BytesIO(files[f"{year}/nora-{year}.xlsx"]))
        cells = {cell.value for row in book[words.DEFINITIONS] for cell in row}
        assert PROMISE in cells


def test_the_threshold_is_the_one_of_the_manifest(publication: Publication) -> None:
    for threshold, word in ((3, "tre"), (10, "ti"), (15, "15")):
        changed = with_manifest(publication, disclosure={"threshold": threshold})
        assert f"færre enn {word} personer" in render_year(changed, 2021)


def test_when_each_year_was_published_and_why_again_is_told(publication: Publication) -> None:
    corrected = {
        "number": 2, "published_on": "2022-06-01", "threshold": 5, "reason": "corrected",
    }  # fmt: skip
    stricter = {**corrected, "number": 3, "published_on": "2023-01-31", "reason": "new_rule"}
    first = publication.manifest["vintages"]["2020"]
    changed = with_manifest(
        publication,
        vintages={"2020": [*first, corrected, stricter]},
        not_published={"2022": ""},
    )
    told = (
        "2019: publisert 1. februar 2022.",
        "2020: rettet utgave publisert 1. juni 2022. Registeret er rettet siden forrige.",
        "2020: ny utgave publisert 31. januar 2023. Grensen for hva som skjules, er endret.",
        "2022 er ikke publisert åpent.",
    )
    page = render_year(changed, 2020)
    assert [sentence for sentence in told if sentence not in page] == []
    assert [sentence for sentence in told if sentence not in report(changed, 2020).editions] == []


# --- The dashboard ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_pages_that_are_not_for_everyone_are_not_offered(page: Any, client: Client) -> None:
    is_there = page not in (CORRECTIONS, DELIVERIES, MONTHLY_FORM, PRINTED)
    menu = parsed(client.get("/").text).attributes("a")
    assert any(str(a["href"]).startswith(f"{page.path}?") for a in menu) == is_there
    for year in YEARS:
        answer = client.get(f"{page.path}?aar={year}")
        assert answer.status_code == (200 if is_there else 404)
        if not is_there:
            assert app_words.not_in_open(page.title) in answer.text
            assert app_words.TO_OVERVIEW in answer.text


@pytest.mark.parametrize("query", ["", "?maaned=2021-03"])
def test_the_monthly_form_is_not_fetched(query: str, client: Client) -> None:
    answer = client.get(f"/last-ned/manedsskjema.xlsx{query}")
    assert answer.status_code == 404
    assert app_words.not_in_open(MONTHLY_FORM.title) in answer.text


def test_downloads_are_those_of_everyone(client: Client, files: dict[str, bytes]) -> None:
    for entry in ("exit_outcomes", "flows", "key_figures"):
        answer = client.get(f"/last-ned/figur/{entry}.csv?aar=2021")
        assert "-aapen-" in answer.headers["Content-Disposition"]
        assert answer.data in files.values()
    assert client.get("/last-ned/nora.xlsx?aar=2021").data == files["2021/nora-2021.xlsx"]


@pytest.mark.parametrize(
    "address",
    ["/../internal/manifest.json", "/%2e%2e/internal/manifest.json", "/internal/manifest.json",
     "/open/manifest.json", "/manifest.json", "/statisk/../../internal/manifest.json"],
)  # fmt: skip
def test_no_address_leads_to_a_file_of_any_publication(address: str, folder: Path) -> None:
    other = folder.parent / "internal"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    (other / "manifest.json").write_text('{"secret": "hemmelig-4711"}', encoding="utf-8")
    answer = open_app(folder).get(address)
    assert answer.status_code == 404
    assert "hemmelig-4711" not in answer.text


# --- Bytes -----------------------------------------------------------------------------------------


def test_no_file_holds_an_id(folder: Path, files: dict[str, bytes]) -> None:
    seed, people, years = REGISTER
    register = random_register(seed, people, 2022 - years, 2021, date(2021, 12, 31))
    ids = {one.participant_id for one in register.participants}
    ids |= {one.referral_id for one in register.referrals}
    # Short ones are numbers that may be anywhere.
    searched = [one.encode() for one in ids if len(one) > 10]
    assert len(searched) > 20
    published = {path.name: path.read_bytes() for path in folder.resolve().iterdir()}
    frames = {
        f"{path.stem}.csv": pl.read_parquet(path).write_csv().encode()
        for path in folder.glob("*.parquet")
    }
    for name, content in parts({**published, **frames, **files}):
        assert not [one for one in searched if one in content], name
