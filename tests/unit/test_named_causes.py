"""A file that is not what its name says, or whose text is not what was written: the cause is named.

Each kind of fault has its own table of files; the rest of reading CSV is in test_delimited.py.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.raw.delivery import REFUSED_SUFFIXES
from assets.raw.problems import DeliveryError
from assets.records.coding import code
from assets.vocabulary import vocabulary
from assets.vocabulary.spelling import clean
from tests.unit.workbooks import codes_of, read, workbook, zipped

HEADER = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn;Norsknivå;Utdanning"
ROWS = [
    "K-31;1971;Mann;Eritrea;B2;Videregående",
    "K-32;1996;Kvinne;Tyrkia;A2;Grunnskole",
    "K-33;1982;Kvinne;Elfenbenskysten;;Høyere",
]
PERSONS = "\r\n".join([HEADER, *ROWS, ""])
ACTIVITIES = "\r\n".join(
    [
        "Henvisnings-ID;Aktivitet;Fra dato;Til dato;Virksomhet",
        "R-5;Språkpraksis;3.5.2021;;Trevarefabrikken på Stord",
        "R-6;Arbeidstrening;9.8.2021;;Kjøkkenet",
        "",
    ]
)
REFERRALS = "\r\n".join(
    [
        "Henvisnings-ID;Deltaker-ID;Henvist dato;Henvist fra;NAV-kontor;Ytelse;Oppstartsdato",
        "R-5;K-31;3.2.2021;NAV lokal;NAV Årstad;KVP;4.3.2021",
        "R-6;K-32;5.2.2021;NAV lokal;NAV Åsane/Arna;Økonomisk sosialhjelp;",
        "",
    ]
)
FILES = {"deltakere_4.csv": PERSONS, "aktiviteter.csv": ACTIVITIES, "henvisninger.csv": REFERRALS}


def refusal(content: bytes, name: str = "deltakere_4.csv") -> dict[str, Any]:
    """The only problem for which a delivery is refused."""
    with pytest.raises(DeliveryError) as caught:
        read(content, name)
    (found,) = caught.value.problems.to_dicts()
    assert found["code"] == "unreadable"
    return found


def joined(*parts: tuple[str, str]) -> bytes:
    """Lines of text, each in its own character set."""
    return b"".join(f"{line}\r\n".encode(encoding) for line, encoding in parts)


# --- The whole file in another character set ----------------------------------------------


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("mac_roman", "Mac Roman"),
        ("cp850", "DOS"),
        ("cp865", "DOS"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_other_character_set_is_named_with_the_remedy(name: str, encoding: str, said: str) -> None:
    message = refusal(FILES[name].encode(encoding), name)["message"]
    assert said in message
    assert "CSV UTF-8" in message


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso8859-15", "utf-16"])
def test_character_sets_of_excel_are_read(name: str, encoding: str) -> None:
    (frame,) = read(FILES[name].encode(encoding), name).tables.values()
    (same,) = read(FILES[name].encode(), name).tables.values()
    assert frame.equals(same)


def test_dos_without_the_letter_o_slash() -> None:
    content = PERSONS.replace("ø", "o").replace("Fodselsår", "birth_year").encode("cp437")
    assert "DOS" in refusal(content.replace(b"Kjonn", b"gender"))["message"]


@pytest.mark.parametrize(
    "text",
    [
        "Côte d’Ivoire", "Microsoft®", "BŒUF", "2¾ dag", "Olsen†", "“BJØRNØ”", "«Vest-Å»", "Sa‘ad",
        "Fil › Lagre", "¿Qué?", "São Tomé", "SÃO", "± 5 °C", "Škoda",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_signs_that_look_like_letters_of_other_sets_are_text(text: str, encoding: str) -> None:
    content = ACTIVITIES.replace("Kjøkkenet", text).encode(encoding)
    (frame,) = read(content, "aktiviteter.csv").tables.values()
    assert frame["employer"].to_list()[1] == text


def test_file_without_any_norwegian_letter_may_hold_signs_of_windows() -> None:
    content = (
        "Henvisnings-ID;Aktivitet;Fra dato;Virksomhet\nR-5;Arbeidstrening;3.5.2021;Tine® – d’Or\n"
    )
    (frame,) = read(content.encode("cp1252"), "aktiviteter.csv").tables.values()
    assert frame["employer"].to_list() == ["Tine® – d’Or"]


def test_letters_that_no_set_explains_are_named_as_such() -> None:
    assert "tegnsett" in refusal(PERSONS.encode("cp1252") + b"K-34;\x81;;;;\n")["message"]


WORDS = st.text(
    st.sampled_from("abdeiknorstABEKNRSæøåÆØÅéüöàçñ ’‘“”«»–—…®©°½€§´%&()/.,-'0123456789")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS.filter(lambda text: text.strip()), min_size=1, max_size=5))
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_text_of_excel_is_never_taken_for_another_set(encoding: str, texts: list[str]) -> None:
    # Without an ordinary letter, odd signs of Windows can be one of UTF-8 by chance.
    texts = ["Kjøkkenet", *texts]
    rows = "".join(f"R-{n};Arbeidstrening;3.5.2021;{text}\n" for n, text in enumerate(texts))
    content = "Henvisnings-ID;Aktivitet;Fra dato;Virksomhet\n" + rows
    if codes_of(content.encode(encoding), "aktiviteter.csv") != {"national_id"}:
        (frame,) = read(content.encode(encoding), "aktiviteter.csv").tables.values()
        assert frame["employer"].to_list() == [clean(text) for text in texts]


# --- Some rows in another character set ---------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "odd", "said"),
    [
        ("utf-8", "cp1252", "Windows-1252"),
        ("utf-8-sig", "cp1252", "Windows-1252"),
        ("utf-8", "mac_roman", "Mac Roman"),
        ("utf-8", "cp865", "DOS"),
        ("cp1252", "utf-8", "UTF-8"),
        ("cp1252", "mac_roman", "Mac Roman"),
        ("cp1252", "cp850", "DOS"),
    ],
)
def test_row_in_another_character_set_is_named(rest: str, odd: str, said: str) -> None:
    lines = [HEADER, *ROWS, "K-34;1969;Mann;Kongo;A2;Videregående"]
    first = HEADER.encode(rest) + b"\r\n"
    plain = rest.replace("-sig", "")
    found = refusal(first + joined(*((one, plain) for one in lines[1:4]), (lines[4], odd)))
    assert (found["sheet"], found["row"]) == ("Deltakere", 5)
    assert said in found["message"]
    assert "CSV UTF-8" in found["message"]


def test_rows_are_listed_as_the_spreadsheet_counts_them() -> None:
    quoted = 'K-40;1970;Mann;"Syria\r\n(nord)";A2;Grunnskole'
    lines = [
        ("sep=;", "utf-8"), (HEADER, "utf-8"), (quoted, "utf-8"), ("", "utf-8"),
        *((f"K-{n};1970;Mann;Syria;A2;Videregående", "cp1252") for n in (1, 2, 3)),
        *((f"K-{n};1970;Mann;Syria;A2;Høyere", "utf-8") for n in (4, 5, 6)),
        ("K-7;1970;Mann;Syria;A2;Høyere", "cp1252"),
    ]  # fmt: skip
    found = refusal(joined(*lines))
    assert found["row"] is None
    assert "radene 4–6 og 10 " in found["message"]


def test_many_rows_are_counted_and_not_all_listed() -> None:
    odd = [(f"K-{2 * n};1970;Mann;Syria;A2;Høyere", "cp1252") for n in range(50)]
    even = [(f"K-{2 * n + 1};1970;Mann;Syria;A2;Høyere", "utf-8") for n in range(50)]
    lines = [line for pair in zip(odd, even, strict=True) for line in pair]
    message = refusal(joined((HEADER, "utf-8"), *lines))["message"]
    assert "radene 2, 4, 6, " in message
    assert "og 40 til" in message


def test_national_identity_number_is_told_before_the_character_set() -> None:
    person = ROWS[0].replace("Videregående", "11859200011")
    for content in (
        joined((HEADER, "utf-8"), (person, "utf-8"), (ROWS[2], "cp1252")),
        joined((HEADER, "mac_roman"), (person, "mac_roman")),
        joined((HEADER, "utf-16-le"), (person, "utf-16-le")),
    ):
        assert codes_of(content, "deltakere.csv") == {"national_id"}


# --- Text that another program has spoiled ------------------------------------------------


def spoiled(text: str, written: str, read_as: str) -> str:
    """The text as a program shows it that takes one character set for another."""
    return text.encode(written).decode(read_as)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("read_as", ["latin-1", "mac_roman", "cp850", "cp865", "windows"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_text_encoded_twice_is_named(name: str, read_as: str, encoding: str) -> None:
    if read_as == "windows":
        twice = "".join(as_windows(byte) for byte in FILES[name].encode())
    else:
        twice = spoiled(FILES[name], "utf-8", read_as)
    message = refusal(twice.encode(encoding), name)["message"]
    assert "kodet to ganger" in message
    assert "CSV UTF-8" in message


def as_windows(byte: int) -> str:
    """The sign that Windows shows for a byte, also for those that have none."""
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def test_row_encoded_twice_is_named() -> None:
    lines = [HEADER, *ROWS, spoiled("K-9;1970;Mann;Syria;A2;Videregående", "utf-8", "cp1252")]
    found = refusal("\n".join(lines).encode())
    assert (found["sheet"], found["row"]) == ("Deltakere", 5)
    assert "kodet to ganger" in found["message"]


@pytest.mark.parametrize(
    "text",
    [
        PERSONS.replace("ø", "›").replace("å", "†"),
        PERSONS.replace("ø", "\ufffd").replace("å", "\ufffd"),
        PERSONS.replace("ø", "?").replace("å", "?"),
        PERSONS.replace("ø", "|").replace("å", "}"),
        spoiled(PERSONS, "cp1252", "cp850"),
        spoiled(PERSONS, "cp1252", "mac_roman"),
        spoiled(PERSONS, "mac_roman", "cp1252"),
    ],
    ids=["dos", "lost", "question", "seven bits", "as dos", "as mac", "mac"],
)  # fmt: skip
def test_headers_that_have_lost_their_letters_are_no_missing_columns(text: str) -> None:
    message = refusal(text.encode())["message"]
    assert "æ, ø og å" in message
    assert "CSV UTF-8" in message


def test_lost_letters_in_a_workbook_and_in_a_parquet_file() -> None:
    headers = ["Deltaker-ID", "FÃ¸dselsÃ¥r", "KjÃ¸nn", "Landbakgrunn"]
    content = workbook(participants=[headers, ["K-31", 1971, "Mann", "Syria"]])
    assert "æ, ø og å" in refusal(content, "nora.xlsx")["message"]
    stream = io.BytesIO()
    pq.write_table(pa.table({name: ["1"] for name in headers}), stream)
    assert "æ, ø og å" in refusal(stream.getvalue(), "deltakere.parquet")["message"]


def test_header_of_another_name_is_a_missing_column() -> None:
    assert codes_of(PERSONS.replace("Kjønn", "Sex").encode(), "deltakere.csv") == {"missing_column"}


# --- Quotation marks and delimiters -------------------------------------------------------


def in_marks(line: str) -> str:
    return '"' + line.replace('"', '""') + '"'


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("inner", ["{}", '"{}"'])
def test_rows_wholly_in_quotation_marks(delimiter: str, inner: str) -> None:
    lines = [
        delimiter.join(inner.format(cell) for cell in line.split(";")) for line in (HEADER, *ROWS)
    ]
    message = refusal("\n".join(map(in_marks, lines)).encode())["message"]
    assert "nførselstegn" in message
    assert "alle rader" in message


@pytest.mark.parametrize("tail", ["", ";;;;;"])
def test_single_rows_wholly_in_quotation_marks_are_named(tail: str) -> None:
    lines = [HEADER, ROWS[0], in_marks(ROWS[1]) + tail, ROWS[2]]
    found = refusal("\n".join(lines).encode())
    assert (found["sheet"], found["row"]) == ("Deltakere", 3)
    assert "nførselstegn" in found["message"]


def test_header_alone_in_quotation_marks_is_named() -> None:
    found = refusal("\n".join([in_marks(HEADER), *ROWS]).encode())
    assert "nførselstegn" in found["message"]
    assert found["row"] == 1


def test_quoted_title_above_the_header_is_no_row() -> None:
    content = '"Deltakere; NorA; 2021; hentet"\n' + PERSONS
    assert read(content.encode(), "deltakere.csv").tables["participants"].height == 3


def test_quoted_text_with_delimiters_is_a_cell() -> None:
    content = (
        'Virksomhet;Henvisnings-ID;Aktivitet;Fra dato\n"a;b;c;d";R-5;Arbeidstrening;3.5.2021\n'
    )
    (frame,) = read(content.encode(), "aktiviteter.csv").tables.values()
    assert frame["employer"].to_list() == ["a;b;c;d"]


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_line_that_tells_the_delimiter_in_every_character_set(
    delimiter: str, encoding: str
) -> None:
    content = f"sep={delimiter}\r\n" + PERSONS.replace(";", delimiter)
    frame = read(content.encode(encoding), "deltakere.csv").tables["participants"]
    assert frame["delivery_row"].to_list() == [2, 3, 4]


def test_lone_quotation_mark_is_named() -> None:
    content = PERSONS.replace("Eritrea", '"Eritrea')
    assert "anførselstegn" in refusal(content.encode())["message"]


@pytest.mark.parametrize(("begins", "ends"), [(4, 4), (3, 3), (1, 2), (2, 4)])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_rows_between_two_quotation_marks_are_not_lost(
    begins: int, ends: int, delimiter: str
) -> None:
    cells = [[*line.split(";"), "ok"] for line in ROWS]
    cells[0][begins] = '"' + cells[0][begins]
    cells[2][ends] += '"'
    lines = [[*HEADER.split(";"), "Merknad"], *cells, ["p9", "1980", "Mann", "Irak", ""]]
    content = "\n".join(map(delimiter.join, lines))
    found = refusal(content.encode())
    assert found["row"] == 2
    assert "anførselstegn" in found["message"]


def test_note_of_several_lines_is_a_cell() -> None:
    content = (
        "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn;Merknad\n"
        'p1;1980;Mann;Irak;"Ringte; avtalte møte.\nKom ikke."\np2;1981;Mann;Irak;\n'
    )
    assert read(content.encode(), "deltakere.csv").tables["participants"].height == 2


# --- Files of another kind ----------------------------------------------------------------


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), stream)
    return stream.getvalue()


def arrow() -> bytes:
    stream = io.BytesIO()
    pyarrow.feather.write_feather(pa.table({"a": [1]}), stream)
    return stream.getvalue()


def compound(stream: str) -> bytes:
    """As the formats before 2007 begin, with the name of one stream in their directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(64)


def macros() -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    types = parts["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    return zipped({**parts, "[Content_Types].xml": types})


KINDS = {
    "workbook": (workbook, "Excel-arbeidsbok", ".xlsx"),
    "macros": (macros, "makroer", ".xlsx"),
    "old": (lambda: compound("Workbook"), "gammelt", ".xlsx"),
    "password": (lambda: compound("EncryptedPackage"), "passord", ".xlsx"),
    "binary": (lambda: zipped({"xl/workbook.bin": b"x"}), ".xlsb", ".xlsx"),
    "open": (lambda: zipped({"content.xml": b"x"}), "OpenDocument", ".xlsx"),
    "numbers": (lambda: zipped({"Index/Document.iwa": b"x"}), "Numbers", ".xlsx"),
    "word": (lambda: zipped({"word/document.xml": b"x"}), "Word", ".xlsx"),
    "zip": (lambda: zipped({"deltakere.csv": PERSONS.encode()}), "Pakk", "ut"),
    "html": (
        lambda: b"<html><body><table>\n<tr><td>K-31</td></tr>\n</table>",
        "HTML",
        ".xlsx",
    ),
    "xml": (lambda: b'<?xml version="1.0"?>\n<Workbook></Workbook>\n', "XML", ".xlsx"),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF", ".xlsx"),
    "parquet": (parquet, "Parquet", ".parquet"),
    "arrow": (arrow, "Arrow", ".parquet"),
    "csv": (lambda: PERSONS.encode("cp1252"), "CSV", ".csv"),
}
OWN = {"workbook": ".xlsx", "parquet": ".parquet", "csv": ".csv"}


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        (kind, suffix)
        for kind in KINDS
        for suffix in (".csv", ".parquet", ".xlsx")
        if OWN.get(kind) != suffix
    ],
)
def test_file_of_another_kind_is_named_with_the_remedy(kind: str, suffix: str) -> None:
    make, said, remedy = KINDS[kind]
    message = refusal(make(), f"deltakere{suffix}")["message"]
    assert said in message
    assert remedy in message


def test_damaged_file_is_not_taken_for_another_kind() -> None:
    for content, name in (
        (workbook()[:2000], "nora.xlsx"),
        (parquet()[:-3], "deltakere.parquet"),
        (b"PAR1" + bytes(60), "deltakere.parquet"),
    ):
        assert "skadet" in refusal(content, name)["message"]


@pytest.mark.parametrize("suffix", sorted(REFUSED_SUFFIXES))
def test_refused_formats_are_named(suffix: str) -> None:
    message = refusal(b"x", f"nora{suffix}")["message"]
    assert suffix in message
    assert ".xlsx" in message


# --- Types of Parquet ---------------------------------------------------------------------


def parquet_of(**columns: Any) -> bytes:
    persons = {"Deltaker-ID": ["K-31"], "Fødselsår": [1971], "Kjønn": ["Mann"]}
    stream = io.BytesIO()
    pq.write_table(pa.table({**persons, "Landbakgrunn": ["Syria"], **columns}), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        pa.array([["A2"]]),
        pa.array([{"nivå": "A2"}]),
        pa.array([[("nivå", "A2")]], pa.map_(pa.string(), pa.string())),
    ],
    ids=lambda values: str(values.type),
)
def test_column_that_holds_no_single_values_is_named(values: Any) -> None:
    found = refusal(parquet_of(**{"Norsknivå": values}), "deltakere.parquet")
    assert "«Norsknivå»" in found["message"]
    assert (found["sheet"], found["field"]) == ("Deltakere", "norwegian_level")
    (frame,) = read(parquet_of(notat=values), "deltakere.parquet").tables.values()
    assert frame.height == 1


# --- Dashes of identifiers ----------------------------------------------------------------


def coded(name: str, identifier: str) -> Sequence[tuple[str, str]]:
    """The code and the message of each error of the identifier of a participant."""
    content = f"{HEADER}\n{identifier};1971;Mann;Syria;;\n".encode()
    (frame,) = read(content, name).tables.values()
    problems = code(vocabulary().table("records.participants"), frame, date(2021, 12, 31)).problems
    return problems.select("code", "message").rows()


@pytest.mark.parametrize(
    "dash", "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe63\uff0d"
)
def test_other_dash_in_an_identifier_is_named(dash: str) -> None:
    ((found, message),) = coded("deltakere.csv", f"K{dash}31")
    assert found == "bad_id"
    assert "en annen bindestrek enn -" in message


def test_other_signs_in_an_identifier_are_not_taken_for_dashes() -> None:
    ((found, message),) = coded("deltakere.csv", "K/31")
    assert found == "bad_id"
    assert "annen bindestrek" not in message


@pytest.mark.parametrize("unseen", "\u200b\u200c\u200d\u2060\ufeff")
def test_sign_without_width_is_not_there(unseen: str) -> None:
    assert coded("deltakere.csv", f"K-{unseen}31{unseen}") == []


def test_soft_hyphen_in_other_cells_is_not_there() -> None:
    content = PERSONS.replace("Eritrea", "Eri\u00adtrea").replace("Kjønn", "Kj\u00adønn").encode()
    frame = read(content, "deltakere.csv").tables["participants"]
    assert frame["country"].to_list()[0] == "Eritrea"
