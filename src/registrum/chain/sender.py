"""Sending what lies in the outbox: every intent takes effect exactly once, or is refused, whatever fails meanwhile.

A sender holds no state that matters. It may be killed at any point and begun again, here or in another process; so
may the node, which may lose its pool and its newest blocks. What is sent again are the same bytes: a node that knows
them says so, and a chain takes a nonce once.

Not its job: contracts and their errors; raising fees by itself (`Sender.replace` does, when asked).
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Self

from registrum.chain.engine import Engine
from registrum.chain.entries import Entry, Progress, State
from registrum.chain.gate import Gate
from registrum.chain.outbox import Outbox
from registrum.chain.profile import MAX_FEE_WEI, Finality
from registrum.chain.rpc import RpcClient
from registrum.chain.tracker import Tracker
from registrum.chain.transaction import AccountSigner
from registrum.errors import InputError, NodeError, OutcomeUnknownError, RegistrumError, SubmissionError
from registrum.signing.addresses import parse_address

__all__ = ["Sender"]

_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.25


class Sender:
    """Sends for one account. Any number of them may exist; one at a time leads, the others wait for it to end.

    One object is for one thread at a time; only `stop` may be called from another. Constructing does no I/O.

    Args:
        rpc: The node.
        outbox: Where the intents lie.
        signer: The account: an address, and signatures over digests.
        finality: When a block counts as final.
        window: Most transactions in flight.
        max_fee_wei: Most that is offered for a unit of gas.
        lease_s: Seconds after which another sender takes over from one that was killed.
        stall_s: Seconds without any progress after which everything is looked up and sent again.
        after_send: Called, from another thread, after transactions were handed to the node; mines them on a
            development chain that mines on demand.
        gate: Decides what goes out when; without one, everything does at once.
    """

    def __init__(
        self,
        rpc: RpcClient,
        outbox: Outbox,
        signer: AccountSigner,
        *,
        finality: Finality | None = None,
        window: int = 4000,
        max_fee_wei: int = MAX_FEE_WEI,
        lease_s: float = 5.0,
        stall_s: float = 2.0,
        after_send: Callable[[], object] | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._rpc = rpc
        self._outbox = outbox
        self._address = signer.address
        self._ledger = outbox.ledger(parse_address(signer.address))
        self._tracker = Tracker(rpc, self._ledger, signer.address, finality or Finality())
        self._engine = Engine(
            rpc,
            self._ledger,
            self._tracker,
            signer,
            window=window,
            max_fee_wei=max_fee_wei,
            stall_s=stall_s,
            after_send=after_send,
            gate=gate,
        )
        self._lease_s = lease_s
        self._owner = f"{os.getpid()} {uuid.uuid4()}"
        self._leading = False
        self._renew_at = 0.0
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let another sender take over at once."""
        if self._leading:
            self._leading, self._renew_at = False, 0.0
            self._ledger.release_lease(self._owner)

    def stop(self) -> None:
        """Begin nothing more, for good: a round that is under way ends with the request that it waits for."""
        self._stopped.set()

    def run_once(self) -> Progress:
        """Do what can be done without waiting: settle what blocks hold, sign and send what is queued.

        Raises:
            NodeError: The node cannot be reached or talks nonsense. Nothing is lost; call again.
            OutboxError: The outbox cannot be read or written. Nothing is half done; call again.
            NetworkMismatchError: The outbox belongs to another chain.
            SubmissionError: The network asks for more than the allowed fee, or lost more nonces than can be filled.
        """
        if not self._lead():
            return Progress(False, 0, 0, self._ledger.open_count())
        try:
            sent, changed = self._engine.round(self._lead)
        except RegistrumError:
            self._engine.doubt()
            raise
        return Progress(True, sent, changed, self._ledger.open_count(), self._engine.blocked)

    def drain(self, timeout_s: float) -> Progress:
        """Run until every entry that this account may send is settled.

        Args:
            timeout_s: Seconds to go on for; a request that is under way then is still waited for.

        Raises:
            OutcomeUnknownError: Time is up and entries are open; they stay in the outbox.
            NodeError: Time is up, the node cannot be reached and nothing is in flight.
            SubmissionError: Nothing can be sent until someone acts; entries stay in the outbox.
        """
        return self._run(timeout_s, lambda progress: progress.open == 0)

    def wait(self, entry_id: int, timeout_s: float) -> Entry:
        """Run until one entry is settled; one that is settled already is returned as it is.

        Args:
            entry_id: Its number.
            timeout_s: As for `drain`.

        Returns:
            The entry, confirmed or refused.

        Raises:
            InputError: There is no such entry.
            OutcomeUnknownError: Time is up; it stays in the outbox.
            NodeError: Time is up, the node cannot be reached and nothing is in flight.
            SubmissionError: Nothing can be sent until someone acts; the entry stays in the outbox.
        """
        if not self._outbox.entry(entry_id).settled:
            self._run(timeout_s, lambda _: self._outbox.entry(entry_id).settled)
        return self._outbox.entry(entry_id)

    def replace(self, entry_id: int, *, bump_percent: int = 25) -> Entry:
        """Send a stuck entry again with higher fees and the same nonce: one of the two takes effect.

        Args:
            entry_id: An entry that is sent and in no block.
            bump_percent: By how much at least the fees rise; nodes ask for 10.

        Raises:
            InputError: The entry is not waiting in the pool.
            SubmissionError: The fee would be above the allowed one.
            RpcError: The node does not take the replacement; the first transaction stands.
            NodeError: The node did not answer; one of the two will take effect.
        """
        entry = self._outbox.entry(entry_id)
        flight = next((item for item in self._ledger.flights() if item.id == entry_id), None)
        fees = None if entry.tx_hash is None else self._ledger.fees(entry.tx_hash)
        if entry.state is not State.SENT or flight is None or fees is None:
            raise InputError(f"entry {entry_id} is {entry.state.value}; only a sent one can be replaced")
        self._engine.replace(flight, fees, bump_percent)
        return self._outbox.entry(entry_id)

    def _run(self, timeout_s: float, done: Callable[[Progress], bool]) -> Progress:
        deadline = time.monotonic() + timeout_s
        pause = _SHORTEST_PAUSE_S
        while True:
            trouble: NodeError | None = None
            progress: Progress | None = None
            begun = time.monotonic()
            try:
                progress = self.run_once()
            except NodeError as exc:
                trouble = exc
            if progress is not None:
                if done(progress):
                    return progress
                if progress.blocked:
                    raise SubmissionError(
                        f"the node takes nothing from {self._address}: {progress.blocked}",
                        remedy="Nothing is lost: the entries stay in the outbox and go out once the cause is removed.",
                    )
                pause = _SHORTEST_PAUSE_S if progress.sent or progress.changed else min(pause * 1.5, _LONGEST_PAUSE_S)
                if not progress.sent:
                    # Looking keeps the node from mining: let it have as much time for that.
                    pause = max(pause, min(time.monotonic() - begun, _LONGEST_PAUSE_S))
            if time.monotonic() >= deadline:
                counts = self._outbox.counts()
                in_flight = counts[State.SENT] + counts[State.MINED]
                if trouble is not None and not in_flight:
                    raise trouble
                raise OutcomeUnknownError(
                    f"after {timeout_s:g} s {in_flight} sent entries are not settled and {counts[State.QUEUED]} wait",
                    in_flight=in_flight,
                    queued=counts[State.QUEUED],
                ) from trouble
            time.sleep(_LONGEST_PAUSE_S if trouble else pause)

    def _lead(self) -> bool:
        """Hold the lease, renewed well before its end."""
        if self._stopped.is_set():
            return False
        now = time.monotonic()
        if now >= self._renew_at:
            leading = self._ledger.lease(self._owner, self._lease_s)
            self._renew_at = now + self._lease_s / 3 if leading else 0.0
            if leading and not self._leading:
                self._tracker.reload()
            self._leading = leading
        return self._leading
