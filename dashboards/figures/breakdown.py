"""Published counts of one mart and year, one row per category, as figures and tables need them.

Every number is the published one, margins included; only percentages are computed here, and only
when every part of the whole is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from assets.vocabulary import HIDDEN, OTHER, REST, TOTAL, Column, Table, vocabulary
from assets.vocabulary.spelling import alphabet
from dashboards import numbers, words
from dashboards.definitions import COUNT_PARTICIPANTS
from dashboards.figures import charts, figure_words
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings.finding import Finding
from dashboards.figures.findings.largest import largest
from dashboards.figures.measures import measures
from dashboards.publication import (
    FOLDED,
    NO_GENDER,
    NOT_PRINTED,
    TOTALS_ALONE,
    Publication,
)

PREVIOUS = "previous"

LAST = ("other", "AN", "XX", REST, "unknown", "UK", "unspecified")
"""Categories that say little: last and grey, in this order, whatever their size."""

_NAMED = ("partner_projects", "survey_response")
"""Marts whose rows have typed names; if numbers are withheld, small ones have no row."""

_ACTIVE = "active_at_year_end"


@dataclass(frozen=True)
class Breakdown:
    """The counts of one mart in one year.

    `rows` has code, label and muted (whether it is one of LAST), then a count for `total`, for each
    published gender and for `previous` (the total of the year before, NULL when it is not
    published), each with a column `withheld_<name>`; a count that a row lacks is withheld too.
    Where `is_told_apart` is false, every gender is withheld. `margin` is the same for the row
    `total`, or empty. `within` is the chosen breakdown of a mart that has several. No percentage
    is made of a whole below `smallest_base`.
    """

    mart: Table
    year: int
    rows: pl.DataFrame
    margin: pl.DataFrame
    previous_year: int | None
    within: str | None = None
    smallest_base: int = 1

    @property
    def category(self) -> Column:
        """The column of the mart that holds the categories."""
        return _category(self.mart, self.within)

    @property
    def counts(self) -> tuple[str, ...]:
        """Names of the columns of counts, without genders that nobody has."""
        both = pl.concat([self.rows, self.margin])
        found = [name for name in (TOTAL, *words.GENDERS) if name in both.columns]
        apart = both.filter("is_told_apart")
        seen = [
            name
            for name in found
            if name != "unknown" or apart[name].sum() > 0 or apart["withheld_unknown"].any()
        ]
        return (*seen, *((PREVIOUS,) if self.previous_year else ()))

    @property
    def nobody(self) -> bool:
        """Whether every count of the year is shown and zero."""
        both = pl.concat([self.rows, self.margin])
        return not both["withheld_total"].any() and both[TOTAL].sum() == 0

    @property
    def nobody_in_either(self) -> bool:
        """Whether the year it is compared with has nobody either."""
        before = self.rows[PREVIOUS].sum() if PREVIOUS in self.rows.columns else 0
        return self.nobody and not before

    def percents(self) -> list[int | None]:
        """Whole percent of the sum; None when a part is withheld or the whole is small."""
        parts = self.rows[TOTAL].to_list()
        if None in parts or sum(parts) < self.smallest_base:
            return [None] * len(parts)
        return list(numbers.percents(parts))


def breakdown(
    publication: Publication, name: str, year: int, within: str | None = None
) -> Breakdown:
    """Return the counts of a mart, largest first, equal ones in alphabetical order, LAST last.

    Of a mart with several breakdowns, `within` is the code of the one to return.
    """
    mart = vocabulary().table(f"marts.{name}")
    previous_year = publication.beside(name, year)
    cells = _by_category(publication, mart, year, within)
    if previous_year:
        before = _by_category(publication, mart, previous_year, within).select(
            "code",
            pl.col(TOTAL).alias(PREVIOUS),
            pl.col("withheld_total").alias("withheld_previous"),
        )
        if not publication.protected:
            cells = _with_vanished(cells, before)
        lists_none = before.is_empty()
        unlisted = [
            (code, *absent(publication, name, previous_year, code, lists_none=lists_none))
            for code in cells.join(before, on="code", how="anti")["code"]
        ]
        before = pl.concat([before, pl.DataFrame(unlisted, before.schema, orient="row")])
        cells = cells.join(before, on="code", how="left", maintain_order="left")
    cells = _ordered(_labelled(mart, cells, within, publication.part_until(year)))
    is_total = pl.col("code") == TOTAL
    return Breakdown(
        mart,
        year,
        cells.filter(~is_total),
        cells.filter(is_total),
        previous_year,
        within,
        publication.smallest_base,
    )


def absent(
    publication: Publication, name: str, year: int, code: str, *, lists_none: bool
) -> tuple[int | None, bool]:
    """Return the count of a category that a year does not list, and whether it is withheld.

    This decides what is 0, missing or withheld, for every figure of counts. The category had
    nobody, unless it was merged with others there, or the year lists no category (`lists_none`) of
    a publication that withholds numbers. Categories that are merged in another year (REST) were not
    merged in that way here.
    """
    done = publication.done(name, year)
    unlisted = TOTALS_ALONE in done or (publication.protected and lists_none)
    if code == REST:
        return None, unlisted
    return (None, True) if unlisted or FOLDED in done else (0, False)


def count_figure(
    publication: Publication,
    name: str,
    year: int,
    *,
    percents: bool = False,
    notes: Sequence[str] = (),
    sort: bool = True,
) -> Figure:
    """Return the figure of a mart that counts by category: bars, and a table with the margins.

    `percents` adds the share to each count, for parts of one whole; without `sort` the
    categories keep the vocabulary's order, as ages do.
    """
    counts = breakdown(publication, name, year)
    if counts.nobody_in_either:
        return nothing(publication, counts.mart, year)
    if not sort:
        counts = _in_order(counts)
    shares = counts.percents() if percents else [None] * counts.rows.height
    return bars_figure(
        counts,
        category_bars(counts, shares),
        shares if percents else None,
        notes=notes,
        findings=largest_findings(publication, counts),
    )


def bars_figure(
    counts: Breakdown,
    bars: Sequence[charts.Bar],
    shares: Sequence[int | None] | None,
    *,
    notes: Sequence[str] = (),
    findings: tuple[Finding, ...] = (),
) -> Figure:
    """Return the figure of `counts` drawn as `bars`; `shares` are the percentages of its table."""
    # A column with nothing but withheld values would be useless.
    known = shares is not None and any(share is not None for share in shares)
    rows, withheld, units = category_table(counts, shares if known else None)
    years = shown_years(counts.year, counts.previous_year, bars)
    return Figure(
        id=counts.mart.name,
        title=counts.mart.label_nb,
        definition=counts.mart.definition_nb,
        rows=rows,
        units=units,
        withheld=withheld,
        chart=charts.bars(bars, years),
        description=describe(counts.mart.label_nb, counts.year, bars, counts.previous_year),
        picture_notes=hatched_notes(bars),
        notes=(*nobody_notes(counts), *notes, *sum_notes(shares or ())),
        findings=findings,
    )


def largest_findings(publication: Publication, counts: Breakdown) -> tuple[Finding, ...]:
    """Return what is said of the largest category, as the mart's declaration says it."""
    declared = counts.mart.figures[counts.mart.name].largest
    return tuple(
        finding
        for one in declared
        if one.breakdown in ("", counts.within)
        for finding in largest(
            counts.rows,
            _base(publication, counts.year, one.base) if one.base else _whole(counts),
            one,
            counts.smallest_base,
            overlapping=bool(one.base),
        )
    )


def _whole(counts: Breakdown) -> int | None:
    """The total of a mart that has one; None where it is withheld."""
    return counts.margin[TOTAL].item() if counts.margin.height == 1 else None


def _base(publication: Publication, year: int, name: str) -> int | None:
    """A key figure that counts are a part of; the open publication's participants took part."""
    known = name in publication.key_figures
    return measures(publication, "key_figures", year).count(
        name if known else "participants", "value"
    )


def nobody_notes(*counts: Breakdown) -> tuple[str, ...]:
    """Say that the year has nobody, where only the year it is compared with has somebody."""
    first = counts[0]
    is_empty = all(one.nobody for one in counts)
    return (words.nobody(first.mart.empty_nb, first.year),) if is_empty else ()


def sum_notes(*wholes: Sequence[int | None]) -> tuple[str, ...]:
    """Say what percentages sum to where the parts of a whole do not sum to 100."""
    sums = {sum(filter(None, shares)) for shares in wholes if shares and None not in shares}
    uneven = sorted(sums - {0, 100})
    return (words.sums(uneven),) if uneven else ()


def several_figure(
    publication: Publication,
    name: str,
    year: int,
    *,
    ordered: Sequence[str],
    notes: Sequence[str] = (),
) -> Figure:
    """Return the figure of a mart that counts the same persons several times, once by `breakdown`.

    Each breakdown is a group of bars that are parts of one whole. `ordered` names the breakdowns
    whose categories keep the vocabulary's order; the others are sorted by size.
    """
    mart = vocabulary().table(f"marts.{name}")
    split_by = mart.column("breakdown")
    groups = []
    wholes = []
    findings: list[Finding] = []
    bars: list[charts.Bar] = []
    entries = vocabulary().code_list(split_by.codes or "").codes
    found = [(entry, breakdown(publication, name, year, entry.code)) for entry in entries]
    known = any(share is not None for _, counts in found for share in counts.percents())
    for entry, listed in found:
        if listed.nobody_in_either:
            continue
        counts = _in_order(listed) if entry.code in ordered else listed
        shares = counts.percents()
        wholes.append(shares)
        findings += largest_findings(publication, counts)
        for i, bar in enumerate(category_bars(counts, shares)):
            bars.append(bar if i else replace(bar, heading=entry.label_nb))
        rows, withheld, units = category_table(counts, shares if known else None)
        rows.insert_column(0, pl.Series(split_by.label_nb, [entry.label_nb] * rows.height))
        groups.append((rows, withheld, units))
    if not groups:
        return nothing(publication, mart, year)
    previous = publication.beside(name, year)
    years = shown_years(year, previous, bars)
    return Figure(
        id=mart.name,
        title=mart.label_nb,
        definition=mart.definition_nb,
        # A gender that nobody in a group has is no column of that group.
        rows=pl.concat([rows for rows, _, _ in groups], how="diagonal"),
        units={header: unit for _, _, units in groups for header, unit in units.items()},
        withheld=pl.concat([withheld for _, withheld, _ in groups], how="diagonal"),
        chart=charts.bars(bars, years),
        description=describe(mart.label_nb, year, bars, previous),
        picture_notes=hatched_notes(bars),
        notes=(*nobody_notes(*(listed for _, listed in found)), *notes, *sum_notes(*wholes)),
        findings=tuple(findings),
    )


def nothing(publication: Publication, mart: Table, year: int) -> Figure:
    """Return the figure of a mart that has nothing to show in a year: one sentence says why."""
    why = why_nothing(publication, mart, year)
    return Figure(id=mart.name, title=mart.label_nb, definition=mart.definition_nb, empty=why)


def why_nothing(publication: Publication, mart: Table, year: int) -> str:
    """Say why a mart has nothing to show in a year."""
    # If numbers are withheld, a table without rows does not mean that nobody was there.
    complete = mart.is_count or {"month", "quarter"} & set(mart.dimensions)
    no_rows = publication.protected and publication.table(mart.name, year).is_empty()
    if publication.leaves_out(mart.name, year):
        return words.left_out(year)
    if no_rows and mart.name in _NAMED:
        return words.none_to_show(year)
    if no_rows and complete:
        return words.left_out(year)
    return words.nobody(mart.empty_nb, year)


def absence_notes(
    publication: Publication, mart: Table, year: int, is_absent: bool
) -> tuple[str, ...]:
    """Say why the year has nothing, in a figure of the year that it is compared with."""
    return (why_nothing(publication, mart, year),) if is_absent else ()


def protection_notes(
    publication: Publication, name: str, year: int, headers: Collection[str]
) -> list[str]:
    """Describe what privacy changed in a mart besides withheld numbers, and the persons it counts.

    Empty for a publication that withholds nothing. `headers` are the headers of the rows, because
    some rows show only part of the mart.
    """
    mart = vocabulary().table(f"marts.{name}")
    counts_participants = publication.protected and name in COUNT_PARTICIPANTS
    said = [words.WHO_TOOK_PART] if counts_participants else []
    for word in publication.done(name, year):
        what, _, of = word.partition(":")
        if what == NO_GENDER:
            said.append(words.no_gender(vocabulary().label(mart, "population", of) if of else ""))
        elif what == NOT_PRINTED:
            label = mart.column(of).label_nb
            said += [words.not_printed(label, year)] if label in headers else []
        elif what == TOTALS_ALONE:
            said.append(words.TOTALS_ALONE)
        elif what == FOLDED and TOTALS_ALONE not in publication.done(name, year):
            said.append(words.FOLDED)
    previous = publication.previous(year)
    if previous is not None and publication.leaves_out(name, previous):
        said.append(words.left_out(previous))
    return said


def name_of(mart: Table, name: str) -> str:
    """The typed name of a project or survey; a label where the name is not shown."""
    return vocabulary().label(mart, mart.dimensions[0], name) if name == OTHER else name


def category_bars(counts: Breakdown, shares: Sequence[int | None]) -> list[charts.Bar]:
    """Return one bar for each category that either year has; a withheld one has no length."""
    compared = PREVIOUS in counts.rows.columns
    columns = counts.rows.select(
        "label",
        TOTAL,
        "withheld_total",
        "muted",
        (pl.col(PREVIOUS) if compared else pl.lit(None)).alias("before"),
        (pl.col("withheld_previous") if compared else pl.lit(False)).alias("before_withheld"),
    ).iter_rows()
    return [
        charts.Bar(
            label,
            count,
            _with_share(write(count, "count", hidden), share),
            muted,
            before=other,
            before_withheld=other_hidden,
            withheld=hidden,
        )
        for (label, count, hidden, muted, other, other_hidden), share in zip(
            columns, shares, strict=True
        )
        if hidden or count or other
    ]


def category_table(
    counts: Breakdown, shares: Sequence[int | None] | None
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Return rows, withheld cells and units, with the margin as the last row.

    A share of None is withheld.
    """
    category = counts.category.label_nb
    headers = {name: _header(counts, name) for name in counts.counts}
    whole = pl.concat([counts.rows, counts.margin])
    rows = whole.select(pl.col("label").alias(category), *_columns(headers, ""))
    withheld = whole.select(*_columns(headers, "withheld_"))
    units = dict.fromkeys(headers.values(), "count")
    if shares is not None:
        margin = [None if None in shares else 100] * counts.margin.height
        percents = pl.Series(words.PERCENT, [*shares, *margin], pl.Int64)
        rows.insert_column(2, percents)
        withheld = withheld.with_columns(percents.is_null())
        units[words.PERCENT] = "percent"
    return rows, withheld, units


def describe(title: str, year: int, bars: Sequence[charts.Bar], previous: int | None = None) -> str:
    """The content of a chart of bars, in words."""
    said = [(f"{bar.heading}: " if bar.heading else "") + f"{bar.label} {bar.text}" for bar in bars]
    years = shown_years(year, previous, bars)
    return figure_words.bars_description(title, year, said, years[1] if years else None)


def shown_years(
    year: int, previous: int | None, bars: Sequence[charts.Bar]
) -> tuple[int, int] | None:
    """The two years in a chart; None when it shows only one."""
    if previous is None or not any(bar.before or bar.before_withheld for bar in bars):
        return None
    return year, previous


def hatched_notes(bars: Sequence[charts.Bar | charts.Target]) -> tuple[str, ...]:
    """Explain the hatched fields, if a number of either year is withheld."""
    hidden = any(bar.withheld or bar.before_withheld for bar in bars)
    return (figure_words.HATCHED,) if hidden else ()


def _with_share(count: str, share: int | None) -> str:
    return count if share is None else f"{count} ({numbers.percent(share)})"


def _header(counts: Breakdown, name: str) -> str:
    if name == PREVIOUS and counts.previous_year is not None:
        return words.number_in(counts.previous_year)
    return words.COUNT if name == TOTAL else words.GENDERS[name]


def _columns(headers: dict[str, str], prefix: str) -> list[pl.Expr]:
    return [pl.col(f"{prefix}{name}").alias(header) for name, header in headers.items()]


def _category(mart: Table, within: str | None) -> Column:
    return mart.column("value" if within else mart.category or mart.dimensions[0])


def _by_category(
    publication: Publication, mart: Table, year: int, within: str | None
) -> pl.DataFrame:
    """One row per category: `total` and each gender, and whether each is withheld.

    Tables are complete, so a count that a category lacks is withheld for privacy.
    """
    category = mart.published_name(_category(mart, within).name)
    cells = publication.table(mart.name, year).rename({category: "code"})
    if within:
        cells = cells.filter(pl.col("breakdown") == within)
    if "gender" not in mart.dimensions:
        cells = cells.with_columns(gender=pl.lit(TOTAL))
    genders = [
        name for name in (TOTAL, *words.GENDERS) if name == TOTAL or (cells["gender"] == name).any()
    ]
    of = {name: pl.col("gender") == name for name in genders}
    return cells.group_by("code", maintain_order=True).agg(
        *(pl.col("n").filter(is_it).first().alias(name) for name, is_it in of.items()),
        *(
            (
                (pl.col("status").filter(is_it) == HIDDEN).any()
                | (pl.lit(publication.protected) & ~is_it.any())
            ).alias(f"withheld_{name}")
            for name, is_it in of.items()
        ),
        (pl.col("gender") != TOTAL).any().alias("is_told_apart"),
    )


def _with_vanished(cells: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Add the categories that only the year before has, with nobody in them."""
    gone = before.join(cells, on="code", how="anti").select("code")
    empty = {name: pl.lit(0).cast(kind) for name, kind in cells.schema.items() if name != "code"}
    return pl.concat([cells, gone.with_columns(**empty).select(cells.columns)])


def _labelled(
    mart: Table, cells: pl.DataFrame, within: str | None, until: date | None
) -> pl.DataFrame:
    """Add label and muted; `until` is the last day that is counted of a year that is not over."""
    category = _category(mart, within).name
    codes = cells["code"].unique().to_list()
    labels = {code: vocabulary().label(mart, category, code, within) for code in codes}
    if until and _ACTIVE in labels:
        labels[_ACTIVE] = figure_words.active_on(until)
    return cells.with_columns(
        pl.col("code").replace_strict(labels, default=None, return_dtype=pl.String).alias("label"),
        pl.col("code").is_in(LAST).alias("muted"),
    )


def _ordered(cells: pl.DataFrame) -> pl.DataFrame:
    """The largest first, withheld ones after the shown ones, LAST at the end."""
    last = {code: place for place, code in enumerate(LAST, 1)}
    return cells.sort(
        pl.col("code").replace_strict(last, default=0, return_dtype=pl.Int64),
        -pl.col(TOTAL),
        pl.Series("alphabet", [alphabet(label) for label in cells["label"]], pl.String),
        nulls_last=True,
        maintain_order=True,
    )


def _in_order(counts: Breakdown) -> Breakdown:
    """Return the same counts with the categories in the vocabulary's order."""
    listed: Sequence[str] = vocabulary().categories(counts.mart, counts.category) or ()
    if counts.within:
        listed = vocabulary().categories_by(counts.mart, counts.category)[counts.within]
    place = {code: i for i, code in enumerate(listed)}
    rows = counts.rows.sort(
        pl.col("code").replace_strict(place, default=len(place), return_dtype=pl.Int64)
    )
    return replace(counts, rows=rows)
