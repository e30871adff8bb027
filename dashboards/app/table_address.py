"""The choices of a reader's own table in an address, and the form that makes such an address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assets.vocabulary import Table, vocabulary
from dashboards.app import app_words, table_words
from dashboards.app.address import AddressError, Query, one
from dashboards.app.table_layout import (
    OF_COLUMN,
    OF_ROW,
    Layout,
    axes,
    can_be_columns,
    can_be_shown,
    choosable,
    label,
    layout,
    marts,
    usual_rows,
    ways_to_share,
    years,
)
from dashboards.publication import Publication

MART, ROWS, COLUMNS, YEARS, SHARES = "tabell", "rad", "kolonne", "vis_aar", "andel"
"""The parameters of an address; each axis that is fixed at one category has its own name."""

_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Asked:
    """What an address asks for; `shares` is empty if they can not be made of what was chosen."""

    layout: Layout
    shares: str = ""
    """The shares that were asked for."""

    @property
    def is_without_its_shares(self) -> bool:
        """Whether shares were asked for that cannot be made."""
        return bool(self.shares) and not self.layout.shares

    def query(self) -> str:
        """Return the parameters as written in an address, always in the same order."""
        of = self.layout
        chosen = [(MART, of.mart.name), (ROWS, of.rows)]
        chosen += [(COLUMNS, of.columns)] if of.columns else []
        chosen += [*of.fixed, *((YEARS, str(year)) for year in of.years)]
        chosen += [(SHARES, of.shares)] if of.shares else []
        return urlencode(chosen)


@dataclass(frozen=True)
class Choice:
    """One choice of the form: its parameter, its label, and its options (value, text, chosen)."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


def asked(publication: Publication, query: Query) -> Asked:
    """Return the table that a query asks for; the first one, with the usual choices, by default.

    Raises AddressError: 404 for a mart, a year or a category that is not published, 400 for what
    cannot be read or does not go together. Parameters with other names are ignored.
    """
    mart = _mart(publication, one(query, MART))
    rows = one(query, ROWS) or usual_rows(mart)
    _known(mart, rows, can_be_shown(mart), table_words.ROWS)
    columns = one(query, COLUMNS) or ""
    if columns == rows:
        raise AddressError(400, table_words.SAME_AXIS)
    _known(mart, columns, ("", *can_be_columns(mart, rows)), table_words.COLUMNS)
    shares = one(query, SHARES) or ""
    if shares not in ("", OF_ROW, OF_COLUMN):
        raise AddressError(400, table_words.BAD_SHARE)
    chosen = {
        axis: code
        for axis in axes(mart)
        if axis not in (rows, columns) and (code := one(query, axis))
    }
    listed = choosable(publication, mart, chosen, (rows, columns))
    if any(code not in listed[axis] for axis, code in chosen.items()):
        raise AddressError(404, table_words.NO_CATEGORY)
    picked = _years(query, years(publication, mart))
    found = layout(publication, mart, rows, columns, of_years=picked, fixed=chosen, shares=shares)
    return Asked(found, shares)


def choices(publication: Publication, found: Asked) -> Iterator[Choice]:
    """The choices of a mart's form that are one of several: rows, columns, the other axes."""
    of = found.layout
    mart = of.mart
    yield _choice(mart, ROWS, table_words.ROWS, can_be_shown(mart), of.rows)
    beside = _choice(mart, COLUMNS, table_words.COLUMNS, can_be_columns(mart, of.rows), of.columns)
    bare = ("", table_words.ONLY_YEARS, not of.columns)
    yield Choice(COLUMNS, table_words.COLUMNS, (bare, *beside.options))
    fixed = dict(of.fixed)
    for axis, codes in choosable(publication, mart, fixed, (of.rows, of.columns)).items():
        if len(codes) > 1:
            options = tuple(
                (code, label(mart, axis, code, of.breakdown), code == fixed[axis]) for code in codes
            )
            yield Choice(axis, table_words.axis(mart, axis), options)


def tables(publication: Publication, found: Asked) -> Choice:
    """The choice of a mart."""
    return Choice(
        MART,
        table_words.MART,
        tuple(
            (mart.name, mart.label_nb, mart.name == found.layout.mart.name)
            for mart in marts(publication)
        ),
    )


def share_choice(found: Asked) -> Choice | None:
    """The choice of shares, where the layout has totals to make them of."""
    of = found.layout
    ways = ways_to_share(of.mart, of.rows, of.columns)
    if not ways:
        return None
    options = [("", table_words.NO_SHARE, not of.shares)]
    options += [(way, table_words.SHARE_NAMES[way], way == of.shares) for way in ways]
    return Choice(SHARES, table_words.SHARE, tuple(options))


def year_choice(publication: Publication, found: Asked) -> Choice:
    """The choice of years."""
    of = found.layout
    listed = years(publication, of.mart)
    return Choice(
        YEARS, table_words.YEARS, tuple((str(year), str(year), year in of.years) for year in listed)
    )


def _choice(mart: Table, name: str, title: str, listed: Sequence[str], chosen: str) -> Choice:
    options = tuple((axis, table_words.axis(mart, axis), axis == chosen) for axis in listed)
    return Choice(name, title, options)


def _mart(publication: Publication, name: str | None) -> Table:
    listed: Mapping[str, Table] = {mart.name: mart for mart in marts(publication)}
    if name is None and listed:
        return next(iter(listed.values()))
    if name is not None and name in listed:
        return listed[name]
    known = vocabulary().tables.get(f"marts.{name}")
    if known is not None and not publication.holds(known.name):
        raise AddressError(404, app_words.not_in_open(known.label_nb))
    raise AddressError(404, table_words.NO_TABLE)


def _known(mart: Table, axis: str, listed: Sequence[str], where: str) -> None:
    if axis not in listed:
        names = [table_words.axis(mart, name) for name in listed if name]
        raise AddressError(400, table_words.bad_axis(where, names))


def _years(query: Query, listed: Sequence[int]) -> tuple[int, ...]:
    """The years that a query names, oldest first; none if it names none."""
    texts = [text for text in query.get(YEARS, ()) if text]
    if not all(_YEAR.fullmatch(text) for text in texts):
        raise AddressError(400, app_words.BAD_YEAR)
    named = sorted({int(text) for text in texts})
    for year in named:
        if year not in listed:
            raise AddressError(404, table_words.no_year(year, listed))
    return tuple(named)
