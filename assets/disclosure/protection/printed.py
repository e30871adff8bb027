"""The numbers that NorA has printed itself: those of the annual reports, which everyone knows.

They are known also where the open publication hides them. Where the records have moved since, the
difference is a number like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from assets.disclosure.protection.linked_cells import linked_cells
from assets.disclosure.suppression.unknowns import LinkedCells, differences
from assets.reference.printed_figures import printed_figures
from assets.vocabulary import TOTAL, vocabulary

_OF_OTHERS = ("participants", "participants_without_dropouts")
"""Figures that in print include no-shows."""


@dataclass(frozen=True)
class Printed:
    """The printed numbers of one year, each by the people whose numbers add up to it.

    `agreeing` are those where the records have the same number, mostly of one people each. `moved`
    gives for the others how far the records have moved since the report was printed.
    """

    agreeing: tuple[frozenset[str], ...] = ()
    moved: Mapping[frozenset[str], int] = field(default_factory=dict)


def of_annual_reports(
    system: LinkedCells, frames: Mapping[str, pl.DataFrame], year: int
) -> Printed:
    """Return the printed numbers of `year`; none where most of them are of other records.

    `system` is made from `frames`, published frames of the year. A printed share is rounded, but
    taken to be known exactly where it agrees: that is the safe side for all others. A figure that
    its report contradicts is known only where it agrees.
    """
    figures = printed_figures().filter(
        pl.col("answer_year") == year,
        pl.col("unit").is_in(["count", "percent"]),
        pl.col("mart").is_in(list(frames)),
        ~pl.col("figure").is_in(_OF_OTHERS),
    )
    agreeing: dict[str, list[frozenset[str]]] = {"count": [], "percent": []}
    moved: dict[frozenset[str], int] = {}
    for figure in figures.iter_rows(named=True):
        frame = frames[figure["mart"]].with_row_index("row")
        of = _lines(frame, figure, figure["categories"])
        cells = system.cells.filter(
            pl.col("table") == figure["mart"], pl.col("row").is_in(of["row"].to_list())
        )
        people = frozenset(cells["people"])
        if not cells.height or cells.height != of.height:
            continue
        if _agrees(frame, of, figure):
            agreeing[figure["unit"]].append(people)
        elif figure["unit"] == "count" and figure["also_printed"] is None:
            moved[people] = int(of[_number(figure)].sum() - figure["published"])
    if 2 * sum(map(len, agreeing.values())) < figures.height:
        return Printed()
    moved = {one: n for one, n in moved.items() if one not in agreeing["count"]}
    # A share that still agrees gives less than a count that does not.
    shares = [one for one in agreeing["percent"] if one not in moved]
    return Printed((*agreeing["count"], *shares), moved)


def is_printed_otherwise(frames: Mapping[str, pl.DataFrame], year: int, threshold: int) -> bool:
    """Whether a printed population of `year` differs from the records by less than `threshold`.

    Together with the report, its total would show that few were added or erased, and the tables
    would show where; without the total there is nothing to divide up. `frames` are exact published
    frames of the year.
    """
    printed = {name: frame.with_columns(printed=pl.lit(True)) for name, frame in frames.items()}
    system = linked_cells(printed, threshold)
    return any(
        0 < abs(moved) < threshold and all(_is_population(one) for one in people)
        for people, moved in of_annual_reports(system, printed, year).moved.items()
    )


def _is_population(people: str) -> bool:
    _, table, *_, gender = people.split("|")
    return table == "gender_split" and gender == TOTAL


def with_moved(
    system: LinkedCells, moved: Mapping[frozenset[str], int], year: int, threshold: int
) -> LinkedCells:
    """Add the small differences between numbers and their printed values.

    They may not be found out, just like differences between two vintages.
    """
    names = set(system.people["people"])
    few = {
        f"{year}|since it was printed|{'+'.join(sorted(people))}": (people, n)
        for people, n in moved.items()
        if abs(n) < threshold and people <= names
    }
    if not few:
        return system
    by_how_many = pl.DataFrame(
        {"people": list(few), "n": [n for _, n in few.values()]},
        {"people": pl.String, "n": pl.Int64},
    )
    terms = [
        (name, one, sign)
        for name, (people, _) in few.items()
        for one, sign in [*((one, 1) for one in people), (name, -1)]
    ]
    return replace(
        system,
        people=pl.concat([system.people, differences(by_how_many)]).sort("people"),
        sums=pl.concat([system.sums, pl.DataFrame(terms, system.sums.schema, orient="row")]).sort(
            "sum", "people"
        ),
    )


def with_parts_of_small(
    system: LinkedCells, printed: Collection[frozenset[str]], threshold: int
) -> LinkedCells:
    """Mark as `given` the people that are part of a small number that a report prints.

    The parts of a small number are smaller still, whatever else is withheld: such people may be
    known to be few, but their number may not become certain.
    """
    people = system.people
    alone = {name for one in printed if len(one) == 1 for name in one}
    small = set(people.filter(pl.col("people").is_in(alone), pl.col("n") < threshold)["people"])
    while parts := set(people.filter(pl.col("guard").is_in(small))["people"]) - small:
        small |= parts
    given = pl.col("people").is_in(small - alone)
    return replace(system, people=people.with_columns(given=given))


def _lines(frame: pl.DataFrame, figure: Mapping[str, Any], categories: str | None) -> pl.DataFrame:
    """The rows of a printed figure: in each dimension one of the values named, else the total."""
    table = vocabulary().table(f"marts.{figure['mart']}")
    named: dict[str, list[str]] = defaultdict(list)
    for category in (categories or "").split("|"):
        dimension, _, value = category.partition("=")
        named[dimension].append(value)
    wanted = [
        pl.col(name).cast(pl.String).is_in(named.get(name, [TOTAL])) for name in table.dimensions
    ]
    if not table.is_count:
        measure = figure["answer_measure"]
        wanted.append(pl.col("measure") == measure)
    return frame.filter(*wanted)


def _agrees(frame: pl.DataFrame, of: pl.DataFrame, figure: Mapping[str, Any]) -> bool:
    number = _number(figure)
    n = of[number].sum()
    if figure["unit"] == "count":
        return bool(n == figure["published"])
    base = _lines(frame, figure, figure["base_categories"])[number].sum()
    return bool(base and abs(100 * float(n) / float(base) - figure["published"]) < 1)


def _number(figure: Mapping[str, Any]) -> str:
    return vocabulary().table(f"marts.{figure['mart']}").number
