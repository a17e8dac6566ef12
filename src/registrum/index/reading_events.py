"""Reading the index: events in the order of the chain, of one number, of one transaction, of everything.

Not its job: what events made of records and entries (`registrum.index.reading_records`,
`registrum.index.reading_rights`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from registrum.chain.contracts import APPLICATION_REGISTRY, RIGHTS_REGISTER
from registrum.client.forms import require_office
from registrum.errors import InputError
from registrum.index import tables
from registrum.index.answers import IndexedEvent, Page
from registrum.index.snapshot import Snapshot
from registrum.index.store import first_position
from registrum.index.values import (
    AnyRow,
    AnySelect,
    account,
    block_of,
    day,
    hexadecimal,
    instant,
    number_of,
    pieces,
    require_page,
)
from registrum.numbers import OfficeNumber
from registrum.signing.statements import Disclosure

__all__ = ["EventReader"]

_APPLICATIONS, _ENTRY_EVENTS, _EVENTS = tables.applications.c, tables.entry_events.c, tables.events.c
_CHANGES = ("ApplicationRegistered", "ApplicationCorrected", "ApplicationWithdrawn", "ApplicationReinstated")
_DISCLOSURES = tuple(Disclosure)
_LOG_MASK = (1 << tables.LOG_BITS) - 1
_NOT_TAKEN, _CONFLICT = "ApplicationNotTaken", 2


class EventReader(Snapshot):
    """Reads events out of the three tables that hold them."""

    def history(self, number: OfficeNumber) -> list[IndexedEvent]:
        """All that happened to a number, oldest first.

        Its application record, its register entry, claims that it makes and claims that rest on it.
        """
        return self._at(self._positions(number))

    def history_page(
        self, number: OfficeNumber, *, limit: int = 50, offset: int = 0, newest_first: bool = False
    ) -> Page[IndexedEvent]:
        """A part of what happened to a number; what there is as for `history`.

        Args:
            number: The office number.
            limit: Most events.
            offset: How many to leave out.
            newest_first: Counted from the newest; else from the oldest.
        """
        positions = self._positions(number)
        if newest_first:
            positions.reverse()
        found = self._at(positions[offset : offset + limit])
        return Page(tuple(found[::-1] if newest_first else found), len(positions), False, limit, offset)

    def conflicting_offers(self, number: OfficeNumber, *, limit: int = 20) -> Page[IndexedEvent]:
        """The events by which its office offered other content under a number than is recorded, newest first.

        Args:
            number: The office number.
            limit: Most events.
        """
        query = select(_EVENTS.position, _EVENTS.arguments)
        query = query.where(_EVENTS.number == number.text, _EVENTS.name == _NOT_TAKEN)
        offers = [row.position for row in self._rows(query) if json.loads(row.arguments).get("outcome") == _CONFLICT]
        offers.sort(reverse=True)
        return Page(tuple(self._at(offers[:limit])[::-1]), len(offers), False, limit, 0)

    def _positions(self, number: OfficeNumber) -> list[int]:
        """Where the events of a number are, oldest first."""
        claims = tables.claims.c
        found = {row[0] for row in self._rows(select(claims.position).where(claims.earlier == number.text))}
        for table in _TABLES:
            found |= {row[0] for row in self._rows(select(table.position).where(table.number == number.text))}
        return sorted(found)

    def _at(self, positions: Sequence[int]) -> list[IndexedEvent]:
        """The events at some positions, oldest first."""
        found: list[IndexedEvent] = []
        for piece in pieces(positions):
            found += self._events([_select(index, [table.position.in_(piece)]) for index, table in enumerate(_TABLES)])
        return sorted(found, key=lambda event: event.position)

    def feed(
        self,
        limit: int = 50,
        *,
        before: int | None = None,
        after: int | None = None,
        office: str | None = None,
    ) -> list[IndexedEvent]:
        """Events of all contracts, newest first; with `after` those that follow it, oldest first.

        So a reader who follows asks for what comes after the last position that it saw, and misses nothing as long as
        the chain only grows. A reorganisation takes events back, and others come at the same positions: ask `has_block`
        of the block that the last answer was of, and where it is not there any more, begin anew before that block.

        Args:
            limit: Most events, 1 to 1000.
            before: Only events before this position.
            after: Only events after this position.
            office: Only events about this office.

        Raises:
            InputError: No such limit or office, or both `before` and `after`.
        """
        require_page(limit)
        if before is not None and after is not None:
            raise InputError("events before and after a position", remedy="Give one of the two.")
        queries = []
        for index, table in enumerate(_TABLES):
            conditions = [] if office is None else [table.office == require_office(office)]
            if before is not None:
                conditions.append(table.position < before)
            if after is not None:
                conditions.append(table.position > after)
            order = table.position.asc() if after is not None else table.position.desc()
            queries.append(_select(index, conditions).order_by(order).limit(limit))
        found = sorted(self._events(queries), key=lambda event: event.position, reverse=after is None)
        return found[:limit]

    def has_block(self, number: int, block_hash: str | bytes) -> bool:
        """Whether a block that `freshness` named with an earlier answer is still of the chain.

        False where a reorganisation took it back, and where it is so long ago that it is not remembered: then what was
        read at that block is to be read again.

        Args:
            number: Its number.
            block_hash: Its hash: 32 bytes, or `0x` and 64 hexadecimal digits.

        Raises:
            InputError: That is no hash.
        """
        wanted, newest = _hash(block_hash, "block"), self._progress
        if newest is not None and newest.block_number == number:
            return bool(newest.block_hash == wanted)
        blocks, checkpoints = tables.blocks.c, tables.checkpoints.c
        known = [
            self._scalar(select(blocks.hash).where(blocks.number == number)),
            self._scalar(select(checkpoints.block_hash).where(checkpoints.block_number == number)),
        ]
        return wanted in known

    def transaction(self, transaction_hash: str | bytes) -> list[IndexedEvent]:
        """The events of a transaction in their order; none if it is not known, or emitted none that is followed.

        Args:
            transaction_hash: 32 bytes, or `0x` and 64 hexadecimal digits.

        Raises:
            InputError: Neither of the two.
        """
        transactions = tables.transactions.c
        found = []
        for row in self._rows(select(tables.transactions).where(transactions.hash == _hash(transaction_hash))):
            first, last = first_position(row.block_number), first_position(row.block_number + 1)
            queries = [
                _select(index, [table.position >= first, table.position < last, table.tx_index == row.tx_index])
                for index, table in enumerate(_TABLES)
            ]
            found += self._events(queries)
        return sorted(found, key=lambda event: event.position)

    def _events(self, queries: Sequence[AnySelect | None]) -> list[IndexedEvent]:
        """The events that queries of the three tables find, in no order."""
        rows = [
            (row, build)
            for query, build in zip(queries, _BUILDERS, strict=True)
            if query is not None
            for row in self._rows(query)
        ]
        times = self._block_times({block_of(row.position) for row, _ in rows})
        hashes = self._transactions({(block_of(row.position), row.tx_index) for row, _ in rows})
        found = []
        for row, build in rows:
            block = block_of(row.position)
            contract, name, arguments = build(row)
            found.append(
                IndexedEvent(
                    position=row.position,
                    block_number=block,
                    block_time=instant(times[block]),
                    transaction_hash=hashes[block, row.tx_index],
                    log_index=row.position & _LOG_MASK,
                    contract=contract,
                    name=name,
                    office=row.office,
                    number=number_of(row.number) if row.number else None,
                    arguments=arguments,
                )
            )
        return found


_TABLES = (_APPLICATIONS, _ENTRY_EVENTS, _EVENTS)


def _select(index: int, conditions: Iterable[ColumnElement[bool]]) -> AnySelect:
    return select((tables.applications, tables.entry_events, tables.events)[index]).where(*conditions)


def _application(row: AnyRow) -> tuple[str, str, Mapping[str, Any]]:
    arguments: dict[str, Any] = {"number": row.number, "version": row.version}
    if row.kind > 2:
        arguments["signer"] = None if row.changed_by is None else account(row.changed_by)
        return APPLICATION_REGISTRY, _CHANGES[row.kind - 1], arguments
    filed = day(row.filing_date)
    arguments |= {
        "signingKey": None if row.signing_key is None else account(row.signing_key),
        "digest": None if row.digest is None else hexadecimal(row.digest),
        "filingDate": None if filed is None else filed.isoformat(),
        "disclosure": None if row.disclosure is None else _DISCLOSURES[row.disclosure].name.lower(),
    }
    if row.anchor_sequence is not None:
        arguments["anchorSequence"] = row.anchor_sequence
    return APPLICATION_REGISTRY, _CHANGES[row.kind - 1], arguments


def _entry_event(row: AnyRow) -> tuple[str, str, Mapping[str, Any]]:
    arguments = {
        "number": row.number,
        "sequence": row.sequence,
        "system": row.system,
        "code": row.code,
        "from": row.from_state,
        "to": row.to_state,
        "status": row.status,
        "eventDate": _date_text(row.event_date),
        "effectiveDate": _date_text(row.effective_date),
        "publicationDate": _date_text(row.publication_date),
        "document": None if row.document is None else hexadecimal(row.document),
        "corrects": row.corrects,
        "flags": row.flags,
        "signer": account(row.signer),
        "head": hexadecimal(row.head),
    }
    return RIGHTS_REGISTER, "LegalStatusEventRecorded", arguments


def _other(row: AnyRow) -> tuple[str, str, Mapping[str, Any]]:
    return row.contract, row.name, json.loads(row.arguments)


_BUILDERS: tuple[Callable[[AnyRow], tuple[str, str, Mapping[str, Any]]], ...] = (
    _application,
    _entry_event,
    _other,
)


def _date_text(value: int | None) -> str | None:
    found = day(value)
    return None if found is None else found.isoformat()


def _hash(value: str | bytes, of: str = "transaction") -> bytes:
    try:
        raw = value if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise InputError(f"{value!r} is not the hash of a {of}", remedy="A hash is 0x and 64 hexadecimal digits.")
    return raw
