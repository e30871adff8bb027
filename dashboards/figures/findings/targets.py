"""The findings about targets: whether each was reached, and what was missing."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from dashboards import numbers
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import (
    least_base,
    of_difference,
    of_share,
    share_has_changed,
)
from dashboards.figures.findings.comparable import breaks_between
from dashboards.figures.findings.finding import Finding
from dashboards.figures.measures import Measures


def target_finding(
    values: Measures,
    target: str,
    goal: float,
    percent: str,
    *,
    before: Measures | None,
    until: date | None,
    smallest_base: int,
) -> tuple[Finding, ...]:
    """What is said of one target: reached or not, what was missing, and a change of the share.

    `percent` is the share as the figure writes it, and `until` the last day that is counted of a
    year that is not over, which is not judged. Silent where a number is withheld or the base is
    small.
    """
    now = _shown(values, target)
    if now is None or now[1] < least_base(smallest_base):
        return ()
    part, whole = now
    aim, goal_text = finding_words.AIMS[target], numbers.percent(numbers.half_up(goal))
    said = finding_words.part_of(part, whole, finding_words.EXITED, percent)
    if until:
        text = finding_words.so_far(goal_text, target, said, until)
    elif missing := missing_to(goal, part, whole):
        text = finding_words.missed(goal_text, aim, said, missing)
    else:
        text = finding_words.reached(goal_text, aim, said)
    interval = finding_words.share_interval(aim, of_share(part, whole))
    then = _shown(before, target) if before else None
    broken = before and breaks_between(values.mart.name, values.year, before.year)
    if before and then and not broken and share_has_changed(now, then):
        former = finding_words.part_of(*then)
        text = f"{text} {finding_words.share_changed(former, before.year)}"
        change = finding_words.difference_interval(
            finding_words.change_of_share(aim), of_difference(now, then)
        )
        interval = f"{interval} {change}"
    return (Finding(text, interval),)


def missing_to(goal: float, part: int, whole: int) -> int:
    """How many more of the same whole would have reached the target share."""
    # By its shortest decimal form: 0.6 * 105 is 63.00000000000001 in binary.
    needed = (Decimal(repr(goal)) * whole).to_integral_value(ROUND_CEILING)
    return max(int(needed) - part, 0)


def benefit_finding(
    values: Measures, benefit: str, label: str, goal: float, percent: str, smallest_base: int
) -> tuple[Finding, ...]:
    """The referrals with one benefit, and the target share of them; silent as `target_finding`."""
    now = _shown(values, benefit)
    if now is None or now[1] < least_base(smallest_base):
        return ()
    said = finding_words.part_of(*now, finding_words.REFERRALS, percent)
    goal_text = numbers.percent(numbers.half_up(goal))
    text = finding_words.of_referrals(said, label, goal_text)
    share = finding_words.those(finding_words.REFERRALS, [finding_words.concerned(label)])
    return (Finding(text, finding_words.share_interval(share, of_share(*now))),)


def _shown(values: Measures, target: str) -> tuple[int, int] | None:
    """How many reached a target, and of how many; None where one of them is withheld."""
    part, whole = (values.count(target, name) for name in ("n", "base"))
    return None if part is None or whole is None else (part, whole)
