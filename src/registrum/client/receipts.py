"""What became of an operation: its transaction, its events, and for batches every item.

Not its job: getting receipts from a node (`registrum.chain.receipts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registrum.client.forms import error_json, json_value
from registrum.client.records import Application, ApplicationRecord
from registrum.errors import RegistrumError

__all__ = ["BatchReceipt", "Event", "ItemOutcome", "ItemReceipt", "Receipt"]


@dataclass(frozen=True, slots=True)
class Event:
    """An event of one of the contracts.

    Attributes:
        name: As in the contract's interface: `ApplicationRegistered`.
        contract: Name of the contract.
        arguments: By name in snake case, as the values of this package.
        log_index: Position in the block.
        block_time: When the block was made; None where it was not looked up.
    """

    name: str
    contract: str
    arguments: dict[str, Any]
    block_number: int
    block_hash: str
    transaction_hash: str
    log_index: int
    block_time: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Every attribute, in camel case."""
        return {
            "name": self.name,
            "contract": self.contract,
            "arguments": json_value(self.arguments),
            "blockNumber": self.block_number,
            "blockHash": self.block_hash,
            "blockTime": json_value(self.block_time),
            "transactionHash": self.transaction_hash,
            "logIndex": self.log_index,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an operation that succeeded.

    Attributes:
        taken: Whether it changed anything. False: the same was recorded before, which is no error.
        transaction_hash: `0x` and 64 hexadecimal digits; None if nothing had to be sent.
        gas_used: Gas that it took; None if nothing was sent.
        events: What the contracts said, in order.
    """

    taken: bool
    transaction_hash: str | None = None
    block_number: int | None = None
    block_hash: str | None = None
    gas_used: int | None = None
    events: tuple[Event, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Keys `taken, transactionHash, blockNumber, blockHash, gasUsed, events`."""
        return {
            "taken": self.taken,
            "transactionHash": self.transaction_hash,
            "blockNumber": self.block_number,
            "blockHash": self.block_hash,
            "gasUsed": self.gas_used,
            "events": [event.to_json() for event in self.events],
        }


class ItemOutcome(StrEnum):
    """What became of one item of a batch, in the order of the contract; the last is the client's own."""

    TAKEN = "taken"
    ALREADY_RECORDED = "already_recorded"
    """The same content was recorded before: nothing to do."""
    CONFLICT = "conflict"
    """The number is recorded with other content."""
    MALFORMED_NUMBER = "malformed_number"
    OTHER_OFFICE = "other_office"
    INVALID_DATE = "invalid_date"
    FUTURE_DATE = "future_date"
    BEFORE_OFFICE = "before_office"
    NO_DIGEST = "no_digest"
    UNKNOWN_DISCLOSURE = "unknown_disclosure"
    BATCH_REFUSED = "batch_refused"
    """The contract refused the batch as a whole, and says nothing of its items: never in the events of a batch."""

    @property
    def is_refusal(self) -> bool:
        """Whether the item is not recorded as stated."""
        return self not in (ItemOutcome.TAKEN, ItemOutcome.ALREADY_RECORDED)


@dataclass(frozen=True, slots=True)
class ItemReceipt:
    """One item of a batch.

    Attributes:
        transaction_hash: Of the batch that held it; None if it was not sent.
        recorded: What is recorded instead, where that was looked up.
        error: Why the whole batch was refused, with `BATCH_REFUSED`; None otherwise.
    """

    application: Application
    outcome: ItemOutcome
    transaction_hash: str | None = None
    recorded: ApplicationRecord | None = None
    error: RegistrumError | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of an application, then `outcome, transactionHash, recorded, error`."""
        return {
            **self.application.to_json(),
            "outcome": self.outcome.value,
            "transactionHash": self.transaction_hash,
            "recorded": None if self.recorded is None else self.recorded.to_json(),
            "error": None if self.error is None else error_json(self.error),
        }


@dataclass(frozen=True, slots=True)
class BatchReceipt(Receipt):
    """What became of a batch.

    Attributes:
        events: Only the last, `BatchRegistered`; the others are told by the items.
        items: In the order of the applications.
    """

    items: tuple[ItemReceipt, ...] = ()

    def count(self, outcome: ItemOutcome) -> int:
        """How many items ended in one way."""
        return sum(item.outcome is outcome for item in self.items)

    @property
    def refused(self) -> int:
        """How many items are not recorded as stated."""
        return sum(item.outcome.is_refusal for item in self.items)

    def to_json(self) -> dict[str, Any]:
        """The keys of a receipt without `events`, then `items`."""
        # Named, because dataclasses with slots are made anew, which zero-argument super does not survive.
        values = Receipt.to_json(self)
        del values["events"]
        return {**values, "items": [item.to_json() for item in self.items]}
