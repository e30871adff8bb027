"""What a page of another origin can do to both servers, through the browser of somebody here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.pipeline.serving import RUNS, Serving
from tests.pipeline.test_serving import ADD_YEAR, YEARS

EVIL = "evil.example"

ATTACK = """async ({root, query}) => {
    const graphql = root + "graphql", asked = graphql + "?query=" + encodeURIComponent(query);
    const body = JSON.stringify({query}), found = {};
    const ended = (element, src) => new Promise((done) => {
        element.onload = () => done("loaded");
        element.onerror = () => done("");
        element.src = src;
        document.body.append(element);
    });
    const text = async (to, how) => {
        try { return await (await fetch(to, how)).text(); } catch { return ""; }
    };
    found.image = await ended(new Image(), asked);
    found.picture = await ended(new Image(), root + "favicon.png");
    found.script = await ended(document.createElement("script"), asked);
    for (const [name, to] of [["address", asked], ["page", root], ["health", root + "helse"]]) {
        found["get " + name] = await text(to);
        found["get blind " + name] = await text(to, {mode: "no-cors"});
    }
    const json = {"Content-Type": "application/json"};
    found["post json"] = await text(graphql, {method: "POST", headers: json, body});
    found["post address"] = await text(asked, {method: "POST"});
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const headers = {"Content-Type": type};
        found["post blind " + type] =
            await text(asked, {method: "POST", mode: "no-cors", headers, body});
    }
    for (const method of ["GET", "POST"]) {
        const frame = Object.assign(document.createElement("iframe"), {name: method});
        document.body.append(frame);
        const form = Object.assign(
            document.createElement("form"), {action: asked, method, target: method});
        const field = document.createElement("input");
        Object.assign(field, {name: "query", value: query});
        form.append(field);
        document.body.append(form);
        await new Promise((done) => { frame.onload = done; form.submit(); });
        try { found["form " + method] = frame.contentDocument.body.textContent; }
        catch { found["form " + method] = ""; }
    }
    found.websocket = await new Promise((done) => {
        const socket = new WebSocket(graphql.replace("http", "ws"), "graphql-ws");
        socket.onopen = () => socket.send(JSON.stringify({type: "connection_init"}));
        socket.onmessage = (message) => done(message.data);
        socket.onerror = () => done("");
    });
    return found;
}"""
"""Everything a page can try with a server, and what it got to see of each: empty for nothing."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing of what was asked."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with an empty page; the port that it listens on."""
    folder = tmp_path_factory.mktemp("hostile")
    Path(folder, "index.html").write_text("<!doctype html><title>x</title><body>", encoding="utf-8")
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def chrome(chromium: str, servers: Serving) -> Iterator[Browser]:
    """A browser that finds the hostile name on this machine."""
    del servers  # they are started before Playwright has an event loop in this thread
    rules = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*flags, rules])
        yield browser
        browser.close()


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    with chrome.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("query", [ADD_YEAR, RUNS], ids=["to change", "to read"])
@pytest.mark.parametrize("server", ["dashboard", "dagster"])
@pytest.mark.parametrize("name", [EVIL, "127.0.0.1"])
def test_page_of_another_origin_changes_and_reads_nothing(
    page: Page, servers: Serving, hostile: int, server: str, name: str, query: str
) -> None:
    before = servers.state()
    answered: list[int] = []
    root = f"http://127.0.0.1:{getattr(servers, server)}/"
    page.goto(f"http://{name}:{hostile}/")
    page.on("response", lambda answer: answered.append(answer.status))
    found = page.evaluate(ATTACK, {"root": root, "query": query})
    assert [how for how, seen in found.items() if seen] == []
    assert set(answered) == {403}
    assert servers.state() == before
    assert "1066" not in servers.graphql(YEARS)["assetNodeOrError"]["partitionKeys"]


def test_own_page_does_and_reads_all_of_it(page: Page, servers: Serving) -> None:
    """Else the attack would prove nothing by failing."""
    root = f"http://127.0.0.1:{servers.dagster}/"
    page.goto(f"{root}graphql")
    found = page.evaluate(ATTACK, {"root": root, "query": RUNS})
    (run, *_) = servers.graphql(RUNS)["runsOrError"]["results"]
    assert run["runId"] in found["post json"]
    assert json.loads(found["websocket"]) == {"type": "connection_ack"}
    assert found["picture"] == "loaded"
    assert found["get page"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_form_that_leads_there_changes_nothing(
    page: Page, servers: Serving, hostile: int, method: str
) -> None:
    before = servers.state()
    page.goto(f"http://{EVIL}:{hostile}/")
    address = f"http://127.0.0.1:{servers.dagster}/graphql?query={quote(ADD_YEAR)}"
    page.set_content(
        f'<form action="{address}" method="{method}"><input name="query"><button></form>'
    )
    page.locator("input").fill(ADD_YEAR)
    with page.expect_navigation() as left:
        page.locator("button").click()
    assert left.value.status == {"get": 405, "post": 403}[method]
    assert servers.state() == before
    assert "1066" not in servers.graphql(YEARS)["assetNodeOrError"]["partitionKeys"]


@pytest.mark.parametrize("server", ["dashboard", "dagster"])
def test_name_that_comes_to_mean_this_machine_leads_nowhere(
    page: Page, servers: Serving, server: str
) -> None:
    answer = page.goto(f"http://{EVIL}:{getattr(servers, server)}/")
    assert answer is not None
    assert answer.status == 400
