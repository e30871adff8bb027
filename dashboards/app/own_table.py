"""A table of a reader's own: the published numbers of one mart, crossed as they were chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assets.vocabulary import TOTAL
from dashboards import origin, words
from dashboards.app import table_words
from dashboards.app.table_cells import Held
from dashboards.app.table_layout import GENDER, Layout, overlaps
from dashboards.definitions import of_table
from dashboards.figures import Figure
from dashboards.figures.breakdown import protection_notes
from dashboards.publication import Publication
from dashboards.report.tables import TEXT, Cell, Table, notes


@dataclass(frozen=True)
class OwnTable:
    """The table as it is shown, and as files need it (`table`: one header for each column).

    `groups` has each year and how many columns it has; `leaves` the header of each of these
    columns, and is empty if every year has only one.
    """

    layout: Layout
    table: Table
    groups: tuple[tuple[str, int], ...]
    leaves: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is counted, in which years, and of whom."""
        return self.table.figure.title

    @property
    def notes(self) -> list[str]:
        """What a reader must know, with the meaning of the signs that stand in the table."""
        return notes(self.table, pictured=False)


def own_table(
    publication: Publication, layout: Layout, only: Collection[str] | None = None
) -> OwnTable:
    """Return the table of a layout; with `only`, just these categories of its rows."""
    held = Held.of(publication, layout)
    columns = [code for code in held.columns if not _is_idle(held, code)]
    rows = [_row(held, code, columns) for code in held.rows if only is None or code in only]
    heads = [layout.label(layout.columns, code) if layout.columns else "" for code in columns]
    leaves = _leaves(heads, has_shares=bool(layout.shares))
    figure = Figure(
        id=table_words.ID,
        title=table_words.title(layout.mart.label_nb, layout.years, _limits(layout)),
        definition=of_table(publication, layout.mart),
        notes=_notes(publication, layout),
    )
    headers = [f"{year} {leaf}".strip() for year in layout.years for leaf in leaves]
    return OwnTable(
        layout,
        Table(figure, (table_words.axis(layout.mart, layout.rows), *headers), tuple(rows)),
        tuple((str(year), len(leaves)) for year in layout.years),
        tuple(leaf or words.COUNT for leaf in leaves) * len(layout.years) if any(leaves) else (),
    )


def _is_idle(held: Held, column: str) -> bool:
    """Whether a column is of a gender that nobody has."""
    is_unknown = held.layout.columns == GENDER and column == "unknown"
    return is_unknown and len(held.columns) > 1 and held.is_nobody(column)


def _row(held: Held, row: str, columns: Sequence[str]) -> tuple[Cell, ...]:
    label = held.layout.label(held.layout.rows, row)
    cells = [Cell(label, TEXT, label)]
    for year in held.layout.years:
        for column in columns:
            cells.append(held.cell((year, row, column)))
            if held.layout.shares:
                cells.append(held.share((year, row, column)))
    return tuple(cells)


def _leaves(heads: Sequence[str], *, has_shares: bool) -> list[str]:
    if not has_shares:
        return list(heads)
    return [text for head in heads for text in (head, table_words.share_of(head))]


def _limits(layout: Layout) -> list[str]:
    """What a table is limited to; of a total, nothing is said."""
    return [
        table_words.limit(table_words.axis(layout.mart, axis), layout.label(axis, code))
        for axis, code in layout.fixed
        if code != TOTAL
    ]


def _notes(publication: Publication, layout: Layout) -> tuple[str, ...]:
    mart = layout.mart
    headers = [mart.column(name).label_nb for name in mart.measures]
    said = [
        note
        for year in layout.years
        for note in protection_notes(publication, mart.name, year, headers)
    ]
    if layout.shares:
        said.append(table_words.SHARES[layout.shares])
        if publication.protected:
            said.append(words.computed_are_hidden(publication.smallest_base))
    if overlaps(mart):
        said.append(table_words.OVERLAPS)
    for year in layout.years:
        if until := publication.part_until(year):
            said.append(table_words.part(year, until))
    said += [mark.sentence for mark in origin.marks(publication, layout.years)]
    return tuple(dict.fromkeys(said))
