"""Unpacks a zip archive within a limit, and packs the unpacked parts again.

A small file can unpack to more than the machine can hold, and can claim the opposite. So the sizes
are added up before anything is unpacked, no part is read past the size it claims, and later readers
get the repacked parts instead of the file.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)
"""What zipfile raises on damaged or encrypted archives and on unknown compression methods."""


class ArchiveError(Exception):
    """The archive cannot be unpacked."""


class ArchiveTooLargeError(ArchiveError):
    """The archive unpacks to more than it may."""


def unpack(content: bytes, limit: int) -> dict[str, bytes]:
    """Return name -> bytes of every part.

    Raises ArchiveTooLargeError when all parts together exceed `limit` bytes, and ArchiveError when
    `content` is encrypted or not a valid zip archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > limit:
                raise ArchiveTooLargeError
            return {info.filename: archive.read(info) for info in infos}
    except (*DAMAGE, ValueError, LookupError):
        # The cause may quote the file's content.
        raise ArchiveError from None


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed zip archive of `parts`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()
