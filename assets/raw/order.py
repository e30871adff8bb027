"""The order in which deliveries count: of several rows with one key, the last good one wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

ORDER_FILE = "rekkefolge.txt"
"""A file of the inbox that names, one a line, the deliveries that count after all others."""

_BETWEEN_PARTS = re.compile(r"[\W_]+")
_PIECE = re.compile(r"\d+|\D+")

_Part = tuple[tuple[int, int, str], ...]


def in_order(names: Iterable[str], last: Sequence[str] = ()) -> list[str]:
    """Return the names of deliveries in the order in which they count.

    Names are compared in parts, which a space, bracket, hyphen, underscore or dot ends: text
    without case, numbers as numbers. Of two names, the one that ends first comes first:
    `nora-2021.xlsx`, `nora-2021 (1).xlsx`, `nora-2021-rettet.xlsx`; `nora-9.xlsx` before
    `nora-10.xlsx`. Those in `last` come after all others, in its order.
    """
    places = {name.casefold(): place for place, name in enumerate(last)}
    return sorted(names, key=lambda name: (places.get(name.casefold(), -1), *_compared(name)))


def named_last(text: str) -> list[str]:
    """Return the names in the text of ORDER_FILE: one a line, without empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _compared(name: str) -> tuple[list[_Part], str]:
    """What a name is compared by: its parts, and for names that differ in nothing else, itself."""
    parts = filter(None, _BETWEEN_PARTS.split(PurePath(name).stem.casefold()))
    return [tuple(map(_piece, _PIECE.findall(part))) for part in parts], name


def _piece(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)
