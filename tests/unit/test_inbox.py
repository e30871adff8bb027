"""Which files of the inbox are deliveries."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest

from assets.raw.assets import read_deliveries
from assets.raw.delivery import DeliveredFile, read_delivery
from assets.raw.problems import DeliveryError
from pipelines.inbox import EmptyInboxError, Inbox, InboxUnreadableError, read_file
from pipelines.settings import DEFAULT_LIMIT, PROJECT, Settings
from tests.unit.test_national_id import NUMBER
from tests.unit.workbooks import in_process, workbook


def inbox(folder: Path, *names: str, content: bytes = b"x", limit: int = DEFAULT_LIMIT) -> Inbox:
    for name in names:
        (folder / name).write_bytes(content)
    return Inbox(folder=str(folder), limit=limit)


def names_in(box: Inbox) -> list[str]:
    return [file.name for file in box.files()]


def test_deliveries_come_in_the_order_in_which_they_count(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    assert inbox(tmp_path, "c.xlsx", "a.xlsx", "B.XLSX").files() == [
        DeliveredFile("a.xlsx", digest, b"x"),
        DeliveredFile("B.XLSX", digest, b"x"),
        DeliveredFile("c.xlsx", digest, b"x"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_deliveries_named_in_the_order_file_count_last(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "Rekkefolge.txt").write_bytes("måned.xlsx\n\na.xlsx\n".encode(encoding))
    box = inbox(tmp_path, "måned.xlsx", "a.xlsx", "z.xlsx")
    assert names_in(box) == ["z.xlsx", "måned.xlsx", "a.xlsx"]
    assert box.ignored() == box.named_but_absent() == []


def test_name_in_the_order_file_that_no_delivery_has_is_told(tmp_path: Path) -> None:
    (tmp_path / "rekkefolge.txt").write_text("A.xlsx\nborte.xlsx", encoding="utf-8")
    assert inbox(tmp_path, "a.xlsx").named_but_absent() == ["borte.xlsx"]


def test_changed_order_is_a_change_of_the_inbox(tmp_path: Path) -> None:
    box = inbox(tmp_path, "a.xlsx")
    before = box.stamps()
    (tmp_path / "rekkefolge.txt").write_text("a.xlsx")
    assert box.stamps() != before


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet", "xls", "xlsm", "ods", "XLSX", "Csv"])
def test_deliveries_are_told_by_their_endings(tmp_path: Path, ending: str) -> None:
    box = inbox(tmp_path, f"a.{ending}", f"{ending}", f"a.{ending}.txt")
    assert names_in(box) == [f"a.{ending}"]


def test_other_files_are_passed_over_and_named(tmp_path: Path) -> None:
    others = (
        ".skjult.xlsx", "~$a.xlsx", "Thumbs.db", "bilde.png", "les meg.txt", "uten", "a.xlsx.tmp",
        "~WRL0001.tmp", ".DS_Store", "brev.docx", ".skjult.csv", "~$deltakere.csv",
    )  # fmt: skip
    (tmp_path / "mappe.xlsx").mkdir()
    box = inbox(tmp_path, "a.xlsx", *others)
    assert names_in(box) == ["a.xlsx"]
    assert set(box.ignored()) == {*others, "mappe.xlsx"}


def test_other_file_with_a_national_id_in_its_name_is_not_called_by_it(tmp_path: Path) -> None:
    box = inbox(tmp_path, "a.xlsx", f"brev {NUMBER}.docx")
    digest = hashlib.sha256(b"x").hexdigest()[:12]
    assert box.ignored() == [f"{digest} (filnavnet inneholder et fødselsnummer)"]


def test_name_is_composed_whatever_the_file_system_gives(tmp_path: Path) -> None:
    name = "NorA Årstad.xlsx"
    assert names_in(inbox(tmp_path, unicodedata.normalize("NFD", name))) == [name]


def test_order_is_that_of_the_composed_names(tmp_path: Path) -> None:
    names = [unicodedata.normalize("NFD", "å.xlsx"), "az.xlsx", "b.xlsx"]
    assert names_in(inbox(tmp_path, *names)) == ["az.xlsx", "b.xlsx", "å.xlsx"]


@pytest.mark.parametrize("name", ["a.xls", "a.xlsm", "a.ods", "A.ODS"])
def test_old_formats_are_deliveries_that_are_refused(tmp_path: Path, name: str) -> None:
    (file,) = inbox(tmp_path, name).files()
    with pytest.raises(DeliveryError, match=name) as caught:
        read_delivery(file, DEFAULT_LIMIT)
    assert caught.value.problems["code"].to_list() == ["unreadable"]


def test_file_over_the_limit_is_not_read_and_is_refused(tmp_path: Path) -> None:
    content = b"x" * 11
    box = inbox(tmp_path, "a.xlsx", content=content, limit=10)
    (file,) = box.files()
    digest = hashlib.sha256(content).hexdigest()
    assert file == DeliveredFile("a.xlsx", digest, None, "too_large")
    with pytest.raises(DeliveryError, match="større enn"):
        read_delivery(file, box.limit)
    assert inbox(tmp_path, "a.xlsx", content=content, limit=11).files()[0].content == content


@pytest.mark.parametrize("folder", [".", "finnes ikke"])
def test_nothing_to_load(tmp_path: Path, folder: str) -> None:
    box = inbox(tmp_path, "les meg.txt")
    with pytest.raises(EmptyInboxError):
        Inbox(folder=str(tmp_path / folder)).files()
    assert box.ignored() == ["les meg.txt"]


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


def test_two_spellings_of_one_name_are_refused_and_lose_no_row_in_silence(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "måned.xlsx")
    names = (composed, unicodedata.normalize("NFD", composed), "annet.xlsx")
    box = inbox(tmp_path, *names, content=workbook())
    raw = read_deliveries(box.files(), in_process)
    assert set(raw["problems"].select("delivery", "code").rows()) == {(composed, "unreadable")}
    assert raw["participants"]["delivery"].unique().to_list() == ["annet.xlsx"]


def test_name_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bl\xe5.xlsx")).write_bytes(workbook())
    raw = read_deliveries(Inbox(folder=str(tmp_path)).files(), in_process)
    assert raw["deliveries"]["delivery"].to_list() == ["bl\ufffd.xlsx"]
    assert not raw["deliveries"]["refused"].any()


def test_file_that_cannot_be_opened_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = inbox(tmp_path, "a.xlsx", "b.xlsx", "~$a.xlsx", content=workbook())
    read = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.name == "a.xlsx":
            raise PermissionError
        return read(path)

    # The superuser, who may run the tests, may open whatever it likes.
    monkeypatch.setattr(Path, "read_bytes", denied)
    raw = read_deliveries(box.files(), in_process)
    assert raw["problems"].select("delivery", "code").rows() == [("a.xlsx", "unreadable")]
    assert raw["deliveries"]["sha256"].null_count() == 1
    assert raw["participants"]["delivery"].unique().to_list() == ["b.xlsx"]


def test_what_is_not_read_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rør")  # whoever opens it waits for ever
    (tmp_path / "brutt.xlsx").symlink_to(tmp_path / "finnes ikke")
    (tmp_path / "mappe.xlsx").mkdir()
    box = inbox(tmp_path, "a.xlsx")
    assert [file.name for file in box.files()] == ["a.xlsx"]
    assert set(box.ignored()) == {"rør", "brutt.xlsx", "mappe.xlsx"}


def test_file_that_vanishes_is_no_delivery(tmp_path: Path) -> None:
    assert read_file(tmp_path / "borte.xlsx", DEFAULT_LIMIT) is None


def test_inbox_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(InboxUnreadableError, match=str(tmp_path)):
        inbox(tmp_path, "a.xlsx").files()
