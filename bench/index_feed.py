"""A million registrations of a local node indexed into SQLite, beside fetching the same JSON from the node.

The events come from a few bytes of code that are put at the registry's address: registering a million applications
would take the node an hour. The index is filled in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import multiprocessing.connection
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.figure import Figure
from registrum import Manifest
from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
from registrum.chain.rpc import RpcClient
from registrum.dates import to_on_chain
from registrum.index.following import Follower
from registrum.index.reading import read_index
from registrum.index.store import open_index
from registrum.signing.addresses import parse_address
from tests.client.registries import FILED, KEYS, World, world

EVENTS = 1_000_000
A_BLOCK = 2_000
"""Registrations in a block: a few full batches."""
ROUNDS = 2
GOAL = 0.4
_GAS = 4_000 * A_BLOCK
_BLOCKS_A_FETCH = 1
"""Blocks in one request of logs: as many as the follower asks for once it knows how full they are."""


def figures() -> Iterator[Figure]:
    """Wall-clock rates, the better of some turns each; growth of processor time and memory."""
    node = ("--gas-limit", str(16 * _GAS))
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), *node) as made:
        yield from measure(made, Path(folder), EVENTS, A_BLOCK, ROUNDS)


def measure(made: World, folder: Path, count: int, a_block: int, rounds: int) -> Iterator[Figure]:
    """Measure a quarter of the events first, then all of them: rate, growth and memory.

    Args:
        made: A chain with offices.
        folder: For the databases.
        count: Events in all; a multiple of four blocks.
        a_block: Events in a block.
        rounds: Turns of each way.
    """
    made.rpc.call("anvil_setLoggingEnabled", [False])
    registrar = Registrar(made)
    few = count // 4
    registrar.register(0, few, a_block)
    small = min((filled(made, folder / f"few-{turn}.sqlite", few) for turn in range(rounds)), key=_elapsed)
    registrar.register(few, count, a_block)
    turns = [(registrar.fetch(), filled(made, folder / f"all-{turn}.sqlite", count)) for turn in range(rounds)]
    fetched, whole = min(seconds for seconds, _ in turns), min((run for _, run in turns), key=_elapsed)
    rate, limit = count / whole.seconds, count / fetched
    beside = "the same JSON fetched"
    yield Figure(f"{count:,} registrations indexed into SQLite with its indexes", rate, "/s", GOAL, beside, limit)
    beside = "for a quarter of them"
    # Processor time, since what else the machine does shows most in the longer of the two.
    yield Figure("processor time for it", whole.processor_s, "s", 4.8, beside, small.processor_s, is_least=False)
    # The caches of SQLite have a fixed size, 16 MB each, which a quarter may not fill; nothing else grows.
    yield Figure("memory for it at most", whole.peak_mb, "MB", 1.25, beside, small.peak_mb, is_least=False)


@dataclass(frozen=True)
class Run:
    """One index that was filled.

    Attributes:
        seconds: Elapsed time, that of the node included.
        processor_s: Processor time of the process that filled it.
        peak_mb: Memory of that process at most.
    """

    seconds: float
    processor_s: float
    peak_mb: float


def filled(made: World, path: Path, count: int) -> Run:
    """Fill a new index in a process of its own."""
    # A forked process would count the memory of this one as its own.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=fill, args=(sending, made.anvil.url, made.manifest, path, count))
    process.start()
    sending.close()
    try:
        run: Run = receiving.recv()
    finally:
        process.join()
    return run


def fill(sending: multiprocessing.connection.Connection, url: str, manifest: Manifest, path: Path, count: int) -> None:
    """Fill an index, and say how that went."""
    with open_index(path) as index, RpcClient(url) as rpc:
        begin, begin_processor = time.perf_counter(), time.process_time()
        Follower(index, rpc, manifest).catch_up()
        elapsed, processor = time.perf_counter() - begin, time.process_time() - begin_processor
        with read_index(index) as reader:
            if not reader.freshness().is_complete or sum(reader.office_counts()[0].applications.values()) != count:
                raise AssertionError("the index has not what the node has")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sending.send(Run(elapsed, processor, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)))


def _elapsed(run: Run) -> float:
    return run.seconds


class Registrar:
    """Something at the address of the registry that says of itself that it registered applications of EM.

    Args:
        made: The chain; its registry is lost.
    """

    def __init__(self, made: World) -> None:
        self._made, self._rpc = made, made.rpc
        self._address = made.manifest.address(APPLICATION_REGISTRY)
        self._first = int(self._rpc.call("eth_blockNumber"), 16) + 1
        self._rpc.call("anvil_setCode", [self._address, "0x" + code().hex()])

    def register(self, first: int, end: int, a_block: int) -> None:
        """Emit the events of numbers from one to another, so many in a block."""
        [sender] = self._rpc.call("eth_accounts")[:1]
        for at in range(first, end, a_block):
            data = at.to_bytes(32, "big") + min(a_block, end - at).to_bytes(32, "big")
            call = {"from": sender, "to": self._address, "data": "0x" + data.hex(), "gas": hex(4_000 * a_block)}
            sent = self._rpc.call("eth_sendTransaction", [call])
            while (receipt := self._rpc.call("eth_getTransactionReceipt", [sent])) is None:
                self._rpc.call("evm_mine")
            if int(receipt["status"], 16) != 1:
                raise AssertionError("the node did not take the registrations")

    def fetch(self) -> float:
        """Seconds to read the logs from the node, without a look at them."""
        parts = urlsplit(self._made.anvil.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        last = int(self._rpc.call("eth_blockNumber"), 16)
        begin = time.perf_counter()
        for block in range(self._first, last + 1, _BLOCKS_A_FETCH):
            to = min(block + _BLOCKS_A_FETCH - 1, last)
            query = {"address": [self._address], "fromBlock": hex(block), "toBlock": hex(to)}
            body = {"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [query]}
            connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse().read()
            if b'"error"' in answer[:200]:
                raise AssertionError(answer[:200])
        elapsed = time.perf_counter() - begin
        connection.close()
        return elapsed


def code() -> bytes:
    """Emits `ApplicationRegistered` for each number from the first argument on, as many as the second says.

    The words are the two of the data of the event, then the number, whose nine digits are written one by one.
    """
    # On the stack are the number after the last one, and the next one.
    begin = (
        b"\x63" + to_on_chain(FILED).to_bytes(4, "big") + b"\x5f\x52"  # PUSH4 filing date, PUSH0, MSTORE
        + b"\x7f" + b"EMT".ljust(32, b"\0") + b"\x60\x40\x52"  # PUSH32 number, PUSH1 0x40, MSTORE
        + b"\x60\x20\x35\x5f\x35\x80\x91\x01\x90"  # CALLDATALOAD both, DUP1, SWAP2, ADD, SWAP1
    )  # fmt: skip
    digits = b"".join(
        # PUSH1 10, DUP2, MOD, PUSH1 "0", ADD, PUSH1 place, MSTORE8, PUSH1 10, SWAP1, DIV
        b"\x60\x0a\x81\x06\x60\x30\x01\x60" + bytes([0x43 + place]) + b"\x53\x60\x0a\x90\x04"
        for place in reversed(range(9))
    )
    emit = (
        b"\x60\x20\x60\x40\x20"  # KECCAK256 of the number: the digest
        + b"\x73" + parse_address(KEYS["EM"].address)
        + b"\x60\x40\x51"  # MLOAD the number
        + b"\x7f" + bytes.fromhex(load_abi(APPLICATION_REGISTRY).topic("ApplicationRegistered")[2:])
        + b"\x60\x40\x5f\xa4"  # LOG4 of 64 bytes
    )  # fmt: skip
    loop = len(begin)
    again = digits + b"\x50" + emit + b"\x60\x01\x01\x60" + bytes([loop]) + b"\x56"  # POP, next, JUMP
    # JUMPDEST, DUP2, DUP2, EQ, PUSH2 end, JUMPI, DUP1
    head = b"\x5b\x81\x81\x14\x61" + (loop + 9 + len(again)).to_bytes(2, "big") + b"\x57\x80"
    return begin + head + again + b"\x5b\x00"
