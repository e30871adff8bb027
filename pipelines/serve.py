"""The live dashboard of one published folder, and the addresses of the web servers.

It knows nothing of the content. `nora serve` runs it in pipelines/dashboard_server.py.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.settings import DEFAULT_DELIVERY_DAY, LOOPBACK

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from dashboards.app.server import Health


class PortBusyError(Exception):
    """The address cannot be listened on. The message says in Norwegian what to do."""


def listen(what: str, host: str, port: int, option: str) -> socket.socket:
    """Listen on `host` and `port`, for the server called `what`, whose port `option` chooses.

    Raises PortBusyError.
    """
    # Uvicorn and Plotly are slow to import, and no other command needs them.
    from pipelines import connections

    try:
        return connections.listen(host, port)
    except (OSError, OverflowError) as error:
        raise PortBusyError(
            f"{what} kan ikke lytte på {host}:{port}. Velg en annen port med {option}."
        ) from error


def app(folder: Path, names: Sequence[str], delivery_day: int, health: Health) -> Starlette:
    """Return the dashboard, which answers to `names` and the names of this machine.

    `folder` is HOME/published/<audience>; it need not exist yet. `delivery_day` is the day of the
    month by which the delivery of the month before must be there.
    """
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from dashboards.app.server import create_app
    from pipelines.guard import guard

    hosts = [f"[{name}]" if ":" in name else name for name in names]
    dashboard = create_app(folder, delivery_day, health)
    return Starlette(routes=[Mount("/", dashboard)], middleware=guard(hosts))


def dashboard(folder: Path, host: str = LOOPBACK, port: int = 8050) -> Callable[[], None]:
    """Listen on `host` and `port`, and return a function that answers there until Ctrl+C.

    Without a home: `/helse` knows only whether something is published. It cannot be reached from
    outside this machine unless `host` allows it (`is_loopback`). Raises PortBusyError.
    """
    # Bound first, so that nobody waits for an app that cannot be reached.
    listening = listen("Dashbordet", host, port, "--port")
    from pipelines import connections

    served = app(folder, [host], DEFAULT_DELIVERY_DAY, _publication_alone)
    return lambda: connections.run(served, listening)


def _publication_alone(built_at: str | None) -> dict[str, str | None]:
    return {"status": "ok" if built_at else "fault", "built_at": built_at}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    except OSError:
        return host == "::1"
