"""Where it is kept who is forgotten: a file of the home, and what reads it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.records.forgotten import Forgotten, set_aside


class ForgottenUnreadableError(Exception):
    """The file of who is forgotten is damaged, so nobody can tell whom to leave out."""


@dataclass(frozen=True)
class ForgottenFile:
    """HOME/forgotten.json: a secret of this home, and with it digests of who is forgotten."""

    file: str

    def read(self) -> Forgotten:
        """Return who is forgotten; nobody, under a new secret, when there is no such file.

        Raises ForgottenUnreadableError.
        """
        path = Path(self.file)
        if not path.exists():
            return Forgotten(secrets.token_bytes(32))
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return Forgotten(bytes.fromhex(stored["key"]), frozenset(stored["digests"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise ForgottenUnreadableError(
                f"{path} kan ikke leses, og uten den ville personer som er slettet, bli lest inn "
                "igjen. Hent filen fra en sikkerhetskopi."
            ) from None

    def left_out(
        self, delivered: Mapping[str, pl.DataFrame], as_of: date
    ) -> Mapping[str, pl.DataFrame]:
        """Return every table of the layer raw without the forgotten, raw.set_aside among them.

        `delivered` is what read_deliveries returns. Raises ForgottenUnreadableError.
        """
        return set_aside(delivered, self.read(), as_of).tables

    def write(self, forgotten: Forgotten) -> None:
        """Store who is forgotten, in one step, for the owner of the home alone."""
        path = Path(self.file)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pending = path.with_name(f".{path.name}")
        stored = {"key": forgotten.key.hex(), "digests": sorted(forgotten.digests)}
        with open(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(stored, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(path)
