"""The lock of a home: who writes there does so alone, and who is kept out is told by whom.

Every command of `nora` that builds, reads the warehouse or writes, and every run of Dagster, holds
it for as long as it works. It ends with its process, however that ends (flock).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

_FILE = ".lock"
_LONGEST = 1000
_PAUSE = 0.5


@dataclass(frozen=True)
class Holder:
    """Who holds the lock of a home: no argument of a command, which may name a person."""

    name: str
    """A command, such as `nora build`, or a job of Dagster with the first characters of its run."""
    run_id: str = ""
    """The whole ID of a run of Dagster; empty for a command."""
    since: str = ""
    """When it began, in ISO 8601."""


class HomeBusyError(Exception):
    """Another process works in this home. The message says in Norwegian which."""

    def __init__(self, home: Path, holder: Holder) -> None:
        """Name the holder, if it has had the time to write who it is."""
        # Babel is slow to import, and few commands meet another one.
        from dashboards import words

        since = ""
        if holder.since:
            since = f" siden {words.moment(datetime.fromisoformat(holder.since))}"
        super().__init__(
            f"{holder.name or 'En annen kommando'} arbeider i {home}{since}. "
            "Vent til den er ferdig, og prøv igjen."
        )


_mine: set[Path] = set()
"""The homes whose lock this process holds."""


@contextmanager
def locked(
    home: Path, holder: Holder, waiting: Callable[[Holder], None] | None = None
) -> Iterator[Holder | None]:
    """Hold the lock of a home during this block; the process that holds it may enter again.

    Yields the holder before this one, if it was killed at its work. While another process holds the
    lock, raises HomeBusyError; or waits, if `waiting` is given, which is called with every holder
    that is waited for.
    """
    home = home.resolve()
    if home in _mine:
        yield None
        return
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(home / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        told = None
        while not _taken(file):
            other = _read(file) or Holder("")
            if waiting is None:
                raise HomeBusyError(home, other)
            if other != told:
                waiting(other)
                told = other
            time.sleep(_PAUSE)
        killed = _read(file)
        _mine.add(home)
        try:
            _write(file, holder)
            yield killed
        finally:
            _mine.discard(home)
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def at_work(home: Path) -> tuple[Holder | None, bool]:
    """Return who is named in the lock of a home, if anybody, and whether it is still held.

    One that no longer holds it was killed at its work. Nobody is kept from their work by this.
    """
    try:
        file = os.open(home / _FILE, os.O_RDONLY)
    except FileNotFoundError:
        return None, False
    try:
        holder = _read(file)
        # Only what a killed process has left is tried, because trying takes the lock for a moment.
        return holder, holder is not None and not _taken(file)
    finally:
        os.close(file)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: int) -> Holder | None:
    """The holder that the file names; None while nobody holds the lock, or before it is written."""
    try:
        holder = Holder(**json.loads(os.pread(file, _LONGEST, 0)))
        datetime.fromisoformat(holder.since)
    except (TypeError, ValueError):
        return None
    return holder


def _write(file: int, holder: Holder) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    text = json.dumps(asdict(replace(holder, since=now)))
    os.ftruncate(file, 0)
    with suppress(OSError):  # on a full disk the lock holds all the same
        os.pwrite(file, text.encode(), 0)
