"""Figures of targets and what was reached: results, and benefits."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import Code, vocabulary
from dashboards import numbers, words
from dashboards.figures import charts, figure_words
from dashboards.figures.breakdown import absence_notes, hatched_notes, nothing
from dashboards.figures.figure import Figure, write
from dashboards.figures.findings.finding import Finding
from dashboards.figures.findings.targets import benefit_finding, target_finding
from dashboards.figures.measures import Measures, measures
from dashboards.publication import Publication


def target_attainment(publication: Publication, year: int) -> Figure:
    """The share reached of each target, the target share, and whether the target is reached."""
    entries = vocabulary().code_list("target").codes
    return _figure(publication, "target_attainment", year, entries, judged=True)


def benefit_target(publication: Publication, year: int) -> Figure:
    """Referrals by benefit, and the target share: how they should be divided."""
    entries = [
        entry
        for entry in vocabulary().code_list("benefit").codes
        if entry.attributes["target_share"]
    ]
    return _figure(publication, "benefit_target", year, entries, judged=False)


def _figure(
    publication: Publication, name: str, year: int, entries: Sequence[Code], *, judged: bool
) -> Figure:
    """One row for each target of `entries`; if `judged`, with whether it is reached."""
    values = measures(publication, name, year)
    codes = [entry.code for entry in entries]
    previous = publication.beside(name, year)
    before = measures(publication, name, previous) if previous else None
    is_absent = not values.cells or all(values.shown(code, "base") == 0 for code in codes)
    was_absent = before is None or not any(before.shown(code, "base") for code in codes)
    if is_absent and (publication.protected or was_absent):
        return nothing(publication, values.mart, year)
    goals = [_goal(values, entry) for entry in entries]
    verdicts = [_verdict(values, code, goal) for code, goal in zip(codes, goals, strict=True)]
    texts = [
        _text(values, entry, goal, verdict if judged else "")
        for entry, goal, verdict in zip(entries, goals, verdicts, strict=True)
    ]
    labels = [entry.label_nb for entry in entries]
    drawn = [
        charts.Target(
            label,
            text,
            values.shown(code, "actual_share"),
            goal,
            before=before.shown(code, "actual_share") if before else None,
            before_withheld=before is not None and before.withheld(code, "actual_share"),
            withheld=values.withheld(code, "actual_share"),
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
            headers["actual_share"]: pl.Series(
                [percent_reached(values, entry) for entry in entries], dtype=pl.Float64
            ),
            goal_header: [numbers.half_up(goal) for goal in goals],
        }
    )
    if judged:
        rows = rows.with_columns(pl.Series(figure_words.IS_REACHED, verdicts))
    units = {
        headers["n"]: "count",
        headers["base"]: "count",
        headers["actual_share"]: "percent",
        goal_header: "percent",
    }
    withheld = values.withheld_frame(codes, headers)
    if before:
        header = words.in_year(words.PERCENT, before.year)
        rows = rows.with_columns(
            pl.Series(header, [percent_reached(before, entry) for entry in entries], pl.Float64)
        )
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
        picture_notes=(figure_words.TARGET_NOTE, *hatched_notes(drawn)),
        notes=absence_notes(publication, values.mart, year, is_absent),
        findings=tuple(
            finding
            for entry, goal in zip(entries, goals, strict=True)
            for finding in _said(publication, values, before, entry, goal, judged=judged)
        ),
    )


def _said(
    publication: Publication,
    values: Measures,
    before: Measures | None,
    target: Code,
    goal: float,
    *,
    judged: bool,
) -> tuple[Finding, ...]:
    percent, base = write(percent_reached(values, target), "percent"), publication.smallest_base
    if not judged:
        return benefit_finding(values, target.code, target.label_nb, goal, percent, base)
    return target_finding(
        values,
        target.code,
        goal,
        percent,
        before=before,
        until=publication.part_until(values.year),
        smallest_base=base,
    )


_REACHED = {"target_attainment": figure_words.NUMBER_REACHED, "benefit_target": words.COUNT}


def _goal(values: Measures, target: Code) -> float:
    """The target as published; the vocabulary's target if its row is withheld."""
    published = values.shown(target.code, "target_share")
    return float(target.attributes["target_share"]) if published is None else published


def _verdict(values: Measures, target: str, goal: float) -> str:
    """Whether the unrounded share is as high as the target, in words."""
    share = values.shown(target, "actual_share")
    if share is None:
        return write(None, "percent", values.withheld(target, "actual_share"))
    return figure_words.REACHED if share >= goal else figure_words.NOT_REACHED


def _text(values: Measures, target: Code, goal: float, verdict: str) -> str:
    goal_text = numbers.percent(numbers.half_up(goal))
    percent = percent_reached(values, target)
    reached = write(percent, "percent", values.withheld(target.code, "actual_share"))
    if percent is None:
        return figure_words.attained(reached, goal_text)
    said = figure_words.attained(reached, goal_text, verdict)
    counts = (values.text(target.code, name, "count") for name in ("n", "base"))
    return f"{figure_words.number_of(*counts)}, {said}"


def percent_reached(values: Measures, target: Code) -> float | None:
    """Return the share as whole percent; with a decimal if it rounds up to a target above it."""
    share = values.shown(target.code, "actual_share")
    return None if share is None else numbers.percent_of_target(share, _goal(values, target))
