"""Serves an app in such a way that slow connections cannot keep other readers out.

Uvicorn sets no limit to the time for a request to arrive and an answer to be received, or to the
number of connections. Here both are limited: when there are too many connections, the one that has
waited longest for an answer is closed, so a new reader is always let in.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from math import ceil

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MOST = 200
"""The most connections of one server at a time."""

PATIENCE = 60.0
"""Seconds from the opening of a connection, or its last answer, until its next answer is given."""

_ENDING = 3
"""Seconds that a server which is shutting down gives to its current requests."""

_LARGEST_MESSAGE = 1_000_000
"""The most bytes of a message of a WebSocket."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address; OSError when that is impossible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=MOST)


def run(
    app: ASGIApp, listening: socket.socket, most: int = MOST, patience: float = PATIENCE
) -> None:
    """Answer at `listening` until Ctrl+C, to `most` connections, each within `patience` seconds."""
    with suppress(KeyboardInterrupt):
        uvicorn.Server(_Config(app, most, patience)).run(sockets=[listening])


class _Config(uvicorn.Config):
    """The parts of uvicorn that are needed here, and the connections of its server."""

    def __init__(self, app: ASGIApp, most: int, patience: float) -> None:
        self.open = _Connections(most, patience)
        super().__init__(
            app,
            # Uvicorn would prefer httptools, which does not limit the headers of a request.
            http=_Http,
            ws=_WebSocket,
            ws_max_size=_LARGEST_MESSAGE,
            # The process that serves says how its lines look.
            log_config=None,
            log_level="error",
            access_log=False,
            # The headers that a proxy adds about its readers are of no use here.
            proxy_headers=False,
            server_header=False,
            # Uvicorn's own limit after an answer is shorter: one limit is enough.
            timeout_keep_alive=ceil(patience),
            timeout_graceful_shutdown=_ENDING,
        )


class _Connections:
    """The open connections of a server, the one that has gone longest without an answer first."""

    def __init__(self, most: int, patience: float) -> None:
        self._most = most
        self._patience = patience
        self._ends: dict[asyncio.Transport, asyncio.TimerHandle] = {}

    def add(self, transport: asyncio.Transport) -> None:
        """Add a connection, and close the oldest one if there are too many."""
        self.renew(transport)
        if len(self._ends) > self._most:
            oldest = next(iter(self._ends))
            self.remove(oldest)
            # Not closed normally, which would wait until the other side has received everything.
            oldest.abort()

    def renew(self, transport: asyncio.Transport) -> None:
        """Begin to wait for the next request: the last one has been answered."""
        self.remove(transport)
        end = asyncio.get_running_loop().call_later(self._patience, transport.abort)
        self._ends[transport] = end

    def keep(self, transport: asyncio.Transport) -> None:
        """Exempt a connection from the time limit: uvicorn itself checks that WebSockets live."""
        self.renew(transport)
        self._ends[transport].cancel()

    def remove(self, transport: asyncio.Transport) -> None:
        """Stop counting a connection."""
        end = self._ends.pop(transport, None)
        if end is not None:
            end.cancel()


class _Http(H11Protocol):
    config: _Config

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.config.open.add(transport)

    def on_response_complete(self) -> None:
        self.config.open.renew(self.transport)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self.config.open.remove(self.transport)
        super().connection_lost(exc)


class _WebSocket(WebSocketsSansIOProtocol):
    config: _Config

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.config.open.keep(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.config.open.remove(self.transport)
        super().connection_lost(exc)
