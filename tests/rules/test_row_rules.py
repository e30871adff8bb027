"""Every error of a row and every rule of rules.py comes of its mutation, and nothing else does."""

from __future__ import annotations

import polars as pl
import pytest

from assets.raw import problems
from assets.records.register import Register
from assets.records.rules import row_rules
from assets.vocabulary import vocabulary
from tests.rules.row_mutations import MUTATIONS, Mutation
from tests.unit.raw_tables import AS_OF, CLEAN, register_of, row, table_of

RULES = [(table, rule) for table, rules in row_rules(AS_OF, AS_OF).items() for rule in rules]


def _register(mutation: Mutation) -> Register:
    """The register of the clean inbox with these cells changed."""
    tables = {
        name: [row(name, 2), row(name, 3, **cells)] if mutation.again else [row(name, 2, **cells)]
        for name, cells in mutation.changed.items()
    }
    return register_of(**tables)


def _rule_of(mutation: Mutation) -> list[int]:
    """Positions of the rules whose sentence the mutation brings about."""
    found = _register(mutation).rejected.filter(sheet=table_of(mutation.table).sheet)
    message = found["message"][0]
    return [
        position
        for position, (table, rule) in enumerate(RULES)
        if (table, rule.field, rule.code) == (mutation.table, mutation.field, mutation.code)
        and message.endswith(
            problems.SENTENCES[rule.code].format(other=rule.words, hint=rule.words)
        )
    ]


def test_nothing_is_wrong_with_the_clean_inbox() -> None:
    register = register_of()
    assert register.rejected.is_empty()
    assert all(register.tables[table].height == 1 for table in CLEAN)


@pytest.mark.parametrize(
    "mutation", MUTATIONS, ids=lambda one: f"{one.table}-{one.field}-{one.code}"
)
def test_mutation_brings_its_error_and_no_other(mutation: Mutation) -> None:
    register = _register(mutation)
    rejected = register.rejected
    sheet = pl.col("sheet") == table_of(mutation.table).sheet
    numbers = [2, 3] if mutation.again else [2]
    assert rejected.filter(sheet).select("row", "field", "code", "healed_by").rows() == [
        (number, mutation.field, mutation.code, None) for number in numbers
    ]
    assert rejected.filter(~sheet, pl.col("code") != "orphan").is_empty()
    assert register.tables[mutation.table].is_empty()


def test_every_error_code_of_a_row_has_a_mutation() -> None:
    assert {mutation.code for mutation in MUTATIONS} == set(problems.SENTENCES) - problems.REFUSALS


def test_every_rule_has_a_mutation() -> None:
    judged = [
        mutation for mutation in MUTATIONS if mutation.code in {rule.code for _, rule in RULES}
    ]
    broken = [position for mutation in judged for position in _rule_of(mutation)]
    assert set(broken) == set(range(len(RULES)))
    assert len(broken) == len(judged)


def test_every_reference_has_a_mutation() -> None:
    references = {
        (table.name, field) for table in vocabulary().sheets() for field in table.references
    }
    assert {(one.table, one.field) for one in MUTATIONS if one.code == "orphan"} == references
