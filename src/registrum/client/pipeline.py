"""Many batches on their way through the outbox at once, told in the order in which they were sent.

Not its job: what is in them (`registrum.client.bulk`, `registrum.client.rights`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from registrum.chain.entries import Entry, Intent, Progress
from registrum.client.session import Session
from registrum.errors import NodeError, OutcomeUnknownError, RegistrumError

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.chain.sender import Sender

__all__ = ["Pipeline", "PipelinedSession"]

_B = TypeVar("_B")
_T = TypeVar("_T")

_A_ROUND = 4
"""Batches that are kept and sent together: each round asks the node where it is."""
_ON_THE_WAY = 48
"""Batches that wait for their block at the same time; more than a large block holds, so that the node never idles."""
_AFTER_A_FAILURE_S = 3.0
"""Seconds in which a node that has just failed may still show what became of the batches on their way."""


@dataclass(slots=True)
class Pipeline(Generic[_B]):
    """Batches on their way through the outbox.

    Attributes:
        outbox: Keeps them.
        sender: Sends what the outbox has.
        worker: Runs the sender, so that the next batches are made meanwhile.
        submit: Puts intents into the outbox, and says which entries they have.
        intents: What is in hand and not kept by the outbox yet.
        batches: What they are about.
        waiting: Entries of the outbox in their order, and what they are about.
        running: A round of the sender, in the other thread.
    """

    outbox: Outbox
    sender: Sender
    worker: ThreadPoolExecutor
    submit: Callable[[Sequence[Intent]], list[int]]
    intents: list[Intent] = field(default_factory=list)
    batches: list[_B] = field(default_factory=list)
    waiting: deque[tuple[int, _B]] = field(default_factory=deque)
    running: Future[Progress] | None = None

    def add(self, intent: Intent, batch: _B) -> None:
        """Take a batch in hand and keep the sender at work; errors as for `Sender.run_once`."""
        self.intents.append(intent)
        self.batches.append(batch)
        if len(self.intents) >= _A_ROUND:
            self.hand_over()
        if self.running is not None and self.running.done():
            over, self.running = self.running, None
            over.result()
        if self.running is None and self.waiting:
            self.running = self.worker.submit(self.sender.run_once)

    def hand_over(self) -> None:
        """Give what is in hand to the outbox."""
        if self.intents:
            self.waiting.extend(zip(self.submit(self.intents), self.batches, strict=True))
            self.intents.clear()
            self.batches.clear()

    @property
    def is_to_be_told(self) -> bool:
        """Whether the batch that has waited longest is at its end, or too many are on their way."""
        return bool(self.waiting) and (len(self.waiting) > _ON_THE_WAY or self.outbox.entry(self.waiting[0][0]).settled)

    def oldest(self, timeout_s: float) -> tuple[Entry, _B]:
        """The batch that has waited longest, at its end; it stays until `told`. Errors as for `Sender.wait`.

        It is waited for in this thread, which an interruption ends at once.
        """
        entry_id, batch = self.waiting[0]
        entry = self.outbox.entry(entry_id)
        if entry.settled:
            return entry, batch
        if self.running is not None:
            # What troubled this round will trouble the wait as well, which has more patience.
            wait([self.running])
            self.running = None
        return self.sender.wait(entry_id, timeout_s), batch

    def told(self) -> None:
        """What became of the batch that has waited longest is known."""
        self.waiting.popleft()


class PipelinedSession(Session):
    """Sends many batches at once; errors as for `Session`."""

    def _through(
        self,
        outbox: Outbox,
        send: Callable[[Pipeline[_B]], Iterator[_T]],
        tell_oldest: Callable[[Pipeline[_B], float], Iterable[_T]],
    ) -> Iterator[_T]:
        """Run a pipeline to its end.

        Whatever error ends the sending: what was taken in hand until then is sent and waited for, as far as the node
        answers, and told; then the error is raised. An interruption waits for no block.

        Args:
            outbox: Keeps what is sent.
            send: Takes batches in hand, and tells what has come to its end meanwhile.
            tell_oldest: Waits, for so many seconds, for the batch that has waited longest, and tells of it.
        """
        # While the sender waits for the node, the next batches are looked up and signed here.
        with self._new_sender(outbox) as sender, ThreadPoolExecutor(1) as worker:
            run: Pipeline[_B] = Pipeline(outbox, sender, worker, lambda intents: self._submit(outbox, intents))
            try:
                trouble: Exception | None = None
                try:
                    yield from send(run)
                except Exception as error:  # noqa: BLE001 - raised again, once what was sent is told
                    trouble = error
                has_failed = isinstance(trouble, NodeError | OutcomeUnknownError)
                patience_s = min(_AFTER_A_FAILURE_S, self._deadline_s) if has_failed else self._deadline_s
                try:
                    run.hand_over()
                    while run.waiting:
                        yield from tell_oldest(run, patience_s)
                except RegistrumError as error:
                    if trouble is None:
                        raise
                    trouble.add_note(f"What was on its way could not be told: {error}")
                if trouble is not None:
                    raise trouble
            finally:
                # Whoever interrupts this waits for the request that is under way, and for nothing else.
                sender.stop()
