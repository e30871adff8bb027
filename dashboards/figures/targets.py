"""Figures of targets and what was reached: results, and benefits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from assets.vocabulary import Code, vocabulary
from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import breakdown, grey_notes, nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.measures import Measures, measures
from dashboards.figures.results import group_percents
from dashboards.publication import Publication


def target_attainment(publication: Publication, year: int) -> Figure:
    """The share reached of each target, and the target share.

    The percentage is the sum of the outcome groups' percentages in `exit_outcomes`, so that the
    same persons never have two percentages side by side; if those are not shown, `actual_share`
    is rounded by itself.
    """
    entries = vocabulary().code_list("target").codes
    return _figure(
        publication,
        "target_attainment",
        year,
        entries,
        {of: _by_group(publication, of) for of in _years(publication, "target_attainment", year)},
    )


def benefit_target(publication: Publication, year: int) -> Figure:
    """Referrals by benefit, and the target share.

    The percentage is the one in `referral_benefits`, where the parts are rounded together.
    """
    entries = [
        entry
        for entry in vocabulary().code_list("benefit").codes
        if entry.attributes["target_share"]
    ]
    return _figure(
        publication,
        "benefit_target",
        year,
        entries,
        {of: _by_benefit(publication, of) for of in _years(publication, "benefit_target", year)},
    )


def _figure(
    publication: Publication,
    name: str,
    year: int,
    entries: Sequence[Code],
    rounded: Mapping[int, Mapping[str, int]],
) -> Figure:
    """One row for each target of `entries`; `rounded` holds, by year, percent made elsewhere."""
    values = measures(publication, name, year)
    codes = [entry.code for entry in entries]
    if not values.cells or all(values.shown(code, "base") == 0 for code in codes):
        return nothing(publication, values.mart, year)
    by_year = {
        of: [_percent(measures(publication, name, of), code, percents) for code in codes]
        for of, percents in rounded.items()
    }
    percents = by_year[year]
    goals = [_goal(values, entry) for entry in entries]
    texts = [
        _text(values, code, percent, goal)
        for code, percent, goal in zip(codes, percents, goals, strict=True)
    ]
    labels = [entry.label_nb for entry in entries]
    previous = next((of for of in rounded if of != year), None)
    before = measures(publication, name, previous) if previous else None
    drawn = [
        charts.Target(
            label,
            text,
            values.shown(code, "actual_share"),
            goal,
            before=before.shown(code, "actual_share") if before else None,
            before_withheld=before is not None and before.withheld(code, "actual_share"),
        )
        for code, label, text, goal in zip(codes, labels, texts, goals, strict=True)
    ]
    years = (year, previous) if previous else None
    headers = {"n": _REACHED[name], "base": figure_words.OF, "actual_share": words.PERCENT}
    goal_header = values.mart.column("target_share").label_nb
    rows = pl.DataFrame(
        {
            values.mart.column(values.mart.dimensions[0]).label_nb: labels,
            headers["n"]: [values.count(code, "n") for code in codes],
            headers["base"]: [values.count(code, "base") for code in codes],
            headers["actual_share"]: percents,
            goal_header: [numbers.half_up(goal) for goal in goals],
        }
    )
    units = {
        headers["n"]: "count",
        headers["base"]: "count",
        headers["actual_share"]: "percent",
        goal_header: "percent",
    }
    withheld = values.withheld_frame(codes, headers)
    if before:
        header = words.in_year(words.PERCENT, before.year)
        rows = rows.with_columns(pl.Series(header, by_year[before.year], pl.Int64))
        withheld = withheld.with_columns(
            pl.Series(header, [before.withheld(code, "actual_share") for code in codes])
        )
        units[header] = "percent"
    return Figure(
        id=name,
        title=values.mart.label_nb,
        definition=values.mart.definition_nb,
        rows=rows,
        units=units,
        withheld=withheld,
        chart=charts.targets(drawn, years=years),
        description=figure_words.target_description(
            values.mart.label_nb,
            year,
            [f"{label} {text}" for label, text in zip(labels, texts, strict=True)],
            previous,
        ),
        picture_notes=(figure_words.TARGET_NOTE, *grey_notes(years, drawn)),
    )


_REACHED = {"target_attainment": figure_words.NUMBER_REACHED, "benefit_target": words.COUNT}


def _years(publication: Publication, name: str, year: int) -> tuple[int, ...]:
    previous = publication.beside(name, year)
    return (year,) if previous is None else (year, previous)


def _by_group(publication: Publication, year: int) -> dict[str, int]:
    """Target -> whole percent, as the sum of its outcome groups; empty if those have none."""
    groups = group_percents(publication, year)
    if not groups:
        return {}
    listed = vocabulary().code_list("outcome_group").codes
    return {
        target: sum(groups.get(g.code, 0) for g in listed if g.attributes["target"] == target)
        for target in vocabulary().code_list("target").names
    }


def _by_benefit(publication: Publication, year: int) -> dict[str, int]:
    """Benefit -> whole percent as the figure of benefits shows it; empty if it shows none."""
    counts = breakdown(publication, "referral_benefits", year)
    shares = zip(counts.rows["code"], counts.percents(), strict=True)
    return {benefit: share for benefit, share in shares if share is not None}


def _goal(values: Measures, target: Code) -> float:
    """The target as published; the vocabulary's target if its row is withheld."""
    published = values.shown(target.code, "target_share")
    return float(target.attributes["target_share"]) if published is None else published


def _text(values: Measures, target: str, percent: int | None, goal: float) -> str:
    withheld = values.withheld(target, "actual_share")
    reached = write(percent, "percent", withheld)
    share = figure_words.attained(reached, numbers.percent(numbers.half_up(goal)))
    if withheld:
        return share
    counts = (values.text(target, name, "count") for name in ("n", "base"))
    return f"{figure_words.number_of(*counts)}, {share}"


def _percent(values: Measures, target: str, rounded: Mapping[str, int]) -> int | None:
    if values.withheld(target, "actual_share"):
        return None
    if target in rounded:
        return rounded[target]
    share = values.shown(target, "actual_share")
    return None if share is None else numbers.half_up(share)
