"""The data dictionary as Markdown: `python -m assets.vocabulary.dictionary` prints it.

docs/data_dictionary.md is its output; a test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from assets.vocabulary.ddl import DUCKDB_TYPES, is_required
from assets.vocabulary.model import CodeList, Column, Table, Vocabulary, vocabulary

_INTRODUCTION = """\
# Data dictionary

Generated from `assets/vocabulary/` by `make docs`; do not edit it here.

`HOME/warehouse.duckdb` holds these tables, by schema. A column marked *personal* says something
about one person: it stays in the warehouse and is never published. [methodology.md](methodology.md)
defines what each mart counts.

For each sheet there is also a table `raw.<name>` with the same fields as text, as they were
delivered. For each mart except printed_comparison there is a view `year_over_year.<name>`: the same
lines, and for each measure *m* also *m*`_year_before` and *m*`_change`.
"""

_LAYERS = {
    "raw": "The content of the deliveries, every cell as text.",
    "records": "Typed, coded and keyed: one row is one thing.",
    "reference": "The figures that the annual reports print, and the mart that answers each.",
    "intermediate": "What several marts count from: views, and tables counted once for each load.",
    "marts": "Aggregates by year. A combination with a count of 0 may be left out.",
    "quality": "The errors that were found, without any cell value.",
}


def dictionary() -> str:
    """Return the data dictionary of the vocabulary as Markdown, ending with a line break."""
    return "\n".join(_lines(vocabulary())) + "\n"


def _lines(words: Vocabulary) -> Iterator[str]:
    yield _INTRODUCTION
    for layer, about in _LAYERS.items():
        yield f"## {layer}\n\n{about}\n"
        for table in words.layer(layer):
            yield from _table(table)
    yield "## Code lists\n\nEach is in the warehouse as `vocabulary.<list>`.\n"
    for codes in words.code_lists.values():
        yield from _code_list(codes)
    yield (
        "### country\n\nISO 3166-1 alpha-2 (pycountry), with CLDR's names in Norwegian and English "
        "(Babel), and the short forms of `assets/vocabulary/country_names.csv`. XK is Kosovo, XX "
        "is stateless or not known."
    )


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.qualified_name}\n\n{table.description} One row is {table.grain}.\n"
    if table.sheet:
        optional = ", which may be missing" if table.optional_sheet else ""
        yield f"It comes from the sheet `{table.sheet}`{optional}.\n"
    if table.derived_from:
        yield f"Derived from {', '.join(f'`{name}`' for name in table.derived_from)}.\n"
    yield "| column | type | Norwegian | English | description |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        yield _column(table, column)
    yield ""


def _column(table: Table, column: Column) -> str:
    notes = [column.description]
    if column.name in table.key:
        notes.append("Key.")
    elif is_required(table, column):
        notes.append("Never empty.")
    if column.name in table.references:
        notes.append(f"Refers to `{table.layer}.{table.references[column.name]}`.")
    if column.codes:
        notes.append(f"Code list [{column.codes}](#{column.codes}).")
    if column.codes_by:
        notes.append(f"Code list named by `{column.codes_by}`.")
    if column.missing:
        notes.append(f"`{column.missing}` where it is not recorded.")
    if column.personal:
        notes.append("*Personal.*")
    cells = (f"`{column.name}`", DUCKDB_TYPES[column.type], column.label_nb, column.label_en)
    return "| " + " | ".join((*cells, " ".join(notes))) + " |"


def _code_list(codes: CodeList) -> Iterator[str]:
    heads = ["code", "Norwegian", "English", "also accepted", *codes.attributes]
    yield f"### {codes.name}\n"
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for entry in codes.codes:
        cells = [f"`{entry.code}`", entry.label_nb, entry.label_en, ", ".join(entry.aliases)]
        yield "| " + " | ".join((*cells, *entry.attributes.values())) + " |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(dictionary())
