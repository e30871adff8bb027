"""Figures about the participants: women and men, age, country of origin, schooling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from assets.vocabulary import REST, TOTAL
from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import (
    PREVIOUS,
    Breakdown,
    bars_figure,
    breakdown,
    category_bars,
    category_table,
    count_figure,
    largest_findings,
    nothing,
    several_figure,
    sum_notes,
)
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings.gender import gender_finding
from dashboards.figures.measures import measures
from dashboards.publication import Publication

_TOP = 10


def gender_split(publication: Publication, year: int) -> Figure:
    """Women and men in each population, as rows of a hundred percent."""
    counts = breakdown(publication, "gender_split", year)
    if counts.nobody:
        return nothing(publication, counts.mart, year)
    genders = [name for name in words.GENDERS if name in counts.counts]
    if not genders:
        # The title promises women and men, so a note says why they are not shown separately.
        why = figure_words.WITHOUT_GENDER if not publication.by_gender else words.no_gender()
        return Figure(counts.mart.name, counts.mart.label_nb, counts.mart.definition_nb, empty=why)
    base = publication.smallest_base
    splits = [
        _split(row, genders, base) for row in counts.rows.iter_rows(named=True) if row[TOTAL] != 0
    ]
    rows, withheld, units = category_table(counts, None)
    known = [row for row in counts.rows.select(genders).rows() if sum(filter(None, row)) >= base]
    said = [
        f"{split.label}: "
        + ", ".join(
            f"{words.GENDERS[name].lower()} {text}"
            for name, text in zip(genders, split.texts, strict=True)
        )
        for split in splits
    ]
    return Figure(
        id="gender_split",
        title=counts.mart.label_nb,
        definition=counts.mart.definition_nb,
        rows=rows,
        units=units,
        withheld=withheld,
        chart=charts.splits(splits, [words.GENDERS[name] for name in genders]),
        description=figure_words.gender_description(year, said),
        notes=sum_notes(*(numbers.percents(row) for row in known if None not in row)),
        findings=gender_finding(counts.rows, base),
    )


def age_bands(publication: Publication, year: int) -> Figure:
    """Participants by age band, in the order of age."""
    return count_figure(
        publication,
        "age_bands",
        year,
        percents=True,
        sort=False,
        notes=base_notes(publication, year),
    )


def country_of_origin(publication: Publication, year: int) -> Figure:
    """Participants by country: the largest in the chart, all in the table.

    Without percentages: most countries are so small that whole percent would mislead.
    """
    counts = breakdown(publication, "country_of_origin", year)
    if counts.nobody_in_either:
        return nothing(publication, counts.mart, year)
    base = base_notes(publication, year)
    before = pl.col("^previous$") > 0
    seen = replace(
        counts,
        rows=counts.rows.filter(pl.any_horizontal(pl.col(TOTAL) > 0, "withheld_total", before)),
    )
    bars = _top(seen)
    notes = (figure_words.top_countries(_TOP),) if len(bars) <= seen.rows.height - 1 else ()
    return bars_figure(
        seen, bars, None, notes=(*notes, *base), findings=largest_findings(publication, seen)
    )


def participant_background(publication: Publication, year: int) -> Figure:
    """Participants by level of Norwegian and by education, both from the lowest up."""
    return several_figure(
        publication,
        "participant_background",
        year,
        ordered=("norwegian_level", "education"),
        notes=base_notes(publication, year),
    )


def base_notes(publication: Publication, year: int) -> tuple[str, ...]:
    """Say whom a figure of participants describes, and how many of them took part.

    Empty where the publication has no such number: in the open one, all participants took part.
    """
    values = measures(publication, "key_figures", year)
    everybody, came = (values.count(name, "value") for name in ("participants", "took_part"))
    if everybody is None or came is None:
        return ()
    absent = numbers.count(everybody - came) if came < everybody else ""
    return (figure_words.base(numbers.count(everybody), numbers.count(came), absent),)


def _top(counts: Breakdown) -> list[charts.Bar]:
    """The countries that are largest in either year, and the others as one grey bar."""
    shares = [None] * counts.rows.height
    if len(category_bars(counts, shares)) <= _TOP + 2:
        return category_bars(counts, shares)
    largest = pl.max_horizontal(TOTAL, "^previous$")
    is_top = largest.rank("ordinal", descending=True) <= _TOP
    top = counts.rows.filter(is_top.fill_null(False))
    tail = counts.rows.filter(~is_top.fill_null(False))
    # Merged countries are not one country.
    together = (tail["code"] == REST).any()
    label = figure_words.OTHER_COUNTRIES if together else _named(tail)
    number, before = _sum(tail, TOTAL), _all_but(counts, top, tail)
    others = charts.Bar(
        label,
        number,
        write(number, "count", number is None),
        muted=True,
        before=before,
        before_withheld=before is None and PREVIOUS in tail.columns,
        withheld=number is None,
    )
    bars = category_bars(replace(counts, rows=top), [None] * top.height)
    return [*bars, others]


def _named(tail: pl.DataFrame) -> str:
    """Other countries with how many they are; persons without a known country come from none."""
    unknown = tail.filter("muted")["label"].to_list()
    return figure_words.other_countries(tail.height - len(unknown), unknown)


def _sum(rows: pl.DataFrame, name: str) -> int | None:
    """The sum of a column of counts; None when one of them is withheld, or there is none."""
    if name not in rows.columns or rows[f"withheld_{name}"].any():
        return None
    return int(rows[name].sum())


def _all_but(counts: Breakdown, top: pl.DataFrame, tail: pl.DataFrame) -> int | None:
    """The other year's persons who are not from the countries of `top`; None if it cannot be told.

    So the bar is of the same countries in both years, also where each year merged its own. Where
    not all of `top` is known of the other year, it is what that year has of `tail`.
    """
    whole, drawn = (_sum(rows, PREVIOUS) for rows in (counts.margin, top))
    return _sum(tail, PREVIOUS) if whole is None or drawn is None else whole - drawn


def _split(row: dict[str, Any], genders: list[str], smallest_base: int) -> charts.Split:
    parts = [row[name] for name in genders]
    hidden = [bool(row[f"withheld_{name}"]) for name in genders]
    total = write(row[TOTAL], "count", bool(row["withheld_total"]))
    label = f"{row['label']} ({total})"
    if any(hidden):
        texts = [write(n, "count", kept) for n, kept in zip(parts, hidden, strict=True)]
        return charts.Split(label, (None,) * len(parts), tuple(texts))
    known = [int(part or 0) for part in parts]
    shares = numbers.percents(known)
    if sum(known) < smallest_base:
        return charts.Split(label, tuple(known), tuple(map(numbers.count, known)))
    texts = [
        f"{numbers.count(part)} ({numbers.percent(share)})"
        for part, share in zip(known, shares, strict=True)
    ]
    return charts.Split(label, tuple(known), tuple(texts))
