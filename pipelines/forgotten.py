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
from pipelines.durable import replace_json
from pipelines.home_record import HomeRecord
from pipelines.settings import Settings


class ForgottenUnreadableError(Exception):
    """The file of forgotten persons is damaged, so it is unknown which persons to leave out."""


@dataclass(frozen=True)
class ForgottenFile:
    """HOME/forgotten.json: a secret of this home, and digests of forgotten persons made with it."""

    file: str
    record: HomeRecord

    @classmethod
    def of(cls, settings: Settings) -> ForgottenFile:
        """Return the file of a home."""
        return cls(str(settings.forgotten), HomeRecord.of(settings))

    def read(self) -> Forgotten:
        """Return the forgotten persons; none, with a new secret, when nobody is forgotten yet.

        Raises ForgottenUnreadableError when the file is damaged, or lacks persons that the home's
        record has counted, and PermissionError.
        """
        path = Path(self.file)
        counted = self.record.read().forgotten
        if not path.exists() and not counted:
            return Forgotten(secrets.token_bytes(32))
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            found = Forgotten(bytes.fromhex(stored["key"]), frozenset(stored["digests"]))
        except PermissionError:
            raise
        except (OSError, ValueError, KeyError, TypeError):
            found = None
        if found is None or len(found.digests) < counted:
            what = "mangler eller er skadet" if found is None else "er eldre enn hjemmet"
            raise ForgottenUnreadableError(
                f"{path} {what}, og uten den ville personer som er slettet, bli lest inn igjen. "
                "Hent den nyeste fra en sikkerhetskopi med nora restore."
            ) from None
        return found

    def left_out(
        self, delivered: Mapping[str, pl.DataFrame], as_of: date, last_day: date
    ) -> Mapping[str, pl.DataFrame]:
        """Return every table of the layer raw without the forgotten persons, and raw.set_aside.

        `delivered` is the result of read_deliveries; the days are those of set_aside. Raises
        ForgottenUnreadableError.
        """
        return set_aside(delivered, self.read(), as_of, last_day).tables

    def write(self, forgotten: Forgotten) -> None:
        """Store the forgotten persons, and count them in the home's record."""
        stored = {"key": forgotten.key.hex(), "digests": sorted(forgotten.digests)}
        replace_json(Path(self.file), stored)
        self.record.note_forgotten(len(forgotten.digests))
