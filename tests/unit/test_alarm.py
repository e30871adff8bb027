"""Who is told when a build fails or a delivery is missing, once each, and without a person."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import alarm
from pipelines.alarm_sensors import alarm_sensors, is_news
from pipelines.instance import KILLED, RUN_TAG
from pipelines.settings import ON_FAILURE, Settings, SettingsError
from tests.pipeline.homes import nora

PERSON = "Kari Nordmann 01019012345.txt"


def lines(file: Path) -> list[dict[str, Any]]:
    """What the command was told, call by call."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def settings(folder: Path, *command: str) -> Settings:
    return Settings(folder / "inbox", folder / "home", on_failure=command)


def test_command_gets_one_line_on_its_input(tmp_path: Path) -> None:
    file = tmp_path / "told"
    alarm.build_failed(settings(tmp_path, "tee", "-a", str(file)), job="year", run="0123abcd")
    (line,) = lines(file)
    assert line.keys() == {"event", "at", "host", "home", "job", "run", "text"}
    assert (line["event"], line["job"], line["run"]) == ("build_failed", "year", "0123abcd")


@pytest.mark.parametrize(
    ("command", "how"),
    [
        (["false"], "endte med kode 1"),
        (["finnes-ikke"], "kan ikke kjøres"),
        (["sleep", "9"], "ikke ferdig"),
    ],
)
def test_command_that_fails_is_said_in_one_sentence(
    tmp_path: Path, command: list[str], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "_PATIENCE", 0.5)
    with pytest.raises(alarm.AlarmError, match=how):
        alarm.build_failed(settings(tmp_path, *command))


def test_command_is_read_as_a_shell_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ON_FAILURE, "mail -s 'NorA feilet' it@example.org")
    found = Settings.from_environment().on_failure
    assert found == ("mail", "-s", "NorA feilet", "it@example.org")
    monkeypatch.setenv(ON_FAILURE, "mail -s 'NorA")
    with pytest.raises(SettingsError, match=ON_FAILURE):
        Settings.from_environment()


def test_build_that_publishes_nothing_is_told_without_what_is_in_the_inbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, file = tmp_path / "inbox", tmp_path / "told"
    inbox.mkdir()
    (inbox / PERSON).write_text("no delivery")
    monkeypatch.setenv(ON_FAILURE, f"tee -a '{file}'")
    said = nora("build", "--inbox", str(inbox), "--home", str(tmp_path / "home"))
    assert said.code == 1, said.out
    (line,) = lines(file)
    assert (line["event"], line["job"], line["exit_code"]) == ("build_failed", "nora build", 1)
    assert "Kari" in said.out
    assert "Kari" not in file.read_text()
    # The output of the command is not that of the build.
    assert said.summary["years"] == []


def test_command_that_fails_changes_no_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox").mkdir()
    monkeypatch.setenv(ON_FAILURE, "finnes-ikke")
    said = nora("build", "--inbox", str(tmp_path / "inbox"), "--home", str(tmp_path / "home"))
    assert said.code == 1
    assert "Varselet ble ikke sendt" in said.err
    assert said.summary["years"] == []


def test_without_a_command_there_are_no_sensors(tmp_path: Path) -> None:
    assert alarm_sensors(settings(tmp_path)) == []
    both = alarm_sensors(settings(tmp_path, "true"))
    assert [one.default_status for one in both] == [dg.DefaultSensorStatus.RUNNING] * 2


def test_missing_delivery_is_told_once_a_month(tmp_path: Path) -> None:
    file = tmp_path / "told"
    days = [date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12), date(2026, 12, 11)]
    cursor, seen = None, []
    for day in days:
        *_, missing = alarm_sensors(settings(tmp_path, "tee", "-a", str(file)), lambda day=day: day)
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance, cursor)
            missing(context)
            cursor = context.cursor
        seen.append(len(lines(file)))
    assert seen == [0, 1, 1, 2]
    assert "oktober mangler" in lines(file)[0]["text"]


def ended(instance: dg.DagsterInstance, job: str, *, well: bool, **tags: str) -> dg.DagsterRun:
    status = dg.DagsterRunStatus.SUCCESS if well else dg.DagsterRunStatus.FAILURE
    return instance.add_run(dg.DagsterRun(job, status=status, tags=tags))


def test_the_first_of_several_failures_is_news() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ended(instance, "year", well=True)
        seen = []
        for well in (False, False, True, False):
            ended(instance, "load", well=True)
            run = ended(instance, "year", well=well)
            if not well:
                seen.append(is_news(instance, run, "failed"))
    assert seen == [True, False, True]


def test_failure_of_a_command_is_news_when_it_was_killed() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = ended(instance, "load", well=False, **RUN_TAG)
        assert not is_news(instance, run, "failed")
        assert is_news(instance, run, KILLED)
        report = ended(instance, "report", well=False)
        assert not is_news(instance, report, "failed")
