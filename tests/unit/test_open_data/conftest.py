"""A publication for everyone, made from the dashboards' one: some cells withheld, one with nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import csvw
import polars as pl
import pytest

from assets.vocabulary import vocabulary
from dashboards import open_data
from dashboards.publication import Publication, read
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import open_app
from tests.unit.test_dashboards.conftest import build_publication

HIDDEN = {
    "dropout_reasons": pl.col("reason") == "health",
    "gender_split": (pl.col("population") == "no_shows") & (pl.col("gender") != "total"),
    "key_figures": pl.col("figure") == "no_shows",
    "caseload": (pl.col("month") == "3") & (pl.col("measure") == "dropouts"),
    "partner_projects": (pl.col("breakdown") == "outcome") & (pl.col("value") != "total"),
}
"""Mart -> the rows whose numbers are withheld."""

ABSENT = {"exit_outcomes": (pl.col("year") == 2020) & (pl.col("gender") != "total")}
"""Mart -> the rows that it lacks: their gender was dropped."""

SETTINGS = {"licence": "", "contact": ""}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder; no test changes it."""
    return build(tmp_path_factory.mktemp("open_data") / "open")


@pytest.fixture(scope="session")
def publication(folder: Path) -> Publication:
    return read(folder)


@pytest.fixture(scope="session")
def files(publication: Publication) -> dict[str, bytes]:
    """Every file of its open data."""
    return open_data.files(publication)


@pytest.fixture(scope="session")
def written(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files in a folder."""
    return write(files, tmp_path_factory.mktemp("written"))


@pytest.fixture(scope="session")
def group(written: Path) -> csvw.TableGroup:
    """The CSV files, by their metadata."""
    return csvw.TableGroup.from_file(written / "metadata.json")


@pytest.fixture(scope="session")
def client(folder: Path) -> Client:
    """A reader of the live dashboard of the audience `open`."""
    return open_app(folder)


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def build(folder: Path, **settings: str) -> Path:
    """Write the publication to `folder`, with the settings of the open data."""
    build_publication(folder)
    closed = [mart for mart in vocabulary().layer("marts") if not mart.open]
    for mart in closed:
        (folder / f"{mart.name}.parquet").unlink()
    path = folder / "country_of_origin.parquet"
    countries = pl.read_parquet(path)
    # Namibia, which careless readers take for a missing value; and those that are not named.
    renamed = pl.col("country").replace({"TH": "NA", "XK": "rest"})
    countries.with_columns(renamed).write_parquet(path)
    for name, rows in HIDDEN.items():
        mart, path = vocabulary().table(f"marts.{name}"), folder / f"{name}.parquet"
        frame = pl.read_parquet(path)
        assert frame.filter(rows).height, name
        frame.with_columns(
            pl.when(~rows).then(mart.number).alias(mart.number),
            pl.when(rows).then(pl.lit("hidden")).otherwise("status").alias("status"),
        ).write_parquet(path)
    for name, rows in ABSENT.items():
        path = folder / f"{name}.parquet"
        pl.read_parquet(path).filter(~rows).write_parquet(path)
    path = folder / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    manifest |= {
        "audience": "open",
        "marking": "Åpen – små tall er skjult",
        "deliveries": 3,
        "disclosure": {
            "rule": "protected",
            "threshold": 5,
            "smallest_base": 20,
            "left_out": [mart.name for mart in closed],
        },
        "open_data": SETTINGS | settings,
        "protection": {
            "exit_outcomes": {"2020": {"done": ["no_gender"]}},
            "caseload": {"2019": {"done": ["not_printed:no_shows"]}},
            "country_of_origin": {"2021": {"done": ["folded"]}},
        },
        "vintages": {
            "2019": [{"published_on": "2020-02-01", "reason": "first"}],
            "2020": [{"published_on": "2021-02-01", "reason": "first"}],
            "2021": [
                {"published_on": "2022-02-01", "reason": "first"},
                {"published_on": "2022-06-01", "reason": "corrected"},
            ],
        },
    }
    del manifest["receipts"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder
