"""Every table of a year read back from the covers that show it, each as that cover is read.

A table is its rows of texts and numbers, the header first, under the figure's id.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import docx
import openpyxl

from dashboards.outline import PAGES
from dashboards.report.content import Report
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import parsed

Rows = list[list[str | float]]
Tables = dict[str, Rows]


def of_app(client: Client, query: str) -> Tables:
    """The tables of every page of the live dashboard."""
    found: Tables = {}
    for page in PAGES:
        # A figure may be on two pages, and is the same on both.
        for name, rows in parsed(client.get(f"{page.path}?{query}").text).tables.items():
            assert found.setdefault(name, [*rows]) == rows
    return found


def of_static(html: str) -> Tables:
    """The tables of the page of a year as a file."""
    return {name: [*rows] for name, rows in parsed(html).tables.items()}


def of_workbook(content: bytes, said: Report) -> Tables:
    """The Excel tables of the workbook; percentages as the numbers that are shown."""
    ids = {entry.title: entry.id for entry in said.tables}
    found: Tables = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for table in sheet.tables.values():
            title = str(sheet["A1"].value).removesuffix(f" i {said.year}")
            found[ids[title]] = [[_cell(cell) for cell in row] for row in sheet[table.ref]]
    return found


def _cell(cell: Any) -> str | float:
    if isinstance(cell.value, int | float):
        is_percent = "%" in cell.number_format
        return float(cell.value * 100 if is_percent else cell.value)
    return str(cell.value or "")


def of_document(content: bytes, said: Report) -> Tables:
    """The tables of the Word document, in the order of the report."""
    shown = docx.Document(io.BytesIO(content)).tables
    entries = [entry for entry in said.entries if entry.table.rows]
    return {
        entry.id: [[cell.text for cell in row.cells] for row in table.rows]
        for entry, table in zip(entries, shown, strict=True)
    }


def of_delimited(files: Mapping[str, bytes], said: Report) -> Tables:
    """The CSV files, without the unit that a header or a last column tells."""
    found: Tables = {}
    for entry in said.tables:
        for name in files:
            if name.startswith(f"csv/{entry.file_name}-{said.year}-"):
                text = files[name].decode("utf-8-sig")
                header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
                bare = [title.partition(" (")[0] for title in header]
                found[entry.id] = [[*bare], *([*row] for row in rows)]
    return found


def number(text: str | float) -> float | None:
    """The number in a cell, without its unit; None where there is none."""
    if isinstance(text, float):
        return text
    bare = text.replace("\u00a0", "").replace("−", "-").replace(",", ".").strip()
    for unit in ("%", "dager", "år", "kr"):
        bare = bare.removesuffix(unit).strip()
    try:
        return float(bare)
    except ValueError:
        return None


def sentences_of_app(client: Client, query: str) -> set[str]:
    """The findings of every page of the live dashboard, at its top and at its figures."""
    return {
        sentence
        for page in PAGES
        for sentence in sentences_of_page(client.get(f"{page.path}?{query}").text)
    }


def sentences_of_page(html: str) -> set[str]:
    """The findings of one page: at its top, and at its figures."""
    top = re.search(r'<section id="funn".*?<ul>(.*?)</ul>', html, re.DOTALL)
    said = re.findall(r"<li>(.*?)</li>", top[1]) if top else []
    return {unescape(one) for one in (*said, *re.findall(r'<p class="finding">(.*?)</p>', html))}


def text_of_document(content: bytes) -> str:
    """The paragraphs of the Word document."""
    return "\n".join(one.text for one in docx.Document(io.BytesIO(content)).paragraphs)


def text_of_workbook(content: bytes) -> str:
    """The titles of the sheets and the contents of the cells of the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell.value for sheet in book for row in sheet for cell in row)
    return "\n".join([*book.sheetnames, *(str(value) for value in cells if value is not None)])
