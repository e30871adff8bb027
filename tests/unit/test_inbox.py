"""Which files of the inbox are deliveries."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.raw.assets import read_deliveries
from assets.raw.problems import DeliveryError
from pipelines.inbox import EmptyInboxError, Inbox
from pipelines.settings import PROJECT, Settings
from tests.unit.workbooks import workbook


def inbox(folder: Path, *names: str, content: bytes = b"x") -> Inbox:
    for name in names:
        (folder / name).write_bytes(content)
    return Inbox(folder=str(folder))


def test_deliveries_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = inbox(tmp_path, "c.xlsx", "a.xlsx", "B.XLSX").files()
    assert found == [("B.XLSX", b"x"), ("a.xlsx", b"x"), ("c.xlsx", b"x")]


def test_other_files_are_passed_over_and_named(tmp_path: Path) -> None:
    others = (
        ".skjult.xlsx", "~$a.xlsx", "Thumbs.db", "bilde.png", "les meg.txt", "uten", "a.xlsx.tmp",
        "~WRL0001.tmp", ".DS_Store", "brev.docx",
    )  # fmt: skip
    (tmp_path / "mappe.xlsx").mkdir()
    box = inbox(tmp_path, "a.xlsx", *others)
    assert [name for name, _ in box.files()] == ["a.xlsx"]
    assert set(box.ignored()) == set(others)


def test_name_is_composed_whatever_the_file_system_gives(tmp_path: Path) -> None:
    name = "NorA Årstad.xlsx"
    box = inbox(tmp_path, unicodedata.normalize("NFD", name))
    assert [name for name, _ in box.files()] == [name]


@pytest.mark.parametrize("name", ["a.xls", "a.xlsm", "a.ods", "a.csv", "a.parquet", "A.ODS"])
def test_formats_that_are_not_read_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeliveryError, match=name) as caught:
        inbox(tmp_path, "b.xlsx", name).files()
    assert caught.value.refused == 1
    assert caught.value.rows == 0


@pytest.mark.parametrize("folder", [".", "finnes ikke"])
def test_nothing_to_load(tmp_path: Path, folder: str) -> None:
    box = inbox(tmp_path, "les meg.txt")
    with pytest.raises(EmptyInboxError):
        Inbox(folder=str(tmp_path / folder)).files()
    assert box.ignored() == ["les meg.txt"]


def test_every_delivery_at_fault_is_told_at_once() -> None:
    files = [("b.xlsx", b"nei"), ("a.xlsx", workbook(exits=None)), ("c.xlsx", workbook())]
    with pytest.raises(DeliveryError) as caught:
        read_deliveries(files)
    assert caught.value.problems.select("delivery", "code").rows() == [
        ("a.xlsx", "missing_sheet"),
        ("b.xlsx", "unreadable"),
    ]
    assert caught.value.refused == 2


def test_folders_come_from_the_command_then_the_environment_then_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NORA_INBOX", "NORA_HOME"):
        monkeypatch.setenv(name, "")
    plain = Settings.from_environment()
    assert (plain.inbox, plain.home) == (PROJECT / "data" / "inbox", PROJECT / "data" / "home")
    monkeypatch.setenv("NORA_INBOX", str(tmp_path / "inn"))
    monkeypatch.setenv("NORA_HOME", str(tmp_path / "hjem"))
    assert Settings.from_environment() == Settings(tmp_path / "inn", tmp_path / "hjem")
    assert Settings.from_environment(tmp_path / "x", tmp_path / "y").inbox == tmp_path / "x"
