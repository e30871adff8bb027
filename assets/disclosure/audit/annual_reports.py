"""The figures of NorA's own annual reports, as a reader may use them.

A count, or a sum of counts, is known exactly; a share is known up to its rounding; a rank gives an
order. A figure that its report contradicts gives nothing. Printed persons include no-shows, so the
participants of the open publication are at most as many.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from assets.disclosure.audit.quantities import PARTITIONS, population, quantity_of
from assets.disclosure.inference.cells import Quantity, Reading
from assets.disclosure.inference.statements import Relation, Supposition, Terms, at_least
from assets.vocabulary import TOTAL, vocabulary

_REFERENCE = Path(__file__).parents[2] / "reference"
_KEY = ("report", "section", "figure", "breakdown", "unit")

_ENOUGH = 5
"""With this many equal numbers, a report and a publication are taken to be of the same records."""

_PERSONS = ("participants", "participants_without_dropouts")
_WITH_NO_SHOWS = frozenset({"country_of_origin", "age_bands", "participant_background"})
"""Tables whose printed participants include no-shows."""


@dataclass(frozen=True)
class Figure:
    """One printed figure: its number, the rows that answer it, and the rows that it is a share of.

    `base` is None where the share is of everyone in the table.
    """

    year: int
    table: str
    measure: str
    number: int
    rounding: str
    categories: Mapping[str, Sequence[str]]
    base: Mapping[str, Sequence[str]] | None


@cache
def figures() -> tuple[Figure, ...]:
    """Return the printed figures that count people and that no report contradicts."""
    answers = {tuple(row[name] for name in _KEY): row for row in _rows("figure_answers.csv")}
    found = []
    for printed in _rows("printed_figures.csv"):
        answer = answers[tuple(printed[name] for name in _KEY)]
        if answer["mart"] and not answer["also_printed"] and answer["rounding"] != "share":
            base = answer["base_categories"]
            found.append(
                Figure(
                    year=int(answer["answer_year"]),
                    table=answer["mart"],
                    measure=answer["answer_measure"],
                    number=int(printed["value"]),
                    rounding=answer["rounding"],
                    categories=_named(answer["categories"]),
                    base=None if base == "*" else _named(base),
                )
            )
    return tuple(found)


def believed(readings: Sequence[tuple[Reading, Mapping[Quantity, int]]]) -> tuple[Figure, ...]:
    """Return the figures of the years in which enough of them are shown as they were printed.

    `readings` come with the numbers that they show. A report whose numbers the publication does not
    show is of other records, and gives its reader nothing about these.
    """
    agreeing = Counter(
        year
        for reading, numbers in readings
        for year in {quantity[0] for quantity in numbers}
        for of, number in counts(reading, int(year), figures())
        if number and len(of) == 1 and numbers.get(of[0]) == number
    )
    return tuple(figure for figure in figures() if agreeing[figure.year] >= _ENOUGH)


def _rows(name: str) -> list[dict[str, str]]:
    with open(_REFERENCE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _named(text: str) -> dict[str, list[str]]:
    """The values named for each dimension: `gender=male|outcome=A`."""
    named: dict[str, list[str]] = {}
    for part in filter(None, text.split("|")):
        dimension, _, value = part.partition("=")
        named.setdefault(dimension, []).append(value)
    return named


def counts(
    reading: Reading, year: int, of: Iterable[Figure]
) -> Iterator[tuple[tuple[Quantity, ...], int]]:
    """The printed numbers of people, with the quantities that add up to each.

    Numbers of persons are left out: in print they include no-shows.
    """
    for figure in of:
        is_of_others = figure.table == "key_figures" and figure.categories["figure"][0] in _PERSONS
        if figure.year == year and figure.rounding == "sum" and not is_of_others:
            counted = _counted(figure, reading)
            if counted:
                yield tuple(counted), figure.number


def told(reading: Reading, year: int, of: Sequence[Figure]) -> Iterator[Supposition]:
    """The relations of the figures of one year, each figure as a supposition of its own."""
    mine = [figure for figure in of if figure.year == year]
    for figure in mine:
        if figure.rounding == "rank":
            relations = list(_order(figure, reading, mine))
        elif figure.table == "key_figures" and figure.categories["figure"][0] in _PERSONS:
            relations = list(_persons(figure))
        else:
            relations = list(_number(figure, reading))
        if relations:
            yield Supposition(tuple(relations), is_certain=True)


def _counted(figure: Figure, reading: Reading) -> list[Quantity]:
    return _quantities(figure, figure.categories, reading)


def _quantities(
    figure: Figure, named: Mapping[str, Sequence[str]], reading: Reading
) -> list[Quantity]:
    """The rows of the publication that add up to the values named; none if they count no people."""
    dimensions = vocabulary().table(f"marts.{figure.table}").dimensions
    values = [named.get(dimension, [TOTAL]) for dimension in dimensions]
    found = []
    for row in product(*values):
        at = dict(zip(dimensions, row, strict=True))
        measure = "value" if figure.table == "key_figures" else figure.measure
        quantity = quantity_of(figure.table, figure.year, at, measure, reading.listed)
        if quantity is not None:
            found.append(quantity)
    return found


def _number(figure: Figure, reading: Reading) -> Iterator[Relation]:
    counted: Terms = tuple((one, 1) for one in _counted(figure, reading))
    if not counted:
        return
    if figure.rounding == "sum":
        yield Relation(counted, figure.number, figure.number)
        return
    whole = _base(figure, reading)
    part: Terms = tuple((one, 200) for one, _ in counted)
    if figure.rounding == "half_up":
        lowest, highest, beyond = 2 * figure.number - 1, 2 * figure.number + 1, 0
    else:
        # Shares rounded together to 100 go up or down, and never by a whole point.
        lowest, highest, beyond = 2 * figure.number - 2, 2 * figure.number + 2, 1
    yield Relation((*part, *((one, -lowest) for one in whole)), beyond, None)
    yield Relation((*part, *((one, -highest) for one in whole)), None, -1)


def _base(figure: Figure, reading: Reading) -> list[Quantity]:
    if figure.base is not None:
        return _quantities(figure, figure.base, reading)
    partition = PARTITIONS.get(figure.table)
    if partition is not None:
        return [partition.set_of((figure.year, figure.table), TOTAL)]
    if figure.table == "time_in_programme":
        return [population(figure.year, "planned_exits")]
    (dimension,) = figure.categories
    column = vocabulary().table(f"marts.{figure.table}").column(dimension)
    return _quantities(
        figure, {dimension: vocabulary().code_list(column.codes or "").names}, reading
    )


def _persons(figure: Figure) -> Iterator[Relation]:
    """Printed participants are those who took part and no-shows; or the same less dropouts."""
    took_part = population(figure.year, "participants")
    no_shows = population(figure.year, "no_shows")
    if figure.categories["figure"] == ["participants"]:
        yield Relation(((took_part, 1),), None, figure.number)
        yield Relation(((took_part, 1), (no_shows, 1)), figure.number, None)
    else:
        dropouts = population(figure.year, "dropouts")
        yield Relation(((took_part, 1),), figure.number, None)
        yield Relation(((took_part, 1), (dropouts, -1), (no_shows, -1)), None, figure.number)


def _order(figure: Figure, reading: Reading, others: Sequence[Figure]) -> Iterator[Relation]:
    """A ranked category is at least as large as the others, up to the number of no-shows.

    The others are those of its base, if it is ranked among some only.
    """
    (dimension,) = figure.categories
    above = {
        value
        for other in others
        if (other.table, other.rounding) == (figure.table, "rank") and other.number < figure.number
        for value in other.categories[dimension]
    }
    if len(above) != figure.number - 1:
        return
    slack = [population(figure.year, "no_shows")] if figure.table in _WITH_NO_SHOWS else []
    listed = reading.listed.get((figure.year, figure.table), frozenset())
    if figure.base:
        listed &= {*figure.base[dimension]}
    placed = [value for value in figure.categories[dimension] if value in listed]
    for value, other in product(placed, sorted(listed - above - {*figure.categories[dimension]})):
        larger, smaller = ((figure.year, figure.table, one, TOTAL) for one in (value, other))
        yield at_least([larger, *slack], [smaller])
