"""What a reader can choose for a table of their own: a mart, its axes, its years, its shares.

Everything that can be chosen is read from the publication, so that nothing else can. The words of
the page are in `table_words`, the address in `table_address`; no number is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.vocabulary import OTHER, SHOWN, TOTAL, Table, vocabulary
from assets.vocabulary.spelling import alphabet
from dashboards import words
from dashboards.figures import figure_words
from dashboards.figures.breakdown import LAST
from dashboards.publication import Publication

MEASURE = "measure"
"""The axis of a mart that has several measures."""

BREAKDOWN, VALUE, GENDER = "breakdown", "value", "gender"

OF_ROW, OF_COLUMN = "rad", "kolonne"
"""What a share is a share of, as an address says it."""

_TELLING = ("actual_share", "response_share", "remaining_share", "median_days")
"""The measures that say most of their mart; of another mart it is the first."""

_IN_TIME: Mapping[str, Callable[[int], str]] = {
    "month": lambda number: words.MONTHS[number - 1],
    "quarter": figure_words.quarter,
    "months_since_start": figure_words.months,
}
"""Dimensions whose categories are numbers that follow each other, and how each is written."""


@dataclass(frozen=True)
class Layout:
    """A table as it was chosen: years are columns, each divided by `columns` if that is not empty.

    `name` is the mart's. `fixed` has the one category of every axis that is in neither rows nor
    columns. `shares` is OF_ROW, OF_COLUMN or empty.
    """

    name: str
    rows: str
    columns: str
    years: tuple[int, ...]
    fixed: tuple[tuple[str, str], ...] = ()
    shares: str = ""

    @property
    def mart(self) -> Table:
        """The mart that it shows."""
        return vocabulary().table(f"marts.{self.name}")

    @property
    def breakdown(self) -> str | None:
        """The breakdown to which the categories of `value` belong, in a mart with several."""
        return dict(self.fixed).get(BREAKDOWN)

    def label(self, axis: str, code: str) -> str:
        """The Norwegian label of a category of an axis."""
        return label(self.mart, axis, code, self.breakdown)


def marts(publication: Publication) -> tuple[Table, ...]:
    """The marts with numbers by year that are published for the audience."""
    return tuple(
        mart
        for mart in vocabulary().layer("marts")
        if not mart.is_list and publication.holds(mart.name) and years(publication, mart)
    )


def years(publication: Publication, mart: Table) -> tuple[int, ...]:
    """The published years of which a mart has any row, oldest first."""
    held = set(publication.tables[mart.name]["year"])
    return tuple(year for year in publication.years if year in held)


def axes(mart: Table) -> tuple[str, ...]:
    """The axes of a mart: its dimensions, and its measures if it has several."""
    several = not mart.is_count and len(mart.measures) > 1
    return (*mart.dimensions, *([MEASURE] if several else ()))


def can_be_shown(mart: Table) -> tuple[str, ...]:
    """The axes that may be rows or columns.

    A breakdown may only if its categories have a total: others differ from one to the next.
    """
    return tuple(axis for axis in axes(mart) if axis != BREAKDOWN or VALUE in mart.margins)


def can_be_columns(mart: Table, rows: str) -> tuple[str, ...]:
    """The axes that may be columns beside `rows`."""
    together = {BREAKDOWN, VALUE}
    return tuple(axis for axis in can_be_shown(mart) if axis != rows and {axis, rows} != together)


def usual_rows(mart: Table) -> str:
    """The rows of a table of which nothing but the mart is chosen."""
    found = can_be_shown(mart)
    named = [axis for axis in found if axis not in (GENDER, BREAKDOWN)]
    if len(named) > 1 and named[0] in _IN_TIME:
        # What was counted, rather than when.
        counted = [axis for axis in (mart.category, VALUE) if axis in named]
        return counted[0] if counted else named[0]
    return next(iter(named or found))


def cells(publication: Publication, mart: Table) -> pl.DataFrame:
    """The published rows: year, the mart's axes by name, the number, and whether it is withheld.

    The number is in the column `number`, the other in `withheld`.
    """
    whole = publication.tables[mart.name]
    return whole.select(
        pl.col("year"),
        *(pl.col(mart.published_name(name)).alias(name) for name in mart.dimensions),
        *([] if mart.is_count else [pl.col(MEASURE)]),
        pl.col(mart.number).alias("number"),
        (pl.col("status") != SHOWN).alias("withheld"),
    ).filter(pl.col("year").is_in(publication.years))


def categories(held: pl.DataFrame, mart: Table, axis: str) -> tuple[str, ...]:
    """The categories of an axis in the rows `held` (`cells`), in the order in which they are read.

    That of the vocabulary, or of the alphabet where it lists none; those that say little last.
    """
    found = set(held[axis])
    if axis in _IN_TIME:
        return tuple(sorted(found, key=int))
    if axis == MEASURE:
        return tuple(name for name in mart.measures if name in found)
    column = mart.column(axis)
    listed: Sequence[str] | None = vocabulary().categories(mart, column)
    if listed is None or column.codes == "country":
        listed = sorted(found, key=lambda code: alphabet(label(mart, axis, code)))
    place = {code: at for at, code in enumerate(listed)}
    last = {code: at for at, code in enumerate((*LAST, TOTAL), 1)}
    return tuple(
        sorted(found, key=lambda code: (last.get(code, 0), place.get(code, len(place)), code))
    )


def choosable(
    publication: Publication, mart: Table, chosen: Mapping[str, str], shown: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Each axis that is not `shown` as rows or columns -> the categories it can be fixed at.

    `chosen` has the categories chosen so far: that of a breakdown decides on those of its values.
    """
    found: dict[str, tuple[str, ...]] = {}
    held = cells(publication, mart)
    for axis in axes(mart):
        if axis in shown:
            continue
        if axis == VALUE and BREAKDOWN in shown:
            # Every breakdown has a total, but no other category is in more than one.
            found[axis] = (TOTAL,)
            continue
        found[axis] = categories(held, mart, axis)
        if axis == BREAKDOWN:
            among = chosen.get(axis) or usual(mart, axis, found[axis])
            held = held.filter(pl.col(axis) == among)
    return found


def usual(mart: Table, axis: str, listed: Sequence[str]) -> str:
    """The category at which an axis is fixed if none is chosen: the total if there is one."""
    if TOTAL in listed:
        return TOTAL
    if axis == MEASURE:
        return next((name for name in _TELLING if name in listed), listed[0])
    return listed[-1] if axis in _IN_TIME else listed[0]


def usual_layout(publication: Publication, mart: Table) -> Layout:
    """The table of a mart of which nothing else is chosen: every year, and no other columns."""
    return layout(publication, mart, usual_rows(mart))


def layout(
    publication: Publication,
    mart: Table,
    rows: str,
    columns: str = "",
    *,
    of_years: tuple[int, ...] = (),
    fixed: Mapping[str, str] | None = None,
    shares: str = "",
) -> Layout:
    """Return the table with these choices, and the usual ones for the rest.

    The choices must be among those that can be chosen; shares that cannot be made are left out.
    """
    picked = fixed or {}
    listed = choosable(publication, mart, picked, (rows, columns))
    return Layout(
        mart.name,
        rows,
        columns,
        of_years or years(publication, mart),
        tuple(
            (axis, picked.get(axis) or usual(mart, axis, codes)) for axis, codes in listed.items()
        ),
        shares if shares in ways_to_share(mart, rows, columns) else "",
    )


def overlaps(mart: Table) -> bool:
    """Whether one person may be counted in several categories, which then have no total."""
    return bool(mart.divides) and mart.is_count and not mart.category


def ways_to_share(mart: Table, rows: str, columns: str) -> tuple[str, ...]:
    """What the shares of a table can be shares of: an axis with published totals, within a year."""
    if not mart.is_count or overlaps(mart):
        return ()
    return tuple(
        way for way, axis in ((OF_COLUMN, rows), (OF_ROW, columns)) if axis in mart.margins
    )


def label(mart: Table, axis: str, code: str, breakdown: str | None = None) -> str:
    """The Norwegian label of a category of an axis; a name that somebody typed is its own label."""
    if axis == MEASURE:
        return mart.column(code).label_nb
    if axis == GENDER and code in words.GENDERS:
        return words.GENDERS[code]
    if axis in _IN_TIME:
        return _IN_TIME[axis](int(code))
    column = mart.column(axis)
    if column.codes or column.codes_by or code in (TOTAL, OTHER):
        return vocabulary().label(mart, axis, code, breakdown)
    return _label_elsewhere(breakdown, code) if breakdown else code


def _label_elsewhere(breakdown: str, code: str) -> str:
    """The label of a category of a mart that is split by columns of others, as took_part is."""
    of = vocabulary().columns.get(breakdown)
    listed = vocabulary().code_list(of.codes) if of is not None and of.codes else None
    if listed is not None and code in listed.names:
        return listed[code].label_nb
    aggregate = vocabulary().code_list("aggregate")
    return aggregate[code].label_nb if code in aggregate.names else aggregate[TOTAL].label_nb
