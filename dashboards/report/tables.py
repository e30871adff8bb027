"""The rows of a figure as cells: each has a number, for files that compute, and its text.

No number is made here. The text of a cell without a value gives the reason: withheld, or nothing
to measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assets.vocabulary import TOTAL, vocabulary
from dashboards import words
from dashboards.figures import Figure, key_figure_table, key_figures
from dashboards.figures.key_figures import KeyFigures
from dashboards.publication import Publication

TEXT = "text"
KEY_UNITS = {"count": "count", "days": "days", "years": "years", "share": "percent"}
"""Unit of a key figure -> that of its cell."""


@dataclass(frozen=True)
class Cell:
    """One cell: `value` is a number in `unit`, or text; None where `text` is «:» or «..».

    `unit` is a unit of figures.WRITERS, text, or one that only key figures have: days, years,
    points. Percent are already rounded. `signed` marks a difference.
    """

    value: float | str | None
    unit: str
    text: str
    signed: bool = False

    @property
    def number(self) -> float | None:
        """The value where it is a number."""
        return None if isinstance(self.value, str) else self.value


@dataclass(frozen=True)
class Table:
    """A figure with its rows as cells; without rows when the figure has one sentence instead.

    `key_figures` names the rows if they are key figures.
    """

    figure: Figure
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key_figures: tuple[str, ...] = ()

    @property
    def has_total(self) -> bool:
        """Whether the last row is the total of the others."""
        return bool(self.rows) and self.is_total(len(self.rows) - 1)

    def is_total(self, row: int) -> bool:
        """Whether a row is a total of others."""
        total = vocabulary().code_list("aggregate")[TOTAL].label_nb
        return any(cell.value == total for cell in self.rows[row] if cell.unit == TEXT)

    def labels_of(self, names: Sequence[str]) -> list[str]:
        """The labels in this table of the key figures called `names`.

        A key figure that is not published has none.
        """
        found = dict(zip(self.key_figures, self.rows, strict=True))
        return [found[name][0].text for name in names if name in found]

    def unit(self, column: int) -> str:
        """The unit of a column; text if its cells have several units, or none."""
        units = {row[column].unit for row in self.rows}
        return units.pop() if len(units) == 1 else TEXT

    def is_number(self, column: int) -> bool:
        """Whether the column holds numbers, of whatever unit."""
        return bool(self.rows) and all(row[column].unit != TEXT for row in self.rows)


def notes(of: Table, pictured: bool) -> list[str]:
    """The notes of a table, with the meaning of «:» and «..» if it has them.

    Notes about the page's own picture are left out if it is not shown (`pictured`).
    """
    said = of.figure.notes_beside if pictured else of.figure.notes
    missing = {cell.text for row in of.rows for cell in row if cell.value is None}
    signs = {words.HIDDEN: words.HIDDEN_SENTENCE, words.NOTHING: words.NOTHING_SENTENCE}
    return [*said, *(sentence for sign, sentence in signs.items() if sign in missing)]


def table(figure: Figure) -> Table:
    """Return the rows of a figure as cells."""
    headers = tuple(figure.rows.columns)
    units = [figure.units.get(header, TEXT) for header in headers]
    rows = tuple(
        tuple(
            Cell(_bare(value, text), unit, text)
            for value, unit, text in zip(values, units, texts, strict=True)
        )
        for values, texts in zip(figure.rows.rows(), figure.texts(), strict=True)
    )
    return Table(figure, headers, rows)


def key_figure_cells(publication: Publication, year: int) -> Table:
    """Return the table of key figures, with the number behind each text of the page."""
    figure = key_figure_table(publication, year)
    columns: list[Sequence[tuple[float | None, str, bool]]] = []
    this = key_figures(publication, year)
    names = publication.key_figures
    columns.append(_numbers(this, names))
    previous = publication.previous(year)
    if previous is not None:
        before = key_figures(publication, previous)
        columns += [_numbers(before, names), _changes(this, before, names)]
    texts = figure.texts()
    rows = tuple(
        (
            Cell(text[0], TEXT, text[0]),
            *(
                Cell(number, unit, written, signed)
                for (number, unit, signed), written in zip(numbers, text[1:], strict=True)
            ),
        )
        for text, *numbers in zip(texts, *columns, strict=True)
    )
    return Table(figure, tuple(figure.rows.columns), rows, names)


def excerpt(whole: Table, figure_id: str, title: str, names: Sequence[str]) -> Table:
    """Return the rows of the key figures called `names`, under a title of their own.

    A key figure that is not published has no row.
    """
    figure = replace(whole.figure, id=figure_id, title=title)
    found = dict(zip(whole.key_figures, whole.rows, strict=True))
    listed = tuple(name for name in names if name in found)
    return Table(figure, whole.headers, tuple(found[name] for name in listed), listed)


def _bare(value: float | str | None, text: str) -> float | str | None:
    return None if text in (words.HIDDEN, words.NOTHING) else value


def _numbers(figures: KeyFigures, names: Sequence[str]) -> list[tuple[float | None, str, bool]]:
    return [(_number(figures, name), _unit(name), False) for name in names]


def _changes(
    this: KeyFigures, before: KeyFigures, names: Sequence[str]
) -> list[tuple[float | None, str, bool]]:
    changes: list[tuple[float | None, str, bool]] = []
    for name in names:
        now, then = _number(this, name), _number(before, name)
        unit = "points" if name in this.percents else _unit(name)
        changes.append((None if now is None or then is None else now - then, unit, True))
    return changes


def _number(figures: KeyFigures, name: str) -> float | None:
    if name in figures.percents:
        return figures.percents[name]
    return figures.values.shown(name, "value")


def _unit(name: str) -> str:
    return KEY_UNITS[vocabulary().code_list("key_figure")[name].attributes["unit"]]
