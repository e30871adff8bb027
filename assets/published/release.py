"""Which vintage of each year the open publication shows: the one that stands, or a new one.

A published year is frozen. A later one of the same year goes out when no number of the records has
changed, or at least as many persons moved as the threshold says, and when nobody who has every
vintage can work out more than the promise allows. Otherwise the one before stands, and the reason
is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from assets.published.audit import audit
from assets.published.protection import protect
from assets.published.vintages import Reason, Release, Rule, Tables, Vintage, all_years
from assets.vocabulary import TOTAL, vocabulary

_LAST = ("gender_split", "key_figures")
_NO_PERSONS = ("savings",)


def release(
    exact: Tables,
    about: Mapping[int, Mapping[str, Any]],
    history: Sequence[Vintage],
    rule: Rule,
    today: date,
) -> Release:
    """Decide what to publish of `exact`, published frames with every number shown.

    `about` says by year what its manifest entry is to say; `history` holds every vintage there is,
    oldest first. Years that `exact` does not hold stand as they are.
    """
    standing = {vintage.year: vintage for vintage in history}
    held_back: dict[int, Reason] = {
        year: Reason.NO_LONGER_WHOLE
        for year in standing
        if year not in exact["gender_split"]["year"]
    }
    anew: dict[int, Reason] = {}
    numbers: dict[int, Tables] = {}
    for year in sorted(exact["gender_split"]["year"].unique().to_list()):
        now, before = _of_year(exact, year), standing.get(year)
        numbers[year] = now
        if before is None:
            anew[year] = Reason.FIRST
            continue
        is_new_rule = before.threshold != rule.threshold or before.exact.keys() != now.keys()
        if _too_few_moved(before, now, rule.threshold):
            held_back[year] = Reason.TOO_FEW_MOVED
            numbers[year] = before.exact
        if is_new_rule:
            anew[year] = Reason.NEW_RULE
        elif year not in held_back and not _same(now, before.exact):
            anew[year] = Reason.CORRECTED
        if before.threshold < rule.threshold:
            # What keeps less than is promised now cannot go on standing.
            del standing[year]
    avoided: set[tuple[str, int]] = set()
    tries = 1
    while True:
        fresh = _fresh(
            numbers,
            about,
            anew,
            history=history,
            standing=standing,
            rule=rule,
            today=today,
            avoided=avoided,
        )
        chosen = {**standing, **{vintage.year: vintage for vintage in fresh}}
        earlier = [vintage for vintage in history if vintage.year in anew]
        broken = _broken(chosen, earlier, rule.threshold) if anew else set()
        if not broken:
            return Release([chosen[year] for year in sorted(chosen)], fresh, held_back, tries)
        tries += 1
        at_fault = {one for one in broken if one[1] in anew and one[0] in exact} - avoided
        # The populations hold up all the other tables, so that they go last.
        at_fault = {one for one in at_fault if one[0] not in _LAST} or at_fault
        if at_fault:
            # The search is no proof: what the audit finds is left out, and the rest tried again.
            avoided |= at_fault
        else:
            worst = max({year for _, year in broken if year in anew} or anew)
            held_back[worst] = Reason.COULD_BE_WORKED_OUT
            del anew[worst]


def persons_moved(before: Tables, now: Tables) -> int:
    """How many persons or records, at the least, count otherwise now than before, in one year.

    Among the categories that add up to one total, those who came to one, or those who left one,
    whichever are more; the total that says most decides.
    """
    moved = 0
    for name, frame in now.items():
        table = vocabulary().table(f"marts.{name}")
        if not table.is_count or name not in before:
            continue
        keys = ["year", *table.dimensions]
        # Somebody may stand on several lines that do not add up, and is still one.
        apart = [one for one in keys if one not in table.margins]
        both = frame.join(before[name], on=keys, how="full", coalesce=True, suffix="_before")
        change = pl.col("n").fill_null(0) - pl.col("n_before").fill_null(0)
        told_apart = [pl.col(margin) != TOTAL for margin in table.margins]
        by_line = (
            both.filter(*told_apart)
            .group_by(apart)
            .agg(
                change.clip(lower_bound=0).sum().alias("came"),
                (-change).clip(lower_bound=0).sum().alias("left"),
            )
        )
        moved = max([moved, *by_line["came"], *by_line["left"]])
    return moved


def _too_few_moved(before: Vintage, now: Tables, threshold: int) -> bool:
    """Whether the numbers have changed for the sake of so few persons that they could be told."""
    about_persons = {name: frame for name, frame in now.items() if name not in _NO_PERSONS}
    if _same(about_persons, before.exact):
        return False
    return persons_moved(before.exact, now) < max(threshold, before.threshold)


def _fresh(
    numbers: Mapping[int, Tables],
    about: Mapping[int, Mapping[str, Any]],
    anew: Mapping[int, Reason],
    *,
    history: Sequence[Vintage],
    standing: Mapping[int, Vintage],
    rule: Rule,
    today: date,
    avoided: Collection[tuple[str, int]],
) -> list[Vintage]:
    """The years `anew` as they would be published now, beside those that stand."""
    if not anew:
        return []
    kept = [vintage for year, vintage in standing.items() if year not in anew]
    made_from = [*(vintage.exact for vintage in kept), *(numbers[year] for year in anew)]
    decided = all_years([vintage.tables for vintage in kept]) if kept else None
    made = protect(
        all_years(made_from), rule.threshold, rule.smallest_base, decided, left_out=avoided
    )
    return [
        Vintage(
            year=year,
            number=sum(vintage.year == year for vintage in history) + 1,
            published_on=today,
            threshold=rule.threshold,
            reason=reason,
            done={name: words[year] for name, words in made.done.items() if words.get(year)},
            tied=year in made.tied_years,
            about=about[year],
            tables=_of_year(made.tables, year),
            exact=numbers[year],
        )
        for year, reason in anew.items()
    ]


def _broken(
    chosen: Mapping[int, Vintage], earlier: Sequence[Vintage], threshold: int
) -> set[tuple[str, int]]:
    """The tables and years in which somebody who has every vintage can work out too much."""
    tables = all_years([chosen[year].tables for year in sorted(chosen)])
    tied = [vintage.year for vintage in chosen.values() if vintage.tied]
    found = list(audit(tables, threshold, tied_years=tied).breaches)
    if earlier:
        strictest = min(threshold, *(vintage.threshold for vintage in earlier))
        before = [vintage.tables for vintage in earlier]
        found += audit(tables, strictest, before, tied_years=tied).breaches
    return {(breach.table, breach.year or max(chosen)) for breach in found}


def _same(now: Tables, before: Tables) -> bool:
    """Whether the tables that both have hold the same numbers."""
    return all(
        frame.sort(frame.columns).equals(before[name].select(frame.columns).sort(frame.columns))
        for name, frame in now.items()
        if name in before
    )


def _of_year(tables: Tables, year: int) -> dict[str, pl.DataFrame]:
    return {name: frame.filter(pl.col("year") == year) for name, frame in tables.items()}
