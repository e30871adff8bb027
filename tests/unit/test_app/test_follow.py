"""Every number leads to its meaning, base, checks, sources and history, and back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from assets.vocabulary import vocabulary
from dashboards import definitions, outline, words
from dashboards.app import app_words, follow, follow_words
from dashboards.app.follow_checks import checks_of, sheets_of
from dashboards.app.follow_deliveries import deliveries_of
from dashboards.figures.key_figures import key_figures
from dashboards.publication import Publication
from expectations.rules import rules
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import Page, parsed
from tests.unit.test_dashboards.conftest import FINDINGS

YEAR = 2021
QUERY = f"aar={YEAR}&sammenlign=2019&kjonn=nei"


def hrefs(read: Page) -> list[str]:
    return [one["href"] or "" for one in read.attributes("a")]


def test_no_two_numbers_have_one_address(publication: Publication) -> None:
    listed = follow.ids(publication)
    assert len(set(listed)) == len(listed)


def test_every_figure_and_card_leads_to_its_number(client: Client) -> None:
    for page in outline.PAGES:
        found = {urlsplit(to).path for to in hrefs(parsed(client.get(page.path).text))}
        named = {*map(follow.id_of, page.figures), *page.cards}
        assert {f"/tall/{name}" for name in named} <= found


def test_every_number_has_a_page_that_leads_back(client: Client, publication: Publication) -> None:
    asked: set[str] = set()
    for name in follow.ids(publication):
        answer = client.get(f"/tall/{name}?{QUERY}")
        assert answer.status_code == 200, name
        read = parsed(answer.text)
        assert read.texts["h1"][0].startswith(f"{follow_words.LINK}: ")
        links = hrefs(read)
        shown = [
            page
            for page in outline.PAGES
            if name in (*map(follow.id_of, page.figures), *page.cards)
        ]
        assert shown or name in publication.key_figures
        for page in shown:
            places = [to for to in links if to.startswith(f"{page.path}?{QUERY}#")]
            assert places, (name, page.path)
        assert any(to.startswith(f"/tabell?{QUERY}&tabell=") for to in links)
        assert any(to.startswith(f"/om-tallene?{QUERY}#") for to in links)
        asked |= {to for to in links if to.startswith("/") and f"aar={YEAR}" in to}
    for to in asked:
        assert client.get(to).status_code == 200, to


def test_definition_of_a_number_is_the_one_that_is_told_of_all(
    client: Client, publication: Publication
) -> None:
    told = {text for _, text in definitions.key_figures(publication)}
    for name in publication.key_figures:
        assert told & set(parsed(client.get(f"/tall/{name}").text).texts["p"])
    mart = vocabulary().table("marts.exit_outcomes")
    assert mart.definition_nb in parsed(client.get("/tall/exit_outcomes").text).texts["p"]


def test_base_is_told_with_its_number(client: Client, publication: Publication) -> None:
    figures = key_figures(publication, YEAR)
    for name, base in (
        ("exit_outcomes", "planned_exits"),
        ("work_exit_share", "planned_exits"),
        ("referral_sources", "referrals"),
        ("target_attainment", "planned_exits"),
        ("activities", "participants"),
        ("work_exits-figur", "work_exits"),
        ("work_exit_activities", "work_exits"),
        ("job_retention", "work_exits"),
    ):
        read = parsed(client.get(f"/tall/{name}?aar={YEAR}").text)
        sentence = f"{figures.label(base)}: {figures.text(base)} i {YEAR}"
        assert sentence in read.texts["p"], name
        assert f"/tall/{base}?aar={YEAR}" in hrefs(read)
    for name, base in (
        ("aap_benefits", "Arbeidsavklaringspenger: 24"),
        ("other_exit_details", "Annet: 16"),
    ):
        read = parsed(client.get(f"/tall/{name}?aar={YEAR}").text)
        assert f"{base} i {YEAR}" in read.texts["p"], name
        assert f"/tall/exit_outcomes?aar={YEAR}" in hrefs(read)
    nothing = parsed(client.get("/tall/staffing").text)
    assert follow_words.NOT_PART in nothing.texts["p"]


def test_history_has_every_year(client: Client, publication: Publication) -> None:
    read = parsed(client.get("/tall/work_exits").text)
    figures = [key_figures(publication, year) for year in publication.years]
    assert read.tables["historikk"] == [
        ["Nøkkeltall", *map(str, publication.years)],
        [figures[0].label("work_exits"), *(one.text("work_exits") for one in figures)],
    ]
    rows = parsed(client.get("/tall/exit_outcomes").text).tables["historikk"]
    assert rows[-1] == ["I alt", "0", "10", "102"]


def test_history_has_every_division(client: Client) -> None:
    read = parsed(client.get("/tall/work_exits-figur").text)
    divided = vocabulary().code_list("work_breakdown").codes
    assert len(divided) > 2
    tables = [name for name in read.tables if name.startswith("historikk")]
    assert len(tables) == len(divided)
    for name, title in zip(tables, read.texts["h3"], strict=True):
        assert read.tables[name][-1][0] == "I alt"
        assert any(one.label_nb in title for one in divided)


def test_no_note_of_the_history_stands_twice(client: Client, publication: Publication) -> None:
    read = parsed(client.get("/tall/job_retention").text)
    assert read.texts["p"].count(words.NOTHING_SENTENCE) == 1
    shares = parsed(client.get("/tabell?tabell=exit_outcomes&andel=kolonne").text)
    assert shares.texts["p"].count(words.NOTHING_SENTENCE) <= 1


def test_checks_are_those_that_are_declared(publication: Publication) -> None:
    """Of the mart and of each sheet that it is derived from, every rule is told once."""
    for mart in vocabulary().layer("marts"):
        for table in (mart, *sheets_of(mart)):
            told = checks_of(publication, YEAR, table)
            own = [rule for rule in rules() if rule.table == table.qualified_name]
            beginnings = [rule.sentence_nb.partition(". ")[0] for rule in own if not rule.rows]
            ends = [sentence.rstrip(".") for sentence in told.must]
            assert [one for one in beginnings if one.rstrip(".") not in ends] == []
            assert len(told.looked_for) == len([rule for rule in own if rule.rows])


def test_rows_that_a_rule_found_are_told_as_the_manifest_tells_them(client: Client) -> None:
    read = parsed(client.get(f"/tall/exit_outcomes?aar={YEAR}").text)
    label = vocabulary().code_list("finding_rule")["work_exit_has_industry"].label_nb
    assert f"{label}: {FINDINGS['work_exit_has_industry']} rader" in read.texts["li"]
    other = parsed(client.get("/tall/exit_outcomes?aar=2020").text)
    assert label in other.texts["li"]
    assert "120 kontroller er kjørt på årets tabeller. Ingen ga utslag." in read.texts["p"]


@pytest.mark.parametrize(
    ("mart", "sheets"),
    [
        ("referral_sources", ["Deltakere", "Henvisninger"]),
        ("exit_outcomes", ["Deltakere", "Henvisninger", "Avslutninger"]),
        ("staffing", ["Bemanning"]),
        ("transition_cases", ["Overgangssaker"]),
    ],
)
def test_sheets_are_those_that_a_mart_is_derived_from(mart: str, sheets: list[str]) -> None:
    found = [table.sheet for table in sheets_of(vocabulary().table(f"marts.{mart}"))]
    assert found == sheets


def test_deliveries_are_those_of_the_receipts_that_hold_a_sheet(
    client: Client, publication: Publication
) -> None:
    read = parsed(client.get("/tall/exit_outcomes").text)
    assert [row[0] for row in read.tables["leveranser"][1:]] == [
        "nora-2021.xlsx",
        "nora-2020.xlsx",
        "nora-2019.xlsx",
    ]
    assert f"/leveranser?aar={YEAR}" in hrefs(read)
    listed = [
        {"name": name, "sha256": "0", "refused": refused, "read_at": "2021-02-01T08:00:00+00:00"}
        for name, refused in (
            ("deltakere_2021-03.csv", False),
            ("Avslutninger.parquet", False),
            ("nora-2021.xlsx", True),
        )
    ]
    manifest = publication.manifest | {"receipts": listed, "deliveries": listed}
    source = Publication(manifest, publication.tables)
    sheets = sheets_of(vocabulary().table("marts.exit_outcomes"))
    found = deliveries_of(source, YEAR, sheets)
    assert [(row[0], row[2]) for row in found.rows] == [
        ("Avslutninger.parquet", "Avslutninger"),
        ("deltakere_2021-03.csv", "Deltakere"),
    ]


def test_for_everyone_deliveries_are_only_counted(
    serve: Callable[[], Client], close: Callable[[str], None]
) -> None:
    close("activity_status")
    client = serve()
    text = client.get("/tall/exit_outcomes").text
    assert "nora-2021.xlsx" not in text
    assert "/leveranser" not in text
    assert words.deliveries("3", False) in parsed(text).texts["p"]


def test_number_that_is_not_there_says_so(
    client: Client, serve: Callable[[], Client], close: Callable[[str], None]
) -> None:
    for name in ("finnes-ikke", "participants_at_a_glance", "printed_comparison"):
        answer = client.get(f"/tall/{name}")
        assert answer.status_code == 404
        assert follow_words.NO_NUMBER in parsed(answer.text).texts["main"][0]
    assert client.get("/tall/exit_outcomes?aar=1999").status_code == 404
    assert client.get("/tall/").status_code == 404
    close("activity_status")
    answer = serve().get("/tall/activity_status")
    label = vocabulary().table("marts.activity_status").label_nb
    assert answer.status_code == 404
    assert app_words.not_in_open(label) in parsed(answer.text).texts["main"][0]
