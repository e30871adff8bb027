"""Every Norwegian word on the pages that is not a label or definition of the vocabulary.

Sentences that hold a number are functions of the number as it is to be written. Nothing here
reads data or knows how a page is laid out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
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
FORMS = "Månedsskjemaet til EST:"
INDEX_TITLE = "Resultater år for år"
INDEX_LEAD = "Velg et år for å se hele bildet."
INDEX_EMPTY = "Ingen år er over ennå. Her kommer tallene for hvert år når det er ferdig."
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
WITHHELD = "skjermet"
"""What a cell with «:» is called where it is read aloud."""

SECTIONS = {
    "nokkeltall": "Nøkkeltall",
    "resultater": "Resultater og frafall",
    "maneder": "Måneder og kvartaler",
    "deltakerne": "Deltakerne",
    "henvisninger": "Henvisninger",
    "aktiviteter": "Aktiviteter og samarbeid",
    "ressurser": "Grupper, undersøkelser, bemanning og økonomi",
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

# --- The printed figures ------------------------------------------------------------------

COMPARISON_LEAD = (
    "Årsrapportenes trykte tall ved siden av det samme talt i registeret, med samme avrunding."
)
COMPARISON_LINK = "Trykte tall mot registeret"
PRINTED_FIGURES = "Trykte tall"
OF_WHAT = "Gjelder"
COMPARISON_OVERVIEW = "Hvordan de trykte tallene stemmer med registeret"
LOOK_AT = "Verdt å se på"
NOTHING_TO_LOOK_AT = "Ingen tall avviker, og rapporten motsier ikke seg selv."
ALL_PRINTED = "Alle tallene"
SUMMARY_SECTION = "Sammendrag"
STATUS_MEANINGS = {
    "equal": "Registeret gir det samme tallet med samme avrunding.",
    "source_contradiction": "Rapporten trykker to ulike tall for det samme. Registeret gir det "
    "andre. Merknaden sier hvor det står.",
    "different": "Registeret gir et annet tall. Enten er noe ført feil, eller så er noe rettet "
    "etter at rapporten ble trykt.",
    "not_answerable": "Registeret har ingen opplysninger om dette.",
}
PRINTED_PARTS = {
    "spring": "Vårsemesteret",
    "autumn": "Høstsemesteret",
    "broen_til_jobb": "Broen til jobb",
}
"""Parts of printed figures that no code list of the vocabulary names."""


def report_of(year: int) -> str:
    """The annual report of a year."""
    return f"Årsrapporten for {year}"


def reports_of(years: Sequence[int]) -> str:
    """The annual reports that there are."""
    noun = "årsrapporten" if len(years) == 1 else "årsrapportene"
    return f"{noun} for {listed([str(year) for year in sorted(years)])}."


def chapter(number: str) -> str:
    """A chapter of the report."""
    return f"Kapittel {number}"


def form_row(number: str) -> str:
    """A row of the form that the report prints."""
    return f"Skjemaets rad {number}"


def percent(number: str) -> str:
    """A percentage that may have a decimal, with a hard space."""
    return f"{number}\u00a0%"


def place(number: str) -> str:
    """A place in an order of size."""
    return f"{number}. plass"


def comparison_summary(counts: Mapping[str, int]) -> str:
    """How the printed figures of a year compare; `counts` by code of comparison_status."""
    equal, contradictions, different, absent = (
        counts.get(status, 0)
        for status in ("equal", "source_contradiction", "different", "not_answerable")
    )
    whole = equal + contradictions + different + absent
    parts = [
        f"{equal} er like",
        f"{contradictions} står med to ulike tall i rapporten selv",
        f"{different} avviker",
        f"{absent} står ikke i registeret",
    ]
    return f"Av {whole} trykte tall: {listed(parts)}."


# --- What is withheld, and what is not shown at all -----------------------------------------

PRIVACY = "Tall som er skjermet"
EDITIONS = "Når tallene ble publisert"
TOTALS_ALONE = "Bare summen vises, av hensyn til personvern."
FOLDED = (
    "De minste gruppene er slått sammen til «Andre», av hensyn til personvern. Hvilke det er, kan "
    "skifte fra år til år."
)
FILE_MARKS = {"internal": "intern", "open": "aapen"}
"""What the names of files say of who they are for, by audience."""

_NUMBERS = (
    "null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv",
)  # fmt: skip


def in_words(number: int) -> str:
    """A small number as a word, others in digits."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def few_are_hidden(threshold: int) -> str:
    """The promise of an open publication."""
    return (
        f"Tall som gjelder færre enn {in_words(threshold)} personer er skjult og vist som «:», "
        "sammen med noen få andre tall slik at de ikke kan regnes ut. Alle tall som vises, er "
        "nøyaktige."
    )


def computed_are_hidden(smallest_base: int) -> str:
    """Which numbers made from counts are shown in an open publication."""
    return (
        "Prosenter, medianer og andre tall som er regnet ut, vises bare når alle tallene bak dem "
        f"vises, og når de bygger på minst {in_words(smallest_base)} personer."
    )


def not_in_open(tables: Sequence[str]) -> str:
    """Which tables everyone does not get."""
    named = listed([f"«{table}»" for table in tables])
    return f"{named} er ikke med i den åpne utgaven, av hensyn til personvern."


WHO_TOOK_PART = "Deltakere er her de som har vært i tiltaket; de som aldri møtte, er ikke med."
OPEN_PARTICIPANTS = (
    "Personer som var i tiltaket minst én dag i året. De som aldri møtte, er ikke med."
)
OPEN_KEY_FIGURES = (
    "Andel planmessig avsluttet er av alle avslutninger; andel avsluttet til arbeid er av de "
    "planmessige."
)
CARD_TOOK_PART = "uten dem som aldri møtte"


def none_to_show(year: int) -> str:
    """Whether there were any is not told."""
    return (
        f"Det er ikke noe å vise for {year}: Enten er ingenting ført, eller så gjelder tallene for "
        "få personer til å vises åpent."
    )


def totals_only(year: int) -> str:
    """A year that is too small to be divided up."""
    return f"For {year} vises bare totaltall, for tallene er for små til å deles opp."


def left_out(year: int) -> str:
    """Nothing of a table is shown of a year."""
    return f"Tallene for {year} vises ikke i den åpne utgaven, av hensyn til personvern."


def no_gender(population: str = "") -> str:
    """Nobody is told apart by gender, or nobody of one population."""
    of = f" for «{population}»" if population else ""
    return f"Kvinner og menn vises ikke hver for seg{of}, av hensyn til personvern."


def not_printed(measure: str, year: int) -> str:
    """One of the columns of a table is not shown of a year."""
    return f"«{measure}» vises ikke for {year}, av hensyn til personvern."


def edition(year: int, when: date, reason: str) -> str:
    """When a year was published, and why again; `reason` is first, corrected or new_rule."""
    published = f"publisert {day(when)}"
    return {
        "first": f"{year}: {published}.",
        "corrected": f"{year}: rettet utgave {published}. Registeret er rettet siden forrige.",
        "new_rule": f"{year}: ny utgave {published}. Grensen for hva som skjules, er endret.",
    }[reason]


def not_published(year: int, reason: str) -> str:
    """A year that is over, and is not there."""
    if reason == "too_small":
        return f"{year} er ikke publisert åpent: ingen gruppe er stor nok til å vises."
    return f"{year} er ikke publisert åpent."


# --- Titles of figures that are no table of the vocabulary --------------------------------

FORM_TITLE = "Skjemaets rad 12 og 13"
FLOWS_TITLE = "Inn og ut måned for måned"
FORM_ROW_12 = "Rad 12: gjennomført eller planmessig avviklet"
TARGET_NOTE = "Den mørke streken er målet."
RANGE_NOTE = (
    "Streken er medianen. Feltet, med dagene i parentes, går fra nedre til øvre kvartil og rommer "
    "den midterste halvparten."
)
QUARTERLY_NOTE = "Avsluttet er planmessige avslutninger og dem som droppet ut."
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
EXIT_ACTIVITIES_NOTE = (
    "Én avslutning kan ha flere aktiviteter bak seg, så tallene skal ikke summeres."
)
NOT_REPORTED = "ikke rapportert"
ATTENDANCE_NOTE = "Søylene er oppmøter. Antall møter og påmeldinger står i tabellen."
STAY_NOTE = (
    "Linjen faller når noen avslutter, enten de ble planmessig avsluttet eller droppet ut. De som "
    "ikke har vært med så lenge ennå, er regnet med så lenge de er fulgt. Mot slutten er få fulgt, "
    "og da betyr hver enkelt mye; hvor mange det er, står i tabellen."
)


def form_note(*, beside_figure: bool) -> str:
    """How rows 12 and 13 are rounded; beside the figure that has other percentages, why."""
    said = (
        "Prosenten i rad 12 er av alle avslutninger, de andre av de planmessige. Hver prosent er "
        "avrundet for seg, som i skjemaet."
    )
    if not beside_figure:
        return said
    return (
        f"{said} I figuren «Hva deltakere gikk til» er de avrundet sammen, slik at de blir 100. "
        "Derfor kan tallene skille seg med ett poeng."
    )


def number_in(year: int) -> str:
    """Header of the count of another year."""
    return f"Antall i {year}"


def column_in(label: str, year: int) -> str:
    """Header or label of the same in another year."""
    return f"{label} i {year}"


def kroner(amount: str, *, below_zero: bool = False) -> str:
    """An amount of money, with a hard space: «2 500 000 kr», «−300 000 kr»."""
    return f"{'−' if below_zero else ''}{amount}\u00a0kr"


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


def bars_description(
    title: str, year: int, parts: Sequence[str], previous: int | None = None
) -> str:
    """What a chart of bars shows."""
    beside = f", med {previous} som tynne grå søyler under" if previous else ""
    return f"{title} i {year}{beside}. Søyler: " + "; ".join(parts) + "."


def target_description(
    title: str, year: int, parts: Sequence[str], previous: int | None = None
) -> str:
    """What a chart of targets shows."""
    beside = f", med {previous} som tynne grå søyler under" if previous else ""
    return f"{title} i {year}{beside}. Søyler med en strek for målet: " + "; ".join(parts) + "."


def gender_description(year: int, parts: Sequence[str]) -> str:
    """What the chart of women and men shows."""
    return f"Kvinner og menn i {year}. Hver rad er hundre prosent: " + "; ".join(parts) + "."


def caseload_description(
    year: int, this: Sequence[str], previous: int | None, before: Sequence[str]
) -> str:
    """What the line of active participants shows; months as «januar 137»."""
    text = f"Aktive ved utgangen av hver måned i {year}, som linje: {', '.join(this)}."
    return text + (f" Prikket linje for {previous}: {', '.join(before)}." if before else "")


def flows_description(
    year: int,
    this: tuple[Sequence[str], Sequence[str]],
    previous: int | None = None,
    before: tuple[Sequence[str], Sequence[str]] | None = None,
) -> str:
    """What the bars of starts and exits show; each (started, left), months as «januar 10»."""
    text = (
        f"Startet og avsluttet måned for måned i {year}. Søyler opp for startet: "
        f"{', '.join(this[0])}. Søyler ned for avsluttet: {', '.join(this[1])}."
    )
    if before is None:
        return text
    return (
        f"{text} Prikkede linjer for {previous}. Startet: {', '.join(before[0])}. "
        f"Avsluttet: {', '.join(before[1])}."
    )


def dotted(year: int) -> str:
    """The name of dotted lines in a chart."""
    return f"Prikket: {year}"


def quarter(number: int) -> str:
    """A quarter as the axis names it."""
    return f"{number}. kvartal"


def quarter_of(number: int, year: int) -> str:
    """A quarter of a year."""
    return f"{quarter(number)} {year}"


def quarter_said(number: int, started: str, left: str) -> str:
    """What the bars of one quarter show."""
    return f"{quarter(number)} {started} startet og {left} avsluttet"


def quarterly_description(year: int, parts: Sequence[str]) -> str:
    """What the bars of quarters show."""
    return (
        f"Startet og avsluttet kvartal for kvartal i {year}. Søyler opp for startet og ned for "
        f"avsluttet: {'; '.join(parts)}."
    )


def grey_bars(previous: int) -> str:
    """Which year the grey bars of quarters are."""
    return f"De grå søylene til venstre er {previous}."


def no_grey_bar(previous: int) -> str:
    """What it means that a bar of the other year is not there."""
    return f"Der det ikke er noen grå søyle, er tallet for {previous} null eller skjermet."


def dotted_median(previous: int) -> str:
    """Which year's median the dotted stroke is."""
    return f"Den prikkede streken er medianen i {previous}."


def months(number: int) -> str:
    """A number of months."""
    return f"{number} {'måned' if number == 1 else 'måneder'}"


def after_months(percent: str, number: int) -> str:
    """A share after some months."""
    return f"{percent} etter {months(number)}"


def starters_of(label: str, year: int) -> str:
    """Header of the same for those who started in another year."""
    return f"{label}, startet i {year}"


def listed(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence: «a, b og c»."""
    return " og ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def stay_description(year: int, parts: Sequence[str]) -> str:
    """What the falling line of stays shows; parts as «86 % etter 6 måneder»."""
    said = f": {listed(parts)}" if parts else ""
    return f"Fallende linje: andelen av dem som startet i {year}, som fortsatt er i tiltaket{said}."


def stay_note(year: int, parts: Sequence[str]) -> str:
    """What the falling line of stays means."""
    if not parts:
        return f"De som startet i {year}, er ikke fulgt i et halvt år ennå."
    return f"Av dem som startet i {year}, er anslagsvis {listed(parts)} fortsatt i tiltaket."


def sessions_of(group: str, number: str, one: bool) -> str:
    """A group beside how often it met."""
    return f"{group} ({number} {'møte' if one else 'møter'})"


def attendance_description(year: int, parts: Sequence[str], previous: int | None = None) -> str:
    """What the chart of groups shows."""
    return bars_description("Oppmøter i tiltakets grupper", year, parts, previous)


def answered(part: str, whole: str, percent: str) -> str:
    """How many answered of those who were asked."""
    return f"{part} av {whole} svarte ({percent})"


def with_positions(number: str, positions: str) -> str:
    """How many persons, and how many full-time equivalents."""
    return f"{number} ({positions} årsverk)"


def range_description(year: int, parts: Sequence[str]) -> str:
    """What the chart of days in the programme shows."""
    return f"Dager fra oppstart til planmessig avslutning i {year}: " + "; ".join(parts) + "."


def other_countries(number: int) -> str:
    """The countries beyond the ones drawn."""
    return f"{OTHER_COUNTRIES} ({number})"


def top_countries(number: int) -> str:
    """What the chart of countries leaves to the table."""
    return f"Figuren viser de {number} største. De andre står i tabellen."


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


def wrong_rows(year: int, errors: Sequence[str]) -> str:
    """What is wrong with the rejected rows of a year; errors as «ugyldig dato (2)»."""
    return f"Feil på radene som gjelder {year}: {listed(errors)}."


def counted(label: str, number: str) -> str:
    """A label within a sentence, with how many it stands for: «ugyldig dato (2)»."""
    within = label if label[:2].isupper() else label[0].lower() + label[1:]
    return f"{within} ({number})"


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


def table_of(name: str) -> str:
    """The name of a table for those who do not see the heading over it."""
    return f"{REPORT_TABLE}: {name}"


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


# --- The report package ---

REPORT_TITLE = "Tall til årsrapporten"
REPORT_COVER = "Forside"
REPORT_CONTENTS = "Innhold"
REPORT_AT_A_GLANCE = "Året i korte trekk"
REPORT_COMPARISON = "Trykte tall mot registeret"
REPORT_TO_CONTENTS = "Til innholdet"
REPORT_MEANING = "Betydning"
REPORT_KEY_FIGURE = "Nøkkeltall"
REPORT_UNIT = "Enhet"
REPORT_TABLE, REPORT_FIGURE = "Tabell", "Figur"
REPORT_CUE = "Skriv her"
REPORT_HOW_TO = (
    "Tabellene og figurene står i den samme rekkefølgen som i kapittel 2 i årsrapporten. Der det "
    "står «Skriv her om …», er det plass til teksten din: Klikk og skriv. Slett det du ikke bruker."
)
REPORT_FOR_THE_PUBLIC = (
    "Denne pakken har eksakte tall og er bare til internt bruk. Pakken som kan publiseres, lages "
    "med «nora report --audience open»."
)
"""Which package may be published, at the front of the one that may not."""

REPORT_UPDATE_CONTENTS = "Høyreklikk på innholdet og velg «Oppdater felt» for å få sidetall."
REPORT_EXCEL_HOW_TO = (
    "Hver tabell står på sitt eget ark, med figur der den har en. Arkene «Hva tallene betyr» og "
    "«Hvor tallene kommer fra» forklarer dem."
)
REPORT_CHAPTERS = {
    "nokkeltall": REPORT_AT_A_GLANCE,
    "om-deltakere": "2 Om deltakere",
    "henvisninger-og-deltakere": "2.1 Henvisninger og deltakere",
    "resultater": "2.2 Resultater",
    "maneder": "Måned for måned",
    "aktiviteter": "Aktiviteter og samarbeid",
    "ressurser": "Ressurser",
    "sammenligning": REPORT_COMPARISON,
}

REPORT_UNITS = {
    "count": "antall",
    "decimal": "tall",
    "percent": "prosent",
    "nok": "kroner",
    "days": "dager",
    "years": "år",
    "points": "prosentpoeng",
}
"""What a column of numbers holds, where a file has no formats to show it."""

REPORT_PARTS = {"Worksheets": "Regneark", "Named Ranges": "Navngitte områder"}
"""What Excel calls the parts of a workbook, in its properties."""


def report_title(year: int) -> str:
    """Title of the report package and of every document in it."""
    return f"{title(year)}. {REPORT_TITLE}"


def report_cue(about: str) -> str:
    """What the author is asked to write: «Skriv her om hvem som henviste.»."""
    return f"{REPORT_CUE} om {about}"


def report_synthetic(made_up: Sequence[int], years: Sequence[int]) -> str:
    """Which years' persons are made up, for a file; empty when none of `years` has any."""
    shown = [year for year in made_up if year in years]
    if not shown:
        return ""
    if len(shown) == len(years):
        return (
            "Syntetiske data: Alle tall fra registeret i denne filen er laget av oppdiktede "
            "personer. De sier ingenting om virkelige deltakere."
        )
    return f"{SYNTHETIC}: {synthetic(shown, years)}"


def report_numbered(kind: str, number: int, caption: str) -> str:
    """A caption: «Tabell 3. Aldersgrupper»."""
    return f"{kind} {number}. {caption}"


def report_in(caption: str, year: int) -> str:
    """The title of a figure with its year."""
    return f"{caption} i {year}"


def report_page(page: str, pages: str) -> str:
    """The foot of a page."""
    return f"Side {page} av {pages}"


def report_column(header: str, unit: str) -> str:
    """A header that names the unit of its numbers: «Mål (prosent)»."""
    return f"{header} ({unit})"


def report_source(caption: str, year: int, notices: Sequence[str], *, withheld: bool) -> str:
    """The line under a picture, which goes with it wherever it is pasted."""
    sign = ["«:» er skjermet"] if withheld else []
    return " · ".join([f"{PROGRAMME} {year}: {caption}", *notices, *sign])


def report_read_me(
    year: int,
    notices: Sequence[str],
    privacy: Sequence[str],
    files: Sequence[tuple[str, str]],
) -> str:
    """The text beside the CSV files: what they are, the notices, and what each file holds."""
    lines = [
        report_title(year),
        *notices,
        *privacy,
        "",
        "Feltene er skilt med semikolon, tegnsettet er UTF-8, og tall har desimalkomma.",
        "Prosent er hele tall: 43 betyr 43 prosent.",
        HIDDEN_SENTENCE,
        NOTHING_SENTENCE,
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

# --- The monthly form ---

FORM_LEAD = "Månedsskjema fra NorA til Etat for sosiale tjenester (EST)"
FORM_LINE = "Opplysning"
FORM_PERCENT_NOTE = (
    "Prosenten i rad 12 er av alle avslutninger: planmessige, droppet ut og ikke møtt. Prosenten i "
    "rad 13 er av de planmessige. Hver prosent er avrundet for seg, så de trenger ikke å bli 100 "
    "til sammen."
)
FORM_SYNTHETIC = (
    "Alle tall i skjemaet er laget av oppdiktede personer. De sier ingenting om virkelige "
    "deltakere."
)
FORM_OTHER_PAGES = "Andre måneder og hele året"
FORM_WORKBOOK = "Last ned skjemaet som Excel-ark"
FORM_YEAR_ABOUT = "Se leveransene og definisjonene på siden for hele året"


def month_of(year: int, month: int) -> str:
    """A month in words: «mars 2021»."""
    return f"{MONTHS[month - 1]} {year}"


def form_title(year: int, month: int) -> str:
    """Heading of the form of a month."""
    return f"Rapportering til EST – {month_of(year, month)}"


def form_running(year: int, month: int) -> str:
    """The month is still going on."""
    return f"{month_of(year, month).capitalize()} er ikke slutt."


def form_before(year: int, month: int) -> str:
    """Link to the form of the month before."""
    return f"Forrige: {month_of(year, month)}"


def form_after(year: int, month: int) -> str:
    """Link to the form of the month after."""
    return f"Neste: {month_of(year, month)}"


def form_year(year: int) -> str:
    """Link to the page of the year."""
    return f"Hele {year}"


def period(first: date, last: date) -> str:
    """The days from one to another: «1.–31. mars 2021», «1. januar–31. mars 2021»."""
    if first == last:
        return day(last)
    start = f"{first.day}." if first.month == last.month else day(first).rpartition(" ")[0]
    return f"{start}–{day(last)}"


def with_code(label: str, code: str) -> str:
    """An outcome as the form names it: «Arbeid fulltid (A)»."""
    return f"{label} ({code})"


# --- The live dashboard ---

WITHOUT_GENDER = "Tallene vises uten kjønn. Slå på kjønn for å se kvinner og menn."
APP_PAGES = {
    "": "Oversikt",
    "avslutninger": "Avslutninger",
    "frafall": "Frafall",
    "deltakere": "Deltakere",
    "henvisninger": "Henvisninger",
    "flyt": "Utvikling",
    "aktiviteter": "Aktiviteter",
    "ressurser": "Ressurser",
    "manedsskjema": "Månedsskjema",
    "trykte-tall": "Trykte tall",
    "kvalitet": "Kvalitet",
    "om-tallene": "Om tallene",
}
"""What each page of the live dashboard is called, by its path."""

APP_GROUPS = {
    "mal-og-utvikling": "Mål og utvikling",
    "gikk-til": "Resultater",
    "arbeid": "Arbeid",
    "tid": "Hvor lenge de var i tiltaket",
    "hvorfor": "Hvorfor og når",
    "hvem": "Hvem deltakerne er",
    "hvorfra": "Hvor henvisningene kom fra",
    "ytelser": "Ytelser og målgrupper",
    "maneder": "Måneder og kvartaler",
    "hvor-lenge": "Hvor lenge deltakerne er i tiltaket",
    "gjorde": "Hva deltakerne gjorde",
    "folk": "Bemanning",
    "tilbud": "Grupper og undersøkelser",
    "okonomi": "Økonomi",
}
APP_MENU = "Sider"
APP_MONTH = "Måned"
APP_COMPARE = "Sammenlign med"
APP_GENDER, APP_GENDER_ON, APP_GENDER_OFF = "Kjønn", "vis", "skjul"
APP_CSV = "Last ned tabellen (CSV)"
APP_PICTURE = "Last ned figuren (PNG)"
APP_PRINT = "Skriv ut eller lagre som PDF"
APP_NO_FORMS = "måned er publisert"
APP_STATUS = "Status"
APP_READ, APP_REFUSED = "lest", "avvist i sin helhet"
APP_NONE_REFUSED = "Ingen leveranse er avvist i sin helhet."
APP_ABOUT_LEAD = "Definisjonene bak hvert tall, og hvordan tallene er avrundet."
APP_QUALITY_LEAD = "Hva tallene er bygd av, hva som ble avvist, og hva kontrollene fant."
APP_QUALITY_YEARS = "Leveranser, avvisninger og kontroller for hvert år"
APP_QUALITY_HEADERS = (
    "År", "Leveranser", "Avviste rader", "Kontroller", "Slo ut", "Talt til og med", "Laget",
)  # fmt: skip

APP_ERROR = "Hva som er galt"
APP_ERRORS_NOTE = (
    "En rad som har flere feil, er talt med under hver av dem. Rader som er rettet i en senere "
    "leveranse, er ikke talt med."
)
APP_NO_PAGE = "Det finnes ingen side på denne adressen."
APP_NO_MONTH = "Måneden er ikke publisert."
APP_NO_FIGURE = "Det finnes ingen figur med dette navnet."
APP_NO_ROWS = "Figuren har ingen rader dette året."
APP_NO_PICTURE = "Figuren har ikke noe bilde dette året."
APP_BAD_YEAR = "Et år skrives med fire sifre, for eksempel 2021."
APP_BAD_MONTH = "En måned skrives som 2021-03, og må være i det året som er valgt."
APP_BAD_GENDER = "Valget for kjønn er «ja» eller «nei»."
APP_SAME_YEAR = "Et år kan ikke sammenlignes med seg selv. Velg et annet år."
APP_BAD_REQUEST = "Adressen kan ikke leses."
APP_ONLY_READ = "Her kan du bare lese."
APP_BROKEN = "Noe gikk galt. Prøv igjen, og si fra til NorA hvis det skjer på nytt."
APP_BROKEN_TITLE = "Siden kan ikke vises"
APP_NOT_FOUND_TITLE = "Fant ikke siden"
APP_BAD_TITLE = "Adressen stemmer ikke"
APP_WAIT_TITLE = "Ikke tilgjengelig nå"
APP_NOTHING_TITLE = "Ingenting er publisert ennå"
APP_NOTHING = (
    "Det er ingen tall å vise. Når NorA har lest inn leveranser og publisert dem («nora build»), "
    "kommer tallene her av seg selv. Last siden på nytt da."
)
APP_UNREADABLE = (
    "Det som er publisert, kan ikke leses. Publiser på nytt («nora build»), og last siden på nytt."
)
APP_BUSY = "Mange henter filer akkurat nå. Vent litt, og prøv igjen."
APP_TO_OVERVIEW = "Gå til oversikten"


def app_heading(page: str, year: int) -> str:
    """Heading of a page: «Avslutninger i 2021»."""
    return f"{page} i {year}"


def app_printed_heading(year: int) -> str:
    """Heading of the page of printed figures."""
    return f"Trykte tall fra {report_of(year).lower()}"


def app_quality_heading(year: int) -> str:
    """Heading of the page of quality."""
    return f"Kvaliteten på tallene for {year}"


def app_compared(previous: int) -> str:
    """What the numbers stand beside."""
    return f"Sammenlignet med {previous}."


def app_workbook(year: int) -> str:
    """Link to everything of a year as one workbook."""
    return f"Last ned alle tall for {year} (Excel)"


def app_deliveries(year: int) -> str:
    """Heading of the deliveries that a year is built of."""
    return f"Leveranser bak {year}"


def app_errors(year: int) -> str:
    """Heading of what was wrong with the rejected rows of a year."""
    return f"Avviste rader i {year} etter hva som er galt"


def app_no_year(year: int, years: Sequence[int]) -> str:
    """A year that is not published, and those that are."""
    return f"{year} er ikke publisert. Publisert er {listed([str(known) for known in years])}."


def app_not_in_open(page: str) -> str:
    """A page that is for others than everyone."""
    return f"{page} er ikke med i den åpne utgaven."


def app_twice(name: str) -> str:
    """A parameter that stands twice in an address."""
    return f"«{name}» står flere ganger i adressen."
