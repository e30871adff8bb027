"""The finding about the largest category of a mart."""

from __future__ import annotations

import polars as pl

from assets.vocabulary import TOTAL
from assets.vocabulary.declarations import LargestDeclaration
from dashboards import numbers
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import least_base, of_share
from dashboards.figures.findings.finding import MOST_EQUAL, Finding

_AFTER = 2


def largest(
    rows: pl.DataFrame,
    whole: int | None,
    declared: LargestDeclaration,
    smallest_base: int,
    *,
    overlapping: bool = False,
) -> tuple[Finding, ...]:
    """Name the largest category, and those that follow where their places are certain.

    `rows` has label, total, withheld_total and muted, as Breakdown.rows. A muted category is named
    in its place, so that no larger one is left out; where it is the largest, nothing is said.
    Silent also where `whole` is not shown or small, where a withheld category may be as large, and
    where more than three are equal. `overlapping` categories may count a person twice.
    """
    if whole is None or whole < least_base(smallest_base):
        return ()
    # A category that is withheld has at most what the shown ones leave of the whole.
    left = whole if overlapping else whole - int(rows[TOTAL].sum())
    hidden = left if rows["withheld_total"].any() else 0
    named = (
        rows.filter(pl.col(TOTAL) > hidden)
        .sort(TOTAL, descending=True, maintain_order=True)
        .select("label", TOTAL, "muted")
        .rows()
    )
    if not named:
        return ()
    most = named[0][1]
    first = [(label, muted) for label, count, muted in named if count == most]
    if most > whole or len(first) > MOST_EQUAL or any(muted for _, muted in first):
        return ()
    equal = [label for label, _ in first]
    if most == whole and not overlapping:
        only = declared.is_nb.format(equal[0])
        return (Finding(finding_words.everybody(declared.of_nb, only, whole)),)
    after = [
        f"{_quoted(declared, label, muted)} ({numbers.count(count)})"
        for label, count, muted in _certain(named[len(equal) :])
    ]
    said = _said(declared, equal)
    text = finding_words.largest(
        declared.of_nb,
        said,
        finding_words.part_of(most, whole),
        after if len(equal) == 1 else [],
    )
    share = finding_words.those(declared.of_nb, said)
    return (Finding(text, finding_words.share_interval(share, of_share(most, whole))),)


def _certain(named: list[tuple[str, int, bool]]) -> list[tuple[str, int, bool]]:
    """The next categories that no other one equals in size."""
    for length in range(min(_AFTER, len(named)), 0, -1):
        if length == len(named) or named[length][1] < named[length - 1][1]:
            return named[:length]
    return []


def _said(declared: LargestDeclaration, labels: list[str]) -> list[str]:
    """The rest of the sentence with the first label, and the other labels after it."""
    first, *others = labels
    return [declared.is_nb.format(first), *(_quoted(declared, label) for label in others)]


def _quoted(declared: LargestDeclaration, label: str, muted: bool = False) -> str:
    # «Annet» and the like are no names, and read as words where they are not quoted.
    return f"«{label}»" if muted or "«{}»" in declared.is_nb else label
