"""With a key, no run leaves a person's plain text on the disk, and only the key opens the file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import KEY, KEY_FILE, PROJECT
from pipelines.warehouse import Warehouse, WarehouseKeyError
from tests.pipeline.homes import Home, Outcome, nora
from tests.pipeline.written import contents
from tests.unit.workbooks import EXITS, PARTICIPANTS, REFERRALS, workbook

SECRET = "it's a \\ hemmelighet på ett sted"  # noqa: S105
AS_TYPED = r"it\x27s a \x5C hemmelighet p\xC3\xA5 ett sted"
"""The key with the escapes that DuckDB reads in it, for whoever has one of such letters."""

DAY = "2021-12-31"
MARKERS = [b"D-HEMMELIG", b"H-HEMMELIG", b"Hemmelig AS", b"Hemmelig ord", SECRET.encode()]
"""Planted in the deliveries, in good rows and in bad ones; and the key itself."""

OPEN_READ_ONLY = """
import duckdb, sys
connection = duckdb.connect()
connection.execute("set variable key = ?", [sys.argv[2]])
connection.execute(
    f"attach '{sys.argv[1]}' as warehouse (encryption_key getvariable('key'), read_only)"
)
connection.execute("use warehouse")
print(connection.execute("select count(*) from intermediate.referral_cases").fetchone()[0])
"""
"""As docs/personvern.md says that an analyst opens the file."""


@dataclass(frozen=True)
class Built:
    home: Home
    inbox: Path
    scratch: Path
    said: Outcome

    def found(self) -> list[tuple[str, bytes]]:
        """Where in the home, or in the folder for temporary files, a marker stands."""
        return [
            (name, marker)
            for folder in (self.home.path, self.scratch)
            for name, content in packed(folder)
            for marker in MARKERS
            if marker in content
        ]


def packed(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All files of a folder, but for the warehouse unpacked as well."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from contents(path)
        elif path.is_file():
            yield path.name, path.read_bytes()


@pytest.fixture(scope="module")
def key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY, SECRET)
        yield


@pytest.fixture(scope="module")
def built(key: None, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("encrypted")
    inbox, scratch, home = folder / "inbox", folder / "scratch", Home(folder / "home")
    inbox.mkdir()
    scratch.mkdir()
    content = workbook(
        participants=[
            *PARTICIPANTS,
            ["D-HEMMELIG-1", 1980, "Kvinne", "Syria"],
            ["D-HEMMELIG-2", 1980, "Hemmelig ord", "Syria"],
        ],
        referrals=[
            *REFERRALS,
            ["H-HEMMELIG-1", "D-HEMMELIG-1", "1.2.2021", "NAV lokal", "KVP", "1.3.2021"],
            ["H-HEMMELIG-2", "D-HEMMELIG-2", "1.2.2021", "NAV lokal", "KVP", "1.3.2021"],
        ],
        exits=EXITS,
        activities=[
            ["Henvisnings-ID", "Aktivitet", "Fra dato", "Til dato", "Virksomhet"],
            ["H-HEMMELIG-1", "Mentor", "1.4.2021", "1.5.2021", "Hemmelig AS"],
        ],
    )
    (inbox / "a.xlsx").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        done = subprocess.run(
            command(home, inbox), cwd=PROJECT, capture_output=True, text=True, check=False
        )
    return Built(home, inbox, scratch, Outcome(done.returncode, done.stdout, done.stderr))


def command(home: Home, inbox: Path) -> list[str]:
    where = ["--inbox", str(inbox), "--home", str(home.path), "--as-of", DAY]
    return [sys.executable, "-m", "pipelines.cli", "build", *where]


def test_build_publishes_and_leaves_no_plain_text(built: Built) -> None:
    assert built.said.code == 3, built.said.out + built.said.err
    assert built.said.summary["rows_loaded"]["participants"] == 3
    assert (built.home.internal / "manifest.json").exists()
    assert built.found() == []


def test_feedback_is_the_list_alone_and_the_summary_tells_all_of_it(built: Built) -> None:
    assert "for databasen er kryptert" in built.said.out
    assert "  Arket «Deltakere», rad 5: «Kjønn»: " in built.said.out
    names = {name for name, _ in contents(built.home.path / "feedback")}
    assert any(name.endswith("worksheets/sheet1.xml") for name in names)
    assert not any(name.endswith("worksheets/sheet2.xml") for name in names)


@pytest.mark.slow
def test_build_killed_on_its_way_leaves_no_plain_text(built: Built, tmp_path: Path) -> None:
    killed = Built(Home(tmp_path / "home"), built.inbox, tmp_path / "scratch", built.said)
    killed.scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(killed.scratch))
        with subprocess.Popen(
            command(killed.home, killed.inbox), cwd=PROJECT, stderr=subprocess.PIPE, text=True
        ) as process:
            # The persons are in the file by then, and in what DuckDB keeps beside it.
            seen = any(line.split()[:1] == ["records"] for line in process.stderr or ())
            process.kill()
    assert seen
    assert (killed.home.path / "warehouse.duckdb").exists()
    assert killed.found() == []


def test_check_reads_what_is_loaded_and_leaves_no_plain_text(built: Built, tmp_path: Path) -> None:
    home = built.home.copied_to(tmp_path / "home")
    exits = [EXITS[0], ["H-HEMMELIG-1", "1.12.2021", "Planmessig avsluttet", "Hemmelig ord"]]
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(participants=PARTICIPANTS[:1], referrals=REFERRALS[:1], exits=exits))
    said = nora("check", str(path), "--home", str(home.path), "--as-of", DAY)
    assert said.code == 3
    assert "b.xlsx: 1 rad kan ikke leses inn" in said.out
    assert "for databasen er kryptert" in said.out
    assert Built(home, built.inbox, built.scratch, said).found() == []


def test_temporary_files_of_the_database_are_encrypted(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in (SECRET, ""):
        monkeypatch.setenv(KEY, secret)
        warehouse = Warehouse(file=str(tmp_path / f"w{len(secret)}" / "warehouse.duckdb"))
        with warehouse.connect() as connection:
            connection.execute("set memory_limit = '30MB'; set threads = 1")
            connection.execute(
                "create temp table many as "
                "select 'D-HEMMELIG-' || (i * 7919) % 4000037 as text from range(4000000) as t(i)"
            )
            spilled = [path.read_bytes() for path in Path(f"{warehouse.file}.tmp").iterdir()]
        assert spilled
        # Without a key they are not: the test would see it.
        assert any(b"D-HEMMELIG" in content for content in spilled) == (not secret)


# --- The key ----------------------------------------------------------------------------


def test_analyst_opens_the_file_with_the_key(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [sys.executable, "-c", OPEN_READ_ONLY, built.home.path / "warehouse.duckdb"]
    opened = subprocess.run([*arguments, AS_TYPED], capture_output=True, text=True, check=False)
    assert opened.stdout.strip() == "3", opened.stderr
    refused = subprocess.run([*arguments, "feil"], capture_output=True, text=True, check=False)
    assert "Wrong encryption key" in refused.stderr


@pytest.mark.parametrize("wrong", ["feil", SECRET.upper()])
def test_wrong_key_is_told_and_the_file_left_alone(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv(KEY, wrong)
    home = built.home.copied_to(tmp_path / "home")
    before = (home.path / "warehouse.duckdb").read_bytes()
    said = home.build(inbox=built.inbox)
    assert said.code == 1
    assert "Nøkkelen passer ikke" in said.out
    assert wrong not in said.out + said.err
    assert (home.path / "warehouse.duckdb").read_bytes() == before
    checked = nora("check", str(built.inbox / "a.xlsx"), "--home", str(home.path))
    assert checked.code == 1
    assert "Nøkkelen passer ikke" in checked.out


def test_missing_key_is_told(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "")
    warehouse = Warehouse(file=str(built.home.path / "warehouse.duckdb"))
    with pytest.raises(WarehouseKeyError, match=f"er kryptert.*Sett {KEY}, eller {KEY_FILE}"):
        warehouse.query("select 1")


def test_plain_file_is_not_opened_with_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    monkeypatch.setenv(KEY, "")
    warehouse.query("select 1")
    monkeypatch.setenv(KEY, SECRET)
    with pytest.raises(WarehouseKeyError, match=r"ikke kryptert\. Slett filen"):
        Warehouse(file=warehouse.file).query("select 1")


@pytest.mark.usefixtures("key")
def test_nothing_is_fetched_from_the_network(tmp_path: Path) -> None:
    warehouse = Warehouse(file=str(tmp_path / "warehouse.duckdb"))
    for address in ("https://localhost/a.csv", "s3://a/a.csv"):
        with pytest.raises(duckdb.PermissionException, match="disabled by configuration"):
            warehouse.query(f"from read_csv('{address}')")
    with warehouse.connect() as connection:
        settings = "current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        assert connection.execute(f"select {settings}").fetchone() == (False, False)


@pytest.mark.usefixtures("key")
def test_without_the_cryptography_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(WarehouseKeyError, match="duckdb-extension-httpfs"):
        Warehouse(file=str(tmp_path / "warehouse.duckdb")).query("select 1")


@pytest.mark.usefixtures("key")
def test_another_process_in_the_file_is_waited_for(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.warehouse import WarehouseBusyError

    home = built.home.copied_to(tmp_path / "home")
    hold = OPEN_READ_ONLY + "sys.stdout.flush(); sys.stdin.read()"
    monkeypatch.setattr("pipelines.warehouse._LOCK_PATIENCE", 0.5)
    warehouse = Warehouse(file=str(home.path / "warehouse.duckdb"))
    arguments = [sys.executable, "-c", hold, warehouse.file, AS_TYPED]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(WarehouseBusyError):
            warehouse.query("select 1")
        other.communicate()
    assert warehouse.query("select count(*) as n from records.participants").item() == 3
