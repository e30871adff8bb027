"""The checks of a table in words, from what the vocabulary and the rules declare; none is run here.

What a check found is told as far as the manifest tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.vocabulary import Table, vocabulary
from assets.vocabulary.ddl import is_required
from dashboards import numbers
from dashboards.app import follow_words
from dashboards.publication import Publication
from expectations.model import CRITICAL
from expectations.rules import rules

_CALENDAR = ("intermediate.years", "intermediate.months")
"""Tables that say which years and months there are, and count nothing."""


@dataclass(frozen=True)
class Checks:
    """The checks of one table: what must be so, and what is looked for and yet counted."""

    id: str
    title: str
    must: tuple[str, ...]
    looked_for: tuple[str, ...]


def checks_of(publication: Publication, year: int, table: Table) -> Checks:
    """The checks of a mart or of a sheet, with what was found in the year's register."""
    found = publication.findings(year)
    labels = vocabulary().code_list("finding_rule")
    own = [rule for rule in rules() if rule.table == table.qualified_name]
    must = [_what_must_be(rule.sentence_nb) for rule in own if not rule.rows]
    return Checks(
        table.name,
        follow_words.checks_of(table.sheet or table.label_nb),
        (*_structure(table), *must),
        tuple(
            follow_words.found(
                labels[rule.id].label_nb,
                numbers.count(found[rule.id]) if rule.id in found else "",
                found.get(rule.id) == 1,
            )
            for rule in own
            if rule.rows and rule.severity != CRITICAL
        ),
    )


def sheets_of(mart: Table) -> tuple[Table, ...]:
    """The sheets that a mart is counted from, in the order of the template."""
    seen: set[str] = set()
    waiting = [mart.qualified_name]
    while waiting:
        name = waiting.pop()
        if name not in seen and name not in _CALENDAR:
            seen.add(name)
            waiting += vocabulary().table(name).derived_from
    return tuple(table for table in vocabulary().sheets() if table.qualified_name in seen)


def _what_must_be(sentence: str) -> str:
    """The first sentence of a rule: the ones after it tell the counsellor what to do."""
    first, _, _ = sentence.partition(". ")
    return f"{first.rstrip('.')}."


def _structure(table: Table) -> Iterator[str]:
    """What the declaration of a table demands of its rows."""
    if table.key:
        yield follow_words.OWN_KEY
    columns = table.fields
    kinds = (
        (follow_words.filled, [one for one in columns if is_required(table, one)]),
        (follow_words.coded, [one for one in columns if one.codes or one.codes_by]),
        (follow_words.dated, [one for one in columns if one.type == "date"]),
        (
            follow_words.bounded,
            [
                one
                for one in columns
                if one.type in ("count", "share")
                or not (one.minimum is None and one.maximum is None and one.above is None)
            ],
        ),
    )
    for said, listed in kinds:
        if listed:
            yield said([f"«{column.label_nb}»" for column in listed])
    for name, target in table.references.items():
        sheet = vocabulary().table(f"{table.layer}.{target}")
        yield follow_words.refers(table.column(name).label_nb, str(sheet.sheet or sheet.label_nb))
