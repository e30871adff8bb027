"""A home with one number, published to both audiences as the asset `release` does, in no time."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from assets.disclosure.history import Reason, Vintage
from pipelines.release_store import ReleaseStore
from pipelines.settings import Settings
from pipelines.vintages import VintageStore

AUDIENCES = ["internal", "open"]
PAGE = "reports/internal/2020/nora-2020.html"


def vintage(number: int) -> Vintage:
    shown = {"t": pl.DataFrame({"n": [number]})}
    about = (2020, number, date(2021, 2, number), 5, Reason.CORRECTED)
    return Vintage(*about, {}, {}, {}, shown, shown)


def publish(settings: Settings, number: int) -> None:
    """Publish a number to both audiences and on a page, as the asset `release` does."""
    vintages = VintageStore.of(settings)
    with ReleaseStore.of(settings).draft(AUDIENCES) as draft:
        listed = draft.before.manifest("open").get("vintages", {})
        history = vintages.read("open", listed)
        numbers = {*(one.number for one in history), number}
        tables = {"t": pl.DataFrame({"n": [number]})}
        draft.publish("internal", tables, {})
        kept = {"2020": [{"number": one} for one in sorted(numbers)]}
        draft.publish("open", tables, {"vintages": kept})
        draft.write({f"reports/{audience}/index.html": str(number) for audience in AUDIENCES})
        draft.write({"held_back.json": "{}"})
        if not draft.carry([PAGE]):
            draft.write({PAGE: "en side som ikke endrer seg"})
        draft.seal()
        if number not in {one.number for one in history}:
            vintages.keep("open", vintage(number))


def published(settings: Settings) -> int:
    """The number that everybody reads; each of its vintages must be there."""
    store = ReleaseStore.of(settings)
    current = store.current()
    assert current.damaged() == []
    read = {
        json.dumps(pl.read_parquet(store.path(audience) / "t.parquet")["n"].to_list())
        for audience in AUDIENCES
    }
    if current.below("reports/internal"):
        read |= {
            f"[{(store.pages / audience / 'index.html').read_text(encoding='utf-8')}]"
            for audience in AUDIENCES
        }
    assert len(read) == 1
    (number,) = json.loads(read.pop())
    kept = VintageStore.of(settings).read("open", current.manifest("open")["vintages"])
    assert number in {one.number for one in kept}
    return int(number)
