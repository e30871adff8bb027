"""The possible problems of a delivery: their codes, and the Norwegian sentence of each.

A problem states its place (delivery, sheet, row as the spreadsheet shows it, field) and what to do.
No sentence repeats the value of a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

SENTENCES = {
    "unreadable": "{hint}",
    "missing_sheet": "Arket mangler. Kopier det fra det tomme skjemaet.",
    "duplicate_sheet": "Arket finnes to ganger. Samle radene i ett ark.",
    "missing_column": (
        "Kolonnen mangler. Legg den til, med overskriften slik den står i det tomme skjemaet."
    ),
    "duplicate_column": "Kolonnen finnes to ganger. Behold én av dem.",
    "national_id": (
        "Her står et fødselsnummer. Leveransen er avvist i sin helhet, og programmet har ikke tatt "
        "vare på nummeret. Fjern det, og lever filen på nytt."
    ),
    "missing_value": "Feltet må fylles ut.",
    "bad_id": (
        "Denne ID-en kan ikke brukes. Skriv 1 til 40 tegn uten mellomrom: bokstavene A–Z, tall, "
        "bindestrek og understrek."
    ),
    "bad_date": "Dette er ikke en gyldig dato. Skriv den for eksempel som 31.12.2021{empty}.",
    "bad_number": "Dette er ikke et gyldig tall. Skriv bare tallet, for eksempel {example}{empty}.",
    "bad_code": (
        "Verdien finnes ikke i kodelisten. Bruk en som står der{empty}. Det som ligner mest, er "
        "{nearest}.{others}"
    ),
    "ambiguous_code": "{hint}",
    "duplicate_key": (
        "Flere rader i leveransen har samme {key}, men ulikt innhold. Behold bare den riktige."
    ),
    "orphan": (
        "Ingen rad som er lest inn fra arket «{target}», har denne ID-en. Rett ID-en, eller legg "
        "til eller rett raden i «{target}»."
    ),
    "date_order": "Datoen er før {other}. Rett den av de to som er feil.",
    "future_date": "Datoen er fram i tid. Rett datoen.",
    "out_of_range": "Verdien er utenfor det som er mulig. {hint}",
    "rule": "{hint}",
}
"""Code -> sentence. Braces are filled in with words of the vocabulary, never with a cell value."""

_NEAR_HEADER = (
    "Kolonnen mangler, men det finnes en kolonne «{found}». Er det den, skriv overskriften som i "
    "skjemaet: «{label}». Er det noe annet, gi den et navn som ikke ligner."
)

_UNREAD = {
    "missing_sheet": (
        "Filen har {names}, som ikke hører til skjemaet. Er det dette arket, så gi det navnet "
        "«{label}»."
    ),
    "missing_column": (
        "Arket har {names}, som ikke hører til skjemaet. Er det denne kolonnen, så skriv "
        "overskriften som i skjemaet: «{label}»."
    ),
}
"""Code -> what comes after its sentence when something stands there that may be what is missing."""

_NAMED = 5
"""The most sheets or headers that a sentence names."""

REFUSALS = frozenset(
    {
        "unreadable",
        "missing_sheet",
        "duplicate_sheet",
        "missing_column",
        "duplicate_column",
        "national_id",
    }
)
"""The codes for which the whole delivery is refused; the others reject a row."""

FINDING = "finding"
"""Stands for the code of a line about a row that is loaded but doubtful, among those on errors."""

UNREADABLE = {
    "damaged": (
        "Filen kan ikke leses som en Excel-arbeidsbok: den er skadet, passordbeskyttet eller noe "
        "annet enn endelsen sier. Åpne den i Excel, fjern passordet om den har et, lagre den på "
        "nytt som .xlsx, og lever den igjen."
    ),
    "old_format": (
        "Filer av typen {suffix} leses ikke. Åpne filen i Excel eller LibreOffice, lagre den som "
        "Excel-arbeidsbok (.xlsx), og lever den på nytt."
    ),
    "locked": (
        "Filen kan ikke åpnes: den er låst, eller programmet har ikke tilgang til den. Lukk den "
        "der den er åpen, og lever den igjen."
    ),
    "same_name": (
        "To filer i innboksen har samme navn, bare skrevet på hver sin måte. Gi dem ulike navn, og "
        "lever dem igjen."
    ),
    "empty": "Filen er tom. Lagre den på nytt, og lever den igjen.",
    "too_large": (
        "Filen er større enn {limit} MB. Lever den delt i flere filer, eller fjern bilder og annet "
        "som ikke hører til skjemaet."
    ),
    "bomb": (
        "Filen blir altfor stor når den pakkes ut. Kopier radene over i et nytt, tomt "
        "skjema, og lever det."
    ),
    "out_of_bounds": (
        "Programmet kom ikke gjennom filen: den krever mer enn {memory} MB minne eller {seconds} "
        "sekunder å lese, eller den er skadet. Kopier radene over i et nytt, tomt "
        "skjema, og lever det."
    ),
    "no_text": (
        "Filen kan ikke leses som CSV: den er ikke ren tekst i et tegnsett som leses her, eller "
        "den er skadet. Åpne den i Excel, lagre den som «CSV UTF-8» eller .xlsx, og lever den "
        "igjen."
    ),
    "quotation": (
        'Filen kan ikke leses som CSV: et anførselstegn (") står inne i et felt, eller mangler '
        "makkeren sin, så alt etter det ville blitt ett felt. Fjern tegnet, eller lagre filen på "
        "nytt som .xlsx, og lever den igjen."
    ),
    "swallowed": (
        'Et anførselstegn (") begynner i én rad og slutter i en senere, så radene imellom ville '
        "blitt tekst i én celle. Det gjelder {rows}. Fjern tegnet, eller lagre filen på nytt som "
        ".xlsx, og lever den igjen."
    ),
    "charset": (
        "Filen er skrevet i tegnsettet {charset}, som ikke leses her: æ, ø og å ville blitt feil. "
        "Åpne den i Excel med Data > Fra tekst/CSV, velg {charset} som filopprinnelse, og se at æ, "
        "ø og å er riktige. Lagre den som «CSV UTF-8», og lever den igjen."
    ),
    "mixed": (
        "Filen blander to tegnsett: {rows} er i {charset}, resten i {rest}, så æ, ø og å ville "
        "blitt feil. Åpne den i Excel, skriv disse bokstavene på nytt der de er feil, lagre den "
        "som «CSV UTF-8», og lever den igjen."
    ),
    "twice": (
        "Teksten i {rows} er kodet to ganger, så æ, ø og å er blitt til to tegn hver. Det skjer "
        "når en fil i UTF-8 åpnes som noe annet og lagres på nytt. Hent dataene ut på nytt der de "
        "kommer fra, eller skriv bokstavene riktig. Lagre filen som «CSV UTF-8», og lever den "
        "igjen."
    ),
    "lost_letters": (
        "Bokstavene æ, ø og å er blitt til andre tegn i overskriftene: filen er lagret i et annet "
        "tegnsett enn den ble lest i. Hent dataene ut på nytt der de kommer fra, eller skriv "
        "bokstavene riktig. Lagre filen som «CSV UTF-8» eller .xlsx, og lever den igjen."
    ),
    "quoted": (
        "Anførselstegn står rundt hele raden, så den leses som én celle. Det gjelder {rows}. Åpne "
        "filen i Excel, del kolonnen med Data > Tekst til kolonner, lagre den som .xlsx, og lever "
        "den igjen."
    ),
    "no_parquet": (
        "Filen kan ikke leses som Parquet: den er skadet eller ikke hel. Skriv den på nytt fra "
        "programmet som laget den, og lever den igjen."
    ),
    "list_column": (
        "Kolonnen inneholder lister eller sammensatte verdier. Skriv filen på nytt med én verdi i "
        "hver celle, som tekst, tall eller dato, og lever den igjen."
    ),
    "kind_workbook": (
        "Filen er en Excel-arbeidsbok, men navnet slutter på noe annet. Gi den endelsen .xlsx, og "
        "lever den igjen."
    ),
    "kind_macro_workbook": (
        "Filen er en Excel-arbeidsbok med makroer, som ikke leses. Lagre den i Excel som "
        "Excel-arbeidsbok (.xlsx), og lever den igjen."
    ),
    "kind_binary_workbook": (
        "Filen er en binær Excel-arbeidsbok (.xlsb), som ikke leses. Lagre den i Excel som "
        "Excel-arbeidsbok (.xlsx), og lever den igjen."
    ),
    "kind_open_document": (
        "Filen er i formatet OpenDocument, som ikke leses. Åpne den i Excel eller LibreOffice, "
        "lagre den som Excel-arbeidsbok (.xlsx), og lever den igjen."
    ),
    "kind_apple": (
        "Filen er laget i Numbers og leses ikke slik. Velg Arkiv > Eksporter til > Excel i "
        "Numbers, og lever .xlsx-filen."
    ),
    "kind_document": (
        "Filen er et Word-dokument. Kopier radene over i et tomt skjema, lagre det som .xlsx, "
        "og lever det."
    ),
    "kind_old_office": (
        "Filen er i et gammelt Office-format (som .xls), som ikke leses. Åpne den i Excel, lagre "
        "den som Excel-arbeidsbok (.xlsx), og lever den igjen."
    ),
    "kind_password": (
        "Filen er beskyttet med passord, så den kan ikke leses. Åpne den i Excel, fjern passordet "
        "(Fil > Informasjon > Beskytt arbeidsbok), lagre den som .xlsx, og lever den igjen."
    ),
    "kind_zip": (
        "Filen er et komprimert arkiv (som .zip). Pakk det ut, og lever filene som ligger i det."
    ),
    "kind_markup": (
        "Filen er en nettside eller annen oppmerket tekst (HTML eller XML), som noen systemer "
        "eksporterer i stedet for en tabell. Åpne den i Excel, lagre den som Excel-arbeidsbok "
        "(.xlsx), og lever den igjen."
    ),
    "kind_pdf": (
        "Filen er en PDF. Hent tabellen ut på nytt der den kommer fra, som .xlsx eller CSV, og "
        "lever den."
    ),
    "kind_parquet": (
        "Filen er en Parquet-fil, men navnet slutter på noe annet. Gi den endelsen .parquet, og "
        "lever den igjen."
    ),
    "kind_encrypted_parquet": (
        "Filen er en kryptert Parquet-fil. Skriv den på nytt uten kryptering, og lever den igjen."
    ),
    "kind_arrow": (
        "Filen er i formatet Arrow (Feather), som ikke leses. Skriv den på nytt som .parquet, og "
        "lever den igjen."
    ),
    "kind_text": (
        "Filen er ren tekst, som CSV, men navnet slutter på noe annet. Gi den endelsen .csv, og et "
        "navn som begynner med arkets, og lever den igjen."
    ),
}
"""Reason why a file is unreadable -> sentence."""

FILE_NAME = (
    "En fil av typen .csv eller .parquet holder ett ark, og navnet må begynne med arkets: "
    "{sheets}. Gi filen et slikt navn, for eksempel deltakere_2021-03, uten å endre endelsen, og "
    "lever den på nytt."
)
"""Sentence of missing_sheet for a file whose name should state which sheet it is."""

NATIONAL_ID_IN_FILE_NAME = (
    "Filnavnet inneholder et fødselsnummer, så filen er avvist i sin helhet. Gi filen et annet "
    "navn, og lever den på nytt. Her kalles den ved de første tegnene i filens SHA-256."
)
"""Sentence of national_id when the number is in the name of the file."""

NATIONAL_ID_IN_SHEET_NAME = (
    "Arkets navn inneholder et fødselsnummer. Leveransen er avvist i sin helhet, og programmet har "
    "ikke tatt vare på nummeret. Gi arket et annet navn, og lever filen på nytt. Her kalles arket "
    "ved sin plass i arbeidsboken."
)
"""Sentence of national_id when the number is in the name of a sheet."""

OTHER_DASH = (
    "ID-en har en annen bindestrek enn -, for eksempel en tankestrek, en hard eller en myk "
    "bindestrek. Skriv den på nytt med vanlig bindestrek."
)
"""Sentence of bad_id for an identifier that would be right with a hyphen for another dash."""

UNVALUED_FORMULA = (
    "Formelen har ingen lagret verdi. Åpne filen i Excel og lagre den, eller skriv inn verdien."
)
"""Sentence of missing_value for a formula that was never calculated."""

MERGED = (
    "Cellen er slått sammen med en annen, og bare den første av dem har en verdi som vises. Opphev "
    "sammenslåingen (i Excel: Slå sammen og midtstill), og fyll ut hver celle for seg."
)
"""Sentence of missing_value for a cell that is merged with one that has a value."""

HIDDEN_TIME = (
    "Her står et klokkeslett sammen med datoen. Cellens format kan skjule det; formellinjen i "
    "Excel viser det. Skriv bare datoen, for eksempel 31.12.2021."
)
"""Sentence of bad_date for a date with a time of day other than midnight."""

NAMED_OTHERWISE = (
    "Arket mangler. Arket «{title}» ser ut til å være det. Gi det navnet «{sheet}», og lever filen "
    "på nytt."
)
"""Sentence of missing_sheet where a sheet has nearly the name."""

NAMED_BY_NUMBERS = (
    "Arket mangler. Arket «{title}» ser ut til å være det: Numbers føyer tabellens navn til arkets "
    "når det lager en Excel-fil. Gi det navnet «{sheet}» i Excel-filen, og lever den på nytt."
)
"""Sentence of missing_sheet where Numbers has added the name of a table to that of the sheet."""

OR_EMPTY = ", eller tøm cellen hvis det ikke er noe å føre"
"""Comes after what to write in a cell at fault, if the cell may be empty."""

OTHER_CODES = " Passer ingen av dem, så se hele kodelisten i arket Veiledning i skjemaet."
"""Comes after the codes of bad_code if none of them is like the cell."""

FORMULA_ERROR = (
    "Her står en feilmelding fra en formel i Excel, som #REF! eller #I/T. Skriv inn verdien i "
    "stedet for formelen."
)
"""Sentence for a cell in which a spreadsheet shows that a formula has failed."""

DATE_AS_NUMBER = (
    "Datoen vises som et tall, fordi cellen ikke har datoformat. Velg tallformatet Dato for cellen "
    "i Excel, se at datoen er riktig, og lever på nytt."
)
"""Sentence of bad_date for a whole number that may be a date of a spreadsheet."""

HEADER_REPEATED = "Raden gjentar overskriftene. Slett hele raden."
"""Sentence of every error in a row that holds the headers again."""

NO_RECORD = " Er raden en sum, en overskrift eller en merknad, så slett hele raden."
"""Comes after missing_value in a row in which most of the needed cells are empty."""

MEANT = " (er det «{sheet}», så gi det det navnet)"
"""Comes after the title of a sheet that is not read, and that may be one of the form."""

NEARLY = (
    " Det finnes en ID der som er nesten lik: Se etter store og små bokstaver, streker og nuller "
    "foran tallet."
)
"""Comes after the sentence of an orphan if an ID differs from its own in spelling alone."""

TAKEN_OUT = " Raden med denne ID-en er tatt ut med Slettes."
"""Comes after the sentence of an orphan if a row that deletes has taken out what it refers to."""

FOLLOWS = (
    "Raden kan ikke leses inn, fordi raden den viser til, har en feil: {}. Rett den; her er det "
    "ingenting å rette."
)
"""Sentence of an orphan that only follows from another error, in the row that is named."""

STRUCK_OUT = (
    "Raden er gjennomstreket, men den er lest inn og teller med. Skal den ikke telle, så skriv Ja "
    "i kolonnen Slettes (legg den til hvis den mangler). Ellers fjern gjennomstrekingen."
)
"""Sentence of the finding `struck_out`."""

IDLE_DELETION = (
    "Ingen leveranse har en rad med denne nøkkelen, så Slettes har ikke tatt ut noe. Rett "
    "nøkkelen, eller fjern raden."
)
"""Sentence of the finding `deletion_names_a_row`."""

UNLIKE_PERSONS = (
    "De to deltakerne er ført som samme person, men er ulike i minst to av fødselsår, kjønn og "
    "landbakgrunn. Kontroller «Nøkkel» og «Annen nøkkel»."
)
"""Sentence of the finding `same_person_is_alike`."""

SCHEMA = schema(vocabulary().table("raw.problems"))
"""One line per problem; sheet, row and field are NULL where they do not apply."""

ABSENT_SCHEMA = schema(vocabulary().table("raw.absent_columns"))
"""One line per column of the form that a delivered sheet lacks."""


def findings(
    rows: pl.DataFrame, rule: str, sheet: str | None, field: str, message: str
) -> pl.DataFrame:
    """Return a finding (raw.findings) for each of `rows`: delivery and delivery_row."""
    return rows.select(
        pl.lit(rule).alias("rule"),
        pl.lit("warning").alias("severity"),
        "delivery",
        pl.lit(sheet).alias("sheet"),
        pl.col("delivery_row").alias("row"),
        pl.lit(field).alias("field"),
        pl.lit(message).alias("message"),
    )


FINDING_SCHEMA = schema(vocabulary().table("raw.findings"))
"""One line per finding of reading: a row that is loaded although it may be a mistake."""

_LISTED = 10
"""The most rows, or runs of rows, that a sentence lists."""


class DeliveryError(Exception):
    """A delivery is refused whole. `problems` has the columns of `SCHEMA`."""

    def __init__(self, problems: pl.DataFrame) -> None:
        self.problems = problems
        lines = problems.select(pl.concat_str("delivery", pl.lit(": "), sentence()))
        super().__init__("\n".join(lines.to_series()))


def problem(
    delivery: str,
    code: str,
    *,
    sheet: str | None = None,
    row: int | None = None,
    field: str | None = None,
    label: str | None = None,
    sentence: str | None = None,
) -> pl.DataFrame:
    """Return one problem as a frame of `SCHEMA`.

    `label` is the field's Norwegian header; `sentence` replaces the code's own sentence.
    """
    message = sentence or SENTENCES[code]
    if label is not None:
        message = f"«{label}»: {message}"
    return pl.DataFrame([(delivery, sheet, row, field, code, message)], SCHEMA, orient="row")


def missing(code: str, label: str, unread: Sequence[str]) -> str:
    """Return the sentence of missing_sheet or missing_column for the sheet or column `label`.

    `unread` are the names of the sheets or columns that are there and not of the form.
    """
    if not unread:
        return SENTENCES[code]
    names = [f"«{name}»" for name in unread[:_NAMED]]
    if more := len(unread) - len(names):
        names.append(f"{more} til")
    return f"{SENTENCES[code]} {_UNREAD[code].format(names=listed(names), label=label)}"


def near_header(found: str | None, label: str) -> str | None:
    """Return why a delivery is refused that has, instead of `label`, the header `found`."""
    return found and _NEAR_HEADER.format(found=found, label=label)


def collect(problems: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Stack frames of `SCHEMA` into one, empty when there are none."""
    found: Sequence[pl.DataFrame] = [frame for frame in problems if frame.height]
    return pl.concat(found) if found else SCHEMA.to_frame()


def listed(words: Sequence[str]) -> str:
    """Return words as a Norwegian list: «a, b og c»."""
    *first, last = words
    return f"{', '.join(first)} og {last}" if first else last


def rows_counted(count: int) -> str:
    """Return a number of rows in words: «1 rad», «2 rader»."""
    return "1 rad" if count == 1 else f"{count} rader"


def rows_listed(rows: Sequence[int]) -> str:
    """Return row numbers in words, "alle rader" when there are none; only the first of many."""
    if not rows:
        return "alle rader"
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    unlisted = sum(map(len, runs[_LISTED:]))
    told = [*words[:_LISTED], f"{unlisted} til"] if unlisted else words
    return f"{'rad' if len(rows) == 1 else 'radene'} {listed(told)}"


def with_findings(rejected: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Return lines on errors and findings together, with the columns of quality.rejected_rows.

    `findings` has the columns of quality.findings; their lines have the code FINDING.
    """
    labels = {rule.code: rule.label_nb for rule in vocabulary().code_list("finding_rule").codes}
    lines = findings.select(
        *("delivery", "sheet", "row", "field"),
        pl.lit(FINDING).alias("code"),
        pl.format(
            "Bør kontrolleres («{}»): {}", pl.col("rule").replace_strict(labels), "message"
        ).alias("message"),
    )
    return pl.concat([rejected, lines], how="diagonal")


def in_order(problems: pl.DataFrame) -> pl.DataFrame:
    """Sort problems in the order in which to correct them: referenced sheets come first.

    The problems of a row are in the order of the sheet's columns. The frame has the columns of
    `SCHEMA`, and may have others; problems with a value in follows_from come after the others.
    """
    sheets = [str(table.sheet) for table in vocabulary().sheets()]
    position = pl.col("sheet").replace_strict(sheets, range(len(sheets)), default=len(sheets))
    places = pl.DataFrame(
        [
            (table.sheet, field, place)
            for table in vocabulary().sheets()
            for place, field in enumerate((*(column.name for column in table.fields), "deletes"))
        ],
        ["sheet", "field", "place"],
        orient="row",
    )
    follows = pl.col("^follows_from$").is_not_null()
    return (
        problems.join(places, on=["sheet", "field"], how="left")
        .sort("delivery", follows, position, "row", "place", "field", "code", nulls_last=False)
        .drop("place")
    )


def sentence() -> pl.Expr:
    """The problem as one line of text: the place in the delivery, and the message."""
    where = (
        pl.when(pl.col("row").is_not_null() & pl.col("sheet").is_not_null())
        .then(pl.format("Arket «{}», rad {}: ", "sheet", "row"))
        .when(pl.col("sheet").is_not_null())
        .then(pl.format("Arket «{}»: ", "sheet"))
        .otherwise(pl.lit(""))
    )
    return pl.concat_str([where, "message"]).alias("sentence")
