"""Bulk registration is killed with its node at random moments, again and again; each number is recorded once."""

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

from registrum import Manifest, Outbox, Registry, Scope
from registrum.chain.entries import State
from registrum.chain.rpc import RpcClient
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.signing.keccak import keccak
from tests.client.anvil import ROOT, Anvil, running
from tests.client.bulk_worker import CONNECTED, applications
from tests.client.registries import GOVERNANCE, KEYS, SEATS

BATCH_SIZE, CRASHES = 10, 5
A_CRASH = 40
"""Applications that come in before each crash."""
COUNT = CRASHES * A_CRASH
LIMIT_S = 120
REGISTERED = "0x" + keccak(b"ApplicationRegistered(bytes32,address,bytes32,uint32,uint8)").hex()
SEED = int(os.environ.get("REGISTRUM_TEST_SEED") or random.SystemRandom().randrange(1 << 32))


@contextmanager
def worker(node: Anvil, manifest: Path, outbox: Path, count: int) -> Iterator[subprocess.Popen[bytes]]:
    arguments = (node.url, str(manifest), str(outbox), str(count), str(BATCH_SIZE), str(LIMIT_S))
    command = [sys.executable, "-m", "tests.client.bulk_worker", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def prepare(node: Anvil, path: Path) -> Manifest:
    """The contracts, and one office with its key, in a state that the node has saved."""
    with RpcClient(node.url) as rpc:
        manifest = deploy(RpcBackend(rpc, GOVERNANCE), path, governance=GOVERNANCE.address, release="test").manifest
        Registry.connect(rpc, manifest, sender=GOVERNANCE).admit_office("EM", SEATS["EM"].address, "Office EM")
        seat = Registry.connect(rpc, manifest, sender=SEATS["EM"])
        receipt = seat.add_key("EM", KEYS["EM"].address, Scope.APPLICATIONS)
    assert receipt.transaction_hash is not None
    node.saved(receipt.transaction_hash)
    return manifest


def restart(node: Anvil, hours: int) -> None:
    """Begin again; Anvil's clock begins again with it, at a time when the office's key was not there yet."""
    node.start()
    with RpcClient(node.url) as rpc:
        rpc.call("evm_increaseTime", [hours * 3600])
        rpc.call("evm_mine")


def registrations(rpc: RpcClient, manifest: Manifest) -> Counter[bytes]:
    """How often each number was registered, by the events of the whole chain."""
    asked = {"address": manifest.address("ApplicationRegistry"), "topics": [REGISTERED], "fromBlock": "0x0"}
    return Counter(bytes.fromhex(log["topics"][1][2:]) for log in rpc.call("eth_getLogs", [asked]))


@pytest.mark.parametrize("seed", [SEED])
def test_every_number_is_registered_exactly_once_whatever_is_killed(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    manifest_path, outbox_path = tmp_path / "manifest.json", tmp_path / "outbox.db"
    expected = applications(COUNT)
    with running("--block-time", "0.2", state=tmp_path / "state.json") as node, Outbox(outbox_path) as outbox:
        manifest = prepare(node, manifest_path)
        for count in range(A_CRASH, COUNT + 1, A_CRASH):
            with worker(node, manifest_path, outbox_path, count) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == CONNECTED
                time.sleep(dice.uniform(0.0, 1.0))
                first, second = dice.sample([process.kill, node.kill], 2)
                first()
                time.sleep(dice.uniform(0.0, 0.3))
                second()
                assert process.wait() in (0, -signal.SIGKILL)
            restart(node, hours=count)
        with worker(node, manifest_path, outbox_path, COUNT) as process:
            assert process.wait(LIMIT_S) == 0
        with RpcClient(node.url) as rpc:
            assert registrations(rpc, manifest) == Counter(item.number.on_chain for item in expected)
            records = Registry.connect(rpc, manifest).records(item.number for item in expected)
        assert [record and record.application for record in records] == expected
        assert outbox.counts()[State.CONFIRMED] == sum(outbox.counts().values())
