"""Both web servers as `nora serve` starts them, and questions put to them as no browser would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.settings import PROJECT
from tests.pipeline.homes import DEMO, DEMO_DAY, Home

PATIENCE = 60
"""Seconds in which a server must answer, or end."""

PUBLIC_NAME = "nora.example.org"
"""The name under which a proxy would show both servers."""

_DASHBOARD = """import sys; from pathlib import Path; from pipelines.serve import dashboard
dashboard(Path(sys.argv[1]), port=int(sys.argv[2]))()"""
READY = "{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename } } } } }"
RUNS = "{ runsOrError { ... on Runs { results { runId } } } }"


class Answer(NamedTuple):
    """What came back, read whole."""

    status: int
    headers: HTTPMessage
    body: bytes


class Serving(NamedTuple):
    """The ports of both servers, and the home that they show."""

    dashboard: int
    dagster: int
    home: Home

    def graphql(self, query: str, **variables: Any) -> Any:
        """Ask Dagster as a program of this machine would; the data of the answer."""
        body = json.dumps({"query": query, "variables": variables})
        headers = {"Content-Type": "application/json"}
        answer = asked(self.dagster, "/graphql", "POST", body, **headers)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["data"]

    def state(self) -> tuple[Any, dict[str, str]]:
        """What an attack could have changed: the runs, and what is published."""
        return self.graphql(RUNS), self.home.publication()


@contextmanager
def serving(home: Home) -> Iterator[Serving]:
    """Run `nora serve` on a home, with PUBLIC_NAME as the public name, until the test is done."""
    servers = Serving(free_port(), free_port(), home)
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--inbox", str(DEMO)]
    command += ["--home", str(home.path), "--as-of", DEMO_DAY]
    command += ["--port", str(servers.dashboard), "--dagster-port", str(servers.dagster)]
    with running(command, servers.dashboard, servers.dagster, NORA_PUBLIC_NAME=PUBLIC_NAME):
        yield servers


@contextmanager
def serving_folder(folder: Path) -> Iterator[int]:
    """Serve a published folder in a process of its own, which must end well; its port."""
    port = free_port()
    with running([sys.executable, "-c", _DASHBOARD, str(folder), str(port)], port):
        yield port


@contextmanager
def running(command: Sequence[str], *ports: int, **environment: str) -> Iterator[None]:
    """Run a server that answers at all `ports`, and end it as Ctrl+C does; it must end well."""
    with subprocess.Popen(command, cwd=PROJECT, env=os.environ | environment) as process:
        try:
            for port in ports:
                wait_for(port)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    assert process.returncode == 0


def asked(
    port: int, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> Answer:
    """Ask for a path exactly as it is written; an underscore in a header's name is a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Return when a server on this machine answers at `port`, whatever it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            asked(port, "/")
        except ConnectionRefusedError:
            assert time.monotonic() < until, f"nobody answers at {port}"
            time.sleep(0.1)
        else:
            return
