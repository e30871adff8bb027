"""One thing that is wrong with a publication."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong, where: never a number of a person."""

    kind: str
    table: str
    year: int
    categories: str

    def __str__(self) -> str:
        return f"{self.kind} | {self.table} | {self.year} | {self.categories}"
