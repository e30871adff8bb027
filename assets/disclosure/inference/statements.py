"""The kinds of statement about numbers of people: relations, groups, suppositions.

An object with the methods of `Statements` gives the statements about the numbers of a register.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assets.disclosure.inference.cells import Quantity, Reading

Terms = tuple[tuple[Quantity, int], ...]


@dataclass(frozen=True)
class Relation:
    """`low` <= the sum of coefficient times quantity <= `high`; None is no bound."""

    terms: Terms
    low: int | None = 0
    high: int | None = 0


@dataclass(frozen=True)
class Group:
    """A name for people who exist but have no row, and the sum that counts them."""

    quantity: Quantity
    terms: Terms


@dataclass(frozen=True)
class Supposition:
    """Relations that a reader takes to hold together, where the numbers admit them.

    If it `is_certain`, it is known to hold, unless records have changed in between. `groups` are
    the groups of people that it bounds. If it equates two names of one number, `same` are those.
    """

    relations: tuple[Relation, ...]
    is_certain: bool = False
    groups: tuple[Group, ...] = ()
    same: tuple[Quantity, Quantity] | None = None


def is_sum(whole: Quantity, parts: Iterable[Quantity]) -> Relation:
    """`whole` is the sum of its parts."""
    return Relation(((whole, 1), *((part, -1) for part in parts)))


def at_least(larger: Iterable[Quantity], smaller: Iterable[Quantity], by: int = 0) -> Relation:
    """The sum of the larger is at least the sum of the smaller plus `by`."""
    terms = (*((quantity, 1) for quantity in larger), *((quantity, -1) for quantity in smaller))
    return Relation(terms, by, None)


def less(whole: Quantity, part: Quantity, name: str) -> Relation:
    """`part` is some of `whole`; the rest is a number that exists but is not printed."""
    return is_sum(whole, [part, (*part, name)])


class Statements(Protocol):
    """The statements about the numbers of one register."""

    @property
    def printed_years(self) -> Collection[int]:
        """Years for which numbers are known from elsewhere."""

    def always(
        self, reading: Reading, named: Mapping[Quantity, frozenset[str]]
    ) -> Iterator[Relation]:
        """The relations that always hold, in the years of `reading`.

        `named` are the known categories of each division with an open list, from this publication
        or another one.
        """

    def stated(self, reading: Reading) -> Iterator[Relation]:
        """The relations that the publication at hand states about its numbers."""

    def supposed(
        self, reading: Reading, first_year: int, *, at_hand: bool
    ) -> Iterator[Supposition]:
        """The relations that a reader supposes where the numbers admit them, the likeliest first.

        `first_year` is the first year of any publication; `at_hand` is False for an earlier
        publication.
        """

    def printed(self, reading: Reading, year: int) -> Iterator[tuple[tuple[Quantity, ...], int]]:
        """Numbers of one year known from elsewhere, each with the quantities that add up to it."""

    def is_auxiliary(self, quantity: Quantity) -> bool:
        """Whether it is a number that only serves to count others."""
