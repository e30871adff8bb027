"""The paths of the form of a month, relative to the folder of its year."""

from __future__ import annotations

FOLDER = "skjema"


def page_file(year: int, month: int) -> str:
    """The page of a month: «skjema/nora-2021-03.html»."""
    return f"{FOLDER}/{_stem(year, month)}.html"


def workbook_file(year: int, month: int) -> str:
    """The workbook of a month: «skjema/nora-2021-03.xlsx»."""
    return f"{FOLDER}/{_stem(year, month)}.xlsx"


def _stem(year: int, month: int) -> str:
    return f"nora-{year}-{month:02}"
