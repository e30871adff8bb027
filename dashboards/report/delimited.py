"""A table as CSV in the form that Norwegian Excel expects: `;`, UTF-8 with BOM, decimal comma."""

from __future__ import annotations

import csv
import io

from dashboards import words
from dashboards.report import report_words
from dashboards.report.tables import TEXT, Cell, Table

_BOM = "\ufeff"
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
"""The beginnings of texts that a spreadsheet may calculate."""


def delimited(table: Table) -> bytes:
    """Return the rows with their header as CSV.

    Numbers are bare, so that any program can read them: no separators of thousands, percent as
    60 and not 0.6. Their unit is in the header, or in a last column when the rows differ.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    mixed = _mixed(table)
    writer.writerow([*_headers(table), *([report_words.UNIT] if mixed else [])])
    for row in table.rows:
        units = [cell.unit for cell in row if cell.unit != TEXT]
        writer.writerow(
            [*(_written(cell) for cell in row), *([report_words.UNITS[units[0]]] if mixed else [])]
        )
    return (_BOM + out.getvalue()).encode()


def _mixed(table: Table) -> bool:
    """Whether a column of numbers has several units, as the table of key figures has."""
    return any(table.is_number(i) and table.unit(i) == TEXT for i in range(len(table.headers)))


def _headers(table: Table) -> list[str]:
    units = [table.unit(i) for i in range(len(table.headers))]
    return [
        _safe(
            report_words.column(header, report_words.UNITS[unit])
            if unit in ("percent", "nok") and not header.startswith(words.PERCENT)
            else header
        )
        for header, unit in zip(table.headers, units, strict=True)
    ]


def _written(cell: Cell) -> str:
    number = cell.number
    if number is None:
        return _safe(cell.text)
    # The shortest exact form: 412.5 is «412,5», and a whole number has no decimals.
    whole = float(number).is_integer()
    return str(int(number)) if whole else repr(number).replace(".", ",")


def _safe(text: str) -> str:
    """Text that stays text: an apostrophe precedes anything that a spreadsheet would calculate."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_LIVE) else text
