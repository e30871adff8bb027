"""What every format of the open data is made from: each published mart with its words and codes.

Only what the tables of the publication hold is here: a category that no row has is in no code list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from babel.dates import get_month_names

from assets.vocabulary import Column, Table, vocabulary
from dashboards import definitions
from dashboards.open_data import open_data_words as words
from dashboards.open_data.code_lists import STATUS, CodeList, code_lists, key_columns, list_name
from dashboards.open_data.open_data_words import Text
from dashboards.publication import (
    FOLDED,
    LEFT_OUT,
    NO_GENDER,
    NOT_PRINTED,
    OPEN_DATA,
    TOTALS_ALONE,
    Publication,
)

_WHOLE = ("year", "integer", "count")


@dataclass(frozen=True)
class Field:
    """One column of a table: `type` is that of the vocabulary; `codes` names its code list."""

    name: str
    title: Text
    description: Text
    type: str
    codes: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self.type in _WHOLE


@dataclass(frozen=True)
class Dataset:
    """One mart: `rows` has the columns of `keys`, then `number`, then `status`.

    `summary` says what it counts in a sentence or two, `definition` in full.
    """

    mart: Table
    rows: pl.DataFrame
    title: Text
    summary: Text
    definition: Text
    notes: tuple[Text, ...]
    keys: tuple[Field, ...]
    number: Field
    status: Field

    @property
    def name(self) -> str:
        """The name of the mart, and of its files."""
        return self.mart.name

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every column, in order."""
        return (*self.keys, self.number, self.status)

    @property
    def years(self) -> list[int]:
        """The years that it has rows of, oldest first."""
        return sorted(self.rows["year"].unique())


@dataclass(frozen=True)
class OpenData:
    """Everything that the formats are made from."""

    publication: Publication
    datasets: tuple[Dataset, ...]
    code_lists: Mapping[str, CodeList]

    @property
    def updated(self) -> datetime:
        """When the newest of its numbers were made (UTC)."""
        return max(map(self.publication.built_at, self.publication.years))

    @property
    def synthetic(self) -> list[Text]:
        """The notice that persons are made up; none where nobody is."""
        made_up = words.synthetic(self.publication.synthetic_years, self.publication.years)
        return [made_up] if made_up else []

    @property
    def rights(self) -> Text:
        """What may be done with the numbers."""
        return words.licence(self.licence) if self.licence else words.NO_LICENCE

    @property
    def licence(self) -> str:
        """The address of the licence; empty while nobody has decided it."""
        return str(self._decided.get("licence", ""))

    @property
    def contact(self) -> str:
        """The address of mail of whoever answers questions; empty when nobody is named."""
        return str(self._decided.get("contact", ""))

    @property
    def _decided(self) -> dict[str, str]:
        decided: dict[str, str] = self.publication.manifest.get(OPEN_DATA, {})
        return decided

    def published_on(self, years: Iterable[int]) -> list[date]:
        """The days on which the editions of some years were published, the first one first."""
        vintages = self.publication.manifest.get("vintages", {})
        listed = [
            date.fromisoformat(one["published_on"])
            for year in years
            for one in vintages.get(str(year), ())
        ]
        return sorted(listed) or [self.updated.date()]


def open_data(publication: Publication) -> OpenData:
    """Return the open data of a publication; ValueError when it is not for everyone."""
    if not publication.holds(OPEN_DATA):
        raise ValueError("only a publication for everyone, of some year, is open data")
    marts = [
        mart
        for mart in vocabulary().layer("marts")
        if publication.holds(mart.name) and not mart.is_list
    ]
    lists = code_lists((mart, publication.tables[mart.name]) for mart in marts)
    return OpenData(publication, tuple(_dataset(publication, mart) for mart in marts), lists)


def labels(of: OpenData, dataset: Dataset, key: Field) -> dict[str, Text]:
    """Value -> label of a key of a table, as text: the values of its rows, in their order."""
    there = set(dataset.rows[key.name].cast(pl.String))
    if not key.codes:
        return {value: _numbered(key.name, value) for value in sorted(there, key=int)}
    found: dict[str, list[Text]] = {}
    for entry in of.code_lists[key.codes].entries:
        if entry.code in there:
            found.setdefault(entry.code, []).append(entry.label)
    # A value may be in several lists, one for each breakdown.
    return {
        value: Text(*(" / ".join(dict.fromkeys(said)) for said in zip(*listed, strict=True)))
        for value, listed in found.items()
    }


def _numbered(name: str, value: str) -> Text:
    """The label of a year, a month or a quarter."""
    if name == "month":
        nb, en = (get_month_names("wide", locale=one)[int(value)] for one in words.LANGUAGES)
        return Text(nb, en)
    return words.quarter(value) if name == "quarter" else Text(value, value)


# --- Tables ---------------------------------------------------------------------------------------


def _dataset(publication: Publication, mart: Table) -> Dataset:
    number = mart.column("n") if mart.is_count else vocabulary().columns["value"]
    participants = [words.WHO_TOOK_PART] if mart.name in definitions.COUNT_PARTICIPANTS else []
    return Dataset(
        mart,
        publication.tables[mart.name],
        Text(mart.label_nb, mart.label_en),
        *_meaning(publication, mart),
        (*participants, *_changes(publication, mart)),
        tuple(_field(mart, column) for column in key_columns(mart)),
        _field(mart, number),
        _field(mart, vocabulary().columns[STATUS]),
    )


def _meaning(publication: Publication, mart: Table) -> tuple[Text, Text]:
    """Summary and definition; the Norwegian definition is written for all readers."""
    if mart.name == "key_figures":
        return words.KEY_FIGURES, words.KEY_FIGURES
    nb = definitions.of_table(publication, mart)
    return Text(nb, mart.description), Text(nb, f"{mart.description} {mart.definition_en}")


def _field(mart: Table, column: Column) -> Field:
    return Field(
        column.name,
        Text(column.label_nb, column.label_en),
        Text(column.description_nb, column.description),
        column.type,
        list_name(mart, column),
    )


def _changes(publication: Publication, mart: Table) -> list[Text]:
    """What protection changed in a mart besides withheld numbers, year by year."""
    said = []
    for year in publication.years:
        for word in publication.done(mart.name, year):
            what, _, of = word.partition(":")
            if what == LEFT_OUT:
                said.append(words.left_out(year))
            elif what == TOTALS_ALONE:
                said.append(words.totals_alone(year))
            elif what == FOLDED:
                said.append(words.folded(year))
            elif what == NO_GENDER:
                population = vocabulary().code_list("population")[of] if of else None
                label = Text(population.label_nb, population.label_en) if population else None
                said.append(words.no_gender(year, label))
            elif what == NOT_PRINTED:
                column = mart.column(of)
                said.append(words.not_printed(year, Text(column.label_nb, column.label_en)))
    return said
