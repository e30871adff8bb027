"""What tests of several folders look at: the demo, built once, and both servers of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pipeline.homes import Home, Outcome
    from tests.pipeline.serving import Serving


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


@pytest.fixture(scope="session")
def servers(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """`nora serve` on a copy of the demo; no test changes anything in it."""
    from tests.pipeline.serving import serving

    with serving(demo.copied_to(tmp_path_factory.mktemp("served") / "home")) as both:
        yield both
