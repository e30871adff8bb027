"""The file of the home that records which suspicious deliveries were accepted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.durable import replace_json


class AcceptedUnreadableError(Exception):
    """The file of accepted deliveries is damaged."""


@dataclass(frozen=True)
class AcceptedFile:
    """HOME/accepted.json: SHA-256 of each accepted delivery -> its name when it was accepted."""

    file: str

    def read(self) -> frozenset[str]:
        """Return the SHA-256 of every accepted delivery; AcceptedUnreadableError."""
        return frozenset(self._read())

    def add(self, accepted: Mapping[str, str]) -> None:
        """Record deliveries, SHA-256 -> name, in one step; AcceptedUnreadableError."""
        replace_json(Path(self.file), {**self._read(), **accepted})

    def names(self, deliveries: Collection[tuple[str, str | None]]) -> frozenset[str]:
        """Return which of these deliveries, (name, SHA-256), are accepted, by name."""
        accepted = self.read()
        return frozenset(name for name, sha256 in deliveries if sha256 in accepted)

    def _read(self) -> dict[str, str]:
        path = Path(self.file)
        try:
            stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except PermissionError:
            raise
        except (OSError, ValueError):
            stored = None
        if not isinstance(stored, dict):
            raise AcceptedUnreadableError(
                f"{path} kan ikke leses. Slett filen, og godta leveransene på nytt (--accept)."
            )
        return stored
