"""The workbook read back: every cell, every point of a chart, and what stands on every sheet."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import openpyxl
import polars as pl
import pytest
from lxml import etree

from assets.vocabulary import TOTAL, vocabulary
from dashboards import words
from dashboards.figures import figure_words
from dashboards.figures.figure import WRITERS
from dashboards.figures.palette import ALARM, MUTED, OTHER_YEAR
from dashboards.publication import Publication
from dashboards.report import report_words
from dashboards.report.content import Entry, Report, report
from dashboards.report.report_workbook import FORMATS, workbook
from tests.unit.test_report.conftest import LIVE, MARKUP, YEAR, parts

CHART = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
DRAWN = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}


def opened(files: dict[str, bytes]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(files[f"nora-{YEAR}.xlsx"]))


def tables(book: Any) -> dict[str, list[list[Any]]]:
    """The rows of every Excel table with their header, by its title."""
    found = {}
    for sheet in book:
        for table in sheet.tables.values():
            rows = [[cell.value for cell in row] for row in sheet[table.ref]]
            found[sheet["A1"].value.removesuffix(f" i {YEAR}")] = rows
    return found


def stored(entry: Entry) -> list[list[Any]]:
    """What the cells of a table must hold."""
    return [
        list(entry.table.headers),
        *(
            [
                # An Excel file keeps 16 digits.
                float(f"{cell.value / (100 if cell.unit == 'percent' else 1):.16G}")
                if isinstance(cell.value, int | float)
                else cell.text or None
                for cell in row
            ]
            for row in entry.table.rows
        ),
    ]


@pytest.mark.parametrize("name", ["files", "withheld_files"])
def test_every_cell_is_the_figures(
    name: str, said: Report, withheld_said: Report, request: Any
) -> None:
    source = said if name == "files" else withheld_said
    found = tables(opened(request.getfixturevalue(name)))
    expected = {entry.title: stored(entry) for entry in source.tables if entry.table.rows}
    assert found == expected


COUNTED = (
    "referral_sources", "referral_offices", "referral_benefits", "country_of_origin", "age_bands",
    "gender_split", "dropout_reasons", "other_exit_details", "aap_benefits", "activities",
    "transition_cases", "referral_target_groups",
)  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_counts_are_those_of_the_published_file(
    name: str, files: dict[str, bytes], publication: Publication
) -> None:
    mart = vocabulary().table(f"marts.{name}")
    header, *rows = tables(opened(files))[mart.label_nb]
    by_gender = {words.COUNT: TOTAL, words.WOMEN: "female", words.MEN: "male"}
    shown = {
        (row[0], by_gender[column]): value
        for row in rows
        for column, value in zip(header, row, strict=True)
        if column in by_gender
    }
    category = mart.dimensions[0]
    cells = publication.tables[name].filter(pl.col("year") == YEAR, pl.col("n") > 0)
    if "gender" not in mart.dimensions:
        cells = cells.with_columns(gender=pl.lit(TOTAL))
    published = {
        (vocabulary().label(mart, category, row[category]), row["gender"]): row["n"]
        for row in cells.iter_rows(named=True)
    }
    assert published
    assert published == {key: n for key, n in shown.items() if n}


def test_months_are_those_of_the_published_file(
    files: dict[str, bytes], publication: Publication
) -> None:
    mart = vocabulary().table("marts.caseload")
    _, *rows = tables(opened(files))[mart.label_nb]
    active = publication.tables["caseload"].filter(
        pl.col("measure") == "active", pl.col("year").is_in([YEAR, YEAR - 1])
    )
    published = {
        (month, year): value
        for year, month, value in active.select("year", "month", "value").iter_rows()
    }
    shown = {
        (str(month), year): value
        for month, row in enumerate(rows, 1)
        for year, value in ((YEAR, row[1]), (YEAR - 1, row[2]))
    }
    assert shown == published


def test_key_figures_are_numbers(files: dict[str, bytes], publication: Publication) -> None:
    rows = tables(opened(files))[vocabulary().table("marts.key_figures").label_nb][1:]
    shown = {row[0]: row[1] for row in rows}
    values = publication.tables["key_figures"].filter(pl.col("year") == YEAR)
    names = vocabulary().code_list("key_figure")
    for figure, value in values.select("figure", "value").iter_rows():
        is_share = names[figure].attributes["unit"] == "share"
        expected = pytest.approx(value, abs=0.01) if is_share else value
        assert shown[names[figure].label_nb] == expected


def test_every_unit_has_a_format() -> None:
    assert set(WRITERS) <= set(FORMATS)


def test_numbers_have_formats(files: dict[str, bytes]) -> None:
    book = opened(files)
    found = {
        cell.number_format
        for sheet in book
        for table in sheet.tables.values()
        for row in sheet[table.ref]
        for cell in row
        if isinstance(cell.value, int | float)
    }
    assert {"#,##0", "0 %", "#,##0.0", '#,##0 "kr"'} <= found
    assert "General" not in found


@pytest.mark.parametrize("name", ["files", "withheld_files"])
def test_every_point_of_a_chart_is_the_number_of_its_cell(name: str, request: Any) -> None:
    files = request.getfixturevalue(name)
    book = opened(files)
    charts = {
        part: text
        for part, text in parts(files[f"nora-{YEAR}.xlsx"]).items()
        if re.fullmatch(r"xl/charts/chart\d+\.xml", part)
    }
    assert len(charts) > 15
    for part, text in charts.items():
        series = etree.fromstring(text.encode()).findall(".//c:ser", CHART)
        assert series, part
        for one in series:
            _compare_points(book, one, part)


def _compare_points(book: Any, series: Any, part: str) -> None:
    reference = series.find("c:val/c:numRef/c:f", CHART).text
    sheet, cells = reference.rsplit("!", 1)
    column = book[sheet.strip("'").replace("''", "'")][cells.replace("$", "")]
    if not isinstance(column, tuple):
        numbers = [column.value]
    elif len(column) == 1:
        # A series over the years is a row.
        numbers = [cell.value for cell in column[0]]
    else:
        numbers = [row[0].value for row in column]
    points = {
        int(point.get("idx")): float(point.find("c:v", CHART).text)
        for point in series.findall("c:val/c:numRef/c:numCache/c:pt", CHART)
    }
    expected = {i: n for i, n in enumerate(numbers) if isinstance(n, int | float)}
    assert points == pytest.approx(expected), part
    labels = {
        int(label.find("c:idx", CHART).get("val")): "".join(label.itertext())
        for label in series.findall("c:dLbls/c:dLbl", CHART)
    }
    if series.find("c:dLbls", CHART) is not None:
        without = {i: n for i, n in enumerate(numbers) if not isinstance(n, int | float)}
        # The sign of a withheld number has a hatched mark before it.
        assert {i: labels[i].removeprefix("▨ ") for i in without} == without, part
        assert all(labels[i].startswith("▨") for i, text in without.items() if text == ":"), part


def test_a_line_is_no_line_where_it_would_have_a_hole(
    files: dict[str, bytes], withheld_files: dict[str, bytes]
) -> None:
    def drawn(of: dict[str, bytes]) -> str:
        title = words.in_year(vocabulary().table("marts.caseload").label_nb, YEAR)
        charts = parts(of[f"nora-{YEAR}.xlsx"]).items()
        [found] = [text for part, text in charts if "/charts/" in part and f">{title}<" in text]
        return found

    assert "<c:lineChart>" in drawn(files)
    assert "<c:lineChart>" not in drawn(withheld_files)


def series_of(book: bytes, title: str) -> dict[str, Any]:
    """The series of a chart that Excel draws, by their names."""
    charts = [text for part, text in parts(book).items() if "/charts/" in part]
    [found] = [text for text in charts if f">{title}<" in text]
    series = etree.fromstring(found.encode()).findall(".//c:ser", CHART)
    return {one.find("c:tx//c:v", CHART).text: one for one in series}


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("group_sessions", "attended"), ("staffing", "headcount"),
        ("time_in_programme", "median_days"),
    ],
)  # fmt: skip
def test_the_year_before_is_a_series_of_the_same_measure(
    files: dict[str, bytes], name: str, measure: str
) -> None:
    mart = vocabulary().table(f"marts.{name}")
    header = mart.column(measure).label_nb
    found = series_of(files[f"nora-{YEAR}.xlsx"], words.in_year(mart.label_nb, YEAR))
    assert list(found) == [header, words.in_year(header, YEAR - 1)]


def test_a_share_just_below_its_target_keeps_its_decimal(publication: Publication) -> None:
    is_it = (pl.col("target") == "work") & (pl.col("measure") == "actual_share")
    table = publication.tables["target_attainment"].with_columns(
        value=pl.when(is_it).then(76 / 127).otherwise("value")
    )
    tables = {**publication.tables, "target_attainment": table}
    made = workbook(report(replace(publication, tables=tables), YEAR))
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value == 0.598]
    assert {cell.number_format for cell in cells} == {"0.0 %"}
    title = words.in_year(vocabulary().table("marts.target_attainment").label_nb, YEAR)
    assert "59,8\u00a0%" in "".join(series_of(made, title)[words.PERCENT].itertext())


def test_every_sheet_is_marked(files: dict[str, bytes], said: Report) -> None:
    assert len(said.notices) == 2
    for sheet in opened(files):
        cells = "\n".join(str(cell.value) for row in sheet for cell in row if cell.value)
        for notice in said.notices:
            assert notice in cells, sheet.title
        for notice in said.short_notices:
            assert notice in sheet.oddHeader.right.text
        assert "&P" in str(sheet.oddFooter.right.text) or "Page" in str(sheet.oddFooter.right.text)


def test_nothing_is_a_formula_or_leads_out(live_files: dict[str, bytes]) -> None:
    made = live_files
    book = opened(made)
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    values = [cell.value for cell in cells]
    assert LIVE in values
    assert MARKUP in values
    xml = parts(made[f"nora-{YEAR}.xlsx"])
    assert not [part for part, text in xml.items() if "<f>" in text and "/worksheets/" in part]
    assert not [part for part, text in xml.items() if 'TargetMode="External"' in text]


def test_contents_lead_to_every_sheet(files: dict[str, bytes]) -> None:
    book = opened(files)
    contents = book[report_words.CONTENTS]
    led = [
        cell.hyperlink.location.rsplit("!", 1)[0].strip("'").replace("''", "'")
        for row in contents
        for cell in row
        if cell.hyperlink
    ]
    assert led == [
        name for name in book.sheetnames if name not in (report_words.COVER, report_words.CONTENTS)
    ]
    for sheet in book:
        assert len(sheet.title) <= 31


def test_properties_are_ours_and_of_the_build(
    files: dict[str, bytes], publication: Publication
) -> None:
    properties = opened(files).properties
    assert properties.title == report_words.title(YEAR)
    assert properties.creator == words.PROGRAMME_IN_FULL
    built = publication.built_at(YEAR).replace(tzinfo=None, microsecond=0)
    assert properties.created.replace(tzinfo=None) == built


def test_a_planned_exit_is_not_in_the_colour_of_dropouts(files: dict[str, bytes]) -> None:
    series = series_of(files[f"nora-{YEAR}.xlsx"], words.in_year(figure_words.FLOWS_TITLE, YEAR))
    colours = {name: one.find(".//a:srgbClr", DRAWN).get("val") for name, one in series.items()}
    alarm = ALARM.removeprefix("#")
    assert [name for name, colour in colours.items() if colour == alarm] == ["Frafall"]


def test_the_year_before_and_what_says_little_have_greys_of_their_own(
    files: dict[str, bytes],
) -> None:
    mart = vocabulary().table("marts.referral_sources")
    series = series_of(files[f"nora-{YEAR}.xlsx"], words.in_year(mart.label_nb, YEAR))
    this, before = series.values()
    fills = {fill.get("val") for fill in this.findall(".//c:dPt//a:srgbClr", CHART | DRAWN)}
    assert fills == {MUTED.removeprefix("#")}
    assert before.find(".//a:srgbClr", DRAWN).get("val") == OTHER_YEAR.removeprefix("#")


def test_the_interval_of_the_curve_is_drawn_as_error_bars(files: dict[str, bytes]) -> None:
    mart = vocabulary().table("marts.still_in_programme")
    series = series_of(files[f"nora-{YEAR}.xlsx"], words.in_year(mart.label_nb, YEAR))
    first, *others = series.values()
    above = [float(v.text) for v in first.findall("c:errBars/c:plus//c:v", CHART)]
    below = [float(v.text) for v in first.findall("c:errBars/c:minus//c:v", CHART)]
    assert (above[1], above[6]) == pytest.approx((0.01, 0.06))
    assert (below[1], below[6]) == pytest.approx((0.06, 0.1))
    assert not any(one.findall("c:errBars", CHART) for one in others)


@pytest.mark.parametrize("other", [2019, 2020])
def test_lines_are_named_by_the_years_that_they_are_of(
    other: int, publication: Publication
) -> None:
    book = workbook(report(publication.seen(compared_with=other), YEAR))
    title = words.in_year(vocabulary().table("marts.caseload").label_nb, YEAR)
    charts = parts(book).items()
    [drawn] = [text for part, text in charts if "/charts/" in part and f">{title}<" in text]
    names = etree.fromstring(drawn.encode()).findall(".//c:ser/c:tx//c:v", CHART)
    assert [name.text for name in names] == [str(YEAR), str(other)]
