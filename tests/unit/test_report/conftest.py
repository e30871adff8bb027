"""Report packages of the dashboards' publication: as it is, with cells withheld, with bad labels."""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from assets.vocabulary import TOTAL
from dashboards.publication import Publication, read
from dashboards.report import report_words
from dashboards.report.content import Report, report
from dashboards.report.package import Press, package
from dashboards.report.pictures import Picture, PicturesUnavailableError, find_browser
from tests.unit.test_dashboards.conftest import build_publication

YEAR = 2021
LIVE = '=HYPERLINK("http://example.org";"trykk")'
MARKUP = "<img src=x onerror=alert(1)> & sønner"
WITHHELD = {
    "country_of_origin": ("country", "SO", 5252),
    "dropout_reasons": ("reason", "moved_abroad", 6363),
    "exit_outcomes": ("outcome", "AP", 7474),
    "activities": ("activity", "work_training", 8585),
    "gender_split": ("population", "dropouts", 9696),
    "age_bands": ("band", "35_44", 4141),
}
"""Mart -> the category that is withheld, and the number that its parts no longer show."""

WITHHELD_MONTH, WITHHELD_ACTIVE = "3", 3737


def png(width: int = 1440, height: int = 500) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\xff" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*part) for part in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    )


def draw(charts: Mapping[str, go.Figure]) -> dict[str, Picture]:
    """Pictures without a browser."""
    return {name: Picture(png(), b"<svg/>") for name in charts}


def refuse(_: object) -> Any:
    """No browser."""
    raise PicturesUnavailableError(report_words.NO_BROWSER)


PRESS = Press(draw, lambda page: b"%PDF-1.4 " + str(len(page)).encode())
BARE = Press(refuse, refuse)


def parts(content: bytes) -> dict[str, str]:
    """Every part of an Office file that is text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".xml", ".rels", ".vml"))
        }


def texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Everything in a package that is text, by file and part."""
    found = {}
    for name, content in files.items():
        if name.endswith((".xlsx", ".docx")):
            found |= {f"{name}/{part}": text for part, text in parts(content).items()}
        elif not name.endswith((".png", ".pdf")):
            found[name] = content.decode("utf-8-sig")
    return found


def holds_number(text: str, number: int) -> bool:
    """Whether a text holds a whole number, also where thousands stand apart.

    Digits beside a letter are no number, but part of a SHA-256 or of the name of a cell.
    """
    digits = str(number)
    grouped = f"{digits[:-3]}[\u00a0 .,]?{digits[-3:]}"
    return re.search(rf"(?<![\w.]){grouped}(?!\w)", text) is not None


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that draws and prints, with poppler beside it: what it prints is read back."""
    try:
        found = find_browser()
    except PicturesUnavailableError:
        found = ""
    if found and shutil.which("pdfinfo"):
        return found
    missing = "pdfinfo" if found else "chromium"
    said = f"no {missing} on PATH; `make setup-browser` installs it"
    if os.environ.get("NORA_REQUIRE_BROWSER"):
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="session")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The publication of 2019 to 2021 that the dashboards are tested with."""
    return read(build_publication(tmp_path_factory.mktemp("published") / "internal"))


@pytest.fixture(scope="session")
def files(publication: Publication) -> Mapping[str, bytes]:
    """The package of 2021."""
    return package(publication, YEAR, PRESS).files


@pytest.fixture(scope="session")
def said(publication: Publication) -> Report:
    """What the package of 2021 says."""
    return report(publication, YEAR)


@pytest.fixture(scope="session")
def bare_files(publication: Publication) -> Mapping[str, bytes]:
    """The package of 2021 as it is made where there is no browser."""
    return package(publication, YEAR, BARE).files


@pytest.fixture(scope="session")
def withheld_publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The same with one category of several marts withheld, and all margins shown.

    Whoever takes the other categories from the margin has the withheld number, and it is a number
    that stands nowhere else.
    """
    folder = build_publication(tmp_path_factory.mktemp("withheld") / "internal")
    for mart, (column, code, number) in WITHHELD.items():
        _rewrite(folder, mart, lambda frame, c=column, v=code, n=number: _hidden(frame, c, v, n))
    _rewrite(folder, "caseload", _without_a_month)
    return read(folder)


@pytest.fixture(scope="session")
def withheld_said(withheld_publication: Publication) -> Report:
    """What the package of 2021 says with withheld cells."""
    return report(withheld_publication, YEAR)


@pytest.fixture(scope="session")
def withheld_files(withheld_publication: Publication) -> Mapping[str, bytes]:
    """The package of 2021 with withheld cells."""
    return package(withheld_publication, YEAR, PRESS).files


@pytest.fixture(scope="session")
def live_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The package of 2021 with a project called like a formula, and one like markup."""
    folder = build_publication(tmp_path_factory.mktemp("live") / "internal")

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        other = frame.with_columns(project=pl.lit(MARKUP))
        return pl.concat([frame.with_columns(project=pl.lit(LIVE)), other])

    _rewrite(folder, "partner_projects", renamed)
    return package(read(folder), YEAR, BARE).files


def _rewrite(folder: Path, mart: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    path = folder / f"{mart}.parquet"
    change(pl.read_parquet(path)).write_parquet(path)


def _hidden(frame: pl.DataFrame, column: str, code: str, number: int) -> pl.DataFrame:
    """Withhold a category in all genders, and let its margin hold `number` more than is shown."""
    of_year = pl.col("year") == YEAR
    is_it = of_year & (pl.col(column) == code)
    old = frame.filter(is_it, pl.col("gender") == TOTAL)["n"].sum()
    margin = of_year & (pl.col(column) == TOTAL) & (pl.col("gender") == TOTAL)
    return frame.with_columns(
        n=pl.when(is_it).then(None)
        .when(margin).then(pl.col("n") - old + number)
        .otherwise(pl.col("n")),
        status=pl.when(is_it).then(pl.lit("hidden")).otherwise(pl.col("status")),
    )  # fmt: skip


def _without_a_month(frame: pl.DataFrame) -> pl.DataFrame:
    is_it = (
        (pl.col("year") == YEAR)
        & (pl.col("month").cast(pl.String) == WITHHELD_MONTH)
        & (pl.col("measure") == "active")
    )
    return frame.with_columns(
        value=pl.when(~is_it).then(pl.col("value")),
        status=pl.when(is_it).then(pl.lit("hidden")).otherwise(pl.col("status")),
    )
