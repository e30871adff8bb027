"""What must be so before a build begins, so that it does not stop half-way."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta

from pipelines.home_record import FROM_BACKUP
from pipelines.program import files_below
from pipelines.release_store import ReleaseStore
from pipelines.reports import INTERNAL, OPEN, ReportFolder
from pipelines.settings import Settings

_LEAST = 100_000_000
"""Bytes that a build needs beside a second copy of what is there: the demo in an empty home 80
million, and the least change of it 30 million."""

LONGEST = 400
"""Bytes of the home's path: SQLite opens no file whose path has more than 512."""

_TOLERANCE = timedelta(minutes=10)
"""By so much a clock may be put back without being told."""


class NotReadyError(Exception):
    """A build could not be carried through, so it does not begin."""


def check(settings: Settings, *, is_clock_right: bool = False) -> None:
    """Raise NotReadyError when the path, the disk, a lost part or the clock will stop a build.

    `is_clock_right` says that the clock was wrong at the last publication, and is right now.
    """
    check_path(settings)
    check_space(settings)
    check_whole(settings)
    if not is_clock_right:
        check_clock(settings)


def check_path(settings: Settings) -> None:
    """Raise NotReadyError when the path of the home is too long."""
    length = len(os.fsencode(settings.home))
    if length > LONGEST:
        raise NotReadyError(
            f"Stien til {settings.home} er for lang: {length} byte, og den kan ha {LONGEST}. Velg "
            "en mappe med kortere sti med --home."
        )


def space(settings: Settings) -> tuple[int, int]:
    """Return how many bytes of the home's disk are free, and how many a build needs."""
    there = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    copied = [settings.warehouse, *files_below(settings.published)]
    needed = _LEAST + sum(path.stat().st_size for path in copied if path.is_file())
    return shutil.disk_usage(there).free, needed


def check_space(settings: Settings) -> None:
    """Raise NotReadyError when the disk has too little space for a build."""
    free, needed = space(settings)
    if free < needed:
        raise NotReadyError(
            f"Disken som {settings.home} ligger på, har {free // 1_000_000} MB ledig, og en build "
            f"trenger minst {-(-needed // 1_000_000)} MB. Rydd plass, og kjør kommandoen igjen. "
            "Ingenting er endret."
        )


def lost(settings: Settings) -> list[str]:
    """Return what a home has lost that nothing else in it misses, in Norwegian.

    Raises ReleaseDamagedError.
    """
    store = ReleaseStore.of(settings)
    release = store.current()
    said = []
    if not release.files and ReportFolder.of(settings).index(INTERNAL).is_symlink():
        # The pages lead to a release only once it is current.
        said.append(f"Lenken {release.folder} mangler, så ingenting er publisert. {FROM_BACKUP}")
    if release.manifest(OPEN).get("vintages") and not settings.record.exists():
        said.append(
            f"{settings.record} mangler, og uten den vet ingen hvem som er slettet, og hvilke "
            f"åpne utgaver som finnes. {FROM_BACKUP}"
        )
    return said


def check_whole(settings: Settings) -> None:
    """Raise NotReadyError when the home has lost what a build would begin anew."""
    if said := lost(settings):
        raise NotReadyError("\n".join([*said, "Ingenting er endret."]))


def check_clock(settings: Settings) -> None:
    """Raise NotReadyError when the last publication is later than now."""
    published = ReleaseStore.of(settings).current().manifest(INTERNAL)
    if not published:
        return
    last, now = datetime.fromisoformat(published["built_at"]), datetime.now(UTC)
    if last > now + _TOLERANCE:
        from dashboards import words

        raise NotReadyError(
            f"Klokka på maskinen viser {words.moment(now)}, men det som ligger der, ble publisert "
            f"{words.moment(last)}. Still klokka, og kjør kommandoen igjen. Er den riktig nå, og "
            "var feil den gangen, kjør nora build --clock-is-right. Ingenting er endret."
        )
