"""What is promised of HOME holds whenever the power goes, and whichever write fails."""

from __future__ import annotations

import errno
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from pipelines.backup import back_up, restore, verify
from pipelines.forgotten import ForgottenFile
from pipelines.release_store import ReleaseStore, UnsyncedError
from pipelines.sendings import SendingStore
from pipelines.settings import Settings
from pipelines.upgrade import upgrade
from tests.crash.version_0 import as_version_0
from tests.quick import quick
from tests.unit.sent_releases import publish as publish_form
from tests.unit.test_forgotten import forgotten

if not shutil.which("fusermount3"):
    pytest.skip("no fusermount3: run make setup-fuse", allow_module_level=True)
if not os.access("/dev/fuse", os.R_OK | os.W_OK):
    pytest.skip("no /dev/fuse: no file system can be mounted here", allow_module_level=True)

from tests.crash.disk import Disk, mounted
from tests.crash.small_homes import publish, published


def forget(settings: Settings, number: int) -> None:
    ForgottenFile.of(settings).write(forgotten(*(f"p{one}" for one in range(number))))


def are_forgotten(settings: Settings) -> int:
    return len(ForgottenFile.of(settings).read().digests) // _DIGESTS


def publish_as_version_0(settings: Settings, number: int) -> None:
    publish(settings, number)
    as_version_0(settings)


def upgrade_and_count(settings: Settings) -> int:
    upgrade(settings)
    return published(settings)


def backup_of(settings: Settings) -> Path:
    return settings.home.with_name("kopi.tar")


def publish_for_backup(settings: Settings, number: int) -> None:
    publish(settings, 2)


def back_up_once(settings: Settings, number: int) -> None:
    if not backup_of(settings).exists():
        back_up(settings, backup_of(settings))


def backed_up(settings: Settings) -> int:
    """2 if there is a backup, from which a new home gets everything back; 1 if there is none."""
    if not backup_of(settings).exists():
        return 1
    with tempfile.TemporaryDirectory() as folder:
        home = Settings(settings.inbox, Path(folder, "home"))
        assert restore(home, backup_of(settings)).wrong == []
        return published(home)


def lose_after_backup(settings: Settings, number: int) -> None:
    publish(settings, 2)
    back_up(settings, backup_of(settings))
    shutil.rmtree(settings.home)


def restore_backup(settings: Settings, number: int) -> None:
    restore(settings, backup_of(settings))


def restored(settings: Settings) -> int:
    """2 if everything is there again; 1 if some is missing, and the command says so."""
    is_whole = not verify(settings) and ReleaseStore.of(settings).current().files
    return published(settings) if is_whole else 1


def send_once(settings: Settings, number: int) -> None:
    store = SendingStore.of(settings)
    if len(store.read()) < number:
        store.keep(ReleaseStore.of(settings).current(), 2021, 3, date(2021, 4, number), {})


def publish_and_send(settings: Settings, number: int) -> None:
    publish_form(settings, 24)
    send_once(settings, number)


def are_sent(settings: Settings) -> int:
    """How many times the form was sent; each is whole, and stays as it was."""
    sendings = SendingStore.of(settings).read()
    assert [(one.number, one.sent_on.day) for one in sendings] == [
        (number, number) for number in range(1, len(sendings) + 1)
    ]
    return len(sendings)


@dataclass(frozen=True)
class Scenario:
    """Something that is done to a home, after which a number can be read from it."""

    before: Callable[[Settings, int], None]
    act: Callable[[Settings, int], None]
    read: Callable[[Settings], int]
    changes_the_number: bool = True


SCENARIOS = {
    "publish": Scenario(publish, publish, published),
    "publish first": Scenario(lambda settings, number: None, publish, published),
    "forget": Scenario(forget, forget, are_forgotten),
    "upgrade": Scenario(
        publish_as_version_0, lambda settings, number: upgrade(settings), upgrade_and_count, False
    ),
    "backup": Scenario(publish_for_backup, back_up_once, backed_up),
    "restore": Scenario(lose_after_backup, restore_backup, restored),
    "send": Scenario(publish_and_send, send_once, are_sent),
}

_DIGESTS = len(forgotten("p").digests)
"""How many digests one person has."""

DRAWS = {
    "publish": 2, "publish first": 1, "forget": 8, "upgrade": 2, "backup": 4, "restore": 1, "send": 8,
}  # fmt: skip
"""How often the loss of power is drawn at each step."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def settings(disk: Disk) -> Settings:
    return Settings(Path("inbox"), disk.folder / "home")


def steps(disk: Disk, scenario: Scenario, settings: Settings) -> int:
    """Save the disk as it is before the scenario, and return how many changes that makes."""
    scenario.before(settings, 1)
    disk.save()
    disk.restore()
    scenario.act(settings, 2)
    found = disk.changes
    disk.restore()
    return found


@pytest.mark.parametrize("every", quick(1, [5, 1]))
@pytest.mark.parametrize("name", SCENARIOS)
def test_power_may_go_at_any_step(disk: Disk, settings: Settings, name: str, every: int) -> None:
    scenario, rng = SCENARIOS[name], random.Random(name)
    start = 0 if name == "publish first" else 1
    end = 2 if scenario.changes_the_number else 1
    points = steps(disk, scenario, settings)
    for at in (*range(1, points + 1, every), points + 1):
        for _ in range(DRAWS[name]):
            seed = rng.randrange(10**6)
            disk.restore()
            disk.lose_power(at)
            if at <= points:
                with pytest.raises(OSError, match="Input/output"):
                    scenario.act(settings, 2)
            else:
                scenario.act(settings, 2)
                # The power goes as soon as it is done.
                with pytest.raises(OSError, match="Input/output"):
                    (disk.folder / "mer").mkdir()
            disk.start_again(seed)
            if at > points:
                assert scenario.read(settings) == end, (at, seed)
            elif start:
                assert scenario.read(settings) in (start, end), (at, seed)
            scenario.act(settings, 2)
            assert scenario.read(settings) == end, (at, seed)


@pytest.mark.parametrize("every", quick(1, [5, 1]))
@pytest.mark.parametrize(
    ("name", "error"), [*((name, errno.ENOSPC) for name in SCENARIOS), ("publish", errno.EIO)]
)
def test_any_write_may_fail(
    disk: Disk, settings: Settings, name: str, error: int, every: int
) -> None:
    scenario = SCENARIOS[name]
    start = 0 if name == "publish first" else 1
    end = 2 if scenario.changes_the_number else 1
    points = steps(disk, scenario, settings)
    for at in range(1, points + 1, every):
        disk.restore()
        disk.fail(at, error)
        try:
            scenario.act(settings, 2)
        except UnsyncedError:
            assert scenario.read(settings) == end, at
        except OSError:
            # What says that nothing has changed is true.
            if start and name not in ("forget", "backup", "restore", "send"):
                assert scenario.read(settings) == start, at
        scenario.act(settings, 2)
        assert scenario.read(settings) == end, at
