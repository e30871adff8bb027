"""The inputs of a load, as Dagster resources: the deliveries of the inbox, and the day."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assets.day import today
from assets.raw.delivery import (
    READ_SUFFIXES,
    REFUSED_SUFFIXES,
    DeliveredFile,
    delivered_file,
    public_name,
)
from assets.raw.national_id import holds_national_id
from assets.raw.order import ORDER_FILE, in_order, named_last
from assets.raw.problems import listed
from pipelines.settings import DEFAULT_LIMIT


class EmptyInboxError(Exception):
    """There is nothing to load."""


class InboxUnreadableError(Exception):
    """The folder cannot be read."""


class InboxChangedError(Exception):
    """Deliveries have changed or vanished while they were read."""


@dataclass(frozen=True)
class Inbox:
    """The folder that deliveries are dropped into."""

    folder: str
    limit: int = DEFAULT_LIMIT
    """The most bytes of a delivery."""

    def files(self) -> list[DeliveredFile]:
        """Return every delivery, in the order in which they count.

        Raises EmptyInboxError when there is none, and InboxUnreadableError.
        """
        read = [file for path in self.paths() if (file := read_file(path, self.limit))]
        if not read:
            raise EmptyInboxError(
                f"Ingen leveranser i {self.folder}. Legg Excel-arbeidsboken (.xlsx) der."
            )
        # Rows are distinguished by the name of their file, and a name can be spelled in two ways.
        names = Counter(file.name for file in read)
        return [
            file if names[file.name] == 1 else replace(file, content=None, fault="same_name")
            for file in read
        ]

    def check_unchanged(self, files: Sequence[DeliveredFile]) -> None:
        """Raise InboxChangedError unless every delivery still has the content that was read.

        A file may be read while it is being written, and be neither the one before nor the one
        after.
        """
        now = {(_name(path), _sha256_if_readable(path)) for path in self.paths()}
        changed = [one for one in files if one.sha256 and (one.name, one.sha256) not in now]
        if changed:
            names = listed([public_name(file.name, file.sha256) for file in changed])
            raise InboxChangedError(
                f"Innboksen ble endret mens den ble lest: {names}. Vent til filene er ferdig "
                "lagret eller kopiert, og kjør kommandoen igjen. Ingenting er publisert."
            )

    def paths(self) -> list[Path]:
        """Return the path of every delivery, in the order in which they count."""
        found: dict[str, list[Path]] = {}
        for path in filter(is_delivery, self._all()):
            found.setdefault(_name(path), []).append(path)
        return [path for name in in_order(found, self.named_last()) for path in found[name]]

    def named_last(self) -> list[str]:
        """Return the names in the inbox's ORDER_FILE: deliveries that count after all others.

        Raises InboxUnreadableError.
        """
        names = []
        for path in filter(_is_order, self._all()):
            try:
                content = path.read_bytes()
            except OSError as error:
                raise InboxUnreadableError(f"{path} kan ikke leses.") from error
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("cp1252", "replace")
            names += named_last(unicodedata.normalize("NFC", text))
        return names

    def named_but_absent(self) -> list[str]:
        """Return the names in the ORDER_FILE that no delivery has; InboxUnreadableError."""
        found = {_name(path).casefold() for path in self.paths()}
        return [name for name in self.named_last() if name.casefold() not in found]

    def stamps(self) -> list[tuple[str, int, int]]:
        """Return name, size and time of change of every delivery and of the ORDER_FILE."""
        found = []
        for path in [*self.paths(), *filter(_is_order, self._all())]:
            with suppress(FileNotFoundError):  # it has vanished meanwhile
                state = path.stat()
                found.append((path.name, state.st_size, state.st_mtime_ns))
        return found

    def ignored(self) -> list[str]:
        """Return the names of all that is not a delivery: other files, folders, broken links."""
        return [
            _public_name(path)
            for path in self._all()
            if not is_delivery(path) and not _is_order(path)
        ]

    def _all(self) -> list[Path]:
        folder = Path(self.folder)
        try:
            return sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            raise InboxUnreadableError(f"Innboksen {folder} kan ikke leses.") from error


def is_delivery(path: Path) -> bool:
    """Whether the file is meant as a delivery; every other file is ignored."""
    is_meant = path.suffix.lower() in READ_SUFFIXES | REFUSED_SUFFIXES
    return is_meant and not path.name.startswith((".", "~$")) and path.is_file()


def _is_order(path: Path) -> bool:
    return path.name.casefold() == ORDER_FILE and path.is_file()


def read_file(path: Path, limit: int) -> DeliveredFile | None:
    """Return the file at `path`, of at most `limit` bytes; None when it has vanished."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= limit else None
        if content is None:
            return DeliveredFile(_name(path), _sha256(path), None, fault="too_large")
        return delivered_file(_name(path), content)
    except FileNotFoundError:
        return None
    except OSError:
        return DeliveredFile(_name(path), None, None, fault="locked")


@dataclass(frozen=True)
class BuildDay:
    """The day as of which the records are judged and counted."""

    as_of: date | None = None
    """None is the day of the run, in Norway."""

    def day(self) -> date:
        """Return the day."""
        return self.as_of or today()

    def last_day(self) -> date:
        """Return the last day that is not in the future: that of the run, or the day if later."""
        return max(self.day(), today())


def _name(path: Path) -> str:
    # A name that is not UTF-8 comes from an old archive or a foreign disk.
    name = os.fsencode(path.name).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", name)


def _public_name(path: Path) -> str:
    """The public name of a file that is not read."""
    if not holds_national_id(_name(path)):
        return _name(path)
    name = public_name(_name(path), _sha256_if_readable(path))
    return f"{name} (filnavnet inneholder et fødselsnummer)"


def _sha256_if_readable(path: Path) -> str | None:
    try:
        return _sha256(path)
    except OSError:
        return None


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
