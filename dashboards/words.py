"""Every Norwegian word on the pages that is not a label or definition of the vocabulary.

Sentences that hold a number are functions of the number as it is to be written. Nothing here
reads data or knows how a page is laid out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

import polars as pl

MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
MONTHS_SHORT = tuple(month[:3] for month in MONTHS)

# --- The page ---------------------------------------------------------------------------

PROGRAMME = "NorA"
PROGRAMME_IN_FULL = "Norsk og Arbeid, Bergen kommune"
SYNTHETIC = "Syntetiske data"
SKIP = "Gå til innholdet"
ALL_YEARS = "Alle år"
YEARS = "År"
CONTENTS = "På denne siden"
INDEX_TITLE = "Resultater år for år"
INDEX_LEAD = "Velg et år for å se hele bildet."
HEADLINE_TABLE = "Hovedtallene for hvert år"
READ_DEFINITIONS = "Hva tallene betyr"
SHOW_TABLE = "Vis som tabell"
NO_SCRIPT = "Figurene krever JavaScript. Alle tallene står i tabellene."
ABOUT = "Om tallene"
DEFINITIONS = "Hva tallene betyr"
KEY_FIGURE_DEFINITIONS = "Nøkkeltallene"
TABLE_DEFINITIONS = "Figurene og tabellene"
SOURCES = "Hvor tallene kommer fra"
ROUNDING = "Avrunding"
ROUNDING_SENTENCES = (
    "I figurene er deler av en helhet avrundet til hele prosent slik at de til sammen blir 100.",
    "I skjemaets rad 12 og 13 er hver prosent avrundet for seg, slik det alltid har vært gjort i "
    "den månedlige rapporteringen. Da trenger de ikke å bli 100 til sammen.",
    "Derfor kan det samme antallet stå med to prosenttall som skiller seg med ett poeng.",
    "Andelen som nådde et resultatmål, er summen av delene i figuren «Hva deltakere gikk til».",
)
HIDDEN = ":"
HIDDEN_SENTENCE = "«:» betyr skjermet av hensyn til personvern."
NOTHING = "–"
NOTHING_SENTENCE = "«–» betyr at det ikke er noe å regne ut."
FIRST_YEAR = "Det er ikke publisert tall for året før å sammenligne med."

SECTIONS = {
    "nokkeltall": "Nøkkeltall",
    "resultater": "Resultater og frafall",
    "maneder": "Måned for måned",
    "deltakerne": "Deltakerne",
    "henvisninger": "Henvisninger",
    "aktiviteter": "Aktiviteter og samarbeid",
}

# --- Headers of tables ------------------------------------------------------------------

COUNT = "Antall"
PERCENT = "Prosent"
CHANGE = "Endring"
WOMEN, MEN, UNKNOWN_GENDER = "Kvinner", "Menn", "Kjønn ukjent"
CODE = "Kode"
OTHER_COUNTRIES = "Andre land"
NUMBER_REACHED = "Nådde målet"
OF = "Av"
DELIVERY = "Leveranse"
CHECKSUM = "SHA-256"
YEAR = "År"
UNCHANGED = "uendret"
SHOW_DELIVERIES = "Vis leveransene"

# --- Titles of figures that are no table of the vocabulary --------------------------------

FORM_TITLE = "Skjemaets rad 12 og 13"
FLOWS_TITLE = "Inn og ut måned for måned"
FORM_NOTE = (
    "Prosenten i rad 12 er av alle avslutninger, de andre av de planmessige. Hver prosent er "
    "avrundet for seg, som i skjemaet. I figuren «Hva deltakere gikk til» er de avrundet sammen, "
    "slik at de blir 100. Derfor kan tallene skille seg med ett poeng."
)
FORM_ROW_12 = "Rad 12: gjennomført eller planmessig avviklet"
TARGET_NOTE = "Den mørke streken er målet."
RANGE_NOTE = (
    "Streken er medianen. Feltet, med dagene i parentes, går fra nedre til øvre kvartil og rommer "
    "den midterste halvparten."
)
STARTED, LEFT = "Startet", "Avsluttet"
FLOWS_DEFINITION = (
    "Startet er oppstarter i måneden. Avsluttet er planmessige avslutninger og dem som droppet ut. "
    "De som ikke møtte, startet aldri og står bare i tabellen."
)
RETENTION_ROWS = {
    "work_exits": "Avsluttet til arbeid",
    "followed_up": "Fulgt opp etter seks måneder",
    "still_employed": "Fortsatt i arbeid",
}
ACTIVITIES_NOTE = "En person kan ha flere aktiviteter, så tallene skal ikke summeres."


def number_in(year: int) -> str:
    """Header of the count of another year."""
    return f"Antall i {year}"


def title(year: int) -> str:
    """Heading of the page of a year."""
    return f"{PROGRAMME} i {year}"


def day(when: date) -> str:
    """A day in words: «21. november 2026»."""
    return f"{when.day}. {MONTHS[when.month - 1]} {when.year}"


def moment(when: object) -> str:
    """A moment in Norwegian time: «21. november 2026 kl. 21.00». It must know its time zone."""
    # Polars carries its own time zones; Python's need files that a bare machine may lack.
    local = pl.Series([when]).dt.convert_time_zone("Europe/Oslo").dt.replace_time_zone(None)[0]
    return f"{day(local)} kl. {local:%H.%M}"


def counted_until(when: date) -> str:
    """Until when the numbers are counted."""
    return f"Talt til og med {day(when)}."


def unfinished(year: int, previous: int | None) -> str:
    """The year is still going on."""
    compared = f" Sammenligningen er med hele {previous}." if previous else ""
    return f"Året {year} er ikke slutt.{compared}"


def built(when: str) -> str:
    """When the numbers were made."""
    return f"Tallene er laget {when}."


def compared(before: str, year: int, difference: str) -> str:
    """A key figure beside the same of the year before."""
    return f"{before} i {year}" + (f" ({difference})" if difference else "")


def of_all_exits(percent: str) -> str:
    """Share of all exits."""
    return f"{percent} av alle avslutninger"


def of_planned_exits(percent: str) -> str:
    """Share of the planned exits."""
    return f"{percent} av de planmessige"


def without_dropouts(number: str) -> str:
    """Participants less those who dropped out or never came."""
    return f"{number} uten frafall"


def active_on(when: date) -> str:
    """Label of the active ones in a year that is not over."""
    return f"Aktive per {day(when)}"


def years_old(lowest: str, highest: str) -> str:
    """The span of ages."""
    return f"{lowest}–{highest} år"


def days(number: str) -> str:
    """A number of days."""
    return f"{number} dager"


def age(number: str) -> str:
    """A number of years of age."""
    return f"{number} år"


def attained(percent: str, target: str) -> str:
    """What was reached beside what should have been: «43 % (mål 60 %)»."""
    return f"{percent} (mål {target})"


def number_of(part: str, whole: str) -> str:
    """A part of a whole in counts."""
    return f"{part} av {whole}"


def median_days(median: str, low: str, high: str) -> str:
    """The median and the quartiles above their marks."""
    return f"median {median} dager ({low}–{high})"


def range_days(low: str, median: str, high: str, number: str) -> str:
    """Quartiles and median in words."""
    return f"median {median} dager, midterste halvpart {low} til {high} dager, {number} personer"


def bars_description(title: str, year: int, parts: Sequence[str]) -> str:
    """What a chart of bars shows."""
    return f"{title} i {year}. Søyler: " + "; ".join(parts) + "."


def target_description(year: int, parts: Sequence[str]) -> str:
    """What the chart of targets shows."""
    return f"Resultatmål i {year}. Søyler med en strek for målet: " + "; ".join(parts) + "."


def gender_description(year: int, parts: Sequence[str]) -> str:
    """What the chart of women and men shows."""
    return f"Kvinner og menn i {year}. Hver rad er hundre prosent: " + "; ".join(parts) + "."


def caseload_description(year: int, this: Sequence[str], before: Sequence[str]) -> str:
    """What the line of active participants shows; months as «januar 137»."""
    text = f"Aktive ved utgangen av hver måned i {year}, som linje: {', '.join(this)}."
    return text + (f" Prikket linje for {year - 1}: {', '.join(before)}." if before else "")


def flows_description(year: int, started: Sequence[str], left: Sequence[str]) -> str:
    """What the bars of starts and exits show; months as «januar 10»."""
    return (
        f"Startet og avsluttet måned for måned i {year}. Søyler opp for startet: "
        f"{', '.join(started)}. Søyler ned for avsluttet: {', '.join(left)}."
    )


def range_description(year: int, parts: Sequence[str]) -> str:
    """What the chart of days in the programme shows."""
    return f"Dager fra oppstart til planmessig avslutning i {year}: " + "; ".join(parts) + "."


def other_countries(number: int) -> str:
    """The countries beyond the ones drawn."""
    return f"{OTHER_COUNTRIES} ({number})"


def top_countries(number: int) -> str:
    """What the chart of countries leaves to the table."""
    return f"Figuren viser de {number} største. Alle står i tabellen."


def rejected(rows: str, year: int, one: bool) -> str:
    """The mark beside figures of a year that rejected rows touch."""
    return f"{rows} {'avvist rad' if one else 'avviste rader'} i {year}"


def refused(files: str, one: bool) -> str:
    """The mark beside figures when deliveries were refused whole."""
    return f"{files} {'avvist leveranse' if one else 'avviste leveranser'}"


def rejected_sentence(rows: str, year: int, one: bool) -> str:
    """How many rows were rejected, in a sentence."""
    verb = "rad som gjelder" if one else "rader som gjelder"
    return f"{rows} {verb} {year}, ble avvist og er ikke talt med."


def refused_sentence(files: str, one: bool) -> str:
    """How many deliveries were refused whole, in a sentence."""
    noun = "leveranse" if one else "leveranser"
    return f"{files} {noun} ble avvist i sin helhet og er ikke talt med."


def synthetic(made_up: Sequence[int], years: Sequence[int]) -> str:
    """Which years' persons are made up; empty when none of `years` has any."""
    if not made_up:
        return ""
    if len(made_up) == len(years):
        return (
            "Alle tall på denne siden er laget av oppdiktede personer. De sier ingenting om "
            "virkelige deltakere."
        )
    named = " og ".join(", ".join(map(str, made_up)).rsplit(", ", 1))
    return (
        f"Tallene for {named} er laget av oppdiktede personer, og sier ingenting om virkelige "
        "deltakere."
    )


NOTHING_REJECTED = "Ingen rader er avvist."
REJECTED_WHAT_NOW = "Hva som er galt, står i tilbakemeldingsarket for leveransen."


def checks(run: str, failed: str) -> str:
    """How many checks ran on the tables of the year, and how many failed (empty for none)."""
    return f"{run} kontroller er kjørt på årets tabeller. {failed or 'Ingen'} slo ut."


def deliveries(number: str, one: bool) -> str:
    """Lead of the list of deliveries."""
    return f"Bygd av {number} {'leveranse' if one else 'leveranser'}."


def nobody(what: str, year: int) -> str:
    """Nothing to show: «Ingen droppet ut i 2019.»."""
    return f"Ingen {what} i {year}."


NOBODY = {
    "referral_sources": "ble henvist",
    "referral_offices": "ble henvist",
    "referral_benefits": "ble henvist",
    "gender_split": "ble henvist eller deltok",
    "country_of_origin": "deltok",
    "age_bands": "deltok",
    "dropout_reasons": "droppet ut",
    "exit_outcomes": "ble planmessig avsluttet",
    "target_attainment": "ble planmessig avsluttet",
    "other_exit_details": "gikk til «Annet»",
    "aap_benefits": "gikk til arbeidsavklaringspenger",
    "time_in_programme": "ble planmessig avsluttet",
    "job_retention": "ble avsluttet til arbeid",
    "activities": "er ført med aktiviteter",
    "transition_cases": "fikk sak hos overgangsveilederen",
    "partner_projects": "startet i et samarbeidsprosjekt",
    "caseload": "var i tiltaket",
}


def alphabet(label: str) -> str:
    """The form by which labels are put in Norwegian order: æ, ø and å last."""
    letters = label.casefold().translate(str.maketrans("æøå", "{|}"))
    return "".join(
        c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c)
    )


def points(difference: str) -> str:
    """A difference between two percentages."""
    return f"{difference} prosentpoeng"


def still_employed(part: str, whole: str, percent: str) -> str:
    """How many of those followed up are still employed."""
    return f"{part} av de {whole} som er fulgt opp, er fortsatt i arbeid ({percent})."
