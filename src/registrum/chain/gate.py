"""Before anything is paid: what the chain would make of each queued call, asked when it is about to be signed.

A call goes out where the newest block would take it. One that would be refused waits, unsent, for those that were
accepted before it, since it may rest on them, and is refused once none of them is open. One whose effect is there
already is never sent: it is noted with a block that shows the effect, and ends as confirmed once that block is final;
if that block leaves the chain, the call is asked about anew.

What is about one and the same number goes out one after another, so that what an earlier one dooms is not paid for.
What cannot be found out is sent: a node that does not answer an `eth_call` must not keep anything from the chain. Not
its job: what a contract's answer means (the caller's `Judge`), signing and sending (`registrum.chain.engine`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from registrum.chain.entries import Queued
from registrum.chain.ledger import Ledger
from registrum.chain.profile import Head
from registrum.chain.receipts import revert_data
from registrum.chain.rpc import RpcClient, as_data
from registrum.chain.tracker import Tracker
from registrum.errors import NodeError, RpcError

__all__ = ["Effect", "Finding", "Gate", "Judge", "rehearse"]

_PIECE: Final = 50
"""Calls asked about in one go."""
_SELECTOR, _WORD = 4, 32


class Effect(Enum):
    """What a call would do now."""

    SOME = auto()
    """It would take effect."""
    PRESENT = auto()
    """None: all that it would bring about is there already."""
    NONE = auto()
    """None, and what it would bring about is not there: the contract takes nothing of it, without reverting."""
    REVERT = auto()
    """None: the contract refuses it."""
    UNKNOWN = auto()
    """The node does not tell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rehearsal showed.

    Attributes:
        effect: What the call would do.
        revert_data: What the contract returned when it refused; None otherwise.
        note: What there is to say of it, for people.
    """

    effect: Effect
    revert_data: bytes | None = None
    note: str = ""


Judge = Callable[[bytes, bytes], Finding]
"""What the data of a call and the data that it returned say; `SOME`, `PRESENT` or `NONE`."""


def rehearse(
    rpc: RpcClient, account: str, calls: Sequence[tuple[bytes, bytes, int]], head: Head, judge: Judge
) -> list[Finding]:
    """What would become of calls on a block.

    Args:
        rpc: The node.
        account: Who would send them.
        calls: Recipient, data and gas of each.
        head: The block.
        judge: Reads what they return.

    Raises:
        NodeError: The node cannot be reached.
    """
    asked = [
        {"from": account, "to": "0x" + to.hex(), "data": "0x" + data.hex(), "gas": hex(gas)} for to, data, gas in calls
    ]
    answers = rpc.batch(("eth_call", [call, hex(head.number)]) for call in asked)
    return [_finding(data, answer, judge) for (_, data, _), answer in zip(calls, answers, strict=True)]


def _finding(data: bytes, answer: object, judge: Judge) -> Finding:
    reason = revert_data(answer)
    if reason is not None:
        return Finding(Effect.REVERT, reason)
    if isinstance(answer, RpcError):
        return Finding(Effect.UNKNOWN)
    try:
        return judge(data, as_data(answer, "returned data"))
    except NodeError:
        return Finding(Effect.UNKNOWN)


class Gate:
    """Decides which queued calls go out now. Constructing does no I/O.

    Args:
        rpc: The node.
        judge: Reads what calls return.
    """

    def __init__(self, rpc: RpcClient, judge: Judge) -> None:
        self._rpc = rpc
        self._judge = judge
        self._looked_at: tuple[bytes, int | None] = (b"", None)
        self._waiting: dict[int, bytes] = {}

    def admit(self, account: str, ledger: Ledger, tracker: Tracker, head: Head, room: int) -> list[Queued]:
        """The next calls that go out, in order of submission; those that never will are settled.

        Args:
            account: Who sends.
            ledger: Its side of the outbox.
            tracker: What it has in flight.
            head: The newest block, up to which the tracker has followed.
            room: Most calls to admit.

        Raises:
            NodeError: The node cannot be reached; nothing is settled wrongly.
        """
        oldest = ledger.oldest_in_flight()
        if self._looked_at != (head.hash, oldest):
            # Nothing can have become of those that wait while neither the chain nor what is in flight has moved.
            self._looked_at = (head.hash, oldest)
            self._waiting = {}
        self._settle_seen(ledger, tracker, head)
        rows = ledger.queued(min(room, _PIECE), skip=self._waiting, is_seen=False)
        if not rows:
            return []
        calls = [(row.to, row.data, row.gas) for row in rows]
        findings = rehearse(self._rpc, account, calls, head, self._judge)
        # The block was named by its number: whether it is still the one that is meant is known only afterwards.
        is_claimed = any(finding.effect is Effect.PRESENT for finding in findings)
        if is_claimed and tracker.hashes([head.number]).get(head.number) != head.hash:
            tracker.doubtful = True
            return []
        busy = {_subject(flight.data) for flight in tracker.flights.values() if flight.block is None}
        busy |= set(self._waiting.values())
        oldest = min([*self._waiting, *([] if oldest is None else [oldest])], default=None)
        admitted: list[Queued] = []
        for row, finding in zip(rows, findings, strict=True):
            subject = _subject(row.data)
            is_first = oldest is None or oldest > row.id
            if subject and subject in busy:
                self._waiting[row.id] = subject
            elif finding.effect in (Effect.SOME, Effect.UNKNOWN):
                admitted.append(row)
                busy.add(subject)
            elif not is_first:
                self._waiting[row.id] = subject
            elif finding.effect is Effect.PRESENT:
                ledger.see(row.id, (head.number, head.hash))
            else:
                ledger.refuse(row.id, finding.note, revert_data=finding.revert_data)
                continue
            oldest = row.id if is_first else oldest
        return admitted

    def _settle_seen(self, ledger: Ledger, tracker: Tracker, head: Head) -> None:
        """End those whose effect was seen in a block that is final now; ask anew about those whose block is gone."""
        seen = {entry_id: block for entry_id, block in ledger.seen().items() if entry_id not in self._waiting}
        if not seen:
            return
        hashes = tracker.hashes({block[0] for block in seen.values()})
        final = tracker.last_final(head)
        for entry_id, block in seen.items():
            if block[0] <= head.number and hashes.get(block[0]) != block[1]:
                ledger.see(entry_id, None)
            elif block[0] <= final:
                ledger.confirm_seen(entry_id, block)
            else:
                self._waiting[entry_id] = b""


def _subject(data: bytes) -> bytes:
    """The office number that a call is about, its first argument; empty where that is no number."""
    word = data[_SELECTOR : _SELECTOR + _WORD]
    return word if len(word) == _WORD and any(word[3:]) and word[:3].isalpha() else b""
