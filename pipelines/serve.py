"""Starts the live dashboard of one published folder. It knows nothing of the content."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path

from pipelines.settings import DEFAULT_DELIVERY_DAY, LOOPBACK


class PortBusyError(Exception):
    """The address cannot be listened on. The message says in Norwegian what to do."""


def dashboard(
    folder: Path,
    host: str = LOOPBACK,
    port: int = 8050,
    public_name: str = "",
    delivery_day: int = DEFAULT_DELIVERY_DAY,
) -> Callable[[], None]:
    """Listen on `host` and `port`, and return a function that answers there until Ctrl+C.

    `folder` is HOME/published/<audience>; it need not exist yet. `delivery_day` is the day of the
    month by which the delivery of the month before must be there. The dashboard answers to the
    names of this machine, `host` and `public_name`. It cannot be reached from outside this machine
    unless `host` allows it (`is_loopback`). Raises PortBusyError.
    """
    # Uvicorn and Plotly are slow to import, and no other command needs them.
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from dashboards.app.server import create_app
    from pipelines.connections import listen, run
    from pipelines.guard import guard

    # Bound first, so that nobody waits for an app that cannot be reached.
    try:
        listening = listen(host, port)
    except OSError as error:
        raise PortBusyError(
            f"Dashbordet kan ikke lytte på {host}:{port}. Velg en annen port med --port."
        ) from error
    names = (f"[{host}]" if ":" in host else host, public_name)
    app = Starlette(routes=[Mount("/", create_app(folder, delivery_day))], middleware=guard(names))
    return lambda: run(app, listening)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    except OSError:
        return host == "::1"
