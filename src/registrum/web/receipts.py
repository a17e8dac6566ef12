"""Receipts of the relay: what became of a statement, out of its entry in the outbox.

Not its job: bringing it to its end (`registrum.web.relay`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from registrum.chain.entries import Entry, State
from registrum.chain.reverts import decode_revert
from registrum.client.forms import error_json
from registrum.errors import ContractError
from registrum.web.rehearsal import NOTHING_TAKEN

__all__ = ["RelayReceipt", "RelayState", "receipt_of"]

_CONTRADICTIONS: Final = frozenset(
    {
        "application_registry_anchor_conflict",
        "application_registry_conflict",
        "application_registry_recorded_since",
        "application_registry_version_mismatch",
        "priority_register_filing_date_mismatch",
        "priority_register_version_mismatch",
        "rights_register_not_head",
    }
)
"""Refusals that say that something else is recorded than the office thought when it signed."""


class RelayState(StrEnum):
    """Where a statement stands."""

    QUEUED = "queued"
    """Accepted for good, not sent yet; it may wait for others that are under way."""
    SENT = "sent"
    """Handed to the node; in no block yet."""
    MINED = "mined"
    """In a block that is not final yet."""
    FINAL = "final"
    """In a final block."""
    CONFLICT = "conflict"
    """The contract has something else recorded under this number, or in this place."""
    REFUSED = "refused"
    """The contract refused it, or it can never be sent: it has no effect."""


@dataclass(frozen=True, slots=True)
class RelayReceipt:
    """What became of a statement.

    Attributes:
        id: `0x` and 64 hexadecimal digits.
        kind: EIP-712 primary type.
        description: One line for people.
        signer: Account that signed.
        transaction_hash: Newest transaction that hands it in; None before it is sent. Of what was recorded before,
            the one by which it was, where the index knows it.
        block_number: Block that holds it; None while none does. Of what was recorded before by a transaction that is
            not known, a block that shows it.
        error: Why it was refused; None otherwise.
        accepted_at: Unix seconds; so `updated_at`.
    """

    id: str
    kind: str
    description: str
    signer: str
    state: RelayState
    transaction_hash: str | None
    block_number: int | None
    block_hash: str | None
    error: Mapping[str, Any] | None
    accepted_at: float
    updated_at: float


def receipt_of(entry: Entry) -> RelayReceipt:
    """The receipt of a statement."""
    state = _STATES[entry.state]
    if entry.state is State.QUEUED and entry.block_number is not None:
        state = RelayState.MINED  # by a transaction of somebody else
    error: dict[str, Any] | None = None
    if entry.state is State.REFUSED:
        error = _reason(entry)
        if error["code"] in _CONTRADICTIONS:
            state = RelayState.CONFLICT
    return RelayReceipt(
        id=entry.key.partition(" ")[2],
        kind=str(entry.metadata.get("statement", "")),
        description=entry.description,
        signer=str(entry.metadata.get("signer", "")),
        state=state,
        transaction_hash=None if entry.tx_hash is None else "0x" + entry.tx_hash.hex(),
        block_number=entry.block_number,
        block_hash=None if entry.block_hash is None else "0x" + entry.block_hash.hex(),
        error=error,
        accepted_at=entry.created_at,
        updated_at=entry.updated_at,
    )


_STATES: Final = {
    State.QUEUED: RelayState.QUEUED,
    State.SENT: RelayState.SENT,
    State.MINED: RelayState.MINED,
    State.CONFIRMED: RelayState.FINAL,
    State.REFUSED: RelayState.REFUSED,
}


def _reason(entry: Entry) -> dict[str, Any]:
    """Why an entry was refused, as JSON has it."""
    if entry.note.startswith(NOTHING_TAKEN):
        return {
            "code": "nothing_taken",
            "message": f"{entry.note}",
            "remedy": "Hand in what is refused one by one: each receipt says why.",
            "details": {},
        }
    if entry.revert_data is None:
        return {
            "code": "transaction_failed",
            "message": entry.note or "the transaction failed, and the node does not tell why",
            "remedy": "Hand the statement in again; if it fails again, tell who runs this server.",
            "details": {},
        }
    decoded: ContractError = decode_revert(entry.revert_data)
    return error_json(decoded)
