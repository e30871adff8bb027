"""The Norwegian words of the monthly form."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from dashboards import numbers, words

LEAD = "Månedsskjema fra NorA til Etat for sosiale tjenester (EST)"
LINE = "Opplysning"
PERCENT_NOTE = (
    "Prosenten i rad 12 er av alle avslutninger: planmessige, droppet ut og ikke møtt. Prosenten i "
    "rad 13 er av de planmessige. Hver prosent er avrundet for seg, så de trenger ikke å bli 100 "
    "til sammen."
)
SYNTHETIC = (
    "Alle tall i skjemaet er laget av oppdiktede personer. De sier ingenting om virkelige "
    "deltakere."
)
OTHER_PAGES = "Andre måneder og hele året"
WORKBOOK = "Last ned skjemaet som Excel-ark"
YEAR_ABOUT = "Se leveransene og definisjonene på siden for hele året"


def title(year: int, month: int) -> str:
    """Heading of the form of a month."""
    return f"Rapportering til EST – {words.month_of(year, month)}"


def running(year: int, month: int) -> str:
    """A month that is not over."""
    return f"{words.month_of(year, month).capitalize()} er ikke slutt."


def before(year: int, month: int) -> str:
    """Link to the form of the month before."""
    return f"Forrige: {words.month_of(year, month)}"


def after(year: int, month: int) -> str:
    """Link to the form of the month after."""
    return f"Neste: {words.month_of(year, month)}"


def whole_year(year: int) -> str:
    """Link to the page of the year."""
    return f"Hele {year}"


def period(first: date, last: date) -> str:
    """The days from one to another: «1.–31. mars 2021», «1. januar–31. mars 2021»."""
    if first == last:
        return words.day(last)
    pattern = "d." if first.month == last.month else "d. MMMM"
    start = format_date(first, pattern, numbers.LOCALE)
    return f"{start}–{words.day(last)}"
