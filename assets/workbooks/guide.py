"""The guide of the delivery workbook: the explanation of each sheet, column and code list.

All of it comes from the vocabulary. The sheets with records and the drop-downs are in template.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.vocabulary import Code, Column, Table, vocabulary

SYNTHETIC_BAND = "Syntetiske data: alle personer i denne filen er oppdiktet"

_INTRODUCTION = (
    "Hvert ark er én type opplysninger, med én rad per person, henvisning, avslutning osv.",
    "Mørk overskrift: kolonnen må fylles ut. Lys overskrift: cellen kan stå tom.",
    "Velg fra nedtrekkslisten der det er en. Du kan også skrive koden eller en annen skrivemåte; "
    "de står i kodelistene nederst i dette arket.",
    "Skriv datoer som dag.måned.år, for eksempel 31.12.2021.",
    "Skriv aldri navn eller fødselsnummer, heller ikke i fritekst. Står det et fødselsnummer noe "
    "sted i filen, blir hele filen avvist.",
    "Lever en rad på nytt med samme ID når noe er endret. Den siste leveransen gjelder.",
    "Skal en rad ut av registeret, legger du til en kolonne med overskriften Slettes og skriver Ja "
    "på raden.",
)


def is_required(table: Table, column: Column) -> bool:
    """Return whether every cell of the column must be filled in."""
    return column.name in (*table.key, *table.required) and column.missing is None


def accepted(column: Column) -> str:
    """Return a Norwegian description of the values that the column accepts."""
    if column.codes == "country":
        return "Nedtrekksliste, eller landkode"
    if column.codes:
        return "Nedtrekksliste"
    if column.type == "number":
        return f"Tall {column.span_nb}"
    if column.type == "integer":
        return f"Helt tall {column.span_nb}"
    return {
        "identifier": "1 til 40 tegn: A–Z, a–z, 0–9, _ og -",
        "date": "Dato",
        "year": "Årstall med fire siffer",
        "text": "Fritekst",
    }[column.type]


def write_guide(sheet: Worksheet, formats: Mapping[str, Format], synthetic: bool) -> None:
    """Fill the guide: introduction, then a table for each sheet, then one for each code list."""
    for position, width in enumerate((38, 68, 36, 30)):
        sheet.set_column(position, position, width)
    sheet.hide_gridlines(2)
    row = 0
    if synthetic:
        sheet.merge_range(row, 0, row, 3, SYNTHETIC_BAND, formats["band"])
        sheet.set_row(row, 28)
        row += 2
    sheet.write(row, 0, "Leveranse til NorA-registeret", formats["title"])
    sheet.set_row(row, 30)
    sheet.write_column(row + 1, 0, _INTRODUCTION)
    row += len(_INTRODUCTION) + 2
    users: dict[str, list[str]] = {}
    for table in vocabulary().sheets():
        row = _write_sheet_guide(sheet, row, table, formats)
        for column in table.fields:
            if column.codes and column.codes != "country":
                users.setdefault(column.codes, []).append(f"{column.label_nb} ({table.sheet})")
    for name, headers in users.items():
        row = _write_list_guide(sheet, row, name, headers, formats)


def _write_sheet_guide(
    sheet: Worksheet, row: int, table: Table, formats: Mapping[str, Format]
) -> int:
    note = " (arket kan mangle)" if table.optional_sheet else ""
    sheet.write(row, 0, f"Arket {table.sheet}{note}", formats["heading"])
    sheet.write(row + 1, 0, table.definition_nb)
    columns = table.fields
    parts = {
        "Kolonne": [column.label_nb for column in columns],
        "Forklaring": [column.description_nb for column in columns],
        "Verdi": [accepted(column) for column in columns],
        "Må fylles ut": [_required_text(table, column) for column in columns],
    }
    return _write_table(sheet, row + 2, parts, formats)


def _write_list_guide(
    sheet: Worksheet, row: int, name: str, headers: list[str], formats: Mapping[str, Format]
) -> int:
    entries = vocabulary().code_list(name).codes
    sheet.write(row, 0, f"Kodeliste for {', '.join(headers)}", formats["heading"])
    parts = {
        "Kode": [entry.code for entry in entries],
        "Navn": [entry.label_nb for entry in entries],
        "Godtas også": [_other_spellings(entry) for entry in entries],
    }
    return _write_table(sheet, row + 1, parts, formats)


def _other_spellings(entry: Code) -> str:
    # In a numbered list only the number is accepted: the label is just an explanation.
    if entry.code.isdigit():
        return "Skriv bare tallet"
    spellings = dict.fromkeys((entry.label_en, *entry.aliases))
    return "; ".join(spelling for spelling in spellings if spelling != entry.label_nb)


def _write_table(
    sheet: Worksheet, row: int, parts: Mapping[str, list[str]], formats: Mapping[str, Format]
) -> int:
    for position, (header, texts) in enumerate(parts.items()):
        sheet.write(row, position, header, formats["optional"])
        sheet.write_column(row + 1, position, texts, formats["body"])
    return row + 2 + max(map(len, parts.values()))


def _required_text(table: Table, column: Column) -> str:
    if is_required(table, column):
        return "Ja"
    return "Se forklaringen" if column.name in table.required_headers else "Nei"
