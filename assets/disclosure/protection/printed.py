"""What NorA has printed itself: numbers of the annual reports that the records agree with.

They are known to everyone, also where they are hidden in the open publication.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from assets.disclosure.suppression.cells import LinkedCells
from assets.reference.published_figures import published_figures
from assets.vocabulary import TOTAL, vocabulary

_OF_OTHERS = ("participants", "participants_without_dropouts")
"""Figures that in print count those who never came, too."""


def printed_sums(
    system: LinkedCells, frames: Mapping[str, pl.DataFrame], year: int
) -> list[frozenset[str]]:
    """Return the people whose numbers add up to one that a report prints; mostly one alone.

    `system` is made from `frames`, published frames of `year`. A printed share is rounded, and
    still taken to be known: that is the safe side for everybody else.
    """
    figures = published_figures().filter(
        pl.col("answer_year") == year,
        pl.col("unit").is_in(["count", "percent"]),
        pl.col("mart").is_in(list(frames)),
        ~pl.col("figure").is_in(_OF_OTHERS),
    )
    agreeing = []
    for figure in figures.iter_rows(named=True):
        frame = frames[figure["mart"]].with_row_index("row")
        of = _lines(frame, figure, figure["categories"])
        cells = system.cells.filter(
            pl.col("table") == figure["mart"], pl.col("row").is_in(of["row"].to_list())
        )
        if cells.height and cells.height == of.height and _agrees(frame, of, figure):
            agreeing.append(frozenset(cells["people"]))
    # A report that says otherwise of most is of other records.
    return agreeing if 2 * len(agreeing) >= figures.height else []


def with_parts_of_small(
    system: LinkedCells, printed: Collection[frozenset[str]], threshold: int
) -> LinkedCells:
    """Say of whom only a small number is to be known, as parts of one that a report prints.

    What a small number is made of is smaller still, whatever is withheld beside it: such people are
    `given`, and only may not become certain.
    """
    people = system.people
    alone = {name for one in printed if len(one) == 1 for name in one}
    small = set(people.filter(pl.col("people").is_in(alone), pl.col("n") < threshold)["people"])
    while parts := set(people.filter(pl.col("guard").is_in(small))["people"]) - small:
        small |= parts
    given = pl.col("people").is_in(small - alone)
    return replace(system, people=people.with_columns(given=given))


def _lines(frame: pl.DataFrame, figure: Mapping[str, Any], categories: str | None) -> pl.DataFrame:
    """The rows of a printed figure: of each dimension one of the values named, else the total."""
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
    number = vocabulary().table(f"marts.{figure['mart']}").number
    n = of[number].sum()
    if figure["unit"] == "count":
        return bool(n == figure["published"])
    base = _lines(frame, figure, figure["base_categories"])[number].sum()
    return bool(base and abs(100 * float(n) / float(base) - figure["published"]) < 1)
