"""A reader's own table holds published numbers and nothing else, whatever is chosen and published."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.vocabulary import HIDDEN, TOTAL, Table, vocabulary
from dashboards import words
from dashboards.app import app_words, table_address, table_words
from dashboards.app.own_table import own_table
from dashboards.app.table_layout import (
    MEASURE,
    Layout,
    can_be_columns,
    can_be_shown,
    choosable,
    layout,
    marts,
    usual_rows,
    years,
)
from dashboards.publication import Publication
from tests.quick import quick
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import parsed
from tests.unit.test_app.own_tables import assert_true, read_rows

MARTS = {mart.name: mart for mart in vocabulary().layer("marts") if not mart.is_list}
OPEN = {"rule": "protected", "threshold": 5, "smallest_base": 20}

# --- What may be published -----------------------------------------------------------------------


def hide(places: list[int]) -> Callable[[Table, pl.DataFrame], pl.DataFrame]:
    """Some numbers are withheld."""

    def of(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if rows.is_empty():
            return rows
        chosen = {place % rows.height for place in places}
        is_chosen = pl.Series([at in chosen for at in range(rows.height)])
        return rows.with_columns(
            pl.when(is_chosen).then(None).otherwise(pl.col(mart.number)).alias(mart.number),
            pl.when(is_chosen).then(pl.lit(HIDDEN)).otherwise(pl.col("status")).alias("status"),
        )

    return of


def drop(places: list[int]) -> Callable[[Table, pl.DataFrame], pl.DataFrame]:
    """Some rows are not there."""

    def of(_: Table, rows: pl.DataFrame) -> pl.DataFrame:
        chosen = {place % max(rows.height, 1) for place in places}
        return rows.filter(
            pl.Series([at not in chosen for at in range(rows.height)], dtype=pl.Boolean)
        )

    return of


def blank(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """There is nothing to measure."""
    number = rows[mart.number].dtype
    return rows.with_columns(pl.lit(None, number).alias(mart.number))


def zero(mart: Table, rows: pl.DataFrame) -> pl.DataFrame:
    number = rows[mart.number].dtype
    return rows.with_columns(pl.lit(0).cast(number).alias(mart.number))


PLACES = st.lists(st.integers(0, 400), min_size=1, max_size=12)
CHANGES = st.one_of(st.just(blank), st.just(zero), PLACES.map(hide), PLACES.map(drop))


def changed(
    publication: Publication,
    name: str,
    changes: Mapping[int, Callable[[Table, pl.DataFrame], pl.DataFrame]],
    *,
    protected: bool,
) -> Publication:
    """The publication with the rows of some years of a mart changed."""
    frame = publication.tables[name]
    parts = [
        changes.get(year, lambda _, rows: rows)(MARTS[name], frame.filter(pl.col("year") == year))
        for year in publication.years
    ]
    tables = {**publication.tables, name: pl.concat(parts)}
    manifest = publication.manifest | ({"disclosure": OPEN} if protected else {})
    return replace(publication, tables=tables, manifest=manifest)


# --- Any table of any publication ------------------------------------------------------------------------


@st.composite
def layouts(draw: st.DrawFn, publication: Publication, mart: Table) -> Layout:
    """Any choice that the page offers."""
    rows = draw(st.sampled_from(can_be_shown(mart)))
    columns = draw(st.sampled_from(("", *can_be_columns(mart, rows))))
    listed = years(publication, mart)
    chosen: dict[str, str] = {}
    for axis in choosable(publication, mart, {}, (rows, columns)):
        among = choosable(publication, mart, chosen, (rows, columns))[axis]
        chosen[axis] = draw(st.sampled_from(among))
    picked = draw(st.lists(st.sampled_from(listed), unique=True).map(sorted).map(tuple))
    shares = draw(st.sampled_from(("", "rad", "kolonne", "kolonne")))
    return layout(publication, mart, rows, columns, of_years=picked, fixed=chosen, shares=shares)


@pytest.mark.parametrize("name", quick(12, sorted(MARTS)))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_cell_is_published_and_every_share_is_right(
    publication: Publication, name: str, data: st.DataObject
) -> None:
    changes = data.draw(st.dictionaries(st.sampled_from(publication.years), CHANGES, max_size=3))
    source = changed(publication, name, changes, protected=data.draw(st.booleans()))
    if MARTS[name] not in marts(source):
        return
    of = data.draw(layouts(source, MARTS[name]))
    own = own_table(source, of)
    assert_true(source, own, read_rows(source, MARTS[name]))
    found = table_address.Asked(of, of.shares)
    assert table_address.asked(source, parse_qs(found.query())) == found


def test_nothing_withheld_is_made_of_what_is_shown(publication: Publication) -> None:
    """One hidden number, and no share of its whole that would give it away."""
    mart = MARTS["exit_outcomes"]
    frame = publication.tables[mart.name]
    is_it = (pl.col("year") == 2021) & (pl.col("outcome") == "UT") & (pl.col("gender") == TOTAL)
    hidden = frame.with_columns(
        pl.when(is_it).then(None).otherwise(pl.col("n")).alias("n"),
        pl.when(is_it).then(pl.lit(HIDDEN)).otherwise(pl.col("status")).alias("status"),
    )
    source = replace(publication, tables={**publication.tables, mart.name: hidden})
    own = own_table(
        source, layout(source, mart, "outcome", "", of_years=(2020, 2021), shares="kolonne")
    )
    for _, n2020, share2020, _, share2021 in own.table.rows:
        assert share2021.value is None
        assert share2020.value is not None or n2020.value is None
    whole = [row for row in own.table.rows if row[0].text == "I alt"]
    assert [cell.text for cell in whole[0][1:]] == ["10", "100\u00a0%", "102", words.HIDDEN]


def test_share_of_a_small_whole_is_withheld_from_everyone(publication: Publication) -> None:
    source = changed(publication, "exit_outcomes", {}, protected=True)
    own = own_table(
        source,
        layout(
            source, MARTS["exit_outcomes"], "outcome", "", of_years=(2020, 2021), shares="kolonne"
        ),
    )
    total = own.table.rows[-1]
    # 10 in 2020, 102 in 2021, and no share is made of fewer than 20.
    assert [cell.text for cell in total[1:]] == ["10", words.HIDDEN, "102", "100\u00a0%"]
    assert words.computed_are_hidden(20) in own.notes


def test_counts_that_overlap_have_no_shares(publication: Publication) -> None:
    own = own_table(
        publication, layout(publication, MARTS["activities"], "activity", "gender", shares="rad")
    )
    assert own.layout.shares == ""
    assert table_words.OVERLAPS in own.notes


def test_target_that_is_not_reached_is_not_rounded_up_to(publication: Publication) -> None:
    frame = publication.tables["target_attainment"]
    near = (pl.col("target") == "work") & (pl.col("measure") == "actual_share")
    changed_frame = frame.with_columns(
        pl.when(near).then(0.599).otherwise(pl.col("value")).alias("value")
    )
    source = replace(publication, tables={**publication.tables, "target_attainment": changed_frame})
    own = own_table(source, layout(source, MARTS["target_attainment"], "target"))
    assert own.table.rows[0][-1].text == "59,9\u00a0%"


# --- The page ---------------------------------------------------------------------------------------------


def test_everything_that_is_offered_can_be_had(client: Client, publication: Publication) -> None:
    for mart in marts(publication):
        for rows in can_be_shown(mart):
            for columns in ("", *can_be_columns(mart, rows)):
                address = f"/tabell?tabell={mart.name}&rad={rows}&kolonne={columns}"
                read = parsed(client.get(address).text)
                form = read.attributes("form")
                assert [one["method"] for one in form] == ["get", "get"]
                assert len(read.tables["tabell"]) > 1, address
                assert table_words.BAD_SHARE not in read.texts["main"][0]


def test_form_offers_only_what_is_published(client: Client, publication: Publication) -> None:
    read = parsed(client.get("/tabell?tabell=work_exits&rad=value").text)
    values = {one["value"] for one in read.attributes("option")}
    held = publication.tables["work_exits"]
    offered = {mart.name for mart in marts(publication)}
    assert {"printed_comparison", "took_part"} & offered == set()
    assert set(held["breakdown"]) <= values
    assert values - offered == {"value", "breakdown", "", "kolonne", *set(held["breakdown"])}
    years_offered = [one["value"] for one in read.attributes("input") if one["name"] == "vis_aar"]
    assert years_offered == ["2020", "2021"]


def test_table_has_headers_of_years_and_of_their_columns(client: Client) -> None:
    read = parsed(
        client.get(
            "/tabell?tabell=exit_outcomes&rad=outcome&kolonne=gender&vis_aar=2020&vis_aar=2021"
        ).text
    )
    assert read.tables["tabell"][:2] == [
        ["Gikk til", "2020", "2021"],
        [words.WOMEN, words.MEN, "I alt"] * 2,
    ]
    assert read.tables["tabell"][-1] == ["I alt", "6", "4", "10", "55", "47", "102"]
    scopes = [one["scope"] for one in read.attributes("th")]
    assert scopes[:3] == ["col", "colgroup", "colgroup"]
    assert scopes.count("row") == len(read.tables["tabell"]) - 2


LOST = {
    "/tabell?tabell=finnes-ikke": (404, table_words.NO_TABLE),
    "/tabell?tabell=printed_comparison": (404, table_words.NO_TABLE),
    "/tabell?tabell=exit_outcomes&rad=country": (400, "Dette kan ikke stå i rader."),
    "/tabell?tabell=exit_outcomes&kolonne=country": (400, "Dette kan ikke stå i kolonner."),
    "/tabell?tabell=exit_outcomes&rad=gender&kolonne=gender": (400, table_words.SAME_AXIS),
    "/tabell?tabell=work_exits&rad=value&kolonne=breakdown": (400, "bare ha årene i kolonner"),
    "/tabell?tabell=exit_outcomes&andel=alt": (400, table_words.BAD_SHARE),
    "/tabell?tabell=exit_outcomes&rad=outcome&gender=begge": (404, table_words.NO_CATEGORY),
    "/tabell?tabell=work_exits&rad=gender": (400, "Dette kan ikke stå i rader."),
    "/tabell?tabell=participant_background&rad=gender&breakdown=education&value=a1": (
        404,
        table_words.NO_CATEGORY,
    ),
    "/tabell?tabell=exit_outcomes&vis_aar=i-fjor": (400, app_words.BAD_YEAR),
    "/tabell?tabell=exit_outcomes&vis_aar=1999": (404, "tall for 2019, 2020 og 2021."),
    "/tabell?tabell=work_exits&vis_aar=2019": (404, "Den har tall for 2020 og 2021."),
    "/tabell?tabell=exit_outcomes&tabell=activities": (400, app_words.twice("tabell")),
    "/tabell?aar=1999": (404, "Publisert er 2019, 2020 og 2021."),
    "/last-ned/tabell.csv?tabell=finnes-ikke": (404, table_words.NO_TABLE),
    "/last-ned/tabell.xlsx?rad=finnes-ikke": (400, "Dette kan ikke stå i rader."),
    "/last-ned/tabell.csv?aar=x": (400, app_words.BAD_YEAR),
}


@pytest.mark.parametrize("address", LOST)
def test_address_of_no_table_says_why(client: Client, address: str) -> None:
    status, message = LOST[address]
    answer = client.get(address)
    assert answer.status_code == status
    assert message in parsed(answer.text).texts["main"][0]


def test_table_of_the_other_audience_is_said_not_to_be_open(
    serve: Callable[[], Client], close: Callable[[str], None]
) -> None:
    close("activity_status")
    answer = serve().get("/tabell?tabell=activity_status")
    assert answer.status_code == 404
    label = MARTS["activity_status"].label_nb
    assert app_words.not_in_open(label) in parsed(answer.text).texts["main"][0]


def test_shares_that_cannot_be_made_are_said_to_be_impossible(client: Client) -> None:
    read = parsed(client.get("/tabell?tabell=exit_outcomes&rad=outcome&andel=rad").text)
    assert table_words.IMPOSSIBLE_SHARE in read.texts["p"]
    assert "%" not in read.texts["table"][0]


# --- Its files -----------------------------------------------------------------------------------------------

QUERY = "tabell=exit_outcomes&rad=outcome&kolonne=gender&vis_aar=2020&vis_aar=2021&andel=kolonne"


def test_files_hold_the_numbers_of_the_page(client: Client) -> None:
    page = parsed(client.get(f"/tabell?{QUERY}").text).tables["tabell"][2:]
    answer = client.get(f"/last-ned/tabell.csv?{QUERY}")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][:3] == ["Gikk til", "2020 Kvinner", "2020 Kvinner, andel (prosent)"]
    assert len(set(lines[0])) == len(lines[0])
    bare = [[text.removesuffix("\u00a0%") for text in row] for row in page]
    assert lines[1:] == bare
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/last-ned/tabell.xlsx?{QUERY}").data)
    ).active
    assert sheet is not None
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    start = next(at for at, row in enumerate(rows) if row and row[0] == "Gikk til")
    written = rows[start + 1 : start + 1 + len(page)]
    assert [[as_percent(value, at) for at, value in enumerate(row)] for row in written] == [
        [int(text) if at and text.isdigit() else text for at, text in enumerate(row)]
        for row in bare
    ]


def as_percent(value: Any, place: int) -> Any:
    """A share as the page writes it: every other column is one."""
    is_share = place and place % 2 == 0 and not isinstance(value, str)
    return round(value * 100) if is_share else value


def test_files_are_marked_as_other_downloads(client: Client) -> None:
    for ending in ("csv", "xlsx"):
        header = client.get(f"/last-ned/tabell.{ending}?{QUERY}").headers["Content-Disposition"]
        assert header.endswith(f'-2020-2021-intern-syntetiske-data.{ending}"')
    content = client.get(f"/last-ned/tabell.xlsx?{QUERY}").data
    assert content == client.get(f"/last-ned/tabell.xlsx?{QUERY}&aar=2020").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    texts = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert "Intern – ikke til publisering" in texts
    assert words.SYNTHETIC in texts
    assert sheet.oddHeader.right.text == "Intern – ikke til publisering"
    assert book.properties.category == "Intern – ikke til publisering"


def test_usual_rows_say_what_is_counted() -> None:
    rows = {name: usual_rows(mart) for name, mart in MARTS.items()}
    assert rows["exit_outcomes"] == "outcome"
    assert rows["gender_split"] == "population"
    assert rows["activity_status"] == "status"
    assert rows["monthly_form"] == "value"
    assert rows["caseload"] == "month"
    assert rows["job_retention"] == MEASURE
    assert rows["partner_projects"] == "project"
