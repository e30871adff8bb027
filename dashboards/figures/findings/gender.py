"""The findings about women and men: who took part, and who went to work."""

from __future__ import annotations

from typing import Any

import polars as pl

from assets.vocabulary import TOTAL
from dashboards.figures.findings import finding_words
from dashboards.figures.findings.chance import (
    least_base,
    of_difference,
    of_share,
    share_has_changed,
)
from dashboards.figures.findings.finding import Finding

_WORK = "work"


def gender_finding(rows: pl.DataFrame, smallest_base: int) -> tuple[Finding, ...]:
    """Women and men among the participants of the year.

    `rows` as Breakdown.rows of gender_split. Silent where a gender is withheld or not divided.
    """
    found = rows.filter(pl.col("code") == "participants").to_dicts()
    if not found or not _is_shown(found[0]) or (found[0][TOTAL] or 0) < least_base(smallest_base):
        return ()
    row, whole = found[0], found[0][TOTAL]
    parts = [
        finding_words.persons(row[name], *said, finding_words.percent_of(row[name], whole))
        for name, said in finding_words.PERSONS.items()
        if row.get(name) or name != "unknown"
    ]
    text = finding_words.by_gender(parts, finding_words.counted("participants", whole))
    interval = finding_words.share_interval(
        finding_words.WOMEN_AMONG, of_share(row["female"], whole)
    )
    return (Finding(text, interval),)


def work_finding(
    rows: pl.DataFrame, margin: pl.DataFrame, smallest_base: int
) -> tuple[Finding, ...]:
    """The planned exits to work, of all and of women and men.

    `rows` and `margin` as of Breakdown, by outcome group. Silent where the count is withheld or the
    base is small; women and men are left out where one of them is withheld or not divided.
    """
    found, whole = rows.filter(pl.col("code") == _WORK).to_dicts(), margin.to_dicts()
    if not found or not whole or found[0][TOTAL] is None or whole[0][TOTAL] is None:
        return ()
    work, everybody = found[0], whole[0]
    if everybody[TOTAL] < least_base(smallest_base):
        return ()
    text = finding_words.to_work(
        finding_words.part_of(work[TOTAL], everybody[TOTAL], finding_words.EXITED)
    )
    # The interval of this share stands with the targets, and with the largest category.
    if not (_is_shown(work) and _is_shown(everybody)):
        return (Finding(f"{text}."),)
    women, men = ((work[name], everybody[name]) for name in ("female", "male"))
    if min(women[1], men[1]) < least_base(smallest_base):
        return (Finding(f"{text}."),)
    divided = finding_words.of_women_and_men(
        finding_words.part_of(*women, finding_words.PERSONS["female"][1]),
        finding_words.part_of(*men, finding_words.PERSONS["male"][1]),
    )
    said = f"{text}: {divided}."
    if share_has_changed(women, men):
        said = f"{said} {finding_words.GENDERS_DIFFER}"
    between = finding_words.difference_interval(
        finding_words.BETWEEN_GENDERS, of_difference(women, men)
    )
    return (Finding(said, between),)


def _is_shown(row: dict[str, Any]) -> bool:
    """Whether both women and men are divided up and shown."""
    return all(
        row.get(name) is not None and not row[f"withheld_{name}"] for name in ("female", "male")
    )
