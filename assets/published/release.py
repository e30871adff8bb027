"""Decides which vintage of each year the open publication shows: the current one, or a new one.

A published year is frozen. A new vintage is published only on two conditions. First, the numbers of
the records are unchanged, or have changed for so many persons that none of them can be singled out.
Second, a reader of all vintages cannot work out more than the promise allows. Otherwise the current
vintage is kept, and the reason is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from assets.disclosure.history import Reason, Release, Rule, Tables, Vintage, all_years
from assets.disclosure.protection import is_printed_otherwise, protect
from assets.published.proof import audited
from assets.vocabulary import SHOWN, TOTAL, vocabulary

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

    `about` holds the manifest entry of each year; `history` holds every vintage there is, oldest
    first. Years that are not in `exact` stay as they are.
    """
    standing = {vintage.year: vintage for vintage in history}
    numbers, anew, held_back = _compared(exact, standing, rule)
    withdrawn = {year for year, vintage in standing.items() if vintage.threshold < rule.threshold}
    avoided: set[tuple[str, int]] = set()
    tries = 1
    while True:
        stands = {year: one for year, one in standing.items() if year not in {*anew, *withdrawn}}
        fresh, too_small = _fresh(
            all_years([numbers[year] for year in sorted(numbers)]) if numbers else exact,
            about,
            anew,
            history=history,
            standing=stands,
            rule=rule,
            today=today,
            avoided=avoided,
        )
        if of_no_use := _of_no_use(fresh, too_small, anew, standing):
            for year in of_no_use:
                held_back[year] = Reason.COULD_BE_WORKED_OUT
                del anew[year]
            continue
        held_back |= dict.fromkeys(too_small, Reason.TOO_SMALL)
        chosen = {**stands, **{vintage.year: vintage for vintage in fresh}}
        earlier = [vintage for vintage in history if vintage.year in anew]
        broken = _broken(chosen, earlier, rule) if anew and chosen else set()
        if not broken:
            return Release([chosen[year] for year in sorted(chosen)], fresh, held_back, tries)
        tries += 1
        at_fault = {one for one in broken if one[1] in anew and one[0] in exact} - avoided
        # All other tables depend on the populations, so leave those out last.
        at_fault = {one for one in at_fault if one[0] not in _LAST} or at_fault
        if at_fault:
            # The protection is heuristic: leave out what the audit finds, and try again.
            avoided |= at_fault
        else:
            worst = max({year for _, year in broken if year in anew} or anew)
            held_back[worst] = Reason.COULD_BE_WORKED_OUT
            del anew[worst]


def _compared(
    exact: Tables, standing: Mapping[int, Vintage], rule: Rule
) -> tuple[dict[int, Tables], dict[int, Reason], dict[int, Reason]]:
    """The numbers of each year, and the years to publish and to hold back, with the reasons."""
    numbers: dict[int, Tables] = {}
    anew: dict[int, Reason] = {}
    held_back = {
        year: Reason.NO_LONGER_WHOLE
        for year in standing
        if year not in exact["gender_split"]["year"]
    }
    for year in sorted(exact["gender_split"]["year"].unique().to_list()):
        now, before = _of_year(exact, year), standing.get(year)
        numbers[year] = now
        if before is None:
            anew[year] = Reason.FIRST
            continue
        is_new_rule = before.threshold != rule.threshold or before.exact.keys() != now.keys()
        is_same = _same(_of_persons(now), before.exact)
        if not is_same and _too_few_moved(before, now, rule.threshold):
            held_back[year] = Reason.TOO_FEW_MOVED
        if is_new_rule:
            anew[year] = Reason.NEW_RULE
            numbers[year] = before.exact if year in held_back else now
        elif year not in held_back and not _same(now, before.exact):
            anew[year] = Reason.CORRECTED
    for year in [*anew]:
        if is_printed_otherwise(_of_persons(numbers[year]), year, rule.threshold):
            held_back[year] = Reason.PRINTED_OTHERWISE
            del anew[year]
    return numbers, anew, held_back


def _of_no_use(
    fresh: Sequence[Vintage],
    too_small: Sequence[int],
    anew: Mapping[int, Reason],
    standing: Mapping[int, Vintage],
) -> set[int]:
    """The years whose correction hides whole populations that the earlier vintage shows."""
    return {
        one.year
        for one in fresh
        if one.reason is Reason.CORRECTED and _shows_less(one, standing[one.year])
    } | {year for year in too_small if anew.get(year) is Reason.CORRECTED}


def persons_moved(before: Tables, now: Tables) -> int:
    """The least number of persons or records that must count differently now, in one year.

    For categories that add up to one total, it is the sum of all increases or of all decreases,
    whichever is greater; the total with the greatest result decides.
    """
    moved = 0
    for name, frame in now.items():
        table = vocabulary().table(f"marts.{name}")
        if not table.is_count or name not in before:
            continue
        keys = ["year", *table.dimensions]
        # Lines that do not add up may count the same person several times: keep them apart.
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
    """Whether the numbers, or one whole population, have changed for too few persons."""
    enough = max(threshold, before.threshold)
    if persons_moved(before.exact, now) < enough:
        return True
    split = now["gender_split"].filter(gender=TOTAL)
    keys = ["year", "population"]
    both = split.join(before.exact["gender_split"].filter(gender=TOTAL), on=keys, suffix="_before")
    moved = (pl.col("n") - pl.col("n_before")).abs()
    return bool(both.select(((moved > 0) & (moved < enough)).any()).item())


def _shows_less(now: Vintage, before: Vintage) -> bool:
    """Whether a whole population that was shown is no longer shown."""
    now_shown, shown = (
        set(one.tables["gender_split"].filter(gender=TOTAL, status=SHOWN)["population"])
        for one in (now, before)
    )
    return not shown <= now_shown


def _fresh(
    exact: Tables,
    about: Mapping[int, Mapping[str, Any]],
    anew: Mapping[int, Reason],
    *,
    history: Sequence[Vintage],
    standing: Mapping[int, Vintage],
    rule: Rule,
    today: date,
    avoided: Collection[tuple[str, int]],
) -> tuple[list[Vintage], Sequence[int]]:
    """New vintages for the years in `anew`, and the years among them that are too small."""
    if not anew:
        return [], ()
    made = protect(
        exact,
        rule.threshold,
        rule.smallest_base,
        history,
        standing,
        left_out=avoided,
        sensitive=rule.sensitive,
    )
    fresh = [
        Vintage(
            year=year,
            number=sum(vintage.year == year for vintage in history) + 1,
            published_on=today,
            threshold=rule.threshold,
            reason=reason,
            done={name: words[year] for name, words in made.done.items() if words.get(year)},
            ties=made.ties[year],
            about=about[year],
            tables=_of_year(made.tables, year),
            exact=_of_year(exact, year),
        )
        for year, reason in anew.items()
        if year not in made.too_small
    ]
    return fresh, made.too_small


def _broken(
    chosen: Mapping[int, Vintage], earlier: Sequence[Vintage], rule: Rule
) -> set[tuple[str, int]]:
    """The tables and years in which a reader of all vintages can work out too much."""
    tables = all_years([chosen[year].tables for year in sorted(chosen)])
    ties = {vintage.year: vintage.ties for vintage in chosen.values()}
    threshold = min([rule.threshold, *(vintage.threshold for vintage in earlier)])
    before = [vintage.tables for vintage in earlier]
    found = audited(tables, threshold, before, ties=ties, sensitive=rule.sensitive).breaches
    return {(breach.table, breach.year or max(chosen)) for breach in found}


def _of_persons(tables: Tables) -> dict[str, pl.DataFrame]:
    return {name: frame for name, frame in tables.items() if name not in _NO_PERSONS}


def _same(now: Tables, before: Tables) -> bool:
    """Whether the tables that are in both hold the same numbers."""
    return all(
        frame.sort(frame.columns).equals(before[name].select(frame.columns).sort(frame.columns))
        for name, frame in now.items()
        if name in before
    )


def _of_year(tables: Tables, year: int) -> dict[str, pl.DataFrame]:
    return {name: frame.filter(pl.col("year") == year) for name, frame in tables.items()}
