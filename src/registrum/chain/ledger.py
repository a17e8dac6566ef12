"""The sender's side of the outbox: leases, nonces, signed bytes, what the chain has shown.

Every method is one transaction that leaves the rules of `registrum.chain.outbox` intact, so a sender may be killed
between any two of them. Not its job: what callers see, and the chain itself.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Iterable, Sequence

from registrum.chain.database import Database
from registrum.chain.entries import Flight, Queued, Settlement
from registrum.chain.transaction import Fees, SignedTransaction
from registrum.errors import NetworkMismatchError

__all__ = ["Ledger"]

_LONGEST_LEASE_S = 3600.0


class Ledger:
    """What one account has sent and may send, in the file of an outbox.

    Args:
        database: The file.
        account: The sending account, 20 bytes.
    """

    def __init__(self, database: Database, account: bytes) -> None:
        self._database = database
        self._account = account

    def bind(self, chain_id: int, genesis: bytes) -> None:
        """Tie the outbox to a chain, or make sure that it is tied to this one.

        Raises:
            NetworkMismatchError: It belongs to another chain: its nonces mean nothing here.
        """
        with self._database.writing() as db:
            for name, value in (("chain id", str(chain_id)), ("genesis hash", "0x" + genesis.hex())):
                db.execute("INSERT INTO binding VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
                (bound,) = db.execute("SELECT value FROM binding WHERE name = ?", (name,)).fetchone()
                if bound != value:
                    raise NetworkMismatchError(
                        f"the outbox belongs to a chain with {name} {bound}, the node has {value}",
                        remedy="Use one outbox for each chain, and a new one after a chain was begun anew.",
                        expected=bound,
                        actual=value,
                    )

    def lease(self, owner: str, seconds: float) -> bool:
        """Become, or stay, the one that sends for the account.

        A lease keeps senders out of each other's way. It is no lock: everything stays right if two of them believe
        that they hold it.

        Returns:
            False while another owner's lease runs.
        """
        now = time.time()
        with self._database.writing() as db:
            # A lease that ends implausibly late was taken before the clock was set back.
            db.execute(
                "DELETE FROM leases WHERE account = ? AND (expires_at <= ? OR expires_at > ?)",
                (self._account, now, now + _LONGEST_LEASE_S),
            )
            done = db.execute(
                "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (account)"
                " DO UPDATE SET expires_at = excluded.expires_at WHERE owner = excluded.owner",
                (self._account, owner, now + min(seconds, _LONGEST_LEASE_S)),
            ).rowcount
        return bool(done)

    def release_lease(self, owner: str) -> None:
        """Let the next sender begin at once."""
        with self._database.writing() as db:
            db.execute("DELETE FROM leases WHERE account = ? AND owner = ?", (self._account, owner))

    def open_count(self) -> int:
        """How many entries the account could still send or has not seen settled, fillers included."""
        with self._database.reading() as db:
            (count,) = db.execute(
                "SELECT count(*) FROM entries WHERE state IN ('queued', 'sent', 'mined')"
                " AND (account IS NULL OR account = ?)",
                (self._account,),
            ).fetchone()
        return int(count)

    def queued(self, limit: int, skip: Iterable[int] = (), *, is_seen: bool | None = None) -> list[Queued]:
        """The entries that the account may send next, in order of submission.

        Args:
            limit: Most of them.
            skip: Numbers of entries to leave out.
            is_seen: Only those whose effect was seen in a block, or only the others; None for all.
        """
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, recipient, data, gas FROM entries WHERE state = 'queued'"
                " AND (account IS NULL OR account = ?) AND id NOT IN (SELECT value FROM json_each(?))"
                " AND (? IS NULL OR (block_number IS NOT NULL) = ?) ORDER BY id LIMIT ?",
                (self._account, json.dumps(list(skip)), is_seen, is_seen, limit),
            ).fetchall()
        return [Queued(*row) for row in rows]

    def oldest_in_flight(self) -> int | None:
        """Number of the oldest entry that the account has sent and that is not settled; None if there is none."""
        with self._database.reading() as db:
            (found,) = db.execute(
                "SELECT min(id) FROM entries WHERE state IN ('sent', 'mined') AND NOT filler AND account = ?",
                (self._account,),
            ).fetchone()
        return None if found is None else int(found)

    def see(self, entry_id: int, block: tuple[int, bytes] | None) -> None:
        """Write down a block that shows the effect of a queued entry, which was brought about by another; or none."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE entries SET block_number = ?, block_hash = ?, tx_hash = NULL, updated_at = ?"
                " WHERE id = ? AND state = 'queued'",
                (*(block or (None, None)), time.time(), entry_id),
            )

    def seen(self) -> dict[int, tuple[int, bytes]]:
        """The blocks that show the effects of queued entries, by entry number."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, block_number, block_hash FROM entries WHERE state = 'queued' AND block_number IS NOT NULL"
                " AND (account IS NULL OR account = ?)",
                (self._account,),
            ).fetchall()
        return {entry_id: (number, block_hash) for entry_id, number, block_hash in rows}

    def confirm_seen(self, entry_id: int, block: tuple[int, bytes]) -> None:
        """End a queued entry whose effect a final block shows: it is never sent."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE entries SET state = 'confirmed', note = 'recorded before, not sent', updated_at = ?"
                " WHERE id = ? AND state = 'queued' AND block_number = ? AND block_hash = ?",
                (time.time(), entry_id, *block),
            )

    def next_nonce(self) -> int:
        """The nonce after the highest one that was ever signed with, 0 if there is none."""
        with self._database.reading() as db:
            return self._next_nonce(db)

    def record(self, expected: int, signed: Sequence[tuple[int, SignedTransaction]]) -> bool:
        """Assign nonces to queued entries and store what was signed for them, in one transaction.

        Args:
            expected: What `next_nonce` said before signing.
            signed: Entry numbers, and what was signed for each.

        Returns:
            False if another sender was faster: nothing is stored, and what was signed must not be sent.
        """
        if not signed:
            return True
        now = time.time()
        with self._database.writing() as db:
            if self._next_nonce(db) != expected:
                return False
            done = db.executemany(
                "UPDATE entries SET state = 'sent', account = ?, nonce = ?, tx_hash = ?, block_number = NULL,"
                " block_hash = NULL, note = '', updated_at = ?"
                " WHERE id = ? AND state = 'queued'",
                [(self._account, tx.nonce, tx.hash, now, entry_id) for entry_id, tx in signed],
            ).rowcount
            if done != len(signed):
                db.rollback()
                return False
            self._add_attempts(db, signed, now)
        return True

    def replace(self, entry_id: int, signed: SignedTransaction) -> bool:
        """Store another transaction for a sent entry, with the same nonce.

        Returns:
            False if the entry does not wait with that nonce any more.
        """
        now = time.time()
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE entries SET tx_hash = ?, updated_at = ? WHERE id = ? AND state = 'sent' AND nonce = ?",
                (signed.hash, now, entry_id, signed.nonce),
            ).rowcount
            if done:
                self._add_attempts(db, [(entry_id, signed)], now)
        return bool(done)

    def fill(self, signed: SignedTransaction, gas: int) -> bool:
        """Store a transaction that does nothing but use up a nonce.

        Returns:
            False if a living entry has the nonce.
        """
        with self._database.writing() as db:
            return self._fill(db, signed, gas)

    def refuse(
        self,
        entry_id: int,
        note: str,
        instead: SignedTransaction | None = None,
        gas: int = 0,
        *,
        revert_data: bytes | None = None,
    ) -> None:
        """End an entry that can never be mined, or would have no effect.

        Args:
            entry_id: A queued entry, or a sent one that the node rejects for what it is.
            note: Why.
            instead: For a sent entry: a filler with its nonce, stored in the same transaction.
            gas: Gas limit of the filler.
            revert_data: What the contract says against it, where it was asked.
        """
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE entries SET state = 'refused', nonce = NULL, tx_hash = NULL, block_number = NULL,"
                " block_hash = NULL, revert_data = ?, note = ?, updated_at = ?"
                " WHERE id = ? AND state IN ('queued', 'sent') AND nonce IS ?",
                (revert_data, note, time.time(), entry_id, None if instead is None else instead.nonce),
            ).rowcount
            if done and instead is not None:
                self._fill(db, instead, gas)

    def requeue(self, entry_id: int, nonce: int, note: str) -> None:
        """Take a sent entry back because another transaction of the account has used up its nonce for good.

        A filler has then become needless, and ends as refused.
        """
        with self._database.writing() as db:
            db.execute(
                "UPDATE entries SET state = iif(filler, 'refused', 'queued'), nonce = NULL, tx_hash = NULL, note = ?,"
                " updated_at = ? WHERE id = ? AND account = ? AND nonce = ? AND state = 'sent'",
                (note, time.time(), entry_id, self._account, nonce),
            )

    def flights(self) -> list[Flight]:
        """Everything that the account has sent and that is not settled, by nonce."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT e.id, e.nonce, e.recipient, e.data, e.gas, e.filler, e.tx_hash, e.block_number, e.block_hash,"
                " a.hash, a.raw FROM entries e JOIN attempts a ON a.entry = e.id AND a.nonce = e.nonce"
                " WHERE e.state IN ('sent', 'mined') AND e.account = ? ORDER BY e.nonce, a.created_at",
                (self._account,),
            ).fetchall()
        flights: dict[int, Flight] = {}
        for entry_id, nonce, to, data, gas, filler, newest, number, block_hash, tx_hash, raw in rows:
            flight = flights.setdefault(entry_id, Flight(entry_id, nonce, to, data, gas, raw, filler=bool(filler)))
            flight.block = None if number is None else (number, block_hash)
            flight.hashes.append(tx_hash)
            if tx_hash == newest:
                flight.raw = raw
        return list(flights.values())

    def fees(self, tx_hash: bytes) -> Fees | None:
        """What a transaction of ours offers, if there is such a one."""
        with self._database.reading() as db:
            row = db.execute("SELECT max_fee, priority FROM attempts WHERE hash = ?", (tx_hash,)).fetchone()
        return None if row is None else Fees(*row)

    def settle(self, settlements: Iterable[Settlement]) -> None:
        """Write down what the chain has shown. What is settled already stays as it is."""
        now = time.time()
        with self._database.writing() as db:
            for change in settlements:
                number, block_hash = change.block or (None, None)
                db.execute(
                    "UPDATE entries SET state = ?, tx_hash = coalesce(?, tx_hash), block_number = ?, block_hash = ?,"
                    " gas_used = ?, revert_data = ?, note = ?, updated_at = ?"
                    " WHERE id = ? AND state IN ('sent', 'mined')",
                    (change.state.value, change.tx_hash, number, block_hash, change.gas_used, change.revert_data,
                     change.note, now, change.id),
                )  # fmt: skip

    def note(self, notes: Iterable[tuple[str, int]]) -> None:
        """Write down, for people, what the node objects to: pairs of text and entry number."""
        with self._database.writing() as db:
            db.executemany("UPDATE entries SET note = ? WHERE id = ? AND state = 'sent'", list(notes))

    def blocks(self, below: int | None = None, limit: int = 1) -> list[tuple[int, bytes]]:
        """Number and hash of the newest blocks that hold transactions of the account, newest first.

        Args:
            below: Only blocks with a lower number.
            limit: Most blocks to return.
        """
        with self._database.reading() as db:
            return db.execute(
                "SELECT DISTINCT block_number, block_hash FROM entries WHERE account = ? AND block_number IS NOT NULL"
                " AND nonce IS NOT NULL AND block_number < ? ORDER BY block_number DESC LIMIT ?",
                (self._account, (1 << 62) if below is None else below, limit),
            ).fetchall()

    def reopen(self, block: tuple[int, bytes]) -> int:
        """Take back what a block had settled that the chain does not hold any more.

        Returns:
            How many entries are open again; they keep their nonces and bytes.
        """
        with self._database.writing() as db:
            return db.execute(
                "UPDATE entries SET state = 'sent', block_number = NULL, block_hash = NULL, gas_used = NULL,"
                " revert_data = NULL, note = 'its block has left the chain', updated_at = ?"
                " WHERE account = ? AND block_number = ? AND block_hash = ? AND nonce IS NOT NULL",
                (time.time(), self._account, *block),
            ).rowcount

    def _next_nonce(self, db: sqlite3.Connection) -> int:
        (highest,) = db.execute("SELECT max(nonce) FROM attempts WHERE account = ?", (self._account,)).fetchone()
        return 0 if highest is None else int(highest) + 1

    def _fill(self, db: sqlite3.Connection, signed: SignedTransaction, gas: int) -> bool:
        now = time.time()
        cursor = db.execute(
            "INSERT INTO entries (key, filler, account, recipient, data, gas, description, metadata, state, nonce,"
            " tx_hash, created_at, updated_at) VALUES (?, 1, ?, ?, x'', ?, 'uses up a nonce', '{}', 'sent', ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (f"filler {uuid.uuid4()}", self._account, self._account, gas, signed.nonce, signed.hash, now, now),
        )
        if cursor.rowcount != 1 or cursor.lastrowid is None:
            return False
        self._add_attempts(db, [(cursor.lastrowid, signed)], now)
        return True

    def _add_attempts(
        self, db: sqlite3.Connection, signed: Iterable[tuple[int, SignedTransaction]], now: float
    ) -> None:
        # Signatures are deterministic: the same call with the same nonce and fees is the same attempt again.
        db.executemany(
            "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (hash) DO UPDATE SET entry = excluded.entry",
            [
                (tx.hash, entry_id, self._account, tx.nonce, tx.raw, tx.fees.max_fee, tx.fees.priority, now)
                for entry_id, tx in signed
            ],
        )
