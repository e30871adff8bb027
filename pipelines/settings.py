"""Where things lie: the inbox, and the home with all that the program writes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """The two folders that a user may choose, and the places under the home."""

    inbox: Path
    home: Path

    @classmethod
    def from_environment(cls, inbox: Path | None = None, home: Path | None = None) -> Settings:
        """Return the folders given, else those of NORA_INBOX and NORA_HOME, else the defaults.

        An empty variable counts as not set.
        """
        return cls(
            inbox=_folder(inbox, "NORA_INBOX", "inbox"), home=_folder(home, "NORA_HOME", "home")
        )

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
    chosen = given or os.environ.get(variable) or PROJECT / "data" / default
    return Path(chosen).resolve()
