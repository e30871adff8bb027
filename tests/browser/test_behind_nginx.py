"""The dashboard behind nginx with a sign-in, by the file that docs/dashboard.md hands out."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from pipelines.settings import PROJECT
from tests.browser.conftest import PATIENCE, REQUIRED, free_port, wait_for
from tests.browser.demands import look
from tests.browser.places import Place
from tests.browser.visits import visiting

DOCUMENTED = PROJECT / "docs" / "nginx.conf"
NAME, PASSWORD = "leser", "ikke-hemmelig"

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


class Answer(NamedTuple):
    """What came back, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes


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
def proxy(nginx: str, live: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Nginx before the dashboard, as documented; the port that it listens on."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    passwords = folder / "nora.htpasswd"
    passwords.write_text(f"{NAME}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    site = DOCUMENTED.read_text(encoding="utf-8")
    for documented, here in (
        ("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{port};"),
        ("proxy_pass http://127.0.0.1:8050;", f"proxy_pass http://127.0.0.1:{live};"),
        ("auth_basic_user_file /etc/nginx/nora.htpasswd;", f"auth_basic_user_file {passwords};"),
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
            wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def asked(
    port: int, path: str, password: str | None = PASSWORD, method: str = "GET", **headers: str
) -> Answer:
    """Ask for a path exactly as it is written, as no browser would."""
    if password is not None:
        secret = base64.b64encode(f"{NAME}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {secret}"
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())


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


def test_headers_come_through_and_nothing_is_kept(proxy: int, live: int) -> None:
    for path in ("/deltakere?aar=2021", "/last-ned/figur/flows.csv?aar=2021", "/finnes-ikke"):
        through, direct = asked(proxy, path), asked(live, path, None)
        own = ("Date", "Connection", "Server")
        came = {name: text for name, text in through.headers.items() if name not in own}
        assert came == {name: text for name, text in direct.headers.items() if name not in own}
        assert came["Cache-Control"] == "no-store"
        assert (through.status, through.body) == (direct.status, direct.body)
        assert through.headers["Server"] == "nginx"


def test_other_names_are_no_way_round(proxy: int, live: int) -> None:
    # The proxy asks by its own name for the machine; whoever asks the dashboard itself may not.
    assert asked(proxy, "/", Host="nora.example.org").status == 200
    assert asked(live, "/", None, Host="nora.example.org").status == 400


@pytest.mark.parametrize("path", ["?aar=2021", "avslutninger?aar=2021&kjonn=nei"])
def test_charts_are_drawn_behind_it(browser: Browser, proxy: int, path: str) -> None:
    sites = {"proxy": f"http://127.0.0.1:{proxy}/"}
    who = {"username": NAME, "password": PASSWORD}
    with visiting(browser, sites, Place("proxy", path), http_credentials=who) as page:
        assert page.locator(".chart").count() > 0
        assert look(page, "undrawn") == []
