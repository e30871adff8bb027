"""The page where readers make a table of their own, and the table as files."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import parse_qsl

from dashboards import words
from dashboards.app import table_words
from dashboards.app.address import Address, Link
from dashboards.app.own_table import OwnTable, own_table
from dashboards.app.source import Document, Published
from dashboards.app.table_address import Asked, choices, share_choice, tables, year_choice
from dashboards.app.table_workbook import table_workbook
from dashboards.publication import Publication
from dashboards.report import report_words
from dashboards.report.content import file_name
from dashboards.report.delimited import delimited

FILES = "/last-ned/tabell"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def context(published: Published, address: Address) -> dict[str, Any]:
    """Return what the template of the page shows."""
    publication, found = published.publication, cast(Asked, address.own)
    query = f"{address.choices.query()}&{found.query()}"
    return {
        "table_words": table_words,
        "own": own_table(publication, found.layout),
        "action": address.page.path,
        "kept": parse_qsl(address.choices.query()),
        "tables": tables(publication, found),
        "one_of": list(choices(publication, found)),
        "years": year_choice(publication, found),
        "shares": share_choice(found),
        "warning": table_words.IMPOSSIBLE_SHARE if found.is_without_its_shares else "",
        "files": [
            Link(table_words.CSV, f"{FILES}.csv?{query}"),
            Link(table_words.EXCEL, f"{FILES}.xlsx?{query}"),
        ],
        "permanent": f"{address.page.path}?{query}",
    }


def rows(published: Published, found: Asked) -> Document:
    """The table as CSV."""
    own = own_table(published.publication, found.layout)
    name = _file_name(published.publication, own)
    return Document(delimited(own.table), "text/csv; charset=utf-8", file_name=f"{name}.csv")


def workbook(published: Published, found: Asked) -> Document:
    """The table as a workbook."""
    own = own_table(published.publication, found.layout)
    content = table_workbook(published.publication, own)
    return Document(content, _EXCEL, file_name=f"{_file_name(published.publication, own)}.xlsx")


def _file_name(publication: Publication, own: OwnTable) -> str:
    """The name of a file, which has no room for a marking inside."""
    years = own.layout.years
    audience = str(publication.manifest.get("audience", "internal"))
    is_synthetic = bool(set(publication.synthetic_years) & set(years))
    marks = [report_words.FILE_MARKS[audience], *([words.SYNTHETIC] if is_synthetic else [])]
    when = f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
    return "-".join(
        [file_name(f"{table_words.ID} {own.layout.mart.label_nb}"), when, *map(file_name, marks)]
    )
