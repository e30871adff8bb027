"""What a load takes in, as Dagster resources: the deliveries of the inbox, and the day."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from pathlib import Path

import dagster as dg
from pydantic import Field

from assets.raw import problems
from assets.raw.problems import DeliveryError

DELIVERY_SUFFIXES = frozenset({".xlsx", ".csv", ".parquet", ".xls", ".xlsm", ".ods"})
"""Files that somebody meant as a delivery; every other file is passed over."""

READ_SUFFIX = ".xlsx"


class EmptyInboxError(Exception):
    """There is nothing to load."""


class Inbox(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder that deliveries are dropped into."""

    folder: str

    def files(self) -> list[tuple[str, bytes]]:
        """Return (name with its ending, content) of every delivery.

        Raises EmptyInboxError when there is none, and DeliveryError for a format that is not
        read.
        """
        paths = self._deliveries()
        if not paths:
            raise EmptyInboxError(
                f"Ingen leveranser i {self.folder}. Legg Excel-arbeidsboken (.xlsx) der."
            )
        found = [
            problems.problem(_name(path), "unsupported")
            for path in paths
            if path.suffix.lower() != READ_SUFFIX
        ]
        if found:
            raise DeliveryError(problems.collect(found))
        return [(_name(path), path.read_bytes()) for path in paths]

    def ignored(self) -> list[str]:
        """Return the names of the files that are no deliveries."""
        deliveries = set(self._deliveries())
        return [_name(path) for path in self._all() if path not in deliveries]

    def _all(self) -> list[Path]:
        folder = Path(self.folder)
        return (
            sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
        )

    def _deliveries(self) -> list[Path]:
        return [
            path
            for path in self._all()
            if path.suffix.lower() in DELIVERY_SUFFIXES and not path.name.startswith((".", "~$"))
        ]


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
