"""The findings about resources: counsellors, savings, surveys and groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboards import numbers
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import least_base, of_share
from dashboards.figures.findings.finding import MOST_EQUAL, Finding
from dashboards.figures.measures import Measures


def counsellor_finding(values: Measures) -> tuple[Finding, ...]:
    """The participants of one position of a counsellor; silent where a number is missing."""
    shown = [
        values.shown("", name)
        for name in ("participants_per_counsellor", "participants", "counsellor_fte")
    ]
    if None in shown:
        return ()
    written = [numbers.decimal(number) for number in shown if number is not None]
    return (Finding(finding_words.for_each_counsellor(*written)),)


def savings_finding(values: Measures, written: Callable[[float], str]) -> tuple[Finding, ...]:
    """The savings and their target, as amounts that `written` writes."""
    reported, goal = (values.shown("", name) for name in ("savings_reported", "savings_target"))
    if reported is None or goal is None:
        return ()
    missing = written(goal - reported) if reported < goal else ""
    return (Finding(finding_words.saved(written(reported), written(goal), missing)),)


def survey_finding(values: Measures, smallest_base: int) -> tuple[Finding, ...]:
    """The answers to all surveys of the year; silent where one of them is withheld."""
    waves = sorted({wave for wave, _ in values.cells})
    counts = [(values.count(wave, "answered"), values.count(wave, "invited")) for wave in waves]
    shown = [(answered, asked) for answered, asked in counts if answered is not None and asked]
    asked = sum(one for _, one in shown)
    if not shown or len(shown) < len(waves) or asked < least_base(smallest_base):
        return ()
    answered = sum(one for one, _ in shown)
    text = finding_words.answered(
        finding_words.part_of(answered, asked, finding_words.ASKED), len(waves)
    )
    interval = finding_words.share_interval(finding_words.WHO_ANSWERED, of_share(answered, asked))
    return (Finding(text, interval),)


def attendance_finding(
    labels: Sequence[str], attended: Sequence[int | None]
) -> tuple[Finding, ...]:
    """The groups with most attendances; silent where one is withheld, or many are equal."""
    known = [number for number in attended if number is not None]
    most = max(known, default=0)
    equal = [label for label, one in zip(labels, attended, strict=True) if one == most]
    if not most or len(known) < len(attended) or len(equal) > MOST_EQUAL or len(attended) < 2:
        return ()
    text = finding_words.attended(equal, numbers.count(most), numbers.count(sum(known)))
    return (Finding(text),)
