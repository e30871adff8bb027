"""The findings about key figures: each beside the year it is compared with, and what drives it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.vocabulary import TOTAL
from dashboards.figures.breakdown import PREVIOUS, breakdown
from dashboards.figures.findings import chance, finding_words
from dashboards.figures.findings.comparable import breaks_between
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

_TOGETHER = (
    ("referrals", "started"),
    ("planned_exits", "work_exits"),
    ("dropouts", "no_shows"),
)
"""Key figures that are told in one sentence, on whatever page, if nothing is said of a change."""

_MART = "key_figures"
_MOST = 0.5


def of_key_figures(publication: Publication, year: int, names: Sequence[str]) -> list[Finding]:
    """What key figures say; `names` are of finding_words.COUNTED.

    First those that have changed more than by chance, the largest change first; those that are
    comparable and have not, are silent. Then those that have nothing to be compared with, two
    together where _TOGETHER says so. A withheld one is silent.
    """
    changes: list[tuple[int, Finding]] = []
    alone: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        now = _count(publication, year, name)
        if now is None:
            continue
        before, previous = _before(publication, year, name)
        if before is None or previous is None:
            together = next((pair for pair in _TOGETHER if name in pair), (name,))
            alone.setdefault(together, []).append(finding_words.counted(name, now))
        elif chance.has_changed(now, before):
            finding = _changed(publication, name, (previous, before), (year, now))
            changes.append((abs(now - before), finding))
    changes.sort(key=lambda one: -one[0])
    plain = [
        Finding(finding_words.alone(counted, _when(publication, year, together[0])))
        for together, counted in alone.items()
    ]
    return [*(finding for _, finding in changes), *plain]


def not_compared(publication: Publication, year: int) -> tuple[Finding, ...]:
    """Why key figures are not compared with the other year, where a break is between the two."""
    previous = publication.previous(year)
    if previous is None:
        return ()
    why = breaks_between(_MART, year, previous)
    return (Finding(finding_words.not_compared(why, previous, year)),) if why else ()


def _changed(
    publication: Publication, name: str, before: tuple[int, int], now: tuple[int, int]
) -> Finding:
    """A change of a key figure; each is (year, number)."""
    until = publication.part_until(now[0])
    part = finding_words.through(until) if until and name not in _AT_A_TIME else ""
    said = [
        (number, finding_words.in_year(year) if part else _when(publication, year, name))
        for year, number in (before, now)
    ]
    text = finding_words.changed(name, said[0], said[1], part)
    driver = _driver(publication, now[0], name, (before[1], now[1]))
    interval = chance.of_change(now[1], before[1])
    return Finding(
        " ".join(filter(None, (text, driver))), finding_words.change_interval(name, interval)
    )


def _count(publication: Publication, year: int, name: str) -> int | None:
    return measures(publication, _MART, year).count(name, "value")


def _when(publication: Publication, year: int, name: str) -> str:
    say = finding_words.at_end if name in _AT_A_TIME else finding_words.in_year
    return say(year, publication.part_until(year))


def _before(publication: Publication, year: int, name: str) -> tuple[int | None, int | None]:
    """The number of the other year, and that year; None where the two cannot be compared.

    A part of a year is not compared with a whole one, nor a year with one before a break.
    """
    previous = publication.previous(year)
    if previous is None or breaks_between(_MART, year, previous):
        return None, None
    days = [publication.part_until(one) for one in (year, previous)]
    equal = [(day.month, day.day) if day else None for day in days]
    if name not in _AT_A_TIME and equal[0] != equal[1]:
        return None, None
    return _count(publication, previous, name), previous


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
