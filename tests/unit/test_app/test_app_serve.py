"""Where the live dashboard listens, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import pytest

from pipelines.serve import PortBusyError, dashboard, is_loopback
from pipelines.settings import PUBLIC_NAME, Settings, SettingsError

PROJECT = Path(__file__).parents[3]
START = "import sys; from pathlib import Path; from pipelines.serve import dashboard\n"
START += "dashboard(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))()"
PATIENCE = 60


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("localhost", True), ("127.8.8.8", True), ("::1", True),
     ("0.0.0.0", False), ("192.0.2.1", False), ("finnes.ikke.invalid", False)],  # noqa: S104
)  # fmt: skip
def test_loopback_is_what_only_this_machine_reaches(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


def test_port_that_is_taken_is_said(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortBusyError, match="--port"):
            dashboard(published, port=taken.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8"])
def test_dashboard_answers_at_its_host_until_it_is_interrupted(published: Path, host: str) -> None:
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", START, str(published), host, str(port)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as server:
        try:
            headers = _headers(host, port)
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=PATIENCE)
    assert "Server" not in headers
    assert server.returncode == 0, said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["nora.example.org", "NORA.example.org", "nora", "192.0.2.1", ""])
def test_public_name_is_a_host_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_NAME, name)
    assert Settings.from_environment().public_name == name.lower()


@pytest.mark.parametrize(
    "name",
    [
        "https://nora.example.org",
        "nora.example.org:443",
        "*",
        "*.example.org",
        "nora/",
        "nora,a",
        " ",
    ],
)
def test_public_name_is_nothing_else(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_NAME, name)
    with pytest.raises(SettingsError, match=PUBLIC_NAME):
        Settings.from_environment()


def _headers(host: str, port: int) -> HTTPMessage:
    """The headers of an answer, once there is one."""
    until = time.monotonic() + PATIENCE
    while True:
        with closing(HTTPConnection(host, port, timeout=PATIENCE)) as connection:
            try:
                connection.request("GET", "/helse")
            except ConnectionRefusedError:
                assert time.monotonic() < until
                time.sleep(0.2)
                continue
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.headers
