"""What stands on the pages of the live dashboard, for every choice a reader has."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from assets.vocabulary import vocabulary
from dashboards import definitions, outline, words
from dashboards.app import app_words
from dashboards.figures import Figure, cards, figure_words, key_figure_table, sections
from dashboards.forms import form_words
from dashboards.outline import PAGES, Page
from dashboards.publication import Publication
from tests.quick import quick
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import parsed

YEAR = 2021
QUERIES = ("", "?aar=2020", "?aar=2019", "?aar=2021&sammenlign=2019", "?kjonn=nei",
           "?aar=2019&sammenlign=2021&kjonn=nei")  # fmt: skip
GENDERED = {words.WOMEN, words.MEN, words.UNKNOWN_GENDER}


def seen(publication: Publication, query: str) -> tuple[Publication, int]:
    """The publication and the year that a query chooses, read by other code than the app's."""
    chosen = {name: values[0] for name, values in parse_qs(query.lstrip("?")).items()}
    compared = chosen.get("sammenlign")
    return (
        publication.seen(
            compared_with=int(compared) if compared else None,
            by_gender=chosen.get("kjonn") != "nei",
        ),
        int(chosen.get("aar", YEAR)),
    )


@pytest.fixture(scope="module")
def figures_of(publication: Publication) -> Callable[[str], dict[str, Figure]]:
    """Every figure as a query shows it, by its id; made once for each query."""

    @cache
    def made(query: str) -> dict[str, Figure]:
        chosen, year = seen(publication, query)
        return {figure.id: figure for part in sections(chosen, year) for figure in part.figures}

    return made


def test_every_figure_is_on_a_page(publication: Publication) -> None:
    shown = {name for page in PAGES for name in page.figures}
    listed = [f for section in sections(publication, YEAR) for f in section.figures]
    assert shown == {figure.id for figure in listed if not figure.every_year}
    series = {name for page in PAGES for name in page.series}
    assert {figure.id for figure in listed if figure.every_year} <= series


def test_every_key_figure_card_is_on_a_page(publication: Publication) -> None:
    shown = {name for page in PAGES for name in page.cards}
    assert shown == {card.id for card in cards(publication, YEAR)}


def test_pages_and_groups_have_names_of_their_own() -> None:
    for named in (PAGES, [group for page in PAGES for group in page.groups]):
        assert len({one.title for one in named} - {""}) == len(named)


@pytest.mark.parametrize("query", quick(3, QUERIES))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_page_is_whole(client: Client, page: Page, query: str) -> None:
    answer = client.get(page.path + query)
    assert answer.status_code == 200
    read = parsed(answer.text)
    assert read.attributes("html")[0]["lang"] == "nb"
    assert len(read.texts["main"]) == len(read.texts["h1"]) == 1
    assert read.texts["title"][0].startswith(read.texts["h1"][0])
    assert "Intern" in read.texts["title"][0]
    assert words.SYNTHETIC in read.texts["header"][0]
    levels = [int(tag[1]) for tag, _ in read.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {a["aria-labelledby"] for _, a in read.tags if "aria-labelledby" in a}
    assert named <= set(ids)
    assert {"href": "#innhold", "class": "skip"} in read.attributes("a")


@pytest.mark.parametrize("query", quick(3, QUERIES))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_page_shows_the_rows_of_its_figures(
    client: Client,
    publication: Publication,
    figures_of: Callable[[str], dict[str, Figure]],
    page: Page,
    query: str,
) -> None:
    read = parsed(client.get(page.path + query).text)
    figures, (chosen, year) = figures_of(query), seen(publication, query)
    for name in page.figures:
        figure = figures[name]
        if figure.empty:
            assert figure.empty in read.texts["p"]
            continue
        assert read.tables[name] == [figure.rows.columns, *map(list, figure.texts())]
    if page is outline.OVERVIEW:
        table = key_figure_table(chosen, year)
        assert read.tables["key_figures"] == [table.rows.columns, *map(list, table.texts())]
    for card in cards(chosen, year):
        if card.id in page.cards:
            said = filter(None, (card.value, card.detail, card.comparison))
            assert " ".join(said) in read.texts["dd"]


@pytest.mark.parametrize("query", quick(3, QUERIES))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_charts_of_a_page_have_places_and_descriptions(
    client: Client, figures_of: Callable[[str], dict[str, Figure]], page: Page, query: str
) -> None:
    read = parsed(client.get(page.path + query).text)
    figures = figures_of(query)
    listed = [name for name in (*page.figures, *page.series) if name in figures]
    drawn = [name for name in listed if figures[name].chart is not None]
    places = [a for a in read.attributes("div") if a.get("role") == "img"]
    assert [(a["id"], a["aria-label"]) for a in places] == [
        (f"c-{name}", figures[name].alternative) for name in drawn
    ]
    made = read.charts
    assert set(made["figures"]) == set(drawn)
    for name in drawn:
        plain = json.loads(figures[name].chart.to_json())
        assert made["figures"][name] == {key: plain[key] for key in ("data", "layout")}
        assert made["config"]["displayModeBar"] is False
        assert made["config"]["showSendToCloud"] is False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_without_gender_no_table_tells_women_and_men_apart(client: Client, page: Page) -> None:
    with_gender = parsed(client.get(f"{page.path}?kjonn=ja").text)
    without = parsed(client.get(f"{page.path}?kjonn=nei").text)
    if page is outline.PRINTED:
        return  # What a report printed stays as it was printed.
    for name, rows in without.tables.items():
        assert not GENDERED & {cell for row in rows for cell in row}, name
        before = with_gender.tables[name]
        if name in ("skjema", "partner_projects"):
            continue
        kept = [i for i, header in enumerate(before[0]) if header not in GENDERED]
        assert rows == [[row[i] for i in kept] for row in before], name


def test_compared_year_stands_in_headers_and_its_numbers_beside(client: Client) -> None:
    compared = parsed(client.get("/henvisninger?aar=2021&sammenlign=2019").text)
    itself = parsed(client.get("/henvisninger?aar=2019").text)
    header, *rows = compared.tables["referral_benefits"]
    assert words.number_in(2019) in header
    assert words.number_in(2020) not in header
    place = header.index(words.number_in(2019))
    then = {row[0]: row[1] for row in itself.tables["referral_benefits"][1:]}
    assert {row[0]: row[place] for row in rows} == then
    assert app_words.compared(2019) in compared.texts["p"]


@pytest.mark.parametrize("path", ["/", "/flyt", "/ressurser", "/avslutninger"])
def test_compared_year_is_the_only_other_year_named_in_headers(client: Client, path: str) -> None:
    read = parsed(client.get(f"{path}?aar=2021&sammenlign=2019").text)
    of_years = [rows[0] for name, rows in read.tables.items() if not name.endswith("_by_year")]
    headers = " ".join(cell for header in of_years for cell in header)
    assert "2019" in headers
    assert "2020" not in headers


def test_first_year_can_be_compared_with_a_later_one(client: Client) -> None:
    alone = parsed(client.get("/?aar=2019").text)
    compared = parsed(client.get("/?aar=2019&sammenlign=2021").text)
    assert words.FIRST_YEAR in alone.texts["p"]
    assert "2021" not in alone.tables["key_figures"][0]
    assert compared.tables["key_figures"][0] == ["Nøkkeltall", "2019", "2021", figure_words.CHANGE]


def test_year_before_is_one_address(client: Client) -> None:
    named = client.get("/?aar=2021&sammenlign=2020")
    unnamed = client.get("/?aar=2021")
    assert named.text == unnamed.text == client.get("/").text


def test_links_keep_what_was_chosen(client: Client) -> None:
    read = parsed(client.get("/frafall?aar=2021&sammenlign=2019&kjonn=nei").text)
    inside = [
        urlsplit(href)
        for a in read.attributes("a")
        if (href := a["href"] or "").startswith("/") and "?" in href
    ]
    chosen = {"aar": ["2021"], "sammenlign": ["2019"], "kjonn": ["nei"]}
    menu = {to.path for to in inside if parse_qs(to.query) == chosen}
    assert {page.path for page in PAGES} <= menu
    queries = [parse_qs(to.query) for to in inside if to.path == "/frafall"]
    assert {"aar": ["2021"], "sammenlign": ["2019"]} in queries
    assert {"aar": ["2021"], "kjonn": ["nei"]} in queries
    assert {"aar": ["2020"], "sammenlign": ["2019"], "kjonn": ["nei"]} in queries
    assert {"aar": ["2019"], "kjonn": ["nei"]} in queries


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_link_of_a_page_leads_somewhere(client: Client, page: Page) -> None:
    read = parsed(client.get(page.path).text)
    ids = {attributes.get("id") for _, attributes in read.tags}
    hrefs = {a["href"] or "" for a in (*read.attributes("a"), *read.attributes("link"))}
    sources = {a["src"] or "" for a in read.attributes("script") if "src" in a}
    # Pictures are drawn by a browser, and have a test of their own.
    fetched = [href for href in hrefs | sources if ".png" not in href and href != "data:,"]
    for href in fetched:
        if href.startswith("#"):
            assert href[1:] in ids
        else:
            assert href.startswith("/")
            assert client.get(href).status_code == 200, href


def test_choice_that_is_shown_is_marked(client: Client) -> None:
    read = parsed(client.get("/deltakere?aar=2020&sammenlign=2021&kjonn=nei").text)
    marked = [a["href"] for a in read.attributes("a") if "aria-current" in a]
    assert len(marked) == 4
    assert all(to and "aar=2020&sammenlign=2021&kjonn=nei" in to for to in marked)


def test_front_page_leads_to_the_form_of_a_month_without_the_menu(client: Client) -> None:
    front = client.get("/?aar=2021").text
    after_the_menu = front.partition('<main id="innhold"')[2]
    assert f'<a href="/manedsskjema?aar=2021">{app_words.TO_FORMS}</a>' in after_the_menu
    forms = parsed(client.get("/manedsskjema?aar=2021").text)
    assert "/manedsskjema?aar=2021&maaned=2021-03" in [a["href"] for a in forms.attributes("a")]
    assert app_words.TO_FORMS not in client.get("/frafall?aar=2021").text


def test_monthly_form_shows_its_month_and_links_to_the_others(client: Client) -> None:
    read = parsed(client.get("/manedsskjema?maaned=2021-03").text)
    assert read.texts["h1"] == [form_words.title(2021, 3)]
    hrefs = [a["href"] for a in read.attributes("a")]
    assert "/manedsskjema?aar=2021&maaned=2021-12" in hrefs
    assert "/last-ned/manedsskjema.xlsx?aar=2021&maaned=2021-03" in hrefs
    newest = parsed(client.get("/manedsskjema?aar=2021").text)
    assert newest.texts["h1"] == [form_words.title(2021, 12)]


def test_printed_figures_show_those_to_look_at_first(client: Client) -> None:
    read = parsed(client.get("/trykte-tall?aar=2021").text)
    assert [row[1:3] for row in read.tables["se-pa"][1:]] == [["21 år", "22 år"], ["109", "108"]]
    everything = [row for row in read.tables["alle"][1:] if len(row) == 5]
    assert len(everything) == 9
    nothing = parsed(client.get("/trykte-tall?aar=2020").text)
    assert words.no_report(2020) in nothing.texts["p"]


def test_quality_is_told_for_every_year(client: Client, publication: Publication) -> None:
    read = parsed(client.get("/kvalitet").text)
    assert [row[0] for row in read.tables["kvalitet"]] == ["År", "2021", "2020", "2019"]
    rejected = [row[2] for row in read.tables["kvalitet"][1:]]
    assert rejected == [str(publication.rows_rejected(year)) for year in (2021, 2020, 2019)]
    assert "/leveranser?aar=2021" in [a["href"] for a in read.attributes("a")]


def test_rules_that_found_something_are_named_with_their_rows(client: Client) -> None:
    read = parsed(client.get("/kvalitet").text)
    rules = vocabulary().code_list("finding_rule")
    assert read.tables["funn"] == [
        [app_words.FINDING, app_words.ROWS],
        [rules["work_exit_has_industry"].label_nb, "12"],
        [rules["one_referral_at_a_time"].label_nb, "2"],
        [rules["struck_out"].label_nb, "2"],
    ]
    assert "funn" not in parsed(client.get("/kvalitet?aar=2020").text).tables


def test_every_definition_is_told(client: Client) -> None:
    read = parsed(client.get("/om-tallene").text)
    marts = [
        mart.definition_nb
        for mart in vocabulary().layer("marts")
        if mart.name not in definitions.SHOWN_BY_OTHERS
    ]
    keys = [c.attributes["definition_nb"] for c in vocabulary().code_list("key_figure").codes]
    assert read.texts["dd"] == [*keys, *marts]
