"""Following sent transactions along the chain, through reorganisations and restarted nodes.

Not its job: sending, and deciding what to send (`registrum.chain.sender`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registrum.chain.entries import Flight, Settlement, State
from registrum.chain.ledger import Ledger
from registrum.chain.profile import Finality, Head, read_block
from registrum.chain.receipts import Receipt, fetch_receipts, revert_reasons, seen_by_events
from registrum.chain.rpc import BATCH_ITEMS, RpcClient, as_data
from registrum.errors import RpcError

__all__ = ["Tracker"]

_FEW = 16
"""Up to so many waiting transactions are looked up one by one, more of them by whole blocks."""
_MOST_BLOCKS = BATCH_ITEMS
"""Blocks read to catch up; beyond that, transactions are looked up by hash."""
_REWIND = 50


class Tracker:
    """What an account has in flight, kept in step with the chain and the ledger.

    Args:
        rpc: The node.
        ledger: Where changes are written.
        sender: Address of the account.
        finality: When a block counts as final.

    Attributes:
        flights: By entry number, in order of nonces.
        doubtful: What is known may be wrong: the process has just begun, the node failed, a block vanished, nothing
            has moved for long. The next `follow` then asks for everything by hash.
    """

    def __init__(self, rpc: RpcClient, ledger: Ledger, sender: str, finality: Finality) -> None:
        self._rpc = rpc
        self._ledger = ledger
        self._sender = sender
        self._finality = finality
        self._seen: Head | None = None
        self._receipts: dict[int, Receipt] = {}
        self.flights: dict[int, Flight] = {}
        self.doubtful = True

    def reload(self) -> None:
        """Forget what is in memory and read the ledger."""
        known = {flight.id: flight.retry_at for flight in self.flights.values()}
        self.flights = {flight.id: flight for flight in self._ledger.flights()}
        for flight in self.flights.values():
            flight.retry_at = known.get(flight.id, 0.0)
        self._receipts.clear()
        self.doubtful = True

    def add(self, flights: Iterable[Flight]) -> None:
        """Follow more, whose nonces are above all others."""
        self.flights.update((flight.id, flight) for flight in flights)

    def unseen(self) -> list[Flight]:
        """Those that are in no block, by nonce."""
        return sorted((f for f in self.flights.values() if f.block is None), key=lambda f: f.nonce)

    def last_final(self, head: Head) -> int:
        """Number of the newest final block."""
        return self._finality.last_final(self._rpc, head.number)

    def check_history(self, head: Head) -> None:
        """Notice that the chain is not the one last seen, and reopen what it does not hold any more.

        A reorganisation and a node that lost its newest blocks in a crash look the same, and are the same.
        """
        if self._seen is not None and not self._continues(self._seen, head):
            self.doubtful = True
        if self.doubtful and self._rewind():
            self.reload()

    def follow(self, head: Head) -> int:
        """Find out what blocks hold, and write it down.

        Only blocks up to `head` count, and only if `head` is still part of the chain after the last question. So all
        that is ever written lies on one chain, and `check_history` may stop at the first block that still stands.

        Args:
            head: The newest block.

        Returns:
            How many entries have changed.
        """
        seen, self._seen = self._seen, head
        doubtful, self.doubtful = self.doubtful, False
        if not self.flights or (seen is not None and seen.hash == head.hash and not doubtful):
            return 0
        asked = list(self.flights.values()) if doubtful else self.unseen()
        receipts: dict[bytes, Receipt] | None = None
        chain: dict[int, bytes] = {}
        if not doubtful and seen is not None and len(asked) > _FEW:
            receipts = self._scan(seen, head, asked, chain)
        if receipts is None:
            receipts = fetch_receipts(self._rpc, [tx_hash for flight in asked for tx_hash in flight.hashes])
        final = self.last_final(head)
        found = {
            flight.id: next((receipts[tx_hash] for tx_hash in flight.hashes if tx_hash in receipts), None)
            for flight in asked
        }
        known = {**self._receipts, **{number: receipt for number, receipt in found.items() if receipt is not None}}
        # The head last: what it descends from was part of the chain until then.
        chain |= self.hashes({receipt.block[0] for receipt in known.values()} - chain.keys() - {head.number})
        chain |= self.hashes([head.number])
        if chain.get(head.number) != head.hash:
            self.reload()
            return 0
        for number, receipt in found.items():
            on_chain = receipt is not None and chain.get(receipt.block[0]) == receipt.block[1]
            if receipt is not None and not on_chain:
                self.doubtful = True
            if receipt is None or not on_chain or receipt.block[0] > head.number:
                found[number] = None
        return self._write(found, final)

    def _write(self, found: dict[int, Receipt | None], final: int) -> int:
        changes: dict[int, Settlement] = {}
        reverted: list[tuple[Flight, Receipt]] = []
        for number, receipt in found.items():
            flight = self.flights[number]
            if receipt is not None:
                self._receipts[number] = receipt
                if flight.block != receipt.block:
                    changes[number] = _settlement(number, State.MINED, receipt)
                    flight.block = receipt.block
            elif flight.block is not None:
                changes[number] = Settlement(number, State.SENT, note="its block has left the chain")
                self._receipts.pop(number, None)
                flight.block, flight.accepted = None, False
        for number, receipt in self._receipts.items():
            if receipt.block[0] <= final:
                if receipt.ok:
                    changes[number] = _settlement(number, State.CONFIRMED, receipt)
                else:
                    reverted.append((self.flights[number], receipt))
        changes.update((change.id, change) for change in self._refusals(reverted))
        if changes:
            self._ledger.settle(changes.values())
        for change in changes.values():
            if change.state in (State.CONFIRMED, State.REFUSED):
                del self.flights[change.id], self._receipts[change.id]
        return len(changes)

    def _refusals(self, reverted: list[tuple[Flight, Receipt]]) -> list[Settlement]:
        if not reverted:
            return []
        changes = []
        reasons = revert_reasons(self._rpc, self._sender, reverted)
        for (flight, receipt), reason in zip(reverted, reasons, strict=True):
            spent = receipt.gas_used is not None and receipt.gas_used >= flight.gas and not reason
            note = "out of gas" if spent else "reverted" if reason else "reverted; the node does not tell why"
            changes.append(_settlement(flight.id, State.REFUSED, receipt, reason, note))
        return changes

    def _scan(
        self, seen: Head, head: Head, asked: Sequence[Flight], chain: dict[int, bytes]
    ) -> dict[bytes, Receipt] | None:
        """Receipts out of the blocks since the one last seen; None if they must be had another way.

        Notes the blocks that hold any in `chain`, by number.
        """
        if not seen.number < head.number <= seen.number + _MOST_BLOCKS:
            return None
        wanted = {tx_hash for flight in asked for tx_hash in flight.hashes}
        holding: list[tuple[int, bytes]] = []
        held: set[bytes] = set()
        parent = seen.hash
        for block in self._blocks(range(seen.number + 1, head.number + 1)):
            if not isinstance(block, dict) or not isinstance(block.get("transactions"), list):
                return None
            header = read_block(block)
            if header.parent != parent:
                self.doubtful = True
                return None
            parent = header.hash
            here = wanted.intersection(as_data(item, "transaction hash", 32) for item in block["transactions"])
            if here:
                holding.append((header.number, header.hash))
                held |= here
        if parent != head.hash:
            return None
        chain.update(holding)
        loud = seen_by_events(self._rpc, holding, {flight.to for flight in asked})
        return {**loud, **fetch_receipts(self._rpc, held - loud.keys())}

    def _continues(self, seen: Head, head: Head) -> bool:
        if seen.hash in (head.hash, head.parent):
            return True
        if head.number <= seen.number:
            return False
        return self.hashes([seen.number]).get(seen.number) == seen.hash

    def _rewind(self) -> bool:
        """Reopen entries in blocks that are gone, from the newest block back to the first that still stands."""
        reopened = 0
        below: int | None = None
        limit = 1
        while stored := self._ledger.blocks(below, limit):
            canonical = self.hashes([number for number, _ in stored])
            for block in stored:
                if canonical.get(block[0]) == block[1]:
                    return reopened > 0
                reopened += self._ledger.reopen(block)
            below, limit = stored[-1][0] + 1, _REWIND
        return reopened > 0

    def hashes(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Hashes of blocks by number; a number that the chain has not reached is missing."""
        wanted = list(numbers)
        return {
            number: read_block(block).hash
            for number, block in zip(wanted, self._blocks(wanted), strict=True)
            if block is not None
        }

    def _blocks(self, numbers: Sequence[int]) -> list[object]:
        blocks = self._rpc.batch(("eth_getBlockByNumber", [hex(number), False]) for number in numbers)
        # Nodes answer null, or an error, for a block that does not exist yet.
        return [None if isinstance(block, RpcError) else block for block in blocks]


def _settlement(
    number: int, state: State, receipt: Receipt, revert_data: bytes | None = None, note: str = ""
) -> Settlement:
    return Settlement(number, state, receipt.tx_hash, receipt.block, receipt.gas_used, revert_data, note)
