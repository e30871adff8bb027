"""Under which names feedback is kept."""

from __future__ import annotations

import io
import os
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from assets.raw import problems
from assets.raw.delivery import delivered_file, read_delivery
from assets.records.forgotten import Forgotten
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from assets.workbooks.remarks import RECEIPT, Remarks
from pipelines.feedback import FeedbackFolder, workbooks
from pipelines.reader import Reader
from pipelines.settings import DEFAULT_LIMIT
from tests.unit.workbooks import PARTICIPANTS, workbook

LINE = "a.xlsx, 3 rader: 2 nye"
REMARKS = {"a.xlsx": Remarks(receipt=[LINE])}


def rejected(*deliveries: str) -> pl.DataFrame:
    found = [problems.problem(name, "unreadable", sentence="Filen er tom.") for name in deliveries]
    nothing = pl.lit(None, pl.String)
    return problems.collect(found).with_columns(healed_by=nothing, follows_from=nothing)


def made_of(found: pl.DataFrame) -> dict[str, bytes]:
    nobody = schema(vocabulary().table("raw.set_aside")).to_frame()
    return workbooks([], found, Forgotten(b"secret"), nobody, Reader(), REMARKS)


def test_no_feedback_takes_the_place_of_another() -> None:
    made = made_of(rejected("a.csv", "a.csv.xlsx", "b.xlsx"))
    assert list(made) == ["a.csv.xlsx", "a.csv (2).xlsx", "b.xlsx"]


@pytest.mark.parametrize("name", ["å" * 125 + ".csv", "a" * 250 + ".xlsx", "a" * 251 + ".csv"])
def test_name_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    made = made_of(rejected(name, "a" * 240 + name[-9:]))
    paths = FeedbackFolder(folder=str(tmp_path)).write(made)
    assert len(paths) == 2
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert all(len(os.fsencode(path.name)) <= 255 and path.suffix == ".xlsx" for path in paths)


def test_feedback_is_made_where_no_file_can_be_written() -> None:
    file = delivered_file("a.xlsx", workbook(participants=[*PARTICIPANTS, ["p3", 1985, "x", "SY"]]))

    found = problems.problem("a.xlsx", "bad_code", sheet="Deltakere", row=4, field="gender")
    nothing = pl.lit(None, pl.String)
    found = found.with_columns(healed_by=nothing, follows_from=nothing)
    nobody = schema(vocabulary().table("raw.set_aside")).to_frame()
    made = workbooks([file], found, Forgotten(b"secret"), nobody, Reader(), REMARKS)
    book = openpyxl.load_workbook(io.BytesIO(made["a.xlsx"]))
    assert [cell.value for cell in book.worksheets[0]["A"]][-2:] == [RECEIPT, LINE]
    read = read_delivery(delivered_file("a.xlsx", made["a.xlsx"]), DEFAULT_LIMIT)
    assert read.tables["participants"]["participant_id"].to_list() == ["p1", "p2", "p3"]
