"""An expectation as plain data, generated or written by hand. Nothing is checked here."""

from __future__ import annotations

from dataclasses import dataclass

CRITICAL, WARNING, INFO = SEVERITIES = ("critical", "warning", "info")
"""A critical failure stops everything downstream; the others are shown, and an info never fails."""


@dataclass(frozen=True)
class Expectation:
    """One thing that must be true of one table.

    `id` is unique within the table `layer.name`. `query` selects one row for each violation, in
    marts with its `year`; a row without a year counts against every year. `sentence_nb` states in
    Norwegian what must be true and, for rules written by hand, what to do if it is not.
    """

    id: str
    table: str
    query: str
    severity: str
    sentence_nb: str
    rows: str = ""
    """The query for the rows of a finding: rules on records that are not critical; else empty."""


class ExpectationNotRunError(RuntimeError):
    """Expectations could not be evaluated, so nothing is known about the tables.

    The message, in Norwegian, names the expectations, but not the database's own error, which may
    quote a cell.
    """
