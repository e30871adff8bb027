"""Rows that no table may have: those that divide a withheld number or put all in one category.

A zero in a division is always shown. So a withheld number may not be divided at all, and a
sensitive list may not show that a whole population is in one of its categories. What follows from
the numbers is worked out elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from assets.disclosure.audit.quantities import (
    GROUPS,
    PARTITIONS,
    WORK,
    Partition,
    in_quarter,
    outcome_group,
    population,
)
from assets.disclosure.inference.cells import Cell, Quantity, Reading
from assets.disclosure.inference.promises import Breach, Promise
from assets.vocabulary import HIDDEN, TOTAL, vocabulary

_GENDERS = vocabulary().code_list("gender").names

_OF_PLANNED_EXITS = frozenset(
    {
        (GROUPS, "n"),
        ("target_attainment", "n"),
        ("target_attainment", "base"),
        ("key_figures", "work_exits"),
    }
)
_OF_REFERRED = frozenset({("benefit_target", "n"), ("benefit_target", "base")})
_OF_WORK_EXITS = frozenset(
    {
        ("job_retention", "work_exits"),
        ("job_retention", "followed_up"),
        ("job_retention", "still_employed"),
        ("work_exit_activities", "n"),
    }
)


def undivided(
    reading: Reading, known: Mapping[Quantity, int], sensitive: Collection[str]
) -> Iterator[Breach]:
    """Yield the rows that divide a number not shown, or show that all are in one category.

    `known` are the numbers of people that the publication shows, `sensitive` the names of the
    code lists in which no category may hold all of a population.
    """
    hidden = {cell.quantity for cell in reading.cells if cell.status == HIDDEN}
    for cell in reading.cells:
        if cell.quantity is None:
            continue
        wholes = list(_divided_by(cell))
        if (
            not all(whole in known for whole in wholes)
            or _is_month_of_hidden_quarter(cell, hidden)
            or _tells_of_all(cell, known, sensitive)
        ):
            yield Breach(cell.table, cell.year, Promise.ZERO, cell.where)


def _divided_by(cell: Cell) -> Iterator[Quantity]:
    """The numbers that must be shown for this row to be allowed."""
    gender = str(cell.at.get("gender", TOTAL))
    if cell.table in PARTITIONS:
        yield from _of_partition(PARTITIONS[cell.table], cell, gender)
    elif cell.table == "activities":
        yield from _of_activity(cell, gender)
    elif cell.table == "gender_split":
        if gender != TOTAL:
            yield population(cell.year, str(cell.at["population"]))
    elif cell.table in ("caseload", "quarterly_flow"):
        if cell.measure != "active":
            yield population(cell.year, cell.measure)
    else:
        yield from _of_measure(cell)


def _of_activity(cell: Cell, gender: str) -> Iterator[Quantity]:
    yield population(cell.year, "participants")
    if gender != TOTAL:
        yield (*(cell.quantity or ())[:-1], TOTAL)
        yield from (population(cell.year, "participants", one) for one in _GENDERS)


def _of_measure(cell: Cell) -> Iterator[Quantity]:
    name = (cell.table, str(cell.at.get("figure", cell.measure)))
    if name == ("survey_response", "answered"):
        yield (*(cell.quantity or ())[:-1], "invited")
    elif name in _OF_PLANNED_EXITS:
        yield population(cell.year, "planned_exits")
    elif name in _OF_REFERRED:
        yield population(cell.year, "referred")
    elif name in _OF_WORK_EXITS:
        yield outcome_group(cell.year, WORK)
        if cell.measure == "still_employed":
            yield (cell.year, "job_retention", "followed_up")


def _of_partition(partition: Partition, cell: Cell, gender: str) -> Iterator[Quantity]:
    division = _division(partition, cell)
    whole = partition.set_of(division, TOTAL)
    # The total of a project, and that of the transition cases, are in no other table.
    if whole != cell.quantity or whole[1] != partition.table:
        yield whole
    if gender != TOTAL:
        yield from (partition.set_of(division, one) for one in _GENDERS)
        if cell.at[partition.category] != TOTAL:
            yield (*(cell.quantity or ())[:-1], TOTAL)


def _division(partition: Partition, cell: Cell) -> Quantity:
    return (cell.year, partition.table, *(cell.at[name] for name in partition.within))


def _is_month_of_hidden_quarter(cell: Cell, hidden: Collection[Quantity | None]) -> bool:
    if cell.table != "caseload" or cell.measure == "active":
        return False
    quarter = (int(cell.at["month"]) + 2) // 3
    return in_quarter(cell.year, quarter, cell.measure) in hidden


def _tells_of_all(cell: Cell, known: Mapping[Quantity, int], sensitive: Collection[str]) -> bool:
    """Whether the row's category holds all of a population, or all of one gender of it."""
    of_list, whole = _category_of(cell)
    number = known.get(cell.quantity or ())
    return of_list in sensitive and bool(number) and number == known.get(whole)


def _category_of(cell: Cell) -> tuple[str | None, Quantity]:
    """The code list of the row's category, if any, and the set that the row divides."""
    planned = population(cell.year, "planned_exits")
    if cell.table in PARTITIONS:
        partition = PARTITIONS[cell.table]
        division = _division(partition, cell)
        gender = str(cell.at["gender"]) if partition.by_gender else None
        name = _list_of(partition, division)
        is_code = name is not None and cell.at[partition.category] in (
            vocabulary().code_list(name).names
        )
        return (name if is_code else None), partition.set_of(division, gender)
    if cell.table == "benefit_target" and cell.measure == "n":
        return "benefit", population(cell.year, "referred")
    if cell.table == "target_attainment" and cell.measure == "n":
        return "outcome_group", planned
    if (cell.quantity or ())[1:2] == (GROUPS,):
        return "outcome_group", planned
    return None, planned


def _list_of(partition: Partition, division: Quantity) -> str | None:
    table = vocabulary().table(f"marts.{partition.table}")
    column = table.column(partition.category)
    if not column.codes_by:
        return column.codes
    by = table.column(column.codes_by).codes or ""
    return vocabulary().code_list(by)[str(division[-1])].attributes["codes"]
