"""Statements as calls of the contracts, and the outcomes of a batch out of its events.

Batches are written and read by hand, since they are what registering by the ten thousand spends its time on. Not its
job: sending (`registrum.client.recording`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from registrum.chain.contracts import APPLICATION_REGISTRY, PRIORITY_REGISTER, load_abi
from registrum.chain.rpc import as_data
from registrum.client.forms import by_position, require_office
from registrum.client.receipts import ItemOutcome, ItemReceipt
from registrum.client.records import Application
from registrum.dates import from_on_chain
from registrum.errors import InputError, NodeError
from registrum.numbers import OfficeNumber
from registrum.proofs.merkle import encode_leaf
from registrum.signing.keccak import keccak
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Disclosure,
    Reconfirmation,
    Registration,
    RegistrationBatch,
    Reinstatement,
    Statement,
    Withdrawal,
)

__all__ = [
    "FUNCTIONS",
    "GAS_A_RECONFIRMATION",
    "MOST_ITEMS",
    "application_from",
    "batch_data",
    "batch_of",
    "call_of",
    "in_given_order",
    "items_of",
    "key_of",
    "same_for_all",
]

MOST_ITEMS = 600
"""Most applications that the contract takes in one batch."""

FUNCTIONS: dict[type[Statement], tuple[str, str, int]] = {
    Registration: (APPLICATION_REGISTRY, "register", 250_000),
    RegistrationBatch: (APPLICATION_REGISTRY, "registerBatch", 150_000),
    Anchor: (APPLICATION_REGISTRY, "anchor", 250_000),
    Correction: (APPLICATION_REGISTRY, "correct", 250_000),
    Withdrawal: (APPLICATION_REGISTRY, "withdraw", 200_000),
    Reinstatement: (APPLICATION_REGISTRY, "reinstate", 250_000),
    Reconfirmation: (APPLICATION_REGISTRY, "reconfirm", 150_000),
    ClaimOutcome: (PRIORITY_REGISTER, "recordClaim", 450_000),
}
"""Contract, function, and gas with room to spare; nothing is estimated, since some nodes refuse to."""
_GAS_AN_ITEM = 48_800
"""With a number of 29 characters, which takes 250 more than one of 9."""
_GAS_A_RUN = 600
"""For each run of items with one filing date and one disclosure, which the contract prepares together."""
GAS_A_RECONFIRMATION = 45_000
"""For each record: two places are read, one is written, an event is emitted."""
_GAS_OF_A_WALLET = 350_000
"""What a contract wallet may burn while it is asked (ERC-1271), and the way to it."""


def batch_of(office: str, applications: Sequence[Application]) -> tuple[RegistrationBatch, list[int]]:
    """The statement for a batch, and for each of its items the position of its application.

    Items are in the order that costs least: by disclosure and filing date, else as given. A number that occurs again
    comes after all others, so that its first statement counts, as in the order given.

    Raises:
        InputError: An application of another office, none at all, or a value out of its range.
    """
    items = []
    for application in applications:
        if application.number.office != office:
            raise InputError(f"{application.number} is not a number of {office}, whose batch it is in")
        items.append(application.registration())
    seen: set[bytes] = set()
    keys = []
    for item in items:
        keys.append((True,) if item.number in seen else (False, item.disclosure, item.filing_date))
        seen.add(item.number)
    order = sorted(range(len(items)), key=keys.__getitem__)
    return RegistrationBatch(require_office(office).encode("ascii"), tuple(items[at] for at in order)), order


def in_given_order(order: Sequence[int], items: Sequence[ItemReceipt]) -> tuple[ItemReceipt, ...]:
    """Outcomes of a batch in the order of the applications given; `order` is that of `batch_of`."""
    placed = dict(zip(order, items, strict=True))
    return tuple(placed[at] for at in range(len(order)))


def call_of(statement: Statement, signature: bytes) -> tuple[tuple[Any, ...], int, str]:
    """Arguments of the contract's function for a statement, a gas limit, and one line for people."""
    name, gas = FUNCTIONS[type(statement)][1:]
    if len(signature) != SIGNATURE_SIZE:
        gas += _GAS_OF_A_WALLET + 32 * len(signature)
    if isinstance(statement, RegistrationBatch):
        gas += _GAS_AN_ITEM * len(statement.items) + _GAS_A_RUN * _runs(statement.items)
        text = f"register {len(statement.items)} applications of {statement.office.decode('ascii')}"
        return (statement.office, statement.items, signature), gas, text
    if isinstance(statement, Anchor):
        text = f"anchor {statement.sequence} of {statement.office.decode('ascii')}, {statement.leaf_count} records"
        return (statement, signature), gas, text
    if isinstance(statement, Reconfirmation):
        gas += GAS_A_RECONFIRMATION * len(statement.items)
        text = f"reconfirm {len(statement.items)} records of {statement.office.decode('ascii')}"
        return (statement.office, statement.as_of, statement.items, signature), gas, text
    if isinstance(statement, Reinstatement):
        text = f"reinstate {OfficeNumber.from_on_chain(statement.number)}"
        return (statement.number, statement.replaces, signature), gas, text
    if isinstance(statement, Withdrawal):
        text = f"withdraw {OfficeNumber.from_on_chain(statement.number)}"
        return (statement.number, statement.replaces, signature), gas, text
    if isinstance(statement, ClaimOutcome):
        later, earlier = (OfficeNumber.from_on_chain(number) for number in (statement.later, statement.earlier))
        return (statement, signature), gas, f"claim of {later} on {earlier}"
    if isinstance(statement, Registration | Correction):
        return (statement, signature), gas, f"{name} {OfficeNumber.from_on_chain(statement.number)}"
    raise InputError(f"no contract takes {type(statement).__name__}")


def _runs(items: Sequence[Registration]) -> int:
    facts = [(item.filing_date, item.disclosure) for item in items]
    return 1 + sum(this != before for before, this in pairwise(facts))


def key_of(function: str, data: bytes) -> str:
    """What call data stand for in the outbox."""
    return f"{function} 0x{keccak(data).hex()}"


def same_for_all(
    statement: RegistrationBatch, outcome: ItemOutcome, transaction_hash: str | None = None
) -> tuple[ItemReceipt, ...]:
    """Receipts of the items of a batch that all ended in one way."""
    return tuple(ItemReceipt(application_from(item), outcome, transaction_hash) for item in statement.items)


def application_from(item: Registration) -> Application:
    """The application that a statement is about."""
    number = OfficeNumber.from_on_chain(item.number)
    return Application(number, from_on_chain(item.filing_date), item.digest, Disclosure(item.disclosure))


def batch_data(statement: RegistrationBatch, signature: bytes) -> bytes:
    """Call data of `registerBatch`, written out: office, offsets of items and signature, then both."""
    items = b"".join([encode_leaf(item) for item in statement.items])
    return b"".join(
        (
            load_abi(APPLICATION_REGISTRY).selector("registerBatch"),
            statement.office.ljust(32, b"\0"),
            (96).to_bytes(32, "big"),
            (128 + len(items)).to_bytes(32, "big"),
            len(statement.items).to_bytes(32, "big"),
            items,
            len(signature).to_bytes(32, "big"),
            signature,
            bytes(-len(signature) % 32),
        )
    )


def items_of(
    applications: Sequence[Application], logs: Sequence[dict[str, Any]], transaction_hash: str
) -> Iterator[ItemReceipt]:
    """Outcomes out of the events of a batch: `ApplicationRegistered` or `ApplicationNotTaken` for each item.

    Raises:
        NodeError: The events are not those of these applications.
    """
    abi = load_abi(APPLICATION_REGISTRY)
    registered, not_taken = abi.topic("ApplicationRegistered"), abi.topic("ApplicationNotTaken")
    events = [log for log in logs if log["topics"][:1] in ([registered], [not_taken])]
    if len(events) != len(applications):
        raise NodeError(f"the node sent {len(events)} events for a batch of {len(applications)} items")
    for application, log in zip(applications, events, strict=True):
        topics = log["topics"]
        if (
            len(topics) != 4
            or topics[1] != application.number.on_chain_hex
            or topics[3] != f"0x{application.digest.hex()}"
        ):
            raise NodeError(f"the node sent an event of another application than {application.number}")
        # The outcome is the last word of the event's data.
        taken = topics[0] == registered
        outcome = ItemOutcome.TAKEN if taken else by_position(ItemOutcome, as_data(log["data"], "event data", 96)[-1])
        if outcome is ItemOutcome.BATCH_REFUSED:
            raise NodeError(f"the node sent an outcome of {application.number} that the contract does not have")
        yield ItemReceipt(application, outcome, transaction_hash)
