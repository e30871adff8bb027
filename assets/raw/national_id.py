"""Finds identity numbers of persons, so that a delivery with one can be refused whole.

A national identity number counts when its date is a possible one and both control digits are
right. The date may be that of a D-number (day + 40) or of the synthetic series (month + 40, + 65
and + 80). People write it in one piece, with separators, and as a date of birth and five digits, in
one cell or in two. A DUF number, which asylum seekers have, is a year, six digits and two control
digits.

Sources: Skatteetaten, "Fødselsnummer" and "D-nummer"; the synthetic series of NAV, Norsk helsenett
and Tenor; for DUF numbers the control in Statistics Norway's KOSTRA programs, since UDI publishes
none. From 2032 the first control digit may take further values; such numbers do not count yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise, product
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
# Looked ahead at, for a number may begin within what another run of digits and separators takes up.
_WRITTEN = re.compile(rf"(\d)(?<!\d\d)(?=((?:{_SEPARATOR}\d){{10}})(?!\d))")
# From one date to another: eleven digits of the two would be a number too often.
_DATE = r"\d\d?[./-]\d\d?[./-](?:19|20)\d\d"
_PERIOD = re.compile(rf"({_DATE}){_SEPARATOR}(?={_DATE}(?!\d))")
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
"""Patterns of a date of birth as people write it, with the groups day, month and year."""

# An amount with decimals is no part of a number.
_FIVE = r"(?P<five>\d{5}(?!\d|[.,]\d)|\d{3}\s\d\d(?!\s?\d|[.,]\d))"
_GAP = r"(?P<gap>\D{0,40})"
_AFTER = [re.compile(rf"(?<!\d)(?={date}{_GAP}{_FIVE})") for date in _DATES]
_BEFORE = [re.compile(rf"(?<!\d)(?={_FIVE}{_GAP}{date}(?!\d))") for date in _DATES]
# Where nothing names the five digits: a semicolon parts what stands in a list.
_NO_LETTERS = re.compile(r"(?:[^\w;]|_){0,12}")
_TIGHT = re.compile(_SEPARATOR)
_NAMES_ONE = re.compile(
    r"(?<![^\W\d_])(?:fødsels|pers(?:on)?|[fpd])[\s.\-]{0,2}n(?:umme)?r"
    r"|(?:siste|fem|5) (?:siste|fem|5)",
    re.IGNORECASE,
)
"""Finds what people call the number or its last five digits."""
_HEARD = 25
"""How many characters before a date of birth such a word is looked for."""

_FORM_BEGINS = 2000
"""No date of the form is before this year, so an earlier one is a date of birth."""

_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_MONTH = re.compile(
    rf"(?<=\d)\.?\s{{0,2}}({'|'.join(_MONTHS)})[a-z]{{0,7}}\.?\s{{0,2}}(?=\d)", re.I
)

_DUF = re.compile(rf"(?<!\d)(\d{{4}}){_SEPARATOR}(\d{{6}}){_SEPARATOR}(\d\d)(?!\d)")
_AS_UDI_WRITES = re.compile(r"\d{4}\s\d{6}\s\d\d")
_NAMES_DUF = re.compile(r"\b(?:duf|udi)", re.IGNORECASE)

DECIMAL_NUMBER = (
    r"[-+]?(?![0-9]{6}(?:[0-9]{2})?[.,][0-9]{5}(?![0-9]))(?:0|[1-9][0-9]*)[.,](?=[0-9]*[1-9])[0-9]+"
    r"(?:[eE][-+]?[0-9]+)?"
)
"""Pattern of a number with a fraction: where nothing else stands, it holds no identity number.

Six or eight digits, a point or comma and five digits are none, but a date and what follows it.
"""
_DECIMAL = re.compile(rf"\s*{DECIMAL_NUMBER}\s*")

# What a cell may hold that is a date of birth, or the five digits after it, and nothing else.
_IS_DATE = (
    rf"^\s*(?:\d{{5,8}}|\d{{1,4}}{_BETWEEN}\d\d?{_BETWEEN}\d{{2,4}}(?:[ T]00:00:00)?)"
    r"(?:[.,]0+)?\s*$"
)
_IS_FIVE = r"^\s*\d{1,5}(?:[.,]0+)?\s*$"
_TAIL = re.compile(r"(?:[ T]00:00:00)?(?:[.,]0+)?\s*$")
_CELL_DATES = [re.compile(date) for date in _DATES]
_SOME = r"\d\D{0,12}"
_CANDIDATE = "|".join(
    [
        rf"\d(?:{_SEPARATOR}\d){{10}}",
        rf"(?:{_SOME}){{2}}\d\D{{1,40}}\d{{3}}\s?\d\d",
        rf"\d{{3}}\s?\d\d\D{{1,40}}(?:{_SOME}){{2}}\d",
        r"^[\s\x1c-\x1f]*\d{10}(?:[.,]0+)?[\s\x1c-\x1f]*$",
        "%[0-9A-Fa-f]{2}",
        UNSEEN,
    ]
)
"""Looser than all that is found here, but for Polars, which tells it in a moment."""


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
    """Whether 12 digits are a DUF number: a plausible year, and right control digits."""
    if len(digits) != 12 or not digits.isdecimal() or int(digits[:4]) not in _DUF_YEARS:
        return False
    return _rest([int(digit) for digit in digits], _DUF_WEIGHTS) == int(digits[10:])


def _rest(numbers: list[int], weights: tuple[int, ...]) -> int:
    return sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11


def _are_parts(date: re.Match[str], five: str, *, named: bool) -> bool:
    """Whether a date of birth (a match of _DATES) and five digits are one identity number.

    Where the five digits are `named` as such, the date may be the person's own, and that in the
    number one of a D-number or of a synthetic series.
    """
    if len(date["year"]) == 4 and int(date["year"]) // 100 not in (19, 20):
        return False
    day, month = int(date["day"]), int(date["month"])
    shifts = product((0, 40), _SERIES) if named else [(0, 0)]
    rest = date["year"][-2:] + re.sub(r"\D", "", five)
    return any(is_national_id(f"{day + d:02}{month + m:02}{rest}") for d, m in shifts)


def holds_national_id(text: str) -> bool:
    """Whether an identity number of a person stands anywhere in `text`, however it is written."""
    # In a link, a space is %20. Both are searched: a plain %01 can be how a number begins.
    return any(
        _holds_written(spelling) or _holds_parts(spelling) or _holds_duf(spelling)
        for spelling in dict.fromkeys(re.sub(UNSEEN, "", one) for one in (text, unquote(text)))
    )


def _holds_written(text: str) -> bool:
    return any(
        is_national_id(found[1] + re.sub(r"\D", "", found[2]))
        for found in _WRITTEN.finditer(_PERIOD.sub(r"\1;", text))
    )


def _holds_parts(text: str) -> bool:
    text = _MONTH.sub(lambda found: f".{_MONTHS.index(found[1].lower()) + 1}.", text)
    return any(_fit(text, found, is_after=True) for found in _found(_AFTER, text)) or any(
        _fit(text, found, is_after=False) for found in _found(_BEFORE, text)
    )


def _found(patterns: list[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    return (found for pattern in patterns for found in pattern.finditer(text))


def _fit(text: str, found: re.Match[str], *, is_after: bool) -> bool:
    named = bool(_NAMES_ONE.search(text[max(0, found.start() - _HEARD) : found.end("gap")]))
    gap = _TIGHT if _may_be_of_form(found) else _NO_LETTERS
    may_be = named or (is_after and gap.fullmatch(found["gap"]))
    return bool(may_be) and _are_parts(found, found["five"], named=named)


def _may_be_of_form(date: re.Match[str]) -> bool:
    """Whether a date is as late as those of the form, which numbers stand beside as well."""
    return len(date["year"]) == 4 and int(date["year"]) >= _FORM_BEGINS


def _holds_duf(text: str) -> bool:
    return any(_is_duf(text, found) for found in _DUF.finditer(text))


def _is_duf(text: str, found: re.Match[str]) -> bool:
    digits = "".join(found.groups())
    if _NAMES_DUF.search(text) or _AS_UDI_WRITES.fullmatch(found[0]):
        # Even with a slip in it.
        return int(digits[:4]) in _DUF_YEARS
    return is_duf_number(digits) and not _is_time(digits)


def _is_time(digits: str) -> bool:
    """Whether 12 digits could be a date and a time, which pass the check too often."""
    month, day, hour = (int(digits[place : place + 2]) for place in (4, 6, 8))
    return 1 <= month <= 12 and 1 <= day <= 31 and hour < 24


def _cell_holds_national_id(cell: str) -> bool:
    """Whether one stands in a cell, which may be a number that has lost its leading zero."""
    seen = re.sub(UNSEEN, "", cell)
    whole = _WHOLE.fullmatch(seen)
    if whole:
        return is_national_id(whole[1].zfill(11))
    return not _DECIMAL.fullmatch(seen) and holds_national_id(seen)


# --- Parts in two cells -------------------------------------------------------------------


def _split_rows(grid: Grid) -> Iterator[int]:
    """Yield the rows in which a date of birth and the five digits stand in neighbouring cells."""
    for left, right in pairwise(grid.cells):
        yield from _rows_of_parts(left, right)
        yield from _rows_of_parts(right, left)


def _rows_of_parts(dates: pl.Series, fives: pl.Series) -> Iterator[int]:
    """Yield the rows in which a cell of `dates` and one of `fives` are one number.

    Where no header names the five digits, a pair in some hundred is one by chance: then at least
    half of the pairs in the two columns must be numbers.
    """
    is_named = any(_NAMES_ONE.search(head) for head in fives.head(HEADER_ROWS).drop_nulls())
    pairs = pl.DataFrame({"date": dates, "five": fives}).with_row_index("row", offset=1)
    pairs = pairs.filter(
        pl.col("date").str.contains(_IS_DATE), pl.col("five").str.contains(_IS_FIVE)
    )
    possible, found = 0, []
    for row, date, five in pairs.iter_rows():
        spelled = list(_spelled_dates(_TAIL.sub("", date).strip(), is_named=is_named))
        digits = _TAIL.sub("", five).strip()
        if spelled and (is_named or len(digits) == 5):
            possible += 1
            if any(_are_parts(one, digits.zfill(5), named=is_named) for one in spelled):
                found.append(row)
    if is_named or 2 * len(found) >= possible:
        yield from found


def _spelled_dates(cell: str, *, is_named: bool) -> Iterator[re.Match[str]]:
    """Yield the ways to read a cell as a date of birth; one that lost its zero where `is_named`."""
    if is_named and cell.isdecimal():
        cell = cell.zfill(len(cell) + len(cell) % 2)
    for pattern in _CELL_DATES:
        found = pattern.fullmatch(cell)
        # In a cell of its own, a year of two digits before 50 is one of the form, such as 1.3.21.
        is_short = found is not None and len(found["year"]) == 2 and int(found["year"]) < 50
        if found and (is_named or not (is_short or _may_be_of_form(found))):
            yield found


# --- Where they stand ---------------------------------------------------------------------


class Place(NamedTuple):
    """Where an identity number stands; sheet and row are None where they do not apply."""

    sheet: str | None
    row: int | None
    is_sheet_name: bool = False


def places(contents: Contents) -> list[Place]:
    """Return the places of all identity numbers, each once, in order.

    A sheet whose name holds one is called by its position.
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
    # A workbook keeps the text of a cell elsewhere too: the place that says more is enough.
    return [place for place in dict.fromkeys(found) if place != Place(None, None)] or found[:1]


def _rows(grid: Grid) -> Iterator[int]:
    for column in grid.cells:
        suspects = column.to_frame("cell").with_row_index("row", offset=1)
        suspects = suspects.filter(pl.col("cell").str.contains(_CANDIDATE))
        yield from (row for row, cell in suspects.iter_rows() if _cell_holds_national_id(cell))
    yield from _split_rows(grid)


def _suspects(passages: Sequence[Passage]) -> Iterator[Passage]:
    texts = pl.Series([passage.text for passage in passages], dtype=pl.String)
    return compress(passages, texts.str.contains(_CANDIDATE))
