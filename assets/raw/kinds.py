"""Tells what a file is in truth, by its first bytes and the names of its parts.

It is asked only when a file cannot be read as what its name says. The sentences are in problems.py.
"""

from __future__ import annotations

import io
import re
import zipfile

from assets.raw.archive import DAMAGE

_ARCHIVE = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CONTENT_TYPES = "[Content_Types].xml"
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|\?xml|html|head|meta|body|table)\b", re.I
)
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 10_000
"""The bytes of a file or part that are looked at."""

_BEGINNINGS = {
    b"ARROW1\0\0": "arrow",
    b"%PDF-": "pdf",
    b"\x1f\x8b": "zip",
    b"Rar!": "zip",
    b"7z\xbc\xaf": "zip",
}

_BOTH_ENDS = {b"PAR1": "parquet", b"PARE": "encrypted_parquet"}

_PARTS = {
    "xl/workbook.xml": "workbook",
    "xl/workbook.bin": "binary_workbook",
    "word/document.xml": "document",
    "content.xml": "open_document",
    "Index/Document.iwa": "apple",
}
"""Part of a zip archive -> the kind of file that has it."""


def kind_of(content: bytes) -> str | None:
    """Return the kind of file, a key of problems.KINDS; None when it is none that is known."""
    if content.startswith(_ARCHIVE):
        return _kind_of_archive(content)
    if content.startswith(_COMPOUND):
        return "password" if _ENCRYPTED in content else "old_office"
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    for ends, kind in _BOTH_ENDS.items():
        if content.startswith(ends) and content.endswith(ends):
            return kind
    head = content[:_LOOKED_AT]
    if _MARKUP.match(head):
        return "markup"
    is_text = b"\n" in head.replace(b"\r", b"\n") and not _CONTROL.search(head)
    return "text" if is_text else None


def _kind_of_archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if _CONTENT_TYPES in names:
                with archive.open(_CONTENT_TYPES) as part:
                    if b"macroEnabled" in part.read(_LOOKED_AT):
                        return "macro_workbook"
            # A workbook may give its parts other names, and is damaged where it cannot be read.
            other = "workbook" if _CONTENT_TYPES in names else "zip"
            return next((kind for part, kind in _PARTS.items() if part in names), other)
    except (*DAMAGE, ValueError, LookupError):
        return None
