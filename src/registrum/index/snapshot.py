"""One consistent view of the index, and what every answer of one block has in common.

Offices, keys and calendars are small and asked for all the time, so they are kept in memory for as long as the index
stays at a block. Not its job: opening the database (`registrum.index.store`), answers (`registrum.index.reading`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from registrum.client.verdicts import CalendarUse
from registrum.errors import IndexIncompleteError
from registrum.index import tables
from registrum.index.answers import Freshness
from registrum.index.counting import Counter
from registrum.index.store import first_position
from registrum.index.values import AnyRow, AnySelect, hexadecimal, moment, pieces

__all__ = ["CalendarRow", "Kept", "Memory", "OfficeRow", "Period", "Snapshot", "day_bits"]

_PROGRESS = select(tables.progress)


_LATEST_LOOK = 20
"""Blocks that may have been indexed since a server looked at the newest block; beyond that its node is behind."""


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office, as far as verdicts need it."""

    is_member: bool
    successor: str | None


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """The closed days of a year: a bit a weekday from Monday, and a bit a day of the year from 1 January."""

    weekly: int
    exceptions: int


class Period(NamedTuple):
    """The period in which a later application could claim the priority of an earlier one."""

    last: int
    """Its last day, as `20240131`; 0 where there is no period."""
    restorable: int
    """Last day on which the right can be restored; 0 for none."""
    calendar: CalendarUse
    last_day: date | None
    extended_from: date | None
    restorable_until: date | None


@dataclass
class Memory:
    """What was read of a block; None where it has not been asked for yet.

    Threads may share it: each fills in the same.
    """

    offices: dict[str, OfficeRow] | None = None
    """By code."""
    compromised: dict[bytes, dict[str, int]] | None = None
    """Since when a key is compromised, by account and office; nothing of keys that are not."""
    calendars: dict[str, dict[int, CalendarRow]] = field(default_factory=dict)
    """By office and year, of offices that were asked for."""
    periods: dict[tuple[int, str, str, str], Period] = field(default_factory=dict)
    """Priority periods that were worked out; see `registrum.index.judging`."""


class Kept:
    """What is remembered between snapshots: the memory of the block that was read last, and counts."""

    def __init__(self) -> None:
        self.counter = Counter()
        self._lock = threading.Lock()
        self._block: tuple[Any, ...] = ()
        self._memory = Memory()

    def memory_of(self, block: tuple[Any, ...]) -> Memory:
        """The memory of a block; of another block than before a new one.

        Args:
            block: The row of the table `progress`.
        """
        with self._lock:
            if block != self._block:
                self._block, self._memory = block, Memory()
            return self._memory


class Snapshot:
    """The index at one block, through one transaction.

    Args:
        connection: In a transaction that sees the same throughout.
        kept: What is remembered between snapshots of the index; nothing if None.
    """

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self._open = connection
        self._progress = connection.execute(_PROGRESS).one_or_none()
        kept = kept or Kept()
        self._memory = kept.memory_of(tuple(self._progress or ()))
        self._counter = kept.counter

    def freshness(self, newest_block: int | None = None) -> Freshness:
        """The block that answers are of.

        Args:
            newest_block: Newest block of the node, which the index does not know; None leaves the lag open. So does a
                node that is far behind the index: it cannot tell how old the index is.
        """
        row = self._progress
        if row is None or row.block_number is None:
            return Freshness(None, None, None, None, False)
        if newest_block is not None and newest_block + _LATEST_LOOK < row.block_number:
            newest_block = None
        return Freshness(
            block_number=row.block_number,
            block_hash=hexadecimal(row.block_hash),
            block_time=moment(row.block_time),
            lag_blocks=None if newest_block is None else max(0, newest_block - row.block_number),
            is_complete=row.has_indexes and row.settled_to >= first_position(row.block_number + 1) - 1,
        )

    @property
    def now(self) -> int:
        """Time of the block, in seconds since 1970; 0 before the first."""
        row = self._progress
        return 0 if row is None or row.block_time is None else row.block_time

    @property
    def _connection(self) -> Connection:
        """What everything but `freshness` and `now` is asked through.

        Raises:
            IndexIncompleteError: Not everything up to the block is worked in: what is missing would be taken for what
                is not recorded, and what was withdrawn for what stands.
        """
        if not self.freshness().is_complete:
            raise IndexIncompleteError("the chain is still being read into the index")
        return self._open

    @property
    def _filling(self) -> tuple[Any, ...]:
        """What tells the tables from what they were before they were emptied and filled again."""
        row = self._progress
        return () if row is None else (row.generation, row.contracts)

    def _rows(self, query: AnySelect) -> list[AnyRow]:
        return list(self._connection.execute(query).all())

    def _pairs(self, query: AnySelect) -> list[tuple[Any, Any]]:
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def _first(self, query: AnySelect) -> AnyRow | None:
        return self._connection.execute(query.limit(1)).first()

    def _scalar(self, query: AnySelect) -> Any:
        return self._connection.execute(query).scalar()

    def _office_rows(self) -> dict[str, OfficeRow]:
        """Every office that was ever admitted."""
        found = self._memory.offices
        if found is None:
            offices = tables.offices.c
            query = select(offices.office, offices.departed_at, offices.successor)
            rows = self._rows(query.where(offices.superseded_by.is_(None)))
            found = self._memory.offices = {
                row.office: OfficeRow(row.departed_at is None, row.successor) for row in rows
            }
        return found

    def _compromised_keys(self) -> dict[bytes, dict[str, int]]:
        """Since when keys are compromised, by account and office."""
        found = self._memory.compromised
        if found is None:
            keys, found = tables.keys.c, {}
            query = select(keys.account, keys.office, keys.compromised_since)
            query = query.where(keys.superseded_by.is_(None), keys.compromised_since.is_not(None))
            for account, office, since in self._rows(query):
                found.setdefault(account, {})[office] = since
            self._memory.compromised = found
        return found

    def _calendar_rows(self, office: str) -> dict[int, CalendarRow]:
        """The calendars of an office by year."""
        found = self._memory.calendars.get(office)
        if found is None:
            calendars = tables.calendars.c
            query = select(calendars.year, calendars.weekly, calendars.exceptions)
            rows = self._rows(query.where(calendars.office == office, calendars.superseded_by.is_(None)))
            found = {year: CalendarRow(weekly, day_bits(exceptions)) for year, weekly, exceptions in rows}
            self._memory.calendars[office] = found
        return found

    def _compromised_since(self, office: str, account: bytes) -> int | None:
        """Since when a key is known to be compromised, of what it signed for an office; None if it is not.

        As `OfficeDirectory.compromisedSince`: its own key counts as the office knows it; of others the earliest that
        an office in its succession knows.
        """
        known = self._compromised_keys().get(account)
        if known is None:
            return None
        if office in known:
            return known[office]
        keys = tables.keys.c
        if self._first(select(keys.position).where(keys.office == office, keys.account == account)) is not None:
            return None
        offices = self._office_rows()
        since: int | None = None
        at: str | None = office
        while at is not None:
            if at in known and (since is None or known[at] < since):
                since = known[at]
            at = offices[at].successor if at in offices else None
        return since

    def _transactions(self, places: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """Hashes of transactions, by block and index."""
        transactions = tables.transactions.c
        blocks = sorted({block for block, _ in places})
        found: dict[tuple[int, int], str] = {}
        columns = (transactions.block_number, transactions.tx_index, transactions.hash)
        for piece in pieces(blocks):
            for block, index, value in self._rows(select(*columns).where(transactions.block_number.in_(piece))):
                if (block, index) in places:
                    found[block, index] = hexadecimal(value)
        return found

    def _block_times(self, numbers: set[int]) -> dict[int, int]:
        """Times of blocks with events."""
        blocks = tables.blocks.c
        found: dict[int, int] = {}
        for piece in pieces(sorted(numbers)):
            found.update(self._pairs(select(blocks.number, blocks.time).where(blocks.number.in_(piece))))
        return found


def day_bits(words: bytes) -> int:
    """The exceptions of a calendar, with bit `n` for day `n + 1`, out of the two words of the event."""
    return int.from_bytes(words[:32], "big") | int.from_bytes(words[32:], "big") << 256
