"""The home that tests of several folders look at: the demo, built once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pipeline.homes import Home, Outcome


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Outcome]:
    """A home with the demo built in it, and what the command said; read only."""
    # Dagster is slow to import, and most tests need none of it.
    from tests.pipeline.homes import Home, built_once

    return built_once(tmp_path_factory, "demo", Home.build)


@pytest.fixture(scope="session")
def demo(demo_build: tuple[Home, Outcome]) -> Home:
    """A home with the demo built in it; read only."""
    return demo_build[0]
