"""A small home from which something can be sent: a release of the internal publication."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from assets.published.tables import published
from assets.vocabulary import vocabulary
from assets.vocabulary.polars_schema import schema
from pipelines.release_store import ReleaseStore
from pipelines.settings import Settings

AUDIENCES = ["internal", "open"]
FORMS = (
    "reports/internal/2021/skjema/nora-2021-03.html",
    "reports/internal/2021/skjema/nora-2021-03.xlsx",
)
BUILT = "2021-04-02T08:00:00+00:00"


def publish(settings: Settings, started: int, as_of: date = date(2021, 4, 2)) -> None:
    """Publish 2021, in which so many women started in March."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "monthly_form": [
            (2021, month, period, "counts", "started", "female", started)
            for month in (3, 4)
            for period in ("month", "year_to_date")
        ],
        "key_figures": [(2021, "started", started), (2021, "work_exit_share", None)],
    }
    tables = {}
    for name, lines in rows.items():
        table = vocabulary().table(f"marts.{name}")
        tables[name] = published(table, pl.DataFrame(lines, schema(table), orient="row"), [2021])
    entry = {"built_at": BUILT, "run_id": f"run {started}", "as_of": as_of.isoformat()}
    about = {**entry, "years": [2021], "by_year": {"2021": entry}}
    with ReleaseStore.of(settings).draft(AUDIENCES) as draft:
        draft.publish("internal", tables, about)
        draft.publish("open", {}, {"years": []})
        draft.write({name: f"{name} {started}" for name in FORMS})
