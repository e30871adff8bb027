"""Every expectation of a table: what is generated of it, and what is written by hand."""

from __future__ import annotations

from assets.vocabulary import vocabulary
from expectations.model import Expectation
from expectations.rules import rules
from expectations.structure import structure


def of_table(qualified_name: str) -> tuple[Expectation, ...]:
    """Return every expectation of the table `layer.name`: structure first, then the rules."""
    table = vocabulary().table(qualified_name)
    by_hand = (rule for rule in rules() if rule.table == qualified_name)
    return (*structure(vocabulary(), table), *by_hand)
