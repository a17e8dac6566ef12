"""Applications registered by `Registry.register_many`, beside the same node fed with such batches signed in advance."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figure import Figure
from registrum import Application, ItemOutcome, Registry
from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.chain.outbox import Outbox
from registrum.chain.profile import Snapshot, choose_fees
from registrum.chain.rpc import RpcClient
from registrum.chain.transaction import Transaction, sign
from registrum.client.calls import batch_data, batch_of, call_of
from registrum.signing.addresses import parse_address
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import KEYS, World, world

LIMIT_S = 120.0
IN_ADVANCE, CLIENT = DevelopmentSigner.account(8), DevelopmentSigner.account(9)
A_BLOCK = 4
"""Batches that the client hands over at once, hence what a block holds where blocks are mined on demand."""


@dataclass(frozen=True)
class Way:
    """A way of mining, and how much is registered by it.

    Attributes:
        name: For people.
        interval_s: Seconds between blocks; 0 to mine on demand.
        count: Records a turn.
        batch: Records under one signature.
        rounds: Turns of either side.
        options: Of the node.
    """

    name: str
    interval_s: int
    count: int
    batch: int
    rounds: int
    options: tuple[str, ...] = ()


UNBOUNDED = ("--disable-block-gas-limit",)
WAYS = (
    Way("1 s blocks of 30 million gas", 1, 6_000, 600, 1),
    # No network is so, but nothing else waits here: client and node run as fast as they can.
    Way("mined on demand without bound", 0, 24_000, 400, 2, UNBOUNDED),
)


def figures() -> Iterator[Figure]:
    """Wall-clock rates of records; the better of some turns each."""
    yield from map(measure, WAYS)


def measure(way: Way) -> Figure:
    """Measure one way of mining; the two sides take turns."""
    turns = [(_turn(way, _in_advance), _turn(way, _by_the_client)) for _ in range(way.rounds)]
    limit, rate = (max(rates) for rates in zip(*turns, strict=True))
    name = f"records registered, {way.name}"
    return Figure(name, rate, "/s", 0.5, "same node, such batches signed in advance", limit)


def _turn(way: Way, side: Callable[[World, list[Application], int, Callable[[], object] | None], float]) -> float:
    """The rate of one side on a node of its own: with each record that it holds, Anvil takes longer for a block."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), *way.options) as made:
        made.rpc.call("anvil_setLoggingEnabled", [False])
        made.rpc.call("evm_setAutomine", [False])
        if way.interval_s:
            made.rpc.call("evm_setIntervalMining", [way.interval_s])
        mine = None if way.interval_s else (lambda: made.rpc.call("evm_mine"))
        return side(made, _applications(made, way.count), way.batch, mine)


def _applications(made: World, count: int) -> list[Application]:
    return [made.application() for _ in range(count)]


def _in_advance(made: World, applications: list[Application], size: int, mine: Callable[[], object] | None) -> float:
    raw = list(_signed(made, applications, size))
    last = _nonce(made.rpc) + len(raw)
    start = time.perf_counter()
    for at in range(0, len(raw), A_BLOCK):
        made.rpc.batch(("eth_sendRawTransaction", ["0x" + item.hex()]) for item in raw[at : at + A_BLOCK])
        if mine is not None:
            mine()
    while _nonce(made.rpc) < last:
        time.sleep(0.002)
    rate = len(applications) / (time.perf_counter() - start)
    if any(record is None for record in made.registry().records(item.number for item in applications)):
        raise AssertionError("the node did not take what it was fed")
    return rate


def _signed(made: World, applications: list[Application], size: int) -> Iterator[bytes]:
    """Transactions with all signatures, of the batches that the client would make."""
    to = parse_address(made.manifest.address(APPLICATION_REGISTRY))
    now = Snapshot.read(made.rpc, IN_ADVANCE.address)
    fees = choose_fees(now.head, now.gas_price)
    domain = made.registry().application_domain
    for nonce, at in enumerate(range(0, len(applications), size), now.pending):
        statement, _ = batch_of("EM", applications[at : at + size])
        signature = KEYS["EM"].sign(statement, domain)
        data, gas = batch_data(statement, signature), call_of(statement, signature)[1]
        yield sign(Transaction(made.manifest.chain_id, nonce, to, data, gas, fees), IN_ADVANCE, check=False).raw


def _by_the_client(made: World, applications: list[Application], size: int, mine: Callable[[], Any] | None) -> float:
    """Everything counts: looking up what is recorded, signing, keeping, sending, receipts, outcomes."""
    with tempfile.TemporaryDirectory() as folder, Outbox(Path(folder) / "outbox.db") as outbox:
        registry = Registry.connect(
            made.rpc,
            made.manifest,
            signer=KEYS["EM"],
            sender=CLIENT,
            outbox=outbox,
            deadline_s=LIMIT_S,
            after_send=mine,
        )
        start = time.perf_counter()
        outcomes = [item.outcome for item in registry.register_many(applications, batch_size=size)]
        rate = len(applications) / (time.perf_counter() - start)
    if outcomes != [ItemOutcome.TAKEN] * len(applications):
        raise AssertionError("the registry did not take every record")
    return rate


def _nonce(rpc: RpcClient) -> int:
    return int(rpc.call("eth_getTransactionCount", [IN_ADVANCE.address, "latest"]), 16)
