"""The Norwegian words of the live dashboard alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dashboards import words

MEANING = "Betydning"
MENU = "Meny"
MONTH = "Måned"
COMPARE = "Sammenlign med"
GENDER, GENDER_ON, GENDER_OFF = "Kjønn", "vis", "skjul"
CSV = "Last ned tabellen (CSV)"
PICTURE = "Last ned figuren (PNG)"
PRINT = "Skriv ut eller lagre som PDF"
NO_FORMS = "måned er publisert"
STATUS = "Status"
TO_DELIVERIES = "Se leveransene, og hva hver av dem endret"
DELIVERIES_LEAD = "Når leveransene ble lest første gang, og hva hver av dem endret i registeret."
DELIVERIES = "Leveransene, den nyeste først"
DELIVERY_HEADERS = (
    words.DELIVERY, "Lest første gang", "Rader", "Nye", "Endret", "Overstyrt", "Borte", "Avvist",
    STATUS,
)  # fmt: skip
DELIVERIES_NOTE = (
    "Tallene er rader, slik de ble talt da leveransen ble lest første gang. Resten av radene var "
    "uendret. Overstyrt: En annen leveranse sier noe annet om det samme, og det er den som "
    "gjelder. Borte: Leveransen tok raden ut av registeret. «..» betyr at ingen endring er talt. "
    "Det kan også være fordi innlesingen ble avbrutt. Ikke lenger i innboksen: Filen er fjernet "
    "eller har fått et annet navn. Radene som ingen annen leveranse har, teller da ikke med lenger."
)
CHANGED = "Hva som ble endret, ark for ark"
CHANGED_HEADERS = (
    words.DELIVERY, "Ark", "Rader", "Endret", "Overstyrt", "Borte", "Felt som ble endret",
    "Overstyrt av",
)  # fmt: skip
FILES = "Filene og kontrollsummene deres"
READ, REFUSED = "lest", "avvist i sin helhet"
NONE_REFUSED = "Ingen leveranse er avvist i sin helhet."
ABOUT_LEAD = "Definisjonene bak hvert tall, og hvordan tallene er avrundet."
QUALITY_LEAD = "Hva tallene er basert på, hva som ble avvist, og hva kontrollene fant."
QUALITY_YEARS = "Leveranser, avvisninger og kontroller for hvert år"
QUALITY_HEADERS = (
    "År", "Leveranser", "Avviste rader", "Kontroller", "Ga utslag", "Talt til og med", "Oppdatert",
)  # fmt: skip
CHECKS = "Hva kontrollene fant"
CHECK, FOUND = "Kontroll", "Ga utslag i"
NOTHING_FOUND = "Ingen kontroller av årets tabeller ga utslag."
TO_FINDINGS = "Det kontrollene fant i registeret, står under «{}»."
TO_FORMS = "Månedsskjemaene til EST"
MAY_PUBLISH = "Hva som kan publiseres"
OPEN_IS_FOR_ALL = (
    "Alt på disse sidene er den åpne utgaven og kan publiseres. Små tall er skjermet i den."
)
INTERNAL_IS_NOT = (
    "Tallene på disse sidene er eksakte og er bare til internt bruk. Det som kan publiseres, er "
    "den åpne utgaven, der små tall er skjermet. Den lages av den samme byggingen: sidene ligger i "
    "mappen «reports/open», tabellene i «published/open», og «nora report --audience open» lager "
    "årsrapportens pakke."
)
ERROR = "Hva som er galt"
ERRORS_NOTE = (
    "En rad som har flere feil, er talt med under hver av dem. Rader som er rettet i en senere "
    "leveranse, er ikke talt med."
)
FINDINGS = "Rader som er talt med, men bør kontrolleres"
FINDING, ROWS = "Funn", "Rader"
FINDINGS_NOTE = (
    "Gjelder alle år i registeret. En rad som flere regler har funnet, er talt med under hver av "
    "dem."
)
NO_PAGE = "Det finnes ingen side på denne adressen."
NO_MONTH = "Måneden er ikke publisert."
NO_FIGURE = "Det finnes ingen figur med dette navnet."
NO_ROWS = "Figuren har ingen rader dette året."
NO_PICTURE = "Figuren har ikke noe bilde dette året."
BAD_YEAR = "Et år skrives med fire sifre, for eksempel 2021."
BAD_MONTH = "En måned skrives som 2021-03, og må være i det året som er valgt."
BAD_GENDER = "Valget for kjønn er «ja» eller «nei»."
SAME_YEAR = "Et år kan ikke sammenlignes med seg selv. Velg et annet år."
BAD_REQUEST = "Adressen kan ikke leses."
ONLY_READ = "Her kan du bare lese."
BROKEN = "Noe gikk galt. Prøv igjen, og si fra til NorA hvis det skjer på nytt."
BROKEN_TITLE = "Siden kan ikke vises"
NOT_FOUND_TITLE = "Fant ikke siden"
BAD_TITLE = "Adressen stemmer ikke"
WAIT_TITLE = "Ikke tilgjengelig nå"
NOTHING_TITLE = "Ingenting er publisert ennå"
NOTHING = (
    "Det er ingen tall å vise. Når NorA har lest inn leveranser og publisert dem («nora build»), "
    "kommer tallene her av seg selv. Last siden på nytt da."
)
UNREADABLE = (
    "Det som er publisert, kan ikke leses. Publiser på nytt («nora build»), og last siden på nytt."
)
BUSY = "Mange henter filer akkurat nå. Vent litt, og prøv igjen."
TO_OVERVIEW = "Gå til oversikten"


def table_of(name: str) -> str:
    """The name of a table for readers who do not see the heading above it."""
    return f"{words.TABLE}: {name}"


def printed_heading(year: int) -> str:
    """Heading of the page of printed figures."""
    return f"Trykte tall fra {words.report_of(year).lower()}"


def quality_heading(year: int) -> str:
    """Heading of the page of quality."""
    return f"Kvaliteten på tallene for {year}"


OPERATION = "Byggingen nå"
"""Heading of what is said of the builds and of the sensor."""

OPERATION_FAULTS = {
    "nothing_published": "",
    "damaged": "Noe som er lagret, er skadet. Den som drifter programmet, må kjøre nora doctor.",
    "build_failed": "Den siste byggingen feilet, så tallene her er fra før den.",
    "disk_low": "Disken har for lite plass til en ny bygging.",
    "sensor_silent": "Programmet er satt til å se etter nye leveranser, men gjør det ikke nå.",
    "history_unreadable": "Historikken over byggingene kan ikke leses.",
}
"""Fault that `/helse` names -> in words; a page that is shown is published."""

SENSOR_OFF = (
    "Programmet ser ikke selv etter nye leveranser. De telles med når noen starter en bygging."
)


def sensor_on(looked_at: datetime) -> str:
    """What is said of a sensor that looks for new deliveries."""
    return (
        f"Programmet så etter nye leveranser sist {words.moment(looked_at)}. Feiler en bygging, "
        "prøves den igjen etter ett minutt, så etter stadig lengre pauser, opptil en time."
    )


def operation(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Say how the builds are doing, of what `/helse` tells; nothing where it tells no details."""
    if "faults" not in told:
        return ()
    sentences = [OPERATION_FAULTS[fault] for fault in told["faults"]]
    sensor = told["sensor"]
    if sensor and not sensor["on"]:
        sentences.append(SENSOR_OFF)
    elif sensor and sensor["looked_at"] and "sensor_silent" not in told["faults"]:
        sentences.append(sensor_on(datetime.fromisoformat(sensor["looked_at"])))
    return tuple(filter(None, sentences))


def compared(previous: int) -> str:
    """The year that the numbers are compared with."""
    return f"Sammenlignet med {previous}."


def workbook(year: int) -> str:
    """Link to the workbook with everything of a year."""
    return f"Last ned alle tall for {year} (Excel)"


def last_read(when: date) -> str:
    """The day of the last delivery."""
    return f"Siste leveranse ble lest {words.day(when)}."


def left(when: date) -> str:
    """The status of a delivery that is no longer in the inbox; `when` was the first build so."""
    return f"ikke lenger i innboksen siden {words.day(when)}"


def rows_went(number: str, one: bool) -> str:
    """How many rows went out of the register with a delivery."""
    return f"{number} {'rad' if one else 'rader'} gikk ut av registeret"


NONE_MISSING = "Ingen leveranser mangler."


def next_due(when: date) -> str:
    """The day by which the next delivery must be there."""
    return f"Neste leveranse ventes innen {words.day(when)}."


def missing(first: tuple[int, int], last: tuple[int, int], due: date) -> str:
    """The deliveries of the months from `first` to `last` (year, month) are missing.

    `due` is the day by which the last of them should have been there.
    """
    until = f"skulle vært her innen {words.day(due)}"
    if first == last:
        return f"Leveransen for {words.MONTHS[last[1] - 1]} mangler: den {until}."
    return (
        f"Leveransene fra og med {words.month_of(*first)} til og med {words.month_of(*last)} "
        f"mangler: den siste {until}."
    )


def field(label: str, rows: str) -> str:
    """A field, and in how many rows it was changed."""
    return f"{label} ({rows})"


def errors(year: int) -> str:
    """Heading of the errors in the rejected rows of a year."""
    return f"Avviste rader i {year} etter hva som er galt"


def no_year(year: int, years: Sequence[int]) -> str:
    """A year that is not published, and the years that are."""
    return (
        f"{year} er ikke publisert. Publisert er {words.listed([str(known) for known in years])}."
    )


def not_in_open(page: str) -> str:
    """A page that is not for everyone."""
    return f"{page} er ikke med i den åpne utgaven."


def twice(name: str) -> str:
    """A parameter that occurs twice in an address."""
    return f"«{name}» står flere ganger i adressen."
