"""The open data among the files of a release: of what is open, all of it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import csvw
import polars as pl
import pytest

from assets.published.manifest import policy
from dashboards import open_data
from dashboards.publication import read
from pipelines.release_store import ReleaseStore
from tests.pipeline.homes import Home
from tests.unit.test_open_data.read_back import json_of, marts, of_csvw, of_json_stat, of_parquet

BELOW = "reports/open/data"


@pytest.fixture(scope="module")
def published(demo: Home) -> Path:
    return demo.path / "published" / "open"


@pytest.fixture(scope="module")
def data(demo: Home) -> Path:
    """The folder where readers find the files."""
    return demo.path / "reports" / "open" / "data"


def test_every_cell_of_every_format_is_that_of_the_parquet_file(
    published: Path, data: Path
) -> None:
    group = csvw.TableGroup.from_file(data / "metadata.json")
    group.check_referential_integrity()
    hidden = 0
    for mart in marts(published):
        cells = of_parquet(published, mart)
        assert of_csvw(group, mart) == cells, mart.name
        for ending in (".json", ".en.json"):
            text = (data / f"{mart.name}{ending}").read_text(encoding="utf-8")
            assert of_json_stat(text, mart)[0] == cells, mart.name
        hidden += sum(status == "hidden" for _, status in cells.values())
    assert hidden > 100
    tables = {table.url.string for table in group.tables if "/" not in table.url.string}
    assert tables == {f"{mart.name}.csv" for mart in marts(published)}


def test_the_files_are_part_of_the_release_and_hashed(
    demo: Home, published: Path, data: Path
) -> None:
    made = open_data.files(read(published))
    release = ReleaseStore.of(demo.settings).current()
    assert {f"{BELOW}/{name}" for name in made} < release.files.keys()
    for name, content in made.items():
        assert (data / name).read_bytes() == content
        assert release.is_intact(f"{BELOW}/{name}")
    for name in ("apne-data.html", "open-data.html"):
        assert f"reports/open/{name}" in release.files
        assert (data.parent / name).is_file()


def test_the_internal_reports_have_none_of_it(demo: Home) -> None:
    release = ReleaseStore.of(demo.settings).current()
    internal = [
        name for name in release.files if name.startswith(("internal/", "reports/internal/"))
    ]
    assert internal
    for name in internal:
        assert not name.endswith((".csv", ".jsonld")), name
        assert "data" not in Path(name).name, name


def test_the_policy_gives_no_licence_to_numbers_that_are_made_up(data: Path) -> None:
    assert policy()["open"]["open_data"] == {"licence": "", "contact": ""}
    assert "dc:license" not in json_of((data / "metadata.json").read_bytes())


def test_what_has_not_changed_keeps_its_files(home: Home) -> None:
    folder = home.path / "reports" / "open" / "data"
    before = {path.name: path.stat().st_ino for path in folder.glob("*.json")}
    assert len(before) > 40
    # The running year is the reader's within alone, so nothing open changes.
    said = home.build(as_of="2022-01-15")
    assert said.code in {0, 3}, said.out
    after = {path.name: path.stat().st_ino for path in folder.glob("*.json")}
    assert after == before


def test_before_any_year_is_over_there_are_no_open_data(
    one_year: tuple[Home, object],
) -> None:
    home, _ = one_year
    reports = home.path / "reports" / "open"
    assert sorted(path.name for path in reports.iterdir()) == ["index.html"]
    frame = pl.read_parquet(home.path / "published" / "open" / "exit_outcomes.parquet")
    assert frame.is_empty()
