"""JSON-stat 2.0: one dataset for each mart and language, and a collection that links them.

The format is described at https://json-stat.org/full/. A dataset is a whole cube; a combination
that has no row in the table is null and has no status.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboards.open_data import csv_metadata
from dashboards.open_data import open_data_words as words
from dashboards.open_data.code_lists import MEASURE
from dashboards.open_data.datasets import Dataset, Field, OpenData, labels
from dashboards.open_data.open_data_words import EMPTY, LANGUAGES, Text
from dashboards.open_data.tables_as_csv import table_file

MEDIA_TYPE = "application/json"
VERSION = "2.0"

_TIMES = ("year", "month", "quarter")
_METRICS = (MEASURE, "figure")

Json = dict[str, Any]


def dataset_file(dataset: Dataset, language: str) -> str:
    """Return the path of the dataset of a mart: the Norwegian one has the plain name."""
    return _named(dataset.name, language)


def collection_file(language: str) -> str:
    """Return the path of the collection."""
    return _named("collection", language)


def dimension_id(column: str) -> str:
    """Return the id of the dimension of a column, which may not be that of the numbers.

    pyjstat and rjstat give the numbers in a column called value, beside those of the dimensions.
    """
    return "group" if column == "value" else column


def collection(of: OpenData, language: str) -> Json:
    """Return the collection that links the dataset of every mart."""
    return {
        "version": VERSION,
        "class": "collection",
        "label": words.TITLE.given(language),
        "note": [text.given(language) for text in (words.DESCRIPTION, *of.synthetic, of.rights)],
        "updated": of.updated.isoformat(),
        "source": words.PUBLISHER,
        "link": {
            "item": [
                {
                    "class": "dataset",
                    "type": MEDIA_TYPE,
                    "href": dataset_file(dataset, language),
                    "label": dataset.title.given(language),
                }
                for dataset in of.datasets
            ],
            "alternate": [_link(collection_file(one)) for one in LANGUAGES if one != language],
        },
        "extension": {"language": language},
    }


def dataset(of: OpenData, one: Dataset, language: str) -> Json:
    """Return a mart as a cube with labels in a language."""
    categories = {key.name: labels(of, one, key) for key in one.keys}
    values, status = _cells(one, {name: list(found) for name, found in categories.items()})
    said = (one.definition, *one.notes, words.READING, *of.synthetic, of.rights)
    return {
        "version": VERSION,
        "class": "dataset",
        "label": one.title.given(language),
        "note": [text.given(language) for text in said],
        "updated": of.updated.isoformat(),
        "source": words.PUBLISHER,
        "link": {
            "alternate": [
                *(_link(dataset_file(one, other)) for other in LANGUAGES if other != language),
                {"type": "text/csv", "href": table_file(one)},
            ],
            "describedby": [{"type": csv_metadata.MEDIA_TYPE, "href": csv_metadata.FILE}],
        },
        "id": [dimension_id(key.name) for key in one.keys],
        "size": [len(categories[key.name]) for key in one.keys],
        "role": _roles(one),
        "dimension": {
            dimension_id(key.name): _dimension(of, key, categories[key.name], language)
            for key in one.keys
        },
        "value": values,
        "status": status,
        "extension": {
            "language": language,
            "status": {
                "label": {name: text.given(language) for name, text in words.NO_NUMBER.items()}
            },
        },
    }


def _roles(one: Dataset) -> Json:
    by_role = {"time": _TIMES, "metric": _METRICS}
    found = {
        role: [key.name for key in one.keys if key.name in names] for role, names in by_role.items()
    }
    return {role: names for role, names in found.items() if names}


def _dimension(of: OpenData, key: Field, named: dict[str, Text], language: str) -> Json:
    category: Json = {
        "index": {value: place for place, value in enumerate(named)},
        "label": {value: label.given(language) for value, label in named.items()},
    }
    if key.codes and key.name in _METRICS:
        entries = of.code_lists[key.codes].entries
        category["unit"] = {
            entry.code: {"label": words.UNITS[entry.unit].given(language)}
            for entry in entries
            if entry.unit
        }
        category["note"] = {
            entry.code: [entry.definition.given(language)] for entry in entries if entry.definition
        }
    return {"label": key.title.given(language), "category": category}


def _cells(
    one: Dataset, categories: dict[str, list[str]]
) -> tuple[list[int | float | None], dict[str, str]]:
    """The numbers of the whole cube, the last dimension fastest; and why a row has no number."""
    if one.rows.is_empty():
        return [], {}
    size, place = 1, pl.lit(0, pl.Int64)
    for name, values in reversed(categories.items()):
        told = pl.col(name).cast(pl.String)
        at = told.replace_strict(values, range(len(values)), return_dtype=pl.Int64)
        place, size = place + at * size, size * len(values)
    numbers: list[int | float | None] = [None] * size
    status = {}
    rows = one.rows.select(place.alias("at"), one.number.name, one.status.name)
    for index, number, shown in rows.iter_rows():
        numbers[index] = _plain(number)
        if number is None:
            status[str(index)] = words.HIDDEN if shown == words.HIDDEN else EMPTY
    return numbers, status


def _plain(number: float | None) -> int | float | None:
    """The same number, without decimals where it is whole."""
    return int(number) if number is not None and float(number).is_integer() else number


def _link(href: str) -> Json:
    return {"type": MEDIA_TYPE, "href": href}


def _named(name: str, language: str) -> str:
    return f"{name}.json" if language == "nb" else f"{name}.{language}.json"
