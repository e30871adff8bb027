"""When two spellings are the same word: the one rule for codes, labels, headers and sheets.

It knows nothing of which words there are.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

UNSEEN = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
"""Pattern of characters of no width, direction marks too: nobody can see that they are there."""

_SPACE = r"[\s\x1c-\x1f\x85]+"
# Words of letters that compose with nothing, one space between them: most columns hold no other.
_PLAIN = r"^[!-~¡-¬®-ÿ]+(?: [!-~¡-¬®-ÿ]+)*$"
_HEADER_NOISE = re.compile(r"[\s_\-‐‑–]+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


def clean(text: str) -> str:
    """Compose letters (NFC) and turn every run of white space into one space, none at the ends.

    A non-breaking space and a line break are white space too; characters of no width are dropped.
    """
    # Dropped first: such a character can stand between a letter and its ring.
    seen = unicodedata.normalize("NFC", re.sub(UNSEEN, "", text))
    return re.sub(_SPACE, " ", seen).strip(" ")


def cleaned(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of text with every cell cleaned as `clean` does; an empty one is NULL."""
    unclean = [column.name for column in cells if not column.str.contains(_PLAIN).all()]
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


def alphabet(label: str) -> str:
    """The form by which labels are put in Norwegian order: æ, ø and å last."""
    letters = label.casefold().translate(str.maketrans("æøå", "{|}"))
    return "".join(
        c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c)
    )
