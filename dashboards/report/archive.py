"""Zip files such as .xlsx and .docx, rewritten so that nothing in them depends on the clock."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FIRST = "[Content_Types].xml"


def dated(content: bytes, moment: datetime, replaced: Mapping[str, bytes]) -> bytes:
    """Return the archive with every part dated `moment`, and the parts in `replaced` exchanged."""
    when = max(moment.timetuple()[:6], _EARLIEST)
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != _FIRST, name)):
            part = zipfile.ZipInfo(name, when)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, replaced.get(name) or old.read(name))
    return written.getvalue()


def part(content: bytes, name: str) -> bytes:
    """Return one part of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
