"""Brings a home to the layout of this program: one of an earlier version, or one that was copied.

Version 0 had no home.json, a publication for each audience in published/.publications, pages in
reports/, and vintages without a list of their files.
"""

from __future__ import annotations

import json
import shutil

from pipelines.home_record import HomeRecord
from pipelines.publish import HELD_BACK
from pipelines.release_store import ReleaseStore
from pipelines.reports import AUDIENCES, OPEN
from pipelines.settings import Settings
from pipelines.vintages import VintageStore

_STORE_0 = ".publications"


def upgrade(settings: Settings) -> None:
    """Bring the home to the present layout; nothing is done to one that has it.

    Raises HomeRecordError when the home is of a later version or its record is damaged,
    ReleaseDamagedError when a copy of a publication stands in place of the link to it, and
    VintageLostError.
    """
    HomeRecord.of(settings).read()
    ReleaseStore.of(settings).relink(AUDIENCES)
    if is_version_0(settings):
        _from_version_0(settings)


def is_version_0(settings: Settings) -> bool:
    """Whether the home is of version 0, or its upgrade was interrupted."""
    return (settings.published / _STORE_0).is_dir()


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
