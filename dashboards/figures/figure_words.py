"""The Norwegian words of the figures: titles, notes, labels, and the charts in words.

The sentences about withheld numbers are in `words`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards import words

MONTHS_SHORT = tuple(month[:3] for month in words.MONTHS)

# --- Titles, headers and notes --------------------------------------------------------------

CHANGE = "Endring"
CODE = "Kode"
OTHER_COUNTRIES = "Andre land"
NUMBER_REACHED = "Nådde målet"
IS_REACHED = "Målet er"
OF = "Av"
FORM_TITLE = "Skjemaets rad 12 og 13"
FLOWS_TITLE = "Inn og ut måned for måned"
FORM_ROW_12 = "Rad 12: gjennomført eller planmessig avviklet"
TARGET_NOTE = "Den mørke streken er målet."
RANGE_NOTE = (
    "Streken er medianen. Feltet, med dagene i parentes, går fra nedre til øvre kvartil og rommer "
    "den midterste halvparten."
)
CASELOAD_DEFINITION = (
    "Aktive er personer som har startet og ikke er avsluttet ved utgangen av månedens siste dag. "
    "Måneder som ikke har begynt, er ikke med, og inneværende måned er talt til og med "
    "tellingsdatoen."
)
FLOWS_DEFINITION = (
    "Oppstarter, planmessige avslutninger og frafall i hver måned. De som ikke møtte, startet "
    "aldri og står bare i tabellen."
)
DROPOUTS_TITLE = "Frafall måned for måned"
DROPOUTS_DEFINITION = (
    "De som startet og droppet ut, etter måneden de sluttet, og de som ble henvist, men aldri "
    "møtte, etter måneden henvisningen ble avsluttet."
)
HATCHED = "Et skravert felt betyr at tallet er skjermet. Er tallet null, er det ingen søyle."
RETENTION_ROWS = {
    "work_exits": "Avsluttet til arbeid",
    "due": "Avsluttet for minst seks måneder siden",
    "not_due": "Ikke gått seks måneder ennå",
    "followed_up": "Fulgt opp etter seks måneder",
    "still_employed": "Fortsatt i arbeid",
}
ACTIVITIES_NOTE = "En person kan ha flere aktiviteter, så tallene skal ikke summeres."
EXIT_ACTIVITIES_NOTE = (
    "Én avslutning kan ha flere aktiviteter bak seg, så tallene skal ikke summeres."
)
NOT_REPORTED = "ikke rapportert"
ATTENDANCE_NOTE = "Søylene viser oppmøte. Antall møter og påmeldinger står i tabellen."
WITHOUT_GENDER = "Tallene vises uten kjønn. Slå på kjønn for å se kvinner og menn."
STAY_NOTE = (
    "Linjen faller når noen avslutter, enten de ble planmessig avsluttet eller droppet ut. De som "
    "ikke har vært med så lenge ennå, er regnet med så lenge de er fulgt. Kurven slutter der færre "
    "enn ti er fulgt."
)
BAND_NOTE = (
    "Det lyse båndet viser hvor usikker andelen er (95 prosents konfidensintervall). Grensene står "
    "i tabellen."
)


FORM_NOTE = "Prosenten i rad 12 er av alle avslutninger, de andre av de planmessige."
"""What the percentages of rows 12 and 13 are a share of."""


# --- Numbers with their words ---------------------------------------------------------------


def percent(number: str) -> str:
    """A percentage that may have a decimal, with a hard space."""
    return f"{number}\u00a0%"


def kroner(amount: str, *, below_zero: bool = False) -> str:
    """An amount of money, with a hard space: «2 500 000 kr», «−300 000 kr»."""
    return f"{'−' if below_zero else ''}{amount}\u00a0kr"


def compared(before: str, when: str, difference: str) -> str:
    """A key figure compared with the year before: «119 i 2020 (−4)»."""
    return f"{before} {when}" + (f" ({difference})" if difference else "")


def whole(year: int) -> str:
    """When the number of a year that is over was counted."""
    return f"i {year}"


def part(until: date) -> str:
    """When the number of a part of a year was counted."""
    return f"per {words.day(until)}"


def whole_year(year: int) -> str:
    """A note on numbers that are typed in for a year, also beside one that is not over."""
    return f"Tallene er ført for hele {year}."


def positions_of_whole_year(year: int) -> str:
    """A note that only the persons are counted until a day."""
    return f"Årsverkene er ført for hele {year}."


def counted_part(until: date) -> str:
    """A note that the other year is not counted whole."""
    return f"Tallene for {until.year} er talt til og med {words.day(until)}."


def of_all_exits(percent: str) -> str:
    """Share of all exits."""
    return f"{percent} av alle avslutninger"


def of_planned_exits(percent: str) -> str:
    """Share of the planned exits."""
    return f"{percent} av de planmessige"


def without_dropouts(number: str) -> str:
    """Participants except those who dropped out or never came."""
    return f"{number} uten frafall"


def active_on(when: date) -> str:
    """Label of the active participants in a year that is not over."""
    return f"Aktive per {words.day(when)}"


def years_old(lowest: str, highest: str) -> str:
    """The span of ages."""
    return f"{lowest}–{highest} år"


def days(number: str) -> str:
    """A number of days."""
    return f"{number} dager"


def age(number: str) -> str:
    """A number of years of age."""
    return f"{number} år"


def status_note(month: str) -> str:
    """At the end of which month the main activities are counted."""
    return f"Tallene gjelder utgangen av {month}. Hver person er med én gang."


def status_on(until: date, month: str, other: int | None) -> str:
    """The same in a year that is not over; `other` is a year counted at the end of the month."""
    beside = "" if other is None else f", og for {other} utgangen av {month}"
    return f"Tallene gjelder {words.day(until)}{beside}. Hver person er med én gang."


def in_months(number: str) -> str:
    """A number of months that stands in a text already."""
    return f"{number} {'måned' if number == '1' else 'måneder'}"


def hours(number: str) -> str:
    """A number of hours."""
    return f"{number} {'time' if number == '1' else 'timer'}"


def attained(share: str, target: str, verdict: str = "") -> str:
    """What is reached of a target: «43 % (mål 60 %, ikke nådd)», or «43 % (mål 60 %)»."""
    return f"{share} (mål {', '.join(filter(None, (target, verdict)))})"


REACHED = "nådd"
"""The share is as high as the target, or higher."""

NOT_REACHED = "ikke nådd"
"""The share is below the target."""


def number_of(part: str, whole: str) -> str:
    """A part of a whole in counts."""
    return f"{part} av {whole}"


def median_days(median: str, low: str, high: str) -> str:
    """The median and the quartiles above their marks."""
    return f"median {median} dager ({low}–{high})"


def range_days(low: str, median: str, high: str, number: str) -> str:
    """Quartiles and median in words."""
    return f"median {median} dager, midterste halvpart {low} til {high} dager, {number} personer"


def nobody_left(year: int) -> str:
    """A range of days without persons."""
    return f"ingen i {year}"


def points(difference: str) -> str:
    """A difference between two percentages."""
    return f"{difference} prosentpoeng"


def still_employed(part: str, whole: str, percent: str) -> str:
    """How many of the persons followed up are still employed."""
    return f"{part} av de {whole} som er fulgt opp, var fortsatt i arbeid ({percent} av disse)."


def base(everybody: str, came: str, absent: str) -> str:
    """Whom a figure of participants describes; `absent` is empty where all of them came."""
    if not absent:
        return f"Tallene gjelder årets {everybody} deltakere. Alle var i tiltaket minst én dag."
    return (
        f"Tallene gjelder årets {everybody} deltakere, slik årsrapporten teller dem. {came} av dem "
        f"var i tiltaket minst én dag; {absent} ble henvist, men møtte aldri."
    )


def not_due(number: str, whole: str) -> str:
    """How many exits to work are too recent to be followed up."""
    return (
        f"Da tallene ble talt opp, var det ikke gått seks måneder for {number} av de {whole} som "
        "ble avsluttet til arbeid. De skal ikke følges opp ennå."
    )


def not_asked(number: str, whole: str) -> str:
    """How many exits to work of six months ago or more have no known answer."""
    return (
        f"{number} av de {whole} som ble avsluttet for minst seks måneder siden, er ikke fulgt opp "
        "eller har ikke et kjent svar."
    )


def with_code(label: str, code: str) -> str:
    """An outcome as the form names it: «Arbeid fulltid (A)»."""
    return f"{label} ({code})"


def answered(part: str, whole: str, percent: str) -> str:
    """How many of the persons asked have answered."""
    return f"{part} av {whole} svarte ({percent})"


def with_positions(number: str, positions: str) -> str:
    """How many persons, and how many full-time equivalents."""
    return f"{number} ({positions} årsverk)"


def sessions_of(group: str, number: str, one: bool) -> str:
    """A group with the number of its sessions."""
    return f"{group} ({number} {'møte' if one else 'møter'})"


def other_countries(number: int, unknown: Sequence[str] = ()) -> str:
    """The countries that the chart does not draw one by one, and what is no country."""
    return words.listed([f"{OTHER_COUNTRIES} ({number})", *(of.lower() for of in unknown)])


def starters_of(label: str, year: int) -> str:
    """Header of the column of persons who started in another year."""
    return f"{label}, startet i {year}"


# --- The charts in words --------------------------------------------------------------------


def bars_description(
    title: str, year: int, parts: Sequence[str], previous: int | None = None
) -> str:
    """A chart of bars in words."""
    beside = f", med {previous} som tynne grå søyler under" if previous else ""
    return f"{title} i {year}{beside}. Søyler: " + "; ".join(parts) + "."


def target_description(
    title: str, year: int, parts: Sequence[str], previous: int | None = None
) -> str:
    """A chart of targets in words."""
    beside = f", med {previous} som tynne grå søyler under" if previous else ""
    return f"{title} i {year}{beside}. Søyler med en strek for målet: " + "; ".join(parts) + "."


def gender_description(year: int, parts: Sequence[str]) -> str:
    """The chart of women and men in words."""
    return f"Kvinner og menn i {year}. Hver rad er hundre prosent: " + "; ".join(parts) + "."


def caseload_description(
    year: int, this: Sequence[str], previous: int | None, before: Sequence[str]
) -> str:
    """The line of active participants in words; months as «januar 137»."""
    text = f"Aktive ved utgangen av hver måned i {year}, som linje: {', '.join(this)}."
    return text + (f" Prikket linje for {previous}: {', '.join(before)}." if before else "")


def panels_description(
    title: str,
    year: int,
    this: Mapping[str, Sequence[str]],
    previous: int | None = None,
    before: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Panels of bars in words; label -> periods as «januar 10»."""
    text = f"{title} i {year}. Søyler. {_panels(this)}"
    if not previous or not before:
        return text
    return f"{text} Smale grå søyler for {previous}. {_panels(before)}"


def _panels(said: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{label}: {', '.join(periods)}." for label, periods in said.items() if periods)


def no_dropouts(year: int) -> str:
    """A year without dropouts and no-shows."""
    return f"Ingen droppet ut eller lot være å møte i {year}."


def quarter(number: int) -> str:
    """A quarter as written on the axis."""
    return f"{number}. kvartal"


def quarter_of(number: int, year: int) -> str:
    """A quarter of a year."""
    return f"{quarter(number)} {year}"


def axis_days(number: int, *, with_unit: bool) -> str:
    """A number of days on an axis; the last one names the unit."""
    return days(str(number)) if with_unit else str(number)


def axis_years(number: int) -> str:
    """Where so many years are on an axis of days."""
    return f"↑ {number} år"


def dotted_median(previous: int) -> str:
    """The year of the dotted median."""
    return f"Den prikkede streken er medianen i {previous}."


def months(number: int) -> str:
    """A number of months."""
    return f"{number} {'måned' if number == 1 else 'måneder'}"


def after_months(percent: str, number: int, limits: Sequence[str] = ()) -> str:
    """A share after some months, with its limits: «83 % etter 6 måneder (74 % til 89 %)»."""
    within = f" ({' til '.join(limits)})" if limits else ""
    return f"{percent} etter {months(number)}{within}"


def few_followed(year: int, fewest: str) -> str:
    """A curve of too few persons."""
    return f"Færre enn {fewest} startet i {year}. Det er for få til å vise en kurve."


def stay_description(year: int, parts: Sequence[str]) -> str:
    """The falling line of stays in words; parts as «86 % etter 6 måneder»."""
    said = f": {words.listed(parts)}" if parts else ""
    return f"Fallende linje: andelen av dem som startet i {year}, som fortsatt er i tiltaket{said}."


def attendance_description(year: int, parts: Sequence[str], previous: int | None = None) -> str:
    """The chart of groups in words."""
    return bars_description("Oppmøter i tiltakets grupper", year, parts, previous)


def range_description(year: int, parts: Sequence[str]) -> str:
    """The chart of days in the programme in words."""
    return f"Dager fra oppstart til planmessig avslutning i {year}: " + "; ".join(parts) + "."


def top_countries(number: int) -> str:
    """The countries that only the table shows."""
    return f"Figuren viser de {number} største. De andre står i tabellen."


# --- The printed figures ------------------------------------------------------------------

OF_WHAT = "Gjelder"
SUMMARY_SECTION = "Sammendrag"
PRINTED_PARTS = {
    "spring": "Vårsemesteret",
    "autumn": "Høstsemesteret",
    "broen_til_jobb": "Broen til jobb",
    "grundersporet": "Gründersporet",
    "before_reorganisation": "Før omorganiseringen",
    "after_reorganisation": "Etter omorganiseringen",
    "first": "Først",
    "later": "Siden",
    "group_guidance": "Gruppeveiledning",
    "company_follow_up": "Bedriftsoppfølging",
    "iss": "ISS",
    "other_company": "En annen bedrift",
}
"""Parts of printed figures that no code list of the vocabulary names."""


def chapter(number: str) -> str:
    """A chapter of the report."""
    return f"Kapittel {number}"


def form_row(number: str) -> str:
    """A row of the form that the report prints."""
    return f"Skjemaets rad {number}"


def place(number: str) -> str:
    """A place in a ranking by size."""
    return f"{number}. plass"


def comparison_summary(counts: Mapping[str, int]) -> str:
    """The result of comparing a year's printed figures; `counts` by code of comparison_status."""
    equal, typed, contradictions, different, absent = (
        counts.get(status, 0)
        for status in ("equal", "typed", "source_contradiction", "different", "not_answerable")
    )
    whole = equal + typed + contradictions + different + absent
    parts = [
        f"{equal} er talt og like",
        f"{typed} er ført inn like",
        f"{contradictions} oppgis med to ulike tall i selve rapporten",
        f"{different or 'ingen'} avviker",
        f"{absent} står ikke i registeret",
    ]
    return f"Av {whole} trykte tall: {words.listed(parts)}."
