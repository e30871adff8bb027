"""Starts the live dashboard of one published folder. What it shows is not known here."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Callable
from pathlib import Path

LOOPBACK = "127.0.0.1"

_THREADS = 8
_WAITING = 256
"""How many readers may be connected, and how many wait for that."""


class PortBusyError(Exception):
    """The address cannot be listened on. The message says in Norwegian what to do."""


def dashboard(folder: Path, host: str = LOOPBACK, port: int = 8050) -> Callable[[], None]:
    """Listen on `host` and `port`, and return what answers there until Ctrl+C.

    `folder` is HOME/published/<audience>; it need not be there yet. Raises PortBusyError. Nothing
    is heard from outside this machine unless `host` says so (`is_loopback`).
    """
    # Waitress and Dash are slow to import, and no other command needs them.
    from waitress import create_server

    from dashboards.app.server import LOOPBACK as OWN_NAMES
    from dashboards.app.server import create_app

    # It would say every time that a reader waits for another.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Bound first: nobody waits for an app that nobody will reach, and no socket is left behind.
    listening = _bound(host, port)
    app = create_app(folder, OWN_NAMES if is_loopback(host) else None)
    server = create_server(
        app.server,
        sockets=[listening],
        threads=_THREADS,
        connection_limit=_WAITING,
        # Says nothing of what answers.
        ident=None,
    )

    def run() -> None:
        server.run()

    return run


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    except OSError:
        return host == "::1"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        raise PortBusyError(
            f"Dashbordet kan ikke lytte på {host}:{port}. Velg en annen port med --port."
        ) from error
