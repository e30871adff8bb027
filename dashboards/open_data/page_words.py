"""The words of the page about the open data, in Norwegian and in English.

The page in English has a frame of its own; so has `dashboards.words` for all other pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import words


@dataclass(frozen=True)
class PageWords:
    """The words of one of the two pages."""

    LANGUAGE: str
    SKIP: str
    PROGRAMME_IN_FULL: str
    title: str
    lead: str
    menu: str
    other_page: str
    dashboard: str
    tables: str
    tables_note: str
    common: str
    common_files: tuple[tuple[str, str], ...]
    code_lists: str
    signs: str
    sign_meanings: tuple[tuple[str, str], ...]
    privacy: str
    licence: str
    questions: str
    use: str
    use_lead: str
    from_files: str
    address_note: str
    excel: str
    excel_steps: tuple[str, ...]
    excel_from_files: str
    excel_code: str
    r: str
    r_note: str
    python: str
    python_note: str
    code_of: str
    addresses: str
    address_sentences: tuple[str, ...]
    PROGRAMME: str = words.PROGRAMME


NORWEGIAN = PageWords(
    LANGUAGE=words.LANGUAGE,
    SKIP=words.SKIP,
    PROGRAMME_IN_FULL=words.PROGRAMME_IN_FULL,
    title="Åpne data",
    lead=(
        "De åpne tallene om NorA som filer for regneark og programmer. Tallene er de samme som på "
        "de andre sidene, og de samme små tallene er skjult."
    ),
    menu="Sider",
    other_page="This page in English",
    dashboard="Tallene som sider",
    tables="Hva som finnes",
    tables_note=(
        "Hver tabell finnes som CSV (.csv) og JSON-stat 2.0 (.json, på engelsk .en.json). En "
        "CSV-fil har én rad for hver kombinasjon av koder. Kolonnene og kodene er på engelsk, og "
        "kodelistene gir navnene på bokmål og engelsk. I JSON-stat står navnene i filen."
    ),
    common="Filer som beskriver tabellene",
    common_files=(
        ("metadata.json", "Alle CSV-filene: kolonner, nøkler og kodelister (CSV on the Web)"),
        ("collection.json", "Alle datasettene i JSON-stat 2.0"),
        ("catalogue.jsonld", "Oppføring for en datakatalog (DCAT, JSON-LD)"),
    ),
    code_lists="Kodelister (CSV)",
    signs="Hva kodene betyr",
    sign_meanings=(
        ("status: shown", "Tallet vises, og er nøyaktig."),
        (
            "status: hidden",
            "Tallet er skjult av hensyn til personvernet. Cellen er tom; på sidene står det «:». "
            "Det er ikke null.",
        ),
        (
            "tom celle med shown",
            "Det var ikke noe å regne ut, for eksempel en andel av ingen. På sidene står det «..».",
        ),
        ("0", "Ingen."),
        ("total", "Alle kategoriene i kolonnen til sammen."),
        ("rest", "De minste kategoriene til sammen, som ikke vises hver for seg."),
        ("other", "Annet, eller prosjekter og undersøkelser som ikke vises med navn."),
        ("unknown, unspecified", "Ikke oppgitt."),
        (
            "andeler",
            "Tall fra 0 til 1 som ikke er avrundet, med punktum foran desimalene.",
        ),
        (
            "null i JSON-stat",
            "Tallet er skjult hvis status er hidden, og var ikke til å regne ut hvis den er empty. "
            "Uten status finnes det ingen rad med kombinasjonen.",
        ),
    ),
    privacy=words.PRIVACY,
    licence="Lisens",
    questions="Spørsmål om tallene:",
    use="Slik henter du tallene",
    use_lead="Eksemplene henter det deltakerne gikk videre til, med skjulte tall som tomme celler.",
    from_files=(
        "Eksemplene leser filene i mappen «data», som ligger ved siden av denne siden. Bytt ut "
        "mappen med din egen."
    ),
    address_note=(
        "Begynner adressen i nettleseren på en annen måte enn i eksemplene, er det den i "
        "nettleseren som gjelder. Krever siden pålogging, krever filene det også."
    ),
    excel="Excel (Power Query)",
    excel_steps=(
        "Velg Data, Hent data, Fra andre kilder, Fra nettet, og lim inn adressen til en CSV-fil.",
        "Velg filopprinnelse 65001 (UTF-8) og skilletegn komma.",
        "Velg Transformer data. Velg «Bruk nasjonale innstillinger» med engelsk (USA) når du "
        "setter tall som type, for desimalene står etter punktum.",
        "Velg Lukk og last inn. Oppdater alle henter nye tall.",
    ),
    excel_from_files="Velg Fra fil, Fra tekst/CSV i stedet for Fra nettet.",
    excel_code="Eller lim dette inn i Avansert redigering:",
    r="R",
    r_note="Uten na.strings leser R landkoden NA (Namibia) som en verdi som mangler.",
    python="Python",
    python_note=(
        "Uten keep_default_na leser pandas landkoden NA (Namibia) som en verdi som mangler. "
        "Datasettene i JSON-stat leses med pakken pyjstat."
    ),
    code_of="Kode: ",
    addresses="Adressene",
    address_sentences=(
        "Adressene er de samme fra utgave til utgave, og filene er de som sist ble publisert.",
        "Programmer kan hente filene. Et skript på en annens nettside kan ikke det: Denne "
        "tjeneren svarer bare sine egne sider. Da må filene kopieres til det nettstedet.",
    ),
)

ENGLISH = PageWords(
    LANGUAGE="en",
    SKIP="Skip to the content",
    PROGRAMME_IN_FULL="Norsk og Arbeid (Norwegian and Work), City of Bergen",
    title="Open data",
    lead=(
        "The open figures about NorA as files for spreadsheets and programs. They are the same "
        "numbers as on the other pages, which are in Norwegian, and the same small numbers are "
        "withheld."
    ),
    menu="Pages",
    other_page="Denne siden på norsk",
    dashboard="The numbers as pages (in Norwegian)",
    tables="What there is",
    tables_note=(
        "Each table is there as CSV (.csv) and JSON-stat 2.0 (.en.json, in Norwegian .json). A "
        "CSV file has one row for each combination of codes. The code lists give the labels in "
        "Norwegian and English. In JSON-stat, the labels are in the file."
    ),
    common="Files that describe the tables",
    common_files=(
        ("metadata.json", "All CSV files: columns, keys and code lists (CSV on the Web)"),
        ("collection.en.json", "All datasets in JSON-stat 2.0"),
        ("catalogue.jsonld", "An entry for a data catalogue (DCAT, JSON-LD)"),
    ),
    code_lists="Code lists (CSV)",
    signs="What the codes mean",
    sign_meanings=(
        ("status: shown", "The number is shown, and exact."),
        (
            "status: hidden",
            "The number is withheld to protect privacy. The cell is empty; the pages show “:”. It "
            "is not zero.",
        ),
        (
            "an empty cell with shown",
            "There was nothing to calculate, such as a share of nobody. The pages show “–”.",
        ),
        ("0", "None."),
        ("total", "All categories of the column together."),
        ("rest", "The smallest categories together, which are not shown one by one."),
        ("other", "Other, or projects and surveys that are not shown by name."),
        ("unknown, unspecified", "Not stated."),
        ("shares", "Numbers from 0 to 1, unrounded, with a decimal point."),
        (
            "null in JSON-stat",
            "The number is withheld if its status is hidden, and could not be calculated if it is "
            "empty. Without a status, there is no row with the combination.",
        ),
    ),
    privacy="Withheld numbers",
    licence="Licence",
    questions="Questions about the figures:",
    use="How to get the numbers",
    use_lead="The examples get what the participants went on to, withheld numbers as empty cells.",
    from_files=(
        "The examples read the files in the folder “data”, beside this page. Put your own folder "
        "in its place."
    ),
    address_note=(
        "If the address in your browser begins in another way than in the examples, use the one "
        "in your browser. Where the page needs a sign-in, so do the files."
    ),
    excel="Excel (Power Query)",
    excel_steps=(
        "Choose Data, Get Data, From Other Sources, From Web, and paste the address of a CSV file.",
        "Choose the file origin 65001 (UTF-8) and the delimiter comma.",
        "Choose Transform Data. When you set the type of a column of numbers, choose Using "
        "Locale with English (United States), for decimals follow a point.",
        "Choose Close & Load. Refresh All gets new numbers.",
    ),
    excel_from_files="Choose From File, From Text/CSV instead of From Web.",
    excel_code="Or paste this into the Advanced Editor:",
    r="R",
    r_note="Without na.strings, R reads the country code NA (Namibia) as a missing value.",
    python="Python",
    python_note=(
        "Without keep_default_na, pandas reads the country code NA (Namibia) as a missing value. "
        "The datasets in JSON-stat are read with the package pyjstat."
    ),
    code_of="Code: ",
    addresses="Addresses",
    address_sentences=(
        "The addresses stay the same from edition to edition, and the files are those published "
        "last.",
        "Programs can fetch the files. A script on someone else's web page cannot: this server "
        "answers only its own pages. The files must then be copied to that site.",
    ),
)

WORDS = {"nb": NORWEGIAN, "en": ENGLISH}
MARKING_IN_ENGLISH = "Open – small numbers are withheld"
MADE_UP_IN_ENGLISH = "Synthetic data"


def built_in_english(when: str) -> str:
    """When the numbers were made."""
    return f"The numbers were made {when}."


def privacy_in_english(threshold: int, smallest_base: int) -> tuple[str, ...]:
    """The rules for small numbers, as words.few_are_hidden and words.computed_are_hidden."""
    return (
        f"Numbers that concern fewer than {threshold} persons are withheld, together with a few "
        "others so that they cannot be worked out. All numbers shown are exact.",
        "Percentages, medians and other computed numbers are shown only if all numbers behind "
        f"them are, and if they are based on at least {smallest_base} persons.",
    )


def span(years: Sequence[int]) -> str:
    """The first and the last year: «2019–2021»."""
    if not years:
        return words.NOTHING
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
