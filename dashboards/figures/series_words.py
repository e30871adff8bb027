"""The Norwegian words of the series over the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards import words

ITEM, GROUP = "Gjelder", "Fordeling"
SHARES = "Andeler"
CUE = "utviklingen over årene, og hva som forklarer den."
DEFINITION = (
    "De samme tallene for hvert år som er publisert. Hva de betyr, står ved figuren for året."
)
BROKEN = "Den prikkede streken er et brudd i serien: {}"
"""A note for each break that is drawn."""


def title(of: str) -> str:
    """The title of a series: «Alder år for år»."""
    return f"{of} år for år"


def column(year: int, until: date | None) -> str:
    """The header of a year; with the last day that is counted, where that is not all of it."""
    return f"{year} (til {until.day}.{until.month}.)" if until else str(year)


def of_a_part(label: str) -> str:
    """A label for rows that end in a year that is not over."""
    return label.replace("ved utgangen av året", "ved periodens slutt").replace(
        "ved årets slutt", "ved periodens slutt"
    )


def largest(number: int) -> str:
    """A note that the chart leaves out small categories."""
    return f"Figuren viser de {words.in_words(number)} største. Resten står i tabellen."


def description(of: str, years: Sequence[str], parts: Sequence[str]) -> str:
    """The small charts in words; parts as «Henvisninger 52, 129, 98»."""
    return f"{of}, små linjer for {words.listed(years)}. {'; '.join(parts)}."
