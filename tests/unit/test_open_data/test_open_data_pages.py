"""The pages about the open data, their addresses on the live dashboard, and the code on them."""

from __future__ import annotations

import gzip
import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import csvw
import polars as pl
import pytest

from assets.vocabulary import TOTAL, vocabulary
from dashboards import outline
from dashboards.app import app_words
from dashboards.open_data import page_words
from dashboards.pages import DATA_FILES, render_overview
from dashboards.publication import Publication
from tests.pipeline.serving import PATIENCE, serving_folder
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import build as build_internal
from tests.unit.test_app.conftest import open_app, parsed
from tests.unit.test_open_data.conftest import build
from tests.unit.test_open_data.read_back import of_csvw, of_json_stat, of_parquet

PAGES = {outline.DATA.path: "nb", outline.DATA_IN_ENGLISH.path: "en"}
TYPES = {
    "exit_outcomes.csv": "text/csv; charset=utf-8",
    "codes/outcome.csv": "text/csv; charset=utf-8",
    "metadata.json": "application/csvm+json",
    "exit_outcomes.json": "application/json",
    "collection.json": "application/json",
    "catalogue.jsonld": "application/ld+json",
}


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """A server of the open publication, in a process of its own; the port that it listens on."""
    with serving_folder(folder) as port:
        yield port


# --- Addresses -------------------------------------------------------------------------------------


def test_every_file_is_served_as_it_is(client: Client, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        answer = client.get(f"/data/{name}")
        assert (answer.status_code, answer.data) == (200, content), name
        assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("name", TYPES)
def test_media_types_are_the_registered_ones(name: str, client: Client) -> None:
    answer = client.get(f"/data/{name}")
    assert answer.content_type == TYPES[name]
    zipped = client.get(f"/data/{name}", {"Accept-Encoding": "gzip"})
    content = zipped.data
    if zipped.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    assert content == answer.data
    assert ("Content-Encoding" in zipped.headers) == (len(answer.data) > 1000)


def test_a_csv_names_its_metadata(client: Client, files: dict[str, bytes]) -> None:
    for name in files:
        link = client.get(f"/data/{name}").headers.get("Link")
        told = '</data/metadata.json>; rel="describedby"; type="application/csvm+json"'
        assert link == (told if name.endswith(".csv") else None)


def test_no_page_of_others_is_allowed_to_read(client: Client) -> None:
    answer = client.get("/data/exit_outcomes.csv", {"Origin": "https://example.org"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "name", ["", "finnes-ikke.csv", "monthly_form.csv", "../open/manifest.json"]
)
def test_other_names_lead_nowhere(name: str, client: Client) -> None:
    answer = client.get(f"/data/{name}")
    assert answer.status_code == 404
    assert app_words.NO_PAGE in answer.text


def test_the_internal_dashboard_has_none_of_it(tmp_path: Path) -> None:
    internal = open_app(build_internal(tmp_path / "internal"))
    for address in (*PAGES, *(f"/data/{name}" for name in TYPES)):
        answer = internal.get(address)
        assert answer.status_code == 404
        assert app_words.NO_PAGE in answer.text
    assert outline.DATA.title not in internal.get("/").text


def test_a_new_publication_is_served_without_a_restart(tmp_path: Path) -> None:
    folder = build(tmp_path / "open")
    client = open_app(folder)
    before = client.get("/data/metadata.json").data
    for path in sorted(folder.iterdir()):
        path.unlink()
    folder.rmdir()
    build(folder, licence="https://example.org/licence")
    assert client.get("/data/metadata.json").data != before


# --- Pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "language"), PAGES.items())
def test_pages_are_in_their_language_and_link_each_other(
    path: str, language: str, client: Client
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    page = parsed(answer.text)
    assert page.attributes("html") == [{"lang": language}]
    assert page.texts["h1"] == [page_words.WORDS[language].title]
    (other,) = (one for one in PAGES if one != path)
    link = {"href": other, "hreflang": PAGES[other], "lang": PAGES[other]}
    assert link in page.attributes("a")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_lists_every_file(path: str, client: Client, files: dict[str, bytes]) -> None:
    links = {str(a["href"]) for a in parsed(client.get(path).text).attributes("a")}
    listed = {link.removeprefix("/data/") for link in links if link.startswith("/data/")}
    other = "collection.en.json" if PAGES[path] == "nb" else "collection.json"
    assert listed == files.keys() - {other}


def test_the_page_is_in_the_menu_of_the_open_dashboard_alone(client: Client) -> None:
    menu = [a["href"] for a in parsed(client.get("/?aar=2021").text).attributes("a")]
    assert f"{outline.DATA.path}?aar=2021" in menu
    assert outline.DATA_IN_ENGLISH.path not in menu


def test_the_page_in_english_says_in_english_that_persons_are_made_up(client: Client) -> None:
    text = client.get("/open-data").text
    assert "Synthetic data." in text
    assert "made from invented persons" in text
    for norwegian in ("Syntetiske data", "oppdiktede", "skjermet", "Gå til innholdet"):
        assert norwegian not in text


def test_a_licence_is_named_once_it_is_decided(client: Client, tmp_path: Path) -> None:
    assert "Ingen lisens er bestemt" in client.get("/apne-data").text
    assert "No licence has been decided" in client.get("/open-data").text
    licence = "https://example.org/licence"
    decided = open_app(build(tmp_path / "open", licence=licence, contact="nora@example.org"))
    for path in PAGES:
        page = parsed(decided.get(path).text)
        links = [a["href"] for a in page.attributes("a")]
        assert {licence, "mailto:nora@example.org"} <= set(links)
        assert "Ingen lisens" not in page.texts["main"][0]


@pytest.mark.parametrize("language", DATA_FILES)
def test_the_same_page_lies_beside_the_files(language: str, publication: Publication) -> None:
    pages = render_overview(publication)
    page = parsed(pages[DATA_FILES[language]])
    assert page.attributes("html") == [{"lang": language}]
    links = {str(a["href"]) for a in page.attributes("a")}
    assert {"data/metadata.json", "data/exit_outcomes.csv", "index.html"} <= links
    assert any(
        DATA_FILES["nb"] in str(a["href"]) for a in parsed(pages["index.html"]).attributes("a")
    )


# --- The code --------------------------------------------------------------------------------------


def code(text: str) -> dict[str, str]:
    """The code on a page by the name of its program."""
    found = re.findall(r'<pre [^>]*aria-label="[^"]*: ([^"]+)"><code>(.*?)</code>', text, re.DOTALL)
    return {name.partition(" ")[0]: html.unescape(block) for name, block in found}


@pytest.mark.parametrize(("path", "language"), PAGES.items())
def test_the_code_in_python_prints_the_published_numbers(
    path: str, language: str, port: int, folder: Path
) -> None:
    said = run(code(fetched(port, path))["Python"])
    assert_printed(said, folder, language)


def test_the_code_in_python_reads_the_files_too(
    publication: Publication, folder: Path, written: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(written)
    text = render_overview(publication)[DATA_FILES["en"]]
    assert_printed(run(code(text)["Python"], tmp_path), folder, "en")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("program", ["R", "Excel", "Python"])
def test_the_code_reads_addresses_that_are_served(path: str, program: str, client: Client) -> None:
    block = code(client.get(path).text)[program]
    root = "http://localhost/data/"
    assert root in block
    names = set(re.findall(r"[\w/]+\.csv", block.replace(root, "")))
    assert "exit_outcomes.csv" in names
    for name in names:
        header = client.get(f"/data/{name}").text.partition("\r\n")[0].split(",")
        assert len(header) >= 3
    columns = set(re.findall(r'"(year|gender|outcome|code|n|status|label_\w+)"', block))
    known = {"code", "label_nb", "label_en", "year", "outcome", "gender", "n", "status"}
    assert columns <= known


def test_other_machines_are_shown_https(client: Client) -> None:
    text = client.get("/open-data", {"host": "nora.example.org"}).text
    assert 'folder = "https://nora.example.org/data/"' in html.unescape(text)


def test_libraries_of_others_read_the_server(port: int, folder: Path) -> None:
    root = f"http://127.0.0.1:{port}/data/"
    mart = vocabulary().table("marts.exit_outcomes")
    found = csvw.CSVW(f"{root}exit_outcomes.csv")
    # By the Link header alone it found what describes the file.
    assert isinstance(found.t, csvw.TableGroup)
    assert of_csvw(found.t, mart) == of_parquet(folder, mart)
    text = fetched(port, "/data/exit_outcomes.en.json")
    assert of_json_stat(text, mart)[0] == of_parquet(folder, mart)


def fetched(port: int, path: str) -> str:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
    return text


def run(script: str, where: Path | None = None) -> str:
    """Run a script in Python; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=where,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def assert_printed(said: str, folder: Path, language: str) -> None:
    """The script printed every outcome of 2021 with its number."""
    frame = pl.read_parquet(folder / "exit_outcomes.parquet").filter(year=2021, gender="total")
    assert frame.height > 5
    mart = vocabulary().table("marts.exit_outcomes")
    outcomes = vocabulary().code_list("outcome").codes
    english = {code.code: code.label_en for code in outcomes} | {TOTAL: "Total"}
    expected = {
        vocabulary().label(mart, "outcome", code) if language == "nb" else english[code]: str(n)
        for code, n in frame.select("outcome", "n").iter_rows()
    }
    lines = [re.fullmatch(r"\s*(.+?)\s+(\d+)\s+shown", line) for line in said.splitlines()[1:]]
    assert {line[1]: line[2] for line in lines if line} == expected
