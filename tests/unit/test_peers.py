"""The tools that bench.peers measures count the same, and it fails when they do not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bench import bare
from bench.peers import duckdb_script, ours, pandas_script, polars_script
from bench.peers.__main__ import DifferentLinesError, compare, measure
from bench.peers.records import load
from bench.register import BUILD_DAY as BUILD_DAY_OF_REGISTER
from bench.register import cases, deliver

BUILD_DAY = date(2019, 5, 17)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records as of a day in the middle of a year, of persons with up to five referrals each."""
    frames = cases(3000, seed=3)
    frames["referrals"] = (
        frames["referrals"]
        .with_columns(participant_id=pl.format("P{}", pl.int_range(pl.len()) % 700))
        .filter(pl.col("referred_on") <= BUILD_DAY)
    )
    frames["exits"] = (
        frames["exits"]
        .filter(pl.col("exited_on") <= BUILD_DAY)
        .join(frames["referrals"], on="referral_id", how="semi")
    )
    frames["build_day"] = pl.DataFrame({"as_of": [BUILD_DAY]})
    folder = tmp_path_factory.mktemp("records")
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def answers(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our answers."""
    folder = tmp_path_factory.mktemp("ours")
    load(records, folder / "warehouse.duckdb")
    ours.main(folder / "warehouse.duckdb", folder)
    return folder


@pytest.mark.parametrize("script", [duckdb_script.main, polars_script.main, pandas_script.main])
def test_other_tools_give_the_same_lines(
    script: Callable[[Path, Path], None], records: Path, answers: Path, tmp_path: Path
) -> None:
    script(records, tmp_path)
    compare(answers, tmp_path)


def test_duckdb_alone_counts_the_same_from_deliveries(tmp_path: Path) -> None:
    inbox, work, data, answers = (tmp_path / name for name in ("inbox", "work", "data", "answers"))
    for folder in (inbox, work, data, answers):
        folder.mkdir()
    deliver(inbox, 500, 1, "parquet")
    bare.load(inbox, work / "bare.duckdb")
    bare.count(work / "bare.duckdb", work)
    for name, frame in {**cases(500, 1), "build_day": BUILD_DAY_OF_REGISTER}.items():
        frame.write_parquet(data / f"{name}.parquet")
    duckdb_script.main(data, answers)
    compare(answers, work / "answers")


def test_a_line_that_differs_is_reported_with_its_mart(
    records: Path, answers: Path, tmp_path: Path
) -> None:
    duckdb_script.main(records, tmp_path)
    file = tmp_path / "caseload.parquet"
    in_march = pl.col("month") == 3
    pl.read_parquet(file).with_columns(pl.col("active") + in_march.cast(pl.Int64)).write_parquet(
        file
    )
    years = BUILD_DAY.year - 2010 + 1
    with pytest.raises(DifferentLinesError, match=rf"caseload: {2 * years} lines differ"):
        compare(answers, tmp_path)


def test_cost_of_a_process_is_its_own() -> None:
    busy = "import time; print(0.25)\nwhile time.process_time() < 0.5: pass"
    cost = measure([sys.executable, "-c", busy], limit=60)
    assert cost.cpu >= 0.5
    assert cost.wall > 0
    assert cost.start == 0.25
    assert cost.work == cost.cpu - 0.25
    assert cost.peak > 1
