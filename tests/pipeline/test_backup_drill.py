"""A machine is lost; the inbox and a backup are left."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.release_store import ReleaseStore
from tests.pipeline.homes import Home, nora


def test_everything_is_as_before_when_a_machine_was_lost(home: Home, tmp_path: Path) -> None:
    document = home.path / "reports" / "internal" / "2021" / "nora-2021.docx"
    document.write_bytes(b"a day's work")
    pages, tables, receipts = home.pages(), home.tables(), home.manifest()["receipts"]
    published = ReleaseStore.of(home.settings).current().files
    file = tmp_path / "kopi.tar"
    said = nora("backup", str(file), "--home", str(home.path))
    assert said.code == 0, said.out
    assert "ikke kryptert" in said.out
    shutil.rmtree(home.path)

    said = nora("restore", str(file), "--home", str(home.path))
    assert said.code == 0, said.out
    assert nora("verify", "--home", str(home.path)).code == 0
    assert ReleaseStore.of(home.settings).current().files == published
    assert home.pages() == pages
    assert home.build().code == 0
    assert home.tables() == tables
    assert document.read_bytes() == b"a day's work"
    assert home.manifest()["receipts"] == receipts
    after = ReleaseStore.of(home.settings).current().files
    assert {
        name for name in after if name.endswith(".parquet") and after[name] != published[name]
    } == set()


def test_what_is_lost_is_said_with_the_command_that_brings_it_back(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "kopi.tar"
    assert nora("backup", str(file), "--home", str(home.path)).code == 0
    shutil.rmtree(home.settings.vintages)
    for command in (("verify",), ("backup", str(tmp_path / "ny.tar"))):
        said = nora(*command, "--home", str(home.path))
        assert said.code == 1
        assert "med nora restore" in said.out
    assert nora("restore", str(file), "--home", str(home.path)).code == 0
    assert nora("verify", "--home", str(home.path)).code == 0
    said = nora("restore", str(tmp_path / "ny.tar"), "--home", str(home.path))
    assert said.code == 1
    assert "ny.tar finnes ikke" in said.out
