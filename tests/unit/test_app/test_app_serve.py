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

PROJECT = Path(__file__).parents[3]
START = "import sys; from pathlib import Path; from pipelines.serve import dashboard\n"
START += "dashboard(Path(sys.argv[1]), port=int(sys.argv[2]))()"
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


def test_dashboard_answers_until_it_is_interrupted(published: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", START, str(published), str(port)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as server:
        try:
            headers = _headers(port)
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=PATIENCE)
    assert "Server" not in headers
    assert server.returncode == 0, said
    assert "Traceback" not in said


def _headers(port: int) -> HTTPMessage:
    """The headers of an answer, once there is one."""
    until = time.monotonic() + PATIENCE
    while True:
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            try:
                connection.request("GET", "/helse")
            except ConnectionRefusedError:
                assert time.monotonic() < until
                time.sleep(0.2)
                continue
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.headers
