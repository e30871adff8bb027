"""The live dashboard with fifty viewers, compared with a bare Starlette route of the same bytes.

`python -m bench.dashboard` prints the requests per second of both, the errors, and the time of a
first view in a fresh Chromium. Each server has a process of its own; the clients run on the same
cores.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import importlib
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.build import build_demo
from dashboards.report.pictures import PicturesUnavailableError, find_browser
from pipelines import serve
from pipelines.connections import listen, run
from pipelines.settings import LOOPBACK

AUDIENCE = "internal"
PAGE = "/avslutninger"
VIEWS = ("/", PAGE)

_STARTS = 120.0
_WAITS = 30.0
"""The seconds that a server may take to start, and that a response may take."""


@dataclass(frozen=True)
class Body:
    """A response as it goes over the wire."""

    content: bytes
    headers: dict[str, str]


@dataclass
class Tally:
    """The responses to all viewers in `seconds`; `waits` holds the seconds of each response."""

    seconds: float = 0.0
    errors: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Correct responses per second."""
        return len(self.waits) / self.seconds


@dataclass(frozen=True)
class View:
    """One page opened for the first time."""

    seconds: float
    wire: int
    requests: int


def serve_dashboard(folder: str, port: int) -> None:
    """Serve a published folder as `nora serve` does, until the process is ended."""
    serve.dashboard(Path(folder), port=port)()


def serve_bare(body: Body, port: int) -> None:
    """Serve the same bytes from one route under uvicorn, until the process is ended."""

    def answer(_: Request) -> Response:
        return Response(body.content, headers=body.headers)

    run(Starlette(routes=[Route(PAGE, answer)]), listen(LOOPBACK, port))


@contextmanager
def served(target: Callable[..., None], of: object) -> Iterator[int]:
    """Run a server in a process of its own, and yield its port.

    Raises TimeoutError when it does not come up.
    """
    with socket.create_server((LOOPBACK, 0)) as free:
        port = int(free.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=target, args=(of, port))
    process.start()
    try:
        until = time.monotonic() + _STARTS
        while not _answers(port):
            if time.monotonic() > until or not process.is_alive():
                raise TimeoutError("the server does not answer")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.join()


def fetched(port: int) -> Body:
    """Request the page once, compressed as for browsers. ValueError if the status is not 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_WAITS)
    connection.request("GET", PAGE, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise ValueError(f"{PAGE} answers {answer.status}")
    # Keep the headers, except those that the server itself adds.
    own = {"content-length", "date", "server", "via", "connection"}
    return Body(content, {k: v for k, v in answer.getheaders() if k.lower() not in own})


async def viewed(port: int, viewers: int, seconds: float, size: int) -> Tally:
    """Let `viewers` clients request the page, each again as soon as it has the response.

    A response that is not 200, or not of `size` bytes, is an error, and so is a lost connection.
    """
    tally = Tally()
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(viewers):
            group.create_task(_view(port, start + seconds, size, tally))
    tally.seconds = time.perf_counter() - start
    return tally


async def _view(port: int, until: float, size: int, tally: Tally) -> None:
    request = f"GET {PAGE} HTTP/1.1\r\nHost: {LOOPBACK}\r\nAccept-Encoding: gzip\r\n\r\n"
    while time.perf_counter() < until:
        try:
            async with asyncio.timeout(_WAITS):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                while (asked := time.perf_counter()) < until:
                    async with asyncio.timeout(_WAITS):
                        writer.write(request.encode())
                        right = await _answer(reader) == (b"200", size)
                    if right:
                        tally.waits.append(time.perf_counter() - asked)
                    else:
                        tally.errors += 1
            finally:
                writer.close()
        except (OSError, EOFError, ValueError, TimeoutError):
            # The viewer connects again.
            tally.errors += 1
            await asyncio.sleep(0.1)


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    """Read one response and return its status and its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    await reader.readexactly(length)
    return head.split(b" ")[1], length


def first_view(playwright: Any, browser: str, port: int, path: str) -> View:
    """Open a page in a new browser, and wait until every chart is drawn."""
    opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
    try:
        page = opened.new_page()
        wire: list[int] = []
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on(
            "Network.loadingFinished", lambda event: wire.append(int(event["encodedDataLength"]))
        )
        start = time.perf_counter()
        page.goto(f"http://{LOOPBACK}:{port}{path}")
        page.wait_for_selector("html[data-drawn=yes]")
        seconds = time.perf_counter() - start
        page.wait_for_load_state("networkidle")
        return View(seconds, sum(wire), len(wire))
    finally:
        opened.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the two servers alternately, then the first views, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--home", type=Path, help="a home with a publication; else the demo's")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        if options.home is None:
            build_demo(temporary)
        folder = (options.home or Path(temporary)) / "published" / AUDIENCE
        with served(serve_dashboard, str(folder)) as port:
            _print_rates(port, options)
            _print_views(port, options.rounds)


def _print_rates(port: int, options: argparse.Namespace) -> None:
    body = fetched(port)
    with served(serve_bare, body) as bare_port:

        def measured(of: int, seconds: float) -> Tally:
            return asyncio.run(viewed(of, options.viewers, seconds, len(body.content)))

        for one in (port, bare_port):
            measured(one, 1.0)
        # Alternately, so that other work on the machine affects both.
        pairs = [
            (measured(port, options.seconds), measured(bare_port, options.seconds))
            for _ in range(options.rounds)
        ]
    print(
        f"{options.viewers} viewers of {PAGE} ({len(body.content)} bytes), {options.rounds} "
        f"alternating rounds of {options.seconds:g} s after a warm-up: min / median / max"
    )
    for name, tallies in zip(("dashboard", "bare route"), zip(*pairs, strict=True), strict=True):
        waits = sorted(wait for tally in tallies for wait in tally.waits)
        print(f"{name:13} requests/s  {_spread([tally.rate for tally in tallies], 0)}")
        print(f"{name:13} errors      {sum(tally.errors for tally in tallies)}")
        if waits:
            late = waits[int(len(waits) * 0.99)]
            print(f"{name:13} ms          median {median(waits) * 1e3:.0f}, 99 % {late * 1e3:.0f}")
    if all(bare.waits for _, bare in pairs):
        print(f"ratio by pair             {_spread([one.rate / bare.rate for one, bare in pairs])}")


def _print_views(port: int, rounds: int) -> None:
    try:
        browser = find_browser()
        api = importlib.import_module("playwright.sync_api")
    except (PicturesUnavailableError, ModuleNotFoundError) as error:
        print(f"first view not measured: {error}")
        return
    print("first view in a fresh Chromium, until the charts are drawn: min / median / max")
    with api.sync_playwright() as playwright:
        for path in VIEWS:
            views = [first_view(playwright, browser, port, path) for _ in range(rounds)]
            wire, requests = (max(getattr(v, k) for v in views) for k in ("wire", "requests"))
            print(
                f"{path:13} s {_spread([view.seconds for view in views])}, "
                f"{wire / 1e6:.2f} MB over the wire in {requests} requests"
            )


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _spread(values: Sequence[float], decimals: int = 2) -> str:
    found = (min(values), median(values), max(values))
    return " / ".join(f"{value:6.{decimals}f}" for value in found)


if __name__ == "__main__":
    main()
