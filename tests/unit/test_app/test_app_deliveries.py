"""The page of deliveries: what each changed, and what is expected next."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.vocabulary import vocabulary
from dashboards.app import app_words
from dashboards.app.deliveries import Schedule
from pipelines.settings import DELIVERY_DAY, Settings, SettingsError
from tests.unit.test_app.client import Client
from tests.unit.test_app.conftest import Page, open_app, parsed
from tests.unit.test_dashboards.conftest import RECEIPTS


def said(today: date, *read_on: date, day: int = 10) -> str:
    return " ".join(Schedule(day, today).expected(read_on).sentences)


@pytest.mark.parametrize(
    ("today", "read", "expected"),
    [
        (date(2026, 11, 10), date(2026, 10, 9), "Ingen leveranser mangler. Neste leveranse ventes innen 10. november 2026."),
        (date(2026, 11, 11), date(2026, 10, 9),
         "Leveransen for oktober mangler: den skulle vært her innen 10. november 2026."),
        (date(2026, 11, 30), date(2026, 11, 1), "Ingen leveranser mangler. Neste leveranse ventes innen 10. desember 2026."),
        (date(2026, 11, 30), date(2026, 11, 29), "Ingen leveranser mangler. Neste leveranse ventes innen 10. desember 2026."),
        (date(2026, 12, 31), date(2026, 12, 1), "Ingen leveranser mangler. Neste leveranse ventes innen 10. januar 2027."),
        (date(2027, 1, 11), date(2026, 12, 31),
         "Leveransen for desember mangler: den skulle vært her innen 10. januar 2027."),
        (date(2027, 2, 11), date(2026, 11, 30),
         "Leveransene fra og med november 2026 til og med januar 2027 mangler: den siste skulle "
         "vært her innen 10. februar 2027."),
        (date(2027, 2, 10), date(2026, 12, 30),
         "Leveransen for desember mangler: den skulle vært her innen 10. januar 2027."),
    ],
)  # fmt: skip
def test_month_is_missing_after_its_day(today: date, read: date, expected: str) -> None:
    assert said(today, date(2026, 3, 1), read) == f"{app_words.last_read(read)} {expected}"


@pytest.mark.parametrize(("day", "is_late"), [(11, True), (12, False), (28, False)])
def test_day_of_the_month_is_settable(day: int, is_late: bool) -> None:
    schedule = Schedule(day, date(2026, 11, 12))
    assert schedule.expected([date(2026, 10, 2)]).is_late is is_late


def test_register_without_a_readable_delivery_waits_for_the_first() -> None:
    assert said(date(2026, 11, 9)) == "Neste leveranse ventes innen 10. november 2026."
    assert said(date(2026, 11, 11)).startswith("Leveransen for oktober mangler")


@pytest.mark.parametrize(("text", "day"), [("", 10), ("1", 1), ("28", 28)])
def test_setting_of_the_day(text: str, day: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELIVERY_DAY, text)
    assert Settings.from_environment().delivery_day == day


@pytest.mark.parametrize("text", ["0", "29", "-1", "10.", "ti"])
def test_day_that_some_month_lacks_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELIVERY_DAY, text)
    with pytest.raises(SettingsError, match=f"{DELIVERY_DAY}.*from 1 to 28"):
        Settings.from_environment()


# --- The page ---------------------------------------------------------------------------


@pytest.fixture
def rewrite(folder: Path) -> Callable[..., None]:
    """Change entries of the manifest's receipts, by their place."""

    def change(**entries: dict[str, Any]) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for place, entry in entries.items():
            manifest["receipts"][int(place.removeprefix("at_"))] |= entry
        path.write_text(json.dumps(manifest), encoding="utf-8")

    return change


def shown(client: Client) -> Page:
    return parsed(client.get("/leveranser?aar=2021").text)


def test_deliveries_are_told_with_what_they_changed(client: Client) -> None:
    page = shown(client)
    assert page.texts["h1"] == ["Leveranser"]
    day = "21. november 2026"
    new = ["40", "40", "0", "0", "0", "0", app_words.READ]
    assert page.tables["leveranser"] == [
        [*app_words.DELIVERY_HEADERS],
        ["nora-2021.xlsx", day, "1\u00a0050", "41", "4", "2", "1", "2", app_words.READ],
        ["nora-2020.xlsx", day, *new],
        ["nora-2019.xlsx", day, *new],
    ]
    education, level = (vocabulary().columns[n].label_nb for n in ("education", "norwegian_level"))
    assert page.tables["endringer"] == [
        [*app_words.CHANGED_HEADERS],
        ["nora-2021.xlsx", "Deltakere", "50", "4", "2", "1", f"{education} (3), {level} (1)",
         "nora-2020.xlsx"],
    ]  # fmt: skip
    assert [row[0] for row in page.tables["filer"][1:]] == [
        "nora-2021.xlsx", "nora-2020.xlsx", "nora-2019.xlsx",
    ]  # fmt: skip
    assert "Neste leveranse ventes innen 10. desember 2026." in " ".join(page.texts["p"])


def test_newest_comes_first_by_the_day_in_norway(
    folder: Path, rewrite: Callable[..., None]
) -> None:
    rewrite(at_0={"read_at": "2026-12-31T23:30:00+00:00"})
    first = shown(open_app(folder)).tables["leveranser"][1]
    assert first[:2] == ["nora-2019.xlsx", "1. januar 2027"]


def test_refused_delivery_is_not_the_one_that_was_due(
    folder: Path, rewrite: Callable[..., None]
) -> None:
    before = {"read_at": "2026-10-05T08:00:00+00:00"}
    rewrite(at_0=before, at_1=before, at_2={"refused": True})
    page = shown(open_app(folder))
    assert page.tables["leveranser"][1][-1] == app_words.REFUSED
    late = [p["class"] for p in page.attributes("p") if p.get("id") == "ventet"]
    assert late == ["rejected"]
    assert any("Leveransen for oktober mangler" in text for text in page.texts["p"])


def test_what_was_never_counted_is_a_dash(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for entry in manifest["receipts"]:
        del entry["receipt"]
        entry["sha256"] = None
    path.write_text(json.dumps(manifest), encoding="utf-8")
    page = shown(open_app(folder))
    assert page.tables["leveranser"][1][2:] == [".."] * 6 + [app_words.READ]
    assert "endringer" not in page.tables
    assert page.tables["filer"][1] == ["nora-2021.xlsx", ".."]


def test_page_is_made_anew_each_day(folder: Path) -> None:
    days = iter([date(2026, 11, 22), date(2026, 11, 22), date(2026, 12, 11)])
    client = open_app(folder, today=lambda: next(days))
    assert "Neste leveranse" in client.get("/leveranser").text
    assert "Leveransen for november mangler" in client.get("/leveranser").text


def test_no_change_is_not_told_as_a_fact(folder: Path, rewrite: Callable[..., None]) -> None:
    unchanged = {"new": 0, "changed": 0, "removed": 0}
    rewrite(at_2={"receipt": RECEIPTS[2021] | unchanged}, at_1={"refused": True})
    newest, refused, _ = shown(open_app(folder)).tables["leveranser"][1:]
    assert newest[2:8] == ["1\u00a0050", "..", "..", "2", "..", "2"]
    assert refused[2:8] == [".."] * 6


def test_delivery_that_left_the_inbox_is_told_last(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    one = manifest["receipts"][0]
    left = {"gone_at": "2026-11-23T23:30:00+00:00", "read_at": "2026-11-22T08:00:00+00:00"}
    manifest["gone"] = [
        one | left | {"name": "nora-2017.xlsx", "rows_gone": 1},
        one | left | {"name": "nora-2018.xlsx", "rows_gone": 1200},
        one | left | {"name": "tom.xlsx", "rows_gone": 0},
        one | left | {"name": "feil.xlsx", "rows_gone": 0, "refused": True},
    ]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    page = shown(open_app(folder))
    table = page.tables["leveranser"][1:]
    assert [row[0] for row in table[:3]] == ["nora-2021.xlsx", "nora-2020.xlsx", "nora-2019.xlsx"]
    since = "ikke lenger i innboksen siden 24. november 2026"
    assert [(row[0], row[-1]) for row in table[3:]] == [
        ("feil.xlsx", since),
        ("tom.xlsx", since),
        ("nora-2018.xlsx", f"{since}: 1\u00a0200 rader gikk ut av registeret"),
        ("nora-2017.xlsx", f"{since}: 1 rad gikk ut av registeret"),
    ]
    assert table[-1][1:3] == ["22. november 2026", "40"]
    assert len(page.tables["filer"]) == 4
    assert app_words.last_read(date(2026, 11, 21)) in " ".join(page.texts["p"])
