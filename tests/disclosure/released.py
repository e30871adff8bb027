"""Folders as the product publishes them: the only place where attacker tests use the release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assets.disclosure.history import Rule, Vintage
from assets.published.manifest import policy
from assets.published.release import release
from tests.disclosure.publications import SENSITIVE, SMALLEST_BASE, THRESHOLD, exact_tables
from tests.disclosure.publishing import Tables, write_folder
from tests.recount.records import Register

RULE = Rule(THRESHOLD, SMALLEST_BASE, SENSITIVE)

Step = tuple[Register, date]
"""A register as it is on a day, the last of a year."""


def publish(
    exact: Tables, folder: Path, history: Sequence[Vintage], today: date
) -> Sequence[Vintage]:
    """Publish exact tables into a new folder, and return every vintage made so far."""
    years = sorted({int(year) for year in exact["key_figures"]["year"].unique()})
    about = {year: {"synthetic": True} for year in years}
    released = release(exact, about, history, RULE, today)
    every = [*history, *released.fresh]
    write_folder(
        folder,
        released.tables,
        {str(year): dict(ties) for year, ties in released.ties.items()},
        held_back={year: str(reason) for year, reason in released.held_back.items()},
        names=policy()["open"]["names"],
        vintages=Counter(vintage.year for vintage in every),
    )
    return every


def publish_steps(steps: Sequence[Step], folder: Path) -> list[Path]:
    """Publish a register step by step, each into a folder of its own; return the folders."""
    history: Sequence[Vintage] = ()
    folders = []
    for number, (register, as_of) in enumerate(steps):
        today = date(as_of.year + 1, 1 + number, 28)
        folders.append(folder / f"{number}")
        exact = exact_tables(register, as_of)
        history = publish(exact, folders[-1], history, today)
    return folders
