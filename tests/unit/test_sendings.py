"""What was sent is frozen, for good: never written again, never missing without a word."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets.vocabulary.cell_lists import CELL_LISTS, SENT
from pipelines import durable
from pipelines.backup import back_up, restore, verify
from pipelines.doctor import examine
from pipelines.home_record import HomeRecord
from pipelines.instance import written
from pipelines.release_store import ReleaseDamagedError, ReleaseStore
from pipelines.sendings import NotSentError, Sending, SendingLostError, SendingStore
from pipelines.settings import Settings
from tests.unit.sent_releases import BUILT, FORMS, publish

APRIL_5 = date(2021, 4, 5)
STARTED = "month=3, period=month, breakdown=counts, value=started, gender="


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "inbox", tmp_path / "home")


def send(
    settings: Settings, month: int | None = 3, on: date = APRIL_5, year: int = 2021
) -> Sending:
    release = ReleaseStore.of(settings).current()
    files = {name: release.files[name] for name in FORMS if name in release.files}
    return SendingStore.of(settings).keep(release, year, month, on, files)


def test_form_is_frozen_with_its_day_its_numbers_its_files_and_its_release(
    settings: Settings,
) -> None:
    publish(settings, 24)
    release = ReleaseStore.of(settings).current()
    kept = send(settings)
    assert SendingStore.of(settings).read() == [kept]
    assert (kept.period, kept.number, kept.sent_on) == ("2021-03", 1, APRIL_5)
    assert kept.counted_until == date(2021, 3, 31)
    assert kept.release == {"name": release.name, "built_at": BUILT, "run_id": "run 24"}
    assert kept.files == {name: release.files[name] for name in FORMS}
    assert kept.numbers.keys() == {"monthly_form"}
    assert {cell.partition(",")[0] for cell in kept.numbers["monthly_form"]} == {"month=3"}
    for gender, n in {"female": 24, "male": 0, "total": 24}.items():
        assert kept.numbers["monthly_form"][STARTED + gender] == n


def test_package_freezes_every_table_of_the_year(settings: Settings) -> None:
    publish(settings, 24)
    kept = send(settings, month=None)
    assert kept.period == "2021"
    assert kept.counted_until == date(2021, 4, 2)
    assert kept.numbers.keys() == {"monthly_form", "key_figures"}
    figures = {"figure=started, measure=value": 24, "figure=work_exit_share, measure=value": None}
    assert kept.numbers["key_figures"] == figures


def test_what_is_sent_anew_is_another_file_and_the_first_stays_as_it_was(
    settings: Settings,
) -> None:
    publish(settings, 24)
    first = send(settings)
    file = SendingStore.of(settings).path(first)
    before = file.read_bytes()
    publish(settings, 14)
    again = send(settings, on=date(2021, 5, 3))
    # The same day, the same numbers: sent twice all the same.
    third = send(settings, on=date(2021, 5, 3))
    assert [one.number for one in (first, again, third)] == [1, 2, 3]
    assert file.read_bytes() == before
    assert [
        one.numbers["monthly_form"][STARTED + "total"] for one in SendingStore.of(settings).read()
    ] == [24, 14, 14]
    other = send(settings, month=4)
    assert (other.period, other.number) == ("2021-04", 1)


def test_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    durable.add(tmp_path / "en", b"en")
    with pytest.raises(FileExistsError):
        durable.add(tmp_path / "en", b"to")
    assert (tmp_path / "en").read_bytes() == b"en"


def test_published_table_has_every_number_of_every_sending(settings: Settings) -> None:
    store = SendingStore.of(settings)
    assert store.published().schema == CELL_LISTS[SENT]
    publish(settings, 24)
    send(settings)
    publish(settings, 14)
    send(settings, on=date(2021, 5, 3))
    send(settings, month=None, on=date(2021, 5, 3))
    frame = store.published()
    assert frame.schema == CELL_LISTS[SENT]
    found = (
        frame.filter(cell=STARTED + "total")
        .select("month", "number", "sent_on", "reported")
        .sort("month", "number")
        .rows()
    )
    assert found == [
        (None, 1, date(2021, 5, 3), 14), (3, 1, APRIL_5, 24), (3, 2, date(2021, 5, 3), 14)
    ]  # fmt: skip


@pytest.mark.parametrize(("year", "month"), [(2020, 3), (2020, None), (2021, 5)])
def test_what_is_not_published_cannot_be_sent(
    settings: Settings, year: int, month: int | None
) -> None:
    with pytest.raises(NotSentError, match="Ingenting er publisert"):
        send(settings, month, year=year)
    publish(settings, 24)
    with pytest.raises(NotSentError, match="ikke publisert"):
        send(settings, month, year=year)
    assert not settings.sent.exists()


@pytest.mark.parametrize(("month", "until"), [(3, "2021-03-31"), (None, "2021-04-02")])
def test_what_counts_days_to_come_cannot_have_been_sent(
    settings: Settings, month: int | None, until: str
) -> None:
    publish(settings, 24)
    last = date.fromisoformat(until)
    with pytest.raises(NotSentError, match=f"til og med {until}"):
        send(settings, month, on=last - timedelta(days=1))
    assert not settings.sent.exists()
    assert send(settings, month, on=last).counted_until == last


@pytest.mark.parametrize("name", ["internal/monthly_form.parquet", "open/manifest.json", FORMS[0]])
def test_nothing_is_sent_of_a_damaged_release(settings: Settings, name: str) -> None:
    publish(settings, 24)
    (ReleaseStore.of(settings).current().folder / name).write_bytes(b"")
    with pytest.raises(ReleaseDamagedError, match=name):
        send(settings)
    assert not settings.sent.exists()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "another number": lambda path: path.write_bytes(path.read_bytes().replace(b"24.0", b"14.0")),
    "gone": lambda path: path.unlink(),
    "all gone": lambda path: shutil.rmtree(path.parents[1]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_sending_is_told_stops_everything_and_comes_back_from_a_backup(
    settings: Settings, damage: Callable[[Path], object], tmp_path: Path
) -> None:
    publish(settings, 24)
    store = SendingStore.of(settings)
    path = store.path(send(settings))
    assert verify(settings) == []
    backup = tmp_path / "kopi.tar"
    back_up(settings, backup)
    before = path.read_bytes()
    damage(path)
    sentence = r"sent/2021-03/0001\.json er skadet eller mangler.*sikkerhetskopi"
    with pytest.raises(SendingLostError, match=sentence):
        store.published()
    with pytest.raises(SendingLostError, match=sentence):
        send(settings)
    assert [one for one in verify(settings) if "sent/2021-03/0001.json" in one]
    found = restore(settings, backup)
    assert found.files == ["sent/2021-03/0001.json"]
    assert found.wrong == verify(settings) == []
    assert path.read_bytes() == before


def test_list_of_revisions_that_has_become_shorter_is_told(settings: Settings) -> None:
    publish(settings, 24)
    HomeRecord.of(settings).note_revisions(3)
    (said,) = verify(settings)
    assert said.startswith("Listen over rettelser har 0 linjer, og hadde 3.")
    (told,) = [one for one in examine(settings, datetime.now(UTC)) if one.said == said]
    assert not told.is_well
    HomeRecord.of(settings).note_revisions(0)
    assert verify(settings) == []


def test_doctor_tells_what_was_sent_and_what_of_it_is_gone(settings: Settings) -> None:
    publish(settings, 24)
    path = SendingStore.of(settings).path(send(settings))
    path.unlink()
    faults = [one.said for one in examine(settings, datetime.now(UTC)) if not one.is_well]
    assert [one for one in faults if "sent/2021-03/0001.json er skadet eller mangler" in one]


def test_only_the_owner_reads_what_was_sent(settings: Settings) -> None:
    publish(settings, 24)
    path = SendingStore.of(settings).path(send(settings))
    assert path.stat().st_mode & 0o777 == 0o600
    for folder in (path.parent, settings.sent):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert path in written(settings.home)
