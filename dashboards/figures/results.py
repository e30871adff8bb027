"""Figures of the results for participants: outcomes, the form's rows, days in the programme."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from assets.vocabulary import TOTAL, Code, vocabulary
from dashboards import numbers, words
from dashboards.figures import figure_words, range_charts
from dashboards.figures.breakdown import (
    LAST,
    PREVIOUS,
    Breakdown,
    absence_notes,
    bars_figure,
    breakdown,
    category_bars,
    largest_findings,
    nothing,
    sum_notes,
)
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings.gender import work_finding
from dashboards.figures.findings.stays import median_findings
from dashboards.figures.measures import measures, nothing_beside, with_year_before
from dashboards.publication import Publication


def exit_outcomes(publication: Publication, year: int) -> Figure:
    """Planned exits by outcome group, with percent."""
    groups = outcome_groups(publication, year)
    if groups.nobody_in_either:
        return nothing(publication, groups.mart, year)
    shares = groups.percents()
    return bars_figure(
        groups,
        category_bars(groups, shares),
        shares,
        findings=(
            *work_finding(groups.rows, groups.margin, groups.smallest_base),
            *largest_findings(publication, groups),
        ),
    )


def form_rows(publication: Publication, year: int) -> Figure:
    """Rows 12 and 13 of the monthly form: codes, men before women, in percent."""
    counts = breakdown(publication, "exit_outcomes", year)
    if counts.nobody:
        none = nothing(publication, counts.mart, year)
        return replace(none, id="form_rows", title=figure_words.FORM_TITLE)
    outcomes = vocabulary().code_list("outcome").names
    place = {code: i for i, code in enumerate(outcomes)}
    listed = counts.rows.sort(pl.col("code").replace_strict(place, default=len(place)))
    whole = pl.concat([counts.margin, listed])
    base = counts.margin[TOTAL].item()
    figures, row_12 = measures(publication, "key_figures", year), "planned_share_of_exits"
    of_all = figures.shown(row_12, "value")
    few = base is None or 0 < base < publication.smallest_base
    percents = [
        None if count is None or few or not base else numbers.half_up(count / base)
        for count in listed[TOTAL].to_list()
    ]
    gender = {"male": words.MEN, "female": words.WOMEN, "unknown": words.UNKNOWN_GENDER}
    headers = {TOTAL: words.COUNT} | {k: v for k, v in gender.items() if k in counts.counts}
    of_all_percent = None if of_all is None else numbers.half_up(of_all)
    rows = whole.select(
        pl.Series(
            counts.mart.column("outcome").label_nb, [figure_words.FORM_ROW_12, *listed["label"]]
        ),
        pl.Series(figure_words.CODE, ["", *listed["code"]], pl.String),
        *(pl.col(name).alias(header) for name, header in headers.items()),
        pl.Series(words.PERCENT, [of_all_percent, *percents], pl.Int64),
    )
    return Figure(
        id="form_rows",
        title=figure_words.FORM_TITLE,
        definition=counts.mart.definition_nb,
        rows=rows,
        units=dict.fromkeys(headers.values(), "count") | {words.PERCENT: "percent"},
        withheld=whole.select(
            *(pl.col(f"withheld_{name}").alias(header) for name, header in headers.items()),
            pl.Series(
                words.PERCENT,
                [
                    figures.withheld(row_12, "value"),
                    *(few or hidden for hidden in listed["withheld_total"]),
                ],
            ),
        ),
        notes=(figure_words.FORM_NOTE, *sum_notes(percents)),
    )


def time_in_programme(publication: Publication, year: int) -> Figure:
    """Quartiles of the days from start to planned exit, by outcome group and in total."""
    values, before = with_year_before(publication, measures(publication, "time_in_programme", year))
    previous = before.year if before else None
    listed = (*(group.code for group in _shown_groups()), TOTAL)
    codes = [
        code
        for code in listed
        if any(of and (of.shown(code, "n") or of.withheld(code, "n")) for of in (values, before))
    ]
    is_absent = not values.cells or not any(
        values.shown(code, "n") or values.withheld(code, "n") for code in listed
    )
    if is_absent and nothing_beside(publication, before):
        return nothing(publication, values.mart, year)
    labels = [vocabulary().label(values.mart, "outcome_group", code) for code in codes]
    quartiles = ("p25_days", "median_days", "p75_days")
    medians = [before.shown(code, "median_days") if before else None for code in codes]
    texts = [
        figure_words.nobody_left(year)
        if values.shown(code, "n") in (None, 0) and not values.withheld(code, "n")
        else f"{words.HIDDEN} ({values.text(code, 'n', 'count')})"
        if values.withheld(code, "median_days")
        else figure_words.range_days(
            values.text(code, "p25_days", "decimal"),
            values.text(code, "median_days", "decimal"),
            values.text(code, "p75_days", "decimal"),
            values.text(code, "n", "count"),
        )
        for code in codes
    ]
    days = [[values.shown(code, name) for name in quartiles] for code in codes]
    drawn = [
        range_charts.Range(
            f"{label} ({values.text(code, 'n', 'count')})",
            write(None, "decimal", values.withheld(code, "median_days"))
            if low is None or median is None or high is None
            else figure_words.median_days(*(numbers.decimal(part) for part in (median, low, high))),
            low,
            median,
            high,
            then,
            values.withheld(code, "median_days"),
        )
        for code, label, (low, median, high), then in zip(codes, labels, days, medians, strict=True)
        if (median, then) != (None, None) or values.withheld(code, "median_days")
    ]
    headers = {name: values.mart.column(name).label_nb for name in ("n", *quartiles)}
    rows = pl.DataFrame(
        {
            values.mart.column("outcome_group").label_nb: labels,
            headers["n"]: [values.count(code, "n") for code in codes],
        }
        | {headers[name]: [values.shown(code, name) for code in codes] for name in quartiles}
    )
    withheld = values.withheld_frame(codes, headers)
    units = {headers["n"]: "count"} | {headers[name]: "decimal" for name in quartiles}
    if before:
        beside = words.in_year(headers["median_days"], before.year)
        rows = rows.with_columns(pl.Series(beside, medians, pl.Float64))
        withheld = withheld.hstack(before.withheld_frame(codes, {"median_days": beside}))
        units[beside] = "decimal"
    return Figure(
        id="time_in_programme",
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=rows,
        units=units,
        withheld=withheld,
        chart=range_charts.ranges(drawn),
        description=figure_words.range_description(
            year, [f"{label}: {text}" for label, text in zip(labels, texts, strict=True)]
        ),
        picture_notes=(
            figure_words.RANGE_NOTE,
            *((figure_words.dotted_median(previous),) if previous and any(medians) else ()),
            *((figure_words.HATCHED,) if any(one.withheld for one in drawn) else ()),
        ),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=median_findings(values, publication.smallest_base),
    )


def outcome_groups(publication: Publication, year: int) -> Breakdown:
    """Return the published outcomes added up to groups; one with a withheld member is withheld."""
    counts = breakdown(publication, "exit_outcomes", year)
    outcomes = vocabulary().code_list("outcome")
    labels = {group.code: group.label_nb for group in vocabulary().code_list("outcome_group").codes}
    place = {code: i for i, code in enumerate(labels)}
    group_of = {code: outcomes[code].attributes["outcome_group"] for code in outcomes.names}
    columns = [
        name for name in (TOTAL, "female", "male", "unknown", PREVIOUS) if name in counts.rows
    ]
    rows = (
        counts.rows.with_columns(
            pl.col("code").replace_strict(group_of, default=pl.col("code")).alias("group")
        )
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("label").first().alias("own_label"),
            *(
                pl.when(~pl.col(f"withheld_{name}").any()).then(pl.col(name).sum()).alias(name)
                for name in columns
            ),
            *(pl.col(f"withheld_{name}").any() for name in columns),
            pl.col("is_told_apart").any(),
        )
        .select(
            pl.col("group").alias("code"),
            *columns,
            *(f"withheld_{name}" for name in columns),
            "is_told_apart",
            pl.col("group").replace_strict(labels, default=pl.col("own_label")).alias("label"),
            pl.col("group").is_in(LAST).alias("muted"),
        )
        # Equal ones in the order of the code list, which decides who gets a percentage point.
        .sort(
            "muted",
            -pl.col(TOTAL),
            pl.col("code").replace_strict(place, default=len(place), return_dtype=pl.Int64),
            nulls_last=True,
            maintain_order=True,
        )
    )
    margin = counts.margin.select(rows.columns)
    return replace(counts, rows=rows, margin=margin)


def _shown_groups() -> tuple[Code, ...]:
    return vocabulary().code_list("outcome_group").codes
