"""Building again: after another inbox, a year at a time, one table alone."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from assets.published.gate import GateError
from assets.vocabulary import vocabulary
from tests.pipeline.homes import Home, Outcome
from tests.recount.hand_counted import BUILD_DAY

MARTS = [table.name for table in vocabulary().layer("marts")]


def test_one_year_alone_publishes_that_year_alone(one_year: tuple[Home, Outcome]) -> None:
    home, said = one_year
    assert said.summary["years"] == [2021]
    for mart in MARTS:
        assert set(home.published(mart)["year"]) <= {2021}
    assert home.published("key_figures").height > 0


RELEASE = ("published.internal", "published.open", "reports.internal", "reports.open")
"""The assets that are published together."""


def test_another_year_leaves_the_rows_of_the_others_as_published(
    one_year: tuple[Home, Outcome], travelled: Home, demo: Home
) -> None:
    first, home = one_year[0], travelled
    assert home.manifest()["years"] == [2020, 2021]
    for mart in MARTS:
        now = home.published(mart)
        assert now.filter(pl.col("year") != 2020).equals(first.published(mart))
        assert now.filter(year=2020).equals(demo.published(mart).filter(year=2020))
    by_year = home.manifest()["by_year"]
    assert by_year["2020"]["deliveries"] == demo.manifest()["deliveries"]
    assert by_year["2021"]["as_of"] == BUILD_DAY.isoformat()
    assert {path.name for path in (home.path / "reports" / "internal").iterdir()} == {
        "2020", "2021", "index.html"
    }  # fmt: skip


@pytest.mark.slow
def test_one_mart_is_made_alone_for_one_year(
    home: Home, demo_tables: dict[str, list[tuple[Any, ...]]]
) -> None:
    home.change("delete from marts.exit_outcomes where year = 2021")
    result = home.run("__ASSET_JOB", "marts.exit_outcomes", partition_key="2021")
    assert result.success
    (made,) = result.get_asset_materialization_events()
    assert made.asset_key
    assert made.asset_key.path == ["marts", "exit_outcomes"]
    assert home.tables()["marts.exit_outcomes"] == demo_tables["marts.exit_outcomes"]


def test_table_written_since_it_was_checked_is_not_published(home: Home) -> None:
    before = home.publication()
    home.change("delete from quality.check_results where table_name = 'marts.caseload'")
    with pytest.raises(GateError, match=r"marts\.caseload 2021"):
        home.run("year", *RELEASE, partition_key="2021")
    assert home.publication() == before
