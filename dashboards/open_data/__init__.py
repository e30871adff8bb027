"""The open publication as data for programs: CSV on the Web, JSON-stat 2.0, and a DCAT catalogue.

Pure functions of a publication for everyone. Every address in a file is relative to the file, so
that the same bytes are served by the live dashboard and lie among the files of a release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from dashboards.open_data import catalogue, csv_metadata, json_stat, tables_as_csv
from dashboards.open_data.datasets import open_data
from dashboards.open_data.open_data_words import LANGUAGES
from dashboards.publication import OPEN_DATA, Publication

FOLDER = "data"
"""The folder of the files, beside the pages; and the path of their addresses."""

CSV = "text/csv; charset=utf-8"


def files(publication: Publication) -> dict[str, bytes]:
    """Return every file by its path in the folder; none for an audience that gets no open data."""
    if not publication.holds(OPEN_DATA):
        return {}
    of = open_data(publication)
    made: dict[str, Mapping[str, Any]] = {
        csv_metadata.FILE: csv_metadata.metadata(of),
        catalogue.FILE: catalogue.catalogue(of),
    }
    for language in LANGUAGES:
        made[json_stat.collection_file(language)] = json_stat.collection(of, language)
        for one in of.datasets:
            name = json_stat.dataset_file(one, language)
            made[name] = json_stat.dataset(of, one, language)
    return {
        **{tables_as_csv.table_file(one): tables_as_csv.table_rows(one) for one in of.datasets},
        **{
            tables_as_csv.code_file(codes): tables_as_csv.code_rows(codes)
            for codes in of.code_lists.values()
        },
        **{name: _as_json(content) for name, content in made.items()},
    }


def media_type(name: str) -> str:
    """Return the media type of one of the files."""
    if name == csv_metadata.FILE:
        return csv_metadata.MEDIA_TYPE
    by_ending = {".csv": CSV, ".json": json_stat.MEDIA_TYPE, ".jsonld": catalogue.MEDIA_TYPE}
    return by_ending[PurePosixPath(name).suffix]


def _as_json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
