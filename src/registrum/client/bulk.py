"""Registering many applications: in batches, many of them on their way at once, resumable.

Not its job: reading them out of files (`registrum.documents`, the command line).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from registrum.chain.contracts import APPLICATION_REGISTRY
from registrum.chain.entries import Entry, Intent, Progress
from registrum.client.calls import MOST_ITEMS, batch_data, batch_of, call_of, in_given_order, key_of
from registrum.client.receipts import ItemOutcome, ItemReceipt
from registrum.client.recording import Recorder
from registrum.client.records import Application
from registrum.errors import InputError
from registrum.signing.signatures import SIGNATURE_SIZE
from registrum.signing.statements import RegistrationBatch

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.signing.signers import Signer

__all__ = ["BulkRecorder"]

_BATCH = 400
_A_ROUND = 4
"""Batches that are kept and sent together: each round asks the node where it is."""
_ON_THE_WAY = 48
"""Batches that wait for their block at the same time; more than a large block holds, so that the node never idles."""


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


class BulkRecorder(Recorder):
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

        Args:
            applications: Read as they are needed.
            batch_size: Items under one signature, 1 to 600; a block of 30 million gas holds 600 of one filing date.
                What does not fit a block of the node is split.
            signer: The key of the one office there is, instead of the registry's.
            signer_of: The key for each office, where there are several.

        Returns:
            The outcome of each application, as it becomes known; the order is kept within a batch.

        Raises:
            InputError: The batch size is out of range.
            ContractError: The contract refused a whole batch: the office is suspended, the key not in force. What was
                reported before is recorded.
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
        else:
            yield from self._through(self._outbox, unknown())

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
        receipt = self.submit_signed(batch.statement, batch.signature)
        items: tuple[ItemReceipt, ...] = getattr(receipt, "items", ())
        return in_given_order(batch.order, items)

    def _through(self, outbox: Outbox, steps: Iterator[list[ItemReceipt] | _Signed]) -> Iterator[ItemReceipt]:
        address = self._addresses[APPLICATION_REGISTRY]
        tried: set[bytes] = set()
        intents: list[Intent] = []
        batches: list[_Signed] = []
        waiting: deque[tuple[int, _Signed]] = deque()
        running: Future[Progress] | None = None
        # While the sender waits for the node, the next batches are looked up and signed here.
        with self._new_sender(outbox) as sender, ThreadPoolExecutor(1) as worker:

            def hand_over() -> None:
                for entry_id, batch in zip(self._submit(outbox, intents), batches, strict=True):
                    waiting.append((entry_id, batch))
                intents.clear()
                batches.clear()

            def settled(entry: Entry) -> tuple[ItemReceipt, ...]:
                _, batch = waiting.popleft()
                return in_given_order(batch.order, self._batch_receipt(batch.applications, self._outcome(entry)).items)

            for step in steps:
                if isinstance(step, list):
                    yield from step
                    continue
                _, gas, description = call_of(step.statement, step.signature)
                data = batch_data(step.statement, step.signature)
                if step.statement.office not in tried:
                    # A key that is not in force is told here, and not by many refused transactions.
                    self._simulate(APPLICATION_REGISTRY, "registerBatch", data, gas)
                    tried.add(step.statement.office)
                key = key_of("registerBatch", data)
                intents.append(Intent(key, address, data, gas, description, account=self._sends()))
                batches.append(step)
                if len(intents) >= _A_ROUND:
                    hand_over()
                if running is not None and running.done():
                    running.result()
                    running = None
                if running is None and waiting:
                    running = worker.submit(sender.run_once)
                # What has its block is told at once, while the node works on the next one.
                while waiting and (entry := outbox.entry(waiting[0][0])).settled:
                    yield from settled(entry)
                if len(waiting) > _ON_THE_WAY:
                    yield from settled(worker.submit(sender.wait, waiting[0][0], self._deadline_s).result())
            if intents:
                hand_over()
            while waiting:
                yield from settled(worker.submit(sender.wait, waiting[0][0], self._deadline_s).result())

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


def _batches(applications: Iterable[Application], size: int) -> Iterator[tuple[str, list[Application]]]:
    gathered: dict[str, list[Application]] = {}
    for application in applications:
        office = application.number.office
        batch = gathered.setdefault(office, [])
        batch.append(application)
        if len(batch) == size:
            yield office, gathered.pop(office)
    yield from gathered.items()
