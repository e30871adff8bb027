"""Measures how often ordinary cells are mistaken for identity numbers: the demo, and made-up text.

Every alarm is false: the cells are dates, amounts, counts, telephone numbers and references, and
none of them was made to pass the check of an identity number.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.raw.delivery import read_grids
from assets.raw.grid import Contents, Grid
from assets.raw.national_id import places
from pipelines.settings import DEFAULT_LIMIT, PROJECT

_SENTENCES = (
    "Ringte {phone} {date}, ikke svar.",
    "Tlf. {phone}, avtale {date} kl. {time}.",
    "Nytt møte {date} {time} på rom {small}.",
    "Vedtak {date}, sak {case}.",
    "Vedtak av {short} ({five}).",
    "Saksnr. {case}, journalført {date}.",
    "Ref. {six}, {five} kr utbetalt {short}.",
    "Praksis fra {date} til {date}.",
    "Praksis {short}-{short}, {small} timer.",
    "Org.nr. {organisation}, kontaktperson tlf. {phone}.",
    "Lønn {amount} kr fra {date}.",
    "{amount} kr i {year}, {amount} kr i {year}.",
    "Født i {year}, kom til Norge {year}.",
    "Har {small} barn, født {year} og {year}.",
    "Kurs {year}-{year}, {small} av {small} dager.",
    "Prosjekt {six}: {five}, {five} og {five}.",
    "Bestilling {eight}, faktura {seven}.",
    "Postnr. {four} Bergen, husnr. {small}.",
    "Telt {date}: {five} og {six}.",
    "Sendt {stamp}.",
    "Kontrakt til {date}, {small} %.",
    "Venter på svar fra NAV.",
    "B1 muntlig {date}, A2 skriftlig {date}.",
    "Lenke: https://eksempel.no/sak/{eight}?id={six}",
    "Faktura {five} {short}.",
    "{date};{five};{small}",
    "{small} stk. nr {five} {date}",
    "Tlf. på dagtid {date} {phone}.",
    "Født {birth}, kom til Norge {date}.",
    "Barn født {birth}, sak {case}, ref. {five}.",
    "Mangler fnr, ringte {phone} {date}.",
    "UDI: vedtak {date}, sak {case}, tlf. {phone}.",
)

_COLUMNS = (
    ("Deltaker-ID", "{five}"),
    ("Henvist dato", "{cell_date}"),
    ("Henvisnings-ID", "{six}"),
    ("Antall", "{five}"),
    ("Beløp", "{six}"),
    ("Fra dato", "{short}"),
    ("Timer", "{small}"),
    ("Dato", "{date}"),
    ("Saksnummer", "{eight}"),
    ("Telefon", "{phone}"),
    ("Fødselsdato", "{birth}"),
    ("Merknad", ""),
)


def free_text(rng: random.Random, cells: int) -> Grid:
    """Return one column of made-up remarks, as counsellors write them."""
    texts = ["Merknad", *(_written(rng, rng.choice(_SENTENCES)) for _ in range(cells))]
    return Grid("Merknader", pl.DataFrame({"0": texts}))


def register(rng: random.Random, rows: int) -> Grid:
    """Return a made-up sheet in which identifiers and counts are next to dates."""
    columns = {}
    for place, (header, form) in enumerate(_COLUMNS):
        cells = (_written(rng, form or rng.choice(_SENTENCES)) for _ in range(rows))
        columns[str(place)] = [header, *cells]
    return Grid("Register", pl.DataFrame(columns))


def demo() -> Iterable[Grid]:
    """Yield the sheets of the demo."""
    for path in sorted(Path(PROJECT, "data", "demo").glob("*.xlsx")):
        yield from read_grids(path.name, path.read_bytes(), DEFAULT_LIMIT)


def false_alarms(grids: Iterable[Grid]) -> tuple[int, int]:
    """Return the number of cells, and the number of places where an identity number is found."""
    sheets = list(grids)
    cells = sum(column.count() for grid in sheets for column in grid.cells)
    return cells, sum(len(places(Contents((grid,)))) for grid in sheets)


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randrange(10 ** (count - 1), 10**count))


def _phone(rng: random.Random) -> str:
    digits = f"{rng.choice('24579')}{_digits(rng, 7)}"
    return rng.choice(
        [
            digits,
            f"{digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
            f"{digits[:3]} {digits[3:5]} {digits[5:]}",
            f"+47 {digits}",
            f"0047 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
        ]
    )


def _day(rng: random.Random) -> date:
    return date(2015, 1, 1) + timedelta(days=rng.randrange(4000))


def _date(rng: random.Random) -> str:
    day = _day(rng)
    return rng.choice([f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}"])


def _short(rng: random.Random) -> str:
    day = _day(rng)
    return rng.choice([f"{day:%d.%m.%y}", f"{day.day}.{day.month}.{day:%y}", f"{day:%d%m%y}"])


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "phone": _phone,
    "date": _date,
    "short": _short,
    "birth": lambda rng: f"{date(1950, 1, 1) + timedelta(days=rng.randrange(25_000)):%d.%m.%Y}",
    "cell_date": lambda rng: f"{_day(rng)} 00:00:00",
    "stamp": lambda rng: f"{_day(rng):%Y%m%d}{rng.randrange(24):02}{rng.randrange(60):02}",
    "time": lambda rng: f"{rng.randrange(24):02}:{rng.randrange(60):02}",
    "case": lambda rng: f"{rng.randrange(2015, 2026)}/{_digits(rng, 5)}",
    "organisation": lambda rng: f"9{_digits(rng, 2)} {_digits(rng, 3)} {_digits(rng, 3)}",
    "amount": lambda rng: f"{rng.randrange(10_000, 900_000):,}".replace(",", rng.choice(" .")),
    "year": lambda rng: str(rng.randrange(1950, 2026)),
    "small": lambda rng: str(rng.randrange(1, 100)),
    "four": lambda rng: _digits(rng, 4),
    "five": lambda rng: _digits(rng, 5),
    "six": lambda rng: _digits(rng, 6),
    "seven": lambda rng: _digits(rng, 7),
    "eight": lambda rng: _digits(rng, 8),
}


class _Fields(dict[str, str]):
    """Makes up the values that a sentence needs, a new one for each placeholder."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.rng = rng

    def __missing__(self, name: str) -> str:
        return _MADE[name](self.rng)


def _written(rng: random.Random, form: str) -> str:
    return form.format_map(_Fields(rng))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rate of false alarms for each kind of cells."""
    parser = argparse.ArgumentParser(prog="python -m bench.identity_numbers", description=__doc__)
    parser.add_argument("--cells", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    kinds = {
        "demo": demo(),
        "made-up free text": [free_text(rng, options.cells)],
        "made-up register": [register(rng, options.cells // len(_COLUMNS))],
    }
    for kind, grids in kinds.items():
        cells, alarms = false_alarms(grids)
        print(f"{kind:20} {cells:9,} cells {alarms:5} alarms, {1000 * alarms / cells:.3f} in 1,000")


if __name__ == "__main__":
    main()
