"""Who the two web servers answer, asked as a hostile page or program would ask them."""

from __future__ import annotations

import base64
import json
import os
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pipeline.homes import DEMO, nora
from tests.pipeline.serving import PATIENCE, PUBLIC_NAME, READY, RUNS, Serving, asked, free_port

SERVERS = ("dashboard", "dagster")

ADD_YEAR = """mutation { addDynamicPartition(partitionKey: "1066", partitionsDefName: "year",
    repositorySelector: {repositoryLocationName: "nora", repositoryName: "__repository__"}
) { __typename } }"""
YEARS = """{ assetNodeOrError(assetKey: {path: ["marts", "exit_outcomes"]}) {
    ... on AssetNode { partitionKeys } } }"""
LAUNCH = """mutation ($of: ExecutionParams!) { launchPipelineExecution(executionParams: $of) {
    __typename ... on RunConfigValidationInvalid { errors { message } } } }"""
IS_VALID = """query ($of: PipelineSelector!, $config: RunConfigData) {
    isPipelineConfigValid(pipeline: $of, runConfigData: $config, mode: "default") { __typename } }"""
LOAD = {
    "repositoryLocationName": "nora",
    "repositoryName": "__repository__",
    "pipelineName": "load",
}

IMAGE = {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
LINK = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
FRAME = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}
FETCH = {"Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"}


@pytest.fixture(params=SERVERS)
def port(request: pytest.FixtureRequest, servers: Serving) -> int:
    """The port of each server in turn."""
    found: int = getattr(servers, request.param)
    return found


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", PUBLIC_NAME])
def test_known_names_are_answered(port: int, name: str) -> None:
    assert asked(port, "/", Host=name).status == 200
    assert asked(port, "/", Host=f"{name}:{port}").status == 200


@pytest.mark.parametrize(
    "name",
    ["evil.example", f"{PUBLIC_NAME}.evil.example", f"evil.{PUBLIC_NAME}", "127.0.0.1.evil.example",
     "192.0.2.1", "", "*", "localhost@evil.example"],
)  # fmt: skip
def test_other_names_are_refused(port: int, name: str) -> None:
    answer = asked(port, "/", Host=name)
    assert answer.status == 400
    assert b"NorA" not in answer.body


@pytest.mark.parametrize("site", ["cross-site", "same-site", "something new"])
@pytest.mark.parametrize("how", [IMAGE, FRAME, FETCH, {}])
def test_what_a_foreign_page_asks_for_is_refused(port: int, site: str, how: dict[str, str]) -> None:
    answer = asked(port, "/", Sec_Fetch_Site=site, **how)
    assert answer.status == 403
    assert b"NorA" not in answer.body


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "https://evil.example:{port}", "http://127.0.0.1",
     "http://127.0.0.1:1", "http://localhost:{port}", "http://127.0.0.1:{port}.evil.example",
     "http://evil.example/http://127.0.0.1:{port}"],
)  # fmt: skip
def test_other_origins_are_refused(port: int, origin: str) -> None:
    # A browser too old for Sec-Fetch-Site says at least this.
    assert asked(port, "/", Origin=origin.format(port=port)).status == 403
    assert asked(port, "/", "POST", "", Origin=origin.format(port=port)).status == 403


def test_own_pages_and_programs_are_answered(port: int) -> None:
    own = {"Sec_Fetch_Site": "same-origin", "Origin": f"http://127.0.0.1:{port}"}
    for how in (own, own | FETCH, {"Sec_Fetch_Site": "none"} | LINK, {}):
        assert asked(port, "/", **how).status == 200
    behind_proxy = {"Host": PUBLIC_NAME, "Origin": f"https://{PUBLIC_NAME}"}
    assert asked(port, "/", Sec_Fetch_Site="same-origin", **behind_proxy).status == 200


def test_links_from_elsewhere_lead_in_but_change_nothing(port: int) -> None:
    assert asked(port, "/", Sec_Fetch_Site="cross-site", **LINK).status == 200
    assert asked(port, "/graphql", "POST", "", Sec_Fetch_Site="cross-site", **LINK).status == 403


def test_no_answer_can_be_used_by_another_page(port: int) -> None:
    for how in ({}, {"Sec_Fetch_Site": "cross-site"}):
        headers = asked(port, "/", **how).headers
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


def test_large_requests_are_refused(port: int) -> None:
    assert asked(port, "/graphql", "POST", "x" * 1_000_001).status == 413
    assert asked(port, "/graphql", "POST", "", Transfer_Encoding="chunked").status == 411


@pytest.mark.parametrize("path", ["/graphql", "/graphql%0A", "//graphql", "/graphql/"])
@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_is_done_by_an_address(
    servers: Serving, path: str, accept: str, method: str
) -> None:
    asked(servers.dagster, f"{path}?{urlencode({'query': ADD_YEAR})}", method, Accept=accept)
    assert "1066" not in servers.graphql(YEARS)["assetNodeOrError"]["partitionKeys"]


def test_query_in_an_address_is_refused(servers: Serving) -> None:
    assert asked(servers.dagster, f"/graphql?{urlencode({'query': RUNS})}").status == 405
    playground = asked(servers.dagster, "/graphql", Accept="text/html")
    assert playground.status == 200


@pytest.mark.parametrize(
    ("resource", "fields"),
    [
        ("inbox", {"folder": "elsewhere"}),
        ("inbox", {"limit": 10**9}),
        ("warehouse", {"file": "elsewhere"}),
        ("releases", {"folder": "elsewhere"}),
        ("reports", {"folder": "elsewhere"}),
        ("build_day", {"as_of": "2020-01-01"}),
    ],
)
def test_run_that_is_launched_elsewhere_is_refused(
    servers: Serving, resource: str, fields: dict[str, object]
) -> None:
    before = servers.state()
    config = {"resources": {resource: {"config": fields}}}
    sent = {"selector": LOAD, "mode": "default", "runConfigData": config}
    answer = servers.graphql(LAUNCH, of=sent)["launchPipelineExecution"]
    assert answer["__typename"] == "RunConfigValidationInvalid"
    assert "unexpected config entry" in answer["errors"][0]["message"]
    valid = servers.graphql(IS_VALID, of=LOAD, config={})
    assert valid["isPipelineConfigValid"]["__typename"] == "PipelineConfigValidationValid"
    assert servers.state() == before


def handshake(port: int, **headers: str) -> bytes:
    """Ask for a WebSocket at Dagster's address; the first line of what comes back."""
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "graphql-ws",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    } | {name.replace("_", "-"): text for name, text in headers.items()}
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE)) as connection:
        asks = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
        connection.sendall(f"GET /graphql HTTP/1.1\r\n{asks}\r\n".encode())
        return connection.recv(100).partition(b"\r\n")[0]


def test_websockets_are_for_own_pages(servers: Serving) -> None:
    port = servers.dagster
    for own in ({}, {"Origin": f"http://127.0.0.1:{port}"}, {"Sec_Fetch_Site": "same-origin"},
                {"Host": PUBLIC_NAME, "Origin": f"https://{PUBLIC_NAME}"}):  # fmt: skip
        assert b" 101 " in handshake(port, **own)
    for foreign in ({"Origin": "http://evil.example"}, {"Origin": "null"},
                    {"Origin": "http://127.0.0.1:1"}, {"Sec_Fetch_Site": "same-site"},
                    {"Sec_Fetch_Site": "cross-site", **LINK}):  # fmt: skip
        assert b" 403 " in handshake(port, **foreign)
    rebound = {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"}
    assert b" 400 " in handshake(port, **rebound)


def test_port_of_dagster_that_is_taken_is_said_before_anything_is_promised(
    servers: Serving, tmp_path: Path
) -> None:
    ports = ["--port", str(free_port()), "--dagster-port", str(servers.dagster)]
    said = nora("serve", "--home", str(tmp_path / "home"), "--inbox", str(DEMO), *ports)
    assert said.code == 1
    assert "--dagster-port" in said.out
    assert "http://" not in said.out


def test_the_code_location_is_loaded(servers: Serving) -> None:
    (entry,) = servers.graphql(READY)["workspaceOrError"]["locationEntries"]
    assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"


def test_health_of_a_home_that_is_well_says_so_and_what_it_looked_at(servers: Serving) -> None:
    told = json.loads(asked(servers.dashboard, "/helse").body)
    assert (told["status"], told["faults"], told["last_failure"]) == ("ok", [], None)
    assert told["built_at"] == servers.home.manifest()["built_at"]
    assert told["sensor"] == {"on": False, "looked_at": None, "failed_at": None}
    assert told["disk_free_mb"] > told["disk_needed_mb"] > 0
