"""The relations between the numbers of a publication that always hold, by their definitions.

Further relations that a reader may suppose are in `suppositions`. What follows from all of them is
worked out elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from assets.disclosure.audit.divisions import divided
from assets.disclosure.audit.quantities import (
    FLOWS,
    GROUPS,
    MARGINS,
    WORK,
    before,
    by_gender,
    in_month,
    in_quarter,
    outcome,
    outcome_group,
    population,
    rest,
    row,
)
from assets.disclosure.inference.cells import Quantity, Reading
from assets.disclosure.inference.statements import Relation, at_least, is_sum, less
from assets.vocabulary import REST, TOTAL, vocabulary

MONTHS = range(1, 13)
QUARTERS = range(1, 5)

WAITING = "waiting"
"""Referrals that wait for their start at the end of a period: bound by others, in no table."""


def always(
    reading: Reading,
    years: Collection[int],
    named: Mapping[Quantity, frozenset[str]],
    threshold: int,
) -> Iterator[Relation]:
    """The relations that hold in every register, for the years of `years` that `reading` prints.

    `named` are the known categories of each division with an open list, from this publication or
    another one.
    """
    printed = printed_quantities(reading)
    for year in sorted(years):
        of_year = {quantity for quantities in printed[year].values() for quantity in quantities}
        yield from _genders(year)
        yield from _persons(year)
        yield from _waiting(year, by_quarter="quarterly_flow" in printed[year])
        yield from divided(year, reading, named, of_year, threshold)
        yield from _outcomes(year, reading)
        if {"caseload", "quarterly_flow"} & printed[year].keys():
            yield from _periods(year)
        yield from _subsets(year, printed[year])
        yield from _too_few_to_list(year, reading, printed[year], threshold)


def printed_quantities(reading: Reading) -> Mapping[int, Mapping[str, list[Quantity]]]:
    """The printed quantities by year and table, in an order independent of the order of rows."""
    printed: dict[int, dict[str, list[Quantity]]] = defaultdict(lambda: defaultdict(list))
    for cell in reading.cells:
        if cell.quantity is not None:
            printed[cell.year][cell.table].append(cell.quantity)
    for tables in printed.values():
        for quantities in tables.values():
            quantities.sort(key=str)
    return printed


def stock(year: int, gender: str) -> tuple[Quantity, Quantity, Quantity, Quantity]:
    """Active before and after the year; participants not active before, and not active after."""
    whole = population(year, "participants", gender)
    return (
        before(year, gender),
        population(year, "active_at_year_end", gender),
        (*whole, "not active the year before"),
        (*whole, "not active at year end"),
    )


def _genders(year: int) -> Iterator[Relation]:
    for name in vocabulary().code_list("population").names:
        yield by_gender(partial(population, year, name))
    yield by_gender(partial(before, year))


def _waiting(year: int, by_quarter: bool) -> Iterator[Relation]:
    """Each referral has started, is a no-show, or waits; nobody starts without a referral."""
    for gender in MARGINS:
        came = [population(year, name, gender) for name in ("started", "no_shows")]
        referred = population(year, "referred", gender)
        yield _queue((year - 1, WAITING, gender), referred, came, (year, WAITING, gender))
    if by_quarter:
        ends = [(year, WAITING, f"quarter {quarter}") for quarter in range(1, 4)]
        queue: list[Quantity] = [(year - 1, WAITING, TOTAL), *ends, (year, WAITING, TOTAL)]
        for quarter, (first, last) in enumerate(pairwise(queue), start=1):
            came = [in_quarter(year, quarter, name) for name in ("started", "no_shows")]
            yield _queue(first, in_quarter(year, quarter, "referred"), came, last)


def _queue(first: Quantity, joined: Quantity, left: Sequence[Quantity], last: Quantity) -> Relation:
    return Relation(((first, 1), (joined, 1), *((one, -1) for one in left), (last, -1)))


def _persons(year: int) -> Iterator[Relation]:
    """Persons and records: those who took part were active before or are new, and stay or left."""
    for gender in MARGINS:
        start, end, new, left = stock(year, gender)
        started, planned, dropouts, _ = (population(year, name, gender) for name in FLOWS)
        whole = population(year, "participants", gender)
        yield is_sum(whole, [start, new])
        yield is_sum(whole, [end, left])
        yield at_least([started], [new])
        yield at_least([planned, dropouts], [left])
        yield at_least([start, started], [end])
        yield at_least([end, planned, dropouts], [start])


def _outcomes(year: int, reading: Reading) -> Iterator[Relation]:
    """Outcomes add up to groups, and groups to targets; exits that reach no target have no row."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for entry in vocabulary().code_list("outcome").codes:
        by_group[entry.attributes["outcome_group"]].append(entry.code)
    for group, codes in by_group.items():
        yield is_sum(outcome_group(year, group), [outcome(year, code) for code in codes])
    division = (year, GROUPS)
    if division in reading.folded:
        listed = reading.listed[division]
        folded = rest(division, listed, None)
        unlisted = [outcome_group(year, group) for group in by_group if group not in listed]
        yield is_sum(folded, unlisted)
        for one in unlisted:
            yield at_least([folded], [one], by=1)
    planned = population(year, "planned_exits")
    by_target: dict[str, list[str]] = defaultdict(list)
    for entry in vocabulary().code_list("outcome_group").codes:
        by_target[entry.attributes["target"]].append(entry.code)
    by_target.pop("", None)
    reached = [(year, "target_attainment", target) for target in by_target]
    for target, groups in by_target.items():
        number = (year, "target_attainment", target)
        yield is_sum(number, [outcome_group(year, group) for group in groups])
        yield is_sum(planned, [number, (*number, "not reached")])
    yield is_sum(planned, [*reached, (year, "target_attainment", "no target")])


def _periods(year: int) -> Iterator[Relation]:
    active = [in_month(year, month, "active") for month in MONTHS]
    for month, (first, last) in enumerate(pairwise([before(year), *active]), start=1):
        flow = {name: in_month(year, month, name) for name in FLOWS}
        yield at_least([first, flow["started"]], [last])
        yield at_least([last, flow["planned_exits"], flow["dropouts"]], [first])
        yield at_least([population(year, "participants")], [last])
    for name in FLOWS:
        months = [in_month(year, month, name) for month in MONTHS]
        yield is_sum(population(year, name), months)
        for quarter in QUARTERS:
            of_quarter = months[3 * quarter - 3 : 3 * quarter]
            yield is_sum(in_quarter(year, quarter, name), of_quarter)
    referred = [in_quarter(year, quarter, "referred") for quarter in QUARTERS]
    yield is_sum(population(year, "referred"), referred)


def _subsets(year: int, printed: Mapping[str, list[Quantity]]) -> Iterator[Relation]:
    """Rows that count some of another number, and rows by gender in tables of their own."""
    activities = {(*quantity[:3],) for quantity in printed.get("activities", ())}
    for activity in sorted(activities, key=str):
        yield by_gender(row(activity))
    work = outcome_group(year, WORK)
    for quantity in printed.get("work_exit_activities", ()):
        if quantity[-1] != REST:
            yield less(work, quantity, "without")
    followed_up = (year, "job_retention", "followed_up")
    yield less(work, followed_up, "not")
    yield less(followed_up, (year, "job_retention", "still_employed"), "not")
    for quantity in printed.get("survey_response", ()):
        if quantity[-1] == "invited":
            yield less(quantity, (*quantity[:-1], "answered"), "not")


def _too_few_to_list(
    year: int, reading: Reading, printed: Mapping[str, list[Quantity]], threshold: int
) -> Iterator[Relation]:
    """A project of few candidates, or a survey that asked few, has no rows."""
    projects = {str(key[2]) for key in reading.listed if key[:2] == (year, "partner_projects")}
    large: list[Quantity] = [(year, "partner_projects", project) for project in sorted(projects)]
    large += [one for one in printed.get("survey_response", ()) if one[-1] == "invited"]
    for quantity in large:
        yield Relation(((quantity, 1),), threshold, None)
