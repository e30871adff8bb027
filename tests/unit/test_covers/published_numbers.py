"""What each table of a year must show, read from the published files with no code of the dashboards.

A figure's numbers are told by the labels that name their row and the header of their column. What
the dashboards work out themselves (parts of a whole in percent, changes) is not among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from assets.vocabulary import TOTAL, Table, vocabulary

Key = tuple[str, ...]
Numbers = dict[Key, dict[str, float]]
"""Labels of a row -> header -> number."""

MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
GENDERS = {"female": "Kvinner", "male": "Menn"}
COUNTS = (
    "referral_sources", "referral_offices", "referral_benefits", "referral_target_groups",
    "gender_split", "country_of_origin", "age_bands", "participant_background", "dropout_reasons",
    "other_exit_details", "aap_benefits", "work_exits", "work_exit_activities", "activities",
    "transition_cases", "transition_starts", "partner_projects",
)  # fmt: skip
_TARGET = {"base": "Av", "actual_share": "Prosent", "target_share": "Målet"}
MEASURED = {
    "target_attainment": {"n": "Nådde målet", **_TARGET},
    "benefit_target": {"n": "Antall", **_TARGET},
    "time_in_programme": {
        "n": "Antall", "p25_days": "Nedre kvartil, dager", "median_days": "Median, dager",
        "p75_days": "Øvre kvartil, dager",
    },
    "still_in_programme": {
        "at_risk": "Fulgt så lenge", "remaining_share": "Andel fortsatt i tiltaket",
        "remaining_low": "Nedre grense, 95 %", "remaining_high": "Øvre grense, 95 %",
    },
    "group_sessions": {"sessions": "Antall møter", "registered": "Påmeldt", "attended": "Møtt"},
    "survey_response": {
        "invited": "Invitert", "answered": "Svart", "response_share": "Svarandel",
    },
    "staffing": {"headcount": "Antall personer", "full_time_equivalents": "Årsverk"},
    "caseload": {"active": "Antall"},
    "flows": {
        "started": "Oppstarter", "planned_exits": "Planmessige avslutninger", "dropouts": "Frafall",
        "no_shows": "Ikke møtt",
    },
    "dropouts_by_month": {"dropouts": "Frafall", "no_shows": "Ikke møtt"},
    "quarterly_flow": {
        "referred": "Henvisninger", "started": "Oppstarter", "planned_exits": "Planmessige avslutninger",
        "dropouts": "Frafall", "no_shows": "Ikke møtt",
        "active": "Aktive ved kvartalets slutt",
    },
}  # fmt: skip
"""Figure -> measure -> header."""

BESIDE = {
    "target_attainment": {"actual_share": "Prosent i {year}"},
    "benefit_target": {"actual_share": "Prosent i {year}"},
    "still_in_programme": {"remaining_share": "Andel fortsatt i tiltaket, startet i {year}"},
    "time_in_programme": {"median_days": "Median, dager i {year}"},
    "group_sessions": {"attended": "Møtt i {year}"},
    "staffing": {"headcount": "Antall personer i {year}", "full_time_equivalents": "Årsverk i {year}"},
    "caseload": {"active": "Antall i {year}"},
    "dropouts_by_month": {"dropouts": "Frafall i {year}", "no_shows": "Ikke møtt i {year}"},
}  # fmt: skip
"""Figure -> measure -> header of the same in the year beside."""

OF_CASELOAD = ("flows", "dropouts_by_month")
FEWEST = 10
"""A curve of stays is shown as far as so many are followed."""

BELOW = ("flows", "quarterly_flow", "survey_response")
"""Figures in which the rows of the year beside stand below."""

ROWS = {
    "job_retention": {
        "work_exits": "Avsluttet til arbeid", "due": "Avsluttet for minst seks måneder siden",
        "not_due": "Ikke gått seks måneder ennå",
        "followed_up": "Fulgt opp etter seks måneder", "still_employed": "Fortsatt i arbeid",
    },
    "counsellor_caseload": {}, "savings": {}, "key_figures": {},
}  # fmt: skip
"""Figures whose rows are measures, named by the vocabulary but for these; years are columns."""


def published_numbers(folder: Path, year: int, beside: int) -> dict[str, Numbers]:
    """Return the numbers of every figure whose rows name what was counted, by the figure's id."""

    def of(name: str, when: int) -> pl.DataFrame:
        frame = pl.read_parquet(folder / f"{name}.parquet").filter(pl.col("year") == when)
        frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
        return _followed(frame) if name == "still_in_programme" else frame

    found: dict[str, Numbers] = {}
    for name in COUNTS:
        found[name] = _counts(_mart(name), of(name, year), of(name, beside), beside)
    # What was done at the end of the year; the published column is called as the table.
    at_end = [
        of("activity_status", when)
        .filter(pl.col("month") == 12)
        .drop("month", "status")
        .rename({"activity_status": "status"})
        for when in (year, beside)
    ]
    found["activity_status"] = _counts(_mart("activity_status"), *at_end, beside)
    outcomes = of("exit_outcomes", year), of("exit_outcomes", beside)
    found["exit_outcomes"] = _grouped(*outcomes, beside)
    # The form has one line for each outcome, and its own for all of them.
    form = _counts(_mart("exit_outcomes"), outcomes[0], outcomes[1].clear(), beside)
    form["Rad 12: gjennomført eller planmessig avviklet",] = form.pop(("I alt",))
    found["form_rows"] = form
    for figure, headers in MEASURED.items():
        mart = _mart("caseload" if figure in OF_CASELOAD else figure)
        numbers: Numbers = defaultdict(dict)
        _measured(numbers, of(mart.name, year), headers, _label_of(mart, figure, year))
        if figure in BELOW:
            _measured(numbers, of(mart.name, beside), headers, _label_of(mart, figure, beside))
        then = {m: text.format(year=beside) for m, text in BESIDE.get(figure, {}).items()}
        _measured(numbers, of(mart.name, beside), then, _label_of(mart, figure, year))
        found[figure] = dict(numbers)
    for figure, labels in ROWS.items():
        columns = ("Antall", f"Antall i {beside}") if labels else (str(year), str(beside))
        numbers = defaultdict(dict)
        for when, header in zip((year, beside), columns, strict=True):
            for name, value in _by_row(figure, of(figure, when)):
                label = labels.get(name) or _row_label(figure, name)
                numbers[label,][header] = _as_shown(name, value)
        found[figure] = dict(numbers)
    return found


SERIES = {
    **dict.fromkeys((*COUNTS, "exit_outcomes"), "Antall"),
    "target_attainment": "Prosent",
    "benefit_target": "Prosent",
    "time_in_programme": "Median, dager",
    "group_sessions": "Møtt",
    "staffing": "Antall personer",
    "caseload": "Antall",
    "still_in_programme": "Andel fortsatt i tiltaket",
    "job_retention": "Antall",
}
"""Figure -> the header of the numbers that are shown over the years."""

EVENTS = {
    "lost_by_year": ("Frafall", "Ikke møtt"),
    "in_and_out_by_year": ("Oppstarter", "Planmessige avslutninger", "Frafall"),
}
"""Figure over the years -> the key figures in it."""

STAYS = [f"{month} måneder" for month in (6, 12, 18, 24)]


def series_numbers(by_year: Mapping[int, Mapping[str, Numbers]]) -> dict[str, Numbers]:
    """Return the numbers of the figures over the years, from those of each year by itself."""
    found: dict[str, Numbers] = defaultdict(lambda: defaultdict(dict))
    for year, figures in by_year.items():
        for name, header in SERIES.items():
            for key, columns in figures[name].items():
                is_shown = name != "still_in_programme" or key[0] in STAYS
                is_shown = is_shown and key != (ROWS["job_retention"]["not_due"],)
                if header in columns and is_shown and name != "partner_projects":
                    found[f"{name}_by_year"][_of_mart(name, key)][str(year)] = columns[header]
        for name in ("counsellor_caseload", "savings", "key_figures"):
            for key, columns in figures[name].items():
                unit = _unit(key[0]) if name == "key_figures" else "count"
                series = {"count": f"{name}_by_year", "share": "shares_by_year"}.get(unit)
                if series and str(year) in columns:
                    found[series][key][str(year)] = columns[str(year)]
                for events, labels in EVENTS.items():
                    if name == "key_figures" and key[0] in labels and str(year) in columns:
                        found[events][key][str(year)] = columns[str(year)]
    return {name: dict(numbers) for name, numbers in found.items()}


def _of_mart(name: str, key: Key) -> Key:
    """The key of a row: a figure of measures names its rows by the mart, over the years."""
    if name != "job_retention":
        return key
    code = next(code for code, label in ROWS[name].items() if label == key[0])
    return (_mart(name).column(code).label_nb,)


def _unit(label: str) -> str:
    codes = vocabulary().code_list("key_figure").codes
    return next(code.attributes["unit"] for code in codes if code.label_nb == label)


def _followed(frame: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("months_since_start").cast(pl.Int64)
    few = frame.filter((pl.col("measure") == "at_risk") & (pl.col("value") < FEWEST))
    first = few.select(month.min()).item()
    return frame if first is None else frame.filter(month < first)


def _mart(name: str) -> Table:
    return vocabulary().table(f"marts.{name}")


def _counts(mart: Table, now: pl.DataFrame, then: pl.DataFrame, beside: int) -> Numbers:
    numbers: Numbers = defaultdict(dict)
    categories = [name for name in mart.dimensions if name not in ("month", "gender")]
    has_gender = "gender" in mart.dimensions
    for frame, is_now in ((now, True), (then, False)):
        for row in frame.iter_rows(named=True):
            gender = row["gender"] if has_gender else TOTAL
            headers = {TOTAL: "Antall", **GENDERS} if is_now else {TOTAL: f"Antall i {beside}"}
            if gender in headers:
                numbers[_labels(mart, categories, row)][headers[gender]] = row["n"]
    return dict(numbers)


def _labels(mart: Table, categories: list[str], row: Mapping[str, str]) -> Key:
    labels = []
    for name in categories:
        by = row["breakdown"] if mart.column(name).codes_by else None
        # A typed name stands as it is, but for those that nobody may know.
        is_free = mart.column(name).codes is None and by is None and row[name] != "other"
        labels.append(row[name] if is_free else vocabulary().label(mart, name, row[name], by))
    return tuple(labels)


def _grouped(now: pl.DataFrame, then: pl.DataFrame, beside: int) -> Numbers:
    """Exits by the groups of their outcomes."""
    groups = vocabulary().code_list("outcome_group")
    group_of = {
        code.code: groups[code.attributes["outcome_group"]].label_nb
        for code in vocabulary().code_list("outcome").codes
    } | {TOTAL: "I alt"}
    numbers: Numbers = defaultdict(lambda: defaultdict(float))
    for frame, headers in (
        (now, {TOTAL: "Antall", **GENDERS}),
        (then, {TOTAL: f"Antall i {beside}"}),
    ):
        for row in frame.iter_rows(named=True):
            if row["gender"] in headers:
                numbers[group_of[row["outcome"]],][headers[row["gender"]]] += row["n"]
    return {key: dict(columns) for key, columns in numbers.items()}


def _measured(
    numbers: Numbers, frame: pl.DataFrame, headers: Mapping[str, str], label: Callable[[str], str]
) -> None:
    category = frame.columns[1]
    for row in frame.iter_rows(named=True):
        if row["measure"] in headers and row["value"] is not None:
            numbers[label(str(row[category])),][headers[row["measure"]]] = _as_shown(
                row["measure"], row["value"]
            )


def _as_shown(name: str, value: float) -> float:
    """A share as percent, all else as it is."""
    key_figures = vocabulary().code_list("key_figure")
    if name in key_figures.names:
        is_share = key_figures[name].attributes["unit"] == "share"
    else:
        is_share = name in vocabulary().columns and vocabulary().columns[name].type == "share"
    return value * 100 if is_share else value


def _label_of(mart: Table, figure: str, year: int) -> Callable[[str], str]:
    """How a figure names a row of a mart: by the vocabulary's label, or in words."""

    def label(code: str) -> str:
        if figure in ("caseload", "dropouts_by_month"):
            return MONTHS[int(code) - 1]
        if figure == "flows":
            return f"{MONTHS[int(code) - 1]} {year}"
        if figure == "quarterly_flow":
            return f"{code}. kvartal {year}"
        if figure == "still_in_programme":
            return f"{code} {'måned' if code == '1' else 'måneder'}"
        if figure == "survey_response" and code != "other":
            return code
        return vocabulary().label(mart, mart.dimensions[0], code)

    return label


def _by_row(figure: str, frame: pl.DataFrame) -> list[tuple[str, float]]:
    name = "figure" if figure == "key_figures" else "measure"
    rows = frame.drop_nulls("value").select(name, "value").rows()
    if figure == "job_retention":
        numbers = dict(rows)
        if "due" in numbers:
            rows.append(("not_due", numbers["work_exits"] - numbers["due"]))
        if numbers.get("followed_up") == 0:
            rows = [row for row in rows if row[0] != "still_employed"]
    return rows


def _row_label(figure: str, name: str) -> str:
    if figure == "key_figures":
        return vocabulary().code_list("key_figure")[name].label_nb
    return _mart(figure).column(name).label_nb
