"""The vocabulary in memory: columns, tables and code lists, read once and checked.

The files in this folder, and those of the marts, are the only place where a name, type, label, code
or grain is defined. Schemas, DDL, template, structural checks and the data dictionary are made from
what `vocabulary()` returns; this module makes none of them.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from assets.vocabulary import countries
from assets.vocabulary.declarations import (
    BREAKS,
    COLUMNS,
    MART,
    TABLES,
    BreakDeclaration,
    ColumnDeclaration,
    FigureDeclaration,
    MartDeclaration,
    TableDeclaration,
)

_HERE = Path(__file__).parent
_MARTS = _HERE.parent / "marts"

LAYERS = ("raw", "records", "reference", "intermediate", "marts", "quality")

PROVENANCE = ("delivery", "delivery_row")
"""The columns of a record that say where it came from."""

TOTAL = "total"
"""The category of a margin: all the categories of its dimension together."""

REST = "rest"
"""The categories too small to be shown one by one, counted together; they are not named."""

OTHER = "other"
"""The projects or surveys whose names are not shown, counted together."""

SHOWN, HIDDEN = "shown", "hidden"
"""The status of a published number; a hidden number is NULL."""


class VocabularyError(ValueError):
    """The vocabulary contradicts itself. The message names the file and the entry to mend."""


@dataclass(frozen=True)
class Code:
    """One code of a code list, with its labels, other accepted spellings, and its attributes."""

    code: str
    label_nb: str
    label_en: str
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes, in the order in which they are shown."""

    name: str
    codes: tuple[Code, ...]

    def __getitem__(self, code: str) -> Code:
        """Return the entry of `code`; KeyError when the list has none."""
        for entry in self.codes:
            if entry.code == code:
                return entry
        raise KeyError(code)

    @property
    def names(self) -> tuple[str, ...]:
        """The codes alone, in order."""
        return tuple(entry.code for entry in self.codes)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the list's columns other than code, labels and aliases."""
        return tuple(self.codes[0].attributes) if self.codes else ()


@dataclass(frozen=True)
class Column:
    """One column of one table. `personal` columns say something about one person."""

    name: str
    type: str
    label_nb: str
    label_en: str
    description: str
    description_nb: str
    personal: bool
    codes: str | None = None
    codes_by: str | None = None
    missing: str | None = None
    total: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None

    @property
    def span_nb(self) -> str:
        """The bounds of a number in Norwegian words: «over 0 og høyst 100»."""
        lowest = self.minimum if self.above is None else self.above
        low = f"{'fra' if self.above is None else 'over'} {_grouped(lowest)}"
        return f"{low} og høyst {_grouped(self.maximum)}"


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns in order, its key and its sources."""

    name: str
    layer: str
    label_nb: str
    label_en: str
    description: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    key_year: str = ""
    required: tuple[str, ...] = ()
    required_headers: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    optional_sheet: bool = False
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    margins: tuple[str, ...] = ()
    definition_nb: str = ""
    definition_en: str = ""
    derived_from: tuple[str, ...] = ()
    stored: bool = False
    divides: str = ""
    divides_only: Mapping[str, str] = field(default_factory=dict)
    protected_with: str = ""
    open: bool = True
    empty_nb: str = ""
    figures: Mapping[str, FigureDeclaration] = field(default_factory=dict)

    @property
    def qualified_name(self) -> str:
        """`layer.name`, which is also the name of the table in the warehouse."""
        return f"{self.layer}.{self.name}"

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns that a person fills in: all except those of PROVENANCE."""
        return tuple(column for column in self.columns if column.name not in PROVENANCE)

    @property
    def is_count(self) -> bool:
        """Whether the mart counts by category, so that `n` is its one measure."""
        return self.measures == ("n",)

    @property
    def is_list(self) -> bool:
        """Whether the mart lists texts and numbers as they are, without measures of its own."""
        return self.layer == "marts" and not self.measures

    @property
    def category(self) -> str:
        """The dimension other than gender whose categories add up to a total; empty if none do."""
        named = (name for name in self.margins if name != "gender")
        return next(named, "") if self.is_count else ""

    @property
    def number(self) -> str:
        """The column with the numbers in the published version of a mart."""
        return "n" if self.is_count else "value"

    @property
    def published_key(self) -> tuple[str, ...]:
        """The columns that identify a row in the published version of a mart."""
        measure = () if self.is_count else ("measure",)
        return ("year", *map(self.published_name, self.dimensions), *measure)

    def published_name(self, dimension: str) -> str:
        """A dimension's column in the published version, where `status` is that of the number."""
        return self.name if dimension == "status" else dimension

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.qualified_name} has no column {name}")


@dataclass(frozen=True)
class Vocabulary:
    """All columns by name, all tables by `layer.name`, and all code lists by name."""

    columns: Mapping[str, Column]
    tables: Mapping[str, Table]
    code_lists: Mapping[str, CodeList]
    breaks: tuple[BreakDeclaration, ...] = ()

    def table(self, qualified_name: str) -> Table:
        """Return a table by `layer.name`; KeyError when there is none."""
        return self.tables[qualified_name]

    def layer(self, layer: str) -> tuple[Table, ...]:
        """The tables of one layer, in the order of tables.toml."""
        return tuple(table for table in self.tables.values() if table.layer == layer)

    def header(self, sheet: str, field: str) -> str:
        """Return the header of a field on a sheet: one field may have another on each sheet."""
        (table,) = (table for table in self.sheets() if table.sheet == sheet)
        own = {column.name: column for column in table.fields}
        return own.get(field, self.columns[field]).label_nb

    def sheets(self) -> tuple[Table, ...]:
        """The tables that a delivery brings in, in the order of the template's sheets."""
        return tuple(table for table in self.layer("records") if table.sheet)

    def breaks_of(self, mart: str) -> tuple[BreakDeclaration, ...]:
        """Return the breaks in the series of a mart (its name without the layer)."""
        return tuple(one for one in self.breaks if not one.marts or mart in one.marts)

    def code_list(self, name: str) -> CodeList:
        """Return a code list by name. `country` is made on demand from CLDR and ISO 3166."""
        if name == "country":
            return _country_list()
        return self.code_lists[name]

    def categories(self, table: Table, column: Column) -> tuple[str, ...] | None:
        """The values that a code column of `table` may hold; None for any other column."""
        if column.codes_by:
            lists = self.categories_by(table, column).values()
            listed = dict.fromkeys(code for codes in lists for code in codes)
            # The code for "not recorded" comes last, after every list.
            return tuple(sorted(listed, key=lambda code: code == column.missing))
        if column.codes is None:
            return None
        codes = self.code_list(column.codes).names
        extra = [column.missing] if column.missing and column.missing not in codes else []
        return (*codes, *extra, *([TOTAL] if column.total else []))

    def categories_by(self, table: Table, column: Column) -> Mapping[str, tuple[str, ...]]:
        """The values that a column with `codes_by` may hold, by the code of that other column."""
        lists = self.code_list(table.column(column.codes_by or "").codes or "").codes
        named = {entry.code: self.code_list(entry.attributes["codes"]).names for entry in lists}
        missing = (column.missing,) if column.missing else ()
        return {code: tuple(dict.fromkeys((*codes, *missing))) for code, codes in named.items()}

    def label(self, table: Table, column_name: str, code: str, by: str | None = None) -> str:
        """The Norwegian label of `code` in a column; `by` is the value of the `codes_by` column.

        Categories that never occur in a cell (total, rest, unknown, unspecified) have their labels
        in the list `aggregate`. KeyError when the column has no such code.
        """
        column = table.column(column_name)
        list_name = column.codes
        if column.codes_by and by is not None:
            by_list = self.code_list(table.column(column.codes_by).codes or "")
            list_name = by_list[by].attributes["codes"]
        if list_name is not None:
            codes = self.code_list(list_name)
            if code in codes.names:
                return codes[code].label_nb
        return self.code_lists["aggregate"][code].label_nb


@cache
def vocabulary() -> Vocabulary:
    """Read, check and return the vocabulary; VocabularyError when it contradicts itself."""
    columns = _read(_HERE / "columns.toml", COLUMNS)
    lists = {path.stem: _read_codes(path) for path in sorted((_HERE / "codes").glob("*.csv"))}
    declared = _read(_HERE / "tables.toml", TABLES)
    _all_known("tables.toml: no layer", declared.keys() - {*LAYERS})
    marts = {path.stem: _read(path, MART) for path in _MARTS.glob("*.toml")}
    in_order = sorted(marts, key=lambda name: (marts[name].place, name))
    by_layer: dict[str, Mapping[str, TableDeclaration | MartDeclaration]] = {
        **declared,
        "marts": {name: marts[name] for name in in_order},
    }
    tables = {}
    for layer in LAYERS:
        for name, entry in by_layer.get(layer, {}).items():
            table = _table(layer, name, entry, columns)
            tables[table.qualified_name] = table
    _check(tables, lists)
    for name, column in columns.items():
        _all_known(f"columns.toml [{name}.in]: no table", column.in_.keys() - tables.keys())
    breaks = _read(_HERE / "breaks.toml", BREAKS).breaks
    for one in breaks:
        _all_known(f"breaks.toml, {one.year}: no mart", {*one.marts} - marts.keys())
    own = {name: _column(name, "", columns) for name in columns}
    return Vocabulary(own, tables, lists, breaks)


_Declared = TypeVar("_Declared")


def _read(path: Path, of: TypeAdapter[_Declared]) -> _Declared:
    try:
        with open(path, "rb") as file:
            return of.validate_python(tomllib.load(file))
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(f"{path.name}: {error}") from None
    except ValidationError as error:
        faults = [
            f"[{'.'.join(map(str, fault['loc']))}]: {fault['msg']}" for fault in error.errors()
        ]
        raise VocabularyError(f"{path.name} " + "; ".join(faults)) from None


def _grouped(number: float | None) -> str:
    return f"{number:,.10g}".replace(",", " ")


@cache
def _country_list() -> CodeList:
    codes = (Code(code, nb, en) for code, (nb, en) in countries.labels().items())
    return CodeList("country", tuple(codes))


def _read_codes(path: Path) -> CodeList:
    codes = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            aliases = tuple(filter(None, row.pop("aliases").split("|")))
            code = (row.pop("code"), row.pop("label_nb"), row.pop("label_en"))
            codes.append(Code(*code, aliases, row))
    return CodeList(path.stem, tuple(codes))


def _table(
    layer: str,
    name: str,
    entry: TableDeclaration | MartDeclaration,
    columns: Mapping[str, ColumnDeclaration],
) -> Table:
    declared = entry.model_dump(exclude={"place", "missing"})
    if isinstance(entry, MartDeclaration):
        measured = ("year", *entry.dimensions, *entry.measures)
        declared["columns"] = entry.columns or measured
        declared["key"] = entry.key or ("year", *entry.dimensions)
        declared["figures"] = entry.figures
        declared["grain"] = "one combination of " + ", ".join(declared["key"])
    elif entry.sheet:
        declared["columns"] = (*entry.columns, *PROVENANCE)
    is_personal = layer in ("records", "intermediate")
    resolved = [_column(column, f"{layer}.{name}", columns) for column in declared["columns"]]
    if isinstance(entry, MartDeclaration):
        _all_known(f"{name}.toml [missing]: no dimension", {*entry.missing} - {*entry.dimensions})
        resolved = [
            replace(column, missing=entry.missing.get(column.name, column.missing))
            for column in resolved
        ]
    declared["columns"] = tuple(
        column if is_personal else replace(column, personal=False) for column in resolved
    )
    return Table(name=name, layer=layer, **declared)


def _column(name: str, table: str, columns: Mapping[str, ColumnDeclaration]) -> Column:
    if name not in columns:
        raise VocabularyError(f"{table} has a column {name}, which columns.toml does not declare")
    declared = columns[name].model_dump(exclude={"in_"})
    if table in columns[name].in_:
        declared |= columns[name].in_[table].model_dump(exclude_unset=True)
    column = Column(name=name, **declared)
    # A sum of many cells is not bound by the limits of each cell.
    return replace(column, minimum=None, maximum=None) if column.type == "count" else column


def _check(tables: Mapping[str, Table], lists: Mapping[str, CodeList]) -> None:
    for table in tables.values():
        where = f"declaration of {table.qualified_name}"
        named = {*table.key, *table.required, *table.required_headers, *table.margins}
        named |= {table.key_year, *table.optional} - {""}
        columns = {column.name for column in table.columns}
        sources = {*table.derived_from, *(f"{table.layer}.{t}" for t in table.references.values())}
        _all_known(f"{where}: no column", {*named, *table.references} - columns)
        named_marts = {f"marts.{table.protected_with}"} if table.protected_with else set()
        _all_known(f"{where}: no table", (sources | named_marts) - tables.keys())
        _all_known(f"{where}: no population", {table.divides} - {*lists["population"].names, ""})
        _all_known(f"{where}: no code list", table.divides_only.keys() - lists.keys())
        for name, code in table.divides_only.items():
            _all_known(f"{where}: no {name}", {code} - {*lists[name].names})
        for column in table.columns:
            where = f"columns.toml [{column.name}] in {table.qualified_name}"
            _all_known(f"{where}: no code list", {column.codes} - {*lists, "country", None})
            if column.type == "code" and not (column.codes or column.codes_by):
                raise VocabularyError(f"{where}: a code needs codes or codes_by")


def _all_known(complaint: str, unknown: Set[str | None]) -> None:
    if unknown:
        raise VocabularyError(f"{complaint} {', '.join(sorted(map(str, unknown)))}")
