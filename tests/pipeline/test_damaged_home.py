"""A home that is damaged, copied or of an earlier version: said in a sentence, never carried on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.version_0 import as_version_0
from tests.pipeline.homes import DEMO_YEARS, Home


def _vintage(home: Home) -> Path:
    return home.settings.vintages / "open" / "2020" / "0001"


DAMAGES: dict[str, tuple[Callable[[Home], object], str]] = {
    "a vintage of 0 bytes": (
        lambda home: (_vintage(home) / "vintage.json").write_bytes(b""),
        "2020/0001/vintage.json er skadet",
    ),
    "a lost table": (
        lambda home: (home.internal / "key_figures.parquet").unlink(),
        "internal/key_figures.parquet er skadet",
    ),
    "a later version": (
        lambda home: home.settings.record.write_text('{"version": 99}', encoding="utf-8"),
        "nyere utgave av programmet",
    ),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES.values(), ids=DAMAGES)
def test_nothing_is_published_from_a_damaged_home(
    home: Home, damage: Callable[[Home], object], sentence: str
) -> None:
    damage(home)
    before, pages = home.publication(), home.pages()
    said = home.build("--year", "2021")
    assert said.code == 1
    assert sentence in said.out
    assert "Traceback" not in said.out + said.err
    assert said.summary["years"] == []
    assert home.publication() == before
    assert home.pages() == pages


def _same(home: Home, demo: Home) -> None:
    assert home.manifest()["years"] == DEMO_YEARS
    for audience in ("internal", "open"):
        folders = [one.path / "published" / audience for one in (home, demo)]
        tables = [
            {path.name: path.read_bytes() for path in one.glob("*.parquet")} for one in folders
        ]
        assert tables[0] == tables[1]
    assert home.pages().keys() == demo.pages().keys()
    links = {path.name for path in (home.path / "published").iterdir() if path.is_symlink()}
    assert links == {"current", "internal", "open"}


@pytest.mark.slow
def test_home_of_version_0_is_carried_on(home: Home, demo: Home) -> None:
    as_version_0(home.settings)
    said = home.build("--year", "2021")
    assert said.code == 0, said.out
    _same(home, demo)
    assert not (home.path / "published" / ".publications").exists()
    assert len(list(home.settings.vintages.glob("open/*/*/vintage.json"))) == len(DEMO_YEARS)


@pytest.mark.slow
def test_home_that_was_copied_with_its_links_followed_is_carried_on(
    demo: Home, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(demo.path, tmp_path / "home")))
    said = home.build("--year", "2021")
    assert said.code == 0, said.out
    _same(home, demo)


def test_copy_of_another_publication_in_place_of_a_link_is_not_deleted(home: Home) -> None:
    path = home.path / "published" / "open"
    path.unlink()
    path.mkdir()
    (path / "key_figures.parquet").write_bytes(b"other")
    said = home.build("--year", "2021")
    assert said.code == 1
    assert f"{path} er en mappe" in said.out
    assert (path / "key_figures.parquet").read_bytes() == b"other"
