"""Persons who stay from one year to the next, and so tie the tables of the two years together.

A person active at the end of a year is among the participants of that year and of the next, with
the same country, gender and background, and an age one year higher. Their number by category is
printed nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from assets.vocabulary import REST, TOTAL, Table, vocabulary

TABLES = tuple(
    table.name
    for table in vocabulary().layer("marts")
    if table.divides == "participants" and table.category
)
"""The tables that divide persons, who may be the same in different years."""


@dataclass(frozen=True)
class Stayers:
    """Unprinted people of one division, and the sums over them.

    `numbers`: a number for each that fits the tables of both years; the true one is not known.
    `sums`: by name, people and coefficients that add up to a known number.
    """

    numbers: Mapping[str, int]
    sums: Mapping[str, Mapping[str, int]]


def stayers(
    table: Table, before: pl.DataFrame, now: pl.DataFrame, active: Mapping[str, int]
) -> Iterator[Stayers]:
    """Yield the persons that stayed, left and came, by category, for each division and gender.

    `before` and `now` hold the rows of a table of one year and the next, with `people` and `count`;
    `active` gives by gender the number active between the two. If one of the years has no gender,
    only all genders together are yielded.
    """
    was, is_ = _by_division(table, before), _by_division(table, now)
    has_gender = all(any(gender != TOTAL for _, gender in of) for of in (was, is_))
    genders = vocabulary().code_list("gender").names if has_gender else (TOTAL,)
    for division, gender in sorted(was.keys() & is_.keys()):
        if gender in genders:
            people = was[division, gender], is_[division, gender]
            yield from _of_one(table.name, *people, active.get(gender, 0), gender)


def _by_division(
    table: Table, frame: pl.DataFrame
) -> dict[tuple[str, str], dict[str, tuple[str, int]]]:
    """People and count by category, for each division and gender."""
    category = table.category
    division = "breakdown" if "breakdown" in table.dimensions else pl.lit("")
    rows = frame.sort("people").select(division, "gender", category, "people", "count")
    divisions: dict[tuple[str, str], dict[str, tuple[str, int]]] = defaultdict(dict)
    for of, gender, value, people, count in rows.iter_rows():
        if value != TOTAL:
            divisions[of, gender][value] = (people, count)
    return divisions


_People = Mapping[str, tuple[str, int]]


def _of_one(
    table: str, before: _People, now: _People, active: int, gender: str
) -> Iterator[Stayers]:
    paths = sorted(_paths(table, before, now))
    flow = _fitting(before, now, paths, active)
    if flow is None:
        return
    numbers: dict[str, int] = {}
    year = next((people.split("|")[0] for people, _ in now.values()), "")
    every: dict[str, int] = {}
    left = {people: {people: 1} for people, _ in before.values()}
    came = {people: {people: 1} for people, _ in now.values()}
    for (was, is_), n in flow.items():
        source, target = before[was][0], now[is_][0]
        name = f"{target}|stayed from {source}"
        numbers[name] = n
        every[name] = 1
        left[source][name] = -1
        came[target][name] = -1
    sums: dict[str, Mapping[str, int]] = {f"stayed {year} {table} {gender} {min(every)}": every}
    counts = dict([*before.values(), *now.values()])
    for word, remainders in (("left", left), ("came", came)):
        for people, parts in remainders.items():
            name = f"{people}|{word}"
            numbers[name] = sum(
                sign * (counts[part] if part in counts else numbers[part])
                for part, sign in parts.items()
            )
            sums[name] = {**parts, name: -1}
    yield Stayers(numbers, sums)


def _paths(table: str, before: _People, now: _People) -> set[tuple[str, str]]:
    """The pairs of rows, of a year and of the next, between which somebody may stay."""
    if table == "age_bands":
        bands = vocabulary().code_list("age_band").names
        steps = [(band, band) for band in bands] + list(pairwise(bands))
    else:
        steps = [(one, one) for one in {*before, *now, REST}]
    named = [(was if was in before else REST, is_ if is_ in now else REST) for was, is_ in steps]
    return {(was, is_) for was, is_ in named if was in before and is_ in now}


def _fitting(
    before: _People, now: _People, paths: list[tuple[str, str]], active: int
) -> dict[tuple[str, str], int] | None:
    """A possible number of stayers on each path, `active` in all; None when there is none."""
    if not paths:
        return None
    rows = {name: place for place, name in enumerate(before, start=2)}
    columns = {name: place for place, name in enumerate(now, start=2 + len(before))}
    sink = 2 + len(before) + len(now)
    entries = [(0, 1, active)]
    entries += [(1, rows[name], count) for name, (_, count) in before.items()]
    entries += [(rows[was], columns[is_], active) for was, is_ in paths]
    entries += [(columns[name], sink, count) for name, (_, count) in now.items()]
    start, end, room = np.array(entries).T
    graph = sparse.csr_matrix((room.astype(np.int32), (start, end)), (sink + 1, sink + 1))
    found = maximum_flow(graph, 0, sink)
    if found.flow_value != active:
        return None
    return {(was, is_): int(found.flow[rows[was], columns[is_]]) for was, is_ in paths}
