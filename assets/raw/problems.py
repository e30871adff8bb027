"""What can be wrong with a delivery: the codes, and the Norwegian sentence of each.

A problem says where (delivery, sheet, row as the spreadsheet shows it, field) and what to do.
No sentence repeats what a cell holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

SENTENCES = {
    "unreadable": (
        "Filen kan ikke leses som en Excel-arbeidsbok. Åpne den i Excel, lagre den på nytt "
        "som .xlsx, og lever den igjen."
    ),
    "unsupported": (
        "Denne filtypen leses ikke ennå. Lever registeret som en Excel-arbeidsbok (.xlsx)."
    ),
    "missing_sheet": "Arket mangler. Legg det til, eller bruk malen (nora template).",
    "duplicate_sheet": "Arket finnes to ganger. Samle radene i ett ark.",
    "missing_column": "Kolonnen mangler. Legg den til, eller bruk malen (nora template).",
    "duplicate_column": "Kolonnen finnes to ganger. Behold én av dem.",
    "formula_without_value": (
        "Formelen har ingen lagret verdi. Åpne filen i Excel og lagre den, eller skriv inn verdien."
    ),
    "missing_value": "Feltet må fylles ut.",
    "bad_id": (
        "Kjennetegnet er ugyldig. Bruk 1 til 40 tegn: bokstavene A–Z, tall, bindestrek og "
        "understrek."
    ),
    "bad_date": "Dette er ikke en dato. Skriv for eksempel 31.12.2021.",
    "bad_number": "Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel 1985.",
    "bad_code": "Verdien finnes ikke i kodelisten. Velg en verdi fra nedtrekkslisten i malen.",
    "ambiguous_code": "Verdien er tvetydig. {hint}",
    "duplicate_key": (
        "Samme nøkkel står flere ganger i leveransen med ulikt innhold. Behold den riktige raden."
    ),
    "orphan": (
        "Raden viser til {target} som ikke finnes i noen leveranse. Rett kjennetegnet, eller "
        "legg til raden som mangler."
    ),
    "date_order": "Datoen er før {other}. Rett den ene av dem.",
    "future_date": "Datoen er etter tellingsdagen. Rett datoen.",
    "out_of_range": "Verdien er utenfor det som er mulig: {hint}",
    "rule": "{hint}",
}
"""Code -> sentence. Text in braces is filled in with words of the vocabulary, never a value."""

SCHEMA = pl.Schema(
    {
        "delivery": pl.String,
        "sheet": pl.String,
        "row": pl.Int32,
        "field": pl.String,
        "code": pl.String,
        "message": pl.String,
    }
)
"""One line per problem; sheet, row and field are NULL where they do not apply."""

_SHOWN = 20
"""How many problems the exception's own message holds: it ends up in Dagster's event log."""


class DeliveryError(Exception):
    """A delivery cannot be loaded as it is. `problems` has the columns of `SCHEMA`."""

    def __init__(self, problems: pl.DataFrame) -> None:
        self.problems = problems.select(SCHEMA.names()).sort(
            "delivery", "sheet", "row", "field", nulls_last=False
        )
        shown = self.sentences[:_SHOWN]
        more = self.problems.height - len(shown)
        super().__init__("\n".join([*shown, *([f"… og {more} til."] if more else [])]))

    @property
    def sentences(self) -> list[str]:
        """Every problem as one line: delivery, sheet, row, and what to do."""
        return self.problems.select(sentence()).to_series().to_list()

    @property
    def rows(self) -> int:
        """How many rows have a problem."""
        rows = self.problems.filter(pl.col("row").is_not_null())
        return rows.select("delivery", "sheet", "row").n_unique() if rows.height else 0

    @property
    def refused(self) -> int:
        """How many deliveries cannot be read at all."""
        return self.problems.filter(pl.col("row").is_null())["delivery"].n_unique()


def problem(
    delivery: str,
    code: str,
    *,
    sheet: str | None = None,
    row: int | None = None,
    field: str | None = None,
    label: str | None = None,
) -> pl.DataFrame:
    """Return one problem as a frame of `SCHEMA`. `label` is the field's Norwegian header."""
    message = SENTENCES[code]
    if label is not None:
        message = f"«{label}»: {message}"
    return pl.DataFrame([(delivery, sheet, row, field, code, message)], SCHEMA, orient="row")


def collect(problems: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Stack frames of `SCHEMA` into one, empty when there are none."""
    found: Sequence[pl.DataFrame] = [frame for frame in problems if frame.height]
    return pl.concat(found) if found else SCHEMA.to_frame()


def sentence() -> pl.Expr:
    """The problem as one line of text: delivery, sheet, row, and the message."""
    place = [pl.col("delivery")]
    place += [
        pl.when(pl.col(name).is_not_null())
        .then(pl.format(template, pl.col(name)))
        .otherwise(pl.lit(""))
        for name, template in (("sheet", ", arket «{}»"), ("row", ", rad {}"))
    ]
    return pl.concat_str([*place, pl.lit(": "), pl.col("message")]).alias("sentence")
