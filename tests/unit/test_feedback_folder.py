"""Under which names feedback is kept."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from assets.raw import problems
from pipelines.feedback import FeedbackFolder, workbooks


def rejected(*deliveries: str) -> pl.DataFrame:
    found = [problems.problem(name, "unreadable", sentence="Filen er tom.") for name in deliveries]
    return problems.collect(found).with_columns(healed_by=pl.lit(None, pl.String))


def test_no_feedback_takes_the_place_of_another() -> None:
    made = workbooks([], rejected("a.csv", "a.csv.xlsx", "b.xlsx"))
    assert list(made) == ["a.csv.xlsx", "a.csv (2).xlsx", "b.xlsx"]


@pytest.mark.parametrize("name", ["å" * 125 + ".csv", "a" * 250 + ".xlsx", "a" * 251 + ".csv"])
def test_name_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    made = workbooks([], rejected(name, "a" * 240 + name[-9:]))
    paths = FeedbackFolder(folder=str(tmp_path)).write(made)
    assert len(paths) == 2
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert all(len(os.fsencode(path.name)) <= 255 and path.suffix == ".xlsx" for path in paths)
