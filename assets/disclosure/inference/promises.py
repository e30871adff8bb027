"""The promises of a publication, and the report of a broken one, which never holds a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Promise(StrEnum):
    """The promise that was broken, in words for the developer."""

    SMALL_SHOWN = "a number below the threshold is shown"
    HIDDEN_HAS_VALUE = "a withheld row still holds a number"
    MALFORMED = "a row is neither shown nor hidden, or shows no whole number of people"
    NEVER_OPEN = "the table is not one that may be open"
    INCOMPLETE = "a combination of listed categories is missing, or is there twice"
    CONTRADICTION = "the numbers contradict each other, so nothing can be proved"
    CERTAIN = "the number can be worked out"
    BELOW_THRESHOLD = "the number is certain to be below the threshold"
    NARROW = "the number lies between bounds that are too close"
    SMALL_SUM = "a sum of withheld numbers is certain and below the threshold"
    ZERO = "the row divides a withheld number, or shows that all are in one category"
    DIFFERENCE = "the difference to an earlier publication is of too few people"
    UNPROVED = "the solver could not prove the number safe"
    RATIO = "a share or median would give back a withheld number, or rests on too few"


@dataclass(frozen=True)
class Breach:
    """One broken promise. `where` names categories (`gender=female`), never a number of people.

    `printed` is False for a number that exists but has no row.
    """

    table: str
    year: int | None
    promise: Promise
    where: tuple[str, ...] = ()
    printed: bool = True

    def __str__(self) -> str:
        year = "" if self.year is None else f" {self.year}"
        place = f" [{', '.join(self.where)}]" if self.where else ""
        return f"{self.table}{year}{place}: {self.promise.value}"
