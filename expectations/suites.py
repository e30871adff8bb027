"""Every expectation of a table: the generated ones, and those written by hand."""

from __future__ import annotations

import re

from assets.vocabulary import vocabulary
from expectations.model import Expectation
from expectations.rules import rules
from expectations.structure import structure


def of_table(qualified_name: str) -> tuple[Expectation, ...]:
    """Return every expectation of the table `layer.name`: structure first, then the rules."""
    table = vocabulary().table(qualified_name)
    by_hand = (rule for rule in rules() if rule.table == qualified_name)
    return (*structure(vocabulary(), table), *by_hand)


def tables_read(rule: Expectation) -> set[str]:
    """Return the tables (`layer.name`) that the query of a rule reads."""
    return {*re.findall(r"\b\w+\.\w+", rule.query)} & vocabulary().tables.keys()


def tables_held_against(qualified_name: str) -> tuple[str, ...]:
    """Return the other tables with a rule that reads the table `layer.name`.

    Their results are no longer valid when that table is rewritten.
    """
    found = dict.fromkeys(rule.table for rule in rules() if qualified_name in tables_read(rule))
    return tuple(table for table in found if table != qualified_name)
