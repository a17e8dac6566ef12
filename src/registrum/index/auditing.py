"""Reading the index for an audit: all facts of one office, row by row, so that millions take no memory.

Not its job: what they mean (`registrum.audit`).
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, ColumnElement, Integer, Table, literal, select

from registrum.audit.facts import (
    Anchor,
    CalendarVersion,
    ClaimFact,
    Confirmation,
    EntryEvent,
    History,
    KeyState,
    Offer,
    Period,
    Place,
    Version,
)
from registrum.client.forms import require_office
from registrum.errors import SearchTooWideError
from registrum.index import tables
from registrum.index.reading import IndexReader
from registrum.index.snapshot import day_bits
from registrum.index.values import AnyRow, AnySelect, hexadecimal

if TYPE_CHECKING:
    from registrum.index.store import Index

__all__ = ["AuditReader", "read_audit"]

_ROWS: Final = 2_000
"""Rows that a driver fetches at once."""
_CONFLICT: Final = 2
"""`Outcome.Conflict` of `IApplicationRegistry`."""
_APPLICATIONS, _CONFIRMATIONS = tables.applications.c, tables.reconfirmations.c
_VERSION: Final = (
    _APPLICATIONS.position,
    _APPLICATIONS.tx_index,
    _APPLICATIONS.number,
    _APPLICATIONS.kind,
    _APPLICATIONS.version,
    _APPLICATIONS.status,
    _APPLICATIONS.filing_date,
    _APPLICATIONS.digest,
    _APPLICATIONS.disclosure,
    _APPLICATIONS.signing_key,
    _APPLICATIONS.recorded_at,
    _APPLICATIONS.anchor_sequence,
    _APPLICATIONS.changed_by,
    _APPLICATIONS.superseded_by,
    tables.blocks.c.time,
)


class AuditReader(IndexReader):
    """Reads what `registrum.audit` examines, as its `Source`. Everything is of the block of the view."""

    def audit_histories(self, office: str, most: int | None = None) -> Iterator[History]:
        """Every number of an office with all of its versions and confirmations, sorted by the bytes of the number.

        Args:
            office: WIPO ST.3 code.
            most: Versions after which it is given up; None for no bound.

        Raises:
            SearchTooWideError: There are more.
        """
        confirmations = self._confirmations(office)
        waiting = next(confirmations, None)
        for number, rows in itertools.groupby(self._versions(office, most), key=lambda row: row[2]):
            versions = tuple(_version(row) for row in rows)
            found: list[Confirmation] = []
            while waiting is not None and waiting[0] <= number:
                if waiting[0] == number:
                    found.append(waiting[1])
                waiting = next(confirmations, None)
            yield History(number, versions, tuple(found))

    def audit_offers(self, office: str, period: Period) -> Iterator[Offer]:
        """What an office offered in a period for numbers that had other content already, in the order of the chain."""
        events = tables.events
        query = _with_times(events, events.c.position, events.c.tx_index, events.c.number, events.c.arguments)
        query = query.where(events.c.name == "ApplicationNotTaken", events.c.office == require_office(office))
        for row in self._stream(query.where(*_within(tables.blocks.c.time, period)).order_by(events.c.position)):
            values = json.loads(row.arguments)
            if values.get("outcome") == _CONFLICT and row.number is not None:
                place = Place(row.position, row.tx_index)
                yield Offer(place, row.number, str(values["filingDate"]), str(values["digest"]), row.time)

    def audit_anchors(self, office: str) -> Iterator[Anchor]:
        """Every anchor of an office, by sequence."""
        anchors = tables.anchors
        query = select(anchors).where(anchors.c.office == require_office(office))
        for row in self._stream(query.order_by(anchors.c.sequence, anchors.c.position)):
            place = Place(row.position, row.tx_index)
            yield Anchor(place, row.sequence, row.leaf_count, row.signing_key, row.recorded_at)

    def audit_keys(self, office: str) -> Iterator[KeyState]:
        """The keys of an office, and from its departure on those of the offices that act for it."""
        begins = self._acting(office)
        keys = tables.keys
        query = select(keys).where(keys.c.office.in_(list(begins))).order_by(keys.c.position)
        for row in self._stream(query):
            yield KeyState(
                Place(row.position, row.tx_index),
                row.office,
                row.account,
                row.scopes,
                max(row.valid_from, begins[row.office]),
                row.valid_until,
                row.revoked_at,
                row.suspended_until,
            )

    def audit_compromises(self, office: str) -> Mapping[bytes, int]:
        """Since when keys are compromised, of what they signed for an office."""
        require_office(office)
        found = {account: self._compromised_since(office, account) for account in self._compromised_keys()}
        return {account: since for account, since in found.items() if since is not None}

    def audit_calendars(self, office: str) -> Iterator[CalendarVersion]:
        """Every version of the calendars of an office, in the order of the chain."""
        calendars = tables.calendars
        query = select(calendars).where(calendars.c.office == require_office(office))
        for row in self._stream(query.order_by(calendars.c.position)):
            place = Place(row.position, row.tx_index)
            bits = day_bits(row.exceptions)
            yield CalendarVersion(place, row.year, row.version, row.weekly, bits, row.published_at)

    def audit_claims(self, office: str) -> Iterator[ClaimFact]:
        """Every version of the claims that an office of second filing recorded, in the order of the chain."""
        claims = tables.claims
        query = select(claims).where(*_numbers_of(claims.c.later, office))
        for row in self._stream(query.order_by(claims.c.position)):
            yield ClaimFact(
                Place(row.position, row.tx_index),
                row.later,
                row.earlier,
                row.later_filing_date,
                row.claimed_date,
                row.signing_key,
                row.recorded_at,
                row.superseded_by is None,
            )

    def audit_entry_events(self, office: str, period: Period) -> Iterator[EntryEvent]:
        """The legal-status events of an office in a period, in the order of the chain."""
        bodies, events, keys = tables.bodies.c, tables.entry_events, tables.keys.c
        empowered = {
            row.account for row in self._rows(select(bodies.account).where(bodies.office == office).distinct())
        }
        empowered -= {row.account for row in self._rows(select(keys.account).where(keys.office == office).distinct())}
        columns = (events.c.position, events.c.tx_index, events.c.number, events.c.code, events.c.signer)
        query = select(*columns, events.c.recorded_at).where(*_numbers_of(events.c.number, office))
        for row in self._stream(query.where(*_within(events.c.recorded_at, period)).order_by(events.c.position)):
            place = Place(row.position, row.tx_index)
            yield EntryEvent(place, row.number, row.code, row.signer, row.recorded_at, row.signer in empowered)

    def audit_transactions(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
        """Hashes of transactions, by block and index in the block."""
        return self._transactions(set(places))

    def audit_chain(self) -> Mapping[str, Any]:
        """Keys `chainId, genesisHash`."""
        row = self._progress
        if row is None:
            return {"chainId": None, "genesisHash": None}
        return {"chainId": row.chain_id, "genesisHash": hexadecimal(row.genesis_hash)}

    def _versions(self, office: str, most: int | None) -> Iterator[AnyRow]:
        query = _with_times(tables.applications, *_VERSION[:-1]).where(
            *_numbers_of(_APPLICATIONS.number, office), _APPLICATIONS.status > 0
        )
        for count, row in enumerate(self._stream(query.order_by(_APPLICATIONS.number, _APPLICATIONS.position))):
            if most is not None and count == most:
                raise SearchTooWideError(
                    f"{office} has more than {most:,} versions of records, which is more than is examined here",
                    remedy="Make the report by `registrum audit office`, which has no bound.",
                )
            yield row

    def _confirmations(self, office: str) -> Iterator[tuple[str, Confirmation]]:
        query = select(tables.reconfirmations).where(*_numbers_of(_CONFIRMATIONS.number, office))
        for row in self._stream(query.order_by(_CONFIRMATIONS.number, _CONFIRMATIONS.position)):
            place = Place(row.position, row.tx_index)
            is_present = row.superseded_by is None
            yield row.number, Confirmation(place, row.version, row.signing_key, row.reconfirmed_at, is_present)

    def _acting(self, office: str) -> dict[str, int]:
        """The offices whose keys may sign for an office, and since when: itself, and its successors."""
        offices = tables.offices.c
        query = select(offices.office, offices.departed_at, offices.successor).where(offices.superseded_by.is_(None))
        rows = {row.office: row for row in self._rows(query)}
        found: dict[str, int] = {}
        at: str | None = require_office(office)
        since = 0
        while at is not None and at not in found:
            found[at] = since
            row = rows.get(at)
            if row is None or row.departed_at is None:
                break
            since, at = max(since, row.departed_at), row.successor
        return found

    def _stream(self, query: AnySelect) -> Iterator[AnyRow]:
        """The rows of a query, some at a time: PostgreSQL would send all of them at once."""
        yield from self._connection.execute(query.execution_options(yield_per=_ROWS))


@contextlib.contextmanager
def read_audit(index: Index) -> Iterator[AuditReader]:
    """One consistent view of an index, as `registrum.index.reading.read_index`, for an audit.

    Raises:
        IndexDatabaseError: The database does not answer.
    """
    with index.snapshot() as connection:
        yield AuditReader(connection)


def _with_times(table: Table, *columns: ColumnElement[Any]) -> AnySelect:
    """Columns of a table by position, and the time of the block."""
    blocks = tables.blocks.c
    block = table.c.position.bitwise_rshift(literal(tables.LOG_BITS, Integer))
    return select(*columns, blocks.time).join_from(table, tables.blocks, blocks.number == block)


def _numbers_of(column: Column[Any], office: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Numbers of an office: a range of bytes, which the index of the column has in order. `0` comes after `/`."""
    return column >= f"{require_office(office)}/", column < f"{office}0"


def _within(column: Column[Any], period: Period) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= period.begins, column < period.ends


def _version(row: AnyRow) -> Version:
    position, tx_index, _, kind, version, status, filed, digest, disclosure, key, at, sequence, changed, end, time = row
    return Version(
        Place(position, tx_index),
        kind,
        version,
        status,
        filed,
        digest,
        disclosure,
        key,
        at,
        time,
        sequence,
        changed,
        end,
    )
