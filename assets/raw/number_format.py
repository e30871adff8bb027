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
_DATES = "dmyhsDMYHS"
_EMPTY = {"0": "0", "?": " ", "#": ""}
"""Place of a digit in a format -> what it shows where the number has none."""
_MOST_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""


class _Token(NamedTuple):
    kind: str
    """text, digit, point, general, condition, date, percent, at (the text of the cell) or other."""
    text: str = ""


class _Section(NamedTuple):
    tokens: Sequence[_Token]
    shown: Sequence[str]
    """What each token shows of a whole number; of its digits, those after the decimal point."""
    whole: Sequence[int]
    """The places of the digits before the decimal point."""
    general: Sequence[int]
    """The places of all digits as they are."""
    condition: re.Match[str] | None
    """The comparison that a number must pass for this section."""

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)

    def has_text(self) -> bool:
        return any(kind == "text" and text.strip() for kind, text in self.tokens)


def is_date(code: str) -> bool:
    """Whether a format shows a number as a date or a time."""
    return _sections(code)[0].has("date")


def is_percent(code: str) -> bool:
    """Whether a format shows a number as a percentage."""
    return any(section.has("percent") for section in _sections(code))


def is_spelled(code: str) -> bool:
    """Whether a format may add letters, signs or leading zeros to what a cell holds."""
    return not is_date(code) and any(
        section.has_text() or sum(section.tokens[place].text == "0" for place in section.whole) > 1
        for section in _sections(code)
    )


def spelled_number(code: str, number: float) -> str | None:
    """Return what a format shows of a whole number; None if it is just its digits, or no text.

    The separators of thousands are left out, as the number itself has none.
    """
    if not number.is_integer() or abs(number) >= 10**_MOST_DIGITS:
        return None
    sections = _sections(code)
    section = _section_of(sections, number)
    if section is None or section.has("date", "percent", "at", "other"):
        return None
    digits = str(abs(int(number)))
    shown = _filled(section, digits)
    if shown in ("", digits):
        return None
    return f"-{shown}" if number < 0 and section is sections[0] else shown


def spelled_text(code: str, text: str) -> str | None:
    """Return what a format shows of a text; None if that is the text itself."""
    sections = _sections(code)
    section = sections[-1]
    if not section.has_text() or not (len(sections) == 4 or section.has("at")):
        return None
    return "".join(text if kind == "at" else shown for kind, shown in section.tokens)


@cache
def _sections(code: str) -> Sequence[_Section]:
    sections: list[list[_Token]] = [[]]
    for found in _TOKEN.finditer(code):
        if found["sign"] == ";":
            sections.append([])
        else:
            sections[-1].append(_token(found))
    return [_section(_without_grouping(_without_dates(section))) for section in sections]


def _section(tokens: Sequence[_Token]) -> _Section:
    whole = _whole(tokens)
    shown = [text if kind == "text" else "" for kind, text in tokens]
    fraction = [place for place in _places(tokens, "digit") if place not in whole]
    zeros = [place for place in fraction if tokens[place].text == "0"]
    for place in zeros:
        shown[place] = "0"
    for place in _places(tokens, "point") if zeros else ():
        shown[place] = ","
    conditions = (
        _CONDITION.fullmatch(tokens[place].text) for place in _places(tokens, "condition")
    )
    return _Section(tokens, shown, whole, _places(tokens, "general"), next(conditions, None))


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
    elif sign in _EMPTY:
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


def _section_of(sections: Sequence[_Section], number: float) -> _Section | None:
    if any(section.condition for section in sections):
        return next((section for section in sections if _applies(section, number)), None)
    place = 1 if number < 0 else 2 if number == 0 else 0
    return sections[place] if place < min(len(sections), 3) else sections[0]


def _applies(section: _Section, number: float) -> bool:
    condition = section.condition
    return condition is None or _COMPARE[condition[1]](number, float(condition[2]))


def _filled(section: _Section, digits: str) -> str:
    """Fill in the digits of a whole number, from the right."""
    shown = list(section.shown)
    rest = "" if digits == "0" else digits
    for place in reversed(section.whole):
        split = 0 if place == section.whole[0] else max(len(rest) - 1, 0)
        shown[place] = rest[split:] or _EMPTY[section.tokens[place].text]
        rest = rest[:split]
    for place in section.general:
        shown[place] = digits
    return "".join(shown).strip()
