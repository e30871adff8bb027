"""The file of the home that records the forgotten persons, and its reader."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.records.forgotten import Forgotten, set_aside
from pipelines.private_file import write_json


class ForgottenUnreadableError(Exception):
    """The file of forgotten persons is damaged, so it is unknown which persons to leave out."""


@dataclass(frozen=True)
class ForgottenFile:
    """HOME/forgotten.json: a secret of this home, and digests of forgotten persons made with it."""

    file: str

    def read(self) -> Forgotten:
        """Return the forgotten persons; none, with a new secret, when there is no such file.

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
        self, delivered: Mapping[str, pl.DataFrame], as_of: date, last_day: date
    ) -> Mapping[str, pl.DataFrame]:
        """Return every table of the layer raw without the forgotten persons, and raw.set_aside.

        `delivered` is the result of read_deliveries; the days are those of set_aside. Raises
        ForgottenUnreadableError.
        """
        return set_aside(delivered, self.read(), as_of, last_day).tables

    def write(self, forgotten: Forgotten) -> None:
        """Store the forgotten persons, in one step, readable by the owner of the home alone."""
        stored = {"key": forgotten.key.hex(), "digests": sorted(forgotten.digests)}
        write_json(Path(self.file), stored)
