"""The vintages of the open publication: each year as it was published, each time.

Which vintage is shown is decided in release.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

Tables = Mapping[str, pl.DataFrame]
"""Published frames by the mart's name."""


class Reason(StrEnum):
    """Why a vintage was published, or why there is no new one."""

    FIRST = "first"
    CORRECTED = "corrected"
    NEW_RULE = "new_rule"
    TOO_FEW_MOVED = "too_few_moved"
    COULD_BE_WORKED_OUT = "could_be_worked_out"
    PRINTED_OTHERWISE = "printed_otherwise"
    TOO_SMALL = "too_small"
    NO_LONGER_WHOLE = "no_longer_whole"


@dataclass(frozen=True)
class Rule:
    """The promise: threshold, smallest base of a share or a median, and sensitive code lists.

    No population may fall into one category of a sensitive code list. The base is not up to the
    policy: the audit knows no other.
    """

    threshold: int
    smallest_base: int = 20
    sensitive: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vintage:
    """One year as it was published once.

    `done` and `ties` are those of protection.ProtectedTables: what was done to the tables apart
    from withholding numbers, and the ties of the year. `about` is the manifest's entry for the
    year. `exact` holds the numbers that it was made from, which nobody outside may see.
    """

    year: int
    number: int
    published_on: date
    threshold: int
    reason: Reason
    done: Mapping[str, Sequence[str]]
    ties: Mapping[str, Sequence[str]]
    about: Mapping[str, Any]
    tables: Tables
    exact: Tables


@dataclass(frozen=True)
class Release:
    """The publication to make now.

    `standing` holds the vintage of each published year, and `fresh` the new ones among them.
    `held_back` holds, for each year whose records have changed and that is not published anew, or
    not at all, the reason. `tries` is how often the search was made: once, unless the audit found
    something that the search had missed.
    """

    standing: Sequence[Vintage]
    fresh: Sequence[Vintage]
    held_back: Mapping[int, Reason]
    tries: int

    @property
    def ties(self) -> dict[int, Mapping[str, Sequence[str]]]:
        """By year, the genders for which the numbers of persons follow from arrivals and exits."""
        return {vintage.year: vintage.ties for vintage in self.standing}

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The published tables, all years, oldest first."""
        return all_years([vintage.tables for vintage in self.standing])


def all_years(years: Sequence[Tables]) -> dict[str, pl.DataFrame]:
    """Put the tables of several years together, in the order given."""
    names = dict.fromkeys(name for tables in years for name in tables)
    return {name: pl.concat(tables[name] for tables in years if name in tables) for name in names}
