"""Brings a home to the layout of this program: one of an earlier version, or one that was copied.

Version 0 had no home.json, a publication for each audience in published/.publications, pages in
reports/, and vintages without a list of their files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from pipelines import durable
from pipelines.home_record import HomeRecord
from pipelines.publish import HELD_BACK
from pipelines.release_store import ReleaseDamagedError, ReleaseStore
from pipelines.reports import AUDIENCES, OPEN
from pipelines.settings import Settings
from pipelines.vintages import VintageStore

_STORE_0 = ".publications"


def upgrade(settings: Settings) -> None:
    """Bring the home to the present layout; nothing is done to one that has it.

    Raises HomeRecordError when the home is of a later version or its record is damaged, and
    ReleaseDamagedError when a copy of a publication stands in place of the link to it.
    """
    HomeRecord(str(settings.record)).read()
    _link_copies(settings)
    if (settings.published / _STORE_0).is_dir():
        _from_version_0(settings)


def _link_copies(settings: Settings) -> None:
    """Put the links of the publications back where a copied home has what they led to."""
    current = settings.published / "current"
    if current.is_dir() and not current.is_symlink():
        store = settings.published / ".releases"
        store.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=store, prefix=""))
        current.replace(folder)
        durable.link(current, folder.relative_to(settings.published))
    release = ReleaseStore.of(settings).current()
    for audience in AUDIENCES:
        path = settings.published / audience
        if path.is_symlink() or not path.is_dir():
            continue
        copied = {f"{audience}/{file.name}": file for file in path.iterdir()}
        if any(_sha256(file) != release.files.get(name) for name, file in copied.items()):
            raise ReleaseDamagedError(
                f"{path} er en mappe, og ikke lenken til det som er publisert, og innholdet er et "
                "annet. Ingenting er publisert. Flytt mappen ut av hjemmet."
            )
        shutil.rmtree(path)
        durable.link(path, Path("current", audience))


def _from_version_0(settings: Settings) -> None:
    """Make one release of both publications, and list the files of the vintages."""
    vintages = VintageStore.of(settings)
    for listed in sorted(settings.vintages.glob("*/[0-9]*/[0-9]*/vintage.json")):
        vintages.list_files(listed.parent)
    folders = {audience: (settings.published / audience).resolve() for audience in AUDIENCES}
    held_back = settings.vintages / OPEN / HELD_BACK
    with ReleaseStore.of(settings).draft(AUDIENCES) as draft:
        for audience, folder in folders.items():
            for path in folder.glob("*"):
                draft.write({f"{audience}/{path.name}": path.read_bytes()})
        waiting = held_back.read_text(encoding="utf-8") if held_back.exists() else json.dumps({})
        draft.write({HELD_BACK: waiting})
    held_back.unlink(missing_ok=True)
    for note in settings.reports.glob("*/*/.made"):
        note.unlink()
    shutil.rmtree(settings.published / _STORE_0)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
