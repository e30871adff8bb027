"""What a number format of a spreadsheet makes of a cell: a date, a percentage, or a spelled number.

A format has up to four sections: for positive numbers, negative numbers, zero and text. Source:
ECMA-376-1:2016, 18.8.30 (numFmts) and 18.8.31 (the format codes).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

BUILT_IN = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(50, 59)), "d.m.yyyy"),
    **dict.fromkeys(range(45, 48), "[h]:mm:ss"),
    9: "0%",
    10: "0.00%",
}
"""Format codes that files give by number only, as far as they show more than a plain number."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<space>_.)|(?P<filling>\*.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<clock>AM/PM|A/P)|(?P<scientific>E[+-])|(?P<sign>.)",
    re.DOTALL | re.IGNORECASE,
)
_ELAPSED = re.compile("h+|m+|s+", re.IGNORECASE)
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?", re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_COMPARE = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_DIGITS, _DATES = "0#?", "dmyhsDMYHS"
_MOST_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""


class _Token(NamedTuple):
    kind: str
    """text, digit, point, general, condition, date, percent, at (the text of the cell) or other."""
    text: str = ""


def is_date(code: str) -> bool:
    """Whether a format shows a number as a date or a time."""
    return any(token.kind == "date" for token in _sections(code)[0])


def is_percent(code: str) -> bool:
    """Whether a format shows a number as a percentage."""
    return any(token.kind == "percent" for section in _sections(code) for token in section)


def is_spelled(code: str) -> bool:
    """Whether a format may add letters, signs or leading zeros to what a cell holds."""
    return not is_date(code) and any(
        _has_text(section) or sum(section[place].text == "0" for place in _whole(section)) > 1
        for section in _sections(code)
    )


def spelled_number(code: str, number: float) -> str | None:
    """Return what a format shows of a whole number; None if it is just its digits, or no text.

    The separators of thousands are left out, as the number itself has none.
    """
    if not number.is_integer() or abs(number) >= 10**_MOST_DIGITS:
        return None
    section = _section_of(_sections(code), number)
    signed = "-" if number < 0 and section == _sections(code)[0] else ""
    digits = str(abs(int(number)))
    shown = _filled(section, digits)
    return None if shown in (None, "", digits) else f"{signed}{shown}"


def spelled_text(code: str, text: str) -> str | None:
    """Return what a format shows of a text; None if that is the text itself."""
    sections = _sections(code)
    section = sections[-1]
    if not _has_text(section) or not (len(sections) == 4 or ("at", "") in section):
        return None
    return "".join(text if kind == "at" else shown for kind, shown in section)


@cache
def _sections(code: str) -> Sequence[Sequence[_Token]]:
    sections: list[list[_Token]] = [[]]
    for found in _TOKEN.finditer(code):
        if found["sign"] == ";":
            sections.append([])
        else:
            sections[-1].append(_token(found))
    return [_without_grouping(_without_dates(section)) for section in sections]


def _token(found: re.Match[str]) -> _Token:
    sign = found["sign"] or ""
    kinds = {"%": "percent", "@": "at", ".": "point", "/": "other"}
    if found["bracket"] is not None:
        token = _bracketed(found["bracket"])
    elif found["general"]:
        token = _Token("general")
    elif found["scientific"]:
        token = _Token("other")
    elif found["clock"] or (sign and sign in _DATES):
        token = _Token("date", sign)
    elif sign and sign in _DIGITS:
        token = _Token("digit", sign)
    elif sign in kinds:
        token = _Token(kinds[sign])
    else:
        blank = " " if found["space"] else ""
        token = _Token("text", found["quoted"] or found["escaped"] or sign or blank)
    return token


def _bracketed(inside: str) -> _Token:
    currency = _CURRENCY.fullmatch(inside)
    if currency:
        return _Token("text", currency[1])
    if _ELAPSED.fullmatch(inside):
        return _Token("date")
    return _Token("condition", inside) if _CONDITION.fullmatch(inside) else _Token("text")


def _without_dates(section: Sequence[_Token]) -> Sequence[_Token]:
    """Take the letters of a date for text where digits follow: no date is shown as `D-0000`."""
    fraction = [place for place in _places(section, "digit") if place not in _whole(section)]
    if len(fraction) == len(_places(section, "digit")):
        return section
    return [_Token("text", token.text) if token.kind == "date" else token for token in section]


def _places(section: Sequence[_Token], kind: str) -> Sequence[int]:
    return [place for place, token in enumerate(section) if token.kind == kind]


def _whole(section: Sequence[_Token]) -> Sequence[int]:
    """The places of the digits before the decimal point."""
    point = min(_places(section, "point"), default=len(section))
    return [place for place in _places(section, "digit") if place < point]


def _without_grouping(section: Sequence[_Token]) -> Sequence[_Token]:
    """Leave out commas and spaces between digits: they only group the thousands."""
    return [
        token
        for place, token in enumerate(section)
        if not (
            token in (("text", ","), ("text", " "))
            and 0 < place < len(section) - 1
            and section[place - 1].kind == section[place + 1].kind == "digit"
        )
    ]


def _has_text(section: Sequence[_Token]) -> bool:
    return any(kind == "text" and text.strip() for kind, text in section)


def _section_of(sections: Sequence[Sequence[_Token]], number: float) -> Sequence[_Token]:
    conditions = [
        _CONDITION.fullmatch(token.text)
        for section in sections
        for token in (*(one for one in section if one.kind == "condition"), _Token("text"))[:1]
    ]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARE[condition[1]](number, float(condition[2])):
                return section
        return ()
    place = 1 if number < 0 else 2 if number == 0 else 0
    return sections[place] if place < min(len(sections), 3) else sections[0]


def _filled(section: Sequence[_Token], digits: str) -> str | None:
    """Fill in the digits of a whole number from the right; None if the section is no such text."""
    if any(kind in ("date", "percent", "at", "other") for kind, _ in section):
        return None
    whole = _whole(section)
    texts = [text for _, text in section]
    rest = "" if digits == "0" else digits
    for place in reversed(whole):
        split = 0 if place == whole[0] else max(len(rest) - 1, 0)
        empty = {"0": "0", "?": " ", "#": ""}[section[place].text]
        texts[place], rest = rest[split:] or empty, rest[:split]
    fraction = [place for place in _places(section, "digit") if place not in whole]
    for place in fraction:
        texts[place] = "0" if section[place].text == "0" else ""
    for place in _places(section, "point"):
        texts[place] = "," if any(texts[digit] for digit in fraction) else ""
    return "".join(
        digits if kind == "general" else "" if kind == "condition" else text
        for (kind, _), text in zip(section, texts, strict=True)
    ).strip()
