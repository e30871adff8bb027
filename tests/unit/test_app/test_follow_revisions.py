"""The page of a number lists what builds have changed in it, and nothing of other numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from assets.vocabulary import vocabulary
from dashboards.app.follow_revisions import revisions_of
from dashboards.publication import Publication

BUILT = datetime(2022, 3, 1, 12, tzinfo=UTC)


def revised(publication: Publication, *lines: tuple[str, str, float, float]) -> Publication:
    rows = [
        {"year": 2021, "table": table, "cell": cell, "before": before, "after": after,
         "built_at": BUILT, "deliveries": ["nora-2021.xlsx"], "cause": "records"}
        for table, cell, before, after in lines
    ]  # fmt: skip
    return replace(publication, revisions=pl.DataFrame(rows))


def test_changes_of_the_number_are_listed(publication: Publication) -> None:
    source = revised(
        publication,
        ("key_figures", "figure=dropouts, measure=value", 17, 16),
        ("key_figures", "figure=referrals, measure=value", 98, 99),
        ("caseload", "month=3, measure=active", 141, 131),
        ("caseload", "", 0, 0),
    )
    figures = vocabulary().table("marts.key_figures")
    [row] = revisions_of(source, figures, ["dropouts"])
    assert row[1:] == ("2021", "Frafall", "17", "16", "nora-2021.xlsx")
    [month] = revisions_of(source, vocabulary().table("marts.caseload"), [])
    assert month[3:5] == ("141", "131")


def test_no_list_where_nothing_changed(publication: Publication) -> None:
    assert revisions_of(publication, vocabulary().table("marts.caseload"), []) == []
