"""Publications written by hand, row by row: rebuilt faults for the attacker to find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assets.published.tables import published_schema
from assets.vocabulary import HIDDEN, SHOWN, TOTAL, vocabulary
from tests.disclosure.publishing import write_folder

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""By table: rows of categories (and the measure), then the number, None if it is hidden."""


def folder_of(folder: Path, years: Mapping[int, Rows], **said: Any) -> Path:
    """Write the rows of some years as a publication; `said` is for its manifest."""
    frames = {}
    for name in dict.fromkeys(name for rows in years.values() for name in rows):
        schema = published_schema(vocabulary().table(f"marts.{name}"))
        lines = [
            (year, *row, HIDDEN if row[-1] is None else SHOWN)
            for year, rows in years.items()
            for row in rows.get(name, ())
        ]
        frames[name] = pl.DataFrame(lines, schema, orient="row")
    return write_folder(folder, frames, said.pop("ties", {}), **said)


def populations(**numbers: int | None) -> list[tuple[str, str, int | None]]:
    """Return the rows of gender_split for all people, without gender."""
    return [(name, TOTAL, n) for name, n in numbers.items()]


def undivided(numbers: Mapping[str, int | None]) -> list[tuple[str, str, int | None]]:
    """Return rows by category for all people, without gender."""
    return [(category, TOTAL, n) for category, n in numbers.items()]


def ties(year: int, *names: str) -> dict[str, dict[str, list[str]]]:
    """Return the manifest's ties of a year, for all people."""
    return {str(year): {name: [TOTAL] for name in names}}
