"""The domain rules: those written by hand in rules/*.toml, and the sums. No rule is run here."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from assets.vocabulary import vocabulary
from expectations.model import CRITICAL, SEVERITIES, Expectation
from expectations.sums import sums

_FOLDER = Path(__file__).parent / "rules"
_FIELDS = {"table", "severity", "sentence", "query"}
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class RuleError(ValueError):
    """A rule is not written as it must be. The message names the rule."""


@cache
def rules() -> tuple[Expectation, ...]:
    """Return every domain rule, sums first; RuleError when one is ill-formed."""
    found = {rule.id: rule for rule in sums()}
    for path in sorted(_FOLDER.glob("*.toml")):
        with open(path, "rb") as file:
            entries = tomllib.load(file)
        for name, entry in entries.items():
            if name in found:
                raise RuleError(f"{path.name} [{name}]: this id is taken by another rule")
            found[name] = _rule(f"{path.name} [{name}]", name, entry)
    return tuple(found.values())


def _rule(where: str, name: str, entry: dict[str, Any]) -> Expectation:
    if not _ID.fullmatch(name):
        raise RuleError(f"{where}: an id is written in snake_case")
    if set(entry) != _FIELDS:
        raise RuleError(f"{where}: a rule has exactly {', '.join(sorted(_FIELDS))}")
    if entry["table"] not in vocabulary().tables:
        raise RuleError(f"{where}: unknown table {entry['table']}")
    if entry["severity"] not in SEVERITIES:
        raise RuleError(f"{where}: severity is {', '.join(SEVERITIES)}")
    query = entry["query"].strip()
    is_finding = entry["table"].startswith("records.") and entry["severity"] != CRITICAL
    return Expectation(
        id=name,
        table=entry["table"],
        query=f"select rule from quality.findings where rule = '{name}'" if is_finding else query,
        severity=entry["severity"],
        sentence_nb=entry["sentence"],
        rows=query if is_finding else "",
    )
