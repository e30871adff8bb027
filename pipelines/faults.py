"""What the machine does to a command, in words: what happened, and what to do.

A full disk, a missing permission, a damaged file of Dagster. All other errors are the program's
own, or are told where they are raised.
"""

from __future__ import annotations

import errno
import re
import shutil
import sqlite3
from collections.abc import Iterator

import polars as pl

from assets.raw.problems import listed
from pipelines import history
from pipelines.settings import Settings

_FULL = "Disken er full: det er ikke plass til {place}. Rydd plass, og kjør kommandoen igjen."

_UNWRITABLE = (
    "Brukeren som kjører nora, får ikke lese eller skrive {place}. Gi brukeren tilgang, eller velg "
    "en annen mappe med --home."
)

_BROKEN = (
    "Disken svarer med feil når {place} leses eller skrives: den kan være i ferd med å gå i "
    "stykker, eller en grense er nådd (ulimit). Meld fra til den som drifter maskinen, før du "
    "kjører kommandoen igjen."
)

_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _UNWRITABLE,
    errno.EPERM: _UNWRITABLE,
    errno.EIO: _BROKEN,
    errno.EFBIG: (
        "{place} ble større enn maskinen tillater. Be den som drifter maskinen, om å heve grensen "
        "(ulimit -f), og kjør kommandoen igjen."
    ),
    errno.EROFS: (
        "Disken med {place} kan bare leses. Be den som drifter maskinen, om å åpne den for "
        "skriving, eller velg en annen mappe med --home."
    ),
    errno.ENAMETOOLONG: "Stien {place} er for lang. Velg en mappe med kortere sti med --home.",
    errno.EMFILE: (
        "Maskinen lar ikke nora åpne flere filer. Be den som drifter maskinen, om å heve grensen "
        "(ulimit -n), og kjør kommandoen igjen."
    ),
}
"""What an error of the system says, by its number; others are errors of the program."""

_SQLITE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_READONLY: errno.EACCES,
}
"""Errors of SQLite that are errors of the system."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


def in_words(error: BaseException, settings: Settings) -> str | None:
    """Return what the machine did, if that is why `error` was raised; None if it is not."""
    for cause in _causes(error):
        said = _of_sqlite(cause, settings) or _of_system(cause, settings)
        if said:
            return said
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it was raised from, or in the handling of what, and so on."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    # An error that is raised again may be among its own causes.
    while cause and cause not in seen:
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _of_system(error: BaseException, settings: Settings) -> str | None:
    number = _number(error)
    if number not in _SYSTEM:
        return None
    return _SYSTEM[number].format(place=getattr(error, "filename", None) or settings.home)


def _number(error: BaseException) -> int | None:
    """The number of the system error in an error of Python, or of Polars."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if isinstance(error, (OSError, pl.exceptions.PolarsError)):
        # The libraries of Rust write it so, and hand on nothing else.
        found = re.search(r"\(os error (\d+)\)", str(error))
        return int(found[1]) if found else None
    return None


def _of_sqlite(error: BaseException, settings: Settings) -> str | None:
    """What Dagster's storage says: nothing else uses SQLite."""
    if not isinstance(error, sqlite3.Error):
        return None
    # The lowest byte is the kind of error, the others say where it was met.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    folder = settings.dagster_home
    if kind in _SQLITE:
        return _SYSTEM[_SQLITE[kind]].format(place=folder)
    if kind == sqlite3.SQLITE_IOERR:
        is_full = shutil.disk_usage(folder).free < _BLOCK
        return (_FULL if is_full else _BROKEN).format(place=folder)
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return (
            f"Et annet program har holdt på lenge med Dagsters historikk i {folder}. Vent til det "
            "er ferdig, og kjør kommandoen igjen."
        )
    return history_damaged(settings) if kind in _DAMAGED else None


def history_damaged(settings: Settings) -> str | None:
    """Return what to do about Dagster's history, if it is damaged."""
    damaged = history.damaged(settings)
    if not damaged:
        return None
    beside = [path for one in damaged for path in sorted(one.parent.glob(f"{one.name}*"))]
    return (
        f"Dagsters historikk er skadet. Flytt bort {listed(list(map(str, beside)))}, og kjør nora "
        "build: bare historikken over kjøringer går tapt, ingen tall. Var sensoren på, slå den på "
        "igjen."
    )


_BLOCK = 1 << 20
"""With fewer bytes than these, SQLite cannot be relied on to say that the disk is full."""
