"""Finds identity numbers of persons, so that a delivery with one can be refused whole.

A national identity number is recognised when its date is possible and both control digits are
right. The date may be that of a D-number (day + 40) or of a synthetic series (month + 40, + 65 or
+ 80). People write the number in one piece, with separators, or as a date of birth and five digits,
in one cell or in two. A DUF number, which asylum seekers have, is a year, six digits and two
control digits.

Sources: Skatteetaten, "Fødselsnummer" and "D-nummer"; the synthetic series of NAV, Norsk helsenett
and Tenor; for DUF numbers, the check in Statistics Norway's KOSTRA programs, since UDI publishes
none. From 2032 the first control digit may have other values; such numbers are not recognised yet.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import compress, product, repeat
from typing import NamedTuple
from urllib.parse import unquote

import polars as pl

from assets.raw.grid import Contents, Grid, Passage
from assets.raw.headers import HEADER_ROWS
from assets.vocabulary.spelling import UNSEEN

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)
_DUF_YEARS = range(1980, 2050)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SERIES = (0, 40, 65, 80)

_DASHES = r"\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SEPARATOR = rf"[\s\x1c-\x1f./_\\\u00b7\uff0e\uff0f{_DASHES}]{{0,3}}"
# A lookahead, because a number may begin within another run of digits and separators.
_WRITTEN = re.compile(rf"(\d)(?<!\d\d)(?=((?:{_SEPARATOR}\d){{10}})(?!\d))")
# Dates with a four-digit year, and the first date of a period: together with adjacent digits, they
# would be mistaken for a number too often.
_DAY_MONTH = r"(?<!\d)\d\d?[./-]\d\d?[./-]"
_ONLY_DATE = re.compile(
    rf"{_DAY_MONTH}(?:(?:19|20)\d\d(?!\d)|\d\d(?={_SEPARATOR}{_DAY_MONTH}\d\d(?!\d)))"
)
_WHOLE = re.compile(r"\s*(\d{10,11})(?:[.,]0+)?\s*")

_BETWEEN = r"(?:[^\w\n]|_){1,3}"
_DATES = (
    r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d\d)",
    r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4})",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    rf"(?P<day>\d\d?){_BETWEEN}(?P<month>\d\d?){_BETWEEN}(?P<year>\d\d)",
    rf"(?P<day>\d\d?){_BETWEEN}(?P<month>\d\d?){_BETWEEN}(?P<year>\d{{4}})",
    rf"(?P<day>\d\d){_BETWEEN}?(?P<month>\d\d){_BETWEEN}?(?P<year>\d{{2}}(?:\d\d)?)",
    rf"(?P<year>\d{{4}}){_BETWEEN}(?P<month>\d\d?){_BETWEEN}(?P<day>\d\d?)",
)
"""Patterns of the ways to write a date of birth, with the groups day, month and year."""

_AMOUNT = r"[.,]\d|,-|\s?(?i:kr|nok)(?![^\W\d_])"
_FIVE_DIGITS = rf"(\d{{5}}(?!\d)|\d{{3}}[\s{_DASHES}]\d\d(?!\s?\d))(?!{_AMOUNT})"
_FIVE = re.compile(f"(?={_FIVE_DIGITS})")
_BIRTHS = [re.compile(rf"(?<!\d)(?=(?P<date>{date}))") for date in _DATES]

_CALLED = (
    rf"(?:f(?:ø|oe?)d(?:sel|el)?s?|pers(?:on)?|prs|[fpd])[\s.{_DASHES}]{{0,2}}n(?:umme)?r"
    rf"|person[\s{_DASHES}]?ident|ssn|siste (?:fem|5)|(?:fem|5) siste"
)
"""Pattern of names for the number or its last five digits, at the beginning of a word."""
_BORN = (
    r"f(?:ø|oe?)d(?:t|d|sels?)|f[\s.\-]{0,2}d(?:ato|t)|dob|born|birth"
    r"|f(?:[.:]\s{0,2}|\s{1,2})(?=\d)"
)
"""Pattern of names for the date of birth, at the beginning of a word."""
_JOINING = "nr|no|nummer|ident|id|pin|p"
"""Words that may come between the date and the digits, but do not clearly name either."""

_BEGINS = r"(?<![^\W\d_])"
_NAMES_NUMBER = re.compile(f"{_BEGINS}(?:{_CALLED})", re.IGNORECASE)
_NAMES_BIRTH = re.compile(f"{_BEGINS}(?:{_BORN})", re.IGNORECASE)
_NAMES_FIVE = re.compile(rf"{_BEGINS}(?:{_CALLED})[^\d\n]{{0,12}}{_FIVE_DIGITS}", re.IGNORECASE)
_SIGNS = r"(?:\W|_)*"
_JOINS = re.compile(rf"{_SIGNS}(?:(?:{_JOINING}){_SIGNS}){{0,2}}", re.IGNORECASE)
_NEAR = 80
"""The most characters between a date of birth and the five digits."""
_HEARD = 25
"""How many characters before the date and the digits are searched for a name of either."""

_FORM_BEGINS = 2000
"""No date of the form is before this year, so an earlier one is a date of birth."""
_OWN = [(0, 0), (40, 0)]
_EVERY = list(product((0, 40), _SERIES))
"""What may be added to day and month of a date of birth: for a D-number, and in every series."""

_MIDNIGHT = "[ T]00:00:00"
"""The time that programs write after a date without a time."""
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_MONTH = re.compile(
    rf"(?<=\d)\.?\s{{0,2}}({'|'.join(_MONTHS)})[a-z]{{0,7}}\.?\s{{0,2}}(?=\d)", re.I
)

_DUF_SIGNS = r"(?:\W|_){0,3}"
# The year at the end of a date is not the beginning of a DUF number.
_DUF = re.compile(
    rf"(?<!\d)(?<!\d[./-])(\d{{4}}){_DUF_SIGNS}(\d{{3}}){_DUF_SIGNS}(\d{{3}}){_DUF_SIGNS}(\d\d)(?!\d)"
)
_NAMED_DUF = re.compile(rf"(?<!\d)(?=(\d(?:{_DUF_SIGNS}\d){{11}})(?!\d))")
_AS_UDI_WRITES = re.compile(r"\d{4}\s\d{6}\s\d\d")
_IN_THREE = re.compile(rf"\d{{4}}({_DUF_SIGNS})\d{{6}}\1\d\d")
_NAMES_DUF = re.compile(r"\b(?:duf|udi)", re.IGNORECASE)

DECIMAL_NUMBER = (
    r"[-+]?(?![0-9]{6}(?:[0-9]{2})?[.,][0-9]{5}(?![0-9]))(?:0|[1-9][0-9]*)[.,](?=[0-9]*[1-9])[0-9]+"
    r"(?:[eE][-+]?[0-9]+)?"
)
"""Pattern of a decimal number: a text that is nothing but one contains no identity number.

Six or eight digits, a point or comma, and five digits do not match: they may be a date of birth and
the five digits after it.
"""
_DECIMAL = re.compile(rf"\s*{DECIMAL_NUMBER}\s*")

# Patterns of cells that hold only a date of birth, or only the five digits after it.
_IS_DATE = (
    rf"^\W*(?:\d{{5,8}}(?:[.,]0+)?|\d{{1,4}}{_BETWEEN}\d\d?{_BETWEEN}\d{{2,4}}(?:{_MIDNIGHT})?)\W*$"
)
_IS_FIVE = r"^\W*\d{5}(?:[.,]0+)?\W*$"
_IS_SHORTENED_FIVE = r"^\W*\d{1,5}(?:[.,]0+)?\W*$"
_AROUND_DATE = re.compile(rf"^\W+|(?:{_MIDNIGHT}|(?<=\d{{5}})[.,]0+)?\W*$")
_CELL_DATES = [re.compile(date) for date in _DATES]
_SOME_DATE = r"\d\D{0,16}\d\D{0,16}\d"
_SOME_FIVE = rf"(?:\d{{5}}|(?:^|\D)\d{{3}}[\s{_DASHES}]\d\d)(?:\D|$)"
_CANDIDATE = "|".join(
    [
        rf"\d(?:{_SEPARATOR}\d){{10}}",
        rf"{_SOME_DATE}(?s:.*){_SOME_FIVE}",
        rf"{_SOME_FIVE}(?s:.*){_SOME_DATE}",
        rf"\d{{4}}{_DUF_SIGNS}\d{{3}}{_DUF_SIGNS}\d{{3}}{_DUF_SIGNS}\d\d",
        r"(?i:\b(?:duf|udi))",
        r"^[\s\x1c-\x1f]*\d{10}(?:[.,]0+)?[\s\x1c-\x1f]*$",
        "%[0-9A-Fa-f]{2}",
        UNSEEN,
    ]
)
"""A fast pre-filter for Polars: it matches every text in which a number could be found."""


def is_national_id(digits: str) -> bool:
    """Whether 11 digits are a national identity number, a D-number or one of a synthetic series."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    day = int(digits[:2]) - (40 if digits[0] in "4567" else 0)
    months = {int(digits[2:4]) - series for series in _SERIES} & set(range(1, 13))
    if not any(1 <= day <= _DAYS[month - 1] for month in months):
        return False
    numbers = [int(digit) for digit in digits]
    return not _rest(numbers, _FIRST_WEIGHTS) and not _rest(numbers, _SECOND_WEIGHTS)


def is_duf_number(digits: str) -> bool:
    """Whether 12 digits are a DUF number: a plausible year and correct control digits."""
    if len(digits) != 12 or not digits.isdecimal() or int(digits[:4]) not in _DUF_YEARS:
        return False
    return _rest([int(digit) for digit in digits], _DUF_WEIGHTS) == int(digits[10:])


def _rest(numbers: list[int], weights: tuple[int, ...]) -> int:
    return sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11


def _are_parts(date: re.Match[str], five: str, shifts: Sequence[tuple[int, int]]) -> bool:
    """Whether a date of birth (a match of _DATES) and five digits are one identity number.

    Each of `shifts` is tried as an addition to the day and month. The five digits of persons born
    from 2000 on begin with 5 to 9 (Skatteetaten, "Fødselsnummer"). A two-digit year below 25 is of
    this century, since the person would otherwise be over 100.
    """
    if len(date["year"]) == 4 and int(date["year"]) // 100 not in (19, 20):
        return False
    rest = re.sub(r"\D", "", five)
    if int(rest[0]) < 5 and (int(date["year"]) < 25 or int(date["year"]) >= 2000):
        return False
    day, month = int(date["day"]), int(date["month"])
    rest = date["year"][-2:] + rest
    return any(is_national_id(f"{day + d:02}{month + m:02}{rest}") for d, m in shifts)


def holds_national_id(text: str) -> bool:
    """Whether `text` contains an identity number of a person, in any spelling."""
    # In a link, a space is %20. Search both forms: in other text, %01 can begin a number.
    return any(
        _holds_written(spelling) or _holds_parts(spelling) or _holds_duf(spelling)
        for spelling in dict.fromkeys(re.sub(UNSEEN, "", one) for one in (text, unquote(text)))
    )


def _holds_written(text: str) -> bool:
    return any(
        is_national_id(found[1] + re.sub(r"\D", "", found[2]))
        for found in _WRITTEN.finditer(_ONLY_DATE.sub(";", text))
    )


def _holds_parts(text: str) -> bool:
    text = re.sub(_MIDNIGHT, "", text)
    text = _MONTH.sub(lambda found: f".{_MONTHS.index(found[1].lower()) + 1}.", text)
    named = {found.span(1) for found in _NAMES_FIVE.finditer(text)}
    fives = [found.span(1) for found in _FIVE.finditer(text)]
    return any(_fit(text, *pair, is_named=pair[1] in named) for pair in _pairs(text, fives))


def _pairs(
    text: str, fives: list[tuple[int, int]]
) -> Iterator[tuple[re.Match[str], tuple[int, int]]]:
    """Yield pairs of a date of birth and the span of five digits near it."""
    longest = 6
    for pattern in _BIRTHS if fives else ():
        for date in pattern.finditer(text):
            first = bisect_left(fives, (date.start() - _NEAR - longest, 0))
            last = bisect_left(fives, (date.end("date") + _NEAR + 1, 0))
            yield from zip(repeat(date), fives[first:last])


def _fit(text: str, date: re.Match[str], five: tuple[int, int], *, is_named: bool) -> bool:
    """Whether a date and five digits are a number; `is_named`: its name is right before the digits.

    If no word names the date or the digits, the two must be adjacent, and a date that could be one
    of the form must come first.
    """
    (start, left), (right, end) = sorted([date.span("date"), five])
    gap = text[left:right]
    edges = (text[max(0, start - 1) : start], gap[:1], gap[-1:], text[end : end + 1])
    if left > right or any(edge.isdecimal() for edge in edges):
        return False
    words = "" if re.search(r"\d", gap) else text[max(0, start - _HEARD) : end]
    is_named = is_named or bool(_NAMES_NUMBER.search(words))
    is_told = bool(_NAMES_BIRTH.search(words))
    is_earlier = not _may_be_of_form(date)
    are_joined = (is_earlier or date.start() == start) and _JOINS.fullmatch(gap)
    if not (is_named or is_told or are_joined):
        return False
    shifts = _EVERY if is_named else _OWN if is_told or is_earlier else _OWN[:1]
    return _are_parts(date, text[slice(*five)], shifts)


def _may_be_of_form(date: re.Match[str]) -> bool:
    """Whether a date is as late as the dates of the form, which may be next to other numbers."""
    return int(date["year"]) < 50 or int(date["year"]) >= _FORM_BEGINS


def _holds_duf(text: str) -> bool:
    is_named = bool(_NAMES_DUF.search(text))
    return any(_is_duf(found, is_named=is_named) for found in _DUF.finditer(text)) or (
        is_named
        and any(is_duf_number(re.sub(r"\D", "", found[1])) for found in _NAMED_DUF.finditer(text))
    )


def _is_duf(found: re.Match[str], *, is_named: bool) -> bool:
    digits = "".join(found.groups())
    if (_IN_THREE if is_named else _AS_UDI_WRITES).fullmatch(found[0]):
        # Even with a typing error in it.
        return int(digits[:4]) in _DUF_YEARS
    return is_duf_number(digits) and (is_named or not _is_time(digits))


def _is_time(digits: str) -> bool:
    """Whether 12 digits could be a date and a time: such digits pass the check too often."""
    month, day, hour = (int(digits[place : place + 2]) for place in (4, 6, 8))
    return 1 <= month <= 12 and 1 <= day <= 31 and hour < 24


def _cell_holds_national_id(cell: str) -> bool:
    """Whether a cell holds an identity number, which may have lost its leading zero."""
    seen = re.sub(UNSEEN, "", cell)
    whole = _WHOLE.fullmatch(seen)
    if whole:
        return is_national_id(whole[1].zfill(11))
    return not _DECIMAL.fullmatch(seen) and holds_national_id(seen)


# --- Parts in two cells -------------------------------------------------------------------


class _Column(NamedTuple):
    """The cells of one column that may be parts of numbers, and whether its header names them."""

    dates: pl.DataFrame
    """Columns row and date: the cells that could be a date of birth."""
    fives: pl.DataFrame
    """Columns row and five: the cells that could be the five digits after a date of birth."""
    names_number: bool
    names_birth: bool


def _column(cells: pl.Series, texts: pl.Series) -> _Column:
    heads = cells.head(HEADER_ROWS).drop_nulls()
    names_number = any(_NAMES_NUMBER.search(head) for head in heads)
    is_five = _IS_SHORTENED_FIVE if names_number else _IS_FIVE
    return _Column(
        _rows_with(cells, texts.filter(texts.str.contains(_IS_DATE)), "date"),
        _rows_with(cells, texts.filter(texts.str.contains(is_five)), "five"),
        names_number,
        any(_NAMES_BIRTH.search(head) for head in heads),
    )


def _rows_with(cells: pl.Series, texts: pl.Series, name: str) -> pl.DataFrame:
    """The rows of a column, as `row` and `name`, whose cell is one of the texts."""
    rows = cells.to_frame(name).with_row_index("row", offset=1)
    return rows.filter(cells.is_in(texts.implode())) if len(texts) else rows.clear()


def _split_rows(grid: Grid) -> Iterator[int]:
    """Yield the rows in which a date of birth and the five digits are in two cells."""
    columns = [
        (place, _column(*column))
        for place, column in enumerate(zip(grid.cells, grid.texts, strict=True))
    ]
    dates = [(place, column) for place, column in columns if not column.dates.is_empty()]
    fives = [(place, column) for place, column in columns if not column.fives.is_empty()]
    for (place, born), (other, five) in product(dates, fives):
        is_told = born.names_birth or born.names_number
        if five.names_number or is_told or abs(place - other) == 1:
            yield from _rows_of_parts(born, five, is_told=is_told)
    yield from _labelled_rows(grid)


def _rows_of_parts(born: _Column, other: _Column, *, is_told: bool) -> Iterator[int]:
    """Yield the rows in which a date of `born` and five digits of `other` are one number.

    If no header names the five digits, about one pair in some hundred is a number by chance: then
    at least half of the pairs in the two columns must be numbers.
    """
    is_named = other.names_number
    shifts = _EVERY if is_named else _OWN
    possible, found = 0, []
    for row, date, five in born.dates.join(other.fives, on="row").iter_rows():
        spelled = list(
            _spelled_dates(_AROUND_DATE.sub("", date), is_named=is_named, is_told=is_told)
        )
        digits = re.findall(r"\d+", five)[0].zfill(5)
        possible += bool(spelled)
        if any(_are_parts(one, digits, shifts) for one in spelled):
            found.append(row)
    if is_named or 2 * len(found) >= possible:
        yield from found


def _spelled_dates(cell: str, *, is_named: bool, is_told: bool) -> Iterator[re.Match[str]]:
    """Yield the ways to read a cell as a date of birth; if `is_named`, without its leading zero."""
    if is_named and cell.isdecimal():
        cell = cell.zfill(len(cell) + len(cell) % 2)
    for pattern in _CELL_DATES:
        found = pattern.fullmatch(cell)
        if found and (is_named or is_told or not _may_be_of_form(found)):
            yield found


def _labelled_rows(grid: Grid) -> Iterator[int]:
    """Yield the rows in which the five digits are next to their name and near a date of birth."""
    name = f"(?i){_CALLED}"
    if not any(texts.str.contains(name).any() for texts in grid.texts):
        return
    names = pl.any_horizontal(pl.all().str.contains(name))
    rows = grid.cells.select(
        is_named=names, text=pl.concat_str(pl.all(), separator=" | ", ignore_nulls=True)
    ).with_row_index("row", offset=1)
    around = [pl.col("text").shift(1), pl.col("text"), pl.col("text").shift(-1)]
    rows = rows.with_columns(pl.concat_str(around, separator="\n", ignore_nulls=True))
    for row, text in rows.filter("is_named").select("row", "text").iter_rows():
        fives = [found.span(1) for found in _NAMES_FIVE.finditer(text)]
        if any(_fit(text, *pair, is_named=True) for pair in _pairs(text, fives)):
            yield row


# --- Places of the numbers ----------------------------------------------------------------


class Place(NamedTuple):
    """Where an identity number was found; sheet and row are None where they do not apply."""

    sheet: str | None
    row: int | None
    is_sheet_name: bool = False


def places(contents: Contents) -> list[Place]:
    """Return the places of all identity numbers, each once, in order.

    A sheet with an identity number in its name is called by its position.
    """
    called = {
        grid.title: f"ark {number}" if holds_national_id(grid.title) else grid.title
        for number, grid in enumerate(contents.grids, start=1)
    }
    found = [
        Place(name, None, is_sheet_name=True) for title, name in called.items() if name != title
    ]
    found += [Place(called[grid.title], row) for grid in contents.grids for row in _rows(grid)]
    found += [
        Place(called.get(passage.sheet or "", passage.sheet), passage.row)
        for passage in _suspects(contents.passages)
        if holds_national_id(passage.text)
    ]
    # A workbook also stores the text of cells elsewhere: the more specific place is enough.
    return [place for place in dict.fromkeys(found) if place != Place(None, None)] or found[:1]


def _rows(grid: Grid) -> Iterator[int]:
    for cells, texts in zip(grid.cells, grid.texts, strict=True):
        suspects = texts.filter(texts.str.contains(_CANDIDATE))
        found = [text for text in suspects if _cell_holds_national_id(text)]
        yield from _rows_with(cells, pl.Series(found, dtype=pl.String), "cell")["row"]
    yield from _split_rows(grid)


def _suspects(passages: Sequence[Passage]) -> Iterator[Passage]:
    texts = pl.Series([passage.text for passage in passages], dtype=pl.String)
    return compress(passages, texts.str.contains(_CANDIDATE))
