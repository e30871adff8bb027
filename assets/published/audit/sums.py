"""The shapes that a statement about numbers of people has: relations, groups, suppositions.

What is stated of which number is told in `relations`, `divisions`, `staying`, `suppositions` and
`printed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assets.published.audit.cells import Quantity
from assets.vocabulary import TOTAL, vocabulary

GENDERS = vocabulary().code_list("gender").names
MARGINS = (*GENDERS, TOTAL)

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


def by_gender(quantity: Callable[[str], Quantity]) -> Relation:
    """The number of all is the sum of the genders."""
    return is_sum(quantity(TOTAL), [quantity(gender) for gender in GENDERS])


def row(quantity: Quantity) -> Callable[[str], Quantity]:
    """The rows of a category, by gender."""
    return lambda gender: (*quantity, gender)
