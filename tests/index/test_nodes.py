"""Nodes that limit, fail, drop and mix in what was not asked for, in front of a real one: nothing is ever left out."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from registrum.chain.rpc import RpcClient
from registrum.deployment.versions import RegistryVersions
from registrum.errors import NodeError, RpcError
from registrum.index import node as node_module
from registrum.index.decoding import Decoder
from registrum.index.following import Follower, followed_contracts
from registrum.index.node import LogReader, read_ahead
from registrum.index.store import Index
from tests.index.conftest import Life
from tests.index.dumps import dump
from tests.index.proxies import (
    Behaviour,
    DroppedError,
    EveryNth,
    IgnoresFilter,
    LateReplica,
    MostBlocks,
    MostLogs,
    Request,
    TooManyError,
    proxy,
)

BLOCK_LIMITS = [
    (-32000, "Requested range exceeds maximum RPC range limit"),  # Besu
    (-32602, "query exceeds max block range 100000"),
    (-32005, "block range too large"),
    (-32600, "You can make eth_getLogs requests with up to a 500 block range. Based on your parameters, this block"
     " range should work: [0x0, 0x1]"),
    (-32614, "eth_getLogs is limited to a 10,000 range"),
    (-32062, "Block range is too large"),
    (-32701, "Please specify an address in your request or, to remove restrictions, order a dedicated full node here"),
]  # fmt: skip
LOG_LIMITS = [
    (-32005, "query returned more than 10000 results"),
    (-32602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on"
     " the response size, or you can request any block range with a cap of 10K logs in the response."),
    (-32000, "query timeout exceeded"),
    (-32603, "Internal error: too many logs"),
    (-32002, "request timed out"),
]  # fmt: skip
RATE_LIMITS = [
    (-32005, "project ID request rate exceeded"),
    (-32005, "daily request count exceeded, request rate limited"),
    (429, "Your app has exceeded its compute units per second capacity."),
    (-32007, "100/second request limit reached - reduce calls per second"),
    (-32029, "Too Many Requests"),
    (-32097, "Rate limit exceeded, try again later"),
]


AMBIGUOUS = [
    (-32005, "limit exceeded"),
    (-32005, "Limit Exceeded: reduce the number of blocks"),
    (-32000, "query exceeds max capacity, block range limited to 2"),
    (-32000, "request timed out, temporarily; narrow the range"),
    (-32602, "Request exceeds limit of 2 blocks per request, quota"),
]


@pytest.fixture(autouse=True)
def _small_ranges_and_short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "FIRST_BLOCKS", 64)
    monkeypatch.setattr(node_module, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(node_module, "FIRST_MOVED_WAIT_S", 0.001)


@pytest.fixture
def expected(indexed: Index) -> dict[str, list[tuple[Any, ...]]]:
    return dump(indexed)


@pytest.fixture
def second(tmp_path: Any) -> Iterator[Index]:
    from registrum.index.store import open_index

    with open_index(tmp_path / "second.sqlite") as index:
        yield index


def follow(index: Index, life: Life, behaviour: Behaviour, **options: Any) -> Follower:
    with proxy(life.world.anvil.url, behaviour) as url, RpcClient(url) as rpc:
        follower = Follower(index, rpc, life.world.manifest, **options)
        follower.catch_up()
    return follower


@pytest.mark.parametrize("refusal", BLOCK_LIMITS, ids=lambda refusal: refusal[1][:30])
def test_limits_of_blocks(life: Life, second: Index, expected: Any, refusal: tuple[int, str]) -> None:
    behaviour = MostBlocks(10, refusal)
    follow(second, life, behaviour)
    assert dump(second) == expected
    # It learns: no more than a few tries at what the node refuses.
    assert 1 <= behaviour.refused < 10


@pytest.mark.parametrize("refusal", LOG_LIMITS, ids=lambda refusal: refusal[1][:30])
def test_limits_of_logs(life: Life, second: Index, expected: Any, refusal: tuple[int, str]) -> None:
    behaviour = MostLogs(200, refusal)
    follow(second, life, behaviour)
    assert dump(second) == expected
    assert behaviour.refused


@pytest.mark.parametrize("most", [1, 3])
def test_a_block_of_more_logs_than_the_node_answers(life: Life, second: Index, expected: Any, most: int) -> None:
    """The table of codes is set in blocks of hundreds of logs: they are read from receipts."""
    behaviour = MostLogs(most, (-32005, "query returned more than 10000 results"))
    follow(second, life, behaviour)
    assert dump(second) == expected


@pytest.mark.parametrize("refusal", RATE_LIMITS, ids=lambda refusal: refusal[1][:30])
def test_limits_of_requests(life: Life, second: Index, expected: Any, refusal: tuple[int, str]) -> None:
    behaviour = EveryNth(4, refusal)
    follower = follow(second, life, behaviour, patience_s=30)
    assert dump(second) == expected
    assert follower.activity.errors > 3


@pytest.mark.parametrize("refusal", AMBIGUOUS, ids=lambda refusal: refusal[1][:30])
def test_limits_of_blocks_that_read_like_limits_of_requests(
    life: Life, second: Index, expected: Any, refusal: tuple[int, str]
) -> None:
    behaviour = MostBlocks(2, refusal)
    follow(second, life, behaviour, patience_s=5)
    assert dump(second) == expected
    assert 1 <= behaviour.refused < 100


@pytest.mark.parametrize("how", [TooManyError, DroppedError])
def test_requests_that_are_turned_away(life: Life, second: Index, expected: Any, how: type[Exception]) -> None:
    behaviour = EveryNth(3, how)
    follower = follow(second, life, behaviour, patience_s=30)
    assert dump(second) == expected
    assert behaviour.failed > 3
    # A kept connection that is closed is opened again by the client, which is no failure.
    assert follower.activity.errors >= (1 if how is DroppedError else behaviour.failed - 1)


def test_a_node_that_fails_for_good_is_given_up(life: Life, second: Index) -> None:
    behaviour = EveryNth(1, TooManyError)
    behaviour.nth = 10**9
    with proxy(life.world.anvil.url, behaviour) as url, RpcClient(url) as rpc:
        follower = Follower(second, rpc, life.world.manifest, patience_s=0.2)
        follower._prepared()
        behaviour.nth = 1
        with pytest.raises(NodeError, match="429"):
            follower.catch_up()
    assert follower.activity.last_error


def test_a_node_without_receipts_of_a_block_it_refuses_is_an_error(life: Life, second: Index) -> None:
    class Nothing(MostLogs):
        def before(self, request: Request) -> tuple[int, str] | None:
            return (-32601, "no such method") if request["method"] == "eth_getTransactionReceipt" else None

    with pytest.raises(RpcError, match="no such method"):
        follow(second, life, Nothing(1, (-32005, "query returned more than 10000 results")))


def test_logs_of_other_contracts_are_left_out(life: Life, second: Index, expected: Any) -> None:
    world = life.world
    with world.undone():
        # A contract that emits what it is told, with the topics of a registration.
        look_alike = "0x" + "ab" * 20
        registry = world.manifest.address("ApplicationRegistry")
        code = "0x" + _emitter(world.rpc.call("eth_getLogs", [{"fromBlock": "0x0", "address": registry}])[0])
        world.rpc.call("anvil_setCode", [look_alike, code])
        account = world.rpc.call("eth_accounts")[0]
        world.rpc.call("eth_sendTransaction", [{"from": account, "to": look_alike, "gas": "0x30000"}])
        world.rpc.call("evm_mine")
        follower = follow(second, life, IgnoresFilter())
        assert follower.activity.ignored == 1
        with second.snapshot() as connection:
            progress = second.progress(connection)
        assert progress is not None
        found = dump(second)
        for name in ("applications", "events", "blocks", "transactions"):
            assert found[name] == expected[name]


def _emitter(log: dict[str, Any]) -> str:
    """Code that emits a log again: its words into memory, then LOG4."""
    data = bytes.fromhex(log["data"][2:])
    code = b""
    for place in range(0, len(data), 32):
        code += b"\x7f" + data[place : place + 32] + b"\x60" + bytes([place]) + b"\x52"
    for topic in reversed(log["topics"]):
        code += b"\x7f" + bytes.fromhex(topic[2:])
    return (code + b"\x60" + bytes([len(data)]) + b"\x5f" + b"\xa4\x00").hex()


class Lies(Behaviour):
    """Changes the answer to `eth_getLogs`."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.change = change

    def after(self, request: Request, result: Any) -> Any:
        return self.change(result) if request["method"] == "eth_getLogs" and result else result


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda logs: logs[::-1], "sent an event of block|out of their order"),
        (lambda logs: [{**logs[0], "blockNumber": "0xffffff"}], "event of block 16777215"),
        (lambda logs: {"logs": logs}, "no list of events"),
        (lambda logs: [{**log, "data": "0x12"} for log in logs], "shorter than it says|cannot be read"),
        (lambda logs: [{**log, "blockHash": "0x" + "11" * 32} for log in logs], "the chain changed"),
        (lambda logs: [{**log, "topics": "none"} for log in logs], "no list of events"),
        (lambda logs: [{**log, "logIndex": "zero"} for log in logs], "cannot be read"),
    ],
)
def test_nonsense_is_an_error_and_nothing_is_written(life: Life, second: Index, change: Any, text: str) -> None:
    with pytest.raises(NodeError, match=text):
        follow(second, life, Lies(change), patience_s=0.3)
    with second.snapshot() as connection:
        progress = second.progress(connection)
    assert progress is not None
    assert progress.block_number is None or progress.block_number < 20


@pytest.mark.parametrize("behind", [1, 5])
def test_logs_of_a_replica_that_has_not_the_newest_blocks(
    life: Life, second: Index, expected: Any, behind: int
) -> None:
    newest = max(row[0] for row in expected["blocks"]) - behind
    behaviour = LateReplica(newest, 4)
    # One block at a time at the end, as when it follows.
    follow(second, life, behaviour)
    assert behaviour.left == 0
    assert dump(second) == expected


@pytest.mark.parametrize("place", [0, -1])
def test_logs_that_were_taken_back_are_not_read(life: Life, second: Index, place: int) -> None:
    """Of the first log of a block too."""
    taken_back: list[int] = []

    def change(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        taken_back.append(1)
        logs[place]["removed"] = True
        return logs

    with pytest.raises(NodeError, match="the chain changed"):
        follow(second, life, Lies(change))
    assert taken_back
    assert not dump(second)["blocks"]


def test_receipts_of_another_branch_are_not_read(life: Life) -> None:
    """The block whose transactions are asked for must be the one whose header was read before."""
    reader = reader_of(life, life.world.rpc)
    head = reader.head()
    assert reader._logs_of_receipts(head.number, head)
    with pytest.raises(node_module._MovedError):
        reader._logs_of_receipts(head.number, dataclasses.replace(head, hash=bytes(32)))


def reader_of(life: Life, rpc: RpcClient) -> LogReader:
    contracts = followed_contracts(life.world.manifest, RegistryVersions.of(life.world.manifest))
    return LogReader(rpc, [one.address for one in contracts], Decoder(contracts).follows)


def test_spans_follow_each_other_without_a_gap(life: Life) -> None:
    head = int(life.world.rpc.call("eth_blockNumber"), 16)
    with proxy(life.world.anvil.url, MostBlocks(3, BLOCK_LIMITS[0])) as url, RpcClient(url) as rpc:
        spans = list(read_ahead(reader_of(life, rpc), 0, head))
    assert [span.first for span in spans] == [0, *(span.last.number + 1 for span in spans[:-1])]
    assert spans[-1].last.number == head
    assert all(after.parent == before.last.hash for before, after in itertools.pairwise(spans))


def test_reading_ahead_ends_with_its_caller(life: Life) -> None:
    spans = read_ahead(reader_of(life, life.world.rpc), 0, int(life.world.rpc.call("eth_blockNumber"), 16))
    next(spans)
    spans.close()
    with RpcClient("http://127.0.0.1:9") as nowhere, pytest.raises(NodeError):
        next(read_ahead(LogReader(nowhere, [], lambda _address: True, patience_s=0.01), 0, 100))
