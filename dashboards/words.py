"""Norwegian words that all covers share, and those of the pages in files.

The words of one cover are next to that cover: `app_words`, `figure_words`, `form_words`,
`origin_words`, `report_words`. Labels and definitions are in the vocabulary.

A sentence with a number is a function of the number as it is to be written. Nothing here reads
data or knows the layout of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from babel.dates import format_date, get_month_names
from babel.lists import format_list

from dashboards.numbers import LOCALE

# --- The page ---------------------------------------------------------------------------

LANGUAGE = "nb"
PROGRAMME = "NorA"
PROGRAMME_IN_FULL = "Norsk og Arbeid, Bergen kommune"
SYNTHETIC = "Syntetiske data"
SKIP = "Gå til innholdet"
SHEET, OF_SHEETS = "Side", "av"
"""At the foot of each sheet of paper: «Side 2 av 9»."""

ALL_YEARS = "Alle år"
YEARS = "År"
CONTENTS = "På denne siden"
FORMS = "Månedsskjemaet til EST:"
INDEX_TITLE = "Resultater år for år"
INDEX_LEAD = "Velg et år for å se hele bildet."
INDEX_EMPTY = "Ingen år er over ennå. Her kommer tallene for hvert år når det er ferdig."
HEADLINE_TABLE = "Hovedtallene for hvert år"
SHOW_TABLE = "Vis som tabell"
MORE_COLUMNS = "Dra tabellen sidelengs for å se resten →"
NO_SCRIPT = "Figurene krever JavaScript. Alle tallene står i tabellene."
ABOUT = "Om tallene"
DEFINITIONS = "Hva tallene betyr"
KEY_FIGURE_DEFINITIONS = "Nøkkeltallene"
TABLE_DEFINITIONS = "Figurene og tabellene"
SOURCES = "Hvor tallene kommer fra"
ROUNDING = "Avrunding"
ROUNDING_SENTENCES = (
    "Hver prosent er avrundet for seg til hele prosent, en halv oppover, så den samme andelen er "
    "det samme tallet overalt. Delene av en helhet trenger ikke å bli 100 til sammen.",
    "Om et mål er nådd, avgjøres av andelen før den er avrundet. En andel som så vidt er under "
    "målet, står derfor med én desimal.",
)
HIDDEN = ":"
HIDDEN_SENTENCE = "«:» betyr skjermet av hensyn til personvernet."
NOTHING = ".."
NOTHING_SENTENCE = (
    "«..» betyr at tallet mangler: Det er ikke ført, ikke publisert, eller det er ingen å "
    "regne det av."
)
FIRST_YEAR = "Det finnes ingen publiserte tall for året før."
FINDINGS = "Hva sier tallene?"
"""Heading of the findings."""

HOW_SURE = "Hvor sikre er tallene?"
CHANCE = (
    "Antallene er talt opp og er nøyaktige. Men tilfeldig variasjon gjør at tallene kunne ha blitt "
    "andre, særlig når de gjelder få personer. Linjene under viser hvor mye "
    "(95 % konfidensintervall). En endring omtales bare når intervallet "
    "viser at den er større enn tilfeldig variasjon vanligvis gir."
)
"""What opens the intervals of the findings, and what an interval is."""

WITHHELD = "skjermet"
"""The name of a cell with «:» when it is read aloud."""

LONG_VIEW = "ar-for-ar"
"""The section, the chapter and the heading of the figures over the years."""

SECTIONS = {
    "nokkeltall": "Nøkkeltall",
    "resultater": "Resultater og frafall",
    "maneder": "Måneder og kvartaler",
    "deltakerne": "Deltakerne",
    "henvisninger": "Henvisninger",
    "aktiviteter": "Aktiviteter og samarbeid",
    "ressurser": "Grupper, undersøkelser, bemanning og økonomi",
    LONG_VIEW: "År for år",
}


# --- Headers of tables ------------------------------------------------------------------

TABLE = "Tabell"
COUNT = "Antall"
PERCENT = "Prosent"
WOMEN, MEN, UNKNOWN_GENDER = "Kvinner", "Menn", "Kjønn ukjent"
GENDERS = {"female": WOMEN, "male": MEN, "unknown": UNKNOWN_GENDER}
"""Gender -> its name as the header of a column."""

DELIVERY = "Leveranse"
CHECKSUM = "SHA-256"
YEAR = "År"
UNCHANGED = "uendret"
SHOW_DELIVERIES = "Vis leveransene"


# --- Months, dates and lists ------------------------------------------------------------

MONTHS = tuple(get_month_names("wide", locale=LOCALE)[month] for month in range(1, 13))


def month_of(year: int, month: int) -> str:
    """A month in words: «mars 2021»."""
    return str(format_date(date(year, month, 1), "MMMM y", LOCALE))


def day(when: date) -> str:
    """A day in words: «21. november 2026»."""
    return str(format_date(when, "d. MMMM y", LOCALE))


def moment(when: object) -> str:
    """A moment in Norwegian time: «21. november 2026 kl. 21.00». It must know its time zone."""
    local = in_norway(when)
    return f"{day(local)} kl. {local:%H.%M}"


def in_norway(when: object) -> datetime:
    """A moment by the clocks of Norway. It must know its time zone."""
    # Polars carries its own time zones; Python's need files that a bare machine may lack.
    local = pl.Series([when]).dt.convert_time_zone("Europe/Oslo").dt.replace_time_zone(None)
    told: datetime = local[0]
    return told


def listed(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence: «a, b og c»."""
    return str(format_list(list(parts), locale=LOCALE))


_YEAR_END = ("ved årets slutt", "ved årets utgang", "ved utgangen av året")


def on_the_day(text: str, until: date | None) -> str:
    """Text about the end of the year; with `until`, about the last day that is counted."""
    if until is None:
        return text
    for end in _YEAR_END:
        text = text.replace(end, f"per {day(until)}")
        text = text.replace(end.capitalize(), f"Per {day(until)}")
    return text


def in_year(text: str, year: int) -> str:
    """A heading, a caption or a header with its year: «Avslutninger i 2021»."""
    return f"{text} i {year}"


def sums(wholes: Sequence[int]) -> str:
    """Why percentages do not sum to 100."""
    return (
        "Hver prosent er avrundet for seg, så prosentene summerer til "
        f"{' og '.join(map(str, wholes))}."
    )


def number_in(year: int) -> str:
    """Header of the count of another year."""
    return f"Antall i {year}"


def title(year: int) -> str:
    """Heading of the page of a year."""
    return in_year(PROGRAMME, year)


# --- Where the numbers come from --------------------------------------------------------


def counted_until(when: date) -> str:
    """The last day that is counted."""
    return f"Talt til og med {day(when)}."


def built(when: str) -> str:
    """When the numbers were made."""
    return f"Tallene ble oppdatert {when}."


def synthetic(made_up: Sequence[int], years: Sequence[int]) -> str:
    """The years with made-up persons; empty when none of `years` has any."""
    if not made_up:
        return ""
    if len(made_up) == len(years):
        return (
            "Alle tall på denne siden er laget av oppdiktede personer. De sier ingenting om "
            "virkelige deltakere."
        )
    named = listed([str(year) for year in made_up])
    return (
        f"Tallene for {named} er laget av oppdiktede personer, og sier ingenting om virkelige "
        "deltakere."
    )


NOTHING_REJECTED = "Ingen rader er avvist."
REJECTED_WHAT_NOW = "Hva som er galt, står i tilbakemeldingsarket for leveransen."


def refused_sentence(files: str, one: bool) -> str:
    """How many whole deliveries were refused, in a sentence."""
    noun = "leveranse" if one else "leveranser"
    return f"{files} {noun} ble avvist i sin helhet og er ikke talt med."


def deliveries(number: str, one: bool) -> str:
    """Lead of the list of deliveries."""
    return f"Basert på {number} {'leveranse' if one else 'leveranser'}."


# --- The printed figures ----------------------------------------------------------------

OPEN_DATA = "Tallene som åpne data: CSV, JSON-stat og DCAT"
COMPARISON = "Trykte tall mot registeret"
COMPARISON_LEAD = (
    "Tall fra årsrapportene ved siden av det samme talt i registeret, med samme avrunding. Regler, "
    "planer og bakgrunnstall er også ført opp, med grunnen til at registeret ikke svarer på dem."
)
PRINTED_FIGURES = "Trykte tall"
COMPARISON_OVERVIEW = "Hvordan de trykte tallene stemmer med registeret"
LOOK_AT = "Verdt å se på"
NOTHING_TO_LOOK_AT = "Ingen tall avviker, og rapporten motsier ikke seg selv."
ALL_PRINTED = "Alle tallene"
STATUS_MEANINGS = {
    "equal": "Talt i registeret, og det samme med samme avrunding.",
    "typed": "Det samme tallet er ført inn for hånd: mål, ansatte og innsparing. Det er ikke talt.",
    "source_contradiction": "Rapporten trykker to ulike tall for det samme. Registeret stemmer "
    "med det andre tallet. Merknaden sier hvor det står.",
    "different": "Registeret gir et annet tall. Enten er noe ført feil, eller så er noe rettet "
    "etter at rapporten ble trykt.",
    "not_answerable": "Registeret har ingen opplysninger om dette, eller tallet er en regel, en "
    "plan eller bakgrunn. Merknaden sier hvilket.",
}


def report_of(year: int) -> str:
    """The annual report of a year."""
    return f"Årsrapporten for {year}"


def not_over(year: int, until: date) -> str:
    """Why the printed figures of a year that is not over are not compared."""
    return (
        f"De trykte tallene for {year} gjelder hele året. Registeret er talt til og med "
        f"{day(until)}, så de kan ikke sammenlignes ennå."
    )


def no_report(year: int) -> str:
    """The printed figures of a year are not there."""
    return f"{report_of(year)} er ikke lagt inn."


def reports_of(years: Sequence[int]) -> str:
    """The annual reports with printed figures."""
    noun = "årsrapporten" if len(years) == 1 else "årsrapportene"
    return f"{noun} for {listed([str(year) for year in sorted(years)])}."


# --- Numbers that are withheld, or not shown at all -------------------------------------

PRIVACY = "Tall som er skjermet"
EDITIONS = "Når tallene ble publisert"
TOTALS_ALONE = "Bare summen vises, av hensyn til personvernet."
FOLDED = (
    "De minste gruppene er slått sammen til «Andre», av hensyn til personvernet. Hvilke det er, "
    "kan skifte fra år til år."
)
WHO_TOOK_PART = "Deltakere er her de som har vært i tiltaket; de som aldri møtte, er ikke med."
OPEN_PARTICIPANTS = (
    "Personer som var i tiltaket minst én dag i løpet av året. De som aldri møtte, er ikke med."
)
OPEN_KEY_FIGURES = (
    "Andel planmessig avsluttet er av alle avslutninger; andel avsluttet til arbeid er av de "
    "planmessige."
)
CARD_TOOK_PART = "uten dem som aldri møtte"
_NUMBERS = (
    "null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv",
)  # fmt: skip


def in_words(number: int) -> str:
    """A small number as a word, others in digits."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def few_are_hidden(threshold: int) -> str:
    """The rule of an open publication for small numbers."""
    return (
        f"Tall som gjelder færre enn {in_words(threshold)} personer er skjult og vist som «:», "
        "sammen med noen få andre tall slik at de ikke kan regnes ut. Alle tall som vises, er "
        "nøyaktige."
    )


def computed_are_hidden(smallest_base: int) -> str:
    """The computed numbers that an open publication shows."""
    return (
        "Prosenter, medianer og andre tall som er regnet ut, vises bare når alle tallene bak dem "
        f"vises, og når de bygger på minst {in_words(smallest_base)} personer."
    )


def not_in_open(tables: Sequence[str]) -> str:
    """The tables that are not in the publication for everyone."""
    named = listed([f"«{table}»" for table in tables])
    return f"{named} er ikke med i den åpne utgaven, av hensyn til personvernet."


def none_to_show(year: int) -> str:
    """Nothing to show, without revealing whether there were any persons."""
    return (
        f"Det er ikke noe å vise for {year}: Enten er ingenting ført, eller så gjelder tallene for "
        "få personer til å vises åpent."
    )


def totals_only(year: int) -> str:
    """A year that is too small to be divided up."""
    return f"For {year} vises bare totaltall, for tallene er for små til å deles opp."


def left_out(year: int) -> str:
    """A table that is not shown of a year."""
    return f"Tallene for {year} vises ikke i den åpne utgaven, av hensyn til personvernet."


def no_gender(population: str = "") -> str:
    """No division by gender, at all or of one population."""
    of = f" for «{population}»" if population else ""
    return f"Kvinner og menn vises ikke hver for seg{of}, av hensyn til personvernet."


def not_printed(measure: str, year: int) -> str:
    """One column of a table is not shown of a year."""
    return f"«{measure}» vises ikke for {year}, av hensyn til personvernet."


def edition(year: int, when: date, reason: str) -> str:
    """The date of an edition of a year, and its reason: first, corrected or new_rule."""
    published = f"publisert {day(when)}"
    return {
        "first": f"{year}: {published}.",
        "corrected": f"{year}: rettet utgave {published}. Registeret er rettet siden forrige.",
        "new_rule": f"{year}: ny utgave {published}. Grensen for hva som skjules, er endret.",
    }[reason]


def not_published(year: int, reason: str) -> str:
    """A year that is over but not published."""
    if reason == "too_small":
        return f"{year} er ikke publisert åpent: ingen gruppe er stor nok til å vises."
    return f"{year} er ikke publisert åpent."


# --- Nothing to show --------------------------------------------------------------------


def nobody(what: str, year: int) -> str:
    """Nothing to show: «Ingen droppet ut i 2019.»."""
    return f"Ingen {what} i {year}."


# --- The report package -----------------------------------------------------------------
