"""The JSON-RPC client: batches, limits, deadlines, hostile answers, and nothing sent twice."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from registrum.chain.rpc import BATCH_BYTES, BATCH_ITEMS, RpcClient, as_data, as_quantity
from registrum.errors import ConfigError, NodeError, RpcError
from tests.client.stub_node import StubRequest, answered, node, raw_node


def echo(method: str, params: list[Any]) -> Any:
    if method == "refuse":
        raise RpcError("execution reverted", rpc_code=3, data="0x1234")
    return params[0] if params else method


def test_call_returns_the_result_untouched() -> None:
    header = {"extraData": "0x" + "ab" * 391, "number": "0x1"}
    with node(lambda _method, _params: header) as stub, RpcClient(stub.url) as rpc:
        assert rpc.call("eth_getBlockByNumber", ["latest", False]) == header


def test_call_raises_the_error_of_the_node() -> None:
    with node(echo) as stub, RpcClient(stub.url) as rpc, pytest.raises(RpcError, match="execution reverted") as caught:
        rpc.call("refuse")
    assert (caught.value.rpc_code, caught.value.data, caught.value.exit_code) == (3, "0x1234", 3)


def test_batch_keeps_order_and_errors_item_by_item() -> None:
    def backwards(request: StubRequest, body: bytes) -> None:
        request.send(list(reversed(answered(echo, body))))

    with raw_node(backwards) as stub, RpcClient(stub.url) as rpc:
        outcomes = rpc.batch([("echo", [1]), ("refuse", []), ("echo", [3])])
    assert outcomes[0] == 1
    assert outcomes[2] == 3
    assert isinstance(outcomes[1], RpcError)


def test_batch_of_nothing_asks_nothing() -> None:
    with node(echo) as stub, RpcClient(stub.url) as rpc:
        assert rpc.batch([]) == []
        assert stub.requests == []


def test_long_batches_are_cut_by_number_and_by_size() -> None:
    with node(echo) as stub, RpcClient(stub.url) as rpc:
        count = 2 * BATCH_ITEMS + 1
        assert rpc.batch(("echo", [number]) for number in range(count)) == list(range(count))
        assert len(stub.requests) == 3
        stub.requests.clear()
        long = "x" * (BATCH_BYTES // 3)
        assert rpc.batch(("echo", [long]) for _ in range(5)) == [long] * 5
        assert len(stub.requests) == 3
        assert all(len(body) <= BATCH_BYTES + 5 for _, body in stub.requests)


def test_a_batch_refused_as_a_whole_is_the_nodes_error() -> None:
    def refuse(request: StubRequest, _body: bytes) -> None:
        message = "Number of requests exceeds max batch size"
        request.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32005, "message": message}})

    with raw_node(refuse) as stub, RpcClient(stub.url) as rpc, pytest.raises(RpcError, match="max batch size"):
        rpc.batch([("a", []), ("b", [])])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>Welcome</html>",
        b"\xff\xfe",
        b"42",
        b'"text"',
        b"null",
        b"[]",
        b"{}",
        b'{"jsonrpc": "2.0", "id": 7, "result": "0x1"}',
        b'{"jsonrpc": "2.0", "id": 0}',
        b'{"jsonrpc": "2.0", "id": 0, "error": "no"}',
        b"[" * 200_000,
    ],
)
def test_nonsense_in_place_of_an_answer_is_a_node_error(answer: bytes) -> None:
    with (
        raw_node(lambda request, _body: request.send(answer)) as stub,
        RpcClient(stub.url) as rpc,
        pytest.raises(NodeError),
    ):
        rpc.call("eth_chainId")


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 2, "result": 1}],
        [{"id": 0, "result": 1}, "text"],
        [{"id": True, "result": 1}, {"id": False, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 1}],
        [{"id": 0, "result": 1}, {"id": 1, "result": 2}, {"id": 2, "result": 3}],
    ],
)
def test_a_batch_answered_by_other_items_is_a_node_error(items: list[Any]) -> None:
    with (
        raw_node(lambda request, _body: request.send(items)) as stub,
        RpcClient(stub.url) as rpc,
        pytest.raises(NodeError),
    ):
        rpc.batch([("a", []), ("b", [])])


@pytest.mark.parametrize(
    ("status", "remedy"), [(401, "credentials"), (403, "admit"), (429, "slowly"), (500, "runs"), (301, "runs")]
)
def test_http_failures_are_node_errors_with_a_remedy(status: int, remedy: str) -> None:
    def respond(request: StubRequest, _body: bytes) -> None:
        request.send(b"no", status, Location="http://127.0.0.1:1/")

    with raw_node(respond) as stub, RpcClient(stub.url) as rpc, pytest.raises(NodeError, match=str(status)) as caught:
        rpc.call("eth_chainId")
    assert remedy in caught.value.diagnostics()
    assert len(stub.requests) == 1


def test_an_error_object_counts_whatever_the_http_status() -> None:
    body = {"jsonrpc": "2.0", "id": 0, "error": {"code": -32604, "message": "Method not enabled"}}
    with (
        raw_node(lambda request, _body: request.send(body, 400)) as stub,
        RpcClient(stub.url) as rpc,
        pytest.raises(RpcError, match="not enabled"),
    ):
        rpc.call("debug_traceTransaction")


def _hang(request: StubRequest, _body: bytes) -> None:
    request.node.stopping.wait(30)


def _drip(request: StubRequest, _body: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    while not request.node.stopping.wait(0.02):
        request.wfile.write(b" ")
        request.wfile.flush()


def _drip_header(request: StubRequest, _body: bytes) -> None:
    while not request.node.stopping.wait(0.02):
        request.wfile.write(b"H")
        request.wfile.flush()


@pytest.mark.parametrize("behaviour", [_hang, _drip, _drip_header])
def test_no_node_holds_a_call_beyond_its_deadline(behaviour: Any) -> None:
    with raw_node(behaviour) as stub, RpcClient(stub.url, timeout_s=0.3) as rpc:
        begun = time.monotonic()
        with pytest.raises(NodeError, match="did not answer"):
            rpc.call("eth_chainId")
        assert time.monotonic() - begun < 10
    assert len(stub.requests) == 1


def test_endless_answers_are_refused() -> None:
    with (
        raw_node(lambda request, _body: request.send(b" " * 2_000_000)) as stub,
        RpcClient(stub.url, max_response_bytes=1_000_000) as rpc,
        pytest.raises(NodeError, match="more than"),
    ):
        rpc.call("eth_chainId")


def test_a_cut_answer_is_a_node_error() -> None:
    def cut(request: StubRequest, _body: bytes) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b'{"jsonrpc"')
        request.close_connection = True

    with raw_node(cut) as stub, RpcClient(stub.url) as rpc, pytest.raises(NodeError):
        rpc.call("eth_chainId")


def test_nobody_listening_is_a_node_error() -> None:
    with node(echo) as stub:
        pass
    with RpcClient(stub.url) as rpc, pytest.raises(NodeError, match="cannot be reached") as caught:
        rpc.call("eth_chainId")
    assert caught.value.retryable


def test_connections_are_kept_and_a_closed_one_is_replaced_without_sending_twice() -> None:
    ports = []

    def close_after(request: StubRequest, body: bytes) -> None:
        ports.append(request.client_address[1])
        request.send(answered(echo, body))
        request.close_connection = len(ports) == 2

    with raw_node(close_after) as stub, RpcClient(stub.url) as rpc:
        for number in range(4):
            assert rpc.call("eth_sendRawTransaction", [number]) == number
    assert [json.loads(body)["params"] for _, body in stub.requests] == [[0], [1], [2], [3]]
    assert ports[0] == ports[1] != ports[2] == ports[3]


@pytest.mark.parametrize(("method", "tries"), [("eth_sendRawTransaction", 1), ("evm_mine", 1), ("eth_chainId", 2)])
def test_only_reads_are_asked_again_when_a_kept_connection_breaks(method: str, tries: int) -> None:
    seen = []

    def break_second(request: StubRequest, body: bytes) -> None:
        seen.append(json.loads(body)["method"])
        if len(seen) == 2:
            request.close_connection = True
            return
        request.send(answered(echo, body))

    with raw_node(break_second) as stub, RpcClient(stub.url) as rpc:
        rpc.call("net_version")
        if tries == 2:
            assert rpc.call(method) == method
        else:
            with pytest.raises(NodeError, match="broke off"):
                rpc.call(method)
    assert seen[1:] == [method] * tries


def test_threads_share_a_client() -> None:
    barrier = threading.Barrier(8, timeout=20)

    def meet(method: str, params: list[Any]) -> Any:
        if params[0] < 8:
            barrier.wait()
        return params[0]

    with node(meet) as stub, RpcClient(stub.url) as rpc, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: rpc.call("echo", [number]), range(200))) == list(range(200))


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8545", "ws://host", "file:///etc/passwd", "http://", "ftp://x", "http://h:99999", "http://a b/",
     "http://h/\r\nX: y", "http://h\u00e9/"],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        RpcClient(url)


def test_secrets_of_the_address_reach_the_node_and_nobody_else() -> None:
    with node(echo) as stub:
        secret = stub.url.replace("http://", "http://office:s3cret@") + "/v1/k3y?token=t0ken"
        with RpcClient(secret, headers={"X-Api": "hidd3n"}) as rpc:
            assert rpc.call("hello") == "hello"
            shown = [repr(rpc), rpc.endpoint]
        headers = stub.requests[0][0]
        assert headers["Authorization"] == "Basic " + base64.b64encode(b"office:s3cret").decode()
        assert headers["X-Api"] == "hidd3n"
    with RpcClient(secret) as rpc, pytest.raises(NodeError) as caught:
        rpc.call("eth_chainId")
    shown += [str(caught.value), caught.value.diagnostics(), repr(caught.value.details), repr(caught.value.__cause__)]
    assert not [text for text in shown for word in ("s3cret", "k3y", "t0ken", "hidd3n") if word in text]
    with pytest.raises(ConfigError) as refused:
        RpcClient("http://office:s3cret@h:x/")
    assert "s3cret" not in refused.value.diagnostics()


@pytest.mark.parametrize("value", [None, 5, "", "0x", "5", "0xzz", "0x-1", "0x" + "1" * 65, ["0x1"]])
def test_quantities_that_are_none_are_refused(value: Any) -> None:
    with pytest.raises(NodeError, match="gas price"):
        as_quantity(value, "gas price")


@pytest.mark.parametrize("value", [None, 5, "", "12", "0x1", "0xzz", "0x12"])
def test_data_that_is_none_or_of_another_size_is_refused(value: Any) -> None:
    with pytest.raises(NodeError, match="block hash"):
        as_data(value, "block hash", 32)


def test_numbers_and_data_are_read() -> None:
    assert as_quantity("0x1f", "nonce") == 31
    assert as_data("0x", "data") == b""
    assert as_data("0x00ff", "data") == b"\x00\xff"


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, registrum.chain.sender; "
        "print([m for m in ('web3', 'eth_account', 'requests', 'brownie', 'lxml', 'coincurve') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "[]"
