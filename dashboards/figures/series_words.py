"""The Norwegian words of the series over the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards import words

ITEM, GROUP = "Gjelder", "Fordeling"
SHARES = "Andeler"
LOST = "Frafall og ikke møtt"
FLOW = "Inn og ut"
CUE = "utviklingen over årene, og hva som forklarer den."
DEFINITION = (
    "De samme tallene for hvert år som er publisert. Hva de betyr, står ved figuren for året."
)
BROKEN = "Den prikkede streken er et brudd i serien: {}"
"""A note for each break that is drawn."""


_TITLES = {"caseload": "Aktive deltakere i hver måned, alle år"}
"""Mart -> the title of its series, where the usual one would say «for» twice."""


def title(of: str, mart: str = "") -> str:
    """The title of a series of a mart: «Alder år for år»."""
    return _TITLES.get(mart, f"{of} år for år")


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
    return (
        f"Figuren viser de {words.in_words(number)} radene som har hatt de høyeste tallene. "
        "Resten står bare i tabellen."
    )


def scale(*, is_one: bool) -> str:
    """Above the small charts: whether their heights can be compared."""
    return "Alle linjene har samme skala." if is_one else "Hver linje har sin egen skala."


def description(of: str, years: Sequence[str], parts: Sequence[str]) -> str:
    """The small charts in words; parts as «Henvisninger 52, 129, 98»."""
    return f"{of}, små linjer for {words.listed(years)}. {'; '.join(parts)}."
