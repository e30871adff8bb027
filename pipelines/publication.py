"""The published folder: assembled anew, verified, and swapped in whole.

HOME/published/<audience> is a symbolic link to the current publication in
HOME/published/.publications; replacing the link is one step, so a reader sees the old
publication or the new one, never a mixture. HOME/published/.vintages/<audience> keeps every edition
of each year, with the exact numbers behind it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.disclosure.history import Reason, Vintage

_STORE, _VINTAGES = ".publications", ".vintages"
_HELD_BACK = "held_back.json"
_VINTAGE = ("year", "number", "published_on", "threshold", "reason", "done", "ties", "about")
_MANIFEST = "manifest.json"


class PublicationError(Exception):
    """A publication did not read back as it was written; the last one remains current."""


@dataclass(frozen=True)
class PublicationStore:
    """Publications under `folder`, HOME/published."""

    folder: str

    def current(self, audience: str) -> Path:
        """The path that readers open, whether or not there is a publication yet."""
        return Path(self.folder) / audience

    def manifest(self, audience: str) -> dict[str, Any]:
        """Return the manifest of the current publication; empty when there is none."""
        path = self.current(audience) / _MANIFEST
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def table(self, audience: str, name: str) -> pl.DataFrame | None:
        """Return a table of the current publication; None when it has no table of that name."""
        path = self.current(audience) / f"{name}.parquet"
        return pl.read_parquet(path) if path.exists() else None

    def publish(
        self,
        audience: str,
        tables: Mapping[str, pl.DataFrame],
        manifest: Mapping[str, Any],
        prove: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write tables and manifest to a new folder, verify it, and make it the current one.

        The SHA-256 and number of rows of each file are added to `manifest` under `tables`. `prove`
        gets the finished folder before anyone sees it. Raises PublicationError when a file does not
        read back, and any exception of `prove`; in both cases nothing has changed.
        """
        store = Path(self.folder) / _STORE
        store.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{audience}-", dir=store))
        files = {}
        for name, frame in tables.items():
            path = fresh / f"{name}.parquet"
            frame.write_parquet(path)
            if not pl.read_parquet(path).equals(frame):
                raise PublicationError(f"{path.name} does not read back as it was written.")
            files[name] = {
                "rows": frame.height,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        text = json.dumps({**manifest, "tables": files}, ensure_ascii=False, indent=2)
        (fresh / _MANIFEST).write_text(text + "\n", encoding="utf-8")
        if prove:
            prove(fresh)
        self._swap(audience, fresh)
        return self.current(audience)

    def vintages(self, audience: str) -> list[Vintage]:
        """Return every vintage of every published year, oldest first."""
        return [
            _read_vintage(path.parent)
            for path in sorted(self._kept(audience).glob("*/*/vintage.json"))
        ]

    def keep(self, audience: str, vintage: Vintage) -> None:
        """Keep a vintage permanently, with the exact numbers that it was made from."""
        folder = self._kept(audience) / str(vintage.year) / f"{vintage.number:04}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        for part, tables in (("published", vintage.tables), ("exact", vintage.exact)):
            (fresh / part).mkdir()
            for name, frame in tables.items():
                frame.write_parquet(fresh / part / f"{name}.parquet")
        about = {name: getattr(vintage, name) for name in _VINTAGE}
        text = json.dumps(about, ensure_ascii=False, indent=2, default=str)
        (fresh / "vintage.json").write_text(text + "\n", encoding="utf-8")
        fresh.replace(folder)

    def held_back(self, audience: str) -> dict[int, Reason]:
        """Return the years whose current records are not published, and the reasons."""
        path = self._kept(audience) / _HELD_BACK
        said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return {int(year): Reason(reason) for year, reason in said.items()}

    def keep_held_back(self, audience: str, held_back: Mapping[int, Reason]) -> None:
        """Keep the years that are held back, for the builder of the register alone."""
        folder = self._kept(audience)
        folder.mkdir(parents=True, exist_ok=True)
        pending = folder / f".{_HELD_BACK}"
        pending.write_text(json.dumps(held_back, indent=2) + "\n", encoding="utf-8")
        pending.replace(folder / _HELD_BACK)

    def _kept(self, audience: str) -> Path:
        return Path(self.folder) / _VINTAGES / audience

    def _swap(self, audience: str, fresh: Path) -> None:
        link = self.current(audience)
        before = link.resolve() if link.is_symlink() else None
        pending = link.with_name(f".{audience}.{os.getpid()}")
        pending.unlink(missing_ok=True)
        pending.symlink_to(Path(_STORE) / fresh.name)
        pending.replace(link)
        for left in link.parent.glob(f".{audience}.*"):  # left by a process killed at this point
            left.unlink()
        # The previous publication stays for a reader that is still in it.
        for old in fresh.parent.glob(f"{audience}-*"):
            if old not in (fresh, before):
                shutil.rmtree(old)


def _read_vintage(folder: Path) -> Vintage:
    said = json.loads((folder / "vintage.json").read_text(encoding="utf-8"))
    said["published_on"] = date.fromisoformat(said["published_on"])
    said["reason"] = Reason(said["reason"])
    tables, exact = (
        {path.stem: pl.read_parquet(path) for path in sorted((folder / part).glob("*.parquet"))}
        for part in ("published", "exact")
    )
    return Vintage(**said, tables=tables, exact=exact)
