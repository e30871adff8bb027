"""The findings about key figures: each beside the year it is compared with, and what drives it."""

from __future__ import annotations

import polars as pl

from assets.vocabulary import TOTAL
from dashboards import words
from dashboards.figures.breakdown import PREVIOUS, breakdown
from dashboards.figures.findings import chance, finding_words
from dashboards.figures.findings.finding import Finding
from dashboards.figures.measures import measures
from dashboards.publication import Publication

_AT_A_TIME = ("active_at_year_end",)
"""The key figures that count persons on a day, not events or persons of a period."""

_DRIVERS = {
    "referrals": "referral_sources",
    "planned_exits": "exit_outcomes",
    "dropouts": "dropout_reasons",
}
"""Key figure -> the mart whose categories divide it."""

_MOST = 0.5


def of_key_figure(publication: Publication, year: int, name: str) -> tuple[Finding, ...]:
    """What a key figure says; `name` is one of finding_words.COUNTED.

    Silent where it is withheld. The other year is named only if it is shown there, and counted for
    as long: a part of a year is not compared with a whole one.
    """
    now = measures(publication, "key_figures", year).count(name, "value")
    if now is None:
        return ()
    counted, when = finding_words.counted(name, now), _when(publication, year, name)
    before, previous = _before(publication, year, name)
    if before is None or previous is None:
        return (Finding(finding_words.alone(counted, when)),)
    when_before = _when(publication, previous, name)
    if now == before:
        return (Finding(finding_words.unchanged(counted, when, when_before)),)
    interval = finding_words.change_interval(chance.of_change(now, before))
    if not chance.has_changed(now, before):
        text = finding_words.beside(counted, when, before, when_before)
        return (Finding(text, interval),)
    text = finding_words.changed(name, (before, when_before), (now, when))
    driver = _driver(publication, year, name, (before, now))
    return (Finding(" ".join(filter(None, (text, driver))), interval),)


def _when(publication: Publication, year: int, name: str) -> str:
    until = publication.part_until(year)
    say = finding_words.at_end if name in _AT_A_TIME else finding_words.in_year
    return say(year, words.day(until) if until else "")


def _before(publication: Publication, year: int, name: str) -> tuple[int | None, int | None]:
    """The number of the other year, and that year; None where the two cannot be compared."""
    previous = publication.previous(year)
    if previous is None:
        return None, None
    days = [publication.part_until(one) for one in (year, previous)]
    equal = [(day.month, day.day) if day else None for day in days]
    if name not in _AT_A_TIME and equal[0] != equal[1]:
        return None, None
    return measures(publication, "key_figures", previous).count(name, "value"), previous


def _driver(publication: Publication, year: int, name: str, whole: tuple[int, int]) -> str:
    """The category that makes at least half of a change, if it too changed more than by chance.

    Silent where a category of either year is withheld, or the categories do not add up.
    """
    mart = _DRIVERS.get(name, "")
    if not mart or not publication.holds(mart):
        return ""
    rows = breakdown(publication, mart, year).rows
    hidden = rows.select(pl.col("^withheld_(total|previous)$").any())
    if PREVIOUS not in rows.columns or True in hidden.row(0):
        return ""
    return _largest_move(rows, whole)


def _largest_move(rows: pl.DataFrame, whole: tuple[int, int]) -> str:
    if (rows[PREVIOUS].sum(), rows[TOTAL].sum()) != whole:
        return ""
    ups = whole[1] > whole[0]
    moved = (
        rows.filter(~pl.col("muted"))
        .with_columns(move=pl.col(TOTAL) - pl.col(PREVIOUS))
        .sort("move", descending=ups, maintain_order=True)
        .select("label", PREVIOUS, TOTAL)
        .rows()
    )
    if not moved:
        return ""
    label, before, now = moved[0]
    enough = abs(now - before) >= _MOST * abs(whole[1] - whole[0]) and (now > before) == ups
    if not enough or not chance.has_changed(now, before, compared=len(moved)):
        return ""
    return finding_words.driven_by(label, (before, now), whole)
