"""The metadata of the CSV files, as CSV on the Web has it: one table group for all of them.

The model and vocabulary are W3C's (https://www.w3.org/TR/tabular-metadata/).
"""

from __future__ import annotations

from dashboards.open_data import open_data_words as words
from dashboards.open_data.code_lists import CodeList
from dashboards.open_data.datasets import Dataset, Field, OpenData
from dashboards.open_data.json_ld import Json, day, values
from dashboards.open_data.open_data_words import LANGUAGES, Text
from dashboards.open_data.tables_as_csv import code_columns, code_file, table_file

FILE = "metadata.json"
MEDIA_TYPE = "application/csvm+json"

_OPTIONAL = ("unit", "definition_nb", "definition_en")
"""The columns of a code list that may be empty."""


def metadata(of: OpenData) -> Json:
    """Return the table group of every mart and every code list."""
    issued = of.published_on(of.publication.years)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nb"}],
        "dc:title": values(words.TITLE),
        "dc:description": values(words.DESCRIPTION, words.EMPTY_CELL, *of.synthetic),
        "dc:publisher": words.PUBLISHER,
        "dc:language": list(LANGUAGES),
        "dc:issued": day(issued[0].isoformat()),
        "dc:modified": day(issued[-1].isoformat()),
        "dc:rights": values(of.rights),
        **({"dc:license": {"@id": of.licence}} if of.licence else {}),
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True, "doubleQuote": True},
        "tables": [
            *(_table(of, dataset) for dataset in of.datasets),
            *(_code_table(codes) for codes in of.code_lists.values()),
        ],
    }


def _table(of: OpenData, dataset: Dataset) -> Json:
    return {
        "url": table_file(dataset),
        "dc:title": values(dataset.title),
        "dc:description": values(dataset.definition),
        **({"skos:note": values(*dataset.notes)} if dataset.notes else {}),
        "tableSchema": {
            "columns": [_column(dataset, column) for column in dataset.fields],
            "primaryKey": [key.name for key in dataset.keys],
            "foreignKeys": [
                _reference(of.code_lists[column.codes], column)
                for column in dataset.fields
                if column.codes
            ],
        },
    }


def _column(dataset: Dataset, column: Field) -> Json:
    may_be_empty = column is dataset.number
    return {
        "name": column.name,
        "titles": _titles(column.name, column.title),
        "dc:description": values(column.description),
        "datatype": _datatype(column),
        **({"null": [""]} if may_be_empty else {}),
        "required": not may_be_empty,
    }


def _datatype(column: Field) -> str | Json:
    if column.type == "count":
        return {"base": "integer", "minimum": "0"}
    if column.is_whole:
        return "integer"
    return "number" if column.type == "number" else "string"


def _reference(codes: CodeList, column: Field) -> Json:
    """A column, or it and the one that names its list, whose values are in a code list."""
    by = [codes.by] if codes.by else []
    return {
        "columnReference": [*by, column.name],
        "reference": {"resource": code_file(codes), "columnReference": [*by, "code"]},
    }


def _code_table(codes: CodeList) -> Json:
    titles = {**words.CODE_COLUMNS, codes.by: words.CODE_COLUMNS["within"]}
    return {
        "url": code_file(codes),
        "dc:title": values(words.code_list(codes.title)),
        "tableSchema": {
            "columns": [
                {
                    "name": name,
                    "titles": _titles(name, titles[name]),
                    "datatype": "string",
                    "required": name not in _OPTIONAL,
                    **({"lang": name[-2:]} if name.endswith(("_nb", "_en")) else {}),
                }
                for name in code_columns(codes)
            ],
            "primaryKey": [*([codes.by] if codes.by else []), "code"],
        },
    }


def _titles(header: str, title: Text) -> Json:
    # The header of the file has no language, and processors look for it among the titles.
    return {"und": header, **{language: title.given(language) for language in LANGUAGES}}
