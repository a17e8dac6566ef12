"""Reading the index for an audit: all facts of one office, row by row, so that millions take no memory.

Not its job: what they mean (`registrum.audit`).
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, ColumnElement, Integer, Table, literal, select

from registrum.audit.facts import (
    Anchor,
    BodyState,
    CalendarVersion,
    ClaimFact,
    Compromise,
    Confirmation,
    EntryEvent,
    History,
    KeyState,
    Members,
    Offer,
    OfficeState,
    Period,
    Place,
    Statement,
    StatementKind,
    Version,
)
from registrum.client.forms import require_office
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
_BATCHES: Final = {
    "BatchRegistered": (StatementKind.BATCH, "signingKey", "taken"),
    "BatchRecorded": (StatementKind.EVENT_BATCH, "signer", "recorded"),
}
"""Events of batches, and the arguments that name who signed and how much came of it."""
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

    def audit_histories(self, office: str) -> Iterator[History]:
        """Every number of an office with all of its versions and confirmations, sorted by the bytes of the number."""
        confirmations = self._confirmations(office)
        waiting = next(confirmations, None)
        for number, rows in itertools.groupby(self._versions(office), key=lambda row: row[2]):
            versions = tuple(_version(row) for row in rows)
            found: list[Confirmation] = []
            while waiting is not None and waiting[0] <= number:
                if waiting[0] == number:
                    found.append(waiting[1])
                waiting = next(confirmations, None)
            yield History(number, versions, tuple(found))

    def audit_recorded(self, numbers: Collection[str]) -> set[str]:
        """Those of some numbers, up to some hundred, that have a record."""
        is_there = _APPLICATIONS.number.in_(list(numbers)), _APPLICATIONS.status > 0
        return {row.number for row in self._rows(select(_APPLICATIONS.number).where(*is_there).distinct())}

    def audit_offers(self, office: str, period: Period) -> Iterator[Offer]:
        """What an office offered in a period for numbers that had other content already, in the order of the chain."""
        events = tables.events
        query = _with_times(events, events.c.position, events.c.tx_index, events.c.number, events.c.arguments)
        query = query.where(events.c.name == "ApplicationNotTaken", events.c.office == require_office(office))
        for row in self._stream(query.where(*_within(tables.blocks.c.time, period)).order_by(events.c.position)):
            values = json.loads(row.arguments)
            if values.get("outcome") == _CONFLICT and row.number is not None:
                filed = None if values["filingDate"] is None else str(values["filingDate"])
                yield Offer(_place(row), row.number, filed, values["digest"], values["disclosure"], row.time)

    def audit_anchors(self, office: str) -> Iterator[Anchor]:
        """Every anchor of an office, by sequence."""
        anchors = tables.anchors
        query = select(anchors).where(anchors.c.office == require_office(office))
        for row in self._stream(query.order_by(anchors.c.sequence, anchors.c.position)):
            yield Anchor(_place(row), row.sequence, row.root, row.leaf_count, row.signing_key, row.recorded_at)

    def audit_members(self, office: str) -> Members:
        """The office, all that came to succeed it, their keys, and the bodies that it empowered."""
        codes = self._succession(office)
        offices, keys, bodies = tables.offices, tables.keys, tables.bodies
        of_offices = select(offices).where(offices.c.office.in_(codes)).order_by(offices.c.position)
        of_keys = select(keys).where(keys.c.office.in_(codes)).order_by(keys.c.position)
        of_bodies = select(bodies).where(bodies.c.office == office).order_by(bodies.c.position)
        return Members(
            [
                OfficeState(_place(row), row.office, row.suspended_until, row.departed_at, row.successor)
                for row in self._stream(of_offices)
            ],
            [
                KeyState(
                    _place(row),
                    row.office,
                    row.account,
                    row.scopes,
                    row.valid_from,
                    row.valid_until,
                    row.revoked_at,
                    row.suspended_until,
                )
                for row in self._stream(of_keys)
            ],
            [
                BodyState(_place(row), row.account, row.categories, row.valid_from, row.valid_until)
                for row in self._stream(of_bodies)
            ],
        )

    def audit_compromises(self, office: str) -> Mapping[bytes, Compromise]:
        """Since when keys are compromised, of what they signed for an office, and where that was declared."""
        codes, keys = self._succession(office), tables.keys.c
        query = _with_times(tables.keys, keys.position, keys.tx_index).where(keys.office.in_(codes))
        found: dict[bytes, Compromise] = {}
        for account in self._compromised_keys():
            since = self._compromised_since(office, account)
            mine = query.where(keys.account == account, keys.compromised_since == since)
            row = None if since is None else self._first(mine.order_by(keys.position))
            if row is not None and since is not None:
                found[account] = Compromise(since, _place(row), row.time)
        return found

    def audit_statements(self, office: str, period: Period) -> Iterator[Statement]:
        """What an office signed in a period that leaves no record of a number, by kind and then by place."""
        bodies, terms, events = tables.bodies, tables.renewal_terms, tables.events
        within = _within(tables.blocks.c.time, period)
        query = _with_times(bodies, *bodies.c).where(bodies.c.office == require_office(office), *within)
        for row in self._stream(query.order_by(bodies.c.position)):
            yield Statement(_place(row), StatementKind.EMPOWERMENT, "0x" + row.account.hex(), row.signer, row.time)
        query = _with_times(terms, *terms.c).where(terms.c.office == office, *within)
        for row in self._stream(query.order_by(terms.c.position)):
            yield Statement(_place(row), StatementKind.TERMS, row.right, row.signer, row.time)
        query = _with_times(events, events.c.position, events.c.tx_index, events.c.name, events.c.arguments)
        query = query.where(events.c.name.in_(list(_BATCHES)), events.c.office == office, *within)
        for row in self._stream(query.order_by(events.c.position)):
            kind, signer, effect = _BATCHES[row.name]
            values = json.loads(row.arguments)
            if not values[effect]:
                yield Statement(_place(row), kind, None, bytes.fromhex(values[signer][2:]), row.time)

    def audit_calendars(self, office: str) -> Iterator[CalendarVersion]:
        """Every version of the calendars of an office, in the order of the chain."""
        calendars = tables.calendars
        query = select(calendars).where(calendars.c.office == require_office(office))
        for row in self._stream(query.order_by(calendars.c.position)):
            bits = day_bits(row.exceptions)
            yield CalendarVersion(_place(row), row.year, row.version, row.weekly, bits, row.published_at)

    def audit_claims(self, office: str) -> Iterator[ClaimFact]:
        """Every version of the claims that an office of second filing recorded, in the order of the chain."""
        claims = tables.claims
        query = select(claims).where(*_numbers_of(claims.c.later, office))
        for row in self._stream(query.order_by(claims.c.position)):
            yield ClaimFact(
                _place(row),
                row.later,
                row.earlier,
                row.later_filing_date,
                row.claimed_date,
                row.version,
                row.signing_key,
                row.recorded_at,
                row.superseded_by is None,
            )

    def audit_entry_events(self, office: str, period: Period) -> Iterator[EntryEvent]:
        """The legal-status events of an office in a period, in the order of the chain."""
        events = tables.entry_events
        columns = (events.c.position, events.c.tx_index, events.c.number, events.c.code, events.c.signer)
        query = select(*columns, events.c.recorded_at, events.c.sequence).where(*_numbers_of(events.c.number, office))
        for row in self._stream(query.where(*_within(events.c.recorded_at, period)).order_by(events.c.position)):
            yield EntryEvent(_place(row), row.number, row.code, row.signer, row.recorded_at, row.sequence == 1)

    def audit_transactions(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
        """Hashes of transactions, by block and index in the block."""
        return self._transactions(set(places))

    def audit_time(self) -> int:
        """Time of the block."""
        return self.now

    @property
    def filling(self) -> tuple[Any, ...]:
        """What tells the index from what it was before it was emptied and filled again."""
        return self._filling

    def audit_chain(self) -> Mapping[str, Any]:
        """Keys `chainId, genesisHash`."""
        row = self._progress
        if row is None:
            return {"chainId": None, "genesisHash": None}
        return {"chainId": row.chain_id, "genesisHash": hexadecimal(row.genesis_hash)}

    def _versions(self, office: str) -> Iterator[AnyRow]:
        query = _with_times(tables.applications, *_VERSION[:-1]).where(
            *_numbers_of(_APPLICATIONS.number, office), _APPLICATIONS.status > 0
        )
        return self._stream(query.order_by(_APPLICATIONS.number, _APPLICATIONS.position))

    def _confirmations(self, office: str) -> Iterator[tuple[str, Confirmation]]:
        query = select(tables.reconfirmations).where(*_numbers_of(_CONFIRMATIONS.number, office))
        for row in self._stream(query.order_by(_CONFIRMATIONS.number, _CONFIRMATIONS.position)):
            is_present = row.superseded_by is None
            yield row.number, Confirmation(_place(row), row.version, row.signing_key, row.reconfirmed_at, is_present)

    def _succession(self, office: str) -> list[str]:
        """An office, and those that were named to succeed it, one after the other."""
        found: list[str] = []
        at: str | None = require_office(office)
        while at is not None and at not in found:
            found.append(at)
            row = self._office_rows().get(at)
            at = None if row is None else row.successor
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


def _place(row: AnyRow) -> Place:
    return Place(row.position, row.tx_index)


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
