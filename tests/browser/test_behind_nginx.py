"""Both servers behind nginx with a sign-in, by the file that docs/dashboard.md hands out."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, HttpCredentials

from pipelines.settings import PROJECT
from tests.browser.conftest import REQUIRED
from tests.browser.demands import look
from tests.browser.places import Place
from tests.browser.visits import visiting
from tests.pipeline import serving
from tests.pipeline.serving import PATIENCE, PUBLIC_NAME, RUNS, Answer, Serving, free_port, wait_for
from tests.pipeline.test_serving import handshake

DOCUMENTED = PROJECT / "docs" / "nginx.conf"
NAME, PASSWORD = "leser", "ikke-hemmelig"
CREDENTIALS: HttpCredentials = {"username": NAME, "password": PASSWORD}
SIGNED_IN = "Basic " + base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()

# The sites of a real nginx are included in the same way; all that it writes lies in its own folder.
MAIN = """
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include nora.conf;
}
"""

OUT_OF_THE_WAY = [
    "/", "/helse", "/data/", "/_dash-layout", "/_dash-dependencies", "/statisk/x/page.css",
    "/last-ned/nora.xlsx", "/../", "/helse/../", "/%2e%2e/%2e%2e/etc/passwd", "//helse", "/.htpasswd",
    "/nora.htpasswd", "/nora.conf", "http://example.org/",
]  # fmt: skip
"""Addresses by which one might get past the sign-in, or out of the dashboard."""


class Proxies(NamedTuple):
    """The ports of nginx before each server."""

    dashboard: int
    dagster: int


@pytest.fixture(scope="module")
def nginx() -> str:
    """The nginx of this machine; Debian has it where only root looks."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found:
        return found
    said = "not tried behind nginx: no nginx on PATH; `make setup-nginx` installs it"
    if os.environ.get(REQUIRED):
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="module")
def proxies(
    nginx: str, servers: Serving, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxies]:
    """Nginx before both servers, as documented."""
    folder, ports = tmp_path_factory.mktemp("nginx"), Proxies(free_port(), free_port())
    site = DOCUMENTED.read_text(encoding="utf-8")
    for name in ("nora", "nora-dagster"):
        passwords = folder / f"{name}.htpasswd"
        passwords.write_text(f"{NAME}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    for documented, here in (
        ("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{ports.dashboard};"),
        ("listen 127.0.0.1:8081;", f"listen 127.0.0.1:{ports.dagster};"),
        ("proxy_pass http://127.0.0.1:8050;", f"proxy_pass http://127.0.0.1:{servers.dashboard};"),
        ("proxy_pass http://127.0.0.1:3000;", f"proxy_pass http://127.0.0.1:{servers.dagster};"),
        ("file /etc/nginx/nora.htpasswd;", f"file {folder}/nora.htpasswd;"),
        ("file /etc/nginx/nora-dagster.htpasswd;", f"file {folder}/nora-dagster.htpasswd;"),
    ):
        assert site.count(documented) == 1
        site = site.replace(documented, here)
    (folder / "nora.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN, encoding="utf-8")
    # One process, that stays who it is: another could not read this folder.
    stay = "daemon off; master_process off;"
    command = [nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", stay]
    with subprocess.Popen(command) as server:
        try:
            wait_for(ports.dashboard)
            yield ports
        finally:
            server.terminate()
            server.wait(PATIENCE)


@pytest.fixture
def proxy(proxies: Proxies) -> int:
    """The port of nginx before the dashboard."""
    return proxies.dashboard


def asked(
    port: int, path: str, signed: str | None = SIGNED_IN, method: str = "GET", **headers: str
) -> Answer:
    """Ask for a path exactly as it is written, signed in unless told otherwise."""
    sign_in = {} if signed is None else {"Authorization": signed}
    return serving.asked(port, path, method, **sign_in, **headers)


@pytest.mark.parametrize("path", OUT_OF_THE_WAY)
@pytest.mark.parametrize("password", [None, "gjettet"])
def test_nothing_is_told_without_the_password(proxy: int, path: str, password: str | None) -> None:
    answer = asked(proxy, path, password)
    # What leads above the root is refused before anybody is asked who they are.
    assert answer.status in (400, 401)
    assert b"NorA" not in answer.body
    assert "Content-Security-Policy" not in answer.headers


def test_sign_in_lets_in(proxy: int) -> None:
    refused = asked(proxy, "/", None)
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="NorA"')
    assert asked(proxy, "/").status == 200


def test_health_is_told(proxy: int) -> None:
    answer = asked(proxy, "/helse")
    assert answer.status == 200
    assert json.loads(answer.body)["status"] == "ok"


@pytest.mark.parametrize(
    "path",
    ["/%2e%2e/%2e%2e/etc/passwd", "/nora.conf", "/nora.htpasswd", "/statisk/../nginx.conf",
     "/statisk/x/..%2f..%2fserver.py", "/assets/app.js", "/data/..%2f..%2fmanifest.json"],
)  # fmt: skip
def test_no_path_leads_out(proxy: int, path: str) -> None:
    answer = asked(proxy, path)
    assert answer.status in (400, 404)
    assert not [
        mark for mark in (b"root:", b"auth_basic", b"{PLAIN}", b"import ") if mark in answer.body
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_nothing_but_questions_is_let_in(proxy: int, method: str) -> None:
    assert asked(proxy, "/", method=method).status == 405


def test_a_question_for_the_head_is_answered(proxy: int) -> None:
    answer = asked(proxy, "/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_headers_come_through_and_nothing_is_kept(proxy: int, servers: Serving) -> None:
    for path in ("/deltakere?aar=2021", "/last-ned/figur/flows.csv?aar=2021", "/finnes-ikke"):
        through, direct = asked(proxy, path), asked(servers.dashboard, path, None)
        own = ("date", "connection", "server")
        came, sent = (
            {name.lower(): text for name, text in answer.headers.items() if name.lower() not in own}
            for answer in (through, direct)
        )
        assert came == sent
        assert came["cache-control"] == "no-store"
        assert (through.status, through.body) == (direct.status, direct.body)
        assert through.headers["Server"] == "nginx"


def test_other_names_are_no_way_round(proxies: Proxies) -> None:
    for port in proxies:
        assert asked(port, "/", Host=PUBLIC_NAME).status == 200
        assert asked(port, "/", Host="evil.example").status == 400


@pytest.mark.parametrize("path", ["?aar=2021", "avslutninger?aar=2021&kjonn=nei"])
def test_charts_are_drawn_behind_it(browser: Browser, proxy: int, path: str) -> None:
    sites = {"proxy": f"http://127.0.0.1:{proxy}/"}
    with visiting(browser, sites, Place("proxy", path), http_credentials=CREDENTIALS) as page:
        assert page.locator(".chart").count() > 0
        assert look(page, "undrawn") == []


# --- Dagster -----------------------------------------------------------------------------------


def test_dagster_asks_for_a_password_of_its_own(proxies: Proxies) -> None:
    for path in ("/", "/graphql", "/server_info", "/logs/x", "/favicon.png"):
        refused = asked(proxies.dagster, path, None)
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"] == 'Basic realm="NorA Dagster"'
    assert b" 401 " in handshake(proxies.dagster)
    assert asked(proxies.dagster, "/server_info").status == 200


def test_pages_of_others_are_refused_behind_it(proxies: Proxies) -> None:
    """A browser sends the password along, whoever made the page."""
    host = f"{PUBLIC_NAME}:{proxies.dagster}"
    own = {"Host": host, "Origin": f"http://{host}"}
    for foreign in ("http://evil.example", f"http://{PUBLIC_NAME}:{proxies.dashboard}", "null"):
        answer = asked(proxies.dagster, "/", **own | {"Origin": foreign})
        assert answer.status == 403
        signed = {"Authorization": SIGNED_IN, "Host": host, "Origin": foreign}
        assert b" 403 " in handshake(proxies.dagster, **signed)
    assert asked(proxies.dagster, "/", **own).status == 200
    assert b" 101 " in handshake(proxies.dagster, Authorization=SIGNED_IN, **own)


def test_dagster_works_behind_it(browser: Browser, proxies: Proxies, servers: Serving) -> None:
    (run, *_) = servers.graphql(RUNS)["runsOrError"]["results"]
    with browser.new_context(http_credentials=CREDENTIALS) as context:
        page = context.new_page()
        with page.expect_websocket() as opened:
            page.goto(f"http://{PUBLIC_NAME}:{proxies.dagster}/runs/{run['runId']}")
        opened.value.wait_for_event("framereceived")
        page.get_by_text(run["runId"][:8]).first.wait_for()


# --- Slow readers ------------------------------------------------------------------------------


def test_readers_go_on_beside_half_open_connections(proxies: Proxies) -> None:
    with ExitStack() as held:
        for port in proxies:
            for _ in range(150):
                slow = held.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
                slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a")
        assert [asked(port, "/").status for port in proxies] == [200, 200]
