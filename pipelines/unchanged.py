"""Whether a build would change anything, by a note that the last one left in the home.

`HOME/built.json` holds three digests: of everything that a build reads, of the program alone, and
of everything that the build left behind. If all are as they were, a new build would write the same
again, and is left out. If the last two are, years whose numbers have not changed are left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.day import today
from assets.raw.delivery import public_name
from pipelines.inbox import BuildDay, Inbox
from pipelines.program import contents, digest, files_below, program_digest
from pipelines.settings import Settings


@dataclass(frozen=True)
class Inputs:
    """What a build would read: a digest of all, and the deliveries, by public name and SHA-256."""

    digest: str
    deliveries: tuple[tuple[str, str | None], ...]


def built_years(settings: Settings, inputs: Inputs) -> list[int]:
    """Return the years of the last whole build if all is as it was then, else an empty list.

    `inputs` are what a build would read now.
    """
    note = _noted(settings)
    if note.get("read") != inputs.digest or note["left"] != _left(settings):
        return []
    years: list[int] = note["years"]
    return years


def is_untouched(settings: Settings) -> bool:
    """Whether all that the last whole build left is as it was, and made by this same program."""
    note = _noted(settings)
    return note.get("program") == program_digest() and note["left"] == _left(settings)


def note_build(settings: Settings, years: Sequence[int], inputs: Inputs) -> None:
    """Note a whole build of `years` that has just ended, with nothing left undone.

    `inputs` are what it read, from before it began.
    """
    note = {
        "years": list(years),
        "read": inputs.digest,
        "program": program_digest(),
        "left": _left(settings),
    }
    _note(settings).write_text(json.dumps(note), encoding="utf-8")


def remove_note(settings: Settings) -> None:
    """Remove the note, before anything changes."""
    _note(settings).unlink(missing_ok=True)


def _noted(settings: Settings) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads(_note(settings).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return note


def _note(settings: Settings) -> Path:
    return settings.home / "built.json"


def inputs(settings: Settings) -> Inputs:
    """Return what a build reads: deliveries, day, bounds, the forgotten, the sent, the program.

    Raises EmptyInboxError and InboxUnreadableError.
    """
    files = Inbox(folder=str(settings.inbox), limit=settings.delivery_limit).files()
    bounds = (settings.delivery_limit, settings.reading_memory, settings.reading_seconds)
    read = digest(
        [
            # In the order in which they count, so that a change of the order is one too.
            *((file.name, file.sha256, file.fault) for file in files),
            # Rows may be in the future, and corrections of the open publication may wait for a day.
            (BuildDay(settings.as_of).day(), today()),
            bounds,
            *contents(settings.home, [settings.forgotten, *files_below(settings.sent)]),
            program_digest(),
        ]
    )
    named: dict[str, str | None] = {}
    for file in files:
        # Files with a national identity number in their names may have the same name here.
        named.setdefault(public_name(file.name, file.sha256), file.sha256)
    return Inputs(read, tuple(named.items()))


def _left(settings: Settings) -> str:
    """A digest of what a build leaves behind: database, publications, pages and feedback."""
    # A run that was killed leaves what it wrote beside the database, and that as it was.
    database = sorted(settings.home.glob(f"{settings.warehouse.name}*"))
    folders = (settings.published, settings.reports, settings.feedback)
    files = [path for folder in folders for path in files_below(folder)]
    return digest(
        [
            # The database is too large to be read for this.
            [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in database],
            *contents(settings.home, files),
        ]
    )
