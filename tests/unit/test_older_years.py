"""Which years are said to be of older records than the others: those whose numbers differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from assets.published.exact import exact, mark_older_years, unchanged_years
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema

YEARS = [2019, 2020, 2021]
DAY = date(2021, 12, 31)


@dataclass
class Warehouse:
    """The tables that are published from, by name; the others have no rows."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of the table that the query names, of the years it asks for."""
        [name] = re.findall(r"from ([a-z_.]+)", sql)
        if name == "intermediate.years":
            return pl.DataFrame({"year": YEARS})
        if name == "records.build_day":
            return pl.DataFrame({"as_of": [DAY]})
        if name == "quality.year_marks":
            marks = {"year": YEARS, "rows_rejected": [0] * 3, "deliveries_refused": [0] * 3}
            return pl.DataFrame(marks)
        columns = schema(vocabulary().table(name))
        rows = pl.DataFrame(self.tables.get(name, []), columns, strict=False)
        return rows.filter(pl.col("year").is_in(parameters["years"])) if parameters else rows


class Release:
    """What was published of a warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.published = exact(warehouse, YEARS, {}, {}, "first")

    def manifest(self, audience: str) -> dict[str, Any]:
        """Return the manifest."""
        return self.published.manifest

    def table(self, audience: str, name: str) -> pl.DataFrame | None:
        """Return a table."""
        return self.published.tables[name]


def saved(in_2020: int) -> list[dict[str, Any]]:
    """The savings of the three years."""
    amounts = dict(zip(YEARS, (100, in_2020, 300), strict=True))
    return [
        {"year": year, "savings_target": 500, "savings_reported": amount}
        for year, amount in amounts.items()
    ]


def test_a_year_is_older_by_its_own_numbers_and_not_by_findings_on_the_whole_register() -> None:
    release = Release(Warehouse({"marts.savings": saved(200)}))
    delivery = {"delivery": "ny.csv", "sha256": "0" * 64, "refused": False, "synthetic": False}
    finding = {"rule": "stay_within_two_years", "delivery": "ny.csv", "sheet": "S", "row": 2}
    now = Warehouse(
        {
            "marts.savings": saved(250),
            "raw.deliveries": [delivery],
            "quality.findings": [finding],
        }
    )
    about = exact(now, [2021], release.manifest(""), release.manifest(""), "second").manifest
    mark_older_years(about, now, release, [2021])
    older = {year for year, entry in about["by_year"].items() if entry.get("older")}
    assert older == {"2020"}
    # A whole build publishes it anew all the same: its page says what was found.
    assert unchanged_years(now, release, YEARS) == []
