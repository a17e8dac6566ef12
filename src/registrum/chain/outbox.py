"""The durable outbox: what shall take effect on the chain, in one SQLite file.

An intent that `Outbox.submit` returned from survives the loss of power. From then on a
`registrum.chain.sender.Sender` (in this process or another, today or after a restart) brings it to its end. The rules
that make this safe are kept by the database, none of them by clocks:

* a nonce is assigned in the transaction that stores the signed bytes, before they are sent;
* two living entries never share account and nonce (a unique index);
* what is sent again are the same bytes; other bytes only with the same nonce, or once the nonce is used up.

The file must lie on a local disk: SQLite's write-ahead log does not work on network shares.

Not its job: the chain. It never opens a connection.
"""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from registrum.chain.database import Database
from registrum.chain.entries import Entry, Intent, State
from registrum.chain.ledger import Ledger
from registrum.errors import IdempotencyError, InputError
from registrum.signing.addresses import checksum_address, parse_address

__all__ = ["Outbox"]

_SELECT = (
    "SELECT id, key, account, recipient, data, gas, description, metadata, state, nonce, tx_hash, block_number,"
    " block_hash, gas_used, revert_data, note, created_at, updated_at FROM entries"
)
_INSERT = (
    "INSERT INTO entries (key, account, recipient, data, gas, description, metadata, state, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT (key) DO NOTHING RETURNING id"
)


class Outbox:
    """The outbox in one file; safe for many threads and processes.

    Args:
        path: The file; created, readable for its owner only, on first use. Constructing does no I/O.
        busy_timeout_s: Seconds to wait for another process that writes.
    """

    def __init__(self, path: str | os.PathLike[str], *, busy_timeout_s: float = 30.0) -> None:
        self._database = Database(Path(path), busy_timeout_s)

    def __repr__(self) -> str:
        return f"Outbox({str(self._database.path)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file in all threads; a later call opens it again."""
        self._database.close()

    def ledger(self, account: bytes) -> Ledger:
        """The sender's side of the outbox for one account, 20 bytes."""
        return Ledger(self._database, account)

    def submit(self, intent: Intent) -> Entry:
        """Accept an intent for good.

        Args:
            intent: What shall take effect once.

        Returns:
            Its entry: a new one, or the one that the same key already stands for.

        Raises:
            IdempotencyError: The key stands for another call.
            OutboxError: It could not be stored; it is not accepted.
        """
        return self.submit_many([intent])[0]

    def submit_many(self, intents: Iterable[Intent]) -> list[Entry]:
        """Accept many intents together: all or none, with one wait for the disk.

        Returns:
            Their entries in the same order.

        Raises:
            IdempotencyError: A key stands for another call; nothing is accepted.
            OutboxError: They could not be stored; nothing is accepted.
        """
        prepared = [(intent, _parsed(intent.to), _optional(intent.account)) for intent in intents]
        now = time.time()
        entries: list[Entry] = []
        with self._database.writing() as db:
            for intent, to, account in prepared:
                metadata = intent.metadata_json()
                values = (intent.key, account, to, intent.data, intent.gas, intent.description, metadata, now, now)
                if new := db.execute(_INSERT, values).fetchone():
                    row = (*new, intent.key, account, to, intent.data, intent.gas, intent.description, metadata)
                    entries.append(_entry((*row, State.QUEUED, None, None, None, None, None, None, "", now, now)))
                else:
                    entries.append(_same_call(db, intent))
        return entries

    def submit_refused(self, intent: Intent, revert_data: bytes | None, note: str = "") -> Entry:
        """Keep an intent that is known to be refused, without ever sending it; `retry` queues it.

        Args:
            intent: What would have no effect.
            revert_data: What the contract says against it; None where it says nothing.
            note: Why, for people.

        Returns:
            Its entry: a new one, or the one that the same key already stands for.

        Raises:
            IdempotencyError: The key stands for another call.
            OutboxError: It could not be stored.
        """
        # A sender looks for what is queued: it must not see the entry before it is refused.
        with self._database.writing() as db:
            number = _inserted(db, intent, time.time())
            if number is None:
                return _same_call(db, intent)
            settled = "UPDATE entries SET state = 'refused', revert_data = ?, note = ? WHERE id = ?"
            db.execute(settled, (revert_data, note, number))
        return self.entry(number)

    def submit_seen(self, intent: Intent, block: tuple[int, bytes], tx_hash: bytes | None) -> Entry:
        """Accept an intent whose effect was brought about by another: it is sent only if that effect is undone.

        One that was refused is taken up again.

        Args:
            intent: What has taken effect.
            block: Number and hash of a block that shows the effect.
            tx_hash: The transaction that brought it about, 32 bytes, where that is known.

        Returns:
            Its entry: a new one, or the one that the same key already stands for.

        Raises:
            IdempotencyError: The key stands for another call.
            OutboxError: It could not be stored.
        """
        with self._database.writing() as db:
            now = time.time()
            if _inserted(db, intent, now) is None:
                _same_call(db, intent)
            db.execute(
                "UPDATE entries SET state = 'queued', nonce = NULL, tx_hash = ?, block_number = ?, block_hash = ?,"
                " gas_used = NULL, revert_data = NULL, note = '', updated_at = ?"
                " WHERE key = ? AND state IN ('queued', 'refused') AND NOT filler",
                (tx_hash, *block, now, intent.key),
            )
            return _same_call(db, intent)

    def entry(self, entry_id: int) -> Entry:
        """One entry by its number.

        Raises:
            InputError: There is none.
        """
        with self._database.reading() as db:
            row = db.execute(f"{_SELECT} WHERE id = ?", (entry_id,)).fetchone()
        if row is None:
            raise InputError(f"the outbox has no entry {entry_id}", remedy="`registrum outbox list` shows them.")
        return _entry(row)

    def by_key(self, key: str) -> Entry | None:
        """The entry that an idempotency key stands for, if any."""
        with self._database.reading() as db:
            row = db.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
        return None if row is None else _entry(row)

    def entries(self, *states: State, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries in order of submission, a page at a time.

        Args:
            states: Only those in one of these states; all if none is named.
            after: Only those with a greater number: the last one of the page before.
            limit: Most entries to return.
        """
        chosen = json.dumps([state.value for state in states or State])
        condition = "state IN (SELECT value FROM json_each(?)) AND NOT filler AND id > ?"
        with self._database.reading() as db:
            rows = db.execute(f"{_SELECT} WHERE {condition} ORDER BY id LIMIT ?", (chosen, after, limit)).fetchall()
        return [_entry(row) for row in rows]

    def counts(self) -> dict[State, int]:
        """How many entries are in each state."""
        with self._database.reading() as db:
            found = dict(db.execute("SELECT state, count(*) FROM entries WHERE NOT filler GROUP BY state").fetchall())
        return {state: found.get(state.value, 0) for state in State}

    def open_count(self) -> int:
        """How many entries are not settled."""
        with self._database.reading() as db:
            (count,) = db.execute(
                "SELECT count(*) FROM entries WHERE state IN ('queued', 'sent', 'mined') AND NOT filler"
            ).fetchone()
        return int(count)

    def prune(self, settled_before: float, *, account: str, limit: int = 1000) -> int:
        """Forget entries of an account that were settled long ago; what is open is never touched.

        The newest transaction of each account stays known: the next nonce is told from it.

        Args:
            settled_before: Unix seconds.
            account: The sending account.
            limit: Most entries to forget in one transaction.

        Returns:
            How many were forgotten; less than `limit` once none is left.
        """
        with self._database.writing() as db:
            old = [
                row[0]
                for row in db.execute(
                    "SELECT id FROM entries WHERE state IN ('confirmed', 'refused') AND updated_at < ? AND account = ?"
                    " ORDER BY id LIMIT ?",
                    (settled_before, _parsed(account), limit),
                )
            ]
            numbers = json.dumps(old)
            db.execute(
                "DELETE FROM attempts WHERE entry IN (SELECT value FROM json_each(?)) AND nonce <"
                " (SELECT max(newest.nonce) FROM attempts AS newest WHERE newest.account = attempts.account)",
                (numbers,),
            )
            db.execute("DELETE FROM entries WHERE id IN (SELECT value FROM json_each(?))", (numbers,))
        return len(old)

    def retry(self, entry_id: int) -> Entry:
        """Queue a refused entry anew: it gets a new transaction with a new nonce.

        Raises:
            InputError: It is not refused. What is sent and not settled could take effect twice, so it is never queued
                anew.
        """
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE entries SET state = 'queued', nonce = NULL, tx_hash = NULL, block_number = NULL,"
                " block_hash = NULL, gas_used = NULL, revert_data = NULL, note = '', updated_at = ?"
                " WHERE id = ? AND state = 'refused' AND NOT filler",
                (time.time(), entry_id),
            ).rowcount
        entry = self.entry(entry_id)
        if not done:
            raise InputError(
                f"entry {entry_id} is {entry.state.value}; only refused entries are queued anew",
                remedy="Leave it out: `registrum outbox retry` brings what is open to its end.",
            )
        return entry


def _inserted(db: sqlite3.Connection, intent: Intent, now: float) -> int | None:
    """The number of a new entry; None where the key stands for one already."""
    account, metadata = _optional(intent.account), intent.metadata_json()
    values = (intent.key, account, _parsed(intent.to), intent.data, intent.gas, intent.description, metadata)
    new = db.execute(_INSERT, (*values, now, now)).fetchone()
    return None if new is None else int(new[0])


def _same_call(db: sqlite3.Connection, intent: Intent) -> Entry:
    """The entry of an intent's key, if it is for the same call."""
    entry = _entry(db.execute(f"{_SELECT} WHERE key = ?", (intent.key,)).fetchone())
    same_account = None in (intent.account, entry.account) or _optional(intent.account) == _optional(entry.account)
    if _parsed(entry.to) != _parsed(intent.to) or entry.data != intent.data or not same_account:
        raise IdempotencyError(
            f"the key {intent.key!r} already stands for another call",
            remedy="Use a new key for a new call.",
            entry=entry.id,
        )
    return entry


def _entry(row: Sequence[Any]) -> Entry:
    (number, key, account, to, data, gas, description, metadata, state, *rest) = row
    sender = None if account is None else _text(account)
    return Entry(number, key, sender, _text(to), data, gas, description, json.loads(metadata), State(state), *rest)


def _optional(address: str | None) -> bytes | None:
    return None if address is None else _parsed(address)


# A bulk of intents goes to a handful of addresses, and each checksum costs a hash.
_parsed = functools.lru_cache(1024)(parse_address)
_text = functools.lru_cache(1024)(checksum_address)
