"""A mart beside the year before, line by line: what a view of `year_over_year` must hold.

By brute force from the rows of the mart. What a mart counts is in oracle.py.

* Of a year before that is not counted, as before the first year of the register, all is NULL.
* A line that one of two years does not have is a line of zeros, since marts leave those out: its
  counts are 0, what is no count is NULL. So it is in a year in which the mart has no line at all,
  if it counts by category; if not, such a year has nothing to say, and is left out.
* What is named for one year, as a wave of a survey, stands in that year alone.
* A month or quarter that has not begun on the day of the build counts nothing, not 0; and so does
  a month since the start that no stay of a year has reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from assets.vocabulary import Table

TOLERANCE = 1e-9

Row = Mapping[str, Any]
Line = tuple[Any, ...]


def pairs(mart: Table, rows: Sequence[Row], years: Iterable[int], as_of: date) -> dict[Line, Line]:
    """Return year and dimensions -> for each measure: value, value of the year before, change.

    `years` are those that are counted, `as_of` the day of the build.
    """
    of_year: dict[int, dict[Line, Row]] = {year: {} for year in years}
    for row in rows:
        of_year[row["year"]][tuple(row[name] for name in mart.dimensions)] = row
    found = {}
    for year, lines in of_year.items():
        before = of_year.get(year - 1)
        if not lines and not mart.is_count:
            continue
        named = not mart.is_count and any(mart.column(d).type == "text" for d in mart.dimensions)
        for line in lines.keys() | (set() if named else (before or {}).keys()):
            numbers: list[Any] = []
            for measure in mart.measures:
                now = _value(mart, lines, (year, *line), measure, as_of)
                then = None
                if before is not None:
                    then = _value(mart, before, (year - 1, *line), measure, as_of)
                known = now is not None and then is not None
                numbers += [now, then, now - then if known else None]
            found[year, *line] = tuple(numbers)
    return found


def pair_differences(
    mart: Table, expected: Mapping[Line, Line], actual: Iterable[Row]
) -> list[str]:
    """Return one sentence for each line of the view that is not as it should be."""
    names = [
        f"{measure}{part}" for measure in mart.measures for part in ("", "_year_before", "_change")
    ]
    found = []
    theirs: dict[Line, Line] = {}
    for row in actual:
        key = tuple(row[name] for name in ("year", *mart.dimensions))
        if key in theirs:
            found.append(f"{mart.name} {key}: stands there more than once")
        theirs[key] = tuple(row[name] for name in names)
    for key in sorted(expected.keys() | theirs.keys(), key=str):
        if key not in theirs:
            if any(expected[key]):
                found.append(f"{mart.name} {key}: missing, expected {expected[key]}")
        elif key not in expected:
            found.append(f"{mart.name} {key}: not expected, is {theirs[key]}")
        else:
            for name, want, have in zip(names, expected[key], theirs[key], strict=True):
                if not _equal(want, have):
                    found.append(f"{mart.name} {key}: {name} is {have}, expected {want}")
    return found


def _value(mart: Table, lines: Mapping[Line, Row], key: Line, measure: str, as_of: date) -> Any:
    year, *line = key
    if tuple(line) in lines:
        return lines[tuple(line)][measure]
    where = dict(zip(mart.dimensions, line, strict=True))
    month = where.get("month") or 3 * where.get("quarter", 1) - 2
    reached = "months_since_start" not in where and date(year, month, 1) <= as_of
    told = mart.is_count or bool(lines)
    return 0 if reached and told and mart.column(measure).type == "count" else None


def _equal(want: Any, have: Any) -> bool:
    if want is None or have is None:
        return want is have
    return abs(want - have) <= TOLERANCE
