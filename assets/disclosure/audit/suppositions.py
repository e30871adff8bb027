"""Suppositions of a reader beyond what always holds, where the numbers admit them.

Some are known, except where the records have changed since: that a year starts with the persons
that the year before ended with, which persons stay from year to year, and the printed figures. A
reader may suppose the rest. The relations that always hold are in `relations`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from assets.disclosure.audit.annual_reports import Figure, told
from assets.disclosure.audit.quantities import (
    FLOWS,
    GENDERS,
    GROUPS,
    MARGINS,
    PARTITIONS,
    before,
    categories,
    in_month,
    outcome_group,
    population,
)
from assets.disclosure.audit.relations import MONTHS, WAITING, printed_quantities, stock
from assets.disclosure.audit.staying import staying
from assets.disclosure.inference.cells import Quantity, Reading
from assets.disclosure.inference.statements import Relation, Supposition, at_least, is_sum, less
from assets.vocabulary import TOTAL, vocabulary

Ties = Mapping[int, Mapping[str, Collection[str]]]
"""By year and tie (`active`, `came`, `left`), the genders for which it is stated to hold."""

ALL_TIES: Mapping[str, Collection[str]] = dict.fromkeys(("active", "came", "left"), MARGINS)


def tied(reading: Reading, years: Collection[int], ties: Ties) -> Iterator[Relation]:
    """The relations that the manifest states between persons and records of `years`."""
    printed = printed_quantities(reading)
    for year in sorted(years):
        for gender in MARGINS:
            yield from _ties(year, gender, ties.get(year, {}))
        if TOTAL in ties.get(year, {}).get("active", ()):
            yield from _monthly(year, printed[year])


def supposed(
    reading: Reading,
    years: Collection[int],
    first_year: int,
    ties: Ties | None,
    figures: Sequence[Figure],
) -> Iterator[Supposition]:
    """Yield suppositions one at a time: first the known ones, then the likeliest.

    `figures` are those that the annual reports print. Where `ties` is None, a reader may suppose
    every tie of every year. The last supposition is that the programme began in `first_year`, the
    first year of any publication.
    """
    printed = printed_quantities(reading)
    ordered = sorted(years)
    untold = ordered if ties is None else []
    yield from (_same_stock(year, gender) for year in ordered for gender in (TOTAL, *GENDERS))
    yield from _persons(reading, ordered, printed)
    yield from chain.from_iterable(told(reading, year, figures) for year in ordered)
    yield from chain.from_iterable(_whole_lists(year, reading) for year in ordered)
    for year in untold:
        for gender in (TOTAL, *GENDERS):
            yield from _each(_ties(year, gender, ALL_TIES))
    for year in ordered:
        yield from _each(_activities(year, printed[year]))
    for year in untold:
        yield from _each(_monthly(year, printed[year]))
    if first_year in years:
        yield from _beginning(first_year)


def _each(relations: Iterable[Relation]) -> Iterator[Supposition]:
    return (Supposition((relation,)) for relation in relations)


def _persons(
    reading: Reading,
    years: Sequence[int],
    printed: Mapping[int, Mapping[str, Sequence[Quantity]]],
) -> Iterator[Supposition]:
    of_year = {year: set(chain.from_iterable(printed[year].values())) for year in years}
    for year in years:
        if year - 1 in of_year:
            yield from staying(reading, year, of_year)


def _activities(year: int, printed: Mapping[str, Sequence[Quantity]]) -> Iterator[Relation]:
    """Persons with an activity take part, unless the activity outlasts the participation.

    Persons who left to work with an activity had it, if they had it in that year.
    """
    for activity in printed.get("activities", ()):
        yield less(population(year, "participants", str(activity[-1])), activity, "without")
    for left in printed.get("work_exit_activities", ()):
        had_it = (year, "activities", left[-1], TOTAL)
        if had_it in printed.get("activities", ()):
            yield less(had_it, left, "others")


def _same_stock(year: int, gender: str) -> Supposition:
    """A year starts with the persons that the year before ended with, unless corrected since."""
    end, start = population(year - 1, "active_at_year_end", gender), before(year, gender)
    return Supposition((is_sum(end, [start]),), is_certain=True, same=(start, end))


def _ties(year: int, gender: str, ties: Mapping[str, Collection[str]]) -> Iterator[Relation]:
    start, end, new, left = stock(year, gender)
    started, planned, dropouts, _ = (population(year, name, gender) for name in FLOWS)
    if gender in ties.get("active", ()):
        # Nobody is active on two referrals at once.
        yield Relation(((end, 1), (start, -1), (started, -1), (planned, 1), (dropouts, 1)))
    if gender in ties.get("came", ()):
        # Nobody came twice in the year, or came back.
        yield is_sum(new, [started])
    if gender in ties.get("left", ()):
        yield is_sum(left, [planned, dropouts])


def _monthly(year: int, printed: Mapping[str, Sequence[Quantity]]) -> Iterator[Relation]:
    if not {"caseload", "quarterly_flow"} & printed.keys():
        return
    for month in MONTHS:
        last = in_month(year, month, "active")
        first = before(year) if month == 1 else in_month(year, month - 1, "active")
        started, planned, dropouts, _ = (in_month(year, month, name) for name in FLOWS)
        yield Relation(((last, 1), (first, -1), (started, -1), (planned, 1), (dropouts, 1)))


def _whole_lists(year: int, reading: Reading) -> Iterator[Supposition]:
    """An outcome group that is not listed is empty; if two categories are folded, neither is."""
    groups = (year, GROUPS)
    if reading.listed.get(groups) and groups not in reading.folded:
        codes = vocabulary().code_list("outcome_group").names
        absent = [group for group in codes if group not in reading.listed[groups]]
        yield Supposition(tuple(Relation(((outcome_group(year, one), 1),)) for one in absent))
    for division in sorted(reading.folded, key=str):
        partition = PARTITIONS.get(str(division[1]))
        if division[0] == year and partition is not None:
            unlisted = frozenset(categories(partition, division) or ()) - reading.listed[division]
            of_all = (TOTAL,) if partition.by_gender else ()
            folded = [(*division, category, *of_all) for category in sorted(unlisted)]
            if len(folded) == 2:
                yield Supposition(tuple(at_least([quantity], (), by=1) for quantity in folded))


def _beginning(year: int) -> Iterator[Supposition]:
    """Nobody was active before the first year, and nobody waited."""
    active = [before(year, gender) for gender in MARGINS]
    for nobody in (active, [(year - 1, WAITING, gender) for gender in MARGINS]):
        yield Supposition(tuple(Relation(((quantity, 1),)) for quantity in nobody))
