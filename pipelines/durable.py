"""Files that must outlive a power cut: written whole, synced to disk, readable by the owner alone.

Whether they have is told by their SHA-256.

A file is on disk once it is synced, and its name once the folder of the name is synced too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from contextlib import suppress
from pathlib import Path

import polars as pl


def sha256(content: bytes) -> str:
    """Return the SHA-256 of the content of a file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as the content of a Parquet file."""
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write a new file; FileExistsError if there is one.

    Its folders are made as needed; their names are on disk after `sync_folders`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content, os.O_EXCL)


def replace(path: Path, content: bytes) -> None:
    """Write a file, over an earlier one if there is one, in one step."""
    make_folders(path.parent)
    pending = path.with_name(f".{path.name}")
    try:
        _write(pending, content, os.O_TRUNC)
    except OSError:
        # What could not be written must not go on filling the disk.
        with suppress(OSError):
            pending.unlink()
        raise
    pending.replace(path)
    sync(path.parent)


def add(path: Path, content: bytes) -> None:
    """Write a file whole, in one step, where there must be none; FileExistsError if there is one.

    For those who are alone at work, and never change what they have added.
    """
    if path.exists():
        raise FileExistsError(path)
    replace(path, content)


def replace_json(path: Path, value: object) -> None:
    """Write a value as JSON over an earlier file, in one step."""
    replace(path, json.dumps(value, indent=1, sort_keys=True).encode())


def link(path: Path, target: Path) -> None:
    """Make a symbolic link, or let the one there is lead to `target`, in one step."""
    make_folders(path.parent)
    pending = path.with_name(f".{path.name}.link")
    pending.unlink(missing_ok=True)
    pending.symlink_to(target)
    pending.replace(path)
    sync(path.parent)


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, and sync their names."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700)
        sync(one.parent)


def sync_folders(folder: Path) -> None:
    """Sync a folder and all folders below it, the innermost first."""
    for inner, _, _ in os.walk(folder, topdown=False):
        sync(Path(inner))


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write(path: Path, content: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
