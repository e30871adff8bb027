"""The shapes that a statement about numbers of people has: relations, groups, suppositions.

What is stated of the numbers of a register is said by an object with the methods of `Statements`.
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
    """People who exist and have no row, by what they are called, and the sum that counts them."""

    quantity: Quantity
    terms: Terms


@dataclass(frozen=True)
class Supposition:
    """Relations that a reader takes to hold together, where the numbers admit them.

    Where it `is_certain`, it is known, and only not of these numbers where records have changed
    in between. It says something of `groups`. `same` are two names of one number, if it is that.
    """

    relations: tuple[Relation, ...]
    is_certain: bool = False
    groups: tuple[Group, ...] = ()
    same: tuple[Quantity, Quantity] | None = None


def is_sum(whole: Quantity, parts: Iterable[Quantity]) -> Relation:
    """`whole` is the sum of its parts."""
    return Relation(((whole, 1), *((part, -1) for part in parts)))


def at_least(larger: Iterable[Quantity], smaller: Iterable[Quantity], by: int = 0) -> Relation:
    """The sum of the larger is that of the smaller and `by`, or more."""
    terms = (*((quantity, 1) for quantity in larger), *((quantity, -1) for quantity in smaller))
    return Relation(terms, by, None)


def less(whole: Quantity, part: Quantity, name: str) -> Relation:
    """`part` is some of `whole`; the others are a number that exists and is not printed."""
    return is_sum(whole, [part, (*part, name)])


class Statements(Protocol):
    """What is known of the numbers of one register."""

    @property
    def printed_years(self) -> Collection[int]:
        """Years of which numbers are known from elsewhere."""

    def always(
        self, reading: Reading, named: Mapping[Quantity, frozenset[str]]
    ) -> Iterator[Relation]:
        """What holds of every register, in the years of `reading`.

        `named` are the categories that are known of each division with an open list, from this
        publication or another one.
        """

    def stated(self, reading: Reading) -> Iterator[Relation]:
        """What the publication at hand says of its numbers beside showing them."""

    def supposed(
        self, reading: Reading, first_year: int, *, at_hand: bool
    ) -> Iterator[Supposition]:
        """What a reader takes to hold where the numbers admit it, the likeliest first.

        `first_year` is the first of any publication; `at_hand` says that it is not an earlier one.
        """

    def printed(self, reading: Reading, year: int) -> Iterator[tuple[tuple[Quantity, ...], int]]:
        """Numbers of one year that are known from elsewhere, and the quantities they add up."""

    def is_auxiliary(self, quantity: Quantity) -> bool:
        """Whether it is a number that only serves to count others."""
