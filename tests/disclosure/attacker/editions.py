"""The published folders, read into editions: an edition is one year as it was published once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from assets.vocabulary import SHOWN, vocabulary

TIES = ("active", "came", "left")

SENSITIVE = (
    "dropout_reason",
    "outcome",
    "benefit",
    "other_detail",
    "norwegian_level",
    "education",
)
"""The code lists that the documentation names, for a manifest that names none."""


@dataclass(frozen=True)
class Row:
    """One row of a published table; `number` is None where it is hidden."""

    categories: Mapping[str, str]
    measure: str
    number: float | None

    @property
    def shown(self) -> bool:
        """Whether the row has its number."""
        return self.number is not None


@dataclass(frozen=True)
class Edition:
    """One year as it was in one or several folders.

    `rows` are the rows of each table; `ties` the ties of the year in the manifest: tie -> genders;
    `vintages` the number of vintages in the manifest: two may look the same.
    """

    year: int
    number: int
    rows: Mapping[str, Sequence[Row]]
    ties: Mapping[str, frozenset[str]]
    vintages: int


@dataclass(frozen=True)
class Rule:
    """The rule, as the manifest states it."""

    threshold: int = 5
    smallest_base: int = 20
    sensitive: tuple[str, ...] = SENSITIVE
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """Everything that was ever published.

    `pairs` are editions of a year and the next that were made from the same records; `waiting` are
    pairs that were not, because a correction waits. `first` are the editions before which the
    register had nobody.
    """

    editions: Sequence[Edition]
    pairs: Sequence[tuple[Edition, Edition]]
    waiting: Sequence[tuple[Edition, Edition]]
    first: Sequence[Edition]
    rule: Rule


def read(folders: Sequence[Path]) -> Published:
    """Read every folder, in the order in which they were published."""
    standing: dict[int, Edition] = {}
    editions: list[Edition] = []
    pairs: dict[tuple[int, int, int], tuple[Edition, Edition]] = {}
    waiting: dict[tuple[int, int, int], tuple[Edition, Edition]] = {}
    first: dict[int, Edition] = {}
    rule = Rule()
    for folder in folders:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        disclosure = manifest.get("disclosure", {})
        rule = _rule(disclosure)
        held = {int(year) for year in manifest.get("held_back", {})}
        years = _years(folder)
        for year, rows in years.items():
            known = [one for one in editions if one.year == year]
            vintages = len(manifest.get("vintages", {}).get(str(year), ()))
            same = [one for one in known if (one.rows, one.vintages) == (rows, vintages)]
            if not same:
                ties = _ties(disclosure.get("ties", {}), year)
                same = [Edition(year, len(known) + 1, rows, ties, vintages)]
                editions += same
            standing[year] = same[0]
        for year in years:
            if year + 1 in years:
                pair = standing[year], standing[year + 1]
                # A year that is held back was counted from other records than those of today.
                kind = waiting if {year, year + 1} & held else pairs
                kind[(year, pair[0].number, pair[1].number)] = pair
        if years and min(years) not in held and min(held, default=min(years)) >= min(years):
            first[id(standing[min(years)])] = standing[min(years)]
    apart = [pair for key, pair in waiting.items() if key not in pairs]
    return Published(editions, list(pairs.values()), apart, list(first.values()), rule)


def _years(folder: Path) -> dict[int, dict[str, list[Row]]]:
    """Return the rows of each table by year, without money, which may change and counts nobody."""
    years: dict[int, dict[str, list[Row]]] = {}
    for table in vocabulary().layer("marts"):
        path = folder / f"{table.name}.parquet"
        if table.is_list or table.name == "savings" or not path.exists():
            continue
        frame = pl.read_parquet(path)
        for values in frame.sort(pl.all()).iter_rows(named=True):
            number = values[table.number] if values["status"] == SHOWN else None
            categories = {name: str(values[name]) for name in table.dimensions}
            row = Row(categories, str(values.get("measure", "n")), number)
            years.setdefault(int(values["year"]), {}).setdefault(table.name, []).append(row)
    return dict(sorted(years.items()))


def _ties(said: Mapping[str, Any], year: int) -> dict[str, frozenset[str]]:
    """Return tie -> genders, whether the manifest lists them by year or by tie first."""
    if any(name in said for name in TIES):
        return {name: frozenset(said.get(name, {}).get(str(year), ())) for name in TIES}
    of_year = said.get(str(year), {})
    return {name: frozenset(of_year.get(name, ())) for name in TIES}


def _rule(disclosure: Mapping[str, Any]) -> Rule:
    usual = Rule()
    return Rule(
        disclosure.get("threshold", usual.threshold),
        disclosure.get("smallest_base", usual.smallest_base),
        tuple(disclosure.get("sensitive", usual.sensitive)),
        {table: tuple(names) for table, names in disclosure.get("names", {}).items()},
    )


def by_place(edition: Edition) -> Iterator[tuple[str, Row]]:
    """Yield every row of an edition with the name of its table."""
    for table, rows in edition.rows.items():
        for row in rows:
            yield table, row
