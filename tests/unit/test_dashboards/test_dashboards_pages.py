"""The pages as they are read: numbers, banners, nothing fetched, nothing smuggled in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from plotly.offline import get_plotlyjs_version

import dashboards
from dashboards.figures import sections
from dashboards.pages import render_comparison, render_index, render_overview, render_year
from dashboards.publication import Publication, read

STATIC = Path(dashboards.__file__).parent / "static"
HOSTILE = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>{{ 7*7 }}'


class Page(HTMLParser):
    """What a browser would make of the page: elements, text, and tables by their caption."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[tuple[str, ...]]] = {}
        self.text = ""
        self._table: list[list[str]] = []
        self._caption: str | None = None
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("caption", "th", "td", "script", "style", "title"):
            self._inside.append(tag)
        if tag == "caption":
            self._caption = ""
        elif tag == "table":
            self._table = []
        elif tag == "tr":
            self._table.append([])
        elif tag in ("th", "td"):
            self._table[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if tag == "table" and self._caption is not None:
            self.tables[self._caption] = [tuple(row) for row in self._table]
            self._caption = None

    def handle_data(self, data: str) -> None:
        place = self._inside[-1] if self._inside else ""
        if place == "caption":
            self._caption = (self._caption or "") + data
        elif place in ("th", "td"):
            self._table[-1][-1] += data.strip()
        if place not in ("script", "style"):
            self.text += data

    def attributes(self, name: str) -> Iterator[str]:
        return (attrs[name] or "" for _, attrs in self.elements if name in attrs)


@pytest.fixture(params=["index", "comparison", "2019", "2020", "2021"])
def html(request: pytest.FixtureRequest, publication: Publication) -> str:
    if request.param == "index":
        return render_index(publication)
    if request.param == "comparison":
        return render_comparison(publication)
    return render_year(publication, int(request.param))


def test_tables_of_the_page_hold_the_rows_of_the_figures(publication: Publication) -> None:
    for year in publication.years:
        tables = Page(render_year(publication, year)).tables
        figures = [f for section in sections(publication, year) for f in section.figures]
        shown = {f.caption(year): f for f in figures if not f.empty}
        assert shown
        for caption, figure in shown.items():
            assert tables[caption] == [tuple(figure.rows.columns), *figure.texts()]


def test_the_page_of_2021_shows_the_printed_figures(publication: Publication) -> None:
    text = Page(render_year(publication, 2021)).text
    assert re.search(r"Henvisninger\s+98\b", text)
    assert re.search(r"Deltakere\s+230\s+210 uten frafall", text)
    assert re.search(r"Planmessige avslutninger\s+102\s+84\u00a0% av alle avslutninger", text)
    assert re.search(r"Avslutninger til arbeid\s+44\s+43\u00a0% av de planmessige", text)
    assert re.search(r"Frafall\s+17\b", text)
    assert re.search(r"Ikke møtt\s+3\b", text)


def test_the_index_leads_to_every_year_with_its_headline_figures(publication: Publication) -> None:
    page = Page(render_index(publication))
    links = list(page.attributes("href"))
    assert [f"{year}/nora-{year}.html" in links for year in (2019, 2020, 2021)] == [True] * 3
    assert re.search(r"2021\s+98\s+230\s+227\s+102\s+44\s+\(43\u00a0%\)\s+17\s+3\s+108", page.text)


def test_the_printed_figures_that_deserve_a_look_come_first(publication: Publication) -> None:
    tables = Page(render_comparison(publication)).tables
    assert tables["Verdt å se på, 2021"][1:] == [
        ("Yngste deltakerKapittel 2.1", "21 år", "22 år", "Avvik", ""),
        ("Aktive ved årets sluttKapittel 2.1", "109", "108", "Rapporten motsier seg selv",
         "210 minus 102 er 108."),
    ]  # fmt: skip
    overview = tables["Hvordan de trykte tallene stemmer med registeret"]
    assert overview[1:] == [
        ("2021", "9", "7", "0", "1", "1", "0"),
        ("2019", "4", "1", "1", "1", "0", "1"),
    ]


def test_all_printed_figures_stand_in_the_order_of_the_report(publication: Publication) -> None:
    rows = Page(render_comparison(publication)).tables["Alle tallene, 2021"][1:]
    assert [row[0] for row in rows] == [
        "Sammendrag", "Henvisninger",
        "Kapittel 2.1", "Henviste etter kjønnKvinner", "Aktive ved årets slutt", "Yngste deltaker",
        "Kapittel 10.1", "StudenterHøstsemesteret",
        "Skjemaets rad 12", "Andel planmessig avsluttet",
        "Skjemaets rad 13", "Hva deltakerne gikk videre tilArbeid fulltid",
        "Hva deltakerne gikk videre tilArbeid fulltid, Menn", "Hva deltakerne gikk videre tilArbeid deltid, Menn",
    ]  # fmt: skip
    of_2019 = Page(render_comparison(publication)).tables["Alle tallene, 2019"]
    assert ("Søkere til stillingene", "62", "..", "Ikke i registeret", "Føres ikke.") in of_2019
    assert (
        "De tre neste landbakgrunneneSyria, Etiopia, Irak", "2. plass", "2. plass", "Likt", "",
    ) in of_2019  # fmt: skip


def test_pages_lead_to_the_printed_figures_of_their_year(publication: Publication) -> None:
    def links(html: str) -> set[str]:
        return {href for href in Page(html).attributes("href") if "trykte-tall" in href}

    assert links(render_index(publication)) == {"trykte-tall.html"}
    assert links(render_year(publication, 2021)) == {"../trykte-tall.html#rapport-2021"}
    assert links(render_year(publication, 2020)) == set()
    arrived = list(Page(render_comparison(publication)).attributes("id"))
    assert {"rapport-2019", "rapport-2021"} <= set(arrived)
    assert (
        "Av 9 trykte tall: 7 er talt og like, 0 er ført inn like"
        in Page(render_year(publication, 2021)).text
    )
    assert set(render_overview(publication)) == {"index.html", "trykte-tall.html"}


def test_without_printed_figures_nothing_speaks_of_them(folder: Path) -> None:
    (folder / "printed_comparison.parquet").unlink()
    publication = read(folder)
    assert set(render_overview(publication)) == {"index.html"}
    for html in (render_index(publication), render_year(publication, 2021)):
        assert "rykte tall" not in Page(html).text
        assert "trykte-tall" not in html
    with pytest.raises(KeyError):
        render_comparison(publication)


def test_rejected_rows_are_told_beside_the_printed_figures(
    change_manifest: Callable[..., Publication],
) -> None:
    html = render_comparison(change_manifest(rows_rejected={"2021": 3}))
    assert html.count("3 rader som kan gjelde 2021, ble avvist") == 1


def test_the_forms_of_the_months_are_linked_where_there_are_any(publication: Publication) -> None:
    html = render_year(publication, 2021, {3: "skjema/nora-2021-03.html"})
    page = Page(html)
    assert "skjema/nora-2021-03.html" in page.attributes("href")
    assert "Månedsskjemaet til EST:" in page.text
    assert "Månedsskjemaet til EST:" not in Page(render_year(publication, 2021)).text


def test_a_sheet_that_was_never_filled_in_is_one_sentence(publication: Publication) -> None:
    text = Page(render_year(publication, 2019)).text
    for sentence in (
        "Ingen gruppemøter er ført i 2019.",
        "Ingen spørreundersøkelser er ført i 2019.",
        "Ingen ansatte eller studenter er ført i 2019.",
        "Ingen fullstendige årsverk for veiledere er ført i 2019.",
        "Ingen innsparing er ført i 2019.",
    ):
        assert sentence in text
        assert sentence.replace("2019", "2021") not in Page(render_year(publication, 2021)).text


def test_nothing_is_fetched(html: str) -> None:
    page = Page(html)
    assert not list(page.attributes("src")) + list(page.attributes("srcset"))
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {t for t, _ in page.elements}
    assert all(
        re.fullmatch(r"(\.\./)?[\w/.-]*(#[\w-]+)?", href) for href in page.attributes("href")
    )
    assert "module" not in list(page.attributes("type"))
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "default-src 'none'" in next(page.attributes("content"))


def test_links_within_a_page_arrive(html: str) -> None:
    page = Page(html)
    ids = list(page.attributes("id"))
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.attributes("href") if href.startswith("#")} <= set(ids)


def test_a_page_can_be_read_by_everyone(html: str) -> None:
    page = Page(html)
    tags = [tag for tag, _ in page.elements]
    assert ("html", {"lang": "nb"}) in page.elements
    assert tags.count("main") == tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    charts = [attrs for _, attrs in page.elements if attrs.get("role") == "img"]
    assert all(len(attrs["aria-label"] or "") > 40 for attrs in charts)
    assert len(html.encode()) < 2_000_000


def test_marking_and_synthetic_banner_stand_on_every_page(html: str) -> None:
    title = re.search("<title>(.*?)</title>", html)
    assert title
    assert "Syntetiske data" in title[1]
    text = Page(html).text
    assert "Intern – ikke til publisering" in text.replace(title[1], "")
    assert "Alle tall på denne siden er laget av oppdiktede personer." in text


def test_real_data_carry_no_synthetic_banner(change_manifest: Callable[..., Publication]) -> None:
    publication = change_manifest(synthetic=False)
    for html in (render_year(publication, 2021), render_index(publication)):
        assert "yntetisk" not in Page(html).text
        assert "Intern – ikke til publisering" in html


def test_a_year_names_the_deliveries_it_was_built_of(
    change_manifest: Callable[..., Publication],
) -> None:
    of_2019 = {"deliveries": [{"name": "gammel.xlsx", "sha256": "a" * 64}], "synthetic": True}
    publication = change_manifest(synthetic=False, by_year={"2019": of_2019})
    assert "gammel.xlsx" in render_year(publication, 2019)
    assert "gammel.xlsx" not in render_year(publication, 2021)
    page = render_year(publication, 2021)
    assert "Tallene for 2019 er laget av oppdiktede personer" in page
    assert "Alle tall på denne siden er laget av oppdiktede" not in page


def test_the_page_says_how_many_checks_ran(publication: Publication) -> None:
    assert "120 kontroller er kjørt på årets tabeller. Ingen ga utslag." in render_year(
        publication, 2021
    )


def test_rejected_rows_are_marked_beside_every_figure(
    publication: Publication, change_manifest: Callable[..., Publication]
) -> None:
    assert "avvist rad" not in render_year(publication, 2021)
    marked = change_manifest(rows_rejected={"2021": 3}, deliveries_refused=1)
    html = render_year(marked, 2021)
    figures = [f for section in sections(marked, 2021) for f in section.figures]
    mark = "3 avviste rader i 2021, 1 avvist leveranse</a>"
    assert html.count(mark) == len(figures) + 1
    assert "3 rader som kan gjelde 2021, ble avvist og er ikke talt med." in html
    assert "3 avviste rader" not in render_year(marked, 2020)


def test_a_running_year_says_until_when_it_is_counted(
    change_manifest: Callable[..., Publication],
) -> None:
    publication = change_manifest(by_year={"2021": {"as_of": "2021-10-05"}})
    text = Page(render_year(publication, 2021)).text
    assert "Året 2021 er ikke slutt. Sammenligningen er med hele 2020." in text
    assert "Aktive per 5. oktober 2021" in text


def test_withheld_numbers_are_nowhere_in_the_page(change_mart: Callable[..., Publication]) -> None:
    # 8887 men who dropped out for reasons of health: shown, and then withheld with their row.
    is_it = (pl.col("reason") == "health") & (pl.col("year") == 2021)

    def enlarge(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(n=pl.when(is_it).then(8887).otherwise("n"))

    def withhold(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            n=pl.when(is_it).then(None).otherwise("n"),
            status=pl.when(is_it).then(pl.lit("hidden")).otherwise("status"),
        )

    written = re.compile("8[\u00a0 ]?887")
    assert written.search(render_year(change_mart("dropout_reasons", enlarge), 2021))
    html = render_year(change_mart("dropout_reasons", withhold), 2021)
    assert not written.search(html)
    rows = Page(html).tables["Årsaker til frafall i 2021"]
    assert ("Helseutfordringer", ":", ":", ":", ":", "1") in rows
    assert "skjermet av hensyn til personvernet" in html


def test_hostile_text_stays_text(
    change_mart: Callable[..., Publication], change_manifest: Callable[..., Publication]
) -> None:
    change_mart(
        "partner_projects",
        lambda frame: frame.with_columns(
            project=pl.when(pl.col("project").is_not_null()).then(pl.lit(HOSTILE))
        ),
    )
    publication = change_manifest(
        marking=HOSTILE, deliveries=[{"name": HOSTILE, "sha256": "0" * 64}]
    )
    for html in (render_year(publication, 2021), render_index(publication)):
        page = Page(html)
        assert HOSTILE in page.text
        assert "img" not in [tag for tag, _ in page.elements]
        assert "onerror=alert(1)>" not in html.replace("onerror=alert(1)&gt;", "")


def test_chart_data_cannot_end_their_script(publication: Publication) -> None:
    html = render_year(publication, 2021)
    data = re.search(r'<script type="application/json" id="charts">(.*?)</script>', html, re.DOTALL)
    assert data
    assert "<" not in data[1]
    charts = json.loads(data[1])
    assert charts["config"]["showSendToCloud"] is False
    assert charts["config"]["displayModeBar"] is False
    assert charts["config"]["plotlyServerURL"] == ""
    drawn = {f"c-{name}" for name in charts["figures"]}
    assert drawn == {i for i in Page(html).attributes("id") if i.startswith("c-")}


def test_the_same_publication_gives_the_same_page(publication: Publication) -> None:
    assert render_year(publication, 2021) == render_year(publication, 2021)
    assert render_index(publication) == render_index(publication)


def test_a_year_that_is_not_published_has_no_page(publication: Publication) -> None:
    with pytest.raises(KeyError):
        render_year(publication, 2018)


def test_plotly_is_the_one_the_readme_names_and_plotly_py_bundles() -> None:
    source = (STATIC / "plotly-basic.min.js").read_bytes()
    readme = (STATIC / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(source).hexdigest() in readme
    assert f"v{get_plotlyjs_version()}".encode() in source[:200]
    assert get_plotlyjs_version() in readme
