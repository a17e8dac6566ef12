"""One round of sending: look, recover, sign, hand over, heed the answers.

Not its job: when rounds happen and who leads (`registrum.chain.sender`), or following blocks
(`registrum.chain.tracker`).
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from registrum.chain.entries import Flight, Queued
from registrum.chain.faults import SendFault, classify
from registrum.chain.gate import Gate
from registrum.chain.ledger import Ledger
from registrum.chain.profile import NetworkProfile, Snapshot, choose_fees
from registrum.chain.rpc import BATCH_ITEMS, RpcClient, as_data, as_quantity
from registrum.chain.tracker import Tracker
from registrum.chain.transaction import AccountSigner, Fees, SignedTransaction, Transaction, sign
from registrum.errors import InputError, NodeError, RpcError, SubmissionError
from registrum.signing.addresses import parse_address

__all__ = ["Engine"]

_FILLER_GAS = 21_000
_MOST_FILLERS = 256
_MOST_NONCES_AHEAD = 100_000
"""A node that says that the account has sent so many more transactions than we know of is not believed."""
_BACK_OFF_S = 0.25
_LONGEST_STALL_S = 30.0
_LASTING = (SendFault.FUNDS, SendFault.NOT_PERMITTED, SendFault.MISCONFIGURED)
_PASSING = (SendFault.NONCE_TOO_HIGH, SendFault.BUSY)


class Engine:
    """The rounds of one account; arguments as for `registrum.chain.sender.Sender`.

    Attributes:
        blocked: Why the node takes nothing until someone acts; else empty.
    """

    def __init__(
        self,
        rpc: RpcClient,
        ledger: Ledger,
        tracker: Tracker,
        signer: AccountSigner,
        *,
        window: int,
        max_fee_wei: int,
        stall_s: float,
        after_send: Callable[[], object] | None,
        gate: Gate | None,
    ) -> None:
        self._rpc = rpc
        self._ledger = ledger
        self._tracker = tracker
        self._signer = signer
        self._account = parse_address(signer.address)
        self._window = window
        self._max_fee_wei = max_fee_wei
        self._stall_s = stall_s
        self._after_send = after_send
        self._gate = gate
        self._profile: NetworkProfile | None = None
        self._checked = False
        self._paused = False
        self._look_again_at = 0.0
        self._patience_s = stall_s
        self._suspects: dict[tuple[int, int], float] = {}
        self.blocked = ""

    def doubt(self) -> None:
        """Believe nothing that was learnt: the node may have come back as another one."""
        self._tracker.doubtful = True
        self._profile = None

    def replace(self, flight: Flight, fees: Fees, bump_percent: int) -> None:
        """Sign a flight again with higher fees than before, store it, and hand it over.

        Raises:
            InputError: The entry has moved on.
            SubmissionError: The fee would be above the allowed one.
            RpcError: The node does not take it.
            NodeError: The node did not answer.
        """
        profile = self._profile or self._connect()
        present = self._fees(Snapshot.read(self._rpc, self._signer.address))
        raised = fees.raised(bump_percent, present)
        if raised.max_fee > self._max_fee_wei:
            raise SubmissionError(
                f"replacing entry {flight.id} would offer {raised.max_fee} wei a unit of gas, more than the"
                f" {self._max_fee_wei} allowed",
                remedy="Raise the allowed fee, or wait.",
            )
        signed = self._sign(Transaction(profile.chain_id, flight.nonce, flight.to, flight.data, flight.gas, raised))
        if not self._ledger.replace(flight.id, signed):
            raise InputError(f"entry {flight.id} has moved on meanwhile", remedy="Look at it again.")
        self._tracker.doubtful = True
        self._rpc.call("eth_sendRawTransaction", ["0x" + signed.raw.hex()])
        if self._after_send is not None:
            self._after_send()

    def round(self, lead: Callable[[], bool]) -> tuple[int, int]:
        """Settle what blocks hold, recover what was lost, sign and send what is queued.

        Args:
            lead: Whether this sender still leads; asked before each group of transactions.

        Returns:
            How many transactions the node took, and how many entries have changed.
        """
        profile = self._profile or self._connect()
        view = Snapshot.read(self._rpc, self._signer.address)
        self._tracker.check_history(view.head)
        if self._tracker.flights and (self._tracker.doubtful or time.monotonic() >= self._look_again_at):
            self._tracker.reload()
        recovering = self._tracker.doubtful
        # The nonces are read before the receipts: what is used up and has no receipt afterwards was used by another.
        used = self._used_nonces(view) if recovering else 0
        changed = self._tracker.follow(view.head)
        if recovering and not self._tracker.doubtful:
            self._recover(profile, view, used)
        self._paused, self.blocked = False, ""
        sent = self._pump(profile, view, lead)
        self._plan(moved=bool(sent or changed), recovering=recovering)
        return sent, changed

    def _plan(self, *, moved: bool, recovering: bool) -> None:
        """Decide when to look everything up again, should nothing move until then."""
        if moved:
            self._patience_s = self._stall_s
        elif recovering:
            self._patience_s = min(self._patience_s * 2, max(_LONGEST_STALL_S, self._stall_s))
        if moved or recovering:
            self._look_again_at = time.monotonic() + self._patience_s
        if self._suspects:
            self._look_again_at = min(self._suspects.values()) + self._stall_s

    def _connect(self) -> NetworkProfile:
        profile = NetworkProfile.read(self._rpc)
        self._ledger.bind(profile.chain_id, profile.genesis)
        self._profile = profile
        return profile

    def _used_nonces(self, view: Snapshot) -> int:
        """How many nonces of the account are used up for good."""
        final = self._tracker.last_final(view.head)
        if final >= view.head.number:
            return view.latest
        if final < 0:
            return 0
        answer = self._rpc.batch([("eth_getTransactionCount", [self._signer.address, hex(final)])])[0]
        # Without the old state nothing can be said to be used up.
        return 0 if isinstance(answer, RpcError) else as_quantity(answer, "transaction count")

    def _recover(self, profile: NetworkProfile, view: Snapshot, used: int) -> None:
        """Send everything again that is in no block, unless its nonce is gone; close gaps before it."""
        now = time.monotonic()
        unseen = self._tracker.unseen()
        suspects: dict[tuple[int, int], float] = {}
        for flight in unseen:
            flight.accepted = flight.nonce < used
            flight.retry_at = 0.0
            if flight.nonce < used:
                key = (flight.id, flight.nonce)
                since = suspects[key] = self._suspects.get(key, now)
                # Asked twice, some time apart: behind one address there may be nodes that lag behind each other.
                if now - since >= self._stall_s:
                    del suspects[key]
                    self._ledger.requeue(flight.id, flight.nonce, "its nonce was used by another transaction")
                    del self._tracker.flights[flight.id]
        taken = {flight.nonce for flight in self._tracker.flights.values()}
        gaps = [nonce for nonce in range(max(used, view.pending), max(taken, default=0)) if nonce not in taken]
        for nonce in gaps[:_MOST_FILLERS]:
            since = suspects[0, nonce] = self._suspects.get((0, nonce), now)
            if now - since >= self._stall_s:
                del suspects[0, nonce]
                if len(gaps) > _MOST_FILLERS:
                    raise SubmissionError(
                        f"{len(gaps)} nonces from {gaps[0]} on are missing before what {self._signer.address} has sent",
                        remedy="The node has lost transactions of other programs: send them again.",
                    )
                self._fill(profile, nonce, self._fees(view))
        self._suspects = suspects
        if profile.automine and unseen:
            # Anvil's automine can leave transactions unmined; one more block takes them in.
            with contextlib.suppress(RpcError):
                self._rpc.call("evm_mine")

    def _fill(self, profile: NetworkProfile, nonce: int, fees: Fees) -> None:
        signed = self._sign(Transaction(profile.chain_id, nonce, self._account, b"", _FILLER_GAS, fees))
        if self._ledger.fill(signed, _FILLER_GAS):
            known = self._tracker.flights
            self._tracker.add([flight for flight in self._ledger.flights() if flight.id not in known])

    def _top_up(self, profile: NetworkProfile, view: Snapshot) -> None:
        """Sign and store the next queued entries."""
        room = min(self._window - len(self._tracker.flights), BATCH_ITEMS)
        queued = self._next(view, room) if room > 0 else []
        if not queued:
            return
        fees = self._fees(view)
        expected = self._ledger.next_nonce()
        if view.pending - expected > _MOST_NONCES_AHEAD and expected > 0:
            raise NodeError(f"the node says that {self._signer.address} has sent {view.pending} transactions")
        nonce = max(expected, view.pending)
        signed: list[tuple[int, SignedTransaction]] = []
        flights: list[Flight] = []
        for item in queued:
            limit = view.head.gas_limit
            if item.gas > limit:
                self._ledger.refuse(item.id, f"its gas limit of {item.gas} is above that of a block, {limit}")
                continue
            tx = self._sign(Transaction(profile.chain_id, nonce, item.to, item.data, item.gas, fees))
            signed.append((item.id, tx))
            flights.append(Flight(item.id, nonce, item.to, item.data, item.gas, tx.raw, [tx.hash]))
            nonce += 1
        if self._ledger.record(expected, signed):
            self._tracker.add(flights)
        else:
            self._tracker.reload()

    def _next(self, view: Snapshot, room: int) -> list[Queued]:
        """The queued entries that are signed next; where there is a gate, those that it admits."""
        if self._gate is None:
            return self._ledger.queued(room)
        return self._gate.admit(self._signer.address, self._ledger, self._tracker, view.head, room)

    def _fees(self, view: Snapshot) -> Fees:
        return choose_fees(view.head, view.gas_price, self._max_fee_wei)

    def _sign(self, transaction: Transaction) -> SignedTransaction:
        signed = sign(transaction, self._signer, check=not self._checked)
        self._checked = True
        return signed

    def _pump(self, profile: NetworkProfile, view: Snapshot, lead: Callable[[], bool]) -> int:
        """Sign and send until the window is full; how many the node took.

        While it takes in one group, the next one is signed.
        """
        taken = 0
        with ThreadPoolExecutor(1) as pool:
            flying: tuple[list[Flight], Future[list[object]]] | None = None
            while True:
                if not self._paused:
                    self._top_up(profile, view)
                if flying is not None:
                    taken += self._heed(profile, view, flying[0], flying[1].result())
                group = [] if self._paused or not lead() else self._unsent()
                if not group:
                    return taken
                flying = (group, pool.submit(self._hand_over, profile, group))

    def _unsent(self) -> list[Flight]:
        """The next group that the node is not known to have, in order of nonces."""
        now = time.monotonic()
        unsent = (flight for flight in self._tracker.unseen() if not flight.accepted and flight.retry_at <= now)
        return list(itertools.islice(unsent, BATCH_ITEMS))

    def _hand_over(self, profile: NetworkProfile, group: Sequence[Flight]) -> list[object]:
        calls = [("eth_sendRawTransaction", ["0x" + flight.raw.hex()]) for flight in group]
        size = 1 if profile.automine else len(calls)
        answers = [
            answer for start in range(0, len(calls), size) for answer in self._rpc.batch(calls[start : start + size])
        ]
        if self._after_send is not None and not all(isinstance(answer, RpcError) for answer in answers):
            self._after_send()
        return answers

    def _heed(self, profile: NetworkProfile, view: Snapshot, group: Sequence[Flight], answers: Sequence[object]) -> int:
        """Act on the node's answers; how many it took."""
        notes: list[tuple[str, int]] = []
        taken = 0
        for flight, answer in zip(group, answers, strict=True):
            if isinstance(answer, RpcError):
                notes.append((answer.message, flight.id))
                self._refused(profile, view, flight, answer)
            elif as_data(answer, "transaction hash", 32) in flight.hashes:
                flight.accepted = True
                taken += 1
            else:
                raise NodeError("the node answered a transaction with another one's hash")
        if notes:
            self._ledger.note(notes)
        return taken

    def _refused(self, profile: NetworkProfile, view: Snapshot, flight: Flight, error: RpcError) -> None:
        """Act on a node's refusal of a transaction."""
        fault = classify(error)
        now = time.monotonic()
        if fault is SendFault.INVALID and not flight.filler:
            transaction = Transaction(profile.chain_id, flight.nonce, self._account, b"", _FILLER_GAS, self._fees(view))
            self._ledger.refuse(flight.id, error.message, self._sign(transaction), _FILLER_GAS)
            self._tracker.doubtful = self._paused = True
        elif fault in _PASSING:
            flight.retry_at = now + _BACK_OFF_S
            self._paused = True
        elif fault in _LASTING or fault is SendFault.INVALID:
            flight.retry_at = now + self._stall_s
            self._paused, self.blocked = True, error.message
        elif fault is SendFault.UNDERPRICED:
            flight.retry_at = now + self._stall_s
        else:
            # The node knows it, or its nonce is used or claimed: nothing to send, but perhaps something to look up.
            flight.accepted = True
            if fault is not SendFault.ALREADY_KNOWN:
                self._tracker.doubtful = True
