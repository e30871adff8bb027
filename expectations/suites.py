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


def tables_held_against(qualified_name: str) -> tuple[str, ...]:
    """Return the other tables with a rule that reads the table `layer.name`.

    Their results are no longer valid when that table is rewritten.
    """
    reads = re.compile(rf"\b{re.escape(qualified_name)}\b")
    found = dict.fromkeys(rule.table for rule in rules() if reads.search(rule.kwargs["query"]))
    return tuple(table for table in found if table != qualified_name)
