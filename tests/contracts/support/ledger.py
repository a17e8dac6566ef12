"""The chain under test: its clock, its storage and its logs, as they are and not as a contract reports them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from brownie import chain, web3
from brownie.network.state import _notify_registry
from eth_abi import encode
from eth_utils import event_abi_to_log_topic, keccak
from hexbytes import HexBytes

from tests.contracts.support.speed import await_empty_pool

NOON = 4116744000
"""Block time at which the fixtures begin: 15 June 2100, 12:00 UTC. No test depends on the clock of the host."""

DAY = 86400
FOREVER = 2**40 - 1
"""A validity or suspension without end, as the directory writes it."""


def now() -> int:
    """Time of the latest block, seconds since 1970."""
    time: int = chain[-1].timestamp
    return time


def travel_to(time: int) -> None:
    """Mine a block with exactly this time, on which the following ones build."""
    # Brownie's own `chain.mine(timestamp=...)` sends Anvil a bare number where a list belongs.
    answer = web3.provider.make_request("evm_mine", [time])
    assert "error" not in answer, answer
    assert now() == time


def travel(seconds: int) -> None:
    """Mine a block this much later than the latest."""
    travel_to(now() + seconds)


def next_block_at(time: int) -> None:
    """Give the next block, that of the next transaction, exactly this time (Anvil only)."""
    answer = web3.provider.make_request("evm_setNextBlockTimestamp", [time])
    assert "error" not in answer, answer


def time_of(transaction: Any) -> int:
    """Time of the block that took a transaction."""
    time: int = web3.eth.get_block(transaction.block_number)["timestamp"]
    return time


def date_at(time: int) -> int:
    """UTC day of a block time, as `20240131`."""
    return int(datetime.fromtimestamp(time, UTC).strftime("%Y%m%d"))


def storage(contract: Any, slot: int) -> int:
    """The word in a storage slot."""
    return int.from_bytes(web3.eth.get_storage_at(contract.address, slot), "big")


def storage_root(contract: Any) -> bytes:
    """Root of the whole storage of a contract: equal only when every slot is."""
    return bytes(web3.eth.get_proof(contract.address, [])["storageHash"])


def poke(contract: Any, slot: int, word: int) -> None:
    """Overwrite a storage slot (Anvil only): states that no test could reach by transactions alone."""
    arguments = [contract.address, hex(slot), f"0x{word:064x}"]
    answer = web3.provider.make_request("anvil_setStorageAt", arguments)
    assert answer.get("result") is True, answer


def mapping_slot(key: bytes, base: int) -> int:
    """Slot of `mapping[key]`; `key` is the key's 32-byte word."""
    assert len(key) == 32
    return int.from_bytes(keccak(key + base.to_bytes(32, "big")), "big")


@contextmanager
def rewound() -> Iterator[None]:
    """Take back on leaving what is done inside. Brownie's own snapshot, which the isolation needs, stays as it is."""
    snapshot = web3.provider.make_request("evm_snapshot", [])["result"]
    try:
        yield
    finally:
        await_empty_pool()
        answer = web3.provider.make_request("evm_revert", [snapshot])
        assert answer.get("result") is True, answer
        # Brownie must forget these transactions, or it waits for ever for the nonce to pass theirs.
        _notify_registry(web3.eth.block_number)


class Log(NamedTuple):
    """One log, raw."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


def logs_of(transaction: Any) -> list[Log]:
    """The logs of a transaction, raw and in order."""
    receipt = web3.eth.get_transaction_receipt(transaction.txid)
    return [
        Log(log["address"], tuple(bytes(topic) for topic in log["topics"]), bytes(HexBytes(log["data"])))
        for log in receipt["logs"]
    ]


def log(contract: Any, event: str, **values: Any) -> Log:
    """The log that a contract must emit: every argument of the event by name, structs as tuples."""
    entry = next(entry for entry in contract.abi if entry["type"] == "event" and entry["name"] == event)
    inputs = entry["inputs"]
    assert {argument["name"] for argument in inputs} == set(values), f"arguments of {event}"
    indexed = [argument for argument in inputs if argument["indexed"]]
    topics = [encode([argument["type"]], [values[argument["name"]]]) for argument in indexed]
    rest = [argument for argument in inputs if not argument["indexed"]]
    data = encode([_type(argument) for argument in rest], [values[argument["name"]] for argument in rest])
    return Log(contract.address, (event_abi_to_log_topic(entry), *topics), data)


def _type(argument: Any) -> str:
    """ABI type of an argument, structs spelt out."""
    if not argument["type"].startswith("tuple"):
        return str(argument["type"])
    members = ",".join(_type(component) for component in argument["components"])
    return f"({members})" + argument["type"].removeprefix("tuple")
