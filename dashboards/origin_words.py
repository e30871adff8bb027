"""The Norwegian words for the origin of numbers: rows, deliveries and checks.

The sentences about withheld numbers are in `words`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import words


def rejected(rows: str, year: int, one: bool) -> str:
    """The mark on figures of a year that rejected rows concern."""
    return f"{rows} {'avvist rad' if one else 'avviste rader'} i {year}"


def refused(files: str, one: bool) -> str:
    """The mark on figures when whole deliveries were refused."""
    return f"{files} {'avvist leveranse' if one else 'avviste leveranser'}"


def rejected_sentence(rows: str, year: int, one: bool) -> str:
    """How many rows were rejected, in a sentence."""
    verb = "rad som kan gjelde" if one else "rader som kan gjelde"
    return f"{rows} {verb} {year}, ble avvist og er ikke talt med."


def wrong_rows(year: int, errors: Sequence[str]) -> str:
    """The errors in the rejected rows of a year; errors as «ugyldig dato (2)»."""
    return f"Feil på radene som kan gjelde {year}: {words.listed(errors)}."


def counted(label: str, number: str) -> str:
    """A label within a sentence, with its number: «ugyldig dato (2)»."""
    within = label if label[:2].isupper() else label[0].lower() + label[1:]
    return f"{within} ({number})"


def checks(run: str, failed: str) -> str:
    """How many checks ran on the tables of the year, and how many failed (empty for none)."""
    return f"{run} kontroller er kjørt på årets tabeller. {failed or 'Ingen'} ga utslag."


def checks_run(register: str, tables: str, year: int) -> str:
    """How many checks ran on the register, once for all years, and on the tables of a year."""
    return (
        f"{register} kontroller er kjørt på registeret, én gang for alle år, og {tables} på "
        f"tabellene for {year}."
    )


def without_persons(year: int, recorded: Sequence[str]) -> str:
    """A year that had nobody, and the tables that have something of it all the same."""
    said = f"Ingen ble henvist til tiltaket eller var i det i {year}."
    if not recorded:
        return f"{said} Ingenting annet er ført for året heller."
    return f"{said} Bare dette er ført for året: {'; '.join(recorded)}."


def of_older_records(older: int, newer: int, built: str) -> str:
    """A year that was built from older records than the one beside it."""
    return (
        f"Tallene for {older} ble oppdatert {built} fra eldre leveranser enn tallene for {newer}, "
        "så en forskjell mellom årene kan skyldes det."
    )


def unfinished(year: int, previous: int | None, part: str) -> str:
    """A year that is not over; `part` is the last day that is counted of the other, if not all."""
    how_much = f"samme del av {previous}, til og med {part}" if part else f"hele {previous}"
    compared = f" Sammenligningen er med {how_much}." if previous else ""
    return f"Året {year} er ikke slutt.{compared}"
