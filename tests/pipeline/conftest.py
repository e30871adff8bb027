"""Homes that several tests look at, each built once; a test that builds further does so in a copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.vocabulary import vocabulary
from tests.backtest.deliveries import write_deliveries
from tests.backtest.hand_counted import BUILD_DAY, REGISTER
from tests.pipeline.homes import Home, Outcome


@pytest.fixture(scope="session")
def demo_tables(demo: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the demo's warehouse after one build in a fresh home."""
    return demo.tables()


@pytest.fixture
def home(demo: Home, tmp_path: Path) -> Home:
    """A copy of the home with the demo, to do with as one likes."""
    return demo.copied_to(tmp_path / "home")


@dataclass(frozen=True)
class Travelled:
    """A home with some builds behind it, and how it looked after the first of them."""

    home: Home
    first: Outcome
    first_published: Mapping[str, pl.DataFrame]


@pytest.fixture(scope="session")
def one_year(tmp_path_factory: pytest.TempPathFactory) -> Travelled:
    """2021 of another inbox than the demo's: six persons, over the same years."""
    folder = tmp_path_factory.mktemp("other")
    write_deliveries(REGISTER, folder, seed=1)
    home = Home(tmp_path_factory.mktemp("travelled") / "home")
    said = home.build("--year", "2021", inbox=folder, as_of=BUILD_DAY.isoformat())
    assert said.code == 0, said.out
    marts = [table.name for table in vocabulary().layer("marts")]
    return Travelled(home, said, {mart: home.published(mart) for mart in marts})


@pytest.fixture(scope="session")
def travelled(one_year: Travelled, demo: Home) -> Travelled:
    """The same home after the job for everything was run for 2020 on the demo, as the UI does."""
    del demo  # built first, so that the time it takes is not counted here
    assert one_year.home.run("everything", partition_key="2020").success
    return one_year
