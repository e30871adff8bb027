"""CSV: one file for each mart and one for each code list, as RFC 4180 has it, in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from dashboards.open_data.code_lists import CodeList, Entry
from dashboards.open_data.datasets import Dataset

CODE_FOLDER = "codes"


def table_file(dataset: Dataset) -> str:
    """Return the path of the CSV of a mart."""
    return f"{dataset.name}.csv"


def code_file(codes: CodeList) -> str:
    """Return the path of a code list."""
    return f"{CODE_FOLDER}/{codes.name}.csv"


def table_rows(dataset: Dataset) -> bytes:
    """Return a mart as CSV: the columns and codes of its Parquet file; no number, an empty cell."""
    names = [column.name for column in dataset.fields]
    rows = dataset.rows.select(names).iter_rows()
    return _written(names, ([written(cell) for cell in row] for row in rows))


def code_columns(codes: CodeList) -> list[str]:
    """Return the columns of a code list: those that identify an entry, and then its words."""
    by = [codes.by] if codes.by else []
    defined = ["unit", "definition_nb", "definition_en"] if codes.is_defined else []
    return [*by, "code", "label_nb", "label_en", *defined]


def code_rows(codes: CodeList) -> bytes:
    """Return a code list as CSV."""
    names = code_columns(codes)
    return _written(names, (_cells(codes, entry)[: len(names)] for entry in codes.entries))


def written(cell: object) -> str:
    """Return a cell as text: a whole number without decimals, any other in its shortest form."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _cells(codes: CodeList, entry: Entry) -> list[str]:
    return [
        *([entry.within] if codes.by else []),
        entry.code,
        *entry.label,
        entry.unit,
        *(entry.definition or ("", "")),
    ]


def _written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
