"""What a load takes in, as Dagster resources: the deliveries of the inbox, and the day."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date, datetime
from pathlib import Path

import dagster as dg
from pydantic import Field

from assets.raw.delivery import READ_SUFFIXES, REFUSED_SUFFIXES, DeliveredFile, public_name
from pipelines.settings import DEFAULT_LIMIT


class EmptyInboxError(Exception):
    """There is nothing to load."""


class Inbox(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder that deliveries are dropped into."""

    folder: str
    limit: int = DEFAULT_LIMIT
    """The most bytes that a delivery may have."""

    def files(self) -> list[DeliveredFile]:
        """Return every delivery, in the order of the names.

        Raises EmptyInboxError when there is none.
        """
        paths = self.paths()
        if not paths:
            raise EmptyInboxError(
                f"Ingen leveranser i {self.folder}. Legg Excel-arbeidsboken (.xlsx) der."
            )
        return [read_file(path, self.limit) for path in paths]

    def paths(self) -> list[Path]:
        """Return the path of every delivery, in the order of the names."""
        return sorted(filter(is_delivery, self._all()), key=_name)

    def ignored(self) -> list[str]:
        """Return the names of the files that are no deliveries."""
        return [
            public_name(_name(path), _sha256(path)) for path in self._all() if not is_delivery(path)
        ]

    def _all(self) -> list[Path]:
        folder = Path(self.folder)
        return (
            sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
        )


def is_delivery(path: Path) -> bool:
    """Whether somebody meant the file as a delivery; every other file is passed over."""
    return path.suffix.lower() in READ_SUFFIXES | REFUSED_SUFFIXES and not path.name.startswith(
        (".", "~$")
    )


def read_file(path: Path, limit: int) -> DeliveredFile:
    """Return the file at `path`; its content only when it has at most `limit` bytes."""
    content = path.read_bytes() if path.stat().st_size <= limit else None
    return DeliveredFile(_name(path), _sha256(path), content)


class BuildDay(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The day that the records are judged and counted as of."""

    as_of: str = Field(default="", description="As 2021-12-31; empty is the day of the run.")

    def day(self) -> date:
        """Return the day; ValueError when `as_of` is not an ISO date."""
        if self.as_of:
            return date.fromisoformat(self.as_of)
        return datetime.now().astimezone().date()


def _name(path: Path) -> str:
    return unicodedata.normalize("NFC", path.name)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
