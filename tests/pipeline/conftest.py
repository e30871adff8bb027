"""Homes that several tests look at, each built once; a test that builds further does so in a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines import unchanged
from tests.pipeline.homes import Home, Outcome, built_once
from tests.recount.deliveries import write_deliveries
from tests.recount.hand_counted import BUILD_DAY, REGISTER


@pytest.fixture(scope="session")
def demo_tables(demo: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the demo's warehouse after one build in a fresh home."""
    return demo.tables()


@pytest.fixture
def home(demo: Home, tmp_path: Path) -> Home:
    """A copy of the home with the demo, to do with as one likes; a build there is a whole one."""
    copy = demo.copied_to(tmp_path / "home")
    unchanged.remove_note(copy.settings)
    return copy


@pytest.fixture(scope="session")
def one_year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Outcome]:
    """2021 of another inbox than the demo's: six persons, over the same years; read only."""

    def build(home: Home) -> Outcome:
        folder = tmp_path_factory.mktemp("other")
        write_deliveries(REGISTER, folder, seed=1)
        return home.build("--year", "2021", inbox=folder, as_of=BUILD_DAY.isoformat())

    home, said = built_once(tmp_path_factory, "one_year", build)
    assert said.code == 0, said.out
    return home, said


@pytest.fixture(scope="session")
def travelled(one_year: tuple[Home, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """That home after the job for everything was run for 2020 on the demo, as the UI does; read only."""

    def build(home: Home) -> Outcome:
        first, said = one_year
        first.copied_to(home.path)
        assert home.run("everything", partition_key="2020").success
        return said

    return built_once(tmp_path_factory, "travelled", build)[0]
