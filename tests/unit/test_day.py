"""The day of the build is that of Norway, whatever the machine's zone."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

import pytest

from assets import day
from pipelines.inbox import BuildDay

ZONES = ("UTC", "Europe/Oslo", "Pacific/Kiritimati", "America/Los_Angeles")


@pytest.fixture(params=ZONES)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that is set to a zone, and has no files about zones for Python."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    zoneinfo.reset_tzpath([])
    yield
    monkeypatch.undo()
    time.tzset()
    zoneinfo.reset_tzpath()


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return at.astimezone(tz)

    monkeypatch.setattr(day, "datetime", Clock)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # Midnight in winter is 23 o'clock in UTC, and in summer 22 o'clock.
        (datetime(2021, 12, 31, 22, 59, 59, tzinfo=UTC), date(2021, 12, 31)),
        (datetime(2021, 12, 31, 23, 0, tzinfo=UTC), date(2022, 1, 1)),
        (datetime(2021, 6, 30, 21, 59, 59, tzinfo=UTC), date(2021, 6, 30)),
        (datetime(2021, 6, 30, 22, 0, tzinfo=UTC), date(2021, 7, 1)),
    ],
)
def test_the_day_is_that_of_norway(
    at: datetime, expected: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as stopped:
        stop_the_clock(stopped, at)
        assert BuildDay().day() == BuildDay().last_day() == expected


def test_a_past_day_is_not_the_last_and_a_day_to_come_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch, datetime(2021, 12, 31, 12, tzinfo=UTC))
    for chosen, last in ((date(2021, 6, 15), date(2021, 12, 31)), (date(2022, 3, 1),) * 2):
        assert (BuildDay(chosen).day(), BuildDay(chosen).last_day()) == (chosen, last)
