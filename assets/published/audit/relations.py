"""How the numbers of a publication add up, written from their definitions.

What always holds is told apart from ties, which hold only where nobody was in the programme twice
at a time (or where a reader would suppose so). What follows from it all is worked out elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from assets.published.audit.cells import (
    FLOWS,
    GROUPS,
    PARTITIONS,
    Partition,
    Quantity,
    Reading,
    categories,
    in_month,
    in_quarter,
    outcome,
    outcome_group,
    population,
    rest,
)
from assets.vocabulary import REST, TOTAL, vocabulary

GENDERS = vocabulary().code_list("gender").names
MARGINS = (*GENDERS, TOTAL)
MONTHS = range(1, 13)
QUARTERS = range(1, 5)

WAITING = "waiting"
"""Referrals that wait for their start at the end of a period: bound by others, told by no table."""

_NEEDED_ELSEWHERE = frozenset({"exit_outcomes", "referral_benefits"})
"""Divisions whose categories stand in other tables too, also where they are not printed."""


@dataclass(frozen=True)
class Relation:
    """`low` <= the sum of coefficient times quantity <= `high`; None is no bound."""

    terms: tuple[tuple[Quantity, int], ...]
    low: int | None = 0
    high: int | None = 0


def always(
    reading: Reading, years: Collection[int], named: Mapping[Quantity, frozenset[str]]
) -> Iterator[Relation]:
    """What holds of every register, for the years that `reading` prints among `years`.

    `named` are the categories that are known of each division with an open list, from this
    publication or another one.
    """
    printed = _printed(reading)
    for year in sorted(years):
        yield from _genders(year)
        yield from _persons(year)
        yield from _waiting(year, by_quarter="quarterly_flow" in printed[year])
        for partition in PARTITIONS.values():
            yield from _division(partition, year, reading, named)
        yield from _outcomes(year, reading)
        if {"caseload", "quarterly_flow"} & printed[year].keys():
            yield from _periods(year)
        yield from _subsets(year, printed[year])
    for year in {year - 1 for year in years} - set(years):
        yield _by_gender(partial(population, year, "active_at_year_end"))


def ties(
    reading: Reading, years: Collection[int], first_year: int, tied_years: Collection[int] | None
) -> Iterator[tuple[Relation, ...]]:
    """What a reader may suppose beside, one supposition at a time, the likeliest first.

    In `tied_years` nobody is active on two referrals at once, as the publication itself says, so
    that who is active follows from who came and went. Persons may always come back in one year,
    and be one participant. Where it says nothing, None, a reader may suppose both of every year.
    That the programme began in `first_year`, the first of any publication, is the last supposition.
    """
    printed = _printed(reading)
    tied = sorted(set(years) if tied_years is None else set(years) & set(tied_years))
    for year in sorted(years):
        yield from _whole_lists(year, reading)
    for year in tied:
        yield from _yearly_flow(year)
    for year in sorted(years) if tied_years is None else ():
        yield from _each_once(year)
    for year in sorted(years):
        for row in printed[year].get("activities", ()):
            whole = population(year, "participants", str(row[-1]))
            yield (_less(whole, row, "without"),)
    for year in tied:
        if {"caseload", "quarterly_flow"} & printed[year].keys():
            yield from ((_monthly_flow(year, month),) for month in MONTHS)
    if first_year in years:
        yield from _beginning(first_year)


def _printed(reading: Reading) -> Mapping[int, Mapping[str, list[Quantity]]]:
    """The printed quantities by year and table, in an order that does not hang on that of rows."""
    printed: dict[int, dict[str, list[Quantity]]] = defaultdict(lambda: defaultdict(list))
    for cell in reading.cells:
        if cell.quantity is not None:
            printed[cell.year][cell.table].append(cell.quantity)
    for tables in printed.values():
        for quantities in tables.values():
            quantities.sort(key=str)
    return printed


def _sum(whole: Quantity, parts: Iterable[Quantity]) -> Relation:
    return Relation(((whole, 1), *((part, -1) for part in parts)))


def _at_least(larger: Iterable[Quantity], smaller: Iterable[Quantity]) -> Relation:
    terms = (*((quantity, 1) for quantity in larger), *((quantity, -1) for quantity in smaller))
    return Relation(terms, 0, None)


def _less(whole: Quantity, part: Quantity, name: str) -> Relation:
    """`part` is some of `whole`; the others are a number that exists and is not printed."""
    return _sum(whole, [part, (*part, name)])


def _genders(year: int) -> Iterator[Relation]:
    for name in vocabulary().code_list("population").names:
        yield _by_gender(partial(population, year, name))


def _waiting(year: int, by_quarter: bool) -> Iterator[Relation]:
    """Who was referred has started, did not turn up, or waits; nobody comes without a referral."""
    for gender in MARGINS:
        came = [population(year, name, gender) for name in ("started", "no_shows")]
        referred = population(year, "referred", gender)
        yield _queue((year - 1, WAITING, gender), referred, came, (year, WAITING, gender))
    if by_quarter:
        ends = [(year, WAITING, f"quarter {quarter}") for quarter in range(1, 4)]
        queue: list[Quantity] = [(year - 1, WAITING, TOTAL), *ends, (year, WAITING, TOTAL)]
        for quarter, (before, after) in enumerate(pairwise(queue), start=1):
            came = [in_quarter(year, quarter, name) for name in ("started", "no_shows")]
            yield _queue(before, in_quarter(year, quarter, "referred"), came, after)


def _queue(
    before: Quantity, joined: Quantity, left: Sequence[Quantity], after: Quantity
) -> Relation:
    return Relation(((before, 1), (joined, 1), *((one, -1) for one in left), (after, -1)))


def _persons(year: int) -> Iterator[Relation]:
    """Persons against records: who takes part came from before or started, stays or has left."""
    for gender in MARGINS:
        start, end, new, left = _stock(year, gender)
        flow = {name: population(year, name, gender) for name in FLOWS}
        whole = population(year, "participants", gender)
        yield _sum(whole, [start, new])
        yield _sum(whole, [end, left])
        yield _at_least([flow["started"], flow["no_shows"]], [new])
        yield _at_least([flow["planned_exits"], flow["dropouts"], flow["no_shows"]], [left])
        yield _at_least([start, flow["started"]], [end])
        yield _at_least([end, flow["planned_exits"], flow["dropouts"]], [start])
    lost = _lost(year)
    remaining = (year, "key_figures", "participants_without_dropouts")
    yield _sum(population(year, "participants"), [remaining, lost])
    yield _at_least([population(year, "dropouts"), population(year, "no_shows")], [lost])


def _stock(year: int, gender: str) -> tuple[Quantity, Quantity, Quantity, Quantity]:
    """Active before and after the year; participants not active before, and not active after."""
    whole = population(year, "participants", gender)
    return (
        population(year - 1, "active_at_year_end", gender),
        population(year, "active_at_year_end", gender),
        (*whole, "not active the year before"),
        (*whole, "not active at year end"),
    )


def _lost(year: int) -> Quantity:
    return (year, "key_figures", "participants", "with dropout or no-show")


def _division(
    partition: Partition,
    year: int,
    reading: Reading,
    named: Mapping[Quantity, frozenset[str]],
) -> Iterator[Relation]:
    divisions = {key for key in reading.listed if key[:2] == (year, partition.table)}
    is_needed = partition.table in _NEEDED_ELSEWHERE
    if is_needed:
        divisions.add((year, partition.table))
    for division in sorted(divisions, key=str):
        listed = reading.listed.get(division, frozenset())
        is_folded = division in reading.folded
        # Where the total stands alone, its categories could be any.
        if listed or is_folded or is_needed:
            closed = categories(partition, division)
            unlisted = frozenset(named[division] if closed is None else closed) - listed
            yield from _columns(partition, division, listed, unlisted, is_folded)
            if partition.by_gender:
                yield from _lines(division, listed, unlisted, is_folded)


def _columns(
    partition: Partition,
    division: Quantity,
    listed: frozenset[str],
    unlisted: frozenset[str],
    is_folded: bool,
) -> Iterator[Relation]:
    """Categories add up, for each gender; those that are not listed are what `rest` holds."""
    is_closed = categories(partition, division) is not None
    margins: tuple[str | None, ...] = MARGINS if partition.by_gender else (None,)
    for gender in margins:
        of_gender = () if gender is None else (gender,)
        parts = [(*division, category, *of_gender) for category in sorted(listed)]
        others = [(*division, category, *of_gender) for category in sorted(unlisted)]
        if is_folded:
            folded = rest(division, listed, gender)
            beyond = [] if is_closed else [(*division, "never listed", *of_gender)]
            yield _sum(folded, [*others, *beyond])
            parts.append(folded)
        elif is_closed:
            parts += others
        yield _sum(partition.set_of(division, gender), parts)


def _lines(
    division: Quantity, listed: frozenset[str], unlisted: frozenset[str], is_folded: bool
) -> Iterator[Relation]:
    """Genders add up, for each category."""
    for category in sorted(listed | unlisted):
        yield _by_gender(_row((*division, category)))
    if is_folded:
        yield _by_gender(lambda gender: rest(division, listed, gender))


def _row(quantity: Quantity) -> Callable[[str], Quantity]:
    return lambda gender: (*quantity, gender)


def _by_gender(quantity: Callable[[str], Quantity]) -> Relation:
    return _sum(quantity(TOTAL), [quantity(gender) for gender in GENDERS])


def _outcomes(year: int, reading: Reading) -> Iterator[Relation]:
    """Outcomes add up to groups, groups to targets; who reached no target is not printed."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for entry in vocabulary().code_list("outcome").codes:
        by_group[entry.attributes["outcome_group"]].append(entry.code)
    for group, codes in by_group.items():
        yield _sum(outcome_group(year, group), [outcome(year, code) for code in codes])
    division = (year, GROUPS)
    if division in reading.folded:
        listed = reading.listed[division]
        unlisted = [outcome_group(year, group) for group in by_group if group not in listed]
        yield _sum(rest(division, listed, None), unlisted)
    planned = population(year, "planned_exits")
    by_target: dict[str, list[str]] = defaultdict(list)
    for entry in vocabulary().code_list("outcome_group").codes:
        by_target[entry.attributes["target"]].append(entry.code)
    by_target.pop("", None)
    reached = [(year, "target_attainment", target) for target in by_target]
    for target, groups in by_target.items():
        number = (year, "target_attainment", target)
        yield _sum(number, [outcome_group(year, group) for group in groups])
        yield _sum(planned, [number, (*number, "not reached")])
    yield _sum(planned, [*reached, (year, "target_attainment", "no target")])


def _periods(year: int) -> Iterator[Relation]:
    active = [in_month(year, month, "active") for month in MONTHS]
    before = population(year - 1, "active_at_year_end")
    for month, (first, last) in enumerate(pairwise([before, *active]), start=1):
        flow = {name: in_month(year, month, name) for name in FLOWS}
        yield _at_least([first, flow["started"]], [last])
        yield _at_least([last, flow["planned_exits"], flow["dropouts"]], [first])
        yield _at_least([population(year, "participants")], [last])
    for name in FLOWS:
        months = [in_month(year, month, name) for month in MONTHS]
        yield _sum(population(year, name), months)
        for quarter in QUARTERS:
            of_quarter = months[3 * quarter - 3 : 3 * quarter]
            yield _sum(in_quarter(year, quarter, name), of_quarter)
    referred = [in_quarter(year, quarter, "referred") for quarter in QUARTERS]
    yield _sum(population(year, "referred"), referred)


def _subsets(year: int, printed: Mapping[str, list[Quantity]]) -> Iterator[Relation]:
    """Rows that are some of another number, and rows by gender that stand alone."""
    activities = {(*row[:3],) for row in printed.get("activities", ())}
    for row in sorted(activities, key=str):
        yield _by_gender(_row(row))
    work = outcome_group(year, "work")
    for row in printed.get("work_exit_activities", ()):
        if row[-1] != REST:
            yield _less(work, row, "without")
    followed_up = (year, "job_retention", "followed_up")
    yield _less(work, followed_up, "not")
    yield _less(followed_up, (year, "job_retention", "still_employed"), "not")
    for row in printed.get("survey_response", ()):
        if row[-1] == "invited":
            yield _less(row, (*row[:-1], "answered"), "not")


def _whole_lists(year: int, reading: Reading) -> Iterator[tuple[Relation, ...]]:
    """A group that is not listed had nobody; of those that were folded, two had somebody."""
    groups = (year, GROUPS)
    if reading.listed.get(groups) and groups not in reading.folded:
        codes = vocabulary().code_list("outcome_group").names
        absent = [group for group in codes if group not in reading.listed[groups]]
        yield tuple(Relation(((outcome_group(year, group), 1),)) for group in absent)
    for division in sorted(reading.folded, key=str):
        partition = PARTITIONS.get(str(division[1]))
        if division[0] == year and partition is not None:
            unlisted = frozenset(categories(partition, division) or ()) - reading.listed[division]
            of_all = (TOTAL,) if partition.by_gender else ()
            folded = [(*division, category, *of_all) for category in sorted(unlisted)]
            if len(folded) == 2:
                yield tuple(Relation(((quantity, 1),), 1, None) for quantity in folded)


def _yearly_flow(year: int) -> Iterator[tuple[Relation, ...]]:
    for gender in (TOTAL, *GENDERS):
        start, end, _, _ = _stock(year, gender)
        started, planned, dropouts, _ = (population(year, name, gender) for name in FLOWS)
        yield (Relation(((end, 1), (start, -1), (started, -1), (planned, 1), (dropouts, 1))),)


def _each_once(year: int) -> Iterator[tuple[Relation, ...]]:
    """Nobody came or left twice in the year, so that persons are as many as records."""
    for gender in (TOTAL, *GENDERS):
        _, _, new, left = _stock(year, gender)
        started, planned, dropouts, no_shows = (population(year, name, gender) for name in FLOWS)
        yield (_sum(new, [started, no_shows]),)
        yield (_sum(left, [planned, dropouts, no_shows]),)
    yield (_sum(_lost(year), [population(year, "dropouts"), population(year, "no_shows")]),)


def _beginning(year: int) -> Iterator[tuple[Relation, ...]]:
    """Nobody was active before the first year, and nobody waited."""
    active = [population(year - 1, "active_at_year_end", gender) for gender in MARGINS]
    for nobody in (active, [(year - 1, WAITING, gender) for gender in MARGINS]):
        yield tuple(Relation(((quantity, 1),)) for quantity in nobody)


def _monthly_flow(year: int, month: int) -> Relation:
    last = in_month(year, month, "active")
    first = (
        population(year - 1, "active_at_year_end")
        if month == 1
        else in_month(year, month - 1, "active")
    )
    started, planned, dropouts, _ = (in_month(year, month, name) for name in FLOWS)
    return Relation(((last, 1), (first, -1), (started, -1), (planned, 1), (dropouts, 1)))
