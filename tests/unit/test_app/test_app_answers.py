"""How the live dashboard answers: statuses, headers, downloads, another publication, bad labels."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import io
import json
import re
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from assets.vocabulary import HIDDEN
from dashboards import words
from dashboards.app import app_words, follow_words, live_pages, source
from dashboards.figures import sections
from dashboards.forms import month_workbook
from dashboards.outline import PAGES, Page
from dashboards.publication import Publication
from dashboards.report import pictures, report_words
from dashboards.report.content import report
from dashboards.report.delimited import delimited
from dashboards.report.report_workbook import workbook
from pipelines import health
from tests.unit.test_app.client import Client, scope
from tests.unit.test_app.conftest import build, open_app, parsed

HOSTILE = "<img src=x onerror=alert(1)> & sønner"
PATIENCE = 30
LIVE = '=HYPERLINK("http://example.org";"trykk")'

LOST = {
    "/finnes-ikke": (404, app_words.NO_PAGE),
    "/data/finnes-ikke": (404, app_words.NO_PAGE),
    "/frafall/mer": (404, app_words.NO_PAGE),
    "/?aar=1999": (404, "Publisert er 2019, 2020 og 2021."),
    "/?sammenlign=1999": (404, "Publisert er 2019, 2020 og 2021."),
    "/?aar=abcd": (400, app_words.BAD_YEAR),
    "/?aar=20211": (400, app_words.BAD_YEAR),
    "/?aar=٢٠٢١": (400, app_words.BAD_YEAR),
    "/?aar=2021&aar=2020": (400, app_words.twice("aar")),
    "/?aar=2021&sammenlign=2021": (400, app_words.SAME_YEAR),
    "/?kjonn=kanskje": (400, app_words.BAD_GENDER),
    "/manedsskjema?maaned=mars": (400, app_words.BAD_MONTH),
    "/manedsskjema?maaned=2021-13": (400, app_words.BAD_MONTH),
    "/manedsskjema?maaned=0000-01": (400, app_words.BAD_MONTH),
    "/manedsskjema?aar=2020&maaned=2021-03": (400, app_words.BAD_MONTH),
    "/last-ned/figur/finnes.csv": (404, app_words.NO_FIGURE),
    "/last-ned/figur/finnes.png": (404, app_words.NO_FIGURE),
    "/last-ned/figur/form_rows.png": (404, app_words.NO_PICTURE),
    "/last-ned/figur/dropout_reasons.csv?aar=2019": (404, app_words.NO_ROWS),
    "/last-ned/manedsskjema.xlsx": (400, app_words.BAD_MONTH),
    "/last-ned/": (404, app_words.NO_PAGE),
}
CLOSED = (
    "/_mcp", "/assets/", "/assets/app.css", "/assets/server.py", "/assets/../server.py", "/static/page.css",
    "/statisk/", "/statisk/0/page.css", "/_reload-hash", "/_dash-component-suites/os/path.py",
    "/_dash-component-suites/dash/dash.py", "/console", "/_dash-update-component", "/.git/config",
)  # fmt: skip


@pytest.mark.parametrize("address", LOST)
def test_address_that_leads_nowhere_gets_a_page_that_helps(client: Client, address: str) -> None:
    status, message = LOST[address]
    answer = client.get(address)
    assert answer.status_code == status
    read = parsed(answer.text)
    assert message in read.texts["main"][0]
    assert "/?aar=2021" in [a["href"] for a in read.attributes("a")]
    assert len(read.texts["h1"]) == 1
    assert not any("aria-current" in a for a in read.attributes("a"))


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_no_page_is_closed(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert app_words.NO_PAGE in answer.text


@pytest.mark.parametrize("address", ["/", "/data/", "/_dash-update-component", "/helse"])
def test_nobody_can_do_anything_but_read(client: Client, address: str) -> None:
    assert client.post(address, json={"output": "x"}).status_code == 405
    refused = client.delete(address)
    assert refused.status_code == 405
    assert app_words.ONLY_READ in refused.text
    asked = client.ask("OPTIONS", address)
    assert (asked.status_code, asked.headers["Allow"], asked.data) == (
        200,
        "GET, HEAD, OPTIONS",
        b"",
    )


@pytest.mark.parametrize("address", ["/", "/data/", "/finnes-ikke", "/helse", "/last-ned/nora.xlsx",
                                     "/_dash-layout"])  # fmt: skip
def test_every_answer_has_the_headers(client: Client, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Permissions-Policy" in headers
    assert "Server" not in headers


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_scripts_that_run_are_files(client: Client, page: Page) -> None:
    text = client.get(page.path).text
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
    assert any("src=" in kind for kind, _ in scripts)
    for kind, content in scripts:
        if "src=" in kind:
            assert content == ""
        else:
            # Data, which no browser runs, and which cannot end its script.
            assert 'type="application/json"' in kind
            assert "<" not in content
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)


def test_files_may_be_kept_for_good_under_an_address_that_changes_with_them(client: Client) -> None:
    read = parsed(client.get("/").text)
    addresses = [a["src"] or "" for a in read.attributes("script") if "src" in a]
    addresses += [a["href"] or "" for a in read.attributes("link") if a["rel"] == "stylesheet"]
    assert len(addresses) == 4
    for address in addresses:
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert sha256(answer.data).hexdigest().startswith(address.split("/")[2])


def test_pages_are_the_same_compressed(client: Client) -> None:
    for address in ("/avslutninger", "/finnes-ikke", "/helse"):
        plain = client.get(address)
        zipped = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        if address != "/helse":
            assert zipped.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(zipped.data) == plain.data
            assert len(zipped.data) < len(plain.data)
        else:
            assert zipped.data == plain.data
    script = client.get("/statisk/x/plotly-basic.min.js")
    assert script.status_code == 404


def test_page_without_charts_needs_no_library(client: Client) -> None:
    assert "plotly" not in client.get("/om-tallene").text
    assert "plotly-basic" in client.get("/frafall").text


def test_library_is_loaded_before_it_draws(client: Client) -> None:
    text = client.get("/").text
    assert text.index("plotly-basic") < text.index("page.js")


def test_page_that_takes_long_keeps_nobody_waiting(
    serve: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve()
    answered = threading.Event()
    whole = live_pages.render

    def slow(*given: Any) -> str:
        assert answered.wait(PATIENCE), "the first page was waited for"
        return whole(*given)

    async def two_readers() -> list[int]:
        async def second() -> int:
            answer = await client.asked("GET", "/")  # made before anybody asked
            answered.set()
            return answer.status_code

        first = client.asked("GET", "/frafall")
        made, kept = await asyncio.gather(first, second())
        return [made.status_code, kept]

    monkeypatch.setattr(live_pages, "render", slow)
    assert asyncio.run(two_readers()) == [200, 200]


def test_fault_of_the_program_is_a_page_and_is_raised_for_the_log(
    serve: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve()
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    def broken(*_: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(live_pages, "render", broken)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(client.app(scope("GET", "/frafall"), receive, send))
    start, body = sent
    assert start["status"] == 500
    assert app_words.BROKEN in body["body"].decode()
    assert Headers(raw=start["headers"])["X-Content-Type-Options"] == "nosniff"


# --- Downloads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["aar=2021", "aar=2021&sammenlign=2019", "aar=2020&kjonn=nei"])
def test_rows_are_those_of_the_report(client: Client, publication: Publication, query: str) -> None:
    year = int(query[4:8])
    chosen = publication.seen(
        compared_with=2019 if "sammenlign" in query else None, by_gender="kjonn" not in query
    )
    for entry in report(chosen, year).tables:
        answer = client.get(f"/last-ned/figur/{entry.id}.csv?{query}")
        if not entry.table.rows:
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200
        assert answer.data == delimited(entry.table)
        assert answer.data.startswith("\ufeff".encode())
        assert answer.content_type == "text/csv; charset=utf-8"
        assert re.fullmatch(
            rf'attachment; filename="[a-z0-9-]+-{year}[a-z0-9-]*-intern-syntetiske-data\.csv"',
            answer.headers["Content-Disposition"],
        )


def test_rows_are_the_published_numbers(client: Client, publication: Publication) -> None:
    lines = client.get("/last-ned/figur/caseload.csv?aar=2021").text.splitlines()
    active = publication.table("caseload", 2021).filter(pl.col("measure") == "active")
    counted = dict(active.select("month", "value").iter_rows())
    assert lines[0].lstrip("\ufeff").split(";") == ["Måned", "Antall", "Antall i 2020"]
    for month, line in enumerate(lines[1:], 1):
        assert line.split(";")[1] == str(int(counted[str(month)]))


def test_workbook_is_the_one_of_the_report(client: Client, publication: Publication) -> None:
    answer = client.get("/last-ned/nora.xlsx?aar=2021")
    assert answer.data == workbook(report(publication, 2021))
    assert (
        'filename="nora-2021-intern-syntetiske-data.xlsx"' in answer.headers["Content-Disposition"]
    )
    chosen = client.get("/last-ned/nora.xlsx?aar=2021&sammenlign=2019&kjonn=nei")
    book = openpyxl.load_workbook(io.BytesIO(chosen.data), read_only=True)
    texts = {
        str(cell.value)
        for sheet in book
        if sheet.title != words.COMPARISON
        for row in sheet.iter_rows()
        for cell in row
    }
    book.close()
    assert words.number_in(2019) in texts
    assert not {words.WOMEN, words.number_in(2020)} & texts
    assert "nora-2021-mot-2019-uten-kjonn" in chosen.headers["Content-Disposition"]


def test_form_is_the_one_that_is_handed_in(client: Client, publication: Publication) -> None:
    answer = client.get("/last-ned/manedsskjema.xlsx?maaned=2021-03")
    assert answer.data == month_workbook(publication, 2021, 3)
    assert "nora-manedsskjema-2021-03.xlsx" in answer.headers["Content-Disposition"]


def test_without_a_browser_there_is_no_picture_and_a_line_says_why(
    serve: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/finnes/ikke")
    client = serve()
    read = parsed(client.get("/frafall").text)
    assert not [a for a in read.attributes("a") if ".png" in (a["href"] or "")]
    assert report_words.NO_BROWSER in read.texts["span"]
    answer = client.get("/last-ned/figur/dropout_reasons.png")
    assert answer.status_code == 503
    assert report_words.NO_BROWSER in answer.text


def test_picture_is_drawn_where_there_is_a_browser(client: Client) -> None:
    try:
        pictures.find_browser()
    except pictures.PicturesUnavailableError as error:
        pytest.skip(str(error))
    if importlib.util.find_spec("kaleido") is None:
        pytest.skip(report_words.NO_KALEIDO)
    answer = client.get("/last-ned/figur/dropout_reasons.png?aar=2021")
    assert answer.content_type == "image/png"
    assert pictures.size(answer.data)[0] == pictures.WIDTH * pictures.SCALE


def test_files_that_too_many_wait_for_are_to_be_fetched_later(
    serve: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_WAITING", 0)
    client = serve()
    for address in ("/last-ned/nora.xlsx", "/last-ned/figur/dropout_reasons.csv"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert app_words.BUSY in answer.text
    assert client.get("/frafall").status_code == 200


# --- What is published -------------------------------------------------------------------------


def test_health_says_when_the_numbers_were_made(client: Client, publication: Publication) -> None:
    answer = client.get("/helse")
    assert answer.status_code == 200
    assert json.loads(answer.text)["built_at"] == publication.manifest["built_at"]


def test_fault_of_the_home_is_told_as_it_is_and_by_the_status(published: Path) -> None:
    fault = {"status": "fault", "faults": ["disk_low"]}
    answer = open_app(published, health=lambda _: fault).get("/helse")
    assert (answer.status_code, json.loads(answer.text)) == (503, fault)
    assert answer.content_type.startswith("application/json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_of_quality_says_how_the_builds_are_doing_now(published: Path) -> None:
    sensor = {"on": True, "looked_at": "2026-11-22T08:00:00+00:00", "failed_at": None}
    told: dict[str, Any] = {"status": "fault", "faults": ["build_failed"], "sensor": sensor}
    client = open_app(published, health=lambda _: told)

    def said() -> list[str]:
        return parsed(client.get("/kvalitet").text).texts["p"]

    looks = [line for line in said() if "sist 22. november 2026 kl. 09.00" in line]
    assert looks
    assert app_words.OPERATION_FAULTS["build_failed"] in said()
    # What was so when the page was made first is not said for ever.
    told |= {"faults": [], "sensor": {**sensor, "on": False}}
    assert app_words.OPERATION_FAULTS["build_failed"] not in said()
    assert app_words.SENSOR_OFF in said()
    assert not set(looks) & set(said())


def test_page_of_quality_says_nothing_of_builds_where_health_has_no_details(client: Client) -> None:
    assert app_words.OPERATION not in client.get("/kvalitet").text


def test_each_fault_of_health_has_its_words() -> None:
    assert set(app_words.OPERATION_FAULTS) == {
        health.NOTHING_PUBLISHED, health.BUILD_FAILED, health.DAMAGED, health.DISK_LOW,
        health.SENSOR_SILENT, health.HISTORY_UNREADABLE,
    }  # fmt: skip


def test_before_anything_is_published_pages_say_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "internal"
    client = open_app(folder)
    for address in ("/", "/frafall", "/data/", "/helse", "/last-ned/nora.xlsx", "/finnes-ikke"):
        answer = client.get(address)
        assert answer.status_code == 503 or address == "/finnes-ikke"
    assert app_words.NOTHING in client.get("/").text
    assert app_words.NOTHING_TITLE in client.get("/").text
    build(folder)
    assert client.get("/").status_code == client.get("/helse").status_code == 200


def test_publication_that_cannot_be_read_is_said_without_details(
    folder: Path, serve: Callable[[], Client]
) -> None:
    client = serve()
    assert client.get("/").status_code == 200
    path = folder / "manifest.json"
    path.write_text('{"years": "5252"')
    answer = client.get("/")
    assert answer.status_code == 503
    assert app_words.UNREADABLE in answer.text
    assert "5252" not in answer.text
    assert str(folder) not in answer.text


def test_new_publication_is_seen_at_once(tmp_path: Path) -> None:
    first, second = (build(tmp_path / name) for name in ("a", "b"))
    path = second / "dropout_reasons.parquet"
    pl.read_parquet(path).with_columns(
        n=pl.when(pl.col("year") == 2021).then(pl.col("n") + 4000).otherwise("n")
    ).write_parquet(path)
    link = tmp_path / "internal"
    link.symlink_to(first.name)
    client = open_app(link)
    addresses = ("/frafall", "/last-ned/figur/dropout_reasons.csv")
    before = [client.get(address).text for address in addresses]
    pending = tmp_path / "pending"
    pending.symlink_to(second.name)
    pending.replace(link)
    after = [client.get(address).text for address in addresses]
    assert not any(re.search(r"4[\u00a0,]?00\d", text) for text in before)
    assert all(re.search(r"4[\u00a0,]?00\d", text) for text in after)


# --- What may stand in the numbers -------------------------------------------------------------


def test_labels_of_deliveries_are_text_whatever_they_hold(
    folder: Path, serve: Callable[[], Client]
) -> None:
    path = folder / "survey_response.parquet"
    frame = pl.read_parquet(path)
    names = {"Høst 2021": HOSTILE, "Vår 2020": LIVE}
    frame.with_columns(pl.col("wave").replace(names)).write_parquet(path)
    manifest = json.loads((folder / "manifest.json").read_text())
    for of in (manifest, *manifest.get("by_year", {}).values()):
        of["deliveries"] = [{"name": f"{HOSTILE}.xlsx", "sha256": "0" * 64}]
    manifest["receipts"][0]["name"] = f"{HOSTILE}.xlsx"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    client = serve()
    for address in ("/ressurser", "/leveranser"):
        read = parsed(client.get(address).text)
        assert not read.attributes("img")
        assert any(HOSTILE in text for text in read.texts["th"])
    data = json.dumps(parsed(client.get("/ressurser").text).charts, ensure_ascii=False)
    assert "<img" not in data
    assert "&lt;img" in data
    rows = client.get("/last-ned/figur/survey_response.csv").text
    assert f"'{LIVE}".replace('"', '""') in rows
    book = openpyxl.load_workbook(io.BytesIO(client.get("/last-ned/nora.xlsx").data))
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == LIVE
    }
    assert kinds == {"s"}


def test_withheld_numbers_are_nowhere(folder: Path, serve: Callable[[], Client]) -> None:
    """Every count of three marts and all of the key figures are kept back, for a number unlike any."""
    hidden = {"dropout_reasons": "n", "country_of_origin": "n", "caseload": "value",
              "key_figures": "value", "monthly_form": "n", "target_attainment": "value"}  # fmt: skip
    for name, column in hidden.items():
        path = folder / f"{name}.parquet"
        pl.read_parquet(path).with_columns(
            pl.lit(None).cast(pl.Int64 if column == "n" else pl.Float64).alias(column),
            pl.lit(HIDDEN).alias("status"),
        ).write_parquet(path)
    client = serve()
    read = parsed(client.get("/frafall").text)
    assert all(set(row[1:]) == {words.HIDDEN} for row in read.tables["dropout_reasons"][1:])
    assert words.HIDDEN_SENTENCE in read.texts["p"]
    values = [text for text in read.texts["dd"] if not text.startswith(follow_words.LINK)]
    assert values
    assert all(text.startswith(words.HIDDEN) for text in values)
    form = parsed(client.get("/manedsskjema?maaned=2021-03").text)
    assert set(form.texts["td"]) <= {words.HIDDEN, ""}
    for page in PAGES:
        answer = client.get(page.path)
        assert answer.status_code == 200
        for name, figure in parsed(answer.text).charts["figures"].items():
            if name in ("dropout_reasons", "caseload", "flows"):
                lengths = [
                    trace.get("x" if name == "dropout_reasons" else "y") or []
                    for trace in figure["data"]
                ]
                assert not any(length for trace in lengths for length in trace)
    rows = client.get("/last-ned/figur/dropout_reasons.csv").text.splitlines()[1:]
    assert all(set(line.split(";")[1:]) == {words.HIDDEN} for line in rows)


def test_rejected_rows_are_marked_beside_every_figure(
    folder: Path, serve: Callable[[], Client]
) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) | {"rows_rejected": {"2021": 7}}
    path.write_text(json.dumps(manifest))
    client = serve()
    for page in PAGES:
        text = client.get(page.path).text
        read = parsed(text)
        marks = [a for a in read.attributes("a") if a["href"] == "#avvist"]
        series = [name for name in page.series if f'id="{name}"' in text]
        assert len(marks) == len(page.figures) + len(series) + bool(page.cards)
        assert any("7 rader" in text for text in read.texts["p"])
    assert not [
        a
        for a in parsed(client.get("/frafall?aar=2019").text).attributes("a")
        if a["href"] == "#avvist"
    ]


def test_figures_with_nothing_to_show_say_so(client: Client, publication: Publication) -> None:
    empty = [f for s in sections(publication, 2019) for f in s.figures if f.empty]
    assert empty
    said = " ".join(client.get(f"{page.path}?aar=2019").text for page in PAGES)
    assert all(figure.empty in said for figure in empty)
