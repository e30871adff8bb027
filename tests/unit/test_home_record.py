"""The home's own record: its version, and what must be in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.home_record import VERSION, Held, HomeRecord, HomeRecordError


def test_new_home_must_hold_nothing(tmp_path: Path) -> None:
    assert HomeRecord(str(tmp_path / "home.json")).read() == Held()


def test_each_entry_leaves_the_others(tmp_path: Path) -> None:
    record = HomeRecord(str(tmp_path / "home.json"))
    record.note_vintage("open/2021/0001", "a" * 64)
    record.note_forgotten(3)
    record.note_sent("2021-03/0001", "c" * 64)
    record.note_revisions(7)
    record.note_vintage("open/2021/0002", "b" * 64)
    vintages = {"open/2021/0001": "a" * 64, "open/2021/0002": "b" * 64}
    assert record.read() == Held(VERSION, 3, vintages, {"2021-03/0001": "c" * 64}, 7)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"other": 1}'])
def test_damaged_record_is_not_taken_for_a_new_home(tmp_path: Path, content: str) -> None:
    path = tmp_path / "home.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(HomeRecordError, match="sikkerhetskopi"):
        HomeRecord(str(path)).read()


def test_home_of_a_later_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "home.json"
    path.write_text(json.dumps({"version": VERSION + 1}), encoding="utf-8")
    with pytest.raises(HomeRecordError, match="nyere utgave"):
        HomeRecord(str(path)).read()
