"""The SQLite file behind the outbox: schema, connections, transactions, errors.

Not its job: what the rows mean (`registrum.chain.outbox`, `registrum.chain.ledger`).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from registrum.errors import OutboxError

__all__ = ["Database"]

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE binding (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    filler INTEGER NOT NULL DEFAULT 0,
    account BLOB,
    recipient BLOB NOT NULL,
    data BLOB NOT NULL,
    gas INTEGER NOT NULL,
    description TEXT NOT NULL,
    metadata TEXT NOT NULL,
    state TEXT NOT NULL,
    nonce INTEGER,
    tx_hash BLOB,
    block_number INTEGER,
    block_hash BLOB,
    gas_used INTEGER,
    revert_data BLOB,
    note TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE UNIQUE INDEX one_living_entry_a_nonce ON entries (account, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX entries_open ON entries (state, id) WHERE state IN ('queued', 'sent', 'mined');
CREATE INDEX entries_by_block ON entries (account, block_number) WHERE block_number IS NOT NULL;
CREATE TABLE attempts (
    hash BLOB PRIMARY KEY NOT NULL,
    entry INTEGER NOT NULL,
    account BLOB NOT NULL,
    nonce INTEGER NOT NULL,
    raw BLOB NOT NULL,
    max_fee INTEGER NOT NULL,
    priority INTEGER,
    created_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_by_nonce ON attempts (account, nonce);
CREATE INDEX attempts_by_entry ON attempts (entry);
CREATE TABLE leases (account BLOB PRIMARY KEY, owner TEXT NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID;
"""
_REMEDIES = {
    "SQLITE_BUSY": "Another program holds the outbox; try again, or end that program.",
    "SQLITE_FULL": "The disk is full: make room and try again.",
    "SQLITE_READONLY": "The file or its folder cannot be written.",
    "SQLITE_CANTOPEN": "The folder does not exist or cannot be written.",
    "SQLITE_NOTADB": "The file is no outbox; name another one.",
    "SQLITE_CORRUPT": "The file is damaged. Restore it from a copy; an empty one would forget what was sent.",
}


class Database:
    """One file with the schema of the outbox; safe for many threads and processes, opened on first use.

    Args:
        path: The file; created if missing, readable for its owner only.
        busy_timeout_s: Seconds to wait for another process that writes.
    """

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[tuple[int, threading.Thread], sqlite3.Connection] = {}

    def close(self) -> None:
        """Close the file in all threads; a later use opens it again."""
        with self._lock:
            connections, self._open = self._open, {}
            self._local = threading.local()
        for connection in connections.values():
            connection.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of this thread.

        Raises:
            OutboxError: In place of whatever SQLite raises in the block.
        """
        try:
            yield self._connection()
        except sqlite3.Error as exc:
            name = getattr(exc, "sqlite_errorname", "")
            remedy = next((text for prefix, text in _REMEDIES.items() if name.startswith(prefix)), "")
            raise OutboxError(f"the outbox {self.path} cannot be used: {exc}", remedy=remedy, reason=name) from exc

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction: durable as a whole when the block ends, undone when it raises.

        Raises:
            OutboxError: The transaction had no effect.
        """
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                if db.in_transaction:
                    db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.rollback()

    def _connection(self) -> sqlite3.Connection:
        # Of this process only: SQLite connections must not be carried across a fork.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection, self._local.pid = self._connect(), os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        with contextlib.suppress(OSError):  # whatever is wrong with the path, SQLite says it next
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        db = sqlite3.connect(self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        with self._lock:
            for key in list(self._open):
                if key[0] == os.getpid() and not key[1].is_alive():
                    self._open.pop(key).close()
            self._open[os.getpid(), threading.current_thread()] = db
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        if _version(db) == 0:
            db.execute("BEGIN IMMEDIATE")
            if _version(db) == 0:  # no other process was faster
                for statement in _SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            db.execute("COMMIT")
        if (version := _version(db)) != _SCHEMA_VERSION:
            raise OutboxError(
                f"the outbox {self.path} has format {version}, this version reads {_SCHEMA_VERSION}",
                remedy="Use the version of Registrum that wrote it, or a newer one.",
            )


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
