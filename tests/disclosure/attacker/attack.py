"""The numbers that a reader with every open folder can work out, and the faults of the folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.disclosure.attacker import printed
from tests.disclosure.attacker.checks import broken, one_category
from tests.disclosure.attacker.editions import Published, read
from tests.disclosure.attacker.findings import Finding
from tests.disclosure.attacker.groups import (
    Group,
    Judged,
    differences,
    groups,
    others_with_an_activity,
    waiting,
)
from tests.disclosure.attacker.judge import UNDECIDED, Interval, Judge, verdict
from tests.disclosure.attacker.relations import known
from tests.disclosure.attacker.system import ImpossibleError, Solved, System
from tests.disclosure.attacker.years import Assumed, Year, years_of

__all__ = ["Finding", "Findings", "attack", "judged"]


@dataclass(frozen=True)
class Findings:
    """Every finding, and the count of numbers that could not be decided in time."""

    lines: Sequence[Finding]
    judged: int = 0
    undecided: int = 0
    untrue: Sequence[str] = field(default_factory=tuple)

    def counts(self) -> dict[str, int]:
        """Return the number of findings of each kind."""
        return dict(sorted(Counter(one.kind for one in self.lines).items()))


@dataclass(frozen=True)
class Worked:
    """All groups with the interval proven for each; none if no numbers fit.

    `untrue` are the assumptions that had to be dropped, `contradicted` the rule that does not hold,
    `disbelieved` the printed figures that do not.
    """

    groups: Sequence[Group]
    intervals: Sequence[Interval]
    untrue: Sequence[str]
    solved: Solved | None
    contradicted: str = ""
    disbelieved: frozenset[str] = frozenset()


_LADDER = (
    (Assumed(), True),
    (Assumed(nobody_before=False), True),
    (Assumed(), False),
    (Assumed(nobody_before=False), False),
    (Assumed(nobody_before=False, ties=False), False),
    (Assumed(nobody_before=False, ties=False, rules=False), False),
)
"""Assumptions, and whether the reports are believed: fewer and fewer, until some numbers fit."""


def attack(folders: Sequence[Path], enough: int | None = None, guess: bool = False) -> Findings:
    """Attack a publication that was published as these folders, one after the other.

    The search stops after `enough` numbers that can be worked out; by default it finds all.
    With `guess` more is assumed, which may be false: see Assumed.months.
    """
    published = read(folders)
    years = years_of(published)
    lines = list(broken(published, years))
    worked = judged(published, years, enough, guess)
    if worked.contradicted:
        lines.append(Finding("impossible", "", 0, worked.contradicted))
    threshold = published.rule.threshold
    every = dict.fromkeys(lines)
    every.update(dict.fromkeys(one_category(years, worked.groups, worked.intervals)))
    verdicts = [
        verdict(group.judged, interval, threshold)
        for group, interval in zip(worked.groups, worked.intervals, strict=True)
    ]
    suspects = [place for place, kind in enumerate(verdicts) if kind not in ("", UNDECIDED)]
    told = _told_by_reports(published, years, worked, suspects)
    for place in suspects:
        group = worked.groups[place]
        if place not in told:
            every[Finding(verdicts[place], group.table, group.year, group.name)] = None
    undecided = verdicts.count(UNDECIDED)
    return Findings(list(every), len(worked.groups), undecided, worked.untrue)


def judged(
    published: Published, years: Sequence[Year], enough: int | None = None, guess: bool = False
) -> Worked:
    """Return every group with its interval."""
    untrue: list[str] = []
    contradicted = ""
    guesses = ((Assumed(months=True), True),) if guess else ()
    rungs = [*guesses, *_LADDER]
    disbelieved: set[str] = set()
    while rungs:
        assumed, believed = rungs[0]
        system = known(published, years, assumed)
        for year in years:
            printed.learn_numbers(system, year)
        if believed:
            for year in years:
                printed.learn(system, year, disbelieved)
        every = list(_groups(published, years, system))
        try:
            solved = Solved(system)
            judge = Judge(solved, every, published.rule.threshold)
            intervals = judge.intervals(enough)
        except ImpossibleError as error:
            untrue.append(f"{assumed}, reports {believed}: {error}")
            if believed and str(error).startswith("printed: ") and str(error) not in disbelieved:
                # The records have changed since; the other figures may still agree with them.
                disbelieved.add(str(error))
                continue
            rungs.pop(0)
            contradicted = str(error) if assumed.nobody_before or assumed.ties else contradicted
            continue
        # It is no fault if somebody was there before, or if the reports do not agree.
        told = "" if assumed.ties else contradicted
        return Worked(every, intervals, untrue, solved, told, frozenset(disbelieved))
    return Worked((), (), untrue, None, contradicted)


def _groups(published: Published, years: Sequence[Year], system: System) -> Iterator[Group]:
    by_year: dict[int, list[list[Group]]] = {}
    for year in years:
        found = list(groups(year, system.columns))
        if year.edition in published.first:
            found += others_with_an_activity(year, system.columns)
        by_year.setdefault(year.edition.year, []).append(found)
        yield from found
        yield from (
            group
            for group in printed.moved(year)
            if all(key in system.columns for key in group.terms)
        )
    for editions in by_year.values():
        yield from differences(editions)
    by_edition = {id(year.edition): year for year in years}
    for before, after in published.waiting:
        for group in waiting(by_edition[id(before)], by_edition[id(after)]):
            if all(key in system.columns for key in group.terms):
                yield group


def _told_by_reports(
    published: Published, years: Sequence[Year], worked: Worked, suspects: Sequence[int]
) -> set[int]:
    """Return the `suspects` that are as certain to a reader who has only the printed reports.

    Also included are large numbers whose uncertain part is that of such a group, and other names of
    the same number, which differ from it by 0.
    """
    if not suspects or not any(printed.agreed(year) for year in years):
        return set()
    system = known(published, years, Assumed(nobody_before=False, ties=False, shown=False))
    for year in years:
        printed.learn_numbers(system, year)
        printed.learn(system, year, worked.disbelieved)
    groups = [worked.groups[place] for place in suspects]
    before = Judge(Solved(system), groups, published.rule.threshold).intervals()
    told = {
        place
        for place, interval in zip(suspects, before, strict=True)
        if (
            interval.low >= worked.intervals[place].low
            and interval.high <= worked.intervals[place].high
        )
        or _is_all_of_it(worked, place, interval)
    }
    open_parts = {_open_part(worked, place) for place in told} - {()}
    same = {(_open_part(worked, place), worked.intervals[place]) for place in told}
    for place in suspects:
        interval, part = worked.intervals[place], _open_part(worked, place)
        large = interval.low >= published.rule.threshold
        if (large and part in open_parts) or (part, interval) in same:
            told.add(place)
    return told


def _is_all_of_it(worked: Worked, place: int, printed_alone: Interval) -> bool:
    """Whether a group is the whole of a printed number, because it leaves out nobody."""
    group, interval = worked.groups[place], worked.intervals[place]
    is_together = group.judged is Judged.UNION or ": all less " in group.name
    return is_together and interval.low == interval.high == printed_alone.high


def _open_part(worked: Worked, place: int) -> tuple[tuple[int, float], ...]:
    """Return the uncertain part of a group, the same for a sum and for its complement."""
    assert worked.solved is not None
    _, left = worked.solved.constant(worked.groups[place].terms)
    terms = sorted(left.items())
    sign = -1 if terms and terms[0][1] < 0 else 1
    return tuple((column, sign * each) for column, each in terms)
