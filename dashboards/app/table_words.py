"""The Norwegian words of the page where readers make a table of their own, and of its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assets.vocabulary import Table
from dashboards import words

ID = "tabell"
LEAD = (
    "Velg en tabell, hva som skal stå i radene og kolonnene, og hvilke år. Valgene står i "
    "adressen, så du kan sende lenken til andre."
)
CHOOSE = "Velg hva tabellen skal vise"
MART, SHOW_MART = "Tabell", "Velg tabellen"
ROWS, COLUMNS, YEARS, SHARE = "Rader", "Kolonner", "År", "Prosent"
ONLY_YEARS = "Bare årene"
NO_SHARE = "Ingen"
SHARE_NAMES = {"kolonne": "Andel av kolonnen", "rad": "Andel av raden"}
SHOW = "Vis tabellen"
CSV = "Last ned tabellen (CSV)"
PERMANENT = "Lenke til denne tabellen"
EXCEL = "Last ned tabellen (Excel)"
MEASURE = "Tall"
UNPUBLISHED = words.NOTHING
SHARES = {
    "kolonne": "Prosentene er andeler av summen i kolonnen, år for år.",
    "rad": "Prosentene er andeler av summen i raden, år for år.",
}
OVERLAPS = (
    "En person kan være med i flere av radene, så tallene skal ikke summeres, og det kan ikke "
    "regnes andeler av dem."
)
IMPOSSIBLE_SHARE = (
    "Det kan ikke regnes andeler med disse valgene: Andeler krever at tabellen har en sum for det "
    "som er delt opp."
)
EMPTY = "Det finnes ingen tall for disse valgene."
NO_TABLE = "Det finnes ingen tabell med dette navnet."
SAME_AXIS = "Det samme kan ikke stå i både rader og kolonner. Velg noe annet i kolonnene."
BAD_SHARE = "Andelen er «rad» eller «kolonne»."
NO_CATEGORY = "Tabellen har ikke denne gruppen, eller den finnes ikke sammen med de andre valgene."


def axis(mart: Table, name: str) -> str:
    """The name of what stands in rows or columns, or is chosen one of."""
    return MEASURE if name == "measure" else mart.column(name).label_nb


def bad_axis(where: str, names: Sequence[str]) -> str:
    """What cannot stand in the rows or columns, and what can."""
    if not names:
        return f"Denne tabellen kan bare ha årene i {where.lower()}."
    return f"Dette kan ikke stå i {where.lower()}. Velg mellom {words.listed(list(names))}."


def share_of(head: str) -> str:
    """The header of a column of shares, after the column that it is made of."""
    return f"{head}, andel" if head else "Andel"


def limit(name: str, label: str) -> str:
    """What a table is limited to: «Måned: desember»."""
    return f"{name}: {label}"


def title(label: str, years: Sequence[int], limits: Sequence[str]) -> str:
    """The title of a table: «Ansatte og studenter, 2019–2021 (Måned: desember)»."""
    first, last = years[0], years[-1]
    whole = len(years) > 2 and len(years) == last - first + 1
    when = f"{first}–{last}" if whole else words.listed([str(year) for year in years])
    said = f" ({'; '.join(limits)})" if limits else ""
    return f"{label}, {when}{said}"


def part(year: int, until: date) -> str:
    """Until when a year is counted that is not over."""
    return f"{year} er talt til og med {words.day(until)}."


def no_year(year: int, years: Sequence[int]) -> str:
    """A year of which a table has no numbers, and those of which it has."""
    return (
        f"Tabellen har ikke tall for {year}. Den har tall for "
        f"{words.listed([str(known) for known in years])}."
    )


def built(year: int, when: str) -> str:
    """When the numbers of a year were made."""
    return f"Tallene for {year} er laget {when}."
