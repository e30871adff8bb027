"""One fault of a publication."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The fault and its place, never a number of people."""

    kind: str
    table: str
    year: int
    categories: str

    def __str__(self) -> str:
        return f"{self.kind} | {self.table} | {self.year} | {self.categories}"
