"""What every answer bears and every request must keep to: headers, hosts, sizes, rates, errors in one form."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from registrum.errors import (
    ConfigError,
    ContractError,
    IdempotencyError,
    IndexDatabaseError,
    IndexIncompleteError,
    NetworkMismatchError,
    NodeError,
    NumberFormatError,
    OutboxError,
    RegistrumError,
    RpcError,
)
from registrum.web.app import create_app
from registrum.web.errors import refusal_of
from registrum.web.limits import Limiter, client_of
from registrum.web.security import BodyBounds
from registrum.web.settings import WebSettings, read_api_keys
from tests.web.served import Client, Served, path_of

EVERY_PATH = ["/api/v1/status", "/api/v1/nothing", "/api/v1/openapi.json", "/metrics", "/", "/nothing"]


@pytest.mark.parametrize("path", EVERY_PATH)
def test_every_answer_bears_the_headers(api: Client, path: str) -> None:
    headers = api.http.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", ["registrum.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]"])
def test_a_name_that_is_not_the_servers_is_not_answered(api: Client, host: str) -> None:
    answer = api.http.get("/api/v1/status", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "office.example"])
def test_its_own_names_are(there: Served, host: str) -> None:
    with there.client(WebSettings(allowed_hosts=("office.example",))) as client:
        assert client.http.get("/api/v1/status", headers={"Host": host}).status_code == 200


def test_other_origins_read_nothing_unless_they_are_named(api: Client, there: Served) -> None:
    asked = {"Origin": "https://office.example"}
    assert "access-control-allow-origin" not in api.http.get("/api/v1/status", headers=asked).headers
    with there.client(WebSettings(cors_origins=("https://office.example",))) as client:
        headers = client.http.get("/api/v1/status", headers=asked).headers
        assert headers["access-control-allow-origin"] == "https://office.example"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        other = client.http.get("/api/v1/status", headers={"Origin": "https://evil.example"}).headers
        assert "access-control-allow-origin" not in other


def test_an_error_of_the_program_is_told_without_its_trace(
    api: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError("secret of the inside")

    monkeypatch.setattr(api.service, "freshness", broken)
    with caplog.at_level(logging.ERROR, "registrum.web"):
        answer = api.http.get("/api/v1/status")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
    assert "secret of the inside" in caplog.text


def test_an_index_that_cannot_be_read_is_said(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise IndexDatabaseError("the file /somewhere/index.sqlite is gone")

    monkeypatch.setattr(api.service, "freshness", broken)
    answer = api.http.get("/api/v1/status")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "index_unavailable"
    assert "somewhere" not in answer.text
    assert int(answer.headers["retry-after"]) > 0
    metrics = api.http.get("/metrics")
    assert metrics.status_code == 200
    assert "cannot be read" in metrics.text


def test_addresses_and_methods_that_there_are_not(api: Client) -> None:
    assert api.error("nothing", 404)["code"] == "no_such_resource"
    for method in ("DELETE", "PUT", "PATCH"):
        answer = api.http.request(method, "/api/v1/status")
        assert answer.status_code == 405
        assert answer.json()["error"]["code"] == "method_not_allowed"
        assert answer.headers["allow"] == "GET"
    assert api.http.delete("/api/v1/priority-checks").headers["allow"] == "GET, POST"
    assert api.http.delete("/api/v1/office-numbers/EM/P/29/010,907").headers["allow"] == "GET"


def test_head_is_get_without_the_body(api: Client) -> None:
    head, get = api.http.head("/api/v1/offices"), api.http.get("/api/v1/offices")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"]


def test_an_answer_that_the_client_has_is_not_sent_again(api: Client, there: Served) -> None:
    path = f"/api/v1/office-numbers/{path_of(there.samples.filed.number)}"
    first = api.http.get(path)
    etag = first.headers["etag"]
    for known in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = api.http.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["registrum-block-number"] == first.headers["registrum-block-number"]
    assert api.http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert api.http.get(path, params={"fields": "standing"}).headers["etag"] != etag


def test_a_proof_file_that_the_client_has_is_not_sent_again(api: Client, there: Served) -> None:
    path = f"/api/v1/proofs/{there.samples.anchored.text}"
    first = api.http.get(path)
    etag = first.headers["etag"]
    again = api.http.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    # It stands for every byte, and another file has another one.
    assert not etag.startswith("W/")
    other = api.http.get(f"/api/v1/proofs/{there.samples.salted.text}")
    assert (other.status_code, other.headers["etag"] == etag) == (200, False)


def test_the_tag_stays_while_only_the_block_changes(api: Client, there: Served) -> None:
    path = f"/api/v1/office-numbers/{path_of(there.samples.filed.number)}"
    first = api.http.get(path)
    there.world.rpc.call("evm_mine")
    there.catch_up()
    again = api.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert int(again.headers["registrum-block-number"]) > first.json()["readAt"]["blockNumber"]


def test_every_answer_says_of_which_block_it_is(api: Client, there: Served) -> None:
    answer = api.http.get("/api/v1/offices")
    read_at = answer.json()["readAt"]
    block = there.world.rpc.call("eth_getBlockByNumber", [hex(read_at["blockNumber"]), False])
    assert read_at["blockHash"] == block["hash"]
    assert answer.headers["registrum-block-number"] == str(read_at["blockNumber"])
    assert answer.headers["registrum-block-hash"] == read_at["blockHash"]
    assert answer.headers["registrum-lag-blocks"] == str(read_at["lagBlocks"])
    assert answer.headers["registrum-index-complete"] == "true"


# -- sizes and times ----------------------------------------------------------------------------------------------


@pytest.fixture
def small(there: Served) -> Iterator[Client]:
    with there.client(WebSettings(max_body_bytes=1000)) as client:
        yield client


def test_a_body_that_is_too_long_is_refused_by_its_length(small: Client) -> None:
    answer = small.http.post("/api/v1/priority-checks", json={"claims": ["x" * 2000]})
    assert answer.status_code == 413
    assert answer.json()["error"]["details"] == {"mostBytes": 1000}


def test_and_by_what_comes_where_no_length_is_stated(small: Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100

    answer = small.http.post("/api/v1/priority-checks", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("stated", ["-1", "9" * 5_000])
def test_a_length_that_is_none_is_refused(small: Client, stated: str) -> None:
    answer = small.http.post(
        "/api/v1/priority-checks", content=b"{}", headers={"Content-Length": stated, "Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")

    async def app(*_: object) -> None:
        raise AssertionError("it is not asked")

    async def send(message: Message) -> None:
        sent.append(message)

    class App:
        state = object()

    scope = {"type": "http", "method": "POST", "path": "/api/v1/x", "headers": [], "app": App(), "query_string": b""}
    asyncio.run(BodyBounds(app, 100, 0.05)(scope, never, send))
    assert sent[0]["status"] == 408


# -- rates --------------------------------------------------------------------------------------------------------


def test_tokens_come_back_with_time() -> None:
    now = 0.0
    limiter = Limiter(2.0, 3, clock=lambda: now)
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 0]
    assert limiter.take("a") == 0.5
    assert limiter.take("b") == 0
    now = 0.5
    assert limiter.take("a") == 0
    assert limiter.take("a") == 0.5
    now = 100.0
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_the_memory_of_clients_is_bounded() -> None:
    limiter = Limiter(1.0, 1, clock=lambda: 0.0)
    for index in range(10_001):
        assert limiter.take(str(index)) == 0
    assert limiter.take("10000") > 0
    assert limiter.take("0") == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_its_address_or_its_network(address: str, client: str) -> None:
    assert client_of({"client": (address, 1)}) == client
    assert client_of({"client": None}) == "unknown"


def test_who_asks_too_much_is_told_when_to_come_back(there: Served) -> None:
    with there.client(WebSettings(reads_per_s=0.1, reads_at_once=2)) as client:
        assert [client.http.get("/api/v1/status").status_code for _ in range(3)] == [200, 200, 429]
        answer = client.http.get("/api/v1/status")
        assert answer.json()["error"]["code"] == "rate_limited"
        assert int(answer.headers["retry-after"]) >= 1
        assert client.http.get("/").status_code == 429
        # What is written has a measure of its own.
        assert client.http.post("/api/v1/statements", json={}).status_code == 403


def test_statements_have_a_measure_of_their_own(there: Served) -> None:
    with there.client(WebSettings(writes_per_s=0.1, writes_at_once=1)) as client:
        assert [client.http.post("/api/v1/statements", json={}).status_code for _ in range(2)] == [403, 429]
        assert client.http.get("/api/v1/status").status_code == 200


# -- figures ------------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_declared_address(api: Client, there: Served) -> None:
    api.http.get("/api/v1/offices/EM")
    api.http.get("/api/v1/secret-of-the-client")
    text = api.http.get("/metrics").text
    assert 'registrum_http_requests_total{method="GET",route="/api/v1/offices/{ipOfficeCode}",status="200"} 1.0' in text
    assert "secret-of-the-client" not in text
    assert "registrum_served_block" in text
    assert "registrum_node_reachable 1.0" in text


def test_a_second_server_in_one_process_counts_for_itself(there: Served) -> None:
    for _ in range(2):
        with TestClient(create_app(there.service()), base_url="http://localhost") as client:
            assert client.get("/api/v1/status").status_code == 200


# -- keys of the server -------------------------------------------------------------------------------------------


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("# of the back end of EM\n" + "a" * 40 + "\n\n" + "b" * 20 + "\n")
    assert read_api_keys(file) == ("a" * 40, "b" * 20)


@pytest.mark.parametrize("text", ["", "# nothing\n", "short\n", "with spaces in it, long enough\n", "é" * 30])
def test_a_file_without_good_keys_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_api_keys(file)
    assert "openssl rand" in caught.value.remedy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_api_keys(tmp_path / "none")


# -- errors of the package ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NodeError("http://node.inside:8545 is away"), 503, "unreachable"),
        (RpcError("no such method at node.inside", rpc_code=-32601), 503, "unreachable"),
        (NetworkMismatchError("node.inside is another chain"), 503, "network_mismatch"),
        (IndexDatabaseError("node.inside/index.sqlite is gone"), 503, "index_unavailable"),
        (IndexIncompleteError("node.inside/index.sqlite is being filled"), 503, "index_not_complete"),
        (OutboxError("node.inside/outbox.sqlite is full"), 503, "outbox_unavailable"),
        (ConfigError("node.inside/manifest.json is missing"), 500, "internal"),
        (IdempotencyError("the key stands for another call"), 409, "conflict"),
        (ContractError("refused"), 409, "conflict"),
        (NumberFormatError("no number"), 400, "bad_number"),
    ],
)
def test_errors_have_a_status_and_say_nothing_of_the_inside(error: RegistrumError, status: int, code: str) -> None:
    refusal = refusal_of(error)
    assert (refusal.status, refusal.code) == (status, code)
    assert "node.inside" not in refusal.message + refusal.remedy + str(refusal.details)
    assert ("Retry-After" in refusal.headers) is (status == 503)


def test_names_of_others_are_charged_for_and_read_nothing(there: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is not the server's own: no page, no look into the index, and not without bound."""
    settings = WebSettings(reads_per_s=0.001, reads_at_once=3, writes_per_s=None)
    with there.client(settings) as client:
        monkeypatch.setattr(client.service, "read", None)
        answers = [client.http.get("/", headers={"Host": "evil.example"}) for _ in range(4)]
        assert [each.status_code for each in answers] == [400, 400, 400, 429]
        assert answers[0].json()["error"]["code"] == "bad_host"


def test_a_parameter_that_comes_twice_is_refused(api: Client) -> None:
    """Which of them counts, nobody could say."""
    answer = api.http.get("/api/v1/applications?ipOfficeCode=EM&ipOfficeCode=JP")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"repeated": ["ipOfficeCode"]}


@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        ("statements", '{"primaryType": "Vote", "primaryType": "Withdrawal"}', "primaryType"),
        ("statements", '{"message": {"number": "0x12", "replaces": 1, "replaces": 2}}', "replaces"),
        ("statements", '{"message": [{"a": 1}, {"b": 1, "\\u0062": 1}]}', "b"),
        ("priority-checks", '{"claims": [], "claims": []}', "claims"),
    ],
)
def test_a_member_that_is_there_twice_is_refused_and_named(
    there: Served, tmp_path: Path, path: str, body: str, member: str
) -> None:
    """One reader takes the first and another the last: what was checked need not be what is acted on."""
    with there.relaying(tmp_path / "outbox.sqlite") as client:
        answer = client.http.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["details"]) == ("bad_request", {"member": member})
    assert member in error["message"]
