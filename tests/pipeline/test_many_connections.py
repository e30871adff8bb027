"""Readers are let in, however many others hold their connections without asking or reading."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from pipelines.connections import MOST
from tests.pipeline.serving import PATIENCE, Serving, asked, free_port, running

HALF_OPEN = {
    "nothing": b"",
    "half a request": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a",
    "half a body": b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
}
"""What somebody sends who wants to be waited for."""

SMALL = """import sys; from pipelines.connections import listen, run
async def app(scope, receive, send):
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        size = int(scope["path"][1:] or 0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * size})
    else:
        await receive()
run(app, listen("127.0.0.1", int(sys.argv[1])), most=4, patience=float(sys.argv[2]))"""
"""A server of a few connections, whose answers are as long as is asked for."""

MORE_THAN_FITS = 100_000_000
"""Bytes that no buffer between two processes of one machine takes."""


@pytest.fixture(params=["dashboard", "dagster"])
def port(request: pytest.FixtureRequest, servers: Serving) -> int:
    """The port of each server in turn."""
    found: int = getattr(servers, request.param)
    return found


@pytest.fixture
def impatient() -> Iterator[int]:
    """The port of a server that gives up after a second."""
    with small_server(patience=1) as port:
        yield port


@contextmanager
def small_server(patience: float) -> Iterator[int]:
    """Run a server of a few connections; its port."""
    port = free_port()
    with running([sys.executable, "-c", SMALL, str(port), str(patience)], port):
        yield port


@pytest.fixture
def opened() -> Iterator[Callable[..., socket.socket]]:
    """Opens a connection, sends something, and holds it until the test is done."""
    with ExitStack() as held:

        def connect(port: int, sent: bytes, buffer: int | None = None) -> socket.socket:
            connection = held.enter_context(socket.socket())
            connection.settimeout(PATIENCE)
            if buffer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            connection.connect(("127.0.0.1", port))
            connection.sendall(sent)
            return connection

        yield connect


@pytest.mark.parametrize("sent", HALF_OPEN.values(), ids=HALF_OPEN)
def test_readers_go_on_beside_half_open_connections(
    port: int, sent: bytes, opened: Callable[..., socket.socket]
) -> None:
    held = [opened(port, sent) for _ in range(300)]
    for _ in range(20):
        assert asked(port, "/").status == 200
    # The first made way for those that came after them; what was sent whole was answered.
    assert len(held) > MOST
    assert not rest(held[0]) or b"POST" in sent


@pytest.mark.parametrize(
    ("server", "path"),
    [("dashboard", "/"), ("dashboard", "/last-ned/nora.xlsx"), ("dagster", "/")],
)
def test_readers_go_on_beside_readers_who_take_nothing(
    servers: Serving, server: str, path: str, opened: Callable[..., socket.socket]
) -> None:
    port = getattr(servers, server)
    for _ in range(300):
        opened(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), buffer=2048)
    for _ in range(20):
        assert asked(port, "/").status == 200


@pytest.mark.parametrize("sent", HALF_OPEN.values(), ids=HALF_OPEN)
def test_request_that_never_comes_is_not_waited_for(
    impatient: int, sent: bytes, opened: Callable[..., socket.socket]
) -> None:
    assert rest(opened(impatient, sent)) == 0


def test_request_that_drips_is_not_waited_for(
    impatient: int, opened: Callable[..., socket.socket]
) -> None:
    connection = opened(impatient, b"GET / HTTP/1.1\r\nX-Slow: ")
    connection.settimeout(0.1)
    assert not all(drips(connection) for _ in range(10 * PATIENCE))


def test_request_without_an_end_is_not_read(opened: Callable[..., socket.socket]) -> None:
    with small_server(patience=2 * PATIENCE) as port:
        connection = opened(port, b"GET / HTTP/1.1\r\nX-Long: ")
        connection.settimeout(0.1)
        assert not all(drips(connection, b"a" * 100_000) for _ in range(100))


def test_answer_that_is_not_taken_is_given_up(
    impatient: int, opened: Callable[..., socket.socket]
) -> None:
    asks = f"GET /{MORE_THAN_FITS} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    slow = [opened(impatient, asks, buffer=2048) for _ in range(4)]
    # Nothing is taken until the server must have given up, on a busy machine too.
    time.sleep(5)
    assert all(rest(connection) < MORE_THAN_FITS for connection in slow)


def test_answer_that_is_taken_comes_whole(impatient: int) -> None:
    assert len(asked(impatient, f"/{MORE_THAN_FITS}").body) == MORE_THAN_FITS


def test_who_has_waited_longest_makes_way(opened: Callable[..., socket.socket]) -> None:
    asks = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with small_server(patience=2 * PATIENCE) as port:
        answered, silent, *_ = [opened(port, b"GET /") for _ in range(4)]
        answered.sendall(asks[5:])
        said = b""
        while not said.endswith(b"0\r\n\r\n"):  # the end of a chunked answer
            said += answered.recv(1000)
        time.sleep(6)  # longer than uvicorn keeps an idle connection on its own
        newest = opened(port, asks)
        assert newest.recv(12) == b"HTTP/1.1 200"
        assert rest(silent) == 0


def drips(connection: socket.socket, sent: bytes = b"a") -> bool:
    """Send a little more; whether the server waits for the next."""
    try:
        connection.sendall(sent)
        connection.recv(1)
    except TimeoutError:
        return True
    except (BrokenPipeError, ConnectionResetError):
        return False
    return False


def rest(connection: socket.socket) -> int:
    """How many bytes come until the server ends a connection; TimeoutError when it does not."""
    received = 0
    with closing(connection):
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                return received
            if not part:
                return received
            received += len(part)
