"""Dagster's web server behind the guard; `nora serve` runs this module as a process of its own.

`dagster dev` and `dagster-webserver` accept no middleware, and answer requests from any page.
This is the same server, made with Dagster's own class.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from socket import socket

from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipelines import log_lines
from pipelines.connections import run
from pipelines.guard import guard
from pipelines.settings import Settings


def main() -> None:
    """Answer at a socket until Ctrl+C, for a workspace, and the home that the environment names."""
    workspace, listening = sys.argv[1:]
    log_lines.configure()
    target = WorkspaceFileTarget(paths=[workspace])
    with (
        suppress(KeyboardInterrupt),
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance, target, version=__version__, code_server_log_level="warning"
        ) as context,
    ):
        server = _Webserver(context, Settings.from_environment().public_name)
        run(server.create_asgi_app(), socket(fileno=int(listening)))


class _Webserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """Dagster's own server, guarded, and without queries in addresses."""

    def __init__(self, workspace: WorkspaceProcessContext, public_name: str) -> None:
        self._names = (public_name,)
        super().__init__(workspace)

    def build_middleware(self) -> list[Middleware]:
        """Put the guard before Dagster's own middleware."""
        return [*guard(self._names), *super().build_middleware()]

    async def graphql_http_endpoint(self, request: Request) -> Response:
        """Answer queries by POST only: a query in an address could be on any page."""
        if request.method != "POST" and request.url.query:
            return PlainTextResponse("GraphQL queries must be sent by POST.", 405)
        answer: Response = await super().graphql_http_endpoint(request)
        return answer


if __name__ == "__main__":
    main()
