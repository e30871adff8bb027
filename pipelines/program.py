"""A digest of the program itself: what it makes of the same input may change with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from pipelines.settings import PROJECT

_PROGRAM = ("assets", "dashboards", "expectations", "pipelines")


@cache
def program_digest(project: Path = PROJECT) -> str:
    """Return a digest of all files of the program, and of the versions of all packages."""
    paths = [path for folder in _PROGRAM for path in files_below(project / folder)]
    versions = sorted((found.name, found.version) for found in distributions())
    return digest([*contents(project, paths), *versions])


@cache
def counting_digest(project: Path = PROJECT) -> str:
    """Return a digest of all that decides how a delivery is read and a number counted."""
    return digest(contents(project, files_below(project / "assets")))


def files_below(folder: Path) -> list[Path]:
    """Return all files and links below a folder, in order, without what Python compiles."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path for path in found if "__pycache__" not in path.parts)


def contents(base: Path, paths: Iterable[Path]) -> list[tuple[str, str]]:
    """Return the path below `base` and the target or SHA-256 of each link and file there is."""
    return [
        (str(path.relative_to(base)), str(path.readlink()) if path.is_symlink() else _sha256(path))
        for path in paths
        if path.exists()
    ]


def digest(parts: Iterable[object]) -> str:
    """Return a digest of values, by how they are written."""
    return hashlib.sha256(ascii(list(parts)).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
