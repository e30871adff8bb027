"""Structural expectations of the tables of records and marts, made from the vocabulary.

Everything that columns.toml and tables.toml declare about a table becomes an expectation.
Domain rules are in rules/*.toml. All structural expectations are critical.
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.records.coding import FIRST_DATE
from assets.vocabulary import Column, Table, Vocabulary
from assets.vocabulary.ddl import IDENTIFIER_PATTERN, is_required
from expectations.model import CRITICAL, Expectation

LAYERS = ("records", "marts")


def structure(vocabulary: Vocabulary, table: Table) -> list[Expectation]:
    """Return the expectations of the columns, keys, codes and ranges of `table`.

    An id is the kind and the columns: `columns`, `unique:year,gender`, `not_null:birth_year`,
    `categories:gender`, `identifier:case_id`, `not_before_2000:opened_on`, `range:n`,
    `reference:referral_id`.
    """
    found = [_columns(table)]
    if table.key:
        found.append(_unique(table))
    for column in table.columns:
        found += _column(vocabulary, table, column)
    for name, target in table.references.items():
        found.append(_reference(vocabulary, table, name, f"{table.layer}.{target}"))
    return found


def _columns(table: Table) -> Expectation:
    declared = ", ".join(_literal(column.name) for column in table.columns)
    query = f"""
select null::integer as year
from (
    select list(column_name order by ordinal_position) as found
    from information_schema.columns
    where table_catalog = current_database()
        and table_schema = {_literal(table.layer)} and table_name = {_literal(table.name)}
) as columns
where found is distinct from [{declared}]
""".strip()
    sentence = "Kolonnene må være de som er erklært, i samme rekkefølge."
    return _critical(table, "columns", query, sentence)


def _unique(table: Table) -> Expectation:
    key = ", ".join(table.key)
    # A row that lacks a part of its key equals no other, and breaks another expectation.
    query = (
        f"select * from {table.qualified_name} semi join"
        f" (select {key} from {table.qualified_name} group by all having count(*) > 1) as twice"
        f" using ({key})"
    )
    name = f"unique:{','.join(table.key)}"
    return _critical(table, name, query, "Hver rad må ha sin egen nøkkel.")


def _column(vocabulary: Vocabulary, table: Table, column: Column) -> Iterator[Expectation]:
    name, label = column.name, f"«{column.label_nb}»"
    rows = f"select * from {table.qualified_name} where"
    if is_required(table, column):
        sentence = f"{label} må være fylt ut."
        yield _critical(table, f"not_null:{name}", f"{rows} {name} is null", sentence)
    if column.codes_by:
        yield from _categories_by(vocabulary, table, column)
    elif column.type == "code":
        sentence = f"{label} må være en av kodene i kodelisten."
        codes = ", ".join(map(_literal, vocabulary.categories(table, column) or ()))
        yield _critical(table, f"categories:{name}", f"{rows} {name} not in ({codes})", sentence)
    if column.type == "identifier":
        sentence = f"{label} må ha 1 til 40 tegn av A til Z, a til z, 0 til 9, _ og -."
        query = f"{rows} not regexp_full_match({name}, {_literal(IDENTIFIER_PATTERN)})"
        yield _critical(table, f"identifier:{name}", query, sentence)
    if column.type == "date":
        sentence = f"{label} kan ikke være før år 2000."
        query = f"{rows} {name} < date {_literal(FIRST_DATE.isoformat())}"
        yield _critical(table, f"not_before_2000:{name}", query, sentence)
    outside = _outside(column)
    if outside:
        sentence = f"{label} må ligge innenfor det mulige."
        yield _critical(table, f"range:{name}", f"{rows} {outside}", sentence)


def _outside(column: Column) -> str:
    """The condition that a number is impossible; empty where every number is possible."""
    least, most = column.minimum, column.maximum
    if column.type in ("count", "share"):
        least = 0
    if column.type == "share":
        most = 1
    bounds = {"<": least, "<=": column.above, ">": most}
    return " or ".join(
        f"{column.name} {sign} {bound}" for sign, bound in bounds.items() if bound is not None
    )


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
        yield _critical(table, name, query, sentence)


def _reference(vocabulary: Vocabulary, table: Table, name: str, target: str) -> Expectation:
    (key,) = vocabulary.table(target).key
    query = (
        f"select {name} from {table.qualified_name} where {name} is not null"
        f" and {name} not in (select {key} from {target} where {key} is not null)"
    )
    label = vocabulary.table(target).label_nb
    sentence = f"«{table.column(name).label_nb}» må finnes i {label}."
    return _critical(table, f"reference:{name}", query, sentence)


def _critical(table: Table, name: str, query: str, sentence_nb: str) -> Expectation:
    return Expectation(name, table.qualified_name, query, CRITICAL, sentence_nb)


def _literal(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"
