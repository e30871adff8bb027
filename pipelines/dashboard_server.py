"""The live dashboard as a process of its own, which `nora serve` starts."""

from __future__ import annotations

import sys
from functools import partial
from socket import socket

from pipelines import health, instance, log_lines, serve
from pipelines.connections import run
from pipelines.settings import Settings


def main() -> None:
    """Answer at a socket, for an audience and the name of a host, until Ctrl+C."""
    audience, host, listening = sys.argv[1:]
    settings = Settings.from_environment()
    log_lines.configure()
    with instance.storage(settings) as storage:
        app = serve.app(
            settings.published / audience,
            (host, settings.public_name),
            settings.delivery_day,
            partial(health.told, settings, storage, audience),
        )
        run(app, socket(fileno=int(listening)))


if __name__ == "__main__":
    main()
