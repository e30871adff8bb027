"""National identity numbers: which numbers are one, and that they are found wherever they stand.

Every number here is computed when the test runs, in a synthetic series where one will do.
"""

from __future__ import annotations

import io
import random
import re
import traceback
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from assets.raw.assets import read_deliveries
from assets.raw.delivery import delivered_file, public_name, read_delivery
from assets.raw.grid import Contents, Grid
from assets.raw.national_id import holds_national_id, is_national_id, places
from assets.raw.problems import (
    NATIONAL_ID_IN_FILE_NAME,
    NATIONAL_ID_IN_SHEET_NAME,
    SENTENCES,
    DeliveryError,
)
from assets.workbooks.template import workbook as template
from bench.identity_numbers import demo, false_alarms, free_text, register
from pipelines.settings import DEFAULT_LIMIT, PROJECT
from tests.unit.workbooks import (
    PARTICIPANTS,
    REQUIRED,
    book,
    changed,
    codes_of,
    in_process,
    parts_of,
    read,
    saved,
    saved_by_libreoffice,
    workbook,
    zipped,
)


def with_digits(nine: str) -> str | None:
    """The number that begins with these nine digits; None when no control digit fits."""
    numbers = [int(digit) for digit in nine]
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        numbers.append(-sum(w * n for w, n in zip(weights, numbers, strict=True)) % 11)
    return None if 10 in numbers else "".join(map(str, numbers))


def number_of(day: int, month: int, year: int, first: int = 500) -> str:
    """A number with this date; the first serial from `first` on that has control digits."""
    made = (with_digits(f"{day:02}{month:02}{year:02}{serial:03}") for serial in range(first, 1000))
    return next(number for number in made if number)


NUMBER = number_of(17, 85, 62)
SHORTENED = number_of(7, 85, 62)[1:]


def cell_is_refused(text: str) -> bool:
    """Whether a file is refused that has this text in a cell, and nowhere else."""
    return bool(places(Contents((Grid("Ark", pl.DataFrame({"0": [None, text]})),))))


# --- Which numbers are one ----------------------------------------------------------------


@given(
    born=st.dates(date(1925, 1, 1), date(2024, 12, 31)),
    serial=st.integers(0, 499),
    day=st.sampled_from([0, 40]),
    month=st.sampled_from([0, 40, 65, 80]),
)
def test_every_possible_date_with_right_digits_is_one(
    born: date, serial: int, day: int, month: int
) -> None:
    date_part = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}"
    number = with_digits(f"{date_part}{serial + (500 if born.year >= 2000 else 0):03}")
    if number:
        assert is_national_id(number)
        assert holds_national_id(number)
        assert holds_national_id(f"fnr. {date_part} {number[6:]}.")
        assert holds_national_id(f"{date_part}, {number[6:]}")


def test_every_day_of_every_kind_is_one() -> None:
    days = [date(2000, 1, 1) + timedelta(days=place) for place in range(366)]
    for shift_day in (0, 40):
        for series in (0, 40, 65, 80):
            for day in days:
                assert is_national_id(number_of(day.day + shift_day, day.month + series, 0))


def test_date_that_is_none_is_no_number() -> None:
    possible = {month + series for series in (0, 40, 65, 80) for month in range(1, 13)}
    for month in range(100):
        if month not in possible:
            assert not is_national_id(number_of(11, month, 80)), month
    for day in (0, 32, 39, 40, 72, 80, 99):
        assert not is_national_id(number_of(day, 1, 80)), day
    for day, month in ((30, 2), (31, 4), (31, 6), (31, 9), (31, 11), (70, 2), (71, 44), (31, 84)):
        assert not is_national_id(number_of(day, month, 80)), (day, month)


def test_any_other_digit_makes_it_wrong() -> None:
    for place in range(11):
        for digit in set("0123456789") - {NUMBER[place]}:
            other = NUMBER[:place] + digit + NUMBER[place + 1 :]
            # Digits that change the date could still be right by chance, the last two never.
            assert place < 9 or not is_national_id(other)
    assert not is_national_id(NUMBER[:10])
    assert not is_national_id(NUMBER + "0")


def test_account_and_organisation_numbers_are_judged_by_the_rule() -> None:
    # An account number has one control digit, by the second weights: few pass both.
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    passed = 0
    for serial in range(20_000):
        ten = f"{1503_000000 + serial * 37:010}"
        last = -sum(w * int(digit) for w, digit in zip(weights, ten, strict=True)) % 11
        if last < 10:
            passed += is_national_id(f"{ten}{last}")
    assert passed < 20_000 * 0.12
    assert not is_national_id("15030000000")


DIRECTION_MARKS = "\u061c\u180e\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SPACES = {"nbsp": "\u00a0", "narrow": "\u202f", "thin": "\u2009", "tab": "\t", "break": "\n"}


@pytest.mark.parametrize(
    "form",
    [
        "{0}", "{1} {2}", "{1}-{2}", "{1}–{2}", "({0})", "fnr:{0}", "fnr.{0}", "a{0}b", "{0}.",
        "{0},0", "{3} {4} {5} {2}", "{3}.{4}.{5} {2}", "{3}.{4}.{5}-{2}", "{1} {6} {7}",
        "se {0}; ring", "1. {0}", "nr. 1, {0}", "æ{0}ø", "1234 {0}",
        *(f"{{1}}{space}{{2}}" for space in SPACES.values()),
        "31.12.2021 {0}", "{0}-31.12.2021", "1.3.2021-31.12.2021: {1} {2}",
        "Barn: 1,{0}", "Barn: 1.{0}", "P7,{0}", "-1,{0} og", "1,{0},0", "2021.{0}.xlsx",
        "{1}.{2}", "fnr%20{0}", "{1}%20{2}", "{1}%C2%A0{2}", "100%{0}",
        "mailto:a@b.no?subject=fnr%20{0}",
        "{8}\u200b{9}", "{1}\u200b{2}", "\ufeff{0}", "{1}\u00ad{2}", "{3}\u200b{4}{5}\u2060{2}",
        *(f"{{8}}{mark}{{9}}" for mark in DIRECTION_MARKS), "\u202a{0}\u202c",
    ],
)  # fmt: skip
def test_number_is_found_in_any_text(form: str) -> None:
    n = NUMBER
    text = form.format(n, n[:6], n[6:], n[:2], n[2:4], n[4:6], n[6:9], n[9:], n[:8], n[8:])
    assert holds_national_id(text)
    assert codes_of(workbook(participants=[*PARTICIPANTS, [None, None, text]])) == {"national_id"}


@pytest.mark.parametrize(
    "text",
    [
        NUMBER + "0", "1" + NUMBER, NUMBER[:10], NUMBER[1:], f"12{NUMBER} 3", f"1 {NUMBER}2",
        "2021-12-31 00:00:00", "1,2,3,4,5,6,7,8,9,10,11,12", "1 2 3 4 5 6 7 8 9 10 11 12", "55 12 34 56", "+47 55 12 34 56", "004755123456", "31.12.2021",
        "1234.56.78903", "r1", "", "00000000000", "99999999999",
        f"{NUMBER[:5]}x{NUMBER[5:]}",
    ],
)  # fmt: skip
def test_other_text_is_none(text: str) -> None:
    assert not holds_national_id(text)


@pytest.mark.parametrize("place", range(1, 11))
@pytest.mark.parametrize(
    "separator",
    [*" \u00a0\u2009.-/_\u2010\u2011\u2012\u2013\u2014", "  ", " - ", " / ", ". ", "\r\n ", "   "],
)
def test_separator_may_stand_between_any_two_digits(place: int, separator: str) -> None:
    text = f"om {NUMBER[:place]}{separator}{NUMBER[place:]}"
    assert holds_national_id(text)
    assert holds_national_id(f"1 {separator.join(NUMBER)} 2")
    assert cell_is_refused(text)
    # After the date of birth, any signs may stand.
    parted = f"om {NUMBER[:place]}{separator};{NUMBER[place:]}"
    assert holds_national_id(parted) == (place == 6)


def test_four_separators_part_two_numbers_but_after_the_date() -> None:
    assert not holds_national_id(f"{NUMBER[:5]}    {NUMBER[5:]}")
    assert holds_national_id(f"{NUMBER[:6]}    {NUMBER[6:]}")


# --- A date of birth and five digits ------------------------------------------------------

BORN, FIVE = NUMBER[:6], NUMBER[6:]
DAY, MONTH, YEAR = NUMBER[:2], NUMBER[2:4], f"19{NUMBER[4:6]}"
DATES = {
    "six": BORN,
    "eight": f"{DAY}{MONTH}{YEAR}",
    "points": f"{DAY}.{MONTH}.{YEAR}",
    "short": f"{DAY}.{MONTH}.{NUMBER[4:6]}",
    "dashes": f"{DAY}-{MONTH}-{YEAR}",
    "slashes": f"{DAY}/{MONTH}/{YEAR}",
    "iso": f"{YEAR}-{MONTH}-{DAY}",
    "packed": f"{YEAR}{MONTH}{DAY}",
}
FORMS = [
    "{0},{1}", "{0}:{1}", "{0}({1})", "{0} ({1})", "({0}) ({1})", "[{0}] [{1}]", "{0}+{1}",
    "{0} + {1}", "{0}|{1}", "{0} | {1}", "{0}      {1}", "{0}\t\t\t\t{1}", "{0}={1}", "{0}*{1}",
    "{0}'{1}", '{0}"{1}"', "{0}\\{1}", "{0}~{1}", "{0}#{1}", "{0}\u2022{1}", "{0}\u2028{1}",
    "{0} {1}", "{0}-{1}", "{0}/{1}", "{0}\u2212{1}", "{0}\u200b,\u00a0{1}", "født {0}, pnr {1}",
    "født {0}, pnr. {1}.", "fnr {0} siste fem {1}", "f. {0} / p.nr: {1}", "pnr {1}, født {0}",
    "født {0} med personnummer {1}", "{0};{1}", "{0}\n{1}", "{0} – {1}", "{0} / {1}",
    "{0} .............................. {1}", "{0} …… {1}", "{1} {0}", "{1};{0}", "{0} nr {1}",
    "{0} ident {1}", "{0} ID: {1}", "{0} id-nr. {1}", "{0} p: {1}", "{0} p-nr {1}", "DOB {0} PIN {1}",
    "{0} pnr {1}", "{0} fnr {1}", "{0} f.nr. {1}", "{0} har fødselsnr {1}", "{0} pers.nr {1}",
    "{0} har prsnr {1}", "{0} har D-nr {1}", "{0} har DNR {1}", "{0} har d–nummer {1}",
    "{0} har personident {1}", "{0} har siste 5: {1}", "pnr {1}, tlf. 55 12 34 56, født {0}",
    "{0} har 3 barn, bor i Bergen, og har personnummer {1}", "født {0} i Oslo: {1}",
    "{1} (f. {0})", "fødselsnr. {0} og {1}", "foedt {0} i Oslo: {1}", "f.dato {0} i Oslo: {1}",
]  # fmt: skip


@pytest.mark.parametrize("date_form", DATES)
@pytest.mark.parametrize("form", FORMS)
def test_date_of_birth_and_five_digits_are_found(form: str, date_form: str) -> None:
    text = form.format(DATES[date_form], FIVE)
    assert holds_national_id(text)
    assert cell_is_refused(text)
    wrong = f"{FIVE[:4]}{(int(FIVE[4]) + 1) % 10}"
    assert not cell_is_refused(form.format(DATES[date_form], wrong))


@pytest.mark.parametrize("zero", ["\u0660", "\u06f0", "\uff10"])
@pytest.mark.parametrize("form", ["{0}{1}", "{0},{1}", "født {0}, pnr {1}"])
def test_digits_of_other_scripts_are_digits(form: str, zero: str) -> None:
    other = str.maketrans("0123456789", "".join(chr(ord(zero) + digit) for digit in range(10)))
    assert cell_is_refused(form.format(BORN, FIVE).translate(other))


@pytest.mark.parametrize(
    "form",
    ["1. mai 1962 {}", "1.mai 62, {}", "født 1. mai 1962, pnr {}", "1.5.1962 {}", "1.5.62 {}"],
)
def test_date_may_be_written_in_words_or_without_zeros(form: str) -> None:
    assert cell_is_refused(form.format(number_of(1, 5, 62)[6:]))


@pytest.mark.parametrize(("day", "series"), [(40, 0), (0, 40), (0, 65), (40, 80)])
def test_named_number_is_found_by_the_persons_own_date(day: int, series: int) -> None:
    five = number_of(17 + day, 5 + series, 62)[6:]
    assert cell_is_refused(f"født 17.05.1962, D-nr {five}")
    for text in (f"17.05.1962 ({five})", f"170562 {five}", f"{five}; 17.05.62"):
        assert cell_is_refused(text) == (series == 0)


@pytest.mark.parametrize("born", ["15.03.2005", "2005-03-15", "150305", "15. mars 2005"])
@pytest.mark.parametrize(
    "form",
    [
        "født {0} ({1})", "født {0}, nr {1}", "{0}: {1}", "{0}, {1}", "{0} nr {1}", "({1}), født {0}",
        "{0} 00:00:00, {1}", "{0} i Oslo, pnr {1}", "født {0} i Oslo, {1}",
    ],
)  # fmt: skip
def test_the_young_are_found(born: str, form: str) -> None:
    assert cell_is_refused(form.format(born, number_of(15, 3, 5)[6:]))


def test_what_stands_beside_a_date_of_the_form_needs_more_proof() -> None:
    five, d_number = number_of(15, 3, 5)[6:], number_of(55, 3, 5)[6:]
    for born in ("15.03.2005", "150305"):
        assert not cell_is_refused(f"{five} {born}")
        assert not cell_is_refused(f"{born} {d_number}")
        assert cell_is_refused(f"født {born} {d_number}")
        # Whoever has this number is born in 1905.
        assert not cell_is_refused(f"{born}: {number_of(15, 3, 5, 100)[6:]}")
    assert cell_is_refused(f"15.03.26: {number_of(15, 3, 26, 100)[6:]}")


def test_name_of_the_number_is_heard_only_near_it() -> None:
    far = "bor i Bergen og går på kurs, " * 3
    assert not cell_is_refused(f"{BORN}, {far}pnr {FIVE}")
    assert not cell_is_refused(f"født {BORN}, 3 barn og {FIVE}")
    assert not cell_is_refused(f"født {BORN}, {far} {FIVE}")
    assert not cell_is_refused(f"pnr mangler ennå; ringes {far} {BORN} og {FIVE}")
    assert not cell_is_refused(f"ordnr {BORN} x {FIVE}")
    assert not cell_is_refused(f"{BORN} x nr {FIVE}")
    assert not cell_is_refused(f"tlf. 55 55 12, {BORN} x {FIVE}")


@pytest.mark.parametrize(
    "text",
    [
        f"{BORN} og {FIVE}", f"{BORN}, {FIVE},50 kr", f"{BORN}: {FIVE} kr", f"{BORN}: {FIVE},-", f"{BORN} x {FIVE}",
        f"{BORN}, {FIVE}6", f"1{BORN}, {FIVE}", "født 31.02.1962, pnr 12345",
    ],
)  # fmt: skip
def test_other_dates_and_digits_are_none(text: str) -> None:
    assert not holds_national_id(text)


# --- DUF numbers --------------------------------------------------------------------------


def duf_number(year: int, serial: int) -> str:
    ten = f"{year}{serial:06}"
    weights = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)
    return f"{ten}{sum(w * int(digit) for w, digit in zip(weights, ten, strict=True)) % 11:02}"


@pytest.mark.parametrize("number", [duf_number(1998, 940021), duf_number(2019, 586975)])
@pytest.mark.parametrize(
    "form",
    [
        "{0}", "{1} {2} {3}", "{1}-{2}-{3}", "DUF:{0}.", "{1}{2} {3}", "{1}:{2}:{3}", "{1},{2},{3}",
        "{1}|{2}|{3}", "{1};{2};{3}", "{1}\n{2}\n{3}", "{1} {4} {5} {3}", "DUF: {1} {4} {5} {3}",
        "DUF {1}:{2}:{3}", "DUF {6} {7}", "DUF-nr. {6}, {7}", "udi {8}|{9}",
    ],
)  # fmt: skip
def test_duf_number_is_found(form: str, number: str) -> None:
    n = number
    text = form.format(n, n[:4], n[4:10], n[10:], n[4:7], n[7:10], n[:6], n[6:], n[:2], n[2:])
    assert holds_national_id(text)
    assert cell_is_refused(text)
    assert cell_is_refused(f"søkte asyl, {text}, venter")


def test_duf_number_with_a_slip_is_found_where_it_is_named_or_written_as_udi_does() -> None:
    # The example on the pages of UDI, which has no right control digits.
    assert cell_is_refused("2012 586975 61")
    assert cell_is_refused("DUF 201258697561")
    assert not cell_is_refused("201258697561")
    # A year and a telephone number.
    assert not cell_is_refused("UDI-vedtak 2012, 58697561")


def test_twelve_digits_are_seldom_a_duf_number() -> None:
    assert not cell_is_refused(duf_number(1920, 586975))
    moments = [date(2021, 1, 1) + timedelta(days=place) for place in range(365)]
    assert not any(
        cell_is_refused(f"{day:%Y%m%d}{hour:02}05") for day in moments for hour in (9, 15)
    )
    assert not cell_is_refused("004755123456")
    number = duf_number(2019, 586975)
    assert not cell_is_refused(f"15.03.{number[:4]}, {number[4:]}")
    assert not cell_is_refused(f"{number[:6]} {number[6:9]};{number[9:]}")


# --- Parts in two cells -------------------------------------------------------------------


def rows_of(*columns: Sequence[str | None]) -> list[int | None]:
    frame = pl.DataFrame(
        {str(n): pl.Series(cells, dtype=pl.String) for n, cells in enumerate(columns)}
    )
    return [place.row for place in places(Contents((Grid("Ark", frame),)))]


@pytest.mark.parametrize("born", [*DATES.values(), f"{BORN}.0", f"{YEAR}-05-{DAY} 00:00:00"])
@pytest.mark.parametrize("headers", [("Født", "Personnr"), (None, None)])
def test_parts_in_two_cells_are_found(born: str, headers: tuple[str | None, str | None]) -> None:
    own = "-05-" in born
    five = number_of(int(DAY), 5, 62)[6:] if own else FIVE
    assert rows_of([headers[0], None, born], [headers[1], None, five]) == [3]
    assert rows_of([headers[1], None, five], [headers[0], None, born]) == [3]
    assert rows_of([headers[0], None, born], [None] * 3, [headers[1], None, five]) == (
        [3] if headers[0] else []
    )


@pytest.mark.parametrize("header", ["Personnr", "Pnr.", "F.nr", "Fødselsnr", "DNR", "Siste fem"])
def test_five_digits_under_their_name_are_found_beside_any_date_of_the_row(header: str) -> None:
    names = ["Navn", "x", "y"]
    dates = [None, "01.01.1990", "15.03.2005"]
    fives = [header, number_of(41, 1, 90)[6:], number_of(15, 3, 5)[6:]]
    assert rows_of(dates, names, fives) == [2, 3]
    assert rows_of(fives, names, names, dates) == [2, 3]


@pytest.mark.parametrize("header", ["Født", "Fødselsdato", "F.dato", "Fødselsnummer", "DOB"])
def test_digits_beside_a_named_date_of_birth_are_found_where_half_are_numbers(header: str) -> None:
    dates = [header, "01.01.1990", "15.03.2005", "02.01.1990", "03.01.1990"]
    fives = [None, number_of(41, 1, 90, 100)[6:], number_of(15, 3, 5)[6:], "12345", "12345"]
    names = ["Navn", *"xyzw"]
    assert rows_of(dates, names, fives) == [2, 3]
    assert rows_of([*dates, "04.01.1990"], [*names, "v"], [*fives, "12345"]) == []


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["Født: {0}", "Kari", "Pnr: {1}"]], [1]),
        ([["{0}", "Kari", "har fnr", "{1}"]], [1]),
        ([["Fødselsdato", "{0}"], ["Personnr", "{1}"]], [2]),
        ([["Personnr", "{1}"], ["Fødselsdato", "{0}"]], [1]),
        ([["Født", "{0}"], ["Navn", "Kari"], ["Personnr", "{1}"]], []),
        ([["{0}", "Kari", "har fnr"], ["{1}", "Per", "x"]], []),
        ([["{0}", "Kari", "har sak", "{1}"]], []),
    ],
)
def test_parts_with_their_names_in_cells_are_found(rows: list[list[str]], found: list[int]) -> None:
    filled = [[cell.format(BORN, FIVE) for cell in row] for row in rows]
    width = max(map(len, filled))
    padded = [[*row, *[None] * (width - len(row))] for row in filled]
    assert rows_of(*map(list, zip(*padded, strict=True))) == found


@pytest.mark.parametrize("date_form", ["{}", " ({}),", "{}."])
@pytest.mark.parametrize("five_form", ["{}", "-{}", "({}.0)", " {}. "])
@pytest.mark.parametrize("born", ["01.01.00", "010100", "2000-01-01", "010100.0"])
def test_signs_around_the_parts_in_two_cells_do_not_count(
    born: str, date_form: str, five_form: str
) -> None:
    five = number_of(1, 1, 0)[6:]
    assert rows_of(["Født", date_form.format(born)], ["Nr", five_form.format(five)]) == [2]


def test_real_date_beside_the_number_of_a_sheet_is_found() -> None:
    made = book(REQUIRED)
    for row, number in enumerate([number_of(57, 5, 62), number_of(1, 45, 90)], start=2):
        born = date(1962, 5, 17) if row == 2 else date(1990, 5, 1)
        made["Deltakere"].cell(row, 8, born)
        made["Deltakere"].cell(row, 9, int(number[6:]))
    made["Deltakere"]["H1"], made["Deltakere"]["I1"] = "Født", "Personnr."
    assert found_at(saved(made)) == [("Deltakere", 2), ("Deltakere", 3)]


def test_parts_that_lost_their_zeros_are_found_where_they_are_named() -> None:
    number = next(
        number
        for serial in range(100)
        if (number := with_digits(f"010190{serial:03}")) and number[6] == "0"
    )
    born, five = str(int(number[:6])), str(int(number[6:]))
    assert len(five) < 5
    assert rows_of(["Født", born], ["Pnr", five]) == [2]
    assert rows_of(["a", born], ["b", five]) == []


def test_dates_of_the_form_beside_numbers_are_no_parts() -> None:
    days = [date(2019, 1, 1) + timedelta(days=place) for place in range(900)]
    identifiers = [str(10_000 + 37 * place) for place in range(900)]
    assert rows_of([f"{day} 00:00:00" for day in days], identifiers) == []
    assert rows_of([f"{day:%d%m%y}" for day in days], identifiers) == []


@pytest.mark.parametrize("fraction", ["", ".0", ",0", ".00", ",000"])
def test_cell_with_a_fraction_of_zeros_is_a_whole_number(fraction: str) -> None:
    for number in (NUMBER, SHORTENED, f"0{SHORTENED}"):
        assert cell_is_refused(f"{number}{fraction}")
        assert cell_is_refused(f" {number}{fraction}\u00a0")
    assert not cell_is_refused(f"om {SHORTENED}{fraction}")


@pytest.mark.parametrize(
    "form", ["1.{0}", "1,{0}", "-3,{0}", "+0.{0}", " 12.{0} ", "1.{0}E5", "1.{0}e-12"]
)
def test_cell_that_is_a_decimal_number_holds_none(form: str) -> None:
    text = form.format(NUMBER)
    assert not cell_is_refused(text)
    assert cell_is_refused(f"Barn: {text}")
    assert cell_is_refused(f"{text} {NUMBER}")


@pytest.mark.parametrize(
    "form",
    [
        "{0} 00:00:00", "{0} 12:34:56", "{0} - {1}", "{0:%d.%m.%Y} {1:%d.%m.%Y}",
        "{0:%d.%m.%Y} - {1:%d.%m.%Y}", "{0.day}.{0.month}.{0.year} - {1.day}.{1.month}.{1.year}",
        "{0.day}/{0.month}/{0.year}-{1.day}/{1.month}/{1.year}",
    ],
)  # fmt: skip
def test_dates_are_none_more_often_than_by_chance(form: str) -> None:
    days = [date(1994, 1, 1) + timedelta(days=place) for place in range(12_000)]
    texts = [form.format(start, end) for start, end in zip(days, days[7:], strict=False)]
    assert sum(map(holds_national_id, texts)) <= len(texts) * 0.002


@pytest.mark.parametrize(
    "repeated",
    [
        "1",
        "0 ",
        "0   ",
        " ",
        "%30",
        "0.",
        "1.1.2000",
        "12345 ",
        "1.1.1990 12345 ",
        "pnr 12345 ",
        "født 1.1.1990 pnr ",
        "nr",
        "duf 2012 ",
    ],
)
def test_long_text_is_searched_in_time_that_grows_with_its_length(repeated: str) -> None:
    # A pattern that tries every way to part the text would not come to its end.
    text = repeated * (250_000 // len(repeated))
    assert not holds_national_id(text)
    assert not cell_is_refused(text)
    assert holds_national_id(f"{text};{NUMBER}")


# --- Where they stand ---------------------------------------------------------------------


def refusal(content: bytes, name: str = "fil.xlsx") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        read(content, name)
    says_nothing(caught.value)
    return caught.value


def says_nothing(error: DeliveryError) -> None:
    """The number stands in nothing that could be printed, logged or stored."""
    told = [repr(error.problems.rows()), str(error), repr(error.args)]
    told += traceback.format_exception(error)
    cause: BaseException | None = error
    while cause is not None:
        told += [repr(cause), repr(cause.args)]
        cause = cause.__cause__ or cause.__context__
    digits = "".join(each for each in " ".join(told) if each.isdigit() or each.isspace())
    for number in (NUMBER, SHORTENED, NUMBER[6:]):
        assert number not in " ".join(told)
        assert number not in digits.replace(" ", "")


def found_at(content: bytes, name: str = "fil.xlsx") -> list[tuple[object, ...]]:
    problems = refusal(content, name).problems
    assert set(problems["code"]) == {"national_id"}
    return problems.select("sheet", "row").rows()


def with_cell(place: str, value: object, number_format: str | None = None) -> bytes:
    made = book(REQUIRED)
    made["Deltakere"][place] = value
    if number_format:
        made["Deltakere"][place].number_format = number_format
    return saved(made)


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (NUMBER, None), (int(NUMBER), None), (float(NUMBER), None), (int(SHORTENED), None),
        (float(SHORTENED), None), (SHORTENED, None), (f" {NUMBER}\u00a0", None),
        (int(NUMBER), "dd.mm.yyyy"), (int(SHORTENED), "dd.mm.yyyy"), (int(NUMBER), "[h]:mm"),
        (int(NUMBER), "0 %"), (int(SHORTENED), "0%"), (int(NUMBER), "000000 00000"),
        (int(NUMBER), "0.00E+00"), (int(NUMBER), "# ##0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["A2", "C3", "H2", "Z40"])
def test_cell_however_it_is_shown(value: object, number_format: str | None, place: str) -> None:
    row = int(place.strip("ACHZ"))
    assert found_at(with_cell(place, value, number_format)) == [("Deltakere", row)]


def test_number_as_a_program_writes_large_numbers() -> None:
    content = with_cell("H2", int(NUMBER), "dd.mm.yyyy")
    sheet = parts_of(content)["xl/worksheets/sheet1.xml"].decode()
    shown = f"{int(NUMBER):.10E}".replace("+", "")
    assert shown not in sheet
    content = changed(content, {"xl/worksheets/sheet1.xml": sheet.replace(NUMBER, shown).encode()})
    assert found_at(content) == [("Deltakere", 2)]


def test_every_place_is_told_once() -> None:
    made = book(REQUIRED)
    made["Deltakere"]["A2"] = NUMBER
    made["Deltakere"]["H2"] = NUMBER
    made["Avslutninger"]["B9"] = f"se {NUMBER}"
    assert sorted(found_at(saved(made))) == [("Avslutninger", 9), ("Deltakere", 2)]


def in_header() -> bytes:
    return with_cell("G1", f"Merknad {NUMBER}")


def above_header() -> bytes:
    return workbook(participants=[[f"Om {NUMBER}"], *PARTICIPANTS])


def in_comment() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["B3"].comment = Comment(f"er {NUMBER[:6]} {NUMBER[6:]}", "x")
    return saved(made)


def in_author_of_comment() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["B3"].comment = Comment("hei", NUMBER)
    return saved(made)


def in_rich_comment() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["B3"].comment = Comment("her", "x")
    content = saved(made)
    (name,) = (part for part in parts_of(content) if "comments/comment" in part)
    runs = f"<r><t>{NUMBER[:4]}</t></r><r><rPr><b/></rPr><t>{NUMBER[4:]}</t></r>"
    comment = parts_of(content)[name].replace(b"<t>her</t>", runs.encode())
    assert runs.encode() in comment
    return changed(content, {name: comment})


def in_threaded_comment() -> bytes:
    content = workbook()
    office = "http://schemas.microsoft.com/office"
    return changed(
        content,
        {
            "xl/threadedComments/threadedComment1.xml": (
                f'<ThreadedComments xmlns="{office}/spreadsheetml/2018/threadedcomments">'
                f'<threadedComment ref="A3" id="{{0F9619FF-8B86-D011-B42D-00C04FC964FF}}">'
                f"<text>ring {NUMBER}</text></threadedComment></ThreadedComments>"
            ).encode(),
            "xl/worksheets/_rels/sheet1.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="rId1" Type="{office}/2017/10/relationships/'
                'threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
                "</Relationships>"
            ).encode(),
        },
    )


def in_other_sheet() -> bytes:
    return saved(book({**REQUIRED, "Notater": [["x"], [None, f"x {NUMBER}"]]}))


def in_hidden_sheet() -> bytes:
    made = book({**REQUIRED, "Notater": [["x"], [None, int(NUMBER)]]})
    made["Notater"].sheet_state = "veryHidden"
    return saved(made)


def in_hidden_row_and_column() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["H3"] = NUMBER
    made["Deltakere"].row_dimensions[3].hidden = True
    made["Deltakere"].column_dimensions["H"].hidden = True
    return saved(made)


def in_guide() -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(template()))
    made["Veiledning"]["H30"] = NUMBER
    return saved(made)


def in_title_of_the_document() -> bytes:
    made = book(REQUIRED)
    made.properties.title = f"Om {NUMBER}"
    return saved(made)


def in_property_of_its_own() -> bytes:
    made = book(REQUIRED)
    made.custom_doc_props.append(StringProperty(name="Fnr", value=NUMBER))
    return saved(made)


def in_footer() -> bytes:
    made = book(REQUIRED)
    made["Avslutninger"].oddFooter.center.text = f"Om {NUMBER}"
    return saved(made)


def in_header_of_the_page() -> bytes:
    made = book(REQUIRED)
    made["Avslutninger"].oddHeader.left.text = f"Om {NUMBER}"
    return saved(made)


def in_formula() -> bytes:
    return with_cell("H2", f'=IF(A2="{NUMBER}",1,2)')


def in_prompt() -> bytes:
    made = book(REQUIRED)
    rule = DataValidation(type="list", formula1='"Ja,Nei"', promptTitle="x", prompt=f"Om {NUMBER}")
    rule.add("A2")
    made["Deltakere"].add_data_validation(rule)
    return saved(made)


def in_list_of_choices() -> bytes:
    made = book(REQUIRED)
    rule = DataValidation(type="list", formula1=f'"{NUMBER},Nei"')
    rule.add("A2")
    made["Deltakere"].add_data_validation(rule)
    return saved(made)


def in_defined_name() -> bytes:
    made = book(REQUIRED)
    made.defined_names["navn"] = DefinedName("navn", attr_text=f'"{NUMBER}"')
    return saved(made)


def in_link() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["H2"] = "se"
    made["Deltakere"]["H2"].hyperlink = f"file:///{NUMBER}.docx"
    return saved(made)


def in_address_of_a_link() -> bytes:
    made = book(REQUIRED)
    made["Deltakere"]["H2"] = "skriv"
    made["Deltakere"]["H2"].hyperlink = f"mailto:a@b.no?subject=fnr%20{NUMBER[:6]}%20{NUMBER[6:]}"
    return saved(made)


def _xlsxwriter(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        for title, rows in REQUIRED.items():
            sheet = made.add_worksheet(title)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
        fill(made)
    return stream.getvalue()


def in_textbox() -> bytes:
    return _xlsxwriter(lambda made: made.worksheets()[0].insert_textbox(9, 9, f"er {NUMBER}"))


def in_title_of_a_chart() -> bytes:
    def fill(made: xlsxwriter.Workbook) -> None:
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=Deltakere!$B$2:$B$3"})
        chart.set_title({"name": f"Om {NUMBER}"})
        made.worksheets()[0].insert_chart(9, 9, chart)

    return _xlsxwriter(fill)


def in_runs_of_text() -> bytes:
    def fill(made: xlsxwriter.Workbook) -> None:
        bold = made.add_format({"bold": True})
        made.worksheets()[0].write_rich_string(1, 7, NUMBER[:4], bold, NUMBER[4:8], NUMBER[8:])

    return _xlsxwriter(fill)


def in_runs_of_a_textbox() -> bytes:
    content = in_textbox()
    (name,) = (part for part in parts_of(content) if part.endswith("drawing1.xml"))
    drawing = parts_of(content)[name].decode()
    split = drawing.replace(NUMBER, f"{NUMBER[:4]}</a:t></a:r><a:r><a:t>{NUMBER[4:]}")
    return changed(content, {name: split.encode()})


def in_runs_that_are_all_of_a_textbox() -> bytes:
    content = in_runs_of_a_textbox()
    (name,) = (part for part in parts_of(content) if part.endswith("drawing1.xml"))
    drawing = parts_of(content)[name]
    # The numbers that say where the box is stand right before its text.
    assert drawing.count(b">er ") == 1
    return changed(content, {name: drawing.replace(b">er ", b">")})


def unused_text(text: str) -> bytes:
    content = _xlsxwriter(lambda _: None)
    strings = parts_of(content)["xl/sharedStrings.xml"].decode()
    strings = strings.replace("</sst>", f"<si>{text}</si></sst>")
    return changed(content, {"xl/sharedStrings.xml": strings.encode()})


def in_unused_text() -> bytes:
    return unused_text(f"<t>{NUMBER}</t>")


def in_runs_of_an_unused_text() -> bytes:
    return unused_text(f"<r><t>{NUMBER[:4]}</t></r><r><t>{NUMBER[4:]}</t></r>")


def in_embedded_workbook() -> bytes:
    inner = saved(book({"Ark": [[None, int(NUMBER)]]}))
    return changed(workbook(), {"xl/embeddings/Microsoft_Excel_Worksheet.xlsx": inner})


def in_embedded_document() -> bytes:
    runs = f"<w:p><w:r><w:t>{NUMBER[:4]}</w:t></w:r><w:r><w:t>{NUMBER[4:]}</w:t></w:r></w:p>"
    inner = zipped({"word/document.xml": runs.encode()})
    return changed(workbook(), {"xl/embeddings/Microsoft_Word_Document.docx": inner})


IN_ROWS = {
    in_header: ("Deltakere", 1),
    above_header: ("Deltakere", 1),
    in_comment: ("Deltakere", 3),
    in_rich_comment: ("Deltakere", 3),
    in_threaded_comment: ("Deltakere", 3),
    in_other_sheet: ("Notater", 2),
    in_hidden_sheet: ("Notater", 2),
    in_hidden_row_and_column: ("Deltakere", 3),
    in_guide: ("Veiledning", 30),
    in_runs_of_text: ("Deltakere", 2),
}
IN_SHEETS = {
    in_author_of_comment: "Deltakere",
    in_footer: "Avslutninger",
    in_header_of_the_page: "Avslutninger",
    in_formula: "Deltakere",
    in_prompt: "Deltakere",
    in_list_of_choices: "Deltakere",
}
IN_FILES = [
    in_title_of_the_document,
    in_property_of_its_own,
    in_defined_name,
    in_link,
    in_address_of_a_link,
    in_textbox,
    in_title_of_a_chart,
    in_runs_of_a_textbox,
    in_runs_that_are_all_of_a_textbox,
    in_unused_text,
    in_runs_of_an_unused_text,
    in_embedded_workbook,
    in_embedded_document,
]


@pytest.mark.parametrize("made", IN_ROWS, ids=lambda made: made.__name__)
def test_place_in_a_row(made: Callable[[], bytes]) -> None:
    assert IN_ROWS[made] in found_at(made())


@pytest.mark.parametrize("made", IN_SHEETS, ids=lambda made: made.__name__)
def test_place_in_a_sheet(made: Callable[[], bytes]) -> None:
    assert found_at(made()) == [(IN_SHEETS[made], None)]


@pytest.mark.parametrize("made", IN_FILES, ids=lambda made: made.__name__)
def test_place_in_the_file(made: Callable[[], bytes]) -> None:
    assert (None, None) in found_at(made())


@pytest.mark.parametrize(
    "made", [in_comment, in_textbox, in_hidden_sheet], ids=lambda made: made.__name__
)
def test_place_in_a_file_that_libreoffice_saved(made: Callable[[], bytes], tmp_path: Path) -> None:
    assert found_at(saved_by_libreoffice(made(), tmp_path))


def test_sheet_with_a_number_in_its_name_is_called_by_its_position() -> None:
    made = book({**REQUIRED, f"Om {NUMBER}": [["x"], [None, NUMBER]]})
    problems = refusal(saved(made)).problems
    assert set(problems["code"]) == {"national_id"}
    said = {
        row: (sheet, message)
        for sheet, row, message in problems.select("sheet", "row", "message").rows()
    }
    assert said == {
        None: ("ark 4", NATIONAL_ID_IN_SHEET_NAME),
        2: ("ark 4", SENTENCES["national_id"]),
    }


@pytest.mark.parametrize("form", ["1.{}", "2021,{}", "{}.0", "0.{}"])
def test_name_of_a_sheet_is_no_decimal_number(form: str) -> None:
    made = book({**REQUIRED, form.format(NUMBER): [["x"]]})
    assert found_at(saved(made)) == [("ark 4", None)]


def test_number_comes_before_missing_sheets_and_columns() -> None:
    assert found_at(workbook(participants=[[NUMBER]], exits=None)) == [("Deltakere", 1)]


# --- Files of one record type -------------------------------------------------------------

CSV = "Deltaker-ID;Fødselsår;Kjønn;Landbakgrunn;Notat\r\np1;1985;Kvinne;Syria;{}\r\n"


@pytest.mark.parametrize(
    "written", [NUMBER, SHORTENED, f"{SHORTENED}.0", f'"om\r\n{NUMBER}"', f"om {NUMBER}, x"]
)
def test_number_in_a_csv_file(written: str) -> None:
    assert found_at(CSV.format(written).encode("cp1252"), "deltakere.csv") == [("Deltakere", 2)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_number_in_a_file_of_no_sheet_comes_before_the_missing_sheet(delimiter: str) -> None:
    content = CSV.format(NUMBER).replace(";", delimiter).replace("Kvinne", "2").encode("cp1252")
    assert codes_of(content, "folk.csv") == {"national_id"}
    refusal(content, "folk.csv")
    number_between = f"1{delimiter}2{delimiter}{NUMBER}{delimiter}3\r\n".encode()
    assert codes_of(number_between, "folk.csv") == {"national_id"}


def parquet(**columns: object) -> bytes:
    persons = {"participant_id": ["p1"], "birth_year": [1985], "gender": ["x"], "country": ["NO"]}
    stream = io.BytesIO()
    pq.write_table(pa.table({**persons, **columns}), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        [NUMBER], [int(NUMBER)], [float(NUMBER)], [int(SHORTENED)], [float(SHORTENED)],
        [[int(NUMBER)]], [["x"] * 40 + [NUMBER]], [{"a": NUMBER}], [NUMBER.encode()],
        [f"æ {NUMBER}".encode("cp1252")], pa.array([NUMBER]).dictionary_encode(),
    ],
)  # fmt: skip
def test_number_in_a_parquet_file(values: object) -> None:
    assert found_at(parquet(note=values), "deltakere.parquet") == [("Deltakere", 2)]
    assert codes_of(parquet(note=values), "folk.parquet") == {"national_id"}


def test_number_in_the_header_or_the_description_of_a_parquet_file() -> None:
    assert found_at(parquet(**{f"om {NUMBER}": ["x"]}), "deltakere.parquet")[0] == ("Deltakere", 1)
    table = pa.table({"participant_id": ["p1"]}).replace_schema_metadata({"om": f"x {NUMBER}"})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    assert codes_of(stream.getvalue(), "deltakere.parquet") == {"national_id"}


# --- File names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "{}.xlsx", "om {} .xlsx", "deltakere_{}.csv", "deltakere {}.parquet", "{}.xls",
        "1.{}.xlsx", "1,{}.xlsx", "2021.{}.xlsx", "fnr%20{}.xlsx", "{}.2021.xlsx",
    ],
)  # fmt: skip
def test_file_with_a_number_in_its_name_is_called_by_its_fingerprint(form: str) -> None:
    name = form.format(NUMBER)
    file = delivered_file(name, workbook())
    with pytest.raises(DeliveryError) as caught:
        read_delivery(file, DEFAULT_LIMIT)
    says_nothing(caught.value)
    assert caught.value.problems.drop("field").rows() == [
        (file.sha256[:12], None, None, "national_id", NATIONAL_ID_IN_FILE_NAME)
    ]
    assert public_name(name, file.sha256) == file.sha256[:12]
    assert public_name("nora-2021.xlsx", file.sha256) == "nora-2021.xlsx"


def test_no_table_of_the_layer_holds_the_number() -> None:
    files = [
        delivered_file(f"a {NUMBER}.xlsx", workbook()),
        delivered_file("b.xlsx", with_cell("H2", NUMBER)),
        delivered_file("c.xlsx", saved(book({**REQUIRED, f"x{NUMBER}": [[]]}))),
        delivered_file("d.xlsx", workbook()),
    ]
    for frame in read_deliveries(files, in_process).values():
        assert NUMBER not in frame.write_csv()


# --- False alarms -------------------------------------------------------------------------


def test_template_and_demo_hold_none() -> None:
    assert codes_of(template()) == set()
    for path in sorted((PROJECT / "data" / "demo").glob("*.xlsx")):
        assert codes_of(path.read_bytes(), path.name) == set()


def test_demo_that_libreoffice_saved_holds_none(tmp_path: Path) -> None:
    path = PROJECT / "data" / "demo" / "nora-2021.xlsx"
    again = saved_by_libreoffice(path.read_bytes(), tmp_path)
    before, after = read(path.read_bytes()), read(again)
    assert after.problems.height == 0
    for name, frame in before.tables.items():
        assert after.tables[name].equals(frame), name


def test_decimal_numbers_of_the_file_itself_are_none() -> None:
    content = workbook()
    sheet = parts_of(content)["xl/worksheets/sheet1.xml"].decode()
    added = f'<sheetFormatPr baseColWidth="8" defaultRowHeight="9.{NUMBER}"/>'
    content = changed(
        content,
        {
            "xl/worksheets/sheet1.xml": re.sub("<sheetFormatPr[^>]*>", added, sheet).encode(),
            "xl/charts/chart9.xml": f"<c:v>-1.{NUMBER}</c:v><c:v>3.{NUMBER}E-2</c:v>".encode(),
        },
    )
    assert added in parts_of(content)["xl/worksheets/sheet1.xml"].decode()
    assert codes_of(content) == set()
    chart = f"<c:v>1.{NUMBER}</c:v><c:v>{NUMBER}.0</c:v>".encode()
    assert codes_of(changed(content, {"xl/charts/chart9.xml": chart})) == {"national_id"}


def test_numbers_of_a_chart_are_not_run_together() -> None:
    values = "".join(f"<c:pt><c:v>{part}</c:v></c:pt>" for part in (NUMBER[:6], NUMBER[6:]))
    chart = f"{values}<a:p><a:r><a:t>Tittel</a:t></a:r></a:p>".encode()
    assert codes_of(changed(workbook(), {"xl/charts/chart9.xml": chart})) == set()


def test_false_alarms_are_below_one_in_a_thousand_cells() -> None:
    rng = random.Random(1)
    for grids in ([free_text(rng, 30_000)], [register(rng, 3_000)], list(demo())):
        cells, alarms = false_alarms(grids)
        assert cells > 10_000
        assert alarms < cells / 1000


def test_numbers_that_are_none_are_read() -> None:
    wrong = f"{NUMBER[:10]}{(int(NUMBER[10]) + 1) % 10}"
    rows = [
        [*PARTICIPANTS[0], "Notat", "Tall"],
        ["p1", 1985, "Kvinne", "Syria", None, None, wrong, int(wrong)],
        ["p2", 1985, "Kvinne", "Syria", None, None, f"{NUMBER}0", int(NUMBER) / 7],
        ["p3", 1985, "Kvinne", "Syria", None, None, "tlf. 0047 55 12 34 56", float(f"0.{NUMBER}")],
    ]
    assert read(workbook(participants=rows)).tables["participants"].height == 3
