"""The code lists of the open data: the values that the tables hold, with labels in both languages.

A value that no row has is in no list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import polars as pl

from assets.vocabulary import TOTAL, Code, Column, Table, vocabulary
from dashboards.open_data import open_data_words as words
from dashboards.open_data.open_data_words import Text

STATUS, MEASURE = "status", "measure"
NUMBERS = ("year", "integer", "count", "number")
"""The types of columns whose values are numbers, and so in no list."""

_UNIT, _DEFINITIONS = "unit", ("definition_nb", "definition_en")


@dataclass(frozen=True)
class Entry:
    """One value of a column. `within` is that of the column that names its list, or empty.

    Where the list has definitions, `unit` is one of words.UNITS, or empty.
    """

    code: str
    label: Text
    within: str = ""
    unit: str = ""
    definition: Text | None = None


@dataclass(frozen=True)
class CodeList:
    """The values of one or more columns, in the order in which they are shown.

    `by` is the column that names the list of each value (Entry.within), or empty.
    """

    name: str
    title: Text
    entries: tuple[Entry, ...]
    by: str = ""

    @property
    def is_defined(self) -> bool:
        """Whether its entries have definitions and units."""
        return any(entry.definition for entry in self.entries)


def key_columns(mart: Table) -> tuple[Column, ...]:
    """Return the columns that identify a row of a published mart, by their published names."""
    own = {mart.published_name(name): mart.column(name) for name in ("year", *mart.dimensions)}
    every = {**own, MEASURE: vocabulary().columns[MEASURE]}
    return tuple(replace(every[name], name=name) for name in mart.published_key)


def list_name(mart: Table, column: Column) -> str:
    """Return the name of the code list of a column; empty for a column of numbers."""
    if column.name == STATUS or column.codes:
        return column.codes or STATUS
    return "" if column.type in NUMBERS else f"{mart.name}_{column.name}"


def code_lists(tables: Iterable[tuple[Table, pl.DataFrame]]) -> dict[str, CodeList]:
    """Return every code list of some published marts, by its name."""
    lists = {STATUS: _statuses()}
    plain: dict[str, tuple[Column, set[str]]] = {}
    for mart, rows in tables:
        for column in key_columns(mart):
            listed = list_name(mart, column)
            if column.name == MEASURE:
                lists[listed] = _measures(listed, column, mart, set(rows[MEASURE]))
            elif column.codes_by:
                pairs = set(rows.select(column.codes_by, column.name).unique().iter_rows())
                lists[listed] = _by_another(listed, column, mart, pairs)
            elif listed:
                # Several marts may share a list of the vocabulary.
                plain.setdefault(listed, (column, set()))[1].update(rows[column.name])
    for listed, (column, values) in plain.items():
        lists[listed] = CodeList(listed, _title(column), _entries(column.codes, values))
    return lists


def _statuses() -> CodeList:
    entries = tuple(Entry(code, label) for code, label in words.STATUS.items())
    return CodeList(STATUS, _title(vocabulary().columns[STATUS]), entries)


def _measures(name: str, column: Column, mart: Table, there: Collection[str]) -> CodeList:
    entries = (_measure(mart.column(measure)) for measure in mart.measures if measure in there)
    return CodeList(name, _title(column), tuple(entries))


def _measure(column: Column) -> Entry:
    return Entry(
        column.name,
        _title(column),
        unit=column.type if column.type in words.UNITS else "",
        definition=Text(column.description_nb, column.description),
    )


def _by_another(
    name: str, column: Column, mart: Table, there: Collection[tuple[str, str]]
) -> CodeList:
    """The values of a column whose lists another column names; `there` holds pairs of both."""
    by = column.codes_by or ""
    named = vocabulary().code_list(mart.column(by).codes or "").codes
    entries = [
        Entry(entry.code, entry.label, within.code)
        for within in named
        for entry in _entries(
            within.attributes["codes"], {value for other, value in there if other == within.code}
        )
    ]
    return CodeList(name, _title(column), tuple(entries), by)


def _entries(listed: str | None, there: Collection[str]) -> tuple[Entry, ...]:
    """The values in `there`, in the order of a list of the vocabulary, the total last.

    Names that somebody typed, of a column without a list, are their own labels.
    """
    known = vocabulary()
    own = known.code_list(listed).codes if listed else ()
    together = sorted(known.code_list("aggregate").codes, key=lambda code: code.code == TOTAL)
    # The list itself may have a code for what is not known.
    codes = {code.code: code for code in [*together, *own]}
    order = dict.fromkeys(code.code for code in [*own, *together])
    typed = [name for name in sorted(there) if name not in codes]
    return (
        *(Entry(name, Text(name, name)) for name in typed),
        *(_entry(codes[name]) for name in order if name in there),
    )


def _entry(code: Code) -> Entry:
    label = Text(code.label_nb, code.label_en)
    if not {_UNIT, *_DEFINITIONS} <= code.attributes.keys():
        return Entry(code.code, label)
    unit = code.attributes[_UNIT]
    if code.code == "participants":
        return Entry(code.code, label, unit=unit, definition=words.PARTICIPANTS)
    definition = Text(*(code.attributes[name] for name in _DEFINITIONS))
    return Entry(code.code, label, unit=unit, definition=definition)


def _title(column: Column) -> Text:
    return Text(column.label_nb, column.label_en)
