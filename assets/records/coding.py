"""Turns the text of a raw table into typed and coded columns, cell by cell.

Rows are judged against each other in register.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from assets.raw import problems
from assets.records.codes import nearest, spellings
from assets.vocabulary import Column, Table, countries, vocabulary
from assets.vocabulary.ddl import IDENTIFIER_PATTERN
from assets.vocabulary.polars_schema import POLARS_TYPES
from assets.vocabulary.spelling import OTHER_DASHES, is_header, normalise

FIRST_DATE = date(2000, 1, 1)
"""No date in a delivery is before this day."""

AGE_AT_BUILD = (14, 100)
"""Youngest and oldest age, in years before the day of the build, of a plausible year of birth."""

YEARS_AHEAD = 10
"""How many years after the day of the build a year may be, unless it is a year of birth."""

AMBIGUOUS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "country": countries.AMBIGUOUS,
    # The reporting form used U both for uføretrygdet and for ukjent.
    "outcome": {normalise("U"): ("UF", "UK")},
}
"""Code list -> normalised spelling -> the codes that it could mean."""

NAMES = ("project", "wave")
"""Keys of free text: spellings that differ only in case or spaces are one name, the first one."""

# Not \d, which also matches digits of other scripts, which Polars cannot cast.
_WHOLE = r"^([+-]?[0-9]+)(?:[.,]0+)?$"
_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)?$"
_PERCENT = r" ?%$"
_THOUSANDS = r"^[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?$"
_POINTS = r"^[+-]?[1-9][0-9]*(?:[.][0-9]{3})+$"
_MOSTLY_AS_WRITTEN = ("identifier", "text")
"""Types of columns in which most cells are different from each other, and are their own values."""

_WHOLE_PERCENT, _AMOUNT = 100, 1_000_000
_EXAMPLES = {"number": "50", "integer": "12", "amount": "2500000"}
_FORMULA_ERROR = r"^#(?:[A-ZÆØÅ0-9/]+[!?]|N/A|I/T)?$"
"""A formula that has failed: # from a workbook; in CSV, what Excel shows of it in any language."""

_SAYS_FAILED = pl.lit(problems.FORMULA_ERROR)
_DATE_AS_NUMBER = r"^[34][0-9]{4}(?:[.,]0+)?$"
"""The days from 1982 to 2036, as spreadsheets count them."""

_MIDNIGHT = r"[ T]0?0:00(?::00(?:[.,]0+)?)?$"
_TIME = r"[0-9][ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?$"
_NORWEGIAN_DATE = r"^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d{2})$"
_ISO_DATE = r"^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$"


@dataclass(frozen=True)
class Coded:
    """The coded table, with the extra boolean column `deletes`, and the problems found in it.

    A cell at fault is NULL in `frame`; `problems` has the columns of problems.SCHEMA.
    """

    frame: pl.DataFrame
    problems: pl.DataFrame


@dataclass(frozen=True)
class _Fault:
    """An error code, the cells that it applies to, and the message for them."""

    code: str
    at_fault: pl.Expr
    message: pl.Expr


@dataclass(frozen=True)
class _Reading:
    """How the text of one column is read: its value, and its possible faults."""

    value: pl.Expr
    faults: tuple[_Fault, ...]


def code(table: Table, raw: pl.DataFrame, as_of: date) -> Coded:
    """Type and code the raw frame of `table`, judging years of birth as of the day `as_of`.

    `raw` has the columns of raw_schema(table). In a row with deletes = yes, only the key is judged.
    """
    deletes = vocabulary().columns["deletes"]
    columns = (*table.fields, deletes)
    required = {*table.key, *table.required}
    judged = {
        column.name: _judge(column, raw[column.name], as_of, is_required=column.name in required)
        for column in columns
    }
    is_deleted = judged["deletes"].values.eq_missing("yes")
    problems_found = []
    for column in columns:
        is_judged = None if column.name in (*table.key, "deletes") else ~is_deleted
        for fault, at_fault in judged[column.name].faults:
            rows = raw.filter(at_fault if is_judged is None else at_fault & is_judged)
            if rows.height:
                message = _of_row(columns, required, fault)
                problems_found.append(report(table, column, rows, fault.code, message))
    frame = pl.DataFrame(
        [
            *(_named(judged[column.name].values) for column in table.fields),
            is_deleted.alias("deletes"),
            raw["delivery"],
            raw["delivery_row"],
        ]
    )
    return Coded(frame, problems.collect(problems_found))


def key_as_stored(cells: pl.Series) -> pl.Series:
    """Return the keys of rows of any sheet as the register stores them, with their name.

    A number is its digits, a day is written as 2021-12-31, and a code stands for its label.
    """
    listed = {
        column.codes
        for table in vocabulary().sheets()
        for column in map(table.column, table.key)
        if column.codes and table.name != "decisions"
    }
    codes: dict[str, set[str]] = defaultdict(set)
    for name in listed:
        for spelling, value in spellings(name).items():
            codes[spelling].add(value)
    texts = cells.drop_nulls().unique()
    meant = {text: codes[normalise(text)] for text in texts if normalise(text) in codes}
    text = pl.col(cells.name)
    stored = texts.to_frame().select(
        pl.coalesce(
            # Of two codes, nobody knows which is meant.
            text.replace_strict(
                {one: min(these) for one, these in meant.items() if len(these) == 1},
                default=None,
                return_dtype=pl.String,
            ),
            # An identifier may look like a day.
            pl.when(~text.str.contains(IDENTIFIER_PATTERN)).then(_date(text).cast(pl.String)),
            text.str.replace(r"^([0-9]+)[.,]0+$", "$1"),
        )
    )
    return cells.replace(texts, stored.to_series())


def _of_row(columns: Sequence[Column], required: Set[str], fault: _Fault) -> pl.Expr:
    """The message of a fault, in a row that may be no record at all.

    Clerks put the headers again above each part of a list, and sums and notes below it.
    """
    message = fault.message
    if fault.code == "missing_value":
        needed = [column.name for column in columns if column.name in required]
        empty = pl.sum_horizontal(pl.col(name).is_null() for name in needed)
        hint = pl.when((empty > 1) & (2 * empty >= len(needed))).then(pl.lit(problems.NO_RECORD))
        message = pl.concat_str(message, hint.otherwise(pl.lit("")))
    repeated = pl.all_horizontal(
        pl.col(column.name).is_null() | is_header(column.name, (column.label_nb, column.name))
        for column in columns
    )
    return pl.when(repeated).then(pl.lit(problems.HEADER_REPEATED)).otherwise(message)


def _named(values: pl.Series) -> pl.Series:
    """Each name as it was first spelled; other columns are left as they are."""
    if values.name not in NAMES:
        return values
    first: dict[str, str] = {}
    spelled = values.drop_nulls().unique(maintain_order=True)
    return values.replace({name: first.setdefault(normalise(name), name) for name in spelled})


@dataclass(frozen=True)
class _Judged:
    """The values of a column, and for each fault that occurs in it, the cells at fault."""

    values: pl.Series
    faults: Sequence[tuple[_Fault, pl.Series]]


def _judge(column: Column, cells: pl.Series, as_of: date, *, is_required: bool) -> _Judged:
    """Read every cell of a column.

    A million cells hold a few thousand dates and a handful of codes, so each text is read once.
    """
    texts = _to_read(column, cells)
    may_be_empty = not is_required or column.missing is not None
    read = _read(column, texts, as_of, problems.OR_EMPTY if may_be_empty else "")
    faults = list(read.faults)
    if is_required and not column.missing:
        faults.append(
            _Fault("missing_value", pl.col(column.name).is_null(), sentence("missing_value"))
        )
    kind = POLARS_TYPES[column.type]
    answers = texts.to_frame().select(
        _with_default(column, read.value).cast(kind).alias("value"),
        *(fault.at_fault.alias(str(number)) for number, fault in enumerate(faults)),
    )
    if column.type in _MOSTLY_AS_WRITTEN:
        values = cells.replace(texts, answers["value"]) if len(texts) else cells
    else:
        values = cells.replace_strict(texts, answers["value"], default=None, return_dtype=kind)
    return _Judged(
        values.alias(column.name),
        [
            (fault, cells.is_in(texts.filter(flag).implode(), nulls_equal=True))
            for number, fault in enumerate(faults)
            if (flag := answers[str(number)]).any()
        ],
    )


def _to_read(column: Column, cells: pl.Series) -> pl.Series:
    """Each text of a column that is not its own value as it is written; NULL for an empty cell."""
    if column.type == "text":
        cells = cells.filter(cells.is_null() | cells.str.contains(_FORMULA_ERROR))
    elif column.type == "identifier":
        cells = cells.filter(cells.is_null() | ~cells.str.contains(IDENTIFIER_PATTERN))
    return cells.unique()


def _with_default(column: Column, value: pl.Expr) -> pl.Expr:
    """The value; for an empty cell, the column's code for "not recorded", if it has one."""
    if column.missing is None:
        return value
    return pl.when(pl.col(column.name).is_null()).then(pl.lit(column.missing)).otherwise(value)


def sentence(code: str, **words: str) -> pl.Expr:
    """Return the sentence of an error code, with its braces filled in, as a Polars literal."""
    return pl.lit(problems.SENTENCES[code].format(**words))


def report(
    table: Table, column: Column, rows: pl.DataFrame, code: str, message: pl.Expr
) -> pl.DataFrame:
    """Return one problem for each of `rows` (with delivery and delivery_row) in `column`."""
    return rows.select(
        "delivery",
        pl.lit(table.sheet).alias("sheet"),
        pl.col("delivery_row").alias("row"),
        pl.lit(column.name).alias("field"),
        pl.lit(code).alias("code"),
        pl.concat_str(pl.lit(f"«{column.label_nb}»: "), message).alias("message"),
    ).cast(problems.SCHEMA)


def _read(column: Column, texts: pl.Series, as_of: date, or_empty: str) -> _Reading:
    """How a column is read; `or_empty` is problems.OR_EMPTY if its cells may be empty."""
    text = pl.col(column.name)
    is_failed = text.str.contains(_FORMULA_ERROR)
    if column.type == "text":
        failed = _Fault("missing_value", is_failed.fill_null(value=False), _SAYS_FAILED)
        return _Reading(pl.when(~is_failed).then(text), (failed,))
    read = _read_typed(column, texts, as_of, or_empty)
    # Of every type, what a failed formula shows is none.
    return replace(
        read,
        faults=tuple(
            replace(fault, message=pl.when(is_failed).then(_SAYS_FAILED).otherwise(fault.message))
            for fault in read.faults
        ),
    )


def _read_typed(column: Column, texts: pl.Series, as_of: date, or_empty: str) -> _Reading:
    text = pl.col(column.name)
    if column.type == "code":
        return _read_code(column, texts, or_empty)
    if column.type == "identifier":
        digits = text.str.replace(_WHOLE, "$1")
        fits = digits.str.contains(IDENTIFIER_PATTERN)
        is_near = text.str.replace_all(OTHER_DASHES, "-").str.contains(IDENTIFIER_PATTERN)
        message = pl.when(is_near).then(pl.lit(problems.OTHER_DASH)).otherwise(sentence("bad_id"))
        return _Reading(pl.when(fits).then(digits), (_Fault("bad_id", ~fits, message),))
    if column.type == "date":
        value = _date(text)
        hint = f"Skriv en dato fra {FIRST_DATE:%d.%m.%Y} eller senere."
        message = (
            pl.when(text.str.contains(_TIME))
            .then(pl.lit(problems.HIDDEN_TIME))
            .when(text.str.contains(_DATE_AS_NUMBER))
            .then(pl.lit(problems.DATE_AS_NUMBER))
            .otherwise(sentence("bad_date", empty=or_empty))
        )
        return _ranged(text, "bad_date", value, value < FIRST_DATE, hint, message)
    if column.type == "year":
        value = text.str.extract(_WHOLE).cast(pl.Int64, strict=False)
        first, last = _years(column, as_of)
        hint = f"Skriv et årstall fra {first} til {last}."
        example = "1985" if column.minimum is None else "2021"
        message = sentence("bad_number", example=example, empty=or_empty)
        return _ranged(text, "bad_number", value, ~value.is_between(first, last), hint, message)
    if column.type in ("number", "integer"):
        highest = column.maximum or 0
        plain = text.str.replace(_PERCENT, "") if highest == _WHOLE_PERCENT else text
        # Norwegian Excel shows an amount as 2 500 000.
        grouped = plain.str.contains(_THOUSANDS)
        plain = pl.when(grouped).then(plain.str.replace_all(" ", "")).otherwise(plain)
        if column.type == "integer" or highest >= _AMOUNT:
            # 2.500 may mean two and a half or two thousand five hundred.
            plain = pl.when(~plain.str.contains(_POINTS)).then(plain)
        if column.type == "integer":
            value = plain.str.extract(_WHOLE).cast(pl.Int64, strict=False)
            hint = f"Skriv et helt tall {column.span_nb}."
        else:
            value = plain.str.extract(_NUMBER, 0).str.replace(",", ".").cast(pl.Float64)
            hint = f"Skriv et tall {column.span_nb}."
        too_low = value < column.minimum if column.above is None else value <= column.above
        outside = too_low | (value > column.maximum)
        kind = "amount" if highest >= _AMOUNT else column.type
        message = sentence("bad_number", example=_EXAMPLES[kind], empty=or_empty)
        return _ranged(text, "bad_number", value, outside, hint, message)
    return _Reading(text, ())


def _years(column: Column, as_of: date) -> tuple[int, int]:
    if column.minimum is None:
        return as_of.year - AGE_AT_BUILD[1], as_of.year - AGE_AT_BUILD[0]
    # Targets are set some years ahead.
    return int(column.minimum), as_of.year + YEARS_AHEAD


def _ranged(
    text: pl.Expr,
    bad: str,
    value: pl.Expr,
    outside: pl.Expr,
    hint: str,
    message: pl.Expr,
) -> _Reading:
    unread = text.is_not_null() & value.is_null()
    faults = (
        _Fault(bad, unread, message),
        _Fault("out_of_range", outside, sentence("out_of_range", hint=hint)),
    )
    return _Reading(pl.when(~outside).then(value), faults)


def _date(text: pl.Expr) -> pl.Expr:
    day = text.str.replace(_MIDNIGHT, "")
    read = []
    for pattern in (_NORWEGIAN_DATE, _ISO_DATE):
        parts = day.str.extract_groups(pattern)
        year = parts.struct.field("year")
        # A two-digit year is in this century if it is below 69, else in the last.
        century = pl.when(year.cast(pl.Int32, strict=False) < 69).then(pl.lit("20"))
        full = pl.when(year.str.len_chars() == 2).then(century.otherwise(pl.lit("19")) + year)
        iso = pl.concat_str(
            full.otherwise(year),
            *(parts.struct.field(part).str.zfill(2) for part in ("month", "day")),
            separator="-",
        )
        read.append(iso.str.to_date("%Y-%m-%d", strict=False))
    return pl.coalesce(read)


def _read_code(column: Column, cells: pl.Series, or_empty: str) -> _Reading:
    text = pl.col(column.name)
    spelled = {cell: normalise(cell) for cell in cells.drop_nulls()}
    known = spellings(column.codes or "")
    codes = {cell: known[spelling] for cell, spelling in spelled.items() if spelling in known}
    unsure = AMBIGUOUS.get(column.codes or "", {})
    ambiguous = {
        cell: _choice(column, unsure[spelling])
        for cell, spelling in spelled.items()
        if spelling in unsure
    }
    strange = [cell for cell in spelled if cell not in codes and cell not in ambiguous]
    value = text.replace_strict(codes, default=None, return_dtype=pl.String)
    faults = [
        _Fault("ambiguous_code", text.is_in(list(ambiguous)), _said(text, ambiguous)),
        _Fault(
            "bad_code",
            text.is_in(strange),
            _said(
                text,
                {
                    cell: _suggestion(column.codes or "", spelled[cell], or_empty)
                    for cell in strange
                },
            ),
        ),
    ]
    return _Reading(value, tuple(faults))


def _said(text: pl.Expr, sentences: Mapping[str, str]) -> pl.Expr:
    return text.replace_strict(sentences, default=None, return_dtype=pl.String)


def _choice(column: Column, candidates: tuple[str, ...]) -> str:
    names = {code: vocabulary().code_list(column.codes or "")[code].label_nb for code in candidates}
    what = "Navnet"
    if column.codes == "outcome":
        # U is the only cell value that a message may repeat: it was printed in the old form.
        what, names = "koden U", {code: name.lower() for code, name in names.items()}
    meant = " eller ".join(f"{code} for {name}" for code, name in names.items())
    hint = f"{what} er tvetydig. Skriv {meant}."
    return problems.SENTENCES["ambiguous_code"].format(hint=hint)


def _suggestion(code_list: str, spelling: str, or_empty: str) -> str:
    """Return a sentence that names the codes nearest to a cell, without repeating the cell."""
    found = nearest(code_list, spelling)
    return problems.SENTENCES["bad_code"].format(
        nearest=problems.listed(found.named),
        empty=or_empty,
        others=problems.OTHER_CODES if found.may_miss else "",
    )
