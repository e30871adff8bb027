"""The bill of materials says what the lock holds, and the audit never takes silence for safety."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bench.bill_of_materials import bill_of_materials, licence_list, main

PROJECT = Path(__file__).parents[2]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
PINNED = re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)", LOCK, re.MULTILINE)


def test_bill_names_every_package_of_the_lock_with_its_hashes() -> None:
    bill = json.loads(bill_of_materials(LOCK))
    named = bill["components"]
    assert sorted((one["name"], one["version"]) for one in named) == sorted(PINNED)
    hashes = {entry["content"] for one in named for entry in one["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", LOCK))
    assert sum("licenses" in one for one in named) > 0.9 * len(named)


def test_bill_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill_of_materials(LOCK)) is None


def test_same_lock_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        main([str(tmp_path / name)])
    for name in ("bom.json", "licences.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert "timestamp" not in bill_of_materials(LOCK)
    other = bill_of_materials(LOCK.replace("0", "1"))
    assert json.loads(other)["serialNumber"] != json.loads(bill_of_materials(LOCK))["serialNumber"]


def test_licence_of_every_package_is_listed() -> None:
    listed = [line.split(" | ")[0].strip("| ") for line in licence_list(LOCK).splitlines()[2:]]
    assert listed == [name for name, _ in PINNED]
    assert re.search(r"^\| polars \| \S+ \| MIT", licence_list(LOCK), re.MULTILINE)


def test_audit_that_cannot_ask_says_so_and_fails(tmp_path: Path) -> None:
    (tmp_path / "Makefile").symlink_to(PROJECT / "Makefile")
    (tmp_path / "requirements.lock").write_text("ingen-slik-pakke==1.0 --hash=sha256:" + "0" * 64)
    recipe = [
        "make",
        "-s",
        "-o",
        f"{PROJECT}/.venv/.installed-dev",
        "audit",
        f"VENV={PROJECT}/.venv",
    ]
    # Nobody listens there.
    unreachable = {"PATH": "/usr/bin:/bin", "HTTPS_PROXY": "http://127.0.0.1:9"}
    asked = subprocess.run(
        recipe, cwd=tmp_path, capture_output=True, text=True, check=False, env=unreachable
    )
    assert asked.returncode != 0
    assert "NOT AUDITED" in asked.stdout
