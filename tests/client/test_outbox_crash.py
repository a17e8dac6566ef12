"""Worker and node are killed at random moments, again and again; every intent takes effect exactly once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from registrum.chain.entries import Intent, State
from registrum.chain.outbox import Outbox
from registrum.chain.rpc import RpcClient
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import (
    COUNTER,
    COUNTER_CODE,
    COUNTER_GAS,
    ROOT,
    Anvil,
    count_call,
    counts,
    install_counter,
    running,
)

WORKER = ROOT / "tests" / "client" / "outbox_worker.py"
LIMIT_S = 120


@contextmanager
def worker(node: Anvil, path: Path, account: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(WORKER), node.url, str(path), str(account), str(LIMIT_S)]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def intents(numbers: range) -> list[Intent]:
    return [Intent(key=f"n{number}", to=COUNTER, data=count_call(number), gas=COUNTER_GAS) for number in numbers]


def mined_calls(rpc: RpcClient) -> Counter[int]:
    """How often each number was sent in a transaction that took effect, by the whole chain."""
    head = int(rpc.call("eth_blockNumber"), 16)
    found: Counter[int] = Counter()
    for block in rpc.batch(("eth_getBlockByNumber", [hex(number), True]) for number in range(head + 1)):
        found.update(int(tx["input"], 16) for tx in block["transactions"] if tx["to"] == COUNTER)
    return found


def assert_exactly_once(node: Anvil, outbox: Outbox, numbers: range) -> None:
    states = outbox.counts()
    assert states[State.CONFIRMED] == len(numbers), states
    with RpcClient(node.url) as rpc:
        found = counts(rpc, list(numbers))
        assert {number: found[number] for number in numbers if found[number] != 1} == {}
        assert mined_calls(rpc) - Counter(numbers) == Counter(), "twice on the chain"
        assert Counter(numbers) - mined_calls(rpc) == Counter(), "not on the chain"
        hashes = ["0x" + (entry.tx_hash or b"").hex() for entry in outbox.entries(limit=len(numbers))]
        receipts = rpc.batch(("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes)
        assert [receipt["transactionHash"] for receipt in receipts] == hashes


SEED = int(os.environ.get("REGISTRUM_TEST_SEED") or random.SystemRandom().randrange(1 << 32))


@pytest.mark.parametrize("seed", [SEED])
def test_killing_worker_and_node_at_random_points_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    numbers = range(1, 1201)
    with (
        running("--block-time", "0.2", state=tmp_path / "state.json") as node,
        Outbox(tmp_path / "outbox.db") as outbox,
    ):
        with RpcClient(node.url) as rpc:
            install_counter(rpc)
        node.saved(COUNTER_CODE[2:])
        waiting = intents(numbers)
        for _ in range(12):
            outbox.submit_many(waiting[:100])
            del waiting[:100]
            with worker(node, tmp_path / "outbox.db") as process:
                time.sleep(dice.uniform(0.2, 1.2))
                if dice.random() < 0.5:
                    node.kill()
                    if dice.random() < 0.5:
                        time.sleep(dice.uniform(0.0, 0.3))
                        process.send_signal(signal.SIGKILL)
                    node.start()
                    time.sleep(dice.uniform(0.0, 0.5))
        outbox.submit_many(intents(numbers))
        with worker(node, tmp_path / "outbox.db") as process:
            assert process.wait(LIMIT_S) == 0
        assert_exactly_once(node, outbox, numbers)


def test_two_workers_on_one_outbox_send_each_intent_once(tmp_path: Path) -> None:
    numbers = range(1, 601)
    path = tmp_path / "outbox.db"
    with running("--block-time", "0.2") as node, Outbox(path) as outbox:
        with RpcClient(node.url) as rpc:
            install_counter(rpc)
        outbox.submit_many(intents(range(1, 301)))
        with worker(node, path) as first, worker(node, path) as second:
            outbox.submit_many(intents(numbers))
            assert (first.wait(LIMIT_S), second.wait(LIMIT_S)) == (0, 0)
        assert_exactly_once(node, outbox, numbers)


def test_workers_of_two_accounts_share_an_outbox(tmp_path: Path) -> None:
    numbers = range(1, 601)
    path = tmp_path / "outbox.db"
    with running("--block-time", "0.2") as node, Outbox(path) as outbox:
        with RpcClient(node.url) as rpc:
            install_counter(rpc)
        outbox.submit_many(intents(range(1, 401)))
        own = DevelopmentSigner.account(1).address
        outbox.submit_many(
            Intent(key=f"n{number}", to=COUNTER, data=count_call(number), gas=COUNTER_GAS, account=own)
            for number in range(401, 601)
        )
        with worker(node, path, 0) as first, worker(node, path, 1) as second:
            assert (first.wait(LIMIT_S), second.wait(LIMIT_S)) == (0, 0)
        assert_exactly_once(node, outbox, numbers)
        assert {entry.account for entry in outbox.entries(after=400)} == {own}
