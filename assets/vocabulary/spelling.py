"""Decides when two spellings are the same word: the one rule for codes, labels, headers and sheets.

It does not depend on the words of the vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import polars as pl

UNSEEN = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
"""Pattern of invisible characters: those of no width, and direction marks."""

OTHER_DASHES = "[\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]"
"""Pattern of dashes and hyphens other than the one of the keyboard."""

_SPACE = r"[\s\x1c-\x1f\x85]+"
# Words without combining characters, with single spaces: the whole of most columns.
_PLAIN = r"^[!-~¡-¬®-ÿ]+(?: [!-~¡-¬®-ÿ]+)*$"
_BETWEEN_WORDS = r"[\s_\-‐‑–]+"
_HEADER_NOISE = re.compile(_BETWEEN_WORDS)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


def clean(text: str) -> str:
    """Compose letters (NFC), replace each run of white space by one space, and strip the ends.

    Non-breaking spaces and line breaks are white space too; invisible characters are removed.
    """
    # Remove these first: such a character can come between a letter and its combining mark.
    seen = unicodedata.normalize("NFC", re.sub(UNSEEN, "", text))
    return re.sub(_SPACE, " ", seen).strip(" ")


def cleaned(cells: pl.DataFrame, texts: Iterable[pl.Series]) -> pl.DataFrame:
    """Return a frame of text with every cell cleaned as `clean` does; an empty one is NULL.

    `texts` are the texts of each column; each is needed only once.
    """
    unclean = [
        name
        for name, some in zip(cells.columns, texts, strict=True)
        if not some.str.contains(_PLAIN).all()
    ]
    return cells.with_columns(
        pl.col(unclean)
        .str.replace_all(UNSEEN, "")
        .str.normalize("NFC")
        .str.replace_all(_SPACE, " ")
        .str.strip_chars(" ")
        .replace("", None)
    )


def normalise(text: str) -> str:
    """Return the form in which codes, labels, aliases and country names are compared."""
    return clean(text).translate(_APOSTROPHES).casefold()


def normalise_header(text: str) -> str:
    """Return the form in which headers and sheet names are compared.

    Case, spaces, line breaks, hyphens and underscores do not count.
    """
    return _HEADER_NOISE.sub("", clean(text)).casefold()


def is_header(column: str, spellings: Iterable[str]) -> pl.Expr:
    """Whether a cell of a column, cleaned, is one of these headers."""
    spelled = pl.col(column).str.replace_all(_BETWEEN_WORDS, "").str.to_lowercase()
    return spelled.is_in([normalise_header(spelling) for spelling in spellings])


def alphabet(label: str) -> str:
    """Return the sort key of a label in Norwegian alphabetical order: æ, ø and å last."""
    letters = label.casefold().translate(str.maketrans("æøå", "{|}"))
    return "".join(
        c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c)
    )
