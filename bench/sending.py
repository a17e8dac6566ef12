"""Transactions through the outbox, beside the same node fed with signed ones in JSON-RPC batches."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figure import Figure
from registrum.chain.entries import Intent
from registrum.chain.outbox import Outbox
from registrum.chain.rpc import RpcClient
from registrum.chain.sender import Sender
from registrum.chain.transaction import Fees, Transaction, sign
from registrum.signing.addresses import parse_address
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import COUNTER, COUNTER_GAS, count_call, install_counter, running

COUNT = 5_000
GROUP = 500
ROUNDS = 3
LIMIT_S = 120.0


def figures() -> Iterator[Figure]:
    """Wall-clock rates of accepting, signing, sending and settling; the better of some turns each."""
    for name, arguments, on_demand, size, goal in (
        ("mined on demand", ["--no-mining", "--disable-block-gas-limit"], True, GROUP, 0.5),
        ("1 s blocks", ["--block-time", "1", "--disable-block-gas-limit"], False, GROUP, 0.5),
        ("automine, fed one by one", [], False, 1, None),
    ):
        count = COUNT if size > 1 else COUNT // 5
        with running(*arguments) as node, RpcClient(node.url, timeout_s=LIMIT_S) as rpc:
            install_counter(rpc)
            mine = (lambda rpc=rpc: rpc.call("evm_mine")) if on_demand else None
            limit, rate = 0.0, 0.0
            for turn in range(ROUNDS):
                first = turn * 2 * count + 1
                limit = max(limit, _signed_ones(rpc, first, count, size, mine))
                rate = max(rate, _through_the_outbox(rpc, first + count, count, mine))
        yield Figure(f"outbox to receipt, {name}", rate, "/s", goal, "same node, signed in advance", limit)


def _signed_ones(rpc: RpcClient, first: int, count: int, size: int, mine: Callable[[], object] | None) -> float:
    signer = DevelopmentSigner.account(1)
    nonce = _nonce(rpc, signer.address)
    to = parse_address(COUNTER)
    fees = Fees(10**10, 10**9)
    raw = [
        sign(Transaction(31337, nonce + n, to, count_call(first + n), COUNTER_GAS, fees), signer, check=False).raw
        for n in range(count)
    ]
    start = time.perf_counter()
    for index in range(0, count, size):
        rpc.batch(("eth_sendRawTransaction", ["0x" + item.hex()]) for item in raw[index : index + size])
        if mine is not None:
            mine()
    while _nonce(rpc, signer.address) < nonce + count:
        time.sleep(0.002)
    return count / (time.perf_counter() - start)


def _through_the_outbox(rpc: RpcClient, first: int, count: int, mine: Callable[[], object] | None) -> float:
    with tempfile.TemporaryDirectory() as folder, Outbox(Path(folder) / "outbox.db") as outbox:
        start = time.perf_counter()
        outbox.submit_many(Intent(f"n{n}", COUNTER, count_call(first + n), COUNTER_GAS) for n in range(count))
        with Sender(rpc, outbox, DevelopmentSigner.account(0), after_send=mine) as sender:
            sender.drain(LIMIT_S)
        return count / (time.perf_counter() - start)


def _nonce(rpc: RpcClient, address: str) -> int:
    return int(rpc.call("eth_getTransactionCount", [address, "latest"]), 16)
