"""What offices state about applications and claims: signed, sent, and followed to its end.

A statement needs the signature of an office's key; which account sends it does not matter. A statement that says what
is recorded already changes nothing and is a success with `taken` false. Not its job: many at once
(`registrum.client.bulk`), the directory (`registrum.client.governing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from registrum.chain.contracts import APPLICATION_REGISTRY, load_abi
from registrum.chain.entries import Entry, Intent, Progress
from registrum.chain.receipts import Receipt as ChainReceipt
from registrum.chain.reverts import ApplicationRegistryAnchorConflictError, ApplicationRegistrySequenceGapError
from registrum.client.calls import (
    FUNCTIONS,
    application_from,
    batch_data,
    batch_of,
    call_of,
    in_given_order,
    items_of,
    key_of,
    same_for_all,
)
from registrum.client.claims import ClaimResult
from registrum.client.forms import require_office
from registrum.client.history import HistoryReader
from registrum.client.receipts import BatchReceipt, ItemOutcome, Receipt
from registrum.client.records import Application, RecordStatus
from registrum.dates import to_on_chain
from registrum.errors import ConfigError, InputError, NetworkMismatchError, NodeError
from registrum.numbers import OfficeNumber
from registrum.signing.signatures import SIGNATURE_SIZE, recover, split_erc1271_signature
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Reconfirmation,
    RegistrationBatch,
    Reinstatement,
    Statement,
    Withdrawal,
)

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.proofs.proof import Proof
    from registrum.proofs.store import AnchorStore
    from registrum.signing.signers import Signer

__all__ = ["Recorder"]

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

        What is wrong with one item costs only that item: its `outcome` says what. The items of the receipt are in the
        order given.

        Raises:
            InputError: An application of another office, none at all, or more than a block of the node has gas for.
        """
        given = list(applications)
        statement, order = batch_of(office, given)
        gas, limit = call_of(statement, bytes(SIGNATURE_SIZE))[1], self._block_gas_limit()
        if gas > limit:
            raise InputError(
                f"{len(given)} applications in one batch may take {gas} gas, and a block of this chain has {limit}",
                remedy="Use register_many, which splits them into batches that fit, or give fewer.",
                gas=gas,
                block_gas_limit=limit,
            )
        receipt = self._sign_and_submit(statement, signer)
        if not isinstance(receipt, BatchReceipt):
            raise TypeError("a batch has a receipt of its own")
        return replace(receipt, items=in_given_order(order, receipt.items))

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
        if proof.domain not in self.application_domains:
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

    def reinstate(self, number: OfficeNumber, *, replaces: int | None = None, signer: Signer | None = None) -> Receipt:
        """Take a withdrawal back that was entered in error, or by somebody who had stolen a key.

        Args:
            number: The application.
            replaces: Version of the withdrawal; the current one if None.
            signer: The office's key, or of an office that succeeded it, instead of the registry's.

        Raises:
            ApplicationRegistryNotWithdrawnError: The record is not withdrawn.
            ApplicationRegistryVersionMismatchError: The record has another version by now.
        """
        if replaces is None:
            record = self.record(number)
            replaces = record.version if record else 0
        return self._sign_and_submit(Reinstatement(number.on_chain, replaces), signer)

    def reconfirm(
        self,
        office: str,
        applications: Iterable[Application],
        *,
        as_of: datetime | None = None,
        signer: Signer | None = None,
    ) -> Receipt:
        """Confirm records of an office under one signature, so that they are not suspect though their key was stolen.

        All or nothing: each must have the content that is stated here, recorded at `as_of` or before. Take it from the
        office's own files, never from the registry, where whoever stole the key may have written it. Where a good key
        has confirmed all of it before, nothing is sent and `taken` is false.

        Args:
            office: Office that issued the numbers.
            applications: 1 to 600 records with the content that they ought to have.
            as_of: When the records stood so, with its time zone: `chain_time`, taken before they were read and
                compared. Time of the newest block if None.
            signer: A good key of the office, or of one that succeeded it, instead of the registry's.

        Raises:
            InputError: None at all, more than a block of the node has gas for, or a moment without its time zone.
            ApplicationRegistryConflictError: A record has other content; nothing was confirmed.
            ApplicationRegistryOtherOfficeError: A number of another office; nothing was confirmed.
            ApplicationRegistryRecordedSinceError: A record has come to this content since; nothing was confirmed.
            ApplicationRegistryInvalidMomentError: `as_of` is still to come by the clock of the chain.
            ApplicationRegistryNotRecordedError: A number is not recorded; nothing was confirmed.
        """
        given = [application.registration() for application in applications]
        if as_of is not None and as_of.tzinfo is None:
            raise InputError(f"{as_of} has no time zone", remedy="Give a time in UTC.")
        moment = int((as_of or self._now()).timestamp())
        statement = Reconfirmation(require_office(office).encode("ascii"), moment, tuple(given))
        signature = self._office_key(signer).sign(statement, self.application_domain)
        contract, function, _ = FUNCTIONS[Reconfirmation]
        values, gas, about = call_of(statement, signature)
        limit = self._block_gas_limit()
        if gas > limit:
            raise InputError(
                f"{len(given)} records at once may take {gas} gas, and a block of this chain has {limit}",
                remedy="Give fewer at a time.",
            )
        data = load_abi(contract).encode(function, *values)
        taken, _ = self._simulate(contract, function, data, gas)
        if taken == 0:
            return Receipt(taken=False)
        return self._dispatch(contract, data, gas=gas, description=about, key=key_of(function, data))

    def record_claim(
        self,
        later: OfficeNumber,
        earlier: OfficeNumber,
        *,
        later_filing_date: date,
        claimed_date: date,
        outcome: ClaimResult = ClaimResult.CLAIMED,
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
            outcome: What the office found.
            is_partial: The claim covers a part of the later application.
            replaces: Version of the recorded claim that this follows, 0 for a new one; the current one if None.
            signer: The office's key, instead of the registry's.
        """
        if replaces is None:
            claim = self.claim(later, earlier)
            stated = (later_filing_date, claimed_date, is_partial, outcome)
            if claim and stated == (claim.later_filing_date, claim.claimed_date, claim.is_partial, claim.outcome):
                return Receipt(taken=False)
            replaces = claim.version if claim else 0
        statement = ClaimOutcome(
            later.on_chain,
            earlier.on_chain,
            to_on_chain(later_filing_date),
            to_on_chain(claimed_date),
            is_partial,
            outcome.on_chain,
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
        contract, function, _ = FUNCTIONS[type(statement)]
        values, gas, description = call_of(statement, signature)
        if not isinstance(statement, RegistrationBatch):
            return self._apply_once(contract, function, values, gas=gas, description=description)
        data = batch_data(statement, signature)
        _, already_recorded, _ = self._simulate(contract, function, data, gas)
        if already_recorded == len(statement.items):
            return BatchReceipt(taken=False, items=same_for_all(statement, ItemOutcome.ALREADY_RECORDED))
        intent = Intent(key_of(function, data), self._addresses[contract], data, gas, description, {}, self._sends())
        applications = [application_from(item) for item in statement.items]
        return self._batch_receipt(applications, self._send(intent))

    def queue_signed(self, statement: Statement, signature: bytes) -> Entry:
        """Accept a signed statement for good, without asking the node: for a back end that must not wait.

        `settle_outbox`, here or in another process, brings it to its end; what the contract refuses is then told by the
        entry.

        Returns:
            Its entry in the outbox: a new one, or the one that the same statement already has.

        Raises:
            ConfigError: There is no outbox.
            OutboxError: It could not be stored; it is not accepted.
        """
        contract, function, _ = FUNCTIONS[type(statement)]
        values, gas, description = call_of(statement, signature)
        data = load_abi(contract).encode(function, *values)
        account = self._account().address
        intent = Intent(key_of(function, data), self._addresses[contract], data, gas, description, account=account)
        return self._needed_outbox().submit(intent)

    def settle_outbox(self, timeout_s: float | None = None) -> Progress:
        """Send what lies in the outbox for this account, and wait until all of it is settled.

        Args:
            timeout_s: Seconds to wait; the deadline of the session if None.

        Raises:
            ConfigError: There is no outbox.
            OutcomeUnknownError: Time is up; what is open stays in the outbox.
            NodeError: Time is up, and the node cannot be reached.
        """
        with self._new_sender(self._needed_outbox()) as sender:
            return sender.drain(self._deadline_s if timeout_s is None else timeout_s)

    def _needed_outbox(self) -> Outbox:
        if self._outbox is None:
            raise ConfigError("there is no outbox to keep this in", remedy="Connect with an outbox.")
        return self._outbox

    def _batch_receipt(self, applications: Sequence[Application], receipt: ChainReceipt) -> BatchReceipt:
        """The receipt of a batch: the contract emits one event an item, in their order.

        Raises:
            NodeError: The events are not those of this batch.
        """
        tx_hash = "0x" + receipt.tx_hash.hex()
        logs = self._own_logs(APPLICATION_REGISTRY, receipt.logs)
        items = tuple(items_of(applications, logs, tx_hash))
        return BatchReceipt(
            taken=any(item.outcome is ItemOutcome.TAKEN for item in items),
            transaction_hash=tx_hash,
            block_number=receipt.block[0],
            block_hash="0x" + receipt.block[1].hex(),
            gas_used=receipt.gas_used,
            events=tuple(self._events(logs[-1:])),
            items=items,
        )

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
