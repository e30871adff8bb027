"""Small workbooks in memory, cell by cell and part by part, and reading them.

What is expected of them is in the tests beside this.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook import Workbook

from assets.raw.delivery import DeliveredFile, Delivery, delivered_file, read_delivery
from assets.raw.problems import DeliveryError
from assets.vocabulary import vocabulary
from pipelines.settings import DEFAULT_LIMIT

Rows = Sequence[Sequence[Any]]

PARTICIPANTS: Rows = [
    ["Deltaker-ID", "Fødselsår", "Kjønn", "Landbakgrunn", "Norsknivå", "Utdanning"],
    ["p1", 1985, "Kvinne", "Somalia", "A2", "Grunnskole"],
    ["p2", 1990, "Mann", "Syria", None, None],
]
REFERRALS: Rows = [
    ["Henvisnings-ID", "Deltaker-ID", "Henvist dato", "Henvist fra", "Ytelse", "Oppstartsdato"],
    ["r1", "p1", "1.2.2021", "NAV lokal", "KVP", "15.2.2021"],
    ["r2", "p2", "3.2.2021", "NAV lokal", "KVP", None],
]
EXITS: Rows = [
    ["Henvisnings-ID", "Avsluttet dato", "Avslutningstype", "Gikk til", "Årsak"],
    ["r1", "1.12.2021", "Planmessig avsluttet", "UT", None],
]
REQUIRED: Mapping[str, Rows] = {
    "Deltakere": PARTICIPANTS,
    "Henvisninger": REFERRALS,
    "Avslutninger": EXITS,
}
"""The three sheets that a workbook must have, clean."""


def book(sheets: Mapping[str, Rows]) -> Workbook:
    """Return an openpyxl workbook with the sheets, each a list of rows of cells from A1 on."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for number, cells in enumerate(rows, start=1):
            for place, value in enumerate(cells, start=1):
                if value is not None:
                    sheet.cell(number, place, value)
    return made


def saved(made: Workbook) -> bytes:
    """Return the bytes of an openpyxl workbook."""
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def workbook(**changed: Rows | None) -> bytes:
    """Return a clean workbook with some sheets changed, given by table name; None leaves it out."""
    names = {table.name: table.sheet or "" for table in vocabulary().sheets()}
    sheets = {**REQUIRED, **{names[table]: rows for table, rows in changed.items()}}
    return saved(book({title: rows for title, rows in sheets.items() if rows is not None}))


def written_1904(sheets: Mapping[str, Rows]) -> bytes:
    """Return a workbook that counts its days from 1904, dates written as spreadsheet dates."""
    stream = io.BytesIO()
    options = {"in_memory": True, "date_1904": True, "default_date_format": "dd.mm.yyyy"}
    with xlsxwriter.Workbook(stream, options) as made:
        for title, rows in sheets.items():
            sheet = made.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return stream.getvalue()


# --- Files, part by part ------------------------------------------------------------------


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return name -> bytes of every part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of `parts`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a workbook with some parts changed or added."""
    return zipped({**parts_of(content), **parts})


def saved_by_libreoffice(content: bytes, folder: Path, name: str = "fil.xlsx") -> bytes:
    """Return a workbook as LibreOffice saves it; skips the test where it is not installed."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    arguments = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*arguments, str(folder / "ut"), str(folder / name)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "ut" / name).with_suffix(".xlsx").read_bytes()


# --- Reading ------------------------------------------------------------------------------


def read(content: bytes, name: str = "fil.xlsx", limit: int = DEFAULT_LIMIT) -> Delivery:
    """Read a delivery of this name and content."""
    return read_delivery(delivered_file(name, content), limit)


def in_process(file: DeliveredFile) -> Delivery:
    """Read a delivery in this process, which is quicker than in a child of its own."""
    return read_delivery(file, DEFAULT_LIMIT)


def codes_of(content: bytes, name: str = "fil.xlsx", limit: int = DEFAULT_LIMIT) -> set[str]:
    """Return the codes for which a delivery is refused; none when it is read."""
    try:
        read(content, name, limit)
    except DeliveryError as refusal:
        return set(refusal.problems["code"])
    return set()
