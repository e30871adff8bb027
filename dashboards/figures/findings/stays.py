"""The findings about time: median stays, and the months with most of something."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import numbers, words
from dashboards.figures import figure_words
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import SMALLEST_BASE, least_base, stands_out
from dashboards.figures.findings.finding import MOST_EQUAL, Finding
from dashboards.figures.measures import Measures

_DAYS_IN_MONTH = 30.4375


def median_findings(values: Measures, smallest_base: int) -> tuple[Finding, ...]:
    """The median stay of all planned exits, and of those to work; `values` of time_in_programme.

    Silent where the median is withheld or the base is small. Nothing is said of a change: no
    interval can be made of medians alone.
    """
    return tuple(
        Finding(_half_stayed(values, group, number, median))
        for group in finding_words.WHO_LEFT
        if (number := values.count(group, "n")) is not None
        and number >= least_base(smallest_base)
        and (median := values.shown(group, "median_days")) is not None
    )


def _half_stayed(values: Measures, group: str, number: int, median: float) -> str:
    months = int(median / _DAYS_IN_MONTH + 0.5)
    return finding_words.half_stayed(
        numbers.count(number),
        finding_words.WHO_LEFT[group],
        numbers.decimal(median),
        figure_words.months(months) if months > 1 else "",
    )


def caseload_finding(active: Sequence[int | None], withheld: Sequence[bool]) -> tuple[Finding, ...]:
    """The months with most and with fewest active at their end; `active` from January on.

    None is a month that has not begun. Silent where a month is withheld, or too many are equal.
    """
    known = [number for number in active if number is not None]
    if len(known) < 2 or any(withheld):
        return ()
    most, fewest = max(known), min(known)
    if most == fewest or most < SMALLEST_BASE:
        return ()
    months = [_months_with(known, number) for number in (most, fewest)]
    if max(map(len, months)) > MOST_EQUAL:
        return ()
    return (
        Finding(
            finding_words.most_active(
                months[0], numbers.count(most), months[1], numbers.count(fewest)
            )
        ),
    )


def outstanding_finding(
    of: str, counts: Sequence[int | None], periods: Sequence[str] = words.MONTHS
) -> tuple[Finding, ...]:
    """The period with most of something, where chance does not explain it.

    `of` is its plural; `counts` are of all `periods` of a year. Silent where one is withheld, the
    year is not over, or there are fewer than ten.
    """
    known = [number for number in counts if number is not None]
    whole, most = sum(known), max(known, default=0)
    if len(known) < len(periods) or not stands_out(most, whole, len(periods)):
        return ()
    part = finding_words.part_of(most, whole)
    period = periods[known.index(most)]
    return (Finding(finding_words.stands_out(of, period, part)),)


def month_finding(of: str, counts: Sequence[int | None]) -> tuple[Finding, ...]:
    """The months with most of something, and whether chance explains it.

    As `outstanding_finding`; silent also where more than three months have most.
    """
    if found := outstanding_finding(of, counts):
        return found
    known = [number for number in counts if number is not None]
    whole, most = sum(known), max(known, default=0)
    months = _months_with(known, most)
    if len(known) < len(words.MONTHS) or whole < SMALLEST_BASE or len(months) > MOST_EQUAL:
        return ()
    said = finding_words.no_month_stands_out(of, months, numbers.count(most), numbers.count(whole))
    return (Finding(said),)


def _months_with(counts: Sequence[int], number: int) -> list[str]:
    return [month for month, one in zip(words.MONTHS, counts, strict=False) if one == number]
