"""The shape of the TOML files that declare columns and tables.

What the declarations add up to is in `model`, their JSON Schemas in `json_schemas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Type = Literal[
    "identifier", "code", "text", "date", "timestamp", "year", "integer", "number", "share",
    "count", "boolean",
]  # fmt: skip


class _Declaration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InOneTable(_Declaration):
    """What is different about a column in one table."""

    type: Type | None = None
    label_nb: str | None = None
    label_en: str | None = None
    description: str | None = None
    description_nb: str | None = None
    codes: str | None = None
    codes_by: str | None = None
    missing: str | None = None
    total: bool | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None


class ColumnDeclaration(_Declaration):
    """One column, as every table has it unless `in` says otherwise."""

    type: Type
    label_nb: str
    label_en: str
    description: str
    description_nb: str
    personal: bool
    """Whether the value says something about one person; aggregates never do."""
    codes: str | None = None
    """The code list that the values come from: codes/<name>.csv, or country."""
    codes_by: str | None = None
    """The column whose code names the list, by its attribute `codes`."""
    missing: str | None = None
    """The code for "not recorded"."""
    total: bool = False
    """Whether the column of a mart also holds the category `total`."""
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None
    """The lower bound of a number, which it may not equal."""
    in_: Mapping[str, InOneTable] = Field(default_factory=dict, alias="in")
    """By `layer.table`, what is different there."""


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
    """The columns that tell rows apart."""
    required: tuple[str, ...] = ()
    """Columns that may not be empty, besides the key."""
    required_headers: tuple[str, ...] = ()
    """Columns whose header must be there although cells may be empty."""
    references: Mapping[str, str] = Field(default_factory=dict)
    """By column, the table of the layer whose key its value must be."""
    sheet: str | None = None
    """The Norwegian name of the sheet that it comes from."""
    optional_sheet: bool = False
    definition_nb: str = ""
    """What to enter in the sheet."""
    derived_from: tuple[str, ...] = ()


class PlaceDeclaration(_Declaration):
    """Where a figure is among others: in a section, in a chapter, or under a heading."""

    id: str
    place: int
    """Its place there: smaller numbers come first."""


class FigureDeclaration(_Declaration):
    """One figure of a mart, by its id: that of the mart, where it shows the mart whole."""

    chapter: PlaceDeclaration
    """The chapter of the report package that its table is in."""
    cue_nb: str
    """What the author of the report is asked to write about it: «Skriv her om …»."""
    section: PlaceDeclaration | None = None
    """The section of a year's page; a figure without one has a page of its own, or none."""
    headings: tuple[PlaceDeclaration, ...] = ()
    """The headings of the live dashboard's pages that it is under (dashboards/outline.py)."""
    title_nb: str = ""
    """Its title, where that is not the label of the mart."""
    rows: tuple[str, ...] = ()
    """The codes of the key figures that the report tells about again in a table of their own."""
    percents: bool = False
    """Whether its counts are parts of one whole, with percentages."""
    in_list_order: bool = False
    """Whether its categories keep the order of their code list, and not that of their size."""


class MartDeclaration(_Words):
    """One mart: assets/marts/<name>.toml beside <name>.sql."""

    place: int
    """Its place in every list of marts."""
    definition_nb: str
    """What the number means, for its readers."""
    definition_en: str
    dimensions: tuple[str, ...] = ()
    """What is counted by, besides the year."""
    measures: tuple[str, ...] = ()
    """What is counted."""
    margins: tuple[str, ...] = ()
    """Dimensions over which the counts add up to `total`."""
    divides: str = ""
    """The population of gender_split whose people its lines are part of."""
    divides_only: Mapping[str, str] = Field(default_factory=dict)
    """Of planned exits only those to one `outcome`, or to one `outcome_group`, by its code."""
    open: bool = True
    """Whether the open publication may have it; took_part gives its numbers to others there."""
    protected_with: str = ""
    """The mart of which it counts the same people, or some, so that both are protected at once."""
    columns: tuple[str, ...] = ()
    """The columns of a mart that is a list, and measures nothing of its own."""
    key: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    derived_from: tuple[str, ...]
    empty_nb: str = ""
    """What nobody did where it holds nothing: «Ingen droppet ut i 2021.»."""
    figures: Mapping[str, FigureDeclaration]
    """By id, what is drawn from it and where; `{}` where no page shows it as a figure."""

    @model_validator(mode="after")
    def _says_what_nobody_did(self) -> Self:
        if not self.empty_nb and any(figure.section for figure in self.figures.values()):
            raise ValueError("empty_nb is missing, which a figure says where there is nothing")
        return self


Tables = Mapping[str, Mapping[str, TableDeclaration]]
"""By layer and name."""

COLUMNS = TypeAdapter(Mapping[str, ColumnDeclaration])
TABLES = TypeAdapter(Tables)
MART = TypeAdapter(MartDeclaration)
