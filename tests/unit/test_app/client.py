"""A reader of the live dashboard without a browser: asks the app in this process, as a server would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope


@dataclass(frozen=True)
class Answer:
    """What the app answered."""

    status_code: int
    headers: Headers
    data: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.data.decode()

    @property
    def content_type(self) -> str:
        """The kind of the body."""
        return self.headers["Content-Type"]


@dataclass(frozen=True)
class Client:
    """Asks one app."""

    app: ASGIApp

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for an address."""
        return self.ask("GET", address, headers or {})

    def post(self, address: str, *, json: Any) -> Answer:
        """Send JSON to an address."""
        return self.ask("POST", address, body=_json(json))

    def delete(self, address: str) -> Answer:
        """Ask for an address to be deleted."""
        return self.ask("DELETE", address)

    def ask(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send one request; whatever the app raises is raised."""
        return asyncio.run(self.asked(method, address, headers, body))

    async def asked(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """The same beside other requests."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope(method, address, headers), receive, send)
        start, *bodies = sent
        content = b"".join(message.get("body", b"") for message in bodies)
        return Answer(start["status"], Headers(raw=start["headers"]), content)


def scope(method: str, address: str, headers: Mapping[str, str] | None = None) -> Scope:
    """A request as a server hands it to an app."""
    to = urlsplit(address)
    given = {"host": "localhost"} | dict(headers or {})
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(to.path),
        "raw_path": to.path.encode(),
        "query_string": to.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in given.items()],
        "server": ("localhost", 80),
        "client": ("localhost", 1),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
