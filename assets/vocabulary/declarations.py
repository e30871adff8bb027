"""The shape of the TOML files that declare columns and tables.

The vocabulary made from the declarations is in `model`, their JSON Schemas in `json_schemas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, TypeAdapter, model_validator

Whole = Annotated[int, Strict()]
"""A whole number, not a text of digits."""

Flag = Annotated[bool, Strict()]
"""true or false, not a word or number for it."""

Type = Literal[
    "identifier", "code", "text", "date", "timestamp", "year", "integer", "number", "share",
    "count", "boolean",
]  # fmt: skip


class _Declaration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InOneTable(_Declaration):
    """What one table declares differently about a column."""

    type: Type | None = None
    label_nb: str | None = None
    label_en: str | None = None
    description: str | None = None
    description_nb: str | None = None
    codes: str | None = None
    codes_by: str | None = None
    missing: str | None = None
    total: Flag | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None


class ColumnDeclaration(_Declaration):
    """One column, the same in every table unless `in` declares a difference."""

    type: Type
    label_nb: str
    label_en: str
    description: str
    description_nb: str
    personal: Flag
    """Whether the value says something about one person; aggregates never do."""
    codes: str | None = None
    """The code list that the values come from: codes/<name>.csv, or country."""
    codes_by: str | None = None
    """The column whose code names the list, by its attribute `codes`."""
    missing: str | None = None
    """The code for "not recorded"."""
    total: Flag = False
    """Whether the column of a mart also holds the category `total`."""
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None
    """The lower bound of a number, which it may not equal."""
    in_: Mapping[str, InOneTable] = Field(default_factory=dict, alias="in")
    """By `layer.table`, what that table declares differently."""


class _Words(_Declaration):
    label_nb: str
    label_en: str
    description: str


class TableDeclaration(_Words):
    """One table of a layer other than marts."""

    grain: str
    """What one row is."""
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    """The columns that identify a row."""
    key_year: str = ""
    """The date in the key of which only the year counts: another day of it is a correction."""
    required: tuple[str, ...] = ()
    """Columns that may not be empty, besides the key."""
    required_headers: tuple[str, ...] = ()
    """Columns whose header must be there although cells may be empty."""
    references: Mapping[str, str] = Field(default_factory=dict)
    """By column, the table of the same layer whose key must contain its value."""
    sheet: str | None = None
    """The Norwegian name of the sheet that the table comes from."""
    optional_sheet: Flag = False
    definition_nb: str = ""
    """What to enter in the sheet."""
    derived_from: tuple[str, ...] = ()
    stored: Flag = False
    """Whether its rows are counted once for each load, and stored: a table instead of a view."""


class PlaceDeclaration(_Declaration):
    """The place of a figure among others: in a section, in a chapter, or under a heading."""

    id: str
    place: Whole
    """The figure's place there: smaller numbers come first."""


class LargestDeclaration(_Declaration):
    """The sentence about the largest category: «Flest henvisninger kom fra NAV Årstad: 30.»."""

    of_nb: str
    """What is counted, in the plural: «henvisninger»."""
    is_nb: str
    """The rest of the sentence, with {} for the category: «kom fra {}»."""
    breakdown: str = ""
    """The breakdown, in a mart with several."""
    base: str = ""
    """The key figure that the count is a part of, where the mart has no total of its own."""


class FigureDeclaration(_Declaration):
    """One figure of a mart, by its id: the id of the mart, if it shows the whole mart."""

    chapter: PlaceDeclaration
    """The chapter of the report package that contains the figure's table."""
    cue_nb: str
    """What the author of the report is asked to write about the figure: «Skriv her om …»."""
    section: PlaceDeclaration | None = None
    """The section of a year's page; a figure without one has a page of its own, or none."""
    headings: tuple[PlaceDeclaration, ...] = ()
    """The headings on the live dashboard's pages that show the figure (dashboards/outline.py)."""
    title_nb: str = ""
    """The figure's title, if it differs from the label of the mart."""
    rows: tuple[str, ...] = ()
    """The codes of the key figures that the report repeats in a table of their own."""
    percents: Flag = False
    """Whether the counts are parts of one whole, with percentages."""
    in_list_order: Flag = False
    """Whether the categories keep the order of their code list instead of being sorted by size."""
    largest: tuple[LargestDeclaration, ...] = ()
    """What is said of the largest category, where a sentence is to say it."""


class MartDeclaration(_Words):
    """One mart: assets/marts/<name>.toml, next to <name>.sql."""

    place: Whole
    """The mart's place in every list of marts."""
    definition_nb: str
    """What the number means, for its readers."""
    definition_en: str
    dimensions: tuple[str, ...] = ()
    """The columns that the mart counts by, besides the year."""
    measures: tuple[str, ...] = ()
    """What is counted."""
    optional: tuple[str, ...] = ()
    """Measures that are counts and yet empty where there was nobody to count among."""
    margins: tuple[str, ...] = ()
    """Dimensions over which the counts add up to `total`."""
    divides: str = ""
    """The population of gender_split that the lines of the mart divide."""
    divides_only: Mapping[str, str] = Field(default_factory=dict)
    """If the mart divides only some planned exits: their `outcome` or `outcome_group`, by code."""
    missing: Mapping[str, str] = Field(default_factory=dict)
    """By dimension, the category of those whose value is not recorded, which the SQL writes."""
    open: Flag = True
    """Whether the open publication may include the mart; took_part is only a source for others."""
    protected_with: str = ""
    """A mart that counts the same people, or more, so that both are protected together."""
    columns: tuple[str, ...] = ()
    """The columns of a mart that is a list without measures of its own."""
    key: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    derived_from: tuple[str, ...]
    empty_nb: str = ""
    """The verb in the sentence for an empty mart: «droppet ut» in «Ingen droppet ut i 2021.»."""
    figures: Mapping[str, FigureDeclaration]
    """By id, the figures drawn from the mart and their places; `{}` if no page shows a figure."""

    @model_validator(mode="after")
    def _says_what_nobody_did(self) -> Self:
        if not self.empty_nb and any(figure.section for figure in self.figures.values()):
            raise ValueError("empty_nb is missing: a figure shows it where the mart is empty")
        return self


class BreakDeclaration(_Declaration):
    """A break in a series: from `year` on, numbers are not quite comparable with those before."""

    year: Whole
    marts: tuple[str, ...] = ()
    """The marts concerned; all of them, if none is named."""
    not_whole: tuple[Whole, ...] = ()
    """The years before it that were not counted from January on."""
    why_nb: str
    """A sentence that says what differs."""


class Breaks(_Declaration):
    """The file breaks.toml."""

    breaks: tuple[BreakDeclaration, ...]


Tables = Mapping[str, Mapping[str, TableDeclaration]]
"""By layer and name."""

COLUMNS = TypeAdapter(Mapping[str, ColumnDeclaration])
TABLES = TypeAdapter(Tables)
MART = TypeAdapter(MartDeclaration)
BREAKS = TypeAdapter(Breaks)
