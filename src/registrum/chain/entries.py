"""What the outbox holds: intents on their way in, entries on their way through.

Not its job: storing them (`registrum.chain.outbox`) or sending them (`registrum.chain.sender`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from registrum.chain.transaction import intrinsic_gas
from registrum.errors import InputError
from registrum.signing.addresses import parse_address

__all__ = ["Entry", "Flight", "Intent", "Outcome", "Progress", "Queued", "Settlement", "State"]

_MAX_KEY = 200


class State(StrEnum):
    """Where an entry of the outbox stands."""

    QUEUED = "queued"
    """Accepted and durable; no nonce yet."""
    SENT = "sent"
    """Nonce and signed bytes are stored, and may have reached the node."""
    MINED = "mined"
    """Seen in a block that is not final yet."""
    CONFIRMED = "confirmed"
    """Took effect in a final block."""
    REFUSED = "refused"
    """Reverted in a final block, or can never be mined: no effect."""


class Outcome(StrEnum):
    """What can be said about an intent."""

    WAITING = "waiting"
    """Nothing was sent."""
    UNKNOWN = "unknown"
    """Sent, not settled: it may or may not take effect."""
    CONFIRMED = "confirmed"
    """It took effect, once."""
    REFUSED = "refused"
    """It had no effect."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A contract call that shall take effect exactly once.

    Args:
        key: Idempotency key: the same key stands for the same call, however often it is submitted.
        to: Contract address, `0x` and 40 hexadecimal digits.
        data: Call data.
        gas: Gas limit; nothing is estimated.
        description: One line for people.
        metadata: Facts that the caller wants back, JSON-serialisable; no secrets.
        account: Address that must send it; None if any may.

    Raises:
        InputError: Something of it cannot be sent.
    """

    key: str
    to: str
    data: bytes
    gas: int
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    account: str | None = None

    def __post_init__(self) -> None:
        if not self.key or len(self.key) > _MAX_KEY or not self.key.isprintable():
            raise InputError(f"an idempotency key has 1 to {_MAX_KEY} printable characters, not {self.key[:50]!r}")
        parse_address(self.to)
        if self.account is not None:
            parse_address(self.account)
        needed = intrinsic_gas(self.data)
        if not needed <= self.gas < 1 << 63:
            raise InputError(
                f"a gas limit of {self.gas} cannot carry this call",
                remedy=f"{len(self.data)} bytes of call data alone cost {needed}.",
            )
        self.metadata_json()

    def metadata_json(self) -> str:
        """The metadata as one line of JSON.

        Raises:
            InputError: JSON has no form for it.
        """
        try:
            return json.dumps(dict(self.metadata), separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as exc:
            raise InputError(f"the metadata of {self.key!r} cannot be written as JSON: {exc}") from exc


@dataclass(frozen=True, slots=True)
class Entry:
    """An intent in the outbox and what became of it.

    Attributes:
        id: Number of the entry, in order of submission.
        account: The sending account, once known.
        nonce: Its nonce, once assigned.
        tx_hash: Hash of the newest transaction signed for it, or of the one that was mined; 32 bytes.
        block_number: Block that holds it, while it is mined, confirmed or reverted.
        block_hash: Hash of that block; 32 bytes.
        gas_used: Gas that it took; None where many were settled at once, by their events.
        revert_data: What the contract returned when it refused, as far as the node tells.
        note: The node's last objection, or why it was refused; for people.
        created_at: Unix seconds of submission.
        updated_at: Unix seconds of the last change.
    """

    id: int
    key: str
    account: str | None
    to: str
    data: bytes
    gas: int
    description: str
    metadata: dict[str, Any]
    state: State
    nonce: int | None
    tx_hash: bytes | None
    block_number: int | None
    block_hash: bytes | None
    gas_used: int | None
    revert_data: bytes | None
    note: str
    created_at: float
    updated_at: float

    @property
    def outcome(self) -> Outcome:
        """What can be said about the intent now."""
        return _OUTCOMES[self.state]

    @property
    def settled(self) -> bool:
        """Whether it is over, in either way."""
        return self.state in (State.CONFIRMED, State.REFUSED)


_OUTCOMES = {
    State.QUEUED: Outcome.WAITING,
    State.SENT: Outcome.UNKNOWN,
    State.MINED: Outcome.UNKNOWN,
    State.CONFIRMED: Outcome.CONFIRMED,
    State.REFUSED: Outcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry that waits to be signed.

    Attributes:
        id: Number of the entry.
        to: Recipient, 20 bytes.
        data: Call data.
        gas: Gas limit.
    """

    id: int
    to: bytes
    data: bytes
    gas: int


@dataclass(slots=True)
class Flight:
    """A sent, unsettled entry as a sender keeps it in memory.

    Attributes:
        raw: The bytes of the newest transaction signed for it.
        hashes: All transactions signed for it with this nonce.
        filler: It only uses up a nonce.
        accepted: The node has taken the bytes, as far as this sender knows.
        retry_at: Not to be sent again before this time of the sender's clock.
        block: Number and hash of the block that holds it; None while it is in none.
    """

    id: int
    nonce: int
    to: bytes
    data: bytes
    gas: int
    raw: bytes
    hashes: list[bytes] = field(default_factory=list)
    filler: bool = False
    accepted: bool = False
    retry_at: float = 0.0
    block: tuple[int, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A change of a flight's state that the chain has shown.

    Attributes:
        state: `MINED`, `CONFIRMED` or `REFUSED`; or `SENT`, when its block has vanished.
    """

    id: int
    state: State
    tx_hash: bytes | None = None
    block: tuple[int, bytes] | None = None
    gas_used: int | None = None
    revert_data: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one round has done.

    Attributes:
        leading: This sender sends for the account; false while another one does.
        sent: Transactions handed to the node.
        changed: Entries whose state the chain has changed.
        open: Entries that are queued or not settled yet.
        blocked: Why nothing can be sent until someone acts (no funds, not permitted, wrong chain); else empty.
    """

    leading: bool
    sent: int
    changed: int
    open: int
    blocked: str = ""
