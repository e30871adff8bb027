"""Every file read back by libraries that others wrote: just the cells of the Parquet files."""

from __future__ import annotations

from pathlib import Path

import csvw
import polars as pl
import pytest
from pyjstat import pyjstat
from rdflib import DCTERMS, RDF, Graph, Namespace, URIRef

from assets.vocabulary import Table, vocabulary
from dashboards import open_data
from dashboards.publication import Publication, read
from tests.unit.test_dashboards.conftest import build_publication
from tests.unit.test_open_data.conftest import ABSENT, HIDDEN, build
from tests.unit.test_open_data.read_back import (
    json_of,
    marts,
    of_csvw,
    of_json_stat,
    of_parquet,
)

DCAT = Namespace("http://www.w3.org/ns/dcat#")
ROOT = "http://nora.example.org/data/"
OPEN = [mart for mart in vocabulary().layer("marts") if mart.open]
every_mart = pytest.mark.parametrize("mart", OPEN, ids=lambda mart: mart.name)
LANGUAGES = {"": "nb", ".en": "en"}


# --- CSV on the Web --------------------------------------------------------------------------------


@every_mart
def test_csv_has_the_cells_of_the_parquet_file_and_no_other(
    mart: Table, folder: Path, group: csvw.TableGroup
) -> None:
    assert of_csvw(group, mart) == of_parquet(folder, mart)


@every_mart
def test_csv_has_the_columns_and_the_rows_of_the_parquet_file_in_their_order(
    mart: Table, folder: Path, files: dict[str, bytes]
) -> None:
    frame = pl.read_parquet(folder / f"{mart.name}.parquet")
    text = files[f"{mart.name}.csv"]
    read_back = pl.read_csv(text, infer_schema=False)
    names = [*mart.published_key, mart.number, "status"]
    assert read_back.columns == names
    keys = frame.select(pl.col(names[:-2]).cast(pl.String))
    assert read_back.select(names[:-2]).equals(keys)
    assert b"\r\n" in text
    assert not text.startswith(b"\xef\xbb\xbf")


def test_keys_and_references_of_the_metadata_hold(group: csvw.TableGroup) -> None:
    group.check_referential_integrity()
    for table in group.tables:
        assert table.tableSchema.primaryKey
        table.check_primary_key()
    referring = [key for table in group.tables for key in table.tableSchema.foreignKeys]
    assert len(referring) > 2 * len(OPEN)


def test_the_metadata_are_valid_by_the_standard(written: Path) -> None:
    found = csvw.CSVW(str(written / "metadata.json"), validate=True)
    assert found.is_valid, [str(one.message) for one in found.warnings]


def test_a_wrong_cell_and_a_code_without_a_label_are_found(
    files: dict[str, bytes], folder: Path, tmp_path: Path
) -> None:
    mart = vocabulary().table("marts.exit_outcomes")
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    table = tmp_path / "exit_outcomes.csv"
    table.write_bytes(table.read_bytes().replace(b"2021,A,total,31,", b"2021,ZZ,total,32,"))
    group = csvw.TableGroup.from_file(tmp_path / "metadata.json")
    assert of_csvw(group, mart) != of_parquet(folder, mart)
    with pytest.raises(ValueError, match="ZZ"):
        group.check_referential_integrity()


def test_titles_and_labels_are_in_both_languages(group: csvw.TableGroup) -> None:
    outcomes = group.tabledict["exit_outcomes.csv"]
    titles = {one["@language"]: one["@value"] for one in outcomes.common_props["dc:title"]}
    assert titles["en"] == "Exit outcomes"
    assert titles["nb"] == vocabulary().table("marts.exit_outcomes").label_nb
    for table in group.tables:
        for column in table.tableSchema.columns:
            assert {"nb", "en", "und"} <= set(column.titles)
    codes = {row["code"]: row for row in group.tabledict["codes/outcome.csv"].iterdicts()}
    listed = vocabulary().code_list("outcome")
    assert [codes["A"]["label_nb"], codes["A"]["label_en"]] == [
        listed["A"].label_nb,
        listed["A"].label_en,
    ]
    assert codes["total"]["label_en"] == "Total"


def test_a_code_list_holds_what_the_tables_hold(group: csvw.TableGroup) -> None:
    countries = {row["code"] for row in group.tabledict["codes/country.csv"].iterdicts()}
    assert countries == {
        row["country"] for row in group.tabledict["country_of_origin.csv"].iterdicts()
    }
    assert {"NA", "rest", "total"} < countries
    pairs = {
        (row["breakdown"], row["code"])
        for row in group.tabledict["codes/partner_projects_value.csv"].iterdicts()
    }
    assert ("gender", "female") in pairs
    assert ("outcome", "female") not in pairs


# --- JSON-stat -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", LANGUAGES)
@every_mart
def test_json_stat_has_the_cells_of_the_parquet_file_and_no_other(
    mart: Table, ending: str, folder: Path, files: dict[str, bytes]
) -> None:
    text = files[f"{mart.name}{ending}.json"].decode()
    cells, absent = of_json_stat(text, mart)
    assert cells == of_parquet(folder, mart)
    size = 1
    for length in json_of(text.encode())["size"]:
        size *= length
    assert absent == size - len(cells)


def test_what_is_withheld_absent_and_empty_is_told_apart(
    folder: Path, files: dict[str, bytes]
) -> None:
    for name in HIDDEN:
        assert "hidden" in json_of(files[f"{name}.json"])["status"].values()
    figures = json_of(files["key_figures.json"])
    assert "empty" in figures["status"].values()
    assert set(figures["extension"]["status"]["label"]) == {"hidden", "empty"}
    mart = vocabulary().table("marts.exit_outcomes")
    assert ABSENT.keys() == {mart.name}
    _, absent = of_json_stat(files["exit_outcomes.json"].decode(), mart)
    assert absent > 0


@pytest.mark.parametrize(("ending", "language"), LANGUAGES.items())
def test_labels_are_those_of_the_language(
    ending: str, language: str, files: dict[str, bytes]
) -> None:
    outcome = vocabulary().code_list("outcome")["A"]
    label = outcome.label_nb if language == "nb" else outcome.label_en
    frame = pyjstat.Dataset.read(files[f"exit_outcomes{ending}.json"].decode()).write("dataframe")
    column = "Gikk til" if language == "nb" else "Outcome"
    assert label in set(frame[column])
    months = json_of(files[f"caseload{ending}.json"])["dimension"]["month"]["category"]["label"]
    assert months["3"] == ("mars" if language == "nb" else "March")
    rest = json_of(files[f"country_of_origin{ending}.json"])["dimension"]["country"]["category"]
    assert rest["label"]["rest"] == ("Andre" if language == "nb" else "Others")
    assert rest["label"]["NA"] == "Namibia"


def test_time_and_measures_have_their_roles(files: dict[str, bytes]) -> None:
    assert json_of(files["caseload.json"])["role"] == {
        "time": ["year", "month"],
        "metric": ["measure"],
    }
    unit = json_of(files["key_figures.json"])["dimension"]["figure"]["category"]["unit"]
    assert unit["work_exit_share"] == {"label": "andel, fra 0 til 1"}


@pytest.mark.parametrize("ending", LANGUAGES)
def test_the_collection_links_every_dataset(ending: str, files: dict[str, bytes]) -> None:
    collection = pyjstat.Collection.read(files[f"collection{ending}.json"].decode())
    assert collection["class"] == "collection"
    linked = [item["href"] for item in collection["link"]["item"]]
    assert linked == [f"{mart.name}{ending}.json" for mart in OPEN]
    assert set(linked) <= files.keys()


# --- DCAT ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph(files: dict[str, bytes]) -> Graph:
    return of_catalogue(files)


def of_catalogue(files: dict[str, bytes]) -> Graph:
    graph = Graph()
    graph.parse(
        data=files["catalogue.jsonld"], format="json-ld", publicID=f"{ROOT}catalogue.jsonld"
    )
    return graph


def test_the_catalogue_lists_each_table_with_files_that_are_there(
    graph: Graph, files: dict[str, bytes]
) -> None:
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert catalogue == URIRef(f"{ROOT}catalogue.jsonld")
    sets = set(graph.objects(catalogue, DCAT.dataset))
    assert len(sets) == len(OPEN)
    for one in sets:
        languages = {title.language for title in graph.objects(one, DCTERMS.title)}
        assert languages == {"nb", "en"}
        assert len(list(graph.objects(one, DCAT.distribution))) == 3
        for needed in (DCTERMS.identifier, DCTERMS.publisher, DCAT.theme, DCTERMS.temporal):
            assert (one, needed, None) in graph
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        (address,) = graph.objects(distribution, DCAT.downloadURL)
        (kind,) = graph.objects(distribution, DCAT.mediaType)
        name = str(address).removeprefix(ROOT)
        assert name in files
        assert open_data.media_type(name).startswith(str(kind).split("media-types/")[1])


def test_dates_are_those_of_the_editions(graph: Graph) -> None:
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert str(graph.value(catalogue, DCTERMS.issued)) == "2020-02-01"
    assert str(graph.value(catalogue, DCTERMS.modified)) == "2022-06-01"
    period = graph.value(URIRef(f"{ROOT}catalogue.jsonld#partner_projects"), DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2021-01-01"
    assert str(graph.value(period, DCAT.endDate)) == "2021-12-31"


def test_licence_and_contact_are_there_once_they_are_decided(graph: Graph, tmp_path: Path) -> None:
    for name in (DCTERMS.license, DCAT.contactPoint):
        assert (None, name, None) not in graph
    licence = "https://example.org/licence"
    decided = build(tmp_path / "open", licence=licence, contact="nora@example.org")
    files = open_data.files(read(decided))
    told = of_catalogue(files)
    (catalogue,) = told.subjects(RDF.type, DCAT.Catalog)
    assert told.value(catalogue, DCTERMS.license) == URIRef(licence)
    assert (None, None, URIRef("mailto:nora@example.org")) in told
    assert json_of(files["metadata.json"])["dc:license"] == {"@id": licence}


# --- All of them -----------------------------------------------------------------------------------


def test_every_file_says_that_persons_are_made_up(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if not name.endswith(".csv"):
            assert "yntetisk" in content.decode() or "ynthetic" in content.decode(), name


def test_no_mart_of_the_internal_publication_alone_is_there(
    folder: Path, files: dict[str, bytes]
) -> None:
    names = {name for name in files if "/" not in name and name.endswith(".csv")}
    assert names == {f"{mart.name}.csv" for mart in marts(folder)}
    for mart in vocabulary().layer("marts"):
        if not mart.open:
            named = (f"{mart.name}.csv".encode(), f"{mart.name}.json".encode())
            assert not [one for one, text in files.items() if any(n in text for n in named)]


def test_the_internal_publication_gives_none(tmp_path: Path) -> None:
    assert open_data.files(read(build_publication(tmp_path / "internal"))) == {}


def test_the_same_publication_gives_the_same_bytes(
    publication: Publication, files: dict[str, bytes]
) -> None:
    assert open_data.files(publication) == files


def test_a_table_without_rows_is_read_too(folder: Path, tmp_path: Path) -> None:
    copied = build(tmp_path / "open")
    path = copied / "group_sessions.parquet"
    pl.read_parquet(path).clear().write_parquet(path)
    files = open_data.files(read(copied))
    assert files["group_sessions.csv"].splitlines() == [b"year,session_group,measure,value,status"]
    mart = vocabulary().table("marts.group_sessions")
    assert json_of(files["group_sessions.json"])["value"] == []
    assert "#group_sessions" not in files["catalogue.jsonld"].decode()
    assert mart.name in files["metadata.json"].decode()
