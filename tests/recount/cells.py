"""What one cell of a delivery says, read from the contract, section 2, with no help of the product.

Only the code lists come from the vocabulary. What rows must agree on is in judge.py.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from functools import cache
from typing import Any

import babel
import pycountry

from assets.vocabulary import vocabulary
from tests.recount.clerk import EITHER_KONGO, SHORT_FORMS

EARLIEST = date(2000, 1, 1)

_DATE = re.compile(
    r"(?:(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2}))(?:[ T]00:00(?::00)?)?"
)


class CellError(Exception):
    """A cell that cannot be taken; `code` is the error code of the contract."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_empty(cell: Any) -> bool:
    """Whether nothing but spaces stands in the cell; a non-breaking space is a space."""
    return cell is None or _text(cell) == ""


def identifier(cell: Any) -> str:
    """1 to 40 of A-Z a-z 0-9 _ -, case kept; a number is its digits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _text(cell)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        raise CellError("bad_id")
    return text


def text(cell: Any) -> str:
    """Free text, trimmed; a number is its digits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _text(cell)


def day(cell: Any) -> date:
    """A spreadsheet date or one of the three ways to write it, midnight allowed; from 2000 on."""
    found = _day(cell)
    if found < EARLIEST:
        raise CellError("out_of_range")
    return found


def birth_year(cell: Any, as_of: date) -> int:
    """A whole year, 14 to 100 years before the build."""
    year = _number(cell)
    if not year.is_integer():
        raise CellError("bad_number")
    if not 14 <= as_of.year - year <= 100:
        raise CellError("out_of_range")
    return int(year)


def year(cell: Any, as_of: date) -> int:
    """A whole year of the programme: from 2000 to ten years after that of the build."""
    found = _number(cell)
    if not found.is_integer():
        raise CellError("bad_number")
    if not EARLIEST.year <= found <= as_of.year + 10:
        raise CellError("out_of_range")
    return int(found)


def whole(cell: Any, highest: int) -> int:
    """A whole number, not below 0."""
    found = _amount(cell)
    if not found.is_integer():
        raise CellError("bad_number")
    if not 0 <= found <= highest:
        raise CellError("out_of_range")
    return int(found)


def amount(cell: Any, lowest: int, highest: int) -> float:
    """A number, decimals allowed."""
    found = _amount(cell)
    if not lowest <= found <= highest:
        raise CellError("out_of_range")
    return found


def position(cell: Any) -> float:
    """A percentage above 0, at most 100."""
    percent = _amount(cell)
    if not 0 < percent <= 100:
        raise CellError("out_of_range")
    return percent


def code(cell: Any, code_list: str) -> str:
    """The code, either label or an alias, in any case, with spaces around it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    spelling = _text(cell).casefold()
    if code_list == "outcome" and spelling == "u":
        raise CellError("ambiguous_code")
    if code_list == "country" and spelling in EITHER_KONGO:
        raise CellError("ambiguous_code")
    if spelling not in _spellings(code_list):
        raise CellError("bad_code")
    return _spellings(code_list)[spelling]


def _text(cell: Any) -> str:
    return unicodedata.normalize("NFC", str(cell).replace("\u00a0", " ")).strip()


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time.min:
            raise CellError("bad_date")
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DATE.fullmatch(_text(cell)) if isinstance(cell, str) else None
    if found is None:
        raise CellError("bad_date")
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        year = int(found["year"])
        return date(year + 2000 if year < 100 else year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise CellError("bad_date") from None


def _number(cell: Any) -> float:
    if isinstance(cell, date):
        raise CellError("bad_number")
    if not re.fullmatch(r"-?\d+([.,]\d+)?", _text(cell)):
        raise CellError("bad_number")
    return float(_text(cell).replace(",", "."))


def _amount(cell: Any) -> float:
    """A number with or without a space between thousands."""
    if isinstance(cell, str) and re.fullmatch(r"-?\d{1,3}( \d{3})+([.,]\d+)?", _text(cell)):
        return _number(_text(cell).replace(" ", ""))
    return _number(cell)


@cache
def _spellings(code_list: str) -> dict[str, str]:
    if code_list == "country":
        return _country_spellings()
    return {
        _text(spelling).casefold(): entry.code
        for entry in vocabulary().code_list(code_list).codes
        for spelling in (entry.code, entry.label_nb, entry.label_en, *entry.aliases)
    }


def _country_spellings() -> dict[str, str]:
    found = {"xk": "XK", "xx": "XX"}
    for country in pycountry.countries:
        alpha_2 = country.alpha_2
        names = [babel.Locale(language).territories[alpha_2] for language in ("nb", "en")]
        for name in (alpha_2, country.alpha_3, *names):
            found[_text(name).casefold()] = alpha_2
    for alpha_2, short_forms in SHORT_FORMS.items():
        found |= {name.casefold(): alpha_2 for name in short_forms}
    # CLDR has a name for Kosovo too, which ISO 3166 does not list.
    return found | {
        babel.Locale(language).territories["XK"].casefold(): "XK" for language in ("nb", "en")
    }
