"""Which requests reach our two web servers: those to a name of ours, and not from a foreign page.

A browser sends the requests of any open page, and from this machine it reaches even servers that
listen on loopback alone. It states the origin of each request, and a page cannot change that, so
it is trusted here. A program that is not a browser states no origin, and is let in: it runs on this
machine, or behind the sign-in of a proxy. The number of connections is limited in
`pipelines.connections`.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.settings import LOOPBACK

_OWN_NAMES = (LOOPBACK, "localhost", "[::1]")
_LARGEST = 1_000_000
"""The most bytes of a request's body; no request to our servers needs so many."""

_CLOSED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""These headers make the browser keep every answer from pages of others."""


def guard(names: Sequence[str] = ()) -> list[Middleware]:
    """Return the middleware for an app that answers to this machine's names and to `names`."""
    hosts = [*_OWN_NAMES, *filter(None, names)]
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(_OwnPagesOnly),
    ]


class _OwnPagesOnly:
    """Refuses requests from pages of another origin, by HTTP and by WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_CLOSED)
            await send(message)

        answer = _refusal(scope) or self._app
        await answer(scope, receive, send_closed)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    if _is_foreign(headers) and not _is_link(scope, headers):
        return PlainTextResponse("Forespørselen kommer fra et annet nettsted.", 403)
    # Without a length, the size of the request is unknown.
    if "transfer-encoding" in headers:
        return PlainTextResponse("Lengden på forespørselen mangler.", 411)
    if int(headers.get("content-length", 0)) > _LARGEST:
        return PlainTextResponse("Forespørselen er for stor.", 413)
    return None


def _is_foreign(headers: Headers) -> bool:
    """Whether, according to the browser, the request comes from a page of another origin."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "none", "same-origin"):
        return True
    return origin is not None and origin.partition("://")[2] != headers["host"]


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Whether a reader follows a link into a window of its own, which no other page can read."""
    return (
        scope.get("method") in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and "origin" not in headers
    )
