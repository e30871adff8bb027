"""Where things lie: the inbox, and the home with all that the program writes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


INBOX = "NORA_INBOX"
HOME = "NORA_HOME"
AS_OF = "NORA_AS_OF"


class SettingsError(ValueError):
    """A setting cannot be what it was set to. The message says what it must be."""


@dataclass(frozen=True)
class Settings:
    """What a user may choose (two folders, the day of the build), and the places under the home."""

    inbox: Path
    home: Path
    as_of: date | None = None
    """The day that the register is judged and counted as of; None is today, whenever that is."""

    @classmethod
    def from_environment(
        cls, inbox: Path | None = None, home: Path | None = None, as_of: date | None = None
    ) -> Settings:
        """Return what is given, else what NORA_INBOX, NORA_HOME and NORA_AS_OF say, else defaults.

        An empty variable counts as not set. Raises SettingsError for a folder that is a file, and
        when NORA_AS_OF is no ISO date.
        """
        return cls(
            inbox=_folder(inbox, INBOX, "inbox"),
            home=_folder(home, HOME, "home"),
            as_of=as_of or _day(AS_OF),
        )

    def to_environment(self) -> None:
        """Set the variables that from_environment reads, for the processes that Dagster starts."""
        os.environ[INBOX] = str(self.inbox)
        os.environ[HOME] = str(self.home)
        os.environ[AS_OF] = self.as_of.isoformat() if self.as_of else ""

    @property
    def warehouse(self) -> Path:
        """The database with persons, for analysts only."""
        return self.home / "warehouse.duckdb"

    @property
    def dagster_home(self) -> Path:
        """The Dagster instance: runs, events, partitions."""
        return self.home / "dagster"

    @property
    def published(self) -> Path:
        """Publications, one for each audience."""
        return self.home / "published"

    @property
    def reports(self) -> Path:
        """Pages and report packages, a folder for each audience."""
        return self.home / "reports"


def _folder(given: Path | None, variable: str, default: str) -> Path:
    chosen = Path(given or os.environ.get(variable) or PROJECT / "data" / default).resolve()
    if chosen.exists() and not chosen.is_dir():
        raise SettingsError(f"{chosen} is not a folder")
    return chosen


def _day(variable: str) -> date | None:
    text = os.environ.get(variable)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{variable} must be a day written as 2021-12-31") from None
