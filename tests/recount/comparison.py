"""Where the marts of a build differ from those of the oracle, line by line, in readable words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.recount.oracle import MEASURES, Row

TOLERANCE = 1e-9
SHARES = ("planned_share_of_exits", "work_exit_share")
COMPLETE = (
    "benefit_target",
    "caseload",
    "quarterly_flow",
    "target_attainment",
    "still_in_programme",
    "job_retention",
    "survey_response",
    "staffing",
    "counsellor_caseload",
    "savings",
    "key_figures",
)
"""Marts of which the oracle gives every line, so that another one is wrong even if it is zero."""

EVERY_LINE = ("still_in_programme", "survey_response", "staffing", "counsellor_caseload", "savings")
"""Marts in which a line of zeros must stand all the same: what is 0 is recorded, or reached."""

Key = tuple[tuple[str, Any], ...]


def differences(
    expected: Mapping[str, list[Row]], actual: Mapping[str, Iterable[Mapping[str, Any]]]
) -> list[str]:
    """Return one sentence per difference; none when the marts agree.

    `expected` is what `oracle.marts` returns; `actual` is mart -> rows as mappings from column to
    value, in any order (further tables are not looked at). A line that is missing equals a line of
    zeros, or of NULL for a share or quantile. Numbers that are no counts may differ by 1e-9.
    """
    years = {row["year"] for row in expected["key_figures"]}
    found = []
    for table in MEASURES:
        if table in actual:
            found += _table_differences(table, expected[table], list(actual[table]), years)
        else:
            found.append(f"{table}: the mart is missing")
    return found


def _table_differences(
    table: str, expected: list[Row], actual: list[Mapping[str, Any]], years: set[int]
) -> list[str]:
    measures = MEASURES[table]
    found = []
    ours = {_key(row, measures): row for row in expected}
    theirs: dict[Key, Mapping[str, Any]] = {}
    for row in actual:
        key = _key(row, measures)
        if missing := [measure for measure in measures if measure not in row]:
            return [f"{table}: no column {', '.join(missing)}"]
        if key in theirs:
            found.append(f"{_name(table, key)}: stands there more than once")
        theirs[key] = row
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        if key not in theirs:
            if not _is_zero(table, ours[key]):
                found.append(f"{_name(table, key)}: missing, expected {_shown(table, ours[key])}")
        elif key not in ours:
            zero = _is_zero(table, theirs[key]) and table not in COMPLETE
            if not zero or theirs[key].get("year") not in years:
                found.append(f"{_name(table, key)}: not expected, is {_shown(table, theirs[key])}")
        else:
            for measure in measures:
                want, have = ours[key][measure], theirs[key][measure]
                if not _equal(want, have):
                    found.append(f"{_name(table, key)}: {measure} is {have}, expected {want}")
    return found


def _key(row: Mapping[str, Any], measures: tuple[str, ...]) -> Key:
    return tuple(sorted((name, value) for name, value in row.items() if name not in measures))


def _name(table: str, key: Key) -> str:
    return " ".join([table, *(f"{name}={value}" for name, value in key)])


def _shown(table: str, row: Mapping[str, Any]) -> str:
    return ", ".join(f"{measure} {row[measure]}" for measure in MEASURES[table])


def _is_zero(table: str, row: Mapping[str, Any]) -> bool:
    """Whether leaving the line out says the same; a share of 0 is not a share of nothing."""
    if table in EVERY_LINE:
        return False
    if row.get("figure") in SHARES:
        return row["value"] is None
    measured = [row[measure] for measure in MEASURES[table] if measure != "target_share"]
    if table in ("target_attainment", "benefit_target"):
        return row["base"] == 0 and row["actual_share"] is None and row["n"] == 0
    return all(value is None or value == 0 for value in measured)


def _equal(want: float | None, have: float | None) -> bool:
    if want is None or have is None:
        return want is have
    if isinstance(want, int):
        return have == want
    return abs(want - have) <= TOLERANCE
