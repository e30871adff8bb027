"""The rules for single rows, and the bases that shares, medians and ratios may rest on.

Numbers that several rows give away together are judged in `verdict`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import polars as pl

from assets.disclosure.audit.quantities import (
    GROUPS,
    NEVER_OPEN,
    PARTITIONS,
    WORK,
    Partition,
    categories,
    outcome_group,
    population,
)
from assets.disclosure.inference.cells import Cell, Quantity, Reading
from assets.disclosure.inference.promises import Breach, Promise
from assets.vocabulary import HIDDEN, REST, SHOWN, TOTAL, vocabulary

LEAST_BASE = 20
"""The fewest people that a share or a median may rest on."""

_FREE = frozenset(
    {
        ("benefit_target", "target_share"),
        ("target_attainment", "target_share"),
        ("group_sessions", "sessions"),
        ("savings", "savings_target"),
        ("savings", "savings_reported"),
    }
)
"""Numbers that count no people."""

_QUANTILES = ("p25_days", "median_days", "p75_days")


def malformed(
    tables: Mapping[str, pl.DataFrame], reading: Reading, threshold: int
) -> Iterator[Breach]:
    """Yield the breaches of single rows: a number shown below the threshold, or in a hidden row."""
    known = {table.name for table in vocabulary().layer("marts")} - NEVER_OPEN
    for name, frame in tables.items():
        if name not in known and frame.height:
            yield Breach(name, None, Promise.NEVER_OPEN)
    for cell in reading.cells:
        broken = _broken(cell, threshold)
        if broken:
            yield Breach(cell.table, cell.year, broken, cell.where)


def _broken(cell: Cell, threshold: int) -> Promise | None:
    if cell.status == HIDDEN:
        return None if cell.value is None else Promise.HIDDEN_HAS_VALUE
    if cell.status != SHOWN:
        return Promise.MALFORMED
    if cell.quantity is None:
        return None
    if cell.value is None or cell.value != int(cell.value) or cell.value < 0:
        return Promise.MALFORMED
    return Promise.SMALL_SHOWN if 0 < cell.value < threshold else None


def incomplete(reading: Reading) -> Iterator[Breach]:
    """Yield divisions where a row of a listed category is missing or doubled.

    A category whose total is withheld has no rows by gender, so none is missing.
    """
    rows = Counter((cell.table, cell.year, cell.where) for cell in reading.cells)
    for (name, of_year, where), times in rows.items():
        if times > 1:
            yield Breach(name, of_year, Promise.INCOMPLETE, where)
    divisions: dict[Quantity, list[Cell]] = defaultdict(list)
    for cell in reading.cells:
        partition = PARTITIONS.get(cell.table)
        if partition:
            divisions[cell.year, cell.table, *(cell.at[x] for x in partition.within)].append(cell)
    for division, cells in divisions.items():
        year, table, *within = division
        if not _is_complete(PARTITIONS[str(table)], division, cells):
            yield Breach(str(table), int(year), Promise.INCOMPLETE, tuple(map(str, within)))


def _is_complete(partition: Partition, division: Quantity, cells: Sequence[Cell]) -> bool:
    status: dict[str, dict[str, str | None]] = defaultdict(dict)
    for cell in cells:
        gender = str(cell.at["gender"]) if partition.by_gender else TOTAL
        status[str(cell.at[partition.category])][gender] = cell.status
    listed = set(status)
    closed = categories(partition, division)
    all_genders = {*vocabulary().code_list("gender").names, TOTAL}
    has_gender = any(genders.keys() != {TOTAL} for genders in status.values())
    return (
        TOTAL in listed
        and (closed is None or REST in listed or listed == {TOTAL} or set(closed) <= listed)
        and all(TOTAL in genders for genders in status.values())
        and all(
            genders.keys() == all_genders
            for genders in status.values()
            if has_gender and genders[TOTAL] == SHOWN
        )
    )


def unfounded(reading: Reading, known: Mapping[Quantity, int], threshold: int) -> Iterator[Breach]:
    """Yield shares, medians, ages and ratios that are shown without the numbers they rest on.

    `known` are the numbers of people that the publication shows.
    """
    years = {cell.year for cell in reading.cells}
    counselled = {year for year in years if _counsellors_are_shown(reading, year)}
    for cell in reading.cells:
        name = (cell.table, str(cell.at.get("figure", cell.measure)))
        if cell.quantity is not None or cell.status != SHOWN or name in _FREE:
            continue
        # A number without a ground has not been judged, so it may not be open.
        ground = _GROUNDS.get(name)
        if ground is None or not ground.carries(cell, known, threshold, cell.year in counselled):
            yield Breach(cell.table, cell.year, Promise.RATIO, cell.where)


def _counsellors_are_shown(reading: Reading, year: int) -> bool:
    """Whether every recorded role of counsellors has its number of persons shown."""
    roles = vocabulary().code_list("staff_role").codes
    # The rest may include counsellors.
    counsels = {REST, *(role.code for role in roles if role.attributes["counsels"] == "yes")}
    headcounts = [
        cell
        for cell in reading.cells
        if (cell.table, cell.year, cell.measure) == ("staffing", year, "headcount")
        and cell.at["role"] in counsels
    ]
    return bool(headcounts) and all(cell.status == SHOWN for cell in headcounts)


@dataclass(frozen=True)
class _Ground:
    """The conditions for showing a number that counts no people.

    Every number that it could give back must be shown: `people`, which add up to its base, and
    `parts`; the base must be `least` or more. With `of_counsellors` it gives back their positions
    too.
    """

    people: Callable[[Cell], Sequence[Quantity]]
    parts: Callable[[Cell], Sequence[Quantity]] = lambda _: ()
    least: float = LEAST_BASE
    is_median: bool = False
    of_counsellors: bool = False

    def carries(
        self, cell: Cell, known: Mapping[Quantity, int], threshold: int, is_counselled: bool
    ) -> bool:
        """Whether the number may be shown; an empty one must have a base of nobody."""
        people = [known.get(quantity) for quantity in self.people(cell)]
        parts = [known.get(quantity) for quantity in self.parts(cell)]
        base = sum(number or 0 for number in people)
        if cell.value is None:
            return self.least == 0 or (None not in people and base == 0)
        if None in (*people, *parts) or (self.of_counsellors and not is_counselled):
            return False
        return base >= max(self.least, threshold if self.is_median else 0)


def _populations(*names: str) -> Callable[[Cell], Sequence[Quantity]]:
    return lambda cell: [population(cell.year, name) for name in names]


def _beside(table: str, *labels: str) -> Callable[[Cell], Sequence[Quantity]]:
    """The number of people in a row's own table: `table`, the row's categories, `labels`."""
    return lambda cell: [(cell.year, table, *cell.at.values(), *labels)]


def _group(cell: Cell) -> Sequence[Quantity]:
    group = str(cell.at["outcome_group"])
    return _populations("planned_exits")(cell) if group == TOTAL else _beside(GROUPS)(cell)


_GROUNDS: Mapping[tuple[str, str], _Ground] = {
    ("benefit_target", "actual_share"): _Ground(
        _populations("referred"), _beside("referral_benefits", TOTAL)
    ),
    ("target_attainment", "actual_share"): _Ground(
        _populations("planned_exits"), _beside("target_attainment")
    ),
    ("survey_response", "response_share"): _Ground(
        _beside("survey_response", "invited"), _beside("survey_response", "answered")
    ),
    ("key_figures", "work_exit_share"): _Ground(
        _populations("planned_exits"), lambda cell: [outcome_group(cell.year, WORK)]
    ),
    ("key_figures", "planned_share_of_exits"): _Ground(
        _populations("planned_exits", "dropouts", "no_shows")
    ),
    ("key_figures", "median_days_in_programme"): _Ground(
        _populations("planned_exits"), is_median=True
    ),
    **{(GROUPS, measure): _Ground(_group, is_median=True) for measure in _QUANTILES},
    # The age of the youngest and of the oldest is the age of one person.
    ("key_figures", "age_min"): _Ground(_populations("participants"), least=inf),
    ("key_figures", "age_max"): _Ground(_populations("participants"), least=inf),
    ("staffing", "full_time_equivalents"): _Ground(_beside("staffing", "headcount"), least=0),
    ("counsellor_caseload", "counsellor_fte"): _Ground(lambda _: (), least=0, of_counsellors=True),
    ("counsellor_caseload", "participants_per_counsellor"): _Ground(
        _populations("participants"), least=0, of_counsellors=True
    ),
    ("counsellor_caseload", "active_per_counsellor"): _Ground(
        _populations("active_at_year_end"), least=0, of_counsellors=True
    ),
}
