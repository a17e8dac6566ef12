"""What offices state about applications and claims: signed, sent, and followed to its end.

A statement needs the signature of an office's key; which account sends it does not matter. A statement that says what
is recorded already changes nothing and is a success with `taken` false. Not its job: many at once
(`registrum.client.bulk`), the directory (`registrum.client.governing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from registrum.chain.contracts import APPLICATION_REGISTRY, PRIORITY_REGISTER, load_abi
from registrum.chain.entries import Intent
from registrum.chain.reverts import ApplicationRegistryAnchorConflictError, ApplicationRegistrySequenceGapError
from registrum.client.claims import ClaimResult
from registrum.client.forms import by_position, require_office
from registrum.client.history import HistoryReader, application_of
from registrum.client.receipts import BatchReceipt, ItemOutcome, ItemReceipt, Receipt
from registrum.client.records import Application, RecordStatus
from registrum.dates import to_on_chain
from registrum.errors import InputError, NetworkMismatchError, NodeError
from registrum.numbers import OfficeNumber
from registrum.signing.keccak import keccak
from registrum.signing.signatures import SIGNATURE_SIZE, recover, split_erc1271_signature
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Withdrawal,
)

if TYPE_CHECKING:
    from registrum.proofs.proof import Proof
    from registrum.proofs.store import AnchorStore
    from registrum.signing.signers import Signer

__all__ = ["MOST_ITEMS", "Recorder"]

MOST_ITEMS = 600
"""Most applications that the contract takes in one batch."""

_FUNCTIONS: dict[type[Statement], tuple[str, str, int]] = {
    Registration: (APPLICATION_REGISTRY, "register", 250_000),
    RegistrationBatch: (APPLICATION_REGISTRY, "registerBatch", 150_000),
    Anchor: (APPLICATION_REGISTRY, "anchor", 250_000),
    Correction: (APPLICATION_REGISTRY, "correct", 250_000),
    Withdrawal: (APPLICATION_REGISTRY, "withdraw", 200_000),
    ClaimOutcome: (PRIORITY_REGISTER, "recordClaim", 450_000),
}
"""Contract, function, and gas with room to spare; nothing is estimated, since some nodes refuse to."""
_GAS_AN_ITEM = 49_500
_GAS_OF_A_WALLET = 350_000
"""What a contract wallet may burn while it is asked (ERC-1271), and the way to it."""
_DISCLOSURE_GAS = 300_000
_SEQUENCE_RACES = 5


class Recorder(HistoryReader):
    """Records what offices sign.

    Besides the errors of `RecordReader`, every method may raise `ContractError` when the contract refuses (before
    anything is sent, where it can be foretold), `KeyNotFoundError` without a key, `OutcomeUnknownError` when the end
    was not seen in time, and `SubmissionError` when the node does not take the transaction.
    """

    def register(self, application: Application, *, signer: Signer | None = None) -> Receipt:
        """Record one application.

        Args:
            application: What the office states.
            signer: The office's key, instead of the registry's.

        Raises:
            ApplicationRegistryConflictError: The number is recorded with other content, which the error shows.
        """
        return self._sign_and_submit(application.registration(), signer)

    def register_batch(
        self, office: str, applications: Iterable[Application], *, signer: Signer | None = None
    ) -> BatchReceipt:
        """Record up to 600 applications of one office under one signature.

        What is wrong with one item costs only that item: its `outcome` says what.

        Raises:
            InputError: An application of another office, or none at all.
        """
        receipt = self._sign_and_submit(batch_of(office, list(applications)), signer)
        if not isinstance(receipt, BatchReceipt):
            raise TypeError("a batch has a receipt of its own")
        return receipt

    def anchor(self, statement: Anchor, *, signer: Signer | None = None) -> Receipt:
        """Record a Merkle root that stands for many records.

        Raises:
            ApplicationRegistrySequenceGapError: Its sequence is not the office's next one.
            ApplicationRegistryAnchorConflictError: Its sequence is taken by another anchor.
        """
        return self._sign_and_submit(statement, signer)

    def anchor_store(self, store: AnchorStore, *, signer: Signer | None = None) -> Receipt:
        """Anchor what lies in a store: with the office's next sequence, signed, sent, and noted in the store.

        It can be repeated after any interruption: an anchor that was recorded meanwhile is recognised.
        """
        key = self._office_key(signer)
        office = store.office.decode("ascii")
        for attempt in range(1, _SEQUENCE_RACES + 1):
            if self._note_recorded(store):
                return Receipt(taken=False)
            store.sign(key, self.next_sequence(office), self.application_domain)
            statement, signature = store.statement, store.signature
            if statement is None or signature is None:
                raise TypeError("a store that was signed has a signature")
            try:
                receipt = self.submit_signed(statement, signature)
            except (ApplicationRegistrySequenceGapError, ApplicationRegistryAnchorConflictError):
                # Another anchor of the office came first.
                if attempt == _SEQUENCE_RACES:
                    raise
                continue
            if not self._note_recorded(store):
                raise NodeError("the node took an anchor and does not know it")
            return receipt
        raise AssertionError("the last attempt returns or raises")

    def disclose(self, proof: Proof) -> Receipt:
        """Record one application of an anchor, by its proof. Anyone may: the office signed the anchor.

        Raises:
            NetworkMismatchError: The proof is for another chain or contract.
            ApplicationRegistryUnknownAnchorError: The anchor was never recorded.
            ApplicationRegistryInvalidProofError: The proof does not lead to its root.
        """
        if proof.domain != self.application_domain:
            raise NetworkMismatchError(
                f"the proof is for chain {proof.domain.chain_id}, contract {proof.domain.verifying_contract}",
                remedy="Use the manifest of that deployment.",
            )
        values = (proof.anchor, proof.signer, proof.leaf, list(proof.path))
        return self._apply_once(
            APPLICATION_REGISTRY, "disclose", values, gas=_DISCLOSURE_GAS, description=f"disclose {proof.number}"
        )

    def correct(
        self, application: Application, *, replaces: int | None = None, signer: Signer | None = None
    ) -> Receipt:
        """Replace the content of a record; the version before stays in the history.

        Args:
            application: The right content.
            replaces: Version that this corrects; the current one if None. The same content by another key confirms the
                record under that key.
            signer: The office's key, instead of the registry's.

        Raises:
            ApplicationRegistryNotRecordedError: There is no record to correct.
            ApplicationRegistryVersionMismatchError: The record has another version by now.
        """
        if replaces is None:
            record = self.record(application.number)
            key = self._office_key(signer)
            if record is not None and record.application == application and record.signing_key == key.address:
                return Receipt(taken=False)
            replaces = record.version if record else 0
        return self._sign_and_submit(application.correction(replaces), signer)

    def withdraw(self, number: OfficeNumber, *, replaces: int | None = None, signer: Signer | None = None) -> Receipt:
        """Mark an application as withdrawn. It stays a basis for priority (Paris Convention, Article 4A(3)).

        Args:
            number: The application.
            replaces: Version of the record that this follows; the current one if None.
            signer: The office's key, instead of the registry's.

        Raises:
            ApplicationRegistryNotRecordedError: There is no record.
            ApplicationRegistryVersionMismatchError: The record has another version by now.
        """
        if replaces is None:
            record = self.record(number)
            if record is not None and record.status is RecordStatus.WITHDRAWN:
                return Receipt(taken=False)
            replaces = record.version if record else 0
        return self._sign_and_submit(Withdrawal(number.on_chain, replaces), signer)

    def record_claim(
        self,
        later: OfficeNumber,
        earlier: OfficeNumber,
        *,
        later_filing_date: date,
        claimed_date: date,
        result: ClaimResult = ClaimResult.CLAIMED,
        is_partial: bool = False,
        replaces: int | None = None,
        signer: Signer | None = None,
    ) -> Receipt:
        """Record a priority claim, or its next outcome. The office of the later application signs.

        Args:
            later: Later application.
            earlier: Earlier application that it claims.
            later_filing_date: Filing date of the later application.
            claimed_date: Date of the earlier application, as claimed.
            result: What the office found.
            is_partial: The claim covers a part of the later application.
            replaces: Version of the recorded claim that this follows, 0 for a new one; the current one if None.
            signer: The office's key, instead of the registry's.
        """
        if replaces is None:
            claim = self.claim(later, earlier)
            stated = (later_filing_date, claimed_date, is_partial, result)
            if claim and stated == (claim.later_filing_date, claim.claimed_date, claim.is_partial, claim.result):
                return Receipt(taken=False)
            replaces = claim.version if claim else 0
        statement = ClaimOutcome(
            later.on_chain,
            earlier.on_chain,
            to_on_chain(later_filing_date),
            to_on_chain(claimed_date),
            is_partial,
            result.on_chain,
            replaces,
        )
        return self._sign_and_submit(statement, signer)

    def submit_signed(self, statement: Statement, signature: bytes) -> Receipt:
        """Relay what an office signed elsewhere. Anyone may.

        Args:
            statement: One of `registrum.signing.statements`.
            signature: 65 bytes of a key, or the form of a contract wallet.

        Returns:
            The receipt; a `BatchReceipt` for a batch.
        """
        contract, function, _ = _FUNCTIONS[type(statement)]
        values, gas, description = call_of(statement, signature)
        if not isinstance(statement, RegistrationBatch):
            return self._apply_once(contract, function, values, gas=gas, description=description)
        data = load_abi(contract).encode(function, *values)
        _, already_recorded, _ = self._simulate(contract, function, data, gas)
        if already_recorded == len(statement.items):
            return BatchReceipt(taken=False, items=same_for_all(statement, ItemOutcome.ALREADY_RECORDED))
        intent = Intent(key_of(function, data), self._addresses[contract], data, gas, description, {}, self._sends())
        return batch_receipt(statement, self._receipt(self._send(intent)))

    def _sign_and_submit(self, statement: Statement, signer: Signer | None) -> Receipt:
        domain = self.priority_domain if isinstance(statement, ClaimOutcome) else self.application_domain
        return self.submit_signed(statement, self._office_key(signer).sign(statement, domain))

    def _apply_once(
        self, contract: str, function: str, values: Sequence[Any], *, gas: int, description: str
    ) -> Receipt:
        """Carry out what takes effect at most once, so that its call data name it in the outbox."""
        key = key_of(function, load_abi(contract).encode(function, *values))
        return self._apply(contract, function, values, gas=gas, description=description, key=key)

    def _sends(self) -> str:
        return self._account().address

    def _note_recorded(self, store: AnchorStore) -> bool:
        """Whether the chain has the anchor of a store; its time is then noted there."""
        statement, signature = store.statement, store.signature
        if statement is None or signature is None:
            return False
        recorded_at = self.anchored_at(statement, self._signer_of(statement, signature))
        if recorded_at is not None:
            store.mark_recorded(recorded_at)
        return recorded_at is not None

    def _signer_of(self, statement: Anchor, signature: bytes) -> str:
        if len(signature) == SIGNATURE_SIZE:
            return recover(statement.signing_digest(self.application_domain), signature)
        return split_erc1271_signature(signature)[0]


def batch_of(office: str, applications: Sequence[Application]) -> RegistrationBatch:
    """The statement for a batch.

    Raises:
        InputError: An application of another office, none at all, or a value out of its range.
    """
    for application in applications:
        if application.number.office != office:
            raise InputError(f"{application.number} is not a number of {office}, whose batch it is in")
    return RegistrationBatch(require_office(office).encode("ascii"), tuple(a.registration() for a in applications))


def call_of(statement: Statement, signature: bytes) -> tuple[tuple[Any, ...], int, str]:
    """Arguments of the contract's function for a statement, a gas limit, and one line for people."""
    name, gas = _FUNCTIONS[type(statement)][1:]
    if len(signature) != SIGNATURE_SIZE:
        gas += _GAS_OF_A_WALLET + 32 * len(signature)
    if isinstance(statement, RegistrationBatch):
        gas += _GAS_AN_ITEM * len(statement.items)
        text = f"register {len(statement.items)} applications of {statement.office.decode('ascii')}"
        return (statement.office, statement.items, signature), gas, text
    if isinstance(statement, Anchor):
        text = f"anchor {statement.sequence} of {statement.office.decode('ascii')}, {statement.leaf_count} records"
        return (statement, signature), gas, text
    if isinstance(statement, Withdrawal):
        text = f"withdraw {OfficeNumber.from_on_chain(statement.number)}"
        return (statement.number, statement.replaces, signature), gas, text
    if isinstance(statement, ClaimOutcome):
        later, earlier = (OfficeNumber.from_on_chain(number) for number in (statement.later, statement.earlier))
        return (statement, signature), gas, f"claim of {later} on {earlier}"
    if isinstance(statement, Registration | Correction):
        return (statement, signature), gas, f"{name} {OfficeNumber.from_on_chain(statement.number)}"
    raise InputError(f"no contract takes {type(statement).__name__}")


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
    from registrum.dates import from_on_chain
    from registrum.signing.statements import Disclosure

    number = OfficeNumber.from_on_chain(item.number)
    return Application(number, from_on_chain(item.filing_date), item.digest, Disclosure(item.disclosure))


def batch_receipt(statement: RegistrationBatch, receipt: Receipt) -> BatchReceipt:
    """The receipt of a batch: the contract emits one event an item, in their order.

    Raises:
        NodeError: The events are not those of this batch.
    """
    items = []
    events = [event for event in receipt.events if event.name in ("ApplicationRegistered", "ApplicationNotTaken")]
    if len(events) != len(statement.items):
        raise NodeError(f"the node sent {len(events)} events for a batch of {len(statement.items)} items")
    for item, event in zip(statement.items, events, strict=True):
        application = application_from(item)
        if application_of(event) != application:
            raise NodeError(f"the node sent an event of another application than {application.number}")
        outcome = by_position(ItemOutcome, event.arguments.get("outcome", 0))
        items.append(ItemReceipt(application, outcome, receipt.transaction_hash))
    return BatchReceipt(
        taken=any(item.outcome is ItemOutcome.TAKEN for item in items),
        transaction_hash=receipt.transaction_hash,
        block_number=receipt.block_number,
        block_hash=receipt.block_hash,
        gas_used=receipt.gas_used,
        events=receipt.events,
        items=tuple(items),
    )
