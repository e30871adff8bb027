"""Structural expectations of the tables of records and marts, made from the vocabulary.

Everything that columns.toml and tables.toml declare about a table becomes an expectation.
Domain rules are in rules/*.toml. All structural expectations are critical.
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.records.coding import FIRST_DATE
from assets.vocabulary import Column, Table, Vocabulary
from assets.vocabulary.ddl import IDENTIFIER_PATTERN, is_required
from expectations.model import CRITICAL, QUERY, Expectation

LAYERS = ("records", "marts")


def structure(vocabulary: Vocabulary, table: Table) -> list[Expectation]:
    """Return the expectations of the columns, keys, codes and ranges of `table`.

    An id is the kind and the columns: `columns`, `unique:year,gender`, `not_null:birth_year`,
    `categories:gender`, `identifier:case_id`, `not_before_2000:opened_on`, `range:n`,
    `reference:referral_id`.
    """
    found = [
        _critical(
            table,
            "columns",
            "expect_table_columns_to_match_ordered_list",
            "Kolonnene må være de som er erklært, i samme rekkefølge.",
            column_list=[column.name for column in table.columns],
        )
    ]
    if table.key:
        found.append(_unique(table))
    for column in table.columns:
        found += _column(vocabulary, table, column)
    for name, target in table.references.items():
        found.append(_reference(vocabulary, table, name, f"{table.layer}.{target}"))
    return found


def _unique(table: Table) -> Expectation:
    sentence = "Hver rad må ha sin egen nøkkel."
    name = f"unique:{','.join(table.key)}"
    if len(table.key) == 1:
        kind = "expect_column_values_to_be_unique"
        return _critical(table, name, kind, sentence, column=table.key[0])
    # Great Expectations has one for several columns too, which takes six times as long.
    query = (
        f"select * from {table.qualified_name}"
        f" qualify count(*) over (partition by {', '.join(table.key)}) > 1"
    )
    return _critical(table, name, QUERY, sentence, query=query)


def _column(vocabulary: Vocabulary, table: Table, column: Column) -> Iterator[Expectation]:
    name, label = column.name, f"«{column.label_nb}»"
    if is_required(table, column):
        kind = "expect_column_values_to_not_be_null"
        sentence = f"{label} må være fylt ut."
        yield _critical(table, f"not_null:{name}", kind, sentence, column=name)
    if column.codes_by:
        yield from _categories_by(vocabulary, table, column)
    elif column.type == "code":
        kind = "expect_column_values_to_be_in_set"
        sentence = f"{label} må være en av kodene i kodelisten."
        codes = list(vocabulary.categories(table, column) or ())
        yield _critical(table, f"categories:{name}", kind, sentence, column=name, value_set=codes)
    if column.type == "identifier":
        kind = "expect_column_values_to_match_regex"
        sentence = f"{label} må ha 1 til 40 tegn av A til Z, a til z, 0 til 9, _ og -."
        yield _critical(
            table, f"identifier:{name}", kind, sentence, column=name, regex=IDENTIFIER_PATTERN
        )
    kind = "expect_column_values_to_be_between"
    if column.type == "date":
        sentence = f"{label} kan ikke være før år 2000."
        yield _critical(
            table,
            f"not_before_2000:{name}",
            kind,
            sentence,
            column=name,
            min_value=FIRST_DATE.isoformat(),
        )
    bounds = _bounds(column)
    if bounds:
        sentence = f"{label} må ligge innenfor det mulige."
        yield _critical(table, f"range:{name}", kind, sentence, column=name, **bounds)


def _bounds(column: Column) -> dict[str, float | bool]:
    if column.type == "count":
        return {"min_value": 0}
    if column.type == "share":
        return {"min_value": 0, "max_value": 1}
    bounds: dict[str, float | bool] = {}
    if column.minimum is not None:
        bounds["min_value"] = column.minimum
    if column.above is not None:
        bounds |= {"min_value": column.above, "strict_min": True}
    if column.maximum is not None:
        bounds["max_value"] = column.maximum
    return bounds


def _categories_by(vocabulary: Vocabulary, table: Table, column: Column) -> Iterator[Expectation]:
    by = table.column(column.codes_by or "")
    categories = vocabulary.categories_by(table, column)
    for entry in vocabulary.code_list(by.codes or "").codes:
        codes = categories[entry.code]
        query = (
            f"select * from {table.qualified_name} where {by.name} = {_literal(entry.code)}"
            f" and {column.name} not in ({', '.join(map(_literal, codes))})"
        )
        sentence = f"Der «{by.label_nb}» er «{entry.label_nb}», må gruppen være i kodelisten."
        name = f"categories:{column.name}[{entry.code}]"
        yield _critical(table, name, QUERY, sentence, query=query)


def _reference(vocabulary: Vocabulary, table: Table, name: str, target: str) -> Expectation:
    (key,) = vocabulary.table(target).key
    query = (
        f"select {name} from {table.qualified_name} where {name} is not null"
        f" and {name} not in (select {key} from {target} where {key} is not null)"
    )
    label = vocabulary.table(target).label_nb
    sentence = f"«{table.column(name).label_nb}» må finnes i {label}."
    return _critical(table, f"reference:{name}", QUERY, sentence, query=query)


def _critical(
    table: Table, name: str, kind: str, sentence_nb: str, **kwargs: object
) -> Expectation:
    return Expectation(name, table.qualified_name, kind, kwargs, CRITICAL, sentence_nb)


def _literal(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"
