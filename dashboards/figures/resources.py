"""Figures of the programme's resources: groups, surveys, staff and savings.

Each comes from an optional sheet; if the sheet is not filled in, one sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from assets.vocabulary import OTHER, vocabulary
from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import (
    LAST,
    absence_notes,
    describe,
    hatched_notes,
    name_of,
    nothing,
    shown_years,
)
from dashboards.figures.figure import WRITERS, Figure, write
from dashboards.figures.findings.resources import (
    attendance_finding,
    counsellor_finding,
    savings_finding,
    survey_finding,
)
from dashboards.figures.measures import Measures, measures, nothing_beside, with_year_before
from dashboards.publication import Publication


def group_sessions(publication: Publication, year: int) -> Figure:
    """Sessions of each group: bars of attendances, the number of sessions next to the name."""
    values, before = with_year_before(publication, measures(publication, "group_sessions", year))
    is_absent = not values.cells
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    groups = _by_size("attended", values, before)
    labels = [vocabulary().label(values.mart, "session_group", group) for group in groups]
    bars = [
        charts.Bar(
            figure_words.sessions_of(
                label,
                values.text(group, "sessions", "count"),
                values.count(group, "sessions") == 1,
            ),
            values.shown(group, "attended"),
            values.text(group, "attended", "count"),
            group in LAST,
            before=before.shown(group, "attended") if before else None,
            before_withheld=before is not None and before.withheld(group, "attended"),
            withheld=values.withheld(group, "attended"),
        )
        for group, label in zip(groups, labels, strict=True)
    ]
    years = shown_years(year, before.year if before else None, bars)
    rows, withheld, units = _table(
        labels, groups, values, before, ("sessions", "registered", "attended"), ("attended",)
    )
    return Figure(
        id="group_sessions",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=rows,
        units=dict.fromkeys(units, "count"),
        withheld=withheld,
        chart=charts.bars(bars, years),
        description=figure_words.attendance_description(
            year, [f"{b.label} {b.text}" for b in bars], years[1] if years else None
        ),
        picture_notes=(figure_words.ATTENDANCE_NOTE, *hatched_notes(bars)),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=attendance_finding(labels, [values.count(group, "attended") for group in groups]),
    )


def survey_response(publication: Publication, year: int) -> Figure:
    """Answers of the persons asked, wave by wave; the other year is grey."""
    values = measures(publication, "survey_response", year)
    before = _before(publication, "survey_response", year)
    is_absent = not values.cells
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    listed = [
        (of, of.year, wave)
        for of in (values, before)
        if of is not None
        for wave in sorted(dict.fromkeys(wave for wave, _ in of.cells), key=OTHER.__eq__)
    ]
    names = [name_of(values.mart, wave) for _, _, wave in listed]
    percents = [_half_up(of.shown(wave, "response_share")) for of, _, wave in listed]
    texts = [
        figure_words.answered(
            of.text(wave, "answered", "count"),
            of.text(wave, "invited", "count"),
            write(percent, "percent", of.withheld(wave, "response_share")),
        )
        for (of, _, wave), percent in zip(listed, percents, strict=True)
    ]
    drawn = [
        charts.Target(
            name,
            text,
            of.shown(wave, "response_share"),
            earlier=of_year != year,
            withheld=of.withheld(wave, "response_share"),
        )
        for (of, of_year, wave), name, text in zip(listed, names, texts, strict=True)
    ]
    column = values.mart.column
    counts = {name: column(name).label_nb for name in ("invited", "answered")}
    share = column("response_share").label_nb
    return Figure(
        id="survey_response",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=pl.DataFrame(
            {
                column("wave").label_nb: names,
                words.YEAR: [str(of_year) for _, of_year, _ in listed],
            }
            | {
                header: pl.Series([of.count(wave, name) for of, _, wave in listed], dtype=pl.Int64)
                for name, header in counts.items()
            }
            | {share: pl.Series(percents, dtype=pl.Int64)}
        ),
        units=dict.fromkeys(counts.values(), "count") | {share: "percent"},
        withheld=pl.DataFrame(
            {
                header: [of.withheld(wave, name) for of, _, wave in listed]
                for name, header in (counts | {"response_share": share}).items()
            }
        ),
        chart=charts.targets(drawn),
        description=figure_words.bars_description(
            values.mart.label_nb, year, [f"{bar.label} {bar.text}" for bar in drawn]
        ),
        picture_notes=hatched_notes(drawn),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=survey_finding(values, publication.smallest_base),
    )


def staffing(publication: Publication, year: int) -> Figure:
    """Persons in each role, with their full-time equivalents; students after the staff."""
    values, before = with_year_before(publication, measures(publication, "staffing", year))
    is_absent = not values.cells
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    previous = before.year if before else None
    roles = vocabulary().code_list("staff_role")
    listed = sorted(
        _by_size("headcount", values, before),
        key=lambda role: roles[role].attributes["is_student"] == "yes",
    )
    labels = [vocabulary().label(values.mart, "role", role) for role in listed]
    bars = [
        charts.Bar(
            label,
            values.shown(role, "headcount"),
            _staff_text(values, role),
            role in LAST,
            before=before.shown(role, "headcount") if before else None,
            before_withheld=before is not None and before.withheld(role, "headcount"),
            withheld=values.withheld(role, "headcount"),
        )
        for role, label in zip(listed, labels, strict=True)
    ]
    names = ("headcount", "full_time_equivalents")
    years = shown_years(year, previous, bars)
    rows, withheld, headers = _table(labels, listed, values, before, names, names)
    return Figure(
        id="staffing",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=rows,
        units={
            header: "decimal" if name == "full_time_equivalents" else "count"
            for header, name in headers.items()
        },
        withheld=withheld,
        chart=charts.bars(bars, years),
        description=describe(values.mart.label_nb, year, bars, previous),
        picture_notes=hatched_notes(bars),
        notes=absence_notes(publication, values.mart, year, is_absent),
    )


def counsellor_caseload(publication: Publication, year: int) -> Figure:
    """Participants for each full-time equivalent of counsellors, and the numbers behind it."""
    values = measures(publication, "counsellor_caseload", year)
    before = _before(publication, "counsellor_caseload", year)
    positions = "", "counsellor_fte"
    is_absent = values.shown(*positions) is None and positions not in values.hidden
    was_absent = before is None or before.shown(*positions) is None
    if is_absent and (publication.protected or was_absent):
        return nothing(publication, values.mart, year)
    years = {year: values} | ({before.year: before} if before else {})
    measured = values.mart.measures
    bars = [
        charts.Bar(
            label if of_year == year else words.in_year(label, of_year),
            of.shown("", name),
            of.text("", name, "decimal"),
            withheld=of.withheld("", name),
            earlier=of_year != year,
        )
        for name in ("participants_per_counsellor", "active_per_counsellor")
        for label in (values.mart.column(name).label_nb,)
        for of_year, of in years.items()
        if of.shown("", name) is not None or of.withheld("", name)
    ]
    return Figure(
        id="counsellor_caseload",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=_by_year(measured, years, publication.part_until(year)),
        units={str(of_year): "decimal" for of_year in years},
        withheld=_withheld_by_year(measured, years),
        chart=charts.bars(bars),
        description=describe(values.mart.label_nb, year, bars),
        picture_notes=hatched_notes(bars),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=counsellor_finding(values),
    )


def savings(publication: Publication, year: int) -> Figure:
    """The savings and their target, in NOK; the other year is grey."""
    values = measures(publication, "savings", year)
    before = _before(publication, "savings", year)
    is_absent = not values.cells
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    years = {of.year: of for of in (values, before) if of is not None and of.cells}
    texts = {
        of_year: figure_words.attained(_reported(of), of.text("", "savings_target", "nok"))
        for of_year, of in years.items()
    }
    drawn = [
        charts.Target(
            str(of_year),
            texts[of_year],
            # A negative amount has no bar.
            _at_least_zero(of.shown("", "savings_reported")),
            of.shown("", "savings_target"),
            earlier=of_year != year,
            withheld=of.withheld("", "savings_reported"),
        )
        for of_year, of in years.items()
    ]
    amounts = [amount for bar in drawn for amount in (bar.reached, bar.target)]
    measured = values.mart.measures
    return Figure(
        id="savings",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=_by_year(measured, years),
        units={str(of_year): "nok" for of_year in years},
        withheld=_withheld_by_year(measured, years),
        chart=charts.targets(drawn, reach=max([amount or 0 for amount in amounts] + [1]) * 1.02),
        description=figure_words.target_description(
            values.mart.label_nb, year, [f"{of_year} {text}" for of_year, text in texts.items()]
        ),
        picture_notes=(figure_words.TARGET_NOTE, *hatched_notes(drawn)),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=savings_finding(values, WRITERS["nok"]),
    )


def _before(publication: Publication, name: str, year: int) -> Measures | None:
    previous = publication.beside(name, year)
    return measures(publication, name, previous) if previous else None


def _by_size(measure: str, values: Measures, before: Measures | None) -> list[str]:
    """The categories of both years: the largest of this year first, withheld ones, LAST last."""
    years = (values, before) if before else (values,)
    found = dict.fromkeys(category for of in years for category, _ in of.cells)
    return sorted(
        found,
        key=lambda c: (c in LAST, values.withheld(c, measure), -(values.shown(c, measure) or 0)),
    )


def _table(
    labels: Sequence[str],
    categories: Sequence[str],
    values: Measures,
    before: Measures | None,
    names: Sequence[str],
    compared: Sequence[str],
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Rows by category, withheld cells, and header -> measure.

    Columns are the measures `names` of the year, and the measures `compared` of the year before.
    """
    mart = values.mart
    columns = [(mart.column(name).label_nb, name, values) for name in names]
    if before is not None:
        year = before.year
        columns += [
            (words.in_year(mart.column(name).label_nb, year), name, before) for name in compared
        ]
    number = {name: pl.Int64 if mart.column(name).type == "count" else pl.Float64 for name in names}
    rows = pl.DataFrame(
        {mart.column(mart.dimensions[0]).label_nb: list(labels)}
        | {
            header: pl.Series([of.shown(c, name) for c in categories], dtype=pl.Float64).cast(
                number[name]
            )
            for header, name, of in columns
        }
    )
    withheld = pl.DataFrame(
        {header: [of.withheld(c, name) for c in categories] for header, name, of in columns}
    )
    return rows, withheld, {header: name for header, name, _ in columns}


def _by_year(
    measured: Sequence[str], years: Mapping[int, Measures], until: date | None = None
) -> pl.DataFrame:
    """A row for each measure, a column for each year; NULL if it is withheld or missing.

    `until` is the last day that is counted of a year that is not over.
    """
    mart = next(iter(years.values())).mart
    labels = {name: mart.column(name).label_nb for name in measured}
    if until and "active_at_year_end" in labels:
        labels["active_at_year_end"] = figure_words.active_on(until)
    numbers_of = {
        str(year): pl.Series([of.shown("", name) for name in measured], dtype=pl.Float64)
        for year, of in years.items()
    }
    return pl.DataFrame({mart.label_nb: list(labels.values())} | numbers_of)


def _withheld_by_year(measured: Sequence[str], years: Mapping[int, Measures]) -> pl.DataFrame:
    """Which numbers of `_by_year` are withheld."""
    return pl.DataFrame(
        {str(year): [of.withheld("", name) for name in measured] for year, of in years.items()}
    )


def _staff_text(values: Measures, role: str) -> str:
    text = values.text(role, "headcount", "count")
    if values.shown(role, "full_time_equivalents") is None:
        return text
    return figure_words.with_positions(text, values.text(role, "full_time_equivalents", "decimal"))


def _reported(values: Measures) -> str:
    missing = values.shown("", "savings_reported") is None
    if missing and not values.withheld("", "savings_reported"):
        return figure_words.NOT_REPORTED
    return values.text("", "savings_reported", "nok")


def _half_up(share: float | None) -> int | None:
    return None if share is None else numbers.half_up(share)


def _at_least_zero(amount: float | None) -> float | None:
    return None if amount is None else max(amount, 0.0)
