"""Unpacks a zip archive within bounds, and packs it again as exactly what was unpacked.

A small file can unpack to more than the machine holds, and can say that it does not. So sizes are
added up before anything is unpacked, no part is read past the size it claims, and whoever reads on
is given the bounded parts instead of the file.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)
"""What zipfile raises on damaged and encrypted archives and on compression that it cannot undo."""


class ArchiveError(Exception):
    """The archive cannot be unpacked."""


class ArchiveTooLargeError(ArchiveError):
    """The archive unpacks to more than it may."""


def unpack(content: bytes, limit: int) -> dict[str, bytes]:
    """Return name -> bytes of every part.

    Raises ArchiveTooLargeError when the parts have more than `limit` bytes together, and
    ArchiveError when `content` is no sound zip archive or is encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > limit:
                raise ArchiveTooLargeError
            return {info.filename: archive.read(info) for info in infos}
    except (*_DAMAGE, ValueError, LookupError):
        # The cause may quote the file's content.
        raise ArchiveError from None


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed zip archive of `parts`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()
