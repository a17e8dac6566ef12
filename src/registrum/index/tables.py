"""The tables of the index, for SQLite and PostgreSQL alike.

Every row is keyed by the position of a log: `block << 24 | log index`, which grows with the chain. Bulk loads append,
the order of rows is the order of events, and what a chain reorganisation took back is `position >= first lost one`.

Two kinds of tables. Event tables hold one row for each event, and are only appended to. Version tables hold one row
for each state that something has had, with `superseded_by`, the position of the event that ended it: NULL marks the
present one. Undoing a part of the chain deletes the rows from a position on and sets `superseded_by` from there on to
NULL again; nothing else is ever changed. So the tables are a function of the events alone.

| here | on chain |
|---|---|
| text `EM/T/018660437` | `OfficeNumber` |
| integer `20240131`; NULL for none | `CalendarDate` |
| integer, seconds since 1970; NULL for none; `2**40 - 1` without end | `uint40` of a time |
| 20 and 32 bytes | accounts, digests, hashes |
| text `A4` | state and stage |
| integer with bit `n` for class `n` | classes |

Not its job: filling them (`registrum.index.following`), asking them (`registrum.index.reading`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

__all__ = [
    "LOG_BITS",
    "VERSION_TABLES",
    "anchors",
    "applications",
    "blocks",
    "bodies",
    "calendars",
    "checkpoints",
    "claims",
    "codes",
    "entries",
    "entry_events",
    "events",
    "keys",
    "metadata",
    "offices",
    "progress",
    "reconfirmations",
    "relations",
    "renewal_terms",
    "statuses",
    "transactions",
]

LOG_BITS: Final = 24
"""Bits of a position below the block number: a block holds fewer than 16.7 million logs."""

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"})

# Numbers are searched and sorted by their bytes in both databases, whatever language PostgreSQL is set to.
_NUMBER: Final = String(34).with_variant(String(34, collation="C"), "postgresql")


def _position() -> Column[Any]:
    return Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)


def _place() -> Column[Any]:
    """Index of the transaction in the block."""
    return Column("tx_index", Integer, nullable=False)


def _superseded() -> Column[Any]:
    return Column("superseded_by", BigInteger)


def _index_where_given(name: str) -> Index:
    """An index of what few rows have, in the order of the chain."""
    is_given = text(f"{name} IS NOT NULL")
    return Index(None, name, "position", sqlite_where=is_given, postgresql_where=is_given)


progress = Table(
    "progress",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("genesis_hash", LargeBinary(32), nullable=False),
    # Names, addresses and versions of what is followed, as JSON; where they change, all is read anew.
    Column("contracts", Text, nullable=False),
    # The newest block up to which everything is in the tables; NULL before the first.
    Column("block_number", BigInteger),
    Column("block_hash", LargeBinary(32)),
    Column("block_time", BigInteger),
    # Events up to this position have been worked into the version tables.
    Column("settled_to", BigInteger, nullable=False),
    # Whether the indexes of the tables are there: a bulk load builds them last.
    Column("has_indexes", Boolean, nullable=False),
    # Block at which the chain listed these contracts; NULL where that is not known.
    Column("listed_at", BigInteger),
    # By chance, another one whenever the tables are emptied: what was remembered of them before is void.
    Column("generation", BigInteger, nullable=False, server_default="0"),
)
"""One row, id 1: what is indexed, and how far."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("block_number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("block_time", BigInteger, nullable=False),
)
"""Ends of ranges that were read, the latest ones: where a reorganisation is told from, besides `blocks`."""

blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("time", BigInteger, nullable=False),
)
"""The blocks that hold events."""

transactions = Table(
    "transactions",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("tx_index", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Index(None, "hash"),
)
"""The transactions that emitted events."""

applications = Table(
    "applications",
    metadata,
    _position(),
    _place(),
    # 1 for the first application registry that is followed, one more for each that took over.
    Column("registry", SmallInteger, nullable=False),
    # 1 registered, 2 corrected, 3 withdrawn, 4 reinstated.
    Column("kind", SmallInteger, nullable=False),
    Column("number", _NUMBER, nullable=False),
    Column("office", String(2), nullable=False),
    Column("right", String(1), nullable=False),
    Column("version", SmallInteger, nullable=False),
    # As `IApplicationRegistry.Status`: 1 filed, 2 corrected, 3 withdrawn. 0 until worked in, and what follows NULL.
    Column("status", SmallInteger, nullable=False),
    Column("filing_date", Integer),
    Column("digest", LargeBinary(32)),
    Column("disclosure", SmallInteger),
    # Key and time of the present content, or of the anchor that it was disclosed from.
    Column("signing_key", LargeBinary(20)),
    Column("recorded_at", BigInteger),
    Column("anchor_sequence", BigInteger),
    # Key that signed a withdrawal or reinstatement, which leaves the key of the content as it is; else NULL.
    Column("changed_by", LargeBinary(20)),
    _superseded(),
    Index(None, "number", "position"),
    Index(None, "digest"),
    Index(None, "office", "right", "filing_date"),
)
"""Versions of application records."""

reconfirmations = Table(
    "reconfirmations",
    metadata,
    _position(),
    _place(),
    Column("registry", SmallInteger, nullable=False),
    Column("number", _NUMBER, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("signing_key", LargeBinary(20), nullable=False),
    Column("reconfirmed_at", BigInteger, nullable=False),
    _superseded(),
    Index(None, "number", "position"),
)
"""Confirmations of application records by their office; the present one counts."""

anchors = Table(
    "anchors",
    metadata,
    _position(),
    _place(),
    Column("registry", SmallInteger, nullable=False),
    Column("office", String(2), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("leaf_count", BigInteger, nullable=False),
    Column("signing_key", LargeBinary(20), nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "office", "sequence"),
    Index(None, "root"),
)
"""Merkle roots that stand for many records."""

offices = Table(
    "offices",
    metadata,
    _position(),
    _place(),
    Column("office", String(2), nullable=False),
    Column("name", Text, nullable=False),
    Column("seat", LargeBinary(20), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("earliest_filing_date", Integer),
    Column("admitted_at", BigInteger, nullable=False),
    Column("suspended_until", BigInteger),
    Column("departed_at", BigInteger),
    Column("successor", String(2)),
    Column("proposed_seat", LargeBinary(20)),
    Column("replacement_seat", LargeBinary(20)),
    Column("replacement_from", BigInteger),
    _superseded(),
    Index(None, "office", "position"),
)
"""States of offices."""

keys = Table(
    "keys",
    metadata,
    _position(),
    _place(),
    Column("office", String(2), nullable=False),
    Column("account", LargeBinary(20), nullable=False),
    Column("scopes", SmallInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("suspended_until", BigInteger),
    Column("compromised_since", BigInteger),
    _superseded(),
    Index(None, "office", "account", "position"),
    Index(None, "account"),
)
"""States of signing keys."""

calendars = Table(
    "calendars",
    metadata,
    _position(),
    _place(),
    Column("office", String(2), nullable=False),
    Column("year", SmallInteger, nullable=False),
    # Bit 0 Monday to bit 6 Sunday: closed.
    Column("weekly", SmallInteger, nullable=False),
    # Two words as in the event: bit n of them stands for day n + 1 of the year, which is the other way round.
    Column("exceptions", LargeBinary(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    _superseded(),
    Index(None, "office", "year", "position"),
)
"""Versions of the working-day calendars of offices."""

claims = Table(
    "claims",
    metadata,
    _position(),
    _place(),
    Column("later", _NUMBER, nullable=False),
    Column("earlier", _NUMBER, nullable=False),
    Column("office", String(2), nullable=False),
    Column("later_filing_date", Integer, nullable=False),
    Column("claimed_date", Integer, nullable=False),
    Column("is_partial", Boolean, nullable=False),
    # As `IPriorityRegister.Outcome`.
    Column("outcome", SmallInteger, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("signing_key", LargeBinary(20), nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    _superseded(),
    Index(None, "later", "earlier", "position"),
    Index(None, "earlier"),
)
"""Versions of recorded priority claims."""

entry_events = Table(
    "entry_events",
    metadata,
    _position(),
    _place(),
    Column("number", _NUMBER, nullable=False),
    Column("office", String(2), nullable=False),
    Column("right", String(1), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("signer", LargeBinary(20), nullable=False),
    # Texts of fixed size are in ASCII, or `0x` and hexadecimal digits where the words on chain are no text.
    Column("system", String(18), nullable=False),
    Column("code", String(66), nullable=False),
    # NULL for the first event.
    Column("from_state", String(2)),
    Column("to_state", String(2), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("event_date", Integer, nullable=False),
    Column("effective_date", Integer, nullable=False),
    Column("publication_date", Integer),
    Column("document", LargeBinary(32)),
    Column("corrects", Integer),
    # As signed; 256 is added where the move was irregular.
    Column("flags", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    # What the event stated about the entry, as `IRightsRegister.EntryFacts`; `changes` 0 and the rest NULL for nothing.
    Column("changes", Integer, nullable=False),
    Column("filing_date", Integer),
    Column("registration_date", Integer),
    Column("expiry_date", Integer),
    Column("classes", BigInteger),
    Column("dossier", LargeBinary(32)),
    Column("representation", LargeBinary(32)),
    Column("holder", LargeBinary(32)),
    Column("relation", SmallInteger),
    Column("related", _NUMBER),
    Column("released", BigInteger),
    Index(None, "number", "sequence"),
    Index(None, "head"),
    *(_index_where_given(name) for name in ("document", "dossier", "representation")),
)
"""Legal-status events of trade marks and designs, with the facts that each stated."""

entries = Table(
    "entries",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    # An event may change a second entry: the parent of a division, the one under a former number.
    Column("number", _NUMBER, primary_key=True),
    Column("office", String(2), nullable=False),
    Column("right", String(1), nullable=False),
    Column("state", String(2), nullable=False),
    Column("status", SmallInteger, nullable=False),
    # As `IRightsRegister.Entry.marks`.
    Column("marks", SmallInteger, nullable=False),
    Column("event_count", Integer, nullable=False),
    Column("terminated_by", Integer),
    Column("filing_date", Integer),
    Column("registration_date", Integer),
    Column("expiry_date", Integer),
    Column("ceased_on", Integer),
    # Sequence number of the event that `ceased_on` is from, which a correction may name; the contract does not tell it.
    Column("ceased_by", Integer),
    Column("classes", BigInteger, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("dossier", LargeBinary(32)),
    Column("representation", LargeBinary(32)),
    Column("holder", LargeBinary(32)),
    Column("application", _NUMBER),
    Column("basis", _NUMBER),
    Column("parent", _NUMBER),
    Column("former", _NUMBER),
    Column("continuation", _NUMBER),
    _superseded(),
    Index(None, "number", "position"),
    Index(None, "office", "right", "filing_date"),
    Index(None, "expiry_date"),
)
"""States of register entries, as `IRightsRegister.Entry`."""

relations = Table(
    "relations",
    metadata,
    _position(),
    _place(),
    Column("number", _NUMBER, nullable=False),
    # NULL where the relation is to children that have no number yet.
    Column("related", _NUMBER),
    Column("relation", SmallInteger, nullable=False),
    Column("classes", BigInteger, nullable=False),
    Index(None, "number"),
    Index(None, "related"),
)
"""What events said of other numbers."""

codes = Table(
    "codes",
    metadata,
    _position(),
    _place(),
    Column("right", String(1), nullable=False),
    Column("system", String(18), nullable=False),
    Column("code", String(66), nullable=False),
    # NULL where the row was retired.
    Column("category", String(1)),
    Column("from_states", BigInteger, nullable=False),
    Column("to_states", BigInteger, nullable=False),
    # 128 bits in hexadecimal digits.
    Column("statuses", String(32), nullable=False),
    Column("title", Text, nullable=False),
    _superseded(),
)
"""Rows of the table of codes."""

statuses = Table(
    "statuses",
    metadata,
    _position(),
    _place(),
    Column("right", String(1), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("text", String(66), nullable=False),
    _superseded(),
)
"""Texts of the statuses of entries."""

bodies = Table(
    "bodies",
    metadata,
    _position(),
    _place(),
    Column("office", String(2), nullable=False),
    Column("account", LargeBinary(20), nullable=False),
    Column("name", String(66), nullable=False),
    Column("categories", BigInteger, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("signer", LargeBinary(20), nullable=False),
    _superseded(),
    Index(None, "office", "account", "position"),
)
"""Bodies that offices empowered to record events: courts, customs, associations."""

renewal_terms = Table(
    "renewal_terms",
    metadata,
    _position(),
    _place(),
    Column("office", String(2), nullable=False),
    Column("right", String(1), nullable=False),
    Column("period_years", SmallInteger, nullable=False),
    Column("maximum_years", SmallInteger, nullable=False),
    Column("window_months", SmallInteger, nullable=False),
    Column("grace_months", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("signer", LargeBinary(20), nullable=False),
    _superseded(),
    Index(None, "office", "right", "position"),
)
"""How offices renew trade marks and designs."""

events = Table(
    "events",
    metadata,
    _position(),
    _place(),
    # Name of the contract in the manifest, and of the event in its interface.
    Column("contract", String(32), nullable=False),
    Column("name", String(48), nullable=False),
    # Office, or the office of the number, that it is about; NULL where it is about none.
    Column("office", String(2)),
    # Office number, where it is about one.
    Column("number", _NUMBER),
    # All arguments as JSON: names in lowerCamelCase, numbers and dates in their text form, times in seconds since 1970,
    # bytes and what is no number or date in hexadecimal; whole numbers of more than 64 bits as texts of digits.
    Column("arguments", Text, nullable=False),
    Index(None, "office", "position"),
    Index(None, "number", "position"),
    Index(None, "name", "position"),
)
"""Every event that has no row in `applications` or `entry_events`; so these three hold all events, each once.

Two exceptions: `ApplicationDisclosed` and `EntryFactsStated` are parts of the row of the event that they belong to.
"""

VERSION_TABLES: Final = (
    applications,
    reconfirmations,
    offices,
    keys,
    calendars,
    claims,
    entries,
    codes,
    statuses,
    bodies,
    renewal_terms,
)
"""Tables of states, with `superseded_by`."""
