"""HOME/home.json: the version of the home, and what must be in it.

What can be made again from the inbox is not listed. What cannot be, and would be missed by nobody
until it reveals a person or hides a correction, is: the forgotten persons, the vintages of the open
publication, what was sent, and how long the list of revisions is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.durable import replace_json
from pipelines.settings import Settings

FROM_BACKUP = "Hent den fra en sikkerhetskopi med nora restore."
"""What to do about a file that is damaged or missing, and cannot be made again."""

VERSION = 1
"""The version of the layout of a home; a program refuses a home of a later one."""


class HomeRecordError(Exception):
    """The record cannot be read. The message says what to do."""


class NewerHomeError(HomeRecordError):
    """The home is of a later program. The message says what to do."""


@dataclass(frozen=True)
class Held:
    """What a home must hold: only numbers and digests, no person."""

    version: int = VERSION
    forgotten: int = 0
    """How many digests HOME/forgotten.json has, at least."""
    vintages: Mapping[str, str] = field(default_factory=dict)
    """Vintage, such as open/2021/0001 -> SHA-256 of its list of files."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """What was sent, such as 2021-03/0001 -> SHA-256 of its file."""
    revisions: int = 0
    """How many lines the published list of revisions has."""


@dataclass(frozen=True)
class HomeRecord:
    """The record in `file`."""

    file: str

    @classmethod
    def of(cls, settings: Settings) -> HomeRecord:
        """Return the record of a home."""
        return cls(str(settings.record))

    def read(self) -> Held:
        """Return what the home must hold; nothing when there is no record.

        Raises HomeRecordError, and PermissionError where this user may not read it.
        """
        path = Path(self.file)
        try:
            held = Held(**json.loads(path.read_bytes()))
            counts = (int(held.version), int(held.forgotten))
            held = Held(*counts, dict(held.vintages), dict(held.sent), int(held.revisions))
        except FileNotFoundError:
            return Held()
        except PermissionError:
            raise
        except (OSError, ValueError, TypeError):
            raise HomeRecordError(
                f"{path} er skadet, så ingenting er endret. {FROM_BACKUP}"
            ) from None
        if held.version > VERSION:
            raise NewerHomeError(
                f"{path.parent} er skrevet av en nyere utgave av programmet (versjon "
                f"{held.version}; denne kjenner {VERSION}). Installer den nyere, eller velg en "
                "annen mappe med --home."
            )
        return held

    def note_forgotten(self, digests: int) -> None:
        """Record that the home has so many digests of forgotten persons."""
        self._write(forgotten=digests)

    def note_vintage(self, name: str, sha256: str) -> None:
        """Record that a vintage is kept."""
        self._write(vintages={**self.read().vintages, name: sha256})

    def note_sent(self, name: str, sha256: str) -> None:
        """Record that something was sent."""
        self._write(sent={**self.read().sent, name: sha256})

    def note_revisions(self, lines: int) -> None:
        """Record how many lines the published list of revisions has, if it has others now."""
        if self.read().revisions != lines:
            self._write(revisions=lines)

    def _write(self, **changed: object) -> None:
        replace_json(Path(self.file), {**asdict(self.read()), **changed})
