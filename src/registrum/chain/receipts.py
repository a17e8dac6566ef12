"""Receipts: what a block did with a transaction, and why a contract refused.

Not its job: whether the block is final (`registrum.chain.tracker`), or what a contract's error means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registrum.chain.entries import Flight
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.errors import NodeError, RpcError

__all__ = ["Receipt", "fetch_receipts", "read_receipt", "revert_data", "revert_reasons", "seen_by_events"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mined transaction.

    Attributes:
        tx_hash: Its hash.
        block: Number and hash of its block.
        ok: Whether it took effect; false if it was reverted.
        gas_used: Gas that it took; None where it was only seen by its events.
        logs: Its events, as the node sends them.
        reason: Revert data, where the node puts it into receipts (Besu with `revert-reason-enabled`).
    """

    tx_hash: bytes
    block: tuple[int, bytes]
    ok: bool
    gas_used: int | None
    logs: list[dict[str, Any]]
    reason: bytes | None


def read_receipt(value: Any) -> Receipt:
    """Read a receipt as `eth_getTransactionReceipt` returns it.

    Raises:
        NodeError: It is not a receipt.
    """
    if not isinstance(value, dict) or not isinstance(value.get("logs"), list):
        raise NodeError("the node sent no receipt where there must be one")
    reason = value.get("revertReason")
    number = as_quantity(value.get("blockNumber"), "block number")
    return Receipt(
        tx_hash=as_data(value.get("transactionHash"), "transaction hash", 32),
        block=(number, as_data(value.get("blockHash"), "block hash", 32)),
        ok=as_quantity(value.get("status"), "status") == 1,
        gas_used=as_quantity(value.get("gasUsed"), "gas used"),
        logs=value["logs"],
        reason=None if reason is None else as_data(reason, "revert reason"),
    )


def fetch_receipts(rpc: RpcClient, hashes: Iterable[bytes]) -> dict[bytes, Receipt]:
    """Look transactions up by their hashes.

    Returns:
        The receipts of those that are in a block; others are missing.

    Raises:
        NodeError: No answer, or a receipt of another transaction.
        RpcError: The node refuses to tell.
    """
    wanted = list(hashes)
    found: dict[bytes, Receipt] = {}
    answers = rpc.batch(("eth_getTransactionReceipt", ["0x" + item.hex()]) for item in wanted)
    for tx_hash, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, RpcError):
            raise answer
        # Besu and geth answer null; a pending transaction has no block at some others.
        if answer is None or (isinstance(answer, dict) and answer.get("blockHash") is None):
            continue
        receipt = read_receipt(answer)
        if receipt.tx_hash != tx_hash:
            raise NodeError("the node sent the receipt of another transaction than asked for")
        found[tx_hash] = receipt
    return found


def seen_by_events(
    rpc: RpcClient, blocks: Sequence[tuple[int, bytes]], contracts: Iterable[bytes]
) -> dict[bytes, Receipt]:
    """Transactions that took effect in some blocks, told by the events that contracts left.

    A reverted transaction leaves none, so an event proves success. It is the cheapest way to settle many: Anvil takes
    1 ms for each receipt in a block of a thousand and 0.025 ms for each event, and Besu's limit on the range of blocks
    does not apply to a block hash.

    Args:
        rpc: The node.
        blocks: Numbers and hashes.
        contracts: Addresses, 20 bytes each.

    Returns:
        Receipts without `gas_used`. What is missing needs a look at its receipt.
    """
    addresses = ["0x" + address.hex() for address in contracts]
    calls = [("eth_getLogs", [{"blockHash": "0x" + block[1].hex(), "address": addresses}]) for block in blocks]
    found: dict[bytes, Receipt] = {}
    for block, answer in zip(blocks, rpc.batch(calls), strict=True):
        for log in answer if isinstance(answer, list) else []:
            if isinstance(log, dict) and as_data(log.get("blockHash"), "block hash", 32) == block[1]:
                tx_hash = as_data(log.get("transactionHash"), "transaction hash", 32)
                found.setdefault(tx_hash, Receipt(tx_hash, block, True, None, [], None)).logs.append(log)
    return found


def revert_reasons(rpc: RpcClient, sender: str, reverted: Sequence[tuple[Flight, Receipt]]) -> list[bytes | None]:
    """Why contracts refused, as far as the node can still tell.

    Receipts carry it at best as an option, so the calls are made again: on the state before the block, then on the
    state after it. Both may differ from what the transaction met in between; the reason is for people, never proof.

    Args:
        rpc: The node.
        sender: Address that sent them.
        reverted: What was sent, and receipts that are not `ok`.

    Returns:
        Revert data for each, None where the node does not tell.
    """
    reasons = [receipt.reason for _, receipt in reverted]
    for offset in (1, 0):
        open_ones = [index for index, reason in enumerate(reasons) if not reason]
        calls = []
        for index in open_ones:
            flight, receipt = reverted[index]
            call = {
                "from": sender,
                "to": "0x" + flight.to.hex(),
                "data": "0x" + flight.data.hex(),
                "gas": hex(flight.gas),
            }
            calls.append(("eth_call", [call, hex(max(0, receipt.block[0] - offset))]))
        for index, answer in zip(open_ones, rpc.batch(calls), strict=True):
            reasons[index] = revert_data(answer)
    return reasons


def revert_data(answer: Any) -> bytes | None:
    """Revert data out of the answer to an `eth_call`, in the many forms that nodes give it.

    Args:
        answer: The result, or the `RpcError` that came in its place.

    Returns:
        Selector and arguments; empty for a revert without data; None if the call was not reverted.
    """
    if isinstance(answer, RpcError):
        data = answer.data
        if isinstance(data, dict):  # Ganache: {"hash", "result", ...}, older ones with one object a transaction
            inner = next((item for item in data.values() if isinstance(item, dict)), {})
            data = data.get("result") or data.get("data") or inner.get("return")
        if isinstance(data, str):
            text = data.removeprefix("Reverted ")
            try:
                return bytes.fromhex(text.removeprefix("0x"))
            except ValueError:
                pass
        return b"" if "revert" in answer.message.lower() else None
    if isinstance(answer, str) and len(answer) % 64 == 10:
        # Nodes before 2020 return revert data as if it were a result; results are whole words, errors have a selector.
        return as_data(answer, "revert data")
    return None
