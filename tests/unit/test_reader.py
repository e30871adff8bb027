"""Reading in a process of its own: what comes back, and what ends when a file asks too much."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.raw import problems
from assets.raw.assets import read_deliveries
from assets.raw.delivery import DeliveredFile, delivered_file
from assets.raw.problems import DeliveryError
from assets.records.forgotten import Forgotten
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.feedback import workbooks
from pipelines.reader import Reader, ReaderError
from pipelines.settings import KEY, PROJECT, READING_MEMORY
from tests.pipeline.homes import nora
from tests.unit.test_national_id import NUMBER
from tests.unit.workbooks import (
    PARTICIPANTS,
    REQUIRED,
    book,
    in_process,
    saved,
    workbook,
)

CSV = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn;Notat\r\np1;1985;Kvinne;Syria;{}\r\n"
MEGABYTES = 1_000_000


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def one_word_in_many_rows() -> DeliveredFile:
    """About 100 kB that are 1 GB of text."""
    places = pa.array([0] * 1_000_000, pa.int32())
    words = pa.DictionaryArray.from_arrays(places, pa.array(["x" * 1000]))
    return delivered_file("deltakere_ord.parquet", parquet(pa.table({"a": words})))


def one_list_of_many_numbers() -> DeliveredFile:
    """Less than 1 kB that take half a minute and gigabytes, and are in the wrong columns."""
    ones = pa.array(np.ones(40_000_000, np.int64))
    numbers = pa.table({"a": pa.ListArray.from_arrays([0, len(ones)], ones)})
    return delivered_file("deltakere_liste.parquet", parquet(numbers))


def refusal(reader: Reader, file: DeliveredFile) -> tuple[str, str]:
    """Code and message of the one problem for which a delivery is refused."""
    with pytest.raises(DeliveryError) as caught:
        reader.read(file)
    ((code, message),) = caught.value.problems.select("code", "message").rows()
    return code, message


# --- What comes back ----------------------------------------------------------------------


def with_a_formula() -> bytes:
    made = book({**REQUIRED, "Notater": [["æøå"]]})
    made["Deltakere"]["E3"] = "=A1"
    made["Deltakere"]["H1"] = "Merknad"
    return saved(made)


@pytest.mark.parametrize(
    "file",
    [
        delivered_file("a.xlsx", with_a_formula()),
        delivered_file("deltakere å.csv", CSV.format("x").encode("cp1252")),
        delivered_file(
            "deltakere.parquet", parquet(pa.table({name: ["1"] for name in PARTICIPANTS[0]}))
        ),
    ],
    ids=lambda file: file.name,
)
def test_delivery_is_what_it_would_be_in_this_process(file: DeliveredFile) -> None:
    here, there = in_process(file), Reader().read(file)
    assert there.tables.keys() == here.tables.keys()
    for name, frame in here.tables.items():
        assert there.tables[name].equals(frame)
        assert there.tables[name].schema == frame.schema
    assert there.problems.equals(here.problems)
    assert there.findings.equals(here.findings)
    assert (there.name, there.sha256, there.synthetic, there.ignored) == (
        here.name, here.sha256, here.synthetic, here.ignored,
    )  # fmt: skip


@pytest.mark.parametrize(
    "file",
    [
        delivered_file("a.xlsx", b"nei"),
        delivered_file("tom.csv", b""),
        delivered_file("a.ods", b"x"),
        delivered_file("a.xlsx", workbook(exits=None, participants=[["Kjønn"]])),
        delivered_file("deltakere.csv", CSV.format(NUMBER).encode()),
        delivered_file(f"{NUMBER}.xlsx", workbook()),
        DeliveredFile("b.xlsx", None, None, fault="locked"),
    ],
    ids=range(7),
)
def test_refusal_is_what_it_would_be_in_this_process(file: DeliveredFile) -> None:
    with pytest.raises(DeliveryError) as here:
        in_process(file)
    with pytest.raises(DeliveryError) as there:
        Reader().read(file)
    assert there.value.problems.equals(here.value.problems)
    assert NUMBER not in str(there.value)


def test_limit_on_the_size_holds_in_the_child() -> None:
    file = delivered_file("a.xlsx", workbook())
    assert "større enn 0 MB" in refusal(Reader(limit=1000), file)[1]


# --- Bounds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attack", "most"), [(one_word_in_many_rows, 300), (one_list_of_many_numbers, 500)]
)
def test_file_that_takes_more_memory_is_unreadable_whatever_it_holds(
    attack: Callable[[], DeliveredFile], most: int
) -> None:
    file = attack()
    assert file.content is not None
    assert len(file.content) < MEGABYTES
    code, message = refusal(Reader(memory=most * MEGABYTES), file)
    assert code == "unreadable"
    assert f"mer enn {most} MB minne eller 60 sekunder" in message


def test_file_that_takes_more_time_is_unreadable() -> None:
    reader = Reader(memory=1_000_000 * MEGABYTES, seconds=1)
    code, message = refusal(reader, one_list_of_many_numbers())
    assert code == "unreadable"
    assert "1 sekunder" in message


def test_file_that_ends_its_reader_takes_no_other_down() -> None:
    files = [
        delivered_file("a.xlsx", workbook()),
        one_list_of_many_numbers(),
        delivered_file("z.xlsx", workbook(participants=[PARTICIPANTS[0]])),
    ]
    read = read_deliveries(files, Reader(memory=500 * MEGABYTES).read)
    assert read["participants"]["delivery"].unique().to_list() == ["a.xlsx"]
    assert read["problems"].select("delivery", "code").rows() == [
        ("deltakere_liste.parquet", "unreadable")
    ]


def test_check_says_it_of_a_file_that_takes_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(READING_MEMORY, "300")
    attack = one_word_in_many_rows()
    (tmp_path / attack.name).write_bytes(attack.content or b"")
    said = nora("check", str(tmp_path / attack.name), "--home", str(tmp_path / "home"))
    assert said.code == 3
    assert "Avvist: deltakere_ord.parquet" in said.out
    assert "mer enn 300 MB minne" in said.out


# --- The child ----------------------------------------------------------------------------


class Reading(threading.Thread):
    """Reads a file that takes long, in a thread, so that its child can be looked at."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader, self.code = reader, ""
        self.start()

    def run(self) -> None:
        self.code, _ = refusal(self.reader, one_list_of_many_numbers())

    @property
    def child(self) -> Path:
        """The folder in /proc of the child, once it reads."""
        while self.is_alive():
            for found in Path("/proc").glob("[0-9]*/stat"):
                fields = found.read_text().rpartition(")")[2].split() if found.exists() else []
                if fields and int(fields[1]) == os.getpid() and self.has_begun(found.parent):
                    return found.parent
            time.sleep(0.05)
        raise AssertionError("the child has ended")

    @staticmethod
    def has_begun(child: Path) -> bool:
        is_reader = b"pipelines.reader" in (child / "cmdline").read_bytes()
        return is_reader and bool(re.search(r"Max file size +0 ", (child / "limits").read_text()))


@pytest.fixture
def reading() -> Iterator[Reading]:
    # A test run in the background ignores Ctrl+C, Dagster makes SIGTERM the same, and a child
    # inherits what is ignored.
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield Reading(Reader(memory=1_000_000 * MEGABYTES))
    signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the child is looked at in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV, signal.SIGTERM])
def test_child_that_is_killed_leaves_an_unreadable_file(
    reading: Reading, how: signal.Signals
) -> None:
    os.kill(int(reading.child.name), how)
    reading.join()
    assert reading.code == "unreadable"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the child is looked at in /proc")
def test_child_that_comes_to_no_end_is_ended() -> None:
    reading = Reading(Reader(memory=1_000_000 * MEGABYTES, seconds=2))
    child = reading.child
    os.kill(int(child.name), signal.SIGSTOP)
    reading.join()
    assert reading.code == "unreadable"
    assert not child.exists()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the child is looked at in /proc")
def test_child_knows_no_secret_and_can_write_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "hemmelig")
    reading = Reading(Reader(memory=1_000_000 * MEGABYTES))
    child = reading.child
    environment = (child / "environ").read_bytes()
    limits = (child / "limits").read_text().splitlines()
    os.kill(int(child.name), signal.SIGKILL)
    reading.join()
    assert b"hemmelig" not in environment
    assert {name.partition(b"=")[0] for name in environment.split(b"\0") if name} == {
        b"MALLOC_ARENA_MAX", b"OMP_NUM_THREADS", b"OPENBLAS_NUM_THREADS", b"POLARS_MAX_THREADS",
    }  # fmt: skip
    allowed = {line[:26].strip(): line[26:].split()[:2] for line in limits}
    assert allowed["Max file size"] == ["0", "0"]
    assert allowed["Max core file size"] == ["0", "0"]


def test_child_that_cannot_start_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.reader.PROJECT", Path("/"))
    monkeypatch.setattr("sys.executable", "/usr/bin/python3")
    with pytest.raises(ReaderError, match="pipelines"):
        Reader().read(delivered_file("a.xlsx", workbook()))


def test_child_imports_none_of_what_is_slow() -> None:
    slow = "dagster", "great_expectations", "pandas", "plotly", "babel", "duckdb"
    code = f"import sys, pipelines.reader; print(sorted(set(sys.modules) & set({slow})))"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


# --- Feedback -----------------------------------------------------------------------------


def sheets_of_feedback(file: DeliveredFile, code: str, reader: Reader) -> list[str]:
    found = problems.problem(file.name, code, sheet="Deltakere", row=3, field="gender")
    nothing = pl.lit(None, pl.String)
    found = found.with_columns(healed_by=nothing, follows_from=nothing)
    aside = schema(vocabulary().table("raw.set_aside")).to_frame()
    (made,) = workbooks([file], found, Forgotten(b"secret"), aside, reader, {}).values()
    return openpyxl.load_workbook(io.BytesIO(made)).sheetnames


def test_copy_that_takes_too_much_is_left_out_of_the_feedback() -> None:
    file = delivered_file("a.xlsx", workbook())
    assert sheets_of_feedback(file, "bad_code", Reader(memory=150 * MEGABYTES)) == ["Feil"]


@pytest.mark.parametrize("code", sorted(problems.REFUSALS))
def test_file_that_is_refused_is_not_copied(code: str) -> None:
    file = delivered_file("a.xlsx", workbook())
    assert sheets_of_feedback(file, code, Reader()) == ["Feil"]


def test_file_with_errors_is_copied() -> None:
    file = delivered_file("a.xlsx", workbook())
    assert len(sheets_of_feedback(file, "bad_code", Reader())) == 4
