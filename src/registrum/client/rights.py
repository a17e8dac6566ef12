"""`registry.rights`: the register of trade marks and designs, and importing an existing register into it.

Not its job: reading events out of documents (`registrum.documents`, the command line).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registrum.chain.contracts import RIGHTS_REGISTER, load_abi
from registrum.chain.entries import Intent, State
from registrum.chain.receipts import Receipt as ChainReceipt
from registrum.chain.rpc import as_data
from registrum.client.calls import key_of
from registrum.client.pipeline import Pipeline, PipelinedSession
from registrum.client.receipts import ItemOutcome
from registrum.client.rights_answers import EventItem
from registrum.client.rights_calls import (
    MOST_EVENTS,
    Chains,
    batch_gas,
    call_of,
    event_gas,
    numbers_of,
    recorded_before,
)
from registrum.client.rights_recording import RightsRecorder
from registrum.errors import ContractError, InputError, RegistrumError, TransactionFailedError
from registrum.numbers import OfficeNumber
from registrum.rights.model import EventFlags, LegalStatusEvent
from registrum.signing.rights_statements import EventBatch, LegalStatusEventStatement

if TYPE_CHECKING:
    from registrum.signing.signers import Signer

__all__ = ["Rights"]

_REMEMBERED = 100_000
"""Entries whose heads are kept in mind; ten times what can be on its way at once."""
_REFUSALS = (ContractError, TransactionFailedError)
"""What is about one batch, and says nothing of the next one."""
_TOGETHER = 8
"""Batches whose heads are asked for at once: a node that mines keeps questions waiting."""
_FLAGS_WORD, _RECORDED_WORDS = 10, 13


@dataclass(frozen=True, slots=True)
class _Signed:
    """A batch that is ready to be sent.

    Attributes:
        events: As given.
        heads: Heads of their entries after each.
        intent: The call that hands it in.
        place: Which batch of the run it is.
    """

    events: list[LegalStatusEvent]
    heads: list[bytes]
    intent: Intent
    place: int


@dataclass(slots=True)
class _Import:
    """What a run has learnt.

    Attributes:
        key_for: The key for an office.
        gas_limit: Gas of a block.
        tried: Offices of which a batch would be taken, as far as is known.
        heads: Heads of entries once all on its way is recorded; the longest untouched first.
        ahead: Heads that were asked for together with others, of entries of which no event was looked at so far.
        repeated: Entries of which all that was given so far was recorded before the run; more of it may follow.
        refused: Entries of which an event was refused, so that none that follows it is recorded.
        in_doubt: Batches that were refused as a whole.
        made: How many batches there were.
    """

    key_for: Callable[[str], Signer]
    gas_limit: int
    tried: set[str] = field(default_factory=set)
    heads: dict[OfficeNumber, bytes | None] = field(default_factory=dict)
    ahead: dict[OfficeNumber, bytes | None] = field(default_factory=dict)
    repeated: set[OfficeNumber] = field(default_factory=set)
    refused: dict[OfficeNumber, RegistrumError] = field(default_factory=dict)
    in_doubt: list[_Signed] = field(default_factory=list)
    made: int = 0

    def remember(self, number: OfficeNumber, head: bytes | None) -> None:
        self.heads.pop(number, None)
        self.heads[number] = head
        if len(self.heads) > _REMEMBERED:
            oldest = next(iter(self.heads))
            del self.heads[oldest]
            self.repeated.discard(oldest)

    def forget(self, events: Iterable[LegalStatusEvent]) -> None:
        for number in numbers_of(events):
            self.heads.pop(number, None)
            self.repeated.discard(number)


class Rights(RightsRecorder, PipelinedSession):
    """The register of trade marks and designs of a deployment; `Registry.rights` makes it.

    Reading: `entry`, `entries`, `events`, `timeline`, `verify_history`, `status_on`, `standing`, `division`, `heads`,
    `codes`, `body`, `renewal_terms`, `today`.

    Writing, signed by an office's key or a body's: `file`, `renew`, `record`, `record_batch`, `record_many`; drafts for
    them: `draft`, `draft_filing`, `draft_renewal`, `prepare`; signed by an office's key for keys: `empower`,
    `set_renewal_terms`; by anyone: `submit_signed`.
    """

    def record_many(
        self,
        events: Iterable[LegalStatusEvent],
        *,
        batch_size: int = MOST_EVENTS,
        signer: Signer | None = None,
        signer_of: Callable[[str], Signer] | None = None,
    ) -> Iterator[EventItem]:
        """Record events of any offices, in batches of one office each; events of one entry in the order given.

        The first of an entry's events that it has already are left out, so that the same call after an interruption
        does only what is left. With an outbox many batches are on their way at once.

        Where the contract refuses a batch, the entry that it names is left out and the rest is handed in again: the
        event, and all of the same entry that follow, have the outcome `batch_refused` and the error.

        Whatever error ends this, one of `events` itself included: what was signed until then is sent and waited for, as
        far as the node answers, and told; then the error is raised. An interruption (`KeyboardInterrupt`, or closing
        the iterator) waits for no block: what the outbox has is settled by the same call, or `Registry.settle_outbox`.

        Args:
            events: Read as they are needed, up to eight batches ahead.
            batch_size: Events under one signature, 1 to 200; fewer where a block of the node has not the gas for them.
            signer: The key of the one office there is, instead of the registry's.
            signer_of: The key for each office, where there are several.

        Returns:
            The outcome of each event, as it becomes known; the order is kept within an entry.

        Raises:
            InputError: The batch size is out of range, or an event cannot be stated.
            KeyNotFoundError: There is no key for an office.
            OutcomeUnknownError: The end of a batch was not seen in time; it stays in the outbox.
        """
        if not 1 <= batch_size <= MOST_EVENTS:
            raise InputError(f"a batch holds 1 to {MOST_EVENTS} events, not {batch_size}")

        def key_for(office: str) -> Signer:
            return signer_of(office) if signer_of is not None else self._office_key(signer)

        return self._record_all(_batches(events, batch_size), _Import(key_for, self._block_gas_limit()))

    def _record_all(self, batches: Iterator[list[LegalStatusEvent]], run: _Import) -> Iterator[EventItem]:
        if self._outbox is None:
            for events in batches:
                yield from self._one_by_one(run, events, self._send)
            return

        def send(pipeline: Pipeline[_Signed]) -> Iterator[EventItem]:
            for events in self._looked_up(run, batches):
                left = events
                while left:
                    left, known = self._sorted_out(run, left)
                    yield from known
                    if left:
                        batch = self._signed(run, left)
                        left = left[len(batch.events) :]
                        yield from self._send_on(pipeline, run, batch)
            yield from self._empty(pipeline, run)

        def tell_oldest(pipeline: Pipeline[_Signed], timeout_s: float) -> list[EventItem]:
            told = self._tell_oldest(run, pipeline, timeout_s)
            doubtful = [item for batch in run.in_doubt for item in _refused(batch.events, _not_retried())]
            run.in_doubt.clear()
            return told + doubtful

        yield from self._through(self._outbox, send, tell_oldest)

    def _looked_up(self, run: _Import, batches: Iterator[list[LegalStatusEvent]]) -> Iterator[list[LegalStatusEvent]]:
        """The batches, with the heads of several of them asked for at once."""
        for together in _several(batches):
            numbers = (number for events in together for number in numbers_of(events))
            run.ahead = self.heads(number for number in numbers if number not in run.heads)
            yield from together

    def _send_on(self, pipeline: Pipeline[_Signed], run: _Import, batch: _Signed) -> Iterator[EventItem]:
        """Take a batch in hand, keep the sender at work, and tell what has come to its end."""
        office = batch.events[0].number.office
        if office not in run.tried:
            # A key that is not in force is told here, and not by many refused transactions.
            try:
                self._simulate(RIGHTS_REGISTER, "recordBatch", batch.intent.data, batch.intent.gas)
            except ContractError:
                run.in_doubt.append(batch)
            else:
                run.tried.add(office)
        if not run.in_doubt:
            pipeline.add(batch.intent, batch)
            # What has its block is told at once, while the node works on the next one.
            while pipeline.is_to_be_told:
                yield from self._tell_oldest(run, pipeline, self._deadline_s)
        if run.in_doubt:
            yield from self._empty(pipeline, run)

    def _empty(self, pipeline: Pipeline[_Signed], run: _Import) -> Iterator[EventItem]:
        """Wait for all that is on its way; then hand in anew, one by one, what can be saved of refused batches."""
        pipeline.hand_over()
        while pipeline.waiting:
            yield from self._tell_oldest(run, pipeline, self._deadline_s)
        doubtful = sorted(run.in_doubt, key=lambda batch: batch.place)
        run.in_doubt.clear()
        for batch in doubtful:
            run.forget(batch.events)
        for batch in doubtful:
            yield from self._one_by_one(run, batch.events, lambda intent: self._alone(pipeline, intent))

    def _alone(self, pipeline: Pipeline[_Signed], intent: Intent) -> ChainReceipt:
        return self._outcome(pipeline.sender.wait(pipeline.submit([intent])[0], self._deadline_s))

    def _tell_oldest(self, run: _Import, pipeline: Pipeline[_Signed], timeout_s: float) -> list[EventItem]:
        """Wait for the end of the batch that has waited longest; what became of its events, unless it was refused."""
        entry, batch = pipeline.oldest(timeout_s)
        items: list[EventItem] = []
        try:
            receipt = self._outcome(entry)
        except _REFUSALS:
            if entry.state is not State.REFUSED:
                raise
            run.tried.discard(batch.events[0].number.office)
            run.in_doubt.append(batch)
        else:
            items = self._taken(batch, receipt)
        pipeline.told()
        return items

    def _one_by_one(
        self, run: _Import, events: list[LegalStatusEvent], send: Callable[[Intent], ChainReceipt]
    ) -> Iterator[EventItem]:
        """Record events with nothing else on its way, without the entries that the contract refuses."""
        left, known = self._sorted_out(run, events)
        yield from known
        while left:
            batch = self._signed(run, left)
            try:
                self._simulate(RIGHTS_REGISTER, "recordBatch", batch.intent.data, batch.intent.gas)
                receipt = send(batch.intent)
            except _REFUSALS as error:
                run.forget(left)
                number = getattr(error, "number", None)
                if not isinstance(number, OfficeNumber) or all(event.number != number for event in batch.events):
                    # It is about the key or the office, and so about all of them.
                    yield from _refused(left, error)
                    return
                run.refused[number] = error
            else:
                yield from self._taken(batch, receipt)
                left = left[len(batch.events) :]
            left, known = self._sorted_out(run, left)
            yield from known

    def _sorted_out(
        self, run: _Import, events: list[LegalStatusEvent]
    ) -> tuple[list[LegalStatusEvent], list[EventItem]]:
        """The events that are to be recorded; and what is known of the others: recorded, or of a refused entry."""
        items: list[EventItem] = []
        entries: dict[OfficeNumber, list[LegalStatusEvent]] = {}
        for event in events:
            error = run.refused.get(event.number)
            if error is not None:
                items += _refused([event], error)
            else:
                entries.setdefault(event.number, []).append(event)
        unknown = [number for number in numbers_of(events) if number not in run.heads]
        found = self.heads(number for number in unknown if number not in run.ahead)
        for number in unknown:
            run.remember(number, found[number] if number in found else run.ahead.pop(number))
        asked = [*unknown, *run.repeated.intersection(entries)]
        there = {number: entries[number] for number in asked if number in entries and run.heads[number] is not None}
        skip = self._count_recorded(run, there)
        run.repeated.update(number for number, count in skip.items() if count == len(there[number]))
        run.repeated.difference_update(number for number, count in skip.items() if count < len(there[number]))
        left = []
        for event in events:
            if event.number in run.refused:
                continue
            if skip.get(event.number):
                skip[event.number] -= 1
                items.append(EventItem(event, ItemOutcome.ALREADY_RECORDED))
            else:
                left.append(event)
        return left, items

    def _count_recorded(
        self, run: _Import, there: Mapping[OfficeNumber, Sequence[LegalStatusEvent]]
    ) -> dict[OfficeNumber, int]:
        """How many of the first events given of each entry it has already, in their order."""
        counts = {number: recorded_before(events, run.heads) for number, events in there.items()}
        # The others begin with events that are not given, or got some since.
        other = [number for number, count in counts.items() if not count]
        for number, history in zip(other, self._events_of([[number] for number in other]), strict=True):
            for recorded in history:
                if counts[number] < len(there[number]) and recorded.event == there[number][counts[number]]:
                    counts[number] += 1
        return counts

    def _signed(self, run: _Import, events: Sequence[LegalStatusEvent]) -> _Signed:
        """The first events of one office in a batch, as many of them as a block has the gas for."""
        chains = Chains({number: run.heads[number] for number in numbers_of(events)})
        statements: list[LegalStatusEventStatement] = []
        heads: list[bytes] = []
        gas = batch_gas(())
        for event in events:
            statement, head = chains.follow(event)
            gas += event_gas(statement)
            if statements and gas > run.gas_limit:
                break
            statements.append(statement)
            heads.append(head)
        taken = list(events[: len(statements)])
        for event, head in zip(taken, heads, strict=True):
            run.remember(event.number, head)
        office = taken[0].number.office
        batch = EventBatch(office.encode("ascii"), tuple(statements))
        signature = run.key_for(office).sign(batch, self.rights_domain)
        call = call_of(batch, signature)
        key, to = key_of(call.function, call.data), self._address(RIGHTS_REGISTER)
        intent = Intent(key, to, call.data, call.gas, call.description, account=self._account().address)
        run.made += 1
        return _Signed(taken, heads, intent, run.made)

    def _taken(self, batch: _Signed, receipt: ChainReceipt) -> list[EventItem]:
        """What became of the events of a batch that took effect: the contract emits an event for each that was new."""
        recorded = load_abi(RIGHTS_REGISTER).topic("LegalStatusEventRecorded")
        logs = [log for log in receipt.logs if log["topics"][:1] == [recorded]]
        flags: dict[bytes, int] = {}
        for log in self._own_logs(RIGHTS_REGISTER, logs):
            data = as_data(log["data"], "event data", 32 * _RECORDED_WORDS)
            flags[data[:32]] = int.from_bytes(data[32 * _FLAGS_WORD : 32 * (_FLAGS_WORD + 1)], "big")
        tx_hash = "0x" + receipt.tx_hash.hex()
        items = []
        for event, head in zip(batch.events, batch.heads, strict=True):
            found = flags.get(head)
            if found is None:
                items.append(EventItem(event, ItemOutcome.ALREADY_RECORDED))
            else:
                items.append(EventItem(event, ItemOutcome.TAKEN, tx_hash, bool(found & EventFlags.IRREGULAR)))
        return items


def _refused(events: Sequence[LegalStatusEvent], error: RegistrumError) -> list[EventItem]:
    return [EventItem(event, ItemOutcome.BATCH_REFUSED, error=error) for event in events]


def _not_retried() -> TransactionFailedError:
    return TransactionFailedError(
        "its batch was refused, and could not be handed in again without what was wrong",
        remedy="Give the same events again.",
    )


def _batches(events: Iterable[LegalStatusEvent], size: int) -> Iterator[list[LegalStatusEvent]]:
    gathered: dict[str, list[LegalStatusEvent]] = {}
    for event in events:
        office = event.number.office
        batch = gathered.setdefault(office, [])
        batch.append(event)
        if len(batch) == size:
            yield gathered.pop(office)
    yield from gathered.values()


def _several(batches: Iterator[list[LegalStatusEvent]]) -> Iterator[list[list[LegalStatusEvent]]]:
    """Batches that are looked up together; an error of their source comes after those that it gave before."""
    together: list[list[LegalStatusEvent]] = []
    try:
        for batch in batches:
            together.append(batch)
            if len(together) == _TOGETHER:
                yield together
                together = []
    except Exception:
        # Whatever ended the source, what it gave before is recorded first; the error goes on after it.
        yield together
        raise
    yield together
