"""The Norwegian words of what was sent and is now another number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dashboards import numbers, words

TITLE = "Rettelser"
LEAD = (
    "Tall som er rapportert i et månedsskjema eller en årlig rapportpakke, og som er et annet i "
    "dag. Det som ble sendt, er fryst med datoen, og blir aldri skrevet over."
)
SENT_NUMBERS = "Rapporterte tall som er endret, de nyeste rettelsene først"
HEADERS = (
    "Hva", "Rapportert tall", "Tall nå", "Gjelder", "Rapportert", "Hvorfor", "Sendt på nytt",
)  # fmt: skip
NONE = "Ingen rapporterte tall er endret."
NOTHING_SENT = (
    "Ingenting er registrert som sendt ennå. Når et månedsskjema eller en rapportpakke er sendt, "
    "fryses tallene med «nora send», eller i Dagster under «sent»."
)
SENDINGS = "Det som er sendt"
SENDING_HEADERS = ("Gjelder", "Sendt", "Sending", "Talt til og med", "Endrede tall")
BUILDS = "Endringer i det som er publisert"
BUILD_HEADERS = ("Bygd", "År", "Endrede tall", "Hvorfor", "Leveranser")
BUILDS_NOTE = (
    "Bare tall for perioder som var over, også om de aldri er sendt. Hvert tall står i filen "
    "revisions.parquet, med verdien før og etter."
)
NO_REVISIONS = "Ingen publiserte tall for perioder som er over, er endret."
GROWN = (
    "Perioden var ikke over da det ble sendt. Da føres det ikke hvorfor tallet er et annet: flere "
    "kan ha kommet til, eller rader kan være rettet."
)
UNKNOWN = "Ingen bygging har ført hvorfor."
NOT_SETTLED = "nei"
SENT_ANEW = "sendt på nytt"
MONTHS_FORM = "Rettet siden skjemaet ble sendt"
PACKAGE = "Rettet siden rapporten ble sendt"
PACKAGE_LEAD = "Disse tallene på siden er ikke de samme som i rapportpakken som ble sendt sist."
TO_PAGE = "Se alle rettelser"
ALL_IN_WORKBOOK = f"Alle rettelsene for året står på arket «{TITLE}» i arbeidsboken."

CAUSES: Mapping[str, str] = {
    "records": "Leveransene er endret.",
    "program": (
        "Leveransene er de samme, men programmet er endret, så det kan være definisjonen av tallet "
        "som er en annen."
    ),
    "records_and_program": "Både leveransene og programmet er endret.",
    "erased": (
        "En eller flere personer er slettet fra registeret. Hvilke tall det endret, er ikke ført."
    ),
    "other": "Verken leveransene eller programmet er endret, men for eksempel rekkefølgen.",
    "lost": "Linjer i listen over rettelser er tapt.",
}
"""What each cause in the list of revisions means."""


def reported(before: str, sent_on: date, now: str) -> str:
    """A number that was sent and is now another: «rapportert 24 den 5. april 2021, nå 14»."""
    return f"rapportert {before} den {words.day(sent_on)}, nå {now}"


def named(table: str, categories: str) -> str:
    """The name of a number: its table and its categories."""
    return f"{table}: {categories}"


def cell(categories: str, said: str) -> str:
    """A number with what is said of it."""
    return f"{categories}: {said}"


def told(said: Sequence[str], why: Sequence[str]) -> str:
    """The changed numbers of a table in one paragraph, with their causes."""
    return f"{PACKAGE}: {'; '.join(said)}. {' '.join(why)}"


def line(period: str, whole: str, parts: Sequence[tuple[str, str, str, str]]) -> str:
    """The changes of a line of the form in one period.

    `whole` says it of everybody, and is empty where only some of the `parts` are changed: label of
    the gender, number that was sent, number now, and what is said of it.
    """
    if not whole:
        return f"{period}: {'; '.join(f'{name.lower()} {said}' for name, _, _, said in parts)}."
    within = "; ".join(f"{name.lower()} {before}, nå {now}" for name, before, now, _ in parts)
    return f"{period}: {whole} ({within})." if within else f"{period}: {whole}."


def quoted(name: str) -> str:
    """The name of a delivery."""
    return f"«{name}»"


def gone(name: str, rows: int) -> str:
    """A delivery that is no longer in the inbox, with the rows that went with it."""
    went = f" ({_rows(rows)} borte)" if rows else ""
    return f"{quoted(name)} er ikke lenger i innboksen{went}"


def receipt(name: str, counts: Mapping[str, Any]) -> str:
    """A delivery with what it changed: «april.xlsx» (Avslutninger: 2 nye, 1 endret)."""
    sheets = counts.get("sheets", ())
    said = [f"{one['sheet']}: {kinds}" for one in sheets if (kinds := _kinds(one))]
    rest = int(counts.get("new", 0)) - sum(int(one.get("new", 0)) for one in sheets)
    if rest > 0:
        said.append(f"{_rows(rest)} nye på {'andre ark' if said else 'arkene'}")
    return f"{quoted(name)} ({'; '.join(said)})" if said else quoted(name)


def why(cause: str, built_at: datetime, deliveries: Sequence[str]) -> str:
    """Why a number was changed by a build: what it read, and whether the program was another."""
    when = words.day(words.in_norway(built_at).date())
    read = f"Endret {when} av {words.listed(deliveries)}." if deliveries else f"Endret {when}."
    return read if cause == "records" and deliveries else f"{read} {CAUSES[cause]}"


def sent_as(number: int) -> str:
    """Whether it was sent for the first time."""
    return "første gang" if number == 1 else f"på nytt ({number}. gang)"


def lost(had: float, has: float) -> str:
    """How many lines of the list are lost."""
    return f"{CAUSES['lost']} Den hadde {numbers.count(had)} linjer, og har {numbers.count(has)}."


def folded(table: str, number: int) -> str:
    """The title of a table's corrected numbers, before they are unfolded."""
    return f"{table}: {'ett tall' if number == 1 else f'{numbers.count(number)} tall'}"


def more(number: int) -> str:
    """How many more numbers of a figure are changed."""
    return "og ett tall til" if number == 1 else f"og {numbers.count(number)} tall til"


_KINDS = (("new", "ny", "nye"), ("changed", "endret", "endret"), ("removed", "borte", "borte"))


def _kinds(sheet: Mapping[str, Any]) -> str:
    said = [
        f"{numbers.count(sheet[name])} {one if sheet[name] == 1 else many}"
        for name, one, many in _KINDS
        if sheet.get(name)
    ]
    return words.listed(said)


def _rows(number: int) -> str:
    return "1 rad" if number == 1 else f"{numbers.count(number)} rader"
