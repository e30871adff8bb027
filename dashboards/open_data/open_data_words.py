"""The words of the open data, in Norwegian and English: of the files, not of the page about them.

Labels and definitions are in the vocabulary. What is said of a year that is not shown whole is in
`dashboards.words`, in Norwegian; its English is here. Nothing here reads data.
"""

from __future__ import annotations

from typing import NamedTuple

from dashboards import words

LANGUAGES = ("nb", "en")


class Text(NamedTuple):
    """The same in both languages."""

    nb: str
    en: str

    def given(self, language: str) -> str:
        """Return it in a language, nb or en."""
        return self.nb if language == "nb" else self.en


PUBLISHER = words.PROGRAMME_IN_FULL
TITLE = Text("Åpne tall om NorA", "Open figures about NorA")
DESCRIPTION = Text(
    "Antall henvisninger, deltakere og avslutninger i kvalifiseringstiltaket NorA, år for år. "
    "Små tall er skjult. Bare år som er over, er med.",
    "Numbers of referrals, participants and exits in the qualification programme NorA, year by "
    "year. Small numbers are withheld. Only years that are over are included.",
)
KEYWORDS = (
    Text("sosialhjelp", "social assistance"),
    Text("arbeidsmarkedstiltak", "labour market measures"),
    Text("innvandrere", "immigrants"),
)

STATUS = {
    "shown": Text("Vises", "Shown"),
    "hidden": Text("Skjult av hensyn til personvernet", "Withheld to protect privacy"),
}
"""The codes of the column `status`."""

HIDDEN, EMPTY = "hidden", "empty"
"""The status of a cell of JSON-stat that holds no number: withheld, or nothing to calculate."""

NO_NUMBER = {
    HIDDEN: STATUS["hidden"],
    EMPTY: Text("Ikke noe å regne ut", "Nothing to calculate"),
}
"""The codes of `status` in JSON-stat."""

READING = Text(
    "Et tall som er null (null) og har status hidden, er skjult. Har det status empty, var det "
    "ikke noe å regne ut. En kombinasjon som er null og ikke har noen status, er ikke publisert.",
    "A number that is null and has the status hidden is withheld. If its status is empty, there "
    "was nothing to calculate. A combination that is null without a status is not published.",
)
EMPTY_CELL = Text(
    "En tom celle med status hidden er et tall som er skjult. En tom celle med status shown betyr "
    "at det ikke var noe å regne ut.",
    "An empty cell with the status hidden is a withheld number. An empty cell with the status "
    "shown means that there was nothing to calculate.",
)

CODE_COLUMNS = {
    "within": Text("Fordelt på", "Breakdown"),
    "code": Text("Kode", "Code"),
    "label_nb": Text("Navn på bokmål", "Label in Norwegian"),
    "label_en": Text("Navn på engelsk", "Label in English"),
    "unit": Text("Enhet", "Unit"),
    "definition_nb": Text("Definisjon på bokmål", "Definition in Norwegian"),
    "definition_en": Text("Definisjon på engelsk", "Definition in English"),
}
"""The titles of the columns of a code list."""

UNITS = {
    "count": Text("antall", "count"),
    "share": Text("andel, fra 0 til 1", "share, from 0 to 1"),
    "days": Text("dager", "days"),
    "years": Text("år", "years"),
}
"""The units of measures and key figures."""

NO_LICENCE = Text(
    "Ingen lisens er bestemt, så ingen rett til gjenbruk er gitt. Det er kommunen som bestemmer "
    "den.",
    "No licence has been decided, so no right of reuse is given. The municipality decides.",
)
SYNTHETIC = Text(
    "Syntetiske data: Tallene er laget av oppdiktede personer. De sier ingenting om virkelige "
    "deltakere.",
    "Synthetic data: the numbers are made from invented persons. They say nothing about real "
    "participants.",
)
WHO_TOOK_PART = Text(
    words.WHO_TOOK_PART,
    "Participants are those who took part in the programme; those who never came are not included.",
)
PARTICIPANTS = Text(
    words.OPEN_PARTICIPANTS,
    "Persons who were in the programme on at least one day of the year. Those who never came are "
    "not included.",
)
KEY_FIGURES = Text(
    words.OPEN_KEY_FIGURES,
    "The figures that the annual report opens with. The planned share is of all exits; the share "
    "of exits to work is of the planned ones.",
)


def synthetic(made_up: tuple[int, ...], years: tuple[int, ...]) -> Text | None:
    """Which years have made-up persons, as in words.synthetic; None when none has."""
    if not made_up:
        return None
    if len(made_up) == len(years):
        return SYNTHETIC
    named = ", ".join(map(str, made_up))
    return Text(
        f"{words.SYNTHETIC}: {words.synthetic(made_up, years)}",
        f"Synthetic data: the numbers of {named} are made from invented persons, and say nothing "
        "about real participants.",
    )


def code_list(column: Text) -> Text:
    """The title of the code list of a column."""
    return Text(f"Kodeliste: {column.nb}", f"Code list: {column.en}")


def quarter(number: str) -> Text:
    """A quarter of a year."""
    return Text(f"{number}. kvartal", f"Quarter {number}")


def licence(address: str) -> Text:
    """The licence of the numbers."""
    return Text(f"Lisens: {address}", f"Licence: {address}")


# --- What protection changed in a table of a year ------------------------------------------------


def left_out(year: int) -> Text:
    """A table that is not shown of a year."""
    return Text(words.left_out(year), f"The numbers of {year} are not shown, to protect privacy.")


def totals_alone(year: int) -> Text:
    """A table of which only the totals are shown."""
    return Text(f"{year}: {words.TOTALS_ALONE}", f"{year}: only totals are shown.")


def folded(year: int) -> Text:
    """A table whose smallest categories are counted together."""
    return Text(
        f"{year}: {words.FOLDED}",
        f"{year}: the smallest categories are counted together as “rest”. Which ones they are may "
        "change from year to year.",
    )


def no_gender(year: int, population: Text | None) -> Text:
    """A table, or one population, that is not divided by gender."""
    nb, of = ("", "") if population is None else (population.nb, f" of “{population.en}”")
    return Text(
        f"{year}: {words.no_gender(nb)}", f"{year}: women and men{of} are not shown separately."
    )


def not_printed(year: int, measure: Text) -> Text:
    """A measure that is not shown of a year."""
    return Text(words.not_printed(measure.nb, year), f"“{measure.en}” is not shown for {year}.")
