"""The Norwegian words of the report package alone, and of its notice that a file is missing."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import words

FILE_MARKS = {"internal": "intern", "open": "aapen"}
"""The part of a file name that names the audience, by audience."""

TITLE = "Tall til årsrapporten"
COVER = "Forside"
CONTENTS = "Innhold"
AT_A_GLANCE = "Året i korte trekk"
TO_CONTENTS = "Til innholdet"
KEY_FIGURE = "Nøkkeltall"
UNIT = "Enhet"
FIGURE = "Figur"
CUE = "Skriv her"
HOW_TO = (
    "Tabellene og figurene står i den samme rekkefølgen som i kapittel 2 i årsrapporten. Der det "
    "står «Skriv her om …», er det plass til teksten din: Klikk og skriv. Slett det du ikke bruker."
)
FOR_THE_PUBLIC = (
    "Denne pakken har eksakte tall og er bare til internt bruk. Pakken som kan publiseres, lages "
    "med «nora report --audience open»."
)
"""Which package may be published, at the front of the one that may not."""

UPDATE_CONTENTS = "Høyreklikk på innholdet og velg «Oppdater felt» for å få sidetall."
EXCEL_HOW_TO = (
    "Hver tabell står på sitt eget ark, med figur der den har en. Arkene «Hva tallene betyr» og "
    "«Hvor tallene kommer fra» forklarer dem."
)
CHAPTERS = {
    "nokkeltall": AT_A_GLANCE,
    "om-deltakere": "2 Om deltakere",
    "henvisninger-og-deltakere": "2.1 Henvisninger og deltakere",
    "resultater": "2.2 Resultater",
    "maneder": "Måned for måned",
    "aktiviteter": "Aktiviteter og samarbeid",
    "ressurser": "Ressurser",
    words.LONG_VIEW: words.SECTIONS[words.LONG_VIEW],
    "sammenligning": words.COMPARISON,
}
UNITS = {
    "count": "antall",
    "decimal": "tall",
    "percent": "prosent",
    "nok": "kroner",
    "days": "dager",
    "years": "år",
    "points": "prosentpoeng",
}
"""The unit of a column of numbers, for a file without formats to show it."""

PARTS = {"Worksheets": "Regneark", "Named Ranges": "Navngitte områder"}
"""Excel's names for the parts of a workbook, in its properties."""


def title(year: int) -> str:
    """Title of the report package and of every document in it."""
    return f"{words.title(year)}. {TITLE}"


def cue(about: str) -> str:
    """The cue for the author's text: «Skriv her om hvem som henviste.»."""
    return f"{CUE} om {about}"


def synthetic(made_up: Sequence[int], years: Sequence[int]) -> str:
    """The years with made-up persons, for a file; empty when none of `years` has any."""
    shown = [year for year in made_up if year in years]
    if not shown:
        return ""
    if len(shown) == len(years):
        return (
            f"{words.SYNTHETIC}: Alle tall fra registeret i denne filen er laget av oppdiktede "
            "personer. De sier ingenting om virkelige deltakere."
        )
    return f"{words.SYNTHETIC}: {words.synthetic(shown, years)}"


def numbered(kind: str, number: int, caption: str) -> str:
    """A caption: «Tabell 3. Aldersgrupper»."""
    return f"{kind} {number}. {caption}"


def page(page: str, pages: str) -> str:
    """The foot of a page."""
    return f"Side {page} av {pages}"


def column(header: str, unit: str) -> str:
    """A header with the unit of its numbers: «Mål (prosent)»."""
    return f"{header} ({unit})"


def source(caption: str, year: int, notices: Sequence[str], *, withheld: bool) -> str:
    """The line under a picture, which stays with it wherever it is pasted."""
    sign = ["«:» er skjermet"] if withheld else []
    return " · ".join([f"{words.PROGRAMME} {year}: {caption}", *notices, *sign])


def read_me(
    year: int,
    notices: Sequence[str],
    privacy: Sequence[str],
    files: Sequence[tuple[str, str]],
) -> str:
    """The text accompanying the CSV files: their format, the notices, the content of each file."""
    lines = [
        title(year),
        *notices,
        *privacy,
        "",
        "Feltene er skilt med semikolon, tegnsettet er UTF-8, og tall har desimalkomma.",
        "Prosent er hele tall: 43 betyr 43 prosent.",
        words.HIDDEN_SENTENCE,
        words.NOTHING_SENTENCE,
        "Tekst som begynner med =, +, - eller @, har en apostrof foran, slik at regnearket ikke "
        "regner på den.",
        "",
        *(f"{name}: {caption}" for name, caption in files),
    ]
    return "\r\n".join(lines) + "\r\n"


NO_BROWSER = (
    "Bilder og PDF ble ikke laget: Fant ikke Chromium. Installer den (Debian: apt-get install "
    "chromium), eller pek på en nettleser med BROWSER_PATH."
)
NO_KALEIDO = (
    "Bildene ble ikke laget: Pakken kaleido mangler. Installer den i .venv med "
    "«.venv/bin/pip install kaleido»."
)
BROWSER_FAILED = (
    "Bildene ble ikke laget: Nettleseren startet ikke, eller den sluttet å svare. Prøv en annen "
    "med BROWSER_PATH."
)
PRINTING_FAILED = (
    "PDF-filen ble ikke laget: Nettleseren skrev ikke ut siden. Prøv en annen med BROWSER_PATH."
)
