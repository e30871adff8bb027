"""The Norwegian words of the pages that follow a number to where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import words

LINK = "Om tallet"
LEAD = "Hva tallet betyr, hvordan det er kontrollert, og hvor det kommer fra."
DEFINITION = "Hva tallet betyr"
BASE = "Hva tallet er en del av"
HISTORY = "Tallet i alle år"
REVISIONS = "Endret siden første gang det ble publisert"
REVISION_HEADERS = ("Oppdatert", "År", "Tall", "Før", "Etter", "Leveranser")
REVISIONS_NOTE = "De nyeste endringene i perioder som var over. Alle er talt opp under «Rettelser»."
CHECKS = "Hvordan tallet er kontrollert"
DELIVERIES = "Arkene og leveransene"
ONWARDS = "Gå videre"
NO_NUMBER = "Det finnes ikke noe tall med dette navnet."
NOT_PART = "Tallet er ikke en del av et annet tall. Definisjonen sier hva det gjelder."
TO_TABLE = "Lag en tabell av tallene"
TO_DEFINITIONS = "Alle definisjonene"
TO_DELIVERIES = "Se leveransene, og hva hver av dem endret"
STOPS = (
    "En kontroll som må holde, stopper publiseringen dersom den gir utslag. Dette blir kontrollert:"
)
LOOKED_FOR = "Mulig, men tvilsomt. Radene telles med, og NorA blir bedt om å kontrollere dem:"
OWN_KEY = "Hver rad må ha sin egen nøkkel."
DELIVERY_HEADERS = (words.DELIVERY, "Lest første gang", "Ark")


def title(label: str) -> str:
    """The heading of the page of a number."""
    return f"{LINK}: {label}"


def shown_on(page: str, heading: str) -> str:
    """A place where a number is shown."""
    return f"Se tallet på siden «{page}», under «{heading}»"


def adds_up(whole: str) -> str:
    """What the rows of a table add up to."""
    return f"Radene er til sammen alle som er talt under {whole}."


def overlaps(whole: str) -> str:
    """Whom the rows of a table count, if they do not add up."""
    return (
        f"Tallene gjelder dem som er talt under {whole}. Én person kan være med i flere av radene."
    )


def counts(whole: str) -> str:
    """Whom a number counts."""
    return f"Tallet gjelder dem som er talt under {whole}."


def whole(population: str, only: Sequence[str]) -> str:
    """A population, or some of it: «Planmessig avsluttet» til «Arbeid»."""
    return " til ".join(f"«{label}»" for label in (population, *only))


def in_year(number: str, year: int) -> str:
    """A number of a year."""
    return f"{number} i {year}"


def checks_of(label: str) -> str:
    """Heading of the checks of one table or sheet."""
    return f"Kontroller av «{label}»"


def filled(labels: Sequence[str]) -> str:
    """What must be filled in."""
    return f"Må være fylt ut: {words.listed(labels)}."


def coded(labels: Sequence[str]) -> str:
    """What must be a code of its list."""
    return f"Må være en kode i kodelisten: {words.listed(labels)}."


def dated(labels: Sequence[str]) -> str:
    """What may not be dated too early."""
    return f"Kan ikke være før år 2000: {words.listed(labels)}."


def bounded(labels: Sequence[str]) -> str:
    """What must be a number that is possible."""
    return f"Må være et mulig tall: {words.listed(labels)}."


def refers(label: str, sheet: str) -> str:
    """What must be found on another sheet."""
    return f"«{label}» må finnes i {sheet}."


def found(label: str, rows: str, one: bool) -> str:
    """What a rule looks for, and in how many rows it was found (empty if that is not told)."""
    return f"{label}: {rows} {'rad' if one else 'rader'}" if rows else label


def sheets(labels: Sequence[str]) -> str:
    """The sheets that a number is counted from."""
    noun = "arket" if len(labels) == 1 else "arkene"
    return f"Tallet bygger på {noun} {words.listed(labels)}."


def optional(labels: Sequence[str]) -> str:
    """The sheets that a workbook may lack."""
    return f"En arbeidsbok kan mangle {words.listed(labels)}, som er valgfrie."
