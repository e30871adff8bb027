"""The proof of a publication's files: worked out once, and anew when anything in them differs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.disclosure.audit import read
from assets.published.gate import GateError
from assets.published.proof import audit_folder, audited, refuse
from assets.vocabulary import HIDDEN, TOTAL, vocabulary
from tests.disclosure.small_publications import folder_of, populations, ties, undivided

NOBODY = dict.fromkeys(vocabulary().code_list("referral_source").names, 0)
POPULATIONS = populations(
    referred=120, started=100, planned_exits=40, dropouts=20, no_shows=20, participants=100,
    active_at_year_end=40,
)  # fmt: skip


def publication(folder: Path, **sources: int) -> Path:
    """Write a year in which 120 people came from `sources`."""
    of_sources = undivided({**NOBODY, **sources, TOTAL: 120})
    rows = {"gender_split": POPULATIONS, "referral_sources": of_sources}
    return folder_of(folder, {2020: rows}, ties=ties(2020, "active", "came", "left"))


def test_the_same_files_are_audited_once(tmp_path: Path) -> None:
    one, other = (publication(tmp_path / name, nav_local=120) for name in ("one", "other"))
    assert audit_folder(other) is audit_folder(one)


def test_files_that_differ_in_one_number_are_not_proved_by_those_before(tmp_path: Path) -> None:
    safe = publication(tmp_path / "safe", nav_local=100, other=20)
    unsafe = publication(tmp_path / "unsafe", nav_local=118, other=2)
    refuse(audit_folder(safe))
    with pytest.raises(GateError):
        refuse(audit_folder(unsafe))
    refuse(audit_folder(safe))


def test_any_other_cell_table_or_promise_is_audited_anew(tmp_path: Path) -> None:
    tables, stated = read(publication(tmp_path / "open", nav_local=120))
    promise = {"threshold": stated.threshold, "ties": stated.ties, "sensitive": stated.sensitive}
    others = [
        ({**tables, name: _changed(frame, row, column)}, (), promise)
        for name, frame in tables.items()
        for row in range(frame.height)
        for column in ("year", "n", "status")
    ]
    others += [
        ({"gender_split": tables["gender_split"]}, (), promise),
        (tables, [tables], promise),
        (tables, (), {**promise, "threshold": stated.threshold + 1}),
        (tables, (), {**promise, "ties": {2020: {"active": ("female",)}}}),
        (tables, (), {**promise, "sensitive": ()}),
    ]
    for other, earlier, said in others:
        found = audited(tables, **promise)
        assert audited(other, earlier=earlier, **said) is not found


def _changed(frame: pl.DataFrame, row: int, column: str) -> pl.DataFrame:
    """The frame with one other year, number or status."""
    now = frame[row, column]
    other = HIDDEN if column == "status" else now + 1
    here = pl.int_range(pl.len()) == row
    return frame.with_columns(pl.when(here).then(pl.lit(other)).otherwise(column).alias(column))
