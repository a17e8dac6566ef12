"""Registering many applications: in batches, many of them on their way at once, resumable.

Not its job: reading them out of files (`registrum.documents`, the command line).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.chain.entries import Intent, State
from registrum.client.calls import MOST_ITEMS, batch_data, batch_of, call_of, in_given_order, key_of
from registrum.client.pipeline import Pipeline, PipelinedSession
from registrum.client.receipts import ItemOutcome, ItemReceipt
from registrum.client.recording import Recorder
from registrum.client.records import Application
from registrum.errors import ContractError, InputError, RegistrumError, TransactionFailedError
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import RegistrationBatch

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["BulkRecorder"]

_BATCH = 400
_REFUSALS = (ContractError, TransactionFailedError)
"""What is about one batch, and says nothing of the next one."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """A batch that is ready to be sent.

    Attributes:
        applications: In the order of the statement.
        order: Their positions in the order of the caller.
        statement: What the office signed.
        signature: By which.
    """

    applications: list[Application]
    order: list[int]
    statement: RegistrationBatch
    signature: bytes

    def refused(self, error: RegistrumError, tx_hash: bytes | None = None) -> tuple[ItemReceipt, ...]:
        """Receipts of its items where it was refused as a whole, in the order of the caller."""
        sent = None if tx_hash is None else "0x" + tx_hash.hex()
        outcome = ItemOutcome.BATCH_REFUSED
        items = [ItemReceipt(application, outcome, sent, error=error) for application in self.applications]
        return in_given_order(self.order, items)


@dataclass(slots=True)
class _Learnt:
    """What a run has learnt.

    Attributes:
        tried: Offices of which a batch would be taken, as far as is known.
        told: Entries of the outbox of which it was told that they took effect.
    """

    tried: set[bytes] = field(default_factory=set)
    told: set[int] = field(default_factory=set)


class BulkRecorder(Recorder, PipelinedSession):
    """Registers many applications; errors as for `Recorder`."""

    def register_many(
        self,
        applications: Iterable[Application],
        *,
        batch_size: int = _BATCH,
        signer: Signer | None = None,
        signer_of: Callable[[str], Signer] | None = None,
    ) -> Iterator[ItemReceipt]:
        """Register applications of any offices, in batches of one office each.

        What is recorded already is looked up and not sent, so that the same call after an interruption only does what
        is left. With an outbox many batches are on their way at once.

        A batch that the contract refuses as a whole (the office is suspended, the key not in force) costs the others
        nothing: each of its applications has the outcome `batch_refused` and the error.

        Whatever error ends this, one of `applications` itself included: what was signed until then is sent and waited
        for, as far as the node answers, and told; then the error is raised. An interruption (`KeyboardInterrupt`, or
        closing the iterator) waits for no block: what the outbox has is settled by the same call, or `settle_outbox`.

        Args:
            applications: Read as they are needed.
            batch_size: Items under one signature, 1 to 600; a block of 30 million gas holds 600 of one filing date.
                What does not fit a block of the node is split.
            signer: The key of the one office there is, instead of the registry's.
            signer_of: The key for each office, where there are several.

        Returns:
            The outcome of each application, as it becomes known; the order is kept within a batch.

        Raises:
            InputError: The batch size is out of range, or an application cannot be stated.
            KeyNotFoundError: There is no key for an office.
            OutcomeUnknownError: The end of a batch was not seen in time; it stays in the outbox.
        """
        if not 1 <= batch_size <= MOST_ITEMS:
            raise InputError(f"a batch holds 1 to {MOST_ITEMS} applications, not {batch_size}")

        def key_for(office: str) -> Signer:
            return signer_of(office) if signer_of is not None else self._office_key(signer)

        return self._register_all(_batches(applications, batch_size), key_for)

    def _register_all(
        self, batches: Iterator[tuple[str, list[Application]]], key_for: Callable[[str], Signer]
    ) -> Iterator[ItemReceipt]:
        def unknown() -> Iterator[list[ItemReceipt] | _Signed]:
            for office, applications in batches:
                known, left = self._known(applications)
                if known:
                    yield known
                if left:
                    yield from self._signed(office, left, key_for(office))

        if self._outbox is None:
            for step in unknown():
                yield from step if isinstance(step, list) else self._one_batch(step)
            return
        learnt = _Learnt()

        def send(run: Pipeline[_Signed]) -> Iterator[ItemReceipt]:
            for step in unknown():
                yield from step if isinstance(step, list) else self._send_on(run, learnt, step)

        yield from self._through(self._outbox, send, functools.partial(self._tell_oldest, learnt))

    def _signed(self, office: str, applications: list[Application], signer: Signer) -> Iterator[_Signed]:
        """Applications in one batch, or in several where a block has not the gas for one."""
        statement, order = batch_of(office, applications)
        if len(order) == 1 or call_of(statement, bytes(SIGNATURE_SIZE))[1] <= self._block_gas_limit():
            signature = signer.sign(statement, self.application_domain)
            yield _Signed([applications[at] for at in order], order, statement, signature)
            return
        half = len(applications) // 2
        yield from self._signed(office, applications[:half], signer)
        yield from self._signed(office, applications[half:], signer)

    def _one_batch(self, batch: _Signed) -> tuple[ItemReceipt, ...]:
        try:
            receipt = self.submit_signed(batch.statement, batch.signature)
        except _REFUSALS as error:
            return batch.refused(error)
        items: tuple[ItemReceipt, ...] = getattr(receipt, "items", ())
        return self._with_records(in_given_order(batch.order, items))

    def _send_on(self, run: Pipeline[_Signed], learnt: _Learnt, batch: _Signed) -> Iterator[ItemReceipt]:
        """Take a batch in hand, keep the sender at work, and tell what has come to its end."""
        _, gas, description = call_of(batch.statement, batch.signature)
        data = batch_data(batch.statement, batch.signature)
        if batch.statement.office not in learnt.tried:
            # A key that is not in force is told here, and not by many refused transactions.
            try:
                self._simulate(APPLICATION_REGISTRY, "registerBatch", data, gas)
            except ContractError as error:
                yield from batch.refused(error)
                return
            learnt.tried.add(batch.statement.office)
        address, key = self._addresses[APPLICATION_REGISTRY], key_of("registerBatch", data)
        run.add(Intent(key, address, data, gas, description, account=self._sends()), batch)
        # What has its block is told at once, while the node works on the next one.
        while run.is_to_be_told:
            yield from self._tell_oldest(learnt, run, self._deadline_s)

    def _tell_oldest(self, learnt: _Learnt, run: Pipeline[_Signed], timeout_s: float) -> tuple[ItemReceipt, ...]:
        """Wait for the end of the batch that has waited longest; what became of its items."""
        entry, batch = run.oldest(timeout_s)
        items: tuple[ItemReceipt, ...]
        try:
            receipt = self._outcome(entry)
        except _REFUSALS as error:
            if entry.state is not State.REFUSED:
                raise
            # It was not foretold, so the next batch of the office is tried first again.
            learnt.tried.discard(batch.statement.office)
            items = batch.refused(error, entry.tx_hash)
        else:
            items = in_given_order(batch.order, self._batch_receipt(batch.applications, receipt).items)
            items = self._with_records(items)
            if entry.id in learnt.told:
                # The same batch came twice: what the one transaction took was told before.
                items = tuple(_taken_before(item) for item in items)
            learnt.told.add(entry.id)
        run.told()
        return items

    def _with_records(self, items: tuple[ItemReceipt, ...]) -> tuple[ItemReceipt, ...]:
        """The same with what is recorded in the way of those that met a conflict."""
        asked = [item.application.number for item in items if item.outcome is ItemOutcome.CONFLICT]
        found = dict(zip(asked, self.records(asked), strict=True)) if asked else {}
        return tuple(
            replace(item, recorded=found[item.application.number]) if item.outcome is ItemOutcome.CONFLICT else item
            for item in items
        )

    def _known(self, applications: list[Application]) -> tuple[list[ItemReceipt], list[Application]]:
        """Applications whose numbers are recorded, with what is recorded; and the others."""
        known, left = [], []
        records = self.records(application.number for application in applications)
        for application, record in zip(applications, records, strict=True):
            if record is None:
                left.append(application)
            elif record.application == replace(application, number=record.number):
                known.append(ItemReceipt(application, ItemOutcome.ALREADY_RECORDED, None, record))
            else:
                known.append(ItemReceipt(application, ItemOutcome.CONFLICT, None, record))
        return known, left


def _taken_before(item: ItemReceipt) -> ItemReceipt:
    if item.outcome is not ItemOutcome.TAKEN:
        return item
    return replace(item, outcome=ItemOutcome.ALREADY_RECORDED, transaction_hash=None)


def _batches(applications: Iterable[Application], size: int) -> Iterator[tuple[str, list[Application]]]:
    gathered: dict[str, list[Application]] = {}
    for application in applications:
        office = application.number.office
        batch = gathered.setdefault(office, [])
        batch.append(application)
        if len(batch) == size:
            yield office, gathered.pop(office)
    yield from gathered.items()
