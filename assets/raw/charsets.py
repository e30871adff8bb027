"""Turns the bytes of a text file into text, and finds out where they are not what was written.

Read are UTF-8, UTF-16 with a byte order mark, and Windows-1252, as Excel writes them. Every other
character set is named, and so are rows in another one than the rest, and text encoded twice.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

WINDOWS, MAC, DOS = "Windows-1252", "Mac Roman (10000)", "DOS (850 eller 865)"
"""The names of character sets, with the numbers that Excel gives those that are not read."""

_UTF_8 = "UTF-8"
_UTF_16 = {"utf-16-le": "UTF-16 uten BOM (1200)", "utf-16-be": "UTF-16 uten BOM (1201)"}

_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# What only one of the three can mean: in the other two, the byte is a sign that does not stand
# within a word (in DOS, ø is the › of Windows), or another letter than Norwegian has.
_EVIDENCE = {
    WINDOWS: rb"[\xe5\xe6\xe9\xf8\xc5\xc6\xd8](?:[A-Za-z]|(?<=[A-Za-z].))",
    MAC: rb"[\x8c\xbe\xbf](?<=[A-Za-z].)[a-z]|[\x81\xaf](?:(?<![A-Za-z].)[a-z]|(?<=[A-Z].)[A-Z])",
    DOS: rb"[\x81\x86\x9b](?<=[A-Za-z].)[a-z]|[\x8f\x9d](?:(?<![A-Za-z].)[a-z]|(?<=[A-Z].)[A-Z])",
}
_SIGNS_OF_OTHERS = frozenset(b"\x81\x86\x8c\x8f\x9b\x9d\xaf\xbe\xbf")
"""The bytes of the evidence for other character sets than that of Windows."""

_CODECS = {WINDOWS: "cp1252", MAC: "mac_roman", DOS: "cp850"}
_ASCII = bytes(range(128))

# How å, ø, æ and their like, dashes and quotation marks begin in UTF-8; in Windows-1252, these are
# Ã and â€.
_BEGINNINGS = (b"\xc3", b"\xe2\x80")
_LETTERS_IN_UTF_8 = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")

_LETTERS = "æøåÆØÅéÉèàôòóöÖäÄüÜ"


def _twice() -> re.Pattern[str]:
    """What the letters look like when a program takes their UTF-8 for another character set."""
    seen = {
        letter.encode().decode(codec)
        for letter in _LETTERS
        for codec in ("latin-1", "mac_roman", "cp850", "cp865")
    }
    # Windows leaves a byte without a sign as it is.
    seen |= {letter.encode().decode("cp1252", "replace") for letter in _LETTERS}
    return re.compile("|".join(re.escape(pair) for pair in seen if pair[1].strip("\xa0\xad\ufffd")))


_TWICE = _twice()
_MARKS_OF_TWICE = tuple(sign.encode() for sign in "Ã√├")

_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
_UNESCAPED = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}
_BEYOND_ASCII = re.compile("[^\0-\x7f\udc80-\udcff]")


class CharsetError(Exception):
    """The bytes are no text."""


@dataclass(frozen=True)
class Decoded:
    """The text of a file.

    `fault` is a key of problems.UNREADABLE where the text is not what was written, and `charset`
    the name of the character set that it is in. In `marked` the rows can be told apart by `rows`:
    it has the same lines and delimiters as `text`.
    """

    text: str
    fault: str = ""
    charset: str = ""
    marked: str = ""


def decode(content: bytes) -> Decoded:
    """Return the text of `content`. Raises CharsetError when it is none."""
    for mark, codec in _WIDE.items():
        if content.startswith(mark):
            is_read = codec == "utf-16"
            text = _strictly(content, codec)
            return Decoded(text) if is_read else Decoded(text, "charset", "UTF-32")
    if b"\0" in content:
        codec = _byte_order(content)
        return Decoded(_strictly(content, codec), "charset", _UTF_16[codec])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _not_utf_8(content)
    if any(mark in content for mark in _MARKS_OF_TWICE) and _TWICE.search(text):
        return Decoded(text, "twice", marked=text)
    return Decoded(text)


def rows_at_fault(decoded: Decoded, rows: Sequence[str]) -> tuple[Sequence[int], str, str]:
    """Return which of the `rows` of decoded.marked are at fault, from 1, none when all are.

    Then the names of their character set and of that of the others, where they have different ones.
    """
    if decoded.fault == "twice":
        found = _matching(_TWICE, rows)
        rest = [row for row in _matching(_BEYOND_ASCII, rows) if row not in set(found)]
        return (found if rest else []), "", ""
    if decoded.charset == _UTF_8:
        others = _matching(_NOT_UTF_8, rows)
        in_utf_8 = [row for row in _matching(_BEYOND_ASCII, rows) if row not in set(others)]
        texts = (rows[row - 1].encode("utf-8", "surrogateescape") for row in others)
        name = _guess(b"\n".join(texts)) or WINDOWS
        if len(in_utf_8) < len(others) and in_utf_8:
            return in_utf_8, _UTF_8, name
        return others, name, _UTF_8
    evidence = re.compile(_EVIDENCE[decoded.charset].decode("latin-1"))
    return _matching(evidence, rows), decoded.charset, WINDOWS


def _not_utf_8(content: bytes) -> Decoded:
    if any(one in content for one in _BEGINNINGS) and _LETTERS_IN_UTF_8.search(content):
        marked = content.decode("utf-8-sig", "surrogateescape")
        return Decoded(marked.translate(_UNESCAPED), "mixed", _UTF_8, marked)
    is_plain = _SIGNS_OF_OTHERS.isdisjoint(content.translate(None, _ASCII))
    charset = WINDOWS if is_plain else _guess(content)
    if charset in (MAC, DOS):
        text = content.decode(_CODECS[charset])
        if re.search(_EVIDENCE[WINDOWS], content):
            return Decoded(text, "mixed", charset, content.decode("latin-1"))
        return Decoded(text, "charset", charset)
    return Decoded(_strictly(content, "cp1252"))


def _guess(content: bytes) -> str | None:
    """The name of the character set of bytes that are not UTF-8; None when nothing tells."""
    found = {name: bool(re.search(pattern, content)) for name, pattern in _EVIDENCE.items()}
    if not (found[MAC] or found[DOS]):
        return WINDOWS if found[WINDOWS] else None
    counts = {name: len(re.findall(_EVIDENCE[name], content)) for name in (MAC, DOS)}
    return max(counts, key=lambda name: counts[name])


def _byte_order(content: bytes) -> str:
    """The order of the bytes of UTF-16: of Latin letters, one of the two bytes is zero."""
    first, second = content[0::2].count(0), content[1::2].count(0)
    if max(first, second) < len(content) // 4 or min(first, second) > len(content) // 100:
        raise CharsetError
    return "utf-16-be" if first > second else "utf-16-le"


def _strictly(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        # The cause may quote the file's content.
        raise CharsetError from None


def _matching(pattern: re.Pattern[str], rows: Sequence[str]) -> list[int]:
    return [number for number, row in enumerate(rows, start=1) if pattern.search(row)]
