"""HOME/published: releases, each assembled apart, verified, synced to disk, and swapped in whole.

A release is a folder in HOME/published/.releases. It holds everything that goes out together:
internal/ and open/ with tables and a manifest each, reports/ with the pages and the monthly forms
of both audiences, and release.json with the SHA-256 of every file. HOME/published/current is a
symbolic link to the current release, and HOME/published/<audience> always leads through it, so one
step replaces everything. The two releases before stay for readers who are still in them.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import durable
from pipelines.home_record import FROM_BACKUP
from pipelines.settings import Settings

_STORE, _CURRENT = ".releases", "current"
_KEPT = 3
"""How many releases stay: the current one, and those that its readers may still be in."""
_PROOF, _MANIFEST = "release.json", "manifest.json"


class PublicationError(Exception):
    """A release did not read back as it was written; the last one remains current."""


class UnsyncedError(Exception):
    """The release is current, but the disk could not confirm that it would outlive a power cut."""


class ReleaseDamagedError(Exception):
    """The current release is not as it was published, and so nothing of it may be carried on.

    The message says in Norwegian which file, and what to do.
    """


@dataclass(frozen=True)
class Release:
    """A release as it was published; one without files when nothing is published yet."""

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> SHA-256 of every file."""
    follows: str = ""
    """The name of the release before; empty for the first."""

    @property
    def name(self) -> str:
        """The name of its folder; empty when nothing is published yet."""
        return self.folder.name if self.files else ""

    def manifest(self, audience: str) -> dict[str, Any]:
        """Return the manifest of an audience; empty when nothing is published for it."""
        name = f"{audience}/{_MANIFEST}"
        return json.loads(self.read(name)) if name in self.files else {}

    def table(self, audience: str, name: str) -> pl.DataFrame | None:
        """Return a table of an audience; None when it has no table of that name."""
        path = f"{audience}/{name}.parquet"
        return pl.read_parquet(io.BytesIO(self.read(path))) if path in self.files else None

    def read(self, name: str) -> bytes:
        """Return the content of a file; ReleaseDamagedError when it is not as published."""
        content = self._content(name)
        if content is None:
            raise _damaged(self.folder / name)
        return content

    def verify(self, names: Sequence[str]) -> None:
        """Raise ReleaseDamagedError unless these files are as they were published."""
        for name in names:
            self.read(name)

    def is_intact(self, name: str) -> bool:
        """Whether a file is as it was published; False for one that was not."""
        return name in self.files and self._content(name) is not None

    def below(self, folder: str) -> list[str]:
        """Return the files in a folder of the release."""
        return [name for name in self.files if name.startswith(f"{folder}/")]

    def damaged(self) -> list[Path]:
        """Return the files that are not as they were published."""
        return [self.folder / name for name in self.files if not self.is_intact(name)]

    def _content(self, name: str) -> bytes | None:
        try:
            content = (self.folder / name).read_bytes()
        except PermissionError:
            raise
        except OSError:
            return None
        return content if durable.sha256(content) == self.files[name] else None


class Draft:
    """A release that is being assembled, which nobody reads yet."""

    def __init__(self, folder: Path, before: Release) -> None:
        self.folder = folder
        self.before = before
        self._files: dict[str, str] = {}
        self._is_sealed = False

    def publish(
        self, audience: str, tables: Mapping[str, pl.DataFrame], manifest: Mapping[str, Any]
    ) -> Path:
        """Write the tables and the manifest of an audience, and return their folder.

        The SHA-256 and number of rows of each table are added to `manifest` under `tables`.
        """
        written = {}
        for name, frame in tables.items():
            path = f"{audience}/{name}.parquet"
            content = durable.as_parquet(frame)
            if not pl.read_parquet(io.BytesIO(content)).equals(frame):
                raise PublicationError(f"{path} does not read back as it was written.")
            self.write({path: content})
            written[name] = {"rows": frame.height, "sha256": self._files[path]}
        said = json.dumps({**manifest, "tables": written}, ensure_ascii=False, indent=2)
        self.write({f"{audience}/{_MANIFEST}": said + "\n"})
        return self.folder / audience

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files by their path in the release, each once."""
        for name, content in files.items():
            as_bytes = content.encode() if isinstance(content, str) else content
            durable.write(self.folder / name, as_bytes)
            self._files[name] = durable.sha256(as_bytes)

    def carry(self, names: Sequence[str]) -> bool:
        """Take over files of the release before; return whether all of them are intact."""
        if not all(map(self.before.is_intact, names)):
            return False
        self._take_over(names)
        return True

    def carry_rest(self) -> None:
        """Take over all files of the release before that are not written; ReleaseDamagedError."""
        rest = [name for name in self.before.files if name not in self._files]
        self.before.verify(rest)
        self._take_over(rest)

    def _take_over(self, names: Sequence[str]) -> None:
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # The same file on disk: no release changes one.
            path.hardlink_to(self.before.folder / name)
            self._files[name] = self.before.files[name]

    def seal(self) -> None:
        """List all files, read them back, and sync their folders to disk; PublicationError.

        Nothing is written after this. A block that does not seal its draft has it sealed at its
        end.
        """
        if self._is_sealed:
            return
        about = {"files": self._files, "follows": self.before.name}
        durable.write(self.folder / _PROOF, json.dumps(about, indent=1, sort_keys=True).encode())
        damaged = _read(self.folder).damaged()
        if damaged:
            raise PublicationError(f"{damaged[0]} does not read back as it was written.")
        durable.sync_folders(self.folder)
        self._is_sealed = True


@dataclass(frozen=True)
class ReleaseStore:
    """The releases under `folder`, HOME/published."""

    folder: str

    @classmethod
    def of(cls, settings: Settings) -> ReleaseStore:
        """Return the releases of a home."""
        return cls(str(settings.published))

    def path(self, audience: str) -> Path:
        """The folder that the readers of an audience open, whether or not it is published yet."""
        return Path(self.folder) / audience

    def current(self) -> Release:
        """Return the current release; ReleaseDamagedError when its list of files is."""
        if self._link.is_symlink() or self._link.exists():
            return _read(self._link.resolve())
        store = Path(self.folder) / _STORE
        # A first release that a killed build left was never published; one that follows was.
        if any(_follows_another(path.parent) for path in store.glob(f"*/{_PROOF}")):
            raise ReleaseDamagedError(
                f"Lenken {self._link} mangler, så ingenting er publisert. {FROM_BACKUP}"
            )
        return Release(self._link)

    @contextmanager
    def draft(self, audiences: Sequence[str]) -> Iterator[Draft]:
        """Assemble a release during this block; at its end it is the current one.

        When the block raises, or the release does not read back (PublicationError), nothing has
        changed.
        """
        before = self.current()
        store = Path(self.folder) / _STORE
        durable.make_folders(store)
        for left in store.iterdir():
            if left.name not in (before.name, before.follows):
                shutil.rmtree(left)
        with ExitStack() as undoing:
            fresh = Path(tempfile.mkdtemp(dir=store, prefix=""))
            undoing.callback(shutil.rmtree, fresh)
            draft = Draft(fresh, before)
            yield draft
            draft.seal()
            durable.sync(store)
            for audience in audiences:
                # Those of version 0 lead to what is published until there is a current release.
                if not self.path(audience).is_symlink():
                    self._lead(audience)
            undoing.pop_all()
        try:
            self.make_current(fresh.name, audiences)
        except OSError as error:
            if not self._link.is_symlink() or self._link.readlink().name != fresh.name:
                shutil.rmtree(fresh)
                raise
            raise UnsyncedError(
                "Disken bekrefter ikke at alt er lagret. Se etter feil på den, og kjør kommandoen "
                "en gang til."
            ) from error

    def folder_of(self, name: str) -> Path:
        """The folder of a release, whether or not it is there."""
        return Path(self.folder) / _STORE / name

    def make_current(self, name: str, audiences: Sequence[str]) -> None:
        """Let all readers see a release that is whole and on disk."""
        durable.link(self._link, self.folder_of(name).relative_to(self.folder))
        for audience in audiences:
            self._lead(audience)

    def unreachable(self, audiences: Sequence[str]) -> list[Path]:
        """Return the folders of audiences that do not lead to what is published."""
        if not self.current().files:
            return []
        return [path for path in map(self.path, audiences) if not path.is_dir()]

    def relink(self, audiences: Sequence[str]) -> None:
        """Put the links back where a home that was copied has what they led to.

        Raises ReleaseDamagedError where a folder in place of a link holds something else.
        """
        if self._link.is_dir() and not self._link.is_symlink():
            store = Path(self.folder) / _STORE
            store.mkdir(exist_ok=True)
            copied = Path(tempfile.mkdtemp(dir=store, prefix=""))
            self._link.replace(copied)
            durable.link(self._link, copied.relative_to(self.folder))
        current = self.current()
        for audience in audiences:
            path = self.path(audience)
            if path.is_symlink() or not path.is_dir():
                continue
            held = {f"{audience}/{file.name}": file.read_bytes() for file in path.iterdir()}
            if any(durable.sha256(one) != current.files.get(name) for name, one in held.items()):
                raise ReleaseDamagedError(
                    f"{path} er en mappe, og ikke lenken til det som er publisert, og innholdet er "
                    "et annet. Ingenting er publisert. Flytt mappen ut av hjemmet."
                )
            shutil.rmtree(path)
            self._lead(audience)

    def remove_earlier(self) -> int:
        """Remove all releases but the current one; return their number."""
        kept = self.current().folder
        store = Path(self.folder) / _STORE
        earlier = [path for path in store.iterdir() if path != kept] if store.is_dir() else []
        for path in earlier:
            shutil.rmtree(path)
        return len(earlier)

    def unfinished(self) -> list[Path]:
        """Return what a killed build was assembling: the next release removes it."""
        kept: list[str] = []
        release = self.current()
        while release.name and len(kept) < _KEPT:
            kept.append(release.name)
            earlier = self.folder_of(release.follows)
            release = _read(earlier) if release.follows and earlier.is_dir() else Release(earlier)
        store = Path(self.folder) / _STORE
        return sorted(path for path in store.glob("*") if path.name not in kept)

    @property
    def pages(self) -> Path:
        """The folder of the pages and forms of the current release, one folder an audience."""
        return self._link / "reports"

    @property
    def _link(self) -> Path:
        return Path(self.folder) / _CURRENT

    def _lead(self, audience: str) -> None:
        """Let the folder of an audience lead through the link to the current release."""
        path, target = self.path(audience), Path(_CURRENT) / audience
        if not path.is_symlink() or path.readlink() != target:
            durable.link(path, target)


def _read(folder: Path) -> Release:
    try:
        stated = json.loads((folder / _PROOF).read_bytes())
        return Release(folder, dict(stated["files"]), stated["follows"])
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(folder / _PROOF) from None


def _damaged(path: Path) -> ReleaseDamagedError:
    return ReleaseDamagedError(
        f"{path} er skadet eller mangler, så ingenting er publisert. {FROM_BACKUP}"
    )


def _follows_another(folder: Path) -> bool:
    try:
        return bool(_read(folder).follows)
    except ReleaseDamagedError:
        return False  # A power cut left it before it was sealed.
