"""The history of an office and its keys out of the logs of a node, for bundles in the making. Section 13 of the format.

Not its job: to trust it; a finished bundle is verified like every other (`registrum.evidence.history`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from registrum.chain.codec import snake_case
from registrum.chain.contracts import OFFICE_DIRECTORY, load_abi
from registrum.chain.rpc import as_data, as_quantity
from registrum.client.log_ranges import logs_in_ranges
from registrum.evidence.canonical import FOREVER, hexed, instant
from registrum.evidence.history import EVENTS, KEY_EVENTS
from registrum.evidence.reading import read_header
from registrum.registry import Registry
from registrum.signing.addresses import parse_address

__all__ = ["read_logs"]

_ARGUMENTS = {
    ("SeatChanged", "seat"): "new_seat",
    ("OfficeSuspended", "suspendedUntil"): "until",
    ("KeySuspended", "suspendedUntil"): "until",
    ("KeyCompromised", "compromisedSince"): "since",
}
"""Arguments of events that have another name than the member of facts which they set."""


def read_logs(registry: Registry, facts: Mapping[str, Any], last_block: int) -> list[dict[str, Any]]:
    """What the directory said, up to a block, of the office and the keys that facts name, oldest first.

    Args:
        registry: Connected to a node of the chain.
        facts: With `office` and `keys`.
        last_block: The block.

    Raises:
        NodeError: The node does not answer, or talks nonsense.
        RpcError: It refuses.
    """
    abi = load_abi(OFFICE_DIRECTORY)
    own = facts["office"]["code"]
    keys = {(key["office"], key["account"]) for key in facts["keys"] if key["office"] is not None}
    words = ["0x" + code.encode("ascii").hex().ljust(64, "0") for code in sorted({own, *(code for code, _ in keys)})]
    address = registry.manifest.address(OFFICE_DIRECTORY)
    first = registry.manifest.contract(OFFICE_DIRECTORY).block
    rows = []
    times: dict[int, str] = {}
    for logs in logs_in_ranges(
        registry.rpc, [address], [[abi.topic(name) for name in EVENTS], words], first, last_block
    ):
        for log in logs:
            # Not every node heeds the filters.
            decoded = None if _is_foreign(log, address) else abi.decode_event(log)
            if decoded is None or decoded[0] not in EVENTS:
                continue
            event, values = decoded
            account = hexed(parse_address(values["account"])) if event in KEY_EVENTS else None
            if (values["office"], account) not in keys | {(own, None)}:
                continue
            number = as_quantity(log.get("blockNumber"), "block number")
            if number not in times:
                times[number] = instant(read_header(registry.rpc, number).header.time)
            rows.append(
                {
                    "block": number,
                    "log": as_quantity(log.get("logIndex"), "log index"),
                    "time": times[number],
                    "transaction": hexed(as_data(log.get("transactionHash"), "transaction hash", 32)),
                    "event": event,
                    "office": values["office"],
                    **{name: _written(values[_argument(event, name)], name) for name in EVENTS[event]},
                }
            )
    return sorted(rows, key=lambda row: (row["block"], row["log"]))


def _is_foreign(log: Mapping[str, Any], address: str) -> bool:
    return bool(log.get("removed")) or as_data(log.get("address"), "address", 20) != parse_address(address)


def _argument(event: str, member: str) -> str:
    return _ARGUMENTS.get((event, member)) or snake_case(member)


def _written(value: Any, name: str) -> Any:
    """A value of an event as facts spell it."""
    if value is None and name == "suspendedUntil":
        return FOREVER
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith("0x"):
        return hexed(parse_address(value))
    return value
