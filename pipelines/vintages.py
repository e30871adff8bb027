"""HOME/published/.vintages: every edition of each year of the open publication, for good.

They cannot be made again. Without one of them, a correction could reveal a person, so a lost or
damaged one stops every publication: each lists the SHA-256 of its files, and the home's own record
holds the SHA-256 of that list.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.disclosure.history import Reason, Vintage
from pipelines import durable
from pipelines.home_record import FROM_BACKUP, HomeRecord
from pipelines.settings import Settings

_ABOUT = "vintage.json"
_PARTS = ("published", "exact")
_SAID = ("year", "number", "published_on", "threshold", "reason", "done", "ties", "about")


class VintageLostError(Exception):
    """A vintage is damaged or missing. The message says in Norwegian which, and what to do."""


@dataclass(frozen=True)
class VintageStore:
    """The vintages under `folder`, HOME/published/.vintages."""

    folder: str
    record: HomeRecord

    @classmethod
    def of(cls, settings: Settings) -> VintageStore:
        """Return the vintages of a home."""
        return cls(str(settings.vintages), HomeRecord.of(settings))

    def read(self, audience: str, listed: Mapping[str, Any]) -> list[Vintage]:
        """Return every vintage of every published year, oldest first.

        `listed` is the entry `vintages` of the audience's current manifest. Raises VintageLostError
        when a vintage that it or the home's record names is missing, or one is damaged.
        """
        held = self.record.read().vintages
        must_be = {name for name in held if name.startswith(f"{audience}/")} | {
            _name(audience, int(year), vintage["number"])
            for year, vintages in listed.items()
            for vintage in vintages
        }
        there = {self._name(folder): folder for folder in self._folders(audience)}
        if missing := sorted(must_be - set(there)):
            raise VintageLostError(_lost(Path(self.folder) / missing[0]))
        return [_read(folder, held.get(name)) for name, folder in sorted(there.items())]

    def keep(self, audience: str, vintage: Vintage) -> None:
        """Keep a vintage for good, with the exact numbers that it was made from."""
        name = _name(audience, vintage.year, vintage.number)
        folder = Path(self.folder) / name
        durable.make_folders(folder.parent)
        fresh = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        files = {}
        for part, tables in zip(_PARTS, (vintage.tables, vintage.exact), strict=True):
            for table, frame in tables.items():
                content = durable.as_parquet(frame)
                durable.write(fresh / part / f"{table}.parquet", content)
                files[f"{part}/{table}.parquet"] = durable.sha256(content)
        text = _listing({one: getattr(vintage, one) for one in _SAID}, files)
        durable.write(fresh / _ABOUT, text)
        durable.sync_folders(fresh)
        fresh.replace(folder)
        durable.sync(folder.parent)
        self.record.note_vintage(name, durable.sha256(text))

    def list_files(self, folder: Path) -> None:
        """List the files of a vintage that was kept before they were listed, as they are now.

        One that is listed already stays so: its files may have been damaged since. Raises
        VintageLostError.
        """
        if self._name(folder) in self.record.read().vintages:
            return
        text = _content(folder / _ABOUT, None)
        try:
            said = json.loads(text)
        except ValueError:
            raise VintageLostError(_lost(folder / _ABOUT)) from None
        if "files" not in said:
            files = {
                f"{part}/{path.name}": durable.sha256(path.read_bytes())
                for part in _PARTS
                for path in (folder / part).glob("*.parquet")
            }
            text = _listing(said, files)
            durable.replace(folder / _ABOUT, text)
        self.record.note_vintage(self._name(folder), durable.sha256(text))

    def _name(self, folder: Path) -> str:
        return str(folder.relative_to(self.folder))

    def _folders(self, audience: str) -> Iterator[Path]:
        # What a killed build was writing has another name.
        for folder in Path(self.folder, audience).glob("*/*"):
            if re.fullmatch(r"[0-9]{4}/[0-9]{4}", f"{folder.parent.name}/{folder.name}"):
                yield folder


def _name(audience: str, year: int, number: int) -> str:
    return f"{audience}/{year}/{number:04}"


def _listing(said: Mapping[str, Any], files: Mapping[str, str]) -> bytes:
    """The content of vintage.json: what is said of a vintage, and its files."""
    return json.dumps({**said, "files": files}, ensure_ascii=False, indent=2, default=str).encode()


def _read(folder: Path, sha256: str | None) -> Vintage:
    """Read a vintage, whose list of files has the given SHA-256 if it is recorded."""
    text = _content(folder / _ABOUT, sha256)
    try:
        said = json.loads(text)
        files = said.pop("files")
    except (ValueError, KeyError):
        raise VintageLostError(_lost(folder / _ABOUT)) from None
    tables: dict[str, dict[str, pl.DataFrame]] = {part: {} for part in _PARTS}
    for name, of_file in files.items():
        part, _, table = name.removesuffix(".parquet").partition("/")
        tables[part][table] = pl.read_parquet(io.BytesIO(_content(folder / name, of_file)))
    said["published_on"] = date.fromisoformat(said["published_on"])
    said["reason"] = Reason(said["reason"])
    return Vintage(**said, tables=tables["published"], exact=tables["exact"])


def _content(path: Path, sha256: str | None) -> bytes:
    try:
        content = path.read_bytes()
    except PermissionError:
        raise
    except OSError:
        raise VintageLostError(_lost(path)) from None
    if sha256 not in (None, durable.sha256(content)):
        raise VintageLostError(_lost(path))
    return content


def _lost(path: Path) -> str:
    return (
        f"{path} er skadet eller mangler. Uten alle tidligere utgaver kunne en rettelse røpe en "
        f"person, så ingenting er publisert. {FROM_BACKUP}"
    )
