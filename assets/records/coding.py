"""Turns the text of a raw table into typed and coded columns, cell by cell.

Whether rows agree with each other is judged in register.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from assets.raw import problems
from assets.vocabulary import Column, Table, countries, vocabulary
from assets.vocabulary.ddl import IDENTIFIER_PATTERN
from assets.vocabulary.polars_schema import POLARS_TYPES
from assets.vocabulary.spelling import normalise

FIRST_DATE = date(2000, 1, 1)
"""No date in a delivery is before this day."""

AGE_AT_BUILD = (14, 100)
"""Youngest and oldest age, in years before the day of the build, of a plausible year of birth."""

AMBIGUOUS_OUTCOMES = {normalise("U"): ("UF", "UK")}
"""The reporting form used U both for uføretrygdet and for ukjent."""

# Not \d, which takes in digits of other scripts, that no cast reads.
_WHOLE = r"^([+-]?[0-9]+)(?:[.,]0+)?$"
_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)?$"
_MIDNIGHT = r"[ T]0?0:00(?::00(?:[.,]0+)?)?$"
_NORWEGIAN_DATE = r"^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d{2})$"
_ISO_DATE = r"^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$"


@dataclass(frozen=True)
class Coded:
    """The coded table, with `deletes` as a boolean beside its columns, and what was wrong.

    A cell at fault is NULL in `frame`; `problems` has the columns of problems.SCHEMA.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame


@dataclass(frozen=True)
class _Reading:
    """How the text of one column is read: its value, and when which error code applies."""

    value: pl.Expr
    faults: tuple[tuple[str, pl.Expr, str], ...]
    """Error code, the rows at fault (never true of an empty cell), and words for the message."""


def code(table: Table, raw: pl.DataFrame, as_of: date) -> Coded:
    """Type and code the raw frame of `table`, judging years of birth as of the day `as_of`.

    `raw` has the columns of raw_schema(table). A row with deletes = yes needs nothing but its key.
    """
    deletes = vocabulary().columns["deletes"]
    readings = {column: _read(column, raw, as_of) for column in (*table.fields, deletes)}
    found = [
        report(table, column, raw.filter(fault), code, hint=hint)
        for column, reading in readings.items()
        for code, fault, hint in reading.faults
    ]
    frame = raw.select(
        *(
            reading.value.cast(POLARS_TYPES[column.type]).alias(column.name)
            for column, reading in readings.items()
        ),
        "delivery",
        "delivery_row",
    ).with_columns(pl.col("deletes").eq("yes").fill_null(value=False))
    keeps = raw.filter(~frame["deletes"])
    found += [
        report(table, column, rows.filter(pl.col(column.name).is_null()), "missing_value")
        for names, rows in ((table.key, raw), (table.required, keeps))
        for column in map(table.column, names)
        if not column.missing
    ]
    defaults = {column.name: column.missing for column in table.fields if column.missing}
    filled = frame.with_columns(pl.col(name).fill_null(code) for name, code in defaults.items())
    return Coded(filled, problems.collect(found))


def report(
    table: Table, column: Column, rows: pl.DataFrame, code: str, **words: str
) -> pl.DataFrame:
    """Return one problem for each of `rows` (with delivery and delivery_row) in `column`."""
    message = f"«{column.label_nb}»: {problems.SENTENCES[code].format(**words)}"
    return rows.select(
        "delivery",
        pl.lit(table.sheet).alias("sheet"),
        pl.col("delivery_row").alias("row"),
        pl.lit(column.name).alias("field"),
        pl.lit(code).alias("code"),
        pl.lit(message).alias("message"),
    ).cast(problems.SCHEMA)


def _read(column: Column, raw: pl.DataFrame, as_of: date) -> _Reading:
    text = pl.col(column.name)
    if column.type == "code":
        return _read_code(column, raw[column.name])
    if column.type == "identifier":
        digits = text.str.replace(_WHOLE, "$1")
        fits = digits.str.contains(IDENTIFIER_PATTERN)
        return _Reading(pl.when(fits).then(digits), (("bad_id", ~fits, ""),))
    if column.type == "date":
        value = _date(text)
        hint = f"ingen dato kan være før {FIRST_DATE:%d.%m.%Y}."
        return _ranged(text, "bad_date", value, value < FIRST_DATE, hint)
    if column.type == "year":
        value = text.str.extract(_WHOLE).cast(pl.Int64, strict=False)
        first, last = (as_of.year - age for age in reversed(AGE_AT_BUILD))
        hint = f"fødselsåret må være fra {first} til {last}."
        return _ranged(text, "bad_number", value, ~value.is_between(first, last), hint)
    if column.type == "number":
        value = text.str.extract(_NUMBER, 0).str.replace(",", ".").cast(pl.Float64)
        lowest, highest = column.above, column.maximum
        hint = f"tallet må være over {lowest} og høyst {highest}."
        return _ranged(text, "bad_number", value, (value <= lowest) | (value > highest), hint)
    return _Reading(text, ())


def _ranged(text: pl.Expr, bad: str, value: pl.Expr, outside: pl.Expr, hint: str) -> _Reading:
    faults = ((bad, text.is_not_null() & value.is_null(), ""), ("out_of_range", outside, hint))
    return _Reading(pl.when(~outside).then(value), faults)


def _date(text: pl.Expr) -> pl.Expr:
    day = text.str.replace(_MIDNIGHT, "")
    read = []
    for pattern in (_NORWEGIAN_DATE, _ISO_DATE):
        parts = day.str.extract_groups(pattern)
        year = parts.struct.field("year")
        # Two digits mean this century, save those that only the last one can have had.
        century = pl.when(year.cast(pl.Int32, strict=False) < 69).then(pl.lit("20"))
        full = pl.when(year.str.len_chars() == 2).then(century.otherwise(pl.lit("19")) + year)
        iso = pl.concat_str(
            full.otherwise(year),
            *(parts.struct.field(part).str.zfill(2) for part in ("month", "day")),
            separator="-",
        )
        read.append(iso.str.to_date("%Y-%m-%d", strict=False))
    return pl.coalesce(read)


def _read_code(column: Column, cells: pl.Series) -> _Reading:
    text = pl.col(column.name)
    spelled = {cell: normalise(cell) for cell in cells.unique() if cell is not None}
    known = _spellings(column.codes or "")
    codes = {cell: known[spelling] for cell, spelling in spelled.items() if spelling in known}
    unsure = _ambiguous(column.codes or "")
    ambiguous = {
        candidates: [
            cell for cell, spelling in spelled.items() if unsure.get(spelling) == candidates
        ]
        for candidates in unsure.values()
    }
    value = text.replace_strict(codes, default=None, return_dtype=pl.String)
    is_ambiguous = text.is_in([cell for cells in ambiguous.values() for cell in cells])
    faults = [("bad_code", text.is_not_null() & value.is_null() & ~is_ambiguous, "")]
    labels = vocabulary().code_list(column.codes or "")
    for candidates, spellings in ambiguous.items():
        meant = " eller ".join(f"{code} for «{labels[code].label_nb}»" for code in candidates)
        faults.append(("ambiguous_code", text.is_in(spellings), f"Skriv {meant}."))
    return _Reading(value, tuple(faults))


@cache
def _spellings(code_list: str) -> Mapping[str, str]:
    """Normalised spelling -> code, for every spelling that a cell may hold."""
    if code_list == "country":
        return countries.spellings()
    return {
        normalise(spelling): entry.code
        for entry in vocabulary().code_list(code_list).codes
        for spelling in (
            # Of a numbered list the number alone is accepted: its label is there to be read.
            (entry.code,)
            if entry.code.isdigit()
            else (entry.code, entry.label_nb, entry.label_en, *entry.aliases)
        )
    }


def _ambiguous(code_list: str) -> Mapping[str, tuple[str, ...]]:
    """Normalised spelling -> the codes that it could be."""
    return {"country": countries.AMBIGUOUS, "outcome": AMBIGUOUS_OUTCOMES}.get(code_list, {})
