"""Batches by the client, beside the same node fed with such batches signed in advance; each side has a fresh node.

Everything counts on the client's side: looking up what is recorded, signing, keeping, sending, receipts, outcomes. Not
its job: what is in the batches (`bench.registration`, `bench.rights_import`).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from bench.figure import Figure
from registrum import ItemOutcome, Registry
from registrum.chain.outbox import Outbox
from registrum.chain.profile import Snapshot, choose_fees
from registrum.chain.rpc import RpcClient
from registrum.chain.transaction import Transaction, sign
from registrum.signing.addresses import parse_address
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import World, world

LIMIT_S = 120.0
IN_ADVANCE, CLIENT = DevelopmentSigner.account(8), DevelopmentSigner.account(9)
A_BLOCK = 4
"""Batches that the client hands over at once, hence what a block holds where blocks are mined on demand."""
UNBOUNDED = ("--disable-block-gas-limit",)

_T = TypeVar("_T")


class Call(NamedTuple):
    """A batch with the office's signature, ready for a transaction.

    Attributes:
        contract: Name of the contract.
        data: Call data.
        gas: Gas limit.
    """

    contract: str
    data: bytes
    gas: int


class Load(Protocol[_T]):
    """What is recorded.

    Attributes:
        name: For people.
    """

    name: str

    def items(self, made: World, count: int) -> list[_T]:
        """What is to be recorded; offices and keys for it are made ready."""
        ...

    def signed(self, made: World, items: list[_T], size: int) -> Iterator[Call]:
        """The batches that the client would make of it."""
        ...

    def record(self, registry: Registry, items: list[_T], size: int) -> Iterator[ItemOutcome]:
        """What the client does with it."""
        ...

    def are_recorded(self, registry: Registry, items: list[_T]) -> bool:
        """Whether the node has all of it."""
        ...


@dataclass(frozen=True)
class Way:
    """A way of mining, and how much is recorded by it.

    Attributes:
        name: For people.
        interval_s: Seconds between blocks; 0 to mine on demand.
        count: Items a turn.
        batch: Items under one signature.
        rounds: Turns of either side.
        options: Of the node.
    """

    name: str
    interval_s: int
    count: int
    batch: int
    rounds: int
    options: tuple[str, ...] = ()


def measure(load: Load[Any], way: Way) -> Figure:
    """Measure one way of mining; the two sides take turns."""
    turns = [(_turn(load, way, _in_advance), _turn(load, way, _by_the_client)) for _ in range(way.rounds)]
    limit, rate = (max(rates) for rates in zip(*turns, strict=True))
    return Figure(f"{load.name}, {way.name}", rate, "/s", 0.5, "same node, such batches signed in advance", limit)


_Side = Callable[[Load[Any], World, list[Any], int, Callable[[], object] | None], float]


def _turn(load: Load[Any], way: Way, side: _Side) -> float:
    """The rate of one side on a node of its own: with each record that it holds, Anvil takes longer for a block."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), *way.options) as made:
        items = load.items(made, way.count)
        made.rpc.call("anvil_setLoggingEnabled", [False])
        made.rpc.call("evm_setAutomine", [False])
        if way.interval_s:
            made.rpc.call("evm_setIntervalMining", [way.interval_s])
        mine = None if way.interval_s else (lambda: made.rpc.call("evm_mine"))
        return side(load, made, items, way.batch, mine)


def _in_advance(load: Load[Any], made: World, items: list[Any], size: int, mine: Callable[[], object] | None) -> float:
    raw = list(_transactions(made, load.signed(made, items, size)))
    last = _nonce(made.rpc) + len(raw)
    start = time.perf_counter()
    for at in range(0, len(raw), A_BLOCK):
        made.rpc.batch(("eth_sendRawTransaction", ["0x" + item.hex()]) for item in raw[at : at + A_BLOCK])
        if mine is not None:
            mine()
    while _nonce(made.rpc) < last:
        time.sleep(0.002)
    rate = len(items) / (time.perf_counter() - start)
    if not load.are_recorded(made.registry(), items):
        raise AssertionError("the node did not take what it was fed")
    return rate


def _transactions(made: World, calls: Iterator[Call]) -> Iterator[bytes]:
    now = Snapshot.read(made.rpc, IN_ADVANCE.address)
    fees = choose_fees(now.head, now.gas_price)
    for nonce, call in enumerate(calls, now.pending):
        to = parse_address(made.manifest.address(call.contract))
        transaction = Transaction(made.manifest.chain_id, nonce, to, call.data, call.gas, fees)
        yield sign(transaction, IN_ADVANCE, check=False).raw


def _by_the_client(
    load: Load[Any], made: World, items: list[Any], size: int, mine: Callable[[], object] | None
) -> float:
    with tempfile.TemporaryDirectory() as folder, Outbox(Path(folder) / "outbox.db") as outbox:
        registry = Registry.connect(
            made.rpc, made.manifest, sender=CLIENT, outbox=outbox, deadline_s=LIMIT_S, after_send=mine
        )
        start = time.perf_counter()
        outcomes = list(load.record(registry, items, size))
        rate = len(items) / (time.perf_counter() - start)
    if outcomes != [ItemOutcome.TAKEN] * len(items):
        raise AssertionError("the registry did not take everything")
    return rate


def _nonce(rpc: RpcClient) -> int:
    return int(rpc.call("eth_getTransactionCount", [IN_ADVANCE.address, "latest"]), 16)
