"""When two spellings are the same word: the one rule for codes, labels, headers and sheets.

It knows nothing of which words there are.
"""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_HEADER_NOISE = re.compile(r"[\s_\-‐‑–]+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


def clean(text: str) -> str:
    """Compose letters (NFC) and turn every run of white space into one space, none at the ends.

    A non-breaking space and a line break are white space too.
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def normalise(text: str) -> str:
    """Return the form in which codes, labels, aliases and country names are compared."""
    return clean(text).translate(_APOSTROPHES).casefold()


def normalise_header(text: str) -> str:
    """Return the form in which headers and sheet names are compared.

    Case, spaces, line breaks, hyphens and underscores do not count.
    """
    return _HEADER_NOISE.sub("", clean(text)).casefold()
