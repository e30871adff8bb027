"""The proof of a finished publication whose small numbers are withheld: the audit of its files."""

from __future__ import annotations

from pathlib import Path

from assets.disclosure.audit import Audit, audit, read
from assets.published.gate import GateError


def audit_folder(folder: Path) -> Audit:
    """Audit the finished files of a publication whose small numbers are withheld."""
    tables, stated = read(folder)
    return audit(tables, stated.threshold, ties=stated.ties, sensitive=stated.sensitive)


def prove(folder: Path) -> None:
    """Raise GateError if a small group can be worked out from the files of `folder`."""
    broken = audit_folder(folder).breaches
    if broken:
        raise GateError(
            "Noen kan regne seg fram til små grupper, så ingenting er publisert åpent. Det er en "
            "feil i programmet; meld fra om den:\n" + "\n".join(sorted(map(str, broken))[:20])
        )
