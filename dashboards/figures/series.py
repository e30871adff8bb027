"""Figures over all years that are published, up to the year of the page: the long view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assets.vocabulary import TOTAL, Code, Table, vocabulary
from dashboards import numbers, outline, words
from dashboards.figures import figure_words, series_charts, series_words
from dashboards.figures.breakdown import LAST, absent, breakdown
from dashboards.figures.figure import Figure, write
from dashboards.figures.measures import Measures, completed, measures
from dashboards.figures.results import outcome_groups
from dashboards.figures.targets import percent_reached
from dashboards.figures.work import followed_up
from dashboards.publication import Publication

_DRAWN = 8
"""So many categories are drawn; named measures all are."""

_LAST = {code: place for place, code in enumerate((*LAST, TOTAL), 1)}
"""The categories that stand last, in this order."""

_EVENTS = {
    outline.LOST: (series_words.LOST, ("dropouts", "no_shows")),
    outline.FLOW: (series_words.FLOW, ("started", "planned_exits", "dropouts")),
}
"""Series of some key figures, which count the same kind of event -> its title, and these."""

_MEASURED = {
    "time_in_programme": ("median_days", "decimal"),
    "group_sessions": ("attended", "count"),
    "staffing": ("headcount", "count"),
}
"""Mart by category -> the measure that is shown over the years, and its unit."""

_WHOLE = {"job_retention": "count", "counsellor_caseload": "decimal", "savings": "nok"}
"""Mart without categories -> the unit of its measures, all of which are shown."""

_OWN_SCALES = ("key_figures", "counsellor_caseload")
"""Series of different measures, whose heights cannot be compared."""

_TARGETS = {"target_attainment": "target", "benefit_target": "benefit"}
_STAYS = (6, 12, 18, 24)
_NOT_COMPARED = ("activity_status", "partner_projects", "quarterly_flow", "survey_response")
"""Marts whose categories are of a month or a quarter, or have names of their own each year."""


@dataclass(frozen=True)
class _Row:
    """One measure or category over the years; `of` is the group that it belongs to."""

    label: str
    values: tuple[float | None, ...]
    withheld: tuple[bool, ...]
    of: str = ""
    is_total: bool = False


def series_figures(publication: Publication, year: int) -> tuple[Figure, ...]:
    """Return a figure over the years for each figure of a year that can be compared over them.

    `publication` is the part that a page of `year` is made from. There is none before there are two
    years. Key figures come first, then the figures in the order of a year's page.
    """
    whole = publication.over_the_years()
    years = tuple(one for one in whole.years if one <= year)
    if len(years) < 2:
        return ()
    named = (name for listed in outline.SECTIONS.values() for name in listed)
    made = (
        _key_figures(whole, years, "key_figures", "", _of_unit(whole, "count")),
        _key_figures(whole, years, outline.SHARES, series_words.SHARES, _of_unit(whole, "share")),
        *(_key_figures(whole, years, name, *listed) for name, listed in _EVENTS.items()),
        *(_series(whole, years, name) for name in named),
    )
    return tuple(figure for figure in made if figure is not None)


def _series(whole: Publication, years: Sequence[int], name: str) -> Figure | None:
    mart, _ = outline.FIGURES[name]
    if name != mart.name or not whole.holds(name) or name in _NOT_COMPARED:
        return None
    return _without_gaps(whole, years, mart, lambda left: _made(whole, left, mart))


def _without_gaps(
    whole: Publication,
    years: Sequence[int],
    mart: Table,
    make: Callable[[Sequence[int]], Figure | None],
    name: str = "",
    title: str = "",
) -> Figure | None:
    """Make a series of the years of which the mart is shown; the figure names the others."""
    gaps = [year for year in years if whole.leaves_out(mart.name, year)]
    if years[-1] in gaps:
        return Figure(
            id=outline.by_year(name or mart.name),
            title=series_words.title(title or mart.label_nb, mart.name),
            definition=series_words.DEFINITION,
            empty=words.left_out(years[-1]),
            every_year=True,
        )
    left = [year for year in years if year not in gaps]
    made = make(left) if len(left) > 1 else None
    if made is None or not gaps:
        return made
    return replace(made, notes=(*made.notes, *map(words.left_out, gaps)))


def _made(whole: Publication, years: Sequence[int], mart: Table) -> Figure | None:
    name = mart.name
    if mart.is_count:
        rows = [row for within in _withins(mart) for row in _counts(whole, years, mart, within)]
        return _figure(whole, years, mart, rows, "count", is_named=False)
    values = [measures(whole, name, year) for year in years]
    if name == "caseload":
        return _months(whole, mart, values)
    if name in _TARGETS:
        listed = [
            code for code in vocabulary().code_list(_TARGETS[name]).codes
            if code.attributes["target_share"]
        ]  # fmt: skip
        rows, unit = [_target(values, code) for code in listed], "percent"
    elif name in _MEASURED:
        measure, unit = _MEASURED[name]
        rows = _of_categories(completed(whole, values), mart, measure)
    elif name in _WHOLE:
        unit = _WHOLE[name]
        if name == "job_retention":
            values = [followed_up(whole, year) for year in years]
        rows = [_row(values, mart.column(of).label_nb, "", of) for of in mart.measures]
        # A measure may be of another audience.
        rows = [
            row for row in rows if any(row.withheld) or any(of is not None for of in row.values)
        ]
    elif name == "still_in_programme":
        unit = "percent"
        rows = [
            _shares(values, figure_words.months(month), str(month), "remaining_share")
            for month in _STAYS
        ]
    else:
        return None
    return _figure(whole, years, mart, rows, unit, is_named=unit != "count" or name in _WHOLE)


def _of_unit(whole: Publication, unit: str) -> list[str]:
    """The key figures of one unit that any year has."""
    listed = vocabulary().code_list("key_figure")
    return [name for name in whole.key_figures if listed[name].attributes["unit"] == unit]


def _key_figures(
    whole: Publication, years: Sequence[int], name: str, title: str, wanted: Sequence[str]
) -> Figure | None:
    """The key figures `wanted`, all of one unit; `title` is theirs, or empty for the mart's."""
    mart = vocabulary().table("marts.key_figures")
    listed = vocabulary().code_list("key_figure")
    codes = [listed[code] for code in wanted if code in whole.key_figures]
    is_share = name == outline.SHARES
    make_row, written = (_shares, "percent") if is_share else (_row, "count")

    def make(left: Sequence[int]) -> Figure | None:
        values = [measures(whole, mart.name, year) for year in left]
        rows = [make_row(values, code.label_nb, code.code, "value") for code in codes]
        return _figure(whole, left, mart, rows, written, name=name, title=title)

    return _without_gaps(whole, years, mart, make, name, title)


# --- Rows -----------------------------------------------------------------------------------


def _row(values: Sequence[Measures], label: str, category: str, measure: str) -> _Row:
    return _Row(
        label,
        tuple(of.shown(category, measure) for of in values),
        tuple(of.withheld(category, measure) for of in values),
    )


def _shares(values: Sequence[Measures], label: str, category: str, measure: str) -> _Row:
    """A row of shares, as whole percent."""
    row = _row(values, label, category, measure)
    percents = (None if share is None else numbers.half_up(share) for share in row.values)
    return _Row(label, tuple(percents), row.withheld)


def _target(values: Sequence[Measures], code: Code) -> _Row:
    row = _row(values, code.label_nb, code.code, "actual_share")
    return _Row(code.label_nb, tuple(percent_reached(of, code) for of in values), row.withheld)


def _of_categories(values: Sequence[Measures], mart: Table, measure: str) -> list[_Row]:
    """One measure of each category that any year has: the vocabulary's order, _LAST last."""
    dimension = mart.column(mart.dimensions[0])
    found = {category for of in values for category, _ in of.cells}
    return [
        _row(values, vocabulary().label(mart, dimension.name, category), category, measure)
        for category in _ordered(vocabulary().categories(mart, dimension) or ())
        if category in found
    ]


def _ordered(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=lambda code: _LAST.get(code, 0))


def _withins(mart: Table) -> tuple[str | None, ...]:
    """The breakdowns of a mart with several; None for the only one of another."""
    if "breakdown" not in mart.dimensions:
        return (None,)
    return vocabulary().code_list(mart.column("breakdown").codes or "").names


def _counts(
    whole: Publication, years: Sequence[int], mart: Table, within: str | None
) -> list[_Row]:
    """The total of each category that any year has: in the order of the last year, _LAST last."""
    listed = [_counted(whole, mart, year, within) for year in years]
    labels = {code: row[0] for counts in reversed(listed) for code, row in counts.items()}
    ordered = _ordered(labels)
    by = vocabulary().code_list(mart.column("breakdown").codes or "") if within else None
    cells = {
        code: [
            counts[code][1:]
            if code in counts
            else absent(whole, mart.name, year, code, lists_none=not counts)
            for year, counts in zip(years, listed, strict=True)
        ]
        for code in ordered
    }
    return [
        _Row(
            labels[code],
            tuple(value for value, _ in cells[code]),
            tuple(hidden for _, hidden in cells[code]),
            of=by[within].label_nb if by and within else "",
            is_total=code == TOTAL,
        )
        for code in ordered
        if any(value or hidden for value, hidden in cells[code])
    ]


_Counted = Mapping[str, tuple[str, int | None, bool]]
"""Code -> label, count, and whether it is withheld."""


def _counted(whole: Publication, mart: Table, year: int, within: str | None) -> _Counted:
    if mart.name == "exit_outcomes":
        counts = outcome_groups(whole, year)
    else:
        counts = breakdown(whole, mart.name, year, within)
    columns = ("code", "label", TOTAL, "withheld_total")
    both = [*counts.rows.select(columns).rows(), *counts.margin.select(columns).rows()]
    return {code: (label, count, hidden) for code, label, count, hidden in both}


# --- Figures --------------------------------------------------------------------------------


def _figure(
    whole: Publication,
    years: Sequence[int],
    mart: Table,
    rows: Sequence[_Row],
    unit: str,
    *,
    name: str = "",
    title: str = "",
    is_named: bool = True,
) -> Figure | None:
    """A row for each measure or category, a column for each year; None where nothing is known.

    All of measures that have names of their own (`is_named`) are drawn, and the largest categories.
    """
    of = title or mart.label_nb
    if whole.part_until(years[-1]):
        rows = [replace(row, label=series_words.of_a_part(row.label)) for row in rows]
    headers = [series_words.column(year, whole.part_until(year)) for year in years]
    drawn = _drawn(rows, is_named=is_named)
    one_scale = (name or mart.name) not in _OWN_SCALES
    breaks = [
        (years.index(one.year), one.why_nb)
        for one in vocabulary().breaks_of(mart.name)
        if one.year in years[1:]
    ]
    panels = [_panel(rows[i], unit) for i in drawn]
    scale = series_words.scale(is_one=one_scale) if len(panels) > 1 else ""
    chart = series_charts.panels(
        panels, headers, [place for place, _ in breaks], one_scale=one_scale, heading=scale
    )
    if chart is None:
        return None
    small = len(drawn) < sum(not row.is_total for row in rows)
    return Figure(
        id=outline.by_year(name or mart.name),
        title=series_words.title(of, mart.name),
        definition=series_words.DEFINITION,
        every_year=True,
        rows=_frame(rows, headers, unit),
        units=dict.fromkeys(headers, unit),
        withheld=pl.DataFrame(
            {header: [row.withheld[i] for row in rows] for i, header in enumerate(headers)}
        ),
        chart=chart,
        drawn_rows=drawn,
        description=series_words.description(
            of, headers, [f"{panel.label} {', '.join(panel.texts)}" for panel in panels]
        ),
        picture_notes=(
            *(series_words.BROKEN.format(why) for _, why in breaks),
            *((series_words.largest(len(drawn)),) if small else ()),
        ),
    )


def _drawn(rows: Sequence[_Row], *, is_named: bool) -> tuple[int, ...]:
    """The places of the rows that are drawn, in their order.

    Categories are ranked by their largest number of any year; one that is withheld has no rank.
    """
    parts = [i for i, row in enumerate(rows) if not row.is_total]
    if is_named:
        return tuple(parts)

    def largest(place: int) -> float:
        return max((value for value in rows[place].values if value is not None), default=-1)

    return tuple(sorted(sorted(parts, key=largest, reverse=True)[:_DRAWN]))


def _panel(row: _Row, unit: str) -> series_charts.Panel:
    texts = [
        write(value, unit, hidden) for value, hidden in zip(row.values, row.withheld, strict=True)
    ]
    label = f"{row.of}: {row.label}" if row.of else row.label
    return series_charts.Panel(label, row.values, texts)


def _frame(rows: Sequence[_Row], headers: Sequence[str], unit: str) -> pl.DataFrame:
    kind = pl.Int64 if unit == "count" else pl.Float64
    groups = {series_words.GROUP: [row.of for row in rows]} if any(row.of for row in rows) else {}
    columns = {
        header: pl.Series([row.values[i] for row in rows], dtype=pl.Float64).cast(kind)
        for i, header in enumerate(headers)
    }
    return pl.DataFrame({**groups, series_words.ITEM: [row.label for row in rows], **columns})


def _months(whole: Publication, mart: Table, values: Sequence[Measures]) -> Figure | None:
    """Active participants month by month: a small chart for each year, a column in the table."""
    keys = [str(month) for month in range(1, len(words.MONTHS) + 1)]
    cells = {
        series_words.column(of.year, whole.part_until(of.year)): _Row(
            str(of.year),
            tuple(of.shown(key, "active") for key in keys),
            tuple(of.withheld(key, "active") for key in keys),
        )
        for of in values
    }
    panels = [_panel(row, "count") for row in cells.values()]
    scale = series_words.scale(is_one=True)
    chart = series_charts.panels(
        panels, figure_words.MONTHS_SHORT, [], one_scale=True, heading=scale
    )
    if chart is None:
        return None
    return Figure(
        id=outline.by_year(mart.name),
        title=series_words.title(mart.label_nb, mart.name),
        definition=series_words.DEFINITION,
        every_year=True,
        rows=pl.DataFrame({mart.column("month").label_nb: list(words.MONTHS)}).with_columns(
            pl.Series(header, row.values, pl.Float64).cast(pl.Int64)
            for header, row in cells.items()
        ),
        units=dict.fromkeys(cells, "count"),
        withheld=pl.DataFrame({header: row.withheld for header, row in cells.items()}),
        chart=chart,
        description=series_words.description(
            mart.label_nb,
            list(cells),
            [f"{panel.label}: {', '.join(panel.texts)}" for panel in panels],
        ),
    )
