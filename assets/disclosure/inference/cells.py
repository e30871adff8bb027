"""The rows of a publication, and the number of people that each row gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Quantity = tuple[int | str, ...]
"""One number of people: the year, the table where it belongs, and its categories there."""


@dataclass(frozen=True)
class Cell:
    """One published row. `quantity` is None where the row is no number of people."""

    table: str
    year: int
    at: Mapping[str, int | str]
    measure: str
    status: str | None
    value: int | float | None
    quantity: Quantity | None

    @property
    def where(self) -> tuple[str, ...]:
        """The row in words: `gender=female`; the measure where it is not simply `n`."""
        named = tuple(f"{name}={value}" for name, value in self.at.items())
        return named if self.measure == "n" else (*named, f"measure={self.measure}")


@dataclass(frozen=True)
class Reading:
    """The rows of one publication.

    `listed` holds the categories that each division lists, by year, table and `within`;
    `folded` the divisions that have a row `rest`.
    """

    cells: tuple[Cell, ...]
    listed: Mapping[Quantity, frozenset[str]] = field(default_factory=dict)
    folded: frozenset[Quantity] = frozenset()


def years_of(one: Reading) -> set[int]:
    """The years for which a publication has rows."""
    return {cell.year for cell in one.cells}
