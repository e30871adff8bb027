"""The proof of a finished publication whose small numbers are withheld: the audit of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from assets.disclosure.audit import Audit, audit, read
from assets.disclosure.history import Tables
from assets.published.gate import GateError

_Ties = Mapping[int, Mapping[str, Collection[str]]]

_last: dict[str, Audit] = {}
"""The last audit, by the digest of what was audited."""


def audited(
    tables: Tables,
    threshold: int,
    earlier: Sequence[Tables] = (),
    *,
    ties: _Ties,
    sensitive: Collection[str],
) -> Audit:
    """Audit as assets.disclosure.audit.audit does, unless the last audit was of just the same.

    A build audits a publication when it decides on it, when its files are written and in a check.
    The numbers are compared each time; what follows from them is worked out once.
    """
    readings = [dict(sorted(one.items())) for one in (tables, *earlier)]
    genders = {
        year: {tie: tuple(of_tie) for tie, of_tie in of_year.items()}
        for year, of_year in sorted(ties.items())
    }
    digest = _digest(readings, [threshold, genders, sorted(sensitive)])
    if digest not in _last:
        found = audit(readings[0], threshold, readings[1:], ties=genders, sensitive=sensitive)
        _last.clear()
        _last[digest] = found
    return _last[digest]


def audit_folder(folder: Path) -> Audit:
    """Audit the finished files of a publication whose small numbers are withheld."""
    tables, stated = read(folder)
    return audited(tables, stated.threshold, ties=stated.ties, sensitive=stated.sensitive)


def refuse(found: Audit) -> None:
    """Raise GateError if the audit found a small group that can be worked out."""
    if found.breaches:
        raise GateError(
            "Noen kan regne seg fram til små grupper, så ingenting er publisert. Det er en feil i "
            "programmet; meld fra om den:\n" + "\n".join(sorted(map(str, found.breaches))[:20])
        )


def _digest(readings: Sequence[Tables], rest: object) -> str:
    found = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
    for tables in readings:
        found.update(f"{len(tables)} tables\n".encode())
        for name, frame in tables.items():
            found.update(ascii((name, frame.schema, frame.rows())).encode())
    return found.hexdigest()
