"""Small disks in a mount namespace of their own: they need no rights, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import PROJECT
from tests.pipeline.homes import DEMO_DAY, Outcome


def build_command(home: Path, inbox: Path) -> list[str]:
    """Return the command that builds in a process of its own."""
    where = ["--home", str(home), "--inbox", str(inbox), "--as-of", DEMO_DAY]
    return [sys.executable, "-m", "pipelines.cli", "build", *where]


@dataclass(frozen=True)
class Disks:
    """A view of the file system in which folders may be disks of their own."""

    process: int
    """The process that holds it."""

    def seen(self, path: Path) -> Path:
        """Return the path by which a process outside sees what lies at `path` inside."""
        return Path(f"/proc/{self.process}/root{path}")

    def mount(self, folder: Path, megabytes: int, *options: str) -> None:
        """Make a folder, which may hold files, a disk of this size with the same files."""
        before = folder.with_name(f"{folder.name}-before")
        if folder.exists():
            shutil.move(folder, before)
        folder.mkdir()
        size = f"size={megabytes}m,mode=0700"
        self._run("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder))
        if before.exists():
            shutil.copytree(before, self.seen(folder), symlinks=True, dirs_exist_ok=True)
        if options:
            self._run("mount", "-o", ",".join(["remount", *options]), str(folder))

    def fill(self, folder: Path) -> None:
        """Fill the disk at `folder` to its last byte."""
        self._run("sh", "-c", 'cat /dev/zero > "$1/fill" || true', "sh", str(folder))
        status = os.statvfs(self.seen(folder))
        assert status.f_bavail == 0

    def build(
        self, home: Path, inbox: Path, *, full: Path | None = None, after: str = ""
    ) -> Outcome:
        """Run `nora build`; fill the disk at `full` when the step `after` has ended."""
        with subprocess.Popen(
            [*self._enter(), *build_command(home, inbox)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            assert process.stderr
            assert process.stdout
            lines = []
            for line in process.stderr:
                lines.append(line)
                if full and line.split()[:1] == [after]:
                    self.fill(full)
            out = process.stdout.read()
        return Outcome(process.returncode, out, "".join(lines))

    def _enter(self) -> list[str]:
        return ["nsenter", "-t", str(self.process), "-U", "-m", "--preserve-credentials"]

    def _run(self, *command: str) -> None:
        subprocess.run([*self._enter(), *command], check=True, capture_output=True)


@contextmanager
def disks() -> Iterator[Disks]:
    """Yield a view of the file system; skip the test where none can be made."""
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed, so no disk can be made small")
    with subprocess.Popen(
        ["unshare", "-rm", "sh", "-c", "echo ready; read end"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as holder:
        if holder.stdout and holder.stdout.readline() != "ready\n":
            pytest.skip("this machine lets nobody mount, so no disk can be made small")
        try:
            yield Disks(holder.pid)
        finally:
            holder.kill()
