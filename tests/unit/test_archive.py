"""Archives that hold more than they say, or more than they may, and workbooks that are none."""

from __future__ import annotations

import random
import struct
import zipfile

import pytest
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from assets.raw.archive import ArchiveError, ArchiveTooLargeError, pack, unpack
from assets.raw.delivery import delivered_file, read_delivery
from assets.raw.problems import UNREADABLE, DeliveryError
from tests.unit.workbooks import (
    REQUIRED,
    book,
    changed,
    parts_of,
    read,
    saved,
    workbook,
    zipped,
)

MEGABYTE = 1_000_000
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
SHEET = "xl/worksheets/sheet1.xml"


def reason(content: bytes, name: str = "fil.xlsx", limit: int = 50 * MEGABYTE) -> str:
    """Why a file is unreadable, as a key of UNREADABLE; nothing else may be wrong with it."""
    with pytest.raises(DeliveryError) as caught:
        read(content, name, limit)
    (found,) = caught.value.problems.to_dicts()
    assert (found["code"], found["sheet"], found["row"], found["field"]) == (
        "unreadable", None, None, None,
    )  # fmt: skip
    (key,) = (key for key, text in UNREADABLE.items() if text.split("{")[0] in found["message"])
    return key


def lying(content: bytes, size: int) -> bytes:
    """The archive with another size written down for its parts, in both of its lists."""
    spoiled = bytearray(content)
    for mark, place in ((LOCAL, 22), (CENTRAL, 24)):
        start = spoiled.find(mark)
        while start >= 0:
            struct.pack_into("<I", spoiled, start + place, size)
            start = spoiled.find(mark, start + 4)
    return bytes(spoiled)


# --- Archives -----------------------------------------------------------------------------


def test_parts_come_out_as_they_went_in() -> None:
    parts = {"a.xml": b"<a/>", "b/c.bin": bytes(range(256)), "tom": b""}
    assert unpack(zipped(parts), 1000) == parts
    assert unpack(pack(parts), 1000) == parts


def test_parts_may_have_as_many_bytes_as_the_limit_and_not_one_more() -> None:
    content = zipped({"a": bytes(600), "b": bytes(400)})
    assert set(unpack(content, 1000)) == {"a", "b"}
    with pytest.raises(ArchiveTooLargeError):
        unpack(content, 999)


def test_nothing_is_unpacked_of_what_says_that_it_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = zipped({"a": bytes(10 * MEGABYTE)})
    opened: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: opened.append(1))
    with pytest.raises(ArchiveTooLargeError):
        unpack(content, MEGABYTE)
    assert opened == []


def test_part_that_says_that_it_is_smaller_is_never_unpacked_further() -> None:
    with pytest.raises(ArchiveError):
        unpack(lying(zipped({"a": bytes(10 * MEGABYTE)}), 100), MEGABYTE)


def test_part_that_says_that_it_is_larger_counts_as_large_as_it_says() -> None:
    assert unpack(lying(zipped({"a": b"a"}), 900), 1000) == {"a": b"a"}
    with pytest.raises(ArchiveTooLargeError):
        unpack(lying(zipped({"a": b"a"}), 4_000_000_000), 1000)


def test_what_zipfile_says_of_a_damaged_archive_is_not_carried_along() -> None:
    with pytest.raises(ArchiveError) as caught:
        unpack(b"PK\x03\x04 hemmelig", 1000)
    assert caught.value.args == ()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


# --- Workbooks that unpack to too much ----------------------------------------------------


@pytest.mark.parametrize("part", ["xl/media/image1.png", SHEET, "xl/sharedStrings.xml"])
def test_part_of_many_zero_bytes(part: str) -> None:
    bomb = changed(workbook(), {part: bytes(30 * MEGABYTE)})
    assert len(bomb) < MEGABYTE
    assert reason(bomb, limit=MEGABYTE) == "bomb"


def test_many_parts_that_are_large_together() -> None:
    parts = {f"xl/media/{number}.png": bytes(MEGABYTE) for number in range(30)}
    assert reason(changed(workbook(), parts), limit=MEGABYTE) == "bomb"


def test_size_that_is_not_the_true_one() -> None:
    bomb = changed(workbook(), {"xl/media/image1.png": bytes(30 * MEGABYTE)})
    assert reason(lying(bomb, 10), limit=MEGABYTE) == "damaged"
    assert reason(lying(workbook(), 4_000_000_000)) == "bomb"


def test_archive_within_an_archive() -> None:
    inner = zipped({"a.xml": bytes(30 * MEGABYTE)})
    assert reason(changed(workbook(), {"xl/embeddings/a.xlsx": inner}), limit=MEGABYTE) == "bomb"
    nested = zipped({"b.xlsx": zipped({"a.xml": b"<a/>"})})
    assert reason(changed(workbook(), {"xl/embeddings/a.xlsx": nested})) == "bomb"


def test_cell_in_the_far_corner() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["XFD1048576"] = "x"
    assert reason(saved(made)) == "bomb"


@pytest.mark.parametrize(
    "cell",
    [
        "<c r='XFD1048576'><v>1</v></c>",
        '<c r = "XFD1048576"><v>1</v></c>',
        '<c s="0" r="XFD1048576"><v>1</v></c>',
        '<c\nr="XFD1048576"><v>1</v></c>',
        '<y:c xmlns:y="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'r="XFD1048576"><v>1</v></y:c>',
    ],
)
def test_cell_in_the_far_corner_however_it_is_written(cell: str) -> None:
    sheet = parts_of(workbook())[SHEET]
    end = sheet.rindex(b"</row>")
    assert reason(changed(workbook(), {SHEET: sheet[:end] + cell.encode() + sheet[end:]})) == "bomb"


def test_sheets_that_are_too_large_only_together() -> None:
    made = book(REQUIRED)
    for number in range(12):
        made.create_sheet(f"Ark {number}")["J1000000"] = "x"
        made[f"Ark {number}"]["A1"] = "x"
    assert reason(saved(made)) == "bomb"


@pytest.mark.parametrize("cell", ['<c r="A1">', '<c r="A1" ', '<c r="A1" t="'])
def test_time_does_not_grow_with_the_square_of_the_size(cell: str) -> None:
    # With a pattern that looks for the end of each cell this takes hours.
    made = book(REQUIRED)
    made["Deltakere"]["B2"] = "=1+1"
    sheet = parts_of(saved(made))[SHEET]
    end = sheet.rindex(b"</worksheet>")
    comment = b"<!--" + cell.encode() * 200_000 + b"-->"
    content = changed(saved(made), {SHEET: sheet[:end] + comment + sheet[end:]})
    assert read_delivery(delivered_file("a.xlsx", content), 10 * MEGABYTE).problems.height == 1


def test_coloured_cells_are_no_content() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["XFD1048576"].fill = PatternFill("solid", fgColor="FFFF0000")
    delivery = read_delivery(delivered_file("a.xlsx", saved(made)), MEGABYTE)
    assert delivery.tables["participants"].height == 2


def test_many_small_sheets_are_not_too_large() -> None:
    made = book(REQUIRED)
    for number in range(40):
        made.create_sheet(f"Måned {number}")["A1"] = "x"
    delivery = read_delivery(delivered_file("a.xlsx", saved(made)), MEGABYTE)
    assert len(delivery.ignored) == 40


@pytest.mark.parametrize("place", ["AAAAAAAAAAAA1", "a1", "$A$1", "A99999999", "1A"])
def test_place_that_no_sheet_has(place: str) -> None:
    sheet = parts_of(workbook())[SHEET].replace(b'r="A2"', f'r="{place}"'.encode())
    assert reason(changed(workbook(), {SHEET: sheet})) == "damaged"


def shared(text: str, times: int) -> bytes:
    """A workbook in which one text stands in many cells, and is written down once."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{get_column_letter(column)}{row}" t="s"><v>0</v></c>'
            for column in range(1, 101)
        )
        + "</row>"
        for row in range(1, times // 100 + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'
    made = book({**REQUIRED, "Notater": [["x"]]})
    content = saved(made)
    listed = parts_of(content)
    return changed(
        content,
        {
            "xl/worksheets/sheet4.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
            "</worksheet>".encode(),
            "xl/sharedStrings.xml": strings.encode(),
            "[Content_Types].xml": listed["[Content_Types].xml"].replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
                b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
            ),
        },
    )


def test_text_of_a_million_letters_in_many_cells() -> None:
    assert reason(shared("a" * MEGABYTE, 20_000)) == "bomb"


def test_text_that_stands_in_many_cells_and_a_long_text_that_does_not() -> None:
    delivery = read(shared("en lang merknad" * 10, 2000))
    assert delivery.tables["participants"].height == 2


@pytest.mark.parametrize("count", ["4294967296", "99999999999999999999"])
def test_list_of_texts_that_says_it_is_longer_than_it_is(count: str) -> None:
    content = shared("a", 100)
    strings = parts_of(content)["xl/sharedStrings.xml"].replace(
        b'uniqueCount="1"', f'uniqueCount="{count}"'.encode()
    )
    delivery = read(changed(content, {"xl/sharedStrings.xml": strings}))
    assert delivery.tables["participants"].height == 2


# --- Files that are not what their name says ----------------------------------------------


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "docProps/core.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_document_type_in_any_part(part: str, encoding: str) -> None:
    assert reason(changed(workbook(), {part: LAUGHS.encode(encoding)})) == "damaged"


def encrypted() -> bytes:
    stream = "EncryptedPackage".encode("utf-16-le")
    return bytes.fromhex("d0cf11e0a1b11ae1") + random.Random(1).randbytes(8192) + stream


def spreadsheet_of_another_kind() -> bytes:
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"<office:document-content/>",
        }
    )


def with_macros() -> bytes:
    content = workbook()
    types = parts_of(content)["[Content_Types].xml"].replace(
        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return changed(content, {"[Content_Types].xml": types, "xl/vbaProject.bin": b"x"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"Deltaker-ID;Kjonn\n", "kind_text"),
        (encrypted(), "kind_password"),
        (spreadsheet_of_another_kind(), "kind_open_document"),
        (
            zipped({"word/document.xml": b"<w:document/>", "[Content_Types].xml": b"<x/>"}),
            "kind_document",
        ),
        (with_macros(), "kind_macro_workbook"),
        (b"PK\x05\x06" + bytes(18), "damaged"),
    ],
    ids=["empty", "text", "encrypted", "ods", "docx", "xlsm", "empty archive"],
)
def test_other_formats_by_the_name_of_a_workbook(content: bytes, expected: str) -> None:
    assert reason(content) == expected


def test_archive_with_a_password() -> None:
    flagged = bytearray(workbook())
    for mark, place in ((LOCAL, 6), (CENTRAL, 8)):
        start = flagged.find(mark)
        while start >= 0:
            flagged[start + place] |= 1
            start = flagged.find(mark, start + 4)
    assert reason(bytes(flagged)) == "damaged"


@pytest.mark.parametrize("name", ["gammel.xls", "makro.xlsm", "libre.ods", "GAMMEL.XLS"])
@pytest.mark.parametrize("content", [workbook(), b"", b"x"], ids=["workbook", "empty", "text"])
def test_old_formats_are_refused_by_name_with_advice(name: str, content: bytes) -> None:
    assert reason(content, name) == "old_format"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file(share: float) -> None:
    content = workbook()
    assert reason(content[: int(len(content) * share)]) == "damaged"


@pytest.mark.parametrize("name", ["fil.xlsx", "deltakere.csv", "deltakere.parquet"])
def test_oversized_file_is_refused_before_it_is_looked_at(name: str) -> None:
    assert reason(workbook(), name, limit=1000) == "too_large"
    assert reason(bytes(1001), name, limit=1000) == "too_large"


def test_two_sheets_of_one_name_or_of_one_part_are_refused() -> None:
    parts = parts_of(workbook())
    listed, related = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    twice = listed.replace(b'name="Henvisninger"', b'name="Deltakere"')
    assert reason(changed(workbook(), {"xl/workbook.xml": twice})) == "damaged"
    shared_part = related.replace(b"sheet2.xml", b"sheet1.xml")
    assert reason(changed(workbook(), {"xl/_rels/workbook.xml.rels": shared_part})) == "damaged"
