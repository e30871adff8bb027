"""The units of docs/systemd, as systemd itself judges them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

UNITS = sorted((PROJECT / "docs" / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 20
"""Tenths: 2.0 on systemd's scale from 0 (safe) to 10, of which up to 4 is OK."""


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("units not checked: no systemd-analyze on PATH (make setup-systemd)")
    return found


def judged(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_is_understood(analyze: str, unit: Path, tmp_path: Path) -> None:
    # The program is not installed there; everything else is as it stands.
    for one in UNITS:
        text = one.read_text(encoding="utf-8").replace("/opt/nora/.venv/bin/nora", "/bin/true")
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    assert judged(analyze, "verify", "--man=no", str(tmp_path / unit.name)) == ""


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_service_is_closed(analyze: str, unit: Path) -> None:
    judged(analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))
