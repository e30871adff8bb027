"""What a reader's own table must hold, worked out from the published rows by other code than the app's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from assets.vocabulary import HIDDEN, TOTAL, Table
from dashboards import words
from dashboards.app import table_words
from dashboards.app.own_table import OwnTable
from dashboards.app.table_layout import (
    MEASURE,
    OF_COLUMN,
    OF_ROW,
    Layout,
    can_be_columns,
    can_be_shown,
    choosable,
    layout,
)
from dashboards.publication import Publication
from dashboards.report.tables import Cell

SIGNS = {words.HIDDEN, words.NOTHING, table_words.UNPUBLISHED}

Published = dict[tuple[str, ...], tuple[float | None, str]]
"""The categories of a mart's axes, the year first -> the number and its status."""


def read_rows(publication: Publication, mart: Table) -> Published:
    columns = list(map(mart.published_name, mart.dimensions))
    columns += [] if mart.is_count or len(mart.measures) == 1 else [MEASURE]
    found: Published = {}
    for row in publication.tables[mart.name].iter_rows(named=True):
        key = (str(row["year"]), *(row[name] for name in columns))
        assert key not in found
        found[key] = (row[mart.number], row["status"])
    return found


def names_of(mart: Table) -> list[str]:
    several = not mart.is_count and len(mart.measures) > 1
    return [*mart.dimensions, *([MEASURE] if several else [])]


def key_of(of: Layout, year: int, row: str, column: str) -> tuple[str, ...]:
    chosen = {of.columns: column, of.rows: row, **dict(of.fixed)}
    return (str(year), *(chosen[name] for name in names_of(of.mart)))


def codes(of: Layout, axis: str, rows: Published) -> dict[str, str]:
    """Label -> code of the categories of an axis that the rows of the layout have."""
    names = ["year", *names_of(of.mart)]
    fixed = {names.index(name): code for name, code in of.fixed}
    found = {
        key[names.index(axis)]
        for key in rows
        if all(key[place] == code for place, code in fixed.items())
    }
    return {of.label(axis, code): code for code in found}


def assert_true(publication: Publication, own: OwnTable, rows: Published) -> None:
    """Every cell is the published number, or says truly why it is none; every share is right.

    `rows` are the published ones of its mart (`read_rows`).
    """
    of = own.layout
    row_codes = codes(of, of.rows, rows)
    column_codes = codes(of, of.columns, rows) if of.columns else {}
    cut, wholes = divided(of, rows) if of.shares else (0, {})
    width = own.groups[0][1]
    heads = own.leaves[:width]
    for line in own.table.rows:
        row = row_codes[line[0].text]
        place = 1
        for year in of.years:
            for at in range(0, width, 2 if of.shares else 1):
                column = column_codes[heads[at]] if of.columns else ""
                key = key_of(of, year, row, column)
                assert_number(publication, of, rows, key, line[place])
                place += 1
                if of.shares:
                    beside = wholes.get((*key[:cut], *key[cut + 1 :]), {})
                    assert_share(publication, beside, line[place - 1], line[place])
                    place += 1
        assert place == len(line)


def assert_number(
    publication: Publication, of: Layout, rows: Published, key: tuple[str, ...], cell: Cell
) -> None:
    number, status = rows.get(key, (None, ""))
    if status == HIDDEN:
        assert (cell.value, cell.text) == (None, words.HIDDEN)
    elif number is None and key in rows:
        assert (cell.value, cell.text) == (None, words.NOTHING)
    elif key in rows and cell.unit == "percent":
        assert abs(float(cell.value) - 100 * number) <= 0.5
    elif key in rows:
        assert cell.value == number
        assert cell.text not in SIGNS
    elif cell.value is not None:
        # Nobody was in a country or a project that the year does not list.
        assert (cell.value, publication.protected) == (0, False)
        named = [
            key[1 + at]
            for at, name in enumerate(names_of(of.mart))
            if name in ("country", "project")
        ]
        listed = {part for other in rows if other[0] == key[0] for part in other[1:]}
        assert listed
        assert set(named) - listed
    else:
        assert cell.text in (words.HIDDEN, table_words.UNPUBLISHED)
        assert cell.text != words.HIDDEN or publication.protected


def divided(
    of: Layout, rows: Published
) -> tuple[int, dict[tuple[str, ...], dict[str, float | None]]]:
    """The place of the axis that shares divide, and the numbers along it by all other categories."""
    axis = of.columns if of.shares == OF_ROW else of.rows
    place = names_of(of.mart).index(axis) + 1
    found: dict[tuple[str, ...], dict[str, float | None]] = {}
    for key, (number, _) in rows.items():
        found.setdefault((*key[:place], *key[place + 1 :]), {})[key[place]] = number
    return place, found


def assert_share(
    publication: Publication, beside: Mapping[str, float | None], count: Cell, share: Cell
) -> None:
    """A share is there, and right, exactly where all of its whole is shown and large enough."""
    total = beside.get(TOTAL)
    parts = [number for code, number in beside.items() if code != TOTAL]
    may_be_told = (
        total is not None
        and None not in parts
        and sum(filter(None, parts)) == total
        and total >= max(publication.smallest_base, 1)
    )
    if count.value is None or not may_be_told:
        assert share.value is None
        assert share.text in SIGNS
        return
    assert total is not None
    exact = Decimal(100) * int(count.value) / int(total)
    assert share.value == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def every_layout(publication: Publication, mart: Table) -> Iterator[Layout]:
    """Every pair of axes of a mart, with every kind of shares, and with some filters of each axis."""
    for rows in can_be_shown(mart):
        for columns in ("", *can_be_columns(mart, rows)):
            for shares in ("", OF_ROW, OF_COLUMN):
                yield layout(publication, mart, rows, columns, shares=shares)
            for axis, codes_of in choosable(publication, mart, {}, (rows, columns)).items():
                for code in dict.fromkeys((*codes_of[:2], codes_of[-1])):
                    yield layout(
                        publication, mart, rows, columns, fixed={axis: code}, shares=OF_COLUMN
                    )
