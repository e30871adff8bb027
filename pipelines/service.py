"""What `nora serve` starts, as Dagster means it for production, and how all of it ends together.

Four processes: the dashboard, Dagster's code server, its daemon and its web server. When one of
them ends, all end, and whoever started `nora serve` (systemd) starts it again. The runs of Dagster
are children of the code server. pipelines/ending.py ends them all, even if this process is killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket

from pipelines import log_lines
from pipelines.settings import PROJECT, Settings

_LOCK = "service.lock"
_PAUSE = 0.1
_WORKSPACE = """\
load_from:
  - grpc_server:
      host: localhost
      socket: {socket}
      location_name: nora
"""


class StoppedError(Exception):
    """A part of the service has ended by itself. The message says in Norwegian which."""

    def __init__(self, name: str, code: int) -> None:
        """Name the part, and how it ended."""
        how = f"signal {-code}" if code < 0 else f"kode {code}"
        super().__init__(
            f"{name} stanset av seg selv ({how}), så hele tjenesten er avsluttet. systemd starter "
            "den igjen; uten systemd, kjør nora serve på nytt."
        )


@contextmanager
def first_in(settings: Settings) -> Iterator[int | None]:
    """Yield the lock of the service of a home, or None when another `nora serve` has it.

    It is also held by what the service has started, until all of that has ended.
    """
    file = os.open(settings.dagster_home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        yield None
        return
    try:
        yield file
    finally:
        os.close(file)


def serve(
    audience: str, host: str, dashboard: socket, dagster: socket | None, held: int | None
) -> None:
    """Answer at one socket as the dashboard and, if given, at another as Dagster, until a signal.

    `held` is the lock of `first_in`. The environment holds the settings (`instance.prepare`).
    Raises StoppedError when a part ends by itself.
    """
    # Also SIGINT: a shell lets what it starts in the background ignore it, and Dagster's processes
    # would then ignore SIGTERM too.
    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, signal.default_int_handler)
    with suppress(KeyboardInterrupt), _started(held) as (service, folder):
        service.start("Dashbordet", "pipelines.dashboard_server", audience, host, at=dashboard)
        if dagster:
            _start_dagster(service, folder, dagster)
        service.wait()


def _start_dagster(service: _Service, folder: Path, at: socket) -> None:
    code, workspace = folder / "code.sock", folder / "workspace.yaml"
    workspace.write_text(_WORKSPACE.format(socket=code), encoding="utf-8")
    log = ("--log-level", "warning", "--log-format", log_lines.dagster_format())
    module = ("--module-name", "pipelines.code_location", "--location-name", "nora")
    # `dagster code-server start` would put a process between that hides the end of the server.
    server = ("dagster", "api", "grpc", "--socket", str(code), *module, *log)
    # Runs print every event there, with errors that may quote a cell; Dagster keeps them anyway.
    service.start("Dagsters kodeserver", *server, stderr=subprocess.DEVNULL)
    service.wait_for(code)
    service.start("Dagsters daemon", "dagster._daemon", "run", "-w", str(workspace), *log)
    service.start("Dagsters webserver", "pipelines.dagster_ui", str(workspace), at=at)


class _Service:
    """The processes of one service, in a group that `ending` leads."""

    def __init__(self, ending: subprocess.Popen[bytes]) -> None:
        self._ending = ending
        self._parts: dict[int, tuple[str, subprocess.Popen[bytes]]] = {}

    def start(
        self, name: str, *arguments: str, at: socket | None = None, stderr: int | None = None
    ) -> None:
        """Start a module of Python as a part, which takes over the socket that it answers at."""
        given = [at.fileno()] if at else []
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments, *map(str, given)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=given,
            process_group=self._ending.pid,
        )
        self._parts[process.pid] = (name, process)
        if at:
            at.close()

    def wait_for(self, file: Path) -> None:
        """Return when a part has made a file; raise StoppedError when one ends before."""
        while not file.exists():
            for name, process in self._parts.values():
                if process.poll() is not None:
                    raise StoppedError(name, process.returncode)
            time.sleep(_PAUSE)

    def wait(self) -> None:
        """Raise StoppedError when a part has ended."""
        pid, status = os.wait()
        name, process = self._parts.get(pid, ("Vakten over prosessene", self._ending))
        process.returncode = os.waitstatus_to_exitcode(status)
        raise StoppedError(name, process.returncode)

    def end(self) -> None:
        """Return when all have ended."""
        if self._ending.poll() is not None:  # killed itself
            with suppress(ProcessLookupError):
                os.killpg(self._ending.pid, signal.SIGKILL)
        # Closes the pipe, for which it waits.
        self._ending.communicate()
        for _, process in self._parts.values():
            process.wait()


@contextmanager
def _started(held: int | None) -> Iterator[tuple[_Service, Path]]:
    """A service without parts, and a folder for its sockets; with the block everything ends."""
    # Nobody else's, and short: the path of a socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="nora-"))
    service = _Service(
        subprocess.Popen(
            [sys.executable, "-m", "pipelines.ending", str(folder)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            pass_fds=[] if held is None else [held],
            process_group=0,
        )
    )
    try:
        yield service, folder
    finally:
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)
        service.end()
        shutil.rmtree(folder, ignore_errors=True)
